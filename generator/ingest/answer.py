"""What a source's reader gives, and the gate that every record from outside passes: clean text, sane sizes and dates.

What the fields of one source are called is left to that source's module; what becomes of a record to ``run``.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from msgspec import structs

from generator import ids, text
from generator.catalog.elsewhere import newest_picks
from generator.config import site_address
from generator.markup import safe_url
from generator.model import Author, Listing, Measurement, PickElsewhere, Record

# Sizes beyond which no paper of arXiv, the ACL Anthology or Hugging Face's lists goes, with room: the longest title
# there has 330 characters, the longest list of authors 3,303 names.
MAX_TITLE = 2_000
MAX_ABSTRACT = 50_000
MAX_AUTHORS = 10_000
MAX_NAME = 1_000
MAX_LINE = 10_000
MAX_LIST = 1_000
MAX_ADDRESS = 2_000
"""Characters of an address."""
YEARS = range(1900, 2101)

_ORCID = re.compile(r"(\d{4}-\d{4}-\d{4}-\d{3}[\dXx])$")
_LINK_KIND = re.compile(r"[a-z][a-z0-9_-]{0,39}$")
_DAY = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")
# arXiv sets a paragraph's first line in by two spaces; others leave a line empty.
_PARAGRAPH = re.compile(r"\r?\n[ \t]*(?:\r?\n\s*|(?<=[ \t]{2}))")
# "This paper has been withdrawn by the author", "Withdrawn", "Paper withdrawn and superseded by …", "The authors have
# withdrawn this submission"; but neither "Theorem 3 withdrawn of this version" nor "drawn with".
_WITHDRAWN = re.compile(
    r"^\W*((this|the|our|my)\s+)?((paper|article|manuscript|submission|preprint|work|note)\s+)?"
    r"((is|was|has\s+been|had\s+been)\s+)?(temporarily\s+)?withdrawn\b"
    r"|\b(has|have|is|was|were)\s+(been\s+)?withdrawn\s+(this|the|by|at|from|due|because|as)\b"
    r"|(^|[.;]\s)withdrawn?\s+(because|due|by|at)\b"
    r"|\b(this|the)\s+(paper|article|manuscript|submission|preprint|work)\s+(is|was|has\s+been)\s+withdrawn\b",
    re.IGNORECASE,
)


class UnreadableError(ValueError):
    """An answer cannot be used, whole; the message says where in it and why."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known of an answer besides its bytes."""

    source: str
    """The name under which its papers are listed: ``huggingface``."""
    name: str = ""
    """The file or address it came from: a day in it, such as ``2025-12-11.json``, may be the list's day."""
    as_of: date | None = None
    """The day the answer was given, if known: only then are its counts measurements."""

    @property
    def day(self) -> date | None:
        """Find the day in the last part of the name; None if there is none or more than one."""
        found = {match.groups() for match in _DAY.finditer(re.split(r"[/\\]", self.name)[-1])}
        if len(found) != 1:
            return None
        try:
            year, month, day = (int(part) for part in found.pop())
            return date(year, month, day)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a reader found in one answer of its source."""

    records: tuple[Record, ...] = ()
    measured: tuple[Measurement, ...] = ()
    problems: tuple[str, ...] = ()
    """Entries left out, each with its place and the reason; the rest of the answer is sound."""


class Reader(Protocol):
    """Turns the bytes of one answer into records."""

    def __call__(self, data: bytes, asked: Asked) -> Answer:
        """Read an answer.

        Raises: UnreadableError when it cannot be used as a whole.
        """


def admit(record: Record, where: str = "") -> Record:
    """Clean every field of a record from outside: text on one line, no control characters, safe links, sorted lists.

    ``where`` is the record's place in the answer, for the message: ``[3].paper``.

    Raises: UnreadableError for an absurd size, a date in no sane year, an empty title or an id that is none.
    """

    def line(name: str, value: str | None, most: int = MAX_LINE) -> str | None:
        if value is None:
            return None
        if len(value) > most:
            raise UnreadableError(f"{_at(where, name)}: {len(value):,} characters, more than {most:,}")
        return _clean(value) or None

    def lines(name: str, values: tuple[str, ...]) -> tuple[str, ...]:
        _count(_at(where, name), values, MAX_LIST)
        return tuple(dict.fromkeys(kept for value in values if (kept := line(name, value, MAX_NAME))))

    title = line("title", record.title, MAX_TITLE)
    if title is None:
        raise UnreadableError(f"{_at(where, 'title')}: empty")
    _count(_at(where, "authors"), record.authors, MAX_AUTHORS)
    for name in ("published", "updated"):
        _check_day(_at(where, name), getattr(record, name))
    for name in ("listed", "picked"):
        _count(_at(where, name), getattr(record, name), MAX_LIST)
        for each in getattr(record, name):
            _check_day(_at(where, name), each.date)
    if record.version is not None and not 1 <= record.version <= MAX_LIST:
        raise UnreadableError(f"{_at(where, 'version')}: {record.version} is no version")
    return structs.replace(
        record,
        id=_paper_id(record.id, _at(where, "id")),
        title=title,
        authors=tuple(author for each in record.authors if (author := _admit_author(each, line))),
        abstract=_admit_abstract(record.abstract, line),
        primary_category=line("primary_category", record.primary_category, MAX_NAME),
        categories=lines("categories", record.categories),
        doi=line("doi", record.doi, MAX_NAME),
        journal_ref=line("journal_ref", record.journal_ref),
        comment=line("comment", record.comment),
        organization=line("organization", record.organization, MAX_NAME),
        keywords=lines("keywords", record.keywords),
        summary=line("summary", record.summary),
        links=_admit_links(record.links),
        listed=tuple(sorted({_admit_listing(each, line) for each in record.listed})),
        picked=newest_picks(pick for each in record.picked if (pick := _admit_pick(each, line))),
    )


def says_withdrawn(comment: str | None) -> bool:
    """Tell whether arXiv's comment on a paper says that the paper was withdrawn."""
    return bool(comment and _WITHDRAWN.search(comment))


