"""What ``similar`` found, kept in one file between two builds; without it, or with a damaged one, nothing is known.

What the numbers mean is ``similar``'s.
"""

from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

import msgspec

from generator.jsonlines import write_atomically

_SIZE = 16


class Known(msgspec.Struct, frozen=True, array_like=True):
    """One paper's words: what was read, how rare each was, and the vector that came of it."""

    terms: bytes
    times: bytes
    rarities: bytes
    words: bytes
    weights: bytes


class State(msgspec.Struct, frozen=True, array_like=True):
    """Three lists of one length, in order of the papers' days."""

    places: list[tuple[str, int, bytes]]
    """(id, day, hash of the text)."""
    known: list[Known]
    results: list[tuple[tuple[tuple[int, int], ...], int, int]]
    """(similar papers as index and likeness, the nearest earlier one, the likeness to it)."""


def read_state(path: Path, rules: bytes) -> State | None:
    """Read what was kept at `path` by the same rules; None if it is missing, damaged or of other rules."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    head, body = data[: 2 * _SIZE], memoryview(data)[2 * _SIZE :]
    if head != rules + blake2b(body, digest_size=_SIZE).digest():
        return None
    with suppress(msgspec.DecodeError):
        return msgspec.msgpack.decode(body, type=State)
    return None


def write_state(path: Path, rules: bytes, state: State) -> None:
    """Keep `state` at `path`; where nothing can be written, nothing is kept."""
    body = msgspec.msgpack.encode(state)
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, rules + blake2b(body, digest_size=_SIZE).digest() + body)
