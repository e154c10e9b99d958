"""Writes a feed as JSON Feed 1.1 (jsonfeed.org/version/1.1); which entries it has is left to ``entries``."""

from collections.abc import Iterable
from typing import Any

import msgspec

from generator.config import SiteConfig
from generator.site.feeds.entries import Entry
from generator.site.feeds.subscriptions import JSON, Feed
from generator.site.feeds.xml import moment
from generator.text import xml_text

VERSION = "https://jsonfeed.org/version/1.1"
TYPE = "application/feed+json"


def item(entry: Entry, config: SiteConfig) -> str:
    """Write one entry."""
    values: dict[str, Any] = {
        "id": entry.tag,
        "url": config.url + entry.address,
        "external_url": entry.external,
        "title": xml_text(entry.title),
        "content_html": xml_text(entry.html),
        "date_published": moment(entry.published),
        "date_modified": moment(entry.updated),
        "authors": [{"name": xml_text(author)} for author in entry.authors],
        "tags": [xml_text(category) for category in entry.categories],
    }
    # An item without content is no item: the text may be empty, the rest may be absent.
    kept = {key: value for key, value in values.items() if value or key == "content_html"}
    return msgspec.json.encode(kept).decode()


def feed(feed: Feed, entries: list[Entry], items: Iterable[str], config: SiteConfig) -> bytes:  # noqa: ARG001 - as others
    """Write a whole feed; `items` are its entries, written."""
    head: dict[str, Any] = {
        "version": VERSION,
        "title": xml_text(feed.title),
        "home_page_url": config.url + feed.page,
        "feed_url": f"{config.url}{feed.folder}{JSON}",
        "description": xml_text(feed.description),
        "language": config.language,
    }
    if config.feeds.hub:
        head["hubs"] = [{"type": "WebSub", "url": config.feeds.hub}]
    body = ",\n".join(items)
    return f'{msgspec.json.encode(head).decode()[:-1]},"items":[\n{body}\n]}}\n'.encode()
