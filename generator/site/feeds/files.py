"""Every feed, and every list of feeds, as a file: what it is made from, and how it is made when that has changed."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from types import ModuleType

from generator.site.feeds import atom, jsonfeed, opml, rss
from generator.site.feeds.entries import Entries, Entry
from generator.site.feeds.subscriptions import ATOM, JSON, RSS, Feed, Subscriptions
from generator.site.files import File
from generator.site.prints.fingerprints import fingerprint, program_hash

_WRITERS: dict[str, ModuleType] = {RSS: rss, ATOM: atom, JSON: jsonfeed}


def feed_files(
    subscriptions: Subscriptions, prints: Mapping[str, bytes], moved: Iterable[tuple[str, str, Feed]] = ()
) -> Iterator[File]:
    """Yield the files of all feeds; `prints` has a hash of each paper, and of the program, by the paper's id.

    `moved` are (folder, file's name, feed) of those that stand where another feed was.
    """
    config = subscriptions.config
    desk = _Desk(subscriptions)
    around = fingerprint(program_hash(), config.url, config.title, config.language, config.feeds.hub, config.tag)
    for feed in subscriptions:
        made_from = fingerprint(around, _made_from(feed, subscriptions, prints))
        for name in feed.formats:
            yield File(f"{feed.folder}{name}", made_from, partial(desk.write, feed, name))
    for folder, name, feed in moved:
        made_from = fingerprint(around, _made_from(feed, subscriptions, prints))
        yield File(f"{folder}{name}", made_from, partial(desk.write, feed, name))
    yield from _lists(subscriptions)


def _made_from(feed: Feed, subscriptions: Subscriptions, prints: Mapping[str, bytes]) -> object:
    days = {*feed.days, *(day for week in feed.weeks for day in week.days)}
    shown = [subscriptions.catalog.days[day] for day in sorted(days)]
    papers = [*feed.papers, *(paper for day in shown for paper in day.papers)]
    return feed, shown, [prints[paper] for paper in papers]


def _lists(subscriptions: Subscriptions) -> Iterator[File]:
    titles = [(feed.folder, feed.page, feed.title) for feed in subscriptions]
    topics = [(topic.id, topic.name, topic.children) for topic in subscriptions.catalog.topics.values()]
    made_from = fingerprint(program_hash(), subscriptions.config.url, subscriptions.config.title, titles, topics)
    yield File(opml.ALL, made_from, partial(opml.of_all, subscriptions))
    yield File(f"topics/{opml.ALL}", made_from, partial(opml.of_topics, subscriptions))
    for topic in subscriptions.catalog.topics.values():
        if topic.children:
            yield File(f"topics/{topic.id}/{opml.ALL}", made_from, partial(opml.of_topic, topic, subscriptions))


class _Desk:
    """Writes feeds; an entry that many feeds have is written once for each format."""

    def __init__(self, subscriptions: Subscriptions) -> None:
        self.config = subscriptions.config
        self.entries = Entries(subscriptions.catalog)
        self._written: dict[tuple[str, Entry], str] = {}

    def write(self, feed: Feed, name: str) -> bytes:
        """Write `feed` in the format of the file `name`."""
        entries = list(self.entries.of(feed))
        written: bytes = _WRITERS[name].feed(feed, entries, [self._item(name, entry) for entry in entries], self.config)
        return written

    def _item(self, name: str, entry: Entry) -> str:
        known = self._written.get((name, entry))
        if known is None:
            known = self._written[name, entry] = _WRITERS[name].item(entry, self.config)
        return known
