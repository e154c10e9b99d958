"""What the pages are given, without rendering them; all papers are invented."""

from pathlib import Path
from typing import Any

from generator.site.pages import Pages
from tests.content import AUTHORS, catalog_of, put, record, write

PICKED = "picks:\n  - id: arxiv:2512.00001\n    note: Worth it.\n"


def context(root: Path, address: str) -> dict[str, Any]:
    pages = Pages(catalog_of(root))
    return next(page for page in pages if page.address == address).make()


def test_nothing_trends_that_nobody_picked_or_voted_for(tmp_path: Path) -> None:
    records = [record(f"arxiv:2512.0000{n}", day=f"2025-12-1{n}") for n in range(1, 5)]
    assert context(write(tmp_path, *records), "")["trending"] == []


def test_pick_and_votes_of_the_last_fortnight_trend(tmp_path: Path) -> None:
    records = [record(f"arxiv:2512.0000{n}", day=f"2025-12-1{n}") for n in range(1, 5)]
    old = record("arxiv:2511.00001", day="2025-11-01")
    root = write(tmp_path, old, *records, digest=PICKED)
    votes = '{"as_of":"2025-12-13","id":"arxiv:2511.00001","upvotes":9}\n'
    votes += '{"as_of":"2025-12-13","id":"arxiv:2512.00003","upvotes":5}\n'
    put(root, {"content/metrics/2025-12.jsonl": votes})
    assert [card.address for card in context(root, "")["trending"]] == ["2512.00001", "2512.00003"]


def test_others_of_a_name_are_told_apart_by_what_they_write_about(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        record("arxiv:2512.00001", "Ada Example", primary_category="cs.CV"),
        record("arxiv:2512.00002", "Ada Example", primary_category="cs.OS"),
        record("arxiv:2512.00003", "Ada Example"),
    )
    entries = "".join(f"- {{id: ada-example-{n}, name: Ada Example, papers: ['arxiv:2512.0000{n}']}}\n" for n in (1, 2))
    put(root, {AUTHORS: entries})
    assert context(root, "authors/ada-example/")["others"] == [
        ("ada-example-1", "Ada Example", 1, "Computer Vision and Pattern Recognition"),
        ("ada-example-2", "Ada Example", 1, "Operating Systems"),
    ]
    assert context(root, "authors/ada-example-1/")["others"][0][0] == "ada-example-2"


def test_front_page_shows_few_papers_whole_and_counts_the_rest(tmp_path: Path) -> None:
    records = [record(f"arxiv:2512.{n:05}", abstract="Words.") for n in range(30)]
    front = context(write(tmp_path, *records), "")
    assert front["rest_count"] == 30
    assert [bool(card.abstract) for card in front["day"]["rest"]] == [True] * 6 + [False] * 14
