"""The mail that tells of a period: its subject, its HTML for mail programs, its text. Sending it is left to ``mail``.

Mail programs know no style sheets and few elements: every style stands on its element, in tables as wide as 600 pixels,
without a picture. What a program knows of dark colours is an addition that others pass over.
"""

import textwrap
from collections.abc import Sequence
from datetime import date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from generator.catalog.catalog import Catalog
from generator.catalog.ranking import rank
from generator.config import Newsletter
from generator.jsonlines import write_atomically
from generator.markup import plain_note
from generator.model import Frozen, Paper
from generator.site.rendering.markdown import environment
from generator.site.rendering.theme import theme_folders
from generator.site.shown.cards import note_markup
from generator.site.shown.periods import day_name, weeks
from generator.text import clean_line

LEADING = 10
"""Papers set out with their abstract where nobody picked any."""
LISTED = 40
"""Titles of the other papers: some programs cut a mail off at 100 kB."""
ABSTRACT = 400
SUBJECT = 110
_WIDTH = 72


class Issue(Frozen, frozen=True):
    """One issue of the newsletter: which days it tells of."""

    label: str
    """``2025-W50``, or the first and last day."""
    name: str
    """``Week 50, 2025``."""
    start: date
    end: date
    address: str
    """Of the page that shows the same, below the site's root."""


def newest_week(catalog: Catalog) -> Issue | None:
    """Return the newest week that no further day can change."""
    newest = max(catalog.days, default=date.min)
    over = [week for week in weeks(catalog.days) if week.end < newest]
    if not over:
        return None
    week = over[-1]
    address = f"weeks/{week.label}/"
    return Issue(label=week.label, name=week.name, start=week.start, end=week.end, address=address)


def since(catalog: Catalog, start: date) -> Issue | None:
    """Return the issue of all days from `start` on."""
    days = [day for day in catalog.days if day >= start]
    if not days:
        return None
    end = max(days)
    name = day_name(end) if start == end else f"{day_name(start)} to {day_name(end)}"
    label = str(start) if start == end else f"{start}-{end}"
    return Issue(label=label, name=name, start=start, end=end, address=f"days/{end}/" if start == end else "days/")


def message(root: Path, catalog: Catalog, issue: Issue, settings: Newsletter, when: datetime) -> EmailMessage:
    """Write the mail of `issue`, as sent at `when`; the digest at `root` may have its own template."""
    content = _content(catalog, issue, settings)
    mail = EmailMessage(policy=SMTP.clone(max_line_length=200))
    mail["From"] = _address(settings.sender, catalog.config.title)
    mail["To"] = _address(settings.to, "")
    mail["Subject"] = content["subject"]
    mail["Date"] = format_datetime(when)
    mail["Message-ID"] = message_id(catalog, issue, settings)
    host = settings.sender.rpartition("@")[2]
    mail["List-Id"] = f"<digest.{host}>"
    if settings.unsubscribe:
        mail["List-Unsubscribe"] = f"<{settings.unsubscribe}>"
    mail["List-Archive"] = f"<{catalog.config.url}weeks/feed.xml>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["Precedence"] = "bulk"
    mail.set_content(_text(content), cte="quoted-printable")
    mail.add_alternative(_html(root, content), subtype="html", cte="quoted-printable")
    return mail


def write(root: Path, catalog: Catalog, issue: Issue, folder: Path) -> list[Path]:
    """Write what the mail of `issue` shows into `folder`, as HTML and as text; return the files."""
    content = _content(catalog, issue, catalog.config.newsletter)
    texts = {".html": _html(root, content), ".txt": _text(content)}
    written = [folder / f"{issue.label}{ending}" for ending in texts]
    for path, text in zip(written, texts.values(), strict=True):
        write_atomically(path, text.encode())
    return written


def message_id(catalog: Catalog, issue: Issue, settings: Newsletter) -> str:
    """Return the id that an issue has however often it is written: a server that sees it twice can know it."""
    host = settings.sender.rpartition("@")[2]
    name = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in catalog.config.tag.rpartition(":")[2])
    return f"<{issue.label}.{name.strip('-') or 'digest'}@{host}>"


