"""What a plan comes to without some of its things, solved from the plan's own optimum.

Taking things away changes bounds of the plan's LP alone (`planner.plan.again.removal`). So every further plan starts at
a basis that is optimal for all levels of the base in order, and only what was lost has to be made good: level by level,
those before held. Results depend neither on what was solved before nor on who solves.

Of a large program only the levels up to the first that differs are worked out, unless all are asked for
(`planner.plan.again.first_difference`).

Where the base uses nothing of what is taken away, its plan stands, and no plan is better where less is possible:
nothing is solved. Where more than bounds would change (choices of who takes part, circles of legs) the changed input is
planned from nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.domain.contingency.contingencies import Disruption
from planner.domain.contingency.losses import hit_funds, with_losses
from planner.domain.instance import PlanningInstance
from planner.errors import NoPlanError, SolverStoppedError
from planner.formulation.goods.circulation import circles_left
from planner.formulation.model.model import Frame, Model
from planner.formulation.model.origins import origins_of
from planner.formulation.money.contributions import CONTRIBUTION_LIMIT
from planner.formulation.money.funding import FUND_LIMIT
from planner.plan.again.bracket import Bracket, Neighbours
from planner.plan.again.faces import Limits, faces_of
from planner.plan.again.first_difference import FirstDifference
from planner.plan.again.optimal_program import OptimalProgram
from planner.plan.again.raising import RISE, Help, NamedLimit, limits_of
from planner.plan.again.removal import Gone, ModelPlaces, Removal
from planner.plan.again.surprise import StruckProgram, as_plan_of
from planner.plan.again.warm_start import WarmStart
from planner.plan.conflict.explanation import ConflictExplanation, explanation
from planner.plan.optimise import solve
from planner.plan.plan import Plan
from planner.plan.program import Program, built_program
from planner.plan.settle.spare_scrap import spare_scrap
from planner.solver.endings import require_optimum
from planner.solver.highs import IMPOSSIBLE, INFINITY, Basis, HighsSession, Vector
from planner.solver.lexicographic import Level, Optimum, SolvedLevel, hold_by_face, inner, optimise
from planner.solver.scaling import objective_scale
from planner.tolerances import DRIFT, NOISE, close, matters

UNUSED, FROM_BASE = "the plan does not use it", "from the plan's optimum"
AFRESH, ANEW = "solved afresh", "planned from nothing"
TO_FIRST, BETWEEN = "up to the first level that differs", "between bounds"
MONEY = (FUND_LIMIT, CONTRIBUTION_LIMIT)  # the rows that amounts of budgets limit

MOST_TRIED = 8  # limits, for one remedy
# Columns up to which all levels are worked out unasked.
MOST_FOR_ALL = 30_000
NOWHERE = np.empty(0, dtype=np.intp)
Thing = tuple[str, str]  # kind as in Disruptions, name


def level_optima(plan: Plan) -> dict[str, float]:
    """The value of each level of a plan; with a `level_tolerance`, its optimum, before some of it is given back."""
    given_back = plan.instance.settings.level_tolerance > 0
    return {level.name: (level.bound if given_back else level.value) or 0.0 for level in plan.levels}


@dataclass(frozen=True)
class Remainder:
    """`values` of the levels by name, None where no plan is left; `how` that is known.

    With a `level_tolerance` a value is the optimum of its level: how much of it later levels give back is not unique.

    Where `how` is `TO_FIRST`, levels after the first that differs are not among them. Where it is `BETWEEN`, the levels
    that are proved to stay as they are are; the next one lies `between` two values.
    """

    values: Mapping[str, float] | None
    how: str
    between: Bracket | None = None


class Remainders:
    """The LP of a plan, from which things are taken away from a period on; `struck`: as a surprise.

    `all_levels`: even where the program is large. Pickled it solves in another process.
    """

    def __init__(self, warm_start: WarmStart, first: int, struck: bool, all_levels: bool = False) -> None:
        if (
            struck and warm_start.options.prune
        ):  # goods that were of use may be of none, and must be able to lie, or be scrapped
            whole = replace(warm_start.options, prune=False)
            warm_start = WarmStart(warm_start.base_plan.instance, whole, moving=warm_start.moving, priced=False)
        optimal = OptimalProgram.of(warm_start)
        self.instance, self.options = optimal.program.model.instance, warm_start.options
        self.first, self.is_struck = first, struck
        self._moving, self._values, self._choices = warm_start.moving, optimal.values, optimal.choices
        self.base = level_optima(warm_start.base_plan)
        self._by_interior_point = warm_start.optimum.by_interior_point
        self._first_difference = None if all_levels else self._to_first(warm_start.optimum)
        vertex = self._by_interior_point and not self.is_to_first
        self._start = warm_start.basis_in_order if vertex else warm_start.basis

    @property
    def is_to_first(self) -> bool:
        """Are levels worked out up to the first that differs only?"""
        return self._first_difference is not None

    def _to_first(self, optimum: Optimum) -> FirstDifference | None:
        """None where the program is small, or levels are not held by their faces."""
        large = self._by_interior_point and self._program.lp.columns > MOST_FOR_ALL and len(self._levels) > 1
        if not large or self._tolerance > 0 or optimum.held_by_rows or optimum.unfinished:
            return None
        session = self._program.session(self.options)
        session.change_model(self._program.lp.binary, NOWHERE, (self._choices, self._choices))
        by_simplex = {level.name: bool(level.by_simplex) for level in optimum.levels}
        faces, proofs = faces_of(session, optimum.levels)
        return FirstDifference(self._levels, self.base, faces, proofs, by_simplex, spare_scrap(self._model))

    def __getstate__(self) -> dict[str, Any]:
        """The LP is sooner built again than sent."""
        left = {"_program", "_levels", "_places", "_raisable_limits", "_neighbours"}
        return {name: value for name, value in self.__dict__.items() if name not in left}

    @cached_property
    def _program(self) -> Program:
        return built_program(self.instance, self.options, self._moving)

    @cached_property
    def _neighbours(self) -> Neighbours:
        return Neighbours(self._program, self._values, self._program.settings(self.options))

    @cached_property
    def _levels(self) -> list[Level]:
        return self._program.levels

    @cached_property
    def _places(self) -> ModelPlaces:
        return ModelPlaces(self._model)

    @property
    def _model(self) -> Model:
        return self._program.model

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
        return self._solved_anew(hits, removal, limits)

    def roughly(self, things: Sequence[Thing]) -> Remainder:
        """The same, but between bounds where both are known, and sooner than the value. Raises SolverStoppedError."""
        hits, first = self.hits(things), self._first_difference
        removal, limits = self._removal(hits), self._limits(hits)
        if first is None or self._stands(removal, limits) or (not self.is_struck and self._changes_choices(hits)):
            return self.without(things)
        lp, names = self._program.lp, [name for name, _ in self._levels]

        def bracket(session: HighsSession, place: int) -> Bracket:
            return self._neighbours.bracket(session, removal, self._levels[place], first.proofs[place])

        most = first.no_better(removal, limits, lp)
        place, (least, at_most) = first.between(lambda: self._session(removal, limits), most, bracket)
        if place == len(names) or at_most is None:
            return self._solved_anew(hits, removal, limits, place)
        was = self.base[names[place]]
        least = max(least, was + first.proofs[place].change(removal, limits, lp))
        known = least > -INFINITY and close(least, at_most)
        if least == -INFINITY or (known and close(at_most, was)):
            return self._solved_anew(hits, removal, limits, place)
        unchanged = {name: self.base[name] for name in names[:place]}
        if known:
            return Remainder(unchanged | {names[place]: at_most}, TO_FIRST)
        return Remainder(unchanged, BETWEEN, Bracket(least, at_most))

    def _solved_anew(
        self, hits: tuple[Disruption, ...], removal: Removal, limits: Limits, held: int | None = None
    ) -> Remainder:
        """The levels by a solve; `held`: at most so many keep their values."""
        first = self._first_difference
        try:
            if first is not None:
                if held is None:
                    most = first.no_better(removal, limits, self._program.lp)
                    held = first.most_held(lambda: self._session(removal, limits), most)
                values = first.values(lambda: self._session(removal, limits), held)
                return Remainder(values, TO_FIRST if len(values) < len(self.base) else FROM_BASE)
            optimum = self._solved(removal, limits)
            return Remainder(self._level_values(optimum), AFRESH if optimum.by_interior_point else FROM_BASE)
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
        limit_of: dict[int, float] = {}
        for family in MONEY:
            assert family.right_hand_side is not None
            was, rows = family.right_hand_side(before), self._model.rows[family.name]
            limit_of |= {
                rows[key]: most for key, most in family.right_hand_side(now).items() if key in rows and most != was[key]
            }
        rows_of = sorted(limit_of)
        return np.array(rows_of, dtype=np.intp), np.array([limit_of[row] for row in rows_of])

    def _stands(self, removal: Removal, limits: Limits) -> bool:
        """Is the base's plan still one, and nothing possible that was not before? Then no plan is better."""
        values, lp = self._values, self._program.lp
        if self._tolerance > 0 and (len(removal.columns) or len(limits[0])):
            return False  # the plan is worth less than the optima of its levels
        there = values[removal.columns]
        if ((there < removal.lower - NOISE) | (there > removal.upper + NOISE)).any() or removal.relaxes(lp):
            return False
        for row, most in zip(*limits, strict=True):
            entries = slice(lp.start[row], lp.start[row + 1])
            if float((lp.value[entries] * values[lp.index[entries]]).sum()) > most + NOISE:
                return False
        return True

    def _changes_choices(self, hits: tuple[Disruption, ...]) -> bool:
        """Might other nations take part in common procurement? Who has no money in a fund any more cannot."""
        if self._model.binaries:
            return True
        choosing = {
            fund.name for fund in self.instance.funds.values() if fund.min_nations and fund.min_nations_enforced
        }
        now = (
            hit_funds(self.instance.funds, (*self.instance.certain, *hits), self.instance.horizon.fiscal_years)
            if choosing
            else {}
        )
        return any(now[name] != self.instance.funds[name] for name in choosing)

    # ── Solved ───────────────────────────────────────────────────────────────────────────────────

    def _removal(self, hits: tuple[Disruption, ...]) -> Removal:
        gone, places = Gone.of(self.instance, hits), self._places
        return places.struck(gone, self.first, self._values) if self.is_struck else places.without(gone, self.first)

    def _solved(self, removal: Removal, limits: Limits, start: Basis | None = None, most: int | None = None) -> Optimum:
        """The optimum with less, from the base's or from `start`, of at `most` so many levels.

        Raises NoPlanError, SolverStoppedError.
        """
        tolerance, spare = self._tolerance, spare_scrap(self._model)
        session = self._session(removal, limits)
        if self.is_to_first:
            optimum = optimise(session, self._levels[:most], tolerance, None, interior_point=True, spare=spare)
        elif not self._by_interior_point:
            optimum = optimise(session, self._levels, tolerance, None, start=start or self._start, spare=spare)
        else:
            session.start_from(start or self._start)
            warm = self._solve_levels(session)
            if warm is None:
                session = self._session(removal, limits)
                warm = optimise(session, self._levels, tolerance, None, interior_point=True, spare=spare)
            optimum = warm
        if optimum.unfinished:
            raise SolverStoppedError("the solver stopped before all levels were optimised")
        optimum.last_basis = session.basis()
        return optimum

    def _session(self, removal: Removal, limits: Limits) -> HighsSession:
        """The base's LP with less, its choices as the base made them."""
        session, lp = self._program.session(self.options), self._program.lp
        session.change_model(lp.binary, NOWHERE, (self._choices, self._choices))
        session.change_model(removal.columns, NOWHERE, (removal.lower, removal.upper))
        session.change_model(NOWHERE, limits[0], (lp.row_lower[limits[0]], limits[1]))
        free = np.full(len(removal.rows), INFINITY)
        session.change_model(NOWHERE, removal.rows, (-free, free))
        for entries, most in self._circles(removal):
            session.add_row(-INFINITY, most, entries)
        return session

    def _solve_levels(self, session: HighsSession) -> Optimum | None:
        """The levels in order from the basis at hand: the first by dual simplex where bounds are broken, the others by
        primal.

        None where that takes too many pivots, or arithmetic does not bear it; with a tolerance levels are not held so.
        Raises NoPlanError.
        """
        if self._tolerance > 0:
            return None
        solved: list[SolvedLevel] = []
        for name, costs in self._levels:
            scale = objective_scale(costs)
            session.set_costs(costs * scale)
            outcome = session.prove(name, session.pivots_again) if solved else session.again(name, session.pivots_again)
            if outcome.status in IMPOSSIBLE and not solved:
                require_optimum(outcome.status)
            if outcome.status != "optimal":
                return None
            solved.append(
                SolvedLevel(name, costs, outcome, inner(costs, outcome.values), -INFINITY, outcome.row_duals / scale)
            )
            hold_by_face(session, outcome)
        last = solved[-1].outcome.values
        if any(inner(one.costs, last) > one.value + DRIFT * max(1.0, abs(one.value)) for one in solved):
            return None
        return Optimum(last, solved)

    def _level_values(self, optimum: Optimum) -> dict[str, float]:
        """Each level's value; with a tolerance, before some of it is given back."""
        if self._tolerance > 0:
            return {level.name: level.value for level in optimum.levels}
        return {name: inner(costs, optimum.values) for name, costs in self._levels}

    def after_surprise(
        self, things: Sequence[Thing], instance: PlanningInstance
    ) -> tuple[Mapping[str, float], Plan | None]:
        """The levels without these things; and the plan as one of `instance`, the input that says so, None where goods
        were lost on their way (`as_plan_of`). Raises NoPlanError, SolverStoppedError.
        """
        hits = self.hits(things)
        optimum = self._solved(self._removal(hits), self._limits(hits))
        return self._level_values(optimum), as_plan_of(instance, self._model, optimum.values, self.options)

    def why_nothing_is_left(self, things: Sequence[Thing], seconds: float) -> ConflictExplanation | None:
        """Why no plan is left after a surprise, which took so many `seconds` to find out, and what would leave one.

        Neither what is withdrawn comes back, nor is decided anew what was decided before. None where it was chosen who
        takes part.
        """
        model, hits = self._model, self.hits(things)
        if model.binaries:
            return None
        removal, limits, names = self._removal(hits), self._limits(hits), {name for _, name in things}
        origins = origins_of(model)
        given = {
            origin.field
            for row in limits[0].tolist()
            for origin in origins.get(row, ())
            if origin.field.table == "Budgets" and not names.isdisjoint(origin.field.names)
        }
        program = StruckProgram.after(self._program, removal, limits, list(self._circles(removal)))
        return explanation(program, self.options, seconds, given)

    # ── Remedies ─────────────────────────────────────────────────────────────────────────────────

    def help(self, things: Sequence[Thing], level: str) -> Help | None:
        """The limit that, raised by half and by itself, leaves least damage at the level; None where none of them
        helps.

        Tried one by one, those first by which the duals of the level promise most, until no other can bring more than
        the best so far, or `MOST_TRIED` have been. No limit of what is gone is tried. Raises SolverStoppedError.
        """
        hits = self.hits(things)
        removal, limits, lp = self._removal(hits), self._limits(hits), self._program.lp
        index = list(self.base).index(level)
        level_names = list(self.base)[: index + 1] if self.is_to_first else list(self.base)
        optimum = self._solved(removal, limits, most=len(level_names))
        duals, best = np.abs(optimum.levels[index].row_duals[: lp.rows]), None
        upper = lp.row_upper.copy()
        upper[limits[0]] = limits[1]
        upper[removal.rows] = INFINITY
        gone = Gone.of(self.instance, hits).names(self.instance) | {name for _, name in things}
        promised = self._promised(duals, upper, gone)
        before = self._level_values(optimum)
        for limit, most in promised[:MOST_TRIED]:
            if best is not None and best.gain[level] >= most:
                break
            raised = upper.copy()
            raised[self._raisable(limit, upper)] *= 1 + RISE
            rows = np.union1d(limits[0], self._raisable(limit, upper)).astype(np.intp)
            now = self._level_values(self._solved(removal, (rows, raised[rows]), optimum.last_basis, len(level_names)))
            gain = {name: before[name] - now[name] for name in level_names}
            if matters(gain[level], before[level]) and (best is None or gain[level] > best.gain[level]):
                best = Help(limit, gain)
        return best

    def _promised(self, duals: Vector, upper: Vector, gone: frozenset[str]) -> list[tuple[NamedLimit, float]]:
        """Limits with what each can bring at most, by the duals of one level, the most first."""
        promised = []
        for limit in self._raisable_limits:
            rows = self._raisable(limit, upper)
            most = float((duals[rows] * upper[rows]).sum()) * RISE
            if limit.object not in gone and most > NOISE:
                promised.append((limit, most))
        return sorted(promised, key=lambda entry: -entry[1])

    def _raisable(self, limit: NamedLimit, upper: Vector) -> NDArray[np.intp]:
        """Its rows that say more than nothing."""
        rows = self._raisable_limits[limit]
        return rows[(upper[rows] > 0) & (upper[rows] < INFINITY)]

    @cached_property
    def _raisable_limits(self) -> dict[NamedLimit, NDArray[np.intp]]:
        return limits_of(self._model)

    def _anew(self, hits: tuple[Disruption, ...]) -> Remainder:
        try:
            plan = solve(with_losses(self.instance, hits), self.options, explain=False, priced=False)
        except NoPlanError:
            return Remainder(None, ANEW)
        return Remainder(level_optima(plan), ANEW)

    def _circles(self, removal: Removal) -> Iterator[tuple[Vector, float]]:
        """Further rows, each with the most that it allows, for goods that might go round otherwise."""
        gone = set(removal.columns[removal.upper == 0].tolist())
        for terms, most in circles_left(self._model, gone):
            entries = np.zeros(self._model.column_count)
            for column, factor in terms:
                entries[column] += factor
            yield entries, most
