"""The page that tells of the digest as data: citations, the API, everything at once."""

from collections import Counter

from generator.catalog.catalog import Catalog
from generator.site.api.documents import VERSION
from generator.site.citations.files import WHOLE
from generator.site.page import Context, Page
from generator.site.pages import head
from generator.site.shown.periods import month_label

FILES = tuple(
    zip(
        WHOLE,
        ("application/x-bibtex", "application/gzip", "application/gzip"),
        ("BibTeX", "RIS, compressed", "CSL-JSON, compressed"),
        strict=True,
    )
)
"""(address, type, label) of all papers' citations."""


def data_page(catalog: Catalog) -> Page:
    """Make the page at ``/data/``."""
    config = catalog.config

    def context() -> Context:
        months = Counter(month_label(paper.day) for paper in catalog.papers.values())
        return {
            "papers": len(catalog.papers),
            "version": VERSION,
            "whole": FILES,
            "months": sorted(months.items(), reverse=True),
            "author_papers": config.feeds.author_papers,
        }

    files = {"api/index.json": "application/json", **{address: kind for address, kind, _ in FILES}}
    about = "All papers, days and topics as data: BibTeX, RIS, CSL-JSON, JSON and JSON Lines."
    return Page("data/", "data", "Data", context, about, head=lambda: head.of_dataset(config, files))
