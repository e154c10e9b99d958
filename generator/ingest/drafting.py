"""Drafts a day's digest file for a curator to edit: the papers listed on the day as comments that become picks.

How one pick is written is left to ``picking``.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from generator.catalog.catalog import Catalog, assemble
from generator.catalog.check import check
from generator.catalog.content import load
from generator.catalog.declined import Memory
from generator.errors import BuildError, ContentProblems
from generator.ingest.catch_up import alone
from generator.ingest.picking import digest_path, entry
from generator.jsonlines import write_atomically
from generator.model import Paper, Pick
from generator.schemas import schema_line
from generator.yamledit import comment

NAMES = 3
"""Authors that are named of each paper."""
_HEAD = """\
# The papers listed on {day}. To pick one, take "# " away before its lines, and say in 'note' why to read it.
# A paper looked at and not picked can stand under 'passed', with its id and a reason in 'why'.
curator:
intro:
picks:
"""


def write_digest(root: Path, day: date) -> tuple[str, int]:
    """Write the digest file of a day that has none; return its name, relative to the root, and how many it offers.

    Raises:
        ContentProblems: the content has mistakes.
        BuildError: the day has a file already, or nothing was listed that could be picked; nothing was written.
        ConfigError: an ingest is at work.
    """
    name = digest_path(day)
    with alone(root):
        _refuse_twice(root, name)
        content = load(root)
        if problems := check(content):
            raise ContentProblems(problems)
        declined = Memory(content.curation.declined.value, content.canonical)
        papers = [paper for paper in candidates(assemble(content), day) if not declined.has_paper(paper.id)]
        if not papers:
            message = f"no paper to pick from was listed; run 'digest ingest --since {day}', or 'digest add'"
            raise BuildError(str(day), message)
        _refuse_twice(root, name)
        text = schema_line(root, name) + _HEAD.format(day=day) + "".join(map(_offer, papers))
        write_atomically(root / name, text.encode())
    return name, len(papers)


def _refuse_twice(root: Path, name: str) -> None:
    # A dangling link counts: what it leads to is not ours to make.
    if (root / name).exists() or (root / name).is_symlink():
        raise BuildError(name, "is there already; edit it, or add a paper with 'digest add'")


def candidates(catalog: Catalog, day: date) -> list[Paper]:
    """Return the papers listed on a day that nobody picked, as the day's page ranks them; without withdrawn ones."""
    shown = catalog.days.get(day)
    papers = [catalog.papers[paper] for paper in shown.rest] if shown else []
    return [paper for paper in papers if not paper.choices and not paper.withdrawn]


def _offer(paper: Paper) -> str:
    """Write a paper as a pick in comments: each line is right in YAML when the first ``# `` of it is gone."""
    lines = [*entry(Pick(id=paper.id), paper.title, "", "\n").splitlines(), *_about(paper), "  note:"]
    return "".join(f"  # {line}\n" for line in lines)


def _about(paper: Paper) -> Iterator[str]:
    names = [mention.name for mention in paper.authors]
    rest = len(names) - NAMES
    shown = ", ".join(names[:NAMES]) + (f" and {rest:,} more" if rest > 0 else "")
    upvotes = paper.measured.upvotes if paper.measured else None
    counted = "" if upvotes is None else f"{upvotes:,} upvote{'' if upvotes == 1 else 's'}"
    if said := comment("; ".join(filter(None, [shown, counted]))):
        yield f"  {said}"
