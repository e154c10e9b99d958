"""What a service that counts citations is asked, and what it answers: of papers by their ids, of people by profile.

How one service is asked is left to its module, who is asked and when to ``metrics``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import msgspec

from generator.ingest.answer import UnreadableError
from generator.ingest.asking import Fetched

MOST = 10**9
"""A count beyond it is none."""

Body = TypeVar("Body")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A paper whose citations are wanted, by every id that is known of it."""

    id: str
    """Its id in the catalog."""
    arxiv: str | None = None
    """``2503.16525``, ``math/0211159``."""
    dois: tuple[str, ...] = ()
    """Lower case; never arXiv's own."""


@dataclass(frozen=True, slots=True)
class PaperCounts:
    """What a service said of papers."""

    citations: Mapping[str, int]
    """By the paper's id; those that it does not know are not there."""
    problems: tuple[str, ...] = ()
    """Papers about which it said something that cannot be right."""


@dataclass(frozen=True, slots=True)
class PersonCounts:
    """What a service said of a person."""

    h_index: int | None = None
    citations: int | None = None
    papers: int | None = None


class Service(Protocol):
    """Counts citations."""

    @property
    def name(self) -> str:
        """Name it as settings, measurements and pages do."""

    @property
    def most(self) -> int:
        """Say of how many papers it may be asked at once."""

    def papers(self, wanted: Sequence[Wanted]) -> PaperCounts:
        """Ask about papers.

        Raises:
            NotNow: it cannot answer now.
            UnreadableError: its answer cannot be used.
        """

    def knows(self, profile: str) -> bool:
        """Tell whether a profile is one that it can be asked for."""

    def people(self, profiles: Sequence[str]) -> Iterator[tuple[str, PersonCounts | None]]:
        """Ask about people; None for a profile that is not there.

        Raises:
            NotNow: it cannot answer now; what came before counts.
            UnreadableError: its answer cannot be used.
        """


def decode(decoder: msgspec.json.Decoder[Body], answer: Fetched) -> Body:
    """Read the body of an answer.

    Raises: UnreadableError, with the place and the address.
    """
    try:
        return decoder.decode(answer.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        what = " ".join(str(error).replace("`", "'").split())
        raise UnreadableError(f"an answer that cannot be used: {what[:1].lower()}{what[1:200]}: {answer.url}") from None


def sane(count: int | None) -> int | None:
    """Keep a count that can be one."""
    return count if count is not None and 0 <= count <= MOST else None
