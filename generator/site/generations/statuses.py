"""The states of many files of a folder, by statx(2) without an object a file; where that is not had, by Python's stat.

What they should be is left to those who ask: ``inspection``.
"""

import ctypes
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import repeat
from pathlib import Path
from typing import Literal, NamedTuple


class Statuses(NamedTuple):
    """The states of some files that follow one another, as lists beside each other: most are as they should be, and
    that is told of a list at once.
    """

    modes: list[int]
    """0 where nothing is; all else of such a file says nothing."""
    links: list[int]
    sizes: list[int]
    seconds: list[int]
    """Of the time when each was changed."""
    nanoseconds: list[int]


_SYMLINK_NOFOLLOW, _BASIC = 0x100, 0x7FF  # linux/fcntl.h, linux/stat.h
_BYTES = 256  # of a struct statx, and where its fields begin
_LINKS, _MODE, _SIZE, _SECONDS, _NANOSECONDS = 16, 28, 40, 112, 120
_AT_ONCE = 512
"""Files that are asked about before the answers are read: what they take remains in a core's cache."""


def statuses(folder: Path, paths: Sequence[str], *, follow: bool = True) -> Iterator[Statuses]:
    """Look at each of the `paths` below `folder`; of a symbolic link at what it leads to, if it is to be followed.

    Yields some after the other, in their order.

    Cost: a system call each, and little else: two thirds of the time of ``os.stat``.
    """
    call = _statx()
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return iter([Statuses(*([0] * len(paths) for _ in Statuses._fields))] if paths else [])
    if call is None or call(handle, b".", 0, _BASIC, ctypes.create_string_buffer(_BYTES)) != 0:
        os.close(handle)
        found = [_one(f"{folder}{os.sep}{path}", os.stat if follow else os.lstat) for path in paths]
        return iter([Statuses(*map(list, zip(*found, strict=True)))] if found else [])
    return _many(call, handle, paths, 0 if follow else _SYMLINK_NOFOLLOW)


def _statx() -> Callable[..., int] | None:
    """Return the system's own function, where it has one (Linux, statx(2))."""
    return getattr(ctypes.CDLL(None), "statx", None)


def _one(path: str, look: Callable[[str], os.stat_result]) -> tuple[int, int, int, int, int]:
    try:
        found = look(path)
    except OSError:
        return 0, 0, 0, 0, 0
    return found.st_mode, found.st_nlink, found.st_size, *divmod(found.st_mtime_ns, 1_000_000_000)


def _many(call: Callable[..., int], handle: int, paths: Sequence[str], flags: int) -> Iterator[Statuses]:
    """Look at paths below an opened folder, which is closed at the end."""
    room = bytearray(_BYTES * _AT_ONCE)
    places = [(ctypes.c_char * _BYTES).from_buffer(room, _BYTES * index) for index in range(_AT_ONCE)]

    def column(kind: Literal["H", "I", "Q", "q"], start: int) -> "memoryview[int]":
        values = memoryview(room).cast(kind)
        return values[start // values.itemsize :: _BYTES // values.itemsize]

    modes = column("H", _MODE)
    columns = (modes, column("I", _LINKS), column("Q", _SIZE), column("q", _SECONDS), column("I", _NANOSECONDS))
    encoding, errors = sys.getfilesystemencoding(), sys.getfilesystemencodeerrors()
    try:
        for start in range(0, len(paths), _AT_ONCE):
            names = "\0".join(paths[start : start + _AT_ONCE]).encode(encoding, errors).split(b"\0")
            failed = list(map(call, repeat(handle), names, repeat(flags), repeat(_BASIC), places))
            if any(failed):
                for index in (index for index, failure in enumerate(failed) if failure):
                    modes[index] = 0
            yield Statuses(*(values[: len(names)].tolist() for values in columns))
    finally:
        os.close(handle)
