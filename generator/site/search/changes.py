"""What Pagefind is to read for a search index: all its papers, or those in which it differs from the index of a site.

What an old paper had in an index is found by having its old document read again, beside the new one: so documents are
remembered. What becomes of what Pagefind wrote is ``making``'s.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from generator.catalog.catalog import Catalog
from generator.errors import BuildError
from generator.sealed import read_sealed, write_sealed
from generator.site.prints.fingerprints import program_hash
from generator.site.search.bundle import Old
from generator.site.search.documents import document
from generator.site.search.files import Index


class Documents:
    """The documents that an index was made from, and the one before it, by what each was made from."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[bytes, str] = {}
        body = read_sealed(path, program_hash())
        if body is not None:
            self._known = msgspec.msgpack.decode(body, type=dict[bytes, str])
        self._used: dict[bytes, str] = {}

    def get(self, made_from: bytes | None) -> str:
        """Return a document of before.

        Raises:
            BuildError: it is not known.
        """
        if made_from not in self._known:
            raise BuildError("pagefind", "it is not known what a paper was found by")
        return self._known[made_from]

    def keep(self, made_from: Iterable[bytes | None]) -> None:
        """Remember documents of before, as far as they are known."""
        self._used |= {one: self._known[one] for one in made_from if one in self._known}

    def add(self, made_from: bytes, document: str) -> None:
        """Remember a document."""
        self._used[made_from] = document

    def save(self) -> None:
        """Write what is to be remembered, and forget the rest."""
        write_sealed(self._path, program_hash(), msgspec.msgpack.encode(self._used))


@dataclass
class Changes:
    """What is to be read for an index, and what is not."""

    documents: list[str] = field(default_factory=list)
    """Of papers that come, that go, or that get another number."""
    was: dict[int, int] = field(default_factory=dict)
    """By document: the number that its paper has in the old index."""
    now: dict[int, int] = field(default_factory=dict)
    """And the one that it gets."""
    kept: dict[int, int] = field(default_factory=dict)
    """By number: the old number of a paper that shows what it did."""
    redone: dict[int, int] = field(default_factory=dict)
    """By number: the old number of a paper of which the card alone is another."""

    def read(self, document: str, was: int | None, now: int | None) -> None:
        """Have a document read, if it is not to be where it was."""
        if was == now:
            return
        if was is not None:
            self.was[len(self.documents)] = was
        if now is not None:
            self.now[len(self.documents)] = now
        self.documents.append(document)


def all_of(index: Index, catalog: Catalog, documents: Documents) -> Changes:
    """Have all papers of an index read."""
    changes = Changes()
    for number, (paper, made_from) in enumerate(zip(index.papers, index.prints, strict=True)):
        text = document(catalog, paper)
        documents.add(made_from, text)
        changes.read(text, None, number)
    return changes


def changes_of(index: Index, old: Old, catalog: Catalog, documents: Documents) -> Changes:
    """Have those papers read in which an index differs from an old one.

    Raises:
        BuildError: it is not known what the old one was made from, or to read them all takes no longer.
    """
    changes = Changes()
    prints = set(index.prints)
    there = {made_from: number for number, made_from in enumerate(old.prints) if made_from in prints}
    gone = {documents.get(print_): number for number, print_ in enumerate(old.prints) if print_ not in prints}
    documents.keep(old.prints)
    for number, (paper, made_from) in enumerate(zip(index.papers, index.prints, strict=True)):
        was = there.get(made_from)
        if was == number:
            changes.kept[number] = was
            continue
        text = document(catalog, paper)
        if was is not None:
            changes.kept[number] = was
        else:
            documents.add(made_from, text)
            was = gone.pop(text, None)
            if was is not None:
                changes.redone[number] = was
        changes.read(text, was, number)
    for text, was in gone.items():
        changes.read(text, was, None)
    if len(changes.documents) >= len(index.papers):
        raise BuildError("pagefind", "all has changed")
    if not changes.documents:  # it writes the engine only if it has read something: what is there already
        changes.documents.append(document(catalog, index.papers[0]))
        changes.was[0] = changes.now[0] = 0
    return changes
