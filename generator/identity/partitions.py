"""How the mentions of one name fall apart: whole groupings are weighed, by what groupings of merged rare names taught.

A pair of mentions tells little, and a tree of joins is led astray by its first. A whole grouping says more: how well
each paper sits in its group, and would in another, the strongest tie that is cut, how many groups and lone papers there
are. How alike two mentions are comes from ``model``; whether a name is several people at all from ``detection``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
import numpy.typing as npt

from generator.identity.grouping import SURE, Matrix, pairs_of, tree

TRAITS = 15
ALL = 7
"""Mentions of which every grouping is weighed: there are 877 of seven, 4,140 of eight. Of more, the cuts of a tree."""
MOST = 24
"""Mentions of the largest names that are learned from."""
_AT_ONCE = 500_000
"""Groupings x groups x mentions that are described at once: a name of 400 mentions has 400 cuts."""
_CLIP = 12.0
"""Log odds beyond which a pair says no more."""
_RIDGE = 1.0
_STEPS = 40
_ENOUGH = 1e-3
"""Log likelihood of which no further step is taken."""

Labels = npt.NDArray[np.intp]
"""Groupings x mentions: the number of each mention's group."""
Vector = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Weights:
    """What each trait of a grouping counts."""

    values: Vector

    def best(self, likeness: Matrix, least: int = 1) -> list[tuple[int, ...]]:
        """Return the best grouping: groups by size, then by first member; `least` of them if there can be as many.

        What ``grouping.constrain`` made sure stays together or apart, whatever `least` is.
        """
        every = groupings(likeness)
        told = likeness[pairs_of(len(likeness))]
        broken = (every.together & (told < -SURE)).sum(axis=1) + (~every.together & (told >= SURE)).sum(axis=1)
        few = every.labels.max(axis=1) + 1 < least
        scores = every.traits(likeness) @ self.values
        chosen = every.labels[np.lexsort((-scores, few, broken))[0]]
        found = [tuple(np.flatnonzero(chosen == number).tolist()) for number in range(int(chosen.max()) + 1)]
        return sorted(found, key=lambda group: (-len(group), group))


BY_RULE = Weights(np.array([1.0, *np.zeros(TRAITS - 1)]))
"""Where there is nothing to learn from: pairs count as they are."""


