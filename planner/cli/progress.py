"""The progress line of `planner solve`: live on a terminal, plain lines elsewhere."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from planner.cli.lines.text import number
from planner.numerals import numeral
from planner.report.words.phases import phase_words

if TYPE_CHECKING:
    from planner.plan import Progress

_SECONDS_BETWEEN_LINES = 10.0  # of plain output, within one phase
_LEAST_OF_A_PHASE = 16  # characters of its name that are worth showing


def progress_text(progress: Progress, elapsed: float, width: int | None = None) -> str:
    """Phase, iterations, infeasibility, objective and elapsed time; what is not known is left out.

    Where `width` is too small the name of the phase is cut, and then figures are left out, but never the time.
    """
    phase, parts = phase_words(progress.phase), []
    if progress.levels:
        parts.append(f"{progress.done} of {progress.levels} aims done")
    if progress.iterations:
        parts.append(f"{number(progress.iterations)} iterations")
    if progress.infeasibility is not None:
        parts.append(f"infeasibility {progress.infeasibility:.3g}")
    if progress.objective is not None:
        parts.append(f"objective {numeral(progress.objective, 8)}")
    minutes, seconds = divmod(int(elapsed), 60)
    clock = f"{minutes}:{seconds:02d}"
    text = " · ".join([phase, *parts, clock])
    if width is None or len(text) <= width:
        return text
    while parts and len(" · ".join(["", *parts, clock])) > width - _LEAST_OF_A_PHASE:
        parts.pop()
    figures = " · ".join(["", *parts, clock])
    room = max(0, width - len(figures))
    return (phase if len(phase) <= room else phase[: max(0, room - 1)].rstrip() + "…") + figures


@contextlib.contextmanager
def shown_progress(quiet: bool) -> Iterator[Callable[[Progress], None] | None]:
    """A callable that shows progress on standard error while the block runs; None when `quiet`."""
    if quiet:
        yield None
    elif sys.stderr.isatty():
        with _live_line() as show:
            yield show
    else:
        yield _PlainLines()


@contextlib.contextmanager
def _live_line() -> Iterator[Callable[[Progress], None]]:
    from rich.console import Console
    from rich.text import Text

    start = time.monotonic()
    console = Console(stderr=True)
    with console.status("starting") as status:

        def show(progress: Progress) -> None:
            # Cut to the width: a line that wraps would leave its upper half behind when it is redrawn.
            width = max(20, console.width - 4)
            status.update(Text(progress_text(progress, time.monotonic() - start, width)))

        yield show


class _PlainLines:
    """A line when a phase begins, and then one now and again."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._phase, self._last = "", self._start

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if progress.phase == self._phase and now - self._last < _SECONDS_BETWEEN_LINES:
            return
        self._phase, self._last = progress.phase, now
        print(progress_text(progress, now - self._start), file=sys.stderr, flush=True)
