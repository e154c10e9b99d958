"""What there is to say of an ingest, as lines of text; printing them is left to ``cli``.

What sources said is in them: it is cleaned to one line, and escaped for where it goes.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from generator.ingest.catch_up import Outcome, SourceReport
from generator.ledger import Ledger, failing
from generator.markup import escape_markdown
from generator.model import DayState, LedgerLine
from generator.text import clean_line

_ADDRESS = re.compile(r"https?://\S+")

STATES = {
    DayState.SETTLED: "settled",
    DayState.EMPTY: "weekend or holiday",
    DayState.FAILED: "failed",
    DayState.NOT_YET: "not yet",
}


def summary(report: SourceReport) -> str:
    """Say in a line what came of asking a source."""
    if not report.days:
        return f"{report.source}: no day is open"
    states = Counter(line.state for line in report.days)
    days = ", ".join(f"{states[state]:,} {STATES[state]}" for state in STATES if states[state])
    listed = sum(map(len, report.judged.values()))
    kept = sum(len(records) for verdict, records in report.judged.items() if verdict.kept)
    told = [
        f"{len(report.revised):,} with a new version" if report.revised else "",
        f"{len(report.withdrawn):,} withdrawn" if report.withdrawn else "",
    ]
    more = f" ({', '.join(filter(None, told))})" if any(told) else ""
    return (
        f"{report.source}: {_days(len(report.days))}: {days}; {listed:,} listed, {kept:,} kept; "
        f"{len(report.added):,} added, {len(report.updated):,} updated{more}, {report.unchanged:,} unchanged"
    )


def warnings(report: SourceReport) -> Iterator[str]:
    """Say why days failed, then which entries were left out.

    Days that failed for one reason are told together with the first one's address: a step shows ten annotations.
    """
    reasons: dict[str, list[LedgerLine]] = defaultdict(list)
    for line in report.days:
        if line.state is DayState.FAILED:
            reasons[_ADDRESS.sub("", line.why or "")].append(line)
    for lines in reasons.values():
        first, last = lines[0], lines[-1]
        why = clean_line(first.why or "no reason given")
        days = f"{first.date} stays" if first is last else f"{_days(len(lines))} from {first.date} to {last.date} stay"
        yield f"{report.source}: {why}; {days} open"
    for problem in report.problems:
        yield clean_line(str(problem))


def judged(report: SourceReport) -> Iterator[str]:
    """Say what each rule let in and kept out, paper by paper."""
    for verdict, records in sorted(report.judged.items(), key=lambda item: (not item[0].kept, item[0].rule or "")):
        done = "kept" if verdict.kept else "left out"
        by = f" by {verdict.rule}" if verdict.rule else ""
        yield f"{report.source}: {len(records):,} {done}{by}"
        for record in records:
            yield f"    {record.id}  {clean_line(record.title)}"


def step_summary(outcome: Outcome) -> str:
    """Write the run as Markdown for the summary of a step."""
    lines = ["## Ingest", ""]
    for report in outcome.sources:
        lines.append(f"- {escape_markdown(summary(report))}")
        lines += [f"  - {escape_markdown(warning)}" for warning in warnings(report)]
    lines += ["", f"{len(outcome.written):,} files of `content/` are different now.", ""]
    return "\n".join(lines)


def standing(ledger: Ledger) -> Iterator[str]:
    """Say of each source of the ledger up to which day it is settled, and which days are open."""
    by_source: dict[str, list[LedgerLine]] = defaultdict(list)
    for line in ledger.lines.values():
        by_source[line.source].append(line)
    for source, lines in sorted(by_source.items()):
        settled = max((line.date for line in lines if not line.is_open), default=None)
        waiting = [line for line in lines if line.is_open]
        yield f"{source}: {f'settled up to {settled}' if settled else 'nothing settled'}, {_days(len(waiting))} open"
        for line in waiting:
            yield f"    {line.date}  {STATES[line.state]}, tried {line.tried}: {clean_line(line.why or '')}"


def failures(ledger: Ledger, days: int) -> Iterator[str]:
    """Say which sources have answered nothing but failures for so many days."""
    for source, line in failing(ledger, days).items():
        yield f"{source}: failing since {line.failing_since or line.tried}: {clean_line(line.why or 'no reason given')}"


def _days(count: int) -> str:
    return f"{count:,} {'day' if count == 1 else 'days'}"
