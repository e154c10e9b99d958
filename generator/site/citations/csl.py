"""Writes citations as CSL-JSON (CSL 1.0.2), which pandoc, citeproc and reference managers read."""

from functools import cache
from typing import Any

import msgspec

from generator.site.citations.citation import Citation, parts_of


def entry(citation: Citation) -> str:
    """Write one item."""
    values: dict[str, Any] = {
        "id": citation.key,
        "type": "article-journal" if citation.journal else "article",
        "title": citation.title,
        "author": [_name(author) for author in citation.authors],
        "issued": {"date-parts": [citation.issued]} if citation.issued else None,
        "container-title": citation.journal,
        "publisher": "arXiv" if citation.arxiv and not citation.journal else None,
        "number": f"arXiv:{citation.arxiv}" if citation.arxiv and not citation.journal else None,
        "DOI": citation.doi,
        "URL": citation.url,
    }
    return msgspec.json.encode({key: value for key, value in values.items() if value}).decode()


@cache
def _name(name: str) -> dict[str, str]:
    family, given, suffix = parts_of(name)
    if not given:
        return {"literal": name}
    return {"family": family, "given": given} | ({"suffix": suffix} if suffix else {})
