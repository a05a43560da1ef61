"""What was freed goes back to the operating system, where the C library can be asked for that."""

from __future__ import annotations

import ctypes
import threading
from pathlib import Path

import pytest

from planner.solver import memory
from planner.solver.memory import give_back_memory

BLOCK, BLOCKS, PAGE = 1000, 50_000, 4096  # bytes of a block: small enough to be kept by the C library


def resident() -> int:
    """Bytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


@pytest.mark.skipif(memory._trim() is None, reason="not glibc")
def test_what_a_thread_freed_is_given_back() -> None:
    library = ctypes.CDLL(None)
    library.malloc.restype, library.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
    library.memset.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]
    library.free.argtypes = [ctypes.c_void_p]
    last = []

    def use_and_free() -> None:
        blocks = [library.malloc(BLOCK) for _ in range(BLOCKS)]
        for block in blocks:
            library.memset(block, 1, BLOCK)
        for block in blocks[:-1]:
            library.free(block)
        last.append(blocks[-1])  # behind it nothing can be given back by itself

    solving = threading.Thread(target=use_and_free)
    solving.start()
    solving.join()
    before = resident()
    give_back_memory()
    assert before - resident() > BLOCK * BLOCKS / 2
    library.free(last[0])


def test_without_such_a_function_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(_: object) -> ctypes.CDLL:
        raise TypeError("Windows has no library without a name")

    monkeypatch.setattr(ctypes, "CDLL", none)
    memory._trim.cache_clear()
    try:
        give_back_memory()
    finally:
        memory._trim.cache_clear()
