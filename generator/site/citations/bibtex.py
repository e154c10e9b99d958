"""Writes citations as BibTeX for classic BibTeX, biber and reference managers; escaping is left to ``latex``."""

import re
from functools import cache

from generator.site.citations.citation import Citation, parts_of
from generator.site.citations.latex import latex

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_WORDS = re.compile(r"[^\W\d_](?:[\w.'’-]|(?<=[\w.]) )*")
_VERBATIM = re.compile(r"[^\s{}\\%#^~\"<>]+")
"""What biber takes as written and LaTeX may set: addresses and DOIs that hold other signs are left out."""


def entry(citation: Citation) -> str:
    """Write one entry, without a line break at its end."""
    is_article = bool(citation.journal and citation.authors and citation.issued)
    fields = {
        # Two pairs of braces: capitals stay as they are in every style.
        "title": f"{{{latex(citation.title)}}}",
        "author": " and ".join(map(_name, citation.authors)),
        "journal": latex(citation.journal) if citation.journal and is_article else "",
        "note": latex(citation.journal) if citation.journal and not is_article else "",
        "year": str(citation.issued[0]) if citation.issued else "",
        "eprint": citation.arxiv or "",
        "archivePrefix": "arXiv" if citation.arxiv else "",
        "primaryClass": citation.category if citation.category and _VERBATIM.fullmatch(citation.category) else "",
        "doi": citation.doi if citation.doi and _VERBATIM.fullmatch(citation.doi) else "",
        "url": citation.url if _VERBATIM.fullmatch(citation.url) else "",
        # Styles sort an entry without authors by this.
        "key": "" if citation.authors else latex(citation.title),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    if citation.issued:
        lines.append(f"  month = {_MONTHS[citation.issued[1] - 1]},")
    kind = "article" if is_article else "misc"
    return "\n".join([f"@{kind}{{{citation.key},", *lines, "}"])


@cache
def _name(name: str) -> str:
    """Write a name as ``Family, Suffix, Given``; in braces what BibTeX would take apart in another way."""
    family, given, suffix = parts_of(name)
    parts = [part for part in (family, suffix, given) if part]
    if not given or not all(map(_WORDS.fullmatch, parts)) or " and " in f" {name} ".lower():
        return f"{{{latex(name)}}}"
    return ", ".join(map(latex, parts))
