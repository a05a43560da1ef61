"""The rolled input, worked by hand: locks, commitments, names, windows in the past, capacity, events, both forms."""

from __future__ import annotations

from pathlib import Path

import pytest
from replan_worlds import write

from planner.domain.instance import PlanningInstance
from planner.replan.position.actuals import read_actuals
from planner.replan.position.last_plan import LastPlan
from planner.replan.position.position import Position, position
from planner.replan.rolled.input import rolled_input
from planner.replan.rolled.rolling import ReplanTerms
from planner.workbook import interpret
from planner.workbook.reading.raw import read_raw
from planner.workbook.reading.reader import read_tables
from planner.workbook.write.convert import write_workbook

pytestmark = pytest.mark.usefixtures("without_reports")

HEAD = "period,kind,line,route,origin,node,item,demand,expansion,fund,contributor,cost_type,object,quantity\n"


def rolled(
    folder: Path, rows: str, now: int, last: LastPlan | None = None, excel: bool = False, periods: int | None = None,
    **tables: str,
) -> tuple[PlanningInstance, Position]:  # fmt: skip
    """The instance of the input rolled to period `now` (0-based), and the position it was rolled from."""
    source = write(folder / "typed", Actuals=HEAD + rows, **tables)
    if excel:
        write_workbook(source, folder / "typed.xlsx")
        source = folder / "typed.xlsx"
    raw = read_raw(source)
    reading = interpret(raw)
    assert reading.instance is not None, reading.faults
    book = read_tables(raw)
    state = position(reading.instance, read_actuals(book, reading.instance, now), last or LastPlan())
    made = rolled_input(book, reading.instance, state, last, ReplanTerms(periods=periods), folder / "rolled")
    made.write(folder / "rolled")
    assert read_raw(folder / "rolled") == made.raw
    found = interpret(made.raw)
    assert found.instance is not None, found.faults
    return found.instance, state


@pytest.mark.parametrize("excel", [False, True])
def test_locks_are_less_what_happened_and_past_ones_are_over(tmp_path: Path, excel: bool) -> None:
    """Of 30 shells in all by May 8 are made: 22 are left. A lock of January is over in February; one a month goes on.
    A lock without a name keeps the name of its row."""
    locks = (
        "lock,kind,line,from,to,per,quantity,minimum,maximum\n"
        "All,make,Shells,1,5,total,30,,\nOver,make,Shells,1,1,period,8,,\n,make,Powder,1,6,period,,,50\n"
    )
    instance, _ = rolled(tmp_path, "1,made,Shells,,,,,,,,,,,8\n", 1, excel=excel, Locks=locks)
    left = {lock.name: (lock.periods, lock.minimum, lock.maximum) for lock in instance.locks}
    assert left == {"All": (range(4), 22, 22), "Lock 4": (range(5), None, 50)}


def test_a_lock_that_more_has_happened_than_is_a_conflict_and_allows_nothing_more(tmp_path: Path) -> None:
    locks = "lock,kind,line,per,maximum\nCap,make,Shells,total,5\n"
    instance, state = rolled(tmp_path, "1,made,Shells,,,,,,,,,,,8\n", 1, Locks=locks)
    assert instance.locks[0].maximum == 0
    assert [(found.where, found.stated, found.computed) for found in state.locks.conflicts] == [("Cap", 8, 5)]


def test_payments_locked_by_year_are_less_those_of_the_year_that_has_begun(tmp_path: Path) -> None:
    """Nine months from October: 100 a fiscal year at most. 30 are paid in October; 70 are left of 2026, 100 of 2027."""
    settings = "key,value\nstart,2026-10\nperiods,9\n"
    demand = "demand,destination,item,period,quantity\nLate,Kyiv,shell,2027-06,5\n"
    budgets = "fund,contributor,year,amount\nAid,PL,2026,500\nAid,PL,2027,500\n"
    locks = "lock,kind,fund,maximum\nCap,pay,Aid,100\n"
    instance, _ = rolled(tmp_path, "1,paid,,,,,,,,Aid,PL,procurement,Shells,30\n", 1, Settings=settings,
                         Demand=demand, Budgets=budgets, Locks=locks)  # fmt: skip
    left = {lock.name: (lock.periods, lock.maximum) for lock in instance.locks}
    assert left == {"Cap": (range(2), 70), "Cap, from 2027-01": (range(2, 8), 100)}


def test_what_a_fund_committed_last_year_pays_for_the_order_when_it_is_completed(tmp_path: Path) -> None:
    """Twelve shells ordered in December for January at 10 each, half of it in advance. Aid counts orders and had 200 in
    2026: 120 are committed, 60 of them paid. 60 are still there for January; the 80 that were left of 2026 are lost."""
    settings = "key,value\nstart,2026-12\nperiods,4\n"
    demand = "demand,destination,item,period,quantity\nLate,Kyiv,shell,2027-03,5\n"
    funds, budgets = "fund,basis\nAid,commitment\n", "fund,contributor,year,amount\nAid,PL,2026,200\n"
    last = LastPlan({("Shells", 1): 12.0}, payments={("Aid", "PL", "Shells", 2027): 60.0})
    instance, _ = rolled(tmp_path, "1,paid,,,,,,,,Aid,PL,procurement,Shells,60\n", 1, last, Settings=settings,
                         Demand=demand, Funds=funds, Budgets=budgets)  # fmt: skip
    left = {budget.year: budget.amount for budget in instance.funds["Aid"].budgets}
    assert left == pytest.approx({2026: 80, 2027: 60})
    assert instance.lines["Shells"].orders[0].quantity == 12


