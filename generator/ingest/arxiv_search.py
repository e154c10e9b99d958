"""Asks the arXiv API for the papers submitted on some days, by category, phrase or query, or for papers by their ids.

How an answer is read is left to ``arxiv``.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from urllib.parse import urlencode

from generator.config import SourceSettings
from generator.ingest import daily
from generator.ingest.answer import Answer, Asked, UnreadableError
from generator.ingest.arxiv import error_told, read_page
from generator.ingest.asking import DayState, Fetch, Found, NotNow, NotThere, Window
from generator.model import Record

BASE = "https://export.arxiv.org"
ACCEPT = "application/atom+xml, */*"
PAGE = 1_000
"""Papers a page: half of what the API's manual allows, for large pages fail more often."""
MAX_RESULTS = 30_000
"""Papers a question; the API refuses to go on from there."""
IDS = 100
"""Papers asked for by id in one question: what an address holds with ease."""
SETTLES = timedelta(days=5)
"""A paper submitted on Thursday evening is announced on Monday; a holiday or a late moderator takes another day."""

_GAP = timedelta(days=14)
"""Open days that are no farther apart are asked for in one question."""
_SPAN = timedelta(days=31)


def ask(settings: SourceSettings, window: Window, fetch: Fetch) -> Iterator[Found]:
    """Ask for the papers submitted on the open days, or for the papers named in the settings."""
    if settings.papers:
        try:
            answer = _by_id(settings, window, fetch)
        except (NotNow, NotThere) as error:
            yield from daily.failed(window.open, error)
        else:
            yield from daily.shown_now(window, answer, timedelta(0), everything=True)
        return
    waiting = _runs(sorted(window.open))
    while waiting:
        run = waiting.pop(0)
        try:
            yield from _submitted(settings, window, fetch, run)
        except _TooManyError:
            middle = len(run) // 2
            waiting[:0] = [run[:middle], run[middle:]]
        except _StoppedError as stopped:
            yield from daily.failed([*stopped.days, *(day for other in waiting for day in other)], stopped.error)
            return


class _TooManyError(Exception):
    """A question has more papers than the API gives."""


class _StoppedError(Exception):
    """The API did not answer for these days."""

    def __init__(self, days: list[date], error: NotNow | NotThere) -> None:
        super().__init__(days, error)
        self.days = days
        self.error = error


def search_query(settings: SourceSettings, since: date, until: date) -> str:
    """Write the API's query: in one of the categories, with one of the phrases, as the query says, submitted then."""
    parts = [
        [f"cat:{category}" for category in settings.categories],
        [f'{field}:"{phrase}"' for word in settings.keywords if (phrase := _phrase(word)) for field in ("ti", "abs")],
        [settings.query] if settings.query else [],
    ]
    together = [f"({' OR '.join(part)})" for part in parts if part]
    return " AND ".join([*together, f"submittedDate:[{since:%Y%m%d}0000 TO {until:%Y%m%d}2359]"])


def _phrase(word: str) -> str:
    """Write words so that no sign among them ends the quotation."""
    return " ".join(word.replace('"', " ").split())


def _runs(days: list[date]) -> list[list[date]]:
    """Put days that lie close together into one run, which one question asks for.

    An answer without any paper is not believed, and the more days a question covers the less it is to be expected.
    """
    runs: list[list[date]] = []
    for day in days:
        if runs and day - runs[-1][-1] <= _GAP and day - runs[-1][0] < _SPAN:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def _submitted(settings: SourceSettings, window: Window, fetch: Fetch, run: list[date]) -> Iterator[Found]:
    """Ask page by page, in the order of submission, and give each day as soon as a later one begins.

    Raises: _TooManyError; _StoppedError with the days that are not answered for.
    """
    left = list(run)
    records: list[Record] = []
    try:
        for page in _pages(settings, window, fetch, run):
            records += page
            reached = max((record.published or run[0] for record in page), default=run[0])
            while left and left[0] < reached:
                day, *left = left
                records, own = _part(records, day, run[0])
                yield found_on(day, own, window)
    except (NotNow, NotThere) as error:
        raise _StoppedError(left, error) from None
    while left:
        day, *left = left
        records, own = _part(records, day, run[0])
        yield found_on(day, own, window)


