"""Every file that the site wants, what each is made from, and the making of those that are stale.

How the old site becomes the new one at once is ``generations``'.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from functools import partial
from itertools import compress
from operator import ne
from pathlib import Path

import msgspec

from generator.beside import Works
from generator.catalog.catalog import Catalog, assemble
from generator.catalog.check import check
from generator.catalog.content import load
from generator.catalog.memory import Memory
from generator.catalog.similar import Likeness
from generator.errors import ContentProblems
from generator.site.files import NOT_FOUND, PAGE, File, ManyFiles, count_pages, path_of
from generator.site.generations import Generation
from generator.site.generations.manifest import FileHashes
from generator.site.generations.placing import write_new
from generator.site.machine_files import all_feeds, data_files
from generator.site.moved import Moved, moved_addresses, redirect_page
from generator.site.page import Addresses, Entry, Page
from generator.site.pages import Pages
from generator.site.picture import NAME as PICTURE
from generator.site.picture import picture
from generator.site.prints.fingerprints import fingerprint, program_hash
from generator.site.prints.templates import TemplatePrints
from generator.site.rendering import mkdocs, workers
from generator.site.rendering.compiled import CompiledTemplates
from generator.site.rendering.markdown import MarkdownWriter, OwnPage, environment, own_pages, own_pictures
from generator.site.rendering.theme import theme_folders
from generator.site.search import Search
from generator.site.search.files import OLDER, ORDER
from generator.site.sitemaps import sitemap_files

CACHE = ".cache/digest"
"""Below the root: what builds remember. It may be deleted at any time."""

MEMORY = f"{CACHE}/memory"
"""What the catalog remembers of earlier builds."""

SIMILAR = f"{CACHE}/similar"
"""What was found of similar papers."""

PRINTS = f"{CACHE}/prints"
"""A folder: what the pages show of papers and people, as hashes."""

TEMPLATES = f"{CACHE}/templates"
"""What templates were compiled to."""

SEARCHED = f"{CACHE}/searched"
"""A folder: what the search indexes were made from."""

Progress = Callable[[str, int, int], None]
"""Told the step, how much of it is done, and how much there is."""


def read_catalog(root: Path, hashes: Mapping[str, bytes], *, lenient: bool = False) -> Catalog:
    """Read the content of the digest at `root`; if `lenient`, as far as it can be understood.

    `hashes` are those of the files of the content, by path.

    Raises:
        ConfigError: there is no digest at `root`.
        ContentProblems: the content has problems.
    """
    memory = Memory(root / MEMORY, program_hash())
    content = load(root, memory.known_files(hashes))
    problems = [] if lenient else check(content)
    if problems:
        raise ContentProblems(problems)
    return assemble(content, memory)


class Plan:
    """Every file that the site wants and what it is made from; then the making of those that are stale.

    Cost: each page's fingerprint without its rendering; 34,000 pages take well under a second.
    """

    def __init__(
        self,
        root: Path,
        catalog: Catalog,
        theme: Path,
        old: Generation,
        likenesses: Callable[[], Mapping[str, Likeness]],
    ) -> None:
        self.catalog, self.config, self.theme, self.old = catalog, catalog.config, theme, old
        # A theme merged from two has another place in every build: nothing would be found there again.
        kept = root / TEMPLATES if len(theme_folders(root)) == 1 else None
        self.compiled = CompiledTemplates(kept, program_hash())
        templates = environment([theme], self.compiled)
        self.prints = TemplatePrints(self.config, templates, theme)
        self.pages = Pages(catalog, likenesses, root / PRINTS)
        self.writer = MarkdownWriter(self.pages, templates)
        self.own_pages = list(own_pages(root, self.config))
        self.own_pictures = own_pictures(root)
        self.wanted: FileHashes = {}
        self.stale: set[str] = set()
        """The wanted files that are to be made; known once all are listed."""
        self.counts: dict[str, int] = {}
        self.moved: dict[str, Moved] = {}
        """Addresses that are no page any more."""
        self._few: dict[str, Callable[[], mkdocs.Source]] = {}
        """By the path of the page's file: all pages but the papers' and the people's."""
        self._small: dict[str, Callable[[], bytes]] = {}
        """Files that one call makes, by path."""
        self._many: list[ManyFiles] = []
        self.search = Search(self.pages.prints, program_hash())

    def list_files(self) -> None:
        """Find every file that the site wants, besides the search indexes.

        Scores are asked for late: which papers are alike is still being found, beside this process.
        """
        self._add(OLDER, [index.folder for index in self.search.indexes], self.search.older_json)
        self._add_assets()
        self._add_files(data_files(self.pages, self.old))
        self._add_pages()
        self.moved = moved_addresses(self.catalog, lambda address: path_of(address) in self.wanted)
        self._add_redirects()
        self._add_files(all_feeds(self.pages, self.moved))
        order = self.search.order()
        self._add(ORDER, order, partial(msgspec.json.encode, order))
        before = map(self.old.files.get, self.wanted)
        self.stale = set(compress(self.wanted, map(ne, self.wanted.values(), before)))

    def _add_pages(self) -> None:
        shell = fingerprint(self.prints.shell, [(own.address, own.title) for own in self.own_pages])
        addresses: list[Entry] = []
        later = []
        for page in self.pages.few():
            addresses.append((page.address, page.day))
            if page.made_from is None:  # its context is made, and may show a score
                later.append(page)
            else:
                self._add_page(shell, page)
        for page in later:
            self._add_page(shell, page)
        for many in self.pages.many:
            around = shell + self.prints.template(f"{many.template}.md.j2")
            self.wanted.update(many.fingerprints(around))
        for own in self.own_pages:
            self._few[path_of(own.address)] = partial(self._own_source, own)
            self.wanted[path_of(own.address)] = fingerprint(shell, own.text)
            addresses.append((own.address, None))
        self.wanted[NOT_FOUND] = shell
        some = Addresses(len(addresses), addresses, lambda: addresses)
        self._add_files(sitemap_files(self.config.url, [some, *(many.addresses() for many in self.pages.many)]))

    def _add_page(self, shell: bytes, page: Page) -> None:
        around = shell + self.prints.template(f"{page.template}.md.j2")
        edit = self.pages.edit_link(page)
        if page.made_from is not None:
            made_from = fingerprint(around, page.address, edit, page.made_from())
        else:
            own = (page.address, page.title, page.description, page.feeds, page.cite, edit)
            made_from = fingerprint(around, own, page.make())
        self._few[path_of(page.address)] = partial(self._source, page)
        self.wanted[path_of(page.address)] = made_from

    def _source(self, page: Page) -> mkdocs.Source:
        return mkdocs.Source(page.address, partial(self.writer.text, page), page.head)

    @staticmethod
    def _own_source(own: OwnPage) -> mkdocs.Source:
        return mkdocs.Source(own.address, partial(str, own.text), written_by_us=False)

    def sources(self, paths: Set[str]) -> list[mkdocs.Source]:
        """Return what the pages among some of the site's files are rendered from."""
        found = [source() for path, source in self._few.items() if path in paths]
        addresses = {path.removesuffix(PAGE) for path in paths if path.endswith(PAGE)}
        return found + [self._source(page) for many in self.pages.many for page in many.at(addresses)]

    def _add_redirects(self) -> None:
        for address, onward in self.moved.items():
            page = redirect_page(address, onward.target, self.config)
            self._add(f"{address}index.html", page, partial(bytes, page))

    def _add_assets(self) -> None:
        about = (program_hash(), self.prints.shell, self.config.title, self.config.description)
        self._add(PICTURE, about, partial(picture, self.config, self.theme))
        for path in sorted(path for path in (self.theme / "assets").rglob("*") if path.is_file()):
            name, data = f"assets/{path.relative_to(self.theme / 'assets').as_posix()}", path.read_bytes()
            self._add(name, data, partial(bytes, data))
        for name, data in self.own_pictures.items():
            self._add(name, data, partial(bytes, data))

    def _add_files(self, files: Iterable[File | ManyFiles]) -> None:
        for file in files:
            if isinstance(file, ManyFiles):
                self.wanted.update(file.made_from)
                self._many.append(file)
            else:
                self.wanted[file.path], self._small[file.path] = file.made_from, file.make

    def _add(self, path: str, made_from: object, make: Callable[[], bytes]) -> None:
        self.wanted[path] = fingerprint(made_from)
        self._small[path] = make

    def rendering(self, scratch: Path) -> mkdocs.Rendering:
        """Return what all pages that are rendered share; MkDocs leaves what it needs in `scratch`."""
        own = tuple((page.address, page.title) for page in self.own_pages)
        return mkdocs.Rendering(self.config, self.theme, scratch, own, self.compiled)

    def render(
        self,
        place: Path,
        scratch: Path,
        jobs: int,
        progress: Progress,
        remember: Callable[[], None],
        standby: workers.Standby | None = None,
    ) -> Works[None]:
        """Render the stale pages into the folder `place`, and write what lies beside them.

        What is returned is waited for until all that is worth it is kept, by `remember`, for the next build.
        """
        stale = self.sources(self.stale)
        if any(not source.written_by_us for source in stale):
            # Pages that people write may lead to each other by the names of their files: MkDocs needs them all.
            stale = [source for source in stale if source.written_by_us]
            stale += map(self._own_source, self.own_pages)
        done = 0

        def count(rendered: int) -> None:
            nonlocal done
            done += rendered
            progress("pages", done, len(stale))

        rendering = self.rendering(scratch)
        if NOT_FOUND in self.stale:
            mkdocs.render_not_found(rendering, place)
        others = (partial(self._write, place), remember)
        left = workers.render(rendering, place, stale, jobs, count, others, standby)
        self.counts["other files"] = sum(1 for _ in self._stale_files())
        self.counts["pages rendered"] = len(stale)
        wanted, new = count_pages(self.wanted), [path for path in self.stale if path not in self.old.files]
        self.counts["pages kept"] = wanted - count_pages(self.stale)
        self.counts["pages removed"] = count_pages(self.old.files) - (wanted - count_pages(new))
        return left

    def _write(self, place: Path) -> None:
        """Write the stale feeds, exports and assets into the folder `place`."""
        for path, make in self._stale_files():
            write_new(f"{place}{os.sep}{path}", make())

    def _stale_files(self) -> Iterator[tuple[str, Callable[[], bytes]]]:
        """Yield the stale files that are no pages, with what makes them."""
        yield from ((path, make) for path, make in self._small.items() if path in self.stale)
        for many in self._many:
            # In the order in which they are listed: what one is made with, the next often is too.
            stale = many.made_from.keys() & self.stale
            yield from ((path, partial(many.make, path)) for path in many.made_from if path in stale)

    def start_search(self, root: Path, stage: Path, jobs: int) -> None:
        """Begin to make the stale search indexes in `stage`."""
        self._new_indexes, kept = self.search.start(self.old, root / SEARCHED, stage, jobs)
        self.wanted |= kept

    def finish_search(self, progress: Progress) -> None:
        """Wait for the search indexes, and account for their files."""
        total = self.counts["search indexes"] = self._new_indexes
        made = self.search.finish(lambda done: progress("search indexes", done, total))
        self.wanted |= made
        before = self.old.files.get
        self.stale.update(path for path, made_from in made.items() if before(path) != made_from)
