"""Every problem in content/, in one run: what the readers found, and what is wrong between files.

Each rule is a generator of problems over the whole content; ``RULES`` is the list of them.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import cache

from generator.catalog import declined
from generator.catalog.content import Content
from generator.catalog.corrections import corrected
from generator.catalog.curators import signatures_of
from generator.catalog.people import name_slug
from generator.catalog.profiles import profiles_of, wrong_links
from generator.catalog.topics import ancestors, words
from generator.errors import ContentError
from generator.ids import parse_dois
from generator.model import AuthorEntry, CorrectedField, CuratorEntry, Digest, Passed, Pick, TopicEntry
from generator.text import clean_name, slug
from generator.yamlfile import Key, YamlFile
from generator.yamltext import file_name, read_text
from generator.yamlvalue import parse_day

GENERATED = tuple(
    "days weeks months papers authors topics categories curators trending highlights search subscribe data api assets"
    " index 404".split()
)
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
        for kind, index, entry in _entries(file.value):
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


def _entries(digest: Digest) -> Iterator[tuple[str, int, Pick | Passed]]:
    yield from (("picks", index, pick) for index, pick in enumerate(digest.picks))
    yield from (("passed", index, passed) for index, passed in enumerate(digest.passed))


def _no_record(paper: str) -> str:
    return f"no record for paper {paper!r}; run 'digest add {paper}' or fix the id"


def _topics_of_picks(content: Content) -> Problems:
    known = {entry.id: None for entry in content.curation.topics.value}
    for _, file in sorted(content.curation.digests.items()):
        for index, pick in enumerate(file.value.picks):
            for nth, topic in enumerate(pick.topics):
                if topic not in known:
                    yield file.problem(("picks", index, "topics", nth), _unknown("topic", topic, known))


def _unknown(noun: str, value: str, known: Iterable[str]) -> str:
    import difflib  # here, for little is misspelled

    close = difflib.get_close_matches(value, list(known), n=1, cutoff=0.6)
    return f"unknown {noun} {value!r}; " + (f"did you mean {close[0]!r}?" if close else "add it to content/topics.yml")


def _tree_of_topics(content: Content) -> Problems:
    """Ids are unique, parents exist, nothing is its own ancestor, rules can match."""
    file = content.curation.topics
    parents = {entry.id: entry.parent for entry in file.value}
    told: set[str] = set()
    yield from _unique(file, "topic")
    for index, entry in enumerate(file.value):
        if entry.parent is not None and entry.parent not in parents:
            yield file.problem((index, "parent"), _unknown("topic", entry.parent, parents))
        elif entry.id not in told and _in_cycle(entry.id, parents):
            above = ancestors(entry.id, parents)
            told.update(above)
            way = " -> ".join([entry.id, *above, entry.id])
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


Listed = YamlFile[tuple[TopicEntry, ...]] | YamlFile[tuple[AuthorEntry, ...]] | YamlFile[tuple[CuratorEntry, ...]]


def _unique(file: Listed, noun: str) -> Problems:
    """Ids are the entry's own, and lead to one page: those that an entry had before as well."""
    entries: tuple[TopicEntry | AuthorEntry | CuratorEntry, ...] = file.value
    seen: set[str] = set()
    ids = {entry.id for entry in entries}
    former: dict[str, str] = {}
    for index, entry in enumerate(entries):
        for nth, old in enumerate(entry.was):
            if old in ids:
                yield file.problem((index, "was", nth), f"{old!r} is the id of an entry still; delete it here or there")
            elif (holder := former.setdefault(old, entry.id)) != entry.id:
                yield file.problem((index, "was", nth), f"{old!r} leads to {holder!r} already; delete one")
    for index, entry_id in enumerate(entry.id for entry in entries):
        if entry_id in seen:
            yield file.problem((index, "id"), f"{noun} {entry_id!r} again; ids are unique: rename or delete one")
        elif slug(entry_id, noun) != entry_id:
            yield file.problem((index, "id"), f"{entry_id!r} is an address of the site itself; choose another id")
        seen.add(entry_id)


def _claims_of_authors(content: Content) -> Problems:
    """Claimed papers exist, carry the name, and are claimed by no more people than carry it."""
    file = content.curation.authors
    yield from _unique(file, "author")
    names = _Names(content)
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
            yield from _claim(names.on(paper), file, entry, place, paper, keys, claimants)


def _claim(
    carried: Counter[str],
    file: YamlFile[tuple[AuthorEntry, ...]],
    entry: AuthorEntry,
    place: Key,
    paper: str,
    keys: set[str],
    claimants: dict[tuple[str, str], list[str]],
) -> Problems:
    named = sorted(keys & carried.keys())
    if not named:
        message = f"no author of {paper!r} is called {entry.name!r}; fix the id, or add the spelling to 'also'"
        yield file.problem(place, message)
    for key in named:
        others = claimants[paper, key]
        if len(others) >= carried[key]:
            yield file.problem(place, f"paper {paper!r} is claimed by {others[-1]!r} too; delete one of the claims")
        others.append(entry.id)


