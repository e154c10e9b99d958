"""Citations as files beside the pages: which page has which formats, and what each file is made from.

The sums, for 6,102 papers by 28,700 authors: each time that all papers are written down costs 2.6 MB of BibTeX, 2.6 of
RIS and 3.8 of CSL-JSON. A paper's page has all three as they are. Lists and the whole have BibTeX as it is, which every
reference manager reads (days 2.6 MB, topics 1.8, authors with a feed 3.7; of all authors it would be 25), and the two
others compressed, which is a third: a script of the page unpacks them for who clicks.
"""

import gzip
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from itertools import groupby

from generator.catalog.catalog import Catalog
from generator.site.citations import bibtex, csl, ris
from generator.site.citations.citation import Citation, citation_key, cited
from generator.site.files import File, ManyFiles
from generator.site.generations import Generation
from generator.site.packing import Unpacked, known_pieces, packed
from generator.site.prints.fingerprints import fingerprint

BIB, RIS, CSL = ".bib", ".ris", ".csl.json"
_PACKED = ".gz"
OF_PAPER, OF_LIST = (BIB, RIS, CSL), (BIB, RIS + _PACKED, CSL + _PACKED)
WHOLE = tuple(f"papers{suffix}" for suffix in OF_LIST)
_USUAL, _QUICK, _LONG = 4, 1, 60
"""Levels of compression: lists of more papers than that, which every new day changes, are a tenth larger, but quick."""
_AROUND = {BIB: (b"", b"\n\n", b"\n"), RIS: (b"", b"\r\n\r\n", b"\r\n"), CSL: (b"[", b",\n", b"]\n")}
"""What stands before, between and after the entries of a file; none of it occurs within one."""
_KEY = re.compile(rb"@[a-z]+\{([^,]+),")
"""How the key is found in an entry of BibTeX."""


def citation_files(
    catalog: Catalog, fed: Iterable[str], prints: Mapping[str, bytes], old: Generation
) -> Iterator[File | ManyFiles]:
    """Yield the files of all citations; `prints` has a hash of each paper, and of the program, by the paper's id.

    `fed` are the people with papers enough for a list. What `old` wrote of a paper that has not changed since is taken
    from there: a day is new, the past is as it was.
    """
    desk = _Desk(catalog, prints, old)
    folders = {f"papers/{paper.address}/paper": paper.id for paper in catalog.papers.values()}

    def write(path: str) -> bytes:
        folder = path[: path.rindex("/paper.") + len("/paper")]
        return desk.write((folders[folder],), path.removeprefix(folder))

    for suffix in OF_PAPER:
        yield ManyFiles({f"{folder}{suffix}": prints[paper] for folder, paper in folders.items()}, write)
    lists = [(f"days/{day.date}", day.papers) for day in catalog.days.values()]
    lists += [(f"topics/{topic.id}", topic.papers) for topic in catalog.topics.values()]
    lists += [(f"curators/{curator.id}", curator.papers) for curator in catalog.curators.values()]
    lists.append(("highlights", catalog.highlights))
    people = catalog.people
    lists += [(f"authors/{one}", tuple(people.papers_of(one))) for one in fed]
    for folder, papers in lists:
        made_from = fingerprint([prints[paper] for paper in papers])
        for suffix in OF_LIST:
            yield File(f"{folder}/papers{suffix}", made_from, partial(desk.write, papers, suffix))
    made_from = fingerprint([prints[paper] for paper in catalog.papers])
    for suffix, path in zip(OF_LIST, WHOLE, strict=True):
        yield File(path, made_from, partial(desk.write_all, suffix))


