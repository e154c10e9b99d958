"""``digest ingest`` as it is run: against a server on loopback, killed now and then. All papers are invented."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner, Result

from generator.catalog.check import check
from generator.catalog.content import load
from generator.cli import main
from generator.ledger import read_ledger
from generator.model import DayState
from generator.records import read_records
from tests.digest_folder import write_yaml
from tests.replay import Asked, Reply, Server, replaying

TODAY = date(2025, 12, 12)  # a Friday
DAYS = 30
A_DAY = 30
LISTS = ("daily", "early")
"""Two sources; the second lists every paper a day before the first, so that its records move to another file."""


def paper(number: int, day: date) -> dict[str, Any]:
    """Make an item of a day's list, as Hugging Face writes it."""
    inside = {
        "id": f"2512.{number:05}",
        "title": f"Invented {number}",
        "summary": "Of caches. " * 20,
        "authors": [{"name": f"Author {number}"}, {"name": "Ada Invented"}],
        "publishedAt": f"{day - timedelta(days=9)}T00:00:00.000Z",
        "upvotes": number % 7,
    }
    return {"paper": inside, "publishedAt": f"{day}T08:00:00.000Z", "title": inside["title"], "numComments": 1}


def day_of(asked: Asked, later: int) -> Reply:
    """Answer for the list of a day: none on weekends, else papers numbered by the day."""
    day = date.fromisoformat(asked.query["date"]) + timedelta(days=later)
    first = (TODAY - day).days * A_DAY
    items = [paper(number, day) for number in range(first, first + A_DAY)] if day.weekday() < 5 and first >= 0 else []
    return Reply(json.dumps(items).encode(), content_type="application/json")


@contextmanager
def serving(root: Path, **config: Any) -> Iterator[Server]:
    """Serve both lists, and configure a digest that asks them."""
    routes = {
        "/daily/api/daily_papers": lambda asked: day_of(asked, 0),
        "/early/api/daily_papers": lambda asked: day_of(asked, 1),
    }
    with replaying(routes, strict=False) as server:
        configure(root, server, **config)
        yield server


def configure(root: Path, server: Server, **config: Any) -> None:
    sources = [{"name": name, "kind": "huggingface", "base_url": f"{server.address}/{name}"} for name in LISTS]
    root.mkdir(parents=True, exist_ok=True)
    write_yaml(
        root / "site_config.yml", {"title": "Invented", "url": "https://x.example/", "sources": sources, **config}
    )
    (root / "content").mkdir(exist_ok=True)


def arguments(root: Path, *more: str) -> list[str]:
    return ["ingest", "--root", str(root), "--today", str(TODAY), *more]


def ingest(root: Path, *more: str) -> Result:
    """Run the command in this process."""
    result = CliRunner().invoke(main, arguments(root, *more))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def content(root: Path) -> dict[str, bytes]:
    folder = root / "content"
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


BACK = ("--since", str(TODAY - timedelta(days=DAYS)))


# Killed ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("moments", [7, pytest.param(20, marks=pytest.mark.corpus)])
def test_killed_at_random_moments_the_store_is_valid_and_the_next_run_completes_it(
    tmp_path: Path, moments: int
) -> None:
    random = Random(20)
    with serving(tmp_path / "whole") as server:
        ingest(tmp_path / "whole", *BACK)
        requests, whole = len(server.log), content(tmp_path / "whole")
        assert len(read_records(tmp_path / "whole").records) > DAYS * A_DAY * 2 // 3
        killed = 0
        for number in range(moments):
            root = tmp_path / str(number)
            configure(root, server)
            killed += kill_at(root, server, random.randrange(requests), random.random() * 0.03)
            assert check(load(root)) == [], number
            before = read_records(root).records
            assert ingest(root, *BACK).exit_code == 0
            assert content(root) == whole, number
            assert before.keys() <= read_records(root).records.keys()
    assert killed >= moments * 3 // 4


def kill_at(root: Path, server: Server, request: int, after: float) -> bool:
    """Run the command and kill it so many seconds after a request came; say whether it was still at work."""
    already = len(server.log)
    command = [sys.executable, "-m", "generator", *arguments(root, *BACK)]
    environment = {**os.environ, "COVERAGE_PROCESS_START": "", "COVERAGE_PROCESS_CONFIG": ""}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    while len(server.log) <= already + request and process.poll() is None:
        time.sleep(0.001)
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


# A day's run ----------------------------------------------------------------------------------------------------------


