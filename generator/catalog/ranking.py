"""In which order papers stand that no curator has ordered."""

from collections.abc import Iterable
from datetime import date
from typing import Protocol

from generator.model import Paper


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
