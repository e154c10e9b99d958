"""Reads answers of the arXiv API: Atom in the layout of before 2026 and in that of since.

Cleaning is left to ``answer``; asking to ``arxiv_search``; arXiv's announcements (RSS) to ``announcements``.
"""

import re
import xml.etree.ElementTree as ET
from datetime import date

from generator import ids
from generator.ingest.answer import Answer, Asked, UnreadableError, admit, says_withdrawn
from generator.ingest.xmlfile import parse_xml
from generator.model import Author, Listing, Record

MAX_BYTES = 50_000_000
"""Five times the largest page there is: 2,000 entries."""

_ATOM = "{http://www.w3.org/2005/Atom}"
_ARXIV = "{http://arxiv.org/schemas/atom}"
_OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
_ERROR_TOLD = "arXiv answered with an error"
_ERROR = re.compile(r"https?://(export\.)?arxiv\.org/api/errors")


def read(data: bytes, asked: Asked) -> Answer:
    """Read the entries of an answer; a paper is listed on the day of its first version.

    Raises: UnreadableError for a damaged answer, an error feed, or a body like ``Rate exceeded.``.
    """
    return read_page(data, asked)[0]


def read_page(data: bytes, asked: Asked) -> tuple[Answer, int | None]:
    """Read an answer, and how many papers the question has in all, if it says so.

    Raises: UnreadableError as ``read`` does.
    """
    root = parse_xml(data, MAX_BYTES)
    if root.tag != f"{_ATOM}feed":
        raise UnreadableError(f"not an Atom feed but <{root.tag[:80]}>")
    entries = root.findall(f"{_ATOM}entry")
    records = tuple(_record(entry, f"entry {number}", asked) for number, entry in enumerate(entries, 1))
    total = (_text(root, f"{_OPENSEARCH}totalResults") or "").strip()
    return Answer(records), int(total) if re.fullmatch("[0-9]{1,9}", total) else None


def error_told(data: bytes) -> str:
    """Give the reason that an error feed tells; empty for anything else."""
    try:
        read(data, Asked(source="arxiv"))
    except UnreadableError as error:
        return str(error) if _ERROR_TOLD in str(error) else ""
    return ""


def _record(entry: ET.Element, where: str, asked: Asked) -> Record:
    address = _text(entry, f"{_ATOM}id") or ""
    if _ERROR.match(address):
        raise UnreadableError(f"{_ERROR_TOLD}: {(_text(entry, f'{_ATOM}summary') or address)[:300]}")
    published = _day(entry, "published", where)
    comment = _text(entry, f"{_ARXIV}comment")
    primary = entry.find(f"{_ARXIV}primary_category")
    record = Record(
        id=address,
        title=_text(entry, f"{_ATOM}title") or "",
        authors=tuple(_author(each) for each in entry.findall(f"{_ATOM}author")),
        abstract=_text(entry, f"{_ATOM}summary"),
        published=published,
        updated=_day(entry, "updated", where),
        version=ids.arxiv_version(address),
        primary_category=primary.get("term") if primary is not None else None,
        categories=tuple(each.get("term", "") for each in entry.findall(f"{_ATOM}category")),
        doi=_text(entry, f"{_ARXIV}doi"),
        journal_ref=_text(entry, f"{_ARXIV}journal_ref"),
        comment=comment,
        withdrawn=says_withdrawn(comment),
        links=_links(entry),
        listed=(Listing(date=published, source=asked.source),),
    )
    return admit(record, where)


def _author(element: ET.Element) -> Author:
    affiliations = [each.text.strip() for each in element.findall(f"{_ARXIV}affiliation") if each.text]
    return Author(name=_text(element, f"{_ATOM}name") or "", affiliation=", ".join(filter(None, affiliations)) or None)


def _links(entry: ET.Element) -> dict[str, str]:
    pdf = (each.get("href") for each in entry.findall(f"{_ATOM}link") if each.get("title") == "pdf")
    address = next(filter(None, pdf), None)
    return {"pdf": address} if address else {}


def _text(element: ET.Element, tag: str) -> str | None:
    """Take an element's text as text: no HTML, however it looks."""
    found = element.find(tag)
    return None if found is None else "".join(found.itertext())


def _day(entry: ET.Element, name: str, where: str) -> date:
    value = (_text(entry, f"{_ATOM}{name}") or "").strip()
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        raise UnreadableError(f"{where}.{name}: {value[:40]!r} is no date") from None
