"""Everything under a root, read and typed, its records by paper; what it comes to is ``catalog``'s.

Reading files is left to ``records`` and ``curation``, finding what is wrong to ``check``.
"""

from collections import ChainMap, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from msgspec.structs import asdict, replace

from generator.addresses import Addresses, read_addresses
from generator.catalog.aliases import same_papers
from generator.catalog.corrections import corrected
from generator.catalog.curation import Curation, read_curation
from generator.catalog.elsewhere import newest_picks
from generator.config import SiteConfig, read_config
from generator.errors import ContentError
from generator.ledger import Ledger, read_ledger
from generator.measurements import AuthorMetrics, Metrics, read_author_metrics, read_metrics
from generator.model import CorrectedField, HandPaper, Listing, Record
from generator.records import FileFacts, Store, read_records
from generator.yamlfile import YamlFile

BY_HAND = "by hand"
"""The source of a paper that a person entered."""


@dataclass(frozen=True)
class Content:
    """Everything under a root, read and typed, with the problems of reading; not yet understood."""

    root: Path
    config: YamlFile[SiteConfig]
    store: Store
    metrics: Metrics
    author_metrics: AuthorMetrics
    curation: Curation
    ledger: Ledger
    addresses: Addresses
    problems: tuple[ContentError, ...]

    @cached_property
    def records(self) -> Mapping[str, Record]:
        """All records by id; what was entered by hand fills what no source knows."""
        return ChainMap(self._by_hand, self.store.records)  # type: ignore[arg-type]  # nothing is written to it

    @cached_property
    def _by_hand(self) -> dict[str, Record]:
        known, filled = self.store.records, dict[str, Record]()
        for entry in (entry for file in self.curation.papers for entry in file.value):
            before = filled.get(entry.id) or known.get(entry.id)
            by_hand = _record_of(entry)
            filled[entry.id] = _fill(before, by_hand) if before else by_hand
        return filled

    @cached_property
    def canonical(self) -> dict[str, str]:
        """Other ids of a paper -> the id it has in the catalog. Which DOI a paper has, a curator may have set right."""
        dois = self.store.records.dois()
        dois |= {paper: record.doi for paper, record in self._by_hand.items() if record.doi}
        for entry in self.curation.corrections.value:
            if entry.field is CorrectedField.DOI and entry.id in self.records:
                dois[entry.id] = corrected(self.records[entry.id], entry).doi or ""
        return same_papers(self.records, dois)

    @cached_property
    def aliases(self) -> dict[str, tuple[str, ...]]:
        """The id of a paper in the catalog -> its other ids, where it has some."""
        groups: dict[str, list[str]] = defaultdict(list)
        for other, paper in self.canonical.items():
            groups[paper].append(other)
        return {paper: tuple(others) for paper, others in groups.items()}

    def merged(self, paper: str) -> Record:
        """Return the records of one paper laid over each other; `paper` is its id in the catalog."""
        record = self.records[paper]
        for other in self.aliases.get(paper, ()):
            if other in self.records:
                record = _fill(record, self.records[other])
        return record


def load(root: Path, known: Mapping[str, FileFacts] = MappingProxyType({})) -> Content:
    """Read everything under `root`; `known` are files of records that are as they were: see ``read_records``.

    Raises:
        ConfigError: `root` holds no digest.
    """
    config, problems = read_config(root)
    store = read_records(root, known)
    metrics = read_metrics(root)
    people = read_author_metrics(root)
    curation = read_curation(root)
    ledger, addresses = read_ledger(root), read_addresses(root)
    of_machine = (*store.problems, *metrics.problems, *people.problems, *ledger.problems, *addresses.problems)
    found = (*problems, *of_machine, *curation.problems)
    return Content(root, config, store, metrics, people, curation, ledger, addresses, found)


def _record_of(entry: HandPaper) -> Record:
    values = asdict(entry)
    day = values.pop("date")
    return Record(**values, listed=(Listing(date=day, source=BY_HAND),))


def _fill(record: Record, other: Record) -> Record:
    """Return `record` with what only `other` knows: the preprint's words first, the publisher's where it has none."""
    known, more = asdict(record), asdict(other)
    filled = {name: more[name] for name, value in known.items() if not value and more[name]}
    listed = tuple(sorted({*record.listed, *other.listed}))
    picked = newest_picks(record.picked, other.picked)
    return replace(record, **{**filled, "listed": listed, "picked": picked, "links": {**other.links, **record.links}})
