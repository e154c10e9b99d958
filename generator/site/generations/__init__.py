"""A site folder that changes all at once: the next generation is made beside it, then the two change places.

The folder knows what each of its files was made from; deciding what that is, and making the files, is left to
``build``. Beside ``site/`` stands ``.site-other/``, the generation before, whose unchanged files are hard links to the
same bytes: bringing it up to date costs what changed in the last two builds, not the size of the site.
"""

import os
import shutil
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import filterfalse
from pathlib import Path
from typing import BinaryIO

from generator.beside import side_by_side
from generator.errors import BuildError
from generator.site.generations.inspection import Divergence, Inspection, is_file
from generator.site.generations.manifest import MANIFEST, FileHashes, Manifest, identity, read_manifest, write_manifest
from generator.site.generations.staging import exchange


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
class Generation:
    """What a site's folder holds that can be kept."""

    manifest: Manifest = field(default_factory=Manifest)
    folder: Path | None = None
    inspection: Inspection = field(default_factory=Inspection)

    @classmethod
    def at(
        cls, folder: Path, inspection: Inspection | None = None, *, manifest: Manifest | None = None
    ) -> "Generation":
        """Say what the site at `folder` holds, as it was inspected; nothing if its manifest cannot be trusted.

        `manifest` is what was read there before, if that was not long ago: it is read again only if it was replaced.
        """
        if (
            manifest is None
            or inspection is None
            or not manifest.seen == inspection.seen == identity(folder / MANIFEST)
        ):
            manifest = read_manifest(folder)
            inspection = Inspection.of(folder, manifest)
        return cls(manifest, folder, inspection)

    @cached_property
    def files(self) -> FileHashes:
        """In the manifest, and still there in the size that was written."""
        files = self.manifest.files
        return {path: files[path] for path in files.keys() - self.missing} if self.missing else files

    @property
    def missing(self) -> frozenset[str]:
        """Files that are in the manifest and gone, or of another size."""
        return self.inspection.missing

    def below(self, folder: str) -> FileHashes:
        """Return those of the files that lie in a folder, such as ``pagefind/``."""
        paths, files = self.manifest.paths, self.files
        first, last = bisect_left(paths, folder), bisect_left(paths, f"{folder[:-1]}0")  # which comes after the slash
        return {path: files[path] for path in paths[first:last] if path not in self.missing}

    def read(self, path: str) -> bytes | None:
        """Return the bytes of a file; None if it is none of the generation's, or cannot be read."""
        if self.folder is None or path not in self.files:
            return None
        try:
            return (self.folder / path).read_bytes()
        except OSError:
            return None


@dataclass(frozen=True)
class Wanted:
    """What the next generation is to hold."""

    inputs: bytes
    """A hash of everything that went in."""
    files: FileHashes
    new: Set[str]
    """Of the files, those that the old generation does not have, or that were made from something else there."""

    @property
    def most_are_kept(self) -> bool:
        """Whether more files are kept than new."""
        return len(self.files) > 2 * len(self.new)


