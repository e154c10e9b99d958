"""What a file of the site was made from, as a hash: equal hashes mean equal bytes, without making them.

Cost: microseconds a page; the catalog's papers are encoded once.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache, cached_property
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path

import jinja2
import msgspec
from msgspec.structs import replace

from generator.catalog.catalog import Catalog
from generator.config import CONFIG_NAME, SiteConfig
from generator.model import Paper
from generator.site.cards import COUNTS_SHOWN, Cards
from generator.site.scores import Scores

SIZE = 16
"""Bytes of a fingerprint; 2^64 pages before two are likely to share one."""

_RENDERERS = (
    "cbor2",
    "jinja2",
    "markdown",
    "markdown-it-py",
    "markupsafe",
    "math-core",
    "mkdocs",
    "mkdocs-material",
    "nh3",
    "pagefind",
    "pillow",
)
# Jinja's own parser says the same, but takes a quarter of a small build's time.
_MENTION = re.compile(r"\{%[-+]?\s*(?:extends|include|import|from)\b(.*?)[-+]?%\}", re.DOTALL)
_NAMED = re.compile(r"""\s*(["'])([^"'\\]*)\1\s*(?:(?:as|import|ignore|with|without)\b[^"']*)?\Z""")
_ENCODER = msgspec.msgpack.Encoder(enc_hook=str, order="deterministic")  # Markup is a str that msgspec does not know


def fingerprint(*parts: object) -> bytes:
    """Hash values of any types that msgspec encodes, and strings marked as safe HTML."""
    return blake2b(_ENCODER.encode(parts), digest_size=SIZE).digest()


def hash_of_bytes(*parts: bytes) -> bytes:
    """Hash bytes of which at most the last are of no fixed length: a third of the cost of ``fingerprint``."""
    return blake2b(b"".join(parts), digest_size=SIZE).digest()


def hash_of_files(folder: Path, pattern: str = "**/*") -> bytes:
    """Hash the names and bytes of the files of `folder` that match, in order of their names."""
    total = blake2b(digest_size=SIZE)
    for path in sorted(path for path in folder.glob(pattern) if path.is_file()):
        if "__pycache__" in path.parts:
            continue
        data = path.read_bytes()
        total.update(f"{path.relative_to(folder).as_posix()}\0{len(data)}\0".encode())
        total.update(data)
    return total.digest()


@cache
def program_hash() -> bytes:
    """Hash our own code and the versions of what renders for us."""
    return fingerprint(hash_of_files(Path(__file__).parent.parent, "**/*.py"), [version(name) for name in _RENDERERS])


def hash_of_inputs(root: Path, theme: Iterable[Path]) -> bytes:
    """Hash everything that a site is made from, read but not understood."""
    config = root / CONFIG_NAME
    folders = [root / "content", *theme]
    return fingerprint(
        program_hash(), config.read_bytes() if config.is_file() else b"", [hash_of_files(folder) for folder in folders]
    )


def _shown(config: SiteConfig) -> SiteConfig:
    """Leave out of the configuration what only brings papers in or mails them: no page shows it."""
    bare = SiteConfig(title="", url="")
    return replace(config, sources=(), ingest=bare.ingest, rules=bare.rules, metrics=bare.metrics, newsletter=None)


class Fingerprints:
    """What stands around and above the content of many pages, hashed once."""

    def __init__(self, config: SiteConfig, templates: jinja2.Environment, theme: Path) -> None:
        self._config = config
        self._env = templates
        self._theme = theme
        self._sources: dict[str, tuple[str, set[str]]] = {}
        self._templates: dict[str, bytes] = {}

    @cached_property
    def shell(self) -> bytes:
        """What stands around every page: the program, the theme's own templates, the configuration."""
        apart = ("assets", "pages")  # files of their own; the templates of the Markdown are hashed one by one
        around = [
            (path.name, hash_of_files(path) if path.is_dir() else path.read_bytes())
            for path in sorted(self._theme.iterdir())
            if path.name not in apart
        ]
        return fingerprint(program_hash(), around, _shown(self._config))

    def template(self, name: str) -> bytes:
        """Return the hash of a template and of all that it imports or includes."""
        known = self._templates.get(name)
        if known is None:
            used: dict[str, str] = {}
            waiting = {name}
            while waiting:
                other = waiting.pop()
                used[other], mentioned = self._source(other)
                waiting |= mentioned - used.keys()
            known = self._templates[name] = fingerprint(sorted(used.items()))
        return known

    def _source(self, name: str) -> tuple[str, set[str]]:
        """Return a template's text and the names in it of others; nothing where there is none of that name."""
        known = self._sources.get(name)
        if known is None:
            try:
                source, _, _ = self._env.loader.get_source(self._env, name)  # type: ignore[union-attr]  # always a loader
            except jinja2.TemplateNotFound:  # "include ... ignore missing"; any other fails when it is rendered
                source = ""
            mentioned: set[str] = set()
            for what in _MENTION.findall(source):
                named = _NAMED.match(what)
                # A name that is only known when it is rendered may be any template's.
                mentioned |= {named[2]} if named else set(self._env.list_templates())
            known = self._sources[name] = (source, mentioned)
        return known