def test_capacity_that_was_bought_is_there_when_it_is_ready_also_after_the_workbooks_end(tmp_path: Path) -> None:
    """Five more a month, bought in January and ready in March; April's own capacity is 3. One of at most 8 is left."""
    expansions = "expansion,line,cost,lead_time,limit\nMore,Shells,100,2,8\n"
    capacity = "object,period,quantity\nShells,4,3\n"
    rows = "1,bought,,,,,,,More,,,,,5\n"
    instance, _ = rolled(tmp_path, rows, 1, Expansions=expansions, Capacity=capacity, periods=6)
    assert instance.lines["Shells"].capacity == (20, 25, 8, 25, 25, 25)
    assert instance.expansions["More"].limit == 3


def test_an_overdue_demand_keeps_its_name_however_often_it_is_rolled(tmp_path: Path) -> None:
    rows = "1,made,Shells,,,,,,,,,,,2\n"
    instance, _ = rolled(tmp_path / "one", rows, 3)
    assert [(demand.name, demand.due) for demand in instance.demands][:1] == [("Spring, due 2026-03", -1)]
    again = read_raw(tmp_path / "one" / "rolled")
    book, before = read_tables(again), interpret(again).instance
    assert before is not None
    state = position(before, read_actuals(book, before, 1), LastPlan())
    assert ("Spring, due 2026-03", -1) in state.backlog.lost  # a month later it is too late


def test_an_event_of_the_past_and_numbered_periods_mean_what_they_meant(tmp_path: Path) -> None:
    """The ceasefire was in February; what opens a month after it, and what opens in period 5, still does."""
    nodes = "node,kind,nation,opens\nWorks,factory,PL,\nDepot,depot,PL,ceasefire+1\nKyiv,destination,UA,\n"
    routes = "route,origin,destination,lead_time,cost,opens\nRail,Works,Kyiv,2,1,\nRoad,Works,Depot,0,1,5\n"
    events = "event,period\nceasefire,2\n"
    instance, _ = rolled(tmp_path, "1,made,Shells,,,,,,,,,,,2\n", 1, Nodes=nodes, Routes=routes, Events=events)
    assert (instance.nodes["Depot"].open, instance.legs["Road"].open) == (range(1, 5), range(3, 5))


def test_goods_in_a_node_that_closes_are_written_off(tmp_path: Path) -> None:
    nodes = "node,kind,nation,closes\nWorks,factory,PL,\nDepot,depot,PL,1\nKyiv,destination,UA,\n"
    rows = "1,shipped,,Road,,,shell,,,,,,,3\n"
    instance, state = rolled(tmp_path, rows, 1, Nodes=nodes)
    assert state.stocks.expired["shell", "Depot"] == 3
    assert not any(supply.node == "Depot" for supply in instance.supplies)


def test_the_way_back_of_a_route_is_told_by_its_origin(tmp_path: Path) -> None:
    routes = "origin,destination,mode,lead_time,both_ways\nWorks,Kyiv,rail,2,yes\nDepot,Works,road,0,yes\n"
    rows = "1,shipped,,Depot>Works:road,Works,,shell,,,,,,,3\n"
    last = LastPlan(shipments={("Depot>Works:road", "Works", "shell", 2): 1.0})
    instance, state = rolled(tmp_path, rows, 1, last, Routes=routes)
    assert sum(state.stocks.held["shell", "Depot"].values()) == 3
    (leg,) = {leg for _, leg, _ in instance.previous.shipments}
    assert instance.legs[leg].origin == "Works"


@pytest.mark.parametrize(
    ("length", "start", "due"), [("week", "2026-01-05", "2026-02-02"), ("quarter", "2026-01", "2027-01")]
)
def test_weeks_and_quarters_roll_as_months_do(tmp_path: Path, length: str, start: str, due: str) -> None:
    settings = f"key,value\nstart,{start}\nperiods,6\nperiod_length,{length}\n"
    demand = "demand,destination,item,period,quantity\nLate,Kyiv,shell,5,7\n"
    instance, _ = rolled(tmp_path, "2,made,Shells,,,,,,,,,,,2\n", 2, Settings=settings, Demand=demand)
    assert instance.horizon.periods == 4
    assert [(d.due, instance.horizon.first_day(d.due).isoformat()[: len(due)]) for d in instance.demands] == [(2, due)]


def test_a_ceiling_in_another_currency_is_less_what_was_paid(tmp_path: Path) -> None:
    """A ceiling of 100 dollars at 0.5; 20 euros are paid: 30 euros, 60 dollars, are left."""
    funds = "fund,ceiling,currency\nAid,100,USD\n"
    rows = "1,paid,,,,,,,,Aid,PL,procurement,Shells,20\n"
    instance, _ = rolled(tmp_path, rows, 1, Funds=funds, Currencies="currency,rate\nUSD,0.5\n")
    assert instance.funds["Aid"].ceiling == pytest.approx(30)


@pytest.mark.parametrize("lines", [True, False])
def test_a_last_plan_of_nothing_is_kept_to_as_well(tmp_path: Path, lines: bool) -> None:
    """What it did not do is a departure, by a row of 0; where there was no plan before, nothing is."""
    none = {} if lines else {"Items": "item,value\nshell,1\npowder,1\n", "Lines": "factory,item\n"}
    instance, _ = rolled(tmp_path / "a plan", "", 1, LastPlan(), **none)
    assert instance.previous
    assert {*instance.previous.production.values(), *instance.previous.shipments.values()} == {0.0}
    assert bool(instance.previous.production) == lines
    assert not rolled(tmp_path / "no plan", "", 1, None, **none)[0].previous
