"""What a page that differs is about, and what is different of that thing itself, from the catalogs before and after.

Which pages differ is left to ``pages``.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from msgspec import Struct
from msgspec.structs import fields

from generator.catalog.catalog import Catalog
from generator.changes.model import How, Kind, PageChange
from generator.changes.pages import Difference
from generator.model import Day, Paper, Person, Pick, Topic

_KINDS = {
    "papers": Kind.PAPER,
    "days": Kind.DAY,
    "authors": Kind.AUTHOR,
    "topics": Kind.TOPIC,
    "curators": Kind.CURATOR,
    "categories": Kind.CATEGORY,
    "weeks": Kind.WEEK,
    "months": Kind.MONTH,
}
"""By the first part of an address that has two."""
_LOOKED_UP = (Kind.PAPER, Kind.DAY, Kind.AUTHOR, Kind.TOPIC)
_ORDER = {how: place for place, how in enumerate((How.ADDED, How.CHANGED, How.MOVED, How.REMOVED))}


class Meaning:
    """Tells what addresses stand for, in a catalog before a change and one after it."""

    def __init__(self, before: Catalog, after: Catalog) -> None:
        self._before, self._after = _Named(before), _Named(after)

    def told(self, differences: Iterable[Difference]) -> Iterator[PageChange]:
        """Yield what differs with its kind, its name and what is different of it, in the order to read it in."""
        told = [self._told(difference) for difference in differences]
        kinds = {kind: place for place, kind in enumerate(Kind)}
        yield from sorted(told, key=lambda page: (kinds[page.kind], _ORDER[page.how], not page.what, page.address))

    def _told(self, difference: Difference) -> PageChange:
        kind, key = place_of(difference.address)
        before, after = self._before.find(kind, key), self._after.find(kind, key)
        known = before if after is None else after
        what: tuple[str, ...] = ()
        if difference.how is How.CHANGED and before is not None and after is not None and before != after:
            what = tuple(_WHAT[type(after)](before, after))
        if known is None and kind in _LOOKED_UP and difference.to is None:
            kind, key = Kind.OTHER, difference.address  # a list, or an address that only led on
        return PageChange(difference.address, kind, _name(known) or key, difference.how, what, difference.to)


def place_of(address: str) -> tuple[Kind, str]:
    """Return the kind of thing that an address looks like, and its name in it: ``papers/x/`` is the paper ``x``."""
    parts = address.rstrip("/").split("/")
    if len(parts) == 2 and address.endswith("/") and parts[0] in _KINDS:
        return _KINDS[parts[0]], parts[1]
    return Kind.OTHER, address or "the front page"


class _Named:
    """A catalog, asked by address."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._papers = {paper.address: paper for paper in catalog.papers.values()}

    def find(self, kind: Kind, key: str) -> Any:
        """Return what stands at an address; None for a list, or where there is nothing."""
        catalog = self._catalog
        if kind is Kind.PAPER:
            return self._papers.get(key)
        if kind is Kind.AUTHOR:
            return catalog.people.get(key)
        if kind is Kind.TOPIC:
            return catalog.topics.get(key)
        if kind is Kind.DAY:
            try:
                return catalog.days.get(date.fromisoformat(key))
            except ValueError:
                return None
        return None


def _name(known: Any) -> str:
    """Return what a thing is called; nothing for None."""
    if isinstance(known, Paper):
        return known.title
    if isinstance(known, Person | Topic):
        return known.name
    return str(known.date) if isinstance(known, Day) else ""


# What is different of one thing ---------------------------------------------------------------------------------------

_FIELDS = {
    "title_tex": "title",
    "doi": "DOI",
    "aliases": "ids",
    "journal_ref": "journal",
    "primary_category": "categories",
    "measured": "counts",
    "measured_on": "counts",
    "listed": "where it is listed",
    "published": "dates",
    "updated": "dates",
    "by_hand": "source",
    "orcid": "ORCID",
    "also": "spellings",
    "others": "namesakes",
    "standing": "who it is",
    "children": "subtopics",
    "parent": "topic above",
}
"""What a reader would call a field; others are called as they are."""
_SILENT = {
    "choices",
    "passed",
    "authors",
    "withdrawn",
    "highlight",
    "papers",
    "picks",
    "rest",
    "digest",
    "origin",
    "day",
}
"""Fields that are told of in other words."""


