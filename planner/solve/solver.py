"""From an instance to a plan: build, load, optimise level by level, and read the tables off."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pulp

from planner.catalogue import load
from planner.domain.instance import PlanningInstance
from planner.errors import NoPlanError
from planner.formulation.build import build
from planner.formulation.model import Model
from planner.formulation.objective import Objective, objectives
from planner.formulation.tally import size
from planner.solve.background import Background
from planner.solve.conflict import conflicting_rules
from planner.solve.cross_check import optimise_with_pulp
from planner.solve.cycles import without_cycles
from planner.solve.levels import Optimum, cost_vector, optimise
from planner.solve.options import SolveOptions
from planner.solve.plan import LevelResult, Plan
from planner.solve.prices import level_unit, prices
from planner.solve.results import tables
from planner.solve.session import Progress, ProgressListener, Session, Vector, arrays
from planner.solve.settlement import Settlement, money_is_scarce

Targets = list[tuple[str, Objective]]


def solve(
    instance: PlanningInstance, options: SolveOptions | None = None, progress: ProgressListener | None = None
) -> Plan:
    """The optimal plan of an instance.

    Raises NoPlanError (with the conflicting rules), SolverStoppedError (the first level was not finished),
    UsageError (unknown model or solver), KeyboardInterrupt.
    """
    options = options or SolveOptions()
    clock = _Clock(progress)
    with clock.phase("build"), _without_garbage_collection():
        catalogue = load(options.model)
        model = build(instance, catalogue, options.prune)
        targets = objectives(model)
    _write(model, targets, options)
    optimum, before_pruning = _optimise(model, targets, options, clock)
    with clock.phase("count"):
        counts = {**_size(model), "before_pruning": before_pruning.result()}
    with clock.phase("tables"), _without_garbage_collection():
        made = tables(model, optimum.values)
        if options.solver == "highs":
            made["prices"] = prices(model, optimum.levels)
    return Plan(
        instance=instance,
        tables=made,
        levels=tuple(_level_results(model, targets, optimum)),
        status="feasible" if optimum.unfinished else "optimal",
        kind="LP",
        counts=counts,
        seconds=clock.seconds,
    )


def _optimise(
    model: Model, targets: Targets, options: SolveOptions, clock: _Clock
) -> tuple[Optimum, Background[dict[str, int]]]:
    """The optimum, and the model's size before pruning, which is counted on a second core meanwhile."""
    instance = model.instance
    count = partial(size, instance, model.catalogue, prune=False)
    tolerance = instance.settings.level_tolerance
    if options.solver != "highs":
        with clock.phase("solve"):
            optimum = optimise_with_pulp(model, targets, options.solver, tolerance, options.time_limit)
            optimum.values = without_cycles(model, optimum.values, costly=False)
            return optimum, Background(count)
    settings = dict(model.catalogue.solver)
    if options.threads is not None:
        settings["threads"] = options.threads
    with clock.phase("load"), _without_garbage_collection():
        lp = arrays(model)
        session = Session(lp, settings, clock.progress)
        settlement = Settlement(model, lp, settings) if instance.money_is_limited else None
        scarce = settlement is not None and session.is_large and money_is_scarce(instance)
        lazy = settlement if options.lazy_funds and not scarce else None
        if lazy is not None:
            lazy.relax(session)
        vectors = [(name, cost_vector(model, objective)) for name, objective in targets]
    before_pruning = Background(count)
    with clock.phase("solve"):
        try:
            optimum = optimise(session, vectors, tolerance, options.time_limit, lazy, interior_point=scarce)
        except NoPlanError as failure:
            rules = conflicting_rules(model, session) if failure.status == "infeasible" else []
            raise NoPlanError(str(failure), rules, failure.status) from failure
    with clock.phase("settle"):
        optimum.values = _tidied(model, optimum, settlement)
    for names, seconds in optimum.solves:
        clock.seconds[f"solve {names}"] = clock.seconds.get(f"solve {names}", 0.0) + seconds
    return optimum, before_pruning


def _tidied(model: Model, optimum: Optimum, settlement: Settlement | None) -> Vector:
    """The plan without circular shipments, and with who pays settled by convention."""
    for costly in (True, False) if optimum.unfinished else (False,):
        values: Vector | None = without_cycles(model, optimum.values, costly)
        if settlement is not None and values is not None:
            values = settlement.settle(values)
        if values is not None:
            return values
    return optimum.values


def _size(model: Model) -> dict[str, Any]:
    nonzeros = sum(len(row.expr) for row in model.row_list)
    return {"rows": len(model.row_list), "columns": len(model.variables), "nonzeros": nonzeros}


def _level_results(model: Model, targets: Targets, optimum: Optimum) -> Iterator[LevelResult]:
    titles = {level.name: (place, level.title) for place, level in enumerate(model.catalogue.levels, 1)}
    solved = {level.name: level for level in optimum.levels}
    for name, objective in targets:
        place, title = titles.get(name, (0, "Weighted objective"))
        unit = level_unit(model, name)
        value = float(cost_vector(model, objective) @ optimum.values)
        if name not in solved:
            yield LevelResult(place, name, title, unit, value, None, None, "not optimised")
            continue
        level = solved[name]
        known = level.bound == level.bound  # a second solver gives no bound
        bound = min(level.bound, level.value) if known else None
        # The solver's gap: what is given back later, within the tolerance, is no lack of proof.
        gap = (level.value - bound) / max(1.0, abs(level.value)) if bound is not None else None
        yield LevelResult(
            place, name, title, unit, value, bound, gap, "optimal", level.outcome.iterations, level.outcome.seconds
        )


def _write(model: Model, targets: Targets, options: SolveOptions) -> None:
    """Write the problem with its first objective, on request."""
    if not (options.write_lp or options.write_mps):
        return
    objective = targets[0][1] if targets else {}
    model.problem.setObjective(pulp.LpAffineExpression(list(objective.items())))
    if options.write_lp:
        model.problem.writeLP(str(options.write_lp))
    if options.write_mps:
        model.problem.writeMPS(str(options.write_mps))


class _Clock:
    """Seconds per phase; tells the listener when a phase begins."""

    def __init__(self, listener: ProgressListener | None) -> None:
        self.seconds: dict[str, float] = {}
        self._listener = listener
        self._began = time.perf_counter()

    @property
    def progress(self) -> ProgressListener | None:
        return self._listener

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        began = time.perf_counter()
        if self._listener:
            self._listener(Progress(name, seconds=began - self._began))
        try:
            yield
        finally:
            self.seconds[name] = time.perf_counter() - began


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Millions of small objects that all stay alive: collecting in between only costs time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
