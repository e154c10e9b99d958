"""Asks for and reads Hugging Face's Daily Papers: the JSON of a day, a week, a month, or of what is trending.

Cleaning is left to ``answer``; the avatars, accounts and discussions in these answers are not read at all.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec
from msgspec import Struct, field, structs

from generator.config import SourceSettings
from generator.ingest import daily
from generator.ingest.answer import Answer, Asked, UnreadableError, admit
from generator.ingest.asking import DayState, Fetch, Found, NotNow, NotThere, Window
from generator.model import Author, Listing, Measurement, Record

BASE = "https://huggingface.co"
PAGE = 100
"""Papers in an answer, at most."""
MAX_PAGES = 50
"""A month has 1,100 papers."""

_EMPTY_WORKDAY = timedelta(days=7)
"""How long a working day without papers is asked for again."""


class _Author(Struct):
    name: str
    # Authors marked ``hidden`` there are authors all the same: the flag says whose profile is not shown.


class _Organization(Struct):
    name: str | None = None
    fullname: str | None = None


class _Paper(Struct):
    id: str
    title: str
    summary: str | None = None
    authors: tuple[_Author, ...] = ()
    published_at: datetime | None = field(name="publishedAt", default=None)
    submitted_at: datetime | None = field(name="submittedOnDailyAt", default=None)
    withdrawn_at: str | bool | None = field(name="withdrawnAt", default=None)
    upvotes: int | None = None
    ai_summary: str | None = None
    ai_keywords: tuple[str, ...] | None = None
    github: str | None = field(name="githubRepo", default=None)
    stars: int | None = field(name="githubStars", default=None)
    project: str | None = field(name="projectPage", default=None)
    organization: _Organization | None = None


class _Item(Struct):
    paper: _Paper
    comments: int | None = field(name="numComments", default=None)


_DECODER = msgspec.json.Decoder(tuple[_Item, ...])


def read(data: bytes, asked: Asked) -> Answer:
    """Read the papers of an answer; a paper's day is when it entered the list, else the day in the answer's name.

    Raises: UnreadableError when any item is damaged: half a day is worse than none.
    """
    items = _decode(data)
    records = tuple(_record(item.paper, f"[{index}].paper", asked) for index, item in enumerate(items))
    if asked.as_of is None:
        return Answer(records)
    pairs = zip(records, items, strict=True)
    measured = (_measurement(record.id, item, asked.as_of) for record, item in pairs)
    return Answer(records, tuple(each for each in measured if each))


def _decode(data: bytes) -> tuple[_Item, ...]:
    try:
        return _DECODER.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadableError(_why(data, error)) from None


def _why(data: bytes, error: Exception) -> str:
    """Say what is wrong with an answer, with its place such as ``[3].paper.authors``."""
    what, _, place = str(error).partition(" - at `$")
    what = what.replace("`", "'").replace("'object'", "an object").replace("'str'", "text").replace("'array'", "a list")
    if isinstance(error, msgspec.ValidationError):
        if not place:
            keys = _keys(data)
            return f"not a list of papers but an object with {keys}" if keys else f"not a list of papers: {what}"
        return f"{place.rstrip('`').lstrip('.')}: {what[0].lower()}{what[1:]}"
    return f"not JSON: {what[0].lower()}{what[1:]}"


def _keys(data: bytes) -> str:
    try:
        found: Any = msgspec.json.decode(data)
    except msgspec.MsgspecError:
        return ""
    if not isinstance(found, dict):
        return ""
    told = found.get("error")
    return ", ".join(key[:40] for key in list(found)[:6]) + (f": {told[:200]!r}" if isinstance(told, str) else "")


def _record(paper: _Paper, where: str, asked: Asked) -> Record:
    day = paper.submitted_at.date() if paper.submitted_at else asked.day
    if day is None:
        raise UnreadableError(f"{where}.submittedOnDailyAt: missing, and no day in the name; name the file by its day")
    organization = paper.organization.fullname or paper.organization.name if paper.organization else None
    links = {"code": paper.github, "project": paper.project}
    record = Record(
        id=paper.id,
        title=paper.title,
        authors=tuple(Author(name=author.name) for author in paper.authors),
        abstract=paper.summary,
        published=_day(paper.published_at),
        withdrawn=bool(paper.withdrawn_at),
        organization=organization,
        keywords=paper.ai_keywords or (),
        summary=paper.ai_summary,
        links={kind: address for kind, address in links.items() if address},
        listed=(Listing(date=day, source=asked.source),),
    )
    return admit(record, where)


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _measurement(paper: str, item: _Item, as_of: date) -> Measurement | None:
    """Take the counts, if any; one below zero or beyond a thousand million is none."""
    counts = {"upvotes": item.paper.upvotes, "comments": item.comments, "stars": item.paper.stars}
    sane = {name: count for name, count in counts.items() if count is not None and 0 <= count <= 10**9}
    return structs.replace(Measurement(id=paper, as_of=as_of), **sane) if sane else None


# Asking ---------------------------------------------------------------------------------------------------------------


def ask(settings: SourceSettings, window: Window, fetch: Fetch) -> Iterator[Found]:
    """Ask for the lists that hold the open days, oldest first; what is trending can only be asked for today."""
    lists: dict[tuple[str, str], list[date]] = {}
    for day in sorted(window.open):
        lists.setdefault(_list_of(settings.period, day), []).append(day)
    waiting = list(lists)
    for number, (key, name) in enumerate(waiting, 1):
        days = lists[key, name]
        if key == "sort":
            yield from _never_asked([day for day in days if day != window.today])
            days = [day for day in days if day == window.today]
            if not days:
                return
        try:
            answer = _all_pages(settings, window, fetch, {key: name})
        except NotThere as error:
            yield from _not_opened(days, window, error)
        except UnreadableError as error:
            # One damaged list says nothing of the others.
            yield from (Found(day, DayState.FAILED, why=str(error)) for day in days)
        except NotNow as error:
            rest = [day for other in waiting[number:] for day in lists[other]]
            yield from daily.failed([*days, *rest], error)
            return
        else:
            yield from _days(answer, days, window, settings.period)


def _list_of(period: str, day: date) -> tuple[str, str]:
    """Name the list that a day is in, as the address does."""
    if period == "week":
        year, week, _ = day.isocalendar()
        return "week", f"{year}-W{week:02}"
    if period == "month":
        return "month", f"{day:%Y-%m}"
    return ("sort", "trending") if period == "trending" else ("date", day.isoformat())


def _all_pages(settings: SourceSettings, window: Window, fetch: Fetch, which: dict[str, str]) -> Answer:
    """Ask for a list page by page until one is not full; one damaged page spoils the list.

    Raises: NotNow; NotThere; UnreadableError with the address.
    """
    records: dict[str, Record] = {}
    measured: dict[str, Measurement] = {}
    for number in range(MAX_PAGES):
        page = {"p": str(number)} if number else {}
        base = (settings.base_url or BASE).rstrip("/")
        url = f"{base}/api/daily_papers?{urlencode({**which, 'limit': str(PAGE), **page})}"
        fetched = fetch(url, accept="application/json")
        try:
            answer = read(fetched.body, Asked(source=settings.name, name=url, as_of=window.today))
        except UnreadableError as error:
            raise UnreadableError(f"{error}: {url}") from None
        new = [record for record in answer.records if record.id not in records]
        records |= {record.id: record for record in new}
        measured |= {each.id: each for each in answer.measured}
        # What is trending has no end; its first page is what people see.
        if len(answer.records) < PAGE or not new or "sort" in which:
            break
    return Answer(tuple(records.values()), tuple(measured.values()))


def _days(answer: Answer, days: list[date], window: Window, period: str) -> Iterator[Found]:
    """Deal out a list to its days; everything in the list of one day belongs to it."""
    listed = daily.by_listing(answer.records)

    for day in days:
        records = answer.records if period in ("day", "trending") else tuple(listed.get(day, ()))
        state = _state(day, bool(records), window) if period != "trending" else DayState.SETTLED
        why = ""
        if state is DayState.NOT_YET:
            why = "the day is not over" if day >= window.today else "a working day without papers"
        yield Found(day, state, records, daily.measured_of(records, answer), why)


def _state(day: date, listed: bool, window: Window) -> DayState:
    if day >= window.today:
        return DayState.NOT_YET
    if listed:
        return DayState.SETTLED
    over = daily.is_weekend(day) or day + _EMPTY_WORKDAY <= window.today
    return DayState.EMPTY if over else DayState.NOT_YET


def _not_opened(days: list[date], window: Window, error: NotThere) -> Iterator[Found]:
    """Say of days whose list is not there that it will be: Hugging Face answers 400 for a day that has not begun."""
    for day in days:
        soon = day + timedelta(days=1) >= window.today
        yield Found(day, DayState.NOT_YET if soon else DayState.FAILED, why=str(error))


def _never_asked(days: list[date]) -> Iterator[Found]:
    return (Found(day, DayState.EMPTY, why="what was trending on a past day cannot be asked for") for day in days)
