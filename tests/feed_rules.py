"""The rules that feed validators hold feeds to, RSS 2.0, Atom 1.0 and JSON Feed 1.1: what breaks one, as sentences.

They are those of the formats' texts (RSS Advisory Board's profile, RFC 4287, jsonfeed.org) and what the W3C's validator
warns of: no self link, two entries of one moment, relative links, markup that is not harmless or not closed.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree as ET

import defusedxml.ElementTree
from jsonschema import Draft202012Validator

_ATOM, _CREATOR = "{http://www.w3.org/2005/Atom}", "{http://purl.org/dc/elements/1.1/}creator"
_URI = re.compile(
    r"https?://[^/]+/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2})*(#[A-Za-z0-9\-._~!$&'()*+,;=:@/?%]*)?"
)
_TAG = re.compile(r"tag:[a-z0-9.-]+,\d{4}(-\d\d){0,2}:(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2})*")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]+)*")
_LOOKS_LIKE_MARKUP = re.compile(
    r"</(a|b|i|p|em|strong|sub|sup|div|span|code)>|<br ?/?>|&(#\d+|#x[0-9a-f]+|amp|lt|gt|quot|nbsp);", re.IGNORECASE
)
_DOUBTFUL = re.compile("[\u0080-\u009f\ufffd]")

_ELEMENTS = frozenset("a blockquote br code em h2 li ol p pre strong ul".split())
"""That an entry's HTML may hold: all harmless, and more than these we do not write."""
_EMPTY = {"br"}

_CHANNEL = {
    "once": {"title", "link", "description", "language"},
    "at most once": {"lastBuildDate"},
    "any number": {f"{_ATOM}link", "item"},
}
_ITEM = {
    "once": {"title", "link", "guid", "pubDate"},
    "at most once": {"description", f"{_ATOM}updated"},
    "any number": {_CREATOR, "category"},
}
_FEED = {
    "once": {f"{_ATOM}{name}" for name in ("id", "title", "updated", "author")},
    "at most once": {f"{_ATOM}subtitle"},
    "any number": {f"{_ATOM}{name}" for name in ("link", "entry")},
}
_ENTRY = {
    "once": {f"{_ATOM}{name}" for name in ("id", "title", "updated", "published", "content")},
    "at most once": set(),
    "any number": {f"{_ATOM}{name}" for name in ("link", "author", "category")},
}
_LINE, _ADDRESS = {"type": "string", "minLength": 1}, {"type": "string", "pattern": "^https?://"}
_RFC3339 = {"type": "string", "pattern": f"^{_MOMENT.pattern}$"}
JSON_FEED = {
    "type": "object",
    "required": ["version", "title", "items"],
    "additionalProperties": False,
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        "title": _LINE,
        "home_page_url": _ADDRESS,
        "feed_url": _ADDRESS,
        "description": {"type": "string"},
        "language": {"type": "string", "pattern": f"^{_LANGUAGE.pattern}$"},
        "hubs": {"type": "array", "items": {"type": "object", "required": ["type", "url"]}},
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "content_html"],
                "additionalProperties": False,
                "properties": {
                    "id": _LINE,
                    "url": _ADDRESS,
                    "external_url": _ADDRESS,
                    "title": {"type": "string"},
                    "content_html": {"type": "string"},
                    "date_published": _RFC3339,
                    "date_modified": _RFC3339,
                    "authors": {"type": "array", "items": {"type": "object", "required": ["name"], "minProperties": 1}},
                    "tags": {"type": "array", "items": _LINE},
                },
            },
        },
    },
}
"""JSON Feed 1.1, of the fields that we write."""


def broken_rules(data: bytes, address: str) -> list[str]:
    """Return what a validator would say of the feed that is served at `address`; nothing of a good one."""
    if address.endswith(".json"):
        return [*_of_json(json.loads(data), address)]
    root = defusedxml.ElementTree.fromstring(data, forbid_dtd=True)
    said = [*(_of_rss(root, address) if root.tag == "rss" else _of_atom(root, address))]
    if doubtful := _DOUBTFUL.search(data.decode()):
        said.append(f"a control character or a sign for one that was lost: {doubtful[0]!r}")
    return said


def _of_rss(root: ET.Element, address: str) -> Iterator[str]:
    if root.get("version") != "2.0" or [child.tag for child in root] != ["channel"]:
        yield "no RSS 2.0 with one channel"
    channel = root[0]
    yield from _children(channel, _CHANNEL)
    tags = [child.tag for child in channel]
    if "item" in tags and set(tags[tags.index("item") :]) != {"item"}:
        yield "something of the channel behind its items"
    yield from _links([link.attrib for link in channel.iterfind(f"{_ATOM}link")], address, "application/rss+xml")
    yield from _addresses(one.text for path in ("link", "item/link") for one in channel.iterfind(path))
    yield from _texts(one.text for path in ("title", "description", "item/title") for one in channel.iterfind(path))
    if not _LANGUAGE.fullmatch(channel.findtext("language", "")):
        yield "no language"
    for path in ("lastBuildDate", "item/pubDate"):
        for one in channel.iterfind(path):
            text = one.text or ""
            if format_datetime(parsedate_to_datetime(text)) != text or text[11:16] < " 1990":
                yield f"{path}: no date of RFC 822: {text}"
    items = channel.findall("item")
    for item in items:
        yield from _children(item, _ITEM)
        if item.find("guid").get("isPermaLink") != "false":  # type: ignore[union-attr]  # there: just looked
            yield "an id that says it is an address"
        yield from _html(item.findtext("description", ""))
    yield from _ids(item.findtext("guid", "") for item in items)
    yield from _moments(item.findtext(f"{_ATOM}updated", "") for item in items)
    yield from _named(one.text for item in items for path in (_CREATOR, "category") for one in item.iterfind(path))


