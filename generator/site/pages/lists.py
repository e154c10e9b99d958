"""The pages of topics and categories; a list that outgrows its page has one a year."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from functools import partial
from urllib.parse import quote

from generator.catalog.catalog import Catalog
from generator.model import Topic
from generator.site.citations.files import OF_LIST
from generator.site.feeds.subscriptions import alternates
from generator.site.page import Context, Page, most_frequent
from generator.site.pages import head
from generator.site.prints.papers import PaperPrints
from generator.site.shown.cards import note_markup
from generator.site.shown.categories import category_name, has_page
from generator.site.shown.charts import by_period, columns

NEWEST_SHOWN = 60
"""Papers on the first page of a topic or category; what is older stands on a page a year."""
AUTHORS_SHOWN = 12


class Paged:
    """A list of papers on a page: the newest there, and where there are more, a page a year beside it."""

    def __init__(self, prints: PaperPrints) -> None:
        self.catalog, self.cards, self.prints = prints.catalog, prints.cards, prints

    def newest(self, papers: tuple[str, ...]) -> Context:
        """Return the newest of `papers`, how many there are, and of which years."""
        shown = self.cards.rows(papers[:NEWEST_SHOWN])
        return {"papers": shown, "total": len(papers), "years": self._years_of(papers)}

    def made_from(self, papers: tuple[str, ...]) -> object:
        """Return all that ``newest`` is made from."""
        return self._years_of(papers), len(papers), self.prints.rows(papers[:NEWEST_SHOWN])

    def newest_day(self, papers: tuple[str, ...]) -> date | None:
        """Return the day of the first of `papers`."""
        return self.catalog.papers[papers[0]].day if papers else None

    def topics(self, papers: tuple[str, ...]) -> Counter[str]:
        """Count the papers of each topic."""
        return Counter(topic for paper in papers for topic in self.catalog.papers[paper].topics)

    def years(self, address: str, name: str, papers: tuple[str, ...]) -> Iterator[Page]:
        """Yield a page a year for a list that is longer than its first page, oldest year first.

        Each leads to its neighbours alone: a paper changes its own year's page, a new year that of the year before.
        """
        if len(papers) <= NEWEST_SHOWN:
            return
        by_year: dict[int, list[str]] = defaultdict(list)
        for paper in papers:
            by_year[self.catalog.papers[paper].day.year].append(paper)
        in_order = sorted(by_year)
        for older, year, newer in zip([None, *in_order], in_order, [*in_order[1:], None], strict=False):
            inside = by_year[year]
            yield Page(
                f"{address}{year}/",
                "listing",
                f"{name}, {year}",
                partial(self._year_context, name, (older, year, newer), inside),
                description=f"{len(inside)} papers of {year}.",
                day=self.newest_day(tuple(inside)),
                made_from=partial(self._year_from, name, (older, newer), inside),
            )

    def _year_context(self, name: str, years: tuple[int | None, int, int | None], papers: list[str]) -> Context:
        older, year, newer = years
        shown = self.cards.rows(papers)
        return {"name": name, "up": "../", "year": year, "older": older, "newer": newer, "papers": shown}

    def _year_from(self, name: str, beside: tuple[int | None, int | None], papers: list[str]) -> object:
        return name, beside, self.prints.rows(papers)

    def _years_of(self, papers: tuple[str, ...]) -> list[tuple[int, int]]:
        """Count the papers of each year, newest first, of a list that has pages a year."""
        if len(papers) <= NEWEST_SHOWN:
            return []
        return sorted(Counter(self.catalog.papers[paper].day.year for paper in papers).items(), reverse=True)


class ListPages:
    """The pages that go by subject."""

    def __init__(self, prints: PaperPrints) -> None:
        self.catalog, self.cards, self.prints = prints.catalog, prints.cards, prints
        self.paged = Paged(prints)
        self.categories = papers_by_category(self.catalog)

    def __iter__(self) -> Iterator[Page]:
        """Yield the topics in the order of their file, then the categories by code."""
        yield from self._topics()
        yield from self._categories()

    def _topics(self) -> Iterator[Page]:
        topics = self.catalog.topics
        yield Page(
            "topics/",
            "topics",
            "Topics",
            self._topic_tree,
            "All topics.",
            edit=self.catalog.places.topics,
            made_from=lambda: [
                (topic.id, topic.name, topic.description, len(topic.papers), topic.parent, topic.children)
                for topic in topics.values()
            ],
        )
        for topic in topics.values():
            yield self._topic(topic)
            yield from self.paged.years(f"topics/{topic.id}/", topic.name, topic.papers)

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
            partial(self._topic_context, topic),
            description=f"{len(topic.papers)} papers on {topic.name}.",
            feeds=alternates(f"{self.catalog.config.title}: {topic.name}"),
            edit=self.catalog.places.topic(topic.id),
            cite=(*(f"papers{suffix}" for suffix in OF_LIST), f"../../api/topics/{topic.id}.json"),
            head=partial(head.of_list, f"topics/{topic.id}/", topic.name, self.catalog.config),
            day=self.paged.newest_day(topic.papers),
            made_from=partial(self._topic_from, topic),
        )

    def _topic_from(self, topic: Topic) -> object:
        topics = self.catalog.topics
        related = [topics[name] for name in (topic.parent, *topic.children) if name is not None]
        named = [(other.id, other.name, len(other.papers)) for other in related]
        # All of its papers, not only those in the list: their authors and months are counted.
        return topic, named, b"".join(map(self.prints.listed, topic.papers))

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
            **self.paged.newest(topic.papers),
            "authors": [
                (one, catalog.people.name_of(one), count) for one, count in most_frequent(people, AUTHORS_SHOWN)
            ],
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
                feeds=alternates(f"{self.catalog.config.title}: {code}"),
                day=self.paged.newest_day(papers),
                made_from=partial(self.paged.made_from, papers),
            )
            yield from self.paged.years(address, code, papers)

    def _category_context(self, code: str, papers: tuple[str, ...]) -> Context:
        return {"code": code, "name": category_name(code), **self.paged.newest(papers)}


def papers_by_category(catalog: Catalog) -> dict[str, tuple[str, ...]]:
    """Return each category's papers, newest first; the categories in order of their codes."""
    found: dict[str, list[str]] = defaultdict(list)
    for paper in catalog.papers.values():
        for code in paper.categories:
            if has_page(code):
                found[code].append(paper.id)
    return {code: tuple(found[code]) for code in sorted(found)}
