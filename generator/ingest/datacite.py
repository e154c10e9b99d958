"""Asks DataCite for papers by their DOIs and reads the answers: Zenodo's, OSF's, arXiv's own.

Cleaning is left to ``answer``.
"""

from collections.abc import Iterator
from datetime import date
from urllib.parse import quote

import msgspec
from msgspec import Struct, field

from generator.config import SourceSettings
from generator.ingest import daily
from generator.ingest.answer import Answer, Asked, UnreadableError, admit
from generator.ingest.asking import Fetch, Found, Window
from generator.ingest.dates import read_date
from generator.ingest.jats import plain_abstract, plain_title
from generator.ingest.landing import given_first
from generator.model import Author, Listing, Record

BASE = "https://api.datacite.org"
ACCEPT = "application/json, application/vnd.api+json"

_DATES = ("Issued", "Available", "Submitted", "Created")
"""In the order in which they say when a paper came out."""


class _Title(Struct):
    title: str | None = None


class _Identifier(Struct):
    value: str | None = field(name="nameIdentifier", default=None)
    scheme: str | None = field(name="nameIdentifierScheme", default=None)


class _Institution(Struct):
    name: str | None = None


class _Creator(Struct):
    name: str | None = None
    given: str | None = field(name="givenName", default=None)
    family: str | None = field(name="familyName", default=None)
    kind: str | None = field(name="nameType", default=None)
    affiliation: tuple[str | _Institution, ...] = ()
    identifiers: tuple[_Identifier, ...] = field(name="nameIdentifiers", default=())


class _Description(Struct):
    text: str | None = field(name="description", default=None)
    kind: str | None = field(name="descriptionType", default=None)


class _Date(Struct):
    date: str | None = None
    kind: str | None = field(name="dateType", default=None)


class _Subject(Struct):
    subject: str | None = None


class _Container(Struct):
    title: str | None = None


class _Attributes(Struct):
    doi: str
    titles: tuple[_Title, ...] = ()
    creators: tuple[_Creator, ...] = ()
    descriptions: tuple[_Description, ...] = ()
    dates: tuple[_Date, ...] = ()
    year: int | str | None = field(name="publicationYear", default=None)
    subjects: tuple[_Subject, ...] = ()
    container: _Container | None = None
    url: str | None = None


class _Data(Struct):
    attributes: _Attributes


class _Body(Struct):
    data: _Data


_DECODER = msgspec.json.Decoder(_Body)


def read(data: bytes, asked: Asked) -> Answer:
    """Read the paper of an answer; it is listed on the day it came out.

    A day of which only the month or the year is known is its first one.

    Raises: UnreadableError for a damaged answer, or a paper without title or date.
    """
    try:
        work = _DECODER.decode(data).data.attributes
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadableError(f"not an answer of DataCite: {str(error)[:200]}") from None
    published = _published(work)
    day = published or asked.day or asked.as_of
    if day is None:
        raise UnreadableError(f"{work.doi[:80]}: no date")
    abstract = next((each.text for each in work.descriptions if each.kind == "Abstract" and each.text), None)
    record = Record(
        id=f"doi:{work.doi}",
        title=plain_title(next((each.title for each in work.titles if each.title), "")),
        authors=tuple(_author(each) for each in work.creators),
        abstract=plain_abstract(abstract) if abstract else None,
        published=published,
        doi=work.doi,
        journal_ref=work.container.title if work.container else None,
        keywords=tuple(each.subject for each in work.subjects if each.subject),
        links={"page": work.url} if work.url else {},
        listed=(Listing(date=day, source=asked.source),),
    )
    return Answer((admit(record),))


def _published(work: _Attributes) -> date | None:
    written = [each.date for kind in _DATES for each in work.dates if each.kind == kind and each.date]
    whole = [text for text in written if len(text) >= len("2025-12-11")]
    candidates = [*whole, *written, str(work.year or "")]
    return next((day for text in candidates if (day := read_date(text))), None)


def _author(creator: _Creator) -> Author:
    name = " ".join(part for part in (creator.given, creator.family) if part)
    if not name:
        name = creator.name or ""
        name = name if creator.kind == "Organizational" else given_first(name)
    places = [place if isinstance(place, str) else place.name for place in creator.affiliation]
    orcid = next((each.value for each in creator.identifiers if each.scheme == "ORCID"), None)
    return Author(name=name, affiliation="; ".join(filter(None, places)) or None, orcid=orcid)


def address(doi: str, base: str | None = None) -> str:
    """Give the address of a DOI's answer; ``doi`` may be an id: ``doi:10.5281/…``."""
    return f"{(base or BASE).rstrip('/')}/dois/{quote(doi.removeprefix('doi:'), safe='')}"


def ask(settings: SourceSettings, window: Window, fetch: Fetch) -> Iterator[Found]:
    """Ask for the papers in the settings."""
    urls = (address(paper, settings.base_url) for paper in settings.papers)
    return daily.one_by_one(settings, window, fetch, urls, read, ACCEPT)
