"""Runs a command and measures what it took: time, processor, memory. Which commands those are is left to ``build``."""

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

EVERY, AT_LEAST_EVERY = 0.05, 0.25
"""Seconds between two looks at the memory: the least, and the most."""
SHARE = 0.05
"""Of a processor's time that looks at the memory may take: each stops the processes that it looks at."""


class CommandError(Exception):
    """A measured command did not do its work."""


@dataclass(frozen=True)
class Cost:
    """What a command took."""

    wall: float
    """Seconds."""
    processor: float
    """Seconds of all its processes, user and system."""
    peak: int
    """Bytes: the largest sum of its processes' proportional set sizes (PSS), in which shared memory counts once."""
    said: str
    """The end of what it printed."""


def cost(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> Cost:
    """Run a command in `folder`, in a session of its own, and return what it took.

    Raises:
        CommandError: its exit code was not 0; with the end of what it said.
    """
    os.sync()  # what another command left to be written is not paid for by this one
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        with _Watcher(lambda: _memory(process.pid)) as watcher:
            # The usage that wait4 gives holds that of all descendants which were waited for.
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        end = said.read()[-2000:].decode("utf-8", "replace").strip()
    if process.returncode != 0:
        raise CommandError(f"{' '.join(command[:4])} …: {end}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, watcher.largest, end)


class _Watcher:
    """Asks for a number now and then, in a thread, and keeps the largest."""

    def __init__(self, ask: Callable[[], int]) -> None:
        self.largest = 0
        self._ask = ask
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "_Watcher":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._end.is_set():
            start = time.thread_time()
            self.largest = max(self.largest, self._ask())
            self._end.wait(min(max(EVERY, (time.thread_time() - start) / SHARE), AT_LEAST_EVERY))


def _memory(session: int) -> int:
    """Return the bytes held by all processes of a session (Linux, proc(5))."""
    total = 0
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            # After the command's name, which may hold anything: state, parent, group, session.
            if int((folder / "stat").read_text().rpartition(")")[2].split()[3]) != session:
                continue
            lines = (folder / "smaps_rollup").read_text().splitlines()
        except (OSError, IndexError):
            continue  # it ended meanwhile
        total += sum(1024 * int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total


def size_of(folder: Path) -> tuple[int, int, int]:
    """Return the pages (.html), files and bytes below `folder`."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return sum(path.suffix == ".html" for path in files), len(files), sum(path.stat().st_size for path in files)
