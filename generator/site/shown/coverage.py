"""Of how many papers it is known what may be known of one; drawing it is left to the page of statistics."""

from collections.abc import Callable, Iterable

from generator.model import Paper

_KNOWN: dict[str, Callable[[Paper], bool]] = {
    "Abstract": lambda paper: bool(paper.abstract),
    "Authors": lambda paper: bool(paper.authors),
    "Category": lambda paper: bool(paper.primary_category),
    "Topic": lambda paper: bool(paper.topics),
    "Organisation": lambda paper: bool(paper.organization),
    "Code": lambda paper: "code" in paper.links,
    "DOI": lambda paper: bool(paper.doi),
    "Upvotes": lambda paper: paper.measured is not None and paper.measured.upvotes is not None,
    "Citations": lambda paper: paper.measured is not None and paper.measured.citations is not None,
    "Curator's note": lambda paper: bool(paper.note),
}


def known_of(paper: Paper) -> list[bool]:
    """Tell what is known of a paper, in one order for all."""
    return [known(paper) for known in _KNOWN.values()]


def coverage(papers: Iterable[Paper]) -> list[tuple[str, int]]:
    """Return (what, of how many papers it is known)."""
    counted = list(papers)
    return [(what, sum(map(known, counted))) for what, known in _KNOWN.items()]
