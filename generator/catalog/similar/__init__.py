"""Which papers read alike, and how far each is from all before it: TF-IDF over titles and abstracts, in whole numbers.

A paper's words are weighed by how many papers of the months before its own had them, and it is compared with what was
known on its day. So nothing that comes later changes it, and a correction changes little of what comes after. Keeping
what was found between two builds is ``store``'s; what a page makes of it the site's.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from hashlib import sha256
from operator import attrgetter
from pathlib import Path
from typing import TypeVar, cast

import msgspec
from msgspec.structs import replace

from generator.beside import side_by_side
from generator.catalog.similar.comparison import ALIKE, SHOWN, Alike, Comparison
from generator.catalog.similar.novelty import first_touched, novelties
from generator.catalog.similar.postings import Index, Postings
from generator.catalog.similar.store import Known, Place, State, read_state, write_state
from generator.catalog.similar.weighing import Weighing
from generator.catalog.similar.words import UNIT, read_all
from generator.model import Frozen, Paper


class Likeness(Frozen, frozen=True, array_like=True):
    """What a paper is like among those known on its day."""

    similar: tuple[tuple[str, int], ...] = ()
    """(paper id, thousandths of likeness), most alike first."""
    nearest: str | None = None
    """The most similar paper of an earlier day."""
    distance: int = UNIT
    """Thousandths: 1000 less the likeness to the nearest."""
    novelty: int | None = None
    """Per cent of the papers ranked that are nearer to what was before them; None where too little was."""


def find_likenesses(
    papers: Mapping[str, Paper],
    store: Path | None = None,
    processes: int = 1,
    prints: Mapping[str, bytes] | None = None,
) -> dict[str, Likeness]:
    """Find the likeness of every paper; `store` keeps what later calls need not find again, and may be damaged.

    `prints` are hashes of the papers' titles and abstracts, where those are known.

    Cost: about a millisecond a paper that is new or reads differently, little for all others.
    """
    return unpacked(packed_likenesses(papers, store, processes, prints))


def packed_likenesses(
    papers: Mapping[str, Paper],
    store: Path | None = None,
    processes: int = 1,
    prints: Mapping[str, bytes] | None = None,
) -> bytes:
    """Find the likeness of every paper, packed: from one process to another, bytes go at no cost."""
    order = sorted(papers.values(), key=attrgetter("day", "id"))
    hashes = map(_text_hash, order) if prints is None else (prints[paper.id] for paper in order)
    places = [
        (paper.id, paper.day.toordinal(), bool(paper.abstract), text) for paper, text in zip(order, hashes, strict=True)
    ]
    old = read_state(store, _rules()) if store is not None else None
    if old is not None and old.places == places:
        return old.likenesses
    state = _updated(order, places, old or _NOTHING, processes)
    if store is not None:
        write_state(store, _rules(), state)
    return state.likenesses


def unpacked(likenesses: bytes) -> dict[str, Likeness]:
    """Return the likenesses that were packed."""
    return msgspec.msgpack.decode(likenesses, type=dict[str, Likeness])


@cache
def _rules() -> bytes:
    """Hash this package: what was found by other rules is not known. Numbers are kept in this machine's order."""
    code = b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
    return sha256(code + sys.byteorder.encode()).digest()


def _text_hash(paper: Paper) -> bytes:
    return sha256(f"{paper.title}\0{paper.abstract}".encode("utf-8", "surrogatepass")).digest()[:12]


_NOTHING = State([], msgspec.msgpack.encode([]), Postings(), msgspec.msgpack.encode({}))


