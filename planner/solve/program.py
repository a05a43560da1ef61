"""A planning model with its objectives as HiGHS takes them, and the plan read off its optimum."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

from planner.domain.instance import PlanningInstance
from planner.formulation.model import Model
from planner.formulation.objective import Objective, objectives
from planner.formulation.rebound import Rebound
from planner.solve.cycles import without_cycles
from planner.solve.levels import Level, Optimum, cost_vector, optimise
from planner.solve.options import SolveOptions
from planner.solve.plan import LevelResult, Plan
from planner.solve.prices import level_unit, prices
from planner.solve.results import tables
from planner.solve.session import Arrays, Basis, ProgressListener, Session, Vector, arrays, other_sides
from planner.solve.settlement import Settlement, money_is_scarce

Targets = list[tuple[str, Objective]]


@dataclass(frozen=True)
class Program:
    """A model, what to minimise in which order, and its rows as arrays."""

    model: Model
    targets: Targets
    lp: Arrays

    @classmethod
    def of(cls, model: Model) -> Program:
        return cls(model, objectives(model), arrays(model))

    def until(self, level: str) -> Program:
        """The program without the levels that come after one; the whole where it has no such level."""
        names = [name for name, _ in self.targets]
        return replace(self, targets=self.targets[: names.index(level) + 1]) if level in names else self

    def rebounded(self, instance: PlanningInstance, rebound: Rebound) -> Program:
        """The program of a changed instance that differs in right-hand sides only."""
        model = copy(self.model)
        model.instance, model.bounds = instance, rebound.bounds
        lower, upper = self.lp.row_lower.copy(), self.lp.row_upper.copy()
        rows = rebound.rows
        lower[rows], upper[rows] = other_sides(lower[rows], upper[rows], rebound.values)
        return Program(model, self.targets, replace(self.lp, row_lower=lower, row_upper=upper))

    @property
    def levels(self) -> list[Level]:
        """(name, costs by column) of each objective level, in order."""
        return [(name, cost_vector(self.model, objective)) for name, objective in self.targets]

    @property
    def size(self) -> dict[str, int]:
        return {"rows": self.lp.rows, "columns": self.lp.columns, "nonzeros": len(self.lp.value)}

    def settings(self, options: SolveOptions) -> dict[str, Any]:
        """The options that HiGHS gets."""
        settings = dict(self.model.catalogue.solver)
        return settings if options.threads is None else settings | {"threads": options.threads}

    def session(self, options: SolveOptions, listener: ProgressListener | None = None) -> Session:
        """The LP loaded into HiGHS."""
        return Session(self.lp, self.settings(options), listener)

    def settlement(self, options: SolveOptions) -> Settlement | None:
        """Who pays, by convention; None where money is not limited."""
        if not self.model.instance.money_is_limited:
            return None
        return Settlement(self.model, self.lp, self.settings(options))

    def optimum(
        self, session: Session, settlement: Settlement | None, options: SolveOptions, keep_basis: bool = False
    ) -> Optimum:
        """Solve from nothing; raises as `optimise`."""
        instance = self.model.instance
        scarce = settlement is not None and session.is_large and money_is_scarce(instance)
        lazy = settlement if options.lazy_funds and not scarce else None
        if lazy is not None:
            lazy.relax(session)
        tolerance = instance.settings.level_tolerance
        return optimise(
            session, self.levels, tolerance, options.time_limit, lazy, interior_point=scarce, keep_basis=keep_basis
        )

    def optimum_from(self, session: Session, start: Basis, options: SolveOptions, interior_point: bool) -> Optimum:
        """Solve from a basis near the optimum; raises as `optimise`. `interior_point`: what to fall back on."""
        tolerance = self.model.instance.settings.level_tolerance
        fallback = interior_point and session.is_large
        return optimise(session, self.levels, tolerance, options.time_limit, interior_point=fallback, start=start)

    def tidied(self, optimum: Optimum, settlement: Settlement | None) -> Vector:
        """The plan without circular shipments, and with who pays settled by convention."""
        kept = [level.costs for level in optimum.levels]
        for costly in (True, False) if optimum.unfinished else (False,):
            values: Vector | None = without_cycles(self.model, optimum.values, costly)
            if settlement is not None and values is not None:
                values = settlement.settle(values, kept)
            if values is not None:
                return values
        return optimum.values

    def plan(
        self, optimum: Optimum, seconds: Mapping[str, float], counts: Mapping[str, Any], priced: bool = True
    ) -> Plan:
        """The plan of an optimum (whose values are tidied), as tables; `priced`: with shadow prices."""
        made = tables(self.model, optimum.values)
        if priced:
            made["prices"] = prices(self.model, optimum.levels)
        return Plan(
            instance=self.model.instance,
            tables=made,
            levels=tuple(self._level_results(optimum)),
            status="feasible" if optimum.unfinished else "optimal",
            kind="LP",
            counts=counts,
            seconds=seconds,
        )

    def _level_results(self, optimum: Optimum) -> Iterator[LevelResult]:
        model = self.model
        numbers = model.catalogue.level_numbers
        titles = {level.name: (numbers[level.name], level.title) for level in model.catalogue.levels}
        solved = {level.name: level for level in optimum.levels}
        for name, objective in self.targets:
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
