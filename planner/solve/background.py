"""Work on the side, given up without waiting when the program stops."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Result = TypeVar("Result")


class Background(Generic[Result]):
    """A computation in a daemon thread: unlike a pool's, it holds up neither Ctrl-C nor the end of the program."""

    def __init__(self, work: Callable[[], Result]) -> None:
        self._results: list[Result] = []
        self._failures: list[BaseException] = []
        self._work = work
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._results.append(self._work())
        except BaseException as failure:  # raised where the result is asked for
            self._failures.append(failure)

    def result(self) -> Result:
        """Wait for the result; raises what the work raised."""
        self._thread.join()
        if self._failures:
            raise self._failures[0]
        return self._results[0]
