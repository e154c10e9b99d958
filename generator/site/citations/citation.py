"""What a bibliography says of a paper, whatever its format: ``bibtex``, ``ris`` and ``csl`` write it down."""

from functools import cache

from generator.ids import build_address, links_of
from generator.model import Frozen, Paper
from generator.text import name_parts


class Citation(Frozen, frozen=True):
    """What a bibliography says of a paper. Plain text; dates in parts, the year first."""

    key: str
    """Unique among the digest's papers and stable: made from the id under which the paper came."""
    title: str
    url: str
    """Where the paper itself is."""
    authors: tuple[str, ...] = ()
    """As written on the paper; ``parts_of`` takes them apart."""
    issued: tuple[int, int, int] | None = None
    journal: str | None = None
    doi: str | None = None
    arxiv: str | None = None
    """``2503.16525``."""
    category: str | None = None


def cited(paper: Paper) -> Citation:
    """Return what a bibliography says of `paper`."""
    arxiv = paper.id.removeprefix("arxiv:") if paper.id.startswith("arxiv:") else None
    return Citation(
        key=citation_key(paper.origin or paper.id),
        title=paper.title_tex or paper.title,
        url=next(iter(links_of(paper.id).values())),
        authors=tuple([mention.name for mention in paper.authors]),
        issued=(day.year, day.month, day.day) if (day := paper.published) else None,
        journal=paper.journal_ref,
        doi=paper.doi,
        arxiv=arxiv,
        category=paper.primary_category if arxiv else None,
    )


def citation_key(paper_id: str) -> str:
    """Build the key of a paper: ``arxiv-2503.16525``, ``doi-10.1145-3600006.3613165``.

    It holds letters, digits and ``.-_+`` alone, which BibTeX, LaTeX and every reference manager allow in a key.
    """
    kind = "arxiv-" if paper_id.startswith("arxiv:") else ""
    return kind + build_address(paper_id).replace("~", "+")


@cache
def parts_of(name: str) -> tuple[str, str, str]:
    """Split a name into family name, given names, suffix; what cannot be taken apart is all family name."""
    parts = name_parts(name)
    # More commas than a name has: nobody knows what stands where.
    return parts if not any("," in part for part in parts) else (name, "", "")