_COUNTS = (*COUNTS_SHOWN, "citations", "citations_from")
"""The counts that a paper's own page shows."""


class PaperPrints:
    """What pages show of papers, hashed once for all pages that show it.

    Cost: some 40 microseconds a paper; nothing more for a person.
    """

    def __init__(self, catalog: Catalog, cards: Cards, scores: Scores) -> None:
        self.catalog = catalog
        self.cards = cards
        self.scores = scores
        self._of_facts: dict[str, bytes] = {}
        self._names: dict[str, bytes] = {}
        self._rows: dict[str, bytes] = {}

    def hash_papers(self) -> None:
        """Hash all papers: done while another process finds which are alike."""
        for paper in self.catalog.papers:
            self._facts(paper)
            self.names(paper)
            self.row(paper)

    def _facts(self, paper_id: str) -> bytes:
        """Return the hash of what every page and file of a paper has: its texts, who chose it, where it was listed."""
        known = self._of_facts.get(paper_id)
        if known is None:
            paper = self.catalog.papers[paper_id]
            bare = replace(
                paper, keywords=(), measured=None, measured_on={}, passed=(), picked_elsewhere=(), corrections=()
            )
            known = self._of_facts[paper_id] = fingerprint(bare)
        return known

    def words(self, paper_id: str) -> bytes:
        """Return what the search knows of a paper: what was counted and what became of it are not in it."""
        keywords = self.catalog.papers[paper_id].keywords
        return self._facts(paper_id) + (fingerprint(keywords) if keywords else b"")

    def names(self, paper_id: str) -> bytes:
        """Return the hash of who is on a paper, under the names of their pages, and what its topics are called."""
        known = self._names.get(paper_id)
        if known is None:
            paper, name_of = self.catalog.papers[paper_id], self.catalog.people.name_of
            people = [(one.person, name_of(one.person)) for one in paper.authors]
            known = self._names[paper_id] = fingerprint(people, self._topic_names(paper))
        return known

    def paper(self, paper_id: str) -> bytes:
        """Return the hash of all that any page shows of a paper."""
        paper = self.catalog.papers[paper_id]
        seen = [(name, getattr(paper.measured, name, None), paper.measured_on.get(name)) for name in _COUNTS]
        said = (paper.passed, paper.picked_elsewhere, paper.corrections)
        return fingerprint(self._facts(paper_id), self.names(paper_id), said, seen)

    def whole(self, paper_id: str) -> bytes:
        """Return the hash of all that is known of a paper: feeds and data hold more than a page shows."""
        paper = self.catalog.papers[paper_id]
        said = (paper.keywords, paper.passed, paper.picked_elsewhere, paper.corrections)
        return fingerprint(self._facts(paper_id), self.names(paper_id), said, paper.measured, paper.measured_on)

    @cached_property
    def of_everyone(self) -> bytes:
        """The hash of all that is known of people: who is on which paper under what name, and what was entered."""
        people = self.catalog.people
        mentions = [(paper.id, paper.authors) for paper in self.catalog.papers.values()]
        return fingerprint(mentions, [people[person] for person in people if not people.is_plain(person)])

    def _topic_names(self, paper: Paper) -> list[str]:
        return [self.catalog.topics[topic].name for topic in paper.topics if topic in self.catalog.topics]

    def listed(self, paper_id: str) -> bytes:
        """Return what a page is made from that lists a paper and counts its people, topics and dates."""
        return self.row(paper_id) + self.names(paper_id)

    def row(self, paper_id: str) -> bytes:
        """Return the hash of what a list shows of a paper: its card without the abstract."""
        known = self._rows.get(paper_id)
        if known is None:
            known = self._rows[paper_id] = fingerprint(self.cards.made_from(self.catalog.papers[paper_id]))
        return known

    def cards_of(self, paper_ids: Iterable[str]) -> list[object]:
        """Return what the full cards of papers are made from."""
        papers = self.catalog.papers
        return [(self.row(paper), papers[paper].abstract) for paper in paper_ids]

    def rows(self, paper_ids: Iterable[str]) -> bytes:
        """Return the hashes of papers' cards, one after the other."""
        return b"".join(map(self.row, paper_ids))

    @cached_property
    def of_people(self) -> dict[str, int]:
        """By person: the sum of the hashes of all that the pages show of the person's papers, modulo 2^128.

        A sum, because it takes a few additions a paper where a hash a person would take a tenth of a second; which
        papers they are says in which order they stand.
        """
        sums: dict[str, int] = defaultdict(int)
        for paper_id, paper in self.catalog.papers.items():
            cited = [getattr(paper.measured, name, None) for name in ("citations", "citations_from")]
            scored = (*self.scores.brief(paper_id), cited, paper.measured_on.get("citations"))
            number = int.from_bytes(fingerprint(self.listed(paper_id), scored))
            for person in {mention.person for mention in paper.authors}:
                sums[person] += number
        return sums
