"""How far each paper is from all before it, ranked among what was new when it was."""

from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Sequence
from itertools import groupby

from generator.model import Paper

EARLIER = 50
"""Papers before it from which on it can be said how new a paper is."""
FEWEST = 20
"""Papers that a paper is ranked among at least."""
POPULATION = 1_000
"""The newest papers known on its day that a paper's distance is ranked among: distances shrink as a digest grows."""


def novelties(order: Sequence[Paper], distances: Sequence[int]) -> list[int | None]:
    """Rank each distance among those of the papers known on the paper's day, its own day's included.

    Papers with an abstract and those without are ranked apart: a title alone has little in common with anything.
    """
    found: list[int | None] = [None] * len(order)
    # The distances in order of their days, and sorted.
    recent: dict[bool, tuple[deque[int], list[int]]] = {True: (deque(), []), False: (deque(), [])}
    start = 0
    for _, listed in groupby(order, key=lambda paper: paper.day):
        today = range(start, start + len(list(listed)))
        if start >= EARLIER:
            for has_abstract, (window, ranked) in recent.items():
                alike = [index for index in today if bool(order[index].abstract) is has_abstract]
                for index in alike:
                    window.append(distances[index])
                    insort(ranked, distances[index])
                while len(window) > POPULATION:
                    del ranked[bisect_left(ranked, window.popleft())]
                for index in alike:
                    found[index] = percentile(distances[index], ranked)
        start = today.stop
    return found


def percentile(value: int, ranked: Sequence[int]) -> int | None:
    """Return how many per cent of the sorted values are lower, of equal ones half; None where there are too few."""
    if len(ranked) < FEWEST:
        return None
    lower, upto = bisect_left(ranked, value), bisect_right(ranked, value)
    return 50 * (lower + upto) // len(ranked)
