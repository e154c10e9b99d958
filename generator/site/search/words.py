"""The words of a search index: in which papers each of them stands and where, in the bytes that Pagefind 1.5 writes.

A piece of an index is CBOR: [[[word, [place ...], [variant ...]] ...]]. A variant is [spelling, [place ...]], with the
marks that the word itself is without; a place is [how many papers on from the place before, [where in the text ...],
[where in the title ...]]. Only a place's paper is understood here, what follows is laid over as it is: a decoder of
CBOR would take three times as long. Which papers there are, and what else an index holds, is ``bundle``'s.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from generator.errors import BuildError

PIECE = 12_000
"""Bytes from which on a piece is closed: some 6 kB are sent of it for a word that is looked for."""

_COUNT = rb"(?:[\x00-\x17]|\x18.|\x19..|\x1a....)"
_NUMBER = rb"(?:[\x00-\x17\x20-\x37]|[\x18\x38].|[\x19\x39]..|[\x1a\x3a]....)"
_LIST = rb"(?:[\x80-\x97]|\x98.|\x99..|\x9a....)"
_PLACE = rb"\x83" + _COUNT + (_LIST + _NUMBER + rb"*+") * 2
_A_PLACE = re.compile(_PLACE, re.DOTALL)
_PLACES = re.compile(rb"(?:" + _PLACE + rb")*+", re.DOTALL)
_TEXT, _ARRAY = 0x60, 0x80
"""With what CBOR begins a text and a list, before their length is added."""
_SHORT = 24
"""Lengths and numbers below this are added; others stand behind, in one byte, two or four."""

Places = dict[int, bytes]
"""By a paper's number: where it has a word, as it is written."""
Spellings = dict[bytes, Places]
"""By variant; the word itself is the empty one."""


class Change(NamedTuple):
    """What becomes of a word, or of a variant of it."""

    gone: Places
    come: Places


class Piece(NamedTuple):
    """A part of an index."""

    first: str
    last: str
    name: str = ""
    """Of its file; none yet for a new one."""
    data: bytes = b""


def words_of(piece: bytes, numbers: Sequence[int]) -> Iterator[tuple[bytes, Spellings]]:
    """Yield the words of a piece and their places; `numbers` is by what number to call each of its papers.

    Raises:
        BuildError: the piece is not of the form that is known.
    """
    for word in _words(piece):
        yield word.text, {spelling: _read(piece, start, end, numbers) for spelling, start, end in _spellings(word)}


def changed_pieces(
    changes: Mapping[bytes, Mapping[bytes, Change]],
    pieces: Sequence[Piece] = (),
    read: Callable[[str], bytes] = str.encode,
) -> Iterator[Piece]:
    """Yield the pieces of an index with some words changed: those without them as they are, unread.

    Args:
        changes: by word and variant.
        pieces: the index as it is, in order; none for a new one.
        read: gives a piece by its name.

    Raises:
        BuildError: a piece is not of the form that is known, or has not what is to go.
    """
    firsts = [piece.first.encode() for piece in pieces]
    waiting: dict[int, list[bytes]] = defaultdict(list)
    for text in changes:
        waiting[max(bisect_right(firsts, text) - 1, 0)].append(text)
    cut = _Cut()
    if not pieces:
        yield from cut.off(_entries(_EMPTY, changes))
    for at, piece in enumerate(pieces):
        if at not in waiting and not cut.inside:
            yield piece
            continue
        yield from cut.off(_entries(read(piece.name), {text: changes[text] for text in waiting[at]}))
    if cut.inside:
        yield cut.piece()


class _Cut:
    """Cuts an index into pieces.

    Most of a piece is a few frequent words, and it is one of them that closes it: the next piece begins at the same
    word as before, though some papers have come or gone.
    """

    def __init__(self) -> None:
        self.inside: list[tuple[bytes, bytes]] = []
        self._size = 0

    def off(self, entries: Iterable[tuple[bytes, bytes]]) -> Iterator[Piece]:
        """Add words; yield each piece that is closed by one of them."""
        for entry in entries:
            self.inside.append(entry)
            self._size += len(entry[1])
            if self._size >= PIECE:
                yield self.piece()

    def piece(self) -> Piece:
        """Close a piece."""
        inside, self.inside, self._size = self.inside, [], 0
        data = b"".join([b"\x81", _head(_ARRAY, len(inside)), *(entry for _, entry in inside)])
        return Piece(inside[0][0].decode(), inside[-1][0].decode(), data=data)


def _entries(piece: bytes, changes: Mapping[bytes, Mapping[bytes, Change]]) -> list[tuple[bytes, bytes]]:
    """Return the words of a piece in order, each with its entry, with the changes made."""
    entries = []
    left = dict(changes)
    for word in _words(piece):
        change = left.pop(word.text, None)
        if change is None:
            entries.append((word.text, piece[word.start : word.end]))
        elif lists := _lists({spelling: piece[start:end] for spelling, start, end in _spellings(word)}, change):
            entries.append((word.text, _entry(word.text, lists)))
    entries += [(text, _entry(text, _lists({}, change))) for text, change in left.items()]
    entries.sort()
    return entries


def _lists(there: dict[bytes, bytes], changes: Mapping[bytes, Change]) -> dict[bytes, bytes]:
    """Return the lists of places of a word and its variants, with the changes made; those without places are left."""
    for spelling, change in changes.items():
        there[spelling] = _changed(there.get(spelling, _NONE), change)
    return {spelling: places for spelling, places in there.items() if places != _NONE}


