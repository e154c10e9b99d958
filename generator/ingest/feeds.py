"""Asks for and reads any RSS or Atom feed; reads arXiv's announcements.

feedparser does the parsing, in a process of its own (``feedreader``), and sees neither comments nor names of people:
its expressions for those can run for minutes. Cleaning is left to ``answer``.
"""

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from email.utils import parsedate
from pathlib import Path

import msgspec
from msgspec import Struct

from generator import ids
from generator.config import SourceSettings
from generator.ingest import daily, feedreader
from generator.ingest.answer import Answer, Asked, UnreadableError, admit
from generator.ingest.asking import Fetch, Found, NotNow, NotThere, Window
from generator.ingest.xmlfile import local_name, parse_xml
from generator.model import Author, Listing, Record

MAX_BYTES = 10_000_000
"""Twice arXiv's largest announcement: 2,000 items."""
ACCEPT = "application/rss+xml, application/atom+xml, application/xml, text/xml"
MAX_CREATOR = 2_000
"""Characters of one author's element in any feed."""
MAX_CREATORS = 200_000
"""Characters of arXiv's, which holds all authors of a paper; 3,303 of them take 60,000."""
DEADLINE = 30.0
"""Seconds; 2,000 items take two."""

_PEOPLE = frozenset(["author", "creator", "contributor", "publisher", "managingeditor", "webmaster", "owner", "credit"])
_ANNOUNCED = re.compile(r"\s*arXiv:\S+\s+Announce Type:\s*(?P<type>[a-z-]+)\s*(?:Abstract:)?\s*", re.IGNORECASE)
_ARXIV_GUID = re.compile(r"oai:arxiv\.org:", re.IGNORECASE)
_REPLACED = frozenset(["replace", "replace-cross", "absonly"])
_MAIL_AND_NAME = re.compile(r"\s*\S+@\S+\s+\((?P<name>[^()]*)\)\s*")


class _Entry(Struct):
    title: str = ""
    plain_title: str = ""
    """Without tags. arXiv's titles and abstracts are text, though, whatever they look like."""
    summary: str = ""
    plain_summary: str = ""
    id: str = ""
    link: str = ""
    published: str = ""
    updated: str = ""
    published_parsed: str = ""
    updated_parsed: str = ""
    prism_doi: str = ""
    dc_identifier: str = ""
    tags: tuple[str, ...] = ()


class _Feed(Struct):
    version: str
    date: str
    day: str
    entries: tuple[_Entry, ...]


@dataclass(frozen=True, slots=True)
class _Taken:
    """What is taken from an entry before feedparser sees it."""

    creators: tuple[str, ...]
    announced: str = ""
    doi: str | None = None
    journal: str | None = None


def read(data: bytes, asked: Asked) -> Answer:
    """Read a feed's entries; each is listed on its own day, else on the feed's.

    Raises: UnreadableError for what is no feed, is damaged, or takes too long.
    """
    root = parse_xml(data, MAX_BYTES)
    taken = [_take(element) for element in _entries(root)]
    _hide_people(root)
    feed = _parse(ET.tostring(root, encoding="utf-8", xml_declaration=True))
    if not feed.version:
        raise UnreadableError(f"not a feed but <{local_name(root)[:80]}>")
    if len(feed.entries) != len(taken):
        raise UnreadableError(f"{len(taken)} entries of which {len(feed.entries)} can be read")
    records: list[Record] = []
    problems: list[str] = []
    feed_day = _written_day(feed.date, feed.day)
    for number, (entry, extra) in enumerate(zip(feed.entries, taken, strict=True), 1):
        where = f"entry {number}"
        try:
            records.append(admit(_record(entry, extra, feed_day, where, asked), where))
        except UnreadableError as error:
            problems.append(f"{error}; the entry was left out")
    return Answer(tuple(records), problems=tuple(problems))


def ask(settings: SourceSettings, window: Window, fetch: Fetch) -> Iterator[Found]:
    """Ask for the feed; what is dated on the open days is taken."""
    try:
        answer = daily.take(settings, window, fetch, settings.url or "", read, ACCEPT)
    except (NotNow, NotThere) as error:
        yield from daily.failed(window.open, error)
    else:
        yield from daily.shown_now(window, answer)


# Before feedparser ----------------------------------------------------------------------------------------------------


def _entries(root: ET.Element) -> Iterator[ET.Element]:
    return (each for each in root.iter() if local_name(each) in ("item", "entry"))


def _take(entry: ET.Element) -> _Taken:
    creators: list[str] = []
    found: dict[str, str] = {}
    for element in entry:
        name = local_name(element)
        if name in ("author", "creator"):
            named = next((child for child in element if local_name(child) == "name"), element)
            creators.append("".join(named.itertext()))
        elif name in ("announce_type", "DOI", "doi", "journal_reference"):
            found[name] = "".join(element.itertext()).strip()
    return _Taken(
        creators=tuple(creators),
        announced=found.get("announce_type", ""),
        doi=found.get("DOI") or found.get("doi") or None,
        journal=found.get("journal_reference") or None,
    )


def _hide_people(root: ET.Element) -> None:
    """Empty every element that names people, so that nothing looks for addresses of mail in them."""
    for element in list(root.iter()):
        if local_name(element).lower() in _PEOPLE:
            tail = element.tail
            element.clear()
            element.tail = tail


