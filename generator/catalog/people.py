"""Which written name is which person: the one rule that every page's author links follow.

A name resolves as: an explicit claim of the paper in ``authors.yml``, then the person of that name if exactly one is
entered, else a page shared by all mentions of the name's slug. Guessing splits and merges is left to people.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from generator.model import AuthorEntry, Mention, Person, Standing
from generator.text import clean_line, clean_name, slug

SLUG_PREFIX = "person"


def name_slug(name: str) -> str:
    """Return the address that all mentions of `name` share while nobody is entered for it."""
    return slug(name, SLUG_PREFIX)


@dataclass
class People:
    """Resolves mentions one paper at a time, then gives everyone who has a page.

    Cost: a dictionary look-up a mention; a written name is cleaned and its slug computed once.
    """

    entries: tuple[AuthorEntry, ...]
    canonical: Callable[[str], str]
    """Gives the id under which a paper is in the catalog."""
    _by_slug: dict[str, list[AuthorEntry]] = field(default_factory=lambda: defaultdict(list))
    _claims: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    _names: dict[str, tuple[str, str]] = field(default_factory=dict)
    """A name as written -> fit to read, and its slug."""
    _spellings: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    """Person -> spelling -> how often."""
    _papers: dict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    _shared: dict[str, str] = field(default_factory=dict)
    """Slug -> id of the page that unclaimed mentions of an ambiguous or unentered name share."""
    _taken: set[str] = field(default_factory=set)
    """Addresses of entries: where one is the slug of other people's name, theirs moves aside."""

    def __post_init__(self) -> None:
        self._taken = {entry.id for entry in self.entries}
        for entry in self.entries:
            for name_as_slug in self.slugs_of(entry):
                self._by_slug[name_as_slug].append(entry)
                for paper in entry.papers:
                    self._claims[self.canonical(paper), name_as_slug].append(entry.id)

    def _read(self, written: str) -> tuple[str, str]:
        known = self._names.get(written)
        if known is None:
            name = clean_name(written)
            known = self._names[written] = (name, name_slug(name))
        return known

    def slugs_of(self, entry: AuthorEntry) -> list[str]:
        """Return the slugs of an entry's names, each once."""
        return list(dict.fromkeys(self._read(name)[1] for name in (entry.name, *entry.also)))

    def resolve(self, paper: str, names: Iterable[tuple[str, str | None]]) -> tuple[Mention, ...]:
        """Resolve a paper's (name, affiliation) pairs as written, in order, and remember them for the people's pages.

        What is no name (a lone colon) is left out.
        """
        seen: dict[str, int] = {}
        mentions = []
        for written, place in names:
            name, key = self._read(written)
            if not name:
                continue
            nth = seen[key] = seen.get(key, -1) + 1
            person = self._person(paper, key, nth)
            spellings = self._spellings[person]
            spellings[name] = spellings.get(name, 0) + 1
            self._papers[person][paper] = None
            mentions.append(Mention(name=name, person=person, affiliation=clean_line(place) if place else None))
        return tuple(mentions)

    def _person(self, paper: str, key: str, nth: int) -> str:
        claims = self._claims.get((paper, key))
        if claims:
            # Two people of one name on one paper: each claim takes one mention, in the order of authors.yml.
            return claims[min(nth, len(claims) - 1)]
        entered = self._by_slug.get(key, ())
        if len(entered) == 1:
            return entered[0].id
        return self._shared_page(key)

    def _shared_page(self, key: str) -> str:
        page = self._shared.get(key)
        if page is None:
            page = key
            if key in self._taken and all(entry.id != key for entry in self._by_slug.get(key, ())):
                page = f"{key}--{SLUG_PREFIX}"  # two hyphens: neither a name's slug nor an entry's id has them
            self._shared[key] = page
        return page

    def people(self, papers: Iterable[str]) -> dict[str, Person]:
        """Return everyone with a page by id; their papers in the order of `papers`, which holds every id resolved.

        Call it once, after every paper was resolved.
        """
        order = {paper: place for place, paper in enumerate(papers)}
        for key, entered in self._by_slug.items():
            if len(entered) > 1:
                self._shared_page(key)  # the name's own address stays, with links to its people
        of_name = self._ids_of_names()
        entries = {entry.id: entry for entry in self.entries}
        shared = {page: key for key, page in self._shared.items()}
        return {
            person: self._make(person, entries.get(person), shared.get(person), of_name, order)
            for person in sorted({*self._papers, *entries, *shared})
        }

    def _ids_of_names(self) -> dict[str, list[str]]:
        """Return, for each slug that more than one page shares, the ids of those pages."""
        of_name: dict[str, list[str]] = {}
        for key, entered in self._by_slug.items():
            ids = dict.fromkeys(entry.id for entry in entered)
            if key in self._shared:
                ids[self._shared[key]] = None
            of_name[key] = list(ids)
        return of_name

    def _make(
        self,
        person: str,
        entry: AuthorEntry | None,
        shared_key: str | None,
        of_name: dict[str, list[str]],
        order: Mapping[str, int],
    ) -> Person:
        spellings = self._spellings.get(person, {})
        if entry is not None:
            name, keys = entry.name, self.slugs_of(entry)
        else:
            key = shared_key or person
            usual = min(spellings, key=lambda name: (-spellings[name], name), default=None)
            name, keys = usual or self._by_slug[key][0].name, [key]
        others = [other for key in keys for other in of_name.get(key, ()) if other != person]
        return Person(
            id=person,
            name=name,
            standing=_standing(entry is not None, shared_key is not None, bool(others)),
            also=tuple(sorted({*spellings, *(entry.also if entry else ())} - {name})),
            papers=tuple(sorted(self._papers.get(person, ()), key=order.__getitem__)),
            others=tuple(dict.fromkeys(others)),
            orcid=entry.orcid if entry else None,
            links=dict(entry.links) if entry else {},
            note=entry.note if entry else None,
        )

    def redirects(self) -> dict[str, str]:
        """Return addresses that a merge emptied: the slug of a name that one entry now holds -> that entry's id."""
        pages = {*self._papers, *(entry.id for entry in self.entries), *self._shared.values()}
        known = sorted(self._by_slug.items())
        return {key: entered[0].id for key, entered in known if len(entered) == 1 and key not in pages}


def _standing(entered: bool, shared: bool, has_others: bool) -> Standing:
    if shared and has_others:
        return Standing.AMBIGUOUS
    return Standing.VERIFIED if entered else Standing.UNVERIFIED
