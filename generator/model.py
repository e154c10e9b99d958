"""The nouns: what a source said (``Record``), what a person said (curation), and the two laid over each other
(``Paper``, ``Person``, ``Topic``, ``Day``). Frozen structs; reading, writing and rules are left to other rooms.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

# A string with a form of its own. ``yamlvalue`` reads ``extra_json_schema["format"]`` and checks the form; the JSON
# Schemas carry the same words to the curator's editor.
PaperId = Annotated[
    str,
    Meta(
        description="A paper: an arXiv id, a DOI, or the paper's address.",
        examples=["arxiv:2503.16525", "2503.16525", "doi:10.1145/3600006.3613165"],
        extra_json_schema={"format": "paper-id"},
    ),
]
Slug = Annotated[
    str,
    Meta(
        description="Lower-case letters, digits and hyphens; it is an address for good.",
        pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$",
        examples=["llm-serving"],
        extra_json_schema={"format": "slug"},
    ),
]
WebAddress = Annotated[
    str,
    Meta(
        description="An http or https address.",
        pattern=r"^https?://",
        examples=["https://example.org/"],
        extra_json_schema={"format": "web-address"},
    ),
]
Orcid = Annotated[
    str,
    Meta(
        description="An ORCID: four groups of four.",
        pattern=r"^\d{4}-\d{4}-\d{4}-\d{3}[\dX]$",
        examples=["0000-0002-1825-0097"],
        extra_json_schema={"format": "orcid"},
    ),
]
FormerIds = Annotated[
    tuple[Slug, ...],
    Meta(description="Ids that it had before, or that others had whom it took in: their addresses lead here."),
]
MarkdownText = Annotated[
    str,
    Meta(description="Markdown, a safe subset: emphasis, code, links, lists, paragraphs."),
]


class Frozen(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Immutable, compared by value; absent keys stay absent when written."""


# What a source said ---------------------------------------------------------------------------------------------------


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


# What a person said ---------------------------------------------------------------------------------------------------


class Pick(Frozen, frozen=True):
    """A paper that a curator recommends on a day."""

    id: PaperId
    note: Annotated[MarkdownText, Meta(description="Why read it: one or two sentences in Markdown.")] | None = None
    topics: Annotated[tuple[Slug, ...], Meta(description="Topics added to what the topic rules find.")] = ()
    highlight: Annotated[bool, Meta(description="Show it first and large.")] = False


class Passed(Frozen, frozen=True):
    """A paper that a curator looked at and did not pick."""

    id: PaperId
    why: Annotated[str, Meta(description="The reason, shown on the day's page.")]


class Digest(Frozen, frozen=True):
    """What curators made of a day: one file of ``content/digests``."""

    curator: Annotated[str, Meta(description="Who picked.")] | None = None
    intro: Annotated[MarkdownText, Meta(description="A sentence about the day.")] | None = None
    picks: tuple[Pick, ...] = ()
    passed: tuple[Passed, ...] = ()


class TopicRule(Frozen, frozen=True):
    """Which papers belong to a topic: see ``catalog.topics`` for how phrases match."""

    any: Annotated[tuple[str, ...], Meta(description="Words or phrases; one of them must occur.")] = ()
    none: Annotated[tuple[str, ...], Meta(description="Words or phrases; none of them may occur.")] = ()
    categories: Annotated[tuple[str, ...], Meta(description="arXiv categories; the paper must be in one.")] = ()


class TopicEntry(Frozen, frozen=True):
    """One topic of ``content/topics.yml``."""

    id: Slug
    name: str
    parent: Annotated[str, Meta(description="The id of the topic above.")] | None = None
    description: MarkdownText | None = None
    match: TopicRule | None = None
    was: FormerIds = ()


class AuthorEntry(Frozen, frozen=True):
    """One person of ``content/authors.yml``."""

    id: Slug
    name: str
    also: Annotated[tuple[str, ...], Meta(description="Other spellings of the name.")] = ()
    papers: Annotated[tuple[PaperId, ...], Meta(description="On these papers the name is this person.")] = ()
    orcid: Orcid | None = None
    links: dict[str, WebAddress] = {}
    note: Annotated[MarkdownText, Meta(description="What the judgement rests on, shown on the page.")] | None = None
    was: FormerIds = ()


