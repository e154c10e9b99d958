"""Citations as files beside the pages: which page has which formats, and what each file is made from.

The sums, for 5,841 papers by 28,000 authors: each time that all papers are written down costs 2.5 MB of BibTeX, 2.5 of
RIS and 3.6 of CSL-JSON. A paper's page has all three, for a click, and so has the whole, two of them compressed. Lists
have BibTeX, which every reference manager reads: days 2.5 MB, topics 1.8, authors with a feed 3.4; of all 28,000
authors it would be 25.
"""

import gzip
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from generator.catalog.catalog import Catalog
from generator.model import Person
from generator.site.citations import bibtex, csl, ris
from generator.site.citations.citation import Citation, cited
from generator.site.files import File
from generator.site.fingerprints import fingerprint

BIB, RIS, CSL = ".bib", ".ris", ".csl.json"
OF_PAPER, OF_LIST = (BIB, RIS, CSL), (BIB,)
WHOLE = "papers"


def citation_files(
    catalog: Catalog, has_feed: Callable[[Person], bool], paper_print: Callable[[str], bytes]
) -> Iterator[File]:
    """Yield the files of all citations; `paper_print` gives the fingerprint of a paper by its id."""
    desk = _Desk(catalog)
    for paper in catalog.papers.values():
        made_from = paper_print(paper.id)
        for suffix in OF_PAPER:
            yield File(f"papers/{paper.address}/paper{suffix}", made_from, partial(desk.write, (paper.id,), suffix))
    lists = [(f"days/{day.date}", day.papers) for day in catalog.days.values()]
    lists += [(f"topics/{topic.id}", topic.papers) for topic in catalog.topics.values()]
    lists += [(f"authors/{one.id}", one.papers) for one in catalog.people.values() if has_feed(one)]
    for folder, papers in lists:
        made_from = fingerprint([paper_print(paper) for paper in papers])
        for suffix in OF_LIST:
            yield File(f"{folder}/papers{suffix}", made_from, partial(desk.write, papers, suffix))
    everything = tuple(catalog.papers)
    made_from = fingerprint([paper_print(paper) for paper in everything])
    yield File(f"{WHOLE}{BIB}", made_from, partial(desk.write, everything, BIB))
    for suffix in (RIS, CSL):
        yield File(f"{WHOLE}{suffix}.gz", made_from, partial(desk.compressed, everything, suffix))


class _Desk:
    """Writes citations; what many lists have is written once for each format."""

    def __init__(self, catalog: Catalog) -> None:
        self.papers = catalog.papers
        self._cited: dict[str, Citation] = {}
        self._written: dict[tuple[str, str], str] = {}

    def write(self, papers: Iterable[str], suffix: str) -> bytes:
        """Write the citations of `papers` in one format."""
        entries = [self._entry(paper, suffix) for paper in papers]
        if suffix == CSL:
            return "".join(["[", ",\n".join(entries), "]\n"]).encode()
        return ("\n" if suffix == BIB else "\r\n").join(entries).encode()

    def compressed(self, papers: Iterable[str], suffix: str) -> bytes:
        """Write the citations of `papers` in one format, compressed the same way at all times."""
        return gzip.compress(self.write(papers, suffix), 5, mtime=0)

    def _entry(self, paper: str, suffix: str) -> str:
        known = self._written.get((paper, suffix))
        if known is None:
            known = self._written[paper, suffix] = _WRITERS[suffix](self._citation(paper))
        return known

    def _citation(self, paper: str) -> Citation:
        known = self._cited.get(paper)
        if known is None:
            known = self._cited[paper] = cited(self.papers[paper])
        return known


_WRITERS: dict[str, Callable[[Citation], str]] = {BIB: bibtex.entry, RIS: ris.entry, CSL: csl.entry}
