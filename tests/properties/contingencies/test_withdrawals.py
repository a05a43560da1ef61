"""Random worlds without each of their things: from the plan's optimum the same as from nothing,
with the rows typed in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from planner.analysis.withdraw.checking import changed_input
from planner.analysis.withdraw.ranking import Damage
from planner.analysis.withdraw.things import Withdrawal, withdrawals
from planner.domain.instance import PlanningInstance
from planner.errors import NoPlanError
from planner.plan import SolveOptions, solve
from planner.plan.again import remainder
from planner.plan.again.remainder import TO_FIRST, UNUSED, Remainder, Remainders, Thing, level_optima
from planner.plan.again.warm_start import WarmStart
from planner.tolerances import close
from planner.verify import verify
from planner.workbook import read
from planner.workbook.reading.raw import read_raw
from tests.seeds import only_long, seeds
from tests.worlds.circling import circling_world
from tests.worlds.guarantee_worlds import guarantee_world
from tests.worlds.partners import partner_world
from tests.worlds.worlds import World, random_world, write_world

Values = dict[str, float]
MONEY_HELPS = 5  # a world in which more money is the remedy of something
DUTY_CEASES = 7  # a world in which other goods gain by what no longer must be done
KINDS = {"guarantees": guarantee_world, "plain": random_world, "partners": partner_world, "circling": circling_world}


def world_of(kind: str, seed: int) -> World:
    if kind == "guarantees":
        return guarantee_world(seed)
    return KINDS[kind](seed, "lexicographic" if seed % 2 else "weighted")  # type: ignore[call-arg]


def bench(world: World, folder: Path, prune: bool = True) -> WarmStart | None:
    """None where the world has no plan, or the reader finds that it cannot have one."""
    instance = read(write_world(world, folder)).instance
    if instance is None:
        return None
    try:
        return WarmStart(instance, SolveOptions(prune=prune), priced=False)
    except NoPlanError:
        return None


def things(instance: PlanningInstance) -> list[Withdrawal]:
    every = ["nation", "node", "line", "route", "mode", "fund"]
    return withdrawals(instance, every)


def from_nothing(world: World, taken: tuple[Thing, ...], period: int, folder: Path) -> Values | None:
    """The levels of the input with the rows added; None where no plan is left.

    Raises KeyError where it has such a row.
    """
    rows = [
        {"contingency": "", "kind": kind, "name": name, "from": str(period), "to": "", "factor": 0}
        for kind, name in taken
    ]
    reading = read(write_world({**world, "Disruptions": [*world.get("Disruptions", []), *rows]}, folder))
    if reading.instance is None:
        raise KeyError(taken)
    try:
        plan = solve(reading.instance, priced=False, explain=False)
    except NoPlanError:
        return None
    return level_optima(plan)


def same(found: Remainder, values: Values | None) -> bool:
    if found.values is None or values is None:
        return found.values is None and values is None
    names = {*found.values, *values}
    return all(close(found.values.get(name, 0.0), values.get(name, 0.0)) for name in names)


def only_less_is_possible(instance: PlanningInstance, one: Withdrawal) -> bool:
    """Of a line without duties, a route or a fund: nothing can be lost for free."""
    if one.kind == "line":
        return not (instance.lines[one.name].min_rate or instance.lines[one.name].orders)
    return one.kind in ("route", "mode", "fund")


@pytest.mark.parametrize("given_back", [0, 0.3])  # of a level, to later ones
@pytest.mark.parametrize("seed", seeds(1, 60))
@pytest.mark.parametrize("kind", KINDS)
def test_every_withdrawal_is_worth_what_the_changed_input_says(
    kind: str, seed: int, given_back: float, tmp_path: Path
) -> None:
    world = world_of(kind, seed)
    world["Settings"].append({"key": "level_tolerance", "value": given_back})
    base = bench(world, tmp_path / "base")
    if base is None:
        return
    instance, tried = base.base_plan.instance, 0
    for first in dict.fromkeys([0, seed % instance.horizon.periods]):
        remainders = Remainders(base, first, struck=False)
        for one in things(instance):
            found = remainders.without(one.things)
            try:
                values = from_nothing(world, one.things, first + 1, tmp_path / f"{first} {tried}")
            except KeyError:
                continue
            tried += 1
            assert same(found, values), (one.label, first, found, values)
            damage = Damage.of((one,), found, remainders.base)
            if only_less_is_possible(instance, one) and damage.first is not None:
                assert damage.damage[damage.first] > 0, (one.label, damage)
    assert tried


@pytest.mark.parametrize("struck", [False, True])
@pytest.mark.parametrize("seed", seeds(1, 60))
@pytest.mark.parametrize("kind", KINDS)
def test_up_to_the_first_level_that_differs_all_are_worth_the_same(
    kind: str, seed: int, struck: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of a large program, from the faces of the plan's levels; every other level by interior point."""
    base = bench(world_of(kind, 2 * seed + 1), tmp_path / "base", prune=not struck)  # of levels in order
    if base is None:
        return
    first = seed % base.base_plan.instance.horizon.periods
    whole = Remainders(base, first, struck)
    monkeypatch.setattr(remainder, "MOST_FOR_ALL", 0)
    base.optimum.by_interior_point = True
    base.optimum.levels = [replace(level, by_simplex=place % 2 == 0) for place, level in enumerate(base.optimum.levels)]
    partly = Remainders(base, first, struck)
    assert partly.is_to_first or base.optimum.held_by_rows or len(base.optimum.levels) == 1
    if not partly.is_to_first:
        return
    for one in things(base.base_plan.instance):
        right, found = whole.without(one.things), partly.without(one.things)
        if found.how != TO_FIRST:
            assert same(found, None if right.values is None else dict(right.values)), (one.label, found, right)
            continue
        assert found.values is not None, (one.label, found, right)
        assert right.values is not None, (one.label, found, right)
        assert all(close(value, right.values[name]) for name, value in found.values.items()), (one.label, found, right)
        differs = [not close(value, partly.base[name]) for name, value in found.values.items()]
        assert differs == [False] * (len(differs) - 1) + [True], (one.label, found, right)


