"""Markdown -> HTML: the only room that knows MkDocs.

It renders a tree of Markdown, or a part of one, into a folder. Which pages there are is left to ``pages``, and which
process renders them to ``workers``.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from generator.config import SiteConfig
from generator.errors import BuildError
from generator.site.files import NOT_FOUND, PAGE
from generator.site.generations.placing import write_new
from generator.site.rendering.markdown import markdown_path, told_mistakes
from generator.site.rendering.templating import quicken

if TYPE_CHECKING:
    import jinja2
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page as MkDocsPage

NAV = [
    {"Today": "index.md"},
    {"Days": "days/index.md"},
    {"Topics": "topics/index.md"},
    {"Authors": "authors/index.md"},
    {"Trending": "trending.md"},
    {"Search": "search.md"},
]


def plain_config(config: SiteConfig) -> dict[str, Any]:
    """Return the ``mkdocs.yml`` that goes with the whole Markdown tree: stock Material, and our cards' style."""
    return {
        "site_name": config.title,
        "site_url": config.url,
        "site_description": config.description,
        "use_directory_urls": True,
        "theme": {"name": "material", "font": False, "language": config.language},
        "extra_css": ["assets/digest.css"],
        "nav": NAV,
        "validation": {"nav": {"omitted_files": "ignore"}, "links": {"unrecognized_links": "ignore"}},
    }


def _own_config(rendering: "Rendering", scratch: Path) -> dict[str, Any]:
    """Return the configuration of our own rendering: our shell, no plugins, nothing in the navigation.

    The navigation holds an address instead of files: with files in it MkDocs would load them for every chunk.
    """
    config = rendering.config
    return {
        **plain_config(config),
        "docs_dir": str(scratch / "docs"),
        "site_dir": str(scratch / "site"),
        "theme": {"name": "material", "custom_dir": str(rendering.theme), "font": False, "language": config.language},
        "extra_css": [],
        "nav": [{"Today": config.url}],
        "plugins": [],
        "extra": {"repository": config.repository, "pages": list(rendering.own_pages)},
    }


class Source(Struct, frozen=True):
    """A page to render: its address and what gives its Markdown."""

    address: str
    text: Callable[[], str]
    head: Callable[[], str] | None = None
    """Makes safe HTML for the end of the page's head."""
    written_by_us: bool = True
    """From our templates, whose HTML blocks hold no blank line; pages that people write keep Markdown's own rule."""


class Rendering(Struct, frozen=True):
    """What every chunk of a build shares."""

    config: SiteConfig
    theme: Path
    """One folder with our overrides and the digest's own."""
    scratch: Path
    """A folder for what MkDocs leaves behind."""
    own_pages: Sequence[tuple[str, str]] = ()
    """(address, title) of the pages that people wrote: every page's foot leads there."""
    compiled: "jinja2.BytecodeCache | None" = None
    """Keeps what templates were compiled to, for the next chunk."""


def render_not_found(rendering: Rendering, output: Path) -> None:
    """Render into the folder `output` the page that a host shows for an address that is none."""
    with loaded(rendering) as config:
        config.theme.static_templates = {NOT_FOUND}
        _run(config)
        write_new(f"{output}{os.sep}{NOT_FOUND}", Path(config.site_dir, NOT_FOUND).read_bytes())


def render_chunk(config: "MkDocsConfig", rendering: Rendering, output: Path, chunk: Sequence[Source]) -> int:
    """Render some pages into a folder; return how many.

    It may be done in another process: a template's mistake is told here.
    """
    with told_mistakes(rendering.theme):
        config.plugins["digest"].take(output, chunk)  # type: ignore[attr-defined]
        _run(config)
    return len(chunk)


def load() -> None:
    """Import MkDocs: here, for a tenth of a second that most commands need not pay, and once, not in every process."""
    for module in ("mkdocs.commands.build", "mkdocs.config.defaults", "generator.site.rendering.quickpage"):
        import_module(module)


@contextmanager
def loaded(rendering: Rendering) -> "Iterator[MkDocsConfig]":
    """Load MkDocs and its configuration, which looks at all that is installed, once for all runs."""
    load()
    from mkdocs.config import load_config

    # The date MkDocs writes into files must come from the content, never from the clock.
    os.environ.setdefault("SOURCE_DATE_EPOCH", "0")
    with TemporaryDirectory(prefix="mkdocs-", dir=rendering.scratch) as scratch:
        Path(scratch, "docs").mkdir()
        settings = Path(scratch, "mkdocs.yml")
        settings.write_text("{}\n", "utf-8")
        with _told_warnings():
            config = load_config(str(settings), **_own_config(rendering, Path(scratch)))
        config.plugins["digest"] = _in_memory()
        env = _lean_environment(config, rendering.compiled)
        config.theme.static_templates = set()
        config.theme.get_env = lambda: env  # type: ignore[method-assign]
        yield config


def _run(config: "MkDocsConfig") -> None:
    """Run MkDocs' own build in this process."""
    from mkdocs.commands.build import build

    with _told_warnings():
        build(config)


@contextmanager
def _told_warnings() -> Iterator[None]:
    """Take what MkDocs warns of for a failure.

    Raises:
        BuildError: MkDocs warned or failed.
    """
    import logging

    from mkdocs.exceptions import MkDocsException

    messages: list[str] = []

    class Collecting(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            messages.append(record.getMessage())

    collecting = Collecting(logging.WARNING)
    logger = logging.getLogger("mkdocs")
    logger.addHandler(collecting)
    logger.propagate = False
    try:
        yield
    except MkDocsException as error:
        raise BuildError("mkdocs", str(error)) from error
    finally:
        logger.removeHandler(collecting)
    if messages:
        raise BuildError("mkdocs", "; ".join(messages))


def _in_memory() -> Any:
    """Make a plugin that hands MkDocs the sources that it took without a file for each, and writes their HTML."""
    from mkdocs.plugins import BasePlugin
    from mkdocs.structure.files import File, Files

    from generator.site.rendering.quickpage import QuickPage

    class InMemory(BasePlugin):  # type: ignore[type-arg,no-untyped-call]
        output = Path()
        sources: Sequence[Source] = ()

        def take(self, output: Path, sources: Sequence[Source]) -> None:
            self.output, self.sources = output, sources

        def on_files(self, files: "Files", config: "MkDocsConfig") -> "Files":  # noqa: ARG002 - MkDocs' names
            made = []
            self.by_path = {markdown_path(source.address): source for source in self.sources}
            for path, source in self.by_path.items():
                file = File.generated(config, path, content=source.text())
                made.append(file)
                if source.written_by_us:
                    QuickPage(None, file, config)  # it tells the file
            return Files(made)

        def on_post_page(self, html: str, page: "MkDocsPage", config: "MkDocsConfig") -> str:  # noqa: ARG002
            source = self.by_path[page.file.src_uri]
            if source.head is not None:
                html = html.replace("</head>", f"{source.head()}\n</head>", 1)
            write_new(f"{self.output}{os.sep}{source.address}{PAGE}", html.encode("utf-8"))
            page.content = page.markdown = None
            return ""  # written already

    return InMemory()


def _no_templates(*_: object, **__: object) -> list[str]:
    return []


def _lean_environment(config: "MkDocsConfig", compiled: "jinja2.BytecodeCache | None") -> "jinja2.Environment":
    """Make the theme's environment: templates do not change under it, and none of the theme's own is copied."""
    env = config.theme.get_env()
    env.bytecode_cache = compiled
    env.list_templates = _no_templates  # type: ignore[method-assign]  # ten thousand icons, looked at for each run
    quicken(env)
    return env
