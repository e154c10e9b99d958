"""Answers kept on disk, to ask only whether they changed; when to ask is left to ``client``.

The folder may be deleted or damaged at any time: an answer that is not what was stored is none.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec
from msgspec import Struct

from generator.jsonlines import write_atomically

MAX_BYTES = 200_000_000
"""Of all answers together."""


class _Head(Struct):
    """The first line of a file; the body follows."""

    key: str
    url: str
    content_type: str
    digest: str
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Stored:
    """An answer as it came, and what the server said to know it by."""

    url: str
    body: bytes
    content_type: str
    etag: str = ""
    last_modified: str = ""

    @property
    def conditions(self) -> dict[str, str]:
        """Headers that ask for the answer only if it changed; none if the server gave nothing to know it by."""
        conditions = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in conditions.items() if value}


@dataclass(slots=True)
class Store:
    """A folder of answers, each in a file that is named by the hash of its key."""

    folder: Path
    max_bytes: int = MAX_BYTES
    _size: int | None = None

    def get(self, key: str) -> Stored | None:
        """Give the answer of a key; None if there is none that is whole."""
        path = self._path(key)
        try:
            first, _, body = path.read_bytes().partition(b"\n")
            head = msgspec.json.decode(first, type=_Head)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return None
        if head.key != key or head.digest != _digest(body):
            return None
        with suppress(OSError):
            # The newest used are kept longest.
            os.utime(path)
        return Stored(head.url, body, head.content_type, head.etag, head.last_modified)

    def put(self, key: str, answer: Stored) -> bool:
        """Keep an answer, and say whether it could be: a disk may be full, or not ours to write on."""
        head = _Head(key, answer.url, answer.content_type, _digest(answer.body), answer.etag, answer.last_modified)
        data = msgspec.json.encode(head) + b"\n" + answer.body
        try:
            write_atomically(self._path(key), data)
            self._size = self._size + len(data) if self._size else sum(size for _, size, _ in self._files())
            if self._size > self.max_bytes:
                self._drop_oldest()
        except OSError:
            return False
        return self._path(key).is_file()

    def _drop_oldest(self) -> None:
        """Leave the newest, up to three quarters of what may be kept."""
        size = 0
        for _, each, path in sorted(self._files(), reverse=True):
            size += each
            if size > self.max_bytes * 3 // 4:
                size -= each
                path.unlink(missing_ok=True)
        self._size = size

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        for path in self.folder.iterdir():
            with suppress(OSError):
                stat = path.stat()
                yield stat.st_mtime, stat.st_size, path

    def _path(self, key: str) -> Path:
        return self.folder / hashlib.sha256(key.encode()).hexdigest()[:40]


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
