"""The world -> content/records and content/metrics; what becomes of them there is left to ``catalog`` and ``site``."""

KINDS = (
    "huggingface",
    "arxiv",
    "arxiv-rss",
    "oai",
    "feed",
    "landing",
    "bibtex",
    "crossref",
    "datacite",
    "digest",
    "jsonl",
)
"""What ``sources.SOURCES`` has readers for, named here so that asking for help imports none of them."""
