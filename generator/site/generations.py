"""A site folder that changes all at once: the next generation is made beside it, then the two change places.

The folder knows what each of its files was made from; deciding what that is, and making the files, is left to
``build``. Beside ``site/`` stands ``.site-other/``, the generation before, whose unchanged files are hard links to the
same bytes: bringing it up to date costs what changed in the last two builds, not the size of the site.
"""

import os
import shutil
import stat
import zlib
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

import msgspec

from generator.errors import BuildError
from generator.site.staging import exchange

MANIFEST = ".digest-site"
"""In the site's folder: what each file was made from. It also says that a build wrote the folder and may replace it."""

NOT_FOUND = "404.html"
"""The page that a host shows for an address that is none."""

FileHashes = dict[str, bytes]
"""A file's path below the site -> a hash of everything that it was made from."""


def is_page(path: str) -> bool:
    """Return whether a file of the site is a page with an address that leads to it, a redirect's too."""
    return path.endswith(".html") and path != NOT_FOUND


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
    seen = _identity(folder / MANIFEST)
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
    os.replace(path, folder / MANIFEST)


def check_replaceable(folder: Path) -> None:
    """Hold on before a folder is lost that no build wrote.

    Raises:
        BuildError: `folder` is a file, or has something in it and no manifest.
    """
    if not folder.exists() or (folder.is_dir() and ((folder / MANIFEST).exists() or not any(folder.iterdir()))):
        return
    raise BuildError(str(folder), "not a folder that a build wrote; give another one, or empty it yourself")


def other_generation(folder: Path) -> Path:
    """Return where the generation before, or the one in the making, stands: ``site`` -> ``.site-other``."""
    return folder.with_name(f".{folder.name}-other")


@dataclass(frozen=True)
class Inspection:
    """What was found of a folder's files: none of it is kept that cannot be accounted for."""

    seen: tuple[int, int] | None = None
    """Which manifest was read: no two generations have the same file."""
    missing: frozenset[str] = frozenset()
    """In the manifest, and gone or of another size."""
    strays: tuple[str, ...] = ()
    """There, and not as in the manifest: files, and empty folders with a separator at the end."""

    @classmethod
    def of(cls, folder: Path, *, strays: bool = False) -> "Inspection":
        """Look at every file of the site at `folder`, and if asked at what else is there.

        Cost: a system call a file and two a folder, some 0.3 s for 35,000 pages: done beside other work.
        """
        seen = _identity(folder / MANIFEST)
        manifest = read_manifest(folder)
        prefix = f"{folder}{os.sep}"
        missing = frozenset(path for path in manifest.files if _size(prefix + path) != manifest.sizes.get(path))
        if not strays or len(missing) == len(manifest.files):
            return cls(seen, missing)
        return cls(seen, missing, tuple(_strays(folder, manifest.files.keys() - missing)))


@dataclass(frozen=True)
class Generation:
    """What a site's folder holds that can be kept."""

    files: FileHashes = field(default_factory=dict)
    """In the manifest, and still there in the size that was written."""
    sizes: dict[str, int] = field(default_factory=dict)
    inputs: bytes = b""
    """Of everything that went in."""
    folder: Path | None = None
    inspection: Inspection = Inspection()

    @classmethod
    def at(
        cls,
        folder: Path,
        inspection: Inspection | None = None,
        *,
        manifest: Manifest | None = None,
        strays: bool = False,
    ) -> "Generation":
        """Say what the site at `folder` holds, as it was inspected; nothing if its manifest cannot be trusted.

        `manifest` is what was read there before, if that was not long ago: it is read again only if it was replaced.
        """
        if inspection is None or inspection.seen != _identity(folder / MANIFEST):
            inspection, manifest = Inspection.of(folder, strays=strays), None
        if manifest is None or manifest.seen != inspection.seen:
            manifest = read_manifest(folder)
        files = manifest.files
        if inspection.missing:
            files = {path: made_from for path, made_from in files.items() if path not in inspection.missing}
        return cls(files, manifest.sizes, manifest.inputs, folder, inspection)

    @property
    def missing(self) -> frozenset[str]:
        """Files that are in the manifest and gone, or of another size."""
        return self.inspection.missing

    def stands(self) -> bool:
        """Tell whether the folder is still the one that was looked at: no other build has replaced it."""
        return self.folder is None or _identity(self.folder / MANIFEST) == self.inspection.seen

    def read(self, path: str) -> bytes | None:
        """Return the bytes of a file; None if it is none of the generation's, or cannot be read."""
        if self.folder is None or path not in self.files:
            return None
        try:
            return (self.folder / path).read_bytes()
        except OSError:
            return None


