"""A planning model with its objectives as HiGHS takes them, and the plan read off its optimum."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import fsum
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.catalogue import RESPONSE, load
from planner.domain.instance import PlanningInstance
from planner.errors import NoPlanError
from planner.formulation.build import build
from planner.formulation.goods.circulation import CIRCULATION, add_circulation
from planner.formulation.model.model import Model
from planner.formulation.model.rhs_update import RhsUpdate
from planner.formulation.money.common_procurement import COMMON_PROCUREMENT
from planner.formulation.objective import Objective, objectives
from planner.plan.attribution.attribution import Attribution, attribution
from planner.plan.inherited_violation import lacking, with_lacks
from planner.plan.places import level_unit
from planner.plan.plan import LevelResult, Plan
from planner.plan.prices.marginal import Marginal
from planner.plan.prices.prices import prices
from planner.plan.settle.cycles import without_cycles
from planner.plan.settle.departures import with_departures
from planner.plan.settle.lazy_funds import LazyFunds, money_is_scarce
from planner.plan.settle.measures import with_least_measures
from planner.plan.settle.spare_scrap import spare_scrap
from planner.plan.tables import tables
from planner.plan.worth.draws import draw_worth
from planner.solver.clock import TimeLeft, without_garbage_collection
from planner.solver.highs import (
    BASIC,
    INFINITY,
    VAST_NONZEROS,
    Arrays,
    Basis,
    HighsSession,
    ProgressListener,
    Vector,
    arrays,
    other_sides,
)
from planner.solver.lexicographic import (
    Level,
    Optimum,
    Recourse,
    SolvedLevel,
    cost_vector,
    inner,
    optimise,
    proved_in_order,
)
from planner.solver.memory import give_back_memory
from planner.solver.options import SolveOptions
from planner.solver.participation import Choice, choose, who_takes_part
from planner.tolerances import DRIFT, SAME

NONE = np.empty(0, dtype=np.intp)
# Columns that count what is missed of promises, and the worst cases.
COUNTING = ("lack", "tail_loss", "tail_start")
NO_EXACT_PRICES = "--time-limit: no time was left for exact prices of all limits; some are bounds, or not confirmed."
QUANTITIES = dict.fromkeys(("production", "shipments", "stocks", "deliveries"), "quantity") | {"payments": "amount"}
METHODS: dict[bool | None, str] = {True: "simplex", False: "interior point"}
Targets = list[tuple[str, Objective]]
SolveLevels = Callable[[HighsSession, float | None], Optimum]  # within so many seconds; None: however long


@dataclass(frozen=True)
class Program:
    """A model, what to minimise in which order, and its rows as arrays."""

    model: Model
    targets: Targets
    lp: Arrays
    _chosen: list[Choice] = field(default_factory=list, init=False, compare=False)  # at most one, when first needed

    @classmethod
    def of(cls, model: Model) -> Program:
        """The program of a model: its objective levels, and its columns and rows as arrays."""
        return cls(model, objectives(model), arrays(model))

    def until(self, level: str) -> Program:
        """The program without the levels that come after one; the whole where it has no such level."""
        names = [name for name, _ in self.targets]
        return replace(self, targets=self.targets[: names.index(level) + 1]) if level in names else self

    def with_rhs(self, instance: PlanningInstance, rhs_update: RhsUpdate) -> Program:
        """The program of a changed instance that differs in right-hand sides only."""
        model = copy(self.model)
        model.instance, model.bounds = instance, rhs_update.bounds
        lower, upper = self.lp.row_lower.copy(), self.lp.row_upper.copy()
        rows = rhs_update.rows
        lower[rows], upper[rows] = other_sides(lower[rows], upper[rows], rhs_update.values)
        return Program(model, self.targets, replace(self.lp, row_lower=lower, row_upper=upper))

    @property
    def is_all_of_model(self) -> bool:
        """Is it what its model says, so that the model of another instance says what becomes of it?"""
        return True

    @property
    def levels(self) -> list[Level]:
        """(name, costs by column) of each objective level, in order."""
        return [(name, cost_vector(self.model, objective)) for name, objective in self.targets]

    @property
    def size(self) -> dict[str, int]:
        """The number of `rows`, `columns` and `nonzeros`."""
        return {"rows": self.lp.rows, "columns": self.lp.columns, "nonzeros": len(self.lp.value)}

    def settings(self, options: SolveOptions) -> dict[str, Any]:
        """Name → value of the options that HiGHS gets."""
        settings = dict(self.model.catalogue.solver)
        return settings if options.threads is None else settings | {"threads": options.threads}

    def session(
        self, options: SolveOptions, listener: ProgressListener | None = None, deaf: bool = False
    ) -> HighsSession:
        """The LP loaded into HiGHS; `deaf` as of `QuietHighs`."""
        session = HighsSession(self.lp, self.settings(options), listener, deaf)
        if self._chosen:
            self._fix(session, self._chosen[0].values)
        return session

    def lazy_funds(self, options: SolveOptions) -> LazyFunds | None:
        """Who pays, by convention; None where money is not limited."""
        if not self.model.instance.money_is_limited:
            return None
        return LazyFunds(self.model, self.lp, self.settings(options))

    def optimum(
        self, session: HighsSession, lazy_funds: LazyFunds | None, options: SolveOptions, keep_basis: bool = False
    ) -> Optimum:
        """The optimum, solved without a start. Raises as `optimise`."""
        instance = self.model.instance
        scarce = lazy_funds is not None and session.is_large and money_is_scarce(instance)
        lazy = lazy_funds if options.lazy_funds and not scarce else None

        def solve_levels(loaded: HighsSession, seconds: float | None) -> Optimum:
            if lazy is not None:
                lazy.relax(loaded)
            tolerance = instance.settings.level_tolerance
            return optimise(
                loaded,
                self.levels,
                tolerance,
                seconds,
                lazy,
                scarce,
                keep_basis=keep_basis,
                spare=spare_scrap(self.model),
                checkpoints=options.checkpoints if loaded.is_large else None,
                recourse=self.recourse if len(self.lp.value) > VAST_NONZEROS else None,
            )

        return self._with_choices(_or_without_presolve(solve_levels), session, options)

    def optimum_from(
        self,
        session: HighsSession,
        start: Basis,
        options: SolveOptions,
        interior_point: bool,
        won: Mapping[str, bool] | None = None,
    ) -> Optimum:
        """Solve from a basis near the optimum; raises as `optimise`.

        `interior_point`: what to fall back on; `won` as there.
        """
        fallback = interior_point and session.is_large

        def solve_levels(loaded: HighsSession, seconds: float | None) -> Optimum:
            tolerance = self.model.instance.settings.level_tolerance
            return optimise(
                loaded,
                self.levels,
                tolerance,
                seconds,
                interior_point=fallback,
                start=start,
                spare=spare_scrap(self.model),
                won=won,
            )

        return self._with_choices(solve_levels, session, options)

    def optimum_at(self, session: HighsSession, plan: Plan, options: SolveOptions) -> Optimum | None:
        """The optimum of which the basis of a recorded `plan` is known, each level proved from there.

        None where the basis is not of this program, does not prove levels of these values, or leads to another plan
        that is as good.
        """
        start = None if plan.basis is None else self._fitting(plan.basis)
        known = {level.name: level for level in plan.levels if level.value is not None}
        if start is None or set(known) != {name for name, _ in self.targets}:
            return None
        proved = proved_in_order(session, self.levels, start, session.pivots_again, options.time_limit)
        if len(proved) == len(known) and not any(_moved(level.value, known[level.name].value) for level in proved):
            optimum = self._recorded_optimum(session, proved, start, known)
            made = tables(self.model, self.tidied(optimum, self.lazy_funds(options)))
            if _same_quantities(made, plan.tables, self.model.money_unit):
                return optimum
        session.restore()
        session.forget_basis()
        return None

    @staticmethod
    def _recorded_optimum(
        session: HighsSession, proved: Sequence[SolvedLevel], start: Basis, known: Mapping[str, LevelResult]
    ) -> Optimum:
        """The optimum of levels that a basis proves, found by the methods that the record says."""
        ways = {word: by_simplex for by_simplex, word in METHODS.items()}
        levels = [replace(level, by_simplex=ways.get(known[level.name].method or "")) for level in proved]
        by_interior_point = any(level.by_simplex is False for level in levels)
        optimum = Optimum(levels[-1].outcome.values, levels, basis=start, by_interior_point=by_interior_point)
        optimum.solves = [(f"proof of {level.name}", level.outcome.seconds) for level in levels]
        optimum.last_basis = session.basis()
        return optimum

    def _fitting(self, basis: Basis) -> Basis | None:
        """A basis of the same program, perhaps without rows of circulation,
        which an analysis may add behind all others.
        """
        added = self.lp.rows - len(basis.rows)
        if len(basis.columns) != self.lp.columns or not 0 <= added <= len(self.model.rows[CIRCULATION.name]):
            return None
        return Basis(basis.columns, np.concatenate([basis.rows, np.full(added, BASIC, dtype=np.int8)]))

    def optimum_after(
        self,
        held: Sequence[SolvedLevel],
        session: HighsSession,
        basis: Basis,
        options: SolveOptions,
        won: Mapping[str, bool],
    ) -> Optimum | None:
        """The levels after those `held`, which are held in the session, `basis` near their plan; None where there are
        none, or arithmetic does not bear it. Raises as `optimise`.
        """
        rest = self.levels[len(held) :]
        if not held:
            return None
        optimum = Optimum(held[-1].outcome.values, by_interior_point=True)
        if rest:
            try:
                optimum = optimise(
                    session,
                    rest,
                    0.0,
                    options.time_limit,
                    interior_point=session.is_large,
                    spare=spare_scrap(self.model),
                    guess_first=True,
                    won=won,
                )
            except NoPlanError:
                return None  # their faces are too tight for the arithmetic
        drifts = (abs(inner(level.costs, optimum.values) - level.value) / max(1.0, abs(level.value)) for level in held)
        if max(drifts) > DRIFT:
            return None
        optimum.levels = [*held, *optimum.levels]
        optimum.last_basis = session.basis() if rest else basis
        return optimum

    @property
    def kind(self) -> str:
        """LP, or MILP where there are choices to make."""
        return "MILP" if self.model.binaries else "LP"

    def _with_choices(
        self,
        solve_levels: SolveLevels,
        session: HighsSession,
        options: SolveOptions,
    ) -> Optimum:
        """The optimum over all choices. They are fixed in the session, which stays an LP.

        Mostly the plan without the rules on who takes part keeps them anyway, as all contributors pay in proportion:
        then no other can be better. Only where it does not is there something to choose.
        """
        if not self.model.binaries or self._chosen:
            optimum = solve_levels(session, options.time_limit)
            optimum.last_basis = session.basis()
            optimum.bounds = self._chosen[0].bounds if self._chosen else None
            return optimum
        began = time.perf_counter()
        loaded = self.session(options)
        for each in (loaded, session):  # where even so there is no plan, the caller's session can say why
            self._leave_out_choices(each)
        optimum = solve_levels(loaded, options.time_limit)
        optimum.last_basis = loaded.basis()
        taken = who_takes_part(self.model, self.tidied(optimum, self.lazy_funds(options)))
        if taken is not None:
            optimum.bounds = {level.name: level.bound for level in optimum.levels}
            optimum.values[self._binaries] = taken
            self._chosen.append(Choice(taken, optimum.bounds))
            self._fix(session, taken)
            return optimum
        made = self._best_choice(session, options, _left(options.time_limit, began))
        self._chosen.append(made)
        self._fix(session, made.values)
        optimum = solve_levels(session, _left(options.time_limit, began))
        optimum.last_basis = session.basis()
        optimum.bounds = made.bounds
        return optimum

    def _best_choice(self, session: HighsSession, options: SolveOptions, seconds: float | None) -> Choice:
        tolerance = self.model.instance.settings.level_tolerance
        try:
            return choose(self.lp, self._binaries, self.levels, tolerance, seconds, self.settings(options))
        except NoPlanError:
            self._fix(session, np.ones(len(self._binaries)))  # the choice whose conflict can be explained
            raise

    def _leave_out_choices(self, session: HighsSession) -> None:
        """Nobody has to take part."""
        self._fix(session, np.zeros(len(self._binaries)))
        choosing = {fund for fund, _nation in self.model.columns["takes_part"]}
        rows_of_rule = self.model.rows[COMMON_PROCUREMENT.name].items()
        rows = [row for key, row in rows_of_rule if COMMON_PROCUREMENT.index(*key).fund in choosing]
        nothing = np.full(len(rows), INFINITY)
        session.change_model(NONE, np.array(rows, dtype=np.intp), (-nothing, nothing))

    @cached_property
    def of_responses(self) -> NDArray[np.bool_]:
        """By column: is it of the responses to cases, or does it count what they lose?"""
        marked = np.zeros(self.lp.columns, dtype=bool)
        for family, columns in self.model.columns.items():
            if family.startswith(RESPONSE) or family in COUNTING:
                marked[list(columns.values())] = True
        return marked

    @property
    def recourse(self) -> Recourse | None:
        """The responses to all cases.

        Where levels are held in order any plan can be answered, if by nothing but writing off what comes in. None where
        something must be covered.
        """
        if self.model.weighted or not self.of_responses.any():
            return None
        rows = np.unique(self.lp.row_of_entry[self.of_responses[self.lp.index]])
        return Recourse(np.flatnonzero(self.of_responses), rows)

    @cached_property
    def _binaries(self) -> NDArray[np.intp]:
        return np.array(self.model.binaries, dtype=np.intp)

    def _fix(self, session: HighsSession, values: Vector) -> None:
        session.change_model(self._binaries, NONE, (values, values))

    def tidied(self, optimum: Optimum, lazy_funds: LazyFunds | None) -> Vector:
        """The plan without circular shipments, who pays settled by convention; what columns measure as it is."""
        settled = with_departures(self.model, self._settled(optimum, lazy_funds))
        return with_lacks(self.model, with_least_measures(self.model, settled))

    def _settled(self, optimum: Optimum, lazy_funds: LazyFunds | None) -> Vector:
        level_costs = [level.costs for level in optimum.levels]
        for costly in (True, False) if optimum.unfinished else (False,):
            values = without_cycles(self.model, optimum.values, costly)
            if lazy_funds is None:
                return values
            settled = lazy_funds.settle(values, level_costs)
            if settled is not None:
                return lazy_funds.split(settled)
        return values  # who pays stays as the solver has it

    def plan(
        self,
        optimum: Optimum,
        seconds: Mapping[str, float],
        counts: Mapping[str, Any],
        priced: bool = True,
        time_left: TimeLeft | None = None,
    ) -> Plan:
        """The plan of an optimum (whose values are tidied), as tables; `priced`: with shadow prices, exact until
        `time_left` is over."""
        give_back_memory()
        made, time_left = tables(self.model, optimum.values), time_left or TimeLeft(None)
        attributed, basis = Attribution(made["attribution"], ()), None
        if priced:
            session = self.session(SolveOptions())

            def attribute(marginal: Marginal) -> None:
                nonlocal attributed, basis
                attributed = attribution(self.model, self.lp, self.levels, marginal, optimum.values)
                basis = None if self.model.binaries else marginal.basis  # choices are not part of it

            made["prices"] = prices(self.model, session, optimum.levels, optimum.last_basis, time_left, attribute)
            made["attribution"] = attributed.table
            give_back_memory()
            made["draws"]["worth"] = draw_worth(self.model, self.lp, optimum.values, made["draws"])
        return Plan(
            instance=self.model.instance,
            tables=made,
            levels=tuple(self._level_results(optimum)),
            status="feasible" if optimum.unfinished else "optimal",
            kind=self.kind,
            counts=counts,
            seconds=seconds,
            accounts=attributed.accounts,
            cut_short=(NO_EXACT_PRICES,) if time_left.cut_short else (),
            lacking=tuple(lacking(self.model, optimum.values)),
            basis=basis,
        )

    def _level_results(self, optimum: Optimum) -> Iterator[LevelResult]:
        model = self.model
        numbers = model.catalogue.level_numbers
        titles = {level.name: (numbers[level.name], level.title) for level in model.catalogue.levels}
        solved = {level.name: level for level in optimum.levels}
        for name, objective in self.targets:
            place, title = titles.get(name, (0, "Weighted objective"))
            unit = level_unit(model, name)
            value = _total(cost_vector(model, objective), optimum.values)
            if name not in solved:
                yield LevelResult(place, name, title, unit, value, None, None, "not optimised")
                continue
            level = solved[name]
            # A second solver gives no bound; with choices it is that over all of them, where they were made in time.
            proved = level.bound if optimum.bounds is None else optimum.bounds.get(name, float("nan"))
            bound = min(proved, level.value) if proved == proved else None
            # The solver's gap: what is given back later, within the tolerance, is no lack of proof.
            gap = (level.value - bound) / max(1.0, abs(level.value)) if bound is not None else None
            took = level.outcome
            resumed = name in optimum.resumed
            yield LevelResult(
                *(place, name, title, unit, value, bound, gap, "optimal"),
                *(took.iterations, took.seconds, resumed, METHODS.get(level.by_simplex)),
            )


def _total(costs: Vector, values: Vector) -> float:
    """Σ costs × values, to the last digit the same on every machine: a dot product follows the number of threads."""
    counted = costs != 0
    return fsum((costs[counted] * values[counted]).tolist())


def _same_quantities(made: Mapping[str, pd.DataFrame], recorded: Mapping[str, pd.DataFrame], money_unit: float) -> bool:
    """Does a plan say the same as the recorded one of what is made, moved, kept, delivered and paid?

    `money_unit`: the least payment by which an amount is judged, that in which the program counts money.
    """
    for name, column in QUANTITIES.items():
        one, other = (of[name][column].to_numpy(dtype=np.float64) for of in (made, recorded))
        least = money_unit if column == "amount" else 1.0
        if len(one) != len(other) or (np.abs(one - other) > SAME * np.maximum(least, np.abs(other))).any():
            return False
    return True


def _moved(value: float, before: float | None) -> bool:
    """Is a level another than it was?"""
    return before is None or abs(value - before) > DRIFT * max(1.0, abs(before))


def _left(time_limit: float | None, began: float) -> float | None:
    """Seconds left of those that there were."""
    return None if time_limit is None else max(time_limit - (time.perf_counter() - began), 0.0)


def _or_without_presolve(solve_levels: SolveLevels) -> SolveLevels:
    """The same; where presolve finds that there is no plan,
    a program that is not large is solved once more without it.
    """

    def solve_again(session: HighsSession, seconds: float | None) -> Optimum:
        began, bounds = time.perf_counter(), session.bounds
        try:
            return solve_levels(session, seconds)
        except NoPlanError as failure:
            if failure.status != "infeasible" or session.is_large or session.extra_rows:
                raise
        session.set_bounds(bounds)
        session.leave_out_presolve()
        return solve_levels(session, _left(seconds, began))

    return solve_again


def built_program(instance: PlanningInstance, options: SolveOptions, moving: bool) -> Program:
    """The LP of an instance; `moving`: goods cannot go round out of nothing,
    as for questions that want movement itself.
    """
    with without_garbage_collection():
        model = build(instance, load(options.model), options.prune)
        if moving:
            add_circulation(model)
        return Program.of(model)
