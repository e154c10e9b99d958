"""Suggestions for ``authors.yml``: names to split and names to merge. Never applied by itself.

Guessing is left to ``splits`` and ``merges``; how suggestions are written to ``report``.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from generator.catalog.content import Content
from generator.catalog.declined import Memory
from generator.catalog.people import name_slug
from generator.identity import evidence
from generator.identity.corpus import Corpus, claims_of, corpus_of
from generator.identity.detection import Detector, learned
from generator.identity.features import Features
from generator.identity.merges import Merge, candidates, merges
from generator.identity.model import circles, rare_names
from generator.identity.splits import Block, Split, confidences, split
from generator.model import AuthorEntry
from generator.names import CLOSE, likeness, parse_name
from generator.text import clean_name

NAMESAKES = 20_000
"""Names, beside the rare ones and those that are judged, among which people of a part in common are looked for."""
EXAMPLES_OF_A_DAY = 200
"""Rare names that are learned from where only the names of new papers are looked at."""


@dataclass(frozen=True, slots=True)
class Group:
    """Papers on which a name seems to be one person."""

    papers: tuple[str, ...]
    evidence: tuple[str, ...]
    claimed: tuple[str, ...] = ()
    """Ids of entries in ``authors.yml`` that some of the papers belong to already."""


@dataclass(frozen=True, slots=True)
class SplitSuggestion:
    """A name that may be several people."""

    name: str
    confidence: float
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class MergeSuggestion:
    """Names that may be one person's."""

    names: tuple[str, ...]
    confidence: float
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What a curator may want to look at, the surest first."""

    splits: tuple[SplitSuggestion, ...] = ()
    merges: tuple[MergeSuggestion, ...] = ()

    def undeclined(self, declined: Memory) -> "Suggestions":
        """Return those that nobody has declined."""
        return Suggestions(
            tuple(each for each in self.splits if not declined.has_split(each.name)),
            tuple(each for each in self.merges if not declined.has_merge(each.names)),
        )

    def surest(self, most: int | None) -> "Suggestions":
        """Return so many of each kind at most."""
        return Suggestions(self.splits[:most], self.merges[:most])


def suggest(
    content: Content,
    names: Sequence[str] = (),
    least: float = 0.97,
    since: date | None = None,
    most: int | None = None,
    lone: bool = True,
    among: Collection[str] | None = None,
) -> Suggestions:
    """Look for names to split and to merge.

    `names`: only these, each with all its papers in groups, whatever the confidence. `since`: only names on papers that
    were first listed on this day or later. `among`: only names with these slugs. Else all names, from confidence
    `least` on; the `most` surest of each kind; without `lone`, only splits of which two groups have two papers or more.
    """
    room = _Room.of(content)
    if names:
        return room.asked(names)
    touched = None if since is None else room.names_since(since)
    if among is not None:
        touched = {room.corpus.number[slug] for slug in among if slug in room.corpus.number}
    return room.unasked(least, touched, most, lone)


@dataclass(frozen=True)
class _Room:
    """A digest's mentions with what curators have said about them."""

    corpus: Corpus
    claims: Mapping[int, str]
    """Mention -> entry."""
    entered: Mapping[str, tuple[AuthorEntry, ...]]
    """Slug -> entries of that name."""

    @classmethod
    def of(cls, content: Content) -> "_Room":
        corpus = corpus_of(content)
        entries = content.curation.authors.value
        entered: dict[str, tuple[AuthorEntry, ...]] = {}
        for entry in entries:
            for slug in dict.fromkeys(name_slug(clean_name(name)) for name in (entry.name, *entry.also)):
                entered[slug] = (*entered.get(slug, ()), entry)
        return cls(corpus, claims_of(corpus, entries, content.canonical), entered)

    def names_since(self, since: date) -> set[int]:
        """Return the names on papers that were first listed on a day or later."""
        new = {
            paper
            for paper, record in enumerate(self.corpus.records)
            if min((each.date for each in record.listed), default=record.published or date.min) >= since
        }
        return {mention.name for mention in self.corpus.mentions if mention.paper in new}

    def known(self, mentions: Iterable[int]) -> dict[int, str]:
        """Return whose mentions surely are: a claim first, else an ORCID."""
        of_orcid = {entry.orcid: entry.id for entries in self.entered.values() for entry in entries if entry.orcid}
        found = {}
        for mention in mentions:
            orcid = self.corpus.mentions[mention].orcid
            if person := self.claims.get(mention) or (orcid and of_orcid.get(orcid, orcid)):
                found[mention] = person
        return found

    def block(self, name: str, mentions: Sequence[int]) -> Block:
        """Gather what is known about mentions."""
        return Block(name, tuple(mentions), self.known(mentions))

    # Asked --------------------------------------------------------------------------------------------------------

    def asked(self, names: Sequence[str]) -> Suggestions:
        """Group the papers of names that somebody asks about."""
        blocks = [
            self.block(name, sorted(m for number in self.matching(name) for m in self.corpus.of_name[number]))
            for name in dict.fromkeys(names)
        ]
        several = [block for block in blocks if len(block.mentions) > 1]
        of_name: dict[str, Split] = {}
        if several:
            detector = self.learn({self.corpus.mentions[m].name for block in several for m in block.mentions})
            of_name = {each.name: each for each in split(detector, several, confidences(detector, several))}
        whole = [
            of_name.get(block.name) or Split(block.name, 0.0, (block.mentions,) if block.mentions else ())
            for block in blocks
        ]
        return Suggestions(splits=tuple(self.told(each) for each in whole))

    def matching(self, name: str) -> list[int]:
        """Return the names of the corpus that are meant by a name: as written, else written otherwise, else fitting."""
        exact = self.corpus.number.get(name_slug(clean_name(name)))
        if exact is not None:
            return [exact]
        wanted = parse_name(name)
        how = {
            number: found
            for number, written in enumerate(self.corpus.spelled)
            if (found := likeness(wanted, parse_name(written))) is not None
        }
        close = [number for number, found in how.items() if found in CLOSE]
        return close or sorted(how)

    # Unasked ------------------------------------------------------------------------------------------------------

    def unasked(
        self, least: float, touched: set[int] | None, most: int | None = None, lone: bool = True
    ) -> Suggestions:
        """Find what nobody asked about, from a confidence on; `touched` limits the names."""
        corpus = self.corpus
        blocks = [
            self.block(corpus.spelled[name], corpus.of_name[name])
            for name in range(len(corpus.names))
            if (touched is None or name in touched) and self.is_open(name, touched is not None)
        ]
        pairs = candidates(corpus, touched)
        looked_at = {corpus.mentions[block.mentions[0]].name for block in blocks}
        if not blocks and not pairs:
            return Suggestions()
        paired = {name for one, other, _ in pairs for name in (one, other)}
        detector = self.learn(looked_at | paired, None if touched is None else EXAMPLES_OF_A_DAY)
        ranked = sorted(
            (each for each in zip(confidences(detector, blocks), blocks, strict=True) if each[0] >= least),
            key=lambda each: (-each[0], each[1].mentions),
        )
        splits = worth_telling(detector, ranked, most, lone)
        found = merges(detector, pairs, self.persons(), self.orcids())
        return Suggestions(
            splits=tuple(self.told(each) for each in splits),
            merges=tuple(self.told_merge(each) for each in found[:most] if each.confidence >= least),
        )

    def is_open(self, name: int, new: bool) -> bool:
        """Tell whether there is anything to say about a name that curators have not said.

        One entry of a name without papers says that the name is one person. Papers that were left unclaimed beside
        several entries are spoken of only while they are new.
        """
        mentions = self.corpus.of_name[name]
        entries = self.entered.get(self.corpus.names[name], ())
        if len(mentions) < 2 or all(mention in self.claims for mention in mentions):
            return False
        return not entries or (new and len(entries) > 1)

    def persons(self) -> dict[int, str]:
        """Return the names that curators have entered, with the entry."""
        number = self.corpus.number
        return {number[slug]: entries[0].id for slug, entries in self.entered.items() if slug in number}

    def orcids(self) -> dict[int, str]:
        """Return the names of which all that is known is one ORCID."""
        found: dict[int, set[str]] = {}
        for mention in self.corpus.mentions:
            if mention.orcid:
                found.setdefault(mention.name, set()).add(mention.orcid)
        return {name: next(iter(orcids)) for name, orcids in found.items() if len(orcids) == 1}

    # Both ---------------------------------------------------------------------------------------------------------

    def learn(self, names: set[int], most: int | None = None) -> Detector:
        """Learn from the rare names of the digest, at most so many, ready to judge `names`."""
        needed = names | set(rare_names(self.corpus, most)) | set(circles(self.corpus, 2 * most if most else NAMESAKES))
        mentions = sorted(mention for name in needed for mention in self.corpus.of_name[name])
        features = Features(self.corpus, np.array(mentions, dtype=np.intp), quick=most is not None)
        return learned(features, most)

    def told(self, found: Split) -> SplitSuggestion:
        """Write a split with its papers and its evidence."""
        corpus = self.corpus
        groups = []
        for group, said in zip(found.groups, evidence.of_groups(corpus, found.groups), strict=True):
            claimed = sorted({self.claims[mention] for mention in group if mention in self.claims})
            said += tuple(f"claimed for {person} in authors.yml" for person in claimed)
            papers = tuple(dict.fromkeys(corpus.ids[corpus.mentions[mention].paper] for mention in group))
            groups.append(Group(papers, said, tuple(claimed)))
        return SplitSuggestion(found.name, found.confidence, tuple(groups))

    def told_merge(self, found: Merge) -> MergeSuggestion:
        """Write a merge with its evidence."""
        corpus = self.corpus
        one, other = found.names
        said = evidence.of_merge(corpus, corpus.of_name[one], corpus.of_name[other])
        return MergeSuggestion((corpus.spelled[one], corpus.spelled[other]), found.confidence, (f"{found.how}", *said))


def worth_telling(
    detector: Detector, ranked: Sequence[tuple[float, Block]], most: int | None, lone: bool
) -> list[Split]:
    """Group the surest names until `most` splits are found; without `lone`, two groups of each have two papers."""
    found: list[Split] = []
    step = most or max(len(ranked), 1)
    for start in range(0, len(ranked), step):
        sure, blocks = zip(*ranked[start : start + step], strict=True)
        # A lone paper beside a large group is the usual false alarm.
        found += [
            each
            for each in split(detector, blocks, sure)
            if len(each.groups) > 1 and (lone or each.confidence == 1 or len(each.groups[1]) > 1)
        ]
        if len(found) >= step:
            break
    return found[:most]
