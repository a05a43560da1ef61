"""Orders placed and the previous plan: a plan worked by hand passes, and with one cell changed it fails.

Guns are ordered a period ahead, half paid at order. Two were ordered before the horizon for period 1, all paid; one
is made in 2 and one in 3, where the previous plan had two in 2. Each is worth 10.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from planner.errors import InputError
from planner.plan.plan import TABLE_COLUMNS
from planner.verify import Verification, verify

TABLES = {
    "Settings": "key,value\nstart,2026-01\nperiods,3\nobjective,{objective}\nfrozen,{frozen}\ndeparture_cap,{cap}\n",
    "Items": "item\ngun\n",
    "Nodes": "node,kind\nWorks,factory\n",
    "Lines": "line,factory,item,unit_cost,capacity,order_lead_time,advance\nGuns,Works,gun,10,1,1,0.5\n",
    "Orders": "line,2026-01,paid\nGuns,2,1\n",
    "Previous": "kind,line,2026-01,2026-02\nmake,Guns,2,2\n",
    "Demand": "demand,destination,item,period,quantity,max_delay,overdue,shortage_cost,delay_cost\n"
    "old,Works,gun,1,2,2,{overdue},50,1\nnew,Works,gun,2,1,1,,50,1\nlater,Works,gun,3,1,,,50,1\n",
}
ROWS = {
    "production": [("Guns", "Works", None, "gun", 1, 2, 0), ("Guns", "Works", None, "gun", 2, 1, 10),
                   ("Guns", "Works", None, "gun", 3, 1, 10)],
    "deliveries": [("old", None, "Works", "gun", 0, 1, 2), ("new", None, "Works", "gun", 2, 2, 1),
                   ("later", None, "Works", "gun", 3, 3, 1)],
}  # fmt: skip
LEVELS = {"frozen_departure": 10.0, "other_shortfall": 0.0, "lateness": 20.0, "cost": 20.0, "nervousness": 10.0}
WEIGHTED = 20.0 + 2  # the cost, and two units one period late


def check(
    folder: Path,
    rows: dict[str, list[tuple[object, ...]]],
    frozen: int = 2,
    cap: str = "",
    levels: bool = True,
    overdue: int = 1,
) -> Verification:
    objective = "lexicographic" if levels else "weighted"
    for name, text in TABLES.items():
        written = text.format(objective=objective, frozen=frozen, cap=cap, overdue=overdue)
        (folder / f"{name}.csv").write_text(written, encoding="utf-8")
    tables = {name: pd.DataFrame(rows.get(name, []), columns=list(columns)) for name, columns in TABLE_COLUMNS.items()}
    values = dict(LEVELS) if frozen == 2 else {**LEVELS, "frozen_departure": 0.0, "nervousness": 20.0}
    values["lateness"] *= overdue
    stated = [{"name": name, "value": value} for name, value in values.items()] if levels else WEIGHTED
    return verify(folder, tables, {"objective": stated})


def test_the_plan_worked_by_hand_passes(tmp_path: Path) -> None:
    found = check(tmp_path, ROWS)
    assert found.passed, found.summary()


def test_what_was_due_long_before_is_known_by_its_period(tmp_path: Path) -> None:
    late = ("old", None, "Works", "gun", -1, 1, 2)
    found = check(tmp_path, {**ROWS, "deliveries": [late, *ROWS["deliveries"][1:]]}, overdue=2)
    assert found.passed, found.summary()
    assert "due 0" in check(tmp_path, ROWS, overdue=2).summary()


def test_a_period_that_is_none_is_told_as_it_stands(tmp_path: Path) -> None:
    sent = [("Guns", "Works", None, "gun", -1001, 2, 0), *ROWS["production"][1:]]
    assert "period -1001 is not in 1…3" in check(tmp_path, {**ROWS, "production": sent}).summary()


def test_an_order_that_is_not_completed_fails(tmp_path: Path) -> None:
    fewer = [("Guns", "Works", None, "gun", 1, 1.5, 0), *ROWS["production"][1:]]
    assert "placed_order" in check(tmp_path, {**ROWS, "production": fewer}).failed


def test_an_order_costs_what_is_not_paid_of_it(tmp_path: Path) -> None:
    dearer = [("Guns", "Works", None, "gun", 1, 2, 5), *ROWS["production"][1:]]
    assert "production_cost" in check(tmp_path, {**ROWS, "production": dearer}).failed


def test_departures_beyond_their_cap_fail(tmp_path: Path) -> None:
    """Of 40 planned, 10 less in period 2 and 10 more in 3: half."""
    assert check(tmp_path, ROWS, frozen=0, cap="0.5").passed
    found = check(tmp_path, ROWS, frozen=0, cap="0.49")
    assert found.failed == ("departure_cap",)


def test_under_the_weighted_objective_frozen_periods_are_as_planned(tmp_path: Path) -> None:
    assert check(tmp_path, ROWS, frozen=1, levels=False).passed
    assert check(tmp_path, ROWS, frozen=2, levels=False).failed == ("frozen_plan",)


def test_overdue_demand_may_not_be_later_than_its_delay(tmp_path: Path) -> None:
    late = [("old", None, "Works", "gun", 0, 3, 2), *ROWS["deliveries"][1:]]
    assert "delivery_window" in check(tmp_path, {**ROWS, "deliveries": late}).failed


def test_an_order_of_a_line_that_there_is_not_cannot_be_understood(tmp_path: Path) -> None:
    check(tmp_path, ROWS)
    (tmp_path / "Orders.csv").write_text("line,2026-01\nTanks,2\n", encoding="utf-8")
    tables = {name: pd.DataFrame([], columns=list(columns)) for name, columns in TABLE_COLUMNS.items()}
    with pytest.raises(InputError):
        verify(tmp_path, tables, {"objective": 0.0})
