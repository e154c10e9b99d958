"""What lies beside the pages for machines: the sitemap, and redirects from addresses that a merge emptied."""

from collections.abc import Iterable
from html import escape
from pathlib import Path
from xml.etree import ElementTree as ET

from generator.catalog.catalog import Catalog
from generator.site.pages import Page

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


def write_sitemap(catalog: Catalog, pages: Iterable[Page], own_pages: Iterable[str], output: Path) -> None:
    """Write ``sitemap.xml``: every page, dated by the newest day that it shows, then the addresses of ``own_pages``."""
    root = ET.Element("urlset", {"xmlns": _SITEMAP})
    for page in pages:
        entry = ET.SubElement(root, "url")
        ET.SubElement(entry, "loc").text = catalog.config.url + page.address
        if page.day is not None:
            ET.SubElement(entry, "lastmod").text = str(page.day)
    for address in own_pages:
        ET.SubElement(ET.SubElement(root, "url"), "loc").text = catalog.config.url + address
    (output / "sitemap.xml").write_bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n")
    robots = f"User-agent: *\nAllow: /\nSitemap: {catalog.config.url}sitemap.xml\n"
    (output / "robots.txt").write_text(robots, "utf-8")


def write_redirects(catalog: Catalog, output: Path) -> int:
    """Lay a redirect at every address that a merge of papers or people emptied; return how many."""
    moves = [("papers", old, new) for old, new in catalog.moved_papers.items()]
    moves += [("authors", old, new) for old, new in catalog.moved_people.items()]
    for folder, old, new in moves:
        path = output / folder / old / "index.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            _redirect(f"{catalog.config.url}{folder}/{new}/", f"../{new}/", catalog.config.language), "utf-8"
        )
    return len(moves)


def _redirect(canonical: str, target: str, language: str) -> str:
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>Moved</title>'
        f'<link rel="canonical" href="{escape(canonical)}"><meta name="robots" content="noindex">'
        f'<meta http-equiv="refresh" content="0; url={escape(target)}"></head>'
        f'<body><p>This page has moved: <a href="{escape(target)}">{escape(target)}</a></p></body></html>\n'
    )
