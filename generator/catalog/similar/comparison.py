"""Compares papers, in order of their days, by the words that they share; finds what a change touches."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence

from generator.catalog.similar.postings import Index
from generator.catalog.similar.store import Known
from generator.catalog.similar.weighing import vector_of
from generator.catalog.similar.words import UNIT, Vector

SHOWN = 6
"""Similar papers of a paper."""
ALIKE = 60
"""Thousandths of likeness from which on papers are called similar."""

Alike = tuple[tuple[tuple[int, int], ...], int, int]
"""The similar papers (index, likeness) of a paper, the nearest earlier one (-1: none), and the likeness to it."""


class Comparison:
    """Compares papers, in order of their days, by the words that they share."""

    def __init__(
        self, days: Sequence[int], known: Sequence[Known], index: Index, vectors: Mapping[int, Vector]
    ) -> None:
        """`vectors` are of the papers of which they have been made before."""
        self.days = days
        self._known, self._index, self._vectors = known, index, vectors

    def products(self, vector: Vector, start: int, stop: int) -> list[int]:
        """Return the likeness, times ``UNIT``, to the papers from `start` to `stop`: 0 where no word is shared."""
        found, compared = [0] * stop, self._index.compared
        for word, weight in vector:
            papers, their_weights = compared[word]
            first, last = bisect_left(papers, start), bisect_left(papers, stop)
            for other, its_weight in zip(papers[first:last], their_weights[first:last], strict=True):
                found[other] += weight * its_weight
        return found[start:]

    def results(self, papers: list[int]) -> list[Alike]:
        """Return the results for papers."""
        return [self.result(paper) for paper in papers]

    def result(self, paper: int) -> Alike:
        """Return the result for a paper."""
        day = self.days[paper]
        today = bisect_left(self.days, day)
        vector = self._vectors.get(paper)
        if vector is None:
            vector = vector_of(self._known[paper])
        products = self.products(vector, 0, bisect_right(self.days, day))
        products[paper] = 0
        least = ALIKE * UNIT
        similar = sorted([(-(product // UNIT), other) for other, product in enumerate(products) if product >= least])
        del similar[SHOWN:]
        nearest = next((pair for pair in similar if pair[1] < today), None)
        if nearest is None:
            earlier = products[:today]
            most = max(earlier, default=0) // UNIT
            least = max(most * UNIT, 1)  # of those as near the first; none where no word is shared
            nearest = -most, next((other for other, product in enumerate(earlier) if product >= least), -1)
        return tuple((other, -its) for its, other in similar), nearest[1], -nearest[0]

    def touched(self, day: int, vector: Vector, bar: Callable[[int], int]) -> list[int]:
        """Return the papers whose result a paper of a day may change that is new, or changed before it was gone.

        Those are all that it is as like as the `bar` of their result says: what they are like is no less.
        """
        since = bisect_left(self.days, day)
        products = self.products(vector, since, len(self.days))
        return [other for other, product in enumerate(products, since) if product and product // UNIT >= bar(other)]
