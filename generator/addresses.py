"""The list of published addresses, ``content/addresses.jsonl``: what must lead somewhere for good.

A machine writes it, by ``digest addresses``; no line is ever taken away. Which addresses a site has, and where those
lead that are no page any more, is left to ``site``.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from msgspec.structs import replace

from generator.errors import ContentError, ContentProblems
from generator.jsonlines import LinesReader, check_order, encode_lines, write_atomically
from generator.model import Published

ADDRESSES = "content/addresses.jsonl"
FEEDS = frozenset({"feed.xml", "atom.xml", "feed.json"})

_LINES = LinesReader(Published)
_ADDRESS = re.compile(r"(?:[A-Za-z0-9_~%-][A-Za-z0-9._~%-]*/)*")
"""No part of it begins with a dot: it becomes a path among the site's files."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """All lines of the list, as read."""

    lines: Mapping[str, Published] = field(default_factory=dict)
    """By address, sorted."""
    problems: tuple[ContentError, ...] = ()


def read_addresses(root: Path) -> Addresses:
    """Read the list under `root`; what cannot be used is in ``problems`` and never stops the rest."""
    if not (root / ADDRESSES).is_file():
        return Addresses()
    good, problems = _LINES.read_file(root, ADDRESSES)
    problems += check_order(ADDRESSES, [(number, (line.address,)) for number, line in good], "address")
    lines: dict[str, Published] = {}
    for number, line in good:
        if message := _wrong(line, lines):
            problems.append(ContentError(ADDRESSES, number, 1, message))
        else:
            lines[line.address] = line
    return Addresses(dict(sorted(lines.items())), tuple(sorted(problems)))


def write_addresses(root: Path, known: Addresses, live: Iterable[Published]) -> tuple[int, bool]:
    """Add what is `live` to the list; return how many addresses are new, and whether the file is different now.

    Raises: ContentProblems before anything is written, when the file has a line that would be lost.
    """
    if known.problems:
        raise ContentProblems(list(known.problems))
    lines = dict(known.lines)
    new = 0
    for line in live:
        before = lines.get(line.address)
        new += before is None
        feeds = {*line.feeds, *(before.feeds if before else ())}  # a feed that was there once has its readers
        title = line.title or (before.title if before else None)
        lines[line.address] = replace(line, title=title, feeds=tuple(sorted(feeds)))
    return new, write_atomically(root / ADDRESSES, encode_lines(lines[address] for address in sorted(lines)))


def _wrong(line: Published, lines: Mapping[str, Published]) -> str | None:
    """Say what is wrong with a line, None if nothing is."""
    for address in (line.address, line.leads or ""):
        if not _ADDRESS.fullmatch(address):
            return f"{address!r} is no address below the site's root; write it like 'topics/llm-serving/'"
    if line.address in lines:
        return f"address {line.address!r} again; keep one line"
    if odd := sorted(set(line.feeds) - FEEDS):
        return f"{odd[0]!r} is no feed's name; remove it"
    return None
