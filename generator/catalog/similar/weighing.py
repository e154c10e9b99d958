"""Weighs the words of papers by how many papers of earlier months had them; finds whose weights a change touches."""

from bisect import bisect_left
from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from datetime import date

from generator.catalog.similar.postings import Index
from generator.catalog.similar.store import Known
from generator.catalog.similar.words import Vector, numbers_of, rarity, vector


class Weighing:
    """The weights of papers, in order of their days, laid over what was known of those that there were."""

    def __init__(self, known: list[Known], days: Sequence[int], index: Index) -> None:
        """`known` is of the papers there were, and `index` of the same."""
        self.known, self.days, self.index = known, days, index
        self.fresh: dict[int, Vector] = {}
        """Of papers that are new or weigh other than they did."""
        self.gone: list[tuple[int, Vector]] = []
        """What papers weighed that are not there any more, or weigh other now; with their days."""
        self._changes: list[tuple[bytes, int, int]] = []
        """Words that are in one paper more or less, and from which day on that counts."""

    def take(self, paper: int) -> None:
        """Take a paper away that is gone or reads differently."""
        one, day = self.known[paper], self.days[paper]
        self.gone.append((day, vector_of(one)))
        self.index.remove(paper, numbers_of("I", one.terms))
        self._changes.append((one.terms, _next_month(day), -1))

    def go_on(self, known: list[Known], days: Sequence[int], origins: Sequence[int | None]) -> None:
        """Go on with other papers: the new ones, which are none's `origins`, and all that were not taken away.

        Words are weighed for all papers for which something else counts than did.
        """
        self._renumber(origins)
        before, self.known, self.days = self.days, known, days
        new = [paper for paper, origin in enumerate(origins) if origin is None]
        self._changes += [(known[paper].terms, _next_month(days[paper]), 1) for paper in new]
        for start, stop, first in list(_months(days)):
            its_new = new[bisect_left(new, start) : bisect_left(new, stop)]
            if bisect_left(before, first) != start:  # more papers before it, or less
                chosen: Iterable[int] = range(start, stop)
            else:
                chosen = sorted({*its_new, *self._rarer(start, stop, first)})
            self._weigh(chosen, start, set(its_new))

    def _renumber(self, origins: Sequence[int | None]) -> None:
        if any(origin is not None and origin != paper for paper, origin in enumerate(origins)):
            moved = [0] * len(self.known)
            for paper, origin in enumerate(origins):
                if origin is not None:
                    moved[origin] = paper
            self.index.renumber(moved)

    def _rarer(self, start: int, stop: int, first: int) -> Iterator[int]:
        """Find the papers of a month, from its first day on, with a word that became rarer or less rare for it."""
        rarities = _Rarities(start)
        changes: Counter[int] = Counter()
        for terms, since, change in self._changes:
            if since <= first:
                for word in numbers_of("I", terms):
                    changes[word] += change
        for word, change in changes.items():
            if change:
                now = self.index.before(word, start)
                if rarities[now] != rarities[now - change]:
                    yield from self.index.between(word, start, stop)

    def _weigh(self, papers: Iterable[int], start: int, new: Set[int]) -> None:
        """Weigh papers of a month that begins with the paper `start`, and add those that are new to the index."""
        having, rarities = _Having(self.index, start), _Rarities(start)
        for paper in papers:
            self._weigh_one(paper, having, rarities, is_new=paper in new)

    def _weigh_one(self, paper: int, having: "_Having", table: "_Rarities", *, is_new: bool) -> None:
        was = self.known[paper]
        terms = numbers_of("I", was.terms)
        rarities = bytes(map(table.__getitem__, map(having.__getitem__, terms)))
        if not is_new:
            if rarities == was.rarities:
                return
            self.gone.append((self.days[paper], vector_of(was)))
            self.index.remove(paper, terms)
        self.known[paper] = Known(was.terms, was.times, rarities)
        its = self.fresh[paper] = vector(terms, was.times, rarities)
        self.index.add(paper, terms, dict(its))


def vector_of(one: Known) -> Vector:
    """Return the vector that came of a paper's words."""
    return vector(numbers_of("I", one.terms), one.times, one.rarities)


class _Having(dict[int, int]):
    """How many papers before one have a word."""

    def __init__(self, index: Index, paper: int) -> None:
        self._index, self._paper = index, paper

    def __missing__(self, word: int) -> int:
        found = self[word] = self._index.before(word, self._paper)
        return found


class _Rarities(dict[int, int]):
    """The rarity of words by how many of a number of papers have them."""

    def __init__(self, papers: int) -> None:
        self.papers = papers

    def __missing__(self, having: int) -> int:
        found = self[having] = rarity(self.papers, having)
        return found


def _months(days: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """Yield where the papers of each month begin and end, and the month's first day."""
    start = 0
    while start < len(days):
        stop = bisect_left(days, _next_month(days[start]), start)
        yield start, stop, days[start] - date.fromordinal(days[start]).day + 1
        start = stop


def _next_month(day: int) -> int:
    """Return the first day of the month after that of a day."""
    its = date.fromordinal(day)
    return day - its.day + monthrange(its.year, its.month)[1] + 1
