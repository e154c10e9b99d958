"""Compares papers, in order of their days, by the words that they share; finds what a change touches."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence

from generator.catalog.similar.store import Alike, Known, State
from generator.catalog.similar.words import UNIT, numbers_of

SHOWN = 6
"""Similar papers of a paper."""
ALIKE = 60
"""Thousandths of likeness from which on papers are called similar."""


class Comparison:
    """Compares papers, in order of their days, by the words that they share."""

    def __init__(self, days: Sequence[int], known: Sequence[Known]) -> None:
        self.days = days
        self._vectors = [(numbers_of("I", one.words), numbers_of("H", one.weights)) for one in known]
        # Beside each other, not as pairs: a list of numbers is cut where the past ends at no cost.
        self._having: dict[int, tuple[list[int], list[int]]] = {}

    def look_up(self, indexes: Iterable[int]) -> None:
        """Find the papers that have the words of some papers, to compare those with: a change concerns few words."""
        wanted = {word for index in indexes for word in self._vectors[index][0]} - self._having.keys()
        self._having.update((word, ([], [])) for word in wanted)
        for index, (words, weights) in enumerate(self._vectors):
            if wanted.isdisjoint(words):
                continue
            for word, weight in zip(words, weights, strict=True):
                if word in wanted:
                    papers, their_weights = self._having[word]
                    papers.append(index)
                    their_weights.append(weight)

    def products(self, index: int, start: int, stop: int) -> list[int]:
        """Return the likeness, times ``UNIT``, of a paper that was looked up to those from `start` to `stop`.

        It is 0 to itself, and to those that share no word with it.
        """
        found = [0] * stop
        words, weights = self._vectors[index]
        for word, weight in zip(words, weights, strict=True):
            papers, their_weights = self._having[word]
            first, last = bisect_left(papers, start), bisect_left(papers, stop)
            for other, its_weight in zip(papers[first:last], their_weights[first:last], strict=True):
                found[other] += weight * its_weight
        found[index] = 0
        return found[start:]

    def results(self, indexes: list[int]) -> list[Alike]:
        """Return the results for papers that were looked up."""
        return [self.result(index) for index in indexes]

    def result(self, index: int) -> Alike:
        """Return the result for a paper that was looked up."""
        day = self.days[index]
        today = bisect_left(self.days, day)
        products = self.products(index, 0, bisect_right(self.days, day))
        least = ALIKE * UNIT
        similar = sorted((-(product // UNIT), other) for other, product in enumerate(products) if product >= least)
        del similar[SHOWN:]
        nearest = next((pair for pair in similar if pair[1] < today), None)
        if nearest is None:
            earlier = products[:today]
            most = max(earlier, default=0) // UNIT
            least = max(most * UNIT, 1)  # of those as near the first; none where no word is shared
            nearest = -most, next((other for other, product in enumerate(earlier) if product >= least), -1)
        return tuple((other, -its) for its, other in similar), nearest[1], -nearest[0]


def touched(
    comparison: Comparison,
    places: Sequence[tuple[str, int, bytes]],
    old: State,
    before: Mapping[str, int],
    fresh: set[int],
) -> set[int]:
    """Return the papers whose result may not be what it was: all that a paper which is new, gone or changed touches."""
    current = {place[0] for index, place in enumerate(places) if index not in fresh}
    stale = {index for paper, index in before.items() if paper not in current}
    found = set(fresh)
    bars = {}
    for index, place in enumerate(places):
        if index in fresh:
            continue
        similar, nearest, alike = old.results[before[place[0]]]
        if nearest in stale or any(other in stale for other, _ in similar):
            found.add(index)
        bars[index] = min(similar[-1][1] if len(similar) == SHOWN else ALIKE, alike)
    comparison.look_up(fresh)
    for index in fresh:
        since = bisect_left(comparison.days, comparison.days[index])
        for other, product in enumerate(comparison.products(index, since, len(places)), since):
            if product and other not in found and product // UNIT >= bars[other]:
                found.add(other)
    return found


def moved(result: Alike, old: State, new: Mapping[str, int]) -> Alike:
    """Return a result that stands, by the indexes that its papers have now."""
    similar, nearest, alike = result
    return (
        tuple((new[old.places[other][0]], its) for other, its in similar),
        new[old.places[nearest][0]] if nearest >= 0 else -1,
        alike,
    )
