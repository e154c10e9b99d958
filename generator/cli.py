"""The ``digest`` command: the only place that prints, exits, and turns errors into messages."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from importlib.util import find_spec
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import click

from generator import __version__
from generator.errors import ConfigError, ContentError, ContentProblems, DigestError
from generator.ingest import KINDS

if TYPE_CHECKING:
    from generator.config import SiteConfig
    from generator.ingest.catch_up import Outcome
    from generator.ingest.client import Client

_ROOT = click.option(
    "--root",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="The folder with site_config.yml and content/ (default: here).",
)


@contextmanager
def _messages() -> Iterator[None]:
    """Turn our own errors into their sentence and exit code 1; anything else is a bug and keeps its traceback."""
    try:
        yield
    except ContentProblems as bundle:
        for problem in bundle.problems:
            click.echo(str(problem), err=True)
        noun = "problem" if len(bundle.problems) == 1 else "problems"
        click.echo(f"{len(bundle.problems)} {noun} in the content; nothing was written", err=True)
        sys.exit(1)
    except DigestError as error:
        click.echo(str(error), err=True)
        sys.exit(1)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="digest")
def main() -> None:
    """Curated paper digests: a folder of YAML becomes a fast static site with search and feeds.

    \b
    Start one:     digest init my-digest
    Build it:      digest build --root my-digest
    """


@main.command()
@_ROOT
@click.option("--output", type=click.Path(path_type=Path), help="The site's folder (default: site/ in the root).")
@click.option("--jobs", type=click.IntRange(min=1), help="Processes to render with (default: one a core).")
@click.option("--clean", is_flag=True, help="Render every page again.")
def build(root: Path, output: Path | None, jobs: int | None, clean: bool) -> None:
    """Build the site of content/.

    \b
    Example:  digest build --output public
    """
    from generator.site.build import build as build_site

    with _messages(), _progress() as report:
        summary = build_site(root, output or root / "site", jobs, report, clean=clean)
    click.echo(_summary_line(summary.counts, summary.seconds))


def _summary_line(counts: dict[str, int], seconds: dict[str, float]) -> str:
    """Write what a build did: pages always, other things if there were any, and the steps that took time."""
    pages = ", ".join(f"{counts.get(f'pages {done}', 0):,} {done}" for done in ("rendered", "kept", "removed"))
    others = [f"{noun}: {count:,}" for noun, count in counts.items() if count and not noun.startswith("pages ")]
    steps = [f"{name} {taken:.1f}" for name, taken in seconds.items() if taken >= 0.05]
    took = f"{sum(seconds.values()):.1f} s"
    return "; ".join([f"pages: {pages}", *others, f"{took} ({', '.join(steps)})" if steps else took])


PATIENCE = 2.0
"""Seconds that a build may take before it says how far it is."""
PAUSE = 5.0
"""Seconds between two lines on how far it is, where there is no terminal to draw on."""


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """Show how far a long build is: a bar on a terminal, now and then a line elsewhere."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    start, told = monotonic(), 0.0
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    # It draws when told to: no thread of its own may be at work when the renderer forks.
    bar = Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=False)
    task = bar.add_task("")

    def draw(step: str, done: int, total: int) -> None:
        if monotonic() - start >= PATIENCE:
            bar.start()
            bar.update(task, description=step, completed=done, total=total, refresh=True)

    def write(step: str, done: int, total: int) -> None:
        nonlocal told
        if (now := monotonic()) - max(start + PATIENCE - PAUSE, told) >= PAUSE:
            told = now
            click.echo(f"{step}: {done:,} of {total:,}", err=True)

    try:
        yield draw if sys.stderr.isatty() else write
    finally:
        if bar.live.is_started:
            bar.stop()


