"""Addresses that are no page any more, and where each leads now: nothing that was ever published ends in nothing.

What people said (``was:``), what a merge emptied, then what ``content/addresses.jsonl`` remembers, in this order.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from html import escape
from pathlib import Path
from posixpath import relpath
from typing import NamedTuple

from msgspec.structs import replace

from generator.addresses import write_addresses
from generator.catalog.catalog import Catalog, assemble
from generator.catalog.check import check
from generator.catalog.content import load
from generator.config import SiteConfig
from generator.errors import ContentProblems
from generator.model import CorrectedField, Published
from generator.site.feeds.subscriptions import Feed, Subscriptions
from generator.site.pages import Pages
from generator.site.rendering.markdown import own_pages

_ABOVE = {"weeks/": "days/", "months/": "days/", "papers/": "days/"}
"""Folders without a page of their own."""


class Moved(NamedTuple):
    """Where an address leads."""

    target: str
    """A page that is there."""
    heir: bool
    """Whether the page took the other's place, so that its feed goes on as that one's."""


def moved_addresses(catalog: Catalog, is_live: Callable[[str], bool]) -> dict[str, Moved]:
    """Return every address that was a page and is none any more, sorted, with where it leads."""
    said = _said(catalog)
    known = sorted({*said, *catalog.published})
    return {address: _onward(address, said, catalog.published, is_live) for address in known if not is_live(address)}


def _said(catalog: Catalog) -> dict[str, str]:
    """Return where addresses lead by what people wrote and by what records say of each other: whole addresses."""
    folders = {
        "papers": catalog.moved_papers,
        "authors": catalog.moved_people,
        "topics": catalog.moved_topics,
        "curators": catalog.moved_curators,
    }
    said = {f"{folder}/{old}/": f"{folder}/{new}/" for folder, moves in folders.items() for old, new in moves.items()}
    return {**catalog.moved_names, **said}


def _onward(
    address: str, said: Mapping[str, str], published: Mapping[str, Published], is_live: Callable[[str], bool]
) -> Moved:
    seen: set[str] = set()
    heir = True
    while address and not is_live(address) and address not in seen:
        seen.add(address)
        line = published.get(address)
        if address in said:
            address = said[address]
        elif line is not None and line.leads is not None:
            heir = heir and line.same
            address = line.leads
        else:
            heir = False
            address = _ABOVE.get(address) or "".join(f"{part}/" for part in address.split("/")[:-2])
    return Moved(address, heir) if is_live(address) else Moved("", False)


def redirect_page(address: str, target: str, config: SiteConfig) -> bytes:
    """Write the page at an address that is none any more: it leads on to `target`, also below the site's root."""
    way = escape(relpath(f"/{target}", f"/{address}") + "/")
    icon = escape(relpath("/assets/favicon.svg", f"/{address}"))
    return (
        f'<!doctype html><html lang="{config.language}"><head><meta charset="utf-8"><title>Moved</title>'
        # Without an icon of its own a browser asks the host for one, which a site under a path does not have.
        f'<link rel="icon" href="{icon}">'
        f'<link rel="canonical" href="{escape(config.url + target)}"><meta name="robots" content="noindex">'
        f'<meta http-equiv="refresh" content="0; url={way}"></head>'
        f'<body><p>This page has moved: <a href="{way}">{way}</a></p></body></html>\n'
    ).encode()


def moved_feeds(
    moved: Mapping[str, Moved], subscriptions: Subscriptions, published: Mapping[str, Published]
) -> Iterator[tuple[str, str, Feed]]:
    """Yield (folder, file's name, feed) of the feeds that were published where none is now.

    The feed of what took its place stands there too, under its own address; else one without entries, which says
    where to go on: nobody who subscribed to one topic is sent another's papers.
    """
    folders = {*moved, *(address for address, line in published.items() if line.feeds)}
    for folder in sorted(folders - subscriptions.by_folder.keys()):
        line, where = published.get(folder), moved.get(folder, Moved(folder, False))
        heir = subscriptions.by_folder.get(where.target) if where.heir and where.target else None
        title = line.title if line is not None else None
        ended = Feed(
            folder=folder,
            page=where.target,
            title=f"{subscriptions.config.title}: {title or folder.rstrip('/')}",
            description="This feed has ended; its page leads on.",
        )
        for name in line.feeds if line is not None and line.feeds else heir.formats if heir else ():
            yield folder, name, heir or replace(ended, formats=(name,))


