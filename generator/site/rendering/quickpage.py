"""MkDocs' page for Markdown that our templates wrote: the same HTML in a tenth of the time.

Pages that people write are MkDocs' own. Which pages are rendered, and to where, is left to ``mkdocs``.
"""

import re
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import yaml
from markdown import Markdown
from markdown.extensions.toc import nest_toc_tokens, slugify, unique
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import get_toc

from generator.site.rendering.htmlblocks import BLANK_LINE, OPENING

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FENCE = "---\n"
_ENTRY = r'(title|description|kind|edit|cite|prev|next): "([^"\\\n]*)"\n'
_PLAIN = re.compile(rf"((?:{_ENTRY})*)hide: \[navigation, toc\]\n")
"""Front matter of texts alone, as nearly all pages have it."""
_WORD = r"[^\s\\`*_\[\]<>&{}!#]+"
_HEADING = re.compile(rf"(#{{1,6}}) ({_WORD}(?: {_WORD})*)")
"""A heading in whose text Markdown has nothing to find."""
_REWRITTEN = re.compile(r"[\t\r\x02\x03]")
"""What Python-Markdown writes otherwise before it looks at anything."""


def _front(text: str) -> dict[str, Any]:
    """Read front matter, where YAML has nothing to find in it in a tenth of YAML's time."""
    plain = _PLAIN.fullmatch(text)
    if plain is None:
        found: dict[str, Any] = yaml.load(text, _LOADER)  # noqa: S506 - a safe loader, in C where there is one
        return found
    return {**dict(re.findall(_ENTRY, plain[1])), "hide": ["navigation", "toc"]}


Toc = Any
"""Tokens of the extension ``toc``, nested; MkDocs makes its own of them."""


@cache
def _converter() -> Markdown:
    """Make a process' converter: MkDocs makes one a page, which takes a sixth of the time."""
    return Markdown(extensions=["toc", "generator.site.rendering.htmlblocks"])


def converted(markdown: str) -> tuple[str, Toc]:
    """Return the HTML of Markdown whose HTML blocks hold no blank line, and its headings."""
    return _blocks(markdown) or _whole(markdown)


def _whole(markdown: str) -> tuple[str, Toc]:
    converter = _converter()
    converter.reset()
    return converter.convert(markdown), getattr(converter, "toc_tokens", [])


def _blocks(markdown: str) -> tuple[str, Toc] | None:
    """Convert what is nothing but HTML blocks and plain headings, as most pages are; None where there is more."""
    if _REWRITTEN.search(markdown):
        return None
    html: list[str] = []
    headings: Toc = []
    taken: set[str] = set()
    for block in BLANK_LINE.split(markdown):
        text = block.strip("\n")
        if not text:
            continue
        if OPENING.match(text):
            html.append(text)
        elif (found := _HEADING.fullmatch(text)) is not None:
            level, name = len(found[1]), found[2]
            anchor = unique(slugify(name, "-"), taken)
            html.append(f'<h{level} id="{anchor}">{name}</h{level}>')
            headings.append({"level": level, "id": anchor, "name": name, "html": name, "data-toc-label": ""})
        else:
            return None
    return "\n".join(html).strip(), nest_toc_tokens(headings)


@cache
def _path(address: str) -> str:
    return urlsplit(address).path


class QuickPage(Page):
    """A page whose front matter is ours, and whose links are final: nothing in it has to be looked up."""

    def _set_canonical_url(self, base: str | None) -> None:
        """Join the site's address and the page's, which is below it: MkDocs takes both apart for that."""
        if not base or not base.endswith("/"):
            super()._set_canonical_url(base)
            return
        below = self.url if self.url != "./" else ""
        self.canonical_url, self.abs_url = base + below, _path(base) + below

    def read_source(self, config: "MkDocsConfig") -> None:  # noqa: ARG002 - MkDocs' name
        """Take the front matter off, which every page of our templates has."""
        _, front, self.markdown = self.file.content_string.split(_FENCE, 2)
        self.meta = _front(front)

    def render(self, config: "MkDocsConfig", files: "Files") -> None:  # noqa: ARG002
        """Turn the Markdown into HTML."""
        self.content, headings = converted(self.markdown or "")
        self.toc = get_toc(headings)
