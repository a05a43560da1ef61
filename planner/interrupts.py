"""Ctrl-C and requests to terminate (SIGTERM): whenever they come, the program ends in 130 and leaves nothing
half-written.

Where the program is at work it is a KeyboardInterrupt, so that everything is tidied up on the way out. While modules
are being imported, when it is heard a second time, where some library swallowed it, and where tidying up takes too
long, the program ends at once: what is registered (`on_leaving`) is cleared, and that is all. Only `planner.__main__`
listens; imported as a library, planner leaves signals alone. This module imports as little as it can: it is the first.
"""

from __future__ import annotations

import os
import signal
import sys

TYPE_CHECKING = False  # `typing` itself is slow to import
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import NoReturn

INTERRUPTED = 130
PATIENCE = 10.0  # seconds for tidying up
SENTENCE = "Interrupted; nothing half-written is left."
_SIGNALS = (signal.SIGINT, signal.SIGTERM)

_heard = _working = False
_clearing: list[Callable[[], None]] = []


def on_leaving(clear: Callable[[], None]) -> None:
    """Have `clear` called before the program ends without unwinding;
    it must be quick and may be called at any point.
    """
    _clearing.append(clear)


def heard() -> bool:
    """Was the program asked to end?"""
    return _heard


def listen() -> None:
    """From now on, end at once when asked to; see `work`. A signal that is ignored, as under nohup, stays so."""
    for number in _SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _hear)
    sys.unraisablehook = _unraisable


def work(command: Callable[[], int]) -> int:
    """The exit code of a command; interrupted in it, the program ends when everything is tidied up."""
    global _working
    _working = True
    try:
        code = command()
    except KeyboardInterrupt:
        leave()
    if _heard:
        leave()
    for number in _SIGNALS:  # it is done: too late to be interrupted
        signal.signal(number, signal.SIG_IGN)
    return code


def leave() -> NoReturn:
    """End now: a solver that was stopped may leave threads behind, which would make an orderly end a crash."""
    global _working
    _working = False
    for clear in _clearing:
        try:
            clear()
        except Exception:
            continue  # the others still want clearing
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            continue  # the pipe is closed, or this came in the middle of a write
    tidy = "\x1b[?25h\n" if os.isatty(2) else ""  # a progress line may have hidden the cursor
    try:
        os.write(2, f"{tidy}{SENTENCE}\n".encode())
    finally:
        os._exit(INTERRUPTED)


def _hear(_: int, frame: FrameType | None) -> None:
    global _heard
    again, _heard = _heard, True
    if again or not _working or _is_importing(frame):
        leave()
    if sys.platform != "win32":
        signal.signal(signal.SIGALRM, lambda *_: leave())
        signal.setitimer(signal.ITIMER_REAL, PATIENCE)
    raise KeyboardInterrupt


def _is_importing(frame: FrameType | None) -> bool:
    """An interrupted import may raise anything, or crash."""
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def _unraisable(fault: sys.UnraisableHookArgs) -> None:
    if _heard:  # most likely the interrupt itself, raised where nobody can catch it
        leave()
    sys.__unraisablehook__(fault)
