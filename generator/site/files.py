"""The files of a site: which are pages, and what ``build`` needs to know of one that a single call makes."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial

from msgspec import Struct

NOT_FOUND = "404.html"
"""The page that a host shows for an address that is none."""


def count_pages(paths: Collection[str]) -> int:
    """Count the pages with an address that leads to them, redirects too, among files of the site.

    Seventy thousand paths are searched as one text, in a fifth of the time that asking one after the other takes.
    """
    return "\0".join((*paths, "")).count(".html\0") - (NOT_FOUND in paths)


class File(Struct, frozen=True, gc=False):
    """One file of the site."""

    path: str
    made_from: bytes
    """A hash of all that it is made from, the program included: equal hashes mean equal bytes."""
    make: Callable[[], bytes]


class ManyFiles(Struct, frozen=True):
    """Files of one kind, one a paper or more: so many that a ``File`` of each would take its time."""

    made_from: Mapping[str, bytes]
    """By path: what the file is made from, as of a ``File``."""
    make: Callable[[str], bytes]
    """Makes the file at a path."""


def one_by_one(files: Iterable[File | ManyFiles]) -> Iterator[File]:
    """Yield every file by itself."""
    for some in files:
        if isinstance(some, File):
            yield some
        else:
            yield from (File(path, made_from, partial(some.make, path)) for path, made_from in some.made_from.items())
