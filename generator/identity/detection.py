"""Whether a name is several people at all: harder to say than how its papers fall apart, so it is learned apart.

Told from the last joins of a name's tree; learned from rare names, each taken for one person, and from merges of two of
them, as large. How alike mentions are comes from ``model``, how a name falls apart from ``partitions``.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from generator.identity.corpus import Corpus, Indexes
from generator.identity.features import Features
from generator.identity.grouping import Join, Matrix, pairs_of, square, tree
from generator.identity.logistic import Logistic, fit
from generator.identity.model import RARE, Model, common_share, learn, rare_names, unlearned
from generator.identity.partitions import BY_RULE, MOST, Example, Weights
from generator.identity.partitions import learn as learn_groupings

_MERGES = 2
"""Merges made for each rare name, of as many papers as it has."""
_WORTH = 1.0
"""Names on fewer than four papers cannot be two people of two papers each, which is what is worth telling: the log odds
that they have to make up for. On artificial merges, more found hardly more."""
_TELLING = 5
"""Mentions beyond this number make several people no likelier: those are the prolific, not the many."""
_QUICK = 5
"""Mentions of the largest names whose groupings are learned from where time is short."""
_UNSHARED = 0.05
"""Names of which chance makes fewer people than this beside the first: one in twenty is two people's at most."""
_NAMESAKES = 2_400
"""Merges of namesakes that are learned from."""
_PEOPLE = (2, 3, 4)
"""How many people such merges hold, as many of each: a common name is seldom just two people's."""
ENOUGH = 300
"""Rare names that it takes to learn from."""
SHAPE = 22
"""What a block of mentions is described by."""

Vector = npt.NDArray[np.float64]
Weighted = list[tuple[float, list[Indexes]]]
"""Blocks of mentions, with what each counts."""


@dataclass(frozen=True)
class Detector:
    """Says how likely a name is several people."""

    model: Model
    of_rare: Weights
    """What groupings of a rare name's mentions are worth."""
    of_common: Weights
    """What those of a common one are worth."""
    fitted: Logistic
    scores: Vector
    """Of names taken for one person, ascending."""

    def groupings(self, ambiguity: float) -> Weights:
        """Return what groupings of a name's mentions are worth, by how many people chance makes of the name."""
        common = float(common_share(ambiguity)) ** 2  # squared: merges of rare names were grouped better so
        return Weights((1 - common) * self.of_rare.values + common * self.of_common.values)

    def score(self, mentions: Sequence[Indexes], ambiguities: Sequence[float]) -> Vector:
        """Return, for each name, the log odds of several people, up to a constant."""
        if not mentions:
            return np.zeros(0)
        told = self.fitted.log_odds(shapes(self.model, mentions))
        return np.asarray(told + _prior([len(each) for each in mentions], ambiguities))

    def confidence(self, scores: Vector) -> Vector:
        """Return 1 less the share of one-person names that score as high: 0.97 is three false alarms in a hundred."""
        count = len(self.scores)
        if not count:
            return np.zeros(len(scores))
        as_high = count - np.searchsorted(self.scores, scores, side="left")
        return np.asarray(1 - np.maximum(as_high, 1) / (count + 1))


def _prior(counts: Sequence[int], ambiguities: Sequence[float]) -> Vector:
    """Return the log odds, before any paper is read: each pair of mentions may be two people, as chance makes them.

    Below ``RARE``, how rare a name is says nothing more.
    """
    few = np.minimum(np.array(counts, dtype=float), _TELLING)
    people = np.log(np.asarray(ambiguities, dtype=float) + RARE) + np.log(few * (few - 1) / 2)
    return np.asarray(people - _WORTH * (few < 4))


