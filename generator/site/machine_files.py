"""Every file of the site that is for programs and no page, but for the sitemap, which lists the pages.

They are feeds, citations, the API, and how to find them.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from types import MappingProxyType

from generator.site.api.files import api_files
from generator.site.citations.files import citation_files
from generator.site.discovery import OPENSEARCH, llms, opensearch, robots
from generator.site.feeds.files import feed_files
from generator.site.files import File
from generator.site.fingerprints import fingerprint, hash_of_bytes, program_hash
from generator.site.generations import Generation
from generator.site.moved import Moved, moved_feeds
from generator.site.pages import Pages


def machine_files(pages: Pages, old: Generation, moved: Mapping[str, Moved] = MappingProxyType({})) -> Iterator[File]:
    """Yield them all; `old` is what the last build made, `moved` the addresses that are no page any more."""
    catalog, program = pages.catalog, program_hash()
    # Four files of a paper, and many lists, are made from it: with the program it is hashed once.
    prints = {paper: hash_of_bytes(program, pages.prints.whole(paper)) for paper in catalog.papers}
    onward = moved_feeds(moved, pages.subscriptions, catalog.published)
    yield from feed_files(pages.subscriptions, prints, onward)
    yield from citation_files(catalog, pages.authors.with_feed, prints, old)
    yield from api_files(catalog, prints, fingerprint(program, pages.prints.of_everyone))
    yield File(OPENSEARCH, fingerprint(program, catalog.config), partial(opensearch, catalog.config))
    yield File("robots.txt", fingerprint(program, catalog.config.url), partial(robots, catalog.config.url))
    text = llms(catalog)
    yield File("llms.txt", fingerprint(program, text), partial(bytes, text))
