"""A site folder that changes all at once: the next generation is made beside it, then the two change places.

The folder knows what each of its files was made from; deciding what that is, and making the files, is left to
``build``. How the next generation comes about is ``following``'s.
"""

from bisect import bisect_left
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from generator.errors import BuildError
from generator.site.generations.inspection import Inspection
from generator.site.generations.manifest import MANIFEST, FileHashes, Manifest, identity, read_manifest


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
