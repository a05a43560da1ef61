"""Memory that was freed, given back to the operating system."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache


def give_back_memory() -> None:
    """Give back what HiGHS has freed.

    The C library keeps it for itself, for each thread apart, and each solve has a thread of its own: after the levels
    of a large program that is as much as all that is in use.

    Nothing happens where the C library has no such function (`malloc_trim` is glibc's).
    """
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> Callable[[int], int] | None:
    try:
        trim: Callable[[int], int] | None = getattr(ctypes.CDLL(None), "malloc_trim", None)
    except (OSError, TypeError):  # no C library that can be asked, as on Windows
        return None
    return trim
