"""Charts say in words what they draw, leave out no month, and hold nothing but numbers and our words."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from generator.site.build import build
from generator.site.shown.charts import MONTHS_SHOWN, by_period, columns, line
from tests.built_site import BuiltSite
from tests.conftest import Sample
from tests.digest_folder import record, write_digest


def test_months_without_papers_are_counted_too() -> None:
    days = [date(2024, 11, 30), date(2025, 2, 1), date(2025, 2, 28)]
    assert by_period(days) == ("month", [("2024-11", 1), ("2024-12", 0), ("2025-01", 0), ("2025-02", 2)])


def test_long_times_are_counted_by_year() -> None:
    days = [date(1991, 5, 1), date(1991, 6, 1), date(2019, 1, 1)]
    unit, counts = by_period(days)
    assert unit == "year"
    assert len(counts) == 29
    assert counts[0] == ("1991", 2)
    assert counts[1] == ("1992", 0)
    assert counts[-1] == ("2019", 1)


def test_of_nothing_there_is_nothing_to_count() -> None:
    assert by_period([]) == ("month", [])


@given(st.lists(st.dates(date(1950, 1, 1), date(2100, 12, 31)), min_size=1, max_size=50))
def test_every_day_is_counted_once_in_order(days: list[date]) -> None:
    unit, counts = by_period(days)
    assert sum(count for _, count in counts) == len(days)
    assert [label for label, _ in counts] == sorted(label for label, _ in counts)
    assert unit == "year" or len(counts) <= MONTHS_SHOWN


def test_columns_are_as_high_as_what_they_count() -> None:
    svg = BeautifulSoup(columns([("2025-01", 5), ("2025-02", 0), ("2025-03", 10)], "papers by month"), "html.parser")
    bars = svg.select("rect")
    assert [bar["height"] for bar in bars] == ["19", "0", "38"]
    assert [bar["y"] for bar in bars] == ["21", "40", "2"]
    assert [bar.text for bar in bars] == ["2025-01: 5", "2025-02: 0", "2025-03: 10"]
    drawing = svg.select_one("svg")
    assert drawing is not None
    assert drawing["role"] == "img"
    assert drawing["aria-label"] == (
        "Papers by month from 2025-01 to 2025-03: 5 at first, 10 at last, most in 2025-03: 10."
    )


def test_line_runs_from_its_first_to_its_last_value() -> None:
    svg = BeautifulSoup(line([("a", 0), ("b", 50), ("c", 12.5)], "per cent", unit=" %", top=100), "html.parser")
    path, drawing = svg.select_one("path"), svg.select_one("svg")
    assert path is not None
    assert drawing is not None
    assert path["d"] == "M5 39 15 20 25 34.2"
    assert drawing["aria-label"] == "Per cent from a to c: 0 % at first, 12.5 % at last, most in b: 50 %."


@pytest.mark.parametrize("label", ["<b>", '"', "{{ x }}", "`", "&"])
def test_labels_are_escaped(label: str) -> None:
    drawn = columns([(label, 1), ("x", 2)], label)
    assert [tag.name for tag in BeautifulSoup(drawn, "html.parser").find_all(True) if tag.name in ("b", "script")] == []
    assert not set("{}`") & set(drawn)


def test_statistics_count_what_the_catalog_holds(sample: Sample) -> None:
    soup, catalog = sample.site.soup("stats/"), sample.catalog
    text = soup.get_text(" ")
    assert f"{len(catalog.papers)} papers" in text
    assert f"{len(catalog.days)} days" in text
    tables = [{row.th.text: row.td.text for row in table.select("tbody tr") if row.th and row.td}
              for table in soup.select("table")]  # fmt: skip
    growth, topics, categories, curators, coverage = tables
    assert sum(map(int, growth.values())) == len(catalog.papers)
    assert topics == {topic.name: str(len(topic.papers)) for topic in catalog.topics.values() if topic.papers}
    assert categories["cs.DC Distributed, Parallel, and Cluster Computing"] == str(
        sum(paper.primary_category == "cs.DC" for paper in catalog.papers.values())
    )
    assert curators == {"editors": "2"}
    assert coverage["Abstract"] == str(sum(bool(paper.abstract) for paper in catalog.papers.values()))
    coded = sum("code" in paper.links for paper in catalog.papers.values())
    assert f"{coded} of {len(catalog.papers)} papers come with public code" in text
    assert len(soup.select('svg[role="img"][aria-label]')) == 3
    assert sample.site.dead_links("stats/") == []


def test_statistics_of_an_empty_digest_say_so(tmp_path: Path) -> None:
    build(write_digest(tmp_path / "root", []), tmp_path / "site")
    soup = BuiltSite(tmp_path / "site").soup("stats/")
    assert soup.select_one("p.empty")
    assert soup.select("table") == soup.select("svg") == []


def test_topic_of_many_months_draws_every_month(tmp_path: Path) -> None:

    records = [
        record(f"arxiv:2501.{number:05}", "On caches", date(2025, 1, 1) + timedelta(days=60 * number))
        for number in range(3)
    ]
    root = write_digest(
        tmp_path / "root", records, topics=[{"id": "caching", "name": "Caching", "match": {"any": ["caches"]}}]
    )
    build(root, tmp_path / "site")
    soup = BuiltSite(tmp_path / "site").soup("topics/caching/")
    assert [title.text for title in soup.select("svg rect title")] == [
        "2025-01: 1",
        "2025-02: 0",
        "2025-03: 1",
        "2025-04: 0",
        "2025-05: 1",
    ]
