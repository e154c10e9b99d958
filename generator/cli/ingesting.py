"""Commands that ask sources and write what they answer to content/."""

import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli.terminal import ROOT, add_to_summary, annotation, day_of, messages, one_line, progress
from generator.errors import ContentProblems
from generator.ingest import KINDS

if TYPE_CHECKING:
    from generator.config import SiteConfig
    from generator.ingest.catch_up import Outcome
    from generator.ingest.client import Client


@click.command(name="import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--format", "kind", required=True, type=click.Choice(KINDS), help="Whose answers they are.")
@click.option("--source", help="The name under which the papers are listed (default: the format's).")
@click.option("--as-of", callback=day_of, help="The day the files were recorded: only then are upvotes and stars kept.")
@ROOT
def import_(files: tuple[Path, ...], kind: str, source: str | None, as_of: date | None, root: Path) -> None:
    """Take the papers of FILES, recorded answers of a source, into content/records.

    The same file twice changes nothing. A damaged file is named with the reason and left out whole.

    \b
    Example:  digest import --format huggingface 2025-12-11.json
    """
    from generator.ingest.run import import_files

    with messages():
        report = import_files(root, kind, files, source, as_of)
    for problem in report.problems:
        click.echo(one_line(str(problem)), err=True)
    done = report.plan
    click.echo(
        f"{report.files:,} of {len(files):,} files, {report.papers:,} papers: {len(done.added):,} added, "
        f"{len(done.updated):,} updated, {len(done.unchanged):,} unchanged"
        + (f", {len(done.left_out):,} without a day left out" if done.left_out else "")
    )
    if report.problems:
        sys.exit(1)


@click.command()
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option("--since", callback=day_of, help="The first day to ask for (default: the oldest that is open).")
@click.option("--until", callback=day_of, help="The last day to ask for (default: today).")
@click.option("--again", is_flag=True, help="With --since: ask for settled days too.")
@click.option("--dry-run", is_flag=True, help="Ask, write nothing, and say what each rule lets in and keeps out.")
@click.option("--format", "form", type=click.Choice(["text", "github"]), default="text", help="How to print warnings.")
@click.option("--today", callback=day_of, hidden=True, help="Take this day for today.")
@ROOT
def ingest(
    sources: tuple[str, ...],
    since: date | None,
    until: date | None,
    again: bool,
    dry_run: bool,
    form: str,
    today: date | None,
    root: Path,
) -> None:
    """Ask the sources of site_config.yml, or only those named, for new papers, and write them to content/.

    Without dates it catches up every day that is not settled. A source that cannot answer now is a warning, and its
    day stays open for the next run: the exit code is 0. It is 1 if the content has problems; nothing is asked then.

    \b
    Example:  digest ingest --since 2025-12-01 --dry-run
    """
    from generator.ingest.catch_up import Wanted
    from generator.ingest.catch_up import ingest as catch_up

    if again and since is None:
        raise click.UsageError("--again needs --since: from which day on?")
    with messages():
        config = config_of(root)
        known = [source.name for source in config.sources]
        if unknown := [name for name in sources if name not in known]:
            raise click.UsageError(
                f"no source {unknown[0]!r} in site_config.yml; there are: {', '.join(known) or 'none'}"
            )
        wanted = Wanted(today or datetime.now(UTC).date(), since, until, again)
        with client_of(root, config) as client, progress() as report:
            outcome = catch_up(root, config, client.fetch, wanted, sources, dry_run=dry_run, progress=report)
    _print_outcome(outcome, form, dry_run)


def config_of(root: Path) -> "SiteConfig":
    """Read the configuration.

    Raises: ContentProblems if something is wrong with it.
    """
    from generator.config import read_config

    file, problems = read_config(root)
    if problems:
        raise ContentProblems(problems)
    return file.value


def client_of(root: Path, config: "SiteConfig", *more: str) -> "Client":
    """Make what asks servers for this digest: with its address and contact, and answers kept in its folder."""
    from generator.ingest.client import CACHE, Client, user_agent

    own = [address for source in config.sources for address in (source.base_url, source.url, *source.pages) if address]
    own += filter(None, [config.metrics.semantic_scholar_url, config.metrics.openalex_url])
    agent = user_agent(config.repository, config.ingest.contact)
    return Client(agent, root / CACHE, own=[*own, *more], told=lambda line: click.echo(line, err=True))


def _print_outcome(outcome: "Outcome", form: str, dry_run: bool) -> None:
    from generator.ingest import telling

    for source in outcome.sources:
        for line in telling.judged(source) if dry_run else ():
            click.echo(line)
        click.echo(telling.summary(source))
        for warning in telling.warnings(source):
            click.echo(annotation("warning", warning) if form == "github" else warning, err=form == "text")
    if not dry_run:
        click.echo(f"{len(outcome.written):,} files written" if outcome.written else "nothing written")
    if form == "github":
        add_to_summary(telling.step_summary(outcome))


@click.command()
@click.option("--failing", type=click.IntRange(min=1), metavar="DAYS", help="Only sources that failed for so long.")
@ROOT
def ledger(failing: int | None, root: Path) -> None:
    """Print up to which day each source is settled, and which of its days are open and why.

    With --failing nothing is printed unless a source has answered nothing but failures for so many days.

    \b
    Example:  digest ledger --failing 3
    """
    from generator.ingest import telling
    from generator.ledger import read_ledger

    with messages():
        read = read_ledger(root)
        if read.problems:
            raise ContentProblems([*read.problems])
    for line in telling.standing(read) if failing is None else telling.failures(read, failing):
        click.echo(line)


@click.command()
@click.option("--format", "form", type=click.Choice(["text", "github"]), default="text", help="How to print warnings.")
@click.option("--today", callback=day_of, hidden=True, help="Take this day for today.")
@ROOT
def metrics(form: str, today: date | None, root: Path) -> None:
    """Count citations, upvotes and the like of the papers whose counts are old, and write them to content/metrics.

    Of people only those are counted whose entry in authors.yml links to a profile. Keys are read from the environment:
    SEMANTIC_SCHOLAR_API_KEY, OPENALEX_API_KEY. A service that cannot answer now is a warning, and the exit code is 0.

    \b
    Example:  digest metrics
    """
    from generator.ingest.metrics import KEYS, measure, step_summary, summary

    keys = {name: value for name in KEYS.values() if (value := os.environ.get(name, "").strip())}
    with messages():
        config = config_of(root)
        with client_of(root, config) as client, progress() as report:
            done = measure(root, client.fetch, today or datetime.now(UTC).date(), keys, report)
    for line in summary(done):
        click.echo(line)
    for warning in map(one_line, done.warnings):
        click.echo(annotation("warning", warning) if form == "github" else warning, err=form == "text")
    if form == "github":
        add_to_summary(step_summary(done))
