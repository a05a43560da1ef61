"""The rolled input tells its past from its news: rules about sums go on counting,
through a chain of re-optimisations.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from replan_worlds import write

from planner.domain.instance import PlanningInstance
from planner.domain.past import PastPayment, PastSupply
from planner.errors import InputError
from planner.replan.position.actuals import read_actuals
from planner.replan.position.last_plan import LastPlan
from planner.replan.position.position import position
from planner.replan.rolled.input import rolled_input
from planner.replan.rolled.rolling import ReplanTerms
from planner.replan.windows.long_run import solve_in_windows
from planner.replan.windows.windows import Windows
from planner.verify import verify_run
from planner.workbook import interpret
from planner.workbook.reading.raw import read_raw
from planner.workbook.reading.reader import read_tables
from tests.unit.replan.test_rolled import HEAD, rolled

pytestmark = pytest.mark.usefixtures("without_reports")

MADE = "{},made,Shells,,,,,,,,,,,{}\n"


def supplied(instance: PlanningInstance) -> dict[int, float]:
    """Period (0-based) -> units made before the horizon."""
    return {supply.period: supply.quantity for supply in instance.past.supplies if supply.kind == "made"}


def test_what_happened_is_past_in_the_rolled_input(tmp_path: Path) -> None:
    start, _ = rolled(tmp_path, MADE.format(1, 8) + MADE.format(2, 9), 2)
    assert supplied(start) == {-2: 8.0, -1: 9.0}
    assert all(isinstance(supply, PastSupply) for supply in start.past.supplies)


def test_what_was_past_stays_past_through_a_chain(tmp_path: Path) -> None:
    """November's 5 were past when the workbook began; January's 8 are after one roll, February's 3 after the second."""
    instance, _ = rolled(tmp_path, MADE.format("2025-11", 5) + MADE.format(1, 8), 1)
    assert supplied(instance) == {-3: 5.0, -1: 8.0}
    source = tmp_path / "rolled"
    with (source / "Actuals.csv").open("a", encoding="utf-8") as stream:
        header = (source / "Actuals.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
        cells = {"period": "2026-02", "kind": "made", "line": "Shells", "quantity": "3"}
        stream.write(",".join(cells.get(column, "") for column in header) + "\n")
    raw = read_raw(source)
    reading, book = interpret(raw), read_tables(raw)
    assert reading.instance is not None, reading.faults
    actuals = read_actuals(book, reading.instance, None)
    assert (actuals.now, dict(actuals.made)) == (1, {("Shells", 0): 3.0})
    state = position(reading.instance, actuals, LastPlan())
    again = interpret(rolled_input(book, reading.instance, state, LastPlan(), ReplanTerms(), tmp_path).raw).instance
    assert again is not None
    assert supplied(again) == {-4: 5.0, -2: 8.0, -1: 3.0}


def test_payments_keep_who_paid_for_what(tmp_path: Path) -> None:
    funds = {"Funds": "fund\nPot\n", "Budgets": "fund,contributor,year,amount\nPot,PL,2026,100\nPot,UA,2026,50\n"}
    paid = "1,paid,,,,,,,,Pot,PL,procurement,Shells,40\n"
    instance, _ = rolled(tmp_path, paid, 1, **funds)
    assert instance.past.payments == (
        PastPayment("Pot", "PL", "procurement", "Shells", -1, 2026, 40.0, instance.lines["Shells"].content),
    )


def test_nothing_since_the_workbook_starts_is_no_news(tmp_path: Path) -> None:
    raw = read_raw(write(tmp_path / "typed", Actuals=HEAD + MADE.format("2025-12", 5)))
    instance = interpret(raw).instance
    assert instance is not None
    with pytest.raises(InputError, match="nothing is reported since 2026-01"):
        read_actuals(read_tables(raw), instance, None)


def test_a_portfolio_holds_over_windows_together(tmp_path: Path) -> None:
    """The all-EU line opens in month 3: what the first window buys before lacks content, which later ones make up for.

    A missile a month, six in all, half-EU at 10 or all-EU at 12: 0.35 x 12 a >= 0.15 x 10 (6 - a) by the end, a >=
    30/19.
    """
    tables = {
        "Settings": "key,value\nstart,2026-01\nperiods,6\nobjective,lexicographic\n",
        "Nations": "nation,groups\nPL,EU\nUS,\n",
        "Items": "item\nmissile\n",
        "Nodes": "node,kind,nation,storage_t\nRadom,factory,PL,0\n",
        "Lines": "line,factory,item,unit_cost,content,opens\nAll,Radom,missile,12,,3\nHalf,Radom,missile,10,PL:0.5; US:0.5,\n",
        "Funds": "fund,content_group,content_min,content_scope\nSAFE,EU,0.65,fund\n",
        "Budgets": "fund,year,amount\nSAFE,2026,1000\n",
        "Demand": "demand,destination,item,1,2,3,4,5,6\nMissiles,Radom,missile,1,1,1,1,1,1\n",
    }
    source = tmp_path / "world"
    source.mkdir()
    for name, text in tables.items():
        (source / f"{name}.csv").write_text(text, encoding="utf-8")
    result = solve_in_windows(source, tmp_path / "plan", Windows(3, 1))
    assert verify_run(result.folder).passed
    made = result.tables["production"].groupby("line")["quantity"].sum()
    assert made["Half"] + made["All"] == pytest.approx(6)
    assert made["All"] == pytest.approx(30 / 19)
