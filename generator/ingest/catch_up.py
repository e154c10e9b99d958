"""The ingest of a day, and of every day that was missed: each source is asked for its open days, and what came is
written together with the ledger's line about it.

How a source is asked is left to its module, how records meet to ``run.plan``, files to ``records`` and ``ledger``.
"""

import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from msgspec.structs import replace

from generator.config import SiteConfig, SourceSettings
from generator.errors import ConfigError, ContentError, ContentProblems, SourceError
from generator.ingest.answer import UnreadableError
from generator.ingest.asking import Ask, Fetch, Found, NotNow, NotThere, Window
from generator.ingest.rules import Judge, Verdict
from generator.ingest.run import plan
from generator.ingest.sources import SOURCES, Source
from generator.ledger import LEDGER, is_open, open_days, read_ledger, write_ledger
from generator.measurements import METRICS, add_measurements, read_metrics
from generator.model import DayState, LedgerLine, Measurement, Record
from generator.records import RECORDS, RecordWriter, read_records
from generator.text import clean_line

BATCH = 500
"""Papers that are written at once, at least: what a kill costs is asking for them again."""
DAY_WEIGHS = 10
"""A day counts as so many papers there, for days on which little comes."""
SHOWN_FOR = 4
"""Days for which a source that shows only the newest may show it: over a long weekend."""
MAX_WHY = 500
"""Characters of a reason in the ledger."""

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which days to ask for; without ``since`` and ``until`` every day that is not settled."""

    today: date
    since: date | None = None
    until: date | None = None
    again: bool = False
    """Ask for settled days too."""


@dataclass(slots=True)
class SourceReport:
    """What came of asking one source."""

    source: str
    days: list[LedgerLine] = field(default_factory=list)
    """The lines of the days that it was asked for, oldest first."""
    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    revised: list[str] = field(default_factory=list)
    """Of the updated, those with a new version."""
    withdrawn: list[str] = field(default_factory=list)
    """Of the updated, those withdrawn since."""
    unchanged: int = 0
    judged: dict[Verdict, list[Record]] = field(default_factory=lambda: defaultdict(list))
    """The listed papers by what the rules said of them."""
    problems: list[SourceError] = field(default_factory=list)
    """Entries left out, in the order in which they came."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did."""

    sources: tuple[SourceReport, ...]
    written: tuple[str, ...]
    """Files of ``content/`` that are different now, relative to the root; none after a dry run."""


