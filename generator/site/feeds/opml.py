"""Writes lists of feeds as OPML 2.0, which every reader imports: all, all topics, one topic with those below."""

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from generator.model import Topic
from generator.site.feeds.subscriptions import RSS, Feed, Subscriptions
from generator.site.feeds.xml import add

ALL = "feeds.opml"


def of_all(subscriptions: Subscriptions) -> bytes:
    """List every feed of the digest, in folders by the part of the site."""
    root, body = _document(subscriptions.config.title)
    for feed in subscriptions.of_kind("site"):
        _outline(body, feed, subscriptions)
    for topic in _trees(subscriptions):
        _branch(body, topic, subscriptions)
    for kind in ("categories", "curators", "authors"):
        feeds = subscriptions.of_kind(kind)
        if feeds:
            folder = add(body, "outline", text=kind.capitalize())
            for feed in feeds:
                _outline(folder, feed, subscriptions)
    return _written(root)


def of_topics(subscriptions: Subscriptions) -> bytes:
    """List the feeds of all topics, in folders as their tree is."""
    root, body = _document(f"{subscriptions.config.title}: topics")
    for topic in _trees(subscriptions):
        _branch(body, topic, subscriptions)
    return _written(root)


def of_topic(topic: Topic, subscriptions: Subscriptions) -> bytes:
    """List the feeds of one topic and of all below it."""
    root, body = _document(f"{subscriptions.config.title}: {topic.name}")
    _branch(body, topic, subscriptions)
    return _written(root)


def _trees(subscriptions: Subscriptions) -> Iterator[Topic]:
    return (topic for topic in subscriptions.catalog.topics.values() if topic.parent is None)


def _branch(parent: ET.Element, topic: Topic, subscriptions: Subscriptions) -> None:
    """Add a topic's feed; with topics below it, in a folder of its name."""
    if topic.children:
        parent = add(parent, "outline", text=topic.name)
    _outline(parent, subscriptions.by_folder[f"topics/{topic.id}/"], subscriptions)
    for child in topic.children:
        _branch(parent, subscriptions.catalog.topics[child], subscriptions)


def _outline(parent: ET.Element, feed: Feed, subscriptions: Subscriptions) -> None:
    url = subscriptions.config.url
    places = {"xmlUrl": f"{url}{feed.folder}{RSS}", "htmlUrl": url + feed.page}
    add(parent, "outline", type="rss", text=feed.title, title=feed.title, **places)


def _document(title: str) -> tuple[ET.Element, ET.Element]:
    root = ET.Element("opml", {"version": "2.0"})
    add(add(root, "head"), "title", title)
    return root, ET.SubElement(root, "body")


def _written(root: ET.Element) -> bytes:
    ET.indent(root, " ")
    body: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return body + b"\n"
