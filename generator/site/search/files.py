"""One index of the search: of which papers it is, and which files of a site are its.

Making it is left to ``making``, which indexes there are to ``search``.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from generator.model import Paper
from generator.site.generations.manifest import FileHashes
from generator.site.prints.fingerprints import hash_of_bytes

FOLDER = "pagefind"
OLDER = f"{FOLDER}/older.json"
ORDER = f"{FOLDER}/order.json"
ENTRY = "pagefind-entry.json"
"""What a browser reads first of an index; of all its files, this one is made from all that the index is made from."""
KEYS = "keys.json"
"""Beside an index: by what names it calls its papers, in order."""
_INSIDE = ("fragment", "index", "filter")
"""The folders of an index: the newest one's has the others' beside them."""


class Index(NamedTuple):
    """One index: of which papers, and what they are made from there."""

    label: str
    papers: Sequence[Paper]
    """Its papers have their numbers in this order."""
    prints: Sequence[bytes]
    """What each of them is made from, as a hash."""
    newest: bool
    """Whether the engine lies beside it, which searches them all."""

    @property
    def folder(self) -> str:
        """Where it lies: ``pagefind/2025-09/``, the newest in ``pagefind/`` itself."""
        return f"{FOLDER}/" if self.newest else f"{FOLDER}/{self.label}/"

    @property
    def made_from(self) -> bytes:
        """A hash of all that it is made from."""
        return hash_of_bytes(bytes([self.newest]), *self.prints)


def by_index(files: FileHashes) -> dict[str, FileHashes]:
    """Return the files of a site's indexes, which are all below ``FOLDER``, by the folder of each."""
    found: dict[str, FileHashes] = defaultdict(dict)
    for path, made_from in files.items():
        if path not in (OLDER, ORDER):
            found[_folder(path)][path] = made_from
    return found


def is_whole(index: Index, files: FileHashes, missing: Collection[str]) -> bool:
    """Tell whether the `files` of an index are those that it would be made to, and none of them is `missing`."""
    there = files.get(index.folder + ENTRY) == index.made_from
    return there and not any(path.startswith(f"{FOLDER}/") and _folder(path) == index.folder for path in missing)


def forget_others(memory: Path, labels: Collection[str]) -> None:
    """Remove what is remembered of indexes that are no more."""
    with suppress(OSError):
        for path in memory.iterdir():
            if path.name not in labels:
                path.unlink()


def _folder(path: str) -> str:
    _, inside, *below = path.split("/", 2)
    return f"{FOLDER}/{inside}/" if below and inside not in _INSIDE else f"{FOLDER}/"