def ingest(
    root: Path,
    config: SiteConfig,
    fetch: Fetch,
    wanted: Wanted,
    names: Sequence[str] = (),
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Outcome:
    """Ask the sources, all or those named, for their open days and write what comes; one that fails stops no other.

    Raises:
        ContentProblems: a file of the machine's own is damaged; nothing was asked.
        ConfigError: another ingest is at work.
    """
    with alone(root):
        run = _Run(root, config, wanted, dry_run)
        reports = [
            run.source(settings, SOURCES[settings.kind], fetch, progress)
            for settings in config.sources
            if settings.name in names or not names
        ]
        if not dry_run:
            run.finish_moves()
    return Outcome(tuple(reports), tuple(sorted(run.written)))


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Hold a lock on the digest: two runs at once would write over each other. The system drops it with the process."""
    try:
        import fcntl
    except ImportError:  # a system without file locks
        yield
        return
    folder = root / "content"
    folder.mkdir(exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise ConfigError(str(folder), "another ingest is at work here; wait for it to end") from None
    finally:
        os.close(handle)


class _Run:
    """What is known while sources are asked, and what waits to be written."""

    def __init__(self, root: Path, config: SiteConfig, wanted: Wanted, dry_run: bool) -> None:
        if not dry_run:
            _clear_unfinished(root)
        store, self.metrics, self.ledger = read_records(root), read_metrics(root), read_ledger(root)
        _refuse_damaged((store.problems, store.unreadable), (self.metrics.problems, self.metrics.unreadable))
        _refuse_damaged((self.ledger.problems, self.ledger.unreadable))
        self.root, self.wanted, self.dry_run = root, wanted, dry_run
        self.settings = config.ingest
        self.judge = Judge(config.rules)
        self.records = RecordWriter(root, store)
        self.written: set[str] = set()
        self.measured: list[Measurement] = []
        """All of this run: a month's file is written whole."""
        self._waiting: list[tuple[LedgerLine, list[Record], tuple[Measurement, ...]]] = []
        self._weight = self._done = 0

    def source(self, settings: SourceSettings, kind: Source, fetch: Fetch, progress: Progress | None) -> SourceReport:
        """Ask one source; what came is written even if it ends in an error of ours."""
        report = SourceReport(settings.name)
        days = self._open_days(settings.name, kind)
        if not days or kind.ask is None:
            return report
        lines = ((day, self.ledger.lines.get((day, settings.name))) for day in days)
        said = {day: line.why for day, line in lines if line is not None and line.why}
        window = Window(since=days[0], until=days[-1], today=self.wanted.today, open=frozenset(days), said=said)
        told: set[date] = set()
        try:
            for found in _answers(settings, window, kind.ask, fetch):
                told.add(found.day)
                self._take(settings.name, found, report)
                if progress is not None:
                    progress(settings.name, len(told & window.open), len(days))
                # Longer and longer, so that writing a month's measurements again and again stays a part of the whole.
                if self._weight >= max(BATCH, self._done // 4):
                    self._write(report)
        finally:
            self._write(report)
        report.days.sort(key=lambda line: line.date)
        return report

    def finish_moves(self) -> None:
        """Take out what a killed run left behind, even if nothing new came."""
        self.written.update(self.records.write(()))

    def _open_days(self, source: str, kind: Source) -> tuple[date, ...]:
        wanted = self.wanted
        if wanted.since is None:
            first = 1 if kind.only_now else self.settings.first_days
            days = open_days(self.ledger, source, wanted.today, first, self.settings.catch_up_days)
            if kind.only_now:  # a day that it showed and we missed is told once, and lost
                shown = wanted.today - timedelta(days=SHOWN_FOR)
                known = self.ledger.lines
                lost = {day for day, name in known if name == source and known[day, name].state is DayState.FAILED}
                days = tuple(day for day in days if day > shown or day not in lost)
            return tuple(day for day in days if wanted.until is None or day <= wanted.until)
        until = min(wanted.until or wanted.today, wanted.today)
        asked = (wanted.since + timedelta(days=after) for after in range((until - wanted.since).days + 1))
        return tuple(day for day in asked if wanted.again or is_open(self.ledger, source, day))

    def _take(self, source: str, found: Found, report: SourceReport) -> None:
        """Judge a day's papers, and let the day wait to be written."""
        place = f"{source} {found.day}"
        report.problems += [SourceError(source, place, clean_line(problem)) for problem in found.problems]
        if found.day > self.wanted.today + timedelta(days=1):
            report.problems.append(SourceError(source, place, "a day in the future; nothing of it was taken"))
            return
        listed: set[str] = set()
        kept: set[str] = set()
        records: list[Record] = []
        for record in found.records:
            if not record.listed:  # a new version of what was listed before
                records.append(record)
                continue
            verdict = self.judge.judge(record, source)
            if record.id not in listed:
                report.judged[verdict].append(record)
            listed.add(record.id)
            if verdict.kept:
                kept.add(record.id)
            if verdict.kept:
                records.append(record)
            elif not all(listing.digest for listing in record.listed) or record.picked:
                records.append(replace(record, listed=()))
        before = self.ledger.lines.get((found.day, source))
        line = _line(before, source, found, len(listed), len(kept), self.wanted.today)
        report.days.append(line)
        self._waiting.append((line, records, found.measured))
        self._weight += len(records) + DAY_WEIGHS

    def _write(self, report: SourceReport) -> None:
        """Write what waits: records, measurements, then the ledger, so that a day is settled only when it is in."""
        before = self.records.records
        come = [record for _, records, _ in self._waiting for record in records]
        # What no list shows, or the rules keep out, is of use only about a paper that is here.
        listed = {record.id for record in come if record.listed}
        planned = plan(before, (record for record in come if record.id in listed or record.id in before))
        measured = (each for _, _, some in self._waiting for each in some)
        self.measured += [each for each in measured if each.id in listed or each.id in before]
        report.added += [record.id for record in planned.added]
        report.updated += [record.id for record in planned.updated]
        report.revised += [new.id for new in planned.updated if (new.version or 0) > (before[new.id].version or 0)]
        report.withdrawn += [new.id for new in planned.updated if new.withdrawn and not before[new.id].withdrawn]
        report.unchanged += len(planned.unchanged)
        changed = (*planned.added, *planned.updated)
        if self.dry_run:
            self.records.place(changed)
        else:
            lines = [line for line, _, _ in self._waiting]
            self.written.update(self.records.write(changed))
            self.written.update(add_measurements(self.root, self.metrics, self.measured))
            self.ledger, written = write_ledger(self.root, self.ledger, lines)
            self.written.update(written)
        self._waiting.clear()
        self._done += self._weight
        self._weight = 0


def _answers(settings: SourceSettings, window: Window, ask: Ask, fetch: Fetch) -> Iterator[Found]:
    """Yield what a source says; of the days that it says nothing of, that too."""
    told: set[date] = set()
    failed = False
    state, why = DayState.NOT_YET, "the source said nothing of the day"
    try:
        for found in ask(settings, window, fetch):
            told.add(found.day)
            failed = failed or found.state is DayState.FAILED
            yield found
    except (NotNow, NotThere, UnreadableError, OSError) as error:
        state, why = DayState.FAILED, str(error)
    if failed:  # it was not asked for the others
        return
    for day in sorted(window.open - told):
        yield Found(day, state, why=why)


def _line(before: LedgerLine | None, source: str, found: Found, listed: int, kept: int, today: date) -> LedgerLine:
    """Say in the ledger's words what was found; a settled day stays so, and no count is forgotten."""
    still_open = found.state in (DayState.FAILED, DayState.NOT_YET)
    if before is not None and still_open and not before.is_open:
        return before
    if before is not None and listed < before.listed:  # it does not show all of the day any more
        listed, kept = before.listed, max(kept, before.kept)
    failing = today if found.state is DayState.FAILED else None
    if failing and before is not None and before.state is DayState.FAILED:
        failing = before.failing_since or failing
    line = LedgerLine(
        date=found.day,
        source=source,
        state=found.state,
        listed=listed,
        kept=kept,
        why=(clean_line(found.why)[:MAX_WHY] or None) if still_open else None,
        tried=today,
        failing_since=failing,
    )
    return before if before is not None and not before.is_open and replace(line, tried=before.tried) == before else line


def _refuse_damaged(*files: tuple[tuple[ContentError, ...], frozenset[str]]) -> None:
    """Raise ContentProblems for files of the machine's that have a line it cannot read."""
    lost = [problem for problems, unreadable in files for problem in problems if problem.path in unreadable]
    if lost:
        raise ContentProblems(lost)


def _clear_unfinished(root: Path) -> None:
    """Remove the files that a killed run had not finished."""
    for folder in (RECORDS, METRICS, LEDGER):
        for path in (root / folder).rglob(".*.jsonl.*.tmp"):
            path.unlink(missing_ok=True)
