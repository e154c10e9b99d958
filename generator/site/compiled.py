"""Compiled templates, kept from chunk to chunk of a build and from build to build.

Jinja checks that a template's text is the one that was compiled; what is kept on disk is believed only if it is whole
and was written by the same program. Lost or damaged, it costs a quarter of a second.
"""

import os
from contextlib import suppress
from hashlib import blake2b
from io import BytesIO
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket

_SIZE = 16


class CompiledTemplates(jinja2.BytecodeCache):
    """What templates were compiled to, by Jinja's key: their name and place."""

    def __init__(self, folder: Path | None, program: bytes) -> None:
        """`folder` keeps them for the next build, None keeps nothing; `program` names the code that compiled them."""
        self._folder, self._program = folder, program
        self._known: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give Jinja what it compiled before."""
        body = self._known.get(bucket.key) or self._read(bucket.key)
        if body is not None:
            self._known[bucket.key] = body
            bucket.load_bytecode(BytesIO(body))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what Jinja compiled; a folder that cannot be written is no reason to stop."""
        body = self._known[bucket.key] = bucket.bytecode_to_string()
        if self._folder is None:
            return
        unfinished = self._folder / f".{bucket.key}.{os.getpid()}"
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(self._seal(body) + body)
            unfinished.replace(self._folder / bucket.key)
        with suppress(OSError):
            unfinished.unlink()  # only there if it could not take its place

    def _read(self, key: str) -> bytes | None:
        if self._folder is None:
            return None
        try:
            data = (self._folder / key).read_bytes()
        except OSError:
            return None
        body = data[_SIZE:]
        return body if data[:_SIZE] == self._seal(body) else None

    def _seal(self, body: bytes) -> bytes:
        return blake2b(self._program + body, digest_size=_SIZE).digest()
