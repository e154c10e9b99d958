"""Scores, novelty and similar papers as pages show them, with the arithmetic in words and figures.

What they are is ``catalog.ranking``'s and ``catalog.similar``'s.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cached_property

from generator.catalog import ranking
from generator.catalog.catalog import Catalog
from generator.catalog.profiles import counted_at, label_of
from generator.catalog.similar import Likeness
from generator.model import Paper, Person, Standing
from generator.site.page import Context

_LABELS = {
    "pick": "Picked",
    "highlight": "Highlight",
    "upvotes": "Upvotes",
    "code": "Code",
    "citations": "Citations",
    "novelty": "Novelty",
    "elsewhere": "Picked elsewhere",
}
_COUNTED = ("upvotes", "citations")


class Scores:
    """The scores of a catalog's papers and people, each computed once."""

    def __init__(self, catalog: Catalog, likenesses: Callable[[], Mapping[str, Likeness]] = dict) -> None:
        """`likenesses` finds which papers are alike; it is called once, when the first is asked for."""
        self.catalog = catalog
        self._find = likenesses
        self._settings = catalog.config.ranking
        self._scores: dict[ranking.Facts | None, ranking.Score | None] = {}
        """Most papers share theirs with others: few were counted."""

    def of(self, paper: Paper) -> ranking.Score | None:
        """Return a paper's score."""
        known = ranking.facts(paper, self.like(paper.id).novelty)
        if known not in self._scores:
            self._scores[known] = ranking.score(known, self._settings)
        return self._scores[known]

    def points(self, paper: Paper) -> int | None:
        """Return a paper's score in tenths."""
        found = self.of(paper)
        return None if found is None else found.points

    @cached_property
    def _likenesses(self) -> Mapping[str, Likeness]:
        return self._find()

    def like(self, paper: str) -> Likeness:
        """Return what a paper is like, by its id."""
        return self._likenesses.get(paper, _UNKNOWN)

    @cached_property
    def brief(self) -> dict[str, tuple[int | None, int | None]]:
        """By paper: the score in tenths and the novelty."""
        return {paper.id: (self.points(paper), self.like(paper.id).novelty) for paper in self.catalog.papers.values()}

    def shown(self, paper: Paper) -> str | None:
        """Write a paper's score: ``63.3``."""
        points = self.points(paper)
        return None if points is None else in_tenths(points)

    def trending(self, papers: Iterable[Paper], newest: date) -> list[Paper]:
        """Order papers by score with decay as of `newest`."""
        return ranking.trending(papers, lambda paper: self.points(paper) or 0, newest, self._settings)

    def trend(self, paper: Paper, newest: date) -> str:
        """Write what is left of a paper's score as of `newest`: ``31.6``."""
        return in_tenths(round(ranking.trend(self.points(paper) or 0, paper.day, newest, self._settings)))

    def paper_context(self, paper: Paper) -> Context:
        """Return what a paper's page shows: the similar ones, the novelty, the score and its parts."""
        like, found = self.like(paper.id), self.of(paper)
        papers = self.catalog.papers
        similar = [papers[other] for other, _ in like.similar if other in papers]
        nearest = papers.get(like.nearest or "")
        return {
            "similar": [(other.address, other.title, other.day) for other in similar],
            "novelty": like.novelty,
            "nearest": (nearest.address, nearest.title) if nearest and like.novelty is not None else None,
            "score": None if found is None else in_tenths(found.points),
            "score_parts": self._rows(paper, found) if found else [],
        }

    def _rows(self, paper: Paper, found: ranking.Score) -> list[Context]:
        """Return a row a part that has weight: label, what is known, the sum, the points."""
        return [
            {
                "label": _LABELS[part.name],
                "known": _known(part),
                "as_of": paper.measured_on.get(part.name) if part.name in _COUNTED and part.known else None,
                "by": _counted_by(paper) if part.name == "citations" and part.known else None,
                "sum": _sum(part, found),
                "points": in_tenths(part.points),
            }
            for part in found.parts
            if part.weight
        ]

    def person_context(self, person: Person) -> Context | None:
        """Return the figures of a person's page; None where several people share the page."""
        if person.standing is Standing.AMBIGUOUS or not person.papers:
            return None
        papers = [self.catalog.papers[paper] for paper in person.papers]
        certain = person.standing is Standing.VERIFIED
        points, novelties = zip(*map(self.brief.__getitem__, person.papers), strict=True)
        found = ranking.figures(papers, novelties, points, certain=certain)
        return {
            "novelty": found.novelty,
            "score": None if found.score is None else in_tenths(found.score),
            "citations": found.citations,
            "h_index": found.h_index,
            "measured": found.measured,
            "as_of": found.as_of,
            "by": [label_of(service) for service in found.counted_by],
            "papers": len(papers),
        }

    @staticmethod
    def elsewhere_context(person: Person) -> Context | None:
        """Return what a service counted of all of a person's work; None where it is not certain who the person is."""
        counted = person.measured
        if counted is None or person.standing is not Standing.VERIFIED:
            return None
        numbers = {"h-index": counted.h_index, "citations": counted.citations, "papers": counted.papers}
        label, address = counted_at(counted.profile)
        return {
            "by": label,
            "address": address,
            "as_of": counted.as_of,
            "counts": [(name, number) for name, number in numbers.items() if number is not None],
        }

    def explained(self) -> Context:
        """Return what the page on how scores work shows: the parts and their weights, and the other settings."""
        settings = self._settings
        weights = [(label, getattr(settings, name)) for name, label in _LABELS.items()]
        whole = sum(weight for _, weight in weights)
        return {
            "weights": [(label, in_tenths(_share(weight, whole))) for label, weight in weights if weight],
            "upvotes_half": settings.upvotes_half,
            "citations_half": settings.citations_half,
            "trending_days": settings.trending_days,
        }


_UNKNOWN = Likeness()


def _counted_by(paper: Paper) -> str | None:
    service = paper.measured.citations_from if paper.measured else None
    return label_of(service) if service else None


def _share(weight: int, whole: int) -> int:
    return (2 * ranking.TENTHS * weight + whole) // (2 * whole)


def in_tenths(points: int) -> str:
    """Write tenths as a decimal: 633 is ``63.3``."""
    return f"{points // 10}.{points % 10}"


def _known(part: ranking.Part) -> str:
    if not part.known:
        return "not known"
    if part.name in _COUNTED:
        return f"{part.have:,}"
    return f"{part.have} %" if part.name == "novelty" else ("yes" if part.have else "no")


def _sum(part: ranking.Part, found: ranking.Score) -> str:
    """Write how the points come about: ``25 × 12 / (12 + 30)``."""
    if not part.known:
        return ""
    whole = sum(other.weight for other in found.parts)
    weight = part.weight if whole == 100 else in_tenths(_share(part.weight, whole))
    if part.name in _COUNTED:
        return f"{weight} × {part.have:,} / ({part.have:,} + {part.of - part.have:,})"
    return f"{weight} × {part.have} / 100" if part.name == "novelty" else f"{weight} × {part.have}"
