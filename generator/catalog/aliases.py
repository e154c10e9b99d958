"""Which ids name one paper: a preprint and what its publisher made of it.

How the records of one paper are laid over each other is left to ``catalog``.
"""

from collections import defaultdict
from collections.abc import Container, Mapping

from generator.ids import IdError, parse_dois, parse_id

_RANK_OF_KIND = {"arxiv": 0, "doi": 1, "url": 2}


def same_papers(records: Container[str], dois: Mapping[str, str]) -> dict[str, str]:
    """Tell which ids name one paper: a DOI named by an arXiv record is that paper, and so on down the kinds.

    Two arXiv records that name one DOI stay two papers; the DOI is the lower id's.

    Args:
        records: the ids of all records.
        dois: by id, what each of those that name a DOI says, as it was written.
    """
    holders: dict[str, list[str]] = defaultdict(list)
    for paper, written in dois.items():
        for doi in parse_dois(written):
            holders[_id_of_doi(doi)].append(paper)
    canonical: dict[str, str] = {}
    for named, papers in holders.items():
        first = min([named, *papers] if named in records else papers, key=_precedence)
        for paper in (named, *papers):
            if paper != first and not paper.startswith("arxiv:"):
                canonical[paper] = min(first, canonical.get(paper, first), key=_precedence)
    return {paper: _end_of(paper, canonical) for paper in sorted(canonical)}


def _precedence(paper: str) -> tuple[int, str]:
    return _RANK_OF_KIND[paper.partition(":")[0]], paper


def _id_of_doi(doi: str) -> str:
    try:
        return parse_id(f"doi:{doi}")  # arXiv's own DOIs are arXiv ids
    except IdError:
        return f"doi:{doi}"


def _end_of(paper: str, canonical: Mapping[str, str]) -> str:
    while (onward := canonical.get(paper)) is not None:  # each takes precedence over the one before: it ends
        paper = onward
    return paper
