"""What the API's files hold: a type each, and the JSON Schema that is generated from them.

``version`` changes when a field changes its meaning or goes; a new field leaves it.
"""

from datetime import date

import msgspec
from msgspec import UNSET, Struct, UnsetType

VERSION = 1


class Value(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An object of the API; what is not known is left out."""


class ApiAuthor(Value, frozen=True):
    """An author of a paper, as written there."""

    name: str
    author: str
    """Whose page it is: /authors/<author>/."""
    affiliation: str | None = None


class ApiListing(Value, frozen=True):
    """That a source listed the paper on a day."""

    date: date
    source: str
    digest: str | None = None
    """Of another digest's listing: that digest's address."""


class ApiPick(Value, frozen=True):
    """That a curator picked the paper on a day."""

    date: date
    curator: str | None = None
    curator_id: str | None = None
    """Whose page it is: /curators/<curator_id>/."""
    note: str | None = None
    """Markdown."""
    highlight: bool = False


class ApiCorrection(Value, frozen=True):
    """That a curator set a field of the paper right."""

    field: str
    why: str
    by: str
    said: str | None = None
    """What the source says, cut where it is long."""


class ApiPassed(Value, frozen=True):
    """That a curator passed the paper over on a day."""

    date: date
    why: str


class ApiPickElsewhere(Value, frozen=True):
    """That another digest picked the paper."""

    date: date
    """The newest day on which it did."""
    digest: str
    """That digest's address."""
    title: str
    page: str
    """The paper's page there."""


class ApiMeasurement(Value, frozen=True):
    """What was counted about the paper on a day."""

    as_of: date
    upvotes: int | None = None
    comments: int | None = None
    citations: int | None = None
    citations_from: str | None = None
    """Who counted them: semantic-scholar, openalex. Name it where you show them."""
    stars: int | None = None


class ApiPaper(Value, frozen=True):
    """A paper: /api/papers/<address>.json, a line of /api/months/<month>.jsonl.gz. Texts are plain, math is TeX."""

    version: int
    """Of the API."""
    id: str
    """arxiv:2503.16525, doi:10.1145/... or url:<host>/<path>."""
    address: str
    """Its page is /papers/<address>/."""
    title: str
    day: date
    """The first day on which it was listed or picked."""
    aliases: tuple[str, ...] = ()
    authors: tuple[ApiAuthor, ...] = ()
    abstract: str = ""
    published: date | None = None
    updated: date | None = None
    revision: int | None = None
    """The newest version of the paper itself."""
    primary_category: str | None = None
    categories: tuple[str, ...] = ()
    doi: str | None = None
    journal_ref: str | None = None
    comment: str | None = None
    withdrawn: bool = False
    organization: str | None = None
    keywords: tuple[str, ...] = ()
    links: dict[str, str] = {}
    topics: tuple[str, ...] = ()
    listed: tuple[ApiListing, ...] = ()
    picks: tuple[ApiPick, ...] = ()
    passed: tuple[ApiPassed, ...] = ()
    corrections: tuple[ApiCorrection, ...] = ()
    picked_elsewhere: tuple[ApiPickElsewhere, ...] = ()
    measured: ApiMeasurement | None = None


class ApiEntry(Value, frozen=True):
    """A paper in a list; the whole of it is at /api/papers/<address>.json."""

    id: str
    address: str
    title: str
    note: str | None = None
    """Of a pick: Markdown."""
    highlight: bool = False
    why: str | None = None
    """Why it was passed over."""


class ApiDay(Value, frozen=True):
    """A day: /api/days/<date>.json."""

    version: int
    date: date
    curator: str | None = None
    curator_id: str | None = None
    intro: str | None = None
    """Markdown."""
    picks: tuple[ApiEntry, ...] = ()
    rest: tuple[ApiEntry, ...] = ()
    passed: tuple[ApiEntry, ...] = ()


class ApiTopic(Value, frozen=True):
    """A topic: /api/topics/<id>.json, with its papers, newest day first."""

    version: int
    id: str
    name: str
    parent: str | None = None
    children: tuple[str, ...] = ()
    description: str | None = None
    """Markdown."""
    papers: tuple[ApiEntry, ...] = ()


class ApiCurator(Value, frozen=True):
    """Someone who picks: /api/curators/<id>.json, with the papers picked, the newest pick first."""

    version: int
    id: str
    """The page is /curators/<id>/."""
    name: str
    link: str | None = None
    orcid: str | None = None
    topics: tuple[str, ...] = ()
    """Ids of the topics that they look after."""
    note: str | None = None
    """Markdown."""
    papers: tuple[ApiEntry, ...] = ()


class ApiPersonMeasurement(Value, frozen=True):
    """What a service counted on a day of all of a person's work, of which the digest lists a part."""

    as_of: date
    profile: str
    """Whom it counted for, the service first: semantic-scholar:2262347. Name the service where you show the counts."""
    h_index: int | None = None
    citations: int | None = None
    papers: int | None = None


class ApiPerson(Value, frozen=True):
    """Someone with a page: one line of /api/authors.jsonl.gz."""

    id: str
    """The page is /authors/<id>/."""
    name: str
    standing: str
    """verified: one person; unverified: all papers of the name; ambiguous: of several people of the name."""
    also: tuple[str, ...] = ()
    orcid: str | None = None
    links: dict[str, str] = {}
    papers: tuple[str, ...] = ()
    """Ids, newest day first."""
    measured: ApiPersonMeasurement | None = None
    """Only of a person who is verified and has a profile at a service that counts."""


class ApiCount(Value, frozen=True):
    """A part of the digest with the number of papers in it."""

    id: str
    papers: int
    name: str | UnsetType = UNSET


class ApiIndex(Value, frozen=True):
    """What there is: /api/index.json."""

    version: int
    title: str
    url: str
    """The site's root; every address in the API stands below it."""
    description: str
    schema: str
    paper: str
    """A template: put a paper's address in."""
    day: str
    topic: str
    curator: str
    month: str
    """A template: all papers whose first day is in a month, a line each, compressed with gzip."""
    authors: str
    days: tuple[ApiCount, ...]
    months: tuple[ApiCount, ...]
    topics: tuple[ApiCount, ...]
    curators: tuple[ApiCount, ...]


_DOCUMENTS = {
    "paper": ApiPaper,
    "day": ApiDay,
    "topic": ApiTopic,
    "curator": ApiCurator,
    "person": ApiPerson,
    "index": ApiIndex,
}


def schema() -> bytes:
    """Write the JSON Schema of every document: ``#/$defs/ApiPaper`` and so on."""
    _, components = msgspec.json.schema_components(_DOCUMENTS.values(), ref_template="#/$defs/{name}")
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"The digest's API, version {VERSION}",
        "anyOf": [{"$ref": f"#/$defs/{kind.__name__}"} for kind in _DOCUMENTS.values()],
        "$defs": dict(sorted(components.items())),
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"
