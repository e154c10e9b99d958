"""What each file of a site was made from: written into the site's folder, and read there by the next build.

What is still there of it is ``inspection``'s to say, what becomes of it ``generations``'.
"""

import os
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from struct import Struct

import msgspec

from generator.site.prints.fingerprints import SIZE

MANIFEST = ".digest-site"
"""In the site's folder: what each file was made from. It also says that a build wrote the folder and may replace it."""

FileHashes = dict[str, bytes]
"""A file's path below the site -> a hash of everything that it was made from."""

_AT_ONCE = 128
"""Files of two manifests that are compared at once: most are the same."""


@dataclass(frozen=True)
class Manifest:
    """What a generation was made from: lists beside each other, for all of it is read to look at a few files."""

    inputs: bytes = b""
    """A hash of everything that went in: equal inputs need no look at the files."""
    paths: Sequence[str] = ()
    """Every file, sorted."""
    hashes: bytes = b""
    """Of what each was made from, one after the other."""
    sizes: "array[int]" = field(default_factory=lambda: array("Q"))
    """Of each, in bytes: one that was emptied or cut off is seen without being read."""
    seen: tuple[int, int] | None = field(default=None, compare=False)
    """Which file it was read from; None if there was none to be trusted."""
    packed: bytes | None = field(default=None, compare=False, repr=False)
    """The paths as they were read: they are seldom others, and most of what is written."""

    @classmethod
    def of(cls, folder: Path, inputs: bytes, files: FileHashes) -> "Manifest":
        """Say what the files below `folder` were made from; their sizes are looked up."""
        paths = sorted(files)
        sizes = array("Q", [os.stat(f"{folder}{os.sep}{path}").st_size for path in paths])
        return cls(inputs, paths, b"".join(map(files.__getitem__, paths)), sizes)

    @cached_property
    def files(self) -> FileHashes:
        """What each file was made from."""
        hashes = Struct(f"{SIZE}s" * len(self.paths)).unpack(self.hashes)
        return dict(zip(self.paths, hashes, strict=True))

    def changed(self, inputs: bytes, new: Mapping[str, tuple[bytes, int]], gone: Set[str] = frozenset()) -> "Manifest":
        """Return the manifest with files that are `new` or made anew, of which (hash, size) are given, without others.

        Cost: what changed, for all else is copied in long pieces.
        """
        paths: list[str] = []
        hashes, sizes, done = bytearray(), array("Q"), 0

        def keep(until: int) -> None:
            paths.extend(self.paths[done:until])
            hashes.extend(self.hashes[done * SIZE : until * SIZE])
            sizes.extend(self.sizes[done:until])

        same_paths = not gone
        for path in sorted(new.keys() | gone):
            place = bisect_left(self.paths, path, done)
            there = place < len(self.paths) and self.paths[place] == path
            keep(place)
            done = place + there
            if path in new:
                made_from, size = new[path]
                paths.append(path)
                hashes += made_from
                sizes.append(size)
                same_paths = same_paths and there
        keep(len(self.paths))
        return replace(
            self,
            inputs=inputs,
            paths=paths,
            hashes=bytes(hashes),
            sizes=sizes,
            packed=self.packed if same_paths else None,
        )

    def size(self, path: str) -> int:
        """Return the size of one of the files."""
        return self.sizes[bisect_left(self.paths, path)]

    def piece(self, start: int, count: int) -> tuple[Sequence[str], bytes]:
        """Return some files that follow one another, and the hashes of what they were made from."""
        return self.paths[start : start + count], self.hashes[start * SIZE : (start + count) * SIZE]

    def differences(self, other: "Manifest") -> Iterator[str]:
        """Find the files that only one of two manifests has, or that were made from something else in the other."""
        if self.paths is other.paths:
            step = SIZE * _AT_ONCE
            for start in range(0, len(self.hashes), step):
                ours, its = self.hashes[start : start + step], other.hashes[start : start + step]
                if ours != its:
                    places = range(0, len(ours), SIZE)
                    apart = [place for place in places if ours[place : place + SIZE] != its[place : place + SIZE]]
                    yield from (self.paths[(start + place) // SIZE] for place in apart)
            return
        here = there = 0
        while here < len(self.paths) and there < len(other.paths):
            count = _AT_ONCE
            if self.piece(here, count) == other.piece(there, count):
                here, there = here + count, there + count
                continue
            while count and here < len(self.paths) and there < len(other.paths):
                mine, yours = self.paths[here], other.paths[there]
                if self.piece(here, 1) != other.piece(there, 1):
                    yield min(mine, yours)
                here, there, count = here + (mine <= yours), there + (yours <= mine), count - 1
        yield from self.paths[here:]
        yield from other.paths[there:]


class _Written(msgspec.Struct, frozen=True, array_like=True):
    """A manifest as it is written: every path once."""

    inputs: bytes
    paths: bytes
    """Between null characters, which no path has; compressed, for they are most of it and much alike."""
    hashes: bytes
    sizes: bytes


def read_manifest(folder: Path, like: Manifest | None = None) -> Manifest:
    """Return what the site at `folder` was made from; an empty manifest if that is not known for certain.

    One that may have the same files was read before, if it is given: they are not read twice then.
    """
    seen = identity(folder / MANIFEST)
    try:
        data = (folder / MANIFEST).read_bytes()
        body = memoryview(data)[32:]
        if sha256(body).digest() != data[:32]:
            return Manifest()
        read = msgspec.msgpack.decode(body, type=_Written)
        if like is not None and read.paths == like.packed:
            paths = like.paths
        else:
            paths = zlib.decompress(read.paths).decode().split("\0") if read.hashes else []
        sizes = array("Q", read.sizes)
        if len(read.hashes) != SIZE * len(paths) or len(sizes) != len(paths):
            return Manifest()
        return Manifest(read.inputs, paths, read.hashes, sizes, seen, read.paths)
    except (OSError, ValueError, zlib.error, msgspec.MsgspecError):
        return Manifest()


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write what the files of `folder` were made from; the last thing that is written into a generation."""
    packed = manifest.packed
    if packed is None:
        packed = zlib.compress("\0".join(manifest.paths).encode(), 1)
    body = msgspec.msgpack.encode(_Written(manifest.inputs, packed, manifest.hashes, manifest.sizes.tobytes()))
    path = folder / (MANIFEST + ".new")
    path.write_bytes(sha256(body).digest() + body)
    path.replace(folder / MANIFEST)


def identity(path: Path) -> tuple[int, int] | None:
    """Return what no two files have in common that were at `path` one after the other; None if there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns
