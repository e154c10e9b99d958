"""A page for every author, and the lists from A to Z."""

from collections import Counter
from collections.abc import Iterable, Iterator, Set
from functools import partial

from msgspec.structs import replace

from generator.catalog.places import Place
from generator.model import Paper, Person
from generator.site.citations.files import OF_LIST
from generator.site.files import PAGE
from generator.site.page import Addresses, Context, Entry, Page, most_frequent
from generator.site.pages import head
from generator.site.prints.fingerprints import fingerprint
from generator.site.prints.papers import PaperPrints
from generator.site.prints.people import PeoplePrints
from generator.site.shown.cards import Card, note_markup
from generator.site.shown.categories import category_name
from generator.site.shown.editing import edit_address

COAUTHORS_SHOWN = 12
TOPICS_SHOWN = 8
_FOLDER = "authors/"


class AuthorPages:
    """The people's pages."""

    template = "author"

    def __init__(self, prints: PaperPrints, people_prints: PeoplePrints) -> None:
        self.catalog, self.cards, self.prints = prints.catalog, prints.cards, prints
        self.people_prints = people_prints
        self._rows: dict[str, Card] = {}
        self._by: dict[str, frozenset[str]] = {}

    @property
    def with_feed(self) -> dict[str, None]:
        """Who has a feed: in the order of all people."""
        return self.people_prints.with_feed

    @staticmethod
    def address(person: str) -> str:
        """Return the address of a person's page."""
        return f"{_FOLDER}{person}/"

    def addresses(self) -> Addresses:
        """Return where the pages are: they and their days follow from who is on which paper."""
        return Addresses(len(self.catalog.people), self.people_prints.everyone, self._entries)

    def _entries(self) -> Iterator[Entry]:
        days = {paper.id: paper.day for paper in self.catalog.papers.values()}
        for person, papers in self.catalog.people.and_papers():
            yield f"{_FOLDER}{person}/", days[papers[0]] if papers else None

    def at(self, addresses: Set[str]) -> Iterator[Page]:
        """Yield the pages at some addresses, those of one paper's authors together."""
        people = self.catalog.people
        named = (address.removeprefix(_FOLDER).removesuffix("/") for address in addresses)
        known = {person for person in named if person in people and self.address(person) in addresses}
        by_paper = sorted(known, key=lambda person: (people.papers_of(person)[:1], person))
        return map(self._page, by_paper)

    def fingerprints(self, around: bytes) -> dict[str, bytes]:
        """Return, by path, a hash of what every page is made from: `around`, and what is shown of the person."""
        around = fingerprint(around, edit_address(self.catalog.config, self.catalog.places.authors))
        prints = self.people_prints.pages(around, self._entered)
        return {f"{_FOLDER}{person}/{PAGE}": made_from for person, made_from in prints.items()}

    def _entered(self, person_id: str) -> object:
        """Return what is shown of a person about whom somebody has said something, beside the papers."""
        person = self.catalog.people[person_id]
        links = list(person.links)  # a fingerprint knows no order of keys, the page shows one
        return person, links, self._others(person), edit_address(self.catalog.config, self._place(person_id))

    def _page(self, person: str) -> Page:
        people = self.catalog.people
        name, papers = people.name_of(person), people.papers_of(person)
        return Page(
            self.address(person),
            self.template,
            name,
            partial(self._author_context, person),
            description=f"{len(papers)} paper{'' if len(papers) == 1 else 's'} by {name}.",
            feeds=(("feed.xml", f"{self.catalog.config.title}: {name}"),) if person in self.with_feed else (),
            edit=self._place(person),
            day=self.catalog.papers[papers[0]].day if papers else None,
            cite=tuple(f"papers{suffix}" for suffix in OF_LIST) if person in self.with_feed else (),
            head=None if people.is_plain(person) else partial(head.of_person, people[person], self.catalog.config),
        )

    def _place(self, person: str) -> Place:
        """Return where a person is entered; nothing is looked up of those about whom nobody has said anything."""
        places, people = self.catalog.places, self.catalog.people
        return places.authors if people.is_plain(person) else places.person(people[person])

    def _author_context(self, person_id: str) -> Context:
        person = self.catalog.people[person_id]
        papers = [self.catalog.papers[paper] for paper in person.papers]
        people = self.catalog.people
        coauthors: Counter[str] = Counter()
        for paper in papers if len(papers) > 1 else ():  # of a single paper they stand on its card
            coauthors.update(self._people(paper))
        del coauthors[person.id]
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
                "orcids": person.orcids,
                "note_html": note_markup(person.note),
            },
            "others": self._others(person),
            "papers": [self._row(paper) for paper in papers],
            "figures": self.prints.scores.person_context(person),
            "elsewhere": self.prints.scores.elsewhere_context(person),
            "years": [years[0], years[-1]] if years else None,
            "coauthors": [
                (other, people.name_of(other), count) for other, count in most_frequent(coauthors, COAUTHORS_SHOWN)
            ],
            "topics": [
                (topic, self.catalog.topics[topic].name, count) for topic, count in most_frequent(topics, TOPICS_SHOWN)
            ],
        }

    def _people(self, paper: Paper) -> frozenset[str]:
        """Return who a paper is by."""
        known = self._by.get(paper.id)
        if known is None:
            known = self._by[paper.id] = frozenset(mention.person for mention in paper.authors)
        return known

    def _row(self, paper: Paper) -> Card:
        """Return the card of a paper with its score, the same one for each of its authors."""
        known = self._rows.get(paper.id)
        if known is None:
            known = self._rows[paper.id] = replace(self.cards.row(paper.id), score=self.prints.scores.shown(paper))
        return known

    def _others(self, person: Person) -> list[tuple[str, str, int, str]]:
        """Return (id, name, papers, what they are about) of the people who share a name with `person`."""
        people = self.catalog.people
        return [
            (other, people.name_of(other), len(people.papers_of(other)), self._subject(people.papers_of(other)))
            for other in person.others
        ]

    def _subject(self, papers: Iterable[str]) -> str:
        """Name what most of `papers` are about, to tell people of one name apart: a topic, else a category."""
        shown = [self.catalog.papers[paper] for paper in papers]
        topics = Counter(topic for paper in shown for topic in paper.topics)
        if topics:
            return self.catalog.topics[most_frequent(topics, 1)[0][0]].name
        codes = Counter(paper.primary_category for paper in shown if paper.primary_category)
        return (category_name(code) or code) if codes and (code := most_frequent(codes, 1)[0][0]) else ""

    def lists(self) -> Iterator[Page]:
        """Yield the lists from A to Z."""
        prints = self.people_prints
        index = [(one.letter, _letter_label(one.letter), one.people) for one in prints.letters]
        letters = [(slug, label) for slug, label, _ in index]
        shown = {"letters": index, "listed": prints.most_listed}
        about = f"All {len(self.catalog.people)} authors, A to Z."
        yield Page("authors/", "authors", "Authors", lambda: shown, about, edit=self.catalog.places.authors)
        for one in prints.letters:
            label = _letter_label(one.letter)
            yield Page(
                f"authors/a-z/{one.letter}/",
                "authors-letter",
                f"Authors: {label}",
                partial(self._letter_context, one.letter, label, letters),
                f"{one.people} authors.",
                made_from=partial(bytes, one.made_from),
            )

    def _letter_context(self, letter: str, label: str, letters: list[tuple[str, str]]) -> Context:
        in_order = sorted(self.people_prints.by_letter[letter])
        return {"letter": label, "letters": letters, "people": [one for _, one in in_order]}


def _letter_label(letter: str) -> str:
    return letter.upper() if len(letter) == 1 else "Other"
