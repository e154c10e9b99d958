"""The files of a site: which are pages, and what ``build`` needs to know of one that a single call makes."""

from collections.abc import Callable

from msgspec import Struct

NOT_FOUND = "404.html"
"""The page that a host shows for an address that is none."""


def is_page(path: str) -> bool:
    """Return whether a file of the site is a page with an address that leads to it, a redirect's too."""
    return path.endswith(".html") and path != NOT_FOUND


class File(Struct, frozen=True, gc=False):
    """One file of the site."""

    path: str
    made_from: bytes
    """A hash of all that it is made from, the program included: equal hashes mean equal bytes."""
    make: Callable[[], bytes]