def _plain(before: Struct, after: Struct) -> Iterator[str]:
    """Name the fields that differ, each once."""
    differing = (
        field.name
        for field in fields(after)
        if field.name not in _SILENT and getattr(before, field.name) != getattr(after, field.name)
    )
    yield from dict.fromkeys(_FIELDS.get(name, name.replace("_", " ")) for name in differing)


def _of_paper(before: Paper, after: Paper) -> Iterator[str]:
    if before.withdrawn != after.withdrawn:
        yield "withdrawn" if after.withdrawn else "no longer withdrawn"
    yield from _of_picks(
        {choice.date: choice.pick for choice in before.choices}, {choice.date: choice.pick for choice in after.choices}
    )
    if before.passed != after.passed:
        yield _passing(len(before.passed), len(after.passed))
    if [one.name for one in before.authors] != [one.name for one in after.authors]:
        yield "authors"
    elif [one.person for one in before.authors] != [one.person for one in after.authors]:
        yield "who its authors are"
    elif before.authors != after.authors:
        yield "affiliations"
    yield from _plain(before, after)


def _passing(before: int, after: int) -> str:
    if before == after:
        return "why it was passed over"
    return "passed over" if after > before else "no longer passed over"


def _of_picks(before: dict[Any, Pick], after: dict[Any, Pick]) -> Iterator[str]:
    """Say what became of picks, by what tells one from another."""
    came, went = len(after.keys() - before.keys()), len(before.keys() - after.keys())
    if came:
        yield "picked" if came == 1 else f"picked {came} times"
    if went:
        yield "no longer picked" if went == 1 else f"no longer picked {went} times"
    both = before.keys() & after.keys()
    for name, called in (("note", "note"), ("topics", "topics given by hand"), ("highlight", "highlight")):
        if any(getattr(before[key], name) != getattr(after[key], name) for key in both):
            yield called


def _of_day(before: Day, after: Day) -> Iterator[str]:
    yield from _counted(before.papers, after.papers, "paper")
    picked, picks = {paper: pick for pick, paper in before.picks}, {paper: pick for pick, paper in after.picks}
    yield from _counted(tuple(picked), tuple(picks), "pick")
    if any(picked[paper].note != picks[paper].note for paper in picked.keys() & picks.keys()):
        yield "notes"
    yield from _counted([paper for _, paper in before.passed], [paper for _, paper in after.passed], "passed over", "")
    for name in ("intro", "curator"):
        if getattr(before.digest, name, None) != getattr(after.digest, name, None):
            yield name
    if before.papers != after.papers and set(before.papers) == set(after.papers):
        yield "order"
    if before.sources != after.sources:
        yield "what the sources said"


def _of_person(before: Person, after: Person) -> Iterator[str]:
    yield from _counted(before.papers, after.papers, "paper")
    if before.standing is not after.standing:
        yield f"now {after.standing.value}"
    yield from (word for word in _plain(before, after) if word != _FIELDS["standing"])


def _of_topic(before: Topic, after: Topic) -> Iterator[str]:
    yield from _counted(before.papers, after.papers, "paper")
    yield from _plain(before, after)


def _counted(before: Sequence[str], after: Sequence[str], noun: str, plural: str = "s") -> Iterator[str]:
    """Say how many came and went: ``+2 papers``, ``-1 paper``."""
    for sign, count in (("+", len({*after} - {*before})), ("-", len({*before} - {*after}))):
        if count:
            yield f"{sign}{count} {noun}{plural if count > 1 else ''}"


_WHAT: dict[type, Callable[[Any, Any], Iterator[str]]] = {
    Paper: _of_paper,
    Day: _of_day,
    Person: _of_person,
    Topic: _of_topic,
}
