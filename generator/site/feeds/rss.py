"""Writes a feed as RSS 2.0, by the RSS Advisory Board's profile; which entries it has is left to ``entries``."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from xml.etree import ElementTree as ET

from generator.config import SiteConfig
from generator.site.feeds.entries import Entry
from generator.site.feeds.subscriptions import RSS, Feed
from generator.site.feeds.xml import ATOM, DC, add, document, element, moment, wrapped

TYPE = "application/rss+xml"
_DAYS = "Mon Tue Wed Thu Fri Sat Sun".split()
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def item(entry: Entry, config: SiteConfig) -> str:
    """Write one entry."""
    return wrapped(
        "item",
        element("title", entry.title),
        element("link", config.url + entry.address),
        element("guid", entry.tag, isPermaLink="false"),
        element("pubDate", _midnight(entry.published)),
        element("atom:updated", moment(entry.updated)),
        *[element("dc:creator", author) for author in entry.authors],
        *[element("category", category) for category in entry.categories],
        element("description", entry.html) if entry.html else "",
    )


@cache
def _midnight(when: datetime) -> str:
    return _written(when)


def _written(when: datetime) -> str:
    """Write a time as RFC 822 wants it: ``email.utils`` does, and takes longer to import than a feed to write."""
    return f"{_DAYS[when.weekday()]}, {when.day:02} {_MONTHS[when.month - 1]} {when.year:04} {when:%H:%M:%S %z}"


def feed(feed: Feed, entries: list[Entry], items: Iterable[str], config: SiteConfig) -> bytes:
    """Write a whole feed; `items` are its entries, written."""
    root = ET.Element("rss", {"version": "2.0", "xmlns:atom": ATOM, "xmlns:dc": DC})
    channel = ET.SubElement(root, "channel")
    add(channel, "title", feed.title)
    add(channel, "link", config.url + feed.page)
    add(channel, "description", feed.description)
    add(channel, "language", config.language)
    add(channel, "atom:link", rel="self", type=TYPE, href=f"{config.url}{feed.folder}{RSS}")
    if config.feeds.hub:
        add(channel, "atom:link", rel="hub", href=config.feeds.hub)
    if entries:
        add(channel, "lastBuildDate", _written(max(entry.updated for entry in entries)))
    return document(root, "channel", items)