def test_no_address_is_asked_twice_and_a_second_run_asks_only_for_what_is_open(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        assert ingest(tmp_path).exit_code == 0
        first = [asked.target for asked in server.log]
        assert len(first) == len(set(first)) == 2 * 7
        before = content(tmp_path)
        result = ingest(tmp_path)
        again = server.log[len(first) :]
        assert [asked.query["date"] for asked in again] == [str(TODAY)] * 2
        assert [asked.status for asked in again] == [304, 304]
        assert content(tmp_path) == before
    assert "nothing written" in result.output


def test_failing_source_is_a_warning_and_the_exit_code_is_0(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    summary = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    root = tmp_path / "root"
    with serving(root) as server:
        server.routes["/daily/api/daily_papers"] = Reply(b"::error::%0A<script>", 404, "text/plain")
        result = ingest(root, "--format", "github")
    assert result.exit_code == 0
    (warning,) = [line for line in result.output.splitlines() if line.startswith("::")]
    assert warning.startswith(f"::warning::daily: HTTP 404: {server.address}/daily/api/daily_papers?date=2025-12-06")
    assert warning.endswith("5 days from 2025-12-06 to 2025-12-10 stay open")
    assert "early: 7 days: " in result.output
    assert "HTTP 404" in summary.read_text()
    states = {line.state for (_, source), line in read_ledger(root).lines.items() if source == "daily"}
    assert states == {DayState.FAILED, DayState.NOT_YET}


def test_dry_run_says_what_each_rule_does_and_writes_nothing(tmp_path: Path) -> None:
    rules = {"include": [{"name": "one", "authors": ["Author 3"]}]}
    with serving(tmp_path, rules=rules) as server:
        result = ingest(tmp_path, "daily", "--since", str(TODAY), "--dry-run")
        assert result.output.splitlines()[:3] == [
            "daily: 1 kept by include 1 (one)",
            "    arxiv:2512.00003  Invented 3",
            "daily: 29 left out by no include rule",
        ]
        assert {urlpath(asked) for asked in server.log} == {"/daily/api/daily_papers"}
    assert content(tmp_path) == {}


def urlpath(asked: Asked) -> str:
    return asked.target.partition("?")[0]


def test_content_with_problems_is_exit_code_1_and_nothing_is_asked(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        (tmp_path / "content/ledger").mkdir()
        (tmp_path / "content/ledger/2025-12.jsonl").write_text("nonsense\n")
        damaged = ingest(tmp_path)
        (tmp_path / "site_config.yml").write_text("title: A\nurl: https://x.example/\nrules: {include: [{}]}\n")
        misconfigured = ingest(tmp_path)
        assert server.log == []
    assert (damaged.exit_code, misconfigured.exit_code) == (1, 1)
    assert "content/ledger/2025-12.jsonl:1:1: not a JSON object" in damaged.output
    assert "site_config.yml:3:" in misconfigured.output


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["weekly"], "no source 'weekly' in site_config.yml; there are: daily, early"),
        (["--again"], "--again needs --since"),
        (["--since", "yesterday"], "'yesterday' is not a day like 2025-12-11"),
    ],
)
def test_wrong_usage_is_exit_code_2(tmp_path: Path, more: list[str], message: str) -> None:
    with serving(tmp_path) as server:
        result = ingest(tmp_path, *more)
        assert server.log == []
    assert result.exit_code == 2
    assert message in " ".join(result.output.split())


def test_ledger_command_says_what_is_open_and_who_has_been_failing(tmp_path: Path) -> None:
    lines = [
        {"date": "2025-12-09", "source": "a", "state": "settled", "tried": "2025-12-09"},
        *(
            {
                "date": f"2025-12-1{n}",
                "failing_since": f"2025-12-1{n}",
                "source": "a",
                "state": "failed",
                "tried": "2025-12-12",
                "why": "HTTP 503: https://x.example/\u2028::error::",
            }
            for n in range(3)
        ),
    ]
    (tmp_path / "content/ledger").mkdir(parents=True)
    (tmp_path / "content/ledger/2025-12.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    told = CliRunner().invoke(main, ["ledger", "--root", str(tmp_path)]).output.splitlines()
    assert told[0] == "a: settled up to 2025-12-09, 3 days open"
    assert told[1] == "    2025-12-10  failed, tried 2025-12-12: HTTP 503: https://x.example/ ::error::"
    failing = CliRunner().invoke(main, ["ledger", "--failing", "3", "--root", str(tmp_path)]).output
    assert failing.startswith("a: failing since 2025-12-1")
    assert CliRunner().invoke(main, ["ledger", "--failing", "4", "--root", str(tmp_path)]).output == ""
