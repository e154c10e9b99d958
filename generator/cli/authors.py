"""Commands on who is who."""

from datetime import date
from importlib.util import find_spec
from pathlib import Path

import click

from generator.cli.terminal import ROOT, day_of, messages
from generator.collector import without_collector
from generator.errors import DigestError


@click.group()
def authors() -> None:
    """Who is who: what may be several people, what may be one."""


@authors.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--format", "form", type=click.Choice(["yaml", "json"]), default="yaml", help="How to print.")
@click.option("--since", callback=day_of, help="Only names on papers listed on this day or later.")
@click.option(
    "--confidence",
    type=click.FloatRange(0, 1),
    help="Least confidence of what is suggested unasked (default: 0.97 for yaml, 0.9 for json).",
)
@click.option("--most", type=click.IntRange(min=1), help="Suggestions of each kind at most (default: 30 for yaml).")
@ROOT
def suggest(
    names: tuple[str, ...], form: str, since: date | None, confidence: float | None, most: int | None, root: Path
) -> None:
    """Suggest names to split and names to merge, with the evidence, for content/authors.yml. Nothing is changed.

    With NAMES: how the papers of each fall apart, whatever the confidence. Of a split, 0.97 means: of a hundred rare
    names that are one person each, three look like this one. Unasked, yaml names only those of which two
    people have two papers or more each; json has them all. What content/declined.yml holds is not suggested again.

    \b
    Example:  digest authors suggest "Jiawen Liu"
              digest authors suggest --since 2025-12-11
    """
    with messages(), without_collector():
        from generator.catalog.content import load
        from generator.catalog.declined import Memory

        _require_people()
        from generator.identity.report import as_json, as_yaml, summary
        from generator.identity.suggest import suggest as suggestions_for

        least = confidence if confidence is not None else 0.97 if form == "yaml" else 0.9
        limit = most if most is not None else 30 if form == "yaml" else None
        content = load(root)
        declined = content.curation.declined.value
        # What was declined must not take the place of what nobody has looked at: it is left out before the rest is cut.
        asked = None if declined else limit
        found = suggestions_for(content, names, least=least, since=since, most=asked, lone=form == "json")
        if not names:
            found = found.undeclined(Memory(declined, content.canonical)).surest(limit)
        taken = {entry.id for entry in content.curation.authors.value}
        text = as_json(found) if form == "json" else as_yaml(found, taken)
    click.echo(text, nl=False)
    if not names:
        click.echo(summary(found), err=True)


def _require_people() -> None:
    """Raise: DigestError where the packages that compare mentions are not installed."""
    missing = [package for package in ("numpy", "scipy") if find_spec(package) is None]
    if missing:
        raise DigestError(f"not installed: {', '.join(missing)}; run: pip install 'paper-digest[people]'")
