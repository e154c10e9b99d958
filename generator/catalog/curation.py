"""What people wrote under ``content/``: where the files are, and each read into its structs.

How it lies over the records is left to ``catalog.assemble``, what is wrong with it together to ``catalog.check``.
"""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from msgspec import msgpack

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
_WORTH_A_PROCESS = 2_000_000
"""Bytes of YAML; reading them takes half a second, many times what a process costs."""
_MOST_PROCESSES = 4


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
    days = {path: _digest_day(root, path, problems) for path in _yaml_files(root, DIGESTS, problems)}
    papers = list(_yaml_files(root, PAPERS, problems))
    asked = [
        *(_Asked(path, Digest) for path in days),
        *(_Asked(root / name, kind, ()) for name, kind in LISTS.items() if (root / name).is_file()),
        *(_Asked(path, tuple[HandPaper, ...], ()) for path in papers),
    ]
    files: dict[Path, YamlFile[Any]] = {}
    for each, (file, found) in zip(asked, _read(root, asked), strict=True):
        problems += found
        if file is not None:
            files[each.path] = file
    lists = {name: files.get(root / name, YamlFile(name, ())) for name in LISTS}
    return Curation(
        digests={day: files[path] for path, day in days.items() if day is not None and path in files},
        topics=lists[TOPICS],
        authors=lists[AUTHORS],
        corrections=lists[CORRECTIONS],
        declined=lists[DECLINED],
        curators=lists[CURATORS],
        papers=tuple(files[path] for path in papers if path in files),
        pages=tuple(sorted((root / PAGES).glob("*.md"))),
        problems=tuple(problems),
    )


class _Asked(NamedTuple):
    """A file to read, and as what."""

    path: Path
    kind: Any
    blank: tuple[()] | None = None


_Found = tuple[YamlFile[Any] | None, list[ContentError]]


def _read(root: Path, asked: Sequence[_Asked]) -> list[_Found]:
    """Read files, in their order; where they are much, in several processes, for reading YAML is what takes time."""
    sizes = [_size(each.path) for each in asked]
    processes = min(sum(sizes) // _WORTH_A_PROCESS, os.cpu_count() or 1, _MOST_PROCESSES)
    if processes < 2:
        return _read_here(root, asked)
    shares: list[list[int]] = [[] for _ in range(processes)]
    loads = [0] * processes
    for number in sorted(range(len(asked)), key=lambda nth: -sizes[nth]):
        lightest = loads.index(min(loads))
        shares[lightest].append(number)
        loads[lightest] += sizes[number]
    done = _read_side_by_side(root, [[asked[number] for number in share] for share in shares])
    found = dict(zip(chain(*shares), chain(*done), strict=True))
    return [found[number] for number in range(len(asked))]


def _read_side_by_side(root: Path, parts: Sequence[Sequence[_Asked]]) -> list[list[_Found]]:
    """Read the first part here, the others each in a process of its own."""
    from generator.beside import Beside  # rarely needed, and a fifth of what it takes to read this module in

    beside = [Beside(partial(_read_elsewhere, root, part)) for part in parts[1:]]
    try:
        first = _read_here(root, parts[0])
        return [first, *(_unpacked(part, work.result()) for part, work in zip(parts[1:], beside, strict=True))]
    finally:
        for work in beside:
            work.stop()


def _read_here(root: Path, asked: Sequence[_Asked]) -> list[_Found]:
    return [read_yaml(root, each.path, each.kind, blank=each.blank) for each in asked]


def _read_elsewhere(root: Path, asked: Sequence[_Asked]) -> list[_Found]:
    """Read files, their values packed: handed over one by one they cost a third of reading them."""
    found = _read_here(root, asked)
    return [(file and replace(file, value=msgpack.encode(file.value)), problems) for file, problems in found]


def _unpacked(asked: Sequence[_Asked], found: list[_Found]) -> list[_Found]:
    return [
        (file and replace(file, value=msgpack.decode(file.value, type=each.kind)), problems)
        for each, (file, problems) in zip(asked, found, strict=True)
    ]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # reading it will say so
        return 0


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
            import difflib  # here, for little is misspelled

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
