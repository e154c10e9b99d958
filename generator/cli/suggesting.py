"""The command that turns issues into changes."""

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from generator.cli.ingesting import client_of, config_of
from generator.cli.terminal import ROOT, day_of, messages, one_line

if TYPE_CHECKING:
    from generator.forms.issue import Issue


@click.command("from-issue")
@click.argument("issue", type=click.File("rb"), required=False)
@click.option("--body", type=click.File("rb"), help="The text of the issue alone, instead of ISSUE.")
@click.option("--form", help="The form that it must have been written by, such as suggest-paper.")
@click.option("--number", type=click.IntRange(min=1), help="With --body: the issue's number.")
@click.option("--login", default="", help="With --body: who wrote it.")
@click.option("--declined", metavar="REASON", help="Remember that it was declined, instead of following it.")
@click.option("--by", help="With --declined: who declined it (default: who set the event off).")
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), help="Write what to answer to this file.")
@click.option("--today", callback=day_of, hidden=True, help="Take this day for today.")
@ROOT
def from_issue(
    issue: BinaryIO | None,
    body: BinaryIO | None,
    form: str | None,
    number: int | None,
    login: str,
    declined: str | None,
    by: str | None,
    report: Path | None,
    today: date | None,
    root: Path,
) -> None:
    """Make the change in content/ that an issue asks for, written by one of the issue forms, or refuse it.

    ISSUE is what GitHub's API says of the issue, or the file of an event that is about it; - reads it from the input.
    What is refused, with the reason, or would not pass 'digest check', changes nothing: the exit code is 1.

    \b
    Example:  gh api repos/OWNER/NAME/issues/17 | digest from-issue -
    """
    from generator.forms import telling
    from generator.forms.following import decline, follow
    from generator.forms.form import NEEDED
    from generator.forms.refusal import RefusedError

    if form is not None and form not in NEEDED:
        raise click.BadParameter(f"{form!r} is not one of {', '.join(NEEDED)}", param_hint="--form")
    with messages():
        read = _issue(issue, body, number, login)
        day = today or datetime.now(UTC).date()
        who = by or read.sender
        if declined is not None and not who:
            raise click.UsageError("--declined needs --by: who declined it")
        # Nothing of the issue is an address of ours: the client goes nowhere inside the network for it.
        with client_of(root, config_of(root)) as client:
            try:
                if declined is not None:
                    change, written = decline(root, read, day, declined, who or "", client.fetch, form)
                else:
                    change, written = follow(root, read, day, client.fetch, form)
            except RefusedError as refused:
                if report is not None:
                    report.write_text(telling.refusal(refused), "utf-8")
                click.echo(one_line(f"refused: {refused.reason}"), err=True)
                sys.exit(1)
    if report is not None:
        report.write_text(telling.proposal(read, change, closes=declined is None), "utf-8")
    click.echo(one_line(change.title))
    for name in written:
        click.echo(f"wrote {name}")


def _issue(issue: BinaryIO | None, body: BinaryIO | None, number: int | None, login: str) -> "Issue":
    """Read the issue from either of its files.

    Raises: ConfigError; click.UsageError unless there is exactly one.
    """
    from generator.errors import ConfigError
    from generator.forms.body import MAX_BODY
    from generator.forms.issue import MAX_JSON, Issue, read_issue
    from generator.forms.issue import login as read_login

    if issue is not None and body is None:
        return read_issue(getattr(issue, "name", "ISSUE"), issue.read(MAX_JSON + 1))
    if issue is not None or body is None:
        raise click.UsageError("give ISSUE, or --body")
    if not login:
        raise click.UsageError("--body needs --login: who wrote it")
    try:
        text = body.read(4 * MAX_BODY + 4).decode("utf-8")
    except UnicodeDecodeError:
        raise ConfigError(getattr(body, "name", "--body"), "not UTF-8; save the text as UTF-8") from None
    return Issue(number, read_login("--login", login), text)