class NextGeneration:
    """The site in the making. Killed at any moment, its folder is the old site or the new one.

    The next build starts from either.
    """

    def __init__(
        self,
        folder: Path,
        stage: Path,
        old: Generation,
        inspect: Callable[[], Divergence] | None = None,
        jobs: int = 1,
    ) -> None:
        """`old` is what `folder` holds now; `inspect` gives what the generation before it holds, where that is known.

        New files may be put into `stage`, an empty folder, at any time.
        """
        self._folder, self._stage, self._old, self._jobs = folder, stage, old, jobs
        self._other, self._inspect = other_generation(folder), inspect
        self._opened: Divergence | None = None
        """How the generation before differed from the old one, once it is the next one in the making."""

    def place_for(self, wanted: Wanted) -> Path:
        """Return the folder to write new files into by `write_new`, when most are known that will be wanted.

        Where there are few, it is the generation before: each is written where it stays, in a third of the time.
        """
        if not wanted.most_are_kept or _in_the_way(wanted, self._old.manifest):
            return self._stage
        before = self._divergence()
        if before.seen is None:
            return self._stage
        self._open(before)
        return self._other

    def publish(self, wanted: Wanted) -> None:
        """Make the folder hold exactly the files that are wanted: new ones as they were made, kept ones as they are."""
        if self._opened is not None or wanted.most_are_kept:
            self._bring_up_to_date(wanted)
            exchange(self._other, self._folder)
            return
        # Little is kept: the stage itself is the new generation. The other follows now, not in the next build's time.
        for path in sorted(wanted.files.keys() - wanted.new):
            _lay(self._folder, self._stage, path, move=False)
        replace_whole(self._folder, self._stage, wanted.inputs, wanted.files)
        _remove_whole(self._other)
        _repeat(self._folder, self._other, sorted(wanted.files), self._jobs)
        shutil.copyfile(self._folder / MANIFEST, self._other / f"{MANIFEST}.new")
        (self._other / f"{MANIFEST}.new").replace(self._other / MANIFEST)

    def _divergence(self) -> Divergence:
        """How the generation before differs from the old one."""
        other, old = self._other, self._old
        found = self._inspect() if self._inspect else None
        if found is None or found.site != old.manifest.seen or found.seen != identity(other / MANIFEST):
            found = Divergence.of(other, old.manifest)
        # Of both, and not the same file: copies, where there are no links, or replaced since.
        own = old.inspection.alone - found.differing
        lost = {path for path in own if not is_file(f"{other}{os.sep}{path}", old.manifest.size(path))}
        return replace(found, differing=found.differing | lost) if lost else found

    def _open(self, before: Divergence) -> None:
        """Take from the generation before what makes it one: from now on it is the next one, in the making."""
        (self._other / MANIFEST).unlink()
        old = self._old.manifest.files
        _remove(self._other, (*before.strays, *(path for path in before.differing if path not in old)))
        self._opened = before

    def _bring_up_to_date(self, wanted: Wanted) -> None:
        """Make the other generation hold the wanted files: kept ones as in `folder`, new ones of the stage beside
        those that were written there.

        Cost: what it differs in from the one in `folder`, and what is new.
        """
        folder, other, old = self._folder, self._other, self._old.manifest
        gone = _gone(old.files, wanted)
        in_place = self._opened is not None
        before = self._opened or self._divergence()
        if before.seen is None:
            _remove_whole(other)
            _repeat(folder, other, sorted(wanted.files.keys() - wanted.new), self._jobs)
        else:
            if not in_place:
                self._open(before)
            _remove(other, gone)
            for path in sorted((before.differing & wanted.files.keys()) - wanted.new):
                _lay(folder, other, path, move=False)
        new: dict[str, tuple[bytes, int]] = {}
        for path in sorted(wanted.new):
            if not in_place or os.path.lexists(f"{self._stage}{os.sep}{path}"):
                _lay(self._stage, other, path, move=True)
            new[path] = wanted.files[path], os.stat(f"{other}{os.sep}{path}").st_size
        write_manifest(other, old.changed(wanted.inputs, new, gone))


def _gone(old: FileHashes, wanted: Wanted) -> Set[str]:
    """Return the old files that are not wanted: mostly none, which their number tells without a look at each."""
    still = len(wanted.files) - len(wanted.new) + sum(path in old for path in wanted.new)
    return set(filterfalse(wanted.files.__contains__, old)) if still < len(old) else frozenset()


def _in_the_way(wanted: Wanted, old: Manifest) -> bool:
    """Tell whether a new file needs a folder where a file was, or is where a folder was."""
    for path in wanted.new:
        if path in old.files:
            continue
        place = bisect_left(old.paths, f"{path}/")
        if place < len(old.paths) and old.paths[place].startswith(f"{path}/"):
            return True
        above = path
        while above := above.rpartition("/")[0]:
            if above in old.files:
                return True
    return False


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


def replace_whole(folder: Path, stage: Path, inputs: bytes, files: FileHashes) -> None:
    """Put `stage`, which holds `files`, in the place of `folder`, whose content goes with the stage."""
    write_manifest(stage, Manifest.of(stage, inputs, files))
    exchange(stage, folder)


WORTH_A_PROCESS = 5_000
"""Files from which on their linking, some 20 microseconds each, is shared out."""


def _repeat(folder: Path, other: Path, paths: Sequence[str], jobs: int) -> None:
    """Make `other`, of which nothing is there, hold the files of `folder`: `paths`, those of one folder together."""
    other.mkdir(parents=True)
    share = max(WORTH_A_PROCESS, -(-len(paths) // jobs))
    parts = [partial(_link, folder, other, paths[start : start + share]) for start in range(0, len(paths), share)]
    for _ in side_by_side(parts, jobs) if len(parts) > 1 else (part() for part in parts):
        pass


def _link(folder: Path, other: Path, paths: Iterable[str]) -> None:
    made = None
    for path in paths:
        place = path[: path.rfind("/") + 1]
        if place != made:
            os.makedirs(f"{other}{os.sep}{place}", exist_ok=True)
            made = place
        link_or_copy(f"{folder}{os.sep}{path}", f"{other}{os.sep}{path}")


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
    link_or_copy(start, end)


def link_or_copy(start: str, end: str) -> None:
    """Let a file be at another place too: as a hard link, where there are any."""
    try:
        os.link(start, end)
    except OSError as error:
        if isinstance(error, FileNotFoundError):
            raise
        shutil.copyfile(start, end)  # a file system without hard links


def _remove(folder: Path, paths: Iterable[str]) -> None:
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
