"""Commands that write what curators would: a pick, a day's file, a digest of one's own."""

from datetime import UTC, date, datetime
from pathlib import Path

import click

from generator.cli.ingesting import client_of, config_of
from generator.cli.terminal import ROOT, day_of, messages, one_line


@click.command()
@click.argument("paper", metavar="ID|URL")
@click.option("--date", "day", callback=day_of, help="The day to pick it on (default: today).")
@click.option("--note", help="Why read it: one or two sentences in Markdown.")
@ROOT
def add(paper: str, day: date | None, note: str | None, root: Path) -> None:
    """Pick one paper: put it into a day's digest file, and its record into content/records.

    ID is an arXiv id or a DOI; URL is the paper's page at arXiv, at its publisher, or anywhere that describes it by
    citation tags. What people wrote in the digest file stays as it is.

    \b
    Example:  digest add 2503.16525 --date 2025-12-11 --note "Shares a prefix cache across tenants."
    """
    from generator.ingest.adding import add as add_paper

    with messages():
        config = config_of(root)
        with client_of(root, config, paper) as client:
            added = add_paper(root, config, paper, day or datetime.now(UTC).date(), note, client.fetch)
    click.echo(f"{added.record.id}: {one_line(added.record.title)}")
    for name in added.written:
        click.echo(f"wrote {name}")


@click.command()
@click.argument("day", metavar="DATE", callback=day_of)
@ROOT
def new(day: date, root: Path) -> None:
    """Write a digest file for DATE, with the papers listed on that day as comments: take the marks away to pick.

    A file that is there already stays as it is.

    \b
    Example:  digest new 2025-12-11
    """
    from generator.ingest.drafting import write_digest

    with messages():
        name, count = write_digest(root, day)
    click.echo(f"wrote {name} with {count:,} paper{'' if count == 1 else 's'} to pick from")


@click.command()
@ROOT
def codeowners(root: Path) -> None:
    """Print lines for .github/CODEOWNERS: who is asked to look at changes of what, from content/curators.yml.

    \b
    Example:  digest codeowners >> .github/CODEOWNERS
    """
    from generator.catalog.check import check
    from generator.catalog.codeowners import code_owners
    from generator.catalog.content import load
    from generator.errors import ContentProblems

    with messages():
        content = load(root)
        if problems := check(content):
            raise ContentProblems(problems)
    lines = code_owners(content.curation.curators.value, content.curation.topics.value)
    if not lines:
        click.echo("nobody with an 'account' in content/curators.yml has 'topics' or 'areas' to look after", err=True)
    for line in lines:
        click.echo(line)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--title", default="Paper digest", show_default=True, help="The digest's name.")
@click.option("--url", default="http://localhost:8000/", show_default=True, help="Where the site will stand.")
def init(folder: Path, title: str, url: str) -> None:
    """Start a digest of your own in FOLDER: configuration, empty content with examples, workflows.

    \b
    Example:  digest init my-digest --title "Papers on Bees" --url https://example.org/bees/
    """
    from generator.starter import start

    with messages():
        written = start(folder, title, url, date.today().year)
    click.echo(f"wrote {len(written)} files to {folder}; next: digest build --root {folder}")
