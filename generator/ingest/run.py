"""The whole ingest: read answers, plan what becomes of the records, write once.

How one source is read is left to its module in ``sources``; how files are written to ``records``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from generator.errors import SourceError
from generator.ingest.answer import Answer, Asked, UnreadableError
from generator.ingest.merging import merge
from generator.ingest.sources import SOURCES
from generator.measurements import add_measurements, read_metrics
from generator.model import Record
from generator.records import Store, file_date, read_records, write_records

MAX_FILE = 500_000_000
"""Bytes of one file; a hundred times the largest month of any source here."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of the records that came in."""

    added: tuple[Record, ...] = ()
    updated: tuple[Record, ...] = ()
    """As they will be, merged."""
    unchanged: tuple[str, ...] = ()
    """Ids of those that say nothing new."""
    left_out: tuple[str, ...] = ()
    """Ids of those that no day lists: replacements of papers that are not in the digest."""


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did."""

    files: int
    """Files taken; damaged ones are not among them."""
    papers: int
    """Different papers in them."""
    plan: Plan
    measured: int
    """Measurements in them."""
    written: tuple[str, ...]
    """Files of ``content/`` that are different now, relative to the root."""
    problems: tuple[SourceError, ...]
    """Damaged files, and entries left out, in the order of the files."""


def import_files(
    root: Path, kind: str, files: Sequence[Path], source: str | None = None, as_of: date | None = None
) -> Report:
    """Take the papers of files on disk into the records under ``root``.

    ``kind`` is a key of ``SOURCES``; ``source`` the name under which the papers are listed (else ``kind``);
    ``as_of`` the day the files were recorded, if known: only then are upvotes and the like kept.

    Raises: ContentProblems, with nothing written, if a file to be written under ``root`` is damaged itself.
    """
    answers, problems = read_files(kind, files, source or kind, as_of)
    store = read_records(root)
    planned = plan(store.records, (record for answer in answers for record in answer.records))
    measured = [each for answer in answers for each in answer.measured]
    written = apply(root, store, planned)
    if measured:
        written += add_measurements(root, read_metrics(root), measured)
    return Report(
        files=len(answers),
        papers=sum(map(len, (planned.added, planned.updated, planned.unchanged, planned.left_out))),
        plan=planned,
        measured=len(measured),
        written=written,
        problems=problems,
    )


def read_files(
    kind: str, files: Iterable[Path], source: str, as_of: date | None = None
) -> tuple[list[Answer], tuple[SourceError, ...]]:
    """Read each file whole or not at all; give the answers, and a problem for each file or entry left out."""
    answers: list[Answer] = []
    problems: list[SourceError] = []
    for path in files:
        try:
            if path.stat().st_size > MAX_FILE:
                raise UnreadableError(f"more than {MAX_FILE:,} bytes")
            answer = SOURCES[kind].read(path.read_bytes(), Asked(source=source, name=str(path), as_of=as_of))
        except UnreadableError as error:
            problems.append(SourceError(source, str(path), f"{error}; nothing of it was taken"))
        except OSError as error:
            problems.append(SourceError(source, str(path), f"cannot be read: {error.strerror or error}"))
        else:
            answers.append(answer)
            problems += [SourceError(source, str(path), problem) for problem in answer.problems]
    return answers, tuple(problems)


def plan(old: Mapping[str, Record], new: Iterable[Record]) -> Plan:
    """Decide what becomes of new records, by id; nothing is read or written."""
    merged: dict[str, Record] = {}
    for record in new:
        before = merged.get(record.id) or old.get(record.id)
        merged[record.id] = merge(before, record) if before else record
    dated = {paper: record for paper, record in merged.items() if file_date(record)}
    return Plan(
        added=tuple(record for paper, record in dated.items() if paper not in old),
        updated=tuple(record for paper, record in dated.items() if paper in old and record != old[paper]),
        unchanged=tuple(paper for paper, record in dated.items() if record == old.get(paper)),
        left_out=tuple(paper for paper in merged if paper not in dated),
    )


def apply(root: Path, store: Store, planned: Plan) -> tuple[str, ...]:
    """Write what a plan adds and updates; give the files that are different now, relative to the root.

    Raises: ContentProblems, with nothing written, if a file to be written is damaged itself.
    """
    return write_records(root, store, (*planned.added, *planned.updated))
