"""What a plan comes to without some of its things, solved from the plan's own optimum.

Taking things away changes bounds of the plan's LP alone (`planner.plan.again.removal`). So every further plan starts at a basis that
is optimal for all levels of the base in order, and only what was lost has to be made good: level by level, those
before held. Results depend neither on what was solved before nor on who solves.

Where the base uses nothing of what is taken away, its plan stands, and no plan is better where less is possible: nothing is
solved. Where more than bounds would change (choices of who takes part, circles of legs) the changed input is planned from nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.domain.contingencies import Disruption
from planner.domain.instance import PlanningInstance
from planner.domain.losses import hit_funds, with_losses
from planner.errors import NoPlanError, SolverStoppedError
from planner.formulation.goods.circulation import circles_left
from planner.formulation.model.model import Frame, Model
from planner.formulation.money.contributions import CONTRIBUTION_LIMIT
from planner.formulation.money.funding import FUND_LIMIT
from planner.plan.again.raising import RISE, Help, Limit, limits_of
from planner.plan.again.removal import Gone, Places, Removal
from planner.plan.again.standing import Standing
from planner.plan.again.surprise import as_plan_of
from planner.plan.again.warm_start import Workbench, built_program
from planner.plan.optimise import solve
from planner.plan.plan import Plan
from planner.solver.highs import INFINITY, Basis, Vector
from planner.solver.parametric_study import Extension, Point, Study
from planner.tolerances import DRIFT, HELD, NOISE, matters

UNUSED, FROM_BASE, ANEW = "the plan does not use it", "from the plan's optimum", "planned from nothing"
MONEY = (FUND_LIMIT, CONTRIBUTION_LIMIT)  # the rows that amounts of budgets limit

MOST_TRIED = 8  # limits, for one remedy
NO_CODES = np.empty(0, dtype=np.int8)
Thing = tuple[str, str]  # kind as in Disruptions, name
Limits = tuple[NDArray[np.intp], Vector]  # rows and the most that each allows


@dataclass(frozen=True)
class Remainder:
    """`values` of the levels by name, None where no plan is left; `how` that is known."""

    values: Mapping[str, float] | None
    how: str
    pivots: int = 0


class Remainders:
    """The LP of a plan, from which things are taken away from a period on; `struck`: as a surprise.

    Pickled it solves in another process.
    """

    def __init__(self, workbench: Workbench, first: int, struck: bool) -> None:
        standing = Standing.of(workbench)
        self.instance, self.options = standing.program.model.instance, workbench.options
        self.first, self.is_struck = first, struck
        self._moving, self._values, self._choices = workbench.moving, standing.values, standing.choices
        self.base = {level.name: level.value or 0.0 for level in workbench.base_plan.levels}
        self._start = self._vertex(workbench.optimum.last_basis or workbench.basis)

    def _vertex(self, start: Basis) -> Basis:
        """A basis that is optimal for all levels of the base in order."""
        study = self._study
        points = study.in_order(list(self.base), self._tolerance, study.start(start))
        study.let_go()
        return study.without_what_joined(points[-1].basis)

    def __getstate__(self) -> dict[str, Any]:
        """The LP is sooner built again than sent."""
        left = {"_standing", "_study", "_places", "_raisable_limits"}
        return {name: value for name, value in self.__dict__.items() if name not in left}

    @cached_property
    def _standing(self) -> Standing:
        program = built_program(self.instance, self.options, self._moving)
        return Standing(program, self.options, self._values, Basis(NO_CODES, NO_CODES), self._choices)

    @cached_property
    def _study(self) -> Study:
        return self._standing.study(dict(self._standing.program.levels))

    @cached_property
    def _places(self) -> Places:
        return Places(self._model)

    @property
    def _model(self) -> Model:
        return self._standing.program.model

    @property
    def _tolerance(self) -> float:
        return self.instance.settings.level_tolerance

    def hits(self, things: Sequence[Thing]) -> tuple[Disruption, ...]:
        """What takes things away: certain disruptions of factor 0, from the first period to the end."""
        last = self.instance.horizon.periods - 1
        return tuple(Disruption(kind, name, 0.0, self.first, last) for kind, name in things)

    def without(self, things: Sequence[Thing]) -> Remainder:
        """The levels without these things. Raises SolverStoppedError."""
        hits = self.hits(things)
        removal, limits = self._removal(hits), self._limits(hits)
        if self._stands(removal, limits):
            return Remainder(self.base, UNUSED)
        if not self.is_struck and self._changes_choices(hits):
            return self._anew(hits)
        try:
            point, pivots = self._from_base(removal, limits)
            values = {name: self._study.value(name, point.values) for name in self.base}
            return Remainder(values, FROM_BASE, pivots)
        except NoPlanError:
            return Remainder(None, FROM_BASE)
        except SolverStoppedError:
            if self.is_struck:
                raise
            return self._anew(hits)

    def takes(self, things: Sequence[Thing]) -> frozenset[tuple[str, int]]:
        """What things take away: columns that become 0, and rows of money that allow less."""
        hits = self.hits(things)
        columns = self._places.without(Gone.of(self.instance, hits), self.first).columns
        rows, _ = self._limits(hits)
        return frozenset([*(("column", c) for c in columns.tolist()), *(("row", r) for r in rows.tolist())])

    # ── What changes ─────────────────────────────────────────────────────────────────────────────

    def _limits(self, hits: tuple[Disruption, ...]) -> Limits:
        """The rows of money that allow less now."""
        instance = self.instance
        funds = hit_funds(instance.funds, (*instance.certain, *hits), instance.horizon.fiscal_years)
        if funds == instance.funds:
            return np.empty(0, dtype=np.intp), np.empty(0)
        before, now = (
            Frame(one, self._model.reach, self._model.money_unit) for one in (instance, replace(instance, funds=funds))
        )
        found: dict[int, float] = {}
        for family in MONEY:
            assert family.right_hand_side is not None
            was, rows = family.right_hand_side(before), self._model.rows[family.name]
            found |= {
                rows[key]: most for key, most in family.right_hand_side(now).items() if key in rows and most != was[key]
            }
        rows_of = sorted(found)
        return np.array(rows_of, dtype=np.intp), np.array([found[row] for row in rows_of])

    def _stands(self, removal: Removal, limits: Limits) -> bool:
        """Is the base's plan still one, and nothing possible that was not before? Then no plan is better."""
        values, lp = self._values, self._standing.program.lp
        there = values[removal.columns]
        if ((there < removal.lower - NOISE) | (there > removal.upper + NOISE)).any() or removal.relaxes(lp):
            return False
        for row, most in zip(*limits, strict=True):
            own = slice(lp.start[row], lp.start[row + 1])
            if float((lp.value[own] * values[lp.index[own]]).sum()) > most + NOISE:
                return False
        return True

    def _changes_choices(self, hits: tuple[Disruption, ...]) -> bool:
        """Might other nations take part in common procurement? Who has no money in a fund any more cannot."""
        if self._model.binaries:
            return True
        asked = {fund.name for fund in self.instance.funds.values() if fund.min_nations and fund.min_nations_enforced}
        now = (
            hit_funds(self.instance.funds, (*self.instance.certain, *hits), self.instance.horizon.fiscal_years)
            if asked
            else {}
        )
        return any(now[name] != self.instance.funds[name] for name in asked)

    # ── Solved ───────────────────────────────────────────────────────────────────────────────────

    def _removal(self, hits: tuple[Disruption, ...]) -> Removal:
        gone, places = Gone.of(self.instance, hits), self._places
        return places.struck(gone, self.first, self._values) if self.is_struck else places.without(gone, self.first)

    def _from_base(self, removal: Removal, limits: Limits, start: Basis | None = None) -> tuple[Point, int]:
        """The optimum from the base's (or from `start`), and its pivots. Raises NoPlanError, SolverStoppedError."""
        points, pivots = self._points(removal, limits, start)
        return points[-1], pivots

    def _points(self, removal: Removal, limits: Limits, start: Basis | None = None) -> tuple[list[Point], int]:
        """The optimum of each level in order, their bases of the LP alone."""
        free = np.full(len(removal.rows), INFINITY)
        kept = ~np.isin(limits[0], removal.rows)
        rows = np.concatenate([removal.rows, limits[0][kept]])
        lower, upper = (
            np.concatenate(pair) for pair in ((-free, np.full(int(kept.sum()), -INFINITY)), (free, limits[1][kept]))
        )
        circles = self._circles(removal)
        study = self._study
        if circles:
            sums = Extension({name: entries for name, (entries, _) in circles.items()})
            study = self._standing.study(dict(self._standing.program.levels), sums)
        with study.changed((removal.columns, removal.lower, removal.upper), (rows, lower, upper)):
            for name, (_, most) in circles.items():
                study.bound(name, upper=most)
            points = self._in_order(study, study.start(start or self._start))
        own = [replace(point, basis=study.without_what_joined(point.basis)) for point in points]
        return own, sum(point.pivots for point in points)

    def _in_order(self, study: Study, start: Basis) -> list[Point]:
        """The levels in order: held by their faces, or where arithmetic does not bear that by rows."""
        names = list(self.base)
        for tolerance in (self._tolerance, max(self._tolerance, HELD)):
            points = study.in_order(names, tolerance, start)
            last, slack = points[-1].values, tolerance + DRIFT
            if all(
                study.value(name, last) <= point.value + slack * max(1.0, abs(point.value))
                for name, point in zip(names, points, strict=True)
            ):
                return points
            study.let_go()
        raise SolverStoppedError("the levels could not be held in order")

    def after_surprise(
        self, things: Sequence[Thing], instance: PlanningInstance
    ) -> tuple[Mapping[str, float], Plan | None]:
        """The levels without these things; and the plan as one of `instance`, the input that says so, None where goods
        were lost on their way (`as_plan_of`). Raises NoPlanError, SolverStoppedError.
        """
        hits = self.hits(things)
        point, _ = self._from_base(self._removal(hits), self._limits(hits))
        values = {name: self._study.value(name, point.values) for name in self.base}
        return values, as_plan_of(instance, self._model, point.values, self.options)

    # ── Remedies ─────────────────────────────────────────────────────────────────────────────────

    def help(self, things: Sequence[Thing], level: str) -> Help | None:
        """The limit that, raised by half and by itself, leaves least damage at the level; None where none of them helps.

        Tried one by one, those first by which the duals of the level promise most, until no other can bring more than
        the best so far, or `MOST_TRIED` have been. No limit of what is gone is tried. Raises SolverStoppedError.
        """
        hits = self.hits(things)
        removal, limits, lp = self._removal(hits), self._limits(hits), self._standing.program.lp
        points, _ = self._points(removal, limits)
        place = list(self.base).index(level)
        duals, best = np.abs(points[place].row_duals[: lp.rows]), None
        upper = lp.row_upper.copy()
        upper[limits[0]] = limits[1]
        upper[removal.rows] = INFINITY
        promised = self._promised(
            duals, upper, Gone.of(self.instance, hits).names(self.instance) | {n for _, n in things}
        )
        least = self._study.value(level, points[-1].values)
        before = {name: self._study.value(name, points[-1].values) for name in self.base}
        for limit, most in promised[:MOST_TRIED]:
            if best is not None and best.gain[level] >= most:
                break
            rows = self._raisable(limit, upper)
            raised = (np.concatenate([limits[0], rows]), np.concatenate([limits[1], upper[rows] * (1 + RISE)]))
            last = self._from_base(removal, raised, points[-1].basis)[0].values
            gain = {name: before[name] - self._study.value(name, last) for name in self.base}
            if matters(gain[level], least) and (best is None or gain[level] > best.gain[level]):
                best = Help(limit, gain)
        return best

    def _promised(self, duals: Vector, upper: Vector, gone: frozenset[str]) -> list[tuple[Limit, float]]:
        """Limits with what each can bring at most, by the duals of one level, the most first."""
        found = []
        for limit in self._raisable_limits:
            rows = self._raisable(limit, upper)
            most = float((duals[rows] * upper[rows]).sum()) * RISE
            if limit.object not in gone and most > NOISE:
                found.append((limit, most))
        return sorted(found, key=lambda entry: -entry[1])

    def _raisable(self, limit: Limit, upper: Vector) -> NDArray[np.intp]:
        """Its rows that say more than nothing."""
        rows = self._raisable_limits[limit]
        return rows[(upper[rows] > 0) & (upper[rows] < INFINITY)]

    @cached_property
    def _raisable_limits(self) -> dict[Limit, NDArray[np.intp]]:
        return limits_of(self._model)

    def _anew(self, hits: tuple[Disruption, ...]) -> Remainder:
        try:
            plan = solve(with_losses(self.instance, hits), self.options, explain=False, priced=False)
        except NoPlanError:
            return Remainder(None, ANEW)
        return Remainder({level.name: level.value or 0.0 for level in plan.levels}, ANEW)

    def _circles(self, removal: Removal) -> dict[str, tuple[Vector, float]]:
        """Further rows, each with the most that it allows, for goods that might go round otherwise."""
        gone = set(removal.columns[removal.upper == 0].tolist())
        rows = {}
        for number, (terms, most) in enumerate(circles_left(self._model, gone)):
            entries = np.zeros(self._model.column_count)
            for column, factor in terms:
                entries[column] += factor
            rows[f"circle {number + 1}"] = entries, most
        return rows
