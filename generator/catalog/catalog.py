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
from generator.catalog import topics as topic_rules
from generator.catalog.aliases import same_papers
from generator.catalog.curation import Curation, read_curation
from generator.catalog.people import People
from generator.catalog.ranking import newest_first, rank
from generator.config import SiteConfig, read_config
from generator.errors import ContentError
from generator.formulas import formulas_text
from generator.ids import build_address, parse_dois
from generator.markup import safe_url
from generator.model import (
    Author,
    Choice,
    CorrectedField,
    Correction,
    Day,
    Digest,
    HandPaper,
    Listing,
    Measurement,
    Paper,
    Passed,
    Person,
    Pick,
    Record,
    Topic,
)
from generator.text import clean_abstract, clean_line, clean_name, clean_title
from generator.yamlfile import YamlFile
from generator.yamlvalue import parse_day

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
    curation: Curation
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
    people: dict[str, Person]
    """By id, sorted."""
    topics: dict[str, Topic]
    """By id, in the order of the file."""
    moved_papers: dict[str, str] = field(default_factory=dict)
    """Address that a merge emptied -> address of the paper."""
    moved_people: dict[str, str] = field(default_factory=dict)


def load(root: Path) -> Content:
    """Read everything under `root`.

    Raises:
        ConfigError: `root` holds no digest.
    """
    config, problems = read_config(root)
    store = store_of_records.read_records(root)
    metrics = store_of_records.read_metrics(root)
    curation = read_curation(root)
    found = (*problems, *store.problems, *metrics.problems, *curation.problems)
    return Content(root, config, store, metrics, curation, found)


def _record_of(entry: HandPaper) -> Record:
    values = asdict(entry)
    day = values.pop("date")
    return Record(**values, listed=(Listing(date=day, source=BY_HAND),))


def assemble(content: Content) -> Catalog:
    """Lay curation over records. Content with problems is understood as far as it goes."""
    curation = content.curation
    people = People(curation.authors.value, lambda paper: content.canonical.get(paper, paper))
    rules = topic_rules.TopicRules(curation.topics.value)
    voices = _Voices(content)
    found = [
        _paper(paper, content.merged(paper), content, voices, rules, people)
        for paper in content.records
        if paper not in content.canonical
    ]
    papers = {paper.id: paper for paper in sorted(found, key=newest_first)}
    return Catalog(
        config=content.config.value,
        papers=papers,
        days=_days(papers, curation, content.canonical),
        people=people.people(papers),
        topics=_topics(curation, papers),
        moved_papers={
            build_address(old): build_address(new)
            for old, new in content.canonical.items()
            if old in content.records and new in papers
        },
        moved_people=people.redirects(),
    )


def _fill(record: Record, other: Record) -> Record:
    """Return `record` with what only `other` knows: the preprint's words first, the publisher's where it has none."""
    known, more = asdict(record), asdict(other)
    filled = {name: more[name] for name, value in known.items() if not value and more[name]}
    listed = tuple(sorted({*record.listed, *other.listed}))
    return replace(record, **{**filled, "listed": listed, "links": {**other.links, **record.links}})


class _Voices:
    """What people said, by paper: picks, passes, corrections."""

    def __init__(self, content: Content) -> None:
        self.choices: dict[str, list[Choice]] = defaultdict(list)
        self.passed: dict[str, list[tuple[date, str]]] = defaultdict(list)
        self.corrections: dict[str, list[Correction]] = defaultdict(list)

        def canonical(paper: str) -> str:
            return content.canonical.get(paper, paper)

        for day, file in sorted(content.curation.digests.items()):
            for pick in file.value.picks:
                choice = Choice(date=day, pick=pick, curator=file.value.curator)
                self.choices[canonical(pick.id)].append(choice)
            for entry in file.value.passed:
                self.passed[canonical(entry.id)].append((day, entry.why))
        for correction in content.curation.corrections.value:
            self.corrections[canonical(correction.id)].append(correction)


