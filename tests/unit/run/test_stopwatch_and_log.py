from __future__ import annotations

import os

import numpy as np
import pytest

from planner.run.log import Log
from planner.run.stopwatch import Stopwatch


def test_phases_that_come_again_add_up() -> None:
    watch = Stopwatch()
    with watch.phase("write"):
        pass
    first = watch.seconds["write"]
    with watch.phase("write"):
        pass
    assert watch.seconds["write"] > first > 0


def test_a_phase_that_fails_is_timed_too() -> None:
    watch = Stopwatch()
    with pytest.raises(ZeroDivisionError), watch.phase("read"):
        print(1 / 0)
    assert list(watch.seconds) == ["read"]


@pytest.mark.skipif(not os.access("/proc/self/clear_refs", os.W_OK), reason="the mark cannot be reset here")
def test_the_peak_is_that_of_the_phase() -> None:
    watch = Stopwatch()
    with watch.phase("large"):
        assert np.ones(20_000_000).sum() == 20_000_000  # 160 MB, given back at once
    with watch.phase("small"):
        pass
    assert watch.peak_memory_mb["large"] - watch.peak_memory_mb["small"] > 100


def test_a_log_counts_seconds_on_every_line() -> None:
    log = Log()
    log.add("one\ntwo")
    head, one, two = log.text().splitlines()
    assert head.endswith("seconds since then.")
    assert one.split() == ["0.00", "one"]
    assert two.split() == ["0.00", "two"]
