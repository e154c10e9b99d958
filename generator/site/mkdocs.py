"""Markdown -> HTML: the only room that knows MkDocs.

It renders a tree of Markdown, or a part of one, into a folder. Which pages there are is left to ``pages``.
"""

import logging
import multiprocessing
import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from generator.config import SiteConfig
from generator.errors import BuildError
from generator.site.markdown import markdown_path

CHUNK = 2_000
"""Pages given to one run of MkDocs: it holds every page of a run in memory, some 40 kB each."""

NAV = [
    {"Today": "index.md"},
    {"Days": "days/index.md"},
    {"Topics": "topics/index.md"},
    {"Authors": "authors/index.md"},
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


def _own_config(rendering: "Rendering", docs: Path, site: Path) -> dict[str, Any]:
    """Return the configuration of our own rendering: our shell, no plugins, nothing in the navigation.

    The navigation holds an address instead of files: with files in it MkDocs would load them for every chunk.
    """
    config = rendering.config
    return {
        **plain_config(config),
        "docs_dir": str(docs),
        "site_dir": str(site),
        "theme": {"name": "material", "custom_dir": str(rendering.theme), "font": False, "language": config.language},
        "extra_css": [],
        "nav": [{"Today": config.url}],
        "plugins": [],
        "markdown_extensions": ["generator.site.htmlblocks"],
        "extra": {"repository": config.repository, "pages": list(rendering.own_pages)},
    }


@dataclass(frozen=True)
class Rendering:
    """What every chunk of a build shares."""

    config: SiteConfig
    theme: Path
    """One folder with our overrides and the digest's own."""
    output: Path
    own_pages: Sequence[tuple[str, str]] = ()
    """(address, title) of the pages that people wrote: every page's foot leads there."""


Source = tuple[str, Callable[[], str]]
"""A page's address and what gives its Markdown."""


def render(rendering: Rendering, sources: Sequence[Source], jobs: int, done: Callable[[int], None]) -> None:
    """Render `sources` into the output folder with `jobs` processes; `done` is told how many pages a chunk had.

    Raises:
        BuildError: MkDocs warned or failed; nothing it warns of is harmless in pages that we wrote.
    """
    size = max(1, min(CHUNK, -(-len(sources) // max(1, jobs))))
    chunks = [sources[start : start + size] for start in range(0, len(sources), size)]
    if jobs <= 1 or len(chunks) <= 1 or "fork" not in multiprocessing.get_all_start_methods():
        for index, chunk in enumerate(chunks):
            _render_chunk(rendering, chunk, index)
            done(len(chunk))
        return
    global _forked
    _forked = (rendering, chunks)
    try:
        with multiprocessing.get_context("fork").Pool(jobs, maxtasksperchild=4) as pool:
            for rendered in pool.imap_unordered(_render_forked, range(len(chunks))):
                done(rendered)
    finally:
        _forked = None


_forked: tuple[Rendering, Sequence[Sequence[Source]]] | None = None
"""What workers inherit when they are forked: the catalog is shared with them, not sent."""


def _render_forked(index: int) -> int:
    assert _forked is not None  # set before the pool forks
    rendering, chunks = _forked
    _render_chunk(rendering, chunks[index], index)
    return len(chunks[index])


def _render_chunk(rendering: Rendering, chunk: Iterable[Source], index: int) -> None:
    with TemporaryDirectory(prefix=".chunk-", dir=rendering.output.parent) as scratch:
        docs, site = Path(scratch, "docs"), Path(scratch, "site")
        addresses = []
        for address, text in chunk:
            path = docs / markdown_path(address)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text(), "utf-8")
            addresses.append(address)
        _run(_own_config(rendering, docs, site))
        for address in addresses:
            target = rendering.output / address
            target.mkdir(parents=True, exist_ok=True)
            os.replace(site / address / "index.html", target / "index.html")
        if index == 0:
            with suppress(FileNotFoundError):
                os.replace(site / "404.html", rendering.output / "404.html")


class _Warnings(logging.Handler):
    """Collects what MkDocs warns of."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


def _run(settings: dict[str, Any]) -> None:
    """Run MkDocs' own build in this process."""
    # Imported here: half a second that commands other than 'build' need not pay.
    from mkdocs.commands.build import build
    from mkdocs.config import load_config
    from mkdocs.exceptions import MkDocsException

    warnings = _Warnings()
    logger = logging.getLogger("mkdocs")
    logger.addHandler(warnings)
    logger.propagate = False
    # The date MkDocs writes into files must come from the content, never from the clock.
    os.environ.setdefault("SOURCE_DATE_EPOCH", "0")
    config_file = Path(settings["docs_dir"]).parent / "mkdocs.yml"
    config_file.write_text("{}\n", "utf-8")
    try:
        build(load_config(str(config_file), **settings))
    except MkDocsException as error:
        raise BuildError("mkdocs", str(error)) from error
    finally:
        logger.removeHandler(warnings)
    if warnings.messages:
        raise BuildError("mkdocs", "; ".join(warnings.messages))


def write_tree(folder: Path, config: SiteConfig, theme: Path, sources: Iterable[Source]) -> int:
    """Write the whole Markdown tree with a plain ``mkdocs.yml`` into `folder`; return how many pages."""
    docs = folder / "docs"
    count = 0
    for count, (address, text) in enumerate(sources, 1):
        path = docs / markdown_path(address)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text(), "utf-8")
    shutil.copytree(theme / "assets", docs / "assets", dirs_exist_ok=True)
    settings = yaml.safe_dump(plain_config(config), sort_keys=False, allow_unicode=True)
    (folder / "mkdocs.yml").write_text(settings, "utf-8")
    return count
