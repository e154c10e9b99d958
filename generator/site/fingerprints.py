"""What a file of the site was made from, as a hash: equal hashes mean equal bytes, without making them.

Cost: microseconds a page; the catalog's papers are encoded once.
"""

from collections.abc import Iterable
from functools import cache, cached_property
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path

import jinja2
import msgspec
from jinja2 import meta

from generator.catalog.catalog import Catalog
from generator.config import CONFIG_NAME

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
)
_ENCODER = msgspec.msgpack.Encoder(enc_hook=str, order="deterministic")  # Markup is a str that msgspec does not know


def fingerprint(*parts: object) -> bytes:
    """Hash values of any types that msgspec encodes, and strings marked as safe HTML."""
    return blake2b(_ENCODER.encode(parts), digest_size=SIZE).digest()


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


class Fingerprints:
    """The parts that many files are made from, each hashed once."""

    def __init__(self, catalog: Catalog, templates: jinja2.Environment, theme: Path) -> None:
        self.catalog = catalog
        self._env = templates
        self._theme = theme
        self._sources: dict[str, tuple[str, set[str]]] = {}
        self._templates: dict[str, bytes] = {}
        self._papers: dict[str, bytes] = {}

    @cached_property
    def shell(self) -> bytes:
        """What stands around every page: the program, the theme's own templates, the configuration."""
        apart = ("assets", "pages")  # files of their own; the templates of the Markdown are hashed one by one
        around = [
            (path.name, hash_of_files(path) if path.is_dir() else path.read_bytes())
            for path in sorted(self._theme.iterdir())
            if path.name not in apart
        ]
        return fingerprint(program_hash(), around, self.catalog.config)

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
                source, path, _ = self._env.loader.get_source(self._env, name)  # type: ignore[union-attr]  # always a loader
            except jinja2.TemplateNotFound:  # "include ... ignore missing"; any other fails when it is rendered
                source, path = "", None
            found = set(meta.find_referenced_templates(self._env.parse(source, name, path)))
            # A name that is only known when it is rendered may be any template's.
            mentioned = set(self._env.list_templates()) if None in found else {other for other in found if other}
            known = self._sources[name] = (source, mentioned)
        return known

    def paper(self, paper_id: str) -> bytes:
        """Return the hash of all that any page or feed shows of a paper."""
        known = self._papers.get(paper_id)
        if known is None:
            paper, catalog = self.catalog.papers[paper_id], self.catalog
            known = self._papers[paper_id] = fingerprint(
                paper,
                [catalog.people[mention.person].name for mention in paper.authors],
                [catalog.topics[topic].name for topic in paper.topics if topic in catalog.topics],
            )
        return known
