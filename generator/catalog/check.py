"""Every problem in content/, in one run: what the readers found, and what is wrong between files.

Each rule is a generator of problems over the whole content; ``RULES`` is the list of them.
"""

import difflib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date

from generator.catalog.catalog import Content
from generator.catalog.people import name_slug
from generator.catalog.topics import ancestors, words
from generator.errors import ContentError
from generator.ids import parse_dois
from generator.model import AuthorEntry, CorrectedField, Pick
from generator.text import clean_name, slug
from generator.yamlfile import Key, YamlFile

GENERATED = ("days", "weeks", "months", "papers", "authors", "topics", "categories", "search", "api", "assets", "index", "404")
"""Addresses that the site makes itself; a page of that name would be lost."""

Problems = Iterator[ContentError]


def check(content: Content) -> list[ContentError]:
    """Return all problems of `content`, sorted by place; none means that it can be built."""
    found = [problem for rule in RULES for problem in rule(content)]
    return sorted({*content.problems, *found})


def _papers_of_digests(content: Content) -> Problems:
    """Picks and passes name papers that exist, each once."""
    picked: dict[str, date] = {}
    for day, file in sorted(content.curation.digests.items()):
        placed: dict[str, str] = {}
        for kind, entries in (("picks", file.value.picks), ("passed", file.value.passed)):
            for index, entry in enumerate(entries):
                key: Key = (kind, index, "id")
                paper = content.canonical.get(entry.id, entry.id)
                if paper not in content.records:
                    yield file.problem(key, _no_record(entry.id))
                elif paper in placed:
                    yield file.problem(key, f"paper {entry.id!r} again; it is in {placed[paper]} already: delete one")
                elif isinstance(entry, Pick) and paper in picked:
                    yield file.problem(key, f"paper {entry.id!r} was picked on {picked[paper]} already; delete one")
                if isinstance(entry, Pick):
                    picked.setdefault(paper, day)
                placed.setdefault(paper, kind)


def _no_record(paper: str) -> str:
    return f"no record for paper {paper!r}; run 'digest add {paper}' or fix the id"


def _topics_of_picks(content: Content) -> Problems:
    known = [entry.id for entry in content.curation.topics.value]
    for _, file in sorted(content.curation.digests.items()):
        for index, pick in enumerate(file.value.picks):
            for nth, topic in enumerate(pick.topics):
                if topic not in known:
                    yield file.problem(("picks", index, "topics", nth), _unknown("topic", topic, known))