class _Names:
    """The names on a paper as its page will show them: corrected, of all its records."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self._corrected = {
            content.canonical.get(entry.id, entry.id): entry
            for entry in content.curation.corrections.value
            if entry.field is CorrectedField.AUTHORS
        }
        self._known: dict[str, Counter[str]] = {}
        self._slug_of = cache(_slug_of_name)  # most names stand on several papers

    def on(self, paper: str) -> Counter[str]:
        """Count the slugs of the names on `paper`."""
        known = self._known.get(paper)
        if known is None:
            record = self._content.merged(paper)
            if paper in self._corrected:
                record = corrected(record, self._corrected[paper])
            slugs = (self._slug_of(author.name) for author in record.authors)
            known = self._known[paper] = Counter(key for key in slugs if key is not None)
        return known


def _slug_of_name(written: str) -> str | None:
    name = clean_name(written)
    return name_slug(name) if name else None


def _orcids_of_authors(content: Content) -> Problems:
    file = content.curation.authors
    holders: dict[str, str] = {}
    for index, entry in enumerate(file.value):
        if entry.orcid is not None and entry.orcid in holders:
            message = f"ORCID {entry.orcid!r} belongs to {holders[entry.orcid]!r} too; merge the entries or fix one"
            yield file.problem((index, "orcid"), message)
        elif entry.orcid is not None:
            holders[entry.orcid] = entry.id


def _profiles_of_authors(content: Content) -> Problems:
    """Links to services that count citations lead to an author's page there, each to one person's."""
    file = content.curation.authors
    holders: dict[str, str] = {}
    for index, entry in enumerate(file.value):
        for key, example in wrong_links(entry.links).items():
            message = f"{entry.links[key]!r} is no page of an author there; give one like {example}"
            yield file.problem((index, "links", key), message)
        for profile in profiles_of(None, entry.links):
            if (holder := holders.setdefault(profile, entry.id)) != entry.id:
                key = profile.partition(":")[0].replace("-", "_")
                message = f"{profile!r} belongs to {holder!r} too; merge the entries or fix one"
                yield file.problem((index, "links", key), message)


def _curators(content: Content) -> Problems:
    """Curators look after topics that exist, and what is signed with one name is one curator's."""
    file = content.curation.curators
    yield from _unique(file, "curator")
    topics = {entry.id: None for entry in content.curation.topics.value}
    holders: dict[str, str] = {}
    ids = {entry.id for entry in file.value}
    for index, entry in enumerate(file.value):
        for nth, topic in enumerate(entry.topics):
            if topic not in topics:
                yield file.problem((index, "topics", nth), _unknown("topic", topic, topics))
        for signature in signatures_of(entry):
            holder = signature if signature in ids else holders.setdefault(signature, entry.id)
            if holder != entry.id and signature not in entry.was:
                message = f"{signature!r} stands for the curator {holder!r} already; change the name or the id of one"
                yield file.problem((index, "name"), message)
        if entry.orcid is not None and (holder := holders.setdefault(entry.orcid, entry.id)) != entry.id:
            message = f"ORCID {entry.orcid!r} belongs to {holder!r} too; merge the entries or fix one"
            yield file.problem((index, "orcid"), message)


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
            parse_day(value)
        except ValueError as error:
            return str(error)
    if field is CorrectedField.DOI and not parse_dois(value):
        return f"expected a DOI like 10.1145/3600006.3613165, got {value!r}"
    if field is CorrectedField.AUTHORS and not any(clean_name(part) for part in value.split(";")):
        return f"expected names separated by semicolons, got {value!r}"
    return None


def _declined(content: Content) -> Problems:
    """Declined suggestions say which they were, each once."""
    file = content.curation.declined
    seen: set[tuple[str, ...]] = set()
    for index, entry in enumerate(file.value):
        wrong = [file.problem((index, key), message) for key, message in declined.problems_of(entry)]
        yield from wrong
        key = declined.key_of(entry, content.canonical)
        if not wrong and key in seen:
            yield file.problem((index, "what"), f"this {entry.what} was declined above already; delete one")
        seen.add(key)


def _papers_by_hand(content: Content) -> Problems:
    places: dict[str, str] = {}
    for file in content.curation.papers:
        for index, entry in enumerate(file.value):
            if entry.id in places:
                message = f"paper {entry.id!r} again; it is in {places[entry.id]} already: delete one"
                yield file.problem((index, "id"), message)
            places.setdefault(entry.id, file.path)
            for nth, author in enumerate(entry.authors):
                if not clean_name(author.name):
                    message = f"no name in {author.name!r}; write the author's name"
                    yield file.problem((index, "authors", nth, "name"), message)


def _rules_of_papers(content: Content) -> Problems:
    rules = content.config.value.rules
    for kind, listed in (("include", rules.include), ("exclude", rules.exclude)):
        for index, rule in enumerate(listed):
            for nth, phrase in enumerate(rule.phrases):
                if not words(phrase):
                    place: Key = ("rules", kind, index, "phrases", nth)
                    yield content.config.problem(place, f"no word in {phrase!r}; write a word or phrase")


def _pages(content: Content) -> Problems:
    for path in content.curation.pages:
        name = file_name(content.root, path)
        if slug(path.stem, "page") != path.stem or path.stem in GENERATED:
            message = f"{path.stem!r} cannot be this page's address; name it in lower case, not {', '.join(GENERATED)}"
            yield ContentError(name, 1, 1, message)
        _, problem = read_text(name, path)
        if problem is not None:
            yield problem


RULES: tuple[Callable[[Content], Problems], ...] = (
    _papers_of_digests,
    _topics_of_picks,
    _tree_of_topics,
    _claims_of_authors,
    _orcids_of_authors,
    _profiles_of_authors,
    _curators,
    _corrections,
    _declined,
    _papers_by_hand,
    _rules_of_papers,
    _pages,
)