def _of_atom(root: ET.Element, address: str) -> Iterator[str]:
    if root.tag != f"{_ATOM}feed" or not root.get("{http://www.w3.org/XML/1998/namespace}lang"):
        yield "no Atom feed in a language"
    yield from _children(root, _FEED)
    yield from _links([link.attrib for link in root.iterfind(f"{_ATOM}link")], address, "application/atom+xml")
    entries = root.findall(f"{_ATOM}entry")
    for entry in entries:
        yield from _children(entry, _ENTRY)
        content = entry.find(f"{_ATOM}content")
        if content is None or content.get("type") != "html":
            yield "content that does not say that it is HTML"
        else:
            yield from _html(content.text or "")
        links = [link.attrib for link in entry.iterfind(f"{_ATOM}link")]
        if [link["rel"] for link in links].count("alternate") != 1:
            yield "an entry with no page, or with two"
        yield from _addresses(link["href"] for link in links)
        yield from _dates([entry.findtext(f"{_ATOM}published", "")])
    yield from _texts(one.text for one in root.iter() if one.tag in (f"{_ATOM}title", f"{_ATOM}subtitle"))
    yield from _ids([root.findtext(f"{_ATOM}id", ""), *(entry.findtext(f"{_ATOM}id", "") for entry in entries)])
    yield from _moments(entry.findtext(f"{_ATOM}updated", "") for entry in entries)
    yield from _dates([root.findtext(f"{_ATOM}updated", "")], since="1970")
    yield from _named(one.text for one in root.iter(f"{_ATOM}name"))
    yield from _named(one.get("term") for one in root.iter(f"{_ATOM}category"))


def _of_json(feed: Any, address: str) -> Iterator[str]:
    if errors := [error.message for error in Draft202012Validator(JSON_FEED).iter_errors(feed)]:
        yield from errors
        return
    if feed["feed_url"] != address:
        yield f"it says that it is {feed['feed_url']}"
    items = feed["items"]
    yield from _addresses(item[name] for item in items for name in ("url", "external_url") if name in item)
    yield from _ids(item["id"] for item in items)
    yield from _moments(item["date_modified"] for item in items)
    for item in items:
        yield from _html(item["content_html"])


def _children(parent: ET.Element, allowed: dict[str, set[str]]) -> Iterator[str]:
    counts = Counter(child.tag for child in parent)
    for tag in allowed["once"]:
        if counts[tag] != 1:
            yield f"{parent.tag}: {counts[tag]} times {tag}"
    for tag, count in counts.items():
        if count > 1 and tag in allowed["at most once"]:
            yield f"{parent.tag}: {count} times {tag}"
        if not any(tag in tags for tags in allowed.values()):
            yield f"{parent.tag}: unknown {tag}"


def _links(links: list[dict[str, str]], address: str, kind: str) -> Iterator[str]:
    own = [link for link in links if link["rel"] == "self"]
    if [(link["href"], link.get("type")) for link in own] != [(address, kind)]:
        yield f"it does not say where it is: {own}"
    if len({(link["rel"], link.get("type")) for link in links}) < len(links):
        yield f"two links of one kind: {links}"
    yield from _addresses(link["href"] for link in links)


def _addresses(found: Iterable[str | None]) -> Iterator[str]:
    return (f"no whole address: {one!r}" for one in found if not _URI.fullmatch(one or ""))


def _texts(found: Iterable[str | None]) -> Iterator[str]:
    for one in found:
        if not (one or "").strip() or _LOOKS_LIKE_MARKUP.search(one or ""):
            yield f"plain text that is empty or looks like markup: {one!r}"


def _named(found: Iterable[str | None]) -> Iterator[str]:
    return ("an empty name or category" for one in found if not (one or "").strip())


def _ids(found: Iterable[str]) -> Iterator[str]:
    ids = [*found]
    yield from (f"no id for good: {one!r}" for one in ids if not _TAG.fullmatch(one))
    yield from (f"{count} entries are {one}" for one, count in Counter(ids).items() if count > 1)


def _moments(found: Iterable[str]) -> Iterator[str]:
    moments = [*found]
    yield from _dates(moments)
    yield from (f"{count} entries of one moment: {one}" for one, count in Counter(moments).items() if count > 1)


def _dates(found: Iterable[str], since: str = "1990") -> Iterator[str]:
    for one in found:
        if not _MOMENT.fullmatch(one) or one < since:
            yield f"no date of RFC 3339, or none to believe: {one!r}"
        else:
            datetime.fromisoformat(one)


def _html(text: str) -> list[str]:
    reader = _Html()
    reader.feed(text)
    reader.close()
    return reader.said + [f"<{name}> is not closed" for name in reader.open]


class _Html(HTMLParser):
    """Goes through an entry's HTML and tells what is wrong in it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.said: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _ELEMENTS:
            self.said.append(f"<{tag}>")
        if tag not in _EMPTY:
            self.open.append(tag)
        for name, value in attrs:
            if (tag, name) not in {("a", "href"), ("a", "rel"), ("a", "title"), ("ol", "start")}:
                self.said.append(f"{name} of <{tag}>")
            if name == "href" and not re.match(r"https?://|mailto:", value or ""):
                self.said.append(f"no whole address: {value!r}")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.said.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        # Every "&", "<" that is text has to be written as a reference.
        if "<" in data or "&" in data:
            self.said.append(f"not escaped: {data[:40]!r}")

    def handle_comment(self, data: str) -> None:
        self.said.append(f"a comment: {data[:40]!r}")

    def handle_decl(self, decl: str) -> None:
        self.said.append(f"a declaration: {decl[:40]!r}")

    def handle_pi(self, data: str) -> None:
        self.said.append(f"an instruction: {data[:40]!r}")
