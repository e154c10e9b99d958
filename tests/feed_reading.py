"""Reads feeds back as subscribers' programs do, into one form for RSS, Atom and JSON Feed."""

import json
from calendar import timegm
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser

from generator.catalog.catalog import Catalog
from generator.site.feeds.files import feed_files
from generator.site.pages import Pages
from generator.site.prints.fingerprints import fingerprint

NAMES = ("feed.xml", "atom.xml", "feed.json")


@dataclass(frozen=True)
class ReadEntry:
    """One entry, as a reader understands it."""

    id: str
    link: str
    title: str
    html: str
    published: datetime
    updated: str
    """As written: readers compare it."""
    authors: tuple[str, ...]
    categories: tuple[str, ...]


@dataclass(frozen=True)
class ReadFeed:
    """A feed, as a reader understands it."""

    title: str
    link: str
    self_link: str
    hub: str | None
    language: str
    entries: tuple[ReadEntry, ...]


def read_feed(data: bytes, name: str) -> ReadFeed:
    """Read a feed by the name of its file."""
    return _read_json(data) if name.endswith(".json") else _read_xml(data)


def _read_json(data: bytes) -> ReadFeed:
    found = json.loads(data)
    assert found["version"] == "https://jsonfeed.org/version/1.1"
    entries = [
        ReadEntry(
            id=item["id"],
            link=item["url"],
            title=item["title"],
            html=item["content_html"],
            published=datetime.fromisoformat(item["date_published"]),
            updated=item["date_modified"],
            authors=tuple(author["name"] for author in item.get("authors", [])),
            categories=tuple(item.get("tags", [])),
        )
        for item in found["items"]
    ]
    hub = next((hub["url"] for hub in found.get("hubs", [])), None)
    return ReadFeed(found["title"], found["home_page_url"], found["feed_url"], hub, found["language"], tuple(entries))


def _read_xml(data: bytes) -> ReadFeed:
    found = feedparser.parse(data, sanitize_html=False, resolve_relative_uris=False)
    assert not found.bozo, found.get("bozo_exception")
    links = {link["rel"]: link["href"] for link in found.feed.links}
    return ReadFeed(
        title=found.feed.title,
        link=found.feed.link,
        self_link=links["self"],
        hub=links.get("hub"),
        language=found.feed.language,
        entries=tuple(map(_entry, found.entries)),
    )


def _entry(entry: Any) -> ReadEntry:
    assert not entry.get("guidislink", False)
    return ReadEntry(
        id=entry.id,
        link=entry.link,
        title=entry.title,
        html=entry.content[0].value if "content" in entry else entry.get("description", ""),
        published=datetime.fromtimestamp(timegm(entry.published_parsed), UTC),
        updated=entry.updated,
        authors=tuple(author["name"] for author in entry.get("authors", []) if author),
        categories=tuple(tag["term"] for tag in entry.get("tags", [])),
    )


def read_feeds(folder: Path) -> dict[str, ReadFeed]:
    """Read every feed below a site's folder, by address."""
    found = (path for name in NAMES for path in folder.rglob(name))
    return {path.relative_to(folder).as_posix(): read_feed(path.read_bytes(), path.name) for path in sorted(found)}


def written_feeds(catalog: Catalog, only: Iterable[str] | None = None) -> dict[str, bytes]:
    """Write the feeds of a catalog, without its pages: all, or `only` those at some addresses."""
    pages = Pages(catalog)
    files = feed_files(pages.subscriptions, {paper.id: fingerprint(paper) for paper in catalog.papers.values()})
    wanted = None if only is None else set(only)
    return {file.path: file.make() for file in files if wanted is None or file.path in wanted}
