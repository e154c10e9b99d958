"""The two sites that a change lies between, built, and the files in which they differ: by their bytes, nothing else.

What the files mean is left to ``pages`` and ``feeds``. Cost: two builds that start from the digest's own site where
there is one, so that each costs what changed; of a file that both share a system call.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from filecmp import cmp
from pathlib import Path

from generator.changes.base import Base, base_of
from generator.site.build import build, silent
from generator.site.generations.manifest import MANIFEST, read_manifest
from generator.site.plan import CACHE, SEARCHED, Progress


@dataclass(frozen=True)
class Sites:
    """A site before and after a change, each a folder, and the paths of the files that are not the same in both."""

    base: Path
    head: Path
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]

    @classmethod
    def between(cls, base: Path, head: Path) -> "Sites":
        """Compare two built sites file by file."""
        before, after = read_manifest(base).files, read_manifest(head).files
        return cls(
            base,
            head,
            tuple(sorted(after.keys() - before.keys())),
            tuple(sorted(path for path in before.keys() & after.keys() if not _same(base / path, head / path))),
            tuple(sorted(before.keys() - after.keys())),
        )


def _same(one: Path, other: Path) -> bool:
    return os.path.samefile(one, other) or cmp(one, other, shallow=False)  # noqa: PTH121 - Path's own is slower


@contextmanager
def built(
    root: Path, name: str, site: Path, jobs: int | None = None, progress: Progress = silent
) -> Iterator[tuple[Base, Sites]]:
    """Build the digest at `root` as it is and as it was in the base called `name`; give both until the block ends.

    `site` is where the digest is usually built: what is there is kept as it is, and saves work.

    Raises:
        BuildError: there is no such base, or a build failed.
        ConfigError: there is no digest at `root`.
        ContentProblems: the content at `root` has problems. Those of the base are no obstacle.
    """
    with _workplace(root) as work:
        base = base_of(root, name, work / "base")
        if base.is_copy:
            _copy_memory(root, base.root)
        before, after = work / "before", work / "after"
        _twin(site, before)
        build(base.root, before, jobs, progress, lenient=True)
        _twin(before, after)
        build(root, after, jobs, progress)
        yield base, Sites.between(before, after)


@contextmanager
def _workplace(root: Path) -> Iterator[Path]:
    """Give a folder on the same disk as the digest, so that files need not be copied; elsewhere if that cannot be."""
    near = root / CACHE
    try:
        near.mkdir(parents=True, exist_ok=True)
        place = tempfile.mkdtemp(prefix="diff-", dir=near)
    except OSError:
        place = tempfile.mkdtemp(prefix="digest-diff-")
    try:
        yield Path(place).resolve()
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _copy_memory(root: Path, copy: Path) -> None:
    """Let a copy of a digest remember what the digest's own builds worked out."""
    for path in (*(root / CACHE).glob("*"), *(root / SEARCHED).glob("*")):
        if path.is_file():
            target = copy / path.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)


def _twin(site: Path, place: Path) -> None:
    """Lay a second copy of a built site, of hard links where the disk allows; none if `site` is none."""
    try:
        manifest = (site / MANIFEST).read_bytes()
    except OSError:
        return
    place.mkdir()
    (place / MANIFEST).write_bytes(manifest)
    folders: set[str] = set()
    for path in read_manifest(place).files:
        source, target = f"{site}{os.sep}{path}", f"{place}{os.sep}{path}"
        if (folder := os.path.dirname(target)) not in folders:  # noqa: PTH120 - a Path for each of 68,000 is slow
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103
            folders.add(folder)
        _lay(source, target)
    if not _still(site / MANIFEST, manifest):
        shutil.rmtree(place)  # a build has put another site there meanwhile: half of the files would be its


def _still(path: Path, data: bytes) -> bool:
    try:
        return path.read_bytes() == data
    except OSError:
        return False


def _lay(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except FileNotFoundError:
        return  # gone meanwhile: the build makes it again
    except OSError:
        shutil.copyfile(source, target)
