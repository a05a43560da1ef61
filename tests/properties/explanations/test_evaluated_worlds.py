"""On random worlds: what the optimum gives, in whole or in part, completes to the optimum;
more than is wanted breaks a rule.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.domain.fixed_plan import GivenPlan
from planner.errors import NoPlanError
from planner.plan import SolveOptions, solve
from planner.plan.again.fixed_plan import complete
from planner.run.tables import write_tables
from planner.workbook import read
from planner.workbook.write.plan_reader import read_plan
from tests.seeds import seeds
from tests.worlds.worlds import random_world, write_world

SEEDS = seeds(3, 200)
PARTS = (
    ("production", "shipments", "deliveries", "investments", "stocks", "scrap", "payments"),
    ("production",),
    ("deliveries", "investments"),
    ("shipments", "stocks"),
    ("payments",),
)


@pytest.mark.parametrize("objective", ["weighted", "lexicographic"])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_optimum_given_is_the_optimum(seed: int, objective: str, tmp_path: Path) -> None:
    reading = read(write_world(random_world(seed, objective), tmp_path / "world"))
    assert reading.instance is not None
    try:
        best = solve(reading.instance)
    except NoPlanError:
        pytest.skip("this world has no plan")
    if not any(len(best.tables[name]) for name in PARTS[0]):
        pytest.skip("the best is to do nothing")
    write_tables(best.tables, tmp_path / "plan")
    given = read_plan(tmp_path / "plan", reading.raw, reading.instance)
    for part in PARTS:
        kept = GivenPlan({name: table for name, table in given.tables.items() if name in part})
        found = complete(reading.instance, kept, SolveOptions())
        for one, other in zip(found.levels, best.levels, strict=True):
            assert one.value == pytest.approx(other.value, rel=1e-5, abs=1e-4), (part, one.name)


@pytest.mark.parametrize("seed", range(4))
def test_more_than_is_wanted_breaks_a_rule(seed: int, tmp_path: Path) -> None:
    reading = read(write_world(random_world(seed, "lexicographic"), tmp_path / "world"))
    assert reading.instance is not None
    demand = next(demand for demand in reading.instance.demands if demand.quantity > 0)
    (tmp_path / "plan").mkdir()
    row = f"{demand.name},{demand.due + 1},{demand.due + 1},{demand.quantity + 5}"
    (tmp_path / "plan" / "deliveries.csv").write_text(f"demand,due,period,quantity\n{row}\n", encoding="utf-8")
    given = read_plan(tmp_path / "plan", reading.raw, reading.instance)
    with pytest.raises(NoPlanError) as failure:
        complete(reading.instance, given, SolveOptions())
    said = failure.value.conflict
    causes = ("more are delivered than wanted", "nothing can be delivered", "more than there can be")
    assert any(cause in rule for rule in said for cause in causes), said
