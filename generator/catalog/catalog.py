"""Assembles the Catalog: curation laid over records, names resolved, topics found, days gathered.

Reading files is left to ``records`` and ``curation``, finding what is wrong to ``check``.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from msgspec.structs import asdict, replace

from generator import records as store_of_records
from generator.addresses import Addresses, read_addresses
from generator.catalog import topics as topic_rules
from generator.catalog.aliases import same_papers
from generator.catalog.corrections import corrected, said
from generator.catalog.curation import Curation, read_curation
from generator.catalog.curators import Signatures, curators_of, highlights_of
from generator.catalog.elsewhere import Elsewhere, newest_picks
from generator.catalog.memory import Memory, Reading
from generator.catalog.people import Everyone, People
from generator.catalog.places import Places
from generator.catalog.profiles import profiles_of
from generator.catalog.ranking import newest_first, rank
from generator.catalog.sourced import with_ledger
from generator.config import SiteConfig, read_config
from generator.errors import ContentError
from generator.ids import build_address, parse_dois
from generator.ledger import Ledger, read_ledger
from generator.model import (
    AuthorMeasurement,
    Choice,
    Corrected,
    CorrectedField,
    Correction,
    Curator,
    Day,
    DayState,
    Digest,
    HandPaper,
    Listing,
    Paper,
    Passed,
    Person,
    Pick,
    Published,
    Record,
    Standing,
    Topic,
    TopicEntry,
)
from generator.text import clean_line
from generator.yamlfile import YamlFile

Entry = TypeVar("Entry", Pick, Passed)

BY_HAND = "by hand"
"""The source of a paper that a person entered."""


@dataclass(frozen=True)
class Content:
    """Everything under a root, read and typed, with the problems of reading; not yet understood."""

    root: Path
    config: YamlFile[SiteConfig]
    store: store_of_records.Store
    metrics: store_of_records.Metrics
    author_metrics: store_of_records.AuthorMetrics
    curation: Curation
    ledger: Ledger
    addresses: Addresses
    problems: tuple[ContentError, ...]

    @cached_property
    def records(self) -> dict[str, Record]:
        """All records by id; what was entered by hand fills what no source knows."""
        records = dict(self.store.records)
        for entry in (entry for file in self.curation.papers for entry in file.value):
            by_hand = _record_of(entry)
            records[entry.id] = _fill(records[entry.id], by_hand) if entry.id in records else by_hand
        return records

    @cached_property
    def canonical(self) -> dict[str, str]:
        """Other ids of a paper -> the id it has in the catalog. Which DOI a paper has, a curator may have set right."""
        records = dict(self.records)
        for entry in self.curation.corrections.value:
            if entry.field is CorrectedField.DOI and entry.id in records:
                records[entry.id] = corrected(records[entry.id], entry)
        return same_papers(records)

    @cached_property
    def aliases(self) -> dict[str, tuple[str, ...]]:
        """The id of a paper in the catalog -> its other ids, where it has some."""
        groups: dict[str, list[str]] = defaultdict(list)
        for other, paper in self.canonical.items():
            groups[paper].append(other)
        return {paper: tuple(others) for paper, others in groups.items()}

    def merged(self, paper: str) -> Record:
        """Return the records of one paper laid over each other; `paper` is its id in the catalog."""
        record = self.records[paper]
        for other in self.aliases.get(paper, ()):
            if other in self.records:
                record = _fill(record, self.records[other])
        return record


@dataclass(frozen=True)
class Catalog:
    """The digest as the site shows it. Built once, never changed."""

    config: SiteConfig
    papers: dict[str, Paper]
    """By id, newest day first."""
    days: dict[date, Day]
    """Oldest first."""
    people: Everyone
    """By id, sorted."""
    topics: dict[str, Topic]
    """By id, in the order of the file."""
    places: Places = field(repr=False, compare=False)
    """Where people wrote what it holds."""
    memory: Memory = field(repr=False, compare=False)
    """What it was worked out with, to be saved for the next time."""
    moved_papers: dict[str, str] = field(default_factory=dict)
    """Address that a merge emptied -> address of the paper."""
    moved_people: dict[str, str] = field(default_factory=dict)
    moved_topics: dict[str, str] = field(default_factory=dict)
    moved_curators: dict[str, str] = field(default_factory=dict)
    moved_names: dict[str, str] = field(default_factory=dict)
    """Address of a name that stands on no paper any more -> that of whom or what it is found under now."""
    published: Mapping[str, Published] = field(default_factory=dict)
    """What was ever published, as far as it was written down, by address."""
    fed_people: frozenset[str] = frozenset()
    """Who has a feed however few the papers: it was published, for them or for whom they took in."""
    curators: dict[str, Curator] = field(default_factory=dict)
    """By id, sorted."""
    highlights: tuple[str, ...] = ()
    """Ids of the papers that curators set first on their day, the newest first."""
    quiet_days: dict[date, DayState] = field(default_factory=dict)
    """Days on which the sources listed nothing: a holiday, or nothing yet. Oldest first."""


def load(root: Path) -> Content:
    """Read everything under `root`.

    Raises:
        ConfigError: `root` holds no digest.
    """
    config, problems = read_config(root)
    store = store_of_records.read_records(root)
    metrics = store_of_records.read_metrics(root)
    people = store_of_records.read_author_metrics(root)
    curation = read_curation(root)
    ledger, addresses = read_ledger(root), read_addresses(root)
    of_machine = (*store.problems, *metrics.problems, *people.problems, *ledger.problems, *addresses.problems)
    found = (*problems, *of_machine, *curation.problems)
    return Content(root, config, store, metrics, people, curation, ledger, addresses, found)


def _record_of(entry: HandPaper) -> Record:
    values = asdict(entry)
    day = values.pop("date")
    return Record(**values, listed=(Listing(date=day, source=BY_HAND),))


def assemble(content: Content, memory: Path | None = None, program: bytes = b"") -> Catalog:
    """Lay curation over records. Content with problems is understood as far as it goes.

    `memory` is a file that remembers what was worked out before by the same `program`; the catalog is the same
    without it.
    """
    curation = content.curation
    rules = topic_rules.TopicRules(curation.topics.value)
    remembered = Memory(rules, memory, program)
    people = People(curation.authors.value, lambda paper: content.canonical.get(paper, paper), remembered.name)
    signatures = Signatures(curation.curators.value, (file.value for file in curation.digests.values()))
    voices = _Voices(content, signatures)
    drafts = [_Draft(paper, content, voices, remembered) for paper in content.records if paper not in content.canonical]
    drafts.sort(key=newest_first)
    elsewhere = Elsewhere(content.store.records.values(), content.config.value.url)
    papers = {draft.id: _paper(draft, content, voices, rules.ids, people, elsewhere) for draft in drafts}
    days, quiet = with_ledger(_days(papers, curation, content.canonical, signatures), content.ledger.days(), papers)
    everyone, moved_people = people.everyone(_Counts(content.author_metrics).newest), people.redirects()
    published = content.addresses.lines
    return Catalog(
        config=content.config.value,
        papers=papers,
        days=days,
        quiet_days=quiet,
        people=everyone,
        topics=_topics(curation, papers),
        moved_papers={
            build_address(old): build_address(new)
            for old, new in content.canonical.items()
            if old in content.records and new in papers
        },
        moved_people=moved_people,
        moved_names=_moved_names(content, papers, everyone, remembered),
        published=published,
        fed_people=_fed_people(published, everyone, moved_people),
        moved_topics={old: entry.id for entry in curation.topics.value for old in entry.was if old not in rules.ids},
        moved_curators=signatures.moved(),
        curators=curators_of(signatures, papers, days.values()),
        highlights=highlights_of(papers),
        places=Places(content.root, curation, content.canonical),
        memory=remembered,
    )


def _moved_names(content: Content, papers: Mapping[str, Paper], everyone: Everyone, memory: Memory) -> dict[str, str]:
    """Tell where names lead that a correction or a paper's other record took from all pages.

    To whoever stands in the same place of the list now; where the list is another, to the paper.
    """
    found: dict[str, str] = {}
    for paper in papers.values():
        if not paper.aliases and all(one.field is not CorrectedField.AUTHORS for one in paper.corrections):
            continue
        for known in (paper.id, *paper.aliases):
            names = content.records[known].authors if known in content.records else ()
            for place, author in enumerate(names):
                name, key = memory.name(author.name)
                if name and key not in everyone:
                    same = len(names) == len(paper.authors)
                    onward = f"authors/{paper.authors[place].person}/" if same else f"papers/{paper.address}/"
                    found.setdefault(f"authors/{key}/", onward)
    return found


def _fed_people(published: Mapping[str, Published], everyone: Everyone, moved: Mapping[str, str]) -> frozenset[str]:
    found: set[str] = set()
    for line in published.values():
        if line.feeds and line.address.startswith("authors/"):
            asked = [address.split("/")[1] for address in (line.address, line.leads or "") if "/" in address]
            onward = [moved.get(person, person) for person in asked]
            found.update([person for person in onward if person in everyone][:1])
    return frozenset(found)


def _fill(record: Record, other: Record) -> Record:
    """Return `record` with what only `other` knows: the preprint's words first, the publisher's where it has none."""
    known, more = asdict(record), asdict(other)
    filled = {name: more[name] for name, value in known.items() if not value and more[name]}
    listed = tuple(sorted({*record.listed, *other.listed}))
    picked = newest_picks(record.picked, other.picked)
    return replace(record, **{**filled, "listed": listed, "picked": picked, "links": {**other.links, **record.links}})


class _Voices:
    """What people said, by paper: picks, passes, corrections."""

    def __init__(self, content: Content, signatures: Signatures) -> None:
        self.signatures = signatures
        self.choices: dict[str, list[Choice]] = defaultdict(list)
        self.passed: dict[str, list[tuple[date, str]]] = defaultdict(list)
        self.corrections: dict[str, list[Correction]] = defaultdict(list)

        def canonical(paper: str) -> str:
            return content.canonical.get(paper, paper)

        for day, file in sorted(content.curation.digests.items()):
            curator, curator_id = signatures.of(file.value.curator)
            for pick in file.value.picks:
                choice = Choice(date=day, pick=pick, curator=curator, curator_id=curator_id)
                self.choices[canonical(pick.id)].append(choice)
            for entry in file.value.passed:
                self.passed[canonical(entry.id)].append((day, entry.why))
        for correction in content.curation.corrections.value:
            self.corrections[canonical(correction.id)].append(correction)


class _Draft:
    """A paper before its people are known: the records merged and corrected, and what they come to."""

    __slots__ = ("corrections", "day", "id", "reading", "record", "title")

    def __init__(self, paper: str, content: Content, voices: _Voices, memory: Memory) -> None:
        record = content.merged(paper)
        self.corrections: list[Corrected] = []
        for correction in voices.corrections.get(paper, ()):
            by, by_id = voices.signatures.of(correction.by)
            told = Corrected(
                field=correction.field,
                value=correction.value,
                why=correction.why,
                by=by or correction.by,
                by_id=by_id,
                said=said(record, correction.field),
            )
            self.corrections.append(told)
            record = corrected(record, correction)
        days = [listing.date for listing in record.listed] + [choice.date for choice in voices.choices.get(paper, ())]
        self.id = paper
        self.record = record
        self.reading: Reading = memory.reading(record)
        self.title = self.reading.title or paper
        self.day = min(days, default=record.published or date.min)


def _paper(
    draft: _Draft, content: Content, voices: _Voices, topics: frozenset[str], people: People, elsewhere: Elsewhere
) -> Paper:
    paper, record, reading = draft.id, draft.record, draft.reading
    aliases = content.aliases.get(paper, ())
    choices = tuple(voices.choices.get(paper, ()))
    chosen = {topic for choice in choices for topic in choice.pick.topics if topic in topics}
    dois = parse_dois(record.doi) if record.doi else ()
    measured, measured_on = content.metrics.newest_of((paper, *aliases))
    return Paper(
        id=paper,
        address=build_address(paper),
        title=draft.title,
        title_tex=reading.title_tex,
        day=draft.day,
        aliases=aliases,
        origin=_origin(content, paper, aliases),
        authors=people.resolve(
            paper,
            ((author.name, author.affiliation) for author in record.authors),
            {place: author.orcid for place, author in enumerate(record.authors) if author.orcid},
        ),
        abstract=reading.abstract if reading.abstract is not None else record.abstract or "",
        published=record.published,
        updated=record.updated,
        version=record.version,
        primary_category=reading.categories[0] if reading.categories else None,
        categories=reading.categories,
        doi=dois[0] if dois else (paper.removeprefix("doi:") if paper.startswith("doi:") else None),
        journal_ref=reading.journal_ref,
        comment=reading.comment,
        withdrawn=record.withdrawn,
        organization=reading.organization,
        keywords=reading.keywords,
        links=reading.links,
        listed=record.listed,
        topics=tuple(sorted(chosen.union(reading.topics))) if chosen else reading.topics,
        choices=choices,
        passed=tuple(voices.passed.get(paper, ())),
        picked_elsewhere=elsewhere.picks(record) if record.picked else (),
        corrections=tuple(draft.corrections),
        measured=measured,
        measured_on=measured_on,
        by_hand=all(listing.source == BY_HAND for listing in record.listed) and bool(record.listed),
    )


def _origin(content: Content, paper: str, aliases: tuple[str, ...]) -> str | None:
    def first_listed(known: str) -> date:
        return min((listing.date for listing in content.records[known].listed), default=date.max)

    known = [paper, *(other for other in aliases if other in content.records)]
    origin = min(known, key=first_listed)  # of those listed on one day, the paper's own
    return origin if origin != paper else None


class _Counts:
    """What was counted of people, by the profile that it was counted on."""

    def __init__(self, metrics: store_of_records.AuthorMetrics) -> None:
        self._newest: dict[tuple[str, str], AuthorMeasurement] = {}
        for item in sorted(metrics.history.values(), key=lambda item: item.as_of):
            if (item.h_index, item.citations, item.papers) != (None, None, None):
                self._newest[item.id, item.profile] = item

    def newest(self, person: Person) -> AuthorMeasurement | None:
        """Return the newest counts of a profile that the person's entry links to now; None on a page of several."""
        if not self._newest or person.standing is not Standing.VERIFIED:
            return None
        profiles = profiles_of(person.orcid, person.links)
        found = [self._newest[person.id, profile] for profile in profiles if (person.id, profile) in self._newest]
        return max(found, key=lambda item: item.as_of, default=None)


