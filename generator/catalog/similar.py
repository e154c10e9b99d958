"""Which papers read alike, and how far each is from all before it: TF-IDF over titles and abstracts, in whole numbers.

A paper's words are weighed by how many papers of the months before its own had them, and it is compared with what was
known on its day. So nothing that comes later changes it, and a correction changes little of what comes after. Keeping
what was found between two builds is ``similar_store``'s; what a page makes of it the site's.
"""

import re
import sys
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from hashlib import blake2b
from heapq import nsmallest
from itertools import groupby
from math import isqrt
from pathlib import Path
from typing import TypeVar, cast
from zlib import crc32

from generator.beside import side_by_side
from generator.catalog.similar_store import Known, State, read_state, write_state
from generator.formulas import has_formula
from generator.model import Frozen, Paper
from generator.tex import split_math

SHOWN = 6
"""Similar papers of a paper."""
ALIKE = 60
"""Thousandths of likeness from which on papers are called similar."""
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
EARLIER = 50
"""Papers before it from which on it can be said how new a paper is."""
FEWEST = 20
"""Papers that a paper is ranked among at least."""
POPULATION = 1_000
"""The newest papers known on its day that a paper's distance is ranked among: distances shrink as a digest grows."""

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


class Likeness(Frozen, frozen=True):
    """What a paper is like among those known on its day."""

    similar: tuple[tuple[str, int], ...] = ()
    """(paper id, thousandths of likeness), most alike first."""
    nearest: str | None = None
    """The most similar paper of an earlier day."""
    distance: int = UNIT
    """Thousandths: 1000 less the likeness to the nearest."""
    novelty: int | None = None
    """Per cent of the papers ranked that are nearer to what was before them; None where too little was."""


def find_likenesses(papers: Mapping[str, Paper], store: Path | None = None, processes: int = 1) -> dict[str, Likeness]:
    """Find the likeness of every paper; `store` keeps what later calls need not find again, and may be damaged.

    Cost: about a millisecond a paper that is new or reads differently, little for all others.
    """
    order = sorted(papers.values(), key=lambda paper: (paper.day, paper.id))
    places = [(paper.id, paper.day.toordinal(), _text_hash(paper)) for paper in order]
    old = read_state(store, _rules()) if store is not None else None
    if old is not None and old.places == places:
        state = old
    else:
        state = _updated(order, places, old, processes)
        if store is not None:
            write_state(store, _rules(), state)
    return _likenesses(order, state)


@cache
def _rules() -> bytes:
    """Hash this module: what was found by other rules is not known. Numbers are kept in this machine's order."""
    return blake2b(Path(__file__).read_bytes() + sys.byteorder.encode(), digest_size=16).digest()


def _text_hash(paper: Paper) -> bytes:
    return blake2b(f"{paper.title}\0{paper.abstract}".encode("utf-8", "surrogatepass"), digest_size=12).digest()


# Words ----------------------------------------------------------------------------------------------------------------


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


def _read_all(papers: Iterable[Paper]) -> list[Read]:
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


