"""Asks Crossref for papers by their DOIs and reads the answers; arXiv's own DOIs and data sets are ``datacite``'s.

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
from generator.ingest.jats import plain_abstract, plain_title
from generator.ingest.landing import journal_ref
from generator.model import Author, Listing, Record

BASE = "https://api.crossref.org"
ACCEPT = "application/json"


class _Institution(Struct):
    name: str | None = None


class _Author(Struct):
    given: str | None = None
    family: str | None = None
    suffix: str | None = None
    name: str | None = None
    """Of a group, instead of the others."""
    orcid: str | None = field(name="ORCID", default=None)
    affiliation: tuple[_Institution, ...] = ()


class _Dates(Struct):
    parts: tuple[tuple[int | None, ...], ...] = field(name="date-parts", default=())


class _Link(Struct):
    url: str | None = field(name="URL", default=None)
    content_type: str | None = field(name="content-type", default=None)


class _Work(Struct):
    doi: str = field(name="DOI")
    title: tuple[str, ...] = ()
    subtitle: tuple[str, ...] = ()
    author: tuple[_Author, ...] = ()
    abstract: str | None = None
    container: tuple[str, ...] = field(name="container-title", default=())
    volume: str | None = None
    issue: str | None = None
    page: str | None = None
    subject: tuple[str, ...] = ()
    online: _Dates = field(name="published-online", default_factory=_Dates)
    printed: _Dates = field(name="published-print", default_factory=_Dates)
    published: _Dates = field(default_factory=_Dates)
    issued: _Dates = field(default_factory=_Dates)
    url: str | None = field(name="URL", default=None)
    link: tuple[_Link, ...] = ()


class _Body(Struct):
    message: _Work


_DECODER = msgspec.json.Decoder(_Body)


def read(data: bytes, asked: Asked) -> Answer:
    """Read the paper of an answer; it is listed on the day it was published.

    A day of which only the month or the year is known is its first one.

    Raises: UnreadableError for a damaged answer, or a paper without title or date.
    """
    try:
        work = _DECODER.decode(data).message
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadableError(f"not an answer of Crossref: {str(error)[:200]}") from None
    published = _published(work)
    day = published or asked.day or asked.as_of
    if day is None:
        raise UnreadableError(f"{work.doi[:80]}: no date")
    pdf = next((each.url for each in work.link if each.content_type == "application/pdf" and each.url), None)
    links = {"pdf": pdf, "page": work.url}
    record = Record(
        id=f"doi:{work.doi}",
        title=plain_title(": ".join([*work.title[:1], *(part for part in work.subtitle[:1] if work.title and part)])),
        authors=tuple(_author(each) for each in work.author),
        abstract=plain_abstract(work.abstract) if work.abstract else None,
        published=published,
        doi=work.doi,
        journal_ref=journal_ref(next(iter(work.container), ""), work.volume or "", work.issue or "", work.page or ""),
        keywords=work.subject,
        links={kind: address for kind, address in links.items() if address},
        listed=(Listing(date=day, source=asked.source),),
    )
    return Answer((admit(record),))


def _published(work: _Work) -> date | None:
    """Take the first day that is written in full, else the first that is written in part."""
    written = [each.parts[0] for each in (work.online, work.printed, work.published, work.issued) if each.parts]
    days = [(len(parts) < 3, date(*(part or 1 for part in [*parts, 1, 1][:3]))) for parts in written if _is_day(parts)]
    return min(days)[1] if days else None


def _is_day(parts: tuple[int | None, ...]) -> bool:
    try:
        date(*(part or 1 for part in [*parts, 1, 1][:3]))
    except (ValueError, OverflowError):
        return False
    return bool(parts and parts[0])


def _author(author: _Author) -> Author:
    name = " ".join(part for part in (author.given, author.family, author.suffix) if part)
    places = [place.name for place in author.affiliation if place.name]
    return Author(name=name or author.name or "", affiliation="; ".join(places) or None, orcid=author.orcid)


def address(doi: str, base: str | None = None) -> str:
    """Give the address of a DOI's answer; ``doi`` may be an id: ``doi:10.1145/…``."""
    return f"{(base or BASE).rstrip('/')}/works/{quote(doi.removeprefix('doi:'), safe='')}"


def ask(settings: SourceSettings, window: Window, fetch: Fetch) -> Iterator[Found]:
    """Ask for the papers in the settings."""
    urls = (address(paper, settings.base_url) for paper in settings.papers)
    return daily.one_by_one(settings, window, fetch, urls, read, ACCEPT)
