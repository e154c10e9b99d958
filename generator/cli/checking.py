"""Commands that read content and say what is in it and what is wrong."""

import sys
from pathlib import Path

import click

from generator.cli.terminal import ROOT, add_to_summary, annotation, messages
from generator.collector import without_collector
from generator.errors import ContentError, ContentProblems


@click.command()
@ROOT
@click.option("--format", "form", type=click.Choice(["text", "github", "json"]), default="text", help="How to print.")
def check(root: Path, form: str) -> None:
    """Print every problem in content/ as path:line:column: message.

    Content that is right may still have notices: a correction that the source has made by itself, a paper by hand
    that a source knows by now. They are printed too, and are no problems.

    \b
    Example:  digest check --format github
    """
    with messages(), without_collector():
        from generator.catalog.check import check as problems_of
        from generator.catalog.content import load
        from generator.catalog.notices import notices as notices_of

        content = load(root)
        problems = problems_of(content)
        notices = notices_of(content) if not problems else []  # mistakes first
    _print_problems(problems, notices, form)
    if problems:
        sys.exit(1)


def _print_problems(problems: list[ContentError], notices: list[ContentError], form: str) -> None:
    told = [("error", p) for p in problems] + [("notice", n) for n in notices]
    if form == "json":
        import msgspec

        rows = [
            {"path": p.path, "line": p.line, "column": p.column, "severity": level, "message": p.message}
            for level, p in told
        ]
        click.echo(msgspec.json.format(msgspec.json.encode(rows)).decode())
    elif form == "github":
        for level, p in told:
            click.echo(annotation(level, p.message, file=p.path, line=p.line, col=p.column))
        add_to_summary(_summary(problems, notices))
    else:
        for p in problems:
            click.echo(str(p))
        for n in notices:
            click.echo(f"{n.path}:{n.line}:{n.column}: notice: {n.message}")
        count = f"{len(problems)} problem{'' if len(problems) == 1 else 's'}" if problems else "no problems"
        click.echo(count + (f", {len(notices)} notice{'' if len(notices) == 1 else 's'}" if notices else ""))


MOST_OF_SUMMARY = 900_000
"""Characters of what is added to the summary of a step, of which GitHub shows a megabyte."""


def _summary(problems: list[ContentError], notices: list[ContentError]) -> str:
    """Write all problems, and what else is worth a look, as Markdown: GitHub shows ten on their lines."""
    from generator.markup import escape_markdown

    lines = [f"## {_count(problems)} in the content", ""]
    left = MOST_OF_SUMMARY
    for number, problem in enumerate(problems):
        line = f"- {escape_markdown(str(problem))}"
        left -= len(line.encode()) + 1
        if left < 0:
            lines.append(f"- and {len(problems) - number:,} more")
            break
        lines.append(line)
    lines += ["", *(f"- Notice: {escape_markdown(str(notice))}" for notice in notices[:200])]
    return "\n".join([*lines, "", ""])


def _count(problems: list[ContentError]) -> str:
    return f"{len(problems):,} problem{'' if len(problems) == 1 else 's'}" if problems else "No problems"


@click.command()
@ROOT
@click.option("--output", type=click.Path(path_type=Path), help="The schemas' folder (default: schemas/ in the root).")
def schema(root: Path, output: Path | None) -> None:
    """Write the JSON Schemas of the files that people write, by which editors complete and check them.

    A file names its own in its first line; see any of those that 'digest init' writes.

    \b
    Example:  digest schema --root my-digest
    """
    from generator.schemas import FOLDER, write_schemas

    with messages():
        for path in write_schemas(output or root / FOLDER):
            click.echo(f"wrote {path}")


@click.command()
@ROOT
def stats(root: Path) -> None:
    """Print the counts of the catalog.

    \b
    Example:  digest stats --root my-digest
    """
    from generator.catalog.catalog import assemble
    from generator.catalog.check import check as problems_of
    from generator.catalog.content import load

    with messages():
        content = load(root)
        if problems := problems_of(content):
            raise ContentProblems(problems)
        catalog = assemble(content)
    picks = sum(len(day.picks) for day in catalog.days.values())
    rows = {
        "papers": len(catalog.papers),
        "days": len(catalog.days),
        "people": len(catalog.people),
        "topics": len(catalog.topics),
        "picks": picks,
        "curators": len(catalog.curators),
    }
    for noun, count in rows.items():
        click.echo(f"{noun:<8}{count:>9,}")
