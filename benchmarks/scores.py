"""How well groups of papers match people: pairwise precision, recall and F1, and B-cubed F1, averaged over names."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from itertools import combinations


@dataclass(frozen=True)
class Score:
    """Means over names."""

    precision: float
    recall: float
    f1: float
    b_cubed: float

    @classmethod
    def mean(cls, scores: "Sequence[Score]") -> "Score":
        """Average scores, each counted once."""
        return cls(*(sum(column) / len(scores) for column in zip(*map(astuple, scores), strict=True)))

    def __str__(self) -> str:
        return " | ".join(f"{value:.3f}" for value in astuple(self))


def score(cases: "Sequence[tuple[Sequence[set[str]], Mapping[str, str | None]]]") -> Score:
    """Score the groups of each name against whose papers they are; those of nobody in particular do not count."""
    return Score.mean([_score(groups, people) for groups, people in cases])


def _score(groups: Sequence[set[str]], people: Mapping[str, str | None]) -> Score:
    known = {paper: person for paper, person in people.items() if person is not None}
    group = {paper: number for number, papers in enumerate(groups) for paper in papers}
    together = found = right = 0
    for one, other in combinations(known, 2):
        same, joined = known[one] == known[other], group[one] == group[other]
        together, found, right = together + same, found + joined, right + (same and joined)
    precision = right / found if found else 1.0
    recall = right / together if together else 1.0
    return Score(precision, recall, _harmonic(precision, recall), _b_cubed(known, group))


def _b_cubed(known: Mapping[str, str], group: Mapping[str, int]) -> float:
    precision = recall = 0.0
    for paper in known:
        mates = {other for other in known if group[other] == group[paper]}
        own = {other for other in known if known[other] == known[paper]}
        precision += len(mates & own) / len(mates)
        recall += len(mates & own) / len(own)
    return _harmonic(precision / len(known), recall / len(known)) if known else 1.0


def _harmonic(one: float, other: float) -> float:
    return 2 * one * other / (one + other) if one + other else 0.0
