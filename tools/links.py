"""Follow every internal link and fragment of a built site, all pages in seconds; other hosts are left alone.

The browser's own rules decide what an address means (RFC 3986, :func:`urllib.parse.urljoin`); what stands at it is the
files' affair: a folder is its ``index.html``.
"""

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

ADDRESSES = {"action", "data", "href", "poster", "src"}


class Link(NamedTuple):
    """An address as it is written on a page."""

    line: int
    address: str


class _Reader(HTMLParser):
    """Collects a page's addresses and the names that fragments may point at."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[Link] = []
        self.names: set[str] = {"", "top"}  # both mean the top of any page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line = self.getpos()[0]
        values = dict(attrs)
        for name, value in attrs:
            if name == "id" or (name == "name" and tag == "a"):
                self.names.add(value or "")
            elif name in ADDRESSES:
                self.links.append(Link(line, value or ""))
            elif name == "srcset":
                self.links += [Link(line, part.split()[0]) for part in (value or "").split(",") if part.strip()]
        if tag == "meta" and (values.get("http-equiv") or "").lower() == "refresh":
            self.links.append(Link(line, (values.get("content") or "").partition("url=")[2]))


def broken_links(host: Path, origin: str) -> tuple[int, list[str]]:
    """Return the number of internal links on the pages of a folder, and each broken target with the first place of it.

    Args:
        host: the folder that a host would serve at ``/``.
        origin: scheme and name under which the site says to stand, without a slash at the end.

    """
    pages = {path: _read(path) for path in sorted(host.rglob("*.html"))}
    problems: dict[str, list[str]] = {}
    count = 0
    for path, page in pages.items():
        base = f"{origin}/{path.relative_to(host).as_posix()}"
        for link in page.links:
            target, fragment = urldefrag(urljoin(base, link.address.strip()))
            if not target.startswith(f"{origin}/"):
                continue
            count += 1
            found = _file(host, urlsplit(target).path)
            place = f"{path.relative_to(host).as_posix()}:{link.line}: {link.address}"
            if found is None:
                problems.setdefault(target, []).append(f"{place}: nothing stands there")
            elif found in pages and unquote(fragment) not in pages[found].names:
                problems.setdefault(f"{target}#{fragment}", []).append(f"{place}: no element there has this id")
    return count, [f"{places[0]} ({len(places)} times)" for places in problems.values()]


def sample(host: Path, size: int) -> Iterator[Path]:
    """Yield the front page, the page for lost readers and about ``size`` pages spread over all kinds."""
    pages = sorted(host.rglob("index.html"))
    yield from sorted(host.rglob("404.html"))[:1]
    yield from pages[:: max(1, len(pages) // size)]


def _read(path: Path) -> _Reader:
    reader = _Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    reader.close()
    return reader


def _file(host: Path, path: str) -> Path | None:
    file = host / unquote(path).lstrip("/")
    if path.endswith("/"):
        file = file / "index.html"
    return file if file.is_file() else None
