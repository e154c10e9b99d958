"""The files of a site: which are pages, and what ``build`` needs to know of one that a single call makes."""

from collections.abc import Callable, Collection

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
