"""Where things stand, worked by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from replan_worlds import write

from planner.errors import InputError, UsageError
from planner.replan.position import backlog, money, stocks
from planner.replan.position.actuals import Actuals, read_actuals
from planner.replan.position.last_plan import LastPlan
from planner.replan.position.position import position
from planner.workbook import interpret
from planner.workbook.reading.raw import read_raw
from planner.workbook.reading.reader import read_tables

HEAD = "period,kind,line,route,node,item,demand,fund,contributor,cost_type,object,quantity\n"


def read(folder: Path, rows: str, now: int | None = None, **tables: str):
    raw = read_raw(write(folder, Actuals=HEAD + rows, **tables))
    reading = interpret(raw)
    assert reading.instance is not None, reading.faults
    return reading.instance, read_actuals(read_tables(raw), reading.instance, now)


def test_goods_are_followed_by_what_was_made_sent_and_delivered(tmp_path: Path) -> None:
    """5 + 8 made − 10 sent = 3 shells; powder 60 − 2 × 8 = 44; 10 shells arrive in period 3."""
    rows = "1,made,Shells,,,,,,,,,8\n1,shipped,,Rail,,shell,,,,,,10\n"
    found = stocks.follow(*read(tmp_path / "w", rows))
    assert sum(found.held["shell", "Works"].values()) == pytest.approx(3)
    assert sum(found.held["powder", "Works"].values()) == pytest.approx(44)
    assert [(goods.node, goods.arrives) for goods in found.transit] == [("Kyiv", 2)]
    assert sum(goods.quantity for goods in found.transit) == pytest.approx(10)
    assert found.conflicts == []


def test_a_count_holds_and_the_difference_is_named(tmp_path: Path) -> None:
    rows = "1,made,Shells,,,,,,,,,8\n1,stock,,,Works,shell,,,,,,11\n"
    found = stocks.follow(*read(tmp_path / "w", rows))
    assert sum(found.held["shell", "Works"].values()) == pytest.approx(11)
    (conflict,) = found.conflicts
    assert (conflict.stated, conflict.computed) == (11, 13)
    assert "shell at Works" in conflict.where


def test_more_sent_than_was_there_is_a_conflict_and_leaves_nothing(tmp_path: Path) -> None:
    found = stocks.follow(*read(tmp_path / "w", "1,shipped,,Rail,,shell,,,,,,9\n"))
    assert sum(found.held["shell", "Works"].values()) == 0
    (conflict,) = found.conflicts
    assert conflict.computed == pytest.approx(-4)


@pytest.mark.parametrize("counted", [0, 2])
def test_where_more_left_than_was_there_the_count_alone_holds(tmp_path: Path, counted: int) -> None:
    rows = f"2,shipped,,Rail,,shell,,,,,,9\n2,stock,,,Works,shell,,,,,,{counted}\n"
    found = stocks.follow(*read(tmp_path / "w", rows))
    assert sum(found.held["shell", "Works"].values()) == pytest.approx(counted)
    (conflict,) = found.conflicts
    assert (conflict.stated, conflict.computed) == (counted, pytest.approx(-4))


def test_a_chain_without_lead_time_may_be_passed_within_a_period(tmp_path: Path) -> None:
    """Made, sent and sent on within a month, reported in any order."""
    routes = "route,origin,destination,lead_time,cost\nRail,Depot,Kyiv,2,1\nRoad,Works,Depot,0,1\n"
    rows = "1,shipped,,Rail,,shell,,,,,,5\n1,shipped,,Road,,shell,,,,,,5\n"
    found = stocks.follow(*read(tmp_path / "w", rows, Routes=routes))
    assert found.conflicts == []
    assert sum(found.held["shell", "Depot"].values()) == 0
    assert sum(goods.quantity for goods in found.transit) == pytest.approx(5)


def test_the_oldest_are_used_first_and_what_expires_is_written_off(tmp_path: Path) -> None:
    """Powder of age 1 may be used through period 3; 30 made in period 1 live longer. 20 used in 2 are old ones."""
    rows = "1,made,Powder,,,,,,,,,30\n2,made,Shells,,,,,,,,,10\n3,stock,,,Depot,shell,,,,,,0\n"
    found = stocks.follow(*read(tmp_path / "w", rows))
    assert found.expired["powder", "Works"] == pytest.approx(40)
    assert found.held["powder", "Works"] == {0: pytest.approx(30)}


def test_backlog_and_losses(tmp_path: Path) -> None:
    """Of the 10 due in 3, 4 came in 3: at the start of 5 the rest is lost; of those due in 4, 8 are overdue."""
    rows = "3,delivered,,,,,Spring,,,,,4\n4,delivered,,,,,Spring,,,,,8\n"
    found = backlog.follow(*read(tmp_path / "w", rows))
    assert found.lost == {}
    assert found.open_ == {("Spring", 3): pytest.approx(8), ("Summer", 5): 15}
    later = backlog.follow(*read(tmp_path / "v", rows, now=5))
    assert later.lost == {("Spring", 3): pytest.approx(8)}


def test_a_delivery_that_nobody_wanted_is_a_conflict(tmp_path: Path) -> None:
    found = backlog.follow(*read(tmp_path / "w", "3,delivered,,,,,Spring,,,,,25\n"))
    (conflict,) = found.conflicts
    assert (conflict.stated, conflict.computed) == (25, 20)


def test_payments_use_the_earliest_rows_of_a_fund_with_carry_over(tmp_path: Path) -> None:
    rows = "1,paid,,,,,,Aid,PL,procurement,Shells,150\n"
    instance, actuals = read(tmp_path / "w", rows)
    found = money.follow(instance, actuals)
    assert [(budget.year, budget.amount) for budget in found.budgets["Aid"]] == [(2025, 0), (2026, 4950)]
    overdrawn = money.follow(*read(tmp_path / "v", rows.replace("150", "9000")))
    assert [conflict.stated for conflict in overdrawn.conflicts] == [9000]


def test_orders_are_what_the_last_plan_completes_within_the_lead_time(tmp_path: Path) -> None:
    instance, actuals = read(tmp_path / "w", "1,made,Shells,,,,,,,,,8\n")
    found = position(instance, actuals, LastPlan({("Shells", 0): 8.0, ("Shells", 1): 12.0, ("Shells", 2): 7.0}))
    assert {key: order.quantity for key, order in found.orders.placed.items()} == {("Shells", 1): 12.0}


def test_silence_and_missing_payments_are_named(tmp_path: Path) -> None:
    instance, actuals = read(tmp_path / "w", "1,made,Shells,,,,,,,,,8\n", now=2)
    gaps = position(instance, actuals, LastPlan()).gaps
    assert [(gap.where, gap.what) for gap in gaps] == [
        ("2026-02", "nothing was reported"),
        ("2026-01", "no payment was reported"),
    ]


@pytest.mark.parametrize(
    ("rows", "now", "word"),
    [
        ("", None, "empty"),
        ("3,made,Shells,,,,,,,,,8\n", 2, "next plan"),
        ("6,made,Shells,,,,,,,,,8\n", None, "expected"),
    ],
)
def test_actuals_that_make_no_start_are_refused(tmp_path: Path, rows: str, now: int | None, word: str) -> None:
    with pytest.raises(InputError, match=word):
        read(tmp_path / "w", rows, now)


def test_a_start_outside_the_horizon_is_wrong_usage_and_told_with_the_range(tmp_path: Path) -> None:
    for number, now in enumerate((0, 6, -3)):
        with pytest.raises(
            UsageError, match=r"^--now: the next plan would start in .*a period from 2026-02 to 2026-06$"
        ):
            read(tmp_path / str(number), "1,made,Shells,,,,,,,,,8\n", now)


def test_a_single_period_has_no_next_plan(tmp_path: Path) -> None:
    one = "key,value\nstart,2026-01\nperiods,1\nobjective,lexicographic\n"
    demand = "demand,destination,item,period,quantity\nSpring,Works,shell,1,10\n"
    with pytest.raises(UsageError, match=r"^--now: the workbook has one period, 2026-01; expected several"):
        read(tmp_path / "w", "1,made,Shells,,,,,,,,,8\n", 1, Settings=one, Demand=demand)


def test_whose_payment_it_was_must_be_said(tmp_path: Path) -> None:
    budgets = "fund,contributor,year,amount\nAid,PL,2026,100\nAid,UA,2026,100\n"
    with pytest.raises(InputError, match="several contributors"):
        read(tmp_path / "w", "1,paid,,,,,,Aid,,procurement,Shells,10\n", Budgets=budgets)


def test_nothing_reported_leaves_the_state_as_typed(tmp_path: Path) -> None:
    instance, _ = read(tmp_path / "w", "1,made,Shells,,,,,,,,,8\n")
    found = stocks.follow(instance, Actuals(1))
    assert sum(found.held["shell", "Works"].values()) == 5


def test_what_rounded_reports_leave_is_no_stock(tmp_path: Path) -> None:
    """Of 20 000 made all but a hundred-thousandth is reported as sent: rounding. A count of it would hold."""
    rows = "1,made,Powder,,,,,,,,,20000\n1,shipped,,Road,,powder,,,,,,20059.99999\n"
    assert stocks.follow(*read(tmp_path / "w", rows)).held["powder", "Works"] == {}
    counted = rows + "1,stock,,,Works,powder,,,,,,0.00001\n"
    assert sum(stocks.follow(*read(tmp_path / "v", counted)).held["powder", "Works"].values()) == pytest.approx(1e-5)