def _vector(terms: Sequence[int], times: bytes, rarities: bytes) -> tuple[bytes, bytes]:
    """Return the weightiest words of a paper, and their weights as a vector of length ``UNIT``."""
    weights = [(-_TIMES[often] * rare, term) for term, often, rare in zip(terms, times, rarities, strict=True) if rare]
    heaviest = nsmallest(KEPT_WORDS, weights)
    length = isqrt(UNIT * UNIT * sum(weight * weight for weight, _ in heaviest)) or 1
    return (
        array("I", [term for _, term in heaviest]).tobytes(),
        array("H", [-weight * UNIT * UNIT // length for weight, _ in heaviest]).tobytes(),
    )


# Comparing ------------------------------------------------------------------------------------------------------------


def _updated(order: Sequence[Paper], places: list[tuple[str, int, bytes]], old: State | None, processes: int) -> State:
    """Return what is known of the papers in `order`, by `places` (id, day, hash of the text), from what was before."""
    before = {place[0]: index for index, place in enumerate(old.places)} if old else {}
    same: list[Known | None] = [None] * len(order)
    if old is not None:
        for index, place in enumerate(places):
            at = before.get(place[0])
            if at is not None and old.places[at] == place:
                same[index] = old.known[at]
    new_texts = [paper for paper, its in zip(order, same, strict=True) if its is None]
    texts = iter(_shared(_read_all, new_texts, processes))
    known: list[Known] = []
    fresh: set[int] = set()
    having: Counter[int] = Counter()
    start = 0
    for _, month in groupby(order, key=lambda paper: (paper.day.year, paper.day.month)):
        stop = start + len(list(month))
        rarities = _Rarities(start)
        for index in range(start, stop):
            its = same[index]
            terms, times = (its.terms, its.times) if its is not None else next(texts)
            one = _known(terms, times, its, having, rarities)
            if one is not its:
                fresh.add(index)
            known.append(one)
        for one in known[start:]:
            having.update(_numbers("I", one.terms))
        start = stop
    comparison = _Comparison([place[1] for place in places], known)
    redone = fresh if old is None else _touched(comparison, places, old, before, fresh)
    new = {place[0]: index for index, place in enumerate(places)}
    again = [index for index in range(len(places)) if old is None or index in redone]
    found = dict(zip(again, _shared(comparison.results, again, processes), strict=True))
    results = []
    for index, place in enumerate(places):
        if old is None or index in found:
            results.append(found[index])
        else:
            results.append(_moved(old.results[before[place[0]]], old, new))
    return State(places=places, known=known, results=results)


Item = TypeVar("Item")
Result = TypeVar("Result")

WORTH_A_PROCESS = 500
"""Papers from which on their reading or comparing, half a millisecond each, is shared out."""


def _shared(work: Callable[[list[Item]], list[Result]], items: list[Item], processes: int) -> list[Result]:
    """Return `work` of all items in their order, done in as many processes."""
    if processes <= 1 or len(items) < WORTH_A_PROCESS:
        return work(items)

    def part(start: int) -> tuple[int, list[Result]]:
        return start, work(items[start::processes])  # the later papers have more to be compared with

    done: list[Result | None] = [None] * len(items)
    for start, found in side_by_side([partial(part, start) for start in range(processes)], processes):
        done[start::processes] = found
    return cast("list[Result]", done)


class _Rarities(dict[int, int]):
    """The rarity of words by how many of a number of papers have them."""

    def __init__(self, papers: int) -> None:
        self.papers = papers

    def __missing__(self, having: int) -> int:
        found = self[having] = rarity(self.papers, having)
        return found


def _known(terms: bytes, times: bytes, same: Known | None, having: Counter[int], table: _Rarities) -> Known:
    """Return the words and vector of a paper; `same` if it is what was known of the same text and nothing changed."""
    numbers = _numbers("I", terms)
    rarities = bytes(map(table.__getitem__, map(having.__getitem__, numbers)))
    if same is not None and rarities == same.rarities:
        return same
    words, weights = _vector(numbers, times, rarities)
    return Known(terms=terms, times=times, rarities=rarities, words=words, weights=weights)


def _numbers(kind: str, written: bytes) -> "array[int]":
    numbers: array[int] = array(kind)
    numbers.frombytes(written)
    return numbers


Alike = tuple[tuple[tuple[int, int], ...], int, int]
"""The similar papers (index, likeness) of a paper, the nearest earlier one (-1: none), and the likeness to it."""


class _Comparison:
    """Compares papers, in order of their days, by the words that they share."""

    def __init__(self, days: Sequence[int], known: Sequence[Known]) -> None:
        self.days = days
        self._vectors = [(_numbers("I", one.words), _numbers("H", one.weights)) for one in known]
        # Beside each other, not as pairs: a list of numbers is cut where the past ends at no cost.
        self._having: dict[int, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        for index, (words, weights) in enumerate(self._vectors):
            for word, weight in zip(words, weights, strict=True):
                papers, their_weights = self._having[word]
                papers.append(index)
                their_weights.append(weight)

    def products(self, index: int, start: int, stop: int) -> dict[int, int]:
        """Return the likeness, times ``UNIT``, of a paper to those from `start` to `stop` that share a word with it."""
        found: dict[int, int] = defaultdict(int)
        words, weights = self._vectors[index]
        for word, weight in zip(words, weights, strict=True):
            papers, their_weights = self._having[word]
            first, last = bisect_left(papers, start), bisect_left(papers, stop)
            for other, its_weight in zip(papers[first:last], their_weights[first:last], strict=True):
                found[other] += weight * its_weight
        found.pop(index, None)
        return found

    def results(self, indexes: list[int]) -> list[Alike]:
        """Return the results for papers."""
        return [self.result(index) for index in indexes]

    def result(self, index: int) -> Alike:
        """Return the result for a paper."""
        day = self.days[index]
        today = bisect_left(self.days, day)
        products = self.products(index, 0, bisect_right(self.days, day))
        alike = [(-(product // UNIT), other) for other, product in products.items() if product >= ALIKE * UNIT]
        similar = nsmallest(SHOWN, alike)
        nearest = next((pair for pair in similar if pair[1] < today), None)
        if nearest is None:
            earlier = ((-(product // UNIT), other) for other, product in products.items() if other < today)
            nearest = min(earlier, default=(0, -1))
        return tuple((other, -its) for its, other in similar), nearest[1], -nearest[0]


def _touched(
    comparison: _Comparison,
    places: Sequence[tuple[str, int, bytes]],
    old: State,
    before: Mapping[str, int],
    fresh: set[int],
) -> set[int]:
    """Return the papers whose result may not be what it was: all that a paper which is new, gone or changed touches."""
    current = {place[0] for index, place in enumerate(places) if index not in fresh}
    stale = {index for paper, index in before.items() if paper not in current}
    touched = set(fresh)
    bars = {}
    for index, place in enumerate(places):
        if index in fresh:
            continue
        similar, nearest, alike = old.results[before[place[0]]]
        if nearest in stale or any(other in stale for other, _ in similar):
            touched.add(index)
        bars[index] = min(similar[-1][1] if len(similar) == SHOWN else ALIKE, alike)
    for index in fresh:
        since = bisect_left(comparison.days, comparison.days[index])
        for other, product in comparison.products(index, since, len(places)).items():
            if other not in touched and product // UNIT >= bars[other]:
                touched.add(other)
    return touched


def _moved(result: Alike, old: State, new: Mapping[str, int]) -> Alike:
    """Return a result that stands, by the indexes that its papers have now."""
    similar, nearest, alike = result
    return (
        tuple((new[old.places[other][0]], its) for other, its in similar),
        new[old.places[nearest][0]] if nearest >= 0 else -1,
        alike,
    )


# Novelty --------------------------------------------------------------------------------------------------------------


def _likenesses(order: Sequence[Paper], state: State) -> dict[str, Likeness]:
    novelties = _novelties(order, [UNIT - min(alike, UNIT) for _, _, alike in state.results])
    return {
        paper.id: Likeness(
            similar=tuple((order[other].id, its) for other, its in similar),
            nearest=order[nearest].id if nearest >= 0 else None,
            distance=UNIT - min(alike, UNIT),
            novelty=novelty,
        )
        for paper, (similar, nearest, alike), novelty in zip(order, state.results, novelties, strict=True)
    }


def _novelties(order: Sequence[Paper], distances: Sequence[int]) -> list[int | None]:
    """Rank each distance among those of the papers known on the paper's day, its own day's included.

    Papers with an abstract and those without are ranked apart: a title alone has little in common with anything.
    """
    found: list[int | None] = [None] * len(order)
    recent: dict[bool, list[int]] = {True: [], False: []}
    start = 0
    for _, listed in groupby(order, key=lambda paper: paper.day):
        today = range(start, start + len(list(listed)))
        if start >= EARLIER:
            for has_abstract, window in recent.items():
                alike = [index for index in today if bool(order[index].abstract) is has_abstract]
                window += [distances[index] for index in alike]
                del window[:-POPULATION]
                ranked = sorted(window)
                for index in alike:
                    found[index] = percentile(distances[index], ranked)
        start = today.stop
    return found


def percentile(value: int, ranked: Sequence[int]) -> int | None:
    """Return how many per cent of the sorted values are lower, of equal ones half; None where there are too few."""
    if len(ranked) < FEWEST:
        return None
    lower, upto = bisect_left(ranked, value), bisect_right(ranked, value)
    return 50 * (lower + upto) // len(ranked)
