"""Makes a search index: has Pagefind read the papers that changed, and puts the files where the new site is made.

An index is the same to the byte in whatever steps it came about: the first build has all papers read and lays them over
nothing. Which are to be read is ``changes``'s to say, what becomes of what Pagefind wrote ``laying``'s.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from generator.beside import end_with_parent
from generator.catalog.catalog import Catalog
from generator.errors import BuildError
from generator.site.generations.manifest import FileHashes
from generator.site.generations.placing import link_or_copy
from generator.site.prints.fingerprints import hash_of_bytes
from generator.site.search.bundle import FRAGMENTS, Old, Run
from generator.site.search.changes import Changes, Documents, all_of, changes_of
from generator.site.search.files import ENTRY, Index
from generator.site.search.laying import Files, laid

_ENGINE = ("pagefind.js", "wasm.*")
"""The part of Pagefind that is the same for every index: only the newest has it."""


def make(
    index: Index, catalog: Catalog, site: Path, olds: Mapping[str, FileHashes], memory: Path, stage: Path
) -> FileHashes:
    """Make an index; return what each of its files is made from. Those that the site has not are put into `stage`.

    Args:
        index: of which papers it is, and where it is to lie.
        catalog: what its papers are in.
        site: the folder of the site as it is.
        olds: the files of its indexes, by their folders.
        memory: a folder for what makes the next time easier; what is in it may be lost.
        stage: the folder for new files of the site.

    Raises:
        BuildError: Pagefind failed.
    """
    documents = Documents(memory / index.label)
    old: Old | None = None
    try:
        old = _most_like(index, site, olds)
        files = _files(index, catalog, changes_of(index, old, catalog, documents), old, stage.parent)
    except BuildError:  # there is none, or it cannot be built upon
        old = None
        files = _files(index, catalog, all_of(index, catalog, documents), None, stage.parent)
    documents.save()
    return _put(index, files, old, stage)


def _most_like(index: Index, site: Path, olds: Mapping[str, FileHashes]) -> Old:
    """Return the index of the site that has the most of an index's papers as they are.

    Raises:
        BuildError: there is none, or it is damaged.
    """
    prints = set(index.prints)
    shared = {folder: (len(prints.intersection(olds[folder].values())), folder == index.folder) for folder in olds}
    if not shared:
        raise BuildError("pagefind", "there is no index yet")
    folder = max(shared, key=shared.__getitem__)
    return Old(site, folder, olds[folder])


def _files(index: Index, catalog: Catalog, changes: Changes, old: Old | None, place: Path) -> Files:
    """Return the files of an index that differs from an old one by some changes.

    Raises:
        BuildError: Pagefind failed, or the old one is damaged.
    """
    with TemporaryDirectory(prefix="search-", dir=place) as scratch:
        bundle = _read(changes.documents, Path(scratch))
        files = laid(index, catalog, changes, Run.of(bundle), old)
        if index.newest:
            files |= {path.name: path.read_bytes() for pattern in _ENGINE for path in bundle.glob(pattern)}
    return files


def _read(documents: list[str], scratch: Path) -> Path:
    """Let Pagefind read documents, numbered by their places; return the folder that it wrote.

    Raises:
        BuildError: it failed.
    """
    site, bundle, log = scratch / "site", scratch / "bundle", scratch / "log"
    site.mkdir()
    for number, document in enumerate(documents):
        with open(f"{site}{os.sep}{number}.html", "wb") as file:  # noqa: PTH123 - a Path for each costs more
            file.write(document.encode())
    command = [_program(), "--site", str(site), "--output-path", str(bundle), "--quiet"]
    with log.open("wb") as output:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            check=False,
            preexec_fn=partial(end_with_parent, os.getpid()),
        )
    if done.returncode != 0 or not (bundle / ENTRY).is_file():
        message = log.read_text("utf-8", "replace").strip()
        raise BuildError("pagefind", message or f"wrote no index, exit code {done.returncode}")
    return bundle


def _program() -> str:
    """Find Pagefind where its own package does, which takes a tenth of a second to import.

    Raises:
        BuildError: it is not installed.
    """
    found = os.environ.get("PAGEFIND_BINARY_PATH")
    for package in ("pagefind_bin_extended", "pagefind_bin"):
        spec = find_spec(package)
        folder = os.path.dirname(spec.origin) if spec and spec.origin else None  # noqa: PTH120
        for name in ("pagefind_extended", "pagefind") if folder else ():
            found = found or shutil.which(name, path=folder)
    found = found or shutil.which("pagefind_extended") or shutil.which("pagefind")
    if found is None:
        raise BuildError("pagefind", "its program is not installed; install pagefind[bin]")
    return found


def _put(index: Index, files: Files, old: Old | None, stage: Path) -> FileHashes:
    """Put the new files of an index into the stage; return what all of them are made from."""
    prints = dict(zip((name for name in files if name.startswith(FRAGMENTS)), index.prints, strict=True))
    made_from: FileHashes = {}
    folder = f"{stage / index.folder}{os.sep}"
    for place in {os.path.dirname(name) for name in files}:  # noqa: PTH120 - a Path for each costs more than the file
        os.makedirs(folder + place, exist_ok=True)  # noqa: PTH103
    for name, data in files.items():
        if data is not None:
            with open(folder + name, "wb") as file:  # noqa: PTH123
                file.write(data)
            made_from[index.folder + name] = prints.get(name) or hash_of_bytes(data)
        elif old is not None:
            made_from[index.folder + name] = old.files[old.folder + name]
            if old.folder != index.folder:
                link_or_copy(old.path(name), folder + name)
    return made_from | {index.folder + ENTRY: index.made_from}
