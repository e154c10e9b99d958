"""Learns, from the digest at hand, how alike two mentions of one person are; no label of anybody is needed.

Names so rare that chance hardly makes two people of them stand for one person each: pairs of their mentions are pairs
of one person. Pairs of different names are pairs of different people: names drawn at random, and names that share a
part, whose people move in the same circles as namesakes do. Grouping is left to ``partitions``.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from generator.identity.corpus import Corpus, Indexes
from generator.identity.features import FEATURES, Features
from generator.identity.logistic import Logistic, fit, log_odds

RARE = 0.002
"""Names of which chance makes fewer people than this beside the first are taken for one person's."""
_PAIRS_A_NAME = 6
_DIFFERENT = 2
"""What pairs of different people weigh beside pairs of one person."""
_DRAWN = 8
"""Pairs of different people that are drawn for each pair of one person: many, so that chance plays no part."""
BASE = log_odds(1 / (1 + _DIFFERENT))
"""The log odds that a pair of the examples is one person's: what a regression says of a pair that tells nothing."""
_RUN = 50
"""Names that are taken together, in the order of family names."""
_MANY = 40
"""Names with more mentions say nothing that others do not."""


def rare_names(corpus: Corpus, most: int | None = None) -> list[int]:
    """Return names that are taken for one person's and stand on two papers or more; at most `most`, picked evenly."""
    papers = corpus.papers_of_name
    found: list[int] = np.flatnonzero((papers >= 2) & (papers <= _MANY) & (corpus.ambiguity < RARE)).tolist()
    if most is None or len(found) <= most:
        return found
    return [found[place] for place in np.linspace(0, len(found) - 1, most).astype(int)]


def circles(corpus: Corpus, most: int) -> list[int]:
    """Return names in runs that share their last part, picked evenly: at most about `most` names."""
    ordered = sorted(range(len(corpus.names)), key=lambda name: corpus.ends[name][1])
    runs = [ordered[start : start + _RUN] for start in range(0, len(ordered), _RUN)]
    kept = np.linspace(0, len(runs) - 1, max(most // _RUN, 1)).astype(int) if len(ordered) > most else range(len(runs))
    return [name for run in kept for name in runs[run]]


@dataclass(frozen=True)
class Model:
    """How alike two mentions are."""

    features: Features
    strangers: Logistic
    """One person's pairs against pairs of names drawn at random."""
    namesakes: Logistic
    """One person's pairs against pairs of names that share a part."""

    def of_pairs(self, rows: npt.NDArray[np.float32], ambiguity: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return the log odds that compared pairs of a name are one person's.

        The more people chance makes of a name, the more its other people resemble namesakes, and the more of them there
        are: a pair of a rare name is one person's with even odds, of a common one with odds of one to two.
        """
        common = common_share(ambiguity)
        mixed = (1 - common) * self.strangers.log_odds(rows) + common * self.namesakes.log_odds(rows)
        prior = 1 / (2 + common)
        found: npt.NDArray[np.float64] = mixed - BASE + np.log(prior / (1 - prior))
        return found


_RULE = {"shared": 3.0, "near_cosine": 3.0, "words": 2.0, "topic_far": 1.0, "organization": 1.0}


def unlearned(features: Features) -> Model:
    """Return a model for a digest too small to learn from: who shares a co-author is one person, nearly always.

    The numbers are set by hand; what they give is the components of the co-author graph, softened by what papers are
    about.
    """
    weights = np.array([-2.0 + BASE, *(_RULE.get(name, 0.0) for name in FEATURES)])
    rule = Logistic(np.zeros(len(FEATURES)), np.ones(len(FEATURES)), weights)
    return Model(features, rule, rule)


def common_share(ambiguity: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return how common a name is, from 0 to 1; one half at the border of the rare."""
    value = np.asarray(ambiguity, dtype=np.float64)
    return np.asarray(value / (value + RARE))


def learn(features: Features, names: list[int]) -> Model:
    """Fit on `names`, each taken for one person."""
    random = np.random.default_rng(0)
    same = _of_one_person(features.corpus, names, random)
    count = _DRAWN * len(same)
    apart = [_strangers(features.corpus, names, count, random), _namesakes(features, count, random)]
    rows = features.pairs(same[:, 0], same[:, 1])
    fitted = []
    for pairs in apart:
        other = features.pairs(pairs[:, 0], pairs[:, 1])
        labels = np.concatenate([np.ones(len(rows)), np.zeros(len(other))])
        weight = _DIFFERENT * len(rows) / max(len(other), 1)
        weights = np.concatenate([np.ones(len(rows)), np.full(len(other), weight)])
        fitted.append(fit(np.concatenate([rows, other]), labels, weights))
    return Model(features, *fitted)


def _of_one_person(corpus: Corpus, names: list[int], random: np.random.Generator) -> Indexes:
    pairs: list[tuple[int, int]] = []
    for name in names:
        mentions = corpus.of_name[name]
        found = [(i, j) for place, j in enumerate(mentions) for i in mentions[:place]]
        if len(found) > _PAIRS_A_NAME:
            found = [found[k] for k in random.choice(len(found), _PAIRS_A_NAME, replace=False)]
        pairs += found
    return np.array(pairs, dtype=np.intp).reshape(-1, 2)


def _different_papers(corpus: Corpus, left: Indexes, right: Indexes) -> Indexes:
    kept = corpus.paper_of[left] != corpus.paper_of[right]
    return np.column_stack([left[kept], right[kept]])


def _strangers(corpus: Corpus, names: list[int], count: int, random: np.random.Generator) -> Indexes:
    one, other = random.choice(names, count), random.choice(names, count)
    different = one != other
    picks = random.random((2, count))[:, different]
    return _different_papers(
        corpus, _mention(corpus, one[different], picks[0]), _mention(corpus, other[different], picks[1])
    )


def _mention(corpus: Corpus, names: Iterable[int], picks: npt.NDArray[np.float64]) -> Indexes:
    """Pick a mention of each name, by numbers from 0 to 1."""
    pairs = zip(names, picks.tolist(), strict=True)
    return np.array(
        [(found := corpus.of_name[int(name)])[int(pick * len(found))] for name, pick in pairs], dtype=np.intp
    )


def _namesakes(features: Features, count: int, random: np.random.Generator) -> Indexes:
    """Draw mentions of two names that share their first or their last part, each name among those with features."""
    corpus = features.corpus
    sharing: dict[str, list[int]] = {}
    for name in np.unique(features.name).tolist():
        parts = corpus.names[name].split("-")
        if len(parts) > 1:
            sharing.setdefault(f"{parts[0]}-", []).append(name)
            sharing.setdefault(f"-{parts[-1]}", []).append(name)
    circles = [circle for circle in sharing.values() if len(circle) > 1]
    if not circles:
        return np.zeros((0, 2), dtype=np.intp)
    # A circle counts by its names, a very large one no more than forty.
    sizes = np.minimum([len(circle) for circle in circles], 40).astype(float)
    chosen = random.choice(len(circles), count, p=sizes / sizes.sum())
    picks = random.random((4, count))
    lengths = np.array([len(circles[number]) for number in chosen])
    first = (picks[0] * lengths).astype(int)
    second = (first + 1 + (picks[1] * (lengths - 1)).astype(int)) % lengths
    one = [circles[number][place] for number, place in zip(chosen, first, strict=True)]
    other = [circles[number][place] for number, place in zip(chosen, second, strict=True)]
    return _different_papers(corpus, _mention(corpus, one, picks[2]), _mention(corpus, other, picks[3]))
