"""Which written name is which person: the one rule that every page's author links follow.

A name resolves as: an explicit claim of the paper in ``authors.yml``, then the person whose ORCID the source gives with
the name, then the person of that name if exactly one is entered, else a page shared by all mentions of the name's slug.
Guessing splits and merges is left to people.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

from msgspec.structs import replace

from generator.catalog.memory import SLUG_PREFIX
from generator.model import AuthorEntry, AuthorMeasurement, Mention, Paper, Person, Standing
from generator.names import likeness, parse_name
from generator.text import clean_line, clean_name, slug

_MOVED_ASIDE = f"--{SLUG_PREFIX}"
"""Ends the address of a name's page where an entry has the name's own: two hyphens, which neither of them has."""


def name_slug(name: str) -> str:
    """Return the address that all mentions of `name` share while nobody is entered for it."""
    return slug(name, SLUG_PREFIX)


def read_name(written: str) -> tuple[str, str]:
    """Return a person's name fit to read, '' for what is no name, and its slug."""
    name = clean_name(written)
    return name, name_slug(name)


@dataclass
class Resolved:
    """What is known once every mention was resolved."""

    by_slug: dict[str, list[AuthorEntry]] = field(default_factory=lambda: defaultdict(list))
    slugs: dict[str, list[str]] = field(default_factory=dict)
    """By entry."""
    mentions: dict[str, tuple[Mention, ...]] = field(default_factory=dict)
    """By paper."""
    papers: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """By person, in the order in which they were resolved, each once."""
    spelling: dict[str, str] = field(default_factory=dict)
    """By person: the only spelling on the papers; '' where there are several."""
    joined: dict[str, str] = field(default_factory=dict)
    """By slug: whose ORCID a source gave with the name."""
    orcids: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """By page of a name: what ORCIDs sources gave with it, of people who have no entry."""


class Signed(NamedTuple):
    """What the ORCIDs that sources gave with a paper's names say."""

    orcids: list[tuple[str, str]]
    """(person, ORCID) of people who have no entry."""
    joined: list[tuple[str, str]]
    """(slug of a name, person) where an ORCID said whose the name is."""


