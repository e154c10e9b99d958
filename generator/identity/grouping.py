"""How the mentions of one name fall apart: a tree by average likeness, cut where the expected pairwise F1 is highest.

How alike two mentions are comes from ``model``, what a join of groups is worth from ``joining``; whether a name is
several people at all from ``detection``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]
SURE = 30.0
"""Log odds of what is not guessed: one ORCID, or a curator's claim."""
NEVER = -1e6
"""Two persons' mentions: low enough to be seen in the average of any two groups."""


@dataclass(frozen=True, slots=True)
class Join:
    """Two groups that come together, and how alike they are on average (log odds)."""

    likeness: float
    left: tuple[int, ...]
    right: tuple[int, ...]

    @property
    def is_barred(self) -> bool:
        """Whether it would make one person of two who are known to be two."""
        return self.likeness < -SURE


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


def groups(count: int, joins: list[Join], chances: npt.NDArray[np.float64], least: int = 1) -> list[tuple[int, ...]]:
    """Cut a tree where the expected pairwise F1 is highest; give groups by size, then by first member; `least` of them.

    `chances` are those that the two sides of each join are one person; they are taken for all pairs across it. The
    expected F1 of a grouping is then 2 sum(p within groups) / (pairs within groups + sum(p)); that of no pairs at all
    is the chance that there are none.
    """
    sizes = np.array([len(join.left) * len(join.right) for join in joins], dtype=float)
    expected = float((sizes * chances).sum())
    best, steps = float(np.prod((1 - chances) ** sizes)), 0
    within = pairs = 0.0
    for step, join in enumerate(joins[: count - least], start=1):
        if join.is_barred:
            break
        within += float(sizes[step - 1] * chances[step - 1])
        pairs += float(sizes[step - 1])
        f1 = 2 * within / (pairs + expected)
        if f1 > best + 1e-12:
            best, steps = f1, step
    found: dict[int, tuple[int, ...]] = {row: (row,) for row in range(count)}
    for join in joins[:steps]:
        found[join.left[0]] = tuple(sorted(found.pop(join.left[0]) + found.pop(join.right[0])))
    return sorted(found.values(), key=lambda group: (-len(group), group))
