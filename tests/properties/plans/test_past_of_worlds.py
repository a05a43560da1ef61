"""Rules about sums with a past, on random worlds: pruning, lazy funds, a second solver and the independent checker agree."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.domain.history_slack import CountedRule, lacks
from tests.seeds import seeds
from tests.worlds.agreement import OBJECTIVES, agree, instance_of, values
from tests.worlds.partners import partner_world
from tests.worlds.worlds import Row, World

SEEDS = seeds(5, 300)


def world_with_past(seed: int, objective: str = "weighted") -> World:
    """A random world with rules among partners, and things that happened in the two periods before it."""
    world = partner_world(seed, objective)
    rng = random.Random(f"past {seed}")
    for fund in world.get("Funds", ()):
        if fund["fund"] == "loan" and rng.random() < 0.5:
            fund.update(content_min=0.65, content_scope="fund")
    world["Actuals"] = list(_happened(rng, world))
    return world


def _happened(rng: random.Random, world: World) -> Iterator[Row]:
    start = next(str(row["value"]) for row in world["Settings"] if row["key"] == "start")
    year, month = int(start[:4]), int(start[5:7])
    before = [f"{year - (month <= back)}-{(month - back - 1) % 12 + 1:02d}" for back in (1, 2)]
    lines = [row.get("line") or f"{row['factory']}:{row['item']}" for row in world["Lines"]]
    types = {row["item"]: row.get("cost_type") or "procurement" for row in world["Items"]}
    of_line = {name: types[row["item"]] for name, row in zip(lines, world["Lines"], strict=True)}
    for name in lines:
        if rng.random() < 0.6:
            yield {"period": rng.choice(before), "kind": "made", "line": name, "quantity": rng.choice([1, 4, 20])}
    for route in ("F1-D1", "D1-X"):
        if rng.random() < 0.5:
            yield {"period": rng.choice(before), "kind": "shipped", "route": route, "item": "shell", "quantity": 5}
    if world.get("Expansions") and rng.random() < 0.5:
        yield {"period": before[0], "kind": "bought", "expansion": "more", "quantity": 2}
    for row in world.get("Budgets", ()):
        name = rng.choice(lines)
        if rng.random() < 0.4:
            yield {"period": rng.choice(before), "kind": "paid", "fund": row["fund"], "contributor": row["contributor"],
                   "cost_type": of_line[name], "object": name, "quantity": rng.choice([2, 10, 40])}  # fmt: skip


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_checker_a_second_solver_and_the_unpruned_model_agree(tmp_path: Path, seed: int, objective: str) -> None:
    agree(world_with_past(seed, objective), objective, tmp_path / "world", gap=1e-6)


def test_the_worlds_have_what_they_are_about(tmp_path: Path) -> None:
    """Each rule, and one about shares of a supply, lacks something in the past of one of them."""
    shares = {CountedRule.LARGEST_SHARE, CountedRule.SMALLEST_SHARE}
    each = set(CountedRule) - shares - {CountedRule.KEY_MAX}
    broken: set[CountedRule] = set()
    for seed in range(150):
        instance = instance_of(world_with_past(seed, "lexicographic"), tmp_path / f"{seed}")
        broken |= {rule for rule, _ in lacks(instance)}
        if broken >= each and broken & shares:
            return
    raise AssertionError(
        f"nothing is lacking of {', '.join(sorted(rule.name for rule in each - broken)) or 'shares of supply'}"
    )


def met_exactly(world: World) -> World:
    """The world with a third of each payment before the horizon, and rules that these payments meet to the last digit."""
    paid: dict[str, float] = {}
    for row in world["Actuals"]:
        row["quantity"] = float(row["quantity"]) / 3
        if row["kind"] == "paid":
            paid[str(row["contributor"])] = paid.get(str(row["contributor"]), 0.0) + row["quantity"]
    for row in world["Nations"]:
        row.pop("contribution_max", None)
        row["contribution_min"] = paid.get(str(row["nation"]), 0.0) / sum(paid.values()) if paid else 0.0
    return world


def as_reported(world: World) -> World:
    """The same with reports of six digits after the point."""
    rows = [{**row, "quantity": round(float(row["quantity"]), 6)} for row in world["Actuals"]]
    return world | {"Actuals": rows}


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("seed", seeds(4, 300))
def test_rounded_reports_leave_the_plan_that_exact_ones_have(tmp_path: Path, seed: int, objective: str) -> None:
    world = met_exactly(world_with_past(seed, objective))
    exact = values(instance_of(world, tmp_path / "exact"))
    rounded = values(instance_of(as_reported(world), tmp_path / "rounded"))
    if isinstance(exact, str) or isinstance(rounded, str):
        assert exact == rounded
    else:
        assert rounded == pytest.approx(exact, rel=1e-4, abs=1e-4)


def test_a_plan_is_not_stopped_by_the_last_digit_of_a_report(tmp_path: Path) -> None:
    """A and B paid 1/3 and 2/3 of EUR 1, as A must; the reports say 0.333333 and 0.666667. A has no money left, so nothing is bought: the
    one shell that is wanted, with a shortage cost of 20, is short."""
    world: World = {
        "Settings": [
            {"key": "start", "value": "2026-02"},
            {"key": "periods", "value": 2},
            {"key": "objective", "value": "weighted"},
        ],
        "Nations": [{"nation": "A", "contribution_min": 1 / 3}, {"nation": "B"}],
        "Items": [{"item": "shell"}],
        "Nodes": [{"node": "Works", "kind": "factory"}],
        "Lines": [{"line": "Press", "factory": "Works", "item": "shell", "unit_cost": 8, "capacity": 10}],
        "Demand": [{"destination": "Works", "item": "shell", "period": 1, "quantity": 1, "shortage_cost": 20}],
        "Funds": [{"fund": "Main"}],
        "Budgets": [
            {"fund": "Main", "contributor": "A", "year": 2026, "amount": 0},
            {"fund": "Main", "contributor": "B", "year": 2026, "amount": 100},
        ],
        "Actuals": [
            {"period": "2026-01", "kind": "paid", "fund": "Main", "contributor": name, "cost_type": "procurement", "object": "Press",
             "quantity": quantity} for name, quantity in (("A", 0.333333), ("B", 0.666667))
        ],
    }  # fmt: skip
    assert values(instance_of(world, tmp_path / "world")) == pytest.approx([20])
    agree(world, "weighted", tmp_path / "world2", gap=1e-6)
