"""What pages show of papers and people, as hashes, made once for all pages that show it.

Those of papers that are as they were are kept between two builds, in a file that may be lost or damaged.
"""

from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from functools import cached_property
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from generator.catalog.catalog import Catalog
from generator.model import Paper
from generator.sealed import read_sealed, write_sealed
from generator.site.prints.fingerprints import fingerprint, hash_of_bytes, program_hash
from generator.site.shown.cards import COUNTS_SHOWN, Cards
from generator.site.shown.coverage import known_of
from generator.site.shown.scores import Scores

_COUNTS = (*COUNTS_SHOWN, "citations", "citations_from")
"""The counts that a paper's own page shows."""


class _Hashes(Struct, frozen=True, array_like=True):
    """What is shown of one paper, whoever is on it under whatever name: a hash for each thing that shows it."""

    facts: bytes
    """What every page and file of the paper has: its texts, who chose it, where it was listed."""
    words: bytes
    """What the search knows: what was counted and what became of the paper are not in it."""
    shown: bytes
    """What the paper's own page has besides the facts."""
    row: bytes
    """What a list shows: the card without the abstract."""
    card: bytes
    """And with it."""
    people: bytes
    """Who is on the paper, as it spells them."""
    heading: bytes
    """What other papers' pages show: address, title and day."""
    counted: bytes
    """What the statistics count."""
    exported: bytes
    """All that is known of it, what its topics are called, and the program."""


class PaperPrints:
    """What pages show of papers, hashed once for all pages that show it.

    Cost: some 40 microseconds a paper that is new or different, one for any other; nothing more for a person.
    """

    def __init__(self, catalog: Catalog, cards: Cards, scores: Scores, kept: Path | None = None) -> None:
        """`kept` is where the hashes of papers are kept for the next build; None keeps none."""
        self.catalog = catalog
        self.cards = cards
        self.scores = scores
        self._kept = kept
        self._maker = fingerprint(program_hash(), [(topic.id, topic.name) for topic in catalog.topics.values()])
        self._old = _read(kept, self._maker) if kept is not None else {}
        self._used: dict[bytes, _Hashes] = {}

    @cached_property
    def _hashes(self) -> dict[str, _Hashes]:
        """By paper."""
        hash_of, old, found = self.catalog.memory.hash_of, self._old, {}
        for paper in self.catalog.papers.values():
            key = hash_of(paper.id)
            found[paper.id] = self._used[key] = old.get(key) or self._of(paper)
        return found

    def save(self) -> None:
        """Keep the hashes for the next build."""
        if self._kept is not None and self._used.keys() != self._old.keys():
            write_sealed(self._kept, self._maker, msgspec.msgpack.encode(self._used))

    def _of(self, paper: Paper) -> _Hashes:
        bare = replace(
            paper, keywords=(), measured=None, measured_on={}, passed=(), picked_elsewhere=(), corrections=()
        )
        facts = fingerprint(bare, list(paper.links))  # a fingerprint knows no order of keys, the page shows one
        counted = [(name, getattr(paper.measured, name, None), paper.measured_on.get(name)) for name in _COUNTS]
        row = fingerprint(self.cards.made_from(paper))
        return _Hashes(
            facts=facts,
            words=fingerprint(facts, paper.keywords),
            shown=fingerprint(paper.passed, paper.picked_elsewhere, paper.corrections, counted),
            row=row,
            card=fingerprint(row, paper.abstract),
            people=fingerprint([(mention.name, mention.person) for mention in paper.authors]),
            heading=fingerprint(paper.address, paper.title, paper.day),
            counted=fingerprint(paper.day, paper.primary_category, paper.topics, known_of(paper)),
            exported=hash_of_bytes(
                program_hash(), self.catalog.memory.hash_of(paper.id), self._topic_names[paper.topics]
            ),
        )

    def words(self, paper_id: str) -> bytes:
        """Return the hash of what the search knows of a paper."""
        return self._hashes[paper_id].words

    def names(self, paper_id: str) -> bytes:
        """Return the hash of what people on a paper and its topics are called where the paper does not say it."""
        return self._names[paper_id]

    @cached_property
    def _names(self) -> dict[str, bytes]:
        names = {paper.id: self._topic_names[paper.topics] for paper in self.catalog.papers.values()}
        return names | {paper: fingerprint(names[paper], renamed) for paper, renamed in self._renamed.items()}

    @cached_property
    def _topic_names(self) -> dict[tuple[str, ...], bytes]:
        """By the topics of a paper: the hash of what they are called."""
        topics = self.catalog.topics
        return {
            some: fingerprint([topics[topic].name for topic in some if topic in topics])
            for some in {paper.topics for paper in self.catalog.papers.values()}
        }

    @cached_property
    def _renamed(self) -> dict[str, list[tuple[str, str]]]:
        """By paper: (person, name) of people on it who are spelled otherwise there than on their own pages."""
        people, papers = self.catalog.people, self.catalog.papers
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for person in sorted(people.varied):
            name = people.name_of(person)
            for paper in people.papers_of(person):
                if any(one.person == person and one.name != name for one in papers[paper].authors):
                    found[paper].append((person, name))
        return found

    def paper(self, paper_id: str) -> bytes:
        """Return what all is made from that any page shows of a paper."""
        hashes = self._hashes[paper_id]
        return hashes.facts + hashes.shown + self.names(paper_id)

    @cached_property
    def headings(self) -> dict[str, bytes]:
        """By paper: the hash of what the pages of other papers show of it."""
        return {paper: hashes.heading for paper, hashes in self._hashes.items()}

    @cached_property
    def exported(self) -> dict[str, bytes]:
        """By paper: the hash of all that is known of it, and of the program; its four files and many lists have it."""
        found = {paper: hashes.exported for paper, hashes in self._hashes.items()}
        return found | {paper: hash_of_bytes(found[paper], self._names[paper]) for paper in self._renamed}

    @cached_property
    def of_everyone(self) -> bytes:
        """The hash of all that is known of people: who is on which paper of which day, under what name, and what was
        entered.
        """
        people, papers, hashes, names = self.catalog.people, self.catalog.papers, self._hashes, self._names
        entered = [people[person] for person in sorted(people.known_more_of)]
        named = b"".join([hashes[paper].people + names[paper] for paper in papers])
        days = [(paper.id, paper.day) for paper in papers.values()]
        return fingerprint(days, named, people.other_names, entered)

    def listed(self, paper_id: str) -> bytes:
        """Return what a page is made from that lists a paper and counts its people, topics and dates."""
        hashes = self._hashes[paper_id]
        return hashes.row + hashes.people + self.names(paper_id)

    def row(self, paper_id: str) -> bytes:
        """Return the hash of what a list shows of a paper: its card without the abstract."""
        return self._hashes[paper_id].row

    def cards_of(self, paper_ids: Iterable[str]) -> bytes:
        """Return the hashes of papers' full cards, one after the other."""
        return b"".join(self._hashes[paper].card for paper in paper_ids)

    @cached_property
    def all_counted(self) -> bytes:
        """The hash of what the statistics count of all papers."""
        return hash_of_bytes(*(hashes.counted for hashes in self._hashes.values()))

    def rows(self, paper_ids: Iterable[str]) -> bytes:
        """Return the hashes of papers' cards, one after the other."""
        return b"".join(self._hashes[paper].row for paper in paper_ids)


def _read(path: Path, maker: bytes) -> dict[bytes, _Hashes]:
    body = read_sealed(path, maker)
    if body is not None:
        with suppress(msgspec.MsgspecError):
            return msgspec.msgpack.decode(body, type=dict[bytes, _Hashes])
    return {}
