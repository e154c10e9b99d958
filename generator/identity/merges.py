"""Names that may be one person's, written in several ways: likely pairs, each with how sure it is.

Which names can be one is left to ``generator.names``, how alike their papers are to ``model``.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from generator.identity.corpus import Corpus
from generator.identity.detection import Detector
from generator.identity.logistic import probability
from generator.identity.model import BASE, RARE
from generator.names import SUFFIXES, Likeness, Name, alike, parse_name, without_digraphs

_VARIANTS = 0.05
"""The share of people who write their name in two ways within one digest: a guess, on the careful side."""
_PARTED = re.compile("[,'’‘ʼʹʻ´`′]")
"""Signs at which a name is taken apart though its slug is not, or the other way round."""
_COMPARED = 12
"""Mentions of each name that are compared."""


@dataclass(frozen=True, slots=True)
class Merge:
    """Two names that may be one person's."""

    names: tuple[int, int]
    """Numbers in the corpus, the name with more papers first."""
    how: Likeness
    confidence: float
    """The chance that they are."""


def candidates(corpus: Corpus, touched: set[int] | None = None) -> list[tuple[int, int, Likeness]]:
    """Return the pairs of names that can be one person's; with `touched`, those that hold one of these names.

    Names that stand on one paper together are two people's.
    """
    numbers = range(len(corpus.names)) if touched is None else sorted(_near(corpus, touched))
    places = None if touched is None else {place for place, name in enumerate(numbers) if name in touched}
    return [
        (numbers[one], numbers[other], how)
        for one, other, how in alike([corpus.spelled[name] for name in numbers], places)
        if not {corpus.mentions[mention].paper for mention in corpus.of_name[numbers[one]]}
        & {corpus.mentions[mention].paper for mention in corpus.of_name[numbers[other]]}
    ]


def _near(corpus: Corpus, touched: set[int]) -> set[int]:
    """Return the names that may be like one of a few, and some others: told by their slugs, since most are not."""
    names = [parse_name(corpus.spelled[name]) for name in touched]
    return touched | _near_by_letters(corpus, names) | _near_by_parts(corpus, names)


def _near_by_letters(corpus: Corpus, names: Sequence[Name]) -> set[int]:
    """Return the names with the letters of one of `names`, in whatever order, or with one written as two."""
    found = set(np.flatnonzero(np.isin(_sums(corpus.names), _sums([name.letters for name in names]))).tolist())
    plain = {name.plain for name in names}
    for number, slug in enumerate(corpus.names):
        letters = slug.replace("-", "")
        if letters in plain or ("e" in letters and without_digraphs(letters) in plain):
            found.add(number)
    return found


def _sums(slugs: Sequence[str]) -> npt.NDArray[np.int64]:
    """Return numbers that are the same for the same letters in any order, and hardly ever for others."""
    text = np.frombuffer("".join(f"{slug}-" for slug in slugs).encode("ascii"), dtype=np.uint8)
    worth = np.random.default_rng(4).integers(1 << 40, size=128)
    worth[ord("-")] = 0
    ends = np.cumsum([len(slug) + 1 for slug in slugs], dtype=np.intp)
    return np.diff(np.cumsum(worth[text])[ends - 1], prepend=0)


def _near_by_parts(corpus: Corpus, names: Sequence[Name]) -> set[int]:
    """Return the names that begin like one of `names`, have its family name and initials, or may be taken for such."""
    starts = {"-".join(name.parts[:2]) for name in names}
    # Family name -> given names: a whole one, the initials of several, "x*" for whatever begins with an x.
    givens: dict[str, set[str]] = defaultdict(set)
    for name in names:
        if name.given and name.family:
            joined = "".join(part[0] for part in name.given)
            givens[name.family[-1]] |= {name.given[0], name.given[0][0], joined, f"{name.given[0]}*"}
    found = set()
    for number, (slug, (first, last)) in enumerate(zip(corpus.names, corpus.ends, strict=True)):
        given = givens.get(last)
        if slug in starts or (given and (first in given or f"{first[0]}*" in given)):
            found.add(number)
        elif first == last or first in SUFFIXES or last in SUFFIXES or _PARTED.search(corpus.spelled[number]):
            found.add(number)  # not taken apart where its slug is
        elif slug.count("-") > 1:
            parts = slug.split("-")
            joined = "".join(part[0] for part in parts)
            of_several = (joined[:count] in given for count in range(2, len(parts))) if given else ()
            if "-".join(parts[:2]) in starts or any(of_several):
                found.add(number)
    return found


def merges(
    detector: Detector,
    pairs: Sequence[tuple[int, int, Likeness]],
    persons: Mapping[int, str],
    orcids: Mapping[int, str],
) -> list[Merge]:
    """Judge pairs of names; those that curators have spoken about, and those of two ORCIDs, are left out."""
    corpus = detector.model.features.corpus
    chances = _Chances(corpus)
    found, doubtful = [], []
    for one, other, how in pairs:
        left, right = orcids.get(one), orcids.get(other)
        if left and left == right and not (one in persons and other in persons):
            found.append(Merge(_ordered(corpus, one, other), how, 1.0))
        elif not (left and right) and not (one in persons and other in persons):
            doubtful.append((one, other, how))
    told = _told(detector, doubtful)
    odds = [np.log(_VARIANTS) - np.log(chances.of(*each) + RARE) for each in doubtful]
    for (one, other, how), chance in zip(doubtful, probability(told + np.array(odds)).tolist(), strict=True):
        found.append(Merge(_ordered(corpus, one, other), how, chance))
    return sorted(found, key=lambda merge: (-merge.confidence, merge.names))


def _ordered(corpus: Corpus, one: int, other: int) -> tuple[int, int]:
    first, second = sorted((one, other), key=lambda name: (-len(corpus.of_name[name]), corpus.names[name]))
    return first, second


class _Chances:
    """How many other people of a corpus a name fits, by chance alone."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.families = Counter(name.rpartition("-")[2] for name in corpus.names)
        self.initials = Counter(name[0] for name in corpus.names)

    def of(self, one: int, other: int, how: Likeness) -> float:
        """Return the number of people that the less telling of two names fits."""
        if how is Likeness.INITIALS:
            shorter = min((self.corpus.names[one], self.corpus.names[other]), key=lambda name: (len(name), name))
            return self.families[shorter.rpartition("-")[2]] * self.initials[shorter[0]] / len(self.corpus.names)
        return float(max(self.corpus.ambiguity[one], self.corpus.ambiguity[other]))


def _told(detector: Detector, pairs: Sequence[tuple[int, int, Likeness]]) -> npt.NDArray[np.float64]:
    """Return the log odds that the papers of two names tell: halfway from the average of all pairs to the best."""
    if not pairs:
        return np.zeros(0)
    features = detector.model.features
    sides = [
        [np.array(features.corpus.of_name[name][:_COMPARED], dtype=np.intp) for name in pair[:2]] for pair in pairs
    ]
    rows = features.pairs(
        np.concatenate([np.repeat(left, len(right)) for left, right in sides]),
        np.concatenate([np.tile(right, len(left)) for left, right in sides]),
    )
    told = detector.model.namesakes.log_odds(rows) - BASE
    ends = np.cumsum([len(left) * len(right) for left, right in sides])[:-1]
    found = []
    for likeness, (left, right) in zip(np.split(told, ends), sides, strict=True):
        table = likeness.reshape(len(left), len(right))
        best = (table.max(axis=0).mean() + table.max(axis=1).mean()) / 2
        found.append((best + table.mean()) / 2)
    return np.array(found)
