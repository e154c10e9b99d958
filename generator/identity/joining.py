"""What the join of two groups is worth: the chance that they are one person, learned on merges of rare names.

A pair of mentions tells little; groups tell more, but less than their pairs would if each were news.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from generator.identity.corpus import Indexes
from generator.identity.grouping import SURE, Join, Matrix, tree
from generator.identity.logistic import Logistic, fit, probability
from generator.identity.model import Model, square

TRAITS = 9


def traits(likeness: Matrix, joins: Sequence[Join]) -> Matrix:
    """Describe joins: how alike their sides are on average, at most, at least and each to its next, and their sizes."""
    shown = np.clip(likeness, -SURE, SURE)
    rows = []
    for join in joins:
        between = shown[np.ix_(join.left, join.right)]
        few, many = sorted(between.shape)
        mean, pairs = float(between.mean()), float(np.log(few * many))
        best = float(between.max(axis=0).sum() + between.max(axis=1).sum()) / (few + many)
        sizes = (float(np.log(few)), float(np.log(many)), float(np.log(len(likeness))))
        rows.append((mean, float(between.max()), float(between.min()), best, mean * pairs, best * pairs, *sizes))
    return np.array(rows, dtype=np.float64).reshape(len(rows), TRAITS)


def chances(fitted: Logistic, likeness: Matrix, joins: Sequence[Join]) -> npt.NDArray[np.float64]:
    """Return the chance of each join that its sides are one person; of a barred one, none."""
    if not joins:
        return np.zeros(0)
    barred = np.array([join.is_barred for join in joins])
    return np.where(barred, 0.0, probability(fitted.log_odds(traits(likeness, joins))))


def learn_joins(model: Model, blocks: Sequence[Indexes], weights: npt.NDArray[np.float64]) -> Logistic:
    """Fit on the joins within blocks of rare names and of merges of them, each block counted `weights` times.

    Joins of groups that are two people's already are left out.
    """
    rows: list[Matrix] = []
    labels: list[float] = []
    counted: list[float] = []
    for block, told, weight in zip(blocks, model.features.within(blocks), weights.tolist(), strict=True):
        owner = model.features.corpus.name_of[block]
        likeness = square(len(block), model.of_pairs(told, 0.0))
        pure = [join for join in tree(likeness) if _one(owner, join.left) and _one(owner, join.right)]
        rows.append(traits(likeness, pure))
        labels += [float(owner[join.left[0]] == owner[join.right[0]]) for join in pure]
        counted += [weight] * len(pure)
    return fit(np.concatenate(rows), np.array(labels), np.array(counted)) if rows else NOTHING


def _one(owner: npt.NDArray[np.intp], group: Sequence[int]) -> bool:
    return len(set(owner[list(group)].tolist())) == 1


NOTHING = Logistic(np.zeros(TRAITS), np.ones(TRAITS), np.array([0.0, 1.0, *np.zeros(TRAITS - 1)]))
"""Where there is nothing to learn from: a join is worth what its pairs are on average."""
