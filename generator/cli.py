"""The ``digest`` command: the only place that prints, exits, and turns errors into messages."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from time import monotonic

import click

from generator import __version__
from generator.errors import ContentError, ContentProblems, DigestError
from generator.ingest import KINDS

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


def _one_line(text: str) -> str:
    """Keep what a file says from starting a line of its own, which a CI runner could take for a command."""
    return " ".join(text.split())


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
        written = start(folder, title, url)
    click.echo(f"wrote {len(written)} files to {folder}; next: digest build --root {folder}")
