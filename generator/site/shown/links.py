"""Where a paper is to be had, and where else it is shown."""

from urllib.parse import quote

from generator.ids import links_of
from generator.model import Paper


def links_of_paper(paper: Paper) -> list[tuple[str, str]]:
    """Return (label, address) of everywhere a paper is to be had, the paper's own places first."""
    found: dict[str, str] = {}
    for known in (paper.id, *paper.aliases):
        found |= {label: link for label, link in links_of(known).items() if label not in found}
    if paper.doi and "DOI" not in found:
        found |= links_of(f"doi:{paper.doi}")
    labels = {"pdf": "PDF", "code": "Code", "project": "Project", "page": "Page"}
    for kind, link in paper.links.items():
        found.setdefault(labels.get(kind, kind), link)
    return list(found.items())


def elsewhere(paper: Paper) -> list[tuple[str, str]]:
    """Return (label, address) of the places that show a paper without being its own."""
    if paper.id.startswith("arxiv:"):
        number = paper.id.removeprefix("arxiv:")
        found = {"alphaXiv": f"https://www.alphaxiv.org/abs/{number}"}
        if "/" not in number:
            found["Hugging Face"] = f"https://huggingface.co/papers/{number}"
        found["Semantic Scholar"] = f"https://api.semanticscholar.org/arXiv:{number}"
        return list(found.items())
    if paper.doi:
        return [("Semantic Scholar", f"https://api.semanticscholar.org/{quote(paper.doi, safe='/:;().,_-')}")]
    return []


VERSIONS_LINKED = 20
"""A paper with more versions than that shows how many it has, not a link to each."""


def versions(paper: Paper) -> list[tuple[int, str]]:
    """Return (number, address) of each version, where there are several and arXiv keeps them."""
    if not paper.id.startswith("arxiv:") or not paper.version or not 1 < paper.version <= VERSIONS_LINKED:
        return []
    address = links_of(paper.id)["arXiv"]
    return [(number, f"{address}v{number}") for number in range(1, paper.version + 1)]
