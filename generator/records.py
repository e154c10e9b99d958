"""The machine's own files, ``content/records`` and ``content/metrics``: sorted, byte-stable, written atomically.

What a line says comes from ``ingest``; how records of one paper become a paper is left to ``catalog``.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec

from generator import ids
from generator.errors import ContentError, ContentProblems
from generator.jsonlines import LinesReader, check_order, encode_lines, files_below, write_atomically
from generator.model import AuthorMeasurement, Measurement, Record

RECORDS = "content/records"
METRICS = "content/metrics"
AUTHOR_METRICS = "content/metrics/authors"
COUNTS = ("upvotes", "comments", "citations", "stars")
"""What is counted about a paper."""

_RECORD_LINES = LinesReader(Record)
_METRIC_LINES = LinesReader(Measurement)
_AUTHOR_METRIC_LINES = LinesReader(AuthorMeasurement)


@dataclass(frozen=True, slots=True)
class Store:
    """All records of a digest, as read."""

    records: Mapping[str, Record]
    """By id."""
    places: Mapping[str, tuple[str, int]]
    """Id to file, relative to the root, and line: ``("content/records/2025/2025-12-11.jsonl", 3)``."""
    problems: tuple[ContentError, ...] = ()
    """Sorted by place."""
    unreadable: frozenset[str] = frozenset()
    """Files with a line that is in no record: to write them again would lose it."""
    left_behind: frozenset[str] = frozenset()
    """Files with a line that a move cut short left there; the next writing takes it out."""


@dataclass(frozen=True, slots=True)
class Metrics:
    """What was measured, as read."""

    history: Mapping[tuple[str, date], Measurement]
    """By id and day."""
    newest: Mapping[str, Measurement]
    """By id: the newest value known of each count, with the newest day of them."""
    days: Mapping[str, Mapping[str, date]]
    """By id, then count: the day of that newest value."""
    problems: tuple[ContentError, ...] = ()
    unreadable: frozenset[str] = frozenset()

    def newest_of(self, ids: Sequence[str]) -> tuple[Measurement | None, dict[str, date]]:
        """Give the newest value of each count of a paper known by several ids, under the first, and each one's day."""
        known = [each for each in ids if each in self.days]
        if not known:
            return None, {}
        counts: dict[str, int | str] = {}
        days: dict[str, date] = {}
        for each in known:
            for name, day in self.days[each].items():
                if name not in days or day > days[name]:
                    days[name] = day
                    counts.update(_values_of(self.newest[each], name))
        return Measurement(id=ids[0], as_of=max(days.values()), **counts), days  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class AuthorMetrics:
    """What was measured about people, as read."""

    history: Mapping[tuple[str, date, str], AuthorMeasurement]
    """By person, day and profile."""
    problems: tuple[ContentError, ...] = ()
    unreadable: frozenset[str] = frozenset()


def file_date(record: Record) -> date | None:
    """Name the day in whose file a record lives: the first it was listed, else published; None if it has neither."""
    return min((listing.date for listing in record.listed), default=record.published)


def record_path(day: date) -> str:
    """Name the file of a day, relative to the root: ``content/records/2025/2025-12-11.jsonl``."""
    return f"{RECORDS}/{day.year:04}/{day.isoformat()}.jsonl"


def metrics_path(day: date) -> str:
    """Name the file of a day's measurements, relative to the root: ``content/metrics/2025-12.jsonl``."""
    return f"{METRICS}/{day.year:04}-{day.month:02}.jsonl"


def author_metrics_path(day: date) -> str:
    """Name the file of a day's measurements of people: ``content/metrics/authors/2025-12.jsonl``."""
    return f"{AUTHOR_METRICS}/{day.year:04}-{day.month:02}.jsonl"


# Records --------------------------------------------------------------------------------------------------------------


def read_records(root: Path) -> Store:
    """Read every record under ``root``; what cannot be used is in ``problems`` and never stops the rest."""
    records: dict[str, Record] = {}
    places: dict[str, tuple[str, int]] = {}
    problems: list[ContentError] = []
    unreadable: set[str] = set()
    left_behind: set[str] = set()
    for path in files_below(root, RECORDS):
        good, broken = _RECORD_LINES.read_file(root, path)
        if broken:
            problems += broken
            unreadable.add(path)
        problems += check_order(path, [(line, (record.id,)) for line, record in good], "id")
        problems += _check_file_name(path, good)
        for line, record in good:
            if problem := _check_id(path, line, record.id):
                problems.append(problem)
            elif record.id in records and (moved := _moved(records[record.id], record)):
                left_behind.add(places[record.id][0] if moved is record else path)
                if moved is record:
                    records[record.id], places[record.id] = record, (path, line)
                continue
            elif record.id in records:
                first = ":".join(map(str, places[record.id]))
                message = f"record {record.id!r} is also at {first}; remove one of the two"
                problems.append(ContentError(path, line, 1, message))
            else:
                records[record.id] = record
                places[record.id] = (path, line)
                continue
            unreadable.add(path)
    return Store(records, places, tuple(sorted(problems)), frozenset(unreadable), frozenset(left_behind))


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


# Metrics --------------------------------------------------------------------------------------------------------------


