"""Whatever goes wrong at whichever request of whichever source: nothing is lost, the day stays open, and the next good
run completes it.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

import pytest

from generator.ledger import read_ledger
from generator.model import DayState, Record
from generator.records import read_records
from tests.digest_folder import record, write_digest
from tests.faults import FAULTS, VARIANTS, every_third
from tests.played_sources import PLAYED, TODAY, Played
from tests.replay import Server, replaying

HERE = Path(__file__).parent.parent
SOURCE = "played"
MOST_MEMORY = 300
"""MB."""
PATIENCE = 60
"""Seconds after which a run is taken to have no end: the slowest has limits that add up to a few."""
LIMITS = {"connect": 5.0, "read": 5.0, "deadline": 10.0, "backoff": [0.01, 0.01]}
QUICK = {"connect": 5.0, "read": 0.3, "deadline": 0.9, "backoff": [0.01, 0.01]}
"""For the faults that are slow: half a minute of theirs is played in three seconds."""
SLOW = {"stall", "stall within", "slow drip"}

# What a source may say on a good day too: then its day is not settled, but nothing failed either.
EMPTY_FEEDS = {"totalResults 0", "empty page"}
NO_FAULT = {
    *((source, fault) for source in ("feed", "arxiv-rss") for fault in EMPTY_FEEDS),
    ("feed", "slow author"),
    ("feed", "slow creator"),
}


class Ingesting:
    """A process that ingests."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.ingesting"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        self._process = subprocess.Popen(command, cwd=HERE, text=True, **pipes)  # type: ignore[call-overload]
        self._answers: SimpleQueue[str] = SimpleQueue()
        Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in self._process.stdout:
            self._answers.put(line)
        self._answers.put("")

    def run(self, root: Path, played: Played, limits: dict[str, Any]) -> dict[str, Any]:
        """Ingest; a run without an end fails the test."""
        days = {"today": str(TODAY), "since": str(played.days[0]), "until": str(played.days[-1])}
        self._process.stdin.write(json.dumps({"root": str(root), "limits": limits, **days}) + "\n")
        self._process.stdin.flush()
        try:
            answer = self._answers.get(timeout=PATIENCE)
        except Empty:
            self.close()
            pytest.fail(f"the run did not end within {PATIENCE} s")
        if not answer:
            pytest.fail(f"the run ended in an error:\n{self._process.stderr.read()}")
        return json.loads(answer)  # type: ignore[no-any-return]

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()


@dataclass
class Workshop:
    """The process that ingests, and of each source its server and what a good run makes of it."""

    folder: Path
    stack: ExitStack
    _worker: list[Ingesting] = field(default_factory=list)
    _servers: dict[str, Server] = field(default_factory=dict)
    _good: dict[str, dict[str, bytes]] = field(default_factory=dict)

    @property
    def worker(self) -> Ingesting:
        """Give a process that is alive."""
        if not self._worker or self._worker[-1]._process.poll() is not None:
            self._worker.append(Ingesting())
            self.stack.callback(self._worker[-1].close)
        return self._worker[-1]

    def server(self, name: str) -> Server:
        """Give the server of a source, well again."""
        if name not in self._servers:
            self._servers[name] = self.stack.enter_context(replaying(PLAYED[name].routes, strict=False))
        self._servers[name].recover()
        return self._servers[name]

    def good(self, name: str) -> dict[str, bytes]:
        """Give the records after a run in which nothing went wrong."""
        if name not in self._good:
            root = start(self.folder / name / "good", PLAYED[name], self.server(name))
            told = self.worker.run(root, PLAYED[name], LIMITS)
            assert told["warnings"] == []
            assert len(told["requests"]) == PLAYED[name].requests
            assert listed(root) == {day: ids for day, ids in PLAYED[name].expected.items() if day in PLAYED[name].days}
            self._good[name] = records(root)
        return self._good[name]


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    with ExitStack() as stack:
        yield Workshop(tmp_path_factory.mktemp("faults"), stack)


def start(root: Path, played: Played, server: Server) -> Path:
    """Write a digest that has papers of these days already: one that the source lists too, and one that it does not."""
    known = next(iter(sorted(played.expected[played.days[0]])))
    there = [
        record(known, "Invented, and known", played.days[0], summary="From elsewhere."),
        record("arxiv:2511.00001", "Invented, and only here", played.days[0]),
        record("arxiv:2511.00002", "Invented long ago", date(2025, 11, 3)),
    ]
    return write_digest(root, there, config={"sources": [played.source(SOURCE, server.address)]})