def learned(features: Features, most: int | None = None) -> Detector:
    """Fit the model and the detector on the rare names of a corpus; at most `most` of them, picked evenly.

    A digest with fewer than ``ENOUGH`` of them is judged by rule, and nobody is called several people unasked. Leaving
    out, in a second round, the names that the first took for several people found fewer merges, not more.
    """
    corpus = features.corpus
    names = [name for name in rare_names(corpus, most) if features.row[corpus.of_name[name]].min() >= 0]
    if len(names) < min(ENOUGH, most or ENOUGH):
        nobody = Logistic(np.zeros(SHAPE), np.ones(SHAPE), np.zeros(SHAPE + 1))
        return Detector(unlearned(features), BY_RULE, BY_RULE, nobody, np.zeros(0))
    model = learn(features, names)
    one = [np.array(corpus.of_name[name]) for name in names]
    several = _merges(corpus, names, 2)
    of_one = shapes(model, one)
    rows = np.concatenate([shapes(model, several), of_one])
    labels = np.concatenate([np.ones(len(several)), np.zeros(len(one))])
    weights = np.concatenate([np.full(len(several), len(one) / max(len(several), 1)), np.ones(len(one))])
    fitted = fit(rows, labels, weights, ridge=3.0)
    of_rare = learn_groupings(_examples(model, _of_rare_names(corpus, names), 0.0))
    of_common = learn_groupings(_examples(model, _of_namesakes(features, most or _NAMESAKES), 1.0))
    before = _prior([len(each) for each in one], [float(corpus.ambiguity[name]) for name in names])
    return Detector(model, of_rare, of_common, fitted, np.sort(fitted.log_odds(of_one) + before))


