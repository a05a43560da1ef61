"""A plan that pays more by a period than a tranche allows is found, by what its costs say; one that may is not."""

from __future__ import annotations

from pathlib import Path

import pytest

import planner
from planner.verify import verify

TABLES = {
    "Settings": "key,value\nstart,2026-11\nperiods,4\nobjective,weighted\n",
    "Items": "item\ngun\n",
    "Nodes": "node,kind,storage_t\nWorks,factory,0\n",
    "Lines": "line,factory,item,unit_cost\nGuns,Works,gun,10\n",
    "Funds": "fund,carry_over\nF,yes\n",
    "Budgets": "fund,year,amount\nF,2026,100\n",
    "Demand": "demand,destination,item,period,quantity\na,Works,gun,1,2\nb,Works,gun,2,1\nc,Works,gun,3,3\n",
}
PAID_BEFORE = "period,kind,fund,cost_type,object,quantity\n2026-10,paid,F,procurement,Guns,5\n"


@pytest.mark.parametrize(
    ("period", "amount", "over"),
    [
        ("2026-11", 20, 0),  # 2 guns of November
        ("2026-11", 19, 1),
        ("2026-12", 30, 0),  # and 1 of December
        ("2026-12", 26, 4),
        ("2027-01", 60, 0),  # and 3 of January, in the next fiscal year
        ("2027-01", 55, 5),
        ("2030-01", 1, 0),  # after the horizon: says nothing
        ("2026-06", 1, 0),  # before it
    ],
)
@pytest.mark.parametrize("before", [False, True])
def test_what_is_over_is_told(tmp_path: Path, period: str, amount: float, over: float, before: bool) -> None:
    tables = TABLES | ({"Actuals": PAID_BEFORE} if before else {})
    for name, text in tables.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    plan = planner.solve(planner.read(tmp_path))
    allowed = amount + 5 if before else amount
    (tmp_path / "Tranches.csv").write_text(f"fund,period,amount\nF,{period},{allowed}\n", encoding="utf-8")
    found = verify(tmp_path, plan.tables, {"objective": plan.levels[0].value})
    assert found.violations["fund_tranche"] == pytest.approx(over / (amount + over))  # relative to what is paid
    assert found.passed == (over == 0)
