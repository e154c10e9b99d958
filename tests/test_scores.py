"""Scores as pages show them: ten papers by hand, arithmetic included; people's figures; what trends."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from generator.catalog import ranking
from generator.catalog.ranking import figures, h_index, trend, trending
from generator.config import RankingSettings
from generator.model import Choice, Measurement, Paper, Pick
from generator.site.build import build
from tests.built_site import BuiltSite
from tests.digest_folder import record, write_digest, write_yaml

DAY, COUNTED = "2025-03-12", "2025-03-20"
SETTINGS = RankingSettings()

# Seventy papers before them have one and the same title: the last twenty of these are at distance 0 and ranked. Of the
# ten, those with the old title are at distance 0 too, those in new words at 1000. So of 30 ranked papers 25 are at 0:
# novelty 50 × (0 + 25) / 30 = 41 for the old, 50 × (25 + 30) / 30 = 91 for the new, rounded down.
OLD, NEW = 4.1, 9.1
TEN: list[tuple[dict[str, Any], dict[str, float], float | None]] = [
    ({}, {"Novelty": OLD}, 4.1),
    ({"new": True}, {"Novelty": NEW}, 9.1),
    ({"pick": True}, {"Picked": 30.0, "Novelty": OLD}, 34.1),
    ({"new": True, "pick": True, "highlight": True}, {"Picked": 30.0, "Highlight": 10.0, "Novelty": NEW}, 49.1),
    ({"upvotes": 30}, {"Upvotes": 12.5, "Novelty": OLD}, 16.6),
    # 25 × 90 / 120 = 18.75
    ({"new": True, "upvotes": 90, "code": True}, {"Upvotes": 18.8, "Code": 10.0, "Novelty": NEW}, 37.9),
    # 25 × 1 / 31 = 0.806; 15 × 50 / 100
    ({"upvotes": 1, "citations": 50}, {"Upvotes": 0.8, "Citations": 7.5, "Novelty": OLD}, 12.4),
    # 25 × 970 / 1000 = 24.25; 15 × 9950 / 10000 = 14.925
    (
        {"new": True, "pick": True, "highlight": True, "upvotes": 970, "code": True, "citations": 9950},
        {"Picked": 30.0, "Highlight": 10.0, "Upvotes": 24.3, "Code": 10.0, "Citations": 14.9, "Novelty": NEW},
        98.3,
    ),
    ({"withdrawn": True}, {}, None),
    # 15 × 7 / 57 = 1.842
    ({"new": True, "upvotes": 0, "citations": 7}, {"Citations": 1.8, "Novelty": NEW}, 10.9),
]
SUMS = {
    7: {
        "Picked": "30 × 1",
        "Highlight": "10 × 1",
        "Upvotes": "25 × 970 / (970 + 30)",
        "Code": "10 × 1",
        "Citations": "15 × 9,950 / (9,950 + 50)",
        "Novelty": "10 × 91 / 100",
    },
    0: {
        "Picked": "30 × 0",
        "Highlight": "10 × 0",
        "Upvotes": "",
        "Code": "10 × 0",
        "Citations": "",
        "Novelty": "10 × 41 / 100",
    },
}
NEW_WORDS = ["walrus octopus", "heron stork", "badger otter", "lynx marten", "raven magpie"]


def score(paper: Paper, novelty: int | None, settings: RankingSettings) -> ranking.Score | None:
    return ranking.score(ranking.facts(paper, novelty), settings)


def _write(root: Path) -> Path:
    before = [record(f"arxiv:2503.1{number:04}", "Caching prefixes", "2025-03-10") for number in range(50)]
    before += [record(f"arxiv:2503.2{number:04}", "Caching prefixes", "2025-03-11") for number in range(20)]
    ten: list[dict[str, Any]] = []
    picks: list[dict[str, Any]] = []
    counts: list[dict[str, Any]] = []
    words = iter(NEW_WORDS)
    for number, (facts, _, _) in enumerate(TEN):
        paper = f"arxiv:2503.3{number:04}"
        ten.append(
            record(
                paper,
                next(words) if facts.get("new") else "Caching prefixes",
                DAY,
                authors=[{"name": "Ada Invented"}, {"name": "Bo Imaginary"}, {"name": "Cai Madeup"}],
                links={"code": "https://example.org/code"} if facts.get("code") else {},
                withdrawn=facts.get("withdrawn", False),
            )
        )
        if facts.get("pick"):
            picks.append({"id": paper, "highlight": facts.get("highlight", False)})
        measured: dict[str, Any] = {name: facts[name] for name in ("upvotes", "citations") if name in facts}
        if measured:
            whose = {"citations_from": "semantic-scholar"} if number == 7 else {}
            counts.append({"id": paper, "as_of": COUNTED, **measured, **whose})
    write_digest(
        root,
        [*before, *ten],
        digests={DAY: {"curator": "editors", "picks": picks}},
        authors=[
            {
                "id": "ada",
                "name": "Ada Invented",
                "links": {"semantic_scholar": "https://www.semanticscholar.org/author/123"},
            },
            {"id": "bo-one", "name": "Bo Imaginary"},
            {"id": "bo-two", "name": "Bo Imaginary"},
        ],
    )
    metrics = root / "content/metrics/2025-03.jsonl"
    metrics.parent.mkdir(parents=True)
    metrics.write_text("".join(json.dumps(count, sort_keys=True) + "\n" for count in counts), "utf-8")
    people = metrics.parent / "authors/2025-03.jsonl"
    people.parent.mkdir()
    elsewhere = {"as_of": COUNTED, "h_index": 46, "citations": 15_672, "papers": 1}
    lines = [
        {"id": who, "profile": "semantic-scholar:123", **elsewhere} for who in ("ada", "bo-imaginary", "cai-madeup")
    ]
    people.write_text("".join(json.dumps(line, sort_keys=True) + "\n" for line in lines), "utf-8")
    return root


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> BuiltSite:
    """A site of the ten papers and those before them."""
    root = _write(tmp_path_factory.mktemp("scored") / "root")
    build(root, root.parent / "site")
    return BuiltSite(root.parent / "site")


def _table(soup: BeautifulSoup) -> dict[str, list[str]]:
    rows = soup.select("table.score tbody tr")
    return {row.th.text: [cell.text for cell in row.select("td")] for row in rows if row.th}


@pytest.mark.parametrize("number", range(len(TEN)))
def test_score_shown_is_the_one_computed_by_hand(number: int, scored: BuiltSite) -> None:
    _, parts, total = TEN[number]
    soup = scored.soup(f"papers/2503.3{number:04}/")
    table = _table(soup)
    points = {label: float(cells[2]) for label, cells in table.items()}
    headings = [heading.text for heading in soup.select("h2") if heading.text.startswith("Score")]
    if total is None:
        assert headings == []
        assert table == {}
        return
    assert headings == [f"Score {total}"]
    assert {label: number for label, number in points.items() if number} == parts
    assert round(sum(points.values()), 1) == total
    if number in SUMS:
        assert {label: cells[1] for label, cells in table.items()} == SUMS[number]


def test_table_says_what_is_not_known_and_how_old_a_count_is(scored: BuiltSite) -> None:
    table = _table(scored.soup("papers/2503.30004/"))
    assert table["Citations"][0] == "not known"
    assert table["Upvotes"][0] == "30 20 Mar 2025"


def test_citations_name_who_counted_them(scored: BuiltSite) -> None:
    table = _table(scored.soup("papers/2503.30007/"))
    assert table["Citations"][0] == "9,950 Semantic Scholar, 20 Mar 2025"


def test_paper_names_its_similar_and_nearest_papers_and_the_page_that_explains(scored: BuiltSite) -> None:
    soup = scored.soup("papers/2503.30000/")
    similar = [str(link["href"]) for link in soup.select(".similar a")]
    assert similar == [f"../../papers/2503.1000{number}/" for number in range(6)]
    assert soup.select_one('.basis a[href="../../papers/2503.10000/"]')
    assert soup.select_one('.basis a[href="../../how-scores-work/"]')
    assert scored.dead_links("papers/2503.30000/") == []
    assert scored.soup("papers/2503.30001/").select(".similar") == []


def _figures(soup: BeautifulSoup) -> dict[str, str]:
    return {pair.dt.text: pair.dd.text for pair in soup.select(".figures div") if pair.dt and pair.dd}


def test_person_who_is_certain_has_figures_of_the_papers_listed(scored: BuiltSite) -> None:
    soup = scored.soup("authors/ada/")
    # (4.1 + 9.1 + 34.1 + 49.1 + 16.6 + 37.9 + 12.4 + 98.3 + 10.9) / 9 = 30.27; (5 × 41 + 5 × 91) / 10
    assert _figures(soup) == {"h-index": "3", "citations": "10,007", "novelty": "66\xa0%", "score": "30.3"}
    basis = soup.select_one(".basis")
    assert basis is not None
    assert "counted by Semantic Scholar for 3 of 10, at the earliest on 20 Mar 2025" in basis.text
    shown = [span.text for span in soup.select(".card .meta span") if span.text.startswith("score ")]
    assert sorted(shown) == sorted(f"score {total}" for _, _, total in TEN if total)


def test_what_a_service_counted_is_told_with_its_name_its_day_and_the_profile(scored: BuiltSite) -> None:
    """Apart from the figures of the papers listed here, of which no h-index can be larger than their number."""
    elsewhere = scored.soup("authors/ada/").select_one(".elsewhere")
    assert elsewhere is not None
    assert elsewhere.text == "All work, by Semantic Scholar on 20 Mar 2025: h-index 46, 15,672 citations, 1 paper."
    assert [link["href"] for link in elsewhere.select("a")] == ["https://www.semanticscholar.org/author/123"]


@pytest.mark.parametrize("person", ["bo-imaginary", "bo-one", "cai-madeup"])
def test_page_of_anyone_without_a_linked_profile_tells_no_counts_of_a_service(person: str, scored: BuiltSite) -> None:
    assert "46" not in scored.soup(f"authors/{person}/").get_text()


def test_page_of_a_name_nobody_settled_has_no_citations(scored: BuiltSite) -> None:
    assert _figures(scored.soup("authors/cai-madeup/")) == {"novelty": "66\xa0%", "score": "30.3"}


def test_page_that_several_people_share_has_no_figures(scored: BuiltSite) -> None:
    assert _figures(scored.soup("authors/bo-imaginary/")) == {}


def test_page_on_scores_shows_the_weights_of_the_digest(scored: BuiltSite, tmp_path: Path) -> None:
    def weights(soup: BeautifulSoup) -> dict[str, str]:
        return {row.th.text: row.td.text for row in soup.select("tbody tr") if row.th and row.td}

    usual = weights(scored.soup("how-scores-work/"))
    assert usual == {
        "Picked": "30.0",
        "Highlight": "10.0",
        "Upvotes": "25.0",
        "Code": "10.0",
        "Citations": "15.0",
        "Novelty": "10.0",
    }
    root = write_digest(
        tmp_path / "root", [record("arxiv:2503.30000", "A paper", DAY, links={"code": "https://x.org"})]
    )
    config = {"title": "x", "url": "https://example.org/", "ranking": {"pick": 1, "code": 2, "upvotes_half": 7}}
    others = dict.fromkeys(("highlight", "upvotes", "citations", "novelty"), 0)
    write_yaml(root / "site_config.yml", {**config, "ranking": {**config["ranking"], **others}})  # type: ignore[dict-item]
    build(root, tmp_path / "site")
    site = BuiltSite(tmp_path / "site")
    assert weights(site.soup("how-scores-work/")) == {"Picked": "33.3", "Code": "66.7"}
    soup = site.soup("papers/2503.30000/")
    assert _table(soup) == {"Picked": ["no", "33.3 × 0", "0.0"], "Code": ["yes", "66.7 × 1", "66.7"]}


def paper(name: str, day: str = DAY, **fields: Any) -> Paper:
    """Make a paper."""
    return Paper(id=name, address=name, title=name, day=date.fromisoformat(day), **fields)


def counted(name: str, **counts: int) -> Paper:
    """Make a paper with counts."""
    on = date.fromisoformat(COUNTED)
    return paper(name, measured=Measurement(id=name, as_of=on, **counts), measured_on=dict.fromkeys(counts, on))  # type: ignore[arg-type]


def test_no_weight_no_score() -> None:
    nothing = RankingSettings(pick=0, highlight=0, upvotes=0, code=0, citations=0, novelty=0)
    assert score(paper("a"), 50, nothing) is None


def test_negative_counts_of_a_source_count_nothing() -> None:
    found = score(counted("a", upvotes=-30, citations=-50), None, SETTINGS)
    assert found is not None
    assert found.points == 0


@given(
    st.tuples(*[st.integers(0, 1000)] * 6),
    st.integers(0, 10**9),
    st.integers(0, 10**9),
    st.none() | st.integers(0, 100),
    st.booleans(),
)
def test_any_score_is_the_sum_of_its_parts_and_at_most_100(
    weights: tuple[int, ...], upvotes: int, citations: int, novelty: int | None, picked: bool
) -> None:
    names = ("pick", "highlight", "upvotes", "code", "citations", "novelty")
    settings = RankingSettings(**dict(zip(names, weights, strict=True)))
    chosen = (Choice(date=date(2025, 1, 1), pick=Pick(id="a", highlight=True)),) if picked else ()
    made = replace(counted("a", upvotes=upvotes, citations=citations), choices=chosen, links={"code": "https://x.org/"})
    found = score(made, novelty, settings)
    if not any(weights):
        assert found is None
        return
    assert found is not None
    assert sum(part.points for part in found.parts) == found.points <= 1000
    assert all(part.points >= 0 for part in found.parts)


def test_more_upvotes_never_score_less() -> None:
    found = [score(counted("a", upvotes=votes), None, SETTINGS) for votes in range(0, 3_000, 7)]
    points = [one.points for one in found if one]
    assert points == sorted(points)
    assert points[-1] <= 250


def test_trending_halves_a_score_with_age() -> None:
    newest = date(2025, 3, 20)
    papers = [
        paper("today", "2025-03-20"),
        paper("old", str(newest - timedelta(days=SETTINGS.trending_days))),
        paper("older", str(newest - timedelta(days=2 * SETTINGS.trending_days))),
        paper("none", "2025-03-20"),
    ]
    points = {"today": 100, "old": 250, "older": 399, "none": 0}
    ordered = trending(papers, lambda one: points[one.id], newest, SETTINGS)
    assert [one.id for one in ordered] == ["old", "today", "older", "none"]
    assert [trend(points[one.id], one.day, newest, SETTINGS) for one in ordered] == [125, 100, 99.75, 0]


@pytest.mark.parametrize(
    ("citations", "expected"), [([], 0), ([0, 0], 0), ([9], 1), ([4, 4, 4, 4], 4), ([10, 8, 5, 4, 3], 4), ([1] * 50, 1)]
)
def test_h_index_by_hand(citations: list[int], expected: int) -> None:
    assert h_index(citations) == expected


@given(st.lists(st.integers(-5, 10**6)))
def test_h_index_is_never_larger_than_the_number_of_papers(citations: list[int]) -> None:
    assert 0 <= h_index(citations) <= len(citations)


def test_figures_of_nothing_known_are_unknown() -> None:
    found = figures([paper("a")], [None], [None], certain=True)
    assert (found.novelty, found.score, found.citations, found.h_index, found.as_of) == (None,) * 5