def _paper_id(value: str, where: str) -> str:
    try:
        return ids.parse_id(value)
    except ids.IdError as error:
        raise UnreadableError(f"{where}: {value[:80]!r} is no paper: {error}") from None


def _admit_author(author: Author, line: Callable[[str, str | None, int], str | None]) -> Author | None:
    """Clean an author; None for one without a name."""
    name = line("authors", author.name, MAX_NAME)
    if name is None:
        return None
    orcid = _ORCID.search(author.orcid.strip()) if author.orcid else None
    affiliation = line("authors", author.affiliation, MAX_LINE)
    return Author(name=name, affiliation=affiliation, orcid=orcid[1].upper() if orcid else None)


def _admit_abstract(abstract: str | None, line: Callable[[str, str | None, int], str | None]) -> str | None:
    """Clean an abstract: one line a paragraph, an empty line between two."""
    if abstract is None:
        return None
    if len(abstract) > MAX_ABSTRACT:
        line("abstract", abstract, MAX_ABSTRACT)
    paragraphs = (line("abstract", part, MAX_ABSTRACT) for part in _PARAGRAPH.split(abstract))
    return "\n\n".join(part for part in paragraphs if part) or None


def _admit_links(links: dict[str, str]) -> dict[str, str]:
    """Keep the links that lead to the web."""
    safe = ((kind, safe_url(address)) for kind, address in sorted(links.items()) if _LINK_KIND.match(kind))
    return {kind: address for kind, address in safe if address and len(address) <= MAX_ADDRESS}


def _admit_listing(listing: Listing, line: Callable[[str, str | None, int], str | None]) -> Listing:
    digest = safe_url(line("listed", listing.digest, MAX_ADDRESS) or "")
    source = line("listed", listing.source, MAX_NAME) or "unnamed"
    return Listing(date=listing.date, source=source, digest=site_address(digest) if digest else "")


def _admit_pick(pick: PickElsewhere, line: Callable[[str, str | None, int], str | None]) -> PickElsewhere | None:
    """Clean what another digest picked; None where its addresses lead nowhere, or the page is not the digest's."""
    digest, page = (safe_url(line("picked", each, MAX_ADDRESS) or "") for each in (pick.digest, pick.page))
    title = line("picked", pick.title, MAX_NAME)
    if not (digest and page and title and page.startswith(site_address(digest))):
        return None
    return PickElsewhere(date=pick.date, digest=site_address(digest), title=title, page=page)


def _check_day(where: str, day: date | None) -> None:
    if day is not None and day.year not in YEARS:
        raise UnreadableError(f"{where}: {day} is outside {YEARS.start} to {YEARS.stop - 1}")


def _count(where: str, values: Iterable[object], most: int) -> None:
    if (number := len(tuple(values))) > most:
        raise UnreadableError(f"{where}: {number:,} of them, more than {most:,}")


def _at(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _clean(value: str) -> str:
    """Clean until nothing changes: what was escaped twice comes out at the second time, and not at the next import."""
    for _ in range(5):
        cleaned = text.clean_line(value)
        if cleaned == value:
            break
        value = cleaned
    return value
