"""What other digests picked: one pick a digest, under the name that the digest has now, and never this one's own.

How picks come here is left to ``ingest``, showing them to ``site``.
"""

from collections.abc import Iterable
from datetime import date

from msgspec.structs import replace

from generator.config import site_address
from generator.markup import safe_url
from generator.model import PickElsewhere, Record
from generator.text import clean_line


def newest_picks(*said: Iterable[PickElsewhere]) -> tuple[PickElsewhere, ...]:
    """Unite what is known of a paper's picks: of each digest the newest, sorted by digest, whatever came first."""
    found: dict[str, PickElsewhere] = {}
    for pick in (pick for picks in said for pick in picks):
        if pick.digest not in found or found[pick.digest] < pick:
            found[pick.digest] = pick
    return tuple(found[digest] for digest in sorted(found))


class Elsewhere:
    """The other digests that any record names."""

    def __init__(self, picked: Iterable[PickElsewhere], own: str) -> None:
        """`picked` is what all records say of other digests' picks.

        `own` is the address of this digest's site: what it picked itself came back from somewhere.
        """
        self._own = site_address(own)
        newest: dict[str, tuple[date, str]] = {}
        for pick in picked:
            newest[pick.digest] = max(newest.get(pick.digest, (date.min, "")), (pick.date, pick.title))
        self._titles = {digest: title for digest, (_, title) in newest.items()}

    def made_from(self) -> object:
        """Return what ``picks`` knows beside the record."""
        return self._own, self._titles

    def picks(self, record: Record) -> tuple[PickElsewhere, ...]:
        """Return which other digests picked a paper, oldest first, each under its newest title, fit to read."""
        found: list[PickElsewhere] = []
        for pick in record.picked:
            page, title = safe_url(pick.page), clean_line(self._titles[pick.digest])
            if page and title and site_address(pick.digest) != self._own:
                found.append(replace(pick, title=title, page=page))
        return tuple(sorted(found))
