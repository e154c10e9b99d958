"""Asks for and reads another digest: what its curators picked on a day, by its JSON API.

Only facts come in, and a link to the paper's page there: its notes are its own. Neither do its counts, which would be
counted twice, nor what it has from digests itself, so that nothing goes round in circles. Cleaning is left to
``answer``, the digest's feeds to ``feeds``.
"""

import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import msgspec
from msgspec import Struct, structs

from generator.config import SourceSettings, site_address
from generator.ingest import daily
from generator.ingest.answer import Answer, Asked, UnreadableError, admit
from generator.ingest.asking import DayState, Fetch, Found, NotNow, NotThere, Window
from generator.model import Author, Listing, PickElsewhere, Record
from generator.text import clean_line

VERSION = 1
"""Of the API that is understood: a field keeps its meaning until the number changes."""
ACCEPT = "application/json"
MAX_TITLE = 120
"""Characters of a digest's name that are shown."""
MAX_ENTRIES = 1_000
"""Papers of a day."""
MAX_PAPER = 3_000_000
"""Bytes of one paper: of 3,303 authors it takes 400,000."""
MAX_MONTH = 500_000_000
"""Bytes of a file of papers, unpacked."""

_ADDRESS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,199}")
_GZIP = b"\x1f\x8b"


# Of the API's documents (``site.api.documents``) what is taken, and no more: where the rest is wrong, or of another
# kind, the paper can still be read.


class _Author(Struct):
    name: str
    affiliation: str | None = None


class _Listing(Struct):
    date: date
    source: str = ""
    digest: str | None = None


class _Pick(Struct):
    date: date


class _Paper(Struct):
    version: int
    id: str
    title: str
    authors: tuple[_Author, ...] = ()
    abstract: str | None = None
    published: date | None = None
    updated: date | None = None
    revision: int | None = None
    primary_category: str | None = None
    categories: tuple[str, ...] = ()
    doi: str | None = None
    journal_ref: str | None = None
    comment: str | None = None
    withdrawn: bool = False
    organization: str | None = None
    keywords: tuple[str, ...] = ()
    links: dict[str, str] = {}
    listed: tuple[_Listing, ...] = ()
    picks: tuple[_Pick, ...] = ()


class _Entry(Struct):
    id: str
    address: str


class _Day(Struct):
    version: int
    picks: tuple[_Entry, ...] = ()
    rest: tuple[_Entry, ...] = ()


class _Count(Struct):
    id: str


class _Index(Struct):
    version: int
    title: str
    url: str
    days: tuple[_Count, ...] = ()


Document = TypeVar("Document", _Paper, _Day, _Index)


def read(data: bytes, asked: Asked) -> Answer:
    """Read papers from a file of the API, a line each, compressed or not: listed where its own sources listed them.

    Whose file it is it does not say, so nothing is known of who picked them.

    Raises: UnreadableError when any line is damaged.
    """
    records: list[Record] = []
    for number, line in enumerate(_unpacked(data).split(b"\n"), 1):
        if line.strip():
            paper = _decode(line, _Paper, f"line {number}")
            days = {pick.date for pick in paper.picks}
            days |= {listing.date for listing in paper.listed if not listing.digest}
            listed = tuple(Listing(date=day, source=asked.source) for day in sorted(days))
            records.append(admit(_record(paper, listed), f"line {number}"))
    return Answer(tuple(records))


def ask(settings: SourceSettings, window: Window, fetch: Fetch) -> Iterator[Found]:
    """Ask for the open days, oldest first; a curator may still pick something for a week."""
    days = sorted(window.open)
    try:
        site = _Site.at(settings, fetch)
    except (NotNow, NotThere) as error:
        yield from daily.failed(days, error)
        return
    for number, day in enumerate(days):
        try:
            yield site.found(day, window)
        except NotThere as error:
            # Its index names what is not there yet: it is just being published.
            yield from daily.failed([day], error)
        except NotNow as error:
            yield from daily.failed(days[number:], error)
            return


