"""What an entry of a feed says: a paper, a day or a week, under an id for good.

Which feed has which entries is left to ``subscriptions``.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from hashlib import blake2b
from html import escape

import msgspec

from generator.catalog.catalog import Catalog
from generator.catalog.ranking import rank
from generator.formulas import formulas_text
from generator.ids import uri_part
from generator.markup import render_note
from generator.model import Choice, Day, Paper
from generator.site.feeds.subscriptions import Feed
from generator.site.shown.links import links_of_paper
from generator.site.shown.periods import Period, counts, day_name

AUTHORS_NAMED = 100
"""Of a paper of 3,303 authors an entry names the first; its page has all."""
SHORT_AUTHORS = 5
SHORT_LENGTH = 240
"""Characters of the abstract in a short entry."""
_HOUR = timedelta(hours=1) // timedelta(microseconds=1)


class Entry(msgspec.Struct, frozen=True, dict=True, kw_only=True):
    """One entry of a feed, in plain text but for ``html``."""

    tag: str
    title: str
    address: str
    """Below the site's root."""
    day: date
    """When it first stood on the site."""
    changed: date
    """The newest day that it tells of."""
    html: str
    external: str | None = None
    """Where the paper itself is."""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()

    @property
    def published(self) -> datetime:
        """Midnight UTC of its day: what follows from the content and from no clock."""
        return datetime.combine(self.day, time(), UTC)

    @cached_property
    def updated(self) -> datetime:
        """A moment in the first hour of the newest day it tells of, chosen by what a subscriber reads.

        It changes with what is read and with nothing else. Two of 60 entries of one day share a microsecond once in
        two million feeds.
        """
        read = msgspec.json.encode((self.tag, self.title, self.html, self.authors, self.categories))
        offset = int.from_bytes(blake2b(read, digest_size=8).digest()) % _HOUR
        return datetime.combine(self.changed, time(), UTC) + timedelta(microseconds=offset)


