"""Random tiny worlds under stress: what changes in place is what a program built anew of the varied input has."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.analysis.stress.answering import Answering
from planner.analysis.stress.done import Done, done_by
from planner.analysis.stress.drawing import Vector, numbers
from planner.analysis.stress.responses import PlanUnderStress, answered, tasks
from planner.domain.contingency.contingencies import Case
from planner.domain.contingency.uncertainty import Uncertainty, whole_periods
from planner.domain.fixed_plan import FixedQuantity, GivenKey, GivenPlan
from planner.domain.instance import PlanningInstance
from planner.errors import NoPlanError
from planner.options.cluster import crew
from planner.plan import SolveOptions, solve
from planner.plan.again.fixed_plan import complete
from planner.plan.again.warm_start import WarmStart
from planner.plan.plan import Plan
from planner.run.tables import read_tables, write_tables
from planner.tolerances import NOISE
from planner.verify import verify
from planner.workbook import read
from tests.seeds import only_long, seeds
from tests.workers import worker_processes
from tests.worlds.guarantee_worlds import guarantee_world
from tests.worlds.worlds import World, write_world

WHATS = ("surge", "demand", "stock", "yield", "capacity", "delay")


def busy_world(seed: int) -> World:
    """A random world whose responses have much to do, and means to do it with."""
    world, rng = guarantee_world(seed), random.Random(f"busy {seed}")
    for route in world["Routes"]:
        route |= {"lead_time": rng.choice([0, 0, 1]), "capacity_m3": "", "opens": "", "closes": "", "nations": ""}
    for node in world["Nodes"]:
        node |= {"storage_t": "", "storage_m3": "", "throughput_t": "", "closes": ""}
        node["access"] = node.get("access", "") if rng.random() < 0.3 else ""
    world["Lines"] = [
        {"line": f"L{item}", "factory": "F", "item": item, "unit_cost": 1, "capacity": rng.choice([4, 8]),
         "ramp": rng.choice(["", 3]), "yield": rng.choice([1, 0.5]), "resource": rng.choice(["", "shop"]),
         "order_lead_time": rng.choice([0, 0, 1, 2])}
        for item in ("round", "powder", "drum")
    ]  # fmt: skip
    world["Components"] = [{"item": "round", "component": "powder", "quantity": rng.choice([0.5, 1])}]
    world["Expansions"] = [{"expansion": "more", "line": "Lround", "cost": 1, "limit": 4}]
    world["Stocks"] += [{"node": node, "item": item, "quantity": rng.choice([6, 10])}
                        for node, item in (("D", "round"), ("E", "round"), ("D", "powder"), ("E", "drum"))]  # fmt: skip
    for row in world["Contingencies"]:
        row |= {"period": rng.choice(["1; 3", "2; 3", "3"]), "window": 3, "probability": 0.5, "money": ""}
        row["coverage"] = rng.choice(["", 0.5])
    for row in world["Surge"]:
        row["quantity"] = rng.choice([9, 20])
    return world


def planned(seed: int, folder: Path, uncertainties: tuple[Uncertainty, ...]) -> tuple[Plan, PlanUnderStress] | None:
    """A world with its plan, or None where it has none."""
    reading = read(write_world(busy_world(seed), folder / f"world {seed}"))
    assert reading.instance is not None, [str(fault) for fault in reading.faults]
    instance = replace(reading.instance, uncertainties=uncertainties)
    try:
        plan = solve(instance, priced=False)
    except NoPlanError:
        return None
    standing = PlanUnderStress(instance, "full", True, {})
    return plan, replace(standing, done=done_by(plan.tables, standing.reach))


def rows(rng: random.Random, instance: PlanningInstance, whats: tuple[str, ...]) -> tuple[Uncertainty, ...]:
    """One or two rows of each kind, which may be about the same things."""
    known = {
        "surge": [*instance.contingencies, *instance.nodes],
        "demand": [*(demand.name for demand in instance.demands), *instance.nodes],
        "stock": list(instance.nodes),
        "yield": list(instance.lines),
        "capacity": list(instance.lines),
        "delay": sorted({leg.route for leg in instance.legs.values()}),
    }
    found = []
    for what in whats:
        for number in range(rng.randint(1, 2)):
            low, high = (0.0, 2.4) if what == "delay" else (0.4, 1.6)
            some = frozenset(rng.sample(known[what], min(len(known[what]), 2))) if rng.random() < 0.5 else None
            items = frozenset(rng.sample(list(instance.items), 1)) if what != "delay" and rng.random() < 0.3 else None
            found.append(Uncertainty(f"{what} {number}", what, low, 1.0, high, some, items))
    return tuple(found)


def built_anew(standing: PlanUnderStress, number: int, drawn: Vector) -> Vector:
    """The figures of a case whose input, and whose plan, is varied before its program is built."""
    instance, case = standing.instance, standing.instance.cases[number]
    varied = replace(standing, instance=varied_input(instance, case, drawn), done=varied_plan(standing, case, drawn))
    delays = {
        leg.name: sum(whole_periods(x) for one, x in zip(instance.uncertainties, drawn, strict=True) if one.delays(leg))
        for leg in instance.legs.values()
    }
    rows_of_delay = tuple(
        Uncertainty(name, "delay", 0, 0, 0, frozenset({leg.route})) for name, leg in instance.legs.items()
    )
    by_route = {leg.route: delays[leg.name] for leg in instance.legs.values()}
    once = tuple(dict.fromkeys((row.names, row) for row in rows_of_delay))
    unique = {next(iter(names)): row for names, row in once if names}
    whole = replace(varied, instance=replace(varied.instance, uncertainties=tuple(unique.values())))
    program = whole.program(number, tuple(by_route[route] for route in unique))
    return np.array(Answering(program, whole.settings).answer(np.ones(len(unique))))


def factor(instance: PlanningInstance, drawn: Vector, concerned: object) -> float:
    found = 1.0
    for one, number in zip(instance.uncertainties, drawn, strict=True):
        if concerned(one):  # type: ignore[operator]
            found *= float(number)
    return found


def varied_input(instance: PlanningInstance, case: Case, drawn: Vector) -> PlanningInstance:
    contingencies = {
        name: replace(
            own,
            surges=tuple(
                replace(
                    surge,
                    quantity=surge.quantity
                    * factor(
                        instance, drawn, lambda one, s=surge, n=name: one.concerns_surge(n, s.destination, s.item)
                    ),
                )
                for surge in own.surges
            ),
        )
        for name, own in instance.contingencies.items()
    }
    lines = {}
    for name, line in instance.lines.items():
        capacity = factor(instance, drawn, lambda one, line=line: one.concerns_line("capacity", line))
        yields = factor(instance, drawn, lambda one, line=line: one.concerns_line("yield", line))
        lines[name] = replace(
            line, yield_=line.yield_ * yields, capacity=tuple(own if own == inf else own * capacity for own in line.capacity)
        )  # fmt: skip
    return replace(
        instance,
        contingencies=contingencies,
        lines=lines,
        demands=tuple(
            replace(demand, quantity=demand.quantity * factor(instance, drawn, lambda one, d=demand: one.concerns_demand(d)))
            for demand in instance.demands
        ),
        supplies=tuple(
            replace(
                supply,
                quantity=supply.quantity
                * factor(instance, drawn, lambda one, s=supply: one.concerns_stock(s.item, s.node)),
            )
            if supply.opening and case.begin == 0
            else supply
            for supply in instance.supplies
        ),
    )  # fmt: skip


def varied_plan(standing: PlanUnderStress, case: Case, drawn: Vector) -> Done:
    """Stock when the response begins; orders, and the rate before it, in good units of the varied yield; what was
    bought for lines, with their capacity."""
    instance, done = standing.instance, standing.done
    made, bought = {}, {}
    for (name, period), quantity in done["production"].items():
        line = instance.lines[name]
        yields = factor(instance, drawn, lambda one, line=line: one.concerns_line("yield", line))
        capacity = factor(instance, drawn, lambda one, line=line: one.concerns_line("capacity", line))
        made[name, period] = quantity * yields * (min(capacity, 1.0) if period >= case.begin else 1.0)
    for (name, period), quantity in done["expansion"].items():
        line = instance.lines.get(instance.expansions[name].object)
        capacity = (
            1.0 if line is None else factor(instance, drawn, lambda one, own=line: one.concerns_line("capacity", own))
        )
        bought[name, period] = quantity * capacity
    stock = {
        key: quantity * factor(instance, drawn, lambda one, key=key: one.concerns_stock(key[0], key[1]))
        for key, quantity in done["stock"].items()
    }
    return {**done, "production": made, "expansion": bought, "stock": stock}


def compare(seed: int, folder: Path, whats: tuple[str, ...]) -> int:
    """How many responses were answered in place and anew, and found to be the same."""
    rng = random.Random(f"{seed} {whats}")
    found = planned(seed, folder, ())
    if found is None:
        return 0
    uncertainties = rows(rng, found[1].instance, whats)
    standing = replace(found[1], instance=replace(found[1].instance, uncertainties=uncertainties))
    drawn = np.array([[rng.uniform(one.low, one.high) for one in uncertainties] for _ in range(3)])
    work = tasks(standing.instance, drawn)
    with crew() as team:
        figures = answered(standing, work, drawn, team, lambda _: None)
    count = 0
    for case in range(len(standing.instance.cases)):
        for draw, found_numbers in enumerate(drawn):
            anew = built_anew(standing, case, found_numbers)
            scale = 1e-7 * max(1.0, abs(anew[0]))
            assert abs(figures[case, draw, 0] - anew[0]) <= scale, (
                f"L of case {case}, draw {draw}: {figures[case, draw]} {anew}"
            )
            assert abs(figures[case, draw, 2] - anew[2]) <= 1e-7 * max(1.0, abs(anew[2])), (
                f"lack of case {case}, draw {draw}"
            )
            count += 1
    return count


@pytest.mark.parametrize("what", WHATS)
@pytest.mark.parametrize("seed", [7, 10, 22, *only_long(range(100))])
def test_in_place_as_built_anew(seed: int, what: str, tmp_path: Path) -> None:
    compare(seed, tmp_path, (what,))


@pytest.mark.parametrize("seed", seeds(4, 100))
def test_all_at_once_in_place_as_built_anew(seed: int, tmp_path: Path) -> None:
    compare(seed, tmp_path, WHATS)


@pytest.mark.parametrize("seed", seeds(8, 150))
def test_what_the_tables_say_is_what_the_plan_does(seed: int, tmp_path: Path) -> None:
    """Of goods that perish, and that are told apart by recipient, too; also of tables that were written and read."""
    instance = read(write_world(guarantee_world(seed), tmp_path / "world")).instance
    assert instance is not None
    try:
        warm_start = WarmStart(instance, priced=False)
    except NoPlanError:
        return
    model, values = warm_start.program.model, warm_start.optimum.values
    tables = warm_start.base_plan.tables
    write_tables(tables, tmp_path / "tables")
    for done in (done_by(tables, model.reach), done_by(read_tables(tmp_path / "tables"), model.reach)):
        for family in ("production", "expansion", "stock", "shipment"):
            columns = model.columns[family].items()
            does = {key: values[column] for key, column in columns if values[column] > NOISE}
            assert done[family] == pytest.approx(does, rel=1e-12, abs=0)


@pytest.mark.parametrize("seed", seeds(3, 60))
def test_as_the_plan_completed_and_verified(seed: int, tmp_path: Path) -> None:
    """A larger or smaller surge, and more capacity, written into the workbook: the plan as it stands, completed at
    best, has the figures of that draw in its table of cases, and the checker finds all its responses right."""
    rng = random.Random(f"completed {seed}")
    world = plain_world(seed)
    instance = read(write_world(world, tmp_path / "world")).instance
    assert instance is not None
    try:
        plan = solve(instance, priced=False)
    except NoPlanError:
        return
    surge, capacity = rng.choice([0.5, 1.3, 2.0]), rng.choice([1.0, 1.5])
    for row in world["Surge"]:
        row["quantity"] *= surge
    for row in world["Lines"]:
        row["capacity"] *= capacity
    changed = read(write_world(world, tmp_path / "changed")).instance
    assert changed is not None
    completed = complete(changed, given(instance, plan), SolveOptions())
    levels = [{"name": level.name, "value": level.value} for level in completed.levels]
    found = verify(tmp_path / "changed", completed.tables, {"objective": levels, "model": {"name": "full"}})
    assert found.passed, found.summary()
    fixed = (
        Uncertainty("s", "surge", surge, surge, surge),
        Uncertainty("c", "capacity", capacity, capacity, capacity),
    )
    standing = PlanUnderStress(replace(instance, uncertainties=fixed), "full", True, {})
    standing = replace(standing, done=done_by(plan.tables, standing.reach))
    drawn = np.array([[surge, capacity]])
    with crew() as team:
        figures = answered(standing, tasks(standing.instance, drawn), drawn, team, lambda _: None)
    cases = completed.tables["cases"]
    assert figures[:, 0, 0] == pytest.approx(cases["uncovered"].to_numpy(), rel=1e-6, abs=1e-6)
    assert figures[:, 0, 2] == pytest.approx(cases["lack"].to_numpy(), rel=1e-6, abs=1e-6)


def plain_world(seed: int) -> World:
    """A busy world whose plan is told in full by what is made, bought, sent and stored,
    and whose lines take no orders.
    """
    world = busy_world(seed)
    for settings in world["Settings"]:
        settings["value"] = {"objective": "lexicographic", "risk_weight": 0}.get(settings["key"], settings["value"])
    for row in [*world["Items"], *world["Nodes"], *world["Stocks"], *world["Lines"]]:
        for column in ("shelf_life", "access", "nation", "order_lead_time"):
            if column in row and "kind" not in row:
                row[column] = ""
        if "kind" in row:
            row["access"] = ""
    return world


def given(instance: PlanningInstance, plan: Plan) -> GivenPlan:
    """All that the plan does of goods and capacity."""
    tables, found = plan.tables, {}
    legs = {(leg.route, leg.origin, leg.destination): leg.name for leg in instance.legs.values()}
    keys: dict[str, Callable[[Any], GivenKey]] = {
        "production": lambda row: (row.line, row.period - 1),
        "shipments": lambda row: (row.item, legs[row.route, row.origin, row.destination], row.period - 1),
        "deliveries": lambda row: (row.demand, row.due - 1, row.period - 1),
        "investments": lambda row: (row.expansion, row.period - 1),
        "stocks": lambda row: (row.item, row.node, row.period - 1),
    }
    for name, key in keys.items():
        found[name] = {key(row): FixedQuantity(row.quantity, "") for row in tables[name].itertuples()}
    return GivenPlan(found)


@pytest.mark.long
def test_a_lost_worker_loses_no_draw(tmp_path: Path) -> None:
    """One of two workers is killed as soon as the first answers are in, and then the other one, too."""
    found = planned(7, tmp_path, ())
    assert found is not None
    uncertainties = rows(random.Random(7), found[1].instance, WHATS)
    standing = replace(found[1], instance=replace(found[1].instance, uncertainties=uncertainties))
    drawn = numbers(uncertainties, 1, 400)
    work = tasks(standing.instance, drawn)
    assert len(work) > 8
    with crew() as alone:
        expected = answered(standing, work, drawn, alone, lambda _: None)
    alive: list[int] = []

    def kill(_: object) -> None:
        if alive:
            os.kill(alive.pop(), signal.SIGKILL)

    with crew(2) as team:
        alive += worker_processes()
        assert len(alive) == 2
        figures = answered(standing, work, drawn, team, kill)
    assert alive == []
    assert figures.tobytes() == expected.tobytes()
