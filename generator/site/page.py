"""A page: where it stands, and how to make what its template is given."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Set
from datetime import date
from operator import itemgetter
from typing import Any, Protocol

from msgspec import Struct

from generator.catalog.places import Place

Context = dict[str, Any]
"""What a template is given: plain strings, numbers, days, cards; ``*_html`` is safe HTML."""


class Page(Struct, frozen=True, gc=False):
    """One page: its address below the site's root, its template, and a way to make what the template is given."""

    address: str
    """``papers/2503.16525/``; the front page's is empty."""
    template: str
    title: str
    make: Callable[[], Context]
    description: str = ""
    feeds: tuple[tuple[str, str], ...] = ()
    """(address relative to the page, title)."""
    edit: Place | None = None
    """Where people change what this page shows."""
    day: date | None = None
    """The newest day whose papers it shows: for the sitemap."""
    made_from: Callable[[], object] | None = None
    """Gives all that the page is made from besides its address, the template and the configuration, where that is
    much cheaper to name than the context is to make."""
    cite: tuple[str, ...] = ()
    """Addresses, relative to the page, of what it shows as citations or data."""
    head: Callable[[], str] | None = None
    """Makes what stands in its head for machines, from no more than the context is made from: safe HTML."""

    @property
    def root(self) -> str:
        """Return the relative way from the page to the site's root: ``../../``."""
        return "../" * self.address.count("/") or "./"


Entry = tuple[str, date | None]
"""A page's address below the site's root, and the newest day whose papers it shows."""


class Addresses(Struct, frozen=True):
    """Where some of the pages are, which is gone through only if it is asked for."""

    count: int
    made_from: object
    """Equal values mean equal entries."""
    entries: Callable[[], Iterable[Entry]]


class ManyPages(Protocol):
    """The pages of papers or of people: so many that even making a ``Page`` of each takes its time."""

    template: str

    def addresses(self) -> Addresses:
        """Return where the pages are."""

    def fingerprints(self, around: bytes) -> dict[str, bytes]:
        """Return, by the path of every page's file, a hash of all that the page is made from; `around` is in it."""

    def at(self, addresses: Set[str]) -> Iterator[Page]:
        """Yield the pages at some addresses, those beside each other that show the same."""


def most_frequent(counter: Counter[str], limit: int) -> list[tuple[str, int]]:
    """Return the most frequent, equals by name: Counter's own order depends on the order of counting."""
    # Thousands are counted and a dozen shown: only those that may be among them are put in order.
    least = sorted(counter.values(), reverse=True)[:limit][-1:]
    by_name = sorted(item for item in counter.items() if [item[1]] >= least)
    return sorted(by_name, key=itemgetter(1), reverse=True)[:limit]  # which keeps the order of equals