@pytest.mark.parametrize("seed", seeds(2, 40))
@pytest.mark.parametrize("kind", KINDS)
def test_a_surprise_in_the_first_period_is_known_from_the_start(kind: str, seed: int, tmp_path: Path) -> None:
    base = bench(world_of(kind, seed), tmp_path / "base")
    if base is None:
        return
    known, struck = (Remainders(base, 0, struck) for struck in (False, True))
    for one in things(base.base_plan.instance):
        found = struck.without(one.things)
        assert same(found, None if (values := known.without(one.things).values) is None else dict(values)), one.label


@pytest.mark.parametrize("seed", seeds(3, 60))
@pytest.mark.parametrize("kind", KINDS)
def test_a_surprise_is_no_better_than_what_is_known(kind: str, seed: int, tmp_path: Path) -> None:
    """Where nothing can be lost for free, what is possible after a surprise is possible with foresight too."""
    base = bench(world_of(kind, seed), tmp_path / "base")
    if base is None:
        return
    instance = base.base_plan.instance
    first = 1 + seed % (instance.horizon.periods - 1)
    known, struck = (Remainders(base, first, struck) for struck in (False, True))
    for one in things(instance):
        if not only_less_is_possible(instance, one):
            continue
        foreseen, surprised = known.without(one.things), struck.without(one.things)
        if surprised.values is not None:
            assert foreseen.values is not None, one.label
            assert is_no_better(dict(surprised.values), dict(foreseen.values)), (one.label, surprised, foreseen)


def is_no_better(values: Values, than: Values) -> bool:
    """By the first level that differs."""
    first = next((name for name in than if not close(values[name], than[name])), None)
    return first is None or values[first] > than[first]


@pytest.mark.parametrize("seed", seeds(1, 30))
def test_pairs_are_worth_what_the_changed_input_says(seed: int, tmp_path: Path) -> None:
    world = guarantee_world(seed)
    base = bench(world, tmp_path / "base")
    if base is None:
        return
    remainders = Remainders(base, 0, struck=False)
    some = things(base.base_plan.instance)[seed % 3 :: 5]
    for number, (one, other) in enumerate(combinations(some, 2)):
        taken = (*one.things, *other.things)
        try:
            values = from_nothing(world, taken, 1, tmp_path / str(number))
        except KeyError:
            continue
        assert same(remainders.without(taken), values), (one.label, other.label)


def test_what_the_plan_does_not_use_is_mostly_told_without_a_solve(tmp_path: Path) -> None:
    hows = [how for seed in range(4) for how in used(guarantee_world(seed), tmp_path / str(seed))]
    assert 0.2 < sum(how == UNUSED for how in hows) / len(hows) < 0.95


def used(world: World, folder: Path) -> Iterator[str]:
    base = bench(world, folder)
    if base is not None:
        remainders = Remainders(base, 0, struck=False)
        yield from (remainders.without(one.things).how for one in things(base.base_plan.instance))


