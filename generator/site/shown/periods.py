"""Weeks, months and the year's calendar: which days each holds and what its page shows."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from generator.catalog.catalog import Catalog
from generator.catalog.ranking import rank
from generator.model import Day, Frozen
from generator.site.shown.cards import Cards, note_markup


class Period(Frozen, frozen=True):
    """A week or a month with the days of the digest in it."""

    label: str
    """The last part of its address: ``2025-W50``, ``2025-12``."""
    name: str
    """``Week 50, 2025``, ``December 2025``."""
    start: date
    end: date
    """Its last day."""
    days: tuple[date, ...]
    """Oldest first."""


def day_name(day: date) -> str:
    """Write a day out: ``11 December 2025``."""
    return f"{day.day} {day:%B %Y}"


def week_label(day: date) -> str:
    """Return the ISO week of `day`: ``2025-W50``."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def month_label(day: date) -> str:
    """Return the month of `day`: ``2025-12``."""
    return f"{day.year:04}-{day.month:02}"


def weeks(days: Iterable[date]) -> list[Period]:
    """Group `days` by ISO week, oldest first."""
    grouped: dict[str, list[date]] = defaultdict(list)
    for day in sorted(days):
        grouped[week_label(day)].append(day)
    return [_week(label, inside) for label, inside in grouped.items()]


def _week(label: str, days: list[date]) -> Period:
    year, week, weekday = days[0].isocalendar()
    start = days[0] - timedelta(days=weekday - 1)
    return Period(
        label=label, name=f"Week {week}, {year}", start=start, end=start + timedelta(days=6), days=tuple(days)
    )


def months(days: Iterable[date]) -> list[Period]:
    """Group `days` by month, oldest first."""
    grouped: dict[str, list[date]] = defaultdict(list)
    for day in sorted(days):
        grouped[month_label(day)].append(day)
    return [_month(label, inside) for label, inside in grouped.items()]


def _month(label: str, days: list[date]) -> Period:
    start = days[0].replace(day=1)
    end = (start + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return Period(label=label, name=f"{start:%B %Y}", start=start, end=end, days=tuple(days))


def neighbours(periods: list[Period]) -> Iterator[tuple[Period | None, Period, Period | None]]:
    """Yield each period between the one before and the one after."""
    for index, period in enumerate(periods):
        before = periods[index - 1] if index else None
        after = periods[index + 1] if index + 1 < len(periods) else None
        yield before, period, after


def counts(day: Day) -> dict[str, Any]:
    """Return what a calendar shows of a day."""
    return {"date": day.date, "count": len(day.papers), "picks": len(day.picks), "failed": day.failed}


def period_context(
    catalog: Catalog, cards: Cards, before: Period | None, period: Period, after: Period | None
) -> dict[str, Any]:
    """Return what a week's or month's page shows: its picks with their words, then the rest ranked over the period."""
    days = [catalog.days[day] for day in period.days]
    picked = list(dict.fromkeys(paper for day in days for _, paper in day.picks))
    listed = dict.fromkeys(paper for day in days for paper in day.papers)
    rest = rank(catalog.papers[paper] for paper in listed if paper not in set(picked))
    topics = Counter(topic for paper in listed for topic in catalog.papers[paper].topics)
    return {
        "label": period.label,
        "name": period.name,
        "start": period.start,
        "end": period.end,
        "days": [{**counts(day), "intro_html": note_markup(day.digest.intro) if day.digest else None} for day in days],
        "picks": cards.rows(picked),
        "rest": cards.rows(paper.id for paper in rest),
        "previous": before,
        "next": after,
        "topics": [
            (topic, catalog.topics[topic].name, count)
            for topic, count in sorted(topics.items(), key=lambda pair: (-pair[1], pair[0]))
            if topic in catalog.topics
        ],
    }


SHADES = 4
"""Tints of a day in the calendar, by how much there was."""


def archive_context(catalog: Catalog) -> dict[str, Any]:
    """Return the archive: years of months, newest first, a calendar each.

    A quiet day of one of the months has no page, but a place.
    """
    years: dict[int, list[dict[str, Any]]] = defaultdict(list)
    most = most_of_a_day(catalog)
    by_month = months(catalog.days)
    for month in reversed(by_month):
        years[month.start.year].append(calendar_of(month, catalog, most))
    labels = {month.label for month in by_month}
    return {
        "years": [{"year": year, "months": inside} for year, inside in years.items()],
        "quiet": any(month_label(day) in labels for day in catalog.quiet_days),
    }


def most_of_a_day(catalog: Catalog) -> int:
    """Return how many papers the fullest day has: the darkest tint of a calendar."""
    return max((len(day.papers) for day in catalog.days.values()), default=1) or 1


def calendar_of(month: Period, catalog: Catalog, most: int) -> dict[str, Any]:
    """Return a month's calendar, its days tinted against a day of `most` papers."""
    days = [catalog.days[day] for day in month.days]
    shown = {day.date: {**counts(day), "shade": _shade(day, most)} for day in days}
    quiet = {
        day: {"date": day, "count": None, "quiet": state.value}
        for day, state in catalog.quiet_days.items()
        if month_label(day) == month.label
    }
    return {
        "label": month.label,
        "name": month.name,
        "count": len({paper for day in days for paper in day.papers}),
        "picks": sum(len(day.picks) for day in days),
        "weeks": _weeks_of(month, {**quiet, **shown}),
    }


def _shade(day: Day, most: int) -> int:
    """Return 0 for a day without papers, up to ``SHADES``; by the root, or one day of hundreds would pale all others.

    `most` is how many papers the fullest day has.
    """
    return min(SHADES, 1 + int(SHADES * (len(day.papers) / most) ** 0.5)) if day.papers else 0


def _weeks_of(month: Period, days: Mapping[date, dict[str, Any]]) -> list[dict[str, Any]]:
    """Lay a month out in weeks from Monday: each with its label where it has a page, and seven cells.

    A cell is None outside the month; ``count`` is None on days that the digest has nothing of.
    """
    rows = []
    monday = month.start - timedelta(days=month.start.weekday())
    while monday <= month.end:
        week = [monday + timedelta(days=offset) for offset in range(7)]
        cells = [
            days.get(day, {"date": day, "count": None}) if day.month == month.start.month else None for day in week
        ]
        rows.append({"label": week_label(monday) if any(day in days for day in week) else None, "cells": cells})
        monday += timedelta(days=7)
    return rows
