"""Makes the papers of a catalog: what people said laid over the records, corrections made, texts understood.

A paper that was made from the same before is taken from the memory; what a memory is, is left to ``memory``.
"""

from collections import defaultdict
from datetime import date

from msgspec.structs import replace

from generator.catalog.content import BY_HAND, Content
from generator.catalog.corrections import corrected, said
from generator.catalog.curators import Signatures
from generator.catalog.elsewhere import Elsewhere
from generator.catalog.memory import Memory, Remembered, hash_of
from generator.catalog.people import People, Signed
from generator.catalog.ranking import newest_first
from generator.ids import build_address, parse_dois
from generator.model import Choice, Corrected, Correction, HandPaper, Measurement, Paper


class Voices:
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

    def corrections_by(self, paper: str) -> list[tuple[Correction, tuple[str | None, str | None]]]:
        """Return a paper's corrections, each with the name and the id of whoever signed it."""
        return [(entry, self.signatures.of(entry.by)) for entry in self.corrections.get(paper, ())]


class MadeFrom:
    """Tells what papers are made from beside what is every paper's, without making them.

    Cost: a look-up for a paper of which one record is all that there is, which most are.
    """

    def __init__(self, content: Content, voices: Voices) -> None:
        self._content, self._voices = content, voices
        self._by_hand: dict[str, list[HandPaper]] = defaultdict(list)
        for entry in (entry for file in content.curation.papers for entry in file.value):
            self._by_hand[entry.id].append(entry)
        self._said = voices.choices.keys() | voices.passed.keys() | voices.corrections.keys()

    def of(self, paper: str) -> bytes | None:
        """Return the hash of what a paper is made from; None for a record of a file that has problems."""
        aliases, places, sound = (
            self._content.aliases.get(paper, ()),
            self._content.store.places,
            self._content.store.sound,
        )
        if not aliases and paper not in self._said and paper not in self._by_hand:
            facts = sound.get(places[paper][0])
            return facts.hash if facts else None
        names = (paper, *aliases)
        files = [sound.get(places[name][0]) for name in names if name in places]
        hashes = [facts.hash for facts in files if facts is not None]
        if len(hashes) < len(files):
            return None
        voices = self._voices
        said = voices.choices.get(paper), voices.passed.get(paper), voices.corrections_by(paper)
        return hash_of(names, hashes, said, [self._by_hand.get(name) for name in names])


class Draft:
    """A paper before its people are known: the records merged and corrected, and what they come to."""

    __slots__ = ("corrections", "day", "id", "made_from", "reading", "record", "texts", "title")

    def __init__(self, paper: str, made_from: bytes | None, content: Content, voices: Voices, memory: Memory) -> None:
        record = content.merged(paper)
        self.made_from = made_from
        self.corrections: list[Corrected] = []
        for correction, (by, by_id) in voices.corrections_by(paper):
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
        self.texts = hash_of(record)
        self.reading = memory.reading(paper, record, self.texts)
        self.title = self.reading.title or paper
        self.day = min(days, default=record.published or date.min)


class Papers:
    """Makes papers one at a time, newest first, as the site shows them; remembers them, and who is on them."""

    def __init__(self, content: Content, voices: Voices, people: People, elsewhere: Elsewhere, memory: Memory) -> None:
        self._content, self._voices, self._people, self._elsewhere = content, voices, people, elsewhere
        self._memory = memory
        self._made_from = MadeFrom(content, voices)
        self._topics = frozenset(entry.id for entry in content.curation.topics.value)

    def drafts(self) -> list[Draft | Remembered]:
        """Return all papers, newest day first, as far as they are understood before their people are known."""
        canonical, memory = self._content.canonical, self._memory
        found: list[Draft | Remembered] = []
        for paper in self._content.records:
            if paper not in canonical:
                made_from = self._made_from.of(paper)
                known = memory.paper(paper, made_from)
                found.append(known or Draft(paper, made_from, self._content, self._voices, memory))
        found.sort(key=_newest_first)
        return found

    def make(self, draft: Draft | Remembered) -> Paper:
        """Return a paper, with the people on it and what was counted of it."""
        if isinstance(draft, Remembered):
            self._people.recall(draft.paper, draft.orcids, draft.joined)
            measured, measured_on = self._counted(draft.paper.id, draft.paper.aliases)
            if measured == draft.paper.measured and measured_on == draft.paper.measured_on:
                return draft.paper
            paper = replace(draft.paper, measured=measured, measured_on=measured_on)
            self._memory.keep(replace(draft, paper=paper, hash=_hash(paper)))
            return paper
        paper, signed = self._assembled(draft)
        ruled = draft.reading.topics
        self._memory.keep(
            Remembered(
                made_from=draft.made_from,
                texts=draft.texts,
                ruled=None if paper.topics == ruled else ruled,
                paper=paper,
                hash=_hash(paper),
                orcids=tuple(signed.orcids),
                joined=tuple(signed.joined),
            )
        )
        return paper

    def _counted(self, paper: str, aliases: tuple[str, ...]) -> tuple[Measurement | None, dict[str, date]]:
        return self._content.metrics.newest_of((paper, *aliases))

    def _assembled(self, draft: Draft) -> tuple[Paper, Signed]:
        paper, record, reading = draft.id, draft.record, draft.reading
        aliases = self._content.aliases.get(paper, ())
        choices = tuple(self._voices.choices.get(paper, ()))
        chosen = {topic for choice in choices for topic in choice.pick.topics if topic in self._topics}
        dois = parse_dois(record.doi) if record.doi else ()
        measured, measured_on = self._counted(paper, aliases)
        mentions, signed = self._people.resolve(
            paper,
            ((author.name, author.affiliation) for author in record.authors),
            {place: author.orcid for place, author in enumerate(record.authors) if author.orcid},
        )
        made = Paper(
            id=paper,
            address=build_address(paper),
            title=draft.title,
            title_tex=reading.title_tex,
            day=draft.day,
            aliases=aliases,
            origin=_origin(self._content, paper, aliases),
            authors=mentions,
            abstract=reading.abstract,
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
            passed=tuple(self._voices.passed.get(paper, ())),
            picked_elsewhere=self._elsewhere.picks(record) if record.picked else (),
            corrections=tuple(draft.corrections),
            measured=measured,
            measured_on=measured_on,
            by_hand=all(listing.source == BY_HAND for listing in record.listed) and bool(record.listed),
        )
        return made, signed


def _newest_first(draft: Draft | Remembered) -> tuple[int, str, str]:
    return newest_first(draft.paper if isinstance(draft, Remembered) else draft)


def _hash(paper: Paper) -> bytes:
    return hash_of(paper, list(paper.links))  # which stand on the page in their order


def _origin(content: Content, paper: str, aliases: tuple[str, ...]) -> str | None:
    def first_listed(known: str) -> date:
        return min((listing.date for listing in content.records[known].listed), default=date.max)

    known = [paper, *(other for other in aliases if other in content.records)]
    origin = min(known, key=first_listed)  # of those listed on one day, the paper's own
    return origin if origin != paper else None
