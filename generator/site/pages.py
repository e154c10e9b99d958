"""Which pages there are, where each stands, and what its template is given.

How a page looks is left to ``theme/pages/<template>.md.j2``, turning Markdown into HTML to ``mkdocs``.
Cost: a page's context is made when it is rendered, so that memory does not grow with the number of pages.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from generator.catalog.catalog import Catalog
from generator.catalog.curation import AUTHORS, CORRECTIONS, DIGESTS, TOPICS
from generator.catalog.ranking import rank
from generator.ids import links_of
from generator.model import Paper, Person, Topic
from generator.site.cards import Cards, note_markup
from generator.site.categories import category_name, has_page
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
from generator.text import sort_key

NEWEST_SHOWN = 60
"""Papers on the first page of a topic or category; what is older stands on a page a year."""
ABSTRACTS_SHOWN = 100
"""Papers of a day that show their abstract; an announcement of 700 would weigh megabytes."""
HOME_REST = 20
"""Papers that no one picked on the front page; the day's own page has all."""
TRENDING_DAYS = 14
TRENDING_SHOWN = 6
PULSE_WEEKS = 12
"""Weeks in a topic's sparkline."""
COAUTHORS_SHOWN = 12
MOST_LISTED_SHOWN = 40
TOPIC_AUTHORS_SHOWN = 12

Context = dict[str, Any]


@dataclass(frozen=True)
class Page:
    """One page: its address below the site's root, its template, and a way to make what the template is given."""

    address: str
    """``papers/2503.16525/``; the front page's is empty."""
    template: str
    title: str
    make: Callable[[], Context]
    description: str = ""
    feeds: tuple[tuple[str, str], ...] = ()
    """(address relative to the page, title)."""
    edit: str | None = None
    """The file that people change to change this page, relative to the digest's root."""
    day: date | None = None
    """The newest day whose papers it shows: for the sitemap."""
    key: Callable[[], object] | None = None
    """All that the context is made from, where that is much cheaper to name than the context is to make."""

    @property
    def root(self) -> str:
        """Return the relative way from the page to the site's root: ``../../``."""
        return "../" * self.address.count("/") or "./"


