"""The front page, and the pages of days, weeks and months."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import partial

from msgspec import structs

from generator.model import Topic
from generator.site.citations.files import OF_LIST
from generator.site.feeds.subscriptions import ATOM, JSON, RSS, alternates
from generator.site.page import Context, Page
from generator.site.pages import head
from generator.site.prints.papers import PaperPrints
from generator.site.shown.cards import note_markup
from generator.site.shown.periods import (
    Period,
    archive_context,
    calendar_of,
    counts,
    day_name,
    month_label,
    months,
    most_of_a_day,
    neighbours,
    period_context,
    week_label,
    weeks,
)
from generator.site.shown.trending import trending

ABSTRACTS_SHOWN = 100
"""Papers of a day that show their abstract; an announcement of 700 would weigh megabytes."""
HOME_REST = 20
"""Papers that no one picked on the front page; the day's own page has all."""
HOME_ABSTRACTS = 6
"""Of these the first show their abstract: the front page loads in under 150 kB, style and fonts included."""
TRENDING_SHOWN = 6
PULSE_WEEKS = 12
"""Weeks in a topic's sparkline."""


class DayPages:
    """The pages that go by the calendar."""

    def __init__(self, prints: PaperPrints) -> None:
        self.catalog, self.cards, self.prints = prints.catalog, prints.cards, prints
        self.shown = [day for day in self.catalog.days.values() if day.readable]
        """The days with something to read, oldest first."""
        self.newest = self.shown[-1].date if self.shown else None

    def __iter__(self) -> Iterator[Page]:
        """Yield the front page, the archive, then days, weeks and months, oldest first."""
        yield self._home()
        yield from self._days()
        yield from self._periods()

    def _home(self) -> Page:
        config = self.catalog.config
        feeds = alternates(config.title, formats=(ATOM, JSON))  # every page tells of the RSS
        edit = self.catalog.places.day(self.newest) if self.newest else None
        about = config.description
        return Page("", "home", config.title, self._home_context, about, feeds=feeds, edit=edit, day=self.newest)

    def _home_context(self) -> Context:
        catalog = self.catalog
        days = self.shown[::-1]
        return {
            "day": self._day_context(days[0].date, home=True) if days else None,
            "rest_count": len(days[0].rest) if days else 0,
            "failed": [
                day.date for day in catalog.days.values() if day.failed and day.date > (self.newest or day.date)
            ],
            "previous": days[1].date if len(days) > 1 else None,
            "recent": [counts(day) for day in days[1:11]],
            "topics": [self._pulse(topic) for topic in catalog.topics.values() if topic.papers and not topic.children],
            "calendar": self._calendar(),
            "counts": {
                "papers": len(catalog.papers),
                "days": len(self.shown),
                "people": len(catalog.people),
                "topics": len(catalog.topics),
            },
            "trending": self.cards.rows(paper.id for paper in trending(catalog, self.prints.scores)[:TRENDING_SHOWN]),
        }

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
        return {
            "month": calendar_of(months(self.catalog.days)[-1], self.catalog, most_of_a_day(self.catalog)),
            "days": [counts(day) for day in self.shown if day.date.year == year],
        }

    def _days(self) -> Iterator[Page]:
        order = list(self.catalog.days)
        title = self.catalog.config.title
        feeds = alternates(f"{title}: days")
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
                feeds=alternates(f"{title}: days", "../", (RSS,)),
                edit=self.catalog.places.day(day),
                cite=(*(f"papers{suffix}" for suffix in OF_LIST), f"../../api/days/{day}.json"),
                head=partial(head.of_list, f"days/{day}/", day_name(day), self.catalog.config),
                day=day,
                made_from=partial(self._day_from, before, day, after),
            )

    def _day_from(self, before: date | None, day: date, after: date | None) -> object:
        shown = self.catalog.days[day]
        return before, after, shown, self.prints.cards_of(shown.papers)

    def _day_between(self, before: date | None, day: date, after: date | None) -> Context:
        ways = {"previous": before, "next": after, "week": week_label(day), "month": month_label(day)}
        shown = self.catalog.days[day]
        sources = [structs.asdict(source) | {"state": source.state.value} for source in shown.sources]
        return {**self._day_context(day), **ways, "sources": sources, "failed": shown.failed}

    def _day_description(self, day: date) -> str:
        shown = self.catalog.days[day]
        if shown.failed:
            return f"Why there are no papers of {day_name(day)}."
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
            "curator": shown.curator,
            "curator_id": shown.curator_id,
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
                    feeds=alternates(f"{self.catalog.config.title}: weeks", "../", (RSS,)) if folder == "weeks" else (),
                    day=period.days[-1],
                    made_from=partial(self._period_from, before, period, after),
                )

    def _period_from(self, before: Period | None, period: Period, after: Period | None) -> object:
        days = [self.catalog.days[day] for day in period.days]
        shown = [
            (counts(day), day.digest and day.digest.intro, [paper for _, paper in day.picks], sorted(day.papers))
            for day in days
        ]
        return before, period, after, shown, self.prints.rows(paper for *_, papers in shown for paper in papers)
