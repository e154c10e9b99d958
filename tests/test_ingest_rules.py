"""Which papers the rules let in, one case each."""

from typing import Any

import pytest

from generator.config import PaperRule, PaperRules
from generator.ingest.rules import NO_RULE, Judge, Verdict
from generator.model import Author, Record

PAPER = Record(
    id="arxiv:2512.00101",
    title="Sharing a KV cache",
    abstract="We serve models.",
    authors=(Author(name="Ada Invented"), Author(name="José Ficción")),
    primary_category="cs.DC",
    categories=("cs.DC", "cs.OS"),
)


def judged(include: list[dict[str, Any]], exclude: list[dict[str, Any]], source: str = "daily") -> Verdict:
    rules = PaperRules(
        include=tuple(PaperRule(**rule) for rule in include), exclude=tuple(PaperRule(**rule) for rule in exclude)
    )
    return Judge(rules).judge(PAPER, source)


def test_without_rules_all_papers_come_in() -> None:
    assert judged([], []) == Verdict(kept=True, rule=None)


@pytest.mark.parametrize(
    ("rule", "matches"),
    [
        ({"phrases": ("KV cache",)}, True),
        ({"phrases": ("kv caches", "serve")}, True),  # one is enough
        ({"phrases": ("serving",)}, False),  # whole words
        ({"categories": ("cs.OS",)}, True),
        ({"categories": ("cs.CL",)}, False),
        ({"authors": ("Jose Ficcion",)}, True),  # as addresses fold names
        ({"authors": ("Ada",)}, False),
        ({"sources": ("daily",)}, True),
        ({"sources": ("other",)}, False),
        ({"phrases": ("cache",), "categories": ("cs.CL",)}, False),  # every kind that is named
        ({"phrases": ("cache",), "authors": ("Ada Invented",), "sources": ("daily",)}, True),
        ({"phrases": ("cache",), "sources": ("other",)}, False),
        ({"authors": ("Ada Invented",), "categories": ("cs.CL",)}, False),
        ({}, False),
    ],
)
def test_rule_matches_what_it_names(rule: dict[str, Any], matches: bool) -> None:
    assert judged([rule], []) == Verdict(kept=matches, rule="include 1" if matches else NO_RULE)
    assert judged([], [rule]) == Verdict(kept=not matches, rule="exclude 1" if matches else None)


def test_exclude_wins_and_the_first_rule_that_matches_decides() -> None:
    both: list[dict[str, Any]] = [{"categories": ("cs.DC",), "name": "systems"}, {"phrases": ("cache",)}]
    assert judged(both, []) == Verdict(kept=True, rule="include 1 (systems)")
    assert judged(both[1:], both[:1]) == Verdict(kept=False, rule="exclude 1 (systems)")


def test_paper_without_authors_categories_or_abstract_is_judged_too() -> None:
    bare = Record(id="arxiv:2512.00102", title="$x$")
    rules = PaperRules(include=(PaperRule(authors=("",), phrases=("--",)), PaperRule(categories=("cs.DC",))))
    assert Judge(rules).judge(bare, "daily") == Verdict(kept=False, rule=NO_RULE)