class Pages:
    """All pages of a catalog."""

    def __init__(self, catalog: Catalog, paper_print: Callable[[str], bytes]) -> None:
        """`paper_print` gives the fingerprint of a paper by its id."""
        self.catalog = catalog
        self._paper_print = paper_print
        self.cards = Cards(catalog)
        self.newest = max(catalog.days, default=None)
        self.categories = _by_category(catalog)
        self._digests = {f"{DIGESTS}/{day.year}/{day}.yml" for day, shown in catalog.days.items() if shown.digest}

    def __iter__(self) -> Iterator[Page]:
        """Yield every page, front page first, in an order that depends on the content alone."""
        yield self._home()
        yield from self._days()
        yield from self._periods()
        yield from (self._paper(paper) for paper in self.catalog.papers.values())
        yield from (self._author(person) for person in self.catalog.people.values())
        yield from self._author_lists()
        yield from self._topics()
        yield from self._categories()
        yield self._search()

    def site(self) -> Context:
        """Return what every template may know of the site."""
        config = self.catalog.config
        return {
            "title": config.title,
            "url": config.url,
            "description": config.description,
            "language": config.language,
            "repository": config.repository,
            "newest": self.newest,
        }

    def edit_link(self, page: Page) -> str | None:
        """Return the address of the web editor for the page's file, if the repository is known."""
        repository = self.catalog.config.repository
        if repository is None or page.edit is None:
            return None
        branch = quote(self.catalog.config.branch)
        if page.edit.startswith(f"{DIGESTS}/") and page.edit not in self._digests:
            return f"{repository.rstrip('/')}/new/{branch}?filename={quote(page.edit)}"
        return f"{repository.rstrip('/')}/edit/{branch}/{quote(page.edit)}"

    def _search(self) -> Page:
        about = "Search all papers by word, author, topic, category and year."
        return Page("search/", "search", "Search", lambda: {"papers": len(self.catalog.papers)}, about)

    # The front page and the days

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
        recent = [paper for paper in self.catalog.papers.values() if since <= paper.day < self.newest]
        chosen = sorted(rank(recent), key=lambda paper: (not paper.highlight, not paper.choices))
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
                lambda day=day, before=before, after=after: {  # type: ignore[misc]  # mypy cannot type defaults of lambdas
                    **self._day_context(day),
                    "previous": before,
                    "next": after,
                    "week": week_label(day),
                    "month": month_label(day),
                },
                description=self._day_description(day),
                feeds=(("../feed.xml", f"{self.catalog.config.title}: days"),),
                edit=f"{DIGESTS}/{day.year}/{day}.yml",
                day=day,
            )

    def _day_description(self, day: date) -> str:
        shown = self.catalog.days[day]
        picks = f", {len(shown.picks)} picked" if shown.picks else ""
        return f"{len(shown.papers)} papers{picks}: {day_name(day)}."

    def _day_context(self, day: date, *, home: bool = False) -> Context:
        shown = self.catalog.days[day]
        digest = shown.digest
        picks = [self.cards.full(paper) for _, paper in shown.picks]
        if home:
            rest = self.cards.rows(shown.rest[:HOME_REST])
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
                    lambda b=before, p=period, a=after: period_context(self.catalog, self.cards, b, p, a),  # type: ignore[misc]
                    description=f"The papers of {period.name}.",
                    day=period.days[-1],
                )

    # Papers and people

    def _paper(self, paper: Paper) -> Page:
        edit = CORRECTIONS
        if paper.choices:
            day = paper.choices[-1].date
            edit = f"{DIGESTS}/{day.year}/{day}.yml"
        return Page(
            f"papers/{paper.address}/",
            "paper",
            paper.title,
            lambda: self._paper_context(paper),
            description=_shortened(paper.abstract) or _byline(paper),
            edit=edit,
            day=paper.choices[-1].date if paper.choices else paper.day,
        )

    def _paper_context(self, paper: Paper) -> Context:
        row = self.cards.row(paper.id)
        return {
            "card": row,
            "abstract": paper.abstract,
            "authors": [(mention.name, mention.person, mention.affiliation) for mention in paper.authors],
            "links": _links(paper),
            "categories": [(code, has_page(code)) for code in paper.categories],
            "listed": [(listing.source, listing.date) for listing in paper.listed],
            "choices": [
                {"date": choice.date, "note_html": note_markup(choice.pick.note), "curator": choice.curator}
                for choice in paper.choices
            ],
            "passed": paper.passed,
            "corrections": [
                {"field": entry.field.value, "value": entry.value, "why": entry.why, "by": entry.by}
                for entry in paper.corrections
            ],
            "published": paper.published,
            "updated": paper.updated,
            "version": paper.version,
            "doi": paper.doi,
            "journal_ref": paper.journal_ref,
            "comment": paper.comment,
            "withdrawn": paper.withdrawn,
            "by_hand": paper.by_hand,
        }

    def has_feed(self, person: Person) -> bool:
        """Tell whether a person has papers enough for a feed."""
        return len(person.papers) >= self.catalog.config.feeds.author_papers

    def _author(self, person: Person) -> Page:
        count = len(person.papers)
        return Page(
            f"authors/{person.id}/",
            "author",
            person.name,
            lambda: self._author_context(person),
            description=f"{count} paper{'' if count == 1 else 's'} with {person.name} among the authors.",
            feeds=(("feed.xml", f"{self.catalog.config.title}: {person.name}"),) if self.has_feed(person) else (),
            edit=AUTHORS,
            key=lambda: self._author_key(person),
            day=max((self.catalog.papers[paper].day for paper in person.papers), default=None),
        )

    def _author_key(self, person: Person) -> object:
        return person, [self._paper_print(paper) for paper in person.papers], self._others(person)

    def _author_context(self, person: Person) -> Context:
        papers = [self.catalog.papers[paper] for paper in person.papers]
        people = self.catalog.people
        coauthors = Counter(
            other for paper in papers for other in {mention.person for mention in paper.authors} - {person.id}
        )
        topics = Counter(topic for paper in papers for topic in paper.topics)
        years = sorted((paper.published or paper.day).year for paper in papers)
        return {
            "person": {
                "id": person.id,
                "name": person.name,
                "standing": person.standing.value,
                "also": person.also,
                "links": list(person.links.items()),
                "orcid": person.orcid,
                "note_html": note_markup(person.note),
            },
            "others": self._others(person),
            "papers": self.cards.rows(person.papers),
            "years": [years[0], years[-1]] if years else None,
            "coauthors": [
                (other, people[other].name, count)
                for other, count in _most(coauthors, COAUTHORS_SHOWN if len(papers) > 1 else 0)
            ],
            "topics": [(topic, self.catalog.topics[topic].name, count) for topic, count in _most(topics, 8)],
        }

    def _others(self, person: Person) -> list[tuple[str, str, int, str]]:
        """Return (id, name, papers, what they are about) of the people who share a name with `person`."""
        people = self.catalog.people
        return [
            (other, people[other].name, len(people[other].papers), self._subject(people[other].papers))
            for other in person.others
        ]

    def _subject(self, papers: tuple[str, ...]) -> str:
        """Name what most of `papers` are about, to tell people of one name apart: a topic, else a category."""
        shown = [self.catalog.papers[paper] for paper in papers]
        topics = Counter(topic for paper in shown for topic in paper.topics)
        if topics:
            return self.catalog.topics[_most(topics, 1)[0][0]].name
        codes = Counter(paper.primary_category for paper in shown if paper.primary_category)
        return (category_name(code) or code) if codes and (code := _most(codes, 1)[0][0]) else ""

    def _author_lists(self) -> Iterator[Page]:
        letters: dict[str, list[tuple[tuple[str, str], Person]]] = defaultdict(list)
        for person in self.catalog.people.values():
            key = sort_key(person.name)
            first = key[0][:1]
            letters[first if "a" <= first <= "z" else "other"].append((key, person))
        index = [(letter, _letter_label(letter), len(letters[letter])) for letter in sorted(letters, key=_letter_order)]
        people = self.catalog.people.values()
        most = sorted(people, key=lambda person: (-len(person.papers), person.id))[:MOST_LISTED_SHOWN]
        listed = [(person.id, person.name, len(person.papers)) for person in most]
        yield Page(
            "authors/",
            "authors",
            "Authors",
            lambda: {"letters": index, "listed": listed},
            f"All {len(people)} authors, A to Z.",
        )
        for letter, label, count in index:
            people_here = [person for _, person in sorted(letters[letter], key=lambda pair: (pair[0], pair[1].id))]
            yield Page(
                f"authors/a-z/{letter}/",
                "authors-letter",
                f"Authors: {label}",
                lambda label=label, here=people_here: {  # type: ignore[misc]
                    "letter": label,
                    "letters": index,
                    "people": [(person.id, person.name, len(person.papers)) for person in here],
                },
                f"{count} authors.",
            )

    # Topics and categories

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
        by_month = Counter(month_label(catalog.papers[paper].day) for paper in topic.papers)
        parent = catalog.topics.get(topic.parent or "")
        return {
            "topic": {"id": topic.id, "name": topic.name, "description_html": note_markup(topic.description)},
            "parent": (parent.id, parent.name) if parent else None,
            "children": [
                (child, catalog.topics[child].name, len(catalog.topics[child].papers)) for child in topic.children
            ],
            **self._newest_and_years(topic.papers),
            "authors": [(one, catalog.people[one].name, count) for one, count in _most(people, TOPIC_AUTHORS_SHOWN)],
            "months": sorted(by_month.items()),
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
                lambda code=code, papers=papers: {  # type: ignore[misc]
                    "code": code,
                    "name": category_name(code),
                    **self._newest_and_years(papers),
                },
                description=f"{len(papers)} papers in {code}.",
                feeds=(("feed.xml", f"{self.catalog.config.title}: {code}"),),
                day=self._newest_of(papers),
            )
            yield from self._years(address, code, papers)

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
                lambda year=year, inside=inside: {  # type: ignore[misc]
                    "name": name,
                    "up": "../",
                    "year": year,
                    "years": years,
                    "papers": self.cards.rows(inside),
                },
                description=f"{len(inside)} papers of {year}.",
                day=self._newest_of(tuple(inside)),
            )


