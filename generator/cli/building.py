"""Commands that turn content into a site, or into files of its pages."""

import gc
import signal
import sys
from contextlib import suppress
from pathlib import Path

import click

from generator.cli.terminal import ROOT, messages, progress
from generator.collector import without_collector


@click.command()
@ROOT
@click.option("--output", type=click.Path(path_type=Path), help="The site's folder (default: site/ in the root).")
@click.option("--jobs", type=click.IntRange(min=1), help="Processes to render with (default: one a core).")
@click.option("--clean", is_flag=True, help="Render every page again.")
def build(root: Path, output: Path | None, jobs: int | None, clean: bool) -> None:
    """Build the site of content/.

    \b
    Example:  digest build --output public
    """
    from generator.site.build import build as build_site

    with messages(), progress() as report, without_collector():
        summary = build_site(root, output or root / "site", jobs, report, clean=clean)
        gc.freeze()  # the program ends here: to look for garbage in a catalog would take a tenth of a second
    click.echo(_summary_line(summary.counts, summary.seconds))
    click.get_current_context().obj = summary


def _summary_line(counts: dict[str, int], seconds: dict[str, float]) -> str:
    """Write what a build did: pages always, other things if there were any, and the steps that took time."""
    pages = ", ".join(f"{counts.get(f'pages {done}', 0):,} {done}" for done in ("rendered", "kept", "removed"))
    others = [f"{noun}: {count:,}" for noun, count in counts.items() if count and not noun.startswith("pages ")]
    steps = [f"{name} {taken:.1f}" for name, taken in seconds.items() if taken >= 0.05]
    took = f"{sum(seconds.values()):.1f} s"
    return "; ".join([f"pages: {pages}", *others, f"{took} ({', '.join(steps)})" if steps else took])


@click.command()
@ROOT
@click.option("--output", type=click.Path(path_type=Path), help="The site's folder (default: site/ in the root).")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes a free one.")
def serve(root: Path, output: Path | None, port: int) -> None:
    """Build the site, show it on this machine, and again after every change of content, configuration or theme.

    An open page shows the new site by itself. A mistake is printed with its line, and the old site stays.

    \b
    Example:  digest serve --port 8080
    """
    import subprocess

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

    with messages(), suppress(KeyboardInterrupt):
        serve_site(root, site, port, build, lambda address: click.echo(f"{address} (stop with ctrl-c)"))


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@ROOT
def markdown(folder: Path, root: Path) -> None:
    """Write the Markdown of every page, and a plain mkdocs.yml, into FOLDER.

    Any renderer of Markdown can take it from there.

    \b
    Example:  digest markdown tree && cd tree && mkdocs build --strict
    """
    from generator.site.markdown_tree import write_markdown

    with messages():
        count = write_markdown(root, folder)
    click.echo(f"wrote {count:,} pages to {folder}")


@click.command()
@ROOT
def addresses(root: Path) -> None:
    """Add every address of the site to content/addresses.jsonl: whatever is edited later, each goes on to answer.

    Run it where content is committed by a machine; the workflow that asks the sources does. Nothing is ever taken off
    the list.

    \b
    Example:  digest addresses --root my-digest
    """
    from generator.addresses import ADDRESSES
    from generator.site.moved import remember_addresses

    with messages():
        new, changed = remember_addresses(root)
    told = f"{new:,} new address{'' if new == 1 else 'es'}"
    click.echo(f"wrote {ADDRESSES} with {told}" if changed else f"{ADDRESSES} has every address")
