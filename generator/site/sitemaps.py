"""The sitemap, by which search engines find every page; which pages there are is left to ``pages``."""

import gzip
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from html import escape

from generator.site.files import File
from generator.site.fingerprints import fingerprint, program_hash

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
PLAIN = 5_000
"""Pages that one plain file lists. Beyond, parts are compressed, as the protocol allows: 10 bytes a page, not 100."""
IN_A_PART = 45_000
"""The protocol allows 50,000."""
_QUICK = 1
"""Of compression: every new day changes the sitemap."""
_SEPARATOR = "\0"  # in no address

Entry = tuple[str, date | None]
"""A page's address below the site's root, and the newest day that it shows."""


def sitemap_files(url: str, pages: Sequence[Entry]) -> Iterator[File]:
    """Yield the sitemap of the site at `url`: one file, or where pages are many an index and its compressed parts."""
    if len(pages) <= PLAIN:
        yield File("sitemap.xml", fingerprint(program_hash(), url, pages), partial(sitemap, url, pages))
        return
    starts = range(0, len(pages), IN_A_PART)
    parts = {f"sitemap-{number}.xml.gz": pages[start : start + IN_A_PART] for number, start in enumerate(starts, 1)}
    yield File("sitemap.xml", fingerprint(program_hash(), url, list(parts)), partial(_index, url, list(parts)))
    for path, part in parts.items():
        yield File(path, fingerprint(program_hash(), url, part), partial(_packed, url, part))


def _index(url: str, paths: Iterable[str]) -> bytes:
    entries = "".join(f"<sitemap><loc>{escape(url + path)}</loc></sitemap>\n" for path in paths)
    head = f'<?xml version="1.0" encoding="utf-8"?>\n<sitemapindex xmlns="{_SITEMAP}">\n'
    return f"{head}{entries}</sitemapindex>\n".encode()


def _packed(url: str, pages: Sequence[Entry]) -> bytes:
    return gzip.compress(sitemap(url, pages), _QUICK, mtime=0)


def sitemap(url: str, pages: Sequence[Entry]) -> bytes:
    """Write the sitemap of `pages` below `url`."""
    root = escape(url)
    # Escaped all at once, and each day written once: of pages there are tens of thousands, of days hundreds.
    addresses = escape(_SEPARATOR.join(address for address, _ in pages)).split(_SEPARATOR) if pages else []
    days = {day for _, day in pages}
    ends = {day: f"</loc><lastmod>{day}</lastmod></url>\n" if day else "</loc></url>\n" for day in days}
    lines = [f"<url><loc>{root}{address}{ends[day]}" for address, (_, day) in zip(addresses, pages, strict=True)]
    head = f'<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="{_SITEMAP}">\n'
    return f"{head}{''.join(lines)}</urlset>\n".encode()