@dataclass(frozen=True)
class Groupings:
    """Ways of grouping mentions, and what can be said of them before any paper is read."""

    labels: Labels

    @cached_property
    def together(self) -> npt.NDArray[np.bool_]:
        """Groupings x pairs of mentions i < j: whether both are in one group."""
        i, j = pairs_of(self.labels.shape[1])
        return np.asarray(self.labels[:, i] == self.labels[:, j])

    @cached_property
    def summed(self) -> Matrix:
        """What pairs are multiplied by: each within a group once, and by how many others each mention has there."""
        mates = np.take_along_axis(self._sizes, self.labels, axis=1) - 1
        first = pairs_of(self.labels.shape[1])[0]
        return np.stack([self.together, self.together / np.maximum(mates[:, first], 1)]).astype(np.float64)

    @cached_property
    def counted(self) -> Matrix:
        """How many pairs and groups, how large, and how many lone mentions there are."""
        count = self.labels.shape[1]
        groups = self.labels.max(axis=1) + 1
        lone = (self._sizes == 1).sum(axis=1)
        # The logarithm of (size - 1)!, as in the prior of a Chinese restaurant process.
        orders = np.concatenate([[0.0, 0.0], np.cumsum(np.log(np.arange(1, count)))])
        columns = [self.together.sum(axis=1), count - lone, groups == 1, groups == 2, groups, lone / np.sqrt(count)]
        return np.column_stack([*columns, orders[self._sizes].sum(axis=1)]).astype(np.float64)

    @cached_property
    def _sizes(self) -> Labels:
        return np.stack([(self.labels == number).sum(axis=1) for number in range(self.labels.shape[1])], axis=1)

    @cached_property
    def _members(self) -> Matrix:
        """Groupings x groups x mentions: 1 for the members of each group."""
        groups = np.arange(self.labels.max() + 1)
        return np.asarray(self.labels[:, None, :] == groups[None, :, None], dtype=np.float64)

    @cached_property
    def _pairs(self) -> Matrix:
        """Groupings x groups x groups: how many pairs of mentions lie between two groups."""
        sizes = self._members.sum(axis=2)
        same = np.arange(sizes.shape[1])
        found = sizes[:, :, None] * sizes[:, None, :]
        found[:, same, same] = 0
        return np.asarray(found)

    def traits(self, likeness: Matrix) -> Matrix:
        """Describe the groupings of mentions that are alike by `likeness` (log odds): one row a grouping."""
        step = max(1, _AT_ONCE // likeness.size)
        if step < len(self.labels):
            starts = range(0, len(self.labels), step)
            return np.concatenate([Groupings(self.labels[at : at + step]).traits(likeness) for at in starts])
        clipped = np.clip(likeness, -_CLIP, _CLIP)
        told = clipped[pairs_of(len(likeness))]
        cut = np.where(self.together, -_CLIP, told).max(axis=1, initial=-_CLIP)
        kept = np.where(self.together, told, _CLIP).min(axis=1, initial=_CLIP)
        sums = [self.summed[0] @ told, self.summed[1] @ told, self.summed[0] @ np.maximum(told, 0.0)]
        return np.column_stack([*sums, self.counted, cut, kept, self.seats(clipped)])

    def seats(self, clipped: Matrix) -> Matrix:
        """Return the strongest tie between two groups, the weakest of a mention to its own, and what moves would gain.

        Ties are averages: over the pairs of two groups, over the others of a mention's group.
        """
        members = self._members
        sizes = members.sum(axis=2)
        mates = np.take_along_axis(sizes, self.labels, axis=1) - 1
        # A group without members is as far away as can be, as is what a group would gain by itself.
        sums = members @ clipped
        between = np.where(self._pairs > 0, sums @ members.transpose(0, 2, 1) / np.maximum(self._pairs, 1), -_CLIP)
        own = np.take_along_axis(sums, self.labels[:, None, :], axis=1)[:, 0] / np.maximum(mates, 1)
        others = np.where((members == 0) & (sizes > 0)[:, :, None], sums / np.maximum(sizes, 1)[:, :, None], -_CLIP)
        gains = np.maximum(others.max(axis=1) - own, 0)
        weakest = np.where(mates > 0, own, _CLIP).min(axis=1)
        return np.column_stack([between.max(axis=(1, 2)), weakest, gains.sum(axis=1)])


def groupings(likeness: Matrix) -> Groupings:
    """Return the groupings that come into question."""
    return every_grouping(len(likeness)) if len(likeness) <= ALL else Groupings(_cuts(likeness))


@cache
def every_grouping(count: int) -> Groupings:
    """Return every grouping of so many mentions, each once: groups are numbered in the order of their first members."""
    found: list[tuple[int, ...]] = [(0,)]
    for _ in range(count - 1):
        found = [(*labels, number) for labels in found for number in range(max(labels) + 2)]
    return Groupings(np.array(found, dtype=np.intp))


def _cuts(likeness: Matrix) -> Labels:
    """Return the cuts of a tree by average likeness, from all apart to all together."""
    labels = np.arange(len(likeness))
    found = [labels]
    for join in tree(likeness):
        labels = labels.copy()
        labels[list(join.right)] = labels[join.left[0]]
        found.append(_numbered(labels))
    return np.array(found)


def _numbered(labels: Labels) -> Labels:
    return np.asarray(np.unique(labels, return_inverse=True)[1])


@dataclass(frozen=True)
class Example:
    """Mentions whose right grouping is known."""

    likeness: Matrix
    owners: Labels
    weight: float


def learn(examples: Sequence[Example]) -> Weights:
    """Fit weights under which the right groupings are the likeliest (softmax over the groupings of each example)."""
    rows: list[Matrix] = []
    right: list[int] = []
    for example in examples:
        every = _candidates(example)
        i, j = pairs_of(len(example.owners))
        apart = every.together != (example.owners[i] == example.owners[j])
        right.append(int(np.argmin(apart.sum(axis=1))))
        rows.append(every.traits(example.likeness))
    if not rows:
        return BY_RULE
    counts = np.array([len(each) for each in rows])
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    table = np.concatenate(rows)
    rows.clear()  # most of what this takes is this table
    of_row = np.repeat(np.arange(len(counts)), counts)
    weights = np.array([example.weight for example in examples])
    scale = np.sqrt((table**2).mean(axis=0)) + 1e-9
    table /= scale
    chosen = table[starts + right]

    values = np.zeros(TRAITS)
    loss = np.inf
    step = np.zeros(TRAITS)
    for _ in range(_STEPS):
        scores = table @ (values + step)
        scores -= np.maximum.reduceat(scores, starts)[of_row]
        chances = np.exp(scores)
        sums = np.add.reduceat(chances, starts)
        tried = (values + step) @ (values + step) * _RIDGE / 2 - weights @ (scores[starts + right] - np.log(sums))
        if tried > loss:
            step /= 2
            continue
        if loss - tried < _ENOUGH:
            break
        values, loss = values + step, tried
        share = chances / sums[of_row]
        expected = np.add.reduceat(table * share[:, None], starts)
        slope = weights @ (chosen - expected) - _RIDGE * values
        curve = (table * (share * weights[of_row])[:, None]).T @ table - (expected * weights[:, None]).T @ expected
        step = np.linalg.solve(curve + _RIDGE * np.eye(TRAITS), slope)
    return Weights(values / scale)


def _candidates(example: Example) -> Groupings:
    found = groupings(example.likeness)
    if len(example.owners) <= ALL:
        return found
    return Groupings(np.concatenate([_numbered(example.owners)[None, :], found.labels]))
