"""Asks for and reads any RSS, Atom or JSON Feed, another digest's too; reads arXiv's announcements.

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
from generator.config import CATEGORY, SourceSettings
from generator.ingest import daily, feedreader
from generator.ingest.answer import Answer, Asked, UnreadableError, admit
from generator.ingest.arxiv_names import arxiv_authors
from generator.ingest.asking import Fetch, Found, NotNow, NotThere, Window
from generator.ingest.xmlfile import local_name, parse_xml
from generator.model import Author, Listing, Record
from generator.text import clean_line

MAX_BYTES = 10_000_000
"""Twice arXiv's largest announcement: 2,000 items."""
ACCEPT = "application/rss+xml, application/atom+xml, application/feed+json, application/xml, text/xml"
MAX_CREATOR = 2_000
"""Characters of one author's element in any feed."""
DEADLINE = 30.0
"""Seconds; 2,000 items take two."""

_PEOPLE = frozenset(["author", "creator", "contributor", "publisher", "managingeditor", "webmaster", "owner", "credit"])
_ANNOUNCED = re.compile(r"\s*arXiv:\S+\s+Announce Type:\s*(?P<type>[a-z-]+)\s*(?:Abstract:)?\s*", re.IGNORECASE)
_OF_PAPER = re.compile(r"tag:\S+[:/]paper/((?:arxiv|doi|url):\S+)")
"""The id of a paper's entry in a digest's feed: see ``site.feeds.entries``."""
_PAGE_THERE = re.compile(r"(?P<site>https?://\S+/)papers/[^/?#]+/")
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
    external: str = ""
    """Of a JSON Feed: what the entry is about."""
    tags: tuple[str, ...] = ()
    abstract: str | None = None
    """Of a digest's entry."""
    withdrawn: bool = False


class _Feed(Struct):
    version: str
    date: str
    day: str
    entries: tuple[_Entry, ...]


class _JsonAuthor(Struct):
    name: str = ""


class _JsonItem(Struct):
    authors: tuple[_JsonAuthor, ...] = ()


class _JsonFeed(Struct):
    """Of a JSON Feed what is not left to ``feedreader``."""

    version: str
    items: tuple[_JsonItem, ...]


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
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        taken, feed = _read_json(data)
    else:
        taken, feed = _read_xml(data)
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


def _read_xml(data: bytes) -> tuple[list[_Taken], _Feed]:
    root = parse_xml(data, MAX_BYTES)
    taken = [_take(element) for element in _entries(root)]
    _hide_people(root)
    feed = _parse(ET.tostring(root, encoding="utf-8", xml_declaration=True))
    if not feed.version:
        raise UnreadableError(f"not a feed but <{local_name(root)[:80]}>")
    return taken, feed


def _read_json(data: bytes) -> tuple[list[_Taken], _Feed]:
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"more than {MAX_BYTES:,} bytes")
    try:
        found = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"), type=_JsonFeed)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadableError(f"no JSON Feed: {clean_line(str(error))[:200]}") from None
    feed = _parse(data)
    if not feed.version:
        raise UnreadableError(f"no JSON Feed, but {found.version[:80]!r}")
    return [_Taken(tuple(author.name for author in item.authors)) for item in found.items], feed


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
    if entry.abstract is not None:
        return _of_digest(entry, extra, asked, where)
    paper = _identify((guid, extra.doi, entry.prism_doi, entry.dc_identifier, entry.external, entry.link), where)
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


def _of_digest(entry: _Entry, extra: _Taken, asked: Asked, where: str) -> Record:
    """Make the record of a digest's entry, which tells of the paper in its id, whose page there it links to."""
    named, page = _OF_PAPER.fullmatch(entry.id), _PAGE_THERE.fullmatch(entry.link)
    if named is None:
        raise UnreadableError(f"{where}: a day or a week of a digest; give the address of its feed of papers")
    day = _written_day(entry.published, entry.published_parsed)
    if day is None:
        raise UnreadableError(f"{where}: no date")
    return Record(
        id=ids.from_uri_part(named[1]),
        title=entry.title,
        authors=tuple(Author(name=name) for name in extra.creators),
        abstract=entry.abstract,
        withdrawn=entry.withdrawn,
        # Its topics are not ours.
        categories=tuple(tag for tag in entry.tags if CATEGORY.fullmatch(tag) and ("." in tag or "-" in tag)),
        listed=(Listing(date=day, source=asked.source, digest=page["site"] if page else ""),),
    )


def _announced(paper: str, entry: _Entry, extra: _Taken, guid: str, listing: Listing, where: str) -> Record:
    """Make the record of an arXiv paper: its day is when it was announced; a replacement is no new listing."""
    prefix = _ANNOUNCED.match(entry.summary)
    announced = extra.announced or (prefix["type"] if prefix else "")
    return Record(
        id=paper,
        title=entry.title,
        authors=arxiv_authors(extra.creators, where),
        abstract=entry.summary[prefix.end() :] if prefix else entry.summary,
        version=next(filter(None, map(ids.arxiv_version, (guid, entry.external, entry.link))), None),
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
