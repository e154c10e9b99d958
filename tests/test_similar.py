"""Similar papers and novelty: by hand, unmoved by later days, and never other from a cache than from nothing."""

import random
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from generator.catalog import similar
from generator.catalog.similar import Likeness, comparison, find_likenesses
from generator.catalog.similar.comparison import Alike
from generator.catalog.similar.novelty import EARLIER, FEWEST, percentile
from generator.catalog.similar.words import rarity, words_of
from generator.model import Paper

FIRST = date(2025, 1, 10)
VOCABULARY = [f"{first}{second}{last}" for first in "bdgkm" for second in "aeiou" for last in ("bon", "tul", "rix")]


def paper(name: str, title: str, day: date = FIRST, abstract: str = "") -> Paper:
    """Make a paper of a day."""
    return Paper(id=name, address=name, title=title, day=day, abstract=abstract)


def by_id(papers: Iterable[Paper]) -> dict[str, Paper]:
    """Return papers by their ids."""
    return {one.id: one for one in papers}


def many(count: int, *, days: int = 90, seed: int = 1) -> dict[str, Paper]:
    """Invent papers over some days: words drawn from a few, rare ones seldom."""
    dice = random.Random(seed)
    made = []
    for number in range(count):
        words = [VOCABULARY[min(int(dice.expovariate(0.06)), len(VOCABULARY) - 1)] for _ in range(20)]
        day = FIRST + timedelta(days=number * days // count)
        made.append(paper(f"p{number:04}", " ".join(words[:5]), day, " ".join(words[5:]) if number % 3 else ""))
    return by_id(made)


def test_likeness_is_the_share_of_words_of_equal_weight() -> None:
    papers = by_id(
        [
            paper("a", "cache prefix tenant router"),
            paper("b", "cache prefix kernel compiler", FIRST + timedelta(days=1)),
            paper("c", "cache protein folding enzyme", FIRST + timedelta(days=1)),
            paper("d", "cache prefix tenant router", FIRST + timedelta(days=2)),
        ]
    )
    # Four words of weight 1/2 each: two in common make 1/4 + 1/4, one makes 1/4.
    assert find_likenesses(papers) == {
        "a": Likeness(),
        "b": Likeness(similar=(("a", 500), ("c", 250)), nearest="a", distance=500),
        "c": Likeness(similar=(("a", 250), ("b", 250)), nearest="a", distance=750),
        "d": Likeness(similar=(("a", 1000), ("b", 500), ("c", 250)), nearest="a", distance=0),
    }


def test_word_weighs_by_how_many_papers_of_earlier_months_have_it() -> None:
    # (2 * 850 + 300)² is four million: half octaves are the binary digits of it over (2 * having + 1)².
    assert [rarity(850, having) for having in (0, 8, 20, 100, 200, 850)] == [14, 14, 12, 7, 0, 0]
    earlier = [paper(f"old{number}", "caching speculation", FIRST - timedelta(days=40)) for number in range(200)]
    late = FIRST + timedelta(days=1)
    papers = by_id(
        [
            *earlier,
            paper("a", "caching walrus", FIRST),
            paper("b", "caching octopus", FIRST),
            paper("c", "caching walrus octopus", late),
        ]
    )
    assert dict(find_likenesses(papers)["c"].similar) == {"a": 707, "b": 707}


def test_words_that_say_nothing_are_not_read() -> None:
    counted = words_of("We propose the Caches of $x^2$ with GPT-4", "A cache, 2024: bus analysis $y$ classes")
    assert counted == {"cache": 4, "gpt": 3, "bus": 1, "classe": 1}


@pytest.mark.parametrize(
    ("value", "expected"),
    [(5, 0), (10, 2), (15, 5), (200, 97), (1000, 100)],
    ids=["below", "least", "gap", "most", "above"],
)
def test_percentile_counts_the_lower_and_half_of_the_equal(value: int, expected: int) -> None:
    assert percentile(value, range(10, 201, 10)) == expected


def test_percentile_of_few_is_unknown() -> None:
    assert percentile(5, range(FEWEST - 1)) is None


def test_novelty_is_unknown_until_enough_was_before() -> None:
    found = find_likenesses(many(200))
    order = sorted(many(200).values(), key=lambda one: (one.day, one.id))
    early = [one for one in order if sum(other.day < one.day for other in order) < EARLIER]
    assert len(early) > 40
    assert all(found[one.id].novelty is None for one in early)
    judged = [novelty for one in found.values() if (novelty := one.novelty) is not None]
    assert len(judged) > 100
    assert 0 <= min(judged) < 15
    assert 85 < max(judged) <= 100


def test_copy_of_an_earlier_paper_is_the_least_new_and_one_of_unheard_words_the_most() -> None:
    papers = many(150)
    last = FIRST + timedelta(days=91)
    copied = papers["p0101"]
    papers |= by_id([replace(copied, id="copy", day=last), paper("new", "walrus octopus", last, "heron stork " * 5)])
    found = find_likenesses(papers)
    assert found["copy"].similar[0][0] == found["copy"].nearest == "p0101"
    assert found["copy"].novelty is not None
    assert found["new"].novelty is not None
    assert found["copy"].novelty < 3 < 97 < found["new"].novelty
    assert found["new"].similar == ()


def test_later_days_change_nothing(tmp_path: Path) -> None:
    papers = many(300)
    for cut in (FIRST + timedelta(days=days) for days in (10, 35, 60)):
        then = {name: one for name, one in papers.items() if one.day <= cut}
        at_the_time = find_likenesses(then, tmp_path / "store")
        now = find_likenesses(papers)
        assert at_the_time == {name: now[name] for name in then}
        assert find_likenesses(papers, tmp_path / "store") == now


def test_order_in_which_papers_come_changes_nothing() -> None:
    papers = many(100)
    shuffled = list(papers.values())
    random.Random(3).shuffle(shuffled)
    assert find_likenesses(by_id(shuffled)) == find_likenesses(papers)


EDIT = st.tuples(
    st.sampled_from(["retitle", "remove", "move", "add", "empty"]),
    st.integers(0, 119),
    st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=8),
    st.integers(0, 100),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(EDIT, min_size=1, max_size=4), min_size=1, max_size=4))
