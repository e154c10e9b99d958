"""An issue as GitHub tells it, by its API or in the file of an event: number, who wrote it, labels, text."""

import re
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec

from generator.errors import ConfigError

MAX_JSON = 5_000_000
"""Bytes; an event with an issue of the greatest length has a tenth of it."""
_LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,98})(?:\[bot\])?")


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue."""

    number: int | None
    login: str
    """Who wrote it."""
    body: str
    labels: tuple[str, ...] = ()
    sender: str | None = None
    """Of an event: who set it off."""


class _User(msgspec.Struct):
    login: str


class _Label(msgspec.Struct):
    name: str


class _Issue(msgspec.Struct):
    number: Annotated[int, msgspec.Meta(ge=1)]
    user: _User
    body: str | None = None
    labels: list[_Label] = []


class _Event(msgspec.Struct):
    issue: _Issue
    sender: _User | None = None


def read_issue(name: str, data: bytes) -> Issue:
    """Read what ``gh api repos/OWNER/NAME/issues/17`` prints, or the file of an event that is about an issue.

    `name` is what problems call the file.

    Raises: ConfigError.
    """
    try:
        if len(data) > MAX_JSON:
            raise msgspec.ValidationError(f"{len(data):,} bytes")
        found: Any = msgspec.json.decode(data)
        event = msgspec.convert(found if "issue" in found else {"issue": found}, _Event)
    except (msgspec.MsgspecError, TypeError, RecursionError, UnicodeDecodeError):
        raise ConfigError(name, "not an issue; give what 'gh api repos/OWNER/NAME/issues/17' prints") from None
    issue = event.issue
    return Issue(
        number=issue.number,
        login=login(name, issue.user.login),
        body=issue.body or "",
        labels=tuple(label.name for label in issue.labels),
        sender=login(name, event.sender.login) if event.sender else None,
    )


def login(name: str, written: str) -> str:
    """Read the name of an account.

    Raises: ConfigError.
    """
    if not _LOGIN.fullmatch(written):
        raise ConfigError(name, f"{written[:60]!a} is no name of an account")
    return written
