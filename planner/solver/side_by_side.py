"""Work on a second core, in a thread of its own: while HiGHS solves in one thread, Python works in the other."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

Result = TypeVar("Result")

_here = threading.local()  # `work`: the work that this thread was started for
_lock = threading.Lock()
_under_way = 0  # works beside their callers


def available_cores() -> int:
    """The number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def is_under_way() -> bool:
    """Does some thread work beside its caller?

    Then what asks Python at each pivot would wait for the other thread each time.
    """
    return _under_way > 0


def require_wanted() -> None:
    """Raise KeyboardInterrupt in the thread of a work that is not wanted any more."""
    work: Work[object] | None = getattr(_here, "work", None)
    if work is not None and work.stopped.is_set():
        raise KeyboardInterrupt


class Work(Generic[Result]):
    """Work that is done in a thread of its own, or when its result is asked for."""

    def __init__(self, work: Callable[[], Result]) -> None:
        self.stopped = threading.Event()
        self._work = work
        self._results: list[Result] = []
        self._failures: list[BaseException] = []
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin the call in a thread beside the caller."""
        global _under_way
        with _lock:
            _under_way += 1
        self._thread = threading.Thread(target=self._run, name="beside", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        global _under_way
        _here.work = self
        try:
            self._results.append(self._work())
        except BaseException as failure:  # handed to the caller's thread
            self._failures.append(failure)
        finally:
            with _lock:
                _under_way -= 1

    def result(self) -> Result:
        """Wait for it; its result, or the exception that it ended with."""
        if self._thread is None:
            return self._work()
        self._thread.join()
        if self._failures:
            raise self._failures[0]
        return self._results[0]

    def stop(self) -> None:
        """Have it end with its present solve, and wait for that."""
        self.stopped.set()
        if self._thread is not None:
            self._thread.join()


@contextmanager
def side_by_side(work: Callable[[], Result], apart: bool, cores: int | None = None) -> Iterator[Work[Result]]:
    """While the block runs, the work is done beside it where it is to be (`apart`) and there are two cores (None: as
    many as there are); else when its result is asked for. Work whose result was not asked for is stopped.

    The work and the block share nothing that either changes, so the results depend neither on the cores nor on who is
    first.
    """
    found = Work(work)
    if apart and (cores or available_cores()) > 1:
        found.start()
    try:
        yield found
    finally:
        found.stop()
