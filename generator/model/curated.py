"""What a person said: the YAML files of ``content/``."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from generator.model.fields import FormerIds, Frozen, MarkdownText, Orcid, PaperId, Slug, WebAddress
from generator.model.sourced import Author


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
