"""A file that keeps what was worked out for the next run: believed only if it is whole and of the same maker.

What is in it is left to those who keep it; lost, damaged or of another maker, it is as if there were none.
"""

import os
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

_SIZE = 16
"""Bytes of the seal."""


def _seal(maker: bytes, body: bytes | memoryview) -> bytes:
    seal = blake2b(len(maker).to_bytes(8) + maker, digest_size=_SIZE)
    seal.update(body)
    return seal.digest()


def read_sealed(path: Path, maker: bytes) -> memoryview | None:
    """Return what the same `maker`, such as a hash of the code, wrote at `path`; None if that cannot be had."""
    try:
        data = memoryview(path.read_bytes())  # megabytes: cut without a copy
    except OSError:
        return None
    body = data[_SIZE:]
    return body if data[:_SIZE] == _seal(maker, body) else None


def write_sealed(path: Path, maker: bytes, body: bytes) -> None:
    """Keep `body` at `path`; a folder that cannot be written is no reason to stop.

    It is not waited for until it is on the disk: what a power cut damages is not believed.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(_seal(maker, body) + body)
        unfinished.replace(path)
    with suppress(OSError):
        unfinished.unlink()  # only there if it could not take its place
