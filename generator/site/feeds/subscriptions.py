"""Which feeds there are, and of what each has entries: the site, its days and weeks, topics, categories, people.

What an entry says is left to ``entries``, how it is written down to ``rss``, ``atom`` and ``jsonfeed``.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import islice
from urllib.parse import quote

from generator.catalog.catalog import Catalog
from generator.model import Frozen
from generator.site.shown.periods import Period, weeks
from generator.site.shown.scores import Scores
from generator.site.shown.trending import trending

RSS, ATOM, JSON = "feed.xml", "atom.xml", "feed.json"
FORMATS = (RSS, ATOM, JSON)


class Feed(Frozen, frozen=True):
    """A feed: where it stands, what page it belongs to, of what it has entries. Newest first."""

    folder: str
    """Below the site's root: ``topics/llm-serving/``; the site's own is empty."""
    page: str
    """The page that shows the same."""
    title: str
    description: str
    kind: str = "site"
    """The part of the site that it is of: ``topics``, ``categories``, ``curators``, ``authors``, or the site."""
    papers: tuple[str, ...] = ()
    days: tuple[date, ...] = ()
    weeks: tuple[Period, ...] = ()
    formats: tuple[str, ...] = FORMATS
    short: bool = False
    """Whether entries hold the first sentences only: of thousands of authors, whole abstracts would fill the host."""


def alternates(title: str, folder: str = "", formats: Iterable[str] = FORMATS) -> tuple[tuple[str, str], ...]:
    """Return what a page's head says of a feed: (address, title) of each format, `folder` relative to the page."""
    return tuple((f"{folder}{name}", title) for name in formats)


class Subscriptions:
    """All feeds of a catalog."""

    def __init__(
        self,
        catalog: Catalog,
        scores: Scores,
        categories: Mapping[str, tuple[str, ...]],
        authors: Iterable[str],
    ) -> None:
        """`categories` are the papers of each; `authors` are the people who have a feed."""
        self.catalog = catalog
        self.config = catalog.config
        self._scores = scores
        self.feeds = [
            *self._of_site(),
            *self._of_topics(),
            *self._of_categories(categories),
            *self._of_curators(),
            *self._of_authors(authors),
        ]
        self.by_folder = {feed.folder: feed for feed in self.feeds}

    def __iter__(self) -> Iterator[Feed]:
        """Yield every feed, the site's own first."""
        return iter(self.feeds)

    def of_kind(self, kind: str) -> list[Feed]:
        """Return the feeds of one part of the site."""
        return [feed for feed in self.feeds if feed.kind == kind]

    def _of_site(self) -> Iterator[Feed]:
        title, limits = self.config.title, self.config.feeds
        yield self._feed("", "", self.config.description or title, self._in_reading_order(), title=title)
        readable = (date for date, day in self.catalog.days.items() if day.readable)
        days = tuple(sorted(readable, reverse=True)[: limits.days])
        yield Feed(
            folder="days/", page="days/", title=f"{title}: days", description=f"{title}, a day at a time.", days=days
        )
        yield Feed(
            folder="weeks/",
            page="days/",
            title=f"{title}: weeks",
            description=f"{title}, a week at a time, once it is over.",
            weeks=self._weeks_over()[: limits.weeks],
        )
        talked_of = (paper.id for paper in trending(self.catalog, self._scores))
        yield self._feed("trending/", "trending", "What is talked about just now.", talked_of)
        yield self._feed("highlights/", "highlights", "What the curators set first.", self.catalog.highlights)

    def _weeks_over(self) -> tuple[Period, ...]:
        """Return the weeks that no further day can change, newest first: a subscriber reads a week once."""
        newest = max(self.catalog.days, default=date.min)
        return tuple(week for week in reversed(weeks(self.catalog.days)) if week.end < newest)

    def _of_topics(self) -> Iterator[Feed]:
        for topic in self.catalog.topics.values():
            about = f"Papers on {topic.name}."
            yield self._feed(f"topics/{topic.id}/", topic.name, about, topic.papers, kind="topics")

    def _of_categories(self, categories: Mapping[str, tuple[str, ...]]) -> Iterator[Feed]:
        for code, papers in categories.items():
            yield self._feed(f"categories/{quote(code)}/", code, f"Papers in {code}.", papers, kind="categories")

    def _of_curators(self) -> Iterator[Feed]:
        for curator in self.catalog.curators.values():
            about = f"Papers that {curator.name} picked."
            yield self._feed(f"curators/{curator.id}/", curator.name, about, curator.papers, kind="curators")

    def _of_authors(self, authors: Iterable[str]) -> Iterator[Feed]:
        limit = self.config.feeds.author_entries
        people = self.catalog.people
        for person in authors:
            address, name = f"authors/{person}/", people.name_of(person)
            yield Feed(
                folder=address,
                page=address,
                title=f"{self.config.title}: {name}",
                description=f"Papers with {name} among the authors.",
                kind="authors",
                papers=tuple(people.papers_of(person)[:limit]),
                formats=(RSS,),
                short=True,
            )

    def _in_reading_order(self) -> Iterator[str]:
        """Yield papers as the site shows them: newest day first, picks before the rest, each once."""
        seen: set[str] = set()
        for day in sorted(self.catalog.days.values(), key=lambda day: day.date, reverse=True):
            passed = {paper for _, paper in day.passed}
            for paper in day.papers:
                if paper not in seen and paper not in passed:
                    seen.add(paper)
                    yield paper

    def _feed(
        self,
        folder: str,
        name: str,
        description: str,
        papers: Iterable[str],
        *,
        kind: str = "site",
        title: str | None = None,
    ) -> Feed:
        return Feed(
            folder=folder,
            page=folder,
            title=title or f"{self.config.title}: {name}",
            description=description,
            kind=kind,
            papers=tuple(islice(papers, self.config.feeds.entries)),
        )