def _paper(
    paper: str,
    record: Record,
    content: Content,
    voices: _Voices,
    rules: topic_rules.TopicRules,
    people: People,
) -> Paper:
    aliases = content.aliases.get(paper, ())
    corrections = voices.corrections.get(paper, [])
    for correction in corrections:
        record = corrected(record, correction)
    choices = tuple(voices.choices.get(paper, ()))
    written, abstract = clean_title(record.title), clean_abstract(record.abstract or "")
    title = formulas_text(written)
    categories = tuple(dict.fromkeys((*filter(None, [record.primary_category]), *record.categories)))
    chosen = (topic for choice in choices for topic in choice.pick.topics)
    topics = {*rules.match((written, abstract), categories), *(topic for topic in chosen if topic in rules.ids)}
    dois = parse_dois(record.doi) if record.doi else ()
    days = [listing.date for listing in record.listed] + [choice.date for choice in choices]
    return Paper(
        id=paper,
        address=build_address(paper),
        title=title or paper,
        title_tex=written if written != title else None,
        day=min(days, default=record.published or date.min),
        aliases=aliases,
        authors=people.resolve(paper, ((author.name, author.affiliation) for author in record.authors)),
        abstract=abstract,
        published=record.published,
        updated=record.updated,
        version=record.version,
        primary_category=categories[0] if categories else None,
        categories=categories,
        doi=dois[0] if dois else (paper.removeprefix("doi:") if paper.startswith("doi:") else None),
        journal_ref=_line(record.journal_ref),
        comment=_title(record.comment),
        withdrawn=record.withdrawn,
        organization=_title(record.organization),
        keywords=tuple(filter(None, map(clean_title, record.keywords))),
        links={kind: link for kind, address in record.links.items() if (link := safe_url(address))},
        listed=record.listed,
        topics=tuple(sorted(topics)),
        choices=choices,
        passed=tuple(voices.passed.get(paper, ())),
        corrections=tuple(corrections),
        measured=_measured(content, paper, aliases),
        by_hand=all(listing.source == BY_HAND for listing in record.listed) and bool(record.listed),
    )


def _line(text: str | None) -> str | None:
    return (clean_line(text) or None) if text else None


def _title(text: str | None) -> str | None:
    return (formulas_text(clean_title(text)) or None) if text else None


def _measured(content: Content, paper: str, aliases: tuple[str, ...]) -> Measurement | None:
    found = (content.metrics.newest.get(known) for known in (paper, *aliases))
    return max((measured for measured in found if measured), key=lambda measured: measured.as_of, default=None)


def corrected(record: Record, correction: Correction) -> Record:
    """Return `record` with one field set right; a value that cannot be understood changes nothing."""
    name, value = correction.field, correction.value
    if name is CorrectedField.AUTHORS:
        # By the name as the page shows it, which is what a curator sees: the affiliation stays with it.
        known = {clean_name(author.name): author for author in record.authors}
        names = [part.strip() for part in value.split(";") if part.strip()]
        return replace(record, authors=tuple(known.get(clean_name(name), Author(name=name)) for name in names))
    if name is CorrectedField.WITHDRAWN:
        return replace(record, withdrawn=value == "true")
    if name is CorrectedField.PUBLISHED:
        try:
            return replace(record, published=parse_day(value))
        except ValueError:
            return record
    return replace(record, **{name.value: value})


def _topics(curation: Curation, papers: Mapping[str, Paper]) -> dict[str, Topic]:
    entries = {entry.id: entry for entry in curation.topics.value}
    parents = {entry.id: entry.parent if entry.parent in entries else None for entry in entries.values()}
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


def _days(papers: Mapping[str, Paper], curation: Curation, canonical: Mapping[str, str]) -> dict[date, Day]:
    listed: dict[date, dict[str, Paper]] = defaultdict(dict)
    for paper in papers.values():
        for day in {listing.date for listing in paper.listed} or {paper.day}:
            listed[day][paper.id] = paper
    return {
        day: _day(day, listed.get(day, {}), curation.digests.get(day), papers, canonical)
        for day in sorted({*listed, *curation.digests})
    }


def _day(
    day: date,
    listed: Mapping[str, Paper],
    file: YamlFile[Digest] | None,
    papers: Mapping[str, Paper],
    canonical: Mapping[str, str],
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
    return Day(
        date=day,
        digest=digest,
        picks=tuple(picks),
        rest=tuple(paper.id for paper in rest),
        passed=tuple(passed),
    )
