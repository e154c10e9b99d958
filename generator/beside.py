"""Work in processes of their own, beside this one: each sees everything as it was when it was forked.

What the work is, is left to those who start it.
"""

import ctypes
import gc
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import islice
from multiprocessing.connection import Connection, wait
from typing import Generic, TypeVar, cast

from generator.errors import InterruptedWorkError

Result = TypeVar("Result")

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


class Works(Generic[Result]):
    """Works that go on beside this process, in as many processes at once; iterate over their results as they come.

    Each process does one work after the other: what it has found for one it has for the next. After `each` of them
    another takes its place: what a process touches of what was there before, it shares no longer.
    Where a system cannot fork, the works are done when their results are asked for.
    """

    def __init__(self, works: Iterable[Callable[[], Result]], processes: int, each: int | None = None) -> None:
        self._works = list(works)
        self._left = len(self._works)
        self._each = each or self._left
        self._running: dict[Connection, multiprocessing.context.ForkProcess] = {}
        self._can_fork = can_fork()
        if self._can_fork:
            self._queue = _numbers(self._left)
            for _ in range(min(processes, self._left)):
                self._start()

    def _start(self) -> None:
        fork = multiprocessing.get_context("fork")
        receiving, sending = fork.Pipe(duplex=False)
        process = fork.Process(
            target=_do, args=(self._works, self._queue, self._each, sending, os.getpid()), daemon=False
        )
        process.start()
        with suppress(OSError):  # here and there, whoever comes first
            os.setpgid(process.pid or 0, process.pid or 0)
        sending.close()
        self._running[receiving] = process

    def __iter__(self) -> Iterator[Result]:
        """Yield the results of works as they come.

        Raises: what a work raised; InterruptedWorkError if a process was ended from outside.
        """
        if not self._can_fork:
            yield from (work() for work in self._works)
        while self._running:
            for connection in cast("list[Connection]", wait(list(self._running))):
                try:
                    answer: _Answer | None = connection.recv()
                except EOFError:
                    answer = None, InterruptedWorkError()
                if answer is None:
                    connection.close()
                    self._running.pop(connection).join()
                    if self._left > len(self._running):  # not all of them are being done
                        self._start()
                    continue
                self._left -= 1
                found, error = answer
                if error is not None:
                    raise error
                yield cast("Result", found)

    def stop(self) -> None:
        """End the works, and what they have started."""
        for connection, process in self._running.items():
            with suppress(ProcessLookupError):
                os.killpg(process.pid or 0, signal.SIGKILL)
            connection.close()
            process.join()
        self._works, self._running = [], {}
        if self._can_fork:
            os.close(self._queue)
            self._can_fork = False


class Beside(Generic[Result]):
    """One work that goes on beside this process."""

    def __init__(self, work: Callable[[], Result]) -> None:
        self._works = Works([work], 1)
        self._answer: _Answer | None = None

    def result(self) -> Result:
        """Wait for the work's result.

        Raises: what the work raised; InterruptedWorkError if it was ended from outside.
        """
        if self._answer is None:
            try:
                self._answer = next(iter(self._works)), None
            except Exception as error:  # noqa: BLE001 - raised as often as the result is asked for
                self._answer = None, error
            self.stop()
        found, raised = self._answer
        if raised is not None:
            raise raised
        return cast("Result", found)

    def stop(self) -> None:
        """End the work, and what it has started."""
        self._works.stop()


def can_fork() -> bool:
    """Tell whether this system gives a work a process that sees everything as it was here."""
    return "fork" in multiprocessing.get_all_start_methods()


def side_by_side(works: Iterable[Callable[[], Result]], processes: int, each: int | None = None) -> Iterator[Result]:
    """Do `works` in as many processes at once, and yield their results as they come; a process does `each` at most.

    Raises: what a work raised, once that is known; the others are given up then.
    """
    doing = Works(works, processes, each)
    try:
        yield from doing
    finally:
        doing.stop()


_Answer = tuple[object, Exception | None]
_DIGITS = 4
"""Bytes of a number in a queue."""


def _numbers(count: int) -> int:
    """Open a pipe with the numbers from 0 in it: of the processes that read there, each gets others."""
    queue, filling = os.pipe()
    os.write(filling, b"".join(number.to_bytes(_DIGITS, "big") for number in range(count)))
    os.close(filling)
    return queue


def end_with_parent(parent: int) -> None:
    """Let the system end this process when `parent` is gone (Linux, prctl(2)): a killed build leaves no locks."""
    call = getattr(ctypes.CDLL(None), "prctl", None)
    if call is not None:
        call(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it was gone before it was said
        os._exit(1)


def _do(works: Sequence[Callable[[], object]], queue: int, most: int, sending: Connection, parent: int) -> None:
    """Do the works whose numbers are taken from the queue, and send what comes of each; None at the end."""
    end_with_parent(parent)
    os.setpgrp()  # to be ended together with what it starts; and ctrl-c is the parent's to hear
    gc.freeze()  # what was there before is shared as long as nobody touches it
    for number in islice(iter(partial(os.read, queue, _DIGITS), b""), most):
        answer: _Answer
        try:
            answer = (works[int.from_bytes(number, "big")](), None)
        except Exception as error:  # noqa: BLE001 - handed on, to be raised where the result is wanted
            answer = (None, error)
        sending.send(answer)
    sending.send(None)
