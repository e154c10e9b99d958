"""A page for every author, and the lists from A to Z."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from functools import partial

from msgspec.structs import replace

from generator.catalog.catalog import Catalog
from generator.catalog.curation import AUTHORS
from generator.model import Person
from generator.site.cards import Cards, note_markup
from generator.site.categories import category_name
from generator.site.page import Context, Page, most_frequent
from generator.site.scores import Scores
from generator.text import sort_key

COAUTHORS_SHOWN = 12
TOPICS_SHOWN = 8
MOST_LISTED_SHOWN = 40


class AuthorPages:
    """The people's pages."""

    def __init__(self, catalog: Catalog, cards: Cards, scores: Scores, paper_print: Callable[[str], bytes]) -> None:
        """`paper_print` gives the fingerprint of a paper by its id."""
        self.catalog = catalog
        self.cards = cards
        self.scores = scores
        self._paper_print = paper_print

    def __iter__(self) -> Iterator[Page]:
        """Yield a page a person, by id, then the lists."""
        yield from (self._author(person) for person in self.catalog.people.values())
        yield from self._author_lists()

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
        links = list(person.links.items())  # a fingerprint knows no order of keys, the page shows one
        papers = [self._paper_print(paper) for paper in person.papers]
        return person, links, papers, self._others(person), self.scores.person_key(person)

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
            "papers": [replace(self.cards.row(paper.id), score=self.scores.shown(paper)) for paper in papers],
            "figures": self.scores.person_context(person),
            "years": [years[0], years[-1]] if years else None,
            "coauthors": [
                (other, people[other].name, count)
                for other, count in most_frequent(coauthors, COAUTHORS_SHOWN if len(papers) > 1 else 0)
            ],
            "topics": [
                (topic, self.catalog.topics[topic].name, count) for topic, count in most_frequent(topics, TOPICS_SHOWN)
            ],
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
            return self.catalog.topics[most_frequent(topics, 1)[0][0]].name
        codes = Counter(paper.primary_category for paper in shown if paper.primary_category)
        return (category_name(code) or code) if codes and (code := most_frequent(codes, 1)[0][0]) else ""

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
                partial(_letter_context, label, index, people_here),
                f"{count} authors.",
            )


def _letter_context(label: str, letters: list[tuple[str, str, int]], people: list[Person]) -> Context:
    listed = [(person.id, person.name, len(person.papers)) for person in people]
    return {"letter": label, "letters": letters, "people": listed}


def _letter_label(letter: str) -> str:
    return letter.upper() if len(letter) == 1 else "Other"


def _letter_order(letter: str) -> tuple[bool, str]:
    return (len(letter) > 1, letter)