@pytest.mark.parametrize("seed", seeds(2, 40))
@pytest.mark.parametrize("kind", KINDS)
def test_plans_after_a_surprise_keep_the_rules_of_the_changed_input(kind: str, seed: int, tmp_path: Path) -> None:
    """The independent checker finds them right, but where goods were lost on their way:
    those are no plan of any input.
    """
    base = bench(world_of(kind, seed), tmp_path / "base")
    if base is None:
        return
    instance, raw = base.base_plan.instance, read_raw(tmp_path / "base")
    remainders = Remainders(base, 1 + seed % (instance.horizon.periods - 1), struck=True)
    for one in things(instance):
        found = remainders.without(one.things)
        if found.values is None or found.how == UNUSED:
            continue
        changed, after = changed_input(raw, remainders.hits(one.things))
        values, plan = remainders.after_surprise(one.things, after)
        assert same(found, dict(values)), one.label
        if plan is not None:
            levels: Any = [{"name": level.name, "value": level.value} for level in plan.levels]
            if plan.levels[0].name == "weighted":
                levels = plan.levels[0].value
            verification = verify(changed, plan.tables, {"objective": levels, "model": {"name": "full"}})
            assert verification.passed, (one.label, verification.first_failure)


@pytest.mark.parametrize("seed", [MONEY_HELPS, *only_long(range(30))])
def test_a_remedy_keeps_its_word(seed: int, tmp_path: Path) -> None:
    """The money of a fund, raised by half in the workbook, beside the withdrawal, makes good what was told."""
    world = random_world(seed, "lexicographic")
    base = bench(world, tmp_path / "base")
    if base is None:
        return
    remainders, tried = Remainders(base, 0, struck=False), 0
    for number, one in enumerate(things(base.base_plan.instance)):
        found = remainders.without(one.things)
        damage = Damage.of((one,), found, remainders.base)
        if found.values is None or not damage.hurts or damage.first is None or found.how == UNUSED:
            continue
        helps = remainders.help(one.things, damage.first)
        if helps is not None and helps.limit.family == "fund_limit":
            budgets = [
                {**row, "amount": 1.5 * row["amount"]} if row["fund"] == helps.limit.object else row
                for row in world["Budgets"]
            ]
            funds = [
                {**row, "ceiling": 1.5 * row["ceiling"]}
                if row["fund"] == helps.limit.object and row.get("ceiling") not in (None, "")
                else row
                for row in world["Funds"]
            ]
            values = from_nothing({**world, "Budgets": budgets, "Funds": funds}, one.things, 1, tmp_path / str(number))
            assert values is not None
            tried += 1
            for name, gain in helps.gain.items():
                assert values[name] == pytest.approx(found.values[name] - gain, rel=1e-6, abs=1e-6), (one.label, name)
    assert tried or seed != MONEY_HELPS


@pytest.mark.parametrize("struck", [False, True])
@pytest.mark.parametrize("seed", [DUTY_CEASES, *only_long(range(60))])
@pytest.mark.parametrize("kind", KINDS)
def test_the_damage_lies_between_its_bounds(
    kind: str, seed: int, struck: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of a large program: what levels before the first that may differ keep, and between what that one lies."""
    base = bench(world_of(kind, 2 * seed + 1), tmp_path / "base", prune=not struck)  # of levels in order
    if base is None:
        return
    first = seed % base.base_plan.instance.horizon.periods
    whole = Remainders(base, first, struck)
    monkeypatch.setattr(remainder, "MOST_FOR_ALL", 0)
    base.optimum.by_interior_point = True
    rough = Remainders(base, first, struck)
    assert rough.is_to_first or base.optimum.held_by_rows or len(base.optimum.levels) == 1
    if not rough.is_to_first:
        return
    for one in things(base.base_plan.instance):
        found, right = rough.roughly(one.things), whole.without(one.things)
        if right.values is None:
            assert found.values is None, (one.label, found)
            continue
        assert found.values is not None, (one.label, found, right)
        if found.between is None:
            assert all(close(value, right.values[name]) for name, value in found.values.items()), (
                one.label,
                found,
                right,
            )
            continue
        assert all(close(value, right.values[name]) for name, value in found.values.items()), (one.label, found, right)
        level = next(name for name in rough.base if name not in found.values)
        least, most, value = found.between.at_least, found.between.at_most, right.values[level]
        assert most is not None
        assert least <= value or close(least, value), (one.label, found, right)
        assert value <= most or close(value, most), (one.label, found, right)
