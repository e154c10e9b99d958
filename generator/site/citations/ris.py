"""Writes citations as RIS, the tagged format that EndNote, Zotero and Mendeley read."""

from functools import cache

from generator.site.citations.citation import Citation, parts_of
from generator.text import xml_text


def entry(citation: Citation) -> str:
    """Write one reference, lines ended as the format wants it but for the last."""
    issued = citation.issued
    fields = [
        ("TY", "JOUR" if citation.journal else "UNPB"),
        ("ID", citation.key),
        ("TI", citation.title),
        *(("AU", _name(author)) for author in citation.authors),
        ("PY", str(issued[0]) if issued else ""),
        ("DA", f"{issued[0]:04}/{issued[1]:02}/{issued[2]:02}" if issued else ""),
        ("JO", citation.journal or ""),
        ("DO", citation.doi or ""),
        ("AN", f"arXiv:{citation.arxiv}" if citation.arxiv else ""),
        ("UR", citation.url),
        ("ER", ""),
    ]
    return "\r\n".join(f"{tag}  - {_line(value)}" for tag, value in fields if value or tag == "ER")


@cache
def _name(name: str) -> str:
    return ", ".join(part for part in parts_of(name) if part)


def _line(text: str) -> str:
    return " ".join(xml_text(text).split()) if not text.isprintable() else text