def test_what_was_kept_gives_the_same_as_nothing(
    tmp_path_factory: pytest.TempPathFactory, rounds: list[list[tuple[str, int, list[str], int]]]
) -> None:
    store = tmp_path_factory.mktemp("kept") / "store"
    papers = many(120)
    find_likenesses(papers, store)
    for edits in rounds:
        for kind, number, words, days in edits:
            name, day = f"p{number:04}", FIRST + timedelta(days=days)
            old = papers.pop(name, None) or paper(name, "gone", day)
            if kind == "remove":
                continue
            changed = {
                "retitle": replace(old, title=" ".join(words)),
                "move": replace(old, day=day),
                "add": paper(name, " ".join(words), day),
                "empty": replace(old, abstract="", title=words[0]),
            }
            papers[name] = changed[kind]
        assert find_likenesses(papers, store) == find_likenesses(papers)


def test_damaged_foreign_or_missing_store_is_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    papers, store = many(80), tmp_path / "cache" / "store"
    right = find_likenesses(papers, store)
    whole = store.read_bytes()
    for damage in (b"", b"x", whole[:-1], whole[:40] + b"\x00" + whole[41:], whole + b"x", b"\xff" * len(whole)):
        store.write_bytes(damage)
        assert find_likenesses(papers, store) == right
        assert store.read_bytes() == whole
    store.unlink()
    store.mkdir()
    assert find_likenesses(papers, store) == right


def test_store_of_other_rules_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    papers, store = many(80), tmp_path / "store"
    monkeypatch.setattr(comparison, "ALIKE", 900)
    monkeypatch.setattr(similar, "_rules", lambda: b"other rules here")
    strict = find_likenesses(papers, store)
    monkeypatch.undo()
    right = find_likenesses(papers)
    assert strict != right
    assert find_likenesses(papers, store) == right


def test_kept_results_are_used_and_only_what_is_touched_is_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers, store = many(300), tmp_path / "store"
    find_likenesses(papers, store)
    compared: list[int] = []
    result = comparison.Comparison.result

    def counting(self: comparison.Comparison, index: int) -> Alike:
        compared.append(index)
        return result(self, index)

    monkeypatch.setattr(comparison.Comparison, "result", counting)
    find_likenesses(papers, store)
    assert compared == []
    new = paper("new", "babon batul", FIRST + timedelta(days=100), "dabon")
    find_likenesses({**papers, "new": new}, store)
    assert len(compared) == 1


def test_many_processes_find_what_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similar, "WORTH_A_PROCESS", 10)
    papers = many(301)
    assert find_likenesses(papers, None, 3) == find_likenesses(papers)


def test_correction_of_a_title_leaves_most_lists_alone(tmp_path: Path) -> None:
    papers, store = many(300), tmp_path / "store"
    before = find_likenesses(papers, store)
    corrected = {**papers, "p0020": replace(papers["p0020"], title=papers["p0020"].title + " walrus")}
    after = find_likenesses(corrected, store)
    changed = [name for name, one in after.items() if one != before[name]]
    assert "p0020" in changed
    assert len(changed) < 60
