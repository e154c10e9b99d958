"""What pages show of people, as hashes, and the lists that all of them are gone through for: kept between two builds.

Most changes leave everybody on the same papers under the same name: then nothing here is gone through again. What the
pages show is ``pages.authors``'s.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cached_property
from pathlib import Path

import msgspec
from msgspec import Struct

from generator.sealed import read_sealed, write_sealed
from generator.site.page import most_frequent
from generator.site.prints.fingerprints import SIZE, fingerprint, hash_of_bytes, program_hash
from generator.site.prints.papers import PaperPrints

MOST_LISTED_SHOWN = 40
Listed = tuple[str, str, int]
"""A person's id and name, and how many papers there are."""
_ALL_BITS = (1 << 8 * SIZE) - 1


class Letter(Struct, frozen=True, array_like=True):
    """One of the lists from A to Z."""

    letter: str
    """``other`` for what begins with none."""
    people: int
    made_from: bytes
    """A hash of who stands there."""


class _Kept(Struct, array_like=True):
    everyone: bytes = b""
    """Who is on which paper under what name, of which day: what follows from that alone stands below."""
    fed: tuple[str, ...] = ()
    letters: tuple[Letter, ...] = ()
    most: tuple[Listed, ...] = ()
    around: bytes = b""
    """What all pages of people are made from."""
    papers: bytes = b""
    """A hash of what the pages show of each paper, in the order of all papers."""
    pages: bytes = b""
    """A hash of each page, in the order of all people."""


