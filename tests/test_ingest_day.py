"""A day's run over every kind of source: what it asks, when, and what a second run asks again."""

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from generator.config import read_config
from generator.ingest.catch_up import Wanted, ingest
from generator.ingest.client import CACHE, Client, Request, user_agent
from generator.ingest.sources import SOURCES
from generator.ledger import read_ledger
from generator.model import DayState
from generator.records import read_records
from tests.digest_folder import write_digest
from tests.played_sources import DAYS, PLAYED, TODAY
from tests.replay import Reply, Server, replaying

PAUSE = 3.0


class Time:
    """A clock that goes on only when somebody waits."""

    now = 0.0

    def clock(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def servers() -> Iterator[dict[str, Server]]:
    """A server for each source; each must be asked for all that it has."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(replaying(played.routes)) for name, played in PLAYED.items()}


@pytest.fixture
def root(tmp_path: Path, servers: dict[str, Server]) -> Path:
    sources = [played.source(name, servers[name].address) for name, played in PLAYED.items()]
    return write_digest(tmp_path / "root", [], config={"sources": sources})


def run(root: Path, servers: dict[str, Server], **wanted: Any) -> list[Request]:
    """Ingest the days of the played sources as if all servers were one service; give the request log."""
    time = Time()
    file, problems = read_config(root)
    assert problems == []
    client = Client(
        user_agent(),
        root / CACHE,
        own=[server.address for server in servers.values()],
        pauses={"127.0.0.1": PAUSE},
        clock=time.clock,
        wait=time.wait,
    )
    with client:
        ingest(root, file.value, client.fetch, Wanted(TODAY, DAYS[0], DAYS[-1], **wanted))
    return client.log


def test_every_kind_that_can_be_asked_is_played() -> None:
    played = {played.settings["kind"] for played in PLAYED.values()}
    assert played == {kind for kind, source in SOURCES.items() if source.ask}


def test_requests_keep_their_distance_and_nothing_is_asked_twice(root: Path, servers: dict[str, Server]) -> None:
    log = run(root, servers)
    assert {request.status for request in log} == {200}
    assert all(later.seconds - earlier.seconds >= PAUSE for earlier, later in pairwise(log))
    addresses = [request.url for request in log]
    assert len(addresses) == len(set(addresses))
    assert len(addresses) == sum(len(server.log) for server in servers.values())


def test_second_run_asks_only_what_is_open_and_only_whether_it_changed(root: Path, servers: dict[str, Server]) -> None:
    run(root, servers)
    open_sources = {name for (_, name), line in read_ledger(root).lines.items() if line.is_open}
    # It shows nothing but its newest announcement: of the four days before there is nothing to be had from it.
    assert open_sources == {"arxiv-rss"}
    before = {path: path.read_bytes() for path in (root / "content").rglob("*.jsonl")}
    (again,) = run(root, servers)
    assert again.url.startswith(servers["arxiv-rss"].address)
    assert (again.status, again.from_cache) == (304, True)
    assert {path: path.read_bytes() for path in (root / "content").rglob("*.jsonl")} == before


def test_settled_days_that_are_asked_again_are_asked_whether_they_changed(
    root: Path, servers: dict[str, Server]
) -> None:
    first = run(root, servers)
    second = run(root, servers, again=True)
    assert [request.url for request in second] == [request.url for request in first]
    assert {request.status for request in second} == {304}


def test_paper_of_several_sources_is_one_paper_listed_by_each(root: Path, servers: dict[str, Server]) -> None:
    run(root, servers)
    records = read_records(root).records
    by_arxiv = {"huggingface", "huggingface by month", "arxiv", "arxiv by id", "oai", "digest"}
    assert {name for listing in records["arxiv:2512.01001"].listed if (name := listing.source)} == by_arxiv
    by_doi = {"feed", "bibtex", "landing", "crossref", "datacite"}
    assert {name for listing in records["doi:10.5555/invented.2512.01001"].listed if (name := listing.source)} == by_doi
    assert len(records) == 20


def test_source_that_changed_is_read_anew(root: Path, servers: dict[str, Server]) -> None:
    run(root, servers)
    feed = servers["arxiv-rss"]
    ((route, reply),) = feed.routes.items()
    assert isinstance(reply, Reply)
    feed.routes[route] = Reply(reply.body.replace(b"05 Dec", b"04 Dec").replace(b"Fri", b"Thu"))
    (again,) = run(root, servers)
    assert (again.status, again.from_cache) == (200, False)
    assert read_ledger(root).lines[DAYS[3], "arxiv-rss"].state is DayState.SETTLED
