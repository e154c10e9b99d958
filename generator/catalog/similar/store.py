"""What was found of papers that read alike, kept in one file between two builds; damaged or lost, nothing is known."""

from contextlib import suppress
from pathlib import Path

import msgspec

from generator.catalog.similar.postings import Postings
from generator.sealed import read_sealed, write_sealed


class Known(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One paper's words: what was read, and how rare each was."""

    terms: bytes
    times: bytes
    rarities: bytes = b""


Place = tuple[str, int, bool, bytes]
"""A paper: id, day, whether it has an abstract, and a hash of its text."""


class State(msgspec.Struct, frozen=True, array_like=True):
    """What is known of papers, in order of their days: in parts that are read when they are needed."""

    places: list[Place]
    known: bytes
    """Of each, packed."""
    having: Postings
    """Which of them have a word."""
    likenesses: bytes
    """By their ids, packed."""

    def words(self) -> list[Known]:
        """Unpack what is known of each."""
        return msgspec.msgpack.decode(self.known, type=list[Known])


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
