"""What lies beside the pages for machines: the sitemap, and redirects from addresses that a merge emptied."""

from collections.abc import Iterable, Iterator
from datetime import date
from html import escape

from generator.catalog.catalog import Catalog

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


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
