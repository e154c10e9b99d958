"""In which order papers stand that no curator has ordered, and what a paper's and a person's scores are.

Scores are in tenths, whole numbers that add up as they are shown. Showing them is left to the site.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import NamedTuple, Protocol

from generator.config import RankingSettings
from generator.model import Frozen, Paper

TENTHS = 1000
"""A whole score: 100.0."""


def rank(papers: Iterable[Paper]) -> list[Paper]:
    """Order a day's papers: most upvotes first, then those with code, then those that more sources listed.

    What decides between equals is the title, so that the order never depends on how the papers came in.
    """
    return sorted(papers, key=_standing_of)


def _standing_of(paper: Paper) -> tuple[int, bool, int, str, str]:
    upvotes = (paper.measured.upvotes or 0) if paper.measured else 0
    sources = len({listing.source for listing in paper.listed})
    return (-upvotes, "code" not in paper.links, -sources, paper.title.casefold(), paper.id)


class Dated(Protocol):
    """Anything that stands in a list of papers: a paper, or what will be one."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def title(self) -> str: ...  # noqa: D102
    @property
    def day(self) -> date: ...  # noqa: D102


def newest_first(paper: Dated) -> tuple[int, str, str]:
    """Return the sort key of papers: newest day first, within a day by title."""
    return (-paper.day.toordinal(), paper.title.casefold(), paper.id)


# Scores ---------------------------------------------------------------------------------------------------------------


class Part(Frozen, frozen=True):
    """One part of a score: ``weight * have / of``, scaled."""

    name: str
    """A key of ``RankingSettings``: ``upvotes``."""
    weight: int
    have: int
    """Of 12 upvotes: 12."""
    of: int
    """Where 30 upvotes give half: 12 + 30."""
    known: bool
    """Whether anyone has counted; what is unknown gives no points."""
    points: int
    """Tenths."""


class Score(Frozen, frozen=True):
    """A paper's score and how it came about."""

    points: int
    """Tenths; the sum of the parts'."""
    parts: tuple[Part, ...]


class Facts(NamedTuple):
    """What a paper's score follows from, by the name of its part; None is not known."""

    pick: bool
    highlight: bool
    upvotes: int | None
    code: bool
    citations: int | None
    novelty: int | None
    """Per cent."""
    elsewhere: bool


def facts(paper: Paper, novelty: int | None) -> Facts | None:
    """Return what the score of a paper of a novelty in per cent follows from; None for a withdrawn one."""
    if paper.withdrawn:
        return None
    counted = paper.measured
    return Facts(
        pick=bool(paper.choices),
        highlight=paper.highlight,
        upvotes=counted.upvotes if counted else None,
        code="code" in paper.links,
        citations=counted.citations if counted else None,
        novelty=novelty,
        elsewhere=bool(paper.picked_elsewhere),
    )


def score(known: Facts | None, settings: RankingSettings) -> Score | None:
    """Return the score that follows from some facts; None for a withdrawn paper, and where nothing has weight."""
    if known is None or not (whole := sum(getattr(settings, name) for name in Facts._fields)):
        return None
    of = {
        "upvotes": max(0, known.upvotes or 0) + settings.upvotes_half,
        "citations": max(0, known.citations or 0) + settings.citations_half,
        "novelty": 100,
    }
    parts = []
    left = TENTHS
    for name, have in known._asdict().items():
        weight, number, full = getattr(settings, name), max(0, int(have or 0)), of.get(name, 1)
        points = min(
            left, (2 * TENTHS * weight * number + full * whole) // (2 * full * whole)
        )  # rounded to the nearest
        left -= points
        parts.append(Part(name=name, weight=weight, have=number, of=full, known=have is not None, points=points))
    return Score(points=TENTHS - left, parts=tuple(parts))


def trend(points: int, day: date, newest: date, settings: RankingSettings) -> float:
    """Return what is left of `points` as of `newest`: half after every ``trending_days``."""
    return points / 2 ** (max(0, (newest - day).days) / settings.trending_days)


def trending(
    papers: Iterable[Paper], points: Callable[[Paper], int], newest: date, settings: RankingSettings
) -> list[Paper]:
    """Order papers by their points, halved for every ``trending_days`` that they are older than `newest`."""

    def key(paper: Paper) -> tuple[float, int, str, str]:
        return (-trend(points(paper), paper.day, newest, settings), *newest_first(paper))

    return sorted(papers, key=key)


# People ---------------------------------------------------------------------------------------------------------------


class Figures(Frozen, frozen=True):
    """What the papers of a person that are listed here come to."""

    novelty: int | None = None
    """Per cent: the mean of the papers whose novelty is known, rounded."""
    score: int | None = None
    """Tenths: the mean of the papers that have a score, rounded."""
    citations: int | None = None
    h_index: int | None = None
    """So many of the papers here have as many citations each."""
    measured: int = 0
    """Papers whose citations were counted."""
    as_of: date | None = None
    """The oldest count among them."""
    counted_by: tuple[str, ...] = ()
    """The services that counted, as far as is known."""


def figures(
    papers: Iterable[Paper], novelties: Iterable[int | None], points: Iterable[int | None], *, certain: bool
) -> Figures:
    """Sum up the papers of a person; citations only where it is `certain` that they are one person's."""
    counted = list(_counts(papers)) if certain else []
    citations = [number for number, _, _ in counted]
    return Figures(
        novelty=_mean(novelties),
        score=_mean(points),
        citations=sum(citations) if counted else None,
        h_index=h_index(citations) if counted else None,
        measured=len(counted),
        as_of=min((when for _, when, _ in counted), default=None),
        counted_by=tuple(sorted({service for _, _, service in counted if service})),
    )


def _counts(papers: Iterable[Paper]) -> Iterator[tuple[int, date, str | None]]:
    for paper in papers:
        if paper.measured is not None and paper.measured.citations is not None:
            yield paper.measured.citations, paper.measured_on["citations"], paper.measured.citations_from


def _mean(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return (2 * sum(known) + len(known)) // (2 * len(known)) if known else None


def h_index(citations: Iterable[int]) -> int:
    """Return the largest h of which h papers have at least h citations each: never more than there are papers."""
    ordered = sorted(citations, reverse=True)
    return sum(number >= place for place, number in enumerate(ordered, 1))
