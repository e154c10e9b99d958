"""Pages about the digest as a whole: what is trending, its figures, and how its scores work."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from msgspec.structs import replace

from generator.model import Paper, Topic
from generator.site.feeds.subscriptions import alternates
from generator.site.page import Context, Page, most_frequent
from generator.site.prints.papers import PaperPrints
from generator.site.shown.categories import category_name, has_page
from generator.site.shown.charts import by_period, columns, line
from generator.site.shown.coverage import coverage
from generator.site.shown.trending import TRENDING_DAYS, trending

CATEGORIES_SHOWN = 15
TOPICS_SHOWN = 30
CURATORS_SHOWN = 30
MONTHS_OF_A_TOPIC = 24
TRENDING_SHOWN = 60
SCORES = "how-scores-work/"
"""The address of the page on scores."""


class OverviewPages:
    """What is trending, the statistics, and the page on scores."""

    def __init__(self, prints: PaperPrints) -> None:
        self.catalog, self.cards, self.scores, self.prints = prints.catalog, prints.cards, prints.scores, prints

    def __iter__(self) -> Iterator[Page]:
        """Yield the pages."""
        newest = max(self.catalog.days, default=None)
        feeds = alternates(f"{self.catalog.config.title}: trending")
        talked = "What is talked about just now: what was picked or voted for, the newest and highest scores first."
        yield Page("trending/", "trending", "Trending", self._trending, talked, feeds=feeds, day=newest)
        figures, made_from = "The digest in figures.", self._figures_from
        yield Page("stats/", "stats", "Statistics", self._figures, figures, day=newest, made_from=made_from)
        about = "What a paper's score, its novelty and its similar papers are made of."
        yield Page(SCORES, "scores", "How scores work", self.scores.explained, about)

    def _trending(self) -> Context:
        newest = max(self.catalog.days, default=date.min)
        return {
            "newest": newest,
            "within": TRENDING_DAYS,
            "half_after": self.catalog.config.ranking.trending_days,
            "trending": [self._trend(paper, newest) for paper in trending(self.catalog, self.scores)[:TRENDING_SHOWN]],
        }

    def _trend(self, paper: Paper, newest: date) -> Context:
        """Return a paper's card with its score, and what speaks for it."""
        row = self.cards.row(paper.id)
        choice = paper.choices[-1] if paper.choices else None
        return {
            # The votes are among the reasons.
            "card": replace(row, score=self.scores.shown(paper), upvotes=None),
            "picked_on": choice.date if choice else None,
            "upvotes": row.upvotes,
            "voted_by": paper.measured_on.get("upvotes"),
            "trend": self.scores.trend(paper, newest),
        }

    def _figures_from(self) -> object:
        """Return all that ``_figures`` is made from."""
        catalog = self.catalog
        days = [(day.date, len(day.picks)) for day in catalog.days.values()]
        topics = [(topic.id, topic.name, topic.parent, len(topic.papers)) for topic in catalog.topics.values()]
        return days, topics, len(catalog.people), self._curators(), self.prints.all_counted

    def _figures(self) -> Context:
        catalog = self.catalog
        papers = list(catalog.papers.values())
        return {
            "counts": {
                "papers": len(papers),
                "days": len(catalog.days),
                "people": len(catalog.people),
                "topics": len(catalog.topics),
                "picks": sum(len(day.picks) for day in catalog.days.values()),
            },
            "first": min(catalog.days, default=None),
            "newest": max(catalog.days, default=None),
            **_growth([paper.day for paper in papers]),
            "categories": self._categories(papers),
            "topics": self._topics(),
            "topic_months": MONTHS_OF_A_TOPIC,
            "code_svg": _code_share(papers),
            "with_code": sum("code" in paper.links for paper in papers),
            "curators": self._curators(),
            "coverage": coverage(papers),
        }

    def _categories(self, papers: list[Paper]) -> list[tuple[str, str | None, bool, int]]:
        """Return (code, name, whether it has a page, papers) of the most frequent primary categories."""
        counted = Counter(paper.primary_category for paper in papers if paper.primary_category)
        shown = most_frequent(counted, CATEGORIES_SHOWN)
        return [(code, category_name(code), has_page(code), count) for code, count in shown]

    def _topics(self) -> list[Context]:
        """Return the topics with most papers, each with its papers by month up to the newest day's."""
        newest = max(self.catalog.days, default=date.min)
        topics = sorted(self.catalog.topics.values(), key=lambda topic: (-len(topic.papers), topic.name.casefold()))
        return [self._topic(topic, newest) for topic in topics[:TOPICS_SHOWN] if topic.papers]

    def _topic(self, topic: Topic, newest: date) -> Context:
        ages: Counter[int] = Counter()
        for paper in topic.papers:
            day = self.catalog.papers[paper].day
            ages[(newest.year - day.year) * 12 + newest.month - day.month] += 1
        months = [ages[age] for age in reversed(range(MONTHS_OF_A_TOPIC))]
        return {"id": topic.id, "name": topic.name, "count": len(topic.papers), "months": months}

    def _curators(self) -> list[tuple[str, str, int, int]]:
        """Return (id, name, picks, days) of those who picked most."""
        curators = self.catalog.curators
        picks = Counter({one.id: len(one.papers) for one in curators.values() if one.papers})
        return [
            (one, curators[one].name, count, len(curators[one].days))
            for one, count in most_frequent(picks, CURATORS_SHOWN)
        ]


def _growth(days: list[date]) -> Context:
    unit, counts = by_period(days)
    total = 0
    totals: list[tuple[str, float]] = []
    for label, count in counts:
        total += count
        totals.append((label, total))
    enough = len(counts) > 1
    return {
        "new_svg": columns(counts, f"papers by {unit}") if enough else None,
        "total_svg": line(totals, "papers in all") if enough else None,
        "periods": counts,
        "unit": unit,
    }


def _code_share(papers: list[Paper]) -> object:
    """Draw which part of each period's papers has public code; nothing for a single period."""
    unit, counts = by_period(paper.day for paper in papers)
    cut = 4 if unit == "year" else 7
    coded = Counter(str(paper.day)[:cut] for paper in papers if "code" in paper.links)
    shares: list[tuple[str, float]] = [
        (label, round(100 * coded[label] / count, 1)) for label, count in counts if count
    ]
    if len(shares) < 2 or not coded:
        return None
    return line(shares, f"per cent with code, by {unit}", unit=" %", top=100)
