"""Makes the papers of a catalog: what people said laid over the records, corrections made, texts understood."""

from collections import defaultdict
from datetime import date

from generator.catalog.content import BY_HAND, Content
from generator.catalog.corrections import corrected, said
from generator.catalog.curators import Signatures
from generator.catalog.elsewhere import Elsewhere
from generator.catalog.memory import Memory, Reading
from generator.catalog.people import People
from generator.ids import build_address, parse_dois
from generator.model import Choice, Corrected, Correction, Paper


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


class Draft:
    """A paper before its people are known: the records merged and corrected, and what they come to."""

    __slots__ = ("corrections", "day", "id", "reading", "record", "title")

    def __init__(self, paper: str, content: Content, voices: Voices, memory: Memory) -> None:
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


def paper_of(
    draft: Draft, content: Content, voices: Voices, topics: frozenset[str], people: People, elsewhere: Elsewhere
) -> Paper:
    """Return a paper as the site shows it; `topics` are the ids of all there are."""
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
