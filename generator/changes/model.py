"""What a change does to a site, as plain values: found by ``compare``, written down by ``report``."""

from enum import StrEnum

from msgspec import Struct


class How(StrEnum):
    """What became of an address."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    MOVED = "moved"
    """It leads on to another now."""


class Kind(StrEnum):
    """What a page is about; in the order in which they are told of."""

    PAPER = "paper"
    DAY = "day"
    AUTHOR = "author"
    TOPIC = "topic"
    CURATOR = "curator"
    CATEGORY = "category"
    WEEK = "week"
    MONTH = "month"
    OTHER = "other"
    """Lists, the front page, pages that people wrote."""


class PageChange(Struct, frozen=True):
    """An address of the site at which something else is found."""

    address: str
    """``papers/2503.16525/``; the front page's is empty."""
    kind: Kind
    name: str
    how: How
    what: tuple[str, ...] = ()
    """What is different of the thing itself: ``("title", "+1 paper")``; none where only what is around it is."""
    to: str | None = None
    """The address to which it leads on."""


class EntryChange(Struct, frozen=True):
    """An entry of a feed that its subscribers will see."""

    id: str
    title: str


class FeedChange(Struct, frozen=True):
    """A feed that its readers will find different."""

    folder: str
    """Below the site's root: ``topics/llm-serving/``; the site's own is empty."""
    title: str
    how: How
    new: tuple[EntryChange, ...] = ()
    updated: tuple[EntryChange, ...] = ()
    """Entries that were there before and say now that they have changed."""


class Changes(Struct, frozen=True, kw_only=True):
    """Everything that a change does to a site."""

    base: str
    """What it was compared with."""
    title: str
    """Of the site, after the change."""
    url: str
    url_before: str
    count: int
    """Pages of the site after the change."""
    problems: tuple[str, ...] = ()
    """Of the base: its site is what could be understood of it."""
    pages: tuple[PageChange, ...] = ()
    """By kind, then added, changed, moved, removed; of each, by address."""
    broken: tuple[str, ...] = ()
    """Addresses of pages and feeds that led somewhere and do so no more."""
    feeds: tuple[FeedChange, ...] = ()
    """The site's own first."""
    files: dict[str, int] = {}
    """For machines: files that differ, by what they are."""
    suspects: str | None = None
    """Entries for ``authors.yml`` that are suggested for the names on new papers; None: nobody looked."""
