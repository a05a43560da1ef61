"""What the last plan paid by when, where its payments are told by year."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.replan.position.as_planned import as_planned
from planner.run.pipeline import solve_workbook
from planner.run.recorded.load import load_run
from planner.workbook import read_instance
from tests.worlds.worlds import World, write_world

pytestmark = pytest.mark.usefixtures("without_reports")

# Ten shells of 8 EUR in each of four months; Late has its 160 EUR from March on, Early 160 from the start.
WORLD: World = {
    "Settings": [{"key": "start", "value": "2026-01"}, {"key": "periods", "value": 4}],
    "Items": [{"item": "shell", "value": 10}],
    "Nodes": [{"node": "Works", "kind": "factory", "storage_t": 0}],
    "Lines": [{"line": "Press", "factory": "Works", "item": "shell", "unit_cost": 8}],
    "Demand": [{"destination": "Works", "item": "shell", "period": month, "quantity": 10} for month in (1, 2, 3, 4)],
    "Funds": [{"fund": "Late", "kind": "grant"}, {"fund": "Early", "kind": "loan"}],
    "Budgets": [
        {"fund": "Late", "year": 2026, "amount": 160, "from": "2026-03"},
        {"fund": "Early", "year": 2026, "amount": 160, "from": ""},
    ],
}


@pytest.mark.parametrize(("now", "early", "late"), [(1, 80.0, 0.0), (2, 160.0, 0.0), (3, 160.0, 80.0)])
def test_money_is_taken_as_spent_only_while_it_is_there(tmp_path: Path, now: int, early: float, late: float) -> None:
    source = write_world(WORLD, tmp_path / "in")
    run = solve_workbook(source, tmp_path / "run")
    assert run.status == "optimal"
    paid = as_planned(load_run(tmp_path / "run"), read_instance(source), now).paid
    assert sum(amount for (fund, *_), amount in paid.items() if fund == "Early") == pytest.approx(early)
    assert sum(amount for (fund, *_), amount in paid.items() if fund == "Late") == pytest.approx(late)
