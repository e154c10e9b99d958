"""What a source said, and what the machine notes of its work: lines of JSON below ``content/``."""

from datetime import date
from enum import StrEnum

from generator.model.fields import Frozen


class Author(Frozen, frozen=True):
    """One name in a paper's list of authors, as the source wrote it."""

    name: str
    affiliation: str | None = None
    orcid: str | None = None


class Listing(Frozen, frozen=True, order=True):
    """That a source showed a paper on a day."""

    date: date
    source: str
    digest: str = ""
    """The address of the digest that the source is; such a listing does not travel on. Empty for any other source."""


class PickElsewhere(Frozen, frozen=True, order=True):
    """That curators of another digest picked a paper."""

    date: date
    """The newest day there on which they did."""
    digest: str
    """The address of that digest's site: who it is."""
    title: str
    """Of the digest."""
    page: str
    """The paper's page there."""


class Record(Frozen, frozen=True):
    """One paper as sources described it: one line of ``content/records``. Never edited by people."""

    id: str
    """``arxiv:2503.16525``, ``doi:10.1145/…`` or ``url:<host>/<path>``."""
    title: str
    authors: tuple[Author, ...] = ()
    abstract: str | None = None
    published: date | None = None
    """The first version's day."""
    updated: date | None = None
    """The newest version's day."""
    version: int | None = None
    primary_category: str | None = None
    categories: tuple[str, ...] = ()
    doi: str | None = None
    """As the source wrote it; it may name two."""
    journal_ref: str | None = None
    comment: str | None = None
    withdrawn: bool = False
    organization: str | None = None
    keywords: tuple[str, ...] = ()
    summary: str | None = None
    """A source's own short form of the abstract; kept, not published."""
    links: dict[str, str] = {}
    """``code``, ``project``, ``pdf``, ``page`` to address."""
    listed: tuple[Listing, ...] = ()
    """By date, then source; each once."""
    picked: tuple[PickElsewhere, ...] = ()
    """By digest; each once."""


class Measurement(Frozen, frozen=True):
    """What was counted about a paper on a day: one line of ``content/metrics``."""

    id: str
    as_of: date
    upvotes: int | None = None
    comments: int | None = None
    citations: int | None = None
    citations_from: str | None = None
    """Who was asked for citations: ``semantic-scholar``, ``openalex``. Without ``citations`` it knew of none."""
    stars: int | None = None


class AuthorMeasurement(Frozen, frozen=True):
    """What was counted about a person on a day: one line of ``content/metrics/authors``."""

    id: str
    """Of the entry in ``content/authors.yml``."""
    as_of: date
    profile: str
    """Whom it was counted for: ``semantic-scholar:2262347``, ``openalex:A5023888391``, ``orcid:0000-…``."""
    h_index: int | None = None
    citations: int | None = None
    papers: int | None = None
    """Without any count the profile was asked for, and is not there."""


class DayState(StrEnum):
    """What is known of a source's day; the values are what the ledger's files say."""

    SETTLED = "settled"
    """The source listed what it listed; no need to ask again."""
    EMPTY = "empty"
    """A weekend or holiday: the source lists nothing that day, and never will."""
    FAILED = "failed"
    NOT_YET = "not yet"


class LedgerLine(Frozen, frozen=True, kw_only=True):
    """What became of one source's day: one line of ``content/ledger``."""

    source: str
    state: DayState
    listed: int = 0
    """Papers that the source listed on the day."""
    kept: int = 0
    """Of these, what the rules let in."""
    why: str | None = None
    """Of a day that is open: the reason, with the address."""
    tried: date
    """When the source was last asked for the day, or settled it."""
    failing_since: date | None = None
    """Of a day that failed: the first day on which asking for it failed."""
    date: date

    @property
    def is_open(self) -> bool:
        """Whether the day has to be asked for again."""
        return self.state in (DayState.FAILED, DayState.NOT_YET)


class Published(Frozen, frozen=True):
    """An address that was published: one line of ``content/addresses.jsonl``."""

    address: str
    """Below the site's root: ``topics/llm-serving/``."""
    leads: str | None = None
    """Where it leads when it is no page any more and nobody has said more; None: to what is above it."""
    same: bool = False
    """Whether that took its place, so that its feeds go on as this one's."""
    title: str | None = None
    """Of a page with feeds."""
    feeds: tuple[str, ...] = ()
    """Names of the feeds beside it: ``feed.xml``."""