@main.command()
@_ROOT
@click.option("--output", type=click.Path(path_type=Path), help="The site's folder (default: site/ in the root).")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes a free one.")
def serve(root: Path, output: Path | None, port: int) -> None:
    """Build the site, show it on this machine, and again after every change of content, configuration or theme.

    An open page shows the new site by itself. A mistake is printed with its line, and the old site stays.

    \b
    Example:  digest serve --port 8080
    """
    from generator.site.serve import serve as serve_site

    site = output or root / "site"

    def build() -> bool:
        # A process of its own: this one has threads, which do not go with a renderer that forks.
        command = [sys.executable, "-m", "generator", "build", "--root", str(root), "--output", str(site)]
        process = subprocess.Popen(command, start_new_session=True)
        try:
            return process.wait() == 0
        except KeyboardInterrupt:
            process.send_signal(signal.SIGINT)
            process.wait()  # it clears away what it began
            raise

    with _messages(), suppress(KeyboardInterrupt):
        serve_site(root, site, port, build, lambda address: click.echo(f"{address} (stop with ctrl-c)"))


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@_ROOT
def markdown(folder: Path, root: Path) -> None:
    """Write the Markdown of every page, and a plain mkdocs.yml, into FOLDER.

    Any renderer of Markdown can take it from there.

    \b
    Example:  digest markdown tree && cd tree && mkdocs build --strict
    """
    from generator.site.build import write_markdown

    with _messages():
        count = write_markdown(root, folder)
    click.echo(f"wrote {count:,} pages to {folder}")


@main.command()
@_ROOT
@click.option("--format", "form", type=click.Choice(["text", "github", "json"]), default="text", help="How to print.")
def check(root: Path, form: str) -> None:
    """Print every problem in content/ as path:line:column: message.

    \b
    Example:  digest check --format github
    """
    from generator.catalog.catalog import load
    from generator.catalog.check import check as problems_of

    with _messages():
        problems = problems_of(load(root))
    _print_problems(problems, form)
    if problems:
        sys.exit(1)


def _print_problems(problems: list[ContentError], form: str) -> None:
    if form == "json":
        import msgspec

        rows = [{"path": p.path, "line": p.line, "column": p.column, "message": p.message} for p in problems]
        click.echo(msgspec.json.format(msgspec.json.encode(rows)).decode())
    elif form == "github":
        for p in problems:
            place = f"file={_property(p.path)},line={p.line},col={p.column}"
            click.echo(f"::error {place}::{_data(p.message)}")
    else:
        for p in problems:
            click.echo(str(p))
        click.echo(f"{len(problems)} problem{'' if len(problems) == 1 else 's'}" if problems else "no problems")


