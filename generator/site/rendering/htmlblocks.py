"""A Markdown extension that passes HTML blocks through as CommonMark does: from a block tag to the next blank line.

Python-Markdown reads every tag of such a block to find its end, which is most of the time a page takes. Our templates
never put a blank line into a block, so both rules give the same page. Pages that people write are rendered without it.
"""

import re

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

BLANK_LINE = re.compile(r"\n[ \t]*\n")
OPENING = re.compile(r"<(?:article|aside|details|div|dl|figure|footer|form|header|nav|ol|p|section|table|ul)\b")


class _HtmlBlocks(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        blocks = BLANK_LINE.split("\n".join(lines))
        stashed = [
            self.md.htmlStash.store(block.strip("\n")) if OPENING.match(block.lstrip("\n")) else block
            for block in blocks
        ]
        return "\n\n".join(stashed).split("\n")


class HtmlBlocks(Extension):
    """Registers the pass before MkDocs and Python-Markdown look for HTML themselves (priorities 21 and 20)."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Add the pass to `md`."""
        md.preprocessors.register(_HtmlBlocks(md), "html_blocks", 25)


def makeExtension(**settings: object) -> HtmlBlocks:  # noqa: N802 - the name that Python-Markdown looks for
    """Make the extension, as Python-Markdown asks for it by this module's name."""
    return HtmlBlocks(**settings)
