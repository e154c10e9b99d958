"""RSS 2.0 for the site, its days, and each topic, category and author; built with an XML library.

Entry ids are ``tag:`` URIs on the paper's id, so that retitling a paper never shows it twice.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from itertools import islice
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from generator.catalog.catalog import Catalog
from generator.formulas import formulas_text
from generator.ids import links_of
from generator.markup import escape_html, render_note
from generator.model import Day, Paper
from generator.site.pages import Pages
from generator.site.periods import day_name
from generator.text import xml_text

ATOM = "http://www.w3.org/2005/Atom"
DC = "http://purl.org/dc/elements/1.1/"
TAG_YEAR = "2025"
"""A tag URI names a year in which its authority was the site's owner (RFC 4151); it is part of every id for good."""
ET.register_namespace("atom", ATOM)
ET.register_namespace("dc", DC)


@dataclass(frozen=True)
class Entry:
    """One entry of a feed, in plain text but for ``html``."""

    tag: str
    title: str
    address: str
    """Below the site's root."""
    day: date
    html: str
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


@dataclass(frozen=True)
class Feed:
    """A feed: where it stands, what page it belongs to, of what it has entries. Newest first."""

    address: str
    page: str
    title: str
    description: str
    papers: tuple[str, ...] = ()
    days: tuple[date, ...] = ()


class Feeds:
    """All feeds of a catalog."""

    def __init__(self, pages: Pages) -> None:
        self.catalog: Catalog = pages.catalog
        self.pages = pages
        self.config = pages.catalog.config
        self._entries: dict[str, Entry] = {}

    def __iter__(self) -> Iterator[Feed]:
        """Yield every feed."""
        site, title = self.config, self.config.title
        yield self._feed("", title, site.description or title, self._in_reading_order())
        days = tuple(sorted(self.catalog.days, reverse=True)[: site.feeds.days])
        yield Feed("days/feed.xml", "days/", f"{title}: days", f"{title}, a day at a time.", days=days)
        for topic in self.catalog.topics.values():
            about = f"Papers on {topic.name}."
            yield self._feed(f"topics/{topic.id}/", f"{title}: {topic.name}", about, topic.papers)
        for code, papers in self.pages.lists.categories.items():
            yield self._feed(f"categories/{code}/", f"{title}: {code}", f"Papers in {code}.", papers)
        for person in self.catalog.people.values():
            if self.pages.authors.has_feed(person):
                about = f"Papers with {person.name} among the authors."
                yield self._feed(f"authors/{person.id}/", f"{title}: {person.name}", about, person.papers)

    def _in_reading_order(self) -> Iterator[str]:
        """Yield papers as the site shows them: newest day first, picks before the rest, each once."""
        seen: set[str] = set()
        for day in sorted(self.catalog.days.values(), key=lambda day: day.date, reverse=True):
            passed = {paper for _, paper in day.passed}
            for paper in day.papers:
                if paper not in seen and paper not in passed:
                    seen.add(paper)
                    yield paper

    def _feed(self, page: str, title: str, description: str, papers: Iterable[str]) -> Feed:
        chosen = tuple(islice(papers, self.config.feeds.entries))
        return Feed(f"{page}feed.xml", page, title, description, papers=chosen)

    def entries(self, feed: Feed) -> list[Entry]:
        """Make the entries of a feed."""
        papers, days = self.catalog.papers, self.catalog.days
        return [self._paper(papers[paper]) for paper in feed.papers] + [self._day(days[day]) for day in feed.days]

    def key(self, feed: Feed, paper_print: Callable[[str], bytes]) -> object:
        """Return all that a feed is made from; `paper_print` gives the fingerprint of a paper."""
        days = [self.catalog.days[day] for day in feed.days]
        papers = [*feed.papers, *(paper for day in days for paper in day.papers)]
        return feed.title, feed.description, days, [paper_print(paper) for paper in papers]

    def tag(self, kind: str, name: str) -> str:
        """Return the id of an entry: ``tag:example.org,2025:paper/arxiv:2503.16525``."""
        return f"tag:{urlsplit(self.config.url).hostname},{TAG_YEAR}:{kind}/{name}"

    def _paper(self, paper: Paper) -> Entry:
        known = self._entries.get(paper.id)
        if known is None:
            known = self._entries[paper.id] = Entry(
                tag=self.tag("paper", paper.id),
                title=paper.title,
                address=f"papers/{paper.address}/",
                day=paper.day,
                html=_paper_html(paper),
                authors=tuple(mention.name for mention in paper.authors[:50]),
                categories=(*paper.categories, *(self.catalog.topics[topic].name for topic in paper.topics)),
            )
        return known

    def _day(self, day: Day) -> Entry:
        picks = f", {len(day.picks)} picked" if day.picks else ""
        return Entry(
            tag=self.tag("day", str(day.date)),
            title=f"{day_name(day.date)}: {len(day.papers)} papers{picks}",
            address=f"days/{day.date}/",
            day=day.date,
            html=self._day_html(day),
        )

    def _day_html(self, day: Day) -> str:
        parts = [render_note(day.digest.intro)] if day.digest and day.digest.intro else []
        for pick, paper_id in day.picks:
            parts.append(f"<h3>{self._link(paper_id)}</h3>")
            parts.append(render_note(pick.note) if pick.note else "")
        rest = "".join(f"<li>{self._link(paper)}</li>" for paper in day.rest)
        return "".join(parts) + (f"<ul>{rest}</ul>" if rest else "")

    def _link(self, paper_id: str) -> str:
        paper = self.catalog.papers[paper_id]
        return f'<a href="{escape_html(self.config.url)}papers/{paper.address}/">{escape_html(paper.title)}</a>'


