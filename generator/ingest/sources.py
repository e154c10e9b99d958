"""The list of sources; how each is read is left to its own module."""

from collections.abc import Mapping
from types import MappingProxyType

from generator.ingest import arxiv, feeds, huggingface, jsonl
from generator.ingest.answer import Reader

SOURCES: Mapping[str, Reader] = MappingProxyType(
    {
        "huggingface": huggingface.read,
        "arxiv": arxiv.read,
        "feed": feeds.read,
        "jsonl": jsonl.read,
    }
)
"""Kind, as in ``site_config.yml`` and ``digest import --format``, to its reader. A new source is one line here."""