def _html(root: Path, content: dict[str, Any]) -> str:
    return environment(theme_folders(root)).get_template("newsletter.html.j2").render(**content)


def _address(address: str, name: str) -> Address:
    local, _, host = address.rpartition("@")
    return Address(clean_line(name), local, host)


def _content(catalog: Catalog, issue: Issue, settings: Newsletter | None) -> dict[str, Any]:
    days = [day for day in catalog.days.values() if issue.start <= day.date <= issue.end]
    picked = dict.fromkeys(paper for day in days for _, paper in day.picks)
    passed = {paper for day in days for _, paper in day.passed}
    listed = dict.fromkeys(paper for day in days for paper in day.papers if paper not in passed)
    rest = rank(catalog.papers[paper] for paper in listed if paper not in picked)
    leading = [catalog.papers[paper] for paper in picked]
    leading.sort(key=lambda paper: not paper.highlight)
    if not leading:
        leading, rest = rest[:LEADING], rest[LEADING:]
    config = catalog.config
    return {
        "title": config.title,
        "language": config.language,
        "name": issue.name,
        "subject": _subject(config.title, issue, leading, len(listed)),
        "intros": [note_markup(day.digest.intro) for day in days if day.digest and day.digest.intro],
        "intro_texts": [plain_note(day.digest.intro) for day in days if day.digest and day.digest.intro],
        "picked": bool(picked),
        "leading": [_shown(paper, config.url) for paper in leading],
        "rest": [_shown(paper, config.url) for paper in rest[:LISTED]],
        "more": max(len(rest) - LISTED, 0),
        "page": config.url + issue.address,
        "subscribe": f"{config.url}subscribe/",
        "unsubscribe": settings.unsubscribe if settings else None,
    }


def _subject(title: str, issue: Issue, leading: Sequence[Paper], count: int) -> str:
    """Say what is in it: the first paper, and how many more."""
    if not leading:
        return f"{title}: {issue.name}"
    more = f" and {count - 1} more" if count > 1 else ""
    room = max(SUBJECT - len(title) - len(more), 40)
    first = leading[0].title
    short = first if len(first) <= room else f"{first[:room].rpartition(' ')[0] or first[:room]}…"
    return clean_line(f"{title}: {short}{more}")


def _shown(paper: Paper, url: str) -> dict[str, Any]:
    names = [mention.name for mention in paper.authors[:3]]
    more = len(paper.authors) - len(names)
    cut = paper.abstract[:ABSTRACT].rpartition(" ")[0] + "…" if len(paper.abstract) > ABSTRACT else paper.abstract
    return {
        "title": paper.title,
        "url": f"{url}papers/{paper.address}/",
        "authors": ", ".join(names) + (f" and {more} more" if more else ""),
        "note_html": note_markup(paper.note),
        "note": plain_note(paper.note) if paper.note else "",
        "abstract": cut,
    }


def _text(content: dict[str, Any]) -> str:
    """Write the mail for programs, and people, that read no HTML."""
    lines = [content["title"], content["name"], "", content["page"], ""]
    for intro in content["intro_texts"]:
        lines += [*_wrapped(intro), ""]
    for paper in content["leading"]:
        lines += ["", *_wrapped(paper["title"]), *_wrapped(paper["authors"], "  ")]
        if paper["note"]:
            lines += ["", *_wrapped(paper["note"], "> ")]
        if paper["abstract"]:
            lines += ["", *_wrapped(paper["abstract"], "  ")]
        lines += ["", f"  {paper['url']}", ""]
    if content["rest"]:
        lines += ["", "Also listed", ""]
        for paper in content["rest"]:
            lines += [*_wrapped(paper["title"], "  ", "- "), f"  {paper['url']}"]
        if content["more"]:
            lines += [f"- and {content['more']} more: {content['page']}"]
    lines += ["", "-- ", content["title"], f"As a feed: {content['subscribe']}"]
    if content["unsubscribe"]:
        lines += [f"To unsubscribe: {content['unsubscribe'].removeprefix('mailto:')}"]
    return "\n".join(lines) + "\n"


def _wrapped(text: str, indent: str = "", first: str | None = None) -> list[str]:
    start = indent if first is None else first
    return textwrap.wrap(
        text, _WIDTH, initial_indent=start, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
