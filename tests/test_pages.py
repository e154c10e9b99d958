"""What the pages are given, without rendering them; all papers are invented."""

import json
import re
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

from generator.site.pages import Pages
from generator.site.rendering.markdown import MarkdownWriter, environment
from tests.content import AUTHORS, CONFIG, catalog_of, put, record, write

THEME = Path(__file__).parents[1] / "theme"
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


def test_page_of_what_trends_gives_scores_and_reasons(tmp_path: Path) -> None:
    code = {"code": "https://example.org/code"}
    records = [record(f"arxiv:2512.0000{n}", day=f"2025-12-1{n}", links=code if n == 1 else {}) for n in range(1, 7)]
    digest = f"curator: editors\n{PICKED}    highlight: true\n"
    weights = "pick: 40, highlight: 20, upvotes: 20, code: 20, citations: 0, novelty: 0"
    config = f"{CONFIG}ranking: {{{weights}, upvotes_half: 10, trending_days: 5}}\n"
    root = write(tmp_path, *records, digest=digest, config=config)
    put(root, {"content/metrics/2025-12.jsonl": '{"as_of":"2025-12-13","id":"arxiv:2512.00003","upvotes":10}\n'})
    catalog = catalog_of(root)
    pages = Pages(catalog)
    page = next(page for page in pages if page.address == "trending/")
    text = MarkdownWriter(pages, environment([THEME])).text(page)
    cards = [re.sub(r"<[^>]+>", "", card) for card in re.findall(r"<article.*?</article>", text, re.DOTALL)]
    assert len(cards) == 2
    # Picked, a highlight, with code: 40 + 20 + 20, and half of it after five days.
    assert "Picked as a highlight by editors on 11 Dec 2025, code is public; its score is worth 40.0 now" in cards[0]
    assert "score 80.0" in cards[0]
    # Ten votes give half of 20; three days of five leave 10 / 2 ** 0.6.
    assert "10 upvotes (13 Dec 2025); its score is worth 6.6 now" in cards[1]
    assert "score 10.0" in cards[1]
    assert [href for href, _ in page.feeds] == ["feed.xml", "atom.xml", "feed.json"]


def test_page_of_what_trends_says_when_nothing_does(tmp_path: Path) -> None:
    for root in (write(tmp_path / "quiet", record("arxiv:2512.00001")), write(tmp_path / "empty")):
        pages = Pages(catalog_of(root))
        page = next(page for page in pages if page.address == "trending/")
        assert "Nothing trends just now" in MarkdownWriter(pages, environment([THEME])).text(page)


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


# The ledger -----------------------------------------------------------------------------------------------------------

LEDGER = [
    {"date": "2025-12-11", "source": "arxiv", "state": "failed", "tried": "2025-12-12", "why": "HTTP 503: https://x"},
    {"date": "2025-12-11", "kept": 2, "listed": 9, "source": "daily", "state": "settled", "tried": "2025-12-12"},
    {"date": "2025-12-12", "source": "arxiv", "state": "failed", "tried": "2025-12-13", "why": "HTTP 503: https://x"},
    {"date": "2025-12-12", "source": "daily", "state": "failed", "tried": "2025-12-13", "why": "a <b>stall</b>"},
    {"date": "2025-12-13", "source": "arxiv", "state": "empty", "tried": "2025-12-13"},
    {"date": "2025-12-13", "source": "daily", "state": "empty", "tried": "2025-12-13"},
    {"date": "2025-12-14", "kept": 0, "listed": 4, "source": "daily", "state": "settled", "tried": "2025-12-14"},
    {"date": "2025-12-15", "source": "daily", "state": "not yet", "tried": "2025-12-15"},
]


def with_ledger(root: Path) -> Path:
    papers = [record(f"arxiv:2512.0000{n}", day="2025-12-11") for n in (1, 2, 3)]
    for paper in papers[:2]:
        paper["listed"] = [{"source": "daily", "date": "2025-12-11"}]
    digest = PICKED + "passed: [{id: arxiv:2512.00002, why: no numbers}]\n"
    lines = "".join(json.dumps(line) + "\n" for line in LEDGER)
    return put(write(root, *papers, digest=digest), {"content/ledger/2025-12.jsonl": lines})


