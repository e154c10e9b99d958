"""What became of each source's day: the ledger's lines beside what curators made of the papers.

Asking the sources and writing the ledger is left to ``ingest``, showing it to ``site``.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

from msgspec.structs import replace

from generator.model import Day, DayState, LedgerLine, Paper, SourceDay


def with_ledger(
    days: Mapping[date, Day], ledger: Mapping[date, tuple[LedgerLine, ...]], papers: Mapping[str, Paper]
) -> tuple[dict[date, Day], dict[date, DayState]]:
    """Give the days with what their sources said, and the quiet days, that have nothing to show, with the reason.

    A day is a day of the digest if a source listed something, even if the rules let nothing in, or if one failed.
    """
    found = dict(days)
    quiet: dict[date, DayState] = {}
    for day, lines in ledger.items():
        known = found.get(day)
        if known is None and not any(line.state is DayState.FAILED or line.listed for line in lines):
            states = {line.state for line in lines}
            quiet[day] = DayState.NOT_YET if DayState.NOT_YET in states else DayState.EMPTY
            continue
        found[day] = replace(known or Day(date=day), sources=_sources(known, lines, papers))
    return dict(sorted(found.items())), quiet


def _sources(day: Day | None, lines: Iterable[LedgerLine], papers: Mapping[str, Paper]) -> tuple[SourceDay, ...]:
    """Count the day's picks and passes by source."""
    picked = _by_source(day, (paper for _, paper in day.picks) if day else (), papers)
    passed = _by_source(day, (paper for _, paper in day.passed) if day else (), papers)
    return tuple(
        SourceDay(
            source=line.source,
            state=line.state,
            listed=line.listed,
            kept=line.kept,
            picked=picked[line.source],
            passed=passed[line.source],
            why=line.why,
            tried=line.tried,
        )
        for line in lines
    )


def _by_source(day: Day | None, some: Iterable[str], papers: Mapping[str, Paper]) -> Counter[str]:
    return Counter(
        listing.source for paper in some for listing in papers[paper].listed if day and listing.date == day.date
    )
