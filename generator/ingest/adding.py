"""Adds one paper to a day's digest: by arXiv id, DOI, or the address of its page.

Who is asked is decided by the id: arXiv, Crossref and after it DataCite, else the page itself. How the digest file is
written is left to ``picking``.
"""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlencode

from msgspec import structs

from generator import ids
from generator.config import SiteConfig
from generator.errors import SourceError
from generator.ingest import arxiv, arxiv_search, crossref, datacite, landing
from generator.ingest.answer import Asked, Reader, UnreadableError
from generator.ingest.asking import Fetch, NotNow, NotThere
from generator.ingest.catch_up import alone
from generator.ingest.picking import draft_pick
from generator.ingest.run import apply, plan
from generator.jsonlines import write_atomically
from generator.model import Listing, Pick, Record
from generator.records import Store, file_date, read_records

ADDED = "added"
"""The source of papers that no source listed, where they have no other day."""


@dataclass(frozen=True, slots=True)
class Added:
    """What was added."""

    record: Record
    written: tuple[str, ...]
    """Files of ``content/`` that are different now, relative to the root."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What adding a paper would write."""

    record: Record
    store: Store
    """The records as they are, the paper's among them only if it has one already."""
    day: date
    name: str
    """The day's digest file, relative to the root."""
    text: bytes
    """What it is to hold."""


def add(root: Path, config: SiteConfig, given: str, day: date, note: str | None, fetch: Fetch) -> Added:
    """Pick a paper on a day; a paper without a record is asked for first.

    Raises:
        IdError: ``given`` is no paper.
        SourceError: nobody knows the paper, or cannot say so now; nothing was written.
        ContentProblems: the digest file, or that of the record, cannot be added to.
        ConfigError: an ingest is at work.
    """
    with alone(root):
        return write(root, draft(root, config, given.strip(), day, note, fetch))


def draft(root: Path, config: SiteConfig, given: str, day: date, note: str | None, fetch: Fetch) -> Draft:
    """Say what adding a paper would write; write nothing.

    Raises: as `add`.
    """
    paper = ids.parse_id(given)
    store = read_records(root)
    record = store.records.get(paper)
    if record is None:
        fetched = _ask(config, paper, given, day, fetch)
        # That somebody picked it says nothing about a source's list of its day.
        fetched = structs.replace(fetched, listed=())
        if file_date(fetched) is None:
            fetched = structs.replace(fetched, listed=(Listing(date=day, source=ADDED),))
        record = store.records.get(fetched.id) or fetched
    pick = Pick(id=record.id, note=note or None)
    name, text = draft_pick(root, day, pick, record.title)
    return Draft(record, store, day, name, text)


def write(root: Path, drafted: Draft) -> Added:
    """Write what was drafted: the record, where it is new, and the digest file.

    Raises: ContentProblems, with nothing written, if the file of the record is damaged.
    """
    record, store = drafted.record, drafted.store
    written: tuple[str, ...] = ()
    if record.id not in store.records:
        written = apply(root, store, plan(store.records, [record]))
    write_atomically(root / drafted.name, drafted.text)
    return Added(record, tuple(sorted({drafted.name, *written})))


def _ask(config: SiteConfig, paper: str, given: str, day: date, fetch: Fetch) -> Record:
    """Ask those who may know a paper, one after the other.

    Raises: SourceError.
    """
    unknown: SourceError | None = None
    for source, url, read, accept in _who(config, paper, given):
        try:
            fetched = fetch(url, accept=accept)
            name = fetched.url if source == "landing" else url
            answer = read(fetched.body, Asked(source=ADDED, name=name, as_of=day))
        except NotThere as error:
            told = arxiv.error_told(error.body) if source == "arxiv" else ""
            unknown = SourceError(source, url, told or f"no such paper (HTTP {error.status})")
            continue
        except NotNow as error:
            raise SourceError(source, error.url, f"{error.reason}; try again later") from None
        except UnreadableError as error:
            raise SourceError(source, url, str(error)) from None
        if answer.records:
            return answer.records[0]
        unknown = SourceError(source, url, f"it gives no paper {paper!r}; see to the id, or try again later")
    raise unknown or SourceError(ADDED, given, "nobody to ask")


def _who(config: SiteConfig, paper: str, given: str) -> list[tuple[str, str, Reader, str]]:
    """Name whom to ask: kind, address, reader, and what to accept."""
    kind, _, name = paper.partition(":")
    bases = {source.kind: source.base_url for source in reversed(config.sources) if source.base_url}
    if kind == "arxiv":
        base = (bases.get("arxiv") or arxiv_search.BASE).rstrip("/")
        url = f"{base}/api/query?{urlencode({'id_list': name, 'max_results': 1})}"
        return [("arxiv", url, arxiv.read, arxiv_search.ACCEPT)]
    if kind == "doi":
        return [
            ("crossref", crossref.address(name, bases.get("crossref")), crossref.read, crossref.ACCEPT),
            ("datacite", datacite.address(name, bases.get("datacite")), datacite.read, datacite.ACCEPT),
        ]
    page = given if re.match(r"https?://", given, re.IGNORECASE) else f"https://{name}"
    return [("landing", page, landing.read, landing.ACCEPT)]