def records(root: Path) -> dict[str, bytes]:
    folder = root / "content" / "records"
    return {path.name: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def listed(root: Path) -> dict[date, set[str]]:
    """Give the papers that the source listed, by day."""
    found: dict[date, set[str]] = {}
    for each in read_records(root).records.values():
        for listing in each.listed:
            if listing.source == SOURCE:
                found.setdefault(listing.date, set()).add(each.id)
    return found


CASES = [(source, fault) for source in PLAYED for fault in FAULTS if fault not in VARIANTS]


@pytest.mark.parametrize(("source", "fault"), every_third(CASES), ids=lambda value: value.replace(" ", "-"))
def test_fault_loses_nothing_and_the_next_good_run_completes_the_day(
    workshop: Workshop, source: str, fault: str
) -> None:
    played, good = PLAYED[source], workshop.good(source)
    for number in range(1, played.requests + 1):
        server = workshop.server(source)
        root = start(workshop.folder / source / f"{fault} {number}".replace(" ", "-"), played, server)
        there = read_records(root).records

        server.fail(FAULTS[fault], at=number)
        told = workshop.worker.run(root, played, QUICK if fault in SLOW else LIMITS)
        assert server.struck
        assert told["memory"] is None or told["memory"] < MOST_MEMORY
        assert_polite(server, told)
        assert_nothing_lost(root, there)
        assert_open(root, played, source, fault, told, server.address)

        server.recover()
        told = workshop.worker.run(root, played, LIMITS)
        assert told["warnings"] == []
        assert records(root) == good
        assert read_ledger(root).problems == ()
        assert {line.state for line in read_ledger(root).lines.values()} == {DayState.SETTLED}


def assert_polite(server: Server, told: dict[str, Any]) -> None:
    """No address is tried more than three times, and the fault is told where it leads."""
    tried = [address for address, _ in told["requests"]]
    assert max(tried.count(address) for address in tried) <= 3
    assert server.trapped == []


def assert_nothing_lost(root: Path, there: Mapping[str, Record]) -> None:
    store = read_records(root)
    assert store.problems == ()
    for paper, before in there.items():
        after = store.records[paper]
        assert set(after.listed) >= set(before.listed)
        assert (after.summary, bool(after.title)) == (before.summary, True)


def assert_open(root: Path, played: Played, source: str, fault: str, told: dict[str, Any], address: str) -> None:
    """A day of which something is missing is open, with source, address and reason."""
    lines = {day: line for (day, _), line in read_ledger(root).lines.items()}
    assert set(lines) == set(played.days)
    came = listed(root)
    incomplete = {day for day in played.days if came.get(day, set()) != played.expected[day]}
    assert incomplete, "the fault was none"
    assert all(lines[day].is_open for day in incomplete)
    assert all(lines[day].why for day in incomplete)
    failed = [line for line in lines.values() if line.state is DayState.FAILED]
    if not failed:
        assert (source, fault) in NO_FAULT
        return
    assert all(address in (line.why or "") for line in failed)
    assert told["warnings"]
    assert all(warning.startswith(f"{SOURCE}: ") and address in warning for warning in told["warnings"])
    assert all(warning.isprintable() for warning in told["warnings"])


@pytest.mark.parametrize("source", PLAYED)
def test_fault_that_passes_costs_nothing_but_a_try(workshop: Workshop, source: str) -> None:
    played, good = PLAYED[source], workshop.good(source)
    for number in range(1, played.requests + 1):
        for fault in ("429", "503", "cut body", "hang up", "rate exceeded"):
            server = workshop.server(source)
            root = start(workshop.folder / source / f"passing {fault} {number}".replace(" ", "-"), played, server)
            server.fail(FAULTS[fault], at=number, lasting=False)
            told = workshop.worker.run(root, played, LIMITS)
            assert server.struck
            assert told["warnings"] == []
            assert records(root) == good


@pytest.mark.parametrize("source", PLAYED)
def test_second_run_of_a_day_asks_for_nothing_that_is_settled(workshop: Workshop, source: str) -> None:
    played, server = PLAYED[source], workshop.server(source)
    root = start(workshop.folder / source / "twice", played, server)
    workshop.worker.run(root, played, LIMITS)
    before = {path: path.read_bytes() for path in (root / "content").rglob("*") if path.is_file()}
    asked = len(server.log)
    told = workshop.worker.run(root, played, LIMITS)
    assert (told["requests"], told["written"], len(server.log)) == ([], [], asked)
    assert {path: path.read_bytes() for path in (root / "content").rglob("*") if path.is_file()} == before