def _part(records: list[Record], day: date, first: date) -> tuple[list[Record], list[Record]]:
    """Part the records of a day, and of days before it that came late, from those after it."""
    after = [record for record in records if (record.published or first) > day]
    return after, [record for record in records if (record.published or first) <= day]


def found_on(day: date, records: list[Record], window: Window, problems: tuple[str, ...] = ()) -> Found:
    """Say what is known of a day that arXiv answered for: it is settled when no paper of it is still to come."""
    if day + SETTLES > window.today:
        why = "arXiv may still announce papers of this day"
        return Found(day, DayState.NOT_YET, tuple(records), why=why, problems=problems)
    empty = not records and daily.is_weekend(day)
    return Found(day, DayState.EMPTY if empty else DayState.SETTLED, tuple(records), problems=problems)


def _pages(settings: SourceSettings, window: Window, fetch: Fetch, run: list[date]) -> Iterator[list[Record]]:
    """Ask until all papers that the API counts have come.

    Raises: NotNow, also for a page that is empty before its time, and for no papers at all: under load arXiv says so
            of questions that have thousands. NotThere with what arXiv tells. _TooManyError.
    """
    start, total, known = 0, 1, set[str]()
    while start < total:
        url = _address(
            settings,
            search_query=search_query(settings, run[0], run[-1]),
            start=str(start),
            max_results=str(PAGE),
            sortBy="submittedDate",
            sortOrder="ascending",
        )
        answer, said = _fetch_page(settings, window, fetch, url)
        if said is None:
            raise NotNow(url, "it does not say how many papers there are")
        if said > MAX_RESULTS and len(run) > 1:
            raise _TooManyError
        total = min(said, MAX_RESULTS)
        if total == 0:
            raise NotNow(url, "it counts 0 papers, which is what arXiv also says when it is busy")
        if not answer.records:
            raise NotNow(url, f"an empty page, {start:,} of {total:,} papers in")
        new = [record for record in answer.records if record.id not in known]
        if not new:
            raise NotNow(url, f"the same page again, {start:,} of {total:,} papers in")
        known |= {record.id for record in new}
        start += len(answer.records)
        yield new


def _by_id(settings: SourceSettings, window: Window, fetch: Fetch) -> Answer:
    """Ask for the papers named in the settings.

    Raises: NotNow; NotThere.
    """
    wanted = [paper.removeprefix("arxiv:") for paper in settings.papers]
    found: list[Record] = []
    for number in range(0, len(wanted), IDS):
        some = wanted[number : number + IDS]
        url = _address(settings, id_list=",".join(some), max_results=str(len(some)))
        answer, _ = _fetch_page(settings, window, fetch, url)
        if not answer.records:
            raise NotNow(url, "none of these papers came, which is what arXiv also says when it is busy")
        found += answer.records
    there = {record.id for record in found}
    missing = [f"arxiv:{paper}" for paper in wanted if f"arxiv:{paper}" not in there]
    return Answer(tuple(found), problems=tuple(f"arXiv knows no {paper}" for paper in missing))


def _fetch_page(settings: SourceSettings, window: Window, fetch: Fetch, url: str) -> tuple[Answer, int | None]:
    try:
        fetched = fetch(url, accept=ACCEPT)
        return read_page(fetched.body, Asked(source=settings.name, name=url, as_of=window.today))
    except UnreadableError as error:
        raise NotNow(url, str(error)) from None
    except NotThere as error:
        if told := error_told(error.body):
            raise NotNow(url, told, error.status) from None
        raise


def _address(settings: SourceSettings, **asked: str) -> str:
    return f"{(settings.base_url or BASE).rstrip('/')}/api/query?{urlencode(asked)}"
