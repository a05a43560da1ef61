"""Who does the jobs: processes of this machine, or the workers of a Dask scheduler."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import sys
import tempfile
import threading
from collections.abc import Callable
from typing import Any, Protocol

from planner.desk.jobs.work import JobPlace, carry_out
from planner.errors import BusyError, UsageError
from planner.run.folder import own_temporary_files
from planner.store.database import StoreError
from planner.store.jobs import Jobs
from planner.store.store import open_store

SECONDS_TO_LOOK = 0.5  # between looks for new jobs
LONGEST_PATH = 107 - len("/pymp-01234567/listener-01234567")  # bytes, of the folder for temporary files
_LOADED = ["planner.desk.jobs.work"]  # once, by the process that others are forked from


class Hand(Protocol):
    """One job at work."""

    def is_over(self) -> bool:
        """Has it ended, however it ended?"""
        ...

    def stop(self) -> None:
        """End it now."""
        ...


Starter = Callable[[JobPlace, int], Hand]


class Crew:
    """Looks for jobs that nobody holds, and has them done, so many at a time."""

    def __init__(self, place: JobPlace, workers: int, start: Starter) -> None:
        self._place, self._workers, self._start = place, workers, start
        self._jobs = Jobs(open_store(place.store).database)
        self._hands: dict[int, Hand] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Crew:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        for hand in self._hands.values():
            hand.stop()

    def _look(self) -> None:
        while not self._over.wait(SECONDS_TO_LOOK):
            self._hands = {number: hand for number, hand in self._hands.items() if not hand.is_over()}
            room = self._workers - len(self._hands)
            if room > 0:
                with contextlib.suppress(StoreError, BusyError):  # away for a moment
                    for number in [number for number in self._jobs.to_do() if number not in self._hands][:room]:
                        self._hands[number] = self._start(self._place, number)


class _Process:
    def __init__(self, place: JobPlace, number: int) -> None:
        self._process = _context().Process(target=_carry_out_alone, args=(place, number), daemon=True)
        self._process.start()

    def is_over(self) -> bool:
        return not self._process.is_alive()

    def stop(self) -> None:
        self._process.terminate()
        self._process.join(10)


def _carry_out_alone(place: JobPlace, number: int) -> None:
    with own_temporary_files():
        carry_out(place, number)


def in_processes(place: JobPlace, number: int) -> Hand:
    """Have a job done by a process of this machine: what it breaks, it breaks alone."""
    return _Process(place, number)


def _context() -> Any:
    """Processes are forked from one that has loaded the program and runs no threads, where the system can do that, and
    where the path of the socket by which it is asked is not too long for the system.
    """
    if sys.platform == "linux" and len(os.fsencode(tempfile.gettempdir())) <= LONGEST_PATH:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(_LOADED)
        return context
    return multiprocessing.get_context("spawn")


class _Task:
    def __init__(self, future: Any) -> None:
        self._future = future

    def is_over(self) -> bool:
        return bool(self._future.done())

    def stop(self) -> None:
        self._future.cancel()


def on_cluster(scheduler: str) -> Starter:
    """Have jobs done by the workers of a Dask scheduler, which reach the same store and the same folder.

    Raises UsageError where the scheduler does not answer.
    """
    from distributed import Client

    try:
        client = Client(scheduler, timeout=15, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as fault:
        raise UsageError(f"--scheduler: {scheduler} does not answer: {fault}") from fault
    return lambda place, number: _Task(client.submit(carry_out, place, number, pure=False, retries=0))


def usual_workers() -> int:
    """One less than there are processors, so that pages come at once; at least one."""
    return max((os.cpu_count() or 1) - 1, 1)
