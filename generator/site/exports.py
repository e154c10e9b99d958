"""What lies beside the pages for machines: the sitemap, and redirects from addresses that a merge emptied."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import partial
from html import escape
from posixpath import relpath

from generator.config import SiteConfig

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


def redirect(address: str, target: str, config: SiteConfig) -> bytes:
    """Write the page at an address that is none any more: it leads on to `target`, also below the site's root."""
    way = escape(relpath(f"/{target}", f"/{address}") + "/")
    icon = escape(relpath("/assets/favicon.svg", f"/{address}"))
    return (
        f'<!doctype html><html lang="{config.language}"><head><meta charset="utf-8"><title>Moved</title>'
        # Without an icon of its own a browser asks the host for one, which a site under a path does not have.
        f'<link rel="icon" href="{icon}">'
        f'<link rel="canonical" href="{escape(config.url + target)}"><meta name="robots" content="noindex">'
        f'<meta http-equiv="refresh" content="0; url={way}"></head>'
        f'<body><p>This page has moved: <a href="{way}">{way}</a></p></body></html>\n'
    ).encode()
