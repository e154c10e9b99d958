"""What each file of a site was made from: written into the site's folder, and read there by the next build.

What is still there of it is ``inspection``'s to say, what becomes of it ``generations``'.
"""

import os
import zlib
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

import msgspec

MANIFEST = ".digest-site"
"""In the site's folder: what each file was made from. It also says that a build wrote the folder and may replace it."""

FileHashes = dict[str, bytes]
"""A file's path below the site -> a hash of everything that it was made from."""


@dataclass(frozen=True)
class Manifest:
    """What a generation was made from."""

    inputs: bytes = b""
    """A hash of everything that went in: equal inputs need no look at the files."""
    files: FileHashes = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    """Of each file, in bytes: one that was emptied or cut off is seen without being read."""
    seen: tuple[int, int] | None = field(default=None, compare=False)
    """Which file it was read from."""


class _Written(msgspec.Struct, frozen=True, array_like=True):
    """A manifest as it is written: every path once."""

    inputs: bytes
    paths: bytes
    """Between null characters, which no path has; compressed, for they are most of it and much alike."""
    made_from: list[bytes]
    sizes: list[int]


def read_manifest(folder: Path) -> Manifest:
    """Return what the site at `folder` was made from; an empty manifest if that is not known for certain."""
    seen = identity(folder / MANIFEST)
    try:
        data = (folder / MANIFEST).read_bytes()
        if blake2b(data[32:], digest_size=32).digest() != data[:32]:
            return Manifest()
        read = msgspec.msgpack.decode(data[32:], type=_Written)
        paths = zlib.decompress(read.paths).decode().split("\0") if read.made_from else []
        files = dict(zip(paths, read.made_from, strict=True))
        return Manifest(read.inputs, files, dict(zip(paths, read.sizes, strict=True)), seen)
    except (OSError, ValueError, zlib.error, msgspec.MsgspecError):
        return Manifest()


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write what the files of `folder` were made from; the last thing that is written into a generation.

    Sizes that the manifest does not give are looked up.
    """
    prefix = f"{folder}{os.sep}"
    paths, known = sorted(manifest.files), manifest.sizes
    sizes = [known[path] if path in known else os.stat(prefix + path).st_size for path in paths]
    made_from = [manifest.files[path] for path in paths]
    packed = zlib.compress("\0".join(paths).encode(), 1)
    body = msgspec.msgpack.encode(_Written(manifest.inputs, packed, made_from, sizes))
    path = folder / (MANIFEST + ".new")
    path.write_bytes(blake2b(body, digest_size=32).digest() + body)
    path.replace(folder / MANIFEST)


def identity(path: Path) -> tuple[int, int] | None:
    """Return what no two files have in common that were at `path` one after the other; None if there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns
