"""What a run did and when, line by line: becomes log.txt."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from planner.solver.highs import Progress, ProgressListener


@dataclass
class Log:
    """Kept in memory until the run folder is written, so that no half-written run leaves one."""

    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    lines: list[str] = field(default_factory=list)
    _clock: float = field(default_factory=time.perf_counter)

    def add(self, text: str) -> None:
        """Note `text` (one line or more) with the seconds since the start."""
        elapsed = time.perf_counter() - self._clock
        self.lines += [f"{elapsed:9.2f}  {line}" for line in text.splitlines() or [""]]

    def text(self) -> str:
        """The lines, under one that says when the run started."""
        head = f"Started {self.started:%Y-%m-%d %H:%M:%S} UTC; first column: seconds since then."
        return "\n".join([head, *self.lines, ""])

    def write(self, folder: Path) -> None:
        """Write log.txt into `folder`."""
        (folder / "log.txt").write_text(self.text(), encoding="utf-8", newline="\n")


def with_phases_logged(log: Log, progress: ProgressListener | None) -> ProgressListener:
    """A listener that logs the beginning of each phase, and passes everything on to `progress`."""
    phase = ""

    def listen(now: Progress) -> None:
        nonlocal phase
        if now.phase != phase:
            phase = now.phase
            log.add(f"{phase} …")
        if progress is not None:
            progress(now)

    return listen
