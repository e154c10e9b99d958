"""The whole build on one screen: content/ -> site/, making again only what was made from something else before.

What each file is made from is ``fingerprints``' to say, how the old site becomes the new one at once ``generations``'.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from generator.catalog.catalog import Catalog, assemble, load
from generator.catalog.check import check
from generator.catalog.similar import find_likenesses
from generator.errors import ContentProblems
from generator.site import exports, mkdocs
from generator.site.feeds import Feed, Feeds, rss
from generator.site.fingerprints import Fingerprints, fingerprint, hash_of_inputs, program_hash
from generator.site.generations import (
    FileHashes,
    Generation,
    Manifest,
    check_replaceable,
    publish,
    replace_whole,
    staging,
)
from generator.site.markdown import MarkdownWriter, environment, own_pages, theme_folders, told_mistakes
from generator.site.page import Page
from generator.site.pages import Pages
from generator.site.scores import Scores
from generator.site.search import FOLDER as SEARCH_FOLDER
from generator.site.search import OLDER, Index, Search

SIMILAR = ".cache/similar"
"""What was found of similar papers, below the root: may be deleted at any time."""


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
        self.seconds[name] = self.seconds.get(name, 0.0) + perf_counter() - start


Progress = Callable[[str, int, int], None]
"""Told the step, how much of it is done, and how much there is."""


def silent(step: str, done: int, total: int) -> None:
    """Report no progress."""


def build(
    root: Path, output: Path, jobs: int | None = None, progress: Progress = silent, *, clean: bool = False
) -> Summary:
    """Build the site of the digest at `root` into the folder `output`.

    Files that an earlier build made from the same are kept, unless `clean`; what is no longer wanted is removed.

    Raises:
        ConfigError: there is no digest at `root`.
        ContentProblems: the content has problems; nothing was built.
        BuildError: the folder is not a site, or a renderer failed; the old site stands.
    """
    output = output.resolve()  # of a link, the folder behind it changes
    check_replaceable(output)
    summary = Summary()
    with summary.step("inputs"):
        old = Generation.at(output) if not clean else Generation()
        inputs = hash_of_inputs(root, theme_folders(root))
    if old.inputs == inputs and not old.missing:
        summary.counts["pages kept"] = sum(map(_is_page, old.files))
        return summary
    if clean:
        with suppress(OSError):
            (root / SIMILAR).unlink()
    with summary.step("catalog"):
        catalog = _catalog(root)
    with staging(output) as stage, _theme(root) as theme, told_mistakes(theme), ExitStack() as stack:
        with summary.step("plan"):
            if not old.stands():  # another build has ended in the meantime
                old = Generation.at(output)
            plan = _Plan(root, catalog, theme, old)
        stack.callback(plan.search.close)
        with summary.step("search"):
            plan.start_search(stage)
        with summary.step("pages"):
            plan.render(stage, jobs or os.cpu_count() or 1, progress)
        with summary.step("feeds"):
            plan.write(stage)
        with summary.step("search"):
            plan.finish_search(stage, progress)
        with summary.step("publish"):
            publish(output, stage, Manifest(inputs, plan.wanted), old)
    summary.counts = plan.counts
    return summary


def write_markdown(root: Path, folder: Path) -> int:
    """Write the Markdown of all pages and a plain ``mkdocs.yml`` into `folder`; return how many pages.

    Raises:
        ContentProblems: the content has problems; nothing was written.
        BuildError: the folder has something else in it.
    """
    folder = folder.absolute()
    check_replaceable(folder)
    catalog = _catalog(root)
    with staging(folder) as stage, _theme(root) as theme, told_mistakes(theme):
        plan = _Plan(root, catalog, theme, Generation())
        count = mkdocs.write_tree(stage, catalog.config, theme, plan.sources.values())
        files = (path for path in stage.rglob("*") if path.is_file())
        wanted = {path.relative_to(stage).as_posix(): fingerprint(path.read_bytes()) for path in files}
        replace_whole(folder, stage, Manifest(files=wanted))
    return count


def _catalog(root: Path) -> Catalog:
    content = load(root)
    problems = check(content)
    if problems:
        raise ContentProblems(problems)
    return assemble(content)


def _is_page(path: str) -> bool:
    """Return whether a file of the site is a page with an address that leads to it, a redirect's too."""
    return path.endswith(".html") and path != mkdocs.NOT_FOUND


