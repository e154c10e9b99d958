"""Which mentions of a name come together first: a tree by average likeness; and what is known for sure.

How alike two mentions are comes from ``model``, which grouping is the best from ``partitions``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]
SURE = 30.0
"""Log odds of what is not guessed: one ORCID, or a curator's claim."""
NEVER = -1e6
"""Two persons' mentions: low enough to be seen in the average of any two groups."""
_SIZES = 32
"""Numbers of mentions whose pairs are remembered: small ones come again and again."""


@lru_cache(_SIZES)
def pairs_of(count: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return the pairs i < j of so many mentions, all i and all j, for reading only."""
    i, j = np.triu_indices(count, 1)
    i.flags.writeable = j.flags.writeable = False
    return i, j


def square(count: int, values: npt.NDArray[np.float64]) -> Matrix:
    """Lay the values of all pairs i < j into a symmetric matrix."""
    found = np.zeros((count, count))
    i, j = pairs_of(count)
    found[i, j] = found[j, i] = values
    return found


@dataclass(frozen=True, slots=True)
class Join:
    """Two groups that come together, and how alike they are on average (log odds)."""

    likeness: float
    left: tuple[int, ...]
    right: tuple[int, ...]


def constrain(likeness: Matrix, known: Mapping[int, str]) -> Matrix:
    """Return a copy in which rows that are known to be one person's surely are, and of two persons' surely are not."""
    sure = likeness.copy()
    for i, one in known.items():
        for j, other in known.items():
            if i != j:
                sure[i, j] = SURE if one == other else NEVER
    return sure


def tree(likeness: Matrix) -> list[Join]:
    """Join the most alike groups until one is left; ties go to the earlier rows."""
    count = len(likeness)
    between = likeness.copy()
    np.fill_diagonal(between, -np.inf)
    members: dict[int, tuple[int, ...]] = {row: (row,) for row in range(count)}
    sizes = np.ones(count)
    joins: list[Join] = []
    for _ in range(count - 1):
        i, j = sorted(divmod(int(np.argmax(between)), count))
        joins.append(Join(float(between[i, j]), members[i], members[j]))
        row = (sizes[i] * between[i] + sizes[j] * between[j]) / (sizes[i] + sizes[j])
        between[i] = between[:, i] = row
        between[j] = between[:, j] = between[i, i] = -np.inf
        members[i] += members.pop(j)
        sizes[i] += sizes[j]
    return joins
