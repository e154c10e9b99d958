"""The sitemap, by which search engines find every page; which pages there are is left to ``pages``."""

import gzip
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, partial
from html import escape
from itertools import chain

from generator.site.files import File
from generator.site.page import Addresses, Entry
from generator.site.prints.fingerprints import fingerprint, program_hash

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
PLAIN = 5_000
"""Pages that one plain file lists. Beyond, parts are compressed, as the protocol allows: 10 bytes a page, not 100."""
IN_A_PART = 45_000
"""The protocol allows 50,000."""
_QUICK = 1
"""Of compression: every new day changes the sitemap."""
_SEPARATOR = "\0"  # in no address


def sitemap_files(url: str, pages: Sequence[Addresses]) -> Iterator[File]:
    """Yield the sitemap of the site at `url`: one file, or where pages are many an index and its compressed parts."""
    made_from = fingerprint(program_hash(), url, [some.made_from for some in pages])
    total = sum(some.count for some in pages)

    @cache
    def entries() -> list[Entry]:
        return [*chain.from_iterable(some.entries() for some in pages)]

    if total <= PLAIN:
        yield File("sitemap.xml", made_from, lambda: sitemap(url, entries()))
        return
    starts = {f"sitemap-{number}.xml.gz": start for number, start in enumerate(range(0, total, IN_A_PART), 1)}

    def part(path: str) -> bytes:
        return _packed(url, entries()[starts[path] : starts[path] + IN_A_PART])

    yield File("sitemap.xml", fingerprint(program_hash(), url, list(starts)), lambda: _index(url, starts))
    yield from (File(path, made_from, partial(part, path)) for path in starts)


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
