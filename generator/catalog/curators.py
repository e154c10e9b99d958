"""Who picked: which name below a digest or a correction is which curator, and what each of them picked.

A curator needs no entry: the name below a digest is enough for a page. What stands on it is left to ``site``.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from generator.catalog.ranking import newest_first
from generator.model import Choice, Curator, CuratorEntry, Day, Digest, Paper
from generator.text import clean_line, slug

SLUG_PREFIX = "curator"


def signature_slug(name: str) -> str:
    """Return the address that a name below a digest has while nobody is entered for it."""
    return slug(clean_line(name), SLUG_PREFIX)


def signatures_of(entry: CuratorEntry) -> list[str]:
    """Return the slugs of all that an entry's curator signs with, or had for an id, each once."""
    names = (signature_slug(name) for name in (entry.name, *entry.also))
    return list(dict.fromkeys([entry.id, *names, *entry.was]))


class Signatures:
    """Tells whose name stands below a digest or a correction."""

    def __init__(self, entries: Iterable[CuratorEntry], digests: Iterable[Digest]) -> None:
        self.entries = tuple(entries)
        self._owners: dict[str, str] = {}
        entered = {entry.id: clean_line(entry.name) or entry.id for entry in self.entries}
        self._names = dict(entered)
        for entry in self.entries:
            for written in signatures_of(entry):
                self._owners.setdefault(written, entry.id)
        for digest in digests:
            if digest.picks and (name := clean_line(digest.curator or "")):
                key = signature_slug(digest.curator or "")  # as written: cleaned text may look unclean again
                owner = self._owners.setdefault(key, key)
                if owner == key and key not in entered:
                    self._names[key] = min(self._names.get(key, name), name)

    def of(self, written: str | None) -> tuple[str | None, str | None]:
        """Return (name, id) of whoever signs as `written`: the id is None where there is no page."""
        name = clean_line(written or "")
        if not name:
            return None, None
        owner = self._owners.get(signature_slug(written or ""))
        return (self._names[owner], owner) if owner else (name, None)

    def names(self) -> dict[str, str]:
        """Return the name of every curator with a page, by id."""
        return dict(sorted(self._names.items()))

    def moved(self) -> dict[str, str]:
        """Return addresses that an entry took over: of a name that its curator signs with -> the entry's id."""
        return {written: owner for written, owner in sorted(self._owners.items()) if written not in self._names}


def curators_of(signatures: Signatures, papers: Mapping[str, Paper], days: Iterable[Day]) -> dict[str, Curator]:
    """Return every curator by id, sorted, with the picks."""
    chosen: dict[str, list[tuple[Choice, Paper]]] = defaultdict(list)
    for paper in papers.values():
        for choice in paper.choices:
            if choice.curator_id:
                chosen[choice.curator_id].append((choice, paper))
    signed: dict[str, list[date]] = defaultdict(list)
    for day in days:
        if day.curator_id and day.picks:
            signed[day.curator_id].append(day.date)
    entries = {entry.id: entry for entry in signatures.entries}
    return {
        curator: Curator(
            id=curator,
            name=name,
            papers=tuple(newest_choice_first(chosen[curator])),
            days=tuple(sorted(signed[curator], reverse=True)),
            link=entry.link if (entry := entries.get(curator)) else None,
            orcid=entry.orcid if entry else None,
            topics=entry.topics if entry else (),
            note=entry.note if entry else None,
        )
        for curator, name in signatures.names().items()
    }


def highlights_of(papers: Mapping[str, Paper]) -> tuple[str, ...]:
    """Return the ids of the papers that curators set first on their day, the newest first."""
    chosen = ((choice, paper) for paper in papers.values() for choice in paper.choices if choice.pick.highlight)
    return tuple(newest_choice_first(chosen))


def newest_choice_first(chosen: Iterable[tuple[Choice, Paper]]) -> Iterator[str]:
    """Order papers by the newest day on which they were chosen, those of one day as lists have them."""
    days: dict[str, tuple[date, Paper]] = {}
    for choice, paper in chosen:
        if paper.id not in days or days[paper.id][0] < choice.date:
            days[paper.id] = (choice.date, paper)
    ordered = sorted(days.items(), key=lambda item: (-item[1][0].toordinal(), newest_first(item[1][1])))
    return (paper for paper, _ in ordered)