def _by_category(catalog: Catalog) -> dict[str, tuple[str, ...]]:
    """Return each category's papers, newest first; the categories in order of their codes."""
    found: dict[str, list[str]] = defaultdict(list)
    for paper in catalog.papers.values():
        for code in paper.categories:
            if has_page(code):
                found[code].append(paper.id)
    return {code: tuple(found[code]) for code in sorted(found)}


def _links(paper: Paper) -> list[tuple[str, str]]:
    """Return (label, address) of everywhere a paper is to be had, the paper's own places first."""
    found: dict[str, str] = {}
    for known in (paper.id, *paper.aliases):
        found |= {label: link for label, link in links_of(known).items() if label not in found}
    if paper.doi and "DOI" not in found:
        found |= links_of(f"doi:{paper.doi}")
    labels = {"pdf": "PDF", "code": "Code", "project": "Project", "page": "Page"}
    for kind, link in paper.links.items():
        found.setdefault(labels.get(kind, kind), link)
    return list(found.items())


def _shortened(text: str, limit: int = 160) -> str:
    """Cut `text` at a word for a description."""
    if len(text) <= limit:
        return text
    return text[:limit].rsplit(" ", 1)[0] + "…"


def _byline(paper: Paper) -> str:
    names = [mention.name for mention in paper.authors[:3]]
    more = " et al." if len(paper.authors) > len(names) else ""
    return f"By {', '.join(names)}{more}" if names else ""


def _most(counter: Counter[str], limit: int) -> list[tuple[str, int]]:
    """Return the most frequent, equals by name: Counter's own order depends on the order of counting."""
    return sorted(counter.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]


def _letter_label(letter: str) -> str:
    return letter.upper() if len(letter) == 1 else "Other"


def _letter_order(letter: str) -> tuple[bool, str]:
    return (len(letter) > 1, letter)
