"""What is left of a site's files since they were written, and what else lies between them: by system calls, unread."""

import os
import stat
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from generator.site.manifest import MANIFEST, FileHashes, identity, read_manifest


@dataclass(frozen=True)
class Inspection:
    """What was found of a folder's files: none of it is kept that cannot be accounted for."""

    seen: tuple[int, int] | None = None
    """Which manifest was read: no two generations have the same file."""
    missing: frozenset[str] = frozenset()
    """In the manifest, and gone or of another size."""
    alone: frozenset[str] = frozenset()
    """There, and the only link to their bytes: no other generation has the same file."""
    strays: tuple[str, ...] = ()
    """There, and not in the manifest: files, and empty folders with a slash at the end."""

    @classmethod
    def of(cls, folder: Path) -> "Inspection":
        """Look at every file of the site at `folder`.

        Cost: a system call a file, some 0.3 s for 35,000 pages: done beside other work.
        """
        seen = identity(folder / MANIFEST)
        missing: set[str] = set()
        alone: set[str] = set()
        for path, size in read_manifest(folder).sizes.items():
            links = links_to(f"{folder}{os.sep}{path}", size)
            if links < 2:
                (alone if links else missing).add(path)
        return cls(seen, frozenset(missing), frozenset(alone))

    @classmethod
    def beside(cls, folder: Path, shared: FileHashes) -> "Inspection":
        """Look at the generation in `folder` and for what else is there, beside a site that was made from `shared`.

        Files of both that were made from the same are the same, and are not looked at again: where one was replaced or
        removed here, the site's is `alone`.

        Cost: a system call a folder, for what else is there is found in folders alone that changed since the manifest
        was written; half of what a look at every file takes.
        """
        seen = identity(folder / MANIFEST)
        if seen is None:
            return cls()
        manifest = read_manifest(folder)
        own = [path for path, made_from in manifest.files.items() if shared.get(path) != made_from]
        missing = {path for path in own if not links_to(f"{folder}{os.sep}{path}", manifest.sizes[path])}
        return cls(seen, frozenset(missing), strays=tuple(_strays(folder, manifest.files, seen[1])))


def links_to(path: str, size: int) -> int:
    """Return how many links there are to a file; 0 if there is no file of that size."""
    try:
        status = os.stat(path)
    except OSError:
        return 0
    return status.st_nlink if stat.S_ISREG(status.st_mode) and status.st_size == size else 0


def _strays(folder: Path, files: Collection[str], since: int) -> Iterator[str]:
    """Find what is in `folder` since a time in nanoseconds and none of the `files`; empty folders too."""
    folders = {""}
    for path in files:
        above = path.rpartition("/")[0]
        while above not in folders:
            folders.add(above)
            above = above.rpartition("/")[0]
    waiting = [inside for inside in folders if _changed(f"{folder}{os.sep}{inside}", since)]
    while waiting:
        here = waiting.pop()
        with os.scandir(f"{folder}{os.sep}{here}") as entries:
            inside = [(f"{here}/{entry.name}".lstrip("/"), entry.is_dir(follow_symlinks=False)) for entry in entries]
        for path, is_folder in inside:
            if is_folder and path not in folders:
                waiting.append(path)
            elif not is_folder and path not in files and path != MANIFEST:
                yield path
        if not inside and here:
            yield f"{here}/"


def _changed(folder: str, since: int) -> bool:
    """Tell whether files came or went in a folder since a time; of one that is not there nothing is left to find."""
    try:
        status = os.lstat(folder)
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_mtime_ns >= since
