"""Two answers about one paper become one record: the newer speaks, the older keeps what only it knew.

Which records meet is left to ``run``.
"""

from collections import defaultdict
from datetime import date

from msgspec import structs

from generator.catalog.elsewhere import newest_picks
from generator.model import Author, Listing, Record

_OF_THE_PAPER = (
    "title",
    "abstract",
    "published",
    "updated",
    "version",
    "primary_category",
    "categories",
    "doi",
    "journal_ref",
    "comment",
)
"""Fields that change from one version of a paper to the next."""

_OF_THE_SOURCE = ("organization", "keywords", "summary")
"""Fields that a source adds of its own, whatever the version."""


def merge(old: Record, new: Record) -> Record:
    """Lay a new answer about a paper over what is known of it; the order in which two versions come does not matter.

    A higher version is newer, else a later update, else a later day on the same source's list, else the one that
    came last. An answer that names no version says nothing newer about the paper than one that does. Another digest
    tells what it has from others, with its own curators' corrections: it only adds what no other source knew.
    """
    if _second_hand(new) != _second_hand(old):
        source, before = paper, other = (old, new) if _second_hand(new) else (new, old)
    else:
        new_is_older = _is_older(new, old)
        source, before = (old, new) if new_is_older else (new, old)
        paper, other = (old, new) if new_is_older or (new.version is None and old.version is not None) else (new, old)
    merged = {name: _known(getattr(paper, name), getattr(other, name)) for name in _OF_THE_PAPER}
    merged |= {name: _known(getattr(source, name), getattr(before, name)) for name in _OF_THE_SOURCE}
    return structs.replace(
        old,
        **merged,
        authors=_authors(paper.authors, other.authors),
        withdrawn=_withdrawn(paper, other),
        links=dict(sorted({**before.links, **source.links}.items())),
        listed=tuple(sorted({*old.listed, *new.listed})),
        picked=newest_picks(old.picked, new.picked),
    )


def _second_hand(record: Record) -> bool:
    """Tell whether all that is known of a paper comes from other digests."""
    return bool(record.listed or record.picked) and all(listing.digest for listing in record.listed)


def _is_older(new: Record, old: Record) -> bool:
    """Tell whether ``new`` is known to be older; not knowing is not older."""
    if new.version is not None and old.version is not None and new.version != old.version:
        return new.version < old.version
    if new.updated is not None and old.updated is not None and new.updated != old.updated:
        return new.updated < old.updated
    latest_new, latest_old = _latest(new.listed), _latest(old.listed)
    return any(latest_new[source] < latest_old[source] for source in latest_new.keys() & latest_old.keys())


def _latest(listed: tuple[Listing, ...]) -> dict[str, date]:
    return {listing.source: listing.date for listing in sorted(listed)}


def _known(first: object, second: object) -> object:
    """Take the first value unless it says nothing."""
    return second if first is None or first == () else first


def _authors(names: tuple[Author, ...], before: tuple[Author, ...]) -> tuple[Author, ...]:
    """Take the names that are given, each with what was known of it; of two alike the first is the first."""
    if not names or names == before:
        return names or before
    known: dict[str, list[Author]] = defaultdict(list)
    for author in reversed(before):
        known[author.name].append(author)
    return tuple(_author(author, known[author.name].pop() if known[author.name] else author) for author in names)


def _author(author: Author, before: Author) -> Author:
    return Author(
        name=author.name,
        affiliation=author.affiliation or before.affiliation,
        orcid=author.orcid or before.orcid,
    )


def _withdrawn(paper: Record, other: Record) -> bool:
    """Once withdrawn stays so, until a higher version says nothing of it."""
    if paper.version is not None and other.version is not None and paper.version != other.version:
        return paper.withdrawn
    return paper.withdrawn or other.withdrawn
