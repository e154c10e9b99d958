"""Every file of the site that is for programs and no page: feeds, citations, the API, and how to find them."""

from collections.abc import Callable, Iterator
from functools import partial

from generator.site.api import api_files
from generator.site.citations.files import citation_files
from generator.site.discovery import OPENSEARCH, llms, opensearch
from generator.site.feeds.files import feed_files
from generator.site.files import File
from generator.site.fingerprints import fingerprint
from generator.site.pages import Pages


def machine_files(pages: Pages, paper_print: Callable[[str], bytes]) -> Iterator[File]:
    """Yield them all; `paper_print` gives the fingerprint of a paper by its id."""
    catalog = pages.catalog
    yield from feed_files(pages.subscriptions, paper_print)
    yield from citation_files(catalog, pages.authors.has_feed, paper_print)
    yield from api_files(catalog, paper_print)
    yield File(OPENSEARCH, fingerprint(catalog.config), partial(opensearch, catalog.config))
    text = llms(catalog)
    yield File("llms.txt", text, partial(bytes, text))
