"""No plan delivers more than the bound says."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.analysis.explain.bounds import bounds
from planner.errors import NoPlanError
from planner.plan import solve
from planner.workbook import read_instance
from tests.properties.explanations.test_attributed_worlds import world_of
from tests.seeds import seeds
from tests.worlds.worlds import write_world


@pytest.mark.parametrize("seed", seeds(6, 150))
def test_a_plan_lacks_at_least_what_the_bound_says(seed: int, tmp_path: Path) -> None:
    instance = read_instance(write_world(world_of(seed), tmp_path))
    try:
        plan = solve(instance, priced=False)
    except NoPlanError:
        return
    short = plan.tables["shortfalls"]
    short = short.assign(commitment=short["commitment"].fillna(""))
    lacking = short.groupby(["commitment", "item"])["quantity"].sum().to_dict()
    for bound in bounds(instance):
        least = bound.wanted - bound.most
        assert lacking.get((bound.commitment, bound.item), 0.0) >= least - 1e-6 * max(1.0, bound.wanted), bound
