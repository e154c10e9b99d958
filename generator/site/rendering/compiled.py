"""Compiled templates, kept from chunk to chunk of a build and from build to build.

Jinja checks that a template's text is the one that was compiled. Lost, it costs a quarter of a second.
"""

from io import BytesIO
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket

from generator.sealed import read_sealed, write_sealed


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
        if self._folder is not None:
            write_sealed(self._folder / bucket.key, self._program, body)

    def _read(self, key: str) -> bytes | None:
        body = read_sealed(self._folder / key, self._program) if self._folder is not None else None
        return None if body is None else bytes(body)
