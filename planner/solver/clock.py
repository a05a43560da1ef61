"""How long each phase took, and what is said when one begins."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager

from planner.solver.highs import Progress, ProgressListener


class Clock:
    """Seconds per phase; tells the listener when a phase begins."""

    def __init__(self, listener: ProgressListener | None) -> None:
        self.seconds: dict[str, float] = {}
        self.progress = listener
        self._began = time.perf_counter()

    def tell(self, name: str) -> None:
        """Tell the progress that a phase begins."""
        if self.progress:
            self.progress(Progress(name, seconds=time.perf_counter() - self._began))

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Measure the block as a phase, in seconds, and report that it begins."""
        began = time.perf_counter()
        self.tell(name)
        try:
            yield
        finally:
            self.seconds[name] = time.perf_counter() - began


class TimeLeft:
    """What is left of `seconds` (None: no limit) for steps that may be cut short. `cut_short`: one was."""

    def __init__(self, seconds: float | None) -> None:
        self._deadline = None if seconds is None else time.perf_counter() + seconds
        self.cut_short = False

    @property
    def seconds(self) -> float | None:
        """Seconds left, at least 0; None: no limit."""
        return None if self._deadline is None else max(self._deadline - time.perf_counter(), 0.0)

    @property
    def is_over(self) -> bool:
        """Is nothing left? To be asked only by what then leaves something out."""
        over = self.seconds == 0.0
        self.cut_short |= over
        return over


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """Millions of small objects that all stay alive: collecting in between only costs time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
