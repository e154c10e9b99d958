"""MkDocs' page for Markdown that our templates wrote: the same HTML in half of the time.

Pages that people write are MkDocs' own. Which pages are rendered, and to where, is left to ``mkdocs``.
"""

from functools import cache
from typing import TYPE_CHECKING

import yaml
from markdown import Markdown
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import get_toc

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FENCE = "---\n"


@cache
def _converter() -> Markdown:
    """Make a process' converter: MkDocs makes one a page, which takes a sixth of the time."""
    return Markdown(extensions=["toc", "generator.site.htmlblocks"])


class QuickPage(Page):
    """A page whose front matter is ours, and whose links are final: nothing in it has to be looked up."""

    def read_source(self, config: "MkDocsConfig") -> None:  # noqa: ARG002 - MkDocs' name
        """Take the front matter off, which every page of our templates has."""
        _, front, self.markdown = self.file.content_string.split(_FENCE, 2)
        self.meta = yaml.load(front, _LOADER)  # noqa: S506 - a safe loader, written in C where there is one

    def render(self, config: "MkDocsConfig", files: "Files") -> None:  # noqa: ARG002
        """Turn the Markdown into HTML."""
        converter = _converter()
        converter.reset()
        self.content = converter.convert(self.markdown or "")
        self.toc = get_toc(getattr(converter, "toc_tokens", []))
