"""A file that keeps what was worked out for the next run: believed only if it is whole and of the same maker.

What is in it is left to those who keep it; lost, damaged or of another maker, it is as if there were none.
"""

import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

_SIZE = 16
"""Bytes of the seal, of a hash that processors have built in: of megabytes it takes half the time of others."""


def _seal(maker: bytes, body: bytes | memoryview) -> bytes:
    seal = sha256(len(maker).to_bytes(8) + maker)
    seal.update(body)
    return seal.digest()[:_SIZE]


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
        with unfinished.open("wb") as file:
            file.write(_seal(maker, body))
            file.write(body)
        unfinished.replace(path)
    with suppress(OSError):
        unfinished.unlink()  # only there if it could not take its place
