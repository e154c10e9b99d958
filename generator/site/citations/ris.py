"""Writes citations as RIS, the tagged format that EndNote, Zotero and Mendeley read."""

from generator.site.citations.citation import Citation, Name
from generator.text import xml_text


def entry(citation: Citation) -> str:
    """Write one reference; lines end as the format wants it."""
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
    return "".join(f"{tag}  - {_line(value)}\r\n" for tag, value in fields if value or tag == "ER")


def _name(name: Name) -> str:
    return ", ".join(part for part in (name.family, name.given, name.suffix) if part)


def _line(text: str) -> str:
    return " ".join(xml_text(text).split()) if not text.isprintable() else text