def remember_addresses(root: Path) -> tuple[int, bool]:
    """Add what the site of the digest at `root` has to the list of published addresses.

    Return how many addresses are new, and whether the list is different now.

    Raises: ContentProblems, nothing was written: what would not be built is not published.
    """
    content = load(root)
    if problems := check(content):
        raise ContentProblems(problems)
    catalog = assemble(content)
    own = {page.address: page.title for page in own_pages(root, catalog.config)}
    return write_addresses(root, content.addresses, published_addresses(Pages(catalog), own))


def published_addresses(pages: Pages, own: Mapping[str, str]) -> Iterator[Published]:
    """Yield what is to be remembered of a site; `own` are the pages that people wrote, address and title.

    Left out is what the records say by themselves: papers of sources, and names that nobody has said more of.
    """
    catalog, by_folder = pages.catalog, pages.subscriptions.by_folder
    live = {*own, *(address for many in pages.many for address, _ in many.addresses().entries())}
    for page in pages.few():
        live.add(page.address)
        yield _line(page.address, page.title, by_folder, leads=_topic_above(page.address, catalog))
    for paper in catalog.papers.values():
        if paper.by_hand:
            yield _line(f"papers/{paper.address}/", paper.title, by_folder, leads=f"days/{paper.day}/")
    written = _written_by_people(catalog)
    for person in catalog.people:
        address = pages.authors.address(person)
        if address in by_folder or person in written or not catalog.people.is_plain(person):
            # The page of the name has the papers of whoever has an entry, once that is gone.
            name = f"authors/{catalog.people.slug_of(person)}/"
            leads = name if name != address else None
            yield _line(address, catalog.people.name_of(person), by_folder, leads=leads, same=leads is not None)
    for address, title in own.items():
        yield _line(address, title, by_folder)
    yield from _redirects(moved_addresses(catalog, live.__contains__), pages)


def _written_by_people(catalog: Catalog) -> set[str]:
    """Return who is on a paper because a person wrote so, which may be taken back."""
    return {
        mention.person
        for paper in catalog.papers.values()
        if paper.by_hand or any(one.field is CorrectedField.AUTHORS for one in paper.corrections)
        for mention in paper.authors
    }


def _redirects(moved: Mapping[str, Moved], pages: Pages) -> Iterator[Published]:
    """Yield the addresses that only lead on: whoever found one has kept it too."""
    catalog, said = pages.catalog, _said(pages.catalog)
    feeds: dict[str, list[str]] = defaultdict(list)
    for folder, name, _ in moved_feeds(moved, pages.subscriptions, catalog.published):
        feeds[folder].append(name)
    for address, onward in moved.items():
        if address in said:
            named = tuple(sorted(feeds[address]))
            yield Published(address=address, leads=onward.target, same=onward.heir, feeds=named)


def _line(
    address: str, title: str, by_folder: Mapping[str, Feed], *, leads: str | None = None, same: bool = False
) -> Published:
    feed = by_folder.get(address)
    feeds = tuple(sorted(feed.formats)) if feed else ()
    return Published(address=address, leads=leads, same=same, title=title if feed else None, feeds=feeds)


def _topic_above(address: str, catalog: Catalog) -> str | None:
    folder, _, rest = address.partition("/")
    topic = catalog.topics.get(rest.removesuffix("/")) if folder == "topics" else None
    return f"topics/{topic.parent}/" if topic is not None and topic.parent else None
