"""Where in ``content/`` stands what people wrote of a paper, a person, a topic, a day: the file and the line.

What is wrong with it is left to ``check``, the way to an editor to ``site``.
"""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from generator.catalog.curation import AUTHORS, CORRECTIONS, CURATORS, DIGESTS, TOPICS, Curation
from generator.model import Paper, Person
from generator.yamlfile import YamlFile


class Place(NamedTuple):
    """A place in a file that people edit."""

    path: str
    """Relative to the digest's root."""
    line: int | None = None
    """Counted from 1; None where nothing stands there yet."""
    there: bool = True
    """Whether there is such a file."""


class Places:
    """Every entry's place, by what it is about. Cost: a microsecond or two an entry."""

    def __init__(self, root: Path, curation: Curation, canonical: Mapping[str, str]) -> None:
        """`canonical` are other ids of papers, with the id that each has in the catalog."""

        def paper_of(entry: Any) -> str:
            return canonical.get(entry.id, entry.id)

        self._there = {name: (root / name).is_file() for name in (TOPICS, AUTHORS, CORRECTIONS, CURATORS)}
        self._digests = curation.digests.keys()
        self._topics = _lines(curation.topics, lambda entry: entry.id)
        self._people = _lines(curation.authors, lambda entry: entry.id)
        self._curators = _lines(curation.curators, lambda entry: entry.id)
        self._corrections = _lines(curation.corrections, paper_of)
        self._picks = {
            (day, paper_of(pick)): file.line_of(("picks", index))
            for day, file in curation.digests.items()
            for index, pick in enumerate(file.value.picks)
        }
        self._by_hand = {
            paper: Place(file.path, line) for file in curation.papers for paper, line in _lines(file, paper_of).items()
        }

    def day(self, day: date) -> Place:
        """Return the digest file of a day, which may have to be written first."""
        return Place(f"{DIGESTS}/{day.year:04}/{day}.yml", None, day in self._digests)

    def pick(self, day: date, paper: str) -> Place:
        """Return where a paper was picked on a day."""
        return self.day(day)._replace(line=self._picks.get((day, paper)))

    def paper(self, paper: Paper) -> Place:
        """Return where a paper's page is edited: its newest pick, else its entry by hand, else its corrections."""
        if paper.choices:
            return self.pick(paper.choices[-1].date, paper.id)
        return self._by_hand.get(paper.id) or self.correction(paper.id)

    def correction(self, paper: str) -> Place:
        """Return where a paper is corrected first, else the file for it."""
        return Place(CORRECTIONS, self._corrections.get(paper), self._there[CORRECTIONS])

    @property
    def topics(self) -> Place:
        """The file of topics."""
        return Place(TOPICS, None, self._there[TOPICS])

    def topic(self, topic: str) -> Place:
        """Return where a topic is entered."""
        return Place(TOPICS, self._topics.get(topic))

    def curator(self, curator: str = "") -> Place:
        """Return where a curator is entered, else the file for it."""
        return Place(CURATORS, self._curators.get(curator), self._there[CURATORS])

    @property
    def authors(self) -> Place:
        """The file that says who is who."""
        return Place(AUTHORS, None, self._there[AUTHORS])

    def person(self, person: Person) -> Place:
        """Return where a person is entered, else the first who shares the name, else the file for it."""
        entered = (self._people.get(one) for one in (person.id, *person.others))
        return self.authors._replace(line=next(filter(None, entered), None))


def _lines(file: YamlFile[tuple[Any, ...]], key: Callable[[Any], str]) -> dict[str, int]:
    """Return the line of each entry of a list, of several with one key the first's."""
    found: dict[str, int] = {}
    for index, entry in enumerate(file.value):
        found.setdefault(key(entry), file.line_of((index,)))
    return found
