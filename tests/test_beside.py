"""Work in a process beside this one, whatever becomes of it."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from generator.site.beside import Beside


def test_result_is_there_as_often_as_it_is_asked_for() -> None:
    work = Beside(os.getpid)
    assert work.result() == work.result() != os.getpid()
    assert work.done()


def test_what_the_work_raises_is_raised_where_its_result_is_wanted() -> None:
    def fail() -> None:
        raise ValueError("no room left")

    work = Beside(fail)
    for _ in range(2):
        with pytest.raises(ValueError, match="no room left"):
            work.result()


def test_work_that_was_ended_from_outside_says_so() -> None:
    work = Beside(lambda: os._exit(3))
    with pytest.raises(ChildProcessError):
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
    assert work.done()
    assert work.result() == os.getpid()
    work.stop()
