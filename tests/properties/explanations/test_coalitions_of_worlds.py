"""On random worlds: a coalition solved from the joint plan is as one solved afresh,
and a further member never hurts.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.analysis.fairness.coalitions import Coalitions
from planner.analysis.fairness.means import means_of, restricted
from planner.errors import NoPlanError
from planner.plan import solve
from planner.workbook import read_instance
from tests.seeds import seeds
from tests.worlds.worlds import random_world, write_world

SEEDS = seeds(2, 100)


@pytest.mark.parametrize("seed", SEEDS)
def test_coalitions(seed: int, tmp_path: Path) -> None:
    world = random_world(seed, "lexicographic")
    for line in world["Lines"]:
        line["min_rate"] = ""  # with it smaller coalitions may do what all together may not
    instance = read_instance(write_world(world, tmp_path / "world"))
    players = ("PL", "FR", "US", "UA")
    try:
        game = Coalitions(instance, players)
        values = {coalition: game.value(coalition) for coalition in range(16)}
    except NoPlanError:
        pytest.skip("some coalition has no plan")
    first = game.measure.levels[0]
    reached = {}
    for coalition in range(16):
        means = means_of(instance, players, game.names(coalition))
        plan = solve(restricted(instance, means))
        levels = {level.name: level.value or 0.0 for level in plan.levels}
        total = sum(levels[name] for name in game.measure.levels)
        assert game.reached(coalition) == pytest.approx(total, rel=1e-6, abs=1e-6)
        assert values[coalition] == pytest.approx(game.reached(0) - total, rel=1e-6, abs=1e-5)
        reached[coalition] = levels[first]
    for coalition in range(16):
        for player in range(4):
            larger = coalition | 1 << player
            assert reached[larger] <= reached[coalition] + 1e-6 * max(1.0, reached[coalition])