def _paper_html(paper: Paper) -> str:
    """Return an entry's body: the note first, then the abstract, then where to read the paper."""
    links = {**links_of(paper.id), **({"Code": paper.links["code"]} if "code" in paper.links else {})}
    anchors = " · ".join(f'<a href="{escape_html(link)}">{escape_html(label)}</a>' for label, link in links.items())
    parts = [
        render_note(paper.note) if paper.note else "",
        f"<p>{escape_html(formulas_text(paper.abstract))}</p>" if paper.abstract else "",
        f"<p>{anchors}</p>" if anchors else "",
    ]
    return "".join(parts)


def rss(feed: Feed, entries: list[Entry], url: str, language: str) -> bytes:
    """Write `feed` as RSS 2.0 for a site at `url`."""
    root = ET.Element("rss", {"version": "2.0"})
    channel = ET.SubElement(root, "channel")
    _add(channel, "title", feed.title)
    _add(channel, "link", url + feed.page)
    _add(channel, "description", feed.description)
    _add(channel, "language", language)
    ET.SubElement(
        channel, f"{{{ATOM}}}link", {"href": url + feed.address, "rel": "self", "type": "application/rss+xml"}
    )
    if entries:
        _add(channel, "lastBuildDate", _moment(max(entry.day for entry in entries)))
    for entry in entries:
        item = ET.SubElement(channel, "item")
        _add(item, "title", entry.title)
        _add(item, "link", url + entry.address)
        ET.SubElement(item, "guid", {"isPermaLink": "false"}).text = xml_text(entry.tag)
        _add(item, "pubDate", _moment(entry.day))
        for author in entry.authors:
            _add(item, f"{{{DC}}}creator", author)
        for category in entry.categories:
            _add(item, "category", category)
        _add(item, "description", entry.html)
    ET.indent(root, " ")
    body: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return body + b"\n"


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = xml_text(text)


def _moment(day: date) -> str:
    """Return midnight UTC of `day` as RSS wants it (RFC 5322)."""
    return format_datetime(datetime.combine(day, time(), UTC))
