"""The processes that `--workers` starts."""

from __future__ import annotations

import contextlib

import psutil


def worker_processes() -> list[int]:
    """The worker processes that Dask's nannies started below this one."""
    found = []
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.Error):  # it may end meanwhile
            if any("spawn_main" in part for part in child.cmdline()):
                found.append(child.pid)
    return found