def _data(text: str) -> str:
    """Escape the message of a workflow command, as GitHub's runner unescapes it."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


@main.command()
@_ROOT
@click.option("--output", type=click.Path(path_type=Path), help="The schemas' folder (default: schemas/ in the root).")
def schema(root: Path, output: Path | None) -> None:
    """Write the JSON Schemas of the files that people write, by which editors complete and check them.

    A file names its own in its first line; see any of those that 'digest init' writes.

    \b
    Example:  digest schema --root my-digest
    """
    from generator.schemas import FOLDER, write_schemas

    with _messages():
        for path in write_schemas(output or root / FOLDER):
            click.echo(f"wrote {path}")


@main.command()
@_ROOT
def stats(root: Path) -> None:
    """Print the counts of the catalog.

    \b
    Example:  digest stats --root my-digest
    """
    from generator.catalog.catalog import assemble, load
    from generator.catalog.check import check as problems_of

    with _messages():
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
    }
    for noun, count in rows.items():
        click.echo(f"{noun:<8}{count:>9,}")


def _day(context: click.Context, parameter: click.Parameter, value: str | None) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is not a day like 2025-12-11", context, parameter) from None


@main.group()
def authors() -> None:
    """Who is who: what may be several people, what may be one."""


@authors.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--format", "form", type=click.Choice(["yaml", "json"]), default="yaml", help="How to print.")
@click.option("--since", callback=_day, help="Only names on papers listed on this day or later.")
@click.option(
    "--confidence",
    type=click.FloatRange(0, 1),
    help="Least confidence of what is suggested unasked (default: 0.97 for yaml, 0.9 for json).",
)
@click.option("--most", type=click.IntRange(min=1), help="Suggestions of each kind at most (default: 30 for yaml).")
@_ROOT
def suggest(
    names: tuple[str, ...], form: str, since: date | None, confidence: float | None, most: int | None, root: Path
) -> None:
    """Suggest names to split and names to merge, with the evidence, for content/authors.yml. Nothing is changed.

    With NAMES: how the papers of each fall apart, whatever the confidence. Of a split, 0.97 means: of a hundred rare
    names that are one person each, three look like this one. Unasked, yaml names only those of which two
    people have two papers or more each; json has them all.

    \b
    Example:  digest authors suggest "Jiawen Liu"
              digest authors suggest --since 2025-12-11
    """
    from generator.catalog.catalog import load

    with _messages():
        _require_people()
        from generator.identity.report import as_json, as_yaml, summary
        from generator.identity.suggest import suggest as suggestions_for

        content = load(root)
        least = confidence if confidence is not None else 0.97 if form == "yaml" else 0.9
        limit = most if most is not None else 30 if form == "yaml" else None
        found = suggestions_for(content, names, least=least, since=since, most=limit, lone=form == "json")
    taken = {entry.id for entry in content.curation.authors.value}
    click.echo(as_json(found) if form == "json" else as_yaml(found, taken), nl=False)
    if not names:
        click.echo(summary(found), err=True)


def _require_people() -> None:
    """Raise: DigestError where the packages that compare mentions are not installed."""
    missing = [package for package in ("numpy", "scipy") if find_spec(package) is None]
    if missing:
        raise DigestError(f"not installed: {', '.join(missing)}; run: pip install 'paper-digest[people]'")


@main.command(name="import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--format", "kind", required=True, type=click.Choice(KINDS), help="Whose answers they are.")
@click.option("--source", help="The name under which the papers are listed (default: the format's).")
@click.option("--as-of", callback=_day, help="The day the files were recorded: only then are upvotes and stars kept.")
@_ROOT
def import_(files: tuple[Path, ...], kind: str, source: str | None, as_of: date | None, root: Path) -> None:
    """Take the papers of FILES, recorded answers of a source, into content/records.

    The same file twice changes nothing. A damaged file is named with the reason and left out whole.

    \b
    Example:  digest import --format huggingface 2025-12-11.json
    """
    from generator.ingest.run import import_files

    with _messages():
        report = import_files(root, kind, files, source, as_of)
    for problem in report.problems:
        click.echo(_one_line(str(problem)), err=True)
    done = report.plan
    click.echo(
        f"{report.files:,} of {len(files):,} files, {report.papers:,} papers: {len(done.added):,} added, "
        f"{len(done.updated):,} updated, {len(done.unchanged):,} unchanged"
        + (f", {len(done.left_out):,} without a day left out" if done.left_out else "")
    )
    if report.problems:
        sys.exit(1)


@main.command()
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option("--since", callback=_day, help="The first day to ask for (default: the oldest that is open).")
@click.option("--until", callback=_day, help="The last day to ask for (default: today).")
@click.option("--again", is_flag=True, help="With --since: ask for settled days too.")
@click.option("--dry-run", is_flag=True, help="Ask, write nothing, and say what each rule lets in and keeps out.")
@click.option("--format", "form", type=click.Choice(["text", "github"]), default="text", help="How to print warnings.")
@click.option("--today", callback=_day, hidden=True, help="Take this day for today.")
@_ROOT
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
    with _messages():
        config = _config(root)
        known = [source.name for source in config.sources]
        if unknown := [name for name in sources if name not in known]:
            raise click.UsageError(
                f"no source {unknown[0]!r} in site_config.yml; there are: {', '.join(known) or 'none'}"
            )
        wanted = Wanted(today or datetime.now(UTC).date(), since, until, again)
        with _client(root, config) as client, _progress() as report:
            outcome = catch_up(root, config, client.fetch, wanted, sources, dry_run=dry_run, progress=report)
    _print_outcome(outcome, form, dry_run)


def _config(root: Path) -> "SiteConfig":
    """Read the configuration.

    Raises: ContentProblems if something is wrong with it.
    """
    from generator.config import read_config

    file, problems = read_config(root)
    if problems:
        raise ContentProblems(problems)
    return file.value


def _client(root: Path, config: "SiteConfig", *more: str) -> "Client":
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
            click.echo(telling.annotation("warning", warning) if form == "github" else warning, err=form == "text")
    if not dry_run:
        click.echo(f"{len(outcome.written):,} files written" if outcome.written else "nothing written")
    if form == "github":
        _add_to_summary(telling.step_summary(outcome))


def _add_to_summary(markdown: str) -> None:
    """Add to the summary of the step, where GitHub's runner runs it."""
    if place := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(place).open("a", encoding="utf-8") as stream:
            stream.write(markdown)


