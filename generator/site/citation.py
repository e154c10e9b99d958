"""How a paper is cited: its BibTeX, as the paper's page shows it to copy. Files for reference managers are exports."""

import re

from generator.ids import links_of
from generator.model import Paper
from generator.text import slug, sort_key

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "%": r"\%",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
_SPECIALS = re.compile("[" + re.escape("".join(_SPECIAL)) + "]")
_FIRST_WORD = re.compile(r"[a-z0-9]+")


def bibtex(paper: Paper) -> str:
    """Write a paper's BibTeX entry, UTF-8 with TeX's special characters escaped."""
    published = paper.published or paper.day
    kind = "article" if paper.journal_ref else "misc"
    fields = {
        "title": f"{{{escape_tex(paper.title)}}}",  # braces within: its capitals stay
        "author": " and ".join(_author(mention.name) for mention in paper.authors),
        "year": str(published.year),
        "month": f"{published:%b}".lower(),
        "journal": escape_tex(paper.journal_ref or ""),
    }
    if paper.id.startswith("arxiv:"):
        fields |= {
            "eprint": paper.id.removeprefix("arxiv:"),
            "archiveprefix": "arXiv",
            "primaryclass": paper.primary_category or "",
        }
    fields |= {"doi": paper.doi or "", "url": next(iter(links_of(paper.id).values()))}
    bare = ("month",)
    lines = [f"  {name} = {value if name in bare else f'{{{value}}}'}," for name, value in fields.items() if value]
    return "\n".join([f"@{kind}{{{_key(paper)},", *lines, "}"])


def escape_tex(text: str) -> str:
    """Escape what TeX would take for a command."""
    return _SPECIALS.sub(lambda found: _SPECIAL[found[0]], text)


def _author(name: str) -> str:
    escaped = escape_tex(name)
    # A comma or the word between authors inside a name would make two of it.
    return f"{{{escaped}}}" if "," in name or re.search(r"\band\b", name) else escaped


def _key(paper: Paper) -> str:
    """Return family name, year and first long word of the title: ``yang2025kvshare``."""
    family = sort_key(paper.authors[0].name)[0] if paper.authors else ""
    words = _FIRST_WORD.findall(slug(paper.title, "paper"))
    word = next((word for word in words if len(word) > 3), words[0] if words else "paper")
    return f"{slug(family, 'anon').replace('-', '')}{(paper.published or paper.day).year}{word}"
