"""The ledger's files: what a line says, which days are open, who has been failing."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.errors import ContentProblems
from generator.ledger import Ledger, failing, open_days, read_ledger, write_ledger
from generator.model import DayState, LedgerLine
from tests.content import put

DAY = date(2025, 12, 11)
FILE = "content/ledger/2025-12.jsonl"


def line(day: date = DAY, source: str = "daily", state: DayState = DayState.SETTLED, **fields: Any) -> LedgerLine:
    return LedgerLine(date=day, source=source, state=state, **{"tried": day + timedelta(days=1), **fields})


def ledger_of(*lines: LedgerLine) -> Ledger:
    return Ledger({(each.date, each.source): each for each in lines})


lines = st.builds(
    LedgerLine,
    date=st.dates(date(2025, 11, 1), date(2026, 1, 31)),
    source=st.sampled_from(["a", "b", 'c "quoted"', "ü"]),
    state=st.sampled_from(DayState),
    listed=st.integers(5, 9),
    kept=st.integers(0, 5),
    why=st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    tried=st.dates(date(2025, 11, 1), date(2026, 1, 31)),
)


@settings(deadline=None, max_examples=25)
@given(st.lists(lines, max_size=12))
def test_what_is_written_is_read_back_and_written_again_to_the_byte(
    tmp_path_factory: pytest.TempPathFactory, some: list[LedgerLine]
) -> None:
    root = tmp_path_factory.mktemp("root")
    after, _ = write_ledger(root, read_ledger(root), some)
    read = read_ledger(root)
    assert read.problems == ()
    assert read == after
    assert write_ledger(root, read, read.lines.values())[1] == ()


def test_lines_lie_in_their_month_by_day_and_source(tmp_path: Path) -> None:
    some = [line(source="b"), line(source="a"), line(date(2025, 12, 2), "b"), line(date(2026, 1, 2))]
    _, written = write_ledger(tmp_path, read_ledger(tmp_path), some)
    assert written == (FILE, "content/ledger/2026-01.jsonl")
    assert (tmp_path / FILE).read_text() == (
        '{"date":"2025-12-02","source":"b","state":"settled","tried":"2025-12-03"}\n'
        '{"date":"2025-12-11","source":"a","state":"settled","tried":"2025-12-12"}\n'
        '{"date":"2025-12-11","source":"b","state":"settled","tried":"2025-12-12"}\n'
    )


def lines_of(*some: tuple[str, str]) -> str:
    return "".join(f'{{"date":"{day}","source":"a","state":"{state}","tried":"2025-12-01"}}\n' for day, state in some)


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        (lines_of(("2025-11-30", "settled")), 1, "move it to content/ledger/2025-11.jsonl"),
        (lines_of(("2025-12-01", "lost")), 1, "invalid enum value 'lost'"),
        (lines_of(("2025-12-01", "settled")).replace("{", '{"kept":1,'), 1, "'kept' 1 of 'listed' 0"),
        (lines_of(("2025-12-01", "empty")) * 2, 2, "'a' again on 2025-12-01"),
        (lines_of(("2025-12-02", "empty"), ("2025-12-01", "empty")), 2, "out of order"),
        (lines_of(("2025-13-01", "empty")), 1, "date"),
    ],
)
def test_problem_has_its_place(tmp_path: Path, text: str, place: int, message: str) -> None:
    put(tmp_path, {FILE: text})
    (problem,) = read_ledger(tmp_path).problems
    assert (problem.path, problem.line) == (FILE, place)
    assert message in problem.message


def test_file_with_a_lost_line_is_never_written_over(tmp_path: Path) -> None:
    put(tmp_path, {FILE: "nonsense\n"})
    with pytest.raises(ContentProblems, match="nonsense"):
        write_ledger(tmp_path, read_ledger(tmp_path), [line()])
    assert (tmp_path / FILE).read_text() == "nonsense\n"
    assert write_ledger(tmp_path, read_ledger(tmp_path), [line(date(2026, 1, 2))])[1]


# Which days are open --------------------------------------------------------------------------------------------------


def test_new_source_is_asked_for_its_first_days() -> None:
    assert open_days(ledger_of(line(source="other")), "daily", DAY, 3, 60) == (
        DAY - timedelta(days=2),
        DAY - timedelta(days=1),
        DAY,
    )


def test_gap_is_caught_up_and_settled_days_are_left_alone() -> None:
    known = ledger_of(
        line(DAY - timedelta(days=5)),
        line(DAY - timedelta(days=4), state=DayState.EMPTY),
        line(DAY - timedelta(days=3), state=DayState.FAILED),
        line(DAY - timedelta(days=1), state=DayState.NOT_YET),
    )
    assert [(DAY - day).days for day in open_days(known, "daily", DAY, 7, 60)] == [3, 2, 1, 0]


def test_days_before_the_ledger_begins_are_not_asked_for() -> None:
    assert open_days(ledger_of(line(DAY)), "daily", DAY, 7, 60) == ()


def test_days_that_are_too_long_ago_are_given_up() -> None:
    known = ledger_of(line(DAY - timedelta(days=400), state=DayState.FAILED))
    assert len(open_days(known, "daily", DAY, 7, 60)) == 60


# Who has been failing -------------------------------------------------------------------------------------------------


def failed(day: date, tried: date, since: date) -> LedgerLine:
    return line(day, state=DayState.FAILED, tried=tried, failing_since=since, why="HTTP 503")


def ago(days: int) -> date:
    return DAY - timedelta(days=days)


def test_week_that_failed_in_one_run_has_failed_for_one_day() -> None:
    assert failing(ledger_of(*(failed(ago(days), DAY, DAY) for days in range(7))), 2) == {}


def test_source_that_answered_nothing_for_three_days_is_failing() -> None:
    known = ledger_of(line(ago(3), tried=ago(3)), *(failed(ago(days), DAY, ago(days)) for days in (2, 1, 0)))
    assert failing(known, 3)["daily"].date == DAY
    assert failing(known, 4) == {}


def test_one_old_day_that_keeps_failing_is_no_failing_source() -> None:
    known = ledger_of(failed(ago(20), DAY, ago(20)), line(DAY, tried=DAY))
    assert failing(known, 3) == {}
    fails_too = ledger_of(failed(ago(20), DAY, ago(20)), line(ago(1), tried=ago(1)), failed(DAY, DAY, DAY))
    assert failing(fails_too, 2) == {}
