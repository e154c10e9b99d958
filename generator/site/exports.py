"""What lies beside the pages for machines: the sitemap, and redirects from addresses that a merge emptied."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from html import escape

from generator.catalog.catalog import Catalog

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


SITEMAP_PAGES = 45_000
"""Addresses in one sitemap; the protocol allows 50,000."""


def sitemaps(url: str, pages: Sequence[tuple[str, date | None]]) -> dict[str, Callable[[], bytes]]:
    """Return what makes each sitemap, by its path: one, or where pages are too many an index and its parts."""
    if len(pages) <= SITEMAP_PAGES:
        return {"sitemap.xml": partial(sitemap, url, pages)}
    starts = range(0, len(pages), SITEMAP_PAGES)
    parts = {f"sitemap-{number}.xml": pages[start : start + SITEMAP_PAGES] for number, start in enumerate(starts, 1)}
    made: dict[str, Callable[[], bytes]] = {path: partial(sitemap, url, part) for path, part in parts.items()}
    return {"sitemap.xml": partial(_sitemap_index, url, list(parts)), **made}


def _sitemap_index(url: str, paths: Iterable[str]) -> bytes:
    entries = "".join(f"<sitemap><loc>{escape(url + path)}</loc></sitemap>\n" for path in paths)
    head = f'<?xml version="1.0" encoding="utf-8"?>\n<sitemapindex xmlns="{_SITEMAP}">\n'
    return f"{head}{entries}</sitemapindex>\n".encode()


def sitemap(url: str, pages: Iterable[tuple[str, date | None]]) -> bytes:
    """Write the sitemap of pages, each an address and the newest day that it shows, below `url`."""
    entries = "".join(
        f"<url><loc>{escape(url + address)}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</url>\n"
        for address, day in pages
    )
    return f'<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="{_SITEMAP}">\n{entries}</urlset>\n'.encode()


def robots(url: str) -> bytes:
    """Write ``robots.txt``: everything may be read, and where the sitemap is."""
    return f"User-agent: *\nAllow: /\nSitemap: {url}sitemap.xml\n".encode()


def redirects(catalog: Catalog) -> Iterator[tuple[str, bytes]]:
    """Yield (path, page) for every address that a merge of papers or people emptied."""
    config = catalog.config
    for folder, moves in (("papers", catalog.moved_papers), ("authors", catalog.moved_people)):
        for old, new in moves.items():
            yield f"{folder}/{old}/index.html", _redirect(f"{config.url}{folder}/{new}/", f"../{new}/", config.language)


def _redirect(canonical: str, target: str, language: str) -> bytes:
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>Moved</title>'
        # Without an icon of its own a browser asks the host for one, which a site under a path does not have.
        '<link rel="icon" href="../../assets/favicon.svg">'
        f'<link rel="canonical" href="{escape(canonical)}"><meta name="robots" content="noindex">'
        f'<meta http-equiv="refresh" content="0; url={escape(target)}"></head>'
        f'<body><p>This page has moved: <a href="{escape(target)}">{escape(target)}</a></p></body></html>\n'
    ).encode()
