"""What the subscribers of a site's feeds will see of a change: new entries, and old ones that say they have changed.

Both are read from the feeds as they were built, as a reader's program would.
"""

import posixpath
from collections.abc import Iterator
from pathlib import Path

import msgspec
from defusedxml.ElementTree import fromstring
from msgspec import Struct

from generator.changes.model import EntryChange, FeedChange, How
from generator.changes.sites import Sites
from generator.site.feeds.subscriptions import FORMATS, JSON, RSS
from generator.site.feeds.xml import ATOM


class _Entry(Struct, frozen=True):
    id: str
    title: str = ""
    updated: str = msgspec.field(default="", name="date_modified")


class _Feed(Struct, frozen=True):
    title: str = ""
    items: list[_Entry] = []


def feed_changes(sites: Sites) -> Iterator[FeedChange]:
    """Yield the feeds that came, those with something new to see, and those that went; the site's own first."""
    differing = (*sites.added, *sites.changed, *sites.removed)
    folders = {posixpath.dirname(path) for path in differing if posixpath.basename(path) in FORMATS}
    for folder in sorted(folders):
        below = f"{folder}/" if folder else ""
        before, after = _read(sites.base, below), _read(sites.head, below)
        if after is None:
            if before is not None:
                yield FeedChange(below, before.title, How.REMOVED)
        elif before is None:
            yield FeedChange(below, after.title, How.ADDED, tuple(map(_told, after.items)))
        else:
            known = {entry.id: entry.updated for entry in before.items}
            new = tuple(_told(entry) for entry in after.items if entry.id not in known)
            updated = tuple(
                _told(entry) for entry in after.items if known.get(entry.id, entry.updated) != entry.updated
            )
            if new or updated:
                yield FeedChange(below, after.title, How.CHANGED, new, updated)


def _told(entry: _Entry) -> EntryChange:
    return EntryChange(entry.id, entry.title)


def _read(site: Path, folder: str) -> _Feed | None:
    """Read a feed in the one of its formats that is read fastest; None if there is none."""
    if (path := site / f"{folder}{JSON}").is_file():
        return msgspec.json.decode(path.read_bytes(), type=_Feed)
    if not (path := site / f"{folder}{RSS}").is_file():
        return None
    root = fromstring(path.read_bytes(), forbid_dtd=True)
    items = [
        _Entry(item.findtext("guid", ""), item.findtext("title", ""), item.findtext(f"{{{ATOM}}}updated", ""))
        for item in root.iterfind("channel/item")
    ]
    return _Feed(root.findtext("channel/title", ""), items)
