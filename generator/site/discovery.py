"""Files by which programs find their way: OpenSearch for browsers, ``robots.txt`` and ``llms.txt`` for the others."""

import re
from xml.etree import ElementTree as ET

from generator.catalog.catalog import Catalog
from generator.config import SiteConfig
from generator.text import clean_line, xml_text

OPENSEARCH = "opensearch.xml"
_OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"
DAYS_NAMED = 10
_BESIDE = (
    "Every page has plain data beside it: what /papers/<address>/ shows is in /api/papers/<address>.json, what"
    " /days/<date>/ shows in /api/days/<date>.json."
)


def opensearch(config: SiteConfig) -> bytes:
    """Write the OpenSearch 1.1 description: a browser can then search the site from its address bar."""
    root = ET.Element("OpenSearchDescription", {"xmlns": _OPENSEARCH})
    fields = {
        "ShortName": config.title[:16],  # the specification's limits
        "Description": (config.description or config.title)[:1024],
        "InputEncoding": "UTF-8",
        "Language": config.language,
    }
    for name, text in fields.items():
        ET.SubElement(root, name).text = xml_text(text)
    template = {"type": "text/html", "template": f"{config.url}search/?q={{searchTerms}}"}
    ET.SubElement(root, "Url", template)
    ET.SubElement(root, "Image", {"type": "image/svg+xml"}).text = f"{config.url}assets/favicon.svg"
    body: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return body + b"\n"


def robots(url: str) -> bytes:
    """Write ``robots.txt``: everything may be read, and where the sitemap is."""
    return f"User-agent: *\nAllow: /\nSitemap: {url}sitemap.xml\n".encode()


def llms(catalog: Catalog) -> bytes:
    """Write ``llms.txt`` (llmstxt.org): what the site is and where its data is, in Markdown."""
    config, url = catalog.config, catalog.config.url
    newest = sorted(catalog.days.values(), key=lambda day: day.date, reverse=True)[:DAYS_NAMED]
    lines = [
        f"# {_plain(config.title)}",
        "",
        f"> {_plain(config.description or 'A digest of papers.')}",
        "",
        f"{len(catalog.papers)} papers of {len(catalog.days)} days. {_BESIDE}",
        "",
        "## Data",
        "",
        f"- [Index of the API]({url}api/index.json): days, months, topics, and how addresses are made",
        f"- [JSON Schema]({url}api/schema.json)",
        f"- [All papers as BibTeX]({url}papers.bib)",
        f"- [Feeds]({url}feeds.opml): as OPML",
        f"- [About the data]({url}data/)",
        "",
        "## Newest days",
        "",
        *(f"- [{day.date}]({url}api/days/{day.date}.json): {len(day.papers)} papers" for day in newest),
        "",
        "## Topics",
        "",
        *(f"- [{_plain(topic.name)}]({url}api/topics/{topic.id}.json)" for topic in catalog.topics.values()),
    ]
    return ("\n".join(lines) + "\n").encode()


def _plain(text: str) -> str:
    """Write a text on one line without the signs that Markdown would take for a link, a tag or an ending."""
    return re.sub(r"([\\\[\]<>`*_])", r"\\\1", clean_line(text))
