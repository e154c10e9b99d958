"""The ledger, ``content/ledger``: for each source and day what was listed and kept, or why nothing came.

Written like the records, sorted and atomically. Asking the sources is left to ``ingest``, showing it to ``site``.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from generator.errors import ContentError, ContentProblems
from generator.jsonlines import LinesReader, check_order, encode_lines, files_below, write_atomically
from generator.model import DayState, LedgerLine

LEDGER = "content/ledger"

_LINES = LinesReader(LedgerLine)


@dataclass(frozen=True, slots=True)
class Ledger:
    """All lines of the ledger, as read."""

    lines: Mapping[tuple[date, str], LedgerLine]
    """By day and source, sorted."""
    problems: tuple[ContentError, ...] = ()
    unreadable: frozenset[str] = frozenset()
    """Files with a line that is not in ``lines``: to write them again would lose it."""

    def days(self) -> dict[date, tuple[LedgerLine, ...]]:
        """Give each day's lines by source; oldest day first."""
        found: dict[date, list[LedgerLine]] = defaultdict(list)
        for (day, _), line in self.lines.items():
            found[day].append(line)
        return {day: tuple(lines) for day, lines in found.items()}


def ledger_path(day: date) -> str:
    """Name the file of a day's lines, relative to the root: ``content/ledger/2025-12.jsonl``."""
    return f"{LEDGER}/{day.year:04}-{day.month:02}.jsonl"


def read_ledger(root: Path) -> Ledger:
    """Read every line under ``root``; what cannot be used is in ``problems`` and never stops the rest."""
    lines: dict[tuple[date, str], LedgerLine] = {}
    problems: list[ContentError] = []
    unreadable: set[str] = set()
    for path in files_below(root, LEDGER):
        good, broken = _LINES.read_file(root, path)
        keys = [(number, (line.date.isoformat(), line.source)) for number, line in good]
        problems += check_order(path, keys, "date, then by source")
        for number, line in good:
            if message := _wrong(path, line, lines):
                broken.append(ContentError(path, number, 1, message))
            else:
                lines[line.date, line.source] = line
        if broken:
            problems += broken
            unreadable.add(path)
    return Ledger(dict(sorted(lines.items())), tuple(sorted(problems)), frozenset(unreadable))


def write_ledger(root: Path, ledger: Ledger, new: Iterable[LedgerLine]) -> tuple[Ledger, tuple[str, ...]]:
    """Lay new lines over the ledger's; give it as it is then, and the files that are different now.

    Raises: ContentProblems before anything is written, when a file to be written has a line that would be lost.
    """
    changed = {(line.date, line.source): line for line in new}
    paths = {ledger_path(day) for day, _ in changed}
    refuse_to_lose(ledger, (day for day, _ in changed))
    lines = dict(sorted({**ledger.lines, **changed}.items()))
    contents: dict[str, list[LedgerLine]] = {path: [] for path in sorted(paths)}
    for line in lines.values():
        if (path := ledger_path(line.date)) in contents:
            contents[path].append(line)
    written = tuple(path for path, inside in contents.items() if write_atomically(root / path, encode_lines(inside)))
    return Ledger(lines, ledger.problems, ledger.unreadable), written


def refuse_to_lose(ledger: Ledger, days: Iterable[date]) -> None:
    """Look whether the lines of ``days`` can be written.

    Raises: ContentProblems when the file of one of them has a line that would be lost.
    """
    damaged = {ledger_path(day) for day in days} & ledger.unreadable
    if lost := [problem for problem in ledger.problems if problem.path in damaged]:
        raise ContentProblems(lost)


def open_days(ledger: Ledger, source: str, today: date, first: int, back: int) -> tuple[date, ...]:
    """Give the days up to today that are not settled for a source, oldest first.

    They begin with the ledger's first day of the source, a source that is new with the last ``first`` days; no day
    is older than ``back`` days.
    """
    known = [day for day, name in ledger.lines if name == source]
    since = max(min(known, default=today - timedelta(days=first - 1)), today - timedelta(days=back - 1))
    days = (since + timedelta(days=after) for after in range((today - since).days + 1))
    return tuple(day for day in days if is_open(ledger, source, day))


def is_open(ledger: Ledger, source: str, day: date) -> bool:
    """Tell whether a source has still to be asked for a day."""
    line = ledger.lines.get((day, source))
    return line is None or line.is_open


def failing(ledger: Ledger, days: int) -> dict[str, LedgerLine]:
    """Give the sources that have answered nothing but failures for at least ``days`` days, each with the newest one.

    What counts is when they were asked: a week of the list that failed in one run has failed for one day.
    """
    by_source: dict[str, list[LedgerLine]] = defaultdict(list)
    for line in ledger.lines.values():
        by_source[line.source].append(line)
    found: dict[str, LedgerLine] = {}
    for source, lines in sorted(by_source.items()):
        answered = max((line.tried for line in lines if line.state is not DayState.FAILED), default=date.min)
        failed = [line for line in lines if line.state is DayState.FAILED and line.tried > answered]
        if not failed:
            continue
        newest = max(failed, key=lambda line: (line.tried, line.date))
        since = max(min(line.failing_since or line.tried for line in failed), answered + timedelta(days=1))
        if (newest.tried - since).days + 1 >= days:
            found[source] = newest
    return found


def _wrong(path: str, line: LedgerLine, lines: Mapping[tuple[date, str], LedgerLine]) -> str | None:
    """Say what is wrong with a line, None if nothing is."""
    if path != ledger_path(line.date):
        return f"a line of {line.date}; move it to {ledger_path(line.date)}"
    if (line.date, line.source) in lines:
        return f"{line.source!r} again on {line.date}; keep one line"
    if not 0 <= line.kept <= line.listed:
        return f"'kept' {line.kept} of 'listed' {line.listed}; set the counts right"
    return None
