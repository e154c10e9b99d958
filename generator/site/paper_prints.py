"""What pages show of papers and people, as hashes, made once for all pages that show it."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

from msgspec.structs import replace

from generator.catalog.catalog import Catalog
from generator.model import Paper
from generator.site.cards import COUNTS_SHOWN, Cards
from generator.site.fingerprints import fingerprint, hash_of_bytes, program_hash
from generator.site.scores import Scores

_COUNTS = (*COUNTS_SHOWN, "citations", "citations_from")
"""The counts that a paper's own page shows."""


class PaperPrints:
    """What pages show of papers, hashed once for all pages that show it.

    Cost: some 40 microseconds a paper; nothing more for a person.
    """

    def __init__(self, catalog: Catalog, cards: Cards, scores: Scores) -> None:
        self.catalog = catalog
        self.cards = cards
        self.scores = scores
        self._of_facts: dict[str, bytes] = {}
        self._names: dict[str, bytes] = {}
        self._rows: dict[str, bytes] = {}

    def _facts(self, paper_id: str) -> bytes:
        """Return the hash of what every page and file of a paper has: its texts, who chose it, where it was listed."""
        known = self._of_facts.get(paper_id)
        if known is None:
            paper = self.catalog.papers[paper_id]
            bare = replace(
                paper, keywords=(), measured=None, measured_on={}, passed=(), picked_elsewhere=(), corrections=()
            )
            known = self._of_facts[paper_id] = fingerprint(bare)
        return known

    def words(self, paper_id: str) -> bytes:
        """Return what the search knows of a paper: what was counted and what became of it are not in it."""
        keywords = self.catalog.papers[paper_id].keywords
        return self._facts(paper_id) + (fingerprint(keywords) if keywords else b"")

    def names(self, paper_id: str) -> bytes:
        """Return the hash of who is on a paper, under the names of their pages, and what its topics are called."""
        known = self._names.get(paper_id)
        if known is None:
            paper, name_of = self.catalog.papers[paper_id], self.catalog.people.name_of
            people = [(one.person, name_of(one.person)) for one in paper.authors]
            known = self._names[paper_id] = fingerprint(people, self._topic_names(paper))
        return known

    def paper(self, paper_id: str) -> bytes:
        """Return the hash of all that any page shows of a paper."""
        paper = self.catalog.papers[paper_id]
        seen = [(name, getattr(paper.measured, name, None), paper.measured_on.get(name)) for name in _COUNTS]
        said = (paper.passed, paper.picked_elsewhere, paper.corrections)
        return fingerprint(self._facts(paper_id), self.names(paper_id), said, seen)

    def whole(self, paper_id: str) -> bytes:
        """Return the hash of all that is known of a paper: feeds and data hold more than a page shows."""
        paper = self.catalog.papers[paper_id]
        said = (paper.keywords, paper.passed, paper.picked_elsewhere, paper.corrections)
        return fingerprint(self._facts(paper_id), self.names(paper_id), said, paper.measured, paper.measured_on)

    @cached_property
    def exported(self) -> dict[str, bytes]:
        """By paper: the hash of all that is known of it, and of the program; its four files and many lists have it."""
        return {paper: hash_of_bytes(program_hash(), self.whole(paper)) for paper in self.catalog.papers}

    @cached_property
    def of_everyone(self) -> bytes:
        """The hash of all that is known of people: who is on which paper under what name, and what was entered."""
        people, papers = self.catalog.people, self.catalog.papers
        entered = [people[person] for person in people if not people.is_plain(person)]
        return fingerprint(list(papers), b"".join(map(self.names, papers)), people.other_names, entered)

    def _topic_names(self, paper: Paper) -> list[str]:
        return [self.catalog.topics[topic].name for topic in paper.topics if topic in self.catalog.topics]

    def listed(self, paper_id: str) -> bytes:
        """Return what a page is made from that lists a paper and counts its people, topics and dates."""
        return self.row(paper_id) + self.names(paper_id)

    def row(self, paper_id: str) -> bytes:
        """Return the hash of what a list shows of a paper: its card without the abstract."""
        known = self._rows.get(paper_id)
        if known is None:
            known = self._rows[paper_id] = fingerprint(self.cards.made_from(self.catalog.papers[paper_id]))
        return known

    def cards_of(self, paper_ids: Iterable[str]) -> list[object]:
        """Return what the full cards of papers are made from."""
        papers = self.catalog.papers
        return [(self.row(paper), papers[paper].abstract) for paper in paper_ids]

    def rows(self, paper_ids: Iterable[str]) -> bytes:
        """Return the hashes of papers' cards, one after the other."""
        return b"".join(map(self.row, paper_ids))

    @cached_property
    def of_people(self) -> dict[str, int]:
        """By person: the sum of the hashes of all that the pages show of the person's papers, modulo 2^128.

        A sum, because it takes a few additions a paper where a hash a person would take a tenth of a second; which
        papers they are says in which order they stand.
        """
        sums: dict[str, int] = defaultdict(int)
        for paper_id, paper in self.catalog.papers.items():
            cited = [getattr(paper.measured, name, None) for name in ("citations", "citations_from")]
            scored = (*self.scores.brief(paper_id), cited, paper.measured_on.get("citations"))
            number = int.from_bytes(fingerprint(self.listed(paper_id), scored))
            for person in {mention.person for mention in paper.authors}:
                sums[person] += number
        return sums
