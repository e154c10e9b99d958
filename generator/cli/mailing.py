"""The command that mails the newsletter."""

import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import click

from generator.cli.terminal import ROOT, day_of, messages, one_line
from generator.errors import ConfigError, ContentProblems


@click.command()
@ROOT
@click.option("--since", callback=day_of, help="The first day to tell of (default: the newest week that is over).")
@click.option("--output", type=click.Path(path_type=Path), help="The files' folder (default: newsletter/ in the root).")
@click.option("--send", is_flag=True, help="Send it by SMTP, each day once.")
def newsletter(root: Path, since: date | None, output: Path | None, send: bool) -> None:
    """Write the newsletter of a week as HTML and text, or send it.

    The server and the list's address stand in site_config.yml under 'newsletter'; a login comes from DIGEST_SMTP_USER
    and DIGEST_SMTP_PASSWORD. What was sent is kept in content/newsletters.jsonl: a day is mailed once.

    \b
    Example:  digest newsletter --send
    """
    from generator.catalog.catalog import assemble
    from generator.catalog.check import check as problems_of
    from generator.catalog.content import load
    from generator.mail import SENT, send_once
    from generator.site import newsletter as letters

    with messages():
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
        click.echo(one_line(f"sent {issue.name} to {settings.to}: {mail['Subject']}"))
    elif before.state == "sent":
        click.echo(f"sent before, nothing to do: {before.start} to {before.end}")
    else:
        click.echo(
            f"{SENT}: {before.start} to {before.end} may have been sent, a run was cut off; look into the list's"
            ' archive, then write "sent" for "sending", or delete the line to send it again',
            err=True,
        )
        sys.exit(1)
