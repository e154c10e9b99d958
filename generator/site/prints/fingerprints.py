"""What a file of the site was made from, as a hash: equal hashes mean equal bytes, without making them.

What that is, ``templates``, ``papers`` and ``people`` say of what many pages share, each kind of page of its own.
"""

import os
import sys
import zlib
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import msgspec

from generator.inputs import CONFIG_NAME, hash_of_files, hashes_of_files

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
_INSTALLED = ".dist-info"
_ENCODER = msgspec.msgpack.Encoder(enc_hook=str, order="deterministic")  # Markup is a str that msgspec does not know


def fingerprint(*parts: object) -> bytes:
    """Hash values of any types that msgspec encodes, and strings marked as safe HTML."""
    return blake2b(_ENCODER.encode(parts), digest_size=SIZE).digest()


def hash_of_bytes(*parts: bytes) -> bytes:
    """Hash bytes of which at most the last are of no fixed length: a third of the cost of ``fingerprint``."""
    return blake2b(b"".join(parts), digest_size=SIZE).digest()


@cache
def program_hash() -> bytes:
    """Hash our own code, and the versions of what renders and packs for us."""
    return fingerprint(hash_of_files(Path(__file__).parents[2], ".py"), list(_versions()), zlib.ZLIB_RUNTIME_VERSION)


def _versions() -> Iterator[str]:
    """Yield the versions of what renders for us: by the names of the folders that an installation leaves beside it.

    Asking ``importlib.metadata`` takes twenty milliseconds, most of it to import it; it is asked where that fails.
    """
    installed: dict[str, str] = {}
    for place in sys.path:
        for folder in _installations(place):
            name, _, version_of_it = folder.partition("-")
            installed.setdefault(name.lower().replace(".", "_"), version_of_it)
    for name in _RENDERERS:
        known = installed.get(name.replace("-", "_"))
        if known is None:
            from importlib.metadata import version

            known = version(name)
        yield known


def _installations(place: str) -> list[str]:
    """Return the folders of installations at a place of Python's search path: ``jinja2-3.1.6``."""
    try:
        names = os.listdir(place or ".")  # noqa: PTH208 - a Path for each costs more than the look
    except OSError:
        return []  # no folder, such as an archive
    return [name.removesuffix(_INSTALLED) for name in names if name.endswith(_INSTALLED)]


class Inputs(NamedTuple):
    """Everything that a site is made from, read but not understood."""

    hash: bytes
    content: dict[str, bytes]
    """The hash of each file of the content, by path from the root."""


def inputs_of(root: Path, theme: Iterable[Path]) -> Inputs:
    """Hash everything that the site of the digest at `root` is made from; `theme` are the folders of its theme."""
    config = root / CONFIG_NAME
    content = {f"content/{path}": hash_ for path, hash_ in hashes_of_files(root / "content").items()}
    files = [(os.fsencode(path), hash_) for path, hash_ in content.items()]
    settings = config.read_bytes() if config.is_file() else b""
    return Inputs(fingerprint(program_hash(), settings, files, list(map(hash_of_files, theme))), content)
