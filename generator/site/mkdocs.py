"""Markdown -> HTML: the only room that knows MkDocs.

It renders a tree of Markdown, or a part of one, into a folder. Which pages there are is left to ``pages``.
"""

import gc
import logging
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from generator.beside import Beside, side_by_side
from generator.config import SiteConfig
from generator.errors import BuildError
from generator.site.files import NOT_FOUND
from generator.site.markdown import markdown_path, told_mistakes
from generator.site.templating import quicken

if TYPE_CHECKING:
    import jinja2
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page as MkDocsPage

CHUNK = 240
"""Pages given to one run of MkDocs: it holds every page of a run in memory, some 40 kB each."""
RUNS_EACH = 10
"""Runs after which a process gives way to another, 2,400 pages: its memory grows with each."""

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


@dataclass(frozen=True)
class Source:
    """A page to render: its address and what gives its Markdown."""

    address: str
    text: Callable[[], str]
    head: Callable[[], str] | None = None
    """Makes safe HTML for the end of the page's head."""
    written_by_us: bool = True
    """From our templates, whose HTML blocks hold no blank line; pages that people write keep Markdown's own rule."""


@dataclass(frozen=True)
class Rendering:
    """What every chunk of a build shares."""

    config: SiteConfig
    theme: Path
    """One folder with our overrides and the digest's own."""
    output: Path
    own_pages: Sequence[tuple[str, str]] = ()
    """(address, title) of the pages that people wrote: every page's foot leads there."""
    compiled: "jinja2.BytecodeCache | None" = None
    """Keeps what templates were compiled to, for the next chunk."""


def render(
    rendering: Rendering,
    sources: Sequence[Source],
    jobs: int,
    done: Callable[[int], None],
    meanwhile: Callable[[], None] = lambda: None,
) -> None:
    """Render `sources` into the output folder with `jobs` processes; `done` is told how many pages a chunk had.

    `meanwhile` is done once, as one more piece of the work: it leaves files behind and nothing else.

    Raises:
        BuildError: MkDocs warned or failed; nothing it warns of is harmless in pages that we wrote.
    """
    chunks = _chunks(sources, jobs)
    if not chunks:
        meanwhile()
    elif jobs <= 1:
        _render_here(rendering, chunks, done)
        meanwhile()
    elif len(chunks) == 1:
        other = Beside(meanwhile)
        try:
            _render_here(rendering, chunks, done)
            other.result()
        finally:
            other.stop()
    else:
        _render_side_by_side(rendering, chunks, jobs, done, meanwhile)


def _render_here(rendering: Rendering, chunks: Sequence[Sequence[Source]], done: Callable[[int], None]) -> None:
    with _loaded(rendering) as config:
        for chunk in chunks:
            done(_render_chunk(config, rendering, chunk))


def _render_side_by_side(
    rendering: Rendering,
    chunks: Sequence[Sequence[Source]],
    jobs: int,
    done: Callable[[int], None],
    meanwhile: Callable[[], None],
) -> None:
    def other_files() -> int:
        meanwhile()
        return 0

    with _loaded(rendering) as config:
        works: list[Callable[[], int]] = [other_files]
        works += [partial(_render_apart, config, rendering, chunk) for chunk in chunks]
        for count in side_by_side(works, jobs, RUNS_EACH):
            done(count)


SMALL = 60
"""Pages that one process renders before a second one has started."""
SHARES = 4
"""Runs that each process gets at least: the last of them end at nearly one time."""


def _chunks(sources: Sequence[Source], jobs: int) -> list[Sequence[Source]]:
    """Cut the pages into runs, those of one rule together: what one page shows, the next often shows too."""
    ours = [source for source in sources if source.written_by_us]
    # What people write stays together: their pages lead to each other by the names of their files.
    theirs = [source for source in sources if not source.written_by_us]
    size = max(SMALL, min(CHUNK, -(-len(ours) // (SHARES * jobs))))
    return [*(ours[start : start + size] for start in range(0, len(ours), size)), *filter(None, [theirs])]


def render_not_found(rendering: Rendering) -> None:
    """Render the page that a host shows for an address that is none."""
    with _loaded(rendering) as config:
        config.theme.static_templates = {NOT_FOUND}
        _run(config)
        shutil.copyfile(Path(config.site_dir, NOT_FOUND), rendering.output / NOT_FOUND)


def _render_apart(config: "MkDocsConfig", rendering: Rendering, chunk: Sequence[Source]) -> int:
    """Render some pages in a process that does no more than that: what a page leaves behind is to be collected."""
    gc.enable()
    return _render_chunk(config, rendering, chunk)


def _render_chunk(config: "MkDocsConfig", rendering: Rendering, chunk: Sequence[Source]) -> int:
    """Render some pages; return how many. It may be done in another process: a template's mistake is told here."""
    with told_mistakes(rendering.theme):
        config.plugins["digest"].sources = chunk  # type: ignore[attr-defined]
        _run(config)
    return len(chunk)


class _Warnings(logging.Handler):
    """Collects what MkDocs warns of."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@contextmanager
def _loaded(rendering: Rendering) -> "Iterator[MkDocsConfig]":
    """Load MkDocs and its configuration, which looks at all that is installed, once for all runs."""
    # Imported here: a third of a second that commands other than 'build' need not pay.
    import mkdocs.commands.build  # noqa: F401 - here once, not in every process
    from mkdocs.config import load_config

    # The date MkDocs writes into files must come from the content, never from the clock.
    os.environ.setdefault("SOURCE_DATE_EPOCH", "0")
    with TemporaryDirectory(prefix="mkdocs-", dir=rendering.output.parent) as scratch:
        Path(scratch, "docs").mkdir()
        settings = Path(scratch, "mkdocs.yml")
        settings.write_text("{}\n", "utf-8")
        with _told_warnings():
            config = load_config(str(settings), **_own_config(rendering, Path(scratch)))
        config.plugins["digest"] = _in_memory(rendering.output)
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
    from mkdocs.exceptions import MkDocsException

    warnings = _Warnings()
    logger = logging.getLogger("mkdocs")
    logger.addHandler(warnings)
    logger.propagate = False
    try:
        yield
    except MkDocsException as error:
        raise BuildError("mkdocs", str(error)) from error
    finally:
        logger.removeHandler(warnings)
    if warnings.messages:
        raise BuildError("mkdocs", "; ".join(warnings.messages))


def _in_memory(output: Path) -> Any:
    """Make a plugin that hands MkDocs its `sources` without a file for each, and takes their HTML without a copy."""
    from mkdocs.plugins import BasePlugin
    from mkdocs.structure.files import File, Files

    from generator.site.quickpage import QuickPage

    class InMemory(BasePlugin):  # type: ignore[type-arg,no-untyped-call]
        sources: Sequence[Source] = ()

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
            folder = f"{output}{os.sep}{source.address}"
            if source.head is not None:
                html = html.replace("</head>", f"{source.head()}\n</head>", 1)
            try:
                os.mkdir(folder)
            except FileExistsError:
                pass  # something else lies there already
            except FileNotFoundError:
                os.makedirs(folder, exist_ok=True)
            with open(f"{folder}index.html", "wb") as file:
                file.write(html.encode("utf-8"))
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
