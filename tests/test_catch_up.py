"""The ingest of open days against sources that say what a test wants; the real ones are asked in their own tests."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator import ledger, measurements, records
from generator.catalog.catalog import assemble
from generator.catalog.check import check
from generator.catalog.content import Content, load
from generator.config import IngestSettings, PaperRule, PaperRules, SiteConfig, SourceSettings
from generator.errors import ConfigError, ContentProblems
from generator.ingest import catch_up, jsonl
from generator.ingest.asking import DayState, Found, NotNow, Window
from generator.ingest.catch_up import Outcome, Wanted, ingest
from generator.ingest.sources import Source
from generator.ingest.telling import judged, step_summary, summary, warnings
from generator.jsonlines import encode_lines, write_atomically
from generator.ledger import read_ledger
from generator.measurements import read_metrics
from generator.model import Listing, Measurement, Record
from generator.records import read_records
from tests.content import CONFIG, put

TODAY = date(2025, 12, 12)
TWO_DAYS = 2


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def paper(number: int, *days: date, source: str = "daily", **fields: Any) -> Record:
    listed = tuple(Listing(date=day, source=source) for day in sorted(days))
    return Record(**{"id": f"arxiv:2512.{number:05}", "title": f"Invented {number}", "listed": listed, **fields})


def settled(day: date, *records: Record, **fields: Any) -> Found:
    return Found(day, DayState.SETTLED, records=records, **fields)


def failed(day: date, why: str = "HTTP 503: https://daily.example/") -> Found:
    return Found(day, DayState.FAILED, why=why)


@dataclass
class World:
    """Sources by name, each a list of what it says of a day, and a note of the days that each was asked for."""

    root: Path
    says: dict[str, Callable[[Window], Iterable[Found]]] = field(default_factory=dict)
    asked: list[tuple[str, list[date]]] = field(default_factory=list)
    rules: PaperRules = field(default_factory=PaperRules)
    first_days: int = 3

    def ask(self, source: SourceSettings, window: Window, fetch: Any) -> Iterator[Found]:
        self.asked.append((source.name, sorted(window.open)))
        yield from self.says[source.name](window)

    def ingest(
        self, today: date = TODAY, since: date | None = None, names: tuple[str, ...] = (), **how: Any
    ) -> Outcome:
        config = SiteConfig(
            title="Invented",
            url="https://digest.example/",
            sources=tuple(SourceSettings(name=name, kind="feed") for name in self.says),
            ingest=IngestSettings(first_days=self.first_days),
            rules=self.rules,
        )
        wanted = Wanted(today, since, how.pop("until", None), how.pop("again", False))
        return ingest(self.root, config, no_network, wanted, names, **how)

    def states(self, source: str = "daily") -> dict[int, str]:
        """Give each day of the ledger, as so many days ago, and what it says of it."""
        return {
            (TODAY - day).days: line.state
            for (day, name), line in read_ledger(self.root).lines.items()
            if name == source
        }

    def snapshot(self) -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in sorted(self.root.rglob("*")) if path.is_file()}


def no_network(url: str, **_: Any) -> Any:
    raise AssertionError(f"asked {url}")


def listing(*found: Found) -> Callable[[Window], Iterable[Found]]:
    """Make a source that says ``found`` of the days that are open."""
    return lambda window: (each for each in found if each.day in window.open)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return world_at(tmp_path, monkeypatch)


def world_at(root: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    (root / "content").mkdir()
    world = World(root)
    monkeypatch.setattr(catch_up, "SOURCES", {"feed": Source(jsonl.read, world.ask)})
    return world


WEEK = [settled(ago(2), paper(1, ago(2))), settled(ago(1), paper(2, ago(1))), settled(ago(0), paper(3, ago(0)))]


def test_first_run_asks_for_the_last_days_and_the_next_for_what_is_new(world: World) -> None:
    world.says["daily"] = listing(*WEEK, settled(TODAY + timedelta(days=1)))
    world.ingest()
    before = world.snapshot()
    assert not world.ingest().written
    assert world.snapshot() == before
    world.ingest(TODAY + timedelta(days=1))
    assert world.asked == [("daily", [ago(2), ago(1), ago(0)]), ("daily", [TODAY + timedelta(days=1)])]
    assert set(read_records(world.root).records) == {f"arxiv:2512.0000{number}" for number in (1, 2, 3)}
    assert check(load(world.root)) == []


def test_new_source_that_shows_only_the_newest_day_is_asked_for_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catch_up, "SOURCES", {"feed": Source(jsonl.read, world.ask, only_now=True)})
    world.says["daily"] = listing(*WEEK)
    world.ingest()
    world.ingest(TODAY + timedelta(days=2))
    assert [[(TODAY - day).days for day in days] for _, days in world.asked] == [[0], [-1, -2]]
    # Nobody asked for a week: the days of it are told once, and then only those that it may still show.
    late = TODAY + timedelta(days=9)
    world.says["daily"] = listing(*(failed(late - timedelta(days=days)) for days in range(10)))
    world.asked.clear()
    world.ingest(late)
    world.ingest(late)
    assert [[(late - day).days for day in days] for _, days in world.asked] == [
        [8, 7, 6, 5, 4, 3, 2, 1, 0],
        [3, 2, 1, 0],
    ]


def test_failing_source_stops_no_other_and_its_days_are_asked_for_again(world: World) -> None:
    def broken(window: Window) -> Iterator[Found]:
        yield settled(ago(2), paper(1, ago(2)))
        raise NotNow("https://daily.example/", "HTTP 503 after 3 tries", 503)

    world.says = {"daily": broken, "other": listing(settled(ago(1), paper(7, ago(1), source="other")))}
    outcome = world.ingest()
    assert world.states() == {2: "settled", 1: "failed", 0: "failed"}
    assert world.states("other") == {2: "not yet", 1: "settled", 0: "not yet"}
    assert [*warnings(outcome.sources[0])] == [
        "daily: HTTP 503 after 3 tries: https://daily.example/; 2 days from 2025-12-11 to 2025-12-12 stay open"
    ]
    world.says["daily"] = listing(*WEEK)
    world.asked.clear()
    world.ingest()
    assert world.asked[0] == ("daily", [ago(1), ago(0)])
    assert set(world.states().values()) == {"settled"}


def test_day_that_failed_says_since_when_and_why(world: World) -> None:
    world.says["daily"] = listing(failed(ago(2), "HTTP 503\n::error::x"), failed(ago(1)), failed(ago(0)))
    world.ingest()
    world.ingest(TODAY + timedelta(days=1))
    line = read_ledger(world.root).lines[ago(2), "daily"]
    assert (line.tried, line.failing_since) == (TODAY + timedelta(days=1), TODAY)
    assert line.why == "HTTP 503 ::error::x"


def test_open_day_forgets_no_count_and_no_paper(world: World) -> None:
    world.first_days = 1
    some = (paper(1, TODAY), paper(2, TODAY))
    world.says["daily"] = lambda _: [Found(TODAY, DayState.NOT_YET, records=some, why="the day is not over")]
    world.ingest()
    world.says["daily"] = lambda _: [failed(TODAY)]
    world.ingest()
    line = read_ledger(world.root).lines[TODAY, "daily"]
    assert (line.state, line.listed, line.kept) == (DayState.FAILED, 2, 2)
    assert len(read_records(world.root).records) == TWO_DAYS


def test_settled_day_stays_settled_when_asking_again_fails(world: World) -> None:
    world.says["daily"] = listing(*WEEK)
    world.ingest()
    before = world.snapshot()
    world.says["daily"] = listing(*(failed(ago(days)) for days in range(3)))
    world.ingest(since=ago(2))
    assert len(world.asked) == 1  # nothing was open
    outcome = world.ingest(since=ago(2), again=True)
    assert len(world.asked) == 2
    assert world.snapshot() == before
    assert outcome.written == ()


def test_days_asked_for_by_date_are_only_these(world: World) -> None:
    world.says["daily"] = listing(*WEEK)
    world.ingest(since=ago(2), until=ago(1))
    assert world.asked == [("daily", [ago(2), ago(1)])]
    world.ingest(names=("other",))
    assert len(world.asked) == 1


# What becomes of papers -----------------------------------------------------------------------------------------------


def test_rules_decide_what_comes_in_and_the_ledger_counts_both(world: World) -> None:
    world.first_days = 1
    world.rules = PaperRules(include=(PaperRule(phrases=("cache",), name="caches"),))
    votes = (
        Measurement(id="arxiv:2512.00001", as_of=TODAY, upvotes=3),
        Measurement(id="arxiv:2512.00002", as_of=TODAY, upvotes=4),
    )
    some = (paper(1, TODAY, title="A cache"), paper(2, TODAY, title="A\u202e ::error::"))
    world.says["daily"] = listing(settled(TODAY, *some, measured=votes))
    tried = world.ingest(dry_run=True)
    assert [*judged(tried.sources[0])] == [
        "daily: 1 kept by include 1 (caches)",
        "    arxiv:2512.00001  A cache",
        "daily: 1 left out by no include rule",
        "    arxiv:2512.00002  A ::error::",
    ]
    assert world.snapshot() == {}
    outcome = world.ingest()
    assert summary(outcome.sources[0]) == summary(tried.sources[0])
    line = read_ledger(world.root).lines[TODAY, "daily"]
    assert (line.listed, line.kept) == (2, 1)
    assert set(read_records(world.root).records) == {"arxiv:2512.00001"}
    assert set(read_metrics(world.root).newest) == {"arxiv:2512.00001"}


def test_paper_that_is_here_is_updated_whatever_the_rules_say_of_it(world: World) -> None:
    world.first_days = 1
    world.says["daily"] = listing(settled(TODAY, paper(1, TODAY, version=1)))
    world.ingest()
    world.rules = PaperRules(exclude=(PaperRule(sources=("daily",)),))
    tomorrow = TODAY + timedelta(days=1)
    newer = paper(1, tomorrow, version=2, title="Revised", withdrawn=True)
    replaced = paper(1, version=3, title="Revised again", withdrawn=True)
    unknown = paper(2, version=2)
    world.says["daily"] = listing(settled(tomorrow, newer, replaced, unknown))
    outcome = world.ingest(tomorrow)
    (record,) = read_records(world.root).records.values()
    assert (record.title, record.version, record.withdrawn) == ("Revised again", 3, True)
    assert [each.date for each in record.listed] == [TODAY]
    (report,) = outcome.sources
    assert (report.revised, report.withdrawn, report.added) == ([record.id], [record.id], [])
    assert "1 updated (1 with a new version, 1 withdrawn)" in summary(report)


def test_cross_lists_and_resubmissions_are_one_paper_with_several_listings(world: World) -> None:
    world.says = {
        "cs": listing(settled(ago(1), paper(1, ago(1), source="cs")), settled(TODAY, paper(1, TODAY, source="cs"))),
        "daily": listing(settled(ago(2), paper(1, ago(2)))),
    }
    world.ingest()
    (record,) = read_records(world.root).records.values()
    assert [(each.source, each.date) for each in record.listed] == [("daily", ago(2)), ("cs", ago(1)), ("cs", TODAY)]
    assert check(load(world.root)) == []


def test_doi_of_the_published_version_joins_the_preprint(world: World) -> None:
    journal = Record(id="doi:10.1234/x", title="Invented 1", listed=(Listing(date=ago(0), source="journal"),))
    world.says = {
        "daily": listing(
            settled(ago(2), paper(1, ago(2), version=1)), settled(ago(1), paper(1, ago(1), version=2, doi="10.1234/X"))
        ),
        "journal": listing(settled(TODAY, journal)),
    }
    world.ingest()
    (shown,) = assemble(load(world.root)).papers.values()
    assert (shown.id, shown.aliases, shown.doi) == ("arxiv:2512.00001", ("doi:10.1234/x",), "10.1234/x")
    assert {each.source for each in shown.listed} == {"daily", "journal"}


def test_day_in_the_far_future_is_refused(world: World) -> None:
    far = date(2099, 1, 1)
    world.says["daily"] = lambda _: [*WEEK, settled(far, paper(9, far))]
    outcome = world.ingest()
    assert "a day in the future" in " ".join(warnings(outcome.sources[0]))
    assert "arxiv:2512.00009" not in read_records(world.root).records
    assert far not in {day for day, _ in read_ledger(world.root).lines}


def test_entries_left_out_are_told(world: World) -> None:
    world.says["daily"] = listing(settled(TODAY, problems=("entry 3: no title\r\nx",)))
    outcome = world.ingest()
    assert "daily: entry 3: no title x: daily 2025-12-12" in [*warnings(outcome.sources[0])]
    assert "\n  - " in step_summary(outcome)


TITLES = ("A cache", "B", "\x00&lt;\u2028")


def said(day: date, state: DayState, papers: list[tuple[int, int | None]], why: str) -> Found:
    """Say something of a day: its papers by number and version, on which alone depends what is said of each."""
    records = tuple(
        paper(number, day, version=version, title=TITLES[(number + (version or 0)) % 3], withdrawn=version == 3)
        for number, version in papers
    )
    return Found(day, state, records=records, why=why)


some_days = st.lists(
    st.builds(
        said,
        st.integers(0, 4).map(ago),
        st.sampled_from(DayState),
        st.lists(st.tuples(st.integers(1, 4), st.none() | st.integers(1, 3)), max_size=3, unique_by=lambda one: one[0]),
        st.sampled_from(["", "HTTP 503: https://daily.example/", "\x1b[31m\n::error::"]),
    ),
    unique_by=lambda found: found.day,
    max_size=5,
)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(some_days, min_size=1, max_size=3))
def test_whatever_sources_say_the_store_is_valid_and_the_same_again_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory, runs: list[list[Found]]
) -> None:
    world = world_at(tmp_path_factory.mktemp("root"), monkeypatch)
    world.rules = PaperRules(exclude=(PaperRule(phrases=("cache",)),))
    kept: set[str] = set()
    for days in runs:
        world.says["daily"] = listing(*sorted(days, key=lambda found: found.day))
        world.ingest(since=ago(4), again=True)
        assert check(load_with_config(world.root)) == []
        before = world.snapshot()
        assert world.ingest(since=ago(4), again=True).written == ()
        assert world.snapshot() == before
        assert kept <= read_records(world.root).records.keys()
        kept = set(read_records(world.root).records)


# Writing --------------------------------------------------------------------------------------------------------------


def test_damaged_file_of_our_own_is_told_before_anything_is_asked(world: World) -> None:
    world.says["daily"] = listing(*WEEK)
    for path in (
        "content/records/2020/2020-01-01.jsonl",
        "content/ledger/2020-01.jsonl",
        "content/metrics/2020-01.jsonl",
    ):
        put(world.root, {path: "nonsense\n"})
        with pytest.raises(ContentProblems, match="nonsense"):
            world.ingest()
        (world.root / path).unlink()
    assert world.asked == []


def test_two_runs_at_once_are_refused(world: World) -> None:
    def meanwhile(window: Window) -> Iterator[Found]:
        with pytest.raises(ConfigError, match="another ingest is at work"):
            world.ingest()
        yield from WEEK

    world.says["daily"] = meanwhile
    world.ingest()
    assert set(world.states().values()) == {"settled"}


def test_what_a_killed_run_left_unfinished_is_cleared(world: World) -> None:
    rest = world.root / f"content/records/2025/.2025-12-11.jsonl.{os.getpid()}.tmp"
    put(world.root, {str(rest.relative_to(world.root)): '{"id":'})
    world.says["daily"] = listing()
    world.ingest()
    assert not rest.exists()


def test_error_of_ours_in_a_source_loses_nothing_that_came_before_it(world: World) -> None:
    def broken(window: Window) -> Iterator[Found]:
        yield settled(ago(2), paper(1, ago(2)))
        raise ZeroDivisionError

    world.says["daily"] = broken
    with pytest.raises(ZeroDivisionError):
        world.ingest()
    assert world.states() == {2: "settled"}
    assert len(read_records(world.root).records) == 1


def test_killed_before_any_of_its_writes_the_store_is_valid_and_the_next_run_completes_it(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class KilledError(BaseException):
        """What ends the run: no handler of ours knows it."""

    votes = tuple(Measurement(id=f"arxiv:2512.0000{number}", as_of=TODAY, upvotes=number) for number in (1, 2, 3))
    world.says = {
        "daily": listing(*(replace(found, measured=votes) for found in WEEK)),
        # These move all three to an earlier day.
        "early": listing(settled(ago(2), *(paper(number, ago(2), source="early") for number in (1, 2, 3)))),
    }
    left = [10**6]

    def write(path: Path, data: bytes) -> bool:
        left[0] -= 1
        if left[0] < 0:  # the dead write nothing more, whatever they try
            raise KilledError
        return write_atomically(path, data)

    for module in (records, measurements, ledger):
        monkeypatch.setattr(module, "write_atomically", write)
    world.ingest()
    whole = {path.removeprefix(str(world.root)): data for path, data in world.snapshot().items()}
    writes = 10**6 - left[0]
    assert writes > 8
    for survived in range(writes):
        world.root = tmp_path / f"killed-{survived}"
        (world.root / "content").mkdir(parents=True)
        left[0] = survived
        with pytest.raises(KilledError):
            world.ingest()
        left[0] = 10**6
        assert check(load_with_config(world.root)) == [], survived
        world.ingest()
        assert {path.removeprefix(str(world.root)): data for path, data in world.snapshot().items()} == {
            **whole,
            "/site_config.yml": (world.root / "site_config.yml").read_bytes(),
        }, survived


def test_what_is_written_grows_with_the_papers_and_not_faster(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    encoded = [0]

    def encode(items: Iterable[Any]) -> bytes:
        lines = encode_lines(items)
        encoded[0] += lines.count(b"\n")
        return lines

    for module in (records, measurements, ledger):
        monkeypatch.setattr(module, "encode_lines", encode)
    # Every paper is measured, so that the file of this month's measurements is written whole again and again.
    world.says["daily"] = lambda window: (
        settled(
            day,
            *(paper(number, day) for number in range(first, first + 40)),
            measured=tuple(
                Measurement(id=f"arxiv:2512.{number:05}", as_of=TODAY) for number in range(first, first + 40)
            ),
        )
        for day in sorted(window.open)
        for first in [(TODAY - day).days * 40]
    )
    work = []
    for days in (50, 200):
        world.root, encoded[0] = tmp_path / str(days), 0
        (world.root / "content").mkdir(parents=True)
        world.ingest(since=ago(days - 1))
        assert len(read_records(world.root).records) == days * 40
        work.append(encoded[0] / days)
    assert work[1] < work[0] * 1.5  # writing after every 500 papers, it would be 2.5 and grow with the papers


def load_with_config(root: Path) -> Content:
    put(root, {"site_config.yml": CONFIG})
    return load(root)


def test_move_cut_short_is_no_problem_and_the_next_run_ends_it(world: World) -> None:
    old, new = paper(1, TODAY), paper(1, ago(2), TODAY, title="Merged")
    world.says["daily"] = listing(settled(TODAY, old))
    world.first_days = 1
    world.ingest()
    left = (world.root / "content/records/2025/2025-12-12.jsonl").read_bytes()
    world.says["daily"] = listing(settled(ago(2), new))
    world.ingest(since=ago(2), until=ago(2))
    whole = world.snapshot()
    put(world.root, {"content/records/2025/2025-12-12.jsonl": left.decode()})
    store = read_records(world.root)
    assert (store.problems, store.records["arxiv:2512.00001"].title) == ((), "Merged")
    world.ingest(since=ago(2), until=ago(2))
    assert world.snapshot() == whole
