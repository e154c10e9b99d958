"""What papers are about, as vectors: weighted words, and the directions in which a corpus differs most.

Which papers belong together is left to ``model`` and ``partitions``.
"""

from collections.abc import Sequence
from itertools import chain

import numpy as np
from scipy import sparse

from generator.identity.corpus import Floats

TOPICS = 64
"""Directions that are kept of a corpus; 40 told papers apart as well as 100."""


_SYMBOLS = 37
"""Letters, digits and the hyphen of a slug."""


def tfidf(documents: Sequence[Sequence[str]], most: float = 0.2, least: int = 2) -> sparse.csr_array:
    """Weigh words: (1 + log count) x log inverse document frequency, rows of length 1.

    Words in fewer than `least` documents or a larger share than `most` are left out.
    """
    numbers = {word: number for number, word in enumerate(dict.fromkeys(chain.from_iterable(documents)))}
    columns = np.fromiter(map(numbers.__getitem__, chain.from_iterable(documents)), dtype=np.int32)
    lengths = np.fromiter(map(len, documents), dtype=np.int64, count=len(documents))
    counts = sparse.csr_array(
        (np.ones(len(columns), dtype=np.float32), columns, np.concatenate([[0], np.cumsum(lengths)])),
        shape=(len(documents), len(numbers)),
    )
    counts.sum_duplicates()
    return weighted(counts, most, least)


def weighted(counts: sparse.csr_array, most: float, least: int) -> sparse.csr_array:
    """Weigh counted words, documents in rows, as `tfidf` does."""
    documents = counts.shape[0]
    frequency = np.bincount(counts.indices, minlength=counts.shape[1])
    kept = np.flatnonzero((frequency >= least) & (frequency <= max(most * documents, least)))
    counts = counts[:, kept]
    counts.data = 1 + np.log(counts.data)
    inverse = np.log((1 + documents) / (1 + frequency[kept])).astype(np.float32) + 1
    return unit_rows(counts.multiply(inverse[None, :]).tocsr())


def unit_rows(rows: sparse.csr_array) -> sparse.csr_array:
    """Scale each row to length 1; empty ones stay empty."""
    squares = rows.multiply(rows).sum(axis=1)
    lengths = np.sqrt(np.maximum(np.asarray(squares).ravel(), 1e-12))
    return sparse.csr_array(sparse.diags_array((1 / lengths).astype(np.float32)) @ rows)


def main_directions(rows: sparse.csr_array, count: int = TOPICS, most: int | None = None) -> Floats:
    """Project rows on the directions in which they differ most (SVD by random projection, Halko et al. 2011).

    The directions are those of `most` rows, picked evenly, if there are more. The start is fixed: the same rows give
    the same vectors.
    """
    count = min(count, *rows.shape)
    if count == 0:
        return np.zeros((rows.shape[0], 1), dtype=np.float32)
    few = rows
    if most is not None and most < rows.shape[0]:
        few = rows[np.linspace(0, rows.shape[0] - 1, most).astype(int)]
    start = np.random.default_rng(0).standard_normal((few.shape[1], min(count + 8, *few.shape))).astype(np.float32)
    base = np.linalg.qr(few @ start)[0]
    for _ in range(2):
        base = np.linalg.qr(few @ (few.T @ base))[0]
    left, values, right = np.linalg.svd((few.T @ base).T, full_matrices=False)
    vectors = (base @ left[:, :count]) * values[:count] if few is rows else rows @ right[:count].T
    return unit(vectors - vectors.mean(axis=0))


def unit(rows: Floats) -> Floats:
    """Scale each row to length 1; rows of nearly nothing stay nearly nothing."""
    return np.asarray(rows / np.sqrt(np.maximum((rows * rows).sum(axis=1, keepdims=True), 1e-9)), dtype=np.float32)


def letters(slugs: Sequence[str]) -> sparse.csr_array:
    """Count the triples of letters of each name, beginnings and ends of its parts included: rows of names.

    They hint at the language that a name comes from.
    """
    text = np.frombuffer("".join(f"-{slug}-\n" for slug in slugs).encode("ascii"), dtype=np.uint8).astype(np.int32)
    symbols = np.where(text >= ord("a"), text - ord("a") + 11, np.where(text >= ord("0"), text - ord("0") + 1, 0))
    row = np.cumsum(text == ord("\n"))[:-2]
    inside = (text[:-2] != ord("\n")) & (text[1:-1] != ord("\n")) & (text[2:] != ord("\n"))
    triple = (symbols[:-2] * _SYMBOLS + symbols[1:-1]) * _SYMBOLS + symbols[2:]
    counts = sparse.csr_array(
        (np.ones(int(inside.sum()), dtype=np.float32), (row[inside], triple[inside])), shape=(len(slugs), _SYMBOLS**3)
    )
    counts.sum_duplicates()
    return counts
