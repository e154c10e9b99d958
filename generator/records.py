"""What sources said of papers, ``content/records``: sorted, byte-stable, written atomically.

What a line says comes from ``ingest``; how records of one paper become a paper is left to ``catalog``.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from msgspec import Struct

from generator import ids
from generator.errors import ContentError, ContentProblems
from generator.inputs import hash_of_bytes
from generator.jsonlines import LinesReader, cannot_be_read, check_order, encode_lines, files_below, write_atomically
from generator.model import PickElsewhere, Record

RECORDS = "content/records"
_RECORD_LINES = LinesReader(Record)


class FileFacts(Struct, frozen=True, array_like=True):
    """What is known of a file of records in which nothing is wrong, without reading it again."""

    path: str
    hash: bytes
    """Of its bytes, as ``inputs`` hashes them."""
    ids: tuple[str, ...]
    """In the order of its lines."""
    dois: dict[str, str]
    """By id, as the source wrote it, of those that name one."""
    picked: dict[str, tuple[PickElsewhere, ...]]
    """By id, what other digests picked."""


class Records(Mapping[str, Record]):
    """Records by id. Those of a file that is known are read when one of them is asked for, which few ever are."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._read: dict[str, Record] = {}
        self._later: dict[str, FileFacts] = {}

    def add(self, record: Record) -> None:
        """Add a record, or put it in the place of one of its id."""
        self._later.pop(record.id, None)
        self._read[record.id] = record

    def add_later(self, paper: str, facts: FileFacts) -> None:
        """Add a record that is in a known file."""
        self._later[paper] = facts

    def __getitem__(self, paper: str) -> Record:
        facts = self._later.get(paper)
        if facts is not None:
            for record in _read_known(self._root, facts):
                if self._later.get(record.id) is facts:
                    self.add(record)
        return self._read[paper]

    def __iter__(self) -> Iterator[str]:
        return chain([*self._read], [*self._later])

    def __len__(self) -> int:
        return len(self._read) + len(self._later)

    def __contains__(self, paper: object) -> bool:
        return paper in self._later or paper in self._read

    def but(self, record: Record) -> "Records":
        """Return these records with another in the place of the one of its id."""
        changed = Records(self._root)
        changed._read, changed._later = dict(self._read), dict(self._later)
        changed.add(record)
        return changed

    def dois(self) -> dict[str, str]:
        """Return the DOIs, as the sources wrote them, by id."""
        later = {paper: doi for paper, facts in self._later.items() if (doi := facts.dois.get(paper))}
        return later | {paper: record.doi for paper, record in self._read.items() if record.doi}

    def picked(self) -> Iterator[PickElsewhere]:
        """Yield every pick of another digest."""
        yield from (pick for paper, facts in self._later.items() for pick in facts.picked.get(paper, ()))
        yield from (pick for record in self._read.values() for pick in record.picked)


@dataclass(frozen=True, slots=True)
class Store:
    """All records of a digest, as read."""

    records: Records
    """By id."""
    places: Mapping[str, tuple[str, int]]
    """Id to file, relative to the root, and line: ``("content/records/2025/2025-12-11.jsonl", 3)``."""
    problems: tuple[ContentError, ...] = ()
    """Sorted by place."""
    unreadable: frozenset[str] = frozenset()
    """Files with a line that is in no record: to write them again would lose it."""
    left_behind: frozenset[str] = frozenset()
    """Files with a line that a move cut short left there; the next writing takes it out."""
    sound: Mapping[str, FileFacts] = field(default_factory=dict)
    """Files without a problem of their own."""


def file_date(record: Record) -> date | None:
    """Name the day in whose file a record lives: the first it was listed, else published; None if it has neither."""
    return min((listing.date for listing in record.listed), default=record.published)


def record_path(day: date) -> str:
    """Name the file of a day, relative to the root: ``content/records/2025/2025-12-11.jsonl``."""
    return f"{RECORDS}/{day.year:04}/{day.isoformat()}.jsonl"


