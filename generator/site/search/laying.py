"""Lays what Pagefind wrote of some papers over an index, or over nothing: gives the files as they are published.

That is one form, whatever was read in which run: papers are numbered as the index has them, a file is named by what is
in it, and with a paper lies what a result shows of it.
"""

from collections.abc import Mapping

import msgspec

from generator.catalog.catalog import Catalog
from generator.errors import BuildError
from generator.site.search.bundle import FILTER, FRAGMENT, META, PIECE, Meta, Old, Run, named, packed, written_filter
from generator.site.search.changes import Changes
from generator.site.search.documents import address, card
from generator.site.search.files import ENTRY, KEYS, Index
from generator.site.search.words import Change, Places, changed_pieces

_META_DIGITS = 10
"""Of a hash, in the name of the first file that is read of an index."""

Files = dict[str, bytes | None]
"""The files of an index, None for one that stays as it is."""


def laid(index: Index, catalog: Catalog, changes: Changes, run: Run, old: Old | None) -> Files:
    """Return the files of an index, but for the engine.

    Raises:
        BuildError: the old index is not what it was thought to be.
    """
    if old is not None and old.version != run.version:
        raise BuildError("pagefind", f"an index of version {old.version} is there")
    files: Files = {}
    pages = _pages(index, catalog, changes, run, old, files)
    pieces = _pieces(changes, run, old, files)
    filters = _filters(changes, run, old, files)
    meta = Meta(run.version, pages, pieces, filters).written()
    (name,) = named(run.language, [meta], _META_DIGITS)
    files[META.format(name)] = packed(meta)
    run.entry["languages"][run.language] |= {"hash": name, "page_count": len(pages)}
    files[ENTRY] = msgspec.json.encode(run.entry)
    files[KEYS] = msgspec.json.encode([name for name, _ in pages])
    if old is not None and not all(data is not None or old.folder + path in old.files for path, data in files.items()):
        raise BuildError("pagefind", "files of its old index are lost")
    return files


def _pages(
    index: Index, catalog: Catalog, changes: Changes, run: Run, old: Old | None, files: Files
) -> list[tuple[str, int]]:
    """Return the papers of an index, the name and the count of words of each."""
    read = {number: document for document, number in changes.now.items()}
    contents: list[str | bytes] = []
    lengths = []
    for number, paper in enumerate(index.papers):
        if old is not None and number in changes.kept:
            name, length = old.pages[changes.kept[number]]
            contents.append(name)
        else:
            if old is not None and number in changes.redone:
                fragment, length = old.fragment(changes.redone[number]), old.pages[changes.redone[number]][1]
            else:
                fragment, length = run.fragments[read[number]], run.lengths[read[number]]
            meta = {**fragment["meta"], "card": msgspec.json.encode(card(catalog, paper)).decode()}
            fragment |= {"url": address(paper), "filters": {}, "meta": meta}
            contents.append(msgspec.json.encode(fragment))
        lengths.append(length)
    names = _add(FRAGMENT, run.language, contents, files)
    return list(zip(names, lengths, strict=True))


def _pieces(changes: Changes, run: Run, old: Old | None, files: Files) -> list[tuple[str, str, str]]:
    words: dict[bytes, dict[bytes, Change]] = {}
    for text, spellings in run.words:
        if old is None:  # all papers were read, and have the numbers of their documents
            words[text] = {spelling: Change({}, places) for spelling, places in spellings.items() if places}
            continue
        found = {}
        for spelling, places in spellings.items():
            gone, come = _of(places, changes.was), _of(places, changes.now)
            same = [number for number in gone if number in come and gone[number] == come[number]]
            for number in same:
                del gone[number], come[number]
            if gone or come:
                found[spelling] = Change(gone, come)
        if found:
            words[text] = found
    pieces = list(changed_pieces(words, old.pieces, old.piece) if old else changed_pieces(words))
    names = _add(PIECE, run.language, [piece.name or piece.data for piece in pieces], files)
    return [(piece.first, piece.last, name) for piece, name in zip(pieces, names, strict=True)]


def _of(places: Places, numbers: Mapping[int, int]) -> Places:
    """Return those places that are of documents with a number, by that."""
    return {numbers[document]: where for document, where in places.items() if document in numbers} if numbers else {}


def _filters(changes: Changes, run: Run, old: Old | None, files: Files) -> list[tuple[str, str]]:
    there = old.filters if old else {}
    contents: dict[str, str | bytes] = {}
    for name in sorted(there.keys() | run.filters.keys()):
        values = run.filters.get(name, set())
        gone = {(value, changes.was[document]) for value, document in values if document in changes.was}
        come = {(value, changes.now[document]) for value, document in values if document in changes.now}
        if gone == come and name in there:
            contents[name] = there[name]
            continue
        having = old.values(name) if old and name in there else set()
        if not gone <= having:
            raise BuildError("pagefind", f"papers are not in the filter {name}")
        if having := having - gone | come:
            contents[name] = written_filter(name, having)
    names = _add(FILTER, run.language, list(contents.values()), files)
    return list(zip(contents, names, strict=True))


def _add(path: str, language: str, contents: list[str | bytes], files: Files) -> list[str]:
    """Add files, those that are there already by their names; return the names of all."""
    names = named(language, contents)
    for name, content in zip(names, contents, strict=True):
        files[path.format(name)] = packed(content) if isinstance(content, bytes) else None
    return names
