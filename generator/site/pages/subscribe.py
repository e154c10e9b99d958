"""The page that tells someone who has never used a feed how to follow the digest."""

from urllib.parse import quote

from generator.site.feeds.subscriptions import RSS, Feed, Subscriptions, alternates
from generator.site.page import Context, Page

READERS = (
    ("Feedly", "https://feedly.com/i/subscription/feed%2F"),
    ("Inoreader", "https://www.inoreader.com/?add_feed="),
    ("NewsBlur", "https://www.newsblur.com/?url="),
    ("The Old Reader", "https://theoldreader.com/feeds/subscribe?url="),
    ("Feedbin", "https://feedbin.com/?subscribe="),
)
"""(name, the address that takes a feed's, percent-encoded, at its end) of readers that work in a browser."""


def subscribe_page(subscriptions: Subscriptions) -> Page:
    """Make the page at ``/subscribe/``."""

    def context() -> Context:
        def shown(feed: Feed) -> Context:
            address = f"{subscriptions.config.url}{feed.folder}{RSS}"
            return {
                "folder": feed.folder,
                "title": feed.title.removeprefix(f"{subscriptions.config.title}: "),
                "description": feed.description,
                "formats": feed.formats,
                "readers": [(name, way + quote(address, safe="")) for name, way in READERS],
            }

        def branch(topic_id: str) -> Context:
            topic = subscriptions.catalog.topics[topic_id]
            return {"id": topic.id, "name": topic.name, "children": [branch(child) for child in topic.children]}

        topics = subscriptions.catalog.topics.values()
        return {
            "first": [shown(feed) for feed in subscriptions.of_kind("site")],
            "topics": [branch(topic.id) for topic in topics if topic.parent is None],
            "categories": [shown(feed) for feed in subscriptions.of_kind("categories")],
            "curators": [shown(feed) for feed in subscriptions.of_kind("curators")],
            "author_papers": subscriptions.config.feeds.author_papers,
            "authors": len(subscriptions.of_kind("authors")),
        }

    told = (*subscriptions.of_kind("site"), *subscriptions.of_kind("curators"))
    # Of the site's own feed every page tells.
    feeds = tuple(one for feed in told for one in alternates(feed.title, f"../{feed.folder}") if one[0] != f"../{RSS}")
    return Page("subscribe/", "subscribe", "Subscribe", context, "How to have every new day come to you.", feeds=feeds)
