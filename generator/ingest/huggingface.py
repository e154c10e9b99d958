"""Reads Hugging Face's Daily Papers: the JSON of a day, a week or a month.

Cleaning is left to ``answer``; the avatars, accounts and discussions in these answers are not read at all.
"""

from datetime import date, datetime
from typing import Any

import msgspec
from msgspec import Struct, field

from generator.ingest.answer import Answer, Asked, UnreadableError, admit
from generator.model import Author, Listing, Measurement, Record


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
    return Measurement(id=paper, as_of=as_of, **sane) if sane else None
