"""A plan that was carried out to the letter goes on as it was: replanning changes nothing."""

from __future__ import annotations

import random
from pathlib import Path

import pandas as pd
import pytest

from planner.errors import NoPlanError
from planner.plan import SolveOptions
from planner.replan.position.as_planned import as_planned, cash_by_period
from planner.replan.replan import replan
from planner.replan.rolled.rolling import ReplanTerms
from planner.run.pipeline import RunResult, solve_workbook
from planner.run.recorded.load import load_run
from planner.verify import verify_run
from tests.benchmarks.replay.actuals import actuals_rows
from tests.seeds import seeds
from tests.worlds.guarantee_worlds import guarantee_world
from tests.worlds.partners import partner_world
from tests.worlds.worlds import World, random_world, write_world

pytestmark = pytest.mark.usefixtures("without_reports")

SEEDS = seeds(2, 250)
OBJECTIVES = ("lexicographic", "weighted")
# What docs/replanning.md says is not carried over the present: who benefits from payments, the age of goods (reports do
# not tell it); and days of supply, which look at the mean of what is left of the horizon.
AFRESH = {
    "Eligibility": ("beneficiaries",),
    "Targets": ("days_of_supply",),
    "Items": ("shelf_life",),
}


def continuing(seed: int, objective: str, partners: bool = False) -> World:
    """A random world (with rules among partners) without what begins afresh at the present."""
    world = partner_world(seed, objective) if partners else random_world(seed, objective)
    world.pop("Locks", None)  # a lock on a total is less what happened, whatever the plan meant to do later
    for table, columns in AFRESH.items():
        for row in world.get(table, []):
            for column in columns:
                row.pop(column, None)
    if any(fund.get("basis") == "commitment" for fund in world.get("Funds", [])):
        for line in world["Lines"]:  # a payment does not say how much of it is an advance
            line.pop("advance", None)
    world["Targets"] = [row for row in world.get("Targets", []) if row["quantity"] != ""]
    return world


def lived_through(world: World, seed: int, folder: Path) -> tuple[RunResult, int]:
    """The first plan, and the period 0…P − 1 up to which all went as planned; the world gets it as Actuals."""
    try:
        first = solve_workbook(write_world(world, folder / "world"), folder / "first")
    except NoPlanError:
        pytest.skip("this world has no plan")
    instance = first.plan.instance
    now = random.Random(seed).randint(1, instance.horizon.periods - 1)
    happened = as_planned(load_run(first.folder), instance, now)
    world["Actuals"] = list(actuals_rows(happened, instance))
    return first, now


@pytest.mark.parametrize("partners", [False, True])
@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("seed", SEEDS)
def test_what_went_to_plan_goes_on_as_planned(tmp_path: Path, seed: int, objective: str, partners: bool) -> None:
    world = continuing(seed, objective, partners)
    first, now = lived_through(world, seed, tmp_path)
    label = first.plan.instance.horizon.label(now)
    source = write_world(world, tmp_path / "later")
    result, memo = replan(first.folder, source, tmp_path / "next", ReplanTerms(), SolveOptions(), now=label)
    assert [conflict for conflict in memo.conflicts if conflict.kind != "gap"] == []
    assert verify_run(result.folder).passed
    same_shortfalls(first, result, now, memo.lost)
    if objective == "lexicographic":  # the weighted objective has no level that holds equally good plans apart
        assert memo.churn.departed == pytest.approx(0, abs=1e-5), memo.churn.rows
        same_cost(first, result, now)


def test_limits_that_meet_to_the_last_digit_are_no_conflict(tmp_path: Path) -> None:
    """Money that least rates of production use up, but for 1e-9: HiGHS's presolve finds no plan, its simplex does."""
    test_what_went_to_plan_goes_on_as_planned(tmp_path, 119, "lexicographic", partners=True)


@pytest.mark.parametrize("seed", seeds(2, 100))
def test_a_plan_with_contingencies_is_made_anew(tmp_path: Path, seed: int) -> None:
    """What disruptions took is not taken again, strikes that are over are none, and the count agrees with the plan."""
    world = guarantee_world(seed)
    first, now = lived_through(world, seed, tmp_path)
    source = write_world(world, tmp_path / "later")
    try:
        result, memo = replan(
            first.folder,
            source,
            tmp_path / "next",
            ReplanTerms(),
            SolveOptions(),
            now=first.plan.instance.horizon.label(now),
        )
    except NoPlanError:
        return  # what is promised of the rest of the horizon may be out of reach
    assert [conflict for conflict in memo.conflicts if conflict.kind != "gap"] == []
    assert verify_run(result.folder).passed


def same_shortfalls(first: RunResult, second: RunResult, now: int, lost: dict[tuple[str, int], float]) -> None:
    """What falls short is what the first plan said, shown at its original due period."""

    def short(run: RunResult, shift: int) -> dict[tuple[str, int], float]:
        table = run.tables["shortfalls"]
        return {
            (str(demand), int(due) - shift): float(quantity)
            for demand, due, quantity in table[["demand", "due", "quantity"]].itertuples(index=False)
        }

    after = short(second, 1) | lost
    assert sum(after.values()) == pytest.approx(sum(short(first, 1 + now).values()), abs=1e-5)


def same_cost(first: RunResult, second: RunResult, now: int) -> None:
    """Cost by table of what is left is that of the first plan (undiscounted)."""
    kept = stored(first, now), stored(second, 0)
    assert kept[1] <= kept[0] + 1e-5 * max(1.0, kept[0]), "storage"
    for name in ("production", "shipments", "investments"):
        rest = first.tables[name][first.tables[name]["period"] > now]
        assert total(second.tables[name]) <= total(rest) + 1e-5 * max(1.0, total(rest)), name


def stored(run: RunResult, after: int) -> float:
    """What holding and scrapping cost: the same money may be due for either."""
    costs = cash_by_period(load_run(run.folder), run.plan.instance)
    return sum(cost for (kind, _), due in costs.items() if kind == "storage" for t, cost in due.items() if t >= after)


def total(table: pd.DataFrame) -> float:
    return float(table["cost"].sum())