@main.command()
@click.option("--failing", type=click.IntRange(min=1), metavar="DAYS", help="Only sources that failed for so long.")
@_ROOT
def ledger(failing: int | None, root: Path) -> None:
    """Print up to which day each source is settled, and which of its days are open and why.

    With --failing nothing is printed unless a source has answered nothing but failures for so many days.

    \b
    Example:  digest ledger --failing 3
    """
    from generator.ingest import telling
    from generator.ledger import read_ledger

    with _messages():
        read = read_ledger(root)
        if read.problems:
            raise ContentProblems([*read.problems])
    for line in telling.standing(read) if failing is None else telling.failures(read, failing):
        click.echo(line)


@main.command()
@click.option("--format", "form", type=click.Choice(["text", "github"]), default="text", help="How to print warnings.")
@click.option("--today", callback=_day, hidden=True, help="Take this day for today.")
@_ROOT
def metrics(form: str, today: date | None, root: Path) -> None:
    """Count citations, upvotes and the like of the papers whose counts are old, and write them to content/metrics.

    Of people only those are counted whose entry in authors.yml links to a profile. Keys are read from the environment:
    SEMANTIC_SCHOLAR_API_KEY, OPENALEX_API_KEY. A service that cannot answer now is a warning, and the exit code is 0.

    \b
    Example:  digest metrics
    """
    from generator.ingest import telling
    from generator.ingest.metrics import KEYS, measure, step_summary, summary

    keys = {name: value for name in KEYS.values() if (value := os.environ.get(name, "").strip())}
    with _messages():
        config = _config(root)
        with _client(root, config) as client, _progress() as report:
            done = measure(root, client.fetch, today or datetime.now(UTC).date(), keys, report)
    for line in summary(done):
        click.echo(line)
    for warning in map(_one_line, done.warnings):
        click.echo(telling.annotation("warning", warning) if form == "github" else warning, err=form == "text")
    if form == "github":
        _add_to_summary(step_summary(done))


@main.command()
@click.argument("paper", metavar="ID|URL")
@click.option("--date", "day", callback=_day, help="The day to pick it on (default: today).")
@click.option("--note", help="Why read it: one or two sentences in Markdown.")
@_ROOT
def add(paper: str, day: date | None, note: str | None, root: Path) -> None:
    """Pick one paper: put it into a day's digest file, and its record into content/records.

    ID is an arXiv id or a DOI; URL is the paper's page at arXiv, at its publisher, or anywhere that describes it by
    citation tags. What people wrote in the digest file stays as it is.

    \b
    Example:  digest add 2503.16525 --date 2025-12-11 --note "Shares a prefix cache across tenants."
    """
    from generator.ingest.adding import add as add_paper

    with _messages():
        config = _config(root)
        with _client(root, config, paper) as client:
            added = add_paper(root, config, paper, day or datetime.now(UTC).date(), note, client.fetch)
    click.echo(f"{added.record.id}: {_one_line(added.record.title)}")
    for name in added.written:
        click.echo(f"wrote {name}")


