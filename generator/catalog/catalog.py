"""Assembles the Catalog: curation laid over records, names resolved, topics found, days gathered.

Each kind of thing is made in its own module; reading the content is ``content``'s.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from generator.catalog.content import Content
from generator.catalog.curators import Signatures, curators_of, highlights_of
from generator.catalog.days import days_of
from generator.catalog.elsewhere import Elsewhere
from generator.catalog.memory import Memory
from generator.catalog.papers import Papers, Voices
from generator.catalog.people import Everyone, People
from generator.catalog.places import Places
from generator.catalog.profiles import Counts
from generator.catalog.published import fed_people, moved_names
from generator.catalog.sourced import with_ledger
from generator.catalog.topics import TopicRules, topics_of
from generator.config import SiteConfig
from generator.ids import build_address
from generator.model import Curator, Day, DayState, Paper, Published, Topic


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


def assemble(content: Content, memory: Memory | None = None) -> Catalog:
    """Lay curation over records. Content with problems is understood as far as it goes.

    `memory` remembers what was worked out before; the catalog is the same without it.
    """
    curation, canonical = content.curation, content.canonical
    rules = TopicRules(curation.topics.value)
    remembered = memory or Memory()
    people = People(curation.authors.value, lambda paper: canonical.get(paper, paper), remembered.name)
    signatures = Signatures(curation.curators.value, (file.value for file in curation.digests.values()))
    voices = Voices(content, signatures)
    elsewhere = Elsewhere(content.store.records.picked(), content.config.value.url)
    remembered.begin(rules, (people.made_from(), elsewhere.made_from()), content.store.sound)
    making = Papers(content, voices, people, elsewhere, remembered)
    papers = {paper.id: paper for paper in map(making.make, making.drafts())}
    days, quiet = with_ledger(days_of(papers, curation, content.canonical, signatures), content.ledger.days(), papers)
    everyone, moved_people = people.everyone(Counts(content.author_metrics).newest), people.redirects()
    published = content.addresses.lines
    return Catalog(
        config=content.config.value,
        papers=papers,
        days=days,
        quiet_days=quiet,
        people=everyone,
        topics=topics_of(curation.topics.value, papers),
        moved_papers={
            build_address(old): build_address(new)
            for old, new in content.canonical.items()
            if old in content.records and new in papers
        },
        moved_people=moved_people,
        moved_names=moved_names(content, papers, everyone, remembered),
        published=published,
        fed_people=fed_people(published, everyone, moved_people),
        moved_topics={old: entry.id for entry in curation.topics.value for old in entry.was if old not in rules.ids},
        moved_curators=signatures.moved(),
        curators=curators_of(signatures, papers, days.values()),
        highlights=highlights_of(papers),
        places=Places(content.root, curation, content.canonical),
        memory=remembered,
    )
