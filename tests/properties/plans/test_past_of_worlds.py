"""Rules about sums with a past, on random worlds:
pruning, lazy funds, a second solver and the independent checker agree.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.domain.history_slack import CountedRule, lacks
from tests.seeds import seeds
from tests.worlds.agreement import OBJECTIVES, agree, instance_of
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
