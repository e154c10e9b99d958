"""A site folder that changes all at once: the next generation is made beside it, then the two change places.

The folder knows what each of its files was made from; deciding what that is, and making the files, is left to
``build``. Beside ``site/`` stands ``.site-other/``, the generation before, whose unchanged files are hard links to the
same bytes: bringing it up to date costs what changed in the last two builds, not the size of the site.
"""

import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from generator.beside import side_by_side
from generator.errors import BuildError
from generator.site.inspection import Inspection, links_to
from generator.site.manifest import MANIFEST, FileHashes, Manifest, identity, read_manifest, write_manifest
from generator.site.staging import exchange


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

    files: FileHashes = field(default_factory=dict)
    """In the manifest, and still there in the size that was written."""
    sizes: dict[str, int] = field(default_factory=dict)
    folder: Path | None = None
    inspection: Inspection = field(default_factory=Inspection)

    @classmethod
    def at(
        cls,
        folder: Path,
        inspection: Inspection | None = None,
        *,
        manifest: Manifest | None = None,
    ) -> "Generation":
        """Say what the site at `folder` holds, as it was inspected; nothing if its manifest cannot be trusted.

        `manifest` is what was read there before, if that was not long ago: it is read again only if it was replaced.
        """
        if inspection is None or inspection.seen != identity(folder / MANIFEST):
            inspection, manifest = Inspection.of(folder), None
        if manifest is None or manifest.seen != inspection.seen:
            manifest = read_manifest(folder)
        files = manifest.files
        if inspection.missing:
            files = {path: made_from for path, made_from in files.items() if path not in inspection.missing}
        return cls(files, manifest.sizes, folder, inspection)

    @property
    def missing(self) -> frozenset[str]:
        """Files that are in the manifest and gone, or of another size."""
        return self.inspection.missing

    def read(self, path: str) -> bytes | None:
        """Return the bytes of a file; None if it is none of the generation's, or cannot be read."""
        if self.folder is None or path not in self.files:
            return None
        try:
            return (self.folder / path).read_bytes()
        except OSError:
            return None


def publish(
    folder: Path,
    stage: Path,
    wanted: Manifest,
    old: Generation,
    inspect: Callable[[], Inspection] | None = None,
    jobs: int = 1,
) -> None:
    """Make `folder` hold exactly the files that are wanted: new ones from `stage`, kept ones as they are.

    `old` is what `folder` holds now; `inspect` gives what the generation before it holds, where that is known. Killed
    at any moment, `folder` is the old site or the new one, and the next build starts from either.
    """
    other = other_generation(folder)
    found = old.files.get
    kept = {path: made_from for path, made_from in wanted.files.items() if found(path) == made_from}
    if kept:
        before = _before(other, old, inspect)
        wanted = Manifest(wanted.inputs, wanted.files, {path: old.sizes[path] for path in kept})
        _bring_up_to_date(other, before, wanted, folder, kept, stage)
        exchange(other, folder)
        return
    # Nothing is kept: the stage itself is the new generation. The other follows now, not in the next build's time.
    replace_whole(folder, stage, wanted)
    _remove_whole(other)
    _repeat(folder, other, sorted(wanted.files), jobs)


def replace_whole(folder: Path, stage: Path, wanted: Manifest) -> None:
    """Put `stage` in the place of `folder`, whose content goes with the stage."""
    write_manifest(stage, wanted)
    exchange(stage, folder)


def _before(other: Path, old: Generation, inspect: Callable[[], Inspection] | None) -> Generation:
    """Say what the generation before `old` holds, beside it."""
    inspection = inspect() if inspect else None
    if inspection is None or inspection.seen != identity(other / MANIFEST):
        inspection = Inspection.beside(other, old.files)
    before = Generation.at(other, inspection)
    # Of both, and not the same file: copies, where there are no links, or replaced since.
    own = [path for path in old.inspection.alone if before.files.get(path, b"") == old.files.get(path)]
    lost = {path for path in own if not links_to(f"{other}{os.sep}{path}", before.sizes[path])}
    return Generation.at(other, replace(inspection, missing=inspection.missing | lost)) if lost else before


WORTH_A_PROCESS = 5_000
"""Files from which on their linking, some 20 microseconds each, is shared out."""


def _repeat(folder: Path, other: Path, paths: Sequence[str], jobs: int) -> None:
    """Make `other`, of which nothing is there, hold the files of `folder`: `paths`, those of one folder together."""
    other.mkdir(parents=True)
    share = max(WORTH_A_PROCESS, -(-len(paths) // jobs))
    parts = [partial(_link, folder, other, paths[start : start + share]) for start in range(0, len(paths), share)]
    for _ in side_by_side(parts, jobs) if len(parts) > 1 else (part() for part in parts):
        pass
    shutil.copyfile(folder / MANIFEST, other / f"{MANIFEST}.new")
    (other / f"{MANIFEST}.new").replace(other / MANIFEST)


def _link(folder: Path, other: Path, paths: Iterable[str]) -> None:
    made = None
    for path in paths:
        place = path[: path.rfind("/") + 1]
        if place != made:
            os.makedirs(f"{other}{os.sep}{place}", exist_ok=True)
            made = place
        link_or_copy(f"{folder}{os.sep}{path}", f"{other}{os.sep}{path}")


def _bring_up_to_date(
    other: Path, before: Generation, wanted: Manifest, folder: Path, kept: FileHashes, stage: Path
) -> None:
    """Make `other` hold the wanted files: `kept` are in `folder`, those that are new are moved from the `stage`."""
    _open(other, before)
    there = before.files.get
    for path in [path for path in (*before.files, *before.missing) if path not in wanted.files]:
        _remove(other, path)
    for path in [path for path, made_from in kept.items() if there(path) != made_from]:
        _lay(folder, other, path, move=False)
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
    link_or_copy(start, end)


def link_or_copy(start: str, end: str) -> None:
    """Let a file be at another place too: as a hard link, where there are any."""
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
