"""Work in a process beside this one, whatever becomes of it."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from generator.beside import Beside, Works, side_by_side
from generator.errors import InterruptedWorkError


def test_result_is_there_as_often_as_it_is_asked_for() -> None:
    work = Beside(os.getpid)
    assert work.result() == work.result() != os.getpid()


def test_what_the_work_raises_is_raised_where_its_result_is_wanted() -> None:
    def fail() -> None:
        raise ValueError("no room left")

    work = Beside(fail)
    for _ in range(2):
        with pytest.raises(ValueError, match="no room left"):
            work.result()


def test_work_that_was_ended_from_outside_says_so() -> None:
    work = Beside(lambda: os._exit(3))
    with pytest.raises(InterruptedWorkError, match="ended from outside"):
        work.result()


def test_stopped_work_ends_with_all_that_it_has_started(tmp_path: Path) -> None:
    def start_another() -> None:
        write = f"import os, time; open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(60)"
        subprocess.run([sys.executable, "-c", write], check=False)

    work = Beside(start_another)
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
        time.sleep(0.01)
    work.stop()
    pid = int((tmp_path / "pid").read_text())
    for _ in range(500):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            break
        if Path(f"/proc/{pid}/stat").exists() and Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z":
            break  # ended; whoever inherits it has not looked yet
        time.sleep(0.01)
    else:
        pytest.fail("still at work")
    work.stop()


def test_work_is_done_at_once_where_a_system_cannot_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("multiprocessing.get_all_start_methods", lambda: ["spawn"])
    work = Beside(os.getpid)
    assert work.result() == os.getpid()
    work.stop()


def test_works_side_by_side_are_all_done_in_as_many_processes_as_asked_for() -> None:
    def work() -> int:
        time.sleep(0.02)
        return os.getpid()

    done = list(side_by_side([work] * 12, 2))
    assert len(done) == 12
    assert len(set(done) - {os.getpid()}) == 2


def test_another_process_takes_over_from_one_that_has_done_its_share() -> None:
    done = list(side_by_side([os.getpid] * 7, 2, 2))
    assert len(done) == 7
    assert max(done.count(process) for process in done) <= 2


def test_works_begin_before_their_results_are_asked_for(tmp_path: Path) -> None:
    works = Works([(tmp_path / name).mkdir for name in "ab"], 1)
    while not (tmp_path / "b").exists():
        time.sleep(0.01)
    assert list(works) == [None, None]
    works.stop()


def test_no_more_works_at_once_than_asked_for(tmp_path: Path) -> None:
    def count() -> int:
        mine = tmp_path / str(os.getpid())
        mine.touch()
        time.sleep(0.05)
        there = len(list(tmp_path.iterdir()))
        mine.unlink()
        return there

    assert set(side_by_side([count] * 6, 2)) <= {1, 2}


def test_first_failure_ends_the_works_beside_it(tmp_path: Path) -> None:
    def fail() -> None:
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
            time.sleep(0.01)
        raise ValueError("no room left")

    def stay() -> None:
        (tmp_path / "pid").write_text(str(os.getpid()))
        time.sleep(60)

    with pytest.raises(ValueError, match="no room left"):
        list(side_by_side([fail, stay, stay], 2))
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_works_are_done_one_after_the_other_where_a_system_cannot_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("multiprocessing.get_all_start_methods", lambda: ["spawn"])
    assert list(side_by_side([os.getpid] * 3, 2)) == [os.getpid()] * 3
