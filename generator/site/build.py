"""The whole build on one screen: content/ -> site/.

The old site stays whole until the new one is complete.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from time import perf_counter

from generator.catalog.catalog import Catalog, assemble, load
from generator.catalog.check import check
from generator.errors import BuildError, ContentProblems
from generator.site import mkdocs
from generator.site.exports import write_redirects, write_sitemap
from generator.site.feeds import write_feeds
from generator.site.markdown import MarkdownWriter, own_pages, theme_folders
from generator.site.pages import Pages
from generator.site.search import write_search

MARKER = ".digest-site"
"""A file that says that a folder was written by a build, and so may be replaced by the next."""


@dataclass
class Summary:
    """What a build did: counts by noun, seconds by step."""

    counts: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a step."""
        start = perf_counter()
        yield
        self.seconds[name] = perf_counter() - start


Progress = Callable[[str, int, int], None]
"""Told the step, how much of it is done, and how much there is."""


def silent(step: str, done: int, total: int) -> None:
    """Report no progress."""


def build(root: Path, output: Path, jobs: int | None = None, progress: Progress = silent) -> Summary:
    """Build the site of the digest at `root` into the folder `output`, replacing what an earlier build left there.

    Raises:
        ConfigError: there is no digest at `root`.
        ContentProblems: the content has problems; nothing was built.
        BuildError: the folder is not a site, or a renderer failed; the old site stands.
    """
    summary = Summary()
    with summary.step("catalog"):
        catalog = _catalog(root)
        pages = Pages(catalog)
    with _replacing(output) as stage:
        with summary.step("pages"):
            summary.counts["pages"] = _render(root, pages, stage, jobs or os.cpu_count() or 1, progress)
        with summary.step("feeds"):
            summary.counts["feeds"] = write_feeds(pages, stage)
        with summary.step("search"):
            summary.counts["papers searchable"] = write_search(catalog, stage)
        with summary.step("sitemap and redirects"):
            write_sitemap(catalog, pages, (page.address for page in own_pages(root, catalog.config)), stage)
            summary.counts["redirects"] = write_redirects(catalog, stage)
    return summary


def write_markdown(root: Path, folder: Path) -> int:
    """Write the Markdown of all pages and a plain ``mkdocs.yml`` into `folder`; return how many pages.

    Raises:
        ContentProblems: the content has problems; nothing was written.
        BuildError: the folder has something else in it.
    """
    pages = Pages(_catalog(root))
    with _replacing(folder) as stage, _theme(root) as theme:
        return mkdocs.write_tree(stage, pages.catalog.config, theme, _sources(root, pages))


def _catalog(root: Path) -> Catalog:
    content = load(root)
    problems = check(content)
    if problems:
        raise ContentProblems(problems)
    return assemble(content)


def _sources(root: Path, pages: Pages) -> list[mkdocs.Source]:
    """List every page with what gives its Markdown; nothing is made yet."""
    writer = MarkdownWriter(pages, theme_folders(root))
    own = [(page.address, partial(str, page.text)) for page in own_pages(root, pages.catalog.config)]
    return [*((page.address, partial(writer.text, page)) for page in pages), *own]


def _render(root: Path, pages: Pages, stage: Path, jobs: int, progress: Progress) -> int:
    sources = _sources(root, pages)
    done = 0

    def count(rendered: int) -> None:
        nonlocal done
        done += rendered
        progress("pages", done, len(sources))

    progress("pages", 0, len(sources))
    config = pages.catalog.config
    own = tuple((page.address, page.title) for page in own_pages(root, config))
    with _theme(root) as theme:
        mkdocs.render(mkdocs.Rendering(config, theme, stage, own), sources, jobs, count)
        shutil.copytree(theme / "assets", stage / "assets", dirs_exist_ok=True)
    return len(sources)


@contextmanager
def _theme(root: Path) -> Iterator[Path]:
    """Give one folder with our theme and, over it, the digest's own."""
    with TemporaryDirectory(prefix="digest-theme-") as merged:
        for folder in reversed(theme_folders(root)):
            shutil.copytree(folder, merged, dirs_exist_ok=True)
        yield Path(merged)


@contextmanager
def _replacing(folder: Path) -> Iterator[Path]:
    """Give an empty folder that takes `folder`'s place when all went well.

    Raises:
        BuildError: `folder` holds something that no build wrote.
    """
    folder = folder.absolute()
    if folder.exists() and not (folder.is_dir() and ((folder / MARKER).exists() or not any(folder.iterdir()))):
        raise BuildError(str(folder), "not a folder that a build wrote; give another one, or empty it yourself")
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        stage = scratch / "new"
        stage.mkdir()
        yield stage
        (stage / MARKER).touch()
        if folder.exists():
            folder.rename(scratch / "old")
        stage.rename(folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