class Entries:
    """Makes the entries of a catalog's feeds, each once."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.url = catalog.config.url
        self._prefix = catalog.config.tag
        self._papers: dict[tuple[str, bool], Entry] = {}

    def tag(self, kind: str, name: str) -> str:
        """Return an id: ``tag:example.org,2025:paper/arxiv:2503.16525``."""
        return f"{self._prefix}{kind}/{name}"

    def of(self, feed: Feed) -> Iterator[Entry]:
        """Yield the entries of a feed, in its order."""
        for paper in feed.papers:
            yield self.paper(paper, short=feed.short)
        for day in feed.days:
            yield self._day(self.catalog.days[day])
        for week in feed.weeks:
            yield self._week(week)

    def paper(self, paper_id: str, *, short: bool = False) -> Entry:
        """Return the entry of a paper: the note first, then the abstract, then where to read it."""
        known = self._papers.get((paper_id, short))
        if known is None:
            known = self._papers[paper_id, short] = self._paper(self.catalog.papers[paper_id], short=short)
        return known

    def _paper(self, paper: Paper, *, short: bool) -> Entry:
        topics = (self.catalog.topics[topic].name for topic in paper.topics if topic in self.catalog.topics)
        noted = [choice.date for choice in paper.choices if choice.pick.note]
        links = links_of_paper(paper)
        words = formulas_text(paper.abstract)
        abstract = _first_sentences(words) if short else words
        parts = [
            "<p>Withdrawn by its authors.</p>" if paper.withdrawn else "",
            *(_choice_html(choice) for choice in reversed(paper.choices)),
            f"<p>{_text(abstract)}</p>" if abstract else "",
            "" if short else _links_html(links),
        ]
        return Entry(
            tag=self.tag("paper", uri_part(paper.origin or paper.id)),
            title=paper.title,
            address=f"papers/{paper.address}/",
            day=paper.day,
            # The day on which its newest note came: a pick without words says nothing new.
            changed=max([paper.day, *noted]),
            html="".join(parts),
            external=next((link for label, link in links if label != "PDF"), None),
            authors=tuple(mention.name for mention in paper.authors[: SHORT_AUTHORS if short else AUTHORS_NAMED]),
            categories=(*paper.categories, *topics),
        )

    def _day(self, day: Day) -> Entry:
        picks = f", {len(day.picks)} picked" if day.picks else ""
        intro = render_note(day.digest.intro) if day.digest and day.digest.intro else ""
        passed = "".join(f"<li>{self._link(paper)}: {_text(entry.why)}</li>" for entry, paper in day.passed)
        parts = [
            intro,
            *(self._pick_html(paper, pick.note) for pick, paper in day.picks),
            self._list_html("Also listed" if day.picks else "Listed", day.rest),
            f"<h2>Passed over</h2><ul>{passed}</ul>" if passed else "",
        ]
        return Entry(
            tag=self.tag("day", str(day.date)),
            title=f"{day_name(day.date)}: {_papers(len(day.papers))}{picks}",
            address=f"days/{day.date}/",
            day=day.date,
            changed=day.date,
            html="".join(parts),
        )

    def _week(self, week: Period) -> Entry:
        days = [self.catalog.days[day] for day in week.days]
        picked = {paper: pick.note for day in days for pick, paper in day.picks}
        listed = dict.fromkeys(paper for day in days for paper in day.papers)
        passed = {paper for day in days for _, paper in day.passed}
        rest = rank(self.catalog.papers[paper] for paper in listed if paper not in picked and paper not in passed)
        count = sum(counts(day)["picks"] for day in days)
        parts = [
            *(render_note(day.digest.intro) for day in days if day.digest and day.digest.intro),
            *(self._pick_html(paper, note) for paper, note in picked.items()),
            self._list_html("Also listed" if picked else "Listed", [paper.id for paper in rest]),
        ]
        return Entry(
            tag=self.tag("week", week.label),
            title=f"{week.name}: {_papers(len(listed))}" + (f", {count} picked" if count else ""),
            address=f"weeks/{week.label}/",
            day=week.end,
            changed=week.end,
            html="".join(parts),
        )

    def _pick_html(self, paper_id: str, note: str | None) -> str:
        paper = self.catalog.papers[paper_id]
        parts = [
            f"<h2>{self._link(paper_id)}</h2>",
            f"<p>{_text(byline)}</p>" if (byline := _byline(paper)) else "",
            f"<blockquote>{render_note(note)}</blockquote>" if note else "",
            f"<p>{_text(formulas_text(paper.abstract))}</p>" if paper.abstract else "",
            _links_html(links_of_paper(paper)),
        ]
        return "".join(parts)

    def _list_html(self, heading: str, papers: Sequence[str]) -> str:
        items = "".join(f"<li>{self._link(paper)}</li>" for paper in papers)
        return f"<h2>{heading}</h2><ul>{items}</ul>" if items else ""

    def _link(self, paper_id: str) -> str:
        paper = self.catalog.papers[paper_id]
        return f'<a href="{escape(self.url)}papers/{paper.address}/">{_text(paper.title)}</a>'


def _choice_html(choice: Choice) -> str:
    if not choice.pick.note:
        return ""
    by = f"{_text(choice.curator)}, " if choice.curator else ""
    return f"<blockquote>{render_note(choice.pick.note)}<p>{by}{day_name(choice.date)}</p></blockquote>"


def _links_html(links: Iterable[tuple[str, str]]) -> str:
    anchors = " · ".join(f'<a href="{escape(link)}">{_text(label)}</a>' for label, link in links)
    return f"<p>{anchors}</p>" if anchors else ""


def _byline(paper: Paper) -> str:
    names = [mention.name for mention in paper.authors[:3]]
    more = len(paper.authors) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")


def _first_sentences(text: str) -> str:
    if len(text) <= SHORT_LENGTH:
        return text
    return text[:SHORT_LENGTH].rpartition(" ")[0] + "…"


def _papers(count: int) -> str:
    return f"{count} paper{'' if count == 1 else 's'}"


def _text(text: str) -> str:
    return escape(text, quote=False)