def _unknown(noun: str, value: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(value, list(known), n=1, cutoff=0.6)
    return f"unknown {noun} {value!r}; " + (f"did you mean {close[0]!r}?" if close else "add it to content/topics.yml")


def _tree_of_topics(content: Content) -> Problems:
    """Ids are unique, parents exist, nothing is its own ancestor, rules can match."""
    file = content.curation.topics
    parents = {entry.id: entry.parent for entry in file.value}
    yield from _unique(file, "topic")
    for index, entry in enumerate(file.value):
        if entry.parent is not None and entry.parent not in parents:
            yield file.problem((index, "parent"), _unknown("topic", entry.parent, parents))
        elif entry.parent is not None and _in_cycle(entry.id, parents):
            way = " -> ".join([entry.id, *ancestors(entry.id, parents), entry.id])
            yield file.problem((index, "parent"), f"a cycle of topics: {way}; take one parent out")
        rule = entry.match
        if rule is None:
            continue
        for kind in ("any", "none"):
            for nth, phrase in enumerate(getattr(rule, kind)):
                if not words(phrase):
                    yield file.problem((index, "match", kind, nth), f"no word in {phrase!r}; write a word or phrase")
        if not rule.any and not rule.categories:
            yield file.problem((index, "match"), "a rule that matches nothing; give 'any' or 'categories'")


def _in_cycle(topic: str, parents: dict[str, str | None]) -> bool:
    above, seen = parents.get(topic), {topic}
    while above is not None and above not in seen:
        seen.add(above)
        above = parents.get(above)
    return above == topic


def _unique(file: YamlFile[tuple[object, ...]], noun: str) -> Problems:  # noqa: UP006
    seen: set[str] = set()
    for index, entry in enumerate(file.value):
        entry_id: str = entry.id  # type: ignore[attr-defined]  # topics and authors both have one
        if entry_id in seen:
            yield file.problem((index, "id"), f"{noun} {entry_id!r} again; ids are unique: rename or delete one")
        elif slug(entry_id, noun) != entry_id:
            yield file.problem((index, "id"), f"{entry_id!r} is an address of the site itself; choose another id")
        seen.add(entry_id)


def _claims_of_authors(content: Content) -> Problems:
    """Claimed papers exist, carry the name, and are claimed by no more people than carry it."""
    file = content.curation.authors
    yield from _unique(file, "author")
    claimants: dict[tuple[str, str], list[str]] = defaultdict(list)
    for index, entry in enumerate(file.value):
        keys = {name_slug(name) for name in (entry.name, *entry.also)}
        seen: set[str] = set()
        for nth, written in enumerate(entry.papers):
            place: Key = (index, "papers", nth)
            paper = content.canonical.get(written, written)
            if paper not in content.records:
                yield file.problem(place, _no_record(written))
                continue
            if paper in seen:
                yield file.problem(place, f"paper {written!r} again in this entry; delete one")
                continue
            seen.add(paper)
            yield from _claim(content, file, entry, place, paper, keys, claimants)


def _claim(
    content: Content,
    file: YamlFile[tuple[AuthorEntry, ...]],
    entry: AuthorEntry,
    place: Key,
    paper: str,
    keys: set[str],
    claimants: dict[tuple[str, str], list[str]],
) -> Problems:
    carried = Counter(name_slug(name) for name in _names_on(content, paper))
    named = sorted(keys & carried.keys())
    if not named:
        yield file.problem(place, f"no author of {paper!r} is called {entry.name!r}; fix the id, or add the spelling to 'also'")
    for key in named:
        others = claimants[paper, key]
        if len(others) >= carried[key]:
            yield file.problem(place, f"paper {paper!r} is claimed by {others[-1]!r} too; delete one of the claims")
        others.append(entry.id)


def _names_on(content: Content, paper: str) -> list[str]:
    names = [author.name for author in content.records[paper].authors]
    for correction in content.curation.corrections.value:
        if correction.field is CorrectedField.AUTHORS and content.canonical.get(correction.id, correction.id) == paper:
            names = [part for part in correction.value.split(";") if part.strip()]
    return [name for written in names if (name := clean_name(written))]


def _orcids_of_authors(content: Content) -> Problems:
    file = content.curation.authors
    holders: dict[str, str] = {}
    for index, entry in enumerate(file.value):
        if entry.orcid is not None and entry.orcid in holders:
            message = f"ORCID {entry.orcid!r} is {holders[entry.orcid]!r}'s too; merge the entries or fix one"
            yield file.problem((index, "orcid"), message)
        elif entry.orcid is not None:
            holders[entry.orcid] = entry.id


def _corrections(content: Content) -> Problems:
    """Corrected papers exist, a field is corrected once, its value can be understood."""
    file = content.curation.corrections
    seen: set[tuple[str, str]] = set()
    for index, entry in enumerate(file.value):
        paper = content.canonical.get(entry.id, entry.id)
        if paper not in content.records:
            yield file.problem((index, "id"), _no_record(entry.id))
        if (paper, entry.field) in seen:
            message = f"{entry.field.value!r} of {entry.id!r} is corrected above already; delete one"
            yield file.problem((index, "field"), message)
        seen.add((paper, entry.field))
        wrong = _wrong_value(entry.field, entry.value)
        if wrong:
            yield file.problem((index, "value"), wrong)


def _wrong_value(field: CorrectedField, value: str) -> str | None:
    if field is CorrectedField.WITHDRAWN and value not in ("true", "false"):
        return f"expected true or false, got {value!r}"
    if field is CorrectedField.PUBLISHED:
        try:
            date.fromisoformat(value)
        except ValueError:
            return f"expected a date like 2025-12-11, got {value!r}"
    if field is CorrectedField.DOI and not parse_dois(value):
        return f"expected a DOI like 10.1145/3600006.3613165, got {value!r}"
    if field is CorrectedField.AUTHORS and not any(clean_name(part) for part in value.split(";")):
        return f"expected names separated by semicolons, got {value!r}"
    return None


def _papers_by_hand(content: Content) -> Problems:
    places: dict[str, str] = {}
    for file in content.curation.papers:
        for index, entry in enumerate(file.value):
            if entry.id in places:
                yield file.problem((index, "id"), f"paper {entry.id!r} again; it is in {places[entry.id]} already: delete one")
            places.setdefault(entry.id, file.path)
            for nth, author in enumerate(entry.authors):
                if not clean_name(author.name):
                    yield file.problem((index, "authors", nth, "name"), f"no name in {author.name!r}; write the author's name")


def _pages(content: Content) -> Problems:
    for path in content.curation.pages:
        name = path.relative_to(content.root).as_posix()
        if slug(path.stem, "page") != path.stem or path.stem in GENERATED:
            message = f"{path.stem!r} cannot be this page's address; name it in lower case, not {', '.join(GENERATED)}"
            yield ContentError(name, 1, 1, message)
        try:
            path.read_text("utf-8")
        except UnicodeDecodeError as error:
            yield ContentError(name, 1, 1, f"not UTF-8: byte 0x{error.object[error.start]:02x}; save the file as UTF-8")


RULES: tuple[Callable[[Content], Problems], ...] = (
    _papers_of_digests,
    _topics_of_picks,
    _tree_of_topics,
    _claims_of_authors,
    _orcids_of_authors,
    _corrections,
    _papers_by_hand,
    _pages,
)
