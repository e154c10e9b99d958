"""Work in processes of their own, beside this one: each sees everything as it was when it was forked.

What the work is, is left to those who start it.
"""

import ctypes
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import Generic, TypeVar, cast

from generator.errors import InterruptedWorkError

Result = TypeVar("Result")

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


class Beside(Generic[Result]):
    """Work that goes on beside this process; where a system cannot fork, it is done when its result is asked for."""

    def __init__(self, work: Callable[[], Result]) -> None:
        self._work = work
        self._answer: tuple[object, Exception | None] | None = None
        self._process: multiprocessing.context.ForkProcess | None = None
        if "fork" in multiprocessing.get_all_start_methods():
            fork = multiprocessing.get_context("fork")
            self._receiving, sending = fork.Pipe(duplex=False)
            self._process = fork.Process(target=_do, args=(work, sending, os.getpid()), daemon=False)
            self._process.start()
            with suppress(OSError):  # here and there, whoever comes first
                os.setpgid(self._process.pid or 0, self._process.pid or 0)
            sending.close()

    def done(self) -> bool:
        """Tell whether the result is there."""
        return self._process is None or self._answer is not None or self._receiving.poll()

    def result(self) -> Result:
        """Wait for the work's result.

        Raises: what the work raised; InterruptedWorkError if it was ended from outside.
        """
        if self._answer is None:
            self._answer = self._wait()
            self.stop()
        found, error = self._answer
        if error is not None:
            raise error
        return cast("Result", found)

    def _wait(self) -> tuple[object, Exception | None]:
        if self._process is None:
            return self._work(), None
        try:
            answer: tuple[object, Exception | None] = self._receiving.recv()
        except EOFError:
            answer = None, InterruptedWorkError()
        return answer

    def wait_for(self) -> Connection | None:
        """Return what can be waited for until the result is there; None where it is there already."""
        return None if self.done() else self._receiving

    def stop(self) -> None:
        """End the work, and what it has started."""
        if self._process is None or self._receiving.closed:
            return
        if self._answer is None and not self._receiving.poll():
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid or 0, signal.SIGKILL)
        self._receiving.close()
        self._process.join()


def side_by_side(works: Iterable[Callable[[], Result]], processes: int) -> Iterator[Result]:
    """Do `works` in as many processes at once, and yield their results as they come.

    Each work has a process of its own: what it touches of what was there before, it shares no longer, and a process
    that did one after the other would touch ever more.

    Raises: what a work raised, once that is known; the others are given up then.
    """
    waiting = list(reversed(list(works)))
    running: list[Beside[Result]] = []
    try:
        while waiting or running:
            while waiting and len(running) < processes:
                running.append(Beside(waiting.pop()))
            if not any(work.done() for work in running):
                wait([connection for work in running if (connection := work.wait_for())])
            for work in [work for work in running if work.done()]:
                running.remove(work)
                yield work.result()
    finally:
        for work in running:
            work.stop()


def end_with_parent(parent: int) -> None:
    """Let the system end this process when `parent` is gone (Linux, prctl(2)): a killed build leaves no locks."""
    call = getattr(ctypes.CDLL(None), "prctl", None)
    if call is not None:
        call(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it was gone before it was said
        os._exit(1)


def _do(work: Callable[[], object], sending: Connection, parent: int) -> None:
    end_with_parent(parent)
    os.setpgrp()  # to be ended together with what it starts; and ctrl-c is the parent's to hear
    answer: tuple[object, Exception | None]
    try:
        answer = (work(), None)
    except Exception as error:  # noqa: BLE001 - handed on, to be raised where the result is wanted
        answer = (None, error)
    sending.send(answer)
