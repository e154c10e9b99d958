"""Files that come to their places in a site that is being made: written, moved, linked, removed."""

import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO


def write_new(path: str, data: bytes) -> None:
    """Write a new file of a site in the making; what is there goes, for it may be a file of the site as it is."""
    with _created(path) as file:
        file.write(data)


def _created(path: str) -> BinaryIO:
    try:
        return open(path, "xb")
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), exist_ok=True)
    except FileExistsError:
        os.unlink(path)
    return open(path, "xb")


def lay(source: Path, target: Path, path: str, *, move: bool) -> None:
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
    link_or_copy(start, end)


def link_or_copy(start: str, end: str) -> None:
    """Let a file be at another place too: as a hard link, where there are any."""
    try:
        os.link(start, end)
    except OSError as error:
        if isinstance(error, FileNotFoundError):
            raise
        shutil.copyfile(start, end)  # a file system without hard links


def remove(folder: Path, paths: Iterable[str]) -> None:
    """Remove files, or empty folders, which have a slash at the end, and the folders that they leave empty."""
    above: set[str] = set()
    for path in paths:
        if not path.endswith("/"):
            with suppress(FileNotFoundError):
                os.unlink(f"{folder}{os.sep}{path}")
        above.add(path.rpartition("/")[0])
    for emptied in sorted(above, reverse=True):  # what is inside another comes before it
        inside = emptied
        with suppress(OSError):  # something else is in it, or it is gone already
            while inside:
                os.rmdir(f"{folder}{os.sep}{inside}")
                inside = inside.rpartition("/")[0]


def remove_whole(path: Path) -> None:
    """Remove whatever is at a place."""
    if path.is_symlink() or path.is_file():
        path.unlink()
    shutil.rmtree(path, ignore_errors=True)
