"""The recorded corpora as digests, and the edits of a curator's day; what they cost is measured in ``build``."""

import gzip
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import yaml

from generator.catalog.catalog import Catalog, assemble
from generator.catalog.content import load
from generator.ids import IdError, parse_id
from generator.model import Listing, Record
from generator.records import read_records, write_records

CLONE = Path(__file__).parents[1]
RECORDED = Path(os.environ.get("DIGEST_RECORDED") or CLONE / "../shared/data") / "corpus"
DAILY = "hf_papers_2024-2025.jsonl.gz"
CORPORA = (DAILY, "arxiv_2025-2026_cs_10k.jsonl.gz", "arxiv_1991-2019_5k.jsonl.gz")
SIZES = {"600": ((DAILY,), 600), "hf": ((DAILY,), None), "all": (CORPORA, None)}
"""Which corpora, and how many of their newest papers."""
A_DAY = 30
"""Papers held back, to come as a new day."""
CROWD = 8
"""Authors of a usual paper at most: what one name touches is the pages of its co-authors."""


@dataclass(frozen=True)
class Corpus:
    """A digest to measure with, and what is held back from it."""

    root: Path
    papers: int
    new_day: tuple[Record, ...]


def missing(size: str) -> list[Path]:
    """Return the recorded files of a size that are not there."""
    return [RECORDED / name for name in SIZES[size][0] if not (RECORDED / name).is_file()]


def write_corpus(root: Path, size: str) -> Corpus:
    """Write the digest of a size: records, this repository's topics, a plain configuration."""
    names, count = SIZES[size]
    records: dict[str, Record] = {}
    for name in names:
        for record in _records(RECORDED / name):
            records.setdefault(record.id, record)
    newest = sorted(records.values(), key=lambda record: (_day(record), record.id))[-(count or 0) :]
    kept, held = newest[:-A_DAY], newest[-A_DAY:]
    day = _day(held[-1]) + timedelta(days=1)
    root.mkdir(parents=True)
    write_records(root, read_records(root), kept)
    shutil.copy(CLONE / "content/topics.yml", root / "content/topics.yml")
    _write(root / "site_config.yml", {"title": "Recorded papers", "url": "https://example.org/digest/"})
    listed = (Listing(date=day, source="huggingface"),)
    return Corpus(root, len(kept), tuple(msgspec.structs.replace(record, listed=listed) for record in held))


def _records(path: Path) -> Iterator[Record]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            if record := _record(json.loads(line)):
                yield record


def _record(item: dict[str, Any]) -> Record | None:
    """Return a line of a corpus as a record; None for the few without a usable id."""
    try:
        paper = parse_id(f"arxiv:{item['arxiv_id']}")
    except IdError:
        return None
    if item.get("hf_day"):
        listed = [{"source": "huggingface", "date": item["hf_day"]}]
    else:
        listed = [{"source": "arxiv", "date": day} for day in sorted(set(item.get("listed") or []))]
    fields = {
        "id": paper,
        "title": " ".join(item["title"].split()),
        "authors": [{"name": name} for name in item["authors"] if name.strip()],
        "abstract": item["abstract"],
        "published": (item.get("published") or "")[:10] or None,
        "primary_category": item.get("primary_category"),
        "categories": item.get("categories") or [],
        "comment": item.get("comment"),
        "organization": item.get("organization"),
        "links": {"code": item["github"]} if item.get("github") else {},
        "listed": listed,
    }
    return msgspec.convert(fields, Record)


def _day(record: Record) -> date:
    return min((listing.date for listing in record.listed), default=record.published or date.min)


def _write(path: Path, value: object) -> None:
    path.write_text(yaml.safe_dump(value, allow_unicode=True, sort_keys=False), "utf-8")


# Edits ----------------------------------------------------------------------------------------------------------------


def nothing(_corpus: Corpus) -> None:
    """Change nothing."""


def correct_a_title(corpus: Corpus) -> None:
    """Correct the title of a paper from the middle of the digest."""
    papers = list(catalog_of(corpus).papers.values())
    paper = papers[len(papers) // 2]
    correction = {
        "id": paper.id,
        "field": "title",
        "value": f"{paper.title}, set right",
        "why": "a slip",
        "by": "editors",
    }
    _write(corpus.root / "content/corrections.yml", [correction])


def rename_an_author(corpus: Corpus) -> None:
    """Spell the name of a person with three papers, none by a crowd, in another way."""
    catalog = catalog_of(corpus)
    person = next(
        person
        for person in catalog.people.values()
        if len(person.papers) == 3
        and not person.others
        and all(len(catalog.papers[paper].authors) <= CROWD for paper in person.papers)
    )
    _write(
        corpus.root / "content/authors.yml", [{"id": person.id, "name": f"{person.name} Jr.", "also": [person.name]}]
    )


def change_a_template(corpus: Corpus) -> None:
    """Change the template of every paper's page."""
    own = corpus.root / "theme/pages/paper.md.j2"
    own.parent.mkdir(parents=True)
    own.write_text((CLONE / "theme/pages/paper.md.j2").read_text("utf-8") + "\nA line more.\n", "utf-8")


def add_a_day(corpus: Corpus) -> None:
    """Add the day that was held back."""
    write_records(corpus.root, read_records(corpus.root), corpus.new_day)


def catalog_of(corpus: Corpus) -> Catalog:
    """Read the digest as it is now."""
    return assemble(load(corpus.root))


def sizes_of_pages(site: Path, folder: str, addresses: Iterable[str]) -> list[int]:
    """Return the bytes of pages."""
    return [(site / folder / address / "index.html").stat().st_size for address in addresses]