def _parents(entries: Mapping[str, TopicEntry]) -> dict[str, str | None]:
    """Return the topic above each topic; none where there is none of that name, or where it would lead in a circle."""
    parents = {entry.id: entry.parent if entry.parent in entries else None for entry in entries.values()}
    for topic in entries:
        line = (topic, *topic_rules.ancestors(topic, parents))
        if parents[line[-1]] == topic:
            parents[topic] = None
    return parents


def _topics(curation: Curation, papers: Mapping[str, Paper]) -> dict[str, Topic]:
    entries = {entry.id: entry for entry in curation.topics.value}
    parents = _parents(entries)
    lines = {topic: (topic, *topic_rules.ancestors(topic, parents)) for topic in entries}
    held: dict[str, dict[str, None]] = {topic: {} for topic in entries}
    for paper in papers.values():
        for topic in paper.topics:
            for above in lines[topic]:
                held[above][paper.id] = None
    children: dict[str | None, list[str]] = defaultdict(list)
    for topic in sorted(entries, key=lambda topic: entries[topic].name.casefold()):
        children[parents[topic]].append(topic)
    return {
        topic: Topic(
            id=topic,
            name=clean_line(entry.name) or topic,
            parent=parents[topic],
            description=entry.description,
            children=tuple(children[topic]),
            papers=tuple(held[topic]),
        )
        for topic, entry in entries.items()
    }


