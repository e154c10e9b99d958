"""The two laid over each other, as the site shows it: papers, people, topics, curators, days."""

from datetime import date
from enum import StrEnum

from generator.model.curated import CorrectedField, Digest, Passed, Pick
from generator.model.fields import Frozen
from generator.model.sourced import AuthorMeasurement, DayState, Listing, Measurement, PickElsewhere


class Mention(Frozen, frozen=True):
    """A name on a paper and the person it was resolved to."""

    name: str
    person: str
    """A key of ``Catalog.people``."""
    affiliation: str | None = None


class Choice(Frozen, frozen=True):
    """A pick seen from its paper: on which day, by whom, with what words."""

    date: date
    pick: Pick
    curator: str | None = None
    """As pages show the name."""
    curator_id: str | None = None
    """The page is /curators/<curator_id>/."""


class Corrected(Frozen, frozen=True):
    """A correction seen from its paper."""

    field: CorrectedField
    value: str
    """As it was written."""
    why: str
    by: str
    by_id: str | None = None
    """Of a curator with a page: /curators/<by_id>/."""
    said: str | None = None
    """What the source says instead, one line; None if it says nothing."""


class Paper(Frozen, frozen=True):
    """A paper as the site shows it: records merged, corrected, cleaned for reading. Plain text, never markup."""

    id: str
    address: str
    """The last part of its address: ``2503.16525``, ``math-0211159``, ``doi-10.1145-3600006.3613165``."""
    title: str
    day: date
    """The first day on which it was listed or picked: where it stands in lists."""
    title_tex: str | None = None
    """The title with its formulas as TeX, where it has some: ``On $K_8$`` of the title ``On K₈``."""
    aliases: tuple[str, ...] = ()
    """Other ids of the same paper, such as the DOI's."""
    origin: str | None = None
    """Of a paper of several ids, the one under which it was listed first, where that is not its own: ids in feeds and
    keys of citations, handed out once, are made from it."""
    authors: tuple[Mention, ...] = ()
    abstract: str = ""
    """With its formulas as TeX: ``formulas`` makes it text or HTML."""
    published: date | None = None
    updated: date | None = None
    version: int | None = None
    primary_category: str | None = None
    categories: tuple[str, ...] = ()
    """The primary one first."""
    doi: str | None = None
    journal_ref: str | None = None
    comment: str | None = None
    withdrawn: bool = False
    organization: str | None = None
    keywords: tuple[str, ...] = ()
    links: dict[str, str] = {}
    """By kind, http and https only."""
    listed: tuple[Listing, ...] = ()
    topics: tuple[str, ...] = ()
    """Topic ids, sorted; without the parents that inherit it."""
    choices: tuple[Choice, ...] = ()
    """The days on which it was picked, oldest first."""
    passed: tuple[tuple[date, str], ...] = ()
    picked_elsewhere: tuple[PickElsewhere, ...] = ()
    """By other digests, oldest first; never by this one."""
    corrections: tuple[Corrected, ...] = ()
    measured: Measurement | None = None
    """The newest value of each count."""
    measured_on: dict[str, date] = {}
    """The day of each of those values: ``{"upvotes": 2025-12-14}``."""
    by_hand: bool = False

    @property
    def note(self) -> str | None:
        """The newest curator's note, Markdown as written."""
        return next((choice.pick.note for choice in reversed(self.choices) if choice.pick.note), None)

    @property
    def highlight(self) -> bool:
        """Whether any day made it its highlight."""
        return any(choice.pick.highlight for choice in self.choices)


class Standing(StrEnum):
    """How sure it is that a person's page is about one person."""

    VERIFIED = "verified"
    """Someone wrote an entry for exactly this person."""
    UNVERIFIED = "unverified"
    """All papers with that name; nobody has said whose they are."""
    AMBIGUOUS = "ambiguous"
    """Several people of that name are known, by entries or by ORCIDs; these papers were claimed for none of them."""


class Person(Frozen, frozen=True):
    """Someone with a page: a name, and the papers that were resolved to it."""

    id: str
    """The last part of the page's address: ``jiawen-liu``."""
    name: str
    standing: Standing
    also: tuple[str, ...] = ()
    """Other spellings: from the entry and as found on the papers."""
    papers: tuple[str, ...] = ()
    """Paper ids, newest day first."""
    others: tuple[str, ...] = ()
    """Ids of people who share a name with this one."""
    orcid: str | None = None
    orcids: tuple[str, ...] = ()
    """On a page of a name: what ORCIDs sources gave with it, where there are several; nobody has an entry for them."""
    links: dict[str, str] = {}
    note: str | None = None
    measured: AuthorMeasurement | None = None
    """The newest counts of a profile that the person's entry links to."""


class Topic(Frozen, frozen=True):
    """A topic with the papers that its rule, its curators and its subtopics give it."""

    id: str
    name: str
    parent: str | None = None
    description: str | None = None
    children: tuple[str, ...] = ()
    """Ids, by name."""
    papers: tuple[str, ...] = ()
    """Paper ids, newest day first."""


class Curator(Frozen, frozen=True):
    """Someone who picks papers: with an entry, or known by the name under the digests alone."""

    id: str
    """The last part of the page's address: ``editors``."""
    name: str
    papers: tuple[str, ...] = ()
    """Ids of the papers they picked, the newest pick first."""
    days: tuple[date, ...] = ()
    """Days with picks that they signed, newest first."""
    link: str | None = None
    orcid: str | None = None
    topics: tuple[str, ...] = ()
    """Ids of the topics that they look after."""
    note: str | None = None


class SourceDay(Frozen, frozen=True, kw_only=True):
    """What became of a source's day."""

    source: str
    state: DayState
    listed: int = 0
    kept: int = 0
    """Of the listed, what the rules let in."""
    picked: int = 0
    passed: int = 0
    why: str | None = None
    tried: date


class Day(Frozen, frozen=True):
    """One day of the digest."""

    date: date
    digest: Digest | None = None
    curator: str | None = None
    """As pages show the name."""
    curator_id: str | None = None
    """Of a curator with a page: /curators/<curator_id>/."""
    picks: tuple[tuple[Pick, str], ...] = ()
    """The picks in the curator's order, highlights first, each with its paper's id in the catalog."""
    rest: tuple[str, ...] = ()
    """Ids of the other papers listed that day, ranked."""
    passed: tuple[tuple[Passed, str], ...] = ()
    sources: tuple[SourceDay, ...] = ()
    """What each source listed, or why not, as far as the ledger knows; by source."""

    @property
    def failed(self) -> bool:
        """Whether there is nothing to show because sources failed."""
        failed = any(source.state is DayState.FAILED for source in self.sources)
        return failed and not self.papers and self.digest is None

    @property
    def readable(self) -> bool:
        """Whether there is something to read."""
        return not self.failed and bool(self.papers or self.digest)

    @property
    def papers(self) -> tuple[str, ...]:
        """All papers of the day in reading order."""
        return tuple(paper for _, paper in self.picks) + self.rest + tuple(paper for _, paper in self.passed)
