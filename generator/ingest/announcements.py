"""Asks arXiv for its announcement of the day: new papers, cross-lists and replacements, as RSS.

How its items are read is left to ``feeds``. It shows the newest announcement only: earlier days are for
``arxiv_search`` and ``oai``.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from email.utils import parsedate

from generator.config import SourceSettings
from generator.ingest import daily, feeds
from generator.ingest.answer import Asked, UnreadableError
from generator.ingest.asking import DayState, Fetch, Found, NotNow, NotThere, Window
from generator.ingest.xmlfile import local_name, parse_xml

BASE = "https://rss.arxiv.org"
ACCEPT = "application/rss+xml, application/atom+xml, application/xml, text/xml, */*"
MOST = 2_000
"""Items that arXiv puts into a feed at most."""

NOTHING = "an announcement without papers"
"""What the ledger says of a working day without papers, until the next announcement shows that it was a holiday."""

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Announcement:
    """What an announcement says of itself."""

    day: date
    """As written, which is arXiv's own day: it announces at midnight, US Eastern."""
    skipped: frozenset[int]
    """Days of the week without announcement; 0 is Monday."""
    items: int


def read_announcement(data: bytes) -> Announcement:
    """Read an announcement's own day, as RSS or Atom.

    Raises: UnreadableError.
    """
    root = parse_xml(data, feeds.MAX_BYTES)
    channel = next((each for each in root if local_name(each) == "channel"), root)
    written = {local_name(each): (each.text or "").strip() for each in channel}
    days = [_DAYS.index(name) for name in _skip_days(channel) if name in _DAYS]
    items = sum(local_name(each) in ("item", "entry") for each in channel)
    # The Atom form does not say it.
    skipped = frozenset(days or [_DAYS.index("Saturday"), _DAYS.index("Sunday")])
    return Announcement(_day(written.get("pubDate") or written.get("updated") or ""), skipped, items)


def _skip_days(channel: ET.Element) -> list[str]:
    return [(day.text or "").strip() for each in channel if local_name(each) == "skipDays" for day in each]


def _day(written: str) -> date:
    try:
        moment = parsedate(written)
        return date(*moment[:3]) if moment else date.fromisoformat(written[:10])
    except ValueError:
        raise UnreadableError(f"the feed's day: {written[:40]!r} is no date") from None


def ask(settings: SourceSettings, window: Window, fetch: Fetch) -> Iterator[Found]:
    """Ask for the newest announcement, and say of the other open days what it says of them."""
    days = sorted(window.open)
    if not days:
        return
    categories = "+".join(settings.categories)
    url = f"{(settings.base_url or BASE).rstrip('/')}/rss/{categories}"
    try:
        fetched = fetch(url, accept=ACCEPT)
        announced = read_announcement(fetched.body)
        answer = feeds.read(fetched.body, Asked(source=settings.name, name=url, as_of=window.today))
    except UnreadableError as error:
        yield from daily.failed(days, NotNow(url, str(error)))
    except (NotNow, NotThere) as error:
        yield from daily.failed(days, error)
    else:
        for day in days:
            if day == announced.day and answer.records:
                cut = (f"only the first {MOST:,} papers were announced by this feed",) * (announced.items >= MOST)
                yield Found(day, DayState.SETTLED, answer.records, problems=(*answer.problems, *cut))
            else:
                yield _without(day, announced, window, url)


def _without(day: date, announced: Announcement, window: Window, url: str) -> Found:
    """Say of a day that the feed has no papers for what that means."""
    if day.weekday() in announced.skipped and day <= max(announced.day, window.today):
        return Found(day, DayState.EMPTY)
    if day < announced.day and window.said.get(day, "").startswith(NOTHING):
        # It was asked on the day itself, and has gone on since.
        return Found(day, DayState.EMPTY)
    if day < announced.day:
        why = f"the feed holds only the announcement of {announced.day}; a source of kind arxiv fills earlier days"
        return Found(day, DayState.FAILED, why=f"{why}: {url}")
    if day == announced.day:
        return Found(day, DayState.NOT_YET, why=f"{NOTHING}: a holiday, or too early: {url}")
    return Found(day, DayState.NOT_YET, why=f"not announced yet: {url}")
