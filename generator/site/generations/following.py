"""The next generation of a site: made beside the one that is there, until the two change places.

Beside ``site/`` stands ``.site-other/``, the generation before, whose unchanged files are hard links to the same bytes:
bringing it up to date costs what changed in the last two builds, not the size of the site.
"""

import os
import shutil
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass, replace
from functools import partial
from itertools import filterfalse
from pathlib import Path

from generator.beside import side_by_side
from generator.errors import BuildError
from generator.site.generations import Generation, other_generation
from generator.site.generations.inspection import Divergence, is_file
from generator.site.generations.manifest import MANIFEST, FileHashes, Manifest, identity, write_manifest
from generator.site.generations.placing import lay, link_or_copy, remove, remove_whole
from generator.site.generations.staging import exchange


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
        self._since = 0
        """When it became that, in nanoseconds."""

    def place_for(self, wanted: Wanted) -> Path:
        """Return the folder to write new files into by `write_new`, when most are known that will be wanted.

        Where there are few, it is the generation before: each is written where it stays, and nothing has to be moved.
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
            lay(self._folder, self._stage, path, move=False)
        replace_whole(self._folder, self._stage, wanted.inputs, wanted.files)
        remove_whole(self._other)
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
        self._since = os.stat(self._other).st_mtime_ns
        old = self._old.manifest.files
        remove(self._other, before.strays)  # first: one of them may be a folder where a file was
        remove(self._other, [path for path in before.differing if path not in old])
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
            remove_whole(other)
            _repeat(folder, other, sorted(wanted.files.keys() - wanted.new), self._jobs)
        else:
            if not in_place:
                self._open(before)
            remove(other, gone)
            for path in sorted((before.differing & wanted.files.keys()) - wanted.new):
                lay(folder, other, path, move=False)
        new: dict[str, tuple[bytes, int]] = {}
        for path in sorted(wanted.new):
            moved = not in_place or os.path.lexists(f"{self._stage}{os.sep}{path}")
            if moved:
                lay(self._stage, other, path, move=True)
            status = os.stat(f"{other}{os.sep}{path}")
            if not moved and status.st_mtime_ns < self._since:
                raise BuildError(
                    path, "was to be made anew, and is that of an earlier build; this is a mistake of ours"
                )
            new[path] = wanted.files[path], status.st_size
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