def read_records(root: Path, known: Mapping[str, FileFacts] = MappingProxyType({})) -> Store:
    """Read every record under ``root``; what cannot be used is in ``problems`` and never stops the rest.

    ``known`` are files, by path, that are as they were when nothing was wrong in them: they are not read before one of
    their records is asked for.
    """
    gathered = _Gathered(Records(root))
    for path in files_below(root, RECORDS):
        facts = known.get(path)
        if facts is not None and gathered.places.keys().isdisjoint(facts.ids):
            gathered.take_later(path, facts)
        else:
            gathered.take(path, *_read_file(root, path))
    return gathered.store()


@dataclass
class _Gathered:
    """What was read so far, file by file."""

    records: Records
    places: dict[str, tuple[str, int]] = field(default_factory=dict)
    problems: list[ContentError] = field(default_factory=list)
    unreadable: set[str] = field(default_factory=set)
    left_behind: set[str] = field(default_factory=set)
    sound: dict[str, FileFacts] = field(default_factory=dict)

    def take_later(self, path: str, facts: FileFacts) -> None:
        self.sound[path] = facts
        for line, paper in enumerate(facts.ids, 1):
            self.records.add_later(paper, facts)
            self.places[paper] = (path, line)

    def take(self, path: str, good: list[tuple[int, Record]], bad: "_Bad", facts: FileFacts | None) -> None:
        records, places = self.records, self.places
        if facts is not None:
            self.sound[path] = facts
        if bad.broken:
            self.unreadable.add(path)
        self.problems += (*bad.broken, *bad.misplaced, *bad.ids.values())
        for line, record in good:
            if line in bad.ids:
                self.unreadable.add(path)
            elif record.id not in records:
                records.add(record)
                places[record.id] = (path, line)
            elif moved := _moved(records[record.id], record):
                self.left_behind.add(places[record.id][0] if moved is record else path)
                if moved is record:
                    records.add(record)
                    places[record.id] = (path, line)
            else:
                first = ":".join(map(str, places[record.id]))
                message = f"record {record.id!r} is also at {first}; remove one of the two"
                self.problems.append(ContentError(path, line, 1, message))
                self.unreadable.add(path)

    def store(self) -> Store:
        return Store(
            self.records,
            self.places,
            tuple(sorted(self.problems)),
            frozenset(self.unreadable),
            frozenset(self.left_behind),
            self.sound,
        )


class _Bad(NamedTuple):
    """What is wrong with a file of records by itself."""

    broken: Sequence[ContentError] = ()
    misplaced: Sequence[ContentError] = ()
    ids: Mapping[int, ContentError] = MappingProxyType({})
    """By line."""


def _read_file(root: Path, path: str) -> tuple[list[tuple[int, Record]], _Bad, FileFacts | None]:
    """Give a file's records with their lines, its problems, and if it has none what is to be known of it."""
    try:
        data = (root / path).read_bytes()
    except OSError as error:
        return [], _Bad([cannot_be_read(path, error)]), None
    good, broken = _RECORD_LINES.read(data, path)
    ids_ = {line: problem for line, record in good if (problem := check_id(path, line, record.id))}
    ordered = check_order(path, [(line, (record.id,)) for line, record in good], "id")
    bad = _Bad(broken, [*ordered, *_check_file_name(path, good)], ids_)
    if any(bad) or len({record.id for _, record in good}) < len(good):
        return good, bad, None
    facts = FileFacts(
        path=path,
        hash=hash_of_bytes(data),
        ids=tuple(record.id for _, record in good),
        dois={record.id: record.doi for _, record in good if record.doi},
        picked={record.id: record.picked for _, record in good if record.picked},
    )
    return good, bad, facts


def _read_known(root: Path, facts: FileFacts) -> list[Record]:
    """Read a file of which everything is known but what its records say.

    Raises: ContentProblems if it is not what it was a moment ago.
    """
    try:
        data = (root / facts.path).read_bytes()
    except OSError as error:
        raise ContentProblems([cannot_be_read(facts.path, error)]) from error
    if hash_of_bytes(data) != facts.hash:
        raise ContentProblems([ContentError(facts.path, 1, 1, "changed while it was read; run the command again")])
    return _RECORD_LINES.trusted(data)


