"""What two mentions of a name have in common: co-authors, their co-authors, words, years, places, origins.

The name itself is left out of everything, row and column of the co-author graph: what it would tell is what is asked.
How much each thing counts is left to ``model``.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from scipy import sparse

from generator.identity import wording, words
from generator.identity.corpus import Corpus, Floats, Indexes
from generator.identity.grouping import pairs_of
from generator.text import fold

FEATURES = (
    "shared", "shared_weight", "near", "near_cosine", "direct", "authors_least", "authors_most", "words", "venue",
    "years", "abstracts", "topic", "topic_cross", "topic_near", "topic_all", "topic_far", "career", "origin",
    "origin_near", "walk", "first", "last", "place", "organization", "alone", "phrases", "closer_own", "closer_all",
    "closer_far", "closer_walk", "known_least", "known_most", "written_least", "written_most", "busiest_least",
    "busiest_most",
)  # fmt: skip
_WALK = 192
"""Dimensions of the random projection that carries longer walks through the co-author graph."""
_BEGINNING = 400
"""Characters of an abstract that are read where time is short."""
_FEW = 3_000
"""Papers and names whose directions stand for all, where time is short."""


_CROWD = 400
"""Mentions that stand for all where it is asked how close the closest are."""
_MANY = 100
"""Pairs of mentions of one name from which on all its mentions are compared with all."""
_CLOSEST = 20
"""How many of them are the closest."""


class Features:
    """The vectors of mentions, made once for a corpus; `pairs` compares."""

    def __init__(self, corpus: Corpus, mentions: Indexes, quick: bool = False) -> None:
        """Make the vectors of `mentions`; `quick` reads only the titles of other papers, and is rougher elsewhere."""
        self.corpus = corpus
        self.mentions = mentions
        self.row = np.full(len(corpus.mentions), -1, dtype=np.intp)
        self.row[mentions] = np.arange(len(mentions))
        self.paper = corpus.paper_of[mentions]
        self.name = corpus.name_of[mentions]
        self.quick = quick
        self._tables: dict[bytes, Floats] = {}
        self._words(set(self.paper.tolist()) if quick else None)
        self._graph()
        self._profiles()
        self._places()
        self._surroundings()

    def _words(self, read: set[int] | None) -> None:
        records = self.corpus.records
        most = _BEGINNING if self.quick else wording.READ
        self.text = words.tfidf(
            [
                wording.words_of(record, most if read is None or paper in read else 0)
                for paper, record in enumerate(records)
            ]
        )
        self.venue = words.tfidf([wording.venue_words(record) for record in records], most=0.5, least=1)
        self.phrases = words.tfidf([[] if self.quick else wording.phrases_of(record) for record in records], most=0.02)
        few = _FEW if self.quick else None
        self.topic = words.main_directions(self.text, most=few)
        self.abstract = np.array([bool(record.abstract) for record in records], dtype=np.float32)
        origins = words.main_directions(words.weighted(words.letters(self.corpus.names), most=1.0, least=3), 40, few)
        self.origin = origins / np.maximum(origins.std(axis=0), 1e-6)

    def _graph(self) -> None:
        corpus = self.corpus
        by = corpus.written_by
        rarity = np.log(len(corpus.ids) / corpus.papers_of_name) / max(np.log(len(corpus.ids)), 1.0)
        self.weight = (np.maximum(rarity, 0.01) / (1 + 5 * corpus.ambiguity)).astype(np.float32)
        graph = sparse.csr_array(by.T @ by)
        graph.setdiag(0)
        graph.eliminate_zeros()
        degree = np.maximum(np.diff(graph.indptr), 1)
        graph.data = np.log1p(graph.data)
        strength = np.maximum(np.asarray(graph.sum(axis=1)).ravel(), 1e-9)
        self.near = scaled(graph, None, self.weight / np.sqrt(degree))
        self.step = scaled(graph, 1 / strength, self.weight)
        self.walk = scaled(graph, 1 / np.sqrt(strength), np.sqrt(self.weight / strength))

    def _profiles(self) -> None:
        """Make the vectors of mentions, each without its own name."""
        corpus, by = self.corpus, self.corpus.written_by
        beside = by[self.paper]
        own_name = self.name.astype(np.int32)
        keep = beside.indices != np.repeat(own_name, np.diff(beside.indptr))
        beside.data = beside.data * keep
        beside.eliminate_zeros()
        self.beside = beside
        self.count = np.diff(beside.indptr).astype(np.float32)
        weighted = scaled(beside, None, self.weight)
        self.weighted = weighted
        self.shared = scaled(beside, None, np.sqrt(self.weight))
        profile = sparse.csr_array(weighted @ self.near)
        profile.data *= profile.indices != np.repeat(own_name, np.diff(profile.indptr))
        self.profile = profile
        self.length = _lengths(profile)

        size = np.maximum(np.asarray(by.sum(axis=1)).ravel(), 1)
        mean_by = scaled(by, 1 / np.sqrt(size), None)
        topic_of_name = np.asarray(mean_by.T @ self.topic)
        own = np.asarray(weighted.sum(axis=1)).ravel() / np.sqrt(size[self.paper])
        topic = self.topic[self.paper]
        self.topic_beside = words.unit(weighted @ topic_of_name - own[:, None] * topic)
        # How much of what the co-authors' neighbours say is the name itself: taken out.
        through = _entries(weighted @ self.step, self.name)
        self.topic_near = words.unit(
            weighted @ (self.step @ topic_of_name) - through[:, None] * topic_of_name[self.name]
        )
        self.topic_own = topic
        near = weighted @ (self.step @ self.origin) - through[:, None] * self.origin[self.name]
        self._pool(
            words.unit(topic + self.topic_beside),
            words.unit(topic + self.topic_beside + np.float32(0.7) * self.topic_near),
            self._walked(weighted),
            words.unit(beside @ self.origin),
            words.unit(near),
        )
        active = np.asarray(by.T @ corpus.years).ravel() / corpus.papers_of_name
        total = np.asarray(weighted.sum(axis=1)).ravel()
        year = corpus.years[self.paper]
        self.career = np.where(total > 1e-6, (weighted @ active) / np.maximum(total, 1e-6), year)

    def _pool(self, *vectors: Floats) -> None:
        """Lay vectors that may be added up to those of a group side by side, so that all are added up at once."""
        self.pooled = np.concatenate(vectors, axis=1)
        ends = np.cumsum([0, *(each.shape[1] for each in vectors)]).tolist()
        self.pools = [slice(*each) for each in pairwise(ends)]
        self.topic_all, self.topic_far, self.walks, self.origin_beside, self.origin_near = (
            self.pooled[:, pool] for pool in self.pools
        )

    def _walked(self, weighted: sparse.csr_array) -> Floats:
        """Return where longer walks through the co-author graph lead, the name itself left out."""
        width = _WALK // 4 if self.quick else _WALK
        random = np.random.default_rng(1).standard_normal((len(self.corpus.names), width)).astype(np.float32)
        random /= np.float32(np.sqrt(width))
        once = self.walk @ random + np.float32(0.5) * random
        found = weighted @ (self.walk @ once)
        through = _entries(weighted @ self.walk, self.name)
        found -= through[:, None] * once[self.name]
        own = words.unit(random[self.name])
        found -= (found * own).sum(axis=1, keepdims=True) * own
        return words.unit(found)

    def _places(self) -> None:
        found = [self.corpus.mentions[mention] for mention in self.mentions]
        self.place = np.array([mention.place for mention in found], dtype=np.float32)
        self.last = ((self.place == 1) & (self.count > 0)).astype(np.float32)
        self.first = (self.place == 0).astype(np.float32)
        places: dict[str, int] = {}
        named = (mention.affiliation or self.corpus.records[mention.paper].organization for mention in found)
        self.organization = np.array([places.setdefault(fold(at), len(places)) if at else -1 for at in named])

    def _surroundings(self) -> None:
        """Measure how close the closest of all mentions are, and how much could be known of a mention's co-authors."""
        chosen = np.linspace(0, len(self.mentions) - 1, min(_CROWD, len(self.mentions))).astype(int)
        self.closest = [_closest(rows, chosen) for rows in self._compared]
        papers = self.corpus.papers_of_name
        self.known = np.log1p(np.diff(self.profile.indptr)).astype(np.float32)
        self.written = np.log1p(self.beside @ np.log(papers))
        self.busiest = np.log1p(self.beside.multiply(papers[None, :]).tocsr().max(axis=1).toarray().ravel())

    @property
    def _compared(self) -> tuple[Floats, ...]:
        return self.topic_own, self.topic_all, self.topic_far, self.walks

    def pairs(self, left: Indexes, right: Indexes) -> Floats:
        """Compare mentions, given by number: one row a pair, columns as in ``FEATURES``."""
        chunks = [
            self._pairs(self.row[left[start : start + 20_000]], self.row[right[start : start + 20_000]])
            for start in range(0, len(left), 20_000)
        ]
        return np.concatenate(chunks) if chunks else np.zeros((0, len(FEATURES)), dtype=np.float32)

    def within(self, blocks: Sequence[Indexes]) -> list[Floats]:
        """Compare the mentions within each block, i < j, all blocks at once: a table a block."""
        if not self.quick:
            return self._within(blocks)
        # A name is judged, then grouped: where time is short and names are few, its table is kept for that.
        new = {key: block for block in blocks if (key := block.tobytes()) not in self._tables}
        self._tables.update(zip(new, self._within(list(new.values())), strict=True))
        return [self._tables[block.tobytes()] for block in blocks]

    def _within(self, blocks: Sequence[Indexes]) -> list[Floats]:
        if not blocks:
            return []
        corners = [pairs_of(len(block)) for block in blocks]
        left = np.concatenate([block[i] for block, (i, _) in zip(blocks, corners, strict=True)])
        right = np.concatenate([block[j] for block, (_, j) in zip(blocks, corners, strict=True)])
        return np.split(self.pairs(left, right), np.cumsum([len(i) for i, _ in corners])[:-1])

    def _pairs(self, p: Indexes, q: Indexes) -> Floats:
        paper, other = self.paper[p], self.paper[q]
        years = self.corpus.years
        near, direct = self._nearness(p, q)
        a, b = self.organization[p], self.organization[q]
        shared = dot(self.beside, p, q)
        columns = [
            np.minimum(shared, 3),
            dot(self.shared, p, q),
            np.log1p(10 * near),
            np.sqrt(np.clip(near / np.maximum(self.length[p] * self.length[q], 1e-9), 0, 1)),
            np.log1p(5 * direct),
            np.log1p(np.minimum(self.count[p], self.count[q])),
            np.log1p(np.maximum(self.count[p], self.count[q])),
            dot(self.text, paper, other),
            dot(self.venue, paper, other),
            np.log1p(np.abs(years[paper] - years[other])),
            self.abstract[paper] + self.abstract[other],
            _along(self.topic_own, p, q),
            _along(self.topic_beside, p, q, self.topic_own),
            _along(self.topic_near, p, q, self.topic_own),
            _along(self.topic_all, p, q),
            _along(self.topic_far, p, q),
            np.log1p(np.abs(self.career[p] - self.career[q])),
            _along(self.origin_beside, p, q),
            _along(self.origin_near, p, q),
            _along(self.walks, p, q),
            self.first[p] + self.first[q],
            self.last[p] + self.last[q],
            np.abs(self.place[p] - self.place[q]),
            np.where((a >= 0) & (b >= 0), np.where(a == b, 1.0, -0.2), 0.0),
            (self.count[p] == 0).astype(np.float32) + (self.count[q] == 0),
            dot(self.phrases, paper, other),
            # Likeness less that of the closest others of each (CSLS of Conneau et al. 2018): papers of a crowded field
            # are alike whoever wrote them.
            *(
                2 * _along(rows, p, q) - near[p] - near[q]
                for rows, near in zip(self._compared, self.closest, strict=True)
            ),
            *(
                of(each[p], each[q])
                for each in (self.known, self.written, self.busiest)
                for of in (np.minimum, np.maximum)
            ),
        ]
        return np.column_stack(columns).astype(np.float32)

    def _nearness(self, p: Indexes, q: Indexes) -> tuple[Floats, Floats]:
        """Return, of pairs, how alike the surroundings are, and how far each one's co-authors are the other's."""
        near, direct = np.zeros(len(p), dtype=np.float32), np.zeros(len(p), dtype=np.float32)
        in_pairs = np.ones(len(p), dtype=bool)
        name = np.where(self.name[p] == self.name[q], self.name[p], -1)
        for large in np.flatnonzero(np.bincount(name + 1)[1:] >= _MANY):
            # Each mention stands in many pairs: all are compared with all sooner.
            chosen = np.flatnonzero(name == large)
            among, place = np.unique(np.concatenate([p[chosen], q[chosen]]), return_inverse=True)
            i, j = np.split(place, 2)
            around = self.profile[among]
            each_way = around @ self.weighted[among].T
            near[chosen] = _cells(around @ around.T, i, j)
            direct[chosen] = _cells(each_way, i, j) + _cells(each_way, j, i)
            in_pairs[chosen] = False
        i, j = p[in_pairs], q[in_pairs]
        around, around_other = self.profile[i], self.profile[j]
        near[in_pairs] = _row_dot(around, around_other)
        direct[in_pairs] = _row_dot(around, self.weighted[j]) + _row_dot(self.weighted[i], around_other)
        return near, direct


