"""HiGHS as everything here uses it: silent on the console, stopped by Ctrl-C, and each time in a thread of its own."""

from __future__ import annotations

import threading
from typing import Any

import highspy

MOMENT = 0.5  # seconds between two looks whether Ctrl-C was pressed


class QuietHighs(highspy.Highs):  # type: ignore[misc]  # mypy does not follow highspy
    """HiGHS that never writes to the console; callbacks still hear its log.

    HiGHS prints its banner with the first call that is not about options. From version 1.16 on that call is in the
    constructor of `highspy.Highs`, which enables the callbacks, so the console is switched off just before it.

    What takes long runs in a thread of its own, because only so can the main thread hear Ctrl-C and stop it, and
    because the number of threads is settled, for all later solves of a thread, by its first one: another `threads`
    would be refused.
    """

    stopping: threading.Event  # set by Ctrl-C, until the next solve

    def __init__(self) -> None:
        super().__init__()
        self.stopping = threading.Event()
        for interrupt in (self.cbSimplexInterrupt, self.cbIpmInterrupt, self.cbMipInterrupt):
            interrupt.subscribe(self._stop_if_asked)

    def enableCallbacks(self) -> None:  # noqa: N802 (HiGHS's own name)
        self.setOptionValue("log_to_console", False)
        super().enableCallbacks()

    def run(self) -> Any:
        """Solve; the status of the call. Raises KeyboardInterrupt on Ctrl-C."""
        solve = super().run
        self.stopping.clear()
        results: list[Any] = []
        failures: list[BaseException] = []

        def run() -> None:
            try:
                results.append(solve())
            except BaseException as failure:  # handed to the caller's thread
                failures.append(failure)

        thread = threading.Thread(target=run, name="HiGHS", daemon=True)
        thread.start()
        try:
            while thread.is_alive():
                thread.join(MOMENT)
        except KeyboardInterrupt:
            self.stopping.set()
            thread.join()
            raise
        if failures:
            raise failures[0]
        return results[0]

    def _stop_if_asked(self, event: Any) -> None:
        if self.stopping.is_set():
            event.interrupt()
