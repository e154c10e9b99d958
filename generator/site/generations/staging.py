"""A folder to make new files in beside the one that they are for, locked, and the change of places at the end."""

import ctypes
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep

from generator.errors import BuildError

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2  # linux/fcntl.h, linux/fs.h


@contextmanager
def staging(folder: Path) -> Iterator[Path]:
    """Give an empty folder beside `folder` to make new files in; only one build at a time has it.

    What a killed build left there is cleared.

    Raises:
        BuildError: another build is at work on `folder`.
    """
    place = _stage_of(folder)
    place.mkdir(parents=True, exist_ok=True)
    with _locked(place):
        try:
            stage = place / "site"
            shutil.rmtree(stage, ignore_errors=True)
            stage.mkdir()
            yield stage
        finally:
            shutil.rmtree(place, ignore_errors=True)


def clear_stage(folder: Path) -> None:
    """Take away what a build left beside `folder` that was killed when all but its tidying up was done."""
    if _stage_of(folder).exists():
        with suppress(BuildError), staging(folder):  # another build at work tidies up itself
            pass


def _stage_of(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}-stage")


PATIENCE = 1.0
"""Seconds to wait for a lock: what a killed build had started ends a moment after it."""


def _take(handle: int) -> None:
    """Lock an opened folder.

    Raises:
        BlockingIOError: somebody else has it.
    """
    import fcntl

    end = monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if monotonic() >= end:
                raise
            sleep(0.02)
        else:
            return


@contextmanager
def _locked(place: Path) -> Iterator[None]:
    """Hold a lock on a folder; the system drops it with the process."""
    try:
        import fcntl  # noqa: F401
    except ImportError:  # a system without file locks: nothing keeps two builds apart there
        yield
        return
    handle = os.open(place, os.O_RDONLY)
    try:
        _take(handle)
        if not place.exists() or not os.path.samestat(os.fstat(handle), place.stat()):
            raise BlockingIOError  # a build that ended just now has removed what was opened
        yield
    except BlockingIOError:
        raise BuildError(str(place), "another build is at work on this site; wait for it to end") from None
    finally:
        os.close(handle)


def exchange(new: Path, old: Path) -> None:
    """Let two folders change places in one step; where the system cannot, in two renames."""
    old.parent.mkdir(parents=True, exist_ok=True)
    if not old.exists():
        new.rename(old)
        return
    if _renameat2(new, old):
        return
    aside = old.with_name(f".{old.name}-aside")
    shutil.rmtree(aside, ignore_errors=True)
    old.rename(aside)
    new.rename(old)
    aside.rename(new)


def _renameat2(one: Path, other: Path) -> bool:
    """Swap two paths atomically (Linux, renameat2(2)); tell whether it was done."""
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is None:
        return False
    done: int = call(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE)
    return done == 0