def read_metrics(root: Path) -> Metrics:
    """Read every measurement of papers under ``root``; what cannot be used is in ``problems``, never stops the rest."""
    history: dict[tuple[str, date], Measurement] = {}
    problems: list[ContentError] = []
    unreadable: set[str] = set()
    for path in files_below(root, METRICS):
        if path.startswith(f"{AUTHOR_METRICS}/"):
            continue
        good, broken = _METRIC_LINES.read_file(root, path)
        keys = [(line, (item.id, item.as_of.isoformat())) for line, item in good]
        problems += check_order(path, keys, "id, then by as_of")
        for line, item in good:
            if problem := _check_measurement(path, line, item, history):
                broken.append(problem)
            else:
                history[item.id, item.as_of] = item
        if broken:
            problems += broken
            unreadable.add(path)
    newest: dict[str, Measurement] = {}
    days: dict[str, dict[str, date]] = {}
    for item in sorted(history.values(), key=lambda item: item.as_of):
        if counted := [name for name in COUNTS if getattr(item, name) is not None]:
            newest[item.id] = _united(newest[item.id], item) if item.id in newest else item
            days.setdefault(item.id, {}).update(dict.fromkeys(counted, item.as_of))
    return Metrics(history, newest, days, tuple(sorted(problems)), frozenset(unreadable))


def add_measurements(root: Path, metrics: Metrics, measured: Iterable[Measurement]) -> tuple[str, ...]:
    """Write new measurements beside the old; give the files that are different now, relative to the root.

    Two of one paper on one day become one; the later given wins where both counted.

    Raises: ContentProblems before anything is written, when a file to be written has a line that would be lost.
    """
    history = dict(metrics.history)
    touched: set[str] = set()
    for item in measured:
        key = (item.id, item.as_of)
        history[key] = _united(history[key], item) if key in history else item
        touched.add(metrics_path(item.as_of))
    return _write_months(root, metrics, touched, ((metrics_path(key[1]), history[key]) for key in sorted(history)))


def read_author_metrics(root: Path) -> AuthorMetrics:
    """Read every measurement of people under ``root``; what cannot be used is in ``problems``, never stops the rest."""
    history: dict[tuple[str, date, str], AuthorMeasurement] = {}
    problems: list[ContentError] = []
    unreadable: set[str] = set()
    for path in files_below(root, AUTHOR_METRICS):
        good, broken = _AUTHOR_METRIC_LINES.read_file(root, path)
        keys = [(line, (item.id, item.as_of.isoformat(), item.profile)) for line, item in good]
        problems += check_order(path, keys, "id, as_of and profile")
        for line, item in good:
            if path != (own := author_metrics_path(item.as_of)):
                broken.append(ContentError(path, line, 1, f"measured on {item.as_of}; move the line to {own}"))
            elif (item.id, item.as_of, item.profile) in history:
                message = f"{item.id!r} was measured twice on {item.as_of}; keep one line"
                broken.append(ContentError(path, line, 1, message))
            else:
                history[item.id, item.as_of, item.profile] = item
        if broken:
            problems += broken
            unreadable.add(path)
    return AuthorMetrics(history, tuple(sorted(problems)), frozenset(unreadable))


def add_author_measurements(
    root: Path, metrics: AuthorMetrics, measured: Iterable[AuthorMeasurement]
) -> tuple[str, ...]:
    """Write new measurements of people beside the old, the later of one profile and day over the earlier.

    Raises: ContentProblems before anything is written, when a file to be written has a line that would be lost.
    """
    new = {(item.id, item.as_of, item.profile): item for item in measured}
    history = {**metrics.history, **new}
    touched = {author_metrics_path(item.as_of) for item in new.values()}
    placed = ((author_metrics_path(key[1]), history[key]) for key in sorted(history))
    return _write_months(root, metrics, touched, placed)


def _write_months(
    root: Path, metrics: Metrics | AuthorMetrics, touched: set[str], placed: Iterable[tuple[str, msgspec.Struct]]
) -> tuple[str, ...]:
    """Write the touched ones of the files in which the sorted items are placed.

    Raises: ContentProblems before anything is written, when one of them has a line that would be lost.
    """
    if lost := [problem for problem in metrics.problems if problem.path in touched & metrics.unreadable]:
        raise ContentProblems(lost)
    contents: dict[str, list[msgspec.Struct]] = {path: [] for path in touched}
    for path, item in placed:
        if path in contents:
            contents[path].append(item)
    return tuple(path for path in sorted(contents) if write_atomically(root / path, encode_lines(contents[path])))


def _united(older: Measurement, newer: Measurement) -> Measurement:
    values = {key: value for name in COUNTS for key, value in _values_of(newer, name).items()}
    if newer.citations is None and older.citations is None and newer.citations_from:
        values["citations_from"] = newer.citations_from
    return msgspec.structs.replace(older, as_of=newer.as_of, **values)


def _values_of(item: Measurement, count: str) -> dict[str, int | str]:
    """Give one count of a measurement, citations with whose they are; nothing where it was not counted."""
    value: int | None = getattr(item, count)
    if value is None:
        return {}
    if count == "citations" and item.citations_from:
        return {count: value, "citations_from": item.citations_from}
    return {count: value}


# Checks ---------------------------------------------------------------------------------------------------------------


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


def _check_id(path: str, line: int, paper: str) -> ContentError | None:
    try:
        canonical = ids.parse_id(paper)
    except ids.IdError as error:
        return ContentError(path, line, 1, f"id {paper[:80]!r}: {error}")
    if canonical != paper:
        return ContentError(path, line, 1, f"id {paper[:80]!r} is not in its one form; write {canonical!r}")
    return None


def _check_measurement(
    path: str, line: int, item: Measurement, history: Mapping[tuple[str, date], Measurement]
) -> ContentError | None:
    if path != metrics_path(item.as_of):
        return ContentError(path, line, 1, f"measured on {item.as_of}; move the line to {metrics_path(item.as_of)}")
    if (item.id, item.as_of) in history:
        return ContentError(path, line, 1, f"{item.id!r} was measured twice on {item.as_of}; keep one line")
    return _check_id(path, line, item.id)
