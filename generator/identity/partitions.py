"""How the mentions of one name fall apart: whole groupings are weighed, by what groupings of merged rare names taught.

A pair of mentions tells little, and a tree of joins is led astray by its first. A whole grouping says more: how well
each paper sits in its group, the strongest tie that is cut, how many groups and lone papers there are. How alike two
mentions are comes from ``model``; whether a name is several people at all from ``detection``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import gammaln

from generator.identity.grouping import SURE, Matrix, tree

TRAITS = 12
ALL = 7
"""Mentions of which every grouping is weighed: there are 877 of seven, 4,140 of eight. Of more, the cuts of a tree."""
MOST = 24
"""Mentions of the largest names that are learned from."""
_CLIP = 12.0
"""Log odds beyond which a pair says no more."""
_RIDGE = 1.0

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
        labels = groupings(likeness)
        i, j = np.triu_indices(len(likeness), 1)
        told, together = likeness[i, j], labels[:, i] == labels[:, j]
        broken = (together & (told < -SURE)).sum(axis=1) + (~together & (told >= SURE)).sum(axis=1)
        few = labels.max(axis=1) + 1 < least
        scores = traits(labels, told) @ self.values
        chosen = labels[np.lexsort((-scores, few, broken))[0]]
        found = [tuple(np.flatnonzero(chosen == number).tolist()) for number in range(int(chosen.max()) + 1)]
        return sorted(found, key=lambda group: (-len(group), group))


BY_RULE = Weights(np.array([1.0, *np.zeros(TRAITS - 1)]))
"""Where there is nothing to learn from: pairs count as they are."""


def groupings(likeness: Matrix) -> Labels:
    """Return the groupings that come into question."""
    return every_grouping(len(likeness)) if len(likeness) <= ALL else _cuts(likeness)


@cache
def every_grouping(count: int) -> Labels:
    """Return every grouping of so many mentions, each once: groups are numbered in the order of their first members."""
    found: list[tuple[int, ...]] = [(0,)]
    for _ in range(count - 1):
        found = [(*labels, number) for labels in found for number in range(max(labels) + 2)]
    return np.array(found, dtype=np.intp)


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


def traits(labels: Labels, told: Vector) -> Matrix:
    """Describe groupings of mentions of which the pairs i < j are alike by `told` (log odds): one row a grouping."""
    count = labels.shape[1]
    i, j = np.triu_indices(count, 1)
    together = labels[:, i] == labels[:, j]
    sizes = np.stack([(labels == number).sum(axis=1) for number in range(count)], axis=1)
    mates = np.take_along_axis(sizes, labels, axis=1) - 1
    clipped = np.clip(told, -_CLIP, _CLIP)
    groups = labels.max(axis=1) + 1
    columns = [
        together @ clipped,
        (together / np.maximum(mates[:, i], 1)) @ clipped,
        together @ np.maximum(clipped, 0.0),
        together.sum(axis=1),
        (mates > 0).sum(axis=1),
        groups == 1,
        groups == 2,
        groups,
        (mates == 0).sum(axis=1) / np.sqrt(count),
        np.where(sizes > 0, gammaln(np.maximum(sizes, 1)), 0.0).sum(axis=1),
        np.where(together, -_CLIP, clipped).max(axis=1, initial=-_CLIP),
        np.where(together, clipped, _CLIP).min(axis=1, initial=_CLIP),
    ]
    return np.column_stack(columns).astype(np.float64)


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
        labels = _candidates(example)
        i, j = np.triu_indices(len(example.owners), 1)
        apart = (labels[:, i] == labels[:, j]) != (example.owners[i] == example.owners[j])
        right.append(int(np.argmin(apart.sum(axis=1))))
        rows.append(traits(labels, example.likeness[i, j]))
    if not rows:
        return BY_RULE
    counts = np.array([len(each) for each in rows])
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    table = np.concatenate(rows)
    of_row = np.repeat(np.arange(len(counts)), counts)
    weights = np.array([example.weight for example in examples])
    scale = np.sqrt((table**2).mean(axis=0)) + 1e-9
    table /= scale
    chosen = table[starts + right]

    def loss(values: Vector) -> tuple[float, Vector]:
        scores = table @ values
        scores -= np.maximum.reduceat(scores, starts)[of_row]
        chances = np.exp(scores)
        sums = np.add.reduceat(chances, starts)
        total = weights @ (scores[starts + right] - np.log(sums))
        share = chances * (weights / sums)[of_row]
        slope = weights @ chosen - share @ table
        return float(values @ values) * _RIDGE / 2 - float(total), _RIDGE * values - slope

    found = minimize(loss, np.zeros(TRAITS), jac=True, method="L-BFGS-B", options={"maxiter": 200})
    return Weights(found.x / scale)


def _candidates(example: Example) -> Labels:
    found = groupings(example.likeness)
    return found if len(example.owners) <= ALL else np.concatenate([_numbered(example.owners)[None, :], found])
