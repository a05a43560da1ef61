"""Work beside a block: done in another thread where there are two cores, stopped where its result is not asked for."""

from __future__ import annotations

import threading

import pytest

from planner.solver.quiet import QuietHighs
from planner.solver.side_by_side import is_under_way, side_by_side
from tests.moments import LONG


@pytest.mark.parametrize(("apart", "cores", "beside"), [(True, 2, True), (True, 1, False), (False, 2, False)])
def test_the_result_is_the_same_wherever_the_work_is_done(apart: bool, cores: int, beside: bool) -> None:
    with side_by_side(threading.current_thread, apart, cores) as work:
        assert (work.result() is not threading.current_thread()) == beside


@pytest.mark.parametrize("cores", [1, 2])
def test_what_fails_is_heard_where_the_result_is_asked_for(cores: int) -> None:
    def fail() -> None:
        raise ValueError("lost")

    with side_by_side(fail, True, cores) as work, pytest.raises(ValueError, match="lost"):
        work.result()


def test_work_that_nobody_waits_for_ends_with_its_present_solve() -> None:
    begun = threading.Event()

    def solve_for_ever() -> None:
        while True:
            QuietHighs().run()
            begun.set()

    with side_by_side(solve_for_ever, True, 2):
        assert begun.wait(LONG)
        assert is_under_way()
    assert not is_under_way()
    assert not [thread for thread in threading.enumerate() if thread.name == "beside"]


def test_a_solve_does_not_ask_python_at_each_pivot_while_other_work_goes_on() -> None:
    waiting = threading.Event()
    with side_by_side(lambda: waiting.wait(LONG), True, 2):
        assert QuietHighs().deaf
        waiting.set()
    assert not QuietHighs().deaf
