"""Random worlds: the program finds what the contract, written down once more as one plain LP, says.

The plain LP has every index and no pruning, splits payments by period, and shares nothing with the program but
the solver; so it finds over-tight rows and over-eager pruning, which a check of the plan alone cannot.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from plain.answer import answer
from plain.random_world import WorldMaker
from plain.rewritten import rewritten
from plain.world import write_world

from planner.errors import NoPlanError
from planner.plan import Plan, solve
from planner.verify import verify
from planner.workbook import read
from tests.seeds import seeds

REFUSED = ("nothing that the lock names can be", "which is frozen (Settings, frozen)")


def compare(seed: int, folder: Path, rewrite: bool = False, uneven: bool = False) -> bool:
    """Whether there is a plan; it must be worth what the plain LP says, and pass the independent check.

    With `rewrite` the program reads the world as somebody else would type it; `uneven`: a world where more rules meet.
    """
    tables = WorldMaker(seed, uneven).tables
    path = write_world(rewritten(tables, seed) if rewrite else tables, folder)
    expected = answer(tables)
    reading = read(path)
    if reading.instance is None:  # locks, or frozen rows, that no plan could keep: the plain LP must have none either
        assert all(any(why in fault.message for why in REFUSED) for fault in reading.faults)
        assert expected is None
        return False
    try:
        plan = solve(reading.instance)
    except NoPlanError:
        assert expected is None
        return False
    assert expected is not None
    # A level without data is skipped; in the plain LP it is 0.
    best = {**dict.fromkeys(expected, 0.0), **{level.name: level.bound for level in plan.levels}}
    assert best == pytest.approx(expected, rel=1e-6, abs=1e-6)
    for level in plan.levels:
        assert level.value is not None
        given_back = plan.instance.settings.level_tolerance if level is not plan.levels[-1] else 0.0
        slack = (given_back + 1e-6) * max(1.0, abs(expected[level.name]))
        assert -1e-6 * max(1.0, abs(expected[level.name])) <= level.value - expected[level.name] <= slack, level.name
    _assert_verified(path, plan)
    return True


def _assert_verified(path: Path, plan: Plan) -> None:
    levels = [{"name": level.name, "value": level.value} for level in plan.levels]
    objective = levels[0]["value"] if plan.instance.settings.objective == "weighted" else levels
    verification = verify(path, plan.tables, {"objective": objective})
    assert verification.passed, verification.summary()


@pytest.mark.parametrize("seed", seeds(20, 40))
def test_a_random_world(seed: int, tmp_path: Path) -> None:
    compare(seed, tmp_path / "world")


@pytest.mark.parametrize("seed", seeds(15, 60))
def test_a_random_world_as_others_would_type_it(seed: int, tmp_path: Path) -> None:
    compare(100 + seed, tmp_path / "world", rewrite=True)


@pytest.mark.parametrize("seed", seeds(8, 200))
def test_a_random_world_where_more_rules_meet(seed: int, tmp_path: Path) -> None:
    compare(seed, tmp_path / "world", rewrite=seed % 3 == 1, uneven=True)


@pytest.mark.long
def test_a_thousand_random_worlds(tmp_path: Path) -> None:
    planned = [compare(seed, tmp_path / f"world {seed}", rewrite=seed % 2 == 1) for seed in range(1000, 2000)]
    assert sum(planned) > 600  # most worlds have a plan
    assert not all(planned)
