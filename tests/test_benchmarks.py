"""The benchmarks' own arithmetic, and what they say where they cannot run; what builds cost is asserted nowhere."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from benchmarks.build import Row, table
from benchmarks.measure import CommandError, Cost, cost, size_of
from benchmarks.people import Detected, Sample, SecondOrder, by_coauthors, one_person, record_line
from benchmarks.scores import Score, score
from benchmarks.search import Wait, told
from generator.model import Author, Record

CLONE = Path(__file__).parents[1]
HOLDS = "import time; held = b'x' * 60_000_000; time.sleep(1)"


def test_bench_without_recorded_papers_says_where_they_were_looked_for(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.build", "--size", "600"]
    environment = {**os.environ, "DIGEST_RECORDED": str(tmp_path)}
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=CLONE, env=environment)
    assert done.returncode == 1
    assert done.stderr.startswith(f"no recorded papers at {tmp_path}")
    assert "DIGEST_RECORDED" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_memory_is_that_of_all_processes_of_a_command(tmp_path: Path) -> None:
    twice = (
        f"import subprocess, sys; child = subprocess.Popen([sys.executable, '-c', {HOLDS!r}]); {HOLDS}; child.wait()"
    )
    assert cost([sys.executable, "-c", HOLDS], tmp_path).peak > 60_000_000
    assert cost([sys.executable, "-c", twice], tmp_path).peak > 120_000_000


def test_processor_time_is_that_of_all_processes_of_a_command(tmp_path: Path) -> None:
    busy = "import time; end = time.process_time() + 0.3\nwhile time.process_time() < end: pass"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {busy!r}], check=True)"
    assert cost([sys.executable, "-c", parent], tmp_path).processor >= 0.3


def test_command_that_fails_is_told_with_what_it_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no such luck"):
        cost([sys.executable, "-c", "raise SystemExit('no such luck')"], tmp_path)


def test_table_holds_ratios_to_what_was_measured_beside() -> None:
    walls = {"Hugo": 1.5, "ours": 5.0, "Hugo again": 2.5}
    rows = [Row(name, Cost(wall, 1.0, 2_000_000, ""), 3, 4, 5_000_000) for name, wall in walls.items()]
    assert table(rows).splitlines()[2:] == [
        "| Hugo | 1.50 | 0.75 |  | 1.00 | 2 | 3 | 4 | 5.0 |",
        "| ours | 5.00 | 2.50 |  | 1.00 | 2 | 3 | 4 | 5.0 |",
        "| Hugo again | 2.50 | 1.25 |  | 1.00 | 2 | 3 | 4 | 5.0 |",
    ]


def test_size_counts_pages_files_and_bytes(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below/index.html").write_bytes(b"12345")
    (tmp_path / "feed.xml").write_bytes(b"123")
    assert size_of(tmp_path) == (1, 2, 8)


def test_groups_are_scored_by_pairs_and_by_papers() -> None:
    """Two people with two papers each: all together, all apart, and right but for one paper of nobody's."""
    people = {"a": "one", "b": "one", "c": "two", "d": "two", "x": None}
    assert score([([{"a", "b", "c", "d", "x"}], people)]) == Score(1 / 3, 1.0, 0.5, 2 / 3)
    apart = score([([{"a"}, {"b"}, {"c"}, {"d", "x"}], people)])
    assert (apart.precision, apart.recall, apart.f1) == (1.0, 0.0, 0.0)
    assert score([([{"a", "b", "x"}, {"c", "d"}], people)]) == Score(1.0, 1.0, 1.0, 1.0)


def test_line_of_the_anthology_becomes_a_record_without_ids_of_people() -> None:
    item = {
        "id": "X01-1001",
        "title": "A Title",
        "authors": [{"name": "Ann Lee", "first": "Ann", "last": "Lee", "id": "ann-lee-somewhere"}],
        "year": 2001,
        "abstract": None,
        "booktitle": "Proceedings",
        "doi": None,
    }
    record = msgspec.convert(record_line(item), Record)
    assert record.authors == (Author(name="Ann Lee"),)
    assert (record.id, str(record.published), record.journal_ref) == (
        "url:aclanthology.org/X01-1001",
        "2001-01-01",
        "Proceedings",
    )


def test_simple_methods_join_papers_by_who_wrote_them() -> None:
    def line(paper: str, *names: str) -> dict[str, object]:
        return {"id": paper, "authors": [{"name": name} for name in names]}

    lines = [line("1", "Bo Li", "A"), line("2", "Bo Li", "A"), line("3", "Bo Li", "B"), line("4", "A", "B")]
    sample = Sample({str(each["id"]): each for each in lines})
    papers = ["1", "2", "3"]
    assert one_person(sample, "Bo Li", papers) == [{"1", "2", "3"}]
    assert by_coauthors(sample, "Bo Li", papers) == [{"1", "2"}, {"3"}]
    assert SecondOrder(sample)(sample, "Bo Li", papers) == [{"1", "2", "3"}]


def test_found_unasked_counts_what_lies_above_the_allowed_false_alarms() -> None:
    found = Detected(one=[0.1] * 90 + [0.95] * 10, several=[0.9, 0.96, 0.05])
    assert found.found(0.03) == (0.0, 1)
    assert found.found(0.1) == (0.1, 2)


def test_waits_are_told_by_median_95th_percentile_and_longest() -> None:
    waits = [Wait(first=n, whole=10 * n, right=n % 2 == 0) for n in range(1, 21)]
    assert told("a name", waits) == "| a name | 20 | 10 | 19 | 20 | 105 | 190 | 200 | 10 |"