class _Desk:
    """Writes citations; what many lists have is written once for each format."""

    def __init__(self, catalog: Catalog, prints: Mapping[str, bytes], old: Generation) -> None:
        self.papers = catalog.papers
        self._prints, self._old = prints, old
        self._cited: dict[str, Citation] = {}
        self._written: dict[str, dict[str, bytes]] = {}
        """By format, then by the paper's id."""
        self._all_before: dict[str, Unpacked] = {}
        """By format: the files of all papers as they were."""

    def write(self, papers: Sequence[str], suffix: str) -> bytes:
        """Write the citations of `papers` in one format, compressed if its suffix says so."""
        if suffix.endswith(_PACKED):
            level = _QUICK if len(papers) > _LONG else _USUAL
            return gzip.compress(self.write(papers, suffix.removesuffix(_PACKED)), level, mtime=0)
        return b"".join(self._pieces([papers], suffix))

    def write_all(self, suffix: str) -> bytes:
        """Write the citations of all papers in one format; compressed, a month by itself."""
        if not suffix.endswith(_PACKED):
            return self.write(tuple(self.papers), suffix)
        plain = suffix.removesuffix(_PACKED)
        months = groupby(self.papers.values(), key=lambda paper: (paper.day.year, paper.day.month))
        papers = [[paper.id for paper in month] for _, month in months] or [[]]
        return packed(self._pieces(papers, plain), _QUICK, self._before(plain))

    def _pieces(self, parts: Sequence[Sequence[str]], suffix: str) -> Iterator[bytes]:
        """Yield a file in pieces: what stands at its start, then the entries of each part of its papers."""
        start, between, end = _AROUND[suffix]
        yield start
        for place, papers in enumerate(parts, 1):
            after = between if place < len(parts) else end
            yield between.join([self._entry(paper, suffix) for paper in papers]) + after

    def _entry(self, paper: str, suffix: str) -> bytes:
        written = self._written.get(suffix)
        if written is None:
            written = self._written[suffix] = self._kept(suffix)
        known = written.get(paper)
        if known is None:
            known = written[paper] = _WRITERS[suffix](self._citation(paper)).encode()
        return known

    def _kept(self, suffix: str) -> dict[str, bytes]:
        """Return what the last build wrote of papers that are as they were, out of its file of all papers."""
        entries = self._entries_before(suffix)
        if len(entries) != len(self._order_before):
            return {}
        return {paper: entry for paper, entry in zip(self._order_before, entries, strict=True) if paper}

    def _before(self, suffix: str) -> Unpacked:
        """Return the last build's file of all papers in a format; an empty one where that cannot be read."""
        known = self._all_before.get(suffix)
        if known is None:
            path = next(path for path in WHOLE if path.removesuffix(_PACKED).endswith(suffix))
            data = self._old.read(path)
            known = known_pieces(data) if path.endswith(_PACKED) else Unpacked(data or b"")
            self._all_before[suffix] = known
        return known

    def _entries_before(self, suffix: str) -> list[bytes]:
        """Return every entry of the last build's file of all papers; none where that cannot be read."""
        made_from = {self._old.files.get(path) for path in WHOLE}
        text = self._before(suffix).text if len(made_from) == 1 else b""
        start, between, end = _AROUND[suffix]
        return text.removeprefix(start).removesuffix(end).split(between) if text else []

    @cached_property
    def _order_before(self) -> list[str]:
        """The papers in the order of the last build's files of all: one that is not as it was then is ''."""
        before, prints = self._old.files.get, self._prints
        unchanged = {
            citation_key(paper.origin or paper.id).encode(): paper.id
            for paper in self.papers.values()
            if before(f"papers/{paper.address}/paper{BIB}") == prints[paper.id]
        }
        keys = map(_KEY.match, self._entries_before(BIB))
        return [unchanged.get(key[1], "") if key else "" for key in keys]

    def _citation(self, paper: str) -> Citation:
        known = self._cited.get(paper)
        if known is None:
            known = self._cited[paper] = cited(self.papers[paper])
        return known


_WRITERS: dict[str, Callable[[Citation], str]] = {BIB: bibtex.entry, RIS: ris.entry, CSL: csl.entry}
