"""A file that one call makes, with all that it is made from: what ``build`` needs to know of feeds and exports."""

from collections.abc import Callable
from typing import NamedTuple


class File(NamedTuple):
    """One file of the site: equal `made_from` means equal bytes."""

    path: str
    made_from: object
    make: Callable[[], bytes]
