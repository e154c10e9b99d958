"""Weighs the words of papers by how many papers of earlier months had them; finds whose weights a change touches."""

from bisect import bisect_left
from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
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
        self._moves: Counter[tuple[int, int]] = Counter()
        """By a word and a day: in how many papers more or less it counts from then on."""

    def take(self, paper: int) -> None:
        """Take a paper away that is gone or reads differently."""
        one, day = self.known[paper], self.days[paper]
        self.gone.append((day, vector_of(one)))
        self.index.remove(paper, self._counted(one, day, -1))

    def go_on(self, known: list[Known], days: Sequence[int], origins: Sequence[int | None]) -> None:
        """Go on with other papers, of which all but the new ones, which are none's `origins`, were there before."""
        moved = [0] * len(self.known)
        for paper, origin in enumerate(origins):
            if origin is not None:
                moved[origin] = paper
        if any(origin is not None and origin != paper for paper, origin in enumerate(origins)):
            self.index.renumber(moved)
        before, self.known, self.days = self.days, known, days
        new = [paper for paper, origin in enumerate(origins) if origin is None]
        for paper in new:
            self.index.add(paper, self._counted(known[paper], days[paper], 1))
        self._weigh(set(new), before)

    def _counted(self, one: Known, day: int, change: int) -> Sequence[int]:
        """Note that there is one paper more or less with the words of a paper."""
        terms, since = numbers_of("I", one.terms), _next_month(day)
        for term in terms:
            self._moves[term, since] += change
        return terms

    def _weigh(self, new: set[int], before: Sequence[int]) -> None:
        """Weigh the words of all papers for which something else counts now than on the days `before`."""
        months = list(_months(self.days))
        grown = {start for start, _, first in months if bisect_left(before, first) != start}
        touched = new | set(self._rarer([month for month in months if month[0] not in grown]))
        for start, stop, _ in months:
            papers = range(start, stop)
            chosen = papers if start in grown else [paper for paper in papers if paper in touched]
            if chosen:
                having, rarities = _Having(self.index, start), _Rarities(start)
                for paper in chosen:
                    self._weigh_one(paper, having, rarities, is_new=paper in new)
        for paper, its in self.fresh.items():
            self.index.weigh(paper, its)

    def _rarer(self, months: Sequence[tuple[int, int, int]]) -> Iterator[int]:
        """Find the papers of months that have a word which became rarer or less rare there."""
        moves = defaultdict(list)
        last = months[-1][2] if months else 0
        for (word, since), change in self._moves.items():
            if change and since <= last:
                moves[word].append((since, change))
        for start, stop, first in months:
            rarities = _Rarities(start)
            for word, changes in moves.items():
                change = sum(change for since, change in changes if since <= first)
                if change:
                    now = self.index.before(word, start)
                    if rarities[now] != rarities[now - change]:
                        yield from self.index.between(word, start, stop)

    def _weigh_one(self, paper: int, having: "_Having", table: "_Rarities", *, is_new: bool) -> None:
        was = self.known[paper]
        terms = numbers_of("I", was.terms)
        rarities = bytes(map(table.__getitem__, map(having.__getitem__, terms)))
        if not is_new:
            if rarities == was.rarities:
                return
            weighed = vector_of(was)
            self.gone.append((self.days[paper], weighed))
            self.index.weigh(paper, [(word, 0) for word, _ in weighed])
        self.known[paper] = Known(was.terms, was.times, rarities)
        self.fresh[paper] = vector(terms, was.times, rarities)


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
