"""How far each paper is from all before it, ranked among what was new when it was."""

from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter

from generator.model import Paper

EARLIER = 50
"""Papers before it from which on it can be said how new a paper is."""
FEWEST = 20
"""Papers that a paper is ranked among at least."""
POPULATION = 1_000
"""The newest papers known on its day that a paper's distance is ranked among: distances shrink as a digest grows."""


def novelties(order: Sequence[Paper], distances: Sequence[int], since: int = 0) -> list[int | None]:
    """Rank each distance among those of the papers known on the paper's day, its own day's included.

    Papers with an abstract and those without are ranked apart: a title alone has little in common with anything.
    Those before `since`, where a day begins, are only what others are ranked among.
    """
    found: list[int | None] = [None] * len(order)
    # The distances in order of their days, and sorted.
    recent: dict[bool, tuple[deque[int], list[int]]] = {True: (deque(), []), False: (deque(), [])}
    start = _first_ranked(order)
    for has_abstract, (window, ranked) in recent.items():
        alike = [index for index in range(start, since) if bool(order[index].abstract) is has_abstract]
        window.extend(distances[index] for index in alike[-POPULATION:])
        ranked += sorted(window)
    start = max(start, since)
    for _, listed in groupby(order[start:], key=lambda paper: paper.day):
        today = range(start, start + len(list(listed)))
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
    return found[since:]


def _first_ranked(order: Sequence[Paper]) -> int:
    """Return the first paper before whose day there were enough."""
    start = EARLIER
    while 0 < start < len(order) and order[start].day == order[start - 1].day:
        start += 1
    return min(start, len(order))


Seen = tuple[str, int, bool, int]
"""What a paper's rank, and others', are made from: its id, its day, whether it has an abstract, and its distance."""


def first_touched(old: Sequence[Seen], new: Sequence[Seen]) -> int:
    """Return the first of the new papers that may rank other than it did, with all of its day: they rank together."""
    if old == new:
        return len(new)
    pairs = zip(old, new, strict=False)
    first = next((index for index, (was, now) in enumerate(pairs) if was != now), min(len(old), len(new)))
    day = new[max(first - 1, 0)][1] if new else 0  # the day before may have lost or gained its last
    return bisect_left(new, day, key=itemgetter(1))


def percentile(value: int, ranked: Sequence[int]) -> int | None:
    """Return how many per cent of the sorted values are lower, of equal ones half; None where there are too few."""
    if len(ranked) < FEWEST:
        return None
    lower, upto = bisect_left(ranked, value), bisect_right(ranked, value)
    return 50 * (lower + upto) // len(ranked)
