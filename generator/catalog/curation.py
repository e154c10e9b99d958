"""What people wrote under ``content/``: where the files are, and each read into its structs.

How it lies over the records is left to ``catalog.assemble``, what is wrong with it together to ``catalog.check``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from generator.errors import ContentError
from generator.model import AuthorEntry, Correction, Digest, HandPaper, TopicEntry
from generator.yamlfile import YamlFile, read_yaml

DIGESTS = "content/digests"
TOPICS = "content/topics.yml"
AUTHORS = "content/authors.yml"
CORRECTIONS = "content/corrections.yml"
PAPERS = "content/papers"
PAGES = "content/pages"

LISTS: dict[str, Any] = {
    TOPICS: tuple[TopicEntry, ...],
    AUTHORS: tuple[AuthorEntry, ...],
    CORRECTIONS: tuple[Correction, ...],
}
"""The files that are one list each, and what is listed."""


@dataclass(frozen=True)
class Curation:
    """Every curation file, read. Files with problems are left out; the problems are here."""

    digests: dict[date, YamlFile[Digest]] = field(default_factory=dict)
    topics: YamlFile[tuple[TopicEntry, ...]] = field(default_factory=lambda: YamlFile(TOPICS, ()))
    authors: YamlFile[tuple[AuthorEntry, ...]] = field(default_factory=lambda: YamlFile(AUTHORS, ()))
    corrections: YamlFile[tuple[Correction, ...]] = field(default_factory=lambda: YamlFile(CORRECTIONS, ()))
    papers: tuple[YamlFile[tuple[HandPaper, ...]], ...] = ()
    pages: tuple[Path, ...] = ()
    """Markdown files of ``content/pages``."""
    problems: tuple[ContentError, ...] = ()


def read_curation(root: Path) -> Curation:
    """Read every file that people edit under `root`; no problem stops the rest."""
    problems: list[ContentError] = []
    digests: dict[date, YamlFile[Digest]] = {}
    for path in _yaml_files(root, DIGESTS, problems):
        day = _digest_day(root, path, problems)
        digest, found = read_yaml(root, path, Digest)
        problems += found
        if day is not None and digest is not None:
            digests[day] = digest
    lists: dict[str, YamlFile[Any]] = {}
    for name, kind in LISTS.items():
        lists[name] = YamlFile(name, ())
        if (root / name).is_file():
            file, found = read_yaml(root, root / name, kind, blank=())
            problems += found
            lists[name] = file or lists[name]
    papers = []
    for path in _yaml_files(root, PAPERS, problems):
        listed, found = read_yaml(root, path, tuple[HandPaper, ...], blank=())
        problems += found
        if listed is not None:
            papers.append(listed)
    return Curation(
        digests=digests,
        topics=lists[TOPICS],
        authors=lists[AUTHORS],
        corrections=lists[CORRECTIONS],
        papers=tuple(papers),
        pages=tuple(sorted((root / PAGES).glob("*.md"))),
        problems=tuple(problems),
    )


def _yaml_files(root: Path, folder: str, problems: list[ContentError]) -> Iterator[Path]:
    """Yield the YAML files below `folder`; note files that would be overlooked because of their name."""
    for path in sorted((root / folder).rglob("*")):
        if not path.is_file() or path.name.startswith("."):
            continue
        if path.suffix == ".yml":
            yield path
        else:
            name = path.relative_to(root).as_posix()
            problems.append(ContentError(name, 1, 1, f"not read: the name ends in {path.suffix!r}; call it '….yml'"))


def _digest_day(root: Path, path: Path, problems: list[ContentError]) -> date | None:
    """Tell the day from a digest's path, ``content/digests/2025/2025-12-11.yml``, and hold it to that form."""
    name = path.relative_to(root).as_posix()
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", path.stem):
            raise ValueError
        day = date.fromisoformat(path.stem)
    except ValueError:
        problems.append(ContentError(name, 1, 1, f"{path.stem!r} is not a day; name the file like 2025-12-11.yml"))
        return None
    right = f"{DIGESTS}/{day.year}/{day}.yml"
    if name != right:
        problems.append(ContentError(name, 1, 1, f"in the wrong folder; move it to {right}"))
        return None
    return day
