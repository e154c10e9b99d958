"""Writes citations as CSL-JSON (CSL 1.0.2), which pandoc, citeproc and reference managers read."""

from typing import Any

import msgspec

from generator.site.citations.citation import Citation, Name


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


def _name(name: Name) -> dict[str, str]:
    if not name.given:
        return {"literal": name.written}
    parts = {"family": name.family, "given": name.given}
    return {**parts, "suffix": name.suffix} if name.suffix else parts