def _parse(data: bytes) -> _Feed:
    # -I: neither the folder it stands in nor the environment can lend it another module.
    command = [sys.executable, "-I", str(Path(feedreader.__file__))]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=DEADLINE, check=True)
        return msgspec.json.decode(done.stdout, type=_Feed)
    except subprocess.TimeoutExpired:
        raise UnreadableError(f"not read within {DEADLINE:.0f} seconds") from None
    except subprocess.CalledProcessError as error:
        told = error.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise UnreadableError(f"the feed reader failed: {told[:200] or error.returncode}") from None
    except (msgspec.MsgspecError, json.JSONDecodeError) as error:
        raise UnreadableError(f"the feed reader answered in no known form: {error}") from None


# After it -------------------------------------------------------------------------------------------------------------


def _record(entry: _Entry, extra: _Taken, feed_day: date | None, where: str, asked: Asked) -> Record:
    guid = _ARXIV_GUID.sub("arXiv:", entry.id)
    paper = _identify((guid, extra.doi, entry.prism_doi, entry.dc_identifier, entry.link), where)
    published = _written_day(entry.published, entry.published_parsed)
    updated = _written_day(entry.updated, entry.updated_parsed)
    day = published or updated or feed_day
    if day is None:
        raise UnreadableError(f"{where}: no date, neither of its own nor of the feed")
    listing = Listing(date=day, source=asked.source)
    if paper.startswith("arxiv:"):
        return _announced(paper, entry, extra, guid, listing, where)
    return Record(
        id=paper,
        title=entry.plain_title,
        authors=_authors(extra.creators, where),
        abstract=entry.plain_summary,
        published=published,
        updated=updated,
        doi=extra.doi or entry.prism_doi or None,
        journal_ref=extra.journal,
        keywords=entry.tags,
        links={"page": entry.link},
        listed=(listing,),
    )


def _announced(paper: str, entry: _Entry, extra: _Taken, guid: str, listing: Listing, where: str) -> Record:
    """Make the record of an arXiv paper: its day is when it was announced; a replacement is no new listing."""
    prefix = _ANNOUNCED.match(entry.summary)
    announced = extra.announced or (prefix["type"] if prefix else "")
    return Record(
        id=paper,
        title=entry.title,
        authors=_arxiv_authors(extra.creators, where),
        abstract=entry.summary[prefix.end() :] if prefix else entry.summary,
        version=ids.arxiv_version(guid) or ids.arxiv_version(entry.link),
        categories=entry.tags,
        doi=extra.doi,
        journal_ref=extra.journal,
        listed=() if announced.lower() in _REPLACED else (listing,),
    )


def _identify(candidates: tuple[str | None, ...], where: str) -> str:
    """Choose the best id among an entry's: an arXiv id or DOI before the address of a page, which comes last.

    Raises: UnreadableError if none is one.
    """
    pages: list[str] = []
    for candidate in filter(None, candidates):
        for value in (candidate, *ids.parse_dois(candidate)[:1]):
            try:
                paper = ids.parse_id(value)
            except ids.IdError:
                continue
            if not paper.startswith("url:"):
                return paper
            pages.append(paper)
    if not pages:
        raise UnreadableError(f"{where}: no address, DOI or arXiv id")
    return pages[-1]


def _written_day(written: str, parsed: str) -> date | None:
    """Take the day as it is written, in whatever zone; else as feedparser understood it."""
    try:
        return date.fromisoformat(written.strip()[:10])
    except ValueError:
        moment = parsedate(written)
    try:
        if moment:
            return date(*moment[:3])
        return date.fromisoformat(parsed) if parsed else None
    except ValueError:
        return None


def _authors(creators: tuple[str, ...], where: str) -> tuple[Author, ...]:
    """Take one name from each element; a single element may hold several, apart by commas or semicolons."""
    for creator in creators:
        if len(creator) > MAX_CREATOR:
            raise UnreadableError(f"{where}: {len(creator):,} characters of an author, more than {MAX_CREATOR:,}")
    names = [_MAIL_AND_NAME.sub(r"\g<name>", creator) for creator in creators]
    if len(names) == 1:
        parts = names[0].split(";") if ";" in names[0] else names[0].split(",")
        # "Lakshmanan, V.S." is one name, "Ada Lovelace, Charles Babbage" two.
        if ";" in names[0] or all(" " in part.strip() for part in parts):
            names = parts
    return tuple(Author(name=name) for name in names)


def _arxiv_authors(creators: tuple[str, ...], where: str) -> tuple[Author, ...]:
    """Split arXiv's one string of names: ``A. Name (Here, There), B. Other``."""
    if sum(map(len, creators)) > MAX_CREATORS:
        raise UnreadableError(f"{where}: more than {MAX_CREATORS:,} characters of authors")
    return tuple(_with_affiliation(part) for creator in creators for part in _split_outside_brackets(creator))


def _split_outside_brackets(names: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for place, sign in enumerate(names):
        if sign == "(":
            depth += 1
        elif sign == ")":
            depth -= 1
        elif sign == "," and depth == 0:
            parts.append(names[start:place])
            start = place + 1
    # Brackets that do not match say nothing about the commas.
    return [*parts, names[start:]] if depth == 0 else names.split(",")


def _with_affiliation(part: str) -> Author:
    name, bracket, rest = part.strip().partition(" (")
    if not bracket or not rest.endswith(")"):
        return Author(name=part.strip())
    return Author(name=name, affiliation=rest[:-1])
