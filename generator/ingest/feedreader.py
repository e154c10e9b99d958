"""Runs feedparser over one feed on stdin and writes what it found as JSON to stdout, in a process of its own.

``feeds`` starts it, stops it when it takes too long, and decides what the entries mean. A process because nothing else
can be stopped: a regular expression that never ends holds the interpreter, and a signal would need the main thread.
It stands alone, imports nothing of ours, so that it starts quickly and may be run by its path.
"""

import html
import json
import re
import sys
from typing import Any

import feedparser
from bs4 import BeautifulSoup

# Elements that texts of feeds are written in. ``a<b`` or ``<mask>`` in a title is none of them and stays as it is:
# an HTML parser would eat it.
_TAGS = (
    "a|abbr|b|big|blockquote|br|center|cite|code|dd|del|div|dl|dt|em|figure|figcaption|font|h[1-6]|hr|i|iframe|img|ins|"
    "kbd|li|ol|p|pre|q|s|script|section|small|span|strike|strong|style|sub|sup|svg|table|tbody|td|th|thead|tr|tt|u|ul|"
    "title|jats:[a-z]+"
)
# Nor is ``<b and c>``: what stands in a tag is an attribute with its value.
_TAG = re.compile(rf"</?(?:html:)?(?:{_TAGS})(?:\s+[\w:-]+\s*=[^<>]*)?\s*/?>", re.IGNORECASE)
_BLOCK = re.compile(r"</?(?:blockquote|br|dd|div|dt|h[1-6]|hr|li|p|pre|td|tr|jats:p)\b", re.IGNORECASE)


def main() -> None:
    """Read stdin, write stdout."""
    _limit_memory()
    json.dump(entries(sys.stdin.buffer.read()), sys.stdout)


def entries(data: bytes) -> dict[str, Any]:
    """Parse a feed: its version (empty: it is none), its date, and of each entry the strings and dates that it has."""
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _json_entries(json.loads(data.decode("utf-8-sig")))
    # Markup is taken out below, by us: feedparser's own cleaning is slow, leaky, and eats ``$a<b$``.
    feed = feedparser.parse(data, sanitize_html=False, resolve_relative_uris=False)
    found = [_entry(entry) for entry in feed.entries]
    date = next((value for key in ("published", "updated") if (value := _text(feed.feed, key))), "")
    day = _day(feed.feed.get("published_parsed") or feed.feed.get("updated_parsed"))
    return {"version": feed.version, "date": date, "day": day, "entries": found}


_KEYS = ("id", "link", "title", "summary", "published", "updated", "prism_doi", "dc_identifier")


def _entry(entry: Any) -> dict[str, Any]:
    written = {key: _text(entry, key) for key in _KEYS}
    return _with_plain_text(written, written["summary"] or _content(entry)) | {
        "tags": [tag.get("term") or "" for tag in entry.get("tags", [])],
        "published_parsed": _day(entry.get("published_parsed")),
        "updated_parsed": _day(entry.get("updated_parsed")) if "updated_parsed" in entry else "",
    }


def _with_plain_text(written: dict[str, Any], markup: str) -> dict[str, Any]:
    digest = _of_digest(markup) if OF_DIGEST.match(written["id"]) else {}
    return {
        **written,
        "plain_title": without_tags(written["title"]),
        "plain_summary": plain_text(markup) if not digest else "",
        **digest,
    }


def _json_entries(feed: Any) -> dict[str, Any]:
    """Take the entries of a JSON Feed (jsonfeed.org, version 1 or 1.1)."""
    known = str(feed.get("version", "")).startswith("https://jsonfeed.org/version/1")
    return {"version": "json" if known else "", "date": "", "day": "", "entries": list(map(_item, feed["items"]))}


def _item(item: Any) -> dict[str, Any]:
    names = {"id": "id", "link": "url", "external": "external_url", "title": "title"}
    names |= {"published": "date_published", "updated": "date_modified"}
    written: dict[str, Any] = {key: _text(item, name) for key, name in names.items()}
    markup = _text(item, "content_html") or _text(item, "content_text") or _text(item, "summary")
    return _with_plain_text(written, markup) | {"tags": [tag for tag in item.get("tags", []) if isinstance(tag, str)]}


OF_DIGEST = re.compile(r"tag:\S+[:/](?:paper/(?:arxiv|doi|url):|day/[0-9]{4}-|week/[0-9]{4}-)\S+\Z")
"""The id of an entry in a digest's feed: of a paper, a day, a week."""
WITHDRAWN = "Withdrawn by its authors."
_BETWEEN_LINKS = re.compile(r"[\s\u00b7]*")


def _of_digest(markup: str) -> dict[str, Any]:
    """Take the abstract out of a digest's entry of a paper: its curators' notes, which are quotes, stay there."""
    soup = BeautifulSoup(markup, "html.parser")
    for quote in soup("blockquote"):
        quote.decompose()
    paragraphs = soup.find_all("p")
    withdrawn = bool(paragraphs) and paragraphs[0].get_text() == WITHDRAWN
    texts = []
    for paragraph in paragraphs[withdrawn:]:
        for anchor in paragraph("a"):
            anchor.decompose()
        if not _BETWEEN_LINKS.fullmatch(text := paragraph.get_text()):
            texts.append(text)
    abstract = "\n\n".join(texts)
    # What an author's feed has is cut off: its first sentences are no abstract.
    return {"abstract": "" if abstract.endswith("…") else abstract, "withdrawn": withdrawn}


def plain_text(text: str) -> str:
    """Take the markup out of a text, if it has any: paragraphs apart, scripts and styles gone."""
    if not _TAG.search(text):
        return html.unescape(text)
    # Blocks are set apart before parsing: to insert into a tree of 16,000 paragraphs in each other takes minutes.
    soup = BeautifulSoup(_BLOCK.sub(r"\n\n\g<0>", text), "html.parser")
    for element in soup(["script", "style", "iframe", "svg"]):
        element.decompose()
    return soup.get_text()


def without_tags(title: str) -> str:
    """Take the tags of a title out, and nothing else."""
    return html.unescape(_TAG.sub("", title))


def _text(entry: Any, key: str) -> str:
    # Asked for ``updated`` alone, feedparser would lend what it knows of ``published``, with a warning.
    value = entry.get(key) if key in entry else None
    return value if isinstance(value, str) else ""


def _content(entry: Any) -> str:
    return next((part.get("value") or "" for part in entry.get("content", [])), "")


def _day(moment: Any) -> str:
    """Write a parsed time's day as ``2025-12-11``, in UTC; empty if there is none."""
    return f"{moment.tm_year:04}-{moment.tm_mon:02}-{moment.tm_mday:02}" if moment else ""


def _limit_memory() -> None:
    """Let the operating system stop a feed that grows without end, where it can."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
    except (ImportError, ValueError, OSError):
        return


if __name__ == "__main__":
    main()