class PeoplePrints:
    """What pages show of people.

    Cost: some 10 microseconds a person where somebody's name or papers changed, a fraction of one where nobody's did.
    """

    def __init__(self, prints: PaperPrints, kept: Path | None = None) -> None:
        """`kept` is where the hashes are kept for the next build; None keeps none."""
        self.catalog, self._prints, self._path = prints.catalog, prints, kept
        self._old = _read(kept) if kept is not None else _Kept()
        self._new = _Kept()

    def save(self) -> None:
        """Keep the hashes for the next build."""
        if self._path is not None and self._new != self._old:
            write_sealed(self._path, program_hash(), msgspec.msgpack.encode(self._new))

    @cached_property
    def _kept(self) -> _Kept:
        """What follows from who is on which paper: as it was, if that is, else gone through anew."""
        catalog, enough = self.catalog, self.catalog.config.feeds.author_papers
        everyone = fingerprint(self._prints.of_everyone, enough, sorted(catalog.fed_people))
        new, old = self._new, self._old
        new.everyone = everyone
        if everyone == old.everyone:
            new.fed, new.letters, new.most = old.fed, old.letters, old.most
            return new
        fed, listed, groups = catalog.fed_people, self._listed, self.by_letter
        new.fed = tuple(person for person, _, papers in listed if papers >= enough or person in fed)
        index = sorted(groups, key=_letter_order)
        # Each stands by a key that follows from the name, and so in an order that follows from who they are.
        hashes = (fingerprint(index, [one for _, one in groups[letter]]) for letter in index)
        new.letters = tuple(Letter(letter, len(groups[letter]), its) for letter, its in zip(index, hashes, strict=True))
        most = most_frequent(Counter({person: papers for person, _, papers in listed}), MOST_LISTED_SHOWN)
        new.most = tuple((person, catalog.people.name_of(person), papers) for person, papers in most)
        return new

    @cached_property
    def _listed(self) -> list[Listed]:
        return [(person, name, len(papers)) for person, name, papers in self.catalog.people.names_and_papers()]

    @cached_property
    def by_letter(self) -> dict[str, list[tuple[tuple[str, str], Listed]]]:
        """By the first letter of the family name, who stands in the lists from A to Z, with the name's key there."""
        keys = self.catalog.memory.sort_keys
        letters: dict[str, list[tuple[tuple[str, str], Listed]]] = defaultdict(list)
        for one in self._listed:
            key = keys[one[1]]
            first = key[0][:1]
            letters[first if "a" <= first <= "z" else "other"].append((key, one))
        return letters

    @cached_property
    def with_feed(self) -> dict[str, None]:
        """Who has papers enough for a feed, or had them when it was published: in the order of all people."""
        return dict.fromkeys(self._kept.fed)

    @property
    def everyone(self) -> bytes:
        """The hash of who is on which paper of which day, under what name."""
        return self._kept.everyone

    @property
    def letters(self) -> tuple[Letter, ...]:
        """The lists from A to Z."""
        return self._kept.letters

    @property
    def most_listed(self) -> tuple[Listed, ...]:
        """Who is on most papers, those first."""
        return self._kept.most

    def pages(self, around: bytes, entered: Callable[[str], object]) -> dict[str, bytes]:
        """Return by everyone's id, in the order of all people, a hash of what the person's page is made from.

        Args:
            around: what all of these pages are made from.
            entered: gives what is shown of a person about whom somebody has said something, beside the papers.
        """
        kept, old, people, fed = self._kept, self._old, self.catalog.people, self.with_feed
        papers = [_hash_of_shown(self._prints, paper) for paper in self.catalog.papers]
        kept.around, kept.papers = around, b"".join(papers)
        plain, told_of = int.from_bytes(around), people.known_more_of

        def page(person: str, papers: int) -> bytes:
            # One more for a feed: who has one depends on more than the papers.
            papers += person in fed
            if person in told_of:
                return fingerprint(around, str(papers), entered(person))
            return ((plain + papers) & _ALL_BITS).to_bytes(SIZE)

        numbers = dict(zip(self.catalog.papers, map(int.from_bytes, papers), strict=True))
        if (kept.everyone, around) != (old.everyone, old.around):
            sums = self._sums(numbers)
            found = {person: page(person, sums.get(person, 0)) for person in people}
        else:
            found = dict(zip(people, _cut(old.pages), strict=True))
            again = set(told_of)
            for paper, now, before in zip(self.catalog.papers, papers, _cut(old.papers), strict=True):
                if now != before:
                    again.update(mention.person for mention in self.catalog.papers[paper].authors)
            found |= {person: page(person, sum(map(numbers.__getitem__, people.papers_of(person)))) for person in again}
        kept.pages = b"".join(found.values())
        return found

    def _sums(self, numbers: dict[str, int]) -> dict[str, int]:
        """Sum up, by person, the hashes of what the pages show of the person's papers.

        A sum, because it takes a few additions a paper where a hash a person would take a tenth of a second; which
        papers they are says in which order they stand.
        """
        sums: dict[str, int] = defaultdict(int)
        for paper_id, paper in self.catalog.papers.items():
            number = numbers[paper_id]
            for person in {mention.person for mention in paper.authors}:
                sums[person] += number
        return sums


def _hash_of_shown(prints: PaperPrints, paper_id: str) -> bytes:
    """Hash all that the page of a paper's author shows of the paper."""
    paper, (points, novelty) = prints.catalog.papers[paper_id], prints.scores.brief[paper_id]
    counted = paper.measured
    cited = (counted.citations, counted.citations_from) if counted else (None, None)
    figures = f"{points} {novelty} {cited} {paper.measured_on.get('citations')}"
    return hash_of_bytes(prints.listed(paper_id), figures.encode())


def _cut(hashes: bytes) -> Iterator[bytes]:
    return (hashes[start : start + SIZE] for start in range(0, len(hashes), SIZE))


def _letter_order(letter: str) -> tuple[bool, str]:
    return (len(letter) > 1, letter)


def _read(path: Path) -> _Kept:
    body = read_sealed(path, program_hash())
    if body is not None:
        with suppress(msgspec.MsgspecError):
            return msgspec.msgpack.decode(body, type=_Kept)
    return _Kept()