def _days(
    papers: Mapping[str, Paper], curation: Curation, canonical: Mapping[str, str], signatures: Signatures
) -> dict[date, Day]:
    listed: dict[date, dict[str, Paper]] = defaultdict(dict)
    for paper in papers.values():
        for day in {listing.date for listing in paper.listed} or {paper.day}:
            listed[day][paper.id] = paper
    return {
        day: _day(day, listed.get(day, {}), curation.digests.get(day), papers, canonical, signatures)
        for day in sorted({*listed, *curation.digests})
    }


def _day(
    day: date,
    listed: Mapping[str, Paper],
    file: YamlFile[Digest] | None,
    papers: Mapping[str, Paper],
    canonical: Mapping[str, str],
    signatures: Signatures,
) -> Day:
    digest = file.value if file is not None else None
    if digest is None:
        return Day(date=day, rest=tuple(paper.id for paper in rank(listed.values())))

    def known(entries: Iterable[Entry]) -> list[tuple[Entry, str]]:
        found = ((entry, canonical.get(entry.id, entry.id)) for entry in entries)
        return [(entry, paper) for entry, paper in found if paper in papers]

    picks = sorted(known(digest.picks), key=lambda pair: not pair[0].highlight)
    passed = known(digest.passed)
    placed = {paper for _, paper in picks} | {paper for _, paper in passed}
    rest = rank(paper for paper in listed.values() if paper.id not in placed)
    curator, curator_id = signatures.of(digest.curator)
    return Day(
        date=day,
        digest=digest,
        curator=curator,
        curator_id=curator_id,
        picks=tuple(picks),
        rest=tuple(paper.id for paper in rest),
        passed=tuple(passed),
    )