@dataclass
class People:
    """Resolves mentions one paper at a time, newest first, then gives everyone who has a page.

    Cost: a few dictionary look-ups a mention; 58,000 mentions take a tenth of a second.
    """

    entries: tuple[AuthorEntry, ...]
    canonical: Callable[[str], str]
    """Gives the id under which a paper is in the catalog."""
    read: Callable[[str], tuple[str, str]] = read_name
    """Gives a written name fit to read, and its slug."""
    found: Resolved = field(default_factory=Resolved)
    _claims: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    _pages: dict[str, tuple[str, str, str | None]] = field(default_factory=dict)
    """By name as written: fit to read, its slug, and whose page it is, None where that is another for each paper."""
    _by_orcid: dict[str, AuthorEntry] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)
    """Addresses of entries: where one is the slug of other people's name, theirs moves aside."""

    def __post_init__(self) -> None:
        self._taken = {entry.id for entry in self.entries}
        for entry in self.entries:
            if entry.orcid:
                self._by_orcid.setdefault(entry.orcid, entry)
            self.found.slugs[entry.id] = self.slugs_of(entry)
            for name_as_slug in self.found.slugs[entry.id]:
                self.found.by_slug[name_as_slug].append(entry)
                for paper in entry.papers:
                    self._claims[self.canonical(paper), name_as_slug].append(entry.id)

    def made_from(self) -> object:
        """Return what ``resolve`` makes of a paper's names beside what the record says."""
        return self.entries, sorted(self._claims.items())

    def slugs_of(self, entry: AuthorEntry) -> list[str]:
        """Return the slugs of an entry's names, each once."""
        return list(dict.fromkeys(self.read(name)[1] for name in (entry.name, *entry.also)))

    def resolve(
        self, paper: str, names: Iterable[tuple[str, str | None]], orcids: Mapping[int, str] = MappingProxyType({})
    ) -> tuple[tuple[Mention, ...], Signed]:
        """Resolve a paper's (name, affiliation) pairs as written, in order, and remember them for the people's pages.

        `orcids` are those that a source gave, by the name's place in the list. What is no name (a lone colon) is left
        out.
        """
        pages = self._pages
        seen: dict[str, int] = {}
        mentions = []
        signed = Signed([], [])
        for at, (written, place) in enumerate(names):
            by_orcid = self._signed(paper, written, orcids[at]) if at in orcids else None
            if by_orcid is not None:
                signed.joined.append(by_orcid[1:])
            known = by_orcid or pages.get(written)
            if known is None:
                known = pages[written] = self._read(written)
            name, key, person = known
            if not name:
                continue
            if person is None:
                nth = seen[key] = seen.get(key, -1) + 1
                person = self._entered(paper, key, nth)
            if at in orcids and orcids[at] not in self._by_orcid:
                signed.orcids.append((person, orcids[at]))
            mentions.append(Mention(name=name, person=person, affiliation=clean_line(place) if place else None))
        resolved = tuple(mentions)
        self._note(paper, resolved, signed)
        return resolved, signed

    def recall(self, paper: Paper, orcids: Iterable[tuple[str, str]], joined: Iterable[tuple[str, str]]) -> None:
        """Remember, for the people's pages, the mentions of a paper that was resolved by the same entries before."""
        self._note(paper.id, paper.authors, Signed([*orcids], [*joined]))

    def _note(self, paper: str, mentions: tuple[Mention, ...], signed: Signed) -> None:
        spelling, papers_of = self.found.spelling, self.found.papers
        self.found.mentions[paper] = mentions
        for mention in mentions:
            person, name = mention.person, mention.name
            if spelling.setdefault(person, name) != name:
                spelling[person] = ""
            papers = papers_of[person]
            if not papers or papers[-1] != paper:
                papers.append(paper)
        for person, orcid in signed.orcids:
            self.found.orcids[person].add(orcid)
        for key, person in signed.joined:
            self.found.joined[key] = min(person, self.found.joined.get(key, person))

    def _read(self, written: str) -> tuple[str, str, str | None]:
        """Return a name fit to read, its slug, and the page of all its mentions where nobody is entered for it."""
        name, key = self.read(written)
        if not name or key in self.found.by_slug:
            return name, key, None
        return name, key, self._shared_page(key)

    def _entered(self, paper: str, key: str, nth: int) -> str:
        """Return whose the nth mention of a name on a paper is, of a name that somebody is entered for."""
        claims = self._claims.get((paper, key))
        if claims:
            # Two people of one name on one paper: each claim takes one mention, in the order of authors.yml.
            return claims[min(nth, len(claims) - 1)]
        entered = self.found.by_slug[key]
        return entered[0].id if len(entered) == 1 else self._shared_page(key)

    def _signed(self, paper: str, written: str, orcid: str) -> tuple[str, str, str] | None:
        """Return a name fit to read, its slug, and whose ORCID a source gave with it, where that says whose it is."""
        owner = self._by_orcid.get(orcid)
        if owner is None:
            return None
        name, key = self.read(written)
        if not name or (paper, key) in self._claims or not self._may_be(owner, key, name):
            return None
        return name, key, owner.id

    def _may_be(self, owner: AuthorEntry, key: str, name: str) -> bool:
        """Tell whether a name can be the person's: publishers give one author's ORCID to another at times."""
        if key in self.found.slugs[owner.id]:
            return True
        written = parse_name(name)
        return any(likeness(parse_name(known), written) for known in (owner.name, *owner.also))

    def _shared_page(self, key: str) -> str:
        """Return the id of the page that unclaimed mentions of an ambiguous or unentered name share."""
        if key in self._taken and all(entry.id != key for entry in self.found.by_slug.get(key, ())):
            return f"{key}{_MOVED_ASIDE}"
        return key

    def _shared_pages(self) -> dict[str, str]:
        """Return the pages that all mentions of a slug share, each with that slug."""
        pages = {page: page.removesuffix(_MOVED_ASIDE) for page in self.found.papers if page not in self._taken}
        # The name's own address stays where several are entered for it, with links to its people.
        several = [key for key, entered in self.found.by_slug.items() if len(entered) > 1]
        return pages | {self._shared_page(key): key for key in several}

    def everyone(self, counted: Callable[[Person], AuthorMeasurement | None] = lambda _: None) -> "Everyone":
        """Return everyone with a page; `counted` gives what was counted of a person. Call it once, after all papers."""
        return Everyone(self, self._shared_pages(), counted)

    def redirects(self) -> dict[str, str]:
        """Return addresses that a merge emptied: the slug of a name that one entry now holds, or an id that it had
        before -> that entry's id.
        """
        pages = {*self.found.papers, *self._taken, *self._shared_pages()}
        known = sorted(self.found.by_slug.items())
        joined = {key: person for key, person in self.found.joined.items() if key not in pages}
        emptied = {key: entered[0].id for key, entered in known if len(entered) == 1 and key not in pages}
        former = {old: entry.id for entry in self.entries for old in entry.was if old not in pages}
        return dict(sorted({**joined, **emptied, **former}.items()))


