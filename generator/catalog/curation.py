"""What people wrote under ``content/``: where the files are, and each read into its structs.

How it lies over the records is left to ``catalog.assemble``, what is wrong with it together to ``catalog.check``.
"""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from generator.errors import ContentError
from generator.model import AuthorEntry, Correction, CuratorEntry, Declined, Digest, HandPaper, TopicEntry
from generator.yamlfile import YamlFile, read_yaml
from generator.yamltext import file_name

DIGESTS = "content/digests"
TOPICS = "content/topics.yml"
AUTHORS = "content/authors.yml"
CORRECTIONS = "content/corrections.yml"
DECLINED = "content/declined.yml"
CURATORS = "content/curators.yml"
PAPERS = "content/papers"
PAGES = "content/pages"

LISTS: dict[str, Any] = {
    TOPICS: tuple[TopicEntry, ...],
    AUTHORS: tuple[AuthorEntry, ...],
    CORRECTIONS: tuple[Correction, ...],
    DECLINED: tuple[Declined, ...],
    CURATORS: tuple[CuratorEntry, ...],
}
"""The files that are one list each, and what is listed."""
_FOLDERS = (DIGESTS, PAPERS, PAGES, "content/records", "content/metrics", "content/ledger")
_ENDINGS = (".yml", ".yaml")


@dataclass(frozen=True)
class Curation:
    """Every curation file, read. Files with problems are left out; the problems are here."""

    digests: dict[date, YamlFile[Digest]] = field(default_factory=dict)
    topics: YamlFile[tuple[TopicEntry, ...]] = field(default_factory=lambda: YamlFile(TOPICS, ()))
    authors: YamlFile[tuple[AuthorEntry, ...]] = field(default_factory=lambda: YamlFile(AUTHORS, ()))
    corrections: YamlFile[tuple[Correction, ...]] = field(default_factory=lambda: YamlFile(CORRECTIONS, ()))
    declined: YamlFile[tuple[Declined, ...]] = field(default_factory=lambda: YamlFile(DECLINED, ()))
    curators: YamlFile[tuple[CuratorEntry, ...]] = field(default_factory=lambda: YamlFile(CURATORS, ()))
    papers: tuple[YamlFile[tuple[HandPaper, ...]], ...] = ()
    pages: tuple[Path, ...] = ()
    """Markdown files of ``content/pages``."""
    problems: tuple[ContentError, ...] = ()


def read_curation(root: Path) -> Curation:
    """Read every file that people edit under `root`; no problem stops the rest."""
    problems = list(_strays(root))
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
        declined=lists[DECLINED],
        curators=lists[CURATORS],
        papers=tuple(papers),
        pages=tuple(sorted((root / PAGES).glob("*.md"))),
        problems=tuple(problems),
    )


def _yaml_files(root: Path, folder: str, problems: list[ContentError]) -> Iterator[Path]:
    """Yield the YAML files below `folder`; note files that would be overlooked because of their name."""
    for path in sorted((root / folder).rglob("*")):
        if not path.is_file() or path.name.startswith((".", "README")):
            continue
        if path.suffix == ".yml":
            yield path
        else:
            ending = f"ends in {_cut(path.suffix)!r}" if path.suffix else "has no ending"
            message = f"not read: the name {ending}; end it in '.yml'"
            problems.append(ContentError(file_name(root, path), 1, 1, message))


def _cut(text: str) -> str:
    return text if len(text) <= 20 else text[:17] + "..."


def _strays(root: Path) -> Iterator[ContentError]:
    """Note the YAML files directly in ``content``, or in a folder of another name, that nothing reads."""
    folder = root / "content"
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        name = path.relative_to(root).as_posix()
        if name in LISTS or name in _FOLDERS or path.name.startswith("."):
            continue
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        stray = next((below for below in inside if below.suffix in _ENDINGS), None)
        if stray is not None:
            known = [*_FOLDERS[:3]] if path.is_dir() else [*LISTS]
            close = difflib.get_close_matches(name, known, n=1, cutoff=0.8)
            hint = f"did you mean {close[0]}?" if close else f"what is read is {', '.join(known)}"
            yield ContentError(file_name(root, stray), 1, 1, f"not read: it is in no place of ours; {hint}")


def _digest_day(root: Path, path: Path, problems: list[ContentError]) -> date | None:
    """Tell the day from a digest's path, ``content/digests/2025/2025-12-11.yml``, and hold it to that form."""
    name = file_name(root, path)
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", path.stem):
            raise ValueError
        day = date.fromisoformat(path.stem)
    except ValueError:
        problems.append(
            ContentError(name, 1, 1, f"{_cut(path.stem)!r} is not a day; name the file like 2025-12-11.yml")
        )
        return None
    right = f"{DIGESTS}/{day.year:04}/{day}.yml"
    if name != right:
        problems.append(ContentError(name, 1, 1, f"in the wrong folder; move it to {right}"))
        return None
    return day
