"""The search: which indexes there are. The search page itself is ``theme``'s, making an index is ``making``'s.

One index a period, each made from that period's papers alone, so that a new day changes an index of a few hundred
papers and not the past. ``theme/assets/search.js`` asks the newest one first and merges the others; by what a list can
be sorted stands beside the indexes, because it changes more often than they do.
"""

import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache, partial
from pathlib import Path

import msgspec

from generator.beside import Works
from generator.catalog.catalog import Catalog
from generator.model import Paper
from generator.site.generations import Generation
from generator.site.generations.manifest import FileHashes
from generator.site.prints.fingerprints import fingerprint, hash_of_bytes
from generator.site.prints.papers import PaperPrints
from generator.site.search.documents import topic_names
from generator.site.search.files import FOLDER, Index, by_index, forget_others, is_whole

ENOUGH = 400
"""Papers from which on an index is closed: a second's work, and few enough indexes for a search to ask."""
_EPOCH = date(1970, 1, 1).toordinal()


def periods(papers: Iterable[Paper]) -> dict[str, list[Paper]]:
    """Group papers by the month of their day, oldest first; months join until they hold ``ENOUGH`` papers.

    The grouping depends on the papers alone, and a new day touches the newest group only. Within a group they stand by
    day, then id: those of a new day come last.
    """
    months: dict[str, list[Paper]] = defaultdict(list)
    for paper in papers:
        months[f"{paper.day.year}-{paper.day.month:02}"].append(paper)
    grouped: dict[str, list[Paper]] = {}
    label, held = "", ENOUGH
    for month in sorted(months):
        if held >= ENOUGH:
            label, held = month, 0
            grouped[label] = []
        grouped[label] += months[month]
        held += len(months[month])
    return {label: sorted(inside, key=lambda paper: (paper.day, paper.id)) for label, inside in grouped.items()}


class Search:
    """The indexes of a catalog."""

    def __init__(self, prints: PaperPrints, program: bytes) -> None:
        self.catalog = catalog = prints.catalog
        self._scores = prints.scores
        around = fingerprint(program, catalog.config.language, zlib.ZLIB_RUNTIME_VERSION)
        topics = cache(lambda own: fingerprint(topic_names(catalog, own)))

        def made_from(paper: Paper) -> bytes:
            return hash_of_bytes(around, topics(paper.topics), prints.row(paper.id), prints.words(paper.id))

        grouped = periods(catalog.papers.values())
        newest = next(reversed(grouped), None)
        self.indexes = [
            Index(label, papers, [made_from(paper) for paper in papers], newest=label == newest)
            for label, papers in reversed(grouped.items())
        ]
        """Newest first."""
        self._making: Works[FileHashes] | None = None

    def older_json(self) -> bytes:
        """Write the folders of the older indexes, newest first, below ``pagefind/``: the search page merges them."""
        return msgspec.json.encode([index.folder.removeprefix(f"{FOLDER}/") for index in self.indexes[1:]])

    def order(self) -> dict[str, dict[str, list[int]]]:
        """Return, by an index's folder, the numbers to sort its papers by, in the order of its ``keys.json``.

        ``date`` is in days since 1970, ``upvotes`` are votes as of the newest measurement, ``score`` is in tenths.
        """
        return {
            index.folder.removeprefix(f"{FOLDER}/"): {
                "date": [paper.day.toordinal() - _EPOCH for paper in index.papers],
                "upvotes": [(paper.measured.upvotes or 0) if paper.measured else 0 for paper in index.papers],
                "score": [self._scores.brief[paper.id][0] or 0 for paper in index.papers],
            }
            for index in self.indexes
        }

    def start(self, old: Generation, memory: Path, stage: Path, jobs: int) -> tuple[int, FileHashes]:
        """Begin to make the indexes that a site lacks, in as many processes as there are `jobs`, beside what else is
        done.

        Args:
            old: the site as it is.
            memory: a folder for what makes the next time easier; may be lost.
            stage: the folder for new files of the site.
            jobs: processes.

        Returns: how many that are, and the files of those that the site has.
        """
        forget_others(memory, {index.label for index in self.indexes})
        olds = by_index(old.below(f"{FOLDER}/"))
        stale = []
        kept: FileHashes = {}
        for index in self.indexes:
            if is_whole(index, olds.get(index.folder, {}), old.missing):
                kept |= olds[index.folder]
            else:
                stale.append(index)
        make = partial(_make, self.catalog, old.folder, olds, memory, stage)
        self._making = Works([partial(make, index) for index in stale], jobs, 1)
        return len(stale), kept

    def finish(self, told: Callable[[int], None]) -> FileHashes:
        """Wait until all indexes are made; `told` is how many are, each time that it is one more.

        Returns: what their files are made from.

        Raises:
            BuildError: Pagefind failed.
        """
        made: FileHashes = {}
        for done, files in enumerate(self._making or (), 1):
            made |= files
            told(done)
        return made

    def close(self) -> None:
        """Give up what is still being made."""
        if self._making is not None:
            self._making.stop()


def _make(
    catalog: Catalog, site: Path | None, olds: dict[str, FileHashes], memory: Path, stage: Path, index: Index
) -> FileHashes:
    # Imported here, in the process that makes the index: the others need none of it.
    from generator.site.search.making import make

    return make(index, catalog, site or stage, olds, memory, stage)
