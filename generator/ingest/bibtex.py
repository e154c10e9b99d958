"""Reads BibTeX, from a file or an address: one entry, one paper.

bibtexparser parses; TeX is read as text by ``tex``, for BibTeX is TeX through and through. Cleaning is left to
``answer``.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from datetime import date

from bibtexparser.entrypoint import parse_string
from bibtexparser.library import Library
from bibtexparser.middlewares import SeparateCoAuthors
from bibtexparser.middlewares.names import InvalidNameError, parse_single_name_into_parts
from bibtexparser.model import DuplicateBlockKeyBlock, Entry, ParsingFailedBlock

from generator import ids
from generator.config import SourceSettings
from generator.ingest import daily
from generator.ingest.answer import Answer, Asked, UnreadableError, admit
from generator.ingest.asking import Fetch, Found, NotNow, NotThere, Window
from generator.ingest.dates import build_date, read_date
from generator.ingest.landing import journal_ref
from generator.model import Author, Listing, Record
from generator.tex import split_math, untex

ACCEPT = "application/x-bibtex, text/x-bibtex, text/plain, */*"
MAX_BYTES = 20_000_000
"""A third of the ACL Anthology's file without abstracts; a file that is larger can be cut in parts."""

_OTHERS = "others"
_OPEN, _CLOSE = "\ue000", "\ue001"
"""Stand for braces that are to be seen while the others go; the private use area means nothing to anyone."""
_BRACES = re.compile(r"(?<!\\)[{}]")

# What it would write to stderr is in the problems, with the line.
logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)


def read(data: bytes, asked: Asked) -> Answer:
    """Read the entries; each is listed on the day in the file's name, else on the day it was published.

    A day of which only the month or the year is known is its first one. Entries that are damaged, or name no paper or
    no year, are left out one by one: a collection of years must not fail for one of them.

    Raises: UnreadableError for what is too large or holds no entry at all.
    """
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"{len(data):,} bytes, more than {MAX_BYTES:,}")
    library = _parse(data.decode("utf-8-sig", "replace"))
    records: list[Record] = []
    problems = [f"{_place(block)}: {_why(block)}; the entry was left out" for block in library.failed_blocks]
    for entry in library.entries:
        where = f"line {(entry.start_line or 0) + 1}, {entry.key[:80]!r}"
        try:
            records.append(_record(entry, where, asked))
        except UnreadableError as error:
            problems.append(f"{error}; the entry was left out")
    if not records and not problems:
        raise UnreadableError("no entry of BibTeX in it")
    return Answer(tuple(records), problems=tuple(problems))


def ask(settings: SourceSettings, window: Window, fetch: Fetch) -> Iterator[Found]:
    """Ask for the file; what was published on the open days is taken."""
    try:
        answer = daily.take(settings, window, fetch, settings.url or "", read, ACCEPT)
    except (NotNow, NotThere) as error:
        yield from daily.failed(window.open, error)
    else:
        yield from daily.shown_now(window, answer, everything=True)


def _parse(text: str) -> Library:
    try:
        return parse_string(text, append_middleware=[SeparateCoAuthors()])
    except (ValueError, RecursionError, IndexError, KeyError) as error:
        raise UnreadableError(f"not BibTeX: {str(error)[:200]}") from None


def _place(block: ParsingFailedBlock) -> str:
    return f"line {(block.start_line or 0) + 1}"


def _why(block: ParsingFailedBlock) -> str:
    if isinstance(block, DuplicateBlockKeyBlock):
        return f"the key {block.key!r} again"
    reason = getattr(block.error, "abort_reason", "") or str(block.error)
    return " ".join(reason.split())[:200].rstrip(".") or "damaged"


def _record(entry: Entry, where: str, asked: Asked) -> Record:
    fields = {name.lower(): field.value for name, field in entry.fields_dict.items()}
    text = {name: value for name, value in fields.items() if isinstance(value, str)}
    published = _published(text)
    day = asked.day or published
    if day is None:
        raise UnreadableError(f"{where}: no year, and no day in the name")
    names = fields.get("author") or fields.get("editor") or ()
    address = text.get("url", "").strip()
    links = {"page": address, "pdf": text.get("pdf", ""), "code": text.get("code", "")}
    record = Record(
        id=_paper(text, address, where),
        title=plain(text.get("title", "")),
        authors=tuple(_author(name) for name in names if name.strip() != _OTHERS) if not isinstance(names, str) else (),
        abstract=plain(text.get("abstract", "")) or None,
        published=published,
        doi=text.get("doi", "").replace("\\_", "_"),
        journal_ref=_journal(text),
        keywords=tuple(plain(word) for word in re.split(r"[,;]", text.get("keywords", ""))),
        links={kind: address for kind, address in links.items() if address},
        listed=(Listing(date=day, source=asked.source),),
    )
    return admit(record, where)


def _paper(text: Mapping[str, str], address: str, where: str) -> str:
    """Choose the paper's id: arXiv's, a DOI, else its address.

    Raises: UnreadableError if there is none.
    """
    prefix = (text.get("archiveprefix") or text.get("eprinttype") or "arxiv").lower()
    eprint = text.get("eprint", "").strip()
    arxiv = [f"arxiv:{eprint.removeprefix('arXiv:')}"] if eprint and prefix == "arxiv" else []
    dois = [f"doi:{doi}" for doi in ids.parse_dois(text.get("doi", "").replace("\\_", "_"))]
    pages = [address.replace("\\_", "_")] if re.match(r"https?://", address) else []
    for candidate in (*arxiv, *dois, *pages):
        try:
            return ids.parse_id(candidate)
        except ids.IdError:
            continue
    raise UnreadableError(f"{where}: no 'eprint', 'doi' or 'url' says which paper it is")


def _published(text: Mapping[str, str]) -> date | None:
    if written := text.get("date"):
        return read_date(_BRACES.sub("", written))
    year, month, day = (_BRACES.sub("", text.get(name, "")).strip() or None for name in ("year", "month", "day"))
    # Volumes of two years write both: "2020--2021"; and the day may stand with the month: "month = dec # { 11}".
    years = re.search(r"\d{4}", year or "")
    number = years[0] if years else None
    parts = [*re.findall(r"[A-Za-z]{3,}", month or "")[:1], *re.findall(r"\d{1,2}", month or ""), day]
    return build_date(number, *parts[:2]) or build_date(number)


def _author(name: str) -> Author:
    """Write a name as people do: given names first."""
    try:
        parts = parse_single_name_into_parts(name, strict=False)
    except InvalidNameError:
        return Author(name=plain(name))
    return Author(name=plain(" ".join([*parts.first, *parts.von, *parts.last, *parts.jr])))


def _journal(text: Mapping[str, str]) -> str | None:
    venue = next((text[name] for name in ("journal", "journaltitle", "booktitle") if text.get(name)), "")
    parts = (venue, text.get("volume", ""), text.get("number", ""), text.get("pages", "").replace("--", "-"))
    return journal_ref(*(plain(part) for part in parts))


def plain(value: str) -> str:
    """Read TeX as text; math stays as it is, braces that only keep capitals go."""
    hidden = value.replace("\\{", _OPEN).replace("\\}", _CLOSE)
    return "".join(_unbraced(piece, is_math) for piece, is_math in split_math(untex(hidden)))


def _unbraced(piece: str, is_math: bool) -> str:
    if is_math:
        return piece.replace(_OPEN, "\\{").replace(_CLOSE, "\\}")
    return _BRACES.sub("", piece).replace(_OPEN, "{").replace(_CLOSE, "}")
