"""Which papers belong to which topic: the rules of ``topics.yml`` and the tree that inherits.

Phrases match whole words of the title and the abstract. A word of a phrase that has a capital letter must be written
exactly so (``KV cache`` does not match "kv cache"); a word without one matches in any case. A hyphen, a slash and a
space are the same, and the last word may carry a plural s. ``none`` vetoes; with both ``any`` and ``categories`` a
paper needs a phrase and a category; with ``categories`` alone the category is enough.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from generator.model import Paper, Topic, TopicEntry
from generator.text import clean_line

_WORD = re.compile(r"[^\W_]+[+#]*")
Phrase = tuple[str, ...]


def words(text: str) -> list[str]:
    """Split `text` into the words that phrases are compared with; ``C++`` and ``C#`` are words."""
    return _WORD.findall(text)


@dataclass(frozen=True)
class TopicRules:
    """All topics' rules in one index, so that a text is read once however many topics there are.

    Cost: one dictionary look-up a word; 10,000 papers with abstracts take about a second.
    """

    entries: tuple[TopicEntry, ...]
    _phrases: dict[str, list[tuple[Phrase, str]]] = field(default_factory=lambda: defaultdict(list))

    @cached_property
    def ids(self) -> frozenset[str]:
        """The ids of all topics."""
        return frozenset(entry.id for entry in self.entries)

    def __post_init__(self) -> None:
        rules = [entry.match for entry in self.entries if entry.match is not None]
        for text in {text for rule in rules for text in (*rule.any, *rule.none)}:
            phrase = tuple(words(text))
            if phrase:
                self._phrases[phrase[0].lower()].append((phrase, text))
                if len(phrase) == 1:
                    self._phrases[phrase[0].lower() + "s"].append((phrase, text))

    def match(self, texts: Iterable[str], categories: Iterable[str]) -> tuple[str, ...]:
        """Return the ids of the topics whose rule the texts and categories satisfy, sorted."""
        found: set[str] = set()
        for text in texts:
            if not self._phrases:
                break
            tokens = words(text)
            lowered = "\n".join(tokens).lower().split("\n")  # at once: ten times faster than one by one
            for start, token in enumerate(lowered):
                for phrase, written in self._phrases.get(token, ()):
                    if written not in found and _stands_at(phrase, tokens, start):
                        found.add(written)
        inside = set(categories)
        return tuple(sorted(entry.id for entry in self.entries if _satisfied(entry, found, inside)))


def _stands_at(phrase: Phrase, tokens: list[str], start: int) -> bool:
    last = start + len(phrase) - 1
    if last >= len(tokens):
        return False
    for place, word in enumerate(phrase[:-1], start):
        if not _same_word(word, tokens[place]):
            return False
    return _same_word(phrase[-1], tokens[last]) or _same_word(phrase[-1] + "s", tokens[last])


def _same_word(word: str, token: str) -> bool:
    return word == token or (word == word.lower() and word == token.lower())


def _satisfied(entry: TopicEntry, found: set[str], categories: set[str]) -> bool:
    rule = entry.match
    if rule is None or not (rule.any or rule.categories):
        return False
    if not found.isdisjoint(rule.none):
        return False
    if rule.any and found.isdisjoint(rule.any):
        return False
    return not rule.categories or not categories.isdisjoint(rule.categories)


def ancestors(topic: str, parents: Mapping[str, str | None]) -> list[str]:
    """Return the topics above `topic`, nearest first; a cycle ends where it would repeat."""
    above: dict[str, None] = {}
    parent = parents.get(topic)
    while parent is not None and parent not in above and parent != topic:
        above[parent] = None
        parent = parents.get(parent)
    return list(above)


def _parents(entries: Mapping[str, TopicEntry]) -> dict[str, str | None]:
    """Return the topic above each topic; none where there is none of that name, or where it would lead in a circle."""
    parents = {entry.id: entry.parent if entry.parent in entries else None for entry in entries.values()}
    for topic in entries:
        line = (topic, *ancestors(topic, parents))
        if parents[line[-1]] == topic:
            parents[topic] = None
    return parents


def topics_of(topics: Iterable[TopicEntry], papers: Mapping[str, Paper]) -> dict[str, Topic]:
    """Return the topics by id in the order of their file, each with the papers of all below it."""
    entries = {entry.id: entry for entry in topics}
    parents = _parents(entries)
    lines = {topic: (topic, *ancestors(topic, parents)) for topic in entries}
    held: dict[str, dict[str, None]] = {topic: {} for topic in entries}
    for paper in papers.values():
        for topic in paper.topics:
            for above in lines[topic]:
                held[above][paper.id] = None
    children: dict[str | None, list[str]] = defaultdict(list)
    for topic in sorted(entries, key=lambda topic: entries[topic].name.casefold()):
        children[parents[topic]].append(topic)
    return {
        topic: Topic(
            id=topic,
            name=clean_line(entry.name) or topic,
            parent=parents[topic],
            description=entry.description,
            children=tuple(children[topic]),
            papers=tuple(held[topic]),
        )
        for topic, entry in entries.items()
    }