def _changed(places: bytes, change: Change) -> bytes:
    """Change a list of places: where a paper comes or goes, and the number of the one after it."""
    if places == _NONE:
        come = sorted(change.come)
        found = [b"\x83%b%b" % (_STEPS[on - off], change.come[on]) for off, on in zip([0, *come], come, strict=False)]
        return _head(_ARRAY, len(found)) + b"".join(found)
    numbers, found = _numbered(places, 0, len(places))

    def step(at: int) -> None:
        if at < len(found):
            on = numbers[at] - (numbers[at - 1] if at else 0)
            found[at] = b"\x83" + _STEPS[on] + found[at][_length(found[at], 1, 0)[1] :]

    for number, where in change.gone.items():
        at = bisect_left(numbers, number)
        if numbers[at : at + 1] != [number] or not found[at].endswith(where):
            raise _unknown()
        del numbers[at], found[at]
        step(at)
    for number, where in change.come.items():
        at = bisect_left(numbers, number)
        numbers.insert(at, number)
        found.insert(at, b"\x83\x00" + where)
        step(at)
        step(at + 1)
    return _head(_ARRAY, len(found)) + b"".join(found)


def _entry(text: bytes, lists: dict[bytes, bytes]) -> bytes:
    variants = sorted(spelling for spelling in lists if spelling)
    parts = [b"\x83", _head(_TEXT, len(text)), text, lists.get(b"", _NONE), _head(_ARRAY, len(variants))]
    for variant in variants:
        parts += [b"\x82", _head(_TEXT, len(variant)), variant, lists[variant]]
    return b"".join(parts)


# Where things stand


class _Word(NamedTuple):
    """Where a word stands in a piece."""

    text: bytes
    piece: bytes
    start: int
    places: int
    """Where the list of its places begins."""
    variants: int
    """And that of its variants."""
    end: int


def _words(piece: bytes) -> Iterator[_Word]:
    """Find the words of a piece."""
    try:
        count, at = _length(piece, 1, _ARRAY)
        for _ in range(count):
            start = at
            text, places = _text(piece, at + 1)
            at = variants = _end_of_places(piece, places)
            if piece[variants] == _ARRAY:  # as nearly all of them: none
                at += 1
            else:
                number, at = _length(piece, variants, _ARRAY)
                for _ in range(number):
                    at = _end_of_places(piece, _text(piece, at + 1)[1])
            yield _Word(text, piece, start, places, variants, at)
        whole = at == len(piece)
    except IndexError:
        whole = False
    if not whole:
        raise _unknown()


def _end_of_places(piece: bytes, start: int) -> int:
    first = start + 1 if _ARRAY <= piece[start] < _ARRAY + _SHORT else _length(piece, start, _ARRAY)[1]
    match = _PLACES.match(piece, first)
    assert match is not None  # noqa: S101 - it matches nothing, too
    return match.end()


def _spellings(word: _Word) -> Iterator[tuple[bytes, int, int]]:
    """Yield the lists of places of a word and its variants: (spelling, from where, to where)."""
    yield b"", word.places, word.variants
    _, at = _length(word.piece, word.variants, _ARRAY)
    while at < word.end:
        spelling, start = _text(word.piece, at + 1)
        at = _end_of_places(word.piece, start)
        yield spelling, start, at


def _read(piece: bytes, start: int, end: int, numbers: Sequence[int]) -> Places:
    papers, places = _numbered(piece, start, end)
    where = [place[2:] if place[1] < _SHORT else place[_length(place, 1, 0)[1] :] for place in places]
    return dict(zip(map(numbers.__getitem__, papers), where, strict=True))


def _numbered(piece: bytes, start: int, end: int) -> tuple[list[int], list[bytes]]:
    """Return the papers of a list of places, and the places."""
    count, first = _length(piece, start, _ARRAY)
    places = _A_PLACE.findall(piece, first, end)
    if len(places) != count:
        raise _unknown()
    steps = [place[1] if place[1] < _SHORT else _length(place, 1, 0)[0] for place in places]
    return list(accumulate(steps)), places


# The beginnings of CBOR


def _head(kind: int, number: int) -> bytes:
    """Write a number, or the length of what follows, as short as it can be."""
    if number < _SHORT:
        return bytes([kind + number])
    size = 0 if number < 1 << 8 else 1 if number < 1 << 16 else 2
    return bytes([kind + _SHORT + size]) + number.to_bytes(1 << size)


class _Steps(dict[int, bytes]):
    """Numbers as they are written, each worked out once."""

    def __missing__(self, number: int) -> bytes:
        written = self[number] = _head(0, number)
        return written


_STEPS = _Steps()
_NONE = _head(_ARRAY, 0)
_EMPTY = b"\x81" + _NONE


def _length(piece: bytes, at: int, kind: int) -> tuple[int, int]:
    """Return the length that stands at a place, and where what it is of begins."""
    number = piece[at] - kind
    if 0 <= number < _SHORT:
        return number, at + 1
    if _SHORT <= number < _SHORT + 3:
        end = at + 1 + (1 << number - _SHORT)
        return int.from_bytes(piece[at + 1 : end]), end
    raise _unknown()


def _text(piece: bytes, at: int) -> tuple[bytes, int]:
    length, start = piece[at] - _TEXT, at + 1
    if not 0 <= length < _SHORT:
        length, start = _length(piece, at, _TEXT)
    end = start + length
    return piece[start:end], end


def _unknown() -> BuildError:
    return BuildError("pagefind", "the words of its index are of an unknown form; install pagefind 1.5")
