"""Asks for and reads papers' own pages by the tags that publishers write for Google Scholar (``citation_title`` …).

Cleaning is left to ``answer``. Only tags in ``<meta>`` and ``<link>`` are looked at: the page itself is nobody's data.
"""

import re
from collections.abc import Iterator
from itertools import islice

import nh3
from bs4 import BeautifulSoup
from bs4.dammit import EncodingDetector

from generator import ids
from generator.config import SourceSettings
from generator.ingest import daily
from generator.ingest.answer import Answer, Asked, UnreadableError, admit
from generator.ingest.asking import Fetch, Found, Window
from generator.ingest.dates import read_date
from generator.ingest.jats import plain_abstract, plain_title
from generator.model import Author, Listing, Record

ACCEPT = "text/html, application/xhtml+xml"
MAX_BYTES = 5_000_000
"""Ten times the largest page seen."""
MAX_ENTITIES = 50_000
"""Signs of ``&`` on a page: reading takes the square of how many there are, a minute for a million."""
MAX_TAGS = 20_000
"""Of a page; a paper with 3,303 authors has three of each."""

# https://scholar.google.com/intl/en/scholar/inclusion.html#indexing, each with the Dublin Core term it allows instead.
_TITLE = ("citation_title", "dc.title")
_AUTHOR = ("citation_author", "citation_authors", "dc.creator")
_ABSTRACT = ("citation_abstract", "dc.description", "dcterms.abstract")
_DAY = ("citation_publication_date", "citation_date", "citation_online_date", "citation_year", "dc.issued", "dc.date")
_DOI = ("citation_doi", "dc.identifier", "dc.identifier.doi", "prism.doi")
_TAG = re.compile(r"<(?:meta|link)\b[^<>]*>")
_KEPT = {"meta": {"name", "property", "content"}, "link": {"rel", "href"}}
_VENUE = ("citation_journal_title", "citation_conference_title", "citation_inbook_title", "dc.relation.ispartof")


def read(data: bytes, asked: Asked) -> Answer:
    """Read the paper of a page; it is listed on the day it was published, else on the day it was asked for.

    Raises: UnreadableError for a page without title tags, without an id of its paper, or without a date.
    """
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"{len(data):,} bytes, more than {MAX_BYTES:,}")
    if data.count(b"&") > MAX_ENTITIES:
        raise UnreadableError(f"more than {MAX_ENTITIES:,} entities")
    tags, canonical = _tags(data)
    title = _first(tags, _TITLE)
    if not title:
        raise UnreadableError("no tag 'citation_title' or 'DC.title': this page does not describe a paper")
    published = next((day for name in _DAY for value in tags.get(name, ()) if (day := read_date(value[0]))), None)
    day = published or asked.day or asked.as_of
    if day is None:
        raise UnreadableError("no date, neither in the page's tags nor in the name")
    record = Record(
        id=_paper(tags, canonical, asked),
        title=plain_title(title),
        authors=_authors(tags),
        abstract=plain_abstract(_first(tags, _ABSTRACT)) or None,
        published=published,
        doi=next((doi for name in _DOI for value, _ in tags.get(name, ()) for doi in ids.parse_dois(value)), None),
        journal_ref=_journal(tags),
        keywords=_keywords(tags),
        links=_links(tags),
        listed=(Listing(date=day, source=asked.source),),
    )
    return Answer((admit(record),))


def ask(settings: SourceSettings, window: Window, fetch: Fetch) -> Iterator[Found]:
    """Ask for the pages in the settings."""
    return daily.one_by_one(settings, window, fetch, settings.pages, read, ACCEPT)


_Tags = dict[str, list[tuple[str, int]]]
"""Name, in lower case, to the values, each with its place on the page."""


def _tags(data: bytes) -> tuple[_Tags, str]:
    """Give the page's tags with the places they stand at, and its canonical address."""
    # nh3 reads any page in time that grows with its length, which html.parser does not; what it leaves is well formed,
    # and the text between the tags is nobody's business.
    kept = nh3.clean(_decode(data), tags=set(_KEPT), attributes=_KEPT, link_rel=None, url_schemes={"http", "https"})
    soup = BeautifulSoup("".join(islice(_TAG.findall(kept), MAX_TAGS)), "html.parser")
    tags: _Tags = {}
    canonical = ""
    for place, element in enumerate(soup.find_all(["meta", "link"])):
        if element.name == "link":
            if "canonical" in (element.get_attribute_list("rel")):
                canonical = canonical or str(element.get("href") or "")
            continue
        name = str(element.get("name") or element.get("property") or "").strip().lower()
        value = str(element.get("content") or "").strip()
        if name and value:
            tags.setdefault(name, []).append((value, place))
    return tags, canonical


