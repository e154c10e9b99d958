"""The search index: Pagefind over one small HTML file a paper. The search page itself is ``theme``'s."""

import importlib.util
import shutil
import subprocess
import sys
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

from generator.catalog.catalog import Catalog
from generator.errors import BuildError
from generator.markup import plain_note
from generator.model import Paper
from generator.site.index_order import settle
from generator.text import xml_text

FOLDER = "pagefind"
KEPT = ("*.js", "*.json", "*.pagefind", "*.pf_meta", "*.pf_fragment", "*.pf_index", "*.pf_filter")
_UNUSED = ("pagefind-ui.*", "pagefind-modular-ui.*", "pagefind-component-ui.*", "pagefind-highlight.js")
"""Interfaces that Pagefind adds; the search page is our own."""
AUTHORS_INDEXED = 400
"""A paper of 3,303 authors is found by the first of them; the rest have their own pages."""


def write_search(catalog: Catalog, output: Path) -> int:
    """Index all papers into ``output/pagefind``; return how many.

    Files go through a folder, not Pagefind's Python call, which waits 0.1 s a record.

    Raises:
        BuildError: Pagefind failed.
    """
    if not catalog.papers:
        return 0
    with TemporaryDirectory(prefix=".search-", dir=output.parent) as scratch:
        site = Path(scratch, "site")
        for paper in catalog.papers.values():
            path = site / "papers" / paper.address / "index.html"
            path.parent.mkdir(parents=True)
            path.write_text(_document(catalog, paper), "utf-8")
        bundle = Path(scratch, FOLDER)
        command = [sys.executable, "-m", "pagefind", "--site", str(site), "--output-path", str(bundle), "--quiet"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0 or not (bundle / "pagefind.js").is_file():
            raise BuildError("pagefind", (done.stderr or done.stdout).strip() or "wrote no index")
        for pattern in _UNUSED:
            for path in bundle.glob(pattern):
                path.unlink()
        settle(bundle)
        shutil.copytree(bundle, output / FOLDER, dirs_exist_ok=True)
    return len(catalog.papers)


def available() -> bool:
    """Tell whether Pagefind is installed for this machine."""
    return importlib.util.find_spec("pagefind_bin") is not None


def _document(catalog: Catalog, paper: Paper) -> str:
    """Return the words, filters and facts of one paper as the HTML that Pagefind reads."""

    def text(value: str) -> str:
        return escape(xml_text(value))

    def fact(kind: str, name: str, value: str) -> str:
        return f'<p data-pagefind-{kind}="{name}[data-value]" data-value="{text(value)}"></p>'

    names = [mention.name for mention in paper.authors]
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    topics = [catalog.topics[topic].name for topic in _with_parents(catalog, paper)]
    year = str((paper.published or paper.day).year)
    facts = [
        fact("meta", "authors", shown),
        fact("meta", "date", str(paper.day)),
        fact("meta", "category", paper.primary_category or ""),
        fact("filter", "year", year),
        *(fact("filter", "topic", topic) for topic in topics),
        *(fact("filter", "category", category) for category in paper.categories),
        fact("filter", "picked", "yes") if paper.choices else "",
        fact("filter", "code", "yes") if "code" in paper.links else "",
        fact("sort", "date", str(paper.day)),
    ]
    words = [
        f'<h1 data-pagefind-weight="6">{text(paper.title)}</h1>',
        f'<p data-pagefind-weight="3">{text("; ".join(names[:AUTHORS_INDEXED]))}</p>',
        f"<p>{text(plain_note(paper.note))}</p>" if paper.note else "",
        f"<p>{text(paper.abstract)}</p>",
        f"<p>{text(' '.join([paper.organization or '', *paper.keywords, *topics, paper.id]))}</p>",
    ]
    language = catalog.config.language
    body = "".join([*words, *facts])
    return f'<!doctype html><html lang="{language}"><body data-pagefind-body>{body}</body></html>'


def _with_parents(catalog: Catalog, paper: Paper) -> list[str]:
    found: dict[str, None] = {}
    for topic in paper.topics:
        above: str | None = topic
        while above is not None and above not in found:
            found[above] = None
            above = catalog.topics[above].parent
    return list(found)
