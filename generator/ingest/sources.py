"""The list of sources; how each is read and asked is left to its own module."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from generator.ingest import (
    announcements,
    arxiv,
    arxiv_search,
    bibtex,
    crossref,
    datacite,
    digests,
    feeds,
    huggingface,
    jsonl,
    landing,
    oai,
)
from generator.ingest.answer import Reader
from generator.ingest.asking import Ask


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of source."""

    read: Reader
    """Reads one answer, from the network or from a file."""
    ask: Ask | None = None
    """Asks for days; None for what only files are made of."""
    only_now: bool = False
    """Whether it shows the newest day alone: a new source is not asked for the days before."""


SOURCES: Mapping[str, Source] = MappingProxyType(
    {
        "huggingface": Source(huggingface.read, huggingface.ask),
        "arxiv": Source(arxiv.read, arxiv_search.ask),
        "arxiv-rss": Source(feeds.read, announcements.ask, only_now=True),
        "feed": Source(feeds.read, feeds.ask),
        "oai": Source(oai.read, oai.ask),
        "landing": Source(landing.read, landing.ask),
        "bibtex": Source(bibtex.read, bibtex.ask),
        "crossref": Source(crossref.read, crossref.ask),
        "datacite": Source(datacite.read, datacite.ask),
        "digest": Source(digests.read, digests.ask),
        "jsonl": Source(jsonl.read),
    }
)
"""Kind, as in ``site_config.yml`` and ``digest import --format``, to its source. A new source is one line here."""