def _size(path: str) -> int | None:
    """Return the bytes of a file, None if there is none."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns


def publish(
    folder: Path, stage: Path, wanted: Manifest, old: Generation, inspect: Callable[[], Inspection] | None = None
) -> None:
    """Make `folder` hold exactly the files that are wanted: new ones from `stage`, kept ones as they are.

    `old` is what `folder` holds now; `inspect` gives what the generation before it holds, where that is known. Killed
    at any moment, `folder` is the old site or the new one, and the next build starts from either.
    """
    other = other_generation(folder)
    found = old.files.get
    kept = {path: made_from for path, made_from in wanted.files.items() if found(path) == made_from}
    if kept:
        before = Generation.at(other, inspect() if inspect else None, strays=True)
        wanted = Manifest(wanted.inputs, wanted.files, {path: old.sizes[path] for path in kept})
        _bring_up_to_date(other, before, wanted, folder, kept, stage)
        exchange(other, folder)
        return
    # Nothing is kept: the stage itself is the new generation. The other follows now, not in the next build's time.
    replace_whole(folder, stage, wanted)
    _bring_up_to_date(other, Generation.at(other, strays=True), wanted, folder, wanted.files)


def replace_whole(folder: Path, stage: Path, wanted: Manifest) -> None:
    """Put `stage` in the place of `folder`, whose content goes with the stage."""
    write_manifest(stage, wanted)
    exchange(stage, folder)


def _strays(folder: Path, known: Collection[str]) -> Iterator[str]:
    """Find in `folder` what no build put there, empty folders too."""
    start = len(str(folder)) + 1
    waiting = [str(folder)]
    while waiting:
        here = waiting.pop()
        with os.scandir(here) as entries:
            inside = list(entries)
        for entry in inside:
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
            elif (path := entry.path[start:]) not in known and path != MANIFEST:
                yield path
        if not inside and len(here) > start:
            yield f"{here[start:]}{os.sep}"


def _bring_up_to_date(
    other: Path, before: Generation, wanted: Manifest, folder: Path, kept: FileHashes, stage: Path | None = None
) -> None:
    """Make `other` hold the wanted files: `kept` are in `folder`, those that are new are moved from the `stage`."""
    _open(other, before)
    there = before.files.get
    for path in [path for path in before.files if path not in wanted.files]:
        _remove(other, path)
    for path in [path for path, made_from in kept.items() if there(path) != made_from]:
        _lay(folder, other, path, move=False)
    if stage is not None:
        for path in [path for path in wanted.files if path not in kept]:
            _lay(stage, other, path, move=True)
    write_manifest(other, wanted)


def _open(other: Path, before: Generation) -> None:
    """Take the manifest of the other generation away: from now on it is in the making."""
    if not before.files:
        _remove_whole(other)
        other.mkdir(parents=True)
        return
    (other / MANIFEST).unlink()
    for path in before.inspection.strays:
        _remove(other, path)


def _remove_whole(path: Path) -> None:
    if path.is_symlink() or path.is_file():
        path.unlink()
    shutil.rmtree(path, ignore_errors=True)


def _lay(source: Path, target: Path, path: str, *, move: bool) -> None:
    """Put a file of `source` into `target`: moved from the stage, hard-linked (or copied) from the site."""
    start, end = f"{source}{os.sep}{path}", f"{target}{os.sep}{path}"
    try:
        _put(start, end, move=move)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(end), exist_ok=True)
        _put(start, end, move=move)


def _put(start: str, end: str, *, move: bool) -> None:
    if move:
        os.replace(start, end)
        return
    with suppress(FileNotFoundError):
        os.unlink(end)
    try:
        os.link(start, end)
    except OSError as error:
        if isinstance(error, FileNotFoundError):
            raise
        shutil.copyfile(start, end)  # a file system without hard links


def _remove(folder: Path, path: str) -> None:
    """Remove a file, or an empty folder, and the folders that it leaves empty."""
    target = folder / path
    if path.endswith(os.sep):
        target /= "nothing"
    with suppress(FileNotFoundError):
        target.unlink()
    for above in target.relative_to(folder).parents:
        if above == Path():
            return
        try:
            (folder / above).rmdir()
        except OSError:
            return
