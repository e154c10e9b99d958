"""The mentions of a digest as arrays: which name stands on which paper, in which place, beside whom.

Reading ``content/`` is left to ``catalog``; what the mentions have in common to ``features``.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse

from generator.catalog.content import Content
from generator.catalog.corrections import corrected
from generator.catalog.people import name_slug
from generator.identity.wording import text_words
from generator.model import AuthorEntry, CorrectedField, Record
from generator.text import clean_name, clean_title

Floats = npt.NDArray[np.float32]
Indexes = npt.NDArray[np.intp]

CROWD = 30
"""A paper with more authors says little about who knows whom (measured by others: skip papers above it)."""
_NO_DAY = date(2000, 1, 1)


class Mention(NamedTuple):
    """A name on a paper."""

    paper: int
    name: int
    written: str
    place: float
    """0 for the first author, 1 for the last."""
    affiliation: str | None = None
    orcid: str | None = None


@dataclass
class Corpus:
    """Papers, names and mentions, each with a number: the place in its list."""

    ids: list[str] = field(default_factory=list)
    """Papers, sorted."""
    records: list[Record] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    """Slugs, in the order in which they were met."""
    spelled: list[str] = field(default_factory=list)
    """The first spelling met of each name."""
    mentions: list[Mention] = field(default_factory=list)
    """Paper by paper, in the order of the authors; a name once a paper."""
    _neighbours: dict[int, frozenset[int]] = field(default_factory=dict)
    _telling: dict[int, dict[str, int]] = field(default_factory=dict)

    @cached_property
    def number(self) -> dict[str, int]:
        """Slug -> number of the name."""
        return {name: number for number, name in enumerate(self.names)}

    @cached_property
    def of_name(self) -> dict[int, list[int]]:
        """Name -> its mentions."""
        ordered = np.argsort(self.name_of, kind="stable").tolist()
        ends = np.cumsum(np.bincount(self.name_of, minlength=len(self.names))).tolist()
        return {name: ordered[start:end] for name, (start, end) in enumerate(pairwise([0, *ends]))}

    @cached_property
    def of_paper(self) -> list[list[int]]:
        """Paper -> the names on it."""
        names = self.name_of.tolist()
        ends = np.cumsum(np.bincount(self.paper_of, minlength=len(self.ids))).tolist()
        return [names[start:end] for start, end in pairwise([0, *ends])]

    def beside(self, mention: int) -> list[int]:
        """Return the other names on a mention's paper; none for a paper of a crowd."""
        names = self.of_paper[self.mentions[mention].paper]
        return [] if len(names) > CROWD else [name for name in names if name != self.mentions[mention].name]

    def neighbours(self, name: int) -> frozenset[int]:
        """Return who wrote a paper with somebody, crowds aside."""
        found = self._neighbours.get(name)
        if found is None:
            papers = (self.of_paper[self.mentions[mention].paper] for mention in self.of_name[name])
            found = frozenset().union(*(names for names in papers if len(names) <= CROWD)) - {name}
            self._neighbours[name] = found
        return found

    def telling_words(self, paper: int) -> dict[str, int]:
        """Return the longer words of a paper: 2 for one of its title, 1 for one of its abstract."""
        found = self._telling.get(paper)
        if found is None:
            record = self.records[paper]
            counted = dict.fromkeys(text_words(record.abstract or ""), 1)
            counted.update(dict.fromkeys(text_words(clean_title(record.title)), 2))
            found = self._telling[paper] = {word: count for word, count in counted.items() if len(word) > 3}
        return found

    @cached_property
    def paper_of(self) -> Indexes:
        """The paper of each mention."""
        return np.array([mention.paper for mention in self.mentions], dtype=np.intp)

    @cached_property
    def name_of(self) -> Indexes:
        """The name of each mention."""
        return np.array([mention.name for mention in self.mentions], dtype=np.intp)

    @cached_property
    def years(self) -> Floats:
        """When each paper was published, in years."""
        days = (
            record.published or min((each.date for each in record.listed), default=_NO_DAY) for record in self.records
        )
        return np.array([day.year + (day.month - 1) / 12 for day in days], dtype=np.float32)

    @cached_property
    def papers_of_name(self) -> Floats:
        """How many papers carry each name."""
        return np.bincount(self.name_of, minlength=len(self.names)).astype(np.float32)

    @cached_property
    def ends(self) -> list[tuple[str, str]]:
        """The first and the last part of each name."""
        return [(name.partition("-")[0], name.rpartition("-")[2]) for name in self.names]

    @cached_property
    def ambiguity(self) -> Floats:
        """How many people of each name chance alone would make: first-name count x last-name count / names."""
        first, last = Counter(end[0] for end in self.ends), Counter(end[1] for end in self.ends)
        return np.array([last[b] * first[a] / len(self.names) for a, b in self.ends], dtype=np.float32)

    @cached_property
    def written_by(self) -> sparse.csr_array:
        """Papers x names, 1 where the name stands on the paper; empty rows for papers of crowds."""
        crowded = np.bincount(self.paper_of, minlength=len(self.ids)) > CROWD
        kept = ~crowded[self.paper_of]
        ones = np.ones(int(kept.sum()), dtype=np.float32)
        shape = (len(self.ids), len(self.names))
        place = (self.paper_of[kept].astype(np.int32), self.name_of[kept].astype(np.int32))  # half the memory of intp
        return sparse.csr_array((ones, place), shape=shape)