def _cells(table: sparse.csr_array, i: Indexes, j: Indexes) -> Floats:
    return np.asarray(table[i, j], dtype=np.float32).ravel()


def scaled(rows: sparse.csr_array, left: Floats | None, right: Floats | None) -> sparse.csr_array:
    """Multiply the rows of a matrix by `left` and its columns by `right`."""
    data = rows.data
    if left is not None:
        data = data * np.repeat(left, np.diff(rows.indptr))
    if right is not None:
        data = data * right[rows.indices]
    return sparse.csr_array((data.astype(np.float32), rows.indices, rows.indptr), shape=rows.shape)


def _lengths(rows: sparse.csr_array) -> Floats:
    """Return the length of each row, without a copy of the matrix."""
    filled = np.diff(rows.indptr) > 0
    found = np.zeros(rows.shape[0], dtype=np.float32)
    found[filled] = np.sqrt(np.add.reduceat(rows.data * rows.data, rows.indptr[:-1][filled]))
    return found


def _entries(rows: sparse.csr_array, columns: Indexes) -> Floats:
    """Return one entry of each row."""
    rows = sparse.csr_array(rows)
    hit = rows.indices == np.repeat(columns, np.diff(rows.indptr))
    row = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))[hit]
    found = np.zeros(rows.shape[0], dtype=np.float32)
    found[row] = rows.data[hit]
    return found