def _decode(data: bytes) -> str:
    """Decode a page as UTF-8, else as it says itself."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        said = EncodingDetector.find_declared_encoding(data[:4096], is_html=True) or "windows-1252"
    try:
        return data.decode(said, "replace")
    except LookupError:
        return data.decode("windows-1252", "replace")


def _first(tags: _Tags, names: tuple[str, ...]) -> str:
    return next((tags[name][0][0] for name in names if name in tags), "")


def _paper(tags: _Tags, canonical: str, asked: Asked) -> str:
    """Choose the paper's id: arXiv's, a DOI, else the page's own address.

    Raises: UnreadableError if there is none.
    """
    arxiv = [f"arxiv:{value}" for value, _ in tags.get("citation_arxiv_id", ())]
    dois = [f"doi:{doi}" for name in _DOI for value, _ in tags.get(name, ()) for doi in ids.parse_dois(value)]
    pages = [_first(tags, ("citation_abstract_html_url", "citation_public_url")), canonical, asked.name]
    for candidate in (*arxiv, *dois, *(page for page in pages if re.match(r"https?://", page))):
        try:
            return ids.parse_id(candidate)
        except ids.IdError:
            continue
    raise UnreadableError("no DOI and no address of the paper in the page's tags")


def _authors(tags: _Tags) -> tuple[Author, ...]:
    """Take each author with the institutions and ORCID that stand between it and the next one."""
    name = next((name for name in _AUTHOR if name in tags), None)
    if name is None:
        return ()
    found = tags[name]
    if len(found) == 1 and ";" in found[0][0]:
        return tuple(Author(name=given_first(part)) for part in found[0][0].split(";"))
    ends = [place for _, place in found[1:]] + [1 << 30]
    authors = []
    for (value, place), end in zip(found, ends, strict=True):
        own = {
            key: [each for each, at in tags.get(f"citation_author_{key}", ()) if place < at < end]
            for key in ("institution", "orcid")
        }
        orcid = own["orcid"][0] if own["orcid"] else None
        authors.append(Author(name=given_first(value), affiliation="; ".join(own["institution"]) or None, orcid=orcid))
    return tuple(authors)


def given_first(name: str) -> str:
    """Write ``Family, Given`` as ``Given Family``, and ``Family, Jr., Given`` as ``Given Family, Jr.``."""
    parts = [part.strip() for part in name.split(",")]
    if len(parts) == 2 and all(parts):
        return f"{parts[1]} {parts[0]}"
    return f"{parts[2]} {parts[0]}, {parts[1]}" if len(parts) == 3 and all(parts) else name


def _journal(tags: _Tags) -> str | None:
    first, last = _first(tags, ("citation_firstpage",)), _first(tags, ("citation_lastpage",))
    return journal_ref(
        _first(tags, _VENUE),
        _first(tags, ("citation_volume",)),
        _first(tags, ("citation_issue",)),
        f"{first}-{last}" if first and last else first,
    )


def journal_ref(venue: str, volume: str = "", issue: str = "", pages: str = "") -> str | None:
    """Write where a paper appeared as ``Journal 12(3), 45-67``; None without a venue."""
    if not venue:
        return None
    number = f"{volume}({issue})" if volume and issue else volume or issue
    return ", ".join(part for part in (f"{venue} {number}".strip(), pages) if part)


def _keywords(tags: _Tags) -> tuple[str, ...]:
    values = [value for value, _ in tags.get("citation_keywords", ())]
    parts = values[0].replace(";", ",").split(",") if len(values) == 1 else values
    return tuple(part.strip() for part in parts)


def _links(tags: _Tags) -> dict[str, str]:
    pdf, page = _first(tags, ("citation_pdf_url",)), _first(tags, ("citation_abstract_html_url",))
    return {kind: address for kind, address in (("pdf", pdf), ("page", page)) if address}
