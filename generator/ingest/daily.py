"""What asking has in common for all sources: an answer fetched and read, its papers dealt out to the days wanted.

Which addresses are asked is left to each source's module; what becomes of a day to ``run``.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import urlsplit

from generator.config import SourceSettings
from generator.ingest.answer import Answer, Asked, Reader, UnreadableError
from generator.ingest.asking import DayState, Fetch, Found, NotNow, NotThere, Window
from generator.model import Measurement, Record

LATE = timedelta(days=7)
"""How long a source may still add to a day, where nothing better is known of it."""

_SATURDAY = 5


def take(settings: SourceSettings, window: Window, fetch: Fetch, url: str, read: Reader, accept: str) -> Answer:
    """Fetch an address and read the answer.

    Raises:
        NotNow: the source cannot answer now, or answered with what cannot be read.
        NotThere: it answered that nothing is there.
    """
    fetched = fetch(url, accept=accept)
    try:
        return read(fetched.body, Asked(source=settings.name, name=url, as_of=window.today))
    except UnreadableError as error:
        raise NotNow(url, str(error)) from None


def failed(days: Iterable[date], error: NotNow | NotThere) -> Iterator[Found]:
    """Say of days that the source failed, and why."""
    return (Found(day, DayState.FAILED, why=str(error)) for day in sorted(days))


def is_weekend(day: date) -> bool:
    """Tell whether a day is a Saturday or a Sunday."""
    return day.weekday() >= _SATURDAY


def by_listing(records: Iterable[Record]) -> Mapping[date, list[Record]]:
    """Sort records by the day on which they are listed."""
    days: dict[date, list[Record]] = defaultdict(list)
    for record in records:
        for day in {listing.date for listing in record.listed}:
            days[day].append(record)
    return days


def shown_now(
    window: Window, answer: Answer, settles: timedelta = LATE, *, everything: bool = False
) -> Iterator[Found]:
    """Deal out what a source shows now, which is all that can be asked of it: each paper to its day.

    Days of which it shows nothing are empty once ``settles`` has passed. What is listed on no day, an update of a
    paper, comes with the last one; with ``everything`` so does what is listed on a day that was not asked for.
    """
    days = sorted(window.open)
    if not answer.records:
        why = answer.problems[0] if answer.problems else "it shows no papers at all"
        yield from (Found(day, DayState.NOT_YET, why=why) for day in days)
        return
    listed = by_listing(answer.records)
    for day in days:
        records = list(listed.get(day, ()))
        problems: tuple[str, ...] = ()
        if day == days[-1]:
            elsewhere = (each for each in answer.records if not {on.date for on in each.listed} & window.open)
            records += [record for record in elsewhere if everything or not record.listed]
            problems = answer.problems
        if day + settles > window.today:
            state, why = DayState.NOT_YET, "it may still add to this day"
        else:
            state, why = DayState.SETTLED if records else DayState.EMPTY, ""
        yield Found(day, state, tuple(records), measured_of(records, answer), why, problems)


def one_by_one(
    settings: SourceSettings, window: Window, fetch: Fetch, urls: Iterable[str], read: Reader, accept: str
) -> Iterator[Found]:
    """Ask for papers each at its own address, and deal them out; a host that cannot answer now is not asked again."""
    records: list[Record] = []
    problems: list[str] = []
    refused: dict[str, NotNow] = {}
    for url in urls if window.open else ():
        host = urlsplit(url).netloc
        if host in refused:
            continue
        try:
            records += take(settings, window, fetch, url, read, accept).records
        except NotThere as error:
            problems.append(f"{error}; the paper was left out")
        except NotNow as error:
            refused[host] = error
    answer = Answer(tuple(records), problems=tuple(problems))
    trouble = next(iter(refused.values()), None)
    for found in shown_now(window, answer, timedelta(0), everything=True):
        # What came is kept, and all of it asked for again.
        yield replace(found, state=DayState.FAILED, why=str(trouble)) if trouble else found


def measured_of(records: Iterable[Record], answer: Answer) -> tuple[Measurement, ...]:
    """Give what an answer measured of these records."""
    measured = {each.id: each for each in answer.measured} if answer.measured else {}
    return tuple(measured[record.id] for record in records if record.id in measured)
