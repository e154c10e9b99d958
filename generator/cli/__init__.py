"""The ``digest`` command: the only place that prints, exits, and turns errors into messages."""

import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from generator import __version__
from generator.cli import authors, building, checking, comparing, curating, ingesting, mailing, suggesting


class _Program(click.Group):
    """A group of commands that leaves at once when it is done: everything is written by then."""

    def main(self, args: Sequence[str] | None = None, *more: Any, **named: Any) -> Any:
        """Run a command; as a program, without handing a catalog back object by object, which takes half a second."""
        if args is not None:
            return super().main(args, *more, **named)
        try:
            super().main(args, *more, **named)
        except SystemExit as end:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(end.code if isinstance(end.code, int) else end.code is not None)


@click.group(cls=_Program, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="digest")
def main() -> None:
    """Curated paper digests: a folder of YAML becomes a fast static site with search and feeds.

    \b
    Start one:     digest init my-digest
    Build it:      digest build --root my-digest
    """


for _command in (
    building.build,
    building.serve,
    building.markdown,
    building.addresses,
    checking.check,
    comparing.diff,
    checking.schema,
    checking.stats,
    authors.authors,
    ingesting.import_,
    ingesting.ingest,
    ingesting.ledger,
    ingesting.metrics,
    curating.add,
    curating.new,
    curating.codeowners,
    curating.init,
    suggesting.from_issue,
    mailing.newsletter,
):
    main.add_command(_command)