def _merges(corpus: Corpus, names: list[int], least: int) -> list[Indexes]:
    """Merge mentions of two names at random, to as many as each name has; `least` of either, where it has enough."""
    random = np.random.default_rng(2)
    of_size: dict[int, list[int]] = defaultdict(list)
    for name in names:
        for size in range(1, len(corpus.of_name[name]) + 1):
            of_size[size].append(name)
    found = []
    for name in names:
        count = len(corpus.of_name[name])
        for _ in range(_MERGES):
            part = int(random.integers(least if count >= 2 * least else 1, count // 2 + 1))
            one, other = (of_size[size][int(random.integers(len(of_size[size])))] for size in (part, count - part))
            chosen = np.concatenate(
                [random.choice(corpus.of_name[one], part, replace=False),
                 random.choice(corpus.of_name[other], count - part, replace=False)]
            )  # fmt: skip
            if one != other and len(np.unique(corpus.paper_of[chosen])) == count:
                found.append(chosen)
    return found


def _whole(corpus: Corpus, names: list[int], people: int) -> list[Indexes]:
    """Merge rare names, so many at a time, all their papers, each name once."""
    order = np.random.default_rng(3).permutation(names).tolist()
    return _blocks(corpus, [order[start : start + people] for start in range(0, len(order) - people + 1, people)])


def _blocks(corpus: Corpus, merges: Iterable[Sequence[int]]) -> list[Indexes]:
    """Return all mentions of the names of each merge; not where two of them stand on one paper."""
    found = (np.array([mention for name in names for mention in corpus.of_name[name]], np.intp) for names in merges)
    return [block for block in found if len(np.unique(corpus.paper_of[block])) == len(block)]


def _of_rare_names(corpus: Corpus, names: list[int]) -> Weighted:
    """Return rare names that are one person, that two and three were made of, and that hold lone papers."""
    return [
        (1.0, _whole(corpus, names, 2)),
        (0.5, _merges(corpus, names, 1)),
        (0.25, _whole(corpus, names, 3)),
        (0.5, [np.array(corpus.of_name[name]) for name in names]),
    ]


def _of_namesakes(features: Features, most: int) -> Weighted:
    """Return names that are one person, nearly surely, and merges of several of them that share a part."""
    corpus = features.corpus
    sharing: dict[str, list[int]] = defaultdict(list)
    several: list[int] = []
    for name in np.unique(features.name).tolist():
        count = len(corpus.of_name[name])
        if corpus.ambiguity[name] < _UNSHARED and count <= MOST // 2:
            for part in _parts(corpus, name):
                sharing[part].append(name)
            if count > 1:
                several.append(name)
    random = np.random.default_rng(5)
    merges = []
    for people in _PEOPLE:
        for one in random.permutation(np.array(several, dtype=np.intp)).tolist()[: most // len(_PEOPLE)]:
            others = [other for part in _parts(corpus, one) for other in sharing[part] if other != one]
            if len(others) >= people - 1:
                merges.append([one, *random.choice(others, people - 1, replace=False).tolist()])
    alone = [np.array(corpus.of_name[name]) for name in several[:: max(1, len(several) * len(_PEOPLE) // most)]]
    return [(0.5, _blocks(corpus, merges)), (0.5, alone)]


def _parts(corpus: Corpus, name: int) -> tuple[str, ...]:
    slug = corpus.names[name]
    return (f"{slug.partition('-')[0]}-", f"-{slug.rpartition('-')[2]}") if "-" in slug else ()


def _examples(model: Model, weighted: Weighted, ambiguity: float) -> list[Example]:
    largest = _QUICK if model.features.quick else MOST
    kept = [(weight, block) for weight, blocks in weighted for block in blocks if len(block) <= largest]
    tables = model.features.within([block for _, block in kept])
    owners = model.features.corpus.name_of
    return [
        Example(square(len(block), model.of_pairs(rows, ambiguity)), owners[block], weight)
        for (weight, block), rows in zip(kept, tables, strict=True)
    ]


def shapes(model: Model, blocks: Sequence[Indexes]) -> Matrix:
    """Describe how each block hangs together, most of all in its last join: one row a block."""
    found = []
    for block, rows in zip(blocks, model.features.within(blocks), strict=True):
        likeness = square(len(block), model.strangers.log_odds(rows))
        found.append(_shape(model.features, block, likeness, tree(likeness)))
    return np.array(found)


def _shape(features: Features, block: Indexes, likeness: Matrix, joins: list[Join]) -> list[float]:
    join = joins[-1]
    left, right = np.array(join.left), np.array(join.right)
    between = likeness[left[:, None], right]
    few, many = sorted((len(left), len(right)))
    best = (between.max(axis=0).sum() + between.max(axis=1).sum()) / len(block)
    inside = [_mean_within(likeness, group) for group in (left, right) if len(group) > 1]
    before = [each.likeness for each in joins[:-1]]
    one, other = features.row[block[left]], features.row[block[right]]
    years = features.corpus.years
    begun, ended = years[features.paper[one]], years[features.paper[other]]
    gap = max(0.0, float(begun.min() - ended.max()), float(ended.min() - begun.max()))
    return [
        between.mean(),
        between.max(),
        between.min(),
        best,
        np.log(few),
        np.log(many),
        between.mean() * np.log(few * many),
        between.max() if few * many > 1 else 0.0,
        *_pooled(features, one, other),
        np.log1p(gap),
        min(inside) if len(inside) > 1 else 0.0,
        max(inside, default=0.0),
        float(few == 1),
        float(len(block) == 2),
        float(len(block) == 3),
        float(np.mean(before)) if before else 0.0,
        min(before, default=0.0),
        min(before) - join.likeness if before else 0.0,
    ]  # fmt: skip


def _mean_within(likeness: Matrix, group: Indexes) -> float:
    i, j = pairs_of(len(group))
    return float(likeness[group[i], group[j]].mean())


def _pooled(features: Features, one: Indexes, other: Indexes) -> list[float]:
    """Return how alike two groups are by each of the vectors that may be added up."""
    left, right = (features.pooled[rows].sum(axis=0) for rows in (one, other))
    sums = [(left[pool], right[pool]) for pool in features.pools]
    return [float(a @ b / max(float(np.sqrt((a @ a) * (b @ b))), 1e-6)) for a, b in sums]
