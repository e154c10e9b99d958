"""The list of sources; how each is read and asked is left to its own module."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from generator.ingest import announcements, arxiv, arxiv_search, feeds, huggingface, jsonl
from generator.ingest.answer import Reader
from generator.ingest.asking import Ask


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of source."""

    read: Reader
    """Reads one answer, from the network or from a file."""
    ask: Ask | None = None
    """Asks for days; None for what only files are made of."""


SOURCES: Mapping[str, Source] = MappingProxyType(
    {
        "huggingface": Source(huggingface.read, huggingface.ask),
        "arxiv": Source(arxiv.read, arxiv_search.ask),
        "arxiv-rss": Source(feeds.read, announcements.ask),
        "feed": Source(feeds.read, feeds.ask),
        "jsonl": Source(jsonl.read),
    }
)
"""Kind, as in ``site_config.yml`` and ``digest import --format``, to its source. A new source is one line here."""
