"""Makes the days of a catalog: what was listed, what was picked of it, what was passed over."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TypeVar

from generator.catalog.curation import Curation
from generator.catalog.curators import Signatures
from generator.catalog.ranking import rank
from generator.model import Day, Digest, Paper, Passed, Pick
from generator.yamlfile import YamlFile

Entry = TypeVar("Entry", Pick, Passed)


def days_of(
    papers: Mapping[str, Paper], curation: Curation, canonical: Mapping[str, str], signatures: Signatures
) -> dict[date, Day]:
    """Return every day on which papers were listed or a curator wrote, oldest first."""
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
