"""The form that suggests a topic."""

from collections.abc import Mapping

from generator.catalog.curation import TOPICS
from generator.catalog.topics import TopicRules
from generator.forms import answers
from generator.forms.ground import Change, Ground, redrafted
from generator.forms.refusal import RefusedError, shown
from generator.model import Declined, Suggested, TopicEntry, TopicRule
from generator.text import slug
from generator.yamledit import append, entry

Given = Mapping[str, str]
"""Answers by the ids of the form's fields."""


def wanted_topic(given: Given, ground: Ground) -> Declined:
    """Say what is suggested."""
    return ground.about(Suggested.TOPIC, names=(answers.line(given["name"]),))


def add_topic(given: Given, ground: Ground) -> Change:
    """Draft an entry of ``topics.yml`` with its rule.

    Raises: RefusedError.
    """
    name = answers.line(given["name"])
    known = ground.content.curation.topics.value
    topic = TopicEntry(
        id=slug(name, "topic"),
        name=name,
        parent=_parent(given["parent"], known),
        description=answers.bounded(given["description"], answers.MAX_NOTE) or None,
        match=_rule(given),
    )
    if any(other.id == topic.id for other in known):
        raise RefusedError(f"there is a topic {shown(topic.id)} already")
    lines = entry(_values(topic))
    file, text = redrafted(ground, TOPICS, [*known, topic], lambda old: append(TOPICS, old, lines))
    found = TopicRules((topic,))
    papers = ground.catalog.papers.values()
    count = sum(bool(found.match((paper.title, paper.abstract), paper.categories)) for paper in papers)
    return Change(
        title=f"New topic: {topic.id}",
        told=(
            f"Adds the topic {shown(name)}.",
            f"Its rule finds {count:,} of the {len(papers):,} papers that are here now.",
        ),
        files={TOPICS: file},
        texts={TOPICS: text},
    )


def _parent(answer: str, known: tuple[TopicEntry, ...]) -> str | None:
    if not answer:
        return None
    wanted = slug(answers.line(answer), "topic")
    found = next((other.id for other in known if wanted in (other.id, slug(other.name, "topic"))), None)
    if found is None:
        raise RefusedError(f"there is no topic {shown(answer)} to stand under")
    return found


def _rule(given: Given) -> TopicRule | None:
    rule = TopicRule(
        any=tuple(dict.fromkeys(answers.items(given["any"]))),
        none=tuple(dict.fromkeys(answers.items(given["none"]))),
        categories=answers.categories(given["categories"]),
    )
    if rule.none and not rule.any and not rule.categories:
        raise RefusedError("words rule papers out, but nothing finds any; give words or categories that do")
    return rule if rule.any or rule.categories else None


def _values(topic: TopicEntry) -> dict[str, str | dict[str, tuple[str, ...]]]:
    values: dict[str, str | dict[str, tuple[str, ...]]] = {
        key: value for key in ("id", "name", "parent", "description") if (value := getattr(topic, key))
    }
    if topic.match is not None:
        rule = topic.match
        values["match"] = {key: value for key in ("any", "none", "categories") if (value := getattr(rule, key))}
    return values