def _updated(order: Sequence[Paper], places: list[Place], old: State, processes: int) -> State:
    """Return what is known of the papers in `order`, which have `places`, from what was known before."""
    before = old.words()
    known, origins = _read(order, places, old.places, before, processes)
    weighing = Weighing(before, [place[1] for place in old.places], Index(old.having))
    for paper in set(range(len(before))).difference(origins):
        weighing.take(paper)
    weighing.go_on(known, [place[1] for place in places], origins)
    if (
        not weighing.fresh
        and not weighing.gone
        and all(place[:3] == its[:3] for place, its in zip(places, old.places, strict=True))
    ):
        return replace(old, places=places)
    was = unpacked(old.likenesses)
    likenesses = _ranked(order, places, old, was, _compared(places, was, weighing, processes))
    packed = msgspec.msgpack.encode(weighing.known)
    return State(places, packed, weighing.index.kept(), msgspec.msgpack.encode(likenesses))


def _read(
    order: Sequence[Paper], places: Sequence[Place], old: Sequence[Place], before: Sequence[Known], processes: int
) -> tuple[list[Known], list[int | None]]:
    """Return the words of papers, and where among the `old` each was that has the same day and the same words."""
    at = {place[0]: index for index, place in enumerate(old)}
    origins = [at.get(place[0]) for place in places]
    same = [origin is not None and old[origin] == place for origin, place in zip(origins, places, strict=True)]
    texts = iter(_shared(read_all, [paper for paper, its in zip(order, same, strict=True) if not its], processes))
    known: list[Known] = []
    for paper, origin in enumerate(origins):
        was = Known(b"", b"") if origin is None else before[origin]
        if not same[paper]:
            terms, times = next(texts)
            moved = origin is None or old[origin][1] != places[paper][1]
            if moved or (was.terms, was.times) != (terms, times):
                was, origins[paper] = Known(terms, times), None
        known.append(was)
    return known, origins


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


def _compared(
    places: Sequence[Place], was: Mapping[str, Likeness], weighing: Weighing, processes: int
) -> dict[str, Likeness]:
    """Return the likenesses of all papers, compared anew where something changed; how new those are is not said."""
    comparison = Comparison(weighing.days, weighing.known, weighing.index, weighing.fresh)

    def bar(paper: int) -> int:
        its = was.get(places[paper][0])
        return UNIT + 1 if its is None else _bar(its)

    found = set(weighing.fresh)
    if was:
        vectors = [(weighing.days[paper], vector) for paper, vector in weighing.fresh.items()]
        for day, vector in (*weighing.gone, *vectors):
            found.update(comparison.touched(day, vector, bar))
    anew = sorted(found)
    results = dict(zip(anew, _shared(comparison.results, anew, processes), strict=True))
    return {
        place[0]: _likeness(results[paper], places) if paper in results else was[place[0]]
        for paper, place in enumerate(places)
    }


def _bar(its: Likeness) -> int:
    """Return how like a paper another must be to take a place in its likeness."""
    return min(its.similar[-1][1] if len(its.similar) == SHOWN else ALIKE, UNIT - its.distance)


def _likeness(result: Alike, places: Sequence[Place]) -> Likeness:
    similar, nearest, alike = result
    return Likeness(
        similar=tuple((places[other][0], its) for other, its in similar),
        nearest=places[nearest][0] if nearest >= 0 else None,
        distance=UNIT - min(alike, UNIT),
    )


def _ranked(
    order: Sequence[Paper],
    places: Sequence[Place],
    old: State,
    was: Mapping[str, Likeness],
    found: Mapping[str, Likeness],
) -> dict[str, Likeness]:
    """Rank the distances that were found; up to where nothing is other than it was, they rank as they did."""
    distances = [its.distance for its in found.values()]
    before = [(*place[:3], was[place[0]].distance) for place in old.places]
    now = [(*place[:3], distance) for place, distance in zip(places, distances, strict=True)]
    since = first_touched(before, now)
    ranks = [was[place[0]].novelty for place in places[:since]] + novelties(order, distances, since)
    return {
        name: its if its.novelty == novelty else replace(its, novelty=novelty)
        for (name, its), novelty in zip(found.items(), ranks, strict=True)
    }
