"""Seconds and peak memory of each phase of a run."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_STATUS = Path("/proc/self/status")
_RESET = Path("/proc/self/clear_refs")


@dataclass
class Stopwatch:
    """`seconds` and `peak_memory_mb` by phase, in the order in which the phases ended.

    The peak is that of the phase alone where the system lets the mark be reset (Linux), otherwise the
    process's peak so far; where it tells neither, nothing is noted.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    peak_memory_mb: dict[str, float] = field(default_factory=dict)

    @contextlib.contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Add what the block takes to the seconds and to the peak memory (MB) of a phase."""
        _reset_peak()
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start
            peak = peak_memory_mb()
            if peak is not None:
                self.peak_memory_mb[name] = max(peak, self.peak_memory_mb.get(name, 0.0))


def _reset_peak() -> None:
    with contextlib.suppress(OSError):
        _RESET.write_text("5")


def peak_memory_mb() -> float | None:
    """Megabytes (2^20 bytes) of resident memory at its highest."""
    with contextlib.suppress(OSError):
        for line in _STATUS.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return round(int(line.split()[1]) / 1024, 1)
    if sys.platform == "win32":
        return None
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)