def _closest(rows: Floats, chosen: Indexes) -> Floats:
    """Return how alike each row is to the most alike of the chosen ones, on average."""
    count = min(_CLOSEST, len(chosen))
    found = np.zeros(len(rows), dtype=np.float32)
    if count:
        others = rows[chosen].T
        for start in range(0, len(rows), 4_000):
            likeness = rows[start : start + 4_000] @ others
            found[start : start + 4_000] = np.partition(likeness, -count, axis=1)[:, -count:].mean(axis=1)
    return found


def _row_dot(left: sparse.csr_array, right: sparse.csr_array) -> Floats:
    return np.asarray(left.multiply(right).sum(axis=1), dtype=np.float32).ravel()


def dot(rows: sparse.csr_array, p: Indexes, q: Indexes) -> Floats:
    """Return the dot products of pairs of rows."""
    return _row_dot(rows[p], rows[q])


def _along(rows: Floats, p: Indexes, q: Indexes, others: Floats | None = None) -> Floats:
    """Return the dot products of pairs of rows; with `others`, of each row with the other's counterpart, summed."""
    if others is None:
        return np.asarray(np.einsum("ij,ij->i", rows[p], rows[q]))
    return np.asarray(np.einsum("ij,ij->i", rows[p], others[q]) + np.einsum("ij,ij->i", others[p], rows[q]))