class Area(StrEnum):
    """What a curator may look after: a part of ``content/``."""

    DIGESTS = "digests"
    TOPICS = "topics"
    AUTHORS = "authors"
    CORRECTIONS = "corrections"
    PAPERS = "papers"
    PAGES = "pages"


class CuratorEntry(Frozen, frozen=True):
    """One curator of ``content/curators.yml``."""

    id: Slug
    name: Annotated[str, Meta(description="As pages show it; digests may be signed with it or with the id.")]
    also: Annotated[tuple[str, ...], Meta(description="Other names that stand under digests and corrections.")] = ()
    link: Annotated[WebAddress, Meta(description="Where there is more about them.")] | None = None
    orcid: Orcid | None = None
    account: (
        Annotated[
            str,
            Meta(
                description="Account or team where the repository is kept; 'digest codeowners' names it.",
                pattern=r"^@?[A-Za-z0-9][A-Za-z0-9-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)?$",
                examples=["@octocat"],
            ),
        ]
        | None
    ) = None
    topics: Annotated[tuple[Slug, ...], Meta(description="Topics that they look after.")] = ()
    areas: Annotated[tuple[Area, ...], Meta(description="Parts of content/ that they look after.")] = ()
    note: Annotated[MarkdownText, Meta(description="A sentence or two about them.")] | None = None
    was: FormerIds = ()


class CorrectedField(StrEnum):
    """The fields of a paper that a correction may set right."""

    TITLE = "title"
    ABSTRACT = "abstract"
    PUBLISHED = "published"
    DOI = "doi"
    JOURNAL_REF = "journal_ref"
    COMMENT = "comment"
    ORGANIZATION = "organization"
    PRIMARY_CATEGORY = "primary_category"
    WITHDRAWN = "withdrawn"
    AUTHORS = "authors"


class Correction(Frozen, frozen=True):
    """One field of one paper set right: an entry of ``content/corrections.yml``."""

    id: PaperId
    field: CorrectedField
    value: Annotated[str, Meta(description="The right value; authors are separated by semicolons.")]
    why: str
    by: str


class HandPaper(Frozen, frozen=True, kw_only=True):
    """A paper that no source knows: an entry of a file in ``content/papers``."""

    id: PaperId
    title: str
    authors: tuple[Author, ...] = ()
    abstract: str | None = None
    published: date | None = None
    date: Annotated[date, Meta(description="The day on whose page it is listed.")]
    primary_category: str | None = None
    categories: tuple[str, ...] = ()
    doi: str | None = None
    journal_ref: str | None = None
    comment: str | None = None
    organization: str | None = None
    keywords: tuple[str, ...] = ()
    links: dict[str, WebAddress] = {}


class Suggested(StrEnum):
    """What people suggest by the forms; the values are the words of ``content/declined.yml``."""

    PAPER = "paper"
    CORRECTION = "correction"
    SPLIT = "split"
    MERGE = "merge"
    CLAIM = "claim"
    TOPIC = "topic"


class Declined(Frozen, frozen=True, kw_only=True):
    """A suggestion that was looked at and not followed: an entry of ``content/declined.yml``."""

    what: Annotated[Suggested, Meta(description="What was suggested.")]
    id: Annotated[PaperId, Meta(description="Of a paper and a correction: the paper.")] | None = None
    field: Annotated[CorrectedField, Meta(description="Of a correction: the field.")] | None = None
    value: Annotated[str, Meta(description="Of a correction: the value; of a claim: the ORCID or address.")] | None = (
        None
    )
    names: Annotated[
        tuple[str, ...],
        Meta(description="Of a split and a claim the name, of a merge the spellings, else the topic's."),
    ] = ()
    why: Annotated[str, Meta(description="The reason, told to whoever suggests it again.")]
    by: Annotated[str, Meta(description="Who declined it.")]
    date: Annotated[date, Meta(description="The day on which it was declined.")]
    issue: Annotated[int, Meta(description="The number of the issue.", ge=1)] | None = None


# The two laid over each other -----------------------------------------------------------------------------------------


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