class _Plan:
    """Every file that the site wants and what it is made from; then the making of those that are stale.

    Cost: each page's fingerprint without its rendering; 34,000 pages take well under a second.
    """

    def __init__(self, root: Path, catalog: Catalog, theme: Path, old: Generation) -> None:
        self.catalog, self.config, self.theme, self.old = catalog, catalog.config, theme, old
        templates = environment([theme])
        self.prints = Fingerprints(catalog, templates, theme)
        likenesses = find_likenesses(catalog.papers, root / SIMILAR)
        self.pages = Pages(catalog, self.prints.paper, Scores(catalog, likenesses))
        self.all_pages = list(self.pages)
        self.writer = MarkdownWriter(self.pages, templates)
        self.own_pages = list(own_pages(root, self.config))
        self.wanted: FileHashes = {}
        self.counts: dict[str, int] = {}
        self.sources: dict[str, mkdocs.Source] = {}
        """By the path of the page's file."""
        self._small: dict[str, Callable[[], bytes]] = {}
        """Files that one call makes, by path."""
        self._add_pages()
        self._add_feeds()
        self._add_exports()
        self._add_assets()
        self.search = Search(catalog, program_hash())
        self._add(OLDER, [index.folder for index in self.search.indexes], self.search.older_json)

    def _add_pages(self) -> None:
        shell = fingerprint(self.prints.shell, [(own.address, own.title) for own in self.own_pages])
        for page in self.all_pages:
            path = f"{page.address}index.html"
            self.sources[path] = mkdocs.Source(page.address, partial(self.writer.text, page))
            self.wanted[path] = self._page_print(page, shell)
        for own in self.own_pages:
            path = f"{own.address}index.html"
            self.sources[path] = mkdocs.Source(own.address, partial(str, own.text), written_by_us=False)
            self.wanted[path] = fingerprint(shell, own.text)
        self.wanted[mkdocs.NOT_FOUND] = shell

    def _page_print(self, page: Page, shell: bytes) -> bytes:
        template = self.prints.template(f"{page.template}.md.j2")
        own = (page.address, page.title, page.description, page.feeds, self.pages.edit_link(page))
        made_from = page.make() if page.key is None else page.key()
        return fingerprint(shell, template, own, made_from)

    def _add_feeds(self) -> None:
        self.feeds = Feeds(self.pages)
        config, program = self.config, program_hash()
        for feed in self.feeds:
            made_from = (program, config.url, config.language, self.feeds.key(feed, self.prints.paper))
            self._add(feed.address, made_from, partial(self._rss, feed))

    def _rss(self, feed: Feed) -> bytes:
        return rss(feed, self.feeds.entries(feed), self.config.url, self.config.language)

    def _add_exports(self) -> None:
        url, program = self.config.url, program_hash()
        addresses = [(page.address, page.day) for page in self.all_pages]
        addresses += [(own.address, None) for own in self.own_pages]
        self._add("sitemap.xml", (program, url, addresses), partial(exports.sitemap, url, addresses))
        self._add("robots.txt", (program, url), partial(exports.robots, url))
        for path, page in exports.redirects(self.catalog):
            self._add(path, page, partial(bytes, page))

    def _add_assets(self) -> None:
        for path in sorted(path for path in (self.theme / "assets").rglob("*") if path.is_file()):
            name, data = f"assets/{path.relative_to(self.theme / 'assets').as_posix()}", path.read_bytes()
            self._add(name, data, partial(bytes, data))

    def _add(self, path: str, made_from: object, make: Callable[[], bytes]) -> None:
        self.wanted[path] = fingerprint(made_from)
        self._small[path] = make

    def _stale(self, path: str) -> bool:
        return self.old.files.get(path) != self.wanted[path]

    def render(self, stage: Path, jobs: int, progress: Progress) -> None:
        """Render the stale pages into `stage`."""
        stale = [source for path, source in self.sources.items() if self._stale(path)]
        if any(not source.written_by_us for source in stale):
            # Pages that people write may lead to each other by the names of their files: MkDocs needs them all.
            stale = [source for path, source in self.sources.items() if self._stale(path) or not source.written_by_us]
        done = 0

        def count(rendered: int) -> None:
            nonlocal done
            done += rendered
            progress("pages", done, len(stale))
            self.search.advance()

        own = tuple((page.address, page.title) for page in self.own_pages)
        rendering = mkdocs.Rendering(self.config, self.theme, stage, own)
        mkdocs.render(rendering, stale, jobs, count)
        if self._stale(mkdocs.NOT_FOUND):
            mkdocs.render_not_found(rendering)
        self.counts["pages rendered"] = len(stale)
        self.counts["pages kept"] = sum(_is_page(path) and not self._stale(path) for path in self.wanted)
        self.counts["pages removed"] = sum(_is_page(path) and path not in self.wanted for path in self.old.files)

    def write(self, stage: Path) -> None:
        """Write the stale feeds, exports and assets into `stage`."""
        stale = [path for path in self._small if self._stale(path)]
        for path in stale:
            target = stage / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(self._small[path]())
        self.counts["other files"] = len(stale)

    def _keep(self, index: Index) -> bool:
        """Keep an index's files if all that were there still are, and were made from the same."""
        inside = len(index.folder)
        others = {other.folder for other in self.search.indexes if other.folder != index.folder}
        files = {
            path: made_from
            for path, made_from in self.old.below(index.folder).items()
            if path != OLDER and not any(path.startswith(other) for other in others if len(other) > inside)
        }
        if not files or any(made_from != index.made_from for made_from in files.values()):
            return False
        self.wanted |= files
        return True

    def start_search(self, stage: Path) -> None:
        """Begin to make the stale search indexes in `stage`."""
        self._new_indexes = [index for index in self.search.indexes if not self._keep(index)]
        self.search.start(self._new_indexes, stage)

    def finish_search(self, stage: Path, progress: Progress) -> None:
        """Wait for the search indexes, and account for their files."""
        total = len(self._new_indexes)
        self.search.finish(lambda left: progress("search indexes", total - left, total))
        made_from = {index.folder: index.made_from for index in self._new_indexes}
        for path in (stage / SEARCH_FOLDER).rglob("*"):
            name = path.relative_to(stage).as_posix()
            if path.is_file() and name not in self.wanted:
                nearest = max((folder for folder in made_from if name.startswith(folder)), key=len)
                self.wanted[name] = made_from[nearest]
        self.counts["search indexes"] = len(self._new_indexes)


@contextmanager
def _theme(root: Path) -> Iterator[Path]:
    """Give one folder with our theme and, over it, the digest's own."""
    folders = theme_folders(root)
    if len(folders) == 1:
        yield folders[0]
        return
    with TemporaryDirectory(prefix="digest-theme-") as merged:
        for folder in reversed(folders):
            shutil.copytree(folder, merged, dirs_exist_ok=True)
        yield Path(merged)
