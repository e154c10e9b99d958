"""Every file of the site that is for programs and no page, but for the sitemap, which lists the pages."""

from collections.abc import Iterator, Mapping
from functools import partial

from generator.site.api.files import api_files
from generator.site.citations.files import citation_files
from generator.site.discovery import OPENSEARCH, llms, opensearch, robots
from generator.site.feeds.files import feed_files
from generator.site.files import File, ManyFiles
from generator.site.generations import Generation
from generator.site.moved import Moved, moved_feeds
from generator.site.pages import Pages
from generator.site.prints.fingerprints import fingerprint, program_hash


def data_files(pages: Pages, old: Generation) -> Iterator[File | ManyFiles]:
    """Yield citations, the API, and how to find them; `old` is what the last build made."""
    catalog, program, prints = pages.catalog, program_hash(), pages.prints.exported
    yield from citation_files(catalog, pages.authors.with_feed, prints, old)
    yield from api_files(catalog, prints, fingerprint(program, pages.prints.of_everyone), old)
    yield File(OPENSEARCH, fingerprint(program, catalog.config), partial(opensearch, catalog.config))
    yield File("robots.txt", fingerprint(program, catalog.config.url), partial(robots, catalog.config.url))
    text = llms(catalog)
    yield File("llms.txt", fingerprint(program, text), partial(bytes, text))


def all_feeds(pages: Pages, moved: Mapping[str, Moved]) -> Iterator[File]:
    """Yield the feeds, those too that were published at addresses which have `moved`."""
    onward = moved_feeds(moved, pages.subscriptions, pages.catalog.published)
    yield from feed_files(pages.subscriptions, pages.prints.exported, onward)
