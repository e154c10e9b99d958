"""Lines for CODEOWNERS, by which GitHub asks the right curators to look at a change: from ``content/curators.yml``.

A file has owners, a topic has none: all topics are in one file. Who looks after which is said in comments.
"""

from collections.abc import Iterator, Mapping, Sequence

from generator.catalog.curation import AUTHORS, CORRECTIONS, CURATORS, DIGESTS, PAGES, PAPERS, TOPICS
from generator.catalog.topics import ancestors
from generator.model import Area, CuratorEntry, TopicEntry

PLACES: Mapping[Area, str] = {
    Area.DIGESTS: f"/{DIGESTS}/",
    Area.TOPICS: f"/{TOPICS}",
    Area.AUTHORS: f"/{AUTHORS}",
    Area.CORRECTIONS: f"/{CORRECTIONS}",
    Area.PAPERS: f"/{PAPERS}/",
    Area.PAGES: f"/{PAGES}/",
}


def code_owners(curators: Sequence[CuratorEntry], topics: Sequence[TopicEntry]) -> list[str]:
    """Return the lines; none where nobody with an account looks after anything."""
    accounts = {entry.id: f"@{entry.account.removeprefix('@')}" for entry in curators if entry.account}
    owners = [entry for entry in curators if entry.id in accounts]
    lines = []
    for area, place in PLACES.items():
        named = [entry for entry in owners if area in entry.areas or (area is Area.TOPICS and entry.topics)]
        if area is Area.TOPICS:
            lines += [f"# {topic}: {' '.join(who)}" for topic, who in _by_topic(owners, accounts, topics)]
        if named:
            lines.append(f"{place} {' '.join(dict.fromkeys(accounts[entry.id] for entry in named))}")
    if not lines:
        return []
    return [f"# From {CURATORS} by 'digest codeowners'. The last line that fits a file decides.", *lines]


def _by_topic(
    owners: list[CuratorEntry], accounts: Mapping[str, str], topics: Sequence[TopicEntry]
) -> Iterator[tuple[str, list[str]]]:
    """Yield each topic with the accounts of those who look after it, or after one above it."""
    parents = {topic.id: topic.parent for topic in topics}
    for topic in parents:
        line = {topic, *ancestors(topic, parents)}
        who = dict.fromkeys(accounts[entry.id] for entry in owners if not line.isdisjoint(entry.topics))
        if who:
            yield topic, list(who)
