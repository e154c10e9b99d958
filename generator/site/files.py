"""A file that one call makes, with all that it is made from: what ``build`` needs to know of feeds and exports."""

from collections.abc import Callable

from msgspec import Struct


class File(Struct, frozen=True, gc=False):
    """One file of the site."""

    path: str
    made_from: bytes
    """A hash of all that it is made from, the program included: equal hashes mean equal bytes."""
    make: Callable[[], bytes]