def test_day_says_what_became_of_each_source(tmp_path: Path) -> None:
    arxiv, daily = context(with_ledger(tmp_path), "days/2025-12-11/")["sources"]
    assert (arxiv["state"], arxiv["why"], arxiv["tried"]) == ("failed", "HTTP 503: https://x", date(2025, 12, 12))
    assert [daily[name] for name in ("listed", "kept", "picked", "passed")] == [9, 2, 1, 1]


def test_day_on_which_every_source_failed_has_a_page_and_a_weekend_has_none(tmp_path: Path) -> None:
    pages = {page.address: page for page in Pages(catalog_of(with_ledger(tmp_path)))}
    failed = pages["days/2025-12-12/"]
    assert failed.make()["failed"]
    assert failed.description == "Why there are no papers of 12 December 2025."
    assert "days/2025-12-13/" not in pages
    assert "days/2025-12-15/" not in pages
    assert [source["listed"] for source in pages["days/2025-12-14/"].make()["sources"]] == [4]


def test_page_of_a_day_tells_it_in_words(tmp_path: Path) -> None:
    pages = Pages(catalog_of(with_ledger(tmp_path)))
    writer = MarkdownWriter(pages, environment([THEME]))
    told = {page.address: unescape(re.sub(r"<.*?>", " ", writer.text(page))) for page in pages}
    told = {address: " ".join(text.split()) for address, text in told.items()}
    day = told["days/2025-12-11/"]
    assert "arxiv source failed: HTTP 503: https://x (tried 12 Dec 2025)" in day
    assert "daily 9 listed, 2 kept by the rules, 1 picked, 1 passed over" in day
    assert "because its sources failed" in told["days/2025-12-12/"]
    assert "daily source failed: a <b>stall</b> (tried 13 Dec 2025)" in told["days/2025-12-12/"]
    assert "none that this digest is about" in told["days/2025-12-14/"]
    assert "daily 4 listed, none kept by the rules, none picked" in told["days/2025-12-14/"]
    assert "off: a weekend or holiday of the sources" in told["days/"]
    assert "12 failed 13 off 14 0 papers" in told["days/"]
    assert "15 not yet" in told["days/"]
    assert "No papers came in on Fri 12 Dec : the sources failed" in told[""]


def test_archive_shows_every_day_of_the_ledger(tmp_path: Path) -> None:
    (year,) = context(with_ledger(tmp_path), "days/")["years"]
    (month,) = year["months"]
    shown = [
        (cell["date"].day, cell.get("quiet") or ("failed" if cell["failed"] else cell["count"]))
        for week in month["weeks"]
        for cell in week["cells"]
        if cell and len(cell) > 2
    ]
    assert shown == [(11, 3), (12, "failed"), (13, "empty"), (14, 0), (15, "not yet")]


def test_front_page_and_feed_of_days_hold_days_with_something_to_read(tmp_path: Path) -> None:
    pages = Pages(catalog_of(with_ledger(tmp_path)))
    front = next(iter(pages)).make()
    assert (front["day"]["date"], front["failed"]) == (date(2025, 12, 11), [date(2025, 12, 12)])
    assert [feed.days for feed in pages.subscriptions if feed.days] == [(date(2025, 12, 11),)]


def test_pick_says_which_version_followed_it(tmp_path: Path) -> None:
    papers = [record(f"arxiv:2512.0000{n}", day="2025-12-11", version=n, updated="2025-12-20") for n in (1, 2)]
    root = write(tmp_path, *papers, digest=PICKED + "  - id: arxiv:2512.00002\n")
    changed = [context(root, f"papers/2512.0000{n}/")["choices"][0]["changed"] for n in (1, 2)]
    assert changed == [False, True]
