"""What asking a source takes and gives: the days wanted, the way to fetch, and what the source says of each day.

How an address is fetched is left to ``client``; what is asked to each source's module; what becomes of it to ``run``.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from generator.config import SourceSettings
from generator.model import DayState, Measurement, Record

__all__ = ["Ask", "DayState", "Fetch", "Fetched", "Found", "NotNow", "NotThere", "Window"]


@dataclass(frozen=True, slots=True)
class Window:
    """The days wanted, both inclusive."""

    since: date
    until: date
    today: date
    """Read from the clock by ``cli`` only."""
    open: frozenset[date]
    """The days in it that the ledger has not settled: what to ask for."""
    said: Mapping[date, str] = field(default_factory=dict)
    """Why an open day is open, as the source was last understood."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """One answer of a server."""

    url: str
    """The final address, after redirects."""
    body: bytes
    """Decompressed; never more than was asked for."""
    content_type: str
    unchanged: bool
    """Whether the server said 304, and the body is the stored one."""


class NotNow(Exception):  # noqa: N818 - no error of ours: the source's word
    """The source cannot answer now: 429, 406, 5xx, a stall, a cut body, too many bytes, 'Rate exceeded.' and so on."""

    def __init__(self, url: str, reason: str, status: int | None = None) -> None:
        super().__init__(url, reason, status)
        self.url = url
        self.reason = reason
        self.status = status

    def __str__(self) -> str:
        return f"{self.reason}: {self.url}"


class NotThere(Exception):  # noqa: N818 - no error of ours: the source's word
    """The source answered, and there is nothing at the address: 404, 400."""

    def __init__(self, url: str, status: int, body: bytes = b"") -> None:
        super().__init__(url, status, body)
        self.url = url
        self.status = status
        self.body = body
        """What the source says of it, shortened: arXiv explains an error in a feed."""

    def __str__(self) -> str:
        return f"HTTP {self.status}: {self.url}"


class Fetch(Protocol):
    """Ask for one address: ``client.Client.fetch``, and nothing else in the house, speaks HTTP."""

    def __call__(
        self,
        url: str,
        *,
        accept: str = "*/*",
        max_bytes: int = 20_000_000,
        json: object | None = None,
        headers: Mapping[str, str] = {},
    ) -> Fetched:
        """Get an address, or post ``json`` to it.

        Raises:
            NotNow: the source cannot answer now.
            NotThere: it answered that nothing is there.
        """


@dataclass(frozen=True, slots=True)
class Found:
    """What a source says of one day."""

    day: date
    state: DayState
    records: tuple[Record, ...] = ()
    measured: tuple[Measurement, ...] = ()
    why: str = ""
    """For FAILED and NOT_YET: the reason, with the address."""
    problems: tuple[str, ...] = ()
    """Entries left out, each with its place and the reason."""


Ask = Callable[[SourceSettings, Window, Fetch], Iterator[Found]]
"""Lazily, day by day, so that what came is written before the next is asked.

A request that fails never raises out of it: it yields FAILED for the days concerned.
"""
