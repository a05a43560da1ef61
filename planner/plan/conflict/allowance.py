"""The time that an explanation may take: processor seconds, so that a busy machine explains as much as an idle one."""

from __future__ import annotations

import time


class Allowance:
    """Seconds that may still be used up. HiGHS counts by the wall clock, so it is given as many more as others take."""

    def __init__(self) -> None:
        self._began, self._processor_began = time.perf_counter(), time.process_time()
        self._end: float | None = None

    @property
    def used(self) -> float:
        """Processor seconds since the allowance was made."""
        return time.process_time() - self._processor_began

    def give(self, seconds: float | None) -> None:
        """So many processor seconds from now on; None: no limit."""
        self._end = None if seconds is None else self.used + seconds

    @property
    def left(self) -> float | None:
        """Processor seconds left, at least 0; None where there is no limit."""
        return None if self._end is None else max(self._end - self.used, 0.0)

    @property
    def time_limit(self) -> float | None:
        """What is left, in seconds of the wall clock."""
        passed = time.perf_counter() - self._began
        return None if self.left is None else self.left * max(passed / max(self.used, 1e-3), 1.0)
