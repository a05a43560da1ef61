"""HiGHS says nothing on the console, whatever it is asked to do."""

import re

import highspy
import pytest

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
