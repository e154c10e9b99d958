"""Which papers read alike, and how far each is from all before it: TF-IDF over titles and abstracts, in whole numbers.

A paper's words are weighed by how many papers of the months before its own had them, and it is compared with what was
known on its day. So nothing that comes later changes it, and a correction changes little of what comes after. Keeping
what was found between two builds is ``store``'s; what a page makes of it the site's.
"""

import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from hashlib import blake2b
from itertools import groupby
from pathlib import Path
from typing import TypeVar, cast

from generator.beside import side_by_side
from generator.catalog.similar.comparison import Comparison, moved, touched
from generator.catalog.similar.novelty import novelties
from generator.catalog.similar.store import Known, State, read_state, write_state
from generator.catalog.similar.words import UNIT, numbers_of, rarity, read_all, vector
from generator.model import Frozen, Paper


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
    """Hash this package: what was found by other rules is not known. Numbers are kept in this machine's order."""
    code = b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
    return blake2b(code + sys.byteorder.encode(), digest_size=16).digest()


def _text_hash(paper: Paper) -> bytes:
    return blake2b(f"{paper.title}\0{paper.abstract}".encode("utf-8", "surrogatepass"), digest_size=12).digest()


def _updated(order: Sequence[Paper], places: list[tuple[str, int, bytes]], old: State | None, processes: int) -> State:
    """Return what is known of the papers in `order`, by `places` (id, day, hash of the text), from what was before."""
    before = {place[0]: index for index, place in enumerate(old.places)} if old else {}
    same = [_same(place, old, before) for place in places]
    known, fresh = _weighed(order, same, _unchanged(places, old), processes)
    comparison = Comparison([place[1] for place in places], known)
    redone = range(len(places)) if old is None else sorted(touched(comparison, places, old, before, fresh))
    comparison.look_up(redone)
    found = dict(zip(redone, _shared(comparison.results, list(redone), processes), strict=True))
    if old is None:
        return State(places=places, known=known, results=list(found.values()))
    new = {place[0]: index for index, place in enumerate(places)}
    results = [
        found[index] if index in found else moved(old.results[before[place[0]]], old, new)
        for index, place in enumerate(places)
    ]
    return State(places=places, known=known, results=results)


def _same(place: tuple[str, int, bytes], old: State | None, before: Mapping[str, int]) -> Known | None:
    """Return what was known of a paper, if it reads as it did and is of the same day."""
    at = before.get(place[0])
    return old.known[at] if old is not None and at is not None and old.places[at] == place else None


def _unchanged(places: list[tuple[str, int, bytes]], old: State | None) -> int:
    """Return how many papers there are before the first that is new, gone or changed."""
    if old is None:
        return 0
    pairs = zip(places, old.places, strict=False)
    return next((index for index, (new, was) in enumerate(pairs) if new != was), min(len(places), len(old.places)))


def _weighed(
    order: Sequence[Paper], same: list[Known | None], unchanged: int, processes: int
) -> tuple[list[Known], set[int]]:
    """Weigh the words of papers by how many of the months before had them; say whose weights are not what they were.

    The first `unchanged` papers have the same before them, and so the same weights.
    """
    new_texts = [paper for paper, its in zip(order, same, strict=True) if its is None]
    texts = iter(_shared(read_all, new_texts, processes))
    known: list[Known] = []
    fresh: set[int] = set()
    having: Counter[int] = Counter()
    for _, month in groupby(order, key=lambda paper: (paper.day.year, paper.day.month)):
        start = len(known)
        rarities = _Rarities(start)
        for index in range(start, start + len(list(month))):
            its = same[index]
            if its is None or index >= unchanged:
                terms, times = (its.terms, its.times) if its is not None else next(texts)
                one = _known(terms, times, its, having, rarities)
                if one is not its:
                    fresh.add(index)
                its = one
            known.append(its)
        for its in known[start:]:
            having.update(numbers_of("I", its.terms))
    return known, fresh


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
    numbers = numbers_of("I", terms)
    rarities = bytes(map(table.__getitem__, map(having.__getitem__, numbers)))
    if same is not None and rarities == same.rarities:
        return same
    words, weights = vector(numbers, times, rarities)
    return Known(terms=terms, times=times, rarities=rarities, words=words, weights=weights)


def _likenesses(order: Sequence[Paper], state: State) -> dict[str, Likeness]:
    ranks = novelties(order, [UNIT - min(alike, UNIT) for _, _, alike in state.results])
    return {
        paper.id: Likeness(
            similar=tuple((order[other].id, its) for other, its in similar),
            nearest=order[nearest].id if nearest >= 0 else None,
            distance=UNIT - min(alike, UNIT),
            novelty=novelty,
        )
        for paper, (similar, nearest, alike), novelty in zip(order, state.results, ranks, strict=True)
    }
