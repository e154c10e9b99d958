"""Asks arXiv by OAI-PMH, its form for whole sets, and reads the answers (``metadataPrefix=arXiv``).

The only form with family and given names apart. Made for filling in the past: it is asked by the day of a paper's last
change, so that everything since the first day wanted has to be looked through. Cleaning is left to ``answer``.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from generator.config import SourceSettings
from generator.ingest import daily
from generator.ingest.answer import Answer, Asked, UnreadableError, admit, says_withdrawn
from generator.ingest.arxiv_search import found_on
from generator.ingest.asking import Fetch, Found, NotNow, NotThere, Window
from generator.ingest.xmlfile import parse_xml
from generator.model import Author, Listing, Record

BASE = "https://arxiv.org"
ACCEPT = "text/xml, application/xml, */*"
MAX_BYTES = 20_000_000
"""Four times the largest answer: 1,300 papers."""

_OAI = "{http://www.openarchives.org/OAI/2.0/}"
_ARXIV = "{http://arxiv.org/OAI/arXiv/}"
_PHYSICS = frozenset(
    "astro-ph cond-mat gr-qc hep-ex hep-lat hep-ph hep-th math-ph nlin nucl-ex nucl-th physics quant-ph".split()
)
"""The archives that arXiv's sets have under ``physics``; every other is a group of its own."""


@dataclass(frozen=True, slots=True)
class Page:
    """One answer."""

    answer: Answer
    token: str
    """Asks for the next page; empty on the last one."""
    error: tuple[str, str] | None = None
    """Code and text."""


def read(data: bytes, asked: Asked) -> Answer:
    """Read the papers of an answer; a paper is listed on the day of its first version.

    Raises: UnreadableError for a damaged answer, or one that is an error.
    """
    page = read_page(data, asked)
    if page.error:
        raise UnreadableError(f"arXiv answered with an error: {': '.join(page.error)}")
    return page.answer


def read_page(data: bytes, asked: Asked) -> Page:
    """Read an answer with what it says of the next one.

    Raises: UnreadableError for a damaged answer.
    """
    root = parse_xml(data, MAX_BYTES)
    if root.tag != f"{_OAI}OAI-PMH":
        raise UnreadableError(f"not an answer of OAI-PMH but <{root.tag[:80]}>")
    error = root.find(f"{_OAI}error")
    if error is not None:
        return Page(Answer(), "", (error.get("code", "")[:40], (error.text or "").strip()[:200]))
    found = root.find(f"{_OAI}ListRecords")
    body = root.find(f"{_OAI}GetRecord") if found is None else found
    if body is None:
        raise UnreadableError("an answer of OAI-PMH without records")
    records: list[Record] = []
    problems: list[str] = []
    for number, element in enumerate(body.findall(f"{_OAI}record"), 1):
        paper = element.find(f"{_OAI}metadata/{_ARXIV}arXiv")
        header = element.find(f"{_OAI}header")
        if paper is None:
            if header is None or header.get("status") != "deleted":
                problems.append(f"record {number}: no metadata in arXiv's form; it was left out")
            continue
        try:
            records.append(_record(paper, f"record {number}", asked))
        except UnreadableError as trouble:
            problems.append(f"{trouble}; it was left out")
    token = (body.findtext(f"{_OAI}resumptionToken") or "").strip()
    return Page(Answer(tuple(records), problems=tuple(problems)), token)


def _record(paper: ET.Element, where: str, asked: Asked) -> Record:
    def text(name: str) -> str | None:
        return paper.findtext(f"{_ARXIV}{name}")

    created = _day(text("created"), f"{where}.created")
    if created is None:
        raise UnreadableError(f"{where}.created: missing")
    categories = tuple((text("categories") or "").split())
    comment = text("comments")
    record = Record(
        id=f"arxiv:{(text('id') or '').strip()}",
        title=text("title") or "",
        authors=tuple(_author(each) for each in paper.findall(f"{_ARXIV}authors/{_ARXIV}author")),
        abstract=text("abstract"),
        published=created,
        updated=_day(text("updated"), f"{where}.updated") or created,
        # arXiv writes the primary one first.
        primary_category=categories[0] if categories else None,
        categories=categories,
        doi=text("doi"),
        journal_ref=text("journal-ref"),
        comment=comment,
        withdrawn=says_withdrawn(comment),
        listed=(Listing(date=created, source=asked.source),),
    )
    return admit(record, where)


def _author(element: ET.Element) -> Author:
    parts = (element.findtext(f"{_ARXIV}{name}") or "" for name in ("forenames", "keyname", "suffix"))
    affiliations = (each.text.strip() for each in element.findall(f"{_ARXIV}affiliation") if each.text)
    name = " ".join(part.strip() for part in parts if part.strip())
    return Author(name=name, affiliation=", ".join(filter(None, affiliations)) or None)


def _day(written: str | None, where: str) -> date | None:
    if written is None or not written.strip():
        return None
    try:
        return date.fromisoformat(written.strip()[:10])
    except ValueError:
        raise UnreadableError(f"{where}: {written[:40]!r} is no date") from None


def ask(settings: SourceSettings, window: Window, fetch: Fetch) -> Iterator[Found]:
    """Ask for every paper of the categories that changed since the first open day; all days are given at the end."""
    days = sorted(window.open)
    if not days:
        return
    papers: dict[str, Record] = {}
    problems: dict[str, None] = {}
    try:
        for category in settings.categories:
            for answer in _pages(settings, window, fetch, category, days[0]):
                papers |= {record.id: record for record in answer.records if record.published in window.open}
                problems |= dict.fromkeys(answer.problems)
    except (NotNow, NotThere) as error:
        yield from daily.failed(days, error)
        return
    listed = daily.by_listing(papers.values())
    for day in days:
        yield found_on(day, listed.get(day, []), window, tuple(problems) if day == days[-1] else ())


def _pages(settings: SourceSettings, window: Window, fetch: Fetch, category: str, since: date) -> Iterator[Answer]:
    """Ask until the answer names no next page.

    Raises: NotNow; NotThere.
    """
    base = f"{(settings.base_url or BASE).rstrip('/')}/oai"
    question = {"metadataPrefix": "arXiv", "from": since.isoformat(), "set": set_of(category)}
    seen: set[str] = set()
    while True:
        url = f"{base}?{urlencode({'verb': 'ListRecords', **question})}"
        try:
            fetched = fetch(url, accept=ACCEPT)
            page = read_page(fetched.body, Asked(source=settings.name, name=url, as_of=window.today))
        except UnreadableError as error:
            raise NotNow(url, str(error)) from None
        if page.error and page.error[0] != "noRecordsMatch":
            raise NotNow(url, f"arXiv answered with an error: {': '.join(page.error)}")
        if page.token in seen:
            raise NotNow(url, "the same page again")
        yield page.answer
        if not page.token:
            return
        seen.add(page.token)
        question = {"resumptionToken": page.token}


def set_of(category: str) -> str:
    """Name arXiv's set of a category: ``cs:cs:CL`` of ``cs.CL``, ``physics:hep-th`` of ``hep-th``, ``cs`` of ``cs``."""
    archive, _, part = category.partition(".")
    names = ["physics", archive] if archive in _PHYSICS else [archive] * (2 if part else 1)
    return ":".join([*names, part] if part else names)