@dataclass(frozen=True, slots=True)
class _Site:
    """Another digest, as its index tells of it."""

    settings: SourceSettings
    fetch: Fetch
    url: str
    """Who it is."""
    title: str
    days: frozenset[str]

    @classmethod
    def at(cls, settings: SourceSettings, fetch: Fetch) -> "_Site":
        """Ask a digest who it is.

        Raises: NotNow; NotThere.
        """
        url = site_address(settings.url or "")
        where = _place(settings, "api/index.json")
        index = _read(fetch(where, accept=ACCEPT).body, _Index, where)
        if site_address(index.url) != url:
            # Else it would be another's name that stands beside its picks, or our own.
            raise NotNow(where, f"the digest there says that it is {index.url[:200]!r}; give that as its 'url'")
        title = clean_line(index.title)[:MAX_TITLE] or url
        return cls(settings, fetch, url, title, frozenset(day.id for day in index.days))

    def found(self, day: date, window: Window) -> Found:
        """Ask for a day.

        Raises: NotNow; NotThere.
        """
        open_still = day + daily.LATE > window.today
        state, why = (DayState.NOT_YET, "it may still add to this day") if open_still else (DayState.EMPTY, "")
        if str(day) not in self.days:
            return Found(day, state, why=why)
        records: dict[str, Record] = {}
        problems: list[str] = []
        for entry, picked in self._entries(day):
            try:
                record = self._paper(entry, day, picked=picked)
            except UnreadableError as error:
                problems.append(f"{error}; the paper was left out")
            else:
                if record is not None:
                    records.setdefault(record.id, record)
        if records and not open_still:
            state = DayState.SETTLED
        return Found(day, state, tuple(records.values()), why=why, problems=tuple(problems))

    def _entries(self, day: date) -> Iterator[tuple[_Entry, bool]]:
        """Yield the entries of a day that are wanted, and whether it picked them; what it passed over is its own."""
        where = _place(self.settings, f"api/days/{day}.json")
        listed = _read(self.fetch(where, accept=ACCEPT).body, _Day, where)
        rest = listed.rest if self.settings.take == "all" else ()
        if len(listed.picks) + len(rest) > MAX_ENTRIES:
            raise NotNow(where, f"{len(listed.picks) + len(rest):,} papers on a day, more than {MAX_ENTRIES:,}")
        yield from ((entry, True) for entry in listed.picks)
        yield from ((entry, False) for entry in rest)

    def _paper(self, entry: _Entry, day: date, *, picked: bool) -> Record | None:
        """Ask for a paper of a day; None for one that it has from another digest and did not pick.

        Raises: UnreadableError for a paper that cannot be used; NotNow; NotThere.
        """
        if not _ADDRESS.fullmatch(entry.address):
            raise UnreadableError(f"{entry.address[:80]!r} is no paper's address")
        where = _place(self.settings, f"api/papers/{entry.address}.json")
        data = self.fetch(where, accept=ACCEPT, max_bytes=MAX_PAPER).body
        try:
            paper = _decode(data, _Paper, where)
        except UnreadableError as error:
            if not _is_json(data):  # cut off, or of another server: it may be whole the next time
                raise NotNow(where, str(error).removeprefix(f"{where}: ")) from None
            raise
        if paper.id != entry.id:
            raise UnreadableError(f"{where}: {paper.id[:80]!r} where {entry.id[:80]!r} should be")
        if not picked and not any(listing.date == day and not listing.digest for listing in paper.listed):
            return None
        page = f"{self.url}papers/{entry.address}/"
        chosen = PickElsewhere(date=day, digest=self.url, title=self.title, page=page)
        record = _record(paper, (Listing(date=day, source=self.settings.name, digest=self.url),))
        return admit(structs.replace(record, picked=(chosen,) if picked else ()), where)


def _place(settings: SourceSettings, path: str) -> str:
    return site_address(settings.base_url or settings.url or "") + path


def _record(paper: _Paper, listed: Iterable[Listing]) -> Record:
    """Take the facts of a paper, and nothing that its curators wrote."""
    return Record(
        id=paper.id,
        title=paper.title,
        authors=tuple(Author(name=author.name, affiliation=author.affiliation) for author in paper.authors),
        abstract=paper.abstract,
        published=paper.published,
        updated=paper.updated,
        version=paper.revision,
        primary_category=paper.primary_category,
        categories=paper.categories,
        doi=paper.doi,
        journal_ref=paper.journal_ref,
        comment=paper.comment,
        withdrawn=paper.withdrawn,
        organization=paper.organization,
        keywords=paper.keywords,
        links=paper.links,
        listed=tuple(listed),
    )


def _read(data: bytes, kind: type[Document], where: str) -> Document:
    """Decode a document without which there is nothing to go by.

    Raises: NotNow.
    """
    try:
        return _decode(data, kind, where)
    except UnreadableError as error:
        raise NotNow(where, str(error).removeprefix(f"{where}: ")) from None


def _is_json(data: bytes) -> bool:
    try:
        msgspec.json.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
    return True


def _decode(data: bytes, kind: type[Document], where: str) -> Document:
    """Decode a document of the version that is understood.

    Raises: UnreadableError with the place.
    """
    try:
        document = msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadableError(f"{where}: no document of a digest's API: {clean_line(str(error))[:200]}") from None
    if document.version != VERSION:
        raise UnreadableError(f"{where}: version {document.version} of the API; {VERSION} is understood: update this")
    return document


def _unpacked(data: bytes) -> bytes:
    if not data.startswith(_GZIP):
        return data
    unpack = zlib.decompressobj(wbits=31)
    try:
        found = unpack.decompress(data, MAX_MONTH)
    except zlib.error as error:
        raise UnreadableError(f"cannot be unpacked: {error}") from None
    if unpack.unconsumed_tail or not unpack.eof:
        raise UnreadableError("cut off" if not unpack.eof and not unpack.unconsumed_tail else "too large unpacked")
    return found