class Everyone(Mapping[str, Person]):
    """All people by id, sorted. A person is made when asked for: most builds look at a few of 41,000.

    Names and papers alone cost a look-up; ask `name_of` and `papers_of` where all people are gone through.
    """

    def __init__(
        self, people: People, pages: Mapping[str, str], counted: Callable[[Person], AuthorMeasurement | None]
    ) -> None:
        """`pages` are those shared by all mentions of a slug, each with that slug."""
        self._counted = counted
        found = people.found
        self._entries = {entry.id: entry for entry in people.entries}
        self._pages, self._found = pages, found
        self._names = {**found.spelling, **{entry.id: entry.name for entry in people.entries}}
        self._made: dict[str, Person] = {}
        self._ids = sorted({*found.papers, *self._entries, *pages})
        self._known = frozenset(self._ids)
        self._of_name = self._ids_of_names()
        self._several = {page for page, orcids in found.orcids.items() if len(orcids) > 1} - self._entries.keys()
        shared = {person for people in self._of_name.values() for person in people}
        self.known_more_of = self._known & (shared | self._entries.keys() | self._several)
        """Of whom more is known than papers, or whose name others have too: all but these are plain."""

    def __getitem__(self, person: str) -> Person:
        known = self._made.get(person)
        if known is None:
            if person not in self._known:
                raise KeyError(person)
            known = self._made[person] = self._make(person)
        return known

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, person: object) -> bool:
        return person in self._known

    def papers_of(self, person: str) -> list[str]:
        """Return the ids of a person's papers, newest day first; not to be changed."""
        return self._found.papers.get(person, [])

    def name_of(self, person: str) -> str:
        """Return a person's name: as entered, else as most of the papers spell it."""
        name = self._names.get(person)
        if not name:
            name = self._names[person] = self._usual_name(person)
        return name

    def names_and_papers(self) -> Iterator[tuple[str, str, list[str]]]:
        """Yield everyone's id, name and papers: `name_of` and `papers_of` without two calls a person."""
        ids = self._ids
        for person, name, papers in zip(ids, map(self._names.get, ids), map(self._found.papers.get, ids), strict=True):
            yield person, name or self.name_of(person), papers or []

    @cached_property
    def other_names(self) -> dict[str, tuple[str, ...]]:
        """How else papers spell a person's name, sorted, by person: of nearly everyone nothing."""
        spelled = {person: self._spellings(person).keys() - {self.name_of(person)} for person in sorted(self.varied)}
        return {person: tuple(sorted(names)) for person, names in spelled.items() if names}

    @cached_property
    def varied(self) -> set[str]:
        """Everyone whose name is not simply the one that all their papers have."""
        return {person for person, only in self._found.spelling.items() if not only} | self._entries.keys()

    def slug_of(self, person: str) -> str:
        """Return the slug of a person's name, which is where the name's own page is."""
        if person in self._entries:
            return self._found.slugs[person][0]
        return self._pages.get(person, person)

    def is_plain(self, person: str) -> bool:
        """Tell whether all that is known of a person are papers, and nobody shares the name."""
        return person not in self.known_more_of

    def _usual_name(self, person: str) -> str:
        spellings = self._spellings(person)
        if not spellings:
            return self._found.by_slug[self._pages[person]][0].name
        return min(spellings, key=lambda name: (-spellings[name], name))

    def _spellings(self, person: str) -> Counter[str]:
        mentions = (mention for paper in self.papers_of(person) for mention in self._found.mentions[paper])
        return Counter(mention.name for mention in mentions if mention.person == person)

    def _ids_of_names(self) -> dict[str, list[str]]:
        """Return, for each slug with someone entered for it, the ids of the pages that share it."""
        pages = {key: page for page, key in self._pages.items() if key in self._found.by_slug}
        of_name: dict[str, list[str]] = {}
        for key, entered in self._found.by_slug.items():
            ids = dict.fromkeys(entry.id for entry in entered)
            if key in pages:
                ids[pages[key]] = None
            of_name[key] = list(ids)
        return of_name

    def _make(self, person: str) -> Person:
        entry, key = self._entries.get(person), self._pages.get(person)
        name = self.name_of(person)
        papers = tuple(self.papers_of(person))
        keys = self._found.slugs[person] if entry else [key or person]
        others = [other for key in keys for other in self._of_name.get(key, ()) if other != person]
        made = Person(
            id=person,
            name=name,
            standing=_standing(entry is not None, key is not None, bool(others) or person in self._several),
            orcids=tuple(sorted(self._found.orcids[person])) if person in self._several else (),
            also=tuple(sorted({*self.other_names.get(person, ()), *(entry.also if entry else ())} - {name})),
            papers=papers,
            others=tuple(dict.fromkeys(others)),
            orcid=entry.orcid if entry else None,
            links=dict(entry.links) if entry else {},
            note=entry.note if entry else None,
        )
        return replace(made, measured=self._counted(made)) if entry else made


def _standing(entered: bool, shared: bool, several: bool) -> Standing:
    if shared and several:
        return Standing.AMBIGUOUS
    return Standing.VERIFIED if entered else Standing.UNVERIFIED
