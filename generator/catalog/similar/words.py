"""The words of a paper that say something, counted, and the weights by which papers are compared."""

import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from heapq import nsmallest
from math import isqrt
from zlib import crc32

from generator.formulas import has_formula
from generator.model import Paper
from generator.tex import split_math

KEPT_WORDS = 48
"""The weightiest words of a paper, by which it is compared."""
UNIT = 1000
"""The length of every vector: likeness comes out in thousandths after dividing by it."""
LONGEST = 20_000
"""Characters of a text that are read."""
SMOOTHING = 300
"""Twice the papers that are taken to have been before the first: until then no word is rare."""
COMMON, RARE = 6, 14
"""Rarity in half octaves: a word of one paper in eight weighs nothing, a word of one in 128 all it can."""

_WORD = re.compile(r"[^\W_]+")
_TIMES = (0, 4, 5, 6, 6, 7, 7)
"""Weight by how often a word occurs; a word of the title counts as three."""
_STOP_WORDS = frozenset(
    """
    about above across after again against all almost along already also although always among an and another any are
    around as at available be because been before being below between beyond both but by can cannot could despite did
    do does doing done due during each either else especially etc even ever every few first for from further had has
    have having he hence her here his how however if in into is it its itself just last least less let like made main
    mainly make many may might more moreover most much must namely near need never new no nor not nothing now of off
    often on once one only onto or other others our out over own per rather same second several she should since so
    some still such than that the their them then there thereby therefore these they third this those three through
    throughout thus to together too toward towards two under until up upon us very via was we well were what when
    where whereas whether which while who whole whom whose why will with within without would yet you your
    achieve achieves address allow allows analysis applied apply approach approaches article aim based better
    challenge challenges code common compared consider current datasets demonstrate demonstrates describe design
    develop developed different effective efficient enable enables evaluate evaluation existing experiment experiments
    extensive find findings framework general given good high highly http https important improve improves improvement
    introduce introduces investigate key large larger leverage method methods novel number obtain obtained outperforms
    paper papers performance perform potential present presented presents previous prior problem problems project
    propose proposed proposes provide provides recent recently related release report research result results
    set show shows showing significant significantly simple specific state strong studies study suggest task tasks
    technique techniques various use used uses useful using work works
    """.split()
)


def words_of(title: str, abstract: str) -> Counter[str]:
    """Count the words of a paper that say something; formulas say nothing."""
    counted: Counter[str] = Counter()
    for word, times in _found(title, abstract).items():
        if (stem := _stem(word)) is not None:
            counted[stem] += times
    return counted


def _found(title: str, abstract: str) -> Counter[str]:
    """Count the words of a paper as written, one of the title three times."""
    found: Counter[str] = Counter()
    for text in (title, title, title, abstract[:LONGEST]):
        if has_formula(text):
            text = " ".join(piece for piece, is_math in split_math(text) if not is_math)
        found.update(_WORD.findall(text.lower()))
    return found


def _stem(word: str) -> str | None:
    """Return a word without its plural; None for one that says nothing."""
    if len(word) <= 1 or word in _STOP_WORDS or word.isdigit():
        return None
    return word[:-1] if len(word) > 3 and word[-1] == "s" and word[-2] not in "sui" else word


class _Numbers(dict[str, int]):
    """Words as numbers of four bytes, -1 for those that say nothing; most words of a text were met before."""

    def __missing__(self, word: str) -> int:
        stem = _stem(word)
        found = self[word] = -1 if stem is None else crc32(stem.encode("utf-8", "surrogatepass"))
        return found


Read = tuple[bytes, bytes]
"""The words of a paper as numbers of four bytes, sorted, and how often each occurs."""


def read_all(papers: Iterable[Paper]) -> list[Read]:
    """Read the words of papers."""
    numbers = _Numbers()
    return [_read(paper, numbers) for paper in papers]


def _read(paper: Paper, numbers: _Numbers) -> Read:
    counted: dict[int, int] = defaultdict(int)
    for word, times in _found(paper.title, paper.abstract).items():
        counted[numbers[word]] += times
    counted.pop(-1, None)
    terms = sorted(counted)
    most = len(_TIMES) - 1
    return array("I", terms).tobytes(), bytes([min(counted[term], most) for term in terms])


def rarity(papers: int, having: int) -> int:
    """Weigh a word that `having` of `papers` papers have: 0 for a common one, else the half octaves, 14 at most."""
    octaves = ((2 * papers + SMOOTHING) ** 2 // (2 * having + 1) ** 2).bit_length()
    return min(octaves, RARE) if octaves > COMMON else 0


Vector = list[tuple[int, int]]
"""Words of a paper, and what each weighs."""


def vector(terms: Sequence[int], times: bytes, rarities: bytes) -> Vector:
    """Return the weightiest words of a paper, and their weights as a vector of length ``UNIT``."""
    weights = [(-_TIMES[often] * rare, term) for term, often, rare in zip(terms, times, rarities, strict=True) if rare]
    heaviest = nsmallest(KEPT_WORDS, weights)
    length = isqrt(UNIT * UNIT * sum(weight * weight for weight, _ in heaviest)) or 1
    return [(term, -weight * UNIT * UNIT // length) for weight, term in heaviest]


def numbers_of(kind: str, written: bytes) -> "array[int]":
    """Return numbers of an array's `kind` that were written as bytes."""
    numbers: array[int] = array(kind)
    numbers.frombytes(written)
    return numbers
