"""The rules of ``topics.yml``, one case each as the module's head states them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.catalog.topics import TopicRules, ancestors, words
from generator.model import TopicEntry, TopicRule


def matches(text: str, *phrases: str, categories: tuple[str, ...] = (), **rule: tuple[str, ...]) -> bool:
    """Tell whether a paper with this title and these categories has the topic of this rule."""
    entry = TopicEntry(id="t", name="T", match=TopicRule(any=phrases, **rule))
    return TopicRules((entry,)).match((text,), categories) == ("t",)


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("cache", "A cache for all", True),
        ("cache", "Cached results", False),  # whole words
        ("cache", "A geocache", False),
        ("cache", "cache_line", True),  # an underscore parts words, as it does for a reader
        ("cache", "A Cache, again", True),  # a word without a capital: any case
        ("cache", "CACHE", True),
        ("KV cache", "The KV Cache", True),  # word by word
        ("KV cache", "the kv cache", False),
        ("KV cache", "The Kv cache", False),
        ("KV cache", "KV", False),
        ("KV cache", "cache KV", False),
        ("KV cache", "KV and cache", False),
        ("KV cache", "The KV-cache", True),  # a hyphen, a slash and a space are the same
        ("KV cache", "The KV/cache", True),
        ("KV-cache", "The KV cache", True),
        ("KV cache", "KV caches", True),  # the last word may carry a plural s
        ("KV cache", "KVs cache", False),
        ("LLM", "LLMs", True),
        ("LLM", "LLMS", False),
        ("caches", "a cache", False),  # a plural is not taken off
        ("C++", "Modern C++ kernels", True),
        ("C++", "Modern C kernels", False),
        ("C", "C++ and C#", False),
        ("C#", "in C#.", True),
        ("GPT-4", "GPT 4 and more", True),
        ("time to first token", "Less time to first token", True),
        ("time to first token", "time to first", False),
        ("naïve", "Naïve Bayes", True),
        ("über", "ÜBER alles", True),
        ("注意力", "注意力", True),
        ("i", "İ", False),  # its small letter is two characters; the words around it still stand where they stood
        ("after", "İ after İ", True),
        ("--", "A -- B", False),
        ("", "", False),
    ],
)
def test_a_phrase_matches_whole_words(phrase: str, text: str, found: bool) -> None:
    assert matches(text, phrase) is found


def test_one_of_several_phrases_is_enough() -> None:
    assert matches("About prefill", "KV cache", "prefill")


def test_a_phrase_may_stand_in_the_abstract_but_not_across_its_border() -> None:
    rules = TopicRules((TopicEntry(id="t", name="T", match=TopicRule(any=("KV cache",))),))
    assert rules.match(("A title", "With a KV cache."), ()) == ("t",)
    assert rules.match(("A title on KV", "cache"), ()) == ()


def test_none_vetoes() -> None:
    assert not matches("Prefill in hotels", "prefill", none=("hotel",))
    assert matches("Prefill elsewhere", "prefill", none=("hotel",))


def test_none_vetoes_a_category_too() -> None:
    entry = TopicEntry(id="t", name="T", match=TopicRule(none=("hotel",), categories=("cs.DC",)))
    assert TopicRules((entry,)).match(("A hotel",), ("cs.DC",)) == ()
    assert TopicRules((entry,)).match(("A house",), ("cs.DC",)) == ("t",)


@pytest.mark.parametrize(
    ("text", "category", "found"),
    [("prefill", "cs.DC", True), ("prefill", "cs.CL", False), ("other", "cs.DC", False), ("prefill", "cs.dc", False)],
)
def test_with_phrases_and_categories_both_are_needed(text: str, category: str, found: bool) -> None:
    entry = TopicEntry(id="t", name="T", match=TopicRule(any=("prefill",), categories=("cs.DC", "cs.OS")))
    assert TopicRules((entry,)).match((text,), (category,)) == (("t",) if found else ())


def test_with_categories_alone_one_is_enough() -> None:
    entry = TopicEntry(id="t", name="T", match=TopicRule(categories=("cs.DC", "cs.OS")))
    assert TopicRules((entry,)).match(("anything",), ("cs.CL", "cs.OS")) == ("t",)


def test_a_topic_without_a_rule_finds_nothing() -> None:
    entries = (TopicEntry(id="a", name="A"), TopicEntry(id="b", name="B", match=TopicRule(none=("x",))))
    assert TopicRules(entries).match(("anything",), ("cs.CL",)) == ()


def test_topics_come_sorted_each_once() -> None:
    entries = tuple(TopicEntry(id=one, name=one, match=TopicRule(any=("kv", "cache"))) for one in "cab")
    assert TopicRules(entries).match(("kv cache kv", "kv"), ()) == ("a", "b", "c")


@settings(deadline=None, max_examples=200)
@given(
    st.lists(st.sampled_from(["kv", "KV", "cache", "caches", "Cache", "C++", "İ", "hit"]), min_size=1, max_size=8),
    st.lists(st.sampled_from(["kv", "KV", "cache", "Cache", "C++", "hit"]), min_size=1, max_size=3),
)
def test_the_index_finds_what_a_plain_search_finds(text: list[str], phrase: list[str]) -> None:
    def same(word: str, token: str, last: bool) -> bool:
        spelled = {word, word + "s"} if last else {word}
        return token in spelled or (word.islower() and token.lower() in spelled)

    plain = any(
        all(same(word, text[at + nth], nth == len(phrase) - 1) for nth, word in enumerate(phrase))
        for at in range(len(text) - len(phrase) + 1)
    )
    assert matches(" ".join(text), " ".join(phrase)) is plain


def test_words_are_letters_and_digits() -> None:
    assert words("KV-cache/prefill: C++, C# (v2.0) — naïve") == [
        "KV",
        "cache",
        "prefill",
        "C++",
        "C#",
        "v2",
        "0",
        "naïve",
    ]


def test_ancestors_come_nearest_first() -> None:
    assert ancestors("c", {"a": None, "b": "a", "c": "b"}) == ["b", "a"]
    assert ancestors("a", {"a": None}) == []


def test_a_cycle_of_topics_ends() -> None:
    assert ancestors("a", {"a": "a"}) == []
    assert ancestors("a", {"a": "b", "b": "c", "c": "a"}) == ["b", "c"]
    assert ancestors("x", {"x": "a", "a": "b", "b": "a"}) == ["a", "b"]
