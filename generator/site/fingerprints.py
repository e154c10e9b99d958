"""What a file of the site was made from, as a hash: equal hashes mean equal bytes, without making them.

What that is, ``template_prints`` and ``paper_prints`` say of what many pages share, each kind of page of its own.
"""

from collections.abc import Iterable
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path

import msgspec

from generator.config import CONFIG_NAME

SIZE = 16
"""Bytes of a fingerprint; 2^64 pages before two are likely to share one."""

_RENDERERS = (
    "cbor2",
    "jinja2",
    "markdown",
    "markdown-it-py",
    "markupsafe",
    "math-core",
    "mkdocs",
    "mkdocs-material",
    "nh3",
    "pagefind",
    "pillow",
)
_ENCODER = msgspec.msgpack.Encoder(enc_hook=str, order="deterministic")  # Markup is a str that msgspec does not know


def fingerprint(*parts: object) -> bytes:
    """Hash values of any types that msgspec encodes, and strings marked as safe HTML."""
    return blake2b(_ENCODER.encode(parts), digest_size=SIZE).digest()


def hash_of_bytes(*parts: bytes) -> bytes:
    """Hash bytes of which at most the last are of no fixed length: a third of the cost of ``fingerprint``."""
    return blake2b(b"".join(parts), digest_size=SIZE).digest()


def hash_of_files(folder: Path, pattern: str = "**/*") -> bytes:
    """Hash the names and bytes of the files of `folder` that match, in order of their names."""
    total = blake2b(digest_size=SIZE)
    for path in sorted(path for path in folder.glob(pattern) if path.is_file()):
        if "__pycache__" in path.parts:
            continue
        data = path.read_bytes()
        total.update(f"{path.relative_to(folder).as_posix()}\0{len(data)}\0".encode())
        total.update(data)
    return total.digest()


@cache
def program_hash() -> bytes:
    """Hash our own code and the versions of what renders for us."""
    return fingerprint(hash_of_files(Path(__file__).parent.parent, "**/*.py"), [version(name) for name in _RENDERERS])


def hash_of_inputs(root: Path, theme: Iterable[Path]) -> bytes:
    """Hash everything that a site is made from, read but not understood."""
    config = root / CONFIG_NAME
    folders = [root / "content", *theme]
    return fingerprint(
        program_hash(), config.read_bytes() if config.is_file() else b"", [hash_of_files(folder) for folder in folders]
    )
