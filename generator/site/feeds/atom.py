"""Writes a feed as Atom 1.0 (RFC 4287); which entries it has is left to ``entries``."""

from collections.abc import Iterable
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from generator.config import SiteConfig
from generator.site.feeds.entries import Entry
from generator.site.feeds.subscriptions import ATOM as FILE
from generator.site.feeds.subscriptions import Feed
from generator.site.feeds.xml import ATOM, add, document, element, moment, wrapped

TYPE = "application/atom+xml"
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When a feed without entries was changed: Atom wants a moment."""


def item(entry: Entry, config: SiteConfig) -> str:
    """Write one entry."""
    return wrapped(
        "entry",
        # Before the id: programs that use feedparser would take an id that comes first for the address.
        element("link", rel="alternate", type="text/html", href=config.url + entry.address),
        element("id", entry.tag),
        element("title", entry.title),
        element("published", moment(entry.published)),
        element("updated", moment(entry.updated)),
        element("link", rel="related", href=entry.external) if entry.external else "",
        *[wrapped("author", element("name", author)) for author in entry.authors],
        *[element("category", term=category) for category in entry.categories],
        element("content", entry.html, type="html"),
    )


def feed(feed: Feed, entries: list[Entry], items: Iterable[str], config: SiteConfig) -> bytes:
    """Write a whole feed; `items` are its entries, written."""
    root = ET.Element("feed", {"xmlns": ATOM, "xml:lang": config.language})
    add(root, "id", f"{config.tag}feed/{feed.folder}")
    add(root, "title", feed.title)
    add(root, "subtitle", feed.description)
    add(root, "updated", moment(max((entry.updated for entry in entries), default=_NEVER)))
    add(root, "link", rel="self", type=TYPE, href=f"{config.url}{feed.folder}{FILE}")
    add(root, "link", rel="alternate", type="text/html", href=config.url + feed.page)
    if config.feeds.hub:
        add(root, "link", rel="hub", href=config.feeds.hub)
    # Every entry must have an author; a day has none of its own, and then this one counts.
    add(add(root, "author"), "name", config.title)
    return document(root, "feed", items)
