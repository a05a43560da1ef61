"""A price is what a re-solve finds: every printed one, both sides, just beside the plan and as far as it holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isnan
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from planner.catalogue import load
from planner.errors import NoPlanError
from planner.formulation.build import build
from planner.plan.places import Places
from planner.plan.prices.limits import PricedLimit, limits
from planner.plan.prices.marginal import Marginal
from planner.plan.program import Program
from planner.solver.lexicographic import Optimum, optimise
from planner.solver.options import SolveOptions
from planner.workbook import read_instance
from tests.seeds import seeds
from tests.worlds.guarantee_worlds import guarantee_world
from tests.worlds.worlds import random_world, write_world

SEEDS = seeds(4, 300)
OPTIONS = SolveOptions()


@dataclass
class Base:
    """A world's program, its optimum, and the prices told of it."""

    program: Program
    optimum: Optimum
    limits: Mapping[
        tuple[Any, ...], PricedLimit | None
    ]  # by family, object, item, period; None where two are called so

    def changes(self, step: Mapping[int, float], amount: float) -> dict[str, float] | None:
        """By how much each level changes where right-hand sides move by amount × step; None: no plan is left."""
        session, rows = self.program.session(OPTIONS), np.array(list(step), dtype=np.intp)
        _, _, lower, upper = session.model_bounds
        before = np.where(np.isfinite(lower[rows]), lower[rows], upper[rows])
        session.set_right_hand_sides(rows, before + amount * np.array(list(step.values())))
        try:
            found = optimise(session, self.program.levels, 0.0, None)
        except NoPlanError:
            return None
        pairs = zip(found.levels, self.optimum.levels, strict=True)
        return {one.name: one.value - other.value for one, other in pairs}

    def noise(self, level: str) -> float:
        value = next(found.value for found in self.optimum.levels if found.name == level)
        return 1e-7 * max(1.0, abs(value))


def base_of(seed: int, folder: Path) -> Base | None:
    """None where the world has no plan. Half of the worlds are weighted."""
    return base_of_world(random_world(seed, "weighted" if seed % 2 else "lexicographic"), folder)


def base_of_world(world: Any, folder: Path) -> Base | None:
    program = Program.of(build(read_instance(write_world(world, folder)), load("full")))
    try:
        optimum = program.optimum(program.session(OPTIONS), program.lazy_funds(OPTIONS), OPTIONS)
    except NoPlanError:
        return None
    places, found = Places(program.model), {}
    for limit in limits(program.model):
        key = (limit.family, *places.of(limit.family, limit.key))
        found[key] = None if key in found else limit
    return Base(program, optimum, found)


def sides(row: Any, limit: PricedLimit) -> Iterator[tuple[Mapping[int, float], float, float]]:
    """(step, slope of the level by the price, how far it holds) of one more and one less."""
    sign = -1.0 if limit.helps else 1.0
    yield limit.step, sign * row.price, row.range_more
    if not limit.is_empty:
        yield limit.less, -sign * row.one_less, row.range_less


@pytest.mark.parametrize("seed", SEEDS)
def test_every_price_is_what_a_further_unit_brings(seed: int, tmp_path: Path) -> None:
    base = base_of(seed, tmp_path)
    if base is not None:
        holds(base)


@pytest.mark.parametrize("seed", seeds(2, 100))
def test_with_contingencies_too(seed: int, tmp_path: Path) -> None:
    """A figure moves the rows of responses too (`test_steps_of_prices`)."""
    base = base_of_world(guarantee_world(seed), tmp_path)
    if base is not None:
        holds(base)


@pytest.mark.parametrize("seed", seeds(6, 200))
def test_the_same_is_confirmed_where_each_level_is_proved_anew(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A basis that is optimal at each level with some right-hand sides is so with all with which it keeps the
    bounds.
    """
    base = base_of_world(guarantee_world(seed) if seed % 2 else random_world(seed, "lexicographic"), tmp_path)
    if base is None:
        return
    once, solve_levels = base.program.plan(base.optimum, {}, {}).tables["prices"], Marginal._solve_levels
    monkeypatch.setattr(Marginal, "_solve_levels", lambda self, _=False: solve_levels(self))
    pd.testing.assert_frame_equal(once, base.program.plan(base.optimum, {}, {}).tables["prices"])


def holds(base: Base) -> None:
    table = base.program.plan(base.optimum, {}, {}).tables["prices"]
    assert set(table["exact"]) <= {"yes"}
    found: dict[tuple[int, float], dict[str, float] | None] = {}  # levels that a limit moves are solved for together
    for row in table.itertuples():
        item = row.item if isinstance(row.item, str) else None
        key = (row.family, row.object, item, None if isnan(row.period) else int(row.period))
        limit = base.limits[key]
        for place, (step, slope, extent) in enumerate(sides(row, limit) if limit else ()):
            size = max(1.0, abs(limit.rhs)) if limit else 1.0
            most = size if isnan(extent) else min(extent, size)
            for amount in (1e-3 * most, most) if not isnan(slope) else (1e-3 * size,):
                asked = (2 * limit.row + place, amount) if limit else (0, 0.0)
                if asked not in found:
                    found[asked] = base.changes(step, amount)
                changed = found[asked]
                if isnan(slope):
                    assert changed is None, row
                else:
                    assert changed is not None, row
                    noise = base.noise(row.level)
                    assert changed[row.level] == pytest.approx(slope * amount, rel=1e-5, abs=noise), (row, amount)


def test_enough_worlds_have_prices(tmp_path: Path) -> None:
    """Among the worlds of the property there are prices of every kind:
    alike on both sides, not alike, without an end.
    """
    tables = []
    for seed in range(12):
        base = base_of(seed, tmp_path / str(seed))
        if base is not None:
            tables.append(base.program.plan(base.optimum, {}, {}).tables["prices"])
    count = sum(len(table) for table in tables)
    alike = sum(int((table["unique"] == "yes").sum()) for table in tables)
    series = sum(int(table["together"].notna().sum()) for table in tables)
    assert count > 150
    assert 40 < alike < count - 40
    assert series > 0
