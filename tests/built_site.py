"""Reads a built site as a browser would find it on a server: its pages, where their links lead, what they load."""

import hashlib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from bs4 import BeautifulSoup, Tag

HOST = "http://site.invalid"
REFERENCES = {
    "a": "href",
    "area": "href",
    "link": "href",
    "script": "src",
    "img": "src",
    "form": "action",
    "iframe": "src",
}


class BuiltSite:
    """The files of a site, as they stand below `mount`."""

    def __init__(self, folder: Path, mount: str = "/") -> None:
        self.folder = folder
        self.mount = mount
        self._ids: dict[Path, frozenset[str]] = {}

    @cached_property
    def addresses(self) -> list[str]:
        """Return the addresses of all pages, relative to the mount: '' for the front page, ``papers/x/``."""
        found = (path.parent.relative_to(self.folder).as_posix() for path in self.folder.rglob("index.html"))
        return sorted("" if address == "." else f"{address}/" for address in found)

    def is_redirect(self, address: str) -> bool:
        """Tell whether a page only leads on to another."""
        return 'http-equiv="refresh"' in (self.folder / address / "index.html").read_text("utf-8")

    def soup(self, address: str) -> BeautifulSoup:
        """Return a page, parsed."""
        return BeautifulSoup((self.folder / address / "index.html").read_text("utf-8"), "html.parser")

    def references(self, address: str, soup: BeautifulSoup) -> Iterator[tuple[Tag, str]]:
        """Yield (element, absolute address) of everything that a page links to or loads."""
        for tag in soup.find_all(list(REFERENCES)):
            written = tag.get(REFERENCES[tag.name])
            if isinstance(written, str):
                yield tag, urljoin(f"{HOST}{self.mount}{address}", written)

    def dead_links(self, address: str) -> list[str]:
        """Return what on a page leads nowhere inside the site: no such file, no such fragment, outside the mount."""
        dead = []
        soup = self.soup(address)
        self._ids[self.folder / address / "index.html"] = ids_of(soup)
        for tag, target in self.references(address, soup):
            parts = urlsplit(target)
            if not target.startswith(f"{HOST}/"):
                continue
            file = self.file_of(parts.path)
            if file is None:
                dead.append(f"{address}: {tag.name} {tag.get(REFERENCES[tag.name])!r}: nothing there")
            elif parts.fragment and unquote(parts.fragment) not in self.ids(file):
                dead.append(f"{address}: {tag.name} {tag.get(REFERENCES[tag.name])!r}: no such fragment")
        return dead

    def file_of(self, path: str) -> Path | None:
        """Return the file that a server gives for an absolute path, or None."""
        if not path.startswith(self.mount):
            return None
        file = self.folder / unquote(path[len(self.mount) :])
        if path.endswith("/"):
            file = file / "index.html"
        return file if file.is_file() else None

    def ids(self, file: Path) -> frozenset[str]:
        """Return the fragments of a page."""
        known = self._ids.get(file)
        if known is None:
            known = self._ids[file] = ids_of(BeautifulSoup(file.read_text("utf-8"), "html.parser"))
        return known


def ids_of(soup: BeautifulSoup) -> frozenset[str]:
    """Return the ids on a page."""
    return frozenset(str(tag["id"]) for tag in soup.find_all(id=True))


def tree_hash(folder: Path) -> dict[str, str]:
    """Return the hash of every file below `folder` by its path: two trees are one when these are equal."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
