"""What was found of papers that read alike, kept in one file between two builds; damaged or lost, nothing is known."""

from contextlib import suppress
from pathlib import Path

import msgspec

from generator.sealed import read_sealed, write_sealed


class Known(msgspec.Struct, frozen=True, array_like=True):
    """One paper's words: what was read, how rare each was, and the vector that came of it."""

    terms: bytes
    times: bytes
    rarities: bytes
    words: bytes
    weights: bytes


Alike = tuple[tuple[tuple[int, int], ...], int, int]
"""The similar papers (index, likeness) of a paper, the nearest earlier one (-1: none), and the likeness to it."""


class State(msgspec.Struct, frozen=True, array_like=True):
    """Three lists of one length, in order of the papers' days."""

    places: list[tuple[str, int, bytes]]
    """(id, day, hash of the text)."""
    known: list[Known]
    results: list[Alike]


def read_state(path: Path, rules: bytes) -> State | None:
    """Read what was kept at `path` by the same rules; None if it is missing, damaged or of other rules."""
    body = read_sealed(path, rules)
    if body is not None:
        with suppress(msgspec.DecodeError):
            return msgspec.msgpack.decode(body, type=State)
    return None


def write_state(path: Path, rules: bytes, state: State) -> None:
    """Keep `state` at `path`; where nothing can be written, nothing is kept."""
    write_sealed(path, rules, msgspec.msgpack.encode(state))
