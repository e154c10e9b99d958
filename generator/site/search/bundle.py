"""The files of a search index as Pagefind 1.5 writes and reads them, beside the words: ``words`` has those.

What is to stand in them is ``making``'s to say.
"""

import os
import zlib
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from gzip import compress, decompress
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import cbor2
import msgspec

from generator.errors import BuildError
from generator.site.generations.manifest import FileHashes
from generator.site.prints.fingerprints import hash_of_bytes
from generator.site.search.files import ENTRY
from generator.site.search.words import Piece, Spellings, words_of

META = "pagefind.{}.pf_meta"
FRAGMENTS = "fragment/"
FRAGMENT, PIECE, FILTER = FRAGMENTS + "{}.pf_fragment", "index/{}.pf_index", "filter/{}.pf_filter"
_MAGIC = b"pagefind_dcd"
"""Each of the compressed files begins with it."""
_LEVEL = 6
"""Of compression: the best takes half as long again, for half a percent."""
_DIGITS = 7
"""Of a hash, in the name of a file."""

Values = set[tuple[str, int]]
"""Of a filter: a value, a paper that has it."""


class Meta(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """What an index consists of."""

    version: str
    pages: list[tuple[str, int]]
    """Of each paper, by its number: the name of its fragment, how many words it has."""
    pieces: list[tuple[str, str, str]]
    """First word, last word, name."""
    filters: list[tuple[str, str]]
    """Filter, name."""
    sorts: tuple[()] = ()
    fields: list[str] = msgspec.field(default_factory=lambda: ["title"])
    """What else than the text a place can be in: if that is not the same in all indexes, places are not."""

    @classmethod
    def of(cls, data: bytes) -> "Meta":
        """Read a ``.pf_meta``.

        Raises:
            ValueError: it is of another form.
        """
        meta = msgspec.convert(cbor2.loads(unpacked(data)), cls)
        if meta.fields not in ([], ["title"]):
            raise ValueError(f"its papers have {meta.fields}")
        return meta

    def written(self) -> bytes:
        """Return what is to be in a ``.pf_meta``."""
        return cbor2.dumps(msgspec.to_builtins(self))


def read_filter(data: bytes) -> Values:
    """Read a ``.pf_filter``.

    Raises:
        ValueError: it is of another form.
    """
    _, values = msgspec.convert(cbor2.loads(unpacked(data)), tuple[str, list[tuple[str, list[int]]]])
    return {(value, paper) for value, papers in values for paper in papers}


def written_filter(name: str, values: Values) -> bytes:
    """Return what is to be in a ``.pf_filter``."""
    papers = [[value, [paper for _, paper in having]] for value, having in groupby(sorted(values), itemgetter(0))]
    return cbor2.dumps([name, papers])


def unpacked(data: bytes) -> bytes:
    """Return what is in a compressed file.

    Raises:
        ValueError: it is of another form.
        OSError, EOFError, zlib.error: it is damaged.
    """
    data = decompress(data)
    if not data.startswith(_MAGIC):
        raise ValueError("not a file of Pagefind's")
    return data[len(_MAGIC) :]


def _bytes(folder: Path, path: str) -> bytes:
    with open(f"{folder}{os.sep}{path}", "rb") as file:  # noqa: PTH123 - a Path for each costs more than the file
        return file.read()


def packed(data: bytes) -> bytes:
    """Compress what is to be in a file, the same way every time."""
    return compress(_MAGIC + data, _LEVEL, mtime=0)


def _new_name(language: str, content: bytes, digits: int, taken: Set[str]) -> str:
    hashed = sha256(content).hexdigest()
    while (name := f"{language}_{hashed[:digits]}") in taken:
        digits += 1
    return name


def named(language: str, contents: Sequence[str | bytes], digits: int = _DIGITS) -> list[str]:
    """Name files by their contents; those that have a name already are given by that.

    Raises:
        BuildError: names begin alike, and if all were made together, they would get others.
    """
    kept = {content for content in contents if isinstance(content, str)}
    taken = set(kept)
    names = []
    for content in contents:
        name = content if isinstance(content, str) else _new_name(language, content, digits, taken)
        taken.add(name)
        names.append(name)
    if kept and any(len(name) != len(language) + 1 + digits for name in names):
        raise BuildError("pagefind", "names of its files begin alike")
    return names


@dataclass
class Run:
    """What Pagefind wrote of some documents, which have the numbers that their files are named by."""

    entry: dict[str, Any]
    language: str
    version: str
    fragments: dict[int, dict[str, Any]] = field(default_factory=dict)
    lengths: dict[int, int] = field(default_factory=dict)
    """How many words a document has."""
    words: list[tuple[bytes, Spellings]] = field(default_factory=list)
    filters: dict[str, Values] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path) -> "Run":
        """Read what Pagefind wrote into `folder`.

        Raises:
            BuildError: it is not of the form that Pagefind 1.5 writes.
        """
        try:
            return cls._of(folder)
        except (OSError, EOFError, ValueError, LookupError, zlib.error, cbor2.CBORError) as error:
            raise BuildError("pagefind", f"its index cannot be read: {error}; install pagefind 1.5") from error

    @classmethod
    def _of(cls, folder: Path) -> "Run":
        entry = msgspec.json.decode(_bytes(folder, ENTRY))
        ((language, told),) = entry["languages"].items()
        meta = Meta.of(_bytes(folder, META.format(told["hash"])))
        run = cls(entry, language, meta.version)
        numbers = []
        for name, length in meta.pages:
            fragment = msgspec.json.decode(unpacked(_bytes(folder, FRAGMENT.format(name))))
            number = int(fragment["url"].removeprefix("/").removesuffix(".html"))
            run.fragments[number], run.lengths[number] = fragment, length
            numbers.append(number)
        for name, file in meta.filters:
            values = read_filter(_bytes(folder, FILTER.format(file)))
            run.filters[name] = {(value, numbers[page]) for value, page in values}
        for _, _, name in meta.pieces:
            run.words += words_of(unpacked(_bytes(folder, PIECE.format(name))), numbers)
        return run


