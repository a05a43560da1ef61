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

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        began = time.perf_counter()
        if self.progress:
            self.progress(Progress(name, seconds=began - self._began))
        try:
            yield
        finally:
            self.seconds[name] = time.perf_counter() - began


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
