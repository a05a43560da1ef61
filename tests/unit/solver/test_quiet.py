"""HiGHS says nothing on the console, whatever it is asked to do."""

import gc
import re
from collections.abc import Iterator
from weakref import ref

import highspy
import numpy as np
import pytest

from planner.solver.highs import Arrays, HighsSession
from planner.solver.quiet import QuietHighs
from tests.places import ROOT

PLANNER = ROOT / "planner"


def test_highs_writes_nothing_on_the_console(capfd: pytest.CaptureFixture[str]) -> None:
    highs = QuietHighs()
    heard = []
    highs.cbLogging += lambda event: heard.append(event.message)
    highs.addVar(0.0, 1.0)
    highs.addRow(2.0, highspy.kHighsInf, 1, [0], [1.0])
    highs.run()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible
    assert capfd.readouterr() == ("", "")
    assert any("HiGHS" in line for line in heard)  # the log itself is on


def test_nothing_makes_a_highs_that_speaks() -> None:
    made = [
        str(path.relative_to(PLANNER))
        for path in sorted(PLANNER.rglob("*.py"))
        if re.search(r"highspy\.Highs\b|\b(pulp\.)?HiGHS(_CMD)?\(", path.read_text(encoding="utf-8"))
    ]
    assert made == ["solver/quiet.py"]


def test_a_solve_may_ask_for_other_threads_than_the_one_before() -> None:
    """HiGHS settles the number of threads with the first solve of a thread, and refuses any other."""
    for threads in (2, 1, 3):
        highs = QuietHighs()
        highs.setOptionValue("threads", threads)
        highs.addVar(0.0, 1.0)
        assert highs.run() == highspy.HighsStatus.kOk
        assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal


@pytest.fixture
def without_collection() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("without_collection")
def test_what_highs_holds_is_freed_with_its_last_user() -> None:
    """It is much, and the collector, which counts Python's objects, would be late."""
    lp = Arrays(1, np.zeros(1), np.ones(1), np.array([0, 1], np.int32), np.zeros(1, np.int32), np.ones(1))
    session = HighsSession(lp, {}, lambda _: None)
    session.set_costs(np.ones(1))
    beside = session.highs
    for _ in range(2):  # each beside a HiGHS of its own, of which the session keeps one
        assert session.race("level", 100)[0].status == "optimal"
        assert session.highs is not beside
        beside, gone = session.highs, ref(beside)
        assert gone() is None
    own = ref(beside)
    del session, beside
    assert own() is None
