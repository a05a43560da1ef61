"""What would bring more is searched for beside the prices: the same on any number of cores, and ended with them."""

from __future__ import annotations

import threading
from pathlib import Path

import pandas as pd
import pytest

from planner.plan import Plan, solve
from planner.plan import optimise as optimising
from planner.plan.prices.relief_found import Relief
from planner.plan.program import Program
from planner.solver.clock import TimeLeft
from planner.workbook import read_instance

PARTNERS = Path(__file__).parents[3] / "inputs" / "partners.xlsx"


def planned(cores: int, monkeypatch: pytest.MonkeyPatch) -> Plan:
    monkeypatch.setattr(optimising, "available_cores", lambda: cores)
    return solve(read_instance(PARTNERS), relieve=True)


def test_it_is_the_same_on_any_number_of_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = planned(1, monkeypatch), planned(2, monkeypatch)
    assert one.relief == two.relief
    assert one.relief.alone
    for name, table in one.tables.items():
        pd.testing.assert_frame_equal(table, two.tables[name], check_exact=True)
    assert one.seconds.keys() == two.seconds.keys()


def test_what_stops_the_prices_ends_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, seen = threading.Event(), []

    def search(*arguments: object) -> Relief:
        left = arguments[-1]
        assert isinstance(left, TimeLeft)
        begun.set()
        while not left.is_over:  # until it is ended from outside
            threading.Event().wait(0.01)
        seen.append(left.cut_short)
        return Relief()

    def stop(*_: object, **__: object) -> Plan:
        assert begun.wait(60.0)
        raise KeyboardInterrupt

    monkeypatch.setattr(optimising, "relief", search)
    monkeypatch.setattr(Program, "plan", stop)
    with pytest.raises(KeyboardInterrupt):
        planned(2, monkeypatch)
    assert seen == [True]
