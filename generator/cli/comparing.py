"""The command that says what a change of content does to the published site."""

from pathlib import Path

import click

from generator.cli.terminal import ROOT, add_to_summary, messages, progress


@click.command()
@click.argument("base", metavar="BASE")
@click.option(
    "--format", "form", type=click.Choice(["text", "github", "json"]), default="text", help="How to write it."
)
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write it to this file too; github: as Markdown."
)
@click.option(
    "--site", type=click.Path(path_type=Path), help="The built site, which saves work (default: site/ in the root)."
)
@click.option("--jobs", type=click.IntRange(min=1), help="Processes to render with (default: one a core).")
@ROOT
def diff(base: str, form: str, output: Path | None, site: Path | None, jobs: int | None, root: Path) -> None:
    """Say what the content does to the site, compared with BASE: a commit, or the folder of another digest.

    Both sites are built, beside what is there, and compared: pages, authors and topics, what subscribers will see,
    addresses that break. With paper-digest[people] the names on new papers are looked at, too. Nothing is changed.

    \b
    Example:  digest diff main
    """
    import msgspec

    from generator.changes import report
    from generator.changes.compare import compare
    from generator.changes.suspects import find_suspects

    with messages():
        with progress() as told:
            changes = compare(root, base, site or root / "site", jobs, told, find_suspects)
        if form == "json":
            written = msgspec.json.format(msgspec.json.encode(changes)).decode() + "\n"
        else:
            written = report.markdown(changes) if form == "github" else report.text(changes)
        if output:
            _write(output, written)
    click.echo(report.text(changes) if form == "github" else written, nl=False)
    if form == "github":
        add_to_summary(written)


def _write(path: Path, text: str) -> None:
    from generator.errors import BuildError

    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise BuildError(str(path), f"cannot be written: {error.strerror}") from None