@main.command()
@click.argument("day", metavar="DATE", callback=_day)
@_ROOT
def new(day: date, root: Path) -> None:
    """Write a digest file for DATE, with the papers listed on that day as comments: take the marks away to pick.

    A file that is there already stays as it is.

    \b
    Example:  digest new 2025-12-11
    """
    from generator.ingest.drafting import write_digest

    with _messages():
        name, count = write_digest(root, day)
    click.echo(f"wrote {name} with {count:,} paper{'' if count == 1 else 's'} to pick from")


def _one_line(text: str) -> str:
    """Keep what a file says from starting a line of its own, which a CI runner could take for a command."""
    return " ".join(text.split())


@main.command()
@_ROOT
@click.option("--since", callback=_day, help="The first day to tell of (default: the newest week that is over).")
@click.option("--output", type=click.Path(path_type=Path), help="The files' folder (default: newsletter/ in the root).")
@click.option("--send", is_flag=True, help="Send it by SMTP, each day once.")
def newsletter(root: Path, since: date | None, output: Path | None, send: bool) -> None:
    """Write the newsletter of a week as HTML and text, or send it.

    The server and the list's address stand in site_config.yml under 'newsletter'; a login comes from DIGEST_SMTP_USER
    and DIGEST_SMTP_PASSWORD. What was sent is kept in content/newsletters.jsonl: a day is mailed once.

    \b
    Example:  digest newsletter --send
    """
    from generator.catalog.catalog import assemble, load
    from generator.catalog.check import check as problems_of
    from generator.mail import SENT, send_once
    from generator.site import newsletter as letters

    with _messages():
        content = load(root)
        if problems := problems_of(content):
            raise ContentProblems(problems)
        catalog = assemble(content)
        settings = catalog.config.newsletter
        issue = letters.since(catalog, since) if since else letters.newest_week(catalog)
        if issue is None:
            click.echo(f"nothing to tell: no day since {since}" if since else "nothing to tell: no week is over")
            return
        if not send:
            for path in letters.write(root, catalog, issue, output or root / "newsletter"):
                click.echo(f"wrote {path}")
            return
        if settings is None:
            raise ConfigError("site_config.yml", "no 'newsletter'; say there who sends it to whom, by which server")
        mail = letters.message(root, catalog, issue, settings, datetime.now(UTC))
        before = send_once(root, mail, issue.start, issue.end, settings, os.environ)
    if before is None:
        click.echo(_one_line(f"sent {issue.name} to {settings.to}: {mail['Subject']}"))
    elif before.state == "sent":
        click.echo(f"sent before, nothing to do: {before.start} to {before.end}")
    else:
        click.echo(
            f"{SENT}: {before.start} to {before.end} may have been sent, a run was cut off; look into the list's"
            ' archive, then write "sent" for "sending", or delete the line to send it again',
            err=True,
        )
        sys.exit(1)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--title", default="Paper digest", show_default=True, help="The digest's name.")
@click.option("--url", default="http://localhost:8000/", show_default=True, help="Where the site will stand.")
def init(folder: Path, title: str, url: str) -> None:
    """Start a digest of your own in FOLDER: configuration, empty content with examples, workflows.

    \b
    Example:  digest init my-digest --title "Papers on Bees" --url https://example.org/bees/
    """
    from generator.starter import start

    with _messages():
        written = start(folder, title, url, date.today().year)
    click.echo(f"wrote {len(written)} files to {folder}; next: digest build --root {folder}")