def _moved(one: Record, other: Record) -> Record | None:
    """Of two lines of one paper give the one that was written later, if a move was cut short between the two.

    A record moves because an earlier listing joins those that it had.
    """
    before, after = sorted((one, other), key=lambda record: len(record.listed))
    return after if set(before.listed) < set(after.listed) else None


class RecordWriter:
    """Writes records over a store; what that costs depends on what is written, not on how much is there."""

    def __init__(self, root: Path, store: Store) -> None:
        self.root = root
        self.records = dict(store.records)
        """By id, as they are now."""
        self._store = store
        self._homes: dict[str, str] = {}
        self._inside: dict[str, set[str]] = defaultdict(set)
        self._left_behind = set(store.left_behind)
        for paper, (path, _) in store.places.items():
            self._homes[paper] = path
            self._inside[path].add(paper)

    def write(self, changed: Iterable[Record]) -> tuple[str, ...]:
        """Write ``changed``; give the files that are different now, relative to the root.

        A record lives in the file of its ``file_date``; it leaves the one it was in. Other files are not touched.

        Raises: ContentProblems before anything is written, when a file to be written has a line that would be lost.
                ValueError for a record that was neither listed nor published.
        """
        order = self.place(changed)
        return tuple(sorted(path for path in order if write_atomically(self.root / path, self._lines(path))))

    def place(self, changed: Iterable[Record]) -> list[str]:
        """Lay ``changed`` over the store in memory; give the files that ``write`` would write, in that order."""
        changes = {record.id: record for record in changed}
        homes = {paper: _home(record) for paper, record in changes.items()}
        entered = set(homes.values())
        left = {before for paper, home in homes.items() if (before := self._homes.get(paper, home)) != home}
        left |= self._left_behind
        damaged = (entered | left) & self._store.unreadable
        if lost := [problem for problem in self._store.problems if problem.path in damaged]:
            raise ContentProblems(lost)
        for paper, home in homes.items():
            self._inside[self._homes.get(paper, home)].discard(paper)
            self._inside[home].add(paper)
        self._homes |= homes
        self.records |= changes
        self._left_behind.clear()
        # A file that only loses lines comes after the one that gains them: cut short, a record is twice, not gone.
        return sorted(entered | left, key=lambda path: (path not in entered, path))

    def _lines(self, path: str) -> bytes:
        return encode_lines(self.records[paper] for paper in sorted(self._inside[path]))


def _home(record: Record) -> str:
    day = file_date(record)
    if day is None:
        raise ValueError(f"record {record.id!r} has no day: it was neither listed nor published")
    return record_path(day)


def write_records(root: Path, store: Store, changed: Iterable[Record]) -> tuple[str, ...]:
    """Write ``changed`` over ``store`` once: see ``RecordWriter.write``."""
    return RecordWriter(root, store).write(changed)


def _check_file_name(path: str, lines: list[tuple[int, Record]]) -> list[ContentError]:
    """Report records that live in another day's file, and a file that is no day's."""
    parts = path.removeprefix(f"{RECORDS}/").split("/")
    try:
        day = date.fromisoformat(parts[-1].removesuffix(".jsonl"))
    except ValueError:
        message = f"file name {parts[-1]!r} is not a date; name it like {record_path(date(2025, 12, 11))}"
        return [ContentError(path, 1, 1, message)]
    if path != record_path(day):
        return [ContentError(path, 1, 1, f"file is in the wrong folder; move it to {record_path(day)}")]
    problems = []
    for line, record in lines:
        own = file_date(record)
        if own is None:
            message = f"record {record.id!r} has neither 'listed' nor 'published'; add one"
            problems.append(ContentError(path, line, 1, message))
        elif own != day:
            first = "listed" if record.listed else "published"
            message = f"record {record.id!r} was first {first} on {own}; move the line to {record_path(own)}"
            problems.append(ContentError(path, line, 1, message))
    return problems


def check_id(path: str, line: int, paper: str) -> ContentError | None:
    """Report an id that is none, or is not in its one form."""
    try:
        canonical = ids.parse_id(paper)
    except ids.IdError as error:
        return ContentError(path, line, 1, f"id {paper[:80]!r}: {error}")
    if canonical != paper:
        return ContentError(path, line, 1, f"id {paper[:80]!r} is not in its one form; write {canonical!r}")
    return None
