"""What was counted of papers and people, ``content/metrics``: a file a month, sorted, byte-stable, written atomically.

Counting is left to ``ingest``; which counts a page shows, to ``catalog``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec

from generator.errors import ContentError, ContentProblems
from generator.jsonlines import LinesReader, check_order, encode_lines, files_below, write_atomically
from generator.model import AuthorMeasurement, Measurement
from generator.records import check_id

METRICS = "content/metrics"
AUTHOR_METRICS = "content/metrics/authors"
COUNTS = ("upvotes", "comments", "citations", "stars")
"""What is counted about a paper."""

_METRIC_LINES = LinesReader(Measurement)
_AUTHOR_METRIC_LINES = LinesReader(AuthorMeasurement)


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


def metrics_path(day: date) -> str:
    """Name the file of a day's measurements, relative to the root: ``content/metrics/2025-12.jsonl``."""
    return f"{METRICS}/{day.year:04}-{day.month:02}.jsonl"


def author_metrics_path(day: date) -> str:
    """Name the file of a day's measurements of people: ``content/metrics/authors/2025-12.jsonl``."""
    return f"{AUTHOR_METRICS}/{day.year:04}-{day.month:02}.jsonl"


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


def _check_measurement(
    path: str, line: int, item: Measurement, history: Mapping[tuple[str, date], Measurement]
) -> ContentError | None:
    if path != metrics_path(item.as_of):
        return ContentError(path, line, 1, f"measured on {item.as_of}; move the line to {metrics_path(item.as_of)}")
    if (item.id, item.as_of) in history:
        return ContentError(path, line, 1, f"{item.id!r} was measured twice on {item.as_of}; keep one line")
    return check_id(path, line, item.id)