class Old:
    """An index that a site has; read as far as it is asked for, and believed as far as it is what was written."""

    def __init__(self, site: Path, folder: str, files: FileHashes) -> None:
        """Read of which papers it is.

        Args:
            site: the site's folder.
            folder: the index's own, below that.
            files: what each of the index's files was made from.

        Raises:
            BuildError: that is lost, or damaged.
        """
        self._site, self.folder, self.files = site, folder, files
        try:
            meta = Meta.of(self._whole(next((path for path in files if path.endswith(".pf_meta")), "")))
        except (ValueError, cbor2.CBORError) as error:
            raise BuildError("pagefind", f"the index in {folder} was written by another version") from error
        self.version, self.pages = meta.version, meta.pages
        self.pieces = [Piece(*piece) for piece in meta.pieces]
        self.filters = dict(meta.filters)
        self.prints = [files.get(folder + FRAGMENT.format(name)) for name, _ in self.pages]
        """What each of its papers was made from; None if its file is lost."""

    def piece(self, name: str) -> bytes:
        """Return a piece of the index, unpacked.

        Raises:
            BuildError: it is lost, or damaged.
        """
        return unpacked(self._whole(self.folder + PIECE.format(name)))

    def values(self, name: str) -> Values:
        """Return the values of a filter.

        Raises:
            BuildError: they are lost, or damaged.
        """
        return read_filter(self._whole(self.folder + FILTER.format(self.filters[name])))

    def fragment(self, number: int) -> dict[str, Any]:
        """Return what the index has of a paper.

        Raises:
            BuildError: it is lost, or damaged.
        """
        name, _ = self.pages[number]
        path = self.folder + FRAGMENT.format(name)
        try:
            data = unpacked(_bytes(self._site, path))
        except (OSError, EOFError, ValueError, zlib.error) as error:
            raise BuildError("pagefind", f"{path} cannot be read: {error}") from error
        # What it is named by is its content.
        if not f"_{sha256(data).hexdigest()}".startswith(name[name.rindex("_") :]):
            raise BuildError("pagefind", f"{path} is damaged")
        fragment: dict[str, Any] = msgspec.json.decode(data)
        return fragment

    def path(self, name: str) -> str:
        """Return where a file of the index is."""
        return f"{self._site / self.folder}{os.sep}{name}"

    def _whole(self, path: str) -> bytes:
        """Return the bytes of a file that is named in the manifest by their hash."""
        try:
            data = _bytes(self._site, path)
        except OSError as error:
            raise BuildError("pagefind", f"{path} cannot be read: {error}") from error
        if self.files.get(path) != hash_of_bytes(data):
            raise BuildError("pagefind", f"{path} is damaged")
        return data
