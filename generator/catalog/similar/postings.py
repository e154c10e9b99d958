"""Which papers have a word, and what it weighs in each: in arrays, so that a change costs no more than its words."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, compress

import msgspec

from generator.catalog.similar.words import numbers_of

Lists = tuple[list[int], list[int]]
"""Papers, in order of their days, and what a word weighs in each."""


class Postings(msgspec.Struct, frozen=True, array_like=True):
    """An index as it is kept."""

    words: bytes = b""
    """Sorted."""
    counts: bytes = b""
    """How many papers have each."""
    papers: bytes = b""
    """Of the first word, then of the second."""
    weights: bytes = b""
    """0 for words by which a paper is not compared."""


class Index:
    """Finds the papers that have a word; what changes is laid over what was kept."""

    def __init__(self, kept: Postings) -> None:
        self._words = numbers_of("I", kept.words)
        self._counts = numbers_of("I", kept.counts)
        self._starts = [0, *accumulate(self._counts)]
        self._papers = numbers_of("I", kept.papers)
        self._weights = numbers_of("H", kept.weights)
        self._changed: dict[int, Lists] = {}
        self.compared = _Compared(self)

    def papers(self, word: int) -> Lists:
        """Return the papers that have a word, and its weights."""
        changed = self._changed.get(word)
        if changed is not None:
            return changed
        start, stop = self._range(word)
        return self._papers[start:stop].tolist(), self._weights[start:stop].tolist()

    def before(self, word: int, paper: int) -> int:
        """Return how many papers before one have a word."""
        changed = self._changed.get(word)
        if changed is not None:
            return bisect_left(changed[0], paper)
        start, stop = self._range(word)
        return bisect_left(self._papers, paper, start, stop) - start

    def between(self, word: int, start: int, stop: int) -> list[int]:
        """Return the papers from `start` to `stop` that have a word."""
        papers, _ = self.papers(word)
        return papers[bisect_left(papers, start) : bisect_left(papers, stop)]

    def add(self, paper: int, words: Iterable[int], weights: Mapping[int, int]) -> None:
        """Add a paper that has words, of which some weigh something."""
        weight_of = weights.get
        for word in words:
            papers, their_weights = self._changed.get(word) or self._opened(word)
            place = len(papers)
            if papers and papers[-1] > paper:
                place = bisect_left(papers, paper)
            papers.insert(place, paper)
            their_weights.insert(place, weight_of(word, 0))

    def remove(self, paper: int, words: Iterable[int]) -> None:
        """Remove a paper that had words."""
        for word in words:
            papers, weights = self._opened(word)
            place = bisect_left(papers, paper)
            del papers[place], weights[place]

    def renumber(self, new: Sequence[int]) -> None:
        """Give papers other numbers, in the same order; those that were removed have none."""
        self._papers = array("I", map(new.__getitem__, self._papers))
        for papers, _ in self._changed.values():
            papers[:] = map(new.__getitem__, papers)

    def kept(self) -> Postings:
        """Return the index as it is to be kept."""
        words, counts, papers, weights = array("I"), array("I"), array("I"), array("H")
        done = 0

        def keep(until: int) -> None:
            words.extend(self._words[done:until])
            counts.extend(self._counts[done:until])
            papers.extend(self._papers[self._starts[done] : self._starts[until]])
            weights.extend(self._weights[self._starts[done] : self._starts[until]])

        for word in sorted(self._changed):
            place = bisect_left(self._words, word, done)
            keep(place)
            done = place + (self._words[place : place + 1] == array("I", [word]))
            its, their_weights = self._changed[word]
            if its:
                words.append(word)
                counts.append(len(its))
                papers.extend(its)
                weights.extend(their_weights)
        keep(len(self._words))
        return Postings(words.tobytes(), counts.tobytes(), papers.tobytes(), weights.tobytes())

    def _range(self, word: int) -> tuple[int, int]:
        place = bisect_left(self._words, word)
        if place == len(self._words) or self._words[place] != word:
            return 0, 0
        return self._starts[place], self._starts[place + 1]

    def _opened(self, word: int) -> Lists:
        found = self._changed.get(word)
        if found is None:
            found = self._changed[word] = self.papers(word)
        return found


class _Compared(dict[int, Lists]):
    """By a word, the papers that are compared by it: each is looked for once, when all are weighed."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def __missing__(self, word: int) -> Lists:
        papers, weights = self._index.papers(word)
        found = self[word] = list(compress(papers, weights)), list(filter(None, weights))
        return found
