"""The front page, and the pages of days, weeks and months."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

from generator.catalog.catalog import Catalog
from generator.catalog.curation import DIGESTS
from generator.model import Topic
from generator.site.cards import Cards, note_markup
from generator.site.page import Context, Page
from generator.site.periods import (
    archive_context,
    counts,
    day_name,
    month_label,
    months,
    neighbours,
    period_context,
    week_label,
    weeks,
)
from generator.site.scores import Scores

ABSTRACTS_SHOWN = 100
"""Papers of a day that show their abstract; an announcement of 700 would weigh megabytes."""
HOME_REST = 20
"""Papers that no one picked on the front page; the day's own page has all."""
HOME_ABSTRACTS = 6
"""Of these the first show their abstract: the front page loads in under 150 kB, style and fonts included."""
TRENDING_DAYS = 14
TRENDING_SHOWN = 6
PULSE_WEEKS = 12
"""Weeks in a topic's sparkline."""


class DayPages:
    """The pages that go by the calendar."""

    def __init__(self, catalog: Catalog, cards: Cards, scores: Scores) -> None:
        self.catalog = catalog
        self.cards = cards
        self.scores = scores
        self.newest = max(catalog.days, default=None)

    def __iter__(self) -> Iterator[Page]:
        """Yield the front page, the archive, then days, weeks and months, oldest first."""
        yield self._home()
        yield from self._days()
        yield from self._periods()

    def _home(self) -> Page:
        config = self.catalog.config
        return Page("", "home", config.title, self._home_context, config.description, day=self.newest)

    def _home_context(self) -> Context:
        catalog = self.catalog
        days = sorted(catalog.days.values(), key=lambda day: day.date, reverse=True)
        return {
            "day": self._day_context(days[0].date, home=True) if days else None,
            "rest_count": len(days[0].rest) if days else 0,
            "previous": days[1].date if len(days) > 1 else None,
            "recent": [counts(day) for day in days[1:11]],
            "topics": [self._pulse(topic) for topic in catalog.topics.values() if topic.papers and not topic.children],
            "calendar": self._calendar(),
            "counts": {
                "papers": len(catalog.papers),
                "days": len(catalog.days),
                "people": len(catalog.people),
                "topics": len(catalog.topics),
            },
            "trending": self._trending(),
        }

    def _trending(self) -> list[Any]:
        if self.newest is None:
            return []
        since = self.newest - timedelta(days=TRENDING_DAYS)
        # Without a pick or a vote nothing says that a paper is talked about, and the alphabet is no trend.
        recent = [
            paper
            for paper in self.catalog.papers.values()
            if since <= paper.day < self.newest and (paper.choices or (paper.measured and paper.measured.upvotes))
        ]
        chosen = self.scores.trending(recent, self.newest)
        return self.cards.rows(paper.id for paper in chosen[:TRENDING_SHOWN])

    def _pulse(self, topic: Topic) -> Context:
        newest = self.newest or date.min
        ages = Counter((newest - self.catalog.papers[paper].day).days // 7 for paper in topic.papers)
        return {
            "id": topic.id,
            "name": topic.name,
            "count": len(topic.papers),
            "weeks": [ages[age] for age in reversed(range(PULSE_WEEKS))],
        }

    def _calendar(self) -> Context | None:
        if self.newest is None:
            return None
        year = self.newest.year
        return {"year": year, "days": [counts(day) for day in self.catalog.days.values() if day.date.year == year]}

    def _days(self) -> Iterator[Page]:
        order = list(self.catalog.days)
        feeds = (("feed.xml", f"{self.catalog.config.title}: days"),)
        yield Page("days/", "archive", "All days", lambda: archive_context(self.catalog), feeds=feeds, day=self.newest)
        for index, day in enumerate(order):
            before = order[index - 1] if index else None
            after = order[index + 1] if index + 1 < len(order) else None
            yield Page(
                f"days/{day}/",
                "day",
                day_name(day),
                partial(self._day_between, before, day, after),
                description=self._day_description(day),
                feeds=(("../feed.xml", f"{self.catalog.config.title}: days"),),
                edit=f"{DIGESTS}/{day.year}/{day}.yml",
                day=day,
            )

    def _day_between(self, before: date | None, day: date, after: date | None) -> Context:
        ways = {"previous": before, "next": after, "week": week_label(day), "month": month_label(day)}
        return {**self._day_context(day), **ways}

    def _day_description(self, day: date) -> str:
        shown = self.catalog.days[day]
        picks = f", {len(shown.picks)} picked" if shown.picks else ""
        return f"{len(shown.papers)} papers{picks}: {day_name(day)}."

    def _day_context(self, day: date, *, home: bool = False) -> Context:
        shown = self.catalog.days[day]
        digest = shown.digest
        picks = [self.cards.full(paper) for _, paper in shown.picks]
        if home:
            rest = [self.cards.full(paper) for paper in shown.rest[:HOME_ABSTRACTS]]
            rest += self.cards.rows(shown.rest[HOME_ABSTRACTS:HOME_REST])
        else:
            rest = [self.cards.full(paper) for paper in shown.rest[:ABSTRACTS_SHOWN]]
            rest += self.cards.rows(shown.rest[ABSTRACTS_SHOWN:])
        return {
            "date": day,
            "intro_html": note_markup(digest.intro) if digest else None,
            "curator": digest.curator if digest else None,
            "picks": picks,
            "rest": rest,
            "passed": [self.cards.full(paper, why=entry.why) for entry, paper in shown.passed],
        }

    def _periods(self) -> Iterator[Page]:
        for folder, periods in (("weeks", weeks(self.catalog.days)), ("months", months(self.catalog.days))):
            for before, period, after in neighbours(periods):
                yield Page(
                    f"{folder}/{period.label}/",
                    folder.removesuffix("s"),
                    period.name,
                    partial(period_context, self.catalog, self.cards, before, period, after),
                    description=f"The papers of {period.name}.",
                    day=period.days[-1],
                )
