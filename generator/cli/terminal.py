"""What all commands share: options, our errors as sentences, how far a long one is, and what CI reads."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import click

from generator.errors import ContentProblems, DigestError

if TYPE_CHECKING:
    from rich.progress import Progress

ROOT = click.option(
    "--root",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="The folder with site_config.yml and content/ (default: here).",
)


def day_of(context: click.Context, parameter: click.Parameter, value: str | None) -> date | None:
    """Read an option or argument that is a day, ``2025-12-11``.

    Raises: click.BadParameter if it is none.
    """
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is not a day like 2025-12-11", context, parameter) from None


@contextmanager
def messages() -> Iterator[None]:
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


PATIENCE = 2.0
"""Seconds that a build may take before it says how far it is."""
PAUSE = 5.0
"""Seconds between two lines on how far it is, where there is no terminal to draw on."""


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """Show how far a long build is: a bar on a terminal, now and then a line elsewhere."""
    start, told = monotonic(), 0.0
    bar: Progress | None = None

    def draw(step: str, done: int, total: int) -> None:
        nonlocal bar
        if monotonic() - start >= PATIENCE:
            bar = bar or _begun_bar(start)
            bar.update(bar.task_ids[0], description=step, completed=done, total=total, refresh=True)

    def write(step: str, done: int, total: int) -> None:
        nonlocal told
        if (now := monotonic()) - max(start + PATIENCE - PAUSE, told) >= PAUSE:
            told = now
            click.echo(f"{step}: {done:,} of {total:,}", err=True)

    try:
        yield draw if sys.stderr.isatty() else write
    finally:
        if bar is not None:
            bar.stop()


def _begun_bar(start: float) -> "Progress":
    """Draw a bar for one task, which has gone on since `start`."""
    # Imported here: 40 ms that nobody need pay who sees no bar.
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    # It draws when told to: no thread of its own may be at work when the renderer forks.
    bar = Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=False, get_time=monotonic)
    bar.add_task("")
    bar.tasks[0].start_time = start
    bar.start()
    return bar


def one_line(text: str) -> str:
    """Keep what a file says from starting a line of its own, which a CI runner could take for a command."""
    return " ".join(text.split())


def annotation(level: str, text: str, **place: object) -> str:
    """Write TEXT as a workflow command of GitHub's runner, escaped as it unescapes: ``::error file=a.yml,line=3::…``.

    LEVEL is ``notice``, ``warning`` or ``error``.
    """
    at = ",".join(f"{key}={_unbroken(str(value), ':,')}" for key, value in place.items())
    return f"::{level}{f' {at}' if at else ''}::{_unbroken(text)}"


def _unbroken(text: str, more: str = "") -> str:
    """Escape what would end a workflow command or a property of it."""
    for sign in f"%\r\n{more}":
        text = text.replace(sign, f"%{ord(sign):02X}")
    return text


def add_to_summary(markdown: str) -> None:
    """Add to the summary of the step, where GitHub's runner runs it."""
    if place := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(place).open("a", encoding="utf-8") as stream:
            stream.write(markdown)
