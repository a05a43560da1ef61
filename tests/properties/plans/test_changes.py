"""What solving again after a change rests on: right-hand sides set anew are those of a model built anew, and the
optimum from the base's basis is that of a solve from nothing.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.catalogue import load
from planner.domain.instance import NodeItem, PlanningInstance, RouteItem, Tranche
from planner.domain.reach import Reach
from planner.domain.rules import Lock
from planner.errors import NoPlanError
from planner.formulation.build import build, fill
from planner.formulation.model.model import Model
from planner.formulation.model.rhs_update import BOUND_FIELDS, rhs_update
from planner.plan import solve
from planner.plan.again.kept_levels import kept_levels
from planner.plan.again.warm_start import LIMITS_ONLY, WarmStart
from planner.plan.plan import Plan
from planner.plan.program import Program
from planner.workbook import read_instance
from tests.seeds import only_long, seeds
from tests.worlds.worlds import random_world, write_world

OBJECTIVES = ("weighted", "lexicographic")
SEEDS = seeds(4, 300)
Change = tuple[str, str]  # collection, field


def moved(rng: random.Random, value: Any, wild: bool = False) -> Any:
    """Another number of the kind, or a profile with some others; `wild`: perhaps 0, or a limit that was none."""
    if isinstance(value, tuple):
        return tuple(moved(rng, each, wild) if rng.random() < 0.5 else each for each in value)
    if value is None or value == float("inf"):
        return rng.choice([value, 7.0]) if wild else value
    if value == 0:
        return rng.choice([0.0, 0.5]) if wild else value
    return rng.choice([0.5, 0.9, 1.1, 2.0, *([0.0] if wild else [])]) * value


def changed_field(rng: random.Random, instance: PlanningInstance, change: Change) -> PlanningInstance | None:
    """The instance with a field of some of its things changed; None where it has no such things."""
    collection, name = change
    things = getattr(instance, collection)
    if not things:
        return None
    wild = rng.random() < 0.3

    def turn(thing: Any) -> Any:
        if rng.random() < 0.4:
            return thing
        if name in {"budgets", "tranches"}:
            changed = tuple(replace(each, amount=moved(rng, each.amount, wild)) for each in getattr(thing, name))
            return replace(thing, **{name: changed})
        if name in {"minimum", "maximum"} and thing.minimum is not None and thing.minimum == thing.maximum:
            fixed = moved(rng, thing.minimum, wild)
            return replace(thing, minimum=fixed, maximum=fixed)
        return replace(thing, **{name: moved(rng, getattr(thing, name), wild)})

    if isinstance(things, Mapping):
        return replace(instance, **{collection: {key: turn(thing) for key, thing in things.items()}})
    return replace(instance, **{collection: tuple(turn(thing) for thing in things)})


def dearer(rng: random.Random, instance: PlanningInstance) -> PlanningInstance:
    lines = {name: replace(line, unit_cost=moved(rng, line.unit_cost)) for name, line in instance.lines.items()}
    return replace(instance, lines=lines)


def without_a_line(rng: random.Random, instance: PlanningInstance) -> PlanningInstance:
    gone = rng.choice(sorted(instance.lines))
    lines = {name: line for name, line in instance.lines.items() if name != gone}
    expansions = {name: one for name, one in instance.expansions.items() if (one.kind, one.object) != ("line", gone)}
    return replace(instance, lines=lines, expansions=expansions)


def later_deliveries(_: random.Random, instance: PlanningInstance) -> PlanningInstance:
    periods = instance.horizon.periods
    demands = (replace(d, window=range(d.due, min(d.window.stop + 1, periods))) for d in instance.demands)
    return replace(instance, demands=tuple(demands))


OTHERS: tuple[Callable[[random.Random, PlanningInstance], PlanningInstance], ...] = (
    dearer,
    without_a_line,
    later_deliveries,
)
ALL_FIELDS = [(collection, name) for collection, names in BOUND_FIELDS.items() for name in names]


def world(seed: int, objective: str, folder: Path) -> PlanningInstance:
    """A random world, with a storage and a capacity of an item's own, with locks, and tranches of its funds."""
    instance = read_instance(write_world(random_world(seed, objective), folder))
    own = {("shell", "D1"): NodeItem(storage=4.0 + seed % 5)}
    route_items = {("shell", "D1-X"): RouteItem(capacity=3.0 + seed % 4)}
    whole = range(instance.horizon.periods)
    locks = (
        Lock("at least", "make", whole, total=True, minimum=0.5, item="shell"),
        Lock("at most", "ship", whole, maximum=6.0 + seed % 3, route="F1-D1"),
    )
    tranche = Tranche(whole.stop // 2, 50.0 + 10 * (seed % 5))
    funds = {name: replace(fund, tranches=(tranche,)) for name, fund in instance.funds.items()}
    return replace(instance, node_items=own, route_items=route_items, locks=locks, funds=funds)


def built_again(model: Model, instance: PlanningInstance) -> Program:
    """The program of an instance from nothing, in the money unit of a model."""
    again = Model(instance, model.catalogue, Reach(instance, embargo=model.catalogue.enabled("forbid"), closed=True))
    again.money_unit = model.money_unit
    fill(again)
    return Program.of(again)


@pytest.mark.parametrize(("worlds", "least"), [(16, 1), pytest.param(60, 2, marks=pytest.mark.long)])
def test_set_anew_is_built_anew(tmp_path: Path, worlds: int, least: int) -> None:
    served: Counter[Change] = Counter()
    for seed in range(worlds):
        instance = world(seed, OBJECTIVES[seed % 2], tmp_path / str(seed))
        model = build(instance, load("full"))
        program, rng = Program.of(model), random.Random(seed)
        for change in ALL_FIELDS:
            changed = changed_field(rng, instance, change)
            found = rhs_update(model, changed) if changed is not None else None
            if changed is None or found is None:
                continue
            anew, again = program.with_rhs(changed, found), built_again(model, changed)
            for name in ("row_lower", "row_upper", "start", "index", "value"):
                assert np.array_equal(getattr(anew.lp, name), getattr(again.lp, name)), (seed, change, name)
            for (one, costs), (other, same) in zip(anew.levels, again.levels, strict=True):
                assert one == other
                assert np.array_equal(costs, same), (seed, change, one)
            for family, rows in again.model.rows.items():
                assert list(anew.model.rows[family].items()) == list(rows.items())
            for family, columns in again.model.columns.items():
                assert list(anew.model.columns[family]) == list(columns)
            served[change] += found.rows.size > 0
    assert {change for change in ALL_FIELDS if served[change] < least} == set()


@pytest.mark.parametrize("change", [dearer, without_a_line, later_deliveries])
def test_what_is_no_limit_is_built_again(
    tmp_path: Path, change: Callable[[random.Random, PlanningInstance], PlanningInstance]
) -> None:
    instance = world(2, "weighted", tmp_path / "world")
    changed = change(random.Random(1), instance)
    assert changed != instance
    assert rhs_update(build(instance, load("full")), changed) is None


def test_a_limit_that_comes_or_goes_is_built_again(tmp_path: Path) -> None:
    instance = world(1, "weighted", tmp_path / "world")
    model = build(instance, load("full"))
    name, leg = next((name, leg) for name, leg in instance.legs.items() if leg.capacity_m3 < float("inf"))
    for capacity, alone in ((1.0, True), (float("inf"), False)):
        legs = {**instance.legs, name: replace(leg, capacity_m3=capacity)}
        assert (rhs_update(model, replace(instance, legs=legs)) is not None) == alone


def values(make: Callable[[], Plan]) -> list[float | None] | str:
    try:
        return [level.value for level in make().levels]
    except NoPlanError as failure:
        return failure.status


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("seed", SEEDS)
def test_from_the_base_is_from_nothing(tmp_path: Path, seed: int, objective: str) -> None:
    instance = world(seed, objective, tmp_path / "world")
    try:
        warm_start = WarmStart(instance)
    except NoPlanError:
        pytest.skip("this world has no plan")
    rng = random.Random(seed)
    changes = [changed_field(rng, instance, change) for change in rng.sample(ALL_FIELDS, 4)]
    changes += [rng.choice(OTHERS)(rng, instance)]
    for changed in changes:
        if changed is not None:
            found = values(lambda changed=changed: warm_start.solve_changed(changed))  # type: ignore[misc]
            afresh = values(lambda changed=changed: solve(changed))  # type: ignore[misc]
            assert isinstance(found, str) == isinstance(afresh, str), (found, afresh)
            assert found == afresh or found == pytest.approx(afresh, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("pivots", [1000, 2], ids=["by pivots", "afresh"])
@pytest.mark.parametrize("seed", seeds(4, 100))
def test_levels_that_the_duals_of_the_base_prove(
    tmp_path: Path, seed: int, pivots: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of a large program: the first levels from their duals, the others after them, by few pivots or afresh; each as
    from nothing.
    """
    monkeypatch.setattr("planner.plan.again.kept_levels.NEAR_PIVOTS", pivots)
    instance = world(seed, "lexicographic", tmp_path / "world")
    try:
        base = WarmStart(instance)
    except NoPlanError:
        pytest.skip("this world has no plan")
    base.proves_by_duals = not base.optimum.held_by_rows
    kept: list[int] = []

    def counted(*asked: Any) -> Any:
        found = kept_levels(*asked)
        kept.append(len(found[0]))
        return found

    monkeypatch.setattr("planner.plan.again.kept_levels.kept_levels", counted)
    rng = random.Random(seed)
    changes = [instance, *(changed_field(rng, instance, change) for change in rng.sample(ALL_FIELDS, 4))]
    changes += [change(rng, instance) for change in OTHERS]
    for changed in changes:
        if changed is not None:
            found = values(lambda changed=changed: base.solve_changed(changed))  # type: ignore[misc]
            afresh = values(lambda changed=changed: solve(changed))  # type: ignore[misc]
            assert isinstance(found, str) == isinstance(afresh, str), (found, afresh)
            assert found == afresh or found == pytest.approx(afresh, rel=1e-6, abs=1e-6)
    assert not base.proves_by_duals or kept[0] == len(base.optimum.levels), "what is not changed is proved at once"


@pytest.mark.parametrize("seed", [4, 15, *only_long([5, 13, 21])])
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_what_was_solved_before_changes_no_table(tmp_path: Path, seed: int, objective: str) -> None:
    instance = world(seed, objective, tmp_path / "world")
    rng = random.Random(seed)
    changes = [
        changed_field(rng, instance, (where, what))
        for where, what in (("demands", "quantity"), ("funds", "budgets"), ("legs", "capacity_t"))
    ]
    wanted = [change for change in changes if change is not None]
    one, other = WarmStart(instance), WarmStart(instance)

    def tables(warm_start: WarmStart, changed: PlanningInstance) -> tuple[str, dict[str, str]] | str:
        try:
            plan = warm_start.solve_changed(changed)
        except NoPlanError as failure:
            return failure.status
        return plan.how, {name: table.to_csv() for name, table in plan.tables.items()}

    forward = [tables(one, changed) for changed in wanted]
    backward = [tables(other, changed) for changed in reversed(wanted)]
    assert forward == backward[::-1]
    assert any(found[0] == LIMITS_ONLY for found in forward)
