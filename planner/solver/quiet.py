"""HiGHS as everything here uses it: silent on the console, stopped by Ctrl-C, and each time in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import highspy

from planner.solver import side_by_side

MOMENT = 0.5  # seconds between two looks whether Ctrl-C was pressed


class QuietHighs(highspy.Highs):  # type: ignore[misc]  # mypy does not follow highspy
    """HiGHS that never writes to the console; callbacks still hear its log.

    HiGHS prints its banner with the first call that is not about options. From version 1.16 on that call is in the
    constructor of `highspy.Highs`, which enables the callbacks, so the console is switched off just before it.

    What takes long runs in a thread of its own, because only so can the main thread hear Ctrl-C and stop it, and
    because the number of threads is settled, for all later solves of a thread, by its first one: another `threads`
    would be refused.
    """

    deaf: bool
    stopping: threading.Event  # set by Ctrl-C, until the next solve

    def __init__(self, deaf: bool = False) -> None:
        """`deaf`: it is not to be stopped, as its solves are short.

        Then it never waits for what Python does beside it. It is so too while other work goes on beside it.
        """
        super().__init__()
        self.stopping = threading.Event()
        self.deaf = deaf or side_by_side.is_under_way()
        if self.deaf:
            self.disableCallbacks()
            return
        for interrupt in (self.cbSimplexInterrupt, self.cbIpmInterrupt, self.cbMipInterrupt):
            interrupt.subscribe(_stopped_by(self.stopping))

    def enableCallbacks(self) -> None:  # noqa: N802 (HiGHS's own name)
        """As HiGHS has it, without output to the console."""
        self.setOptionValue("log_to_console", False)
        super().enableCallbacks()

    def run(self) -> Any:
        """Solve; the status of the call. Raises KeyboardInterrupt on Ctrl-C."""
        side_by_side.require_wanted()
        solving = self.start()
        try:
            return solving.result()
        except KeyboardInterrupt:
            stop(solving)
            raise

    def start(self) -> Solving:
        """Begin to solve in a thread of its own."""
        self.stopping.clear()
        return Solving(super().run, self.stopping)

    @contextmanager
    def few_factorisations(self, most: int) -> Iterator[Factorisations]:
        """Meanwhile simplex stops after so many factorisations of its basis: also where HiGHS is deaf, so that each run
        stops alike.
        """
        factorisations = Factorisations(most)
        if self.deaf:
            self.enableCallbacks()
        self.cbSimplexInterrupt.subscribe(factorisations)
        try:
            yield factorisations
        finally:
            self.cbSimplexInterrupt.unsubscribe(factorisations)
            if self.deaf:
                self.disableCallbacks()


class Factorisations:
    """Counts how often simplex factorises its basis anew, and stops it after `most`: HiGHS asks whether to stop after
    each pivot, and after each factorisation, where no pivot was made since it last asked.
    """

    def __init__(self, most: int) -> None:
        self._most, self._count, self._pivots = most, 0, -1

    def __call__(self, event: Any) -> None:
        """What HiGHS calls to ask whether to stop."""
        pivots = event.data_out.simplex_iteration_count
        self._count += pivots == self._pivots
        self._pivots = pivots
        if self.too_many:
            event.interrupt()

    @property
    def too_many(self) -> bool:
        """Was simplex stopped for it?"""
        return self._count > self._most


def _stopped_by(stopping: threading.Event) -> Callable[[Any], None]:
    """What HiGHS asks whether to stop. It does not know HiGHS: so all that HiGHS holds is freed with its last user.

    HiGHS remembers the last answer also in its next solve, so each one is given: an interrupt of `few_factorisations`
    ends with that solve.
    """

    def stop_if_asked(event: Any) -> None:
        event.interrupt(stopping.is_set())

    return stop_if_asked


class Solving:
    """A solve under way, in a thread of its own; `stopping` asks HiGHS to stop."""

    def __init__(self, solve: Callable[[], Any], stopping: threading.Event) -> None:
        self._solve, self.stopping = solve, stopping
        self._results: list[Any] = []
        self._failures: list[BaseException] = []
        self.thread = threading.Thread(target=self._run, name="HiGHS", daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            self._results.append(self._solve())
        except BaseException as failure:  # handed to the caller's thread
            self._failures.append(failure)

    def result(self) -> Any:
        """Wait for the end; the status of the call, or the exception that it ended with."""
        while self.thread.is_alive():
            self.thread.join(MOMENT)
            side_by_side.require_wanted()
        if self._failures:
            raise self._failures[0]
        return self._results[0]


def stop(*solving: Solving) -> None:
    """Stop them, and wait until all have stopped."""
    for each in solving:
        each.stopping.set()
    for each in solving:
        each.thread.join()


def race(first: QuietHighs, second: QuietHighs, settled: Callable[[], bool], cores: int | None = None) -> bool:
    """Solve with both, side by side where there are two cores (None: as many as there are), and neither is deaf: such a
    one could not be stopped.

    Is it `settled` once the first has ended?

    Then the second is stopped; else it is solved to its end. The first is waited for even where the second ends sooner,
    so neither the number of cores nor their speed decides which result counts.
    """
    if (cores or side_by_side.available_cores()) < 2 or second.deaf:
        first.run()
        if not (done := settled()):
            second.run()
        return done
    solving = [first.start(), second.start()]
    try:
        solving[0].result()
        done = settled()
        if not done:
            solving[1].result()
    finally:
        stop(*solving)
    return done
