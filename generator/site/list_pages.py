"""The pages of topics and categories; a list that outgrows its page has one a year."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from functools import partial
from urllib.parse import quote

from generator.catalog.catalog import Catalog
from generator.catalog.curation import TOPICS
from generator.model import Topic
from generator.site.cards import Cards, note_markup
from generator.site.categories import category_name, has_page
from generator.site.charts import by_period, columns
from generator.site.page import Context, Page, most_frequent

NEWEST_SHOWN = 60
"""Papers on the first page of a topic or category; what is older stands on a page a year."""
AUTHORS_SHOWN = 12


class ListPages:
    """The pages that go by subject."""

    def __init__(self, catalog: Catalog, cards: Cards) -> None:
        self.catalog = catalog
        self.cards = cards
        self.categories = papers_by_category(catalog)

    def __iter__(self) -> Iterator[Page]:
        """Yield the topics in the order of their file, then the categories by code."""
        yield from self._topics()
        yield from self._categories()

    def _topics(self) -> Iterator[Page]:
        topics = self.catalog.topics
        yield Page("topics/", "topics", "Topics", self._topic_tree, "All topics.", edit=TOPICS)
        for topic in topics.values():
            yield self._topic(topic)
            yield from self._years(f"topics/{topic.id}/", topic.name, topic.papers)

    def _topic_tree(self) -> Context:
        topics = self.catalog.topics

        def branch(topic: Topic) -> Context:
            return {
                "id": topic.id,
                "name": topic.name,
                "description_html": note_markup(topic.description),
                "count": len(topic.papers),
                "children": [branch(topics[child]) for child in topic.children],
            }

        return {"tree": [branch(topic) for topic in topics.values() if topic.parent is None]}

    def _topic(self, topic: Topic) -> Page:
        return Page(
            f"topics/{topic.id}/",
            "topic",
            topic.name,
            lambda: self._topic_context(topic),
            description=f"{len(topic.papers)} papers on {topic.name}.",
            feeds=(("feed.xml", f"{self.catalog.config.title}: {topic.name}"),),
            edit=TOPICS,
            day=self._newest_of(topic.papers),
        )

    def _topic_context(self, topic: Topic) -> Context:
        catalog = self.catalog
        people = Counter(
            person for paper in topic.papers for person in {mention.person for mention in catalog.papers[paper].authors}
        )
        unit, periods = by_period(catalog.papers[paper].day for paper in topic.papers)
        parent = catalog.topics.get(topic.parent or "")
        return {
            "topic": {"id": topic.id, "name": topic.name, "description_html": note_markup(topic.description)},
            "parent": (parent.id, parent.name) if parent else None,
            "children": [
                (child, catalog.topics[child].name, len(catalog.topics[child].papers)) for child in topic.children
            ],
            **self._newest_and_years(topic.papers),
            "authors": [(one, catalog.people[one].name, count) for one, count in most_frequent(people, AUTHORS_SHOWN)],
            "chart_svg": columns(periods, f"papers by {unit}") if len(periods) > 1 else None,
        }

    def _categories(self) -> Iterator[Page]:
        table = [(code, category_name(code), len(papers)) for code, papers in self.categories.items()]
        yield Page("categories/", "categories", "Categories", lambda: {"categories": table}, "All categories, A to Z.")
        for code, papers in self.categories.items():
            address = f"categories/{quote(code)}/"
            yield Page(
                address,
                "category",
                code,
                partial(self._category_context, code, papers),
                description=f"{len(papers)} papers in {code}.",
                feeds=(("feed.xml", f"{self.catalog.config.title}: {code}"),),
                day=self._newest_of(papers),
            )
            yield from self._years(address, code, papers)

    def _category_context(self, code: str, papers: tuple[str, ...]) -> Context:
        return {"code": code, "name": category_name(code), **self._newest_and_years(papers)}

    def _year_context(self, name: str, year: int, years: list[tuple[int, int]], papers: list[str]) -> Context:
        return {"name": name, "up": "../", "year": year, "years": years, "papers": self.cards.rows(papers)}

    def _newest_of(self, papers: tuple[str, ...]) -> date | None:
        return self.catalog.papers[papers[0]].day if papers else None

    def _newest_and_years(self, papers: tuple[str, ...]) -> Context:
        years = Counter(self.catalog.papers[paper].day.year for paper in papers)
        return {
            "papers": self.cards.rows(papers[:NEWEST_SHOWN]),
            "total": len(papers),
            "years": sorted(years.items(), reverse=True) if len(papers) > NEWEST_SHOWN else [],
        }

    def _years(self, address: str, name: str, papers: tuple[str, ...]) -> Iterator[Page]:
        """Yield a page a year for a list that is longer than its first page; only the newest year's ever changes."""
        if len(papers) <= NEWEST_SHOWN:
            return
        by_year: dict[int, list[str]] = defaultdict(list)
        for paper in papers:
            by_year[self.catalog.papers[paper].day.year].append(paper)
        years = [(year, len(inside)) for year, inside in sorted(by_year.items(), reverse=True)]
        for year, inside in by_year.items():
            yield Page(
                f"{address}{year}/",
                "listing",
                f"{name}, {year}",
                partial(self._year_context, name, year, years, inside),
                description=f"{len(inside)} papers of {year}.",
                day=self._newest_of(tuple(inside)),
            )


def papers_by_category(catalog: Catalog) -> dict[str, tuple[str, ...]]:
    """Return each category's papers, newest first; the categories in order of their codes."""
    found: dict[str, list[str]] = defaultdict(list)
    for paper in catalog.papers.values():
        for code in paper.categories:
            if has_page(code):
                found[code].append(paper.id)
    return {code: tuple(found[code]) for code in sorted(found)}
