"""Which addresses of a site differ: pages that came, changed and went, and those that lead on to others now.

A page is an HTML document. What it is about is left to ``meaning``.
"""

import html
import posixpath
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote

from msgspec import Struct

from generator.changes.model import How
from generator.changes.sites import Sites
from generator.site.feeds.subscriptions import FORMATS

_INDEX = "index.html"
_HEAD = 2_000
"""Bytes in which a page that only leads on says so: before any word of a stranger's."""
_REFRESH = re.compile(rb'<meta http-equiv="refresh" content="0; url=([^"]*)"')


class Difference(Struct, frozen=True):
    """An address at which something else is found."""

    address: str
    how: How
    to: str | None = None
    broken: bool = False
    """Whether it led somewhere, and does so no more."""


def differences(sites: Sites) -> Iterator[Difference]:
    """Yield the addresses at which the HTML documents of two sites differ, each once."""
    for path in _documents(sites.added):
        to = _leads_to(sites.head, path)
        yield Difference(address_of(path), How.MOVED if to is not None else How.ADDED, to)
    for path in _documents(sites.changed):
        yield _changed(sites, path)
    for path in _documents(sites.removed):
        yield Difference(address_of(path), How.REMOVED, broken=True)


def _changed(sites: Sites, path: str) -> Difference:
    address, before, after = address_of(path), _leads_to(sites.base, path), _leads_to(sites.head, path)
    if after is not None:
        return Difference(address, How.MOVED, after, broken=not (sites.head / document_of(after)).is_file())
    return Difference(address, How.CHANGED if before is None else How.ADDED)


def _documents(paths: Iterable[str]) -> Iterator[str]:
    return (path for path in paths if path.endswith(".html"))


def address_of(path: str) -> str:
    """Return the address of an HTML document: ``papers/x/`` of ``papers/x/index.html``."""
    folder, name = posixpath.split(path)
    return path if name != _INDEX else f"{folder}/" if folder else ""


def document_of(address: str) -> str:
    """Return the path of the HTML document that stands at an address."""
    return f"{address}{_INDEX}" if not address or address.endswith("/") else address


def _leads_to(site: Path, path: str) -> str | None:
    """Return the address to which a document leads on, below the site's root; None for a page."""
    with (site / path).open("rb") as file:
        found = _REFRESH.search(file.read(_HEAD))
    if found is None:
        return None
    target = unquote(html.unescape(found[1].decode("utf-8", "replace")))
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
    return "" if joined == "." else f"{joined}/" if target.endswith("/") else joined


def broken_feeds(sites: Sites) -> list[str]:
    """Return the addresses of feeds that went: their subscribers would hear nothing any more."""
    return [path for path in sites.removed if posixpath.basename(path) in FORMATS]


_MACHINE: tuple[tuple[tuple[str, str], re.Pattern[str]], ...] = (
    (("feed", "feeds"), re.compile(r"(^|/)(feed\.xml|atom\.xml|feed\.json|feeds\.opml)$")),
    (("citation", "citations"), re.compile(r"\.(bib|ris|csl\.json)(\.gz)?$")),
    (("data file", "data files"), re.compile(r"^api/|^llms\.txt$|^opensearch\.xml$")),
    (("file of the search", "files of the search"), re.compile(r"^pagefind/")),
    (("sitemap", "sitemaps"), re.compile(r"^(sitemap[^/]*\.xml(\.gz)?|robots\.txt)$")),
    (("file of the style", "files of the style"), re.compile(r"^assets/")),
)


_UNKNOWN = ("other file", "other files")


def machine_files(sites: Sites) -> dict[str, int]:
    """Count the files for machines that came, changed or went, by what they are: ``{"feed": 1, "sitemaps": 2}``."""
    counts = {kind: 0 for kind, _ in _MACHINE} | {_UNKNOWN: 0}
    for path in (*sites.added, *sites.changed, *sites.removed):
        if not path.endswith(".html"):
            counts[next((kind for kind, pattern in _MACHINE if pattern.search(path)), _UNKNOWN)] += 1
    return {names[count != 1]: count for names, count in counts.items() if count}
