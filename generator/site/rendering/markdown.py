"""Pages -> Markdown, through the templates of ``theme/pages``.

Every plain string is escaped on its way into a template's output; only what is marked as safe HTML is not. Turning
the Markdown into HTML is left to ``mkdocs``.
"""

import traceback
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import Markup
from msgspec import Struct

from generator.catalog.curation import PAGES
from generator.catalog.places import Place
from generator.config import SiteConfig
from generator.errors import BuildError
from generator.markup import escape_html, escape_markdown
from generator.site.page import Page
from generator.site.pages import Pages
from generator.site.rendering.templating import quicken
from generator.site.shown.editing import edit_address
from generator.site.shown.phrases import PHRASES


class _EscapingOnce(CodeGenerator):
    """Compiles templates whose every output goes through `finalize` alone.

    Jinja would call its own ``escape`` as well, which would find nothing left to do and take as long.
    """

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:  # noqa: ARG002
        self.write("environment.finalize(")

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:  # noqa: ARG002
        self.write(")")


class _Environment(jinja2.Environment):
    code_generator_class = _EscapingOnce


def environment(folders: list[Path], compiled: jinja2.BytecodeCache | None = None) -> jinja2.Environment:
    """Make the environment for ``pages/*.md.j2``: strict about names, escaping everything that is not ``Markup``.

    `compiled` keeps what the templates were compiled to.
    """
    env = _Environment(
        loader=jinja2.FileSystemLoader([folder / "pages" for folder in folders]),
        autoescape=True,
        finalize=_escaped,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        bytecode_cache=compiled,
    )
    env.globals["kept"] = lru_cache(KEPT)(_called)
    env.filters |= PHRASES
    env.filters["md"] = lambda text: Markup(escape_markdown(str(text)))
    env.filters["fm"] = front_matter_text
    quicken(env)
    return env


@contextmanager
def told_mistakes(theme: Path) -> Iterator[None]:
    """Tell of a mistake in a template by its place in the theme, of which `theme` is the merged folder.

    Raises:
        BuildError: a template cannot be read or rendered.
    """
    try:
        yield
    except jinja2.TemplateError as error:
        places = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
        if isinstance(error, jinja2.TemplateSyntaxError):
            places.append((error.filename or f"{error.name}", error.lineno))
        found = [(Path(name), line) for name, line in places if name.endswith((".j2", ".html"))]
        place = "theme" if not found else f"{_below_theme(found[-1][0], theme)}:{found[-1][1]}"
        message = f"{error.message}".rstrip(".")
        raise BuildError(place, f"the template cannot be used: {message}; set it right") from error


def _below_theme(path: Path, theme: Path) -> str:
    """Name a template as its author knows it, not the folder that themes were merged in."""
    folder = next((folder for folder in path.parents if folder == theme or folder.name == "theme"), path.parent)
    return f"theme/{path.relative_to(folder).as_posix()}"


KEPT = 2_048
"""Cards in a row that are kept as HTML, two kilobytes each: a paper stands on the page of each of its authors."""


def _called(macro: Callable[..., Markup], *arguments: Hashable, **named: Hashable) -> Markup:
    return macro(*arguments, **named)


def _escaped(value: object) -> str:
    if value.__class__ is Markup:
        return value  # the most of them: what is compared by identity costs least
    text = str(value)
    return _escaped_again(text) if len(text) <= SHORT else escape_html(text)


SHORT = 60
"""Characters of a text that is likely to be escaped again: a name, an address."""
_escaped_again = lru_cache(1 << 14)(escape_html)


def front_matter_text(text: object) -> Markup:
    """Escape `text` for a double-quoted YAML scalar whose value themes print into HTML without escaping it.

    Material prints ``title`` and ``description`` raw, so the front matter itself carries HTML's escapes.
    """
    return Markup(escape_html(str(text)).replace("\\", "&#92;"))


class MarkdownWriter:
    """Writes the Markdown of pages."""

    def __init__(self, pages: Pages, env: jinja2.Environment) -> None:
        self.pages = pages
        self.env = env
        self.site = pages.site()

    def text(self, page: Page) -> str:
        """Return the page's Markdown, front matter included."""
        template = self.env.get_template(f"{page.template}.md.j2")
        return template.render(root=Markup(page.root), site=self.site, page=self._page(page), **page.make())

    def _page(self, page: Page) -> dict[str, Any]:
        return {
            "address": page.address,
            "title": page.title,
            "description": page.description,
            "kind": page.template,
            "edit": self.pages.edit_link(page),
            "cite": page.cite,
            "feeds": [{"href": href, "title": title} for href, title in page.feeds],
        }


def markdown_path(address: str) -> str:
    """Return where a page's Markdown lies: ``papers/2503.16525/`` -> ``papers/2503.16525.md``.

    Names that renderers take for a folder's own page get a folder.
    """
    stem = address.rstrip("/")
    if not stem:
        return "index.md"
    if stem.rpartition("/")[2].lower() in ("index", "readme") or stem in _WITH_PAGES_BELOW:
        return f"{stem}/index.md"
    return f"{stem}.md"


_WITH_PAGES_BELOW = frozenset({"days", "authors", "topics", "categories", "curators", "highlights"})


class OwnPage(Struct, frozen=True):
    """A page that people wrote in ``content/pages``."""

    address: str
    title: str
    """Its first heading, plain text."""
    text: str
    """Markdown with front matter."""


def own_pages(root: Path, config: SiteConfig) -> Iterator[OwnPage]:
    """Yield the pages that people wrote; one without front matter of its own is given ours."""
    for path in sorted((root / "content" / "pages").glob("*.md")):
        text = path.read_text("utf-8-sig", errors="replace")  # what is no UTF-8 is the check's to say
        title = next((line[2:].strip() for line in text.split("\n") if line.startswith("# ")), path.stem)
        edit = edit_address(config, Place(f"{PAGES}/{path.name}"))
        lines = [f'edit: "{front_matter_text(edit)}"'] if edit else []
        if not text.startswith("---"):
            text = "\n".join(["---", f'title: "{front_matter_text(title)}"', "kind: page", *lines, "---", "", text])
        elif text.startswith("---\n") and "\nedit:" not in text:
            text = "\n".join(["---", *lines, text.removeprefix("---\n")])
        yield OwnPage(f"{path.stem}/", title, text)


PICTURES = "pictures"
"""The folder of the pictures in people's pages: below ``content`` and below the site, so that one link serves both."""
_PICTURE_ENDINGS = frozenset({".png", ".webp", ".jpg", ".jpeg", ".gif", ".avif"})
"""Not SVG: it may hold scripts."""


def own_pictures(root: Path) -> dict[str, bytes]:
    """Return the pictures that people laid into ``content/pictures``, by their path in the site."""
    folder = root / "content" / PICTURES
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _PICTURE_ENDINGS and path.is_file())
    return {f"{PICTURES}/{path.relative_to(folder).as_posix()}": path.read_bytes() for path in paths}