def corpus_of(content: Content) -> Corpus:
    """Gather the mentions of a digest, with the corrections that curators made to lists of authors."""
    authors = defaultdict(list)
    for correction in content.curation.corrections.value:
        if correction.field is CorrectedField.AUTHORS:
            authors[content.canonical.get(correction.id, correction.id)].append(correction)
    records: list[tuple[str, Record]] = []
    for paper in sorted(content.records):
        if paper not in content.canonical:
            record = content.merged(paper)
            for correction in authors.get(paper, ()):
                record = corrected(record, correction)
            records.append((paper, record))
    return gather(records)


def gather(records: Iterable[tuple[str, Record]]) -> Corpus:
    """Gather the mentions of papers, each given with the id it has in the catalog."""
    corpus = Corpus()
    numbers: dict[str, int] = {}
    of_written: dict[str, int] = {}
    for paper, record in records:
        corpus.ids.append(paper)
        corpus.records.append(record)
        seen: set[int] = set()
        last = max(len(record.authors) - 1, 1)
        for place, author in enumerate(record.authors):
            name = of_written.get(author.name)
            if name is None:
                written = clean_name(author.name)
                if not written:
                    continue
                key = name_slug(written)
                name = of_written[author.name] = numbers.setdefault(key, len(numbers))
                if name == len(corpus.names):
                    corpus.names.append(key)
                    corpus.spelled.append(written)
            if name not in seen:
                seen.add(name)
                corpus.mentions.append(
                    Mention(len(corpus.ids) - 1, name, author.name, place / last, author.affiliation, author.orcid)
                )
    return corpus


def claims_of(corpus: Corpus, entries: Iterable[AuthorEntry], canonical: Mapping[str, str]) -> dict[int, str]:
    """Return the mentions that curators have given to a person: mention -> id of the entry."""
    claimed: dict[tuple[str, str], str] = {}
    for entry in entries:
        for slug in {name_slug(clean_name(name)) for name in (entry.name, *entry.also)}:
            for paper in entry.papers:
                claimed.setdefault((canonical.get(paper, paper), slug), entry.id)
    found: dict[int, str] = {}
    for (paper, slug), person in claimed.items():
        name = corpus.number.get(slug)
        for mention in corpus.of_name.get(name, ()) if name is not None else ():
            if corpus.ids[corpus.mentions[mention].paper] == paper:
                found[mention] = person
    return found
