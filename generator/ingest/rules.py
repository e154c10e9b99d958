"""Which of the papers that sources list come into the digest: the rules of ``site_config.yml``.

How phrases match is left to ``catalog.topics``, what happens to a paper to ``daily``. A paper comes in if an include
rule matches it, or if there is none, and no exclude rule does; the first rule that matches decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from generator.catalog.people import name_slug
from generator.catalog.topics import TopicRules
from generator.config import PaperRule, PaperRules
from generator.model import Record, TopicEntry, TopicRule
from generator.text import clean_abstract, clean_name, clean_title

NO_RULE = "no include rule"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a paper comes in, and which rule said so."""

    kept: bool
    rule: str | None
    """None where there are no rules at all."""


class Judge:
    """All rules, in one index."""

    def __init__(self, rules: PaperRules) -> None:
        self._exclude = _named("exclude", rules.exclude)
        self._include = _named("include", rules.include)
        both = {**self._exclude, **self._include}
        match = {name: TopicRule(any=rule.phrases, categories=rule.categories) for name, rule in both.items()}
        self._subjects = TopicRules(tuple(TopicEntry(id=name, name=name, match=rule) for name, rule in match.items()))
        self._by_author = any(rule.authors for rule in both.values())

    def judge(self, record: Record, source: str) -> Verdict:
        """Decide about a paper that ``source`` lists."""
        if not (self._include or self._exclude):
            return Verdict(kept=True, rule=None)
        categories = (*filter(None, [record.primary_category]), *record.categories)
        texts = (clean_title(record.title), clean_abstract(record.abstract or ""))
        subjects = set(self._subjects.match(texts, categories))
        names = {name_slug(clean_name(author.name)) for author in record.authors} if self._by_author else set()

        def matches(name: str, rule: PaperRule) -> bool:
            return (
                (name in subjects or not (rule.phrases or rule.categories))
                and (not rule.authors or any(name_slug(clean_name(author)) in names for author in rule.authors))
                and (not rule.sources or source in rule.sources)
                and bool(rule.phrases or rule.categories or rule.authors or rule.sources)
            )

        for name, rule in self._exclude.items():
            if matches(name, rule):
                return Verdict(kept=False, rule=name)
        if not self._include:
            return Verdict(kept=True, rule=None)
        let_in = next((name for name, rule in self._include.items() if matches(name, rule)), None)
        return Verdict(kept=let_in is not None, rule=let_in or NO_RULE)


def _named(kind: str, rules: Sequence[PaperRule]) -> dict[str, PaperRule]:
    """Give each rule a name that says which it is: ``include 1 (serving)``."""
    return {f"{kind} {number}" + (f" ({rule.name})" if rule.name else ""): rule for number, rule in enumerate(rules, 1)}
