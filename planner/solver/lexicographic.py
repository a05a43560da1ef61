"""Objective levels: each is optimised, then held while the next is.

How a level is held. By its optimal face: by duality its optima are exactly the feasible points at which every
column with a non-zero reduced cost and every row with a non-zero dual stays at its bound. Fixing those bounds
is much faster than a row `level ≤ optimum`. Where a tolerance may be given back (`level_tolerance`) a row is
right, and used; a row is also the way out where a face proves too tight or too loose for the arithmetic.

How levels are solved. By simplex, one solve of a weighted sum of all levels gives a basis that is nearly optimal
for each in turn. Level by level that basis is then put to HiGHS with the level's own costs, earlier levels held:
where its reduced costs say so, the level is proved in no or few pivots. Where not, the level is solved afresh, and
what remains is guessed again. By interior point each level is solved by itself from the start: presolve takes out
what the levels before have fixed, and the crossover of a weighted sum takes longer than all of them.
So what is reported of a level is always its own optimum with its own duals.

All levels' values are recomputed from the final plan.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
from highspy import HighsBasis
from numpy.typing import NDArray

from planner.formulation.model.model import Model
from planner.formulation.objective import Objective
from planner.solver.checkpoint import Checkpoint, Checkpoints, key_of
from planner.solver.endings import require_optimum
from planner.solver.highs import CONCLUSIVE, INFINITY, Basis, Bounds, HighsSession, SolveOutcome
from planner.solver.scaling import Vector, objective_scale
from planner.tolerances import DRIFT, HELD

# How much more a level weighs than the next in the guess.
LEVEL_RATIO = 64.0
# How many levels a guess is about: beyond that the last would weigh too little for the arithmetic.
LEVELS_AT_ONCE = 4
# By interior point it is about fewer, and a level joins only where the least cost of the one before it is not too small
# beside its largest: else the guess would give up some of that one for the next.
LEVELS_BY_INTERIOR_POINT, LARGEST_SPREAD = 3, 4 * LEVEL_RATIO
# A level with a cost for a larger share of the columns is solved by itself then: dual simplex mostly proves it in few
# pivots.
MANY_COSTS = 0.05
# Share of the time left that a guess may take; after that the levels are solved one by one.
GUESS_TIME = 0.5
# Pivots after which proving a guess is given up: at least, as a share of those that the guess took, and per row by
# interior point, whose iterations are few. A guess that is not proved costs a solve for each of its levels.
PROOF_PIVOTS, PROOF_SHARE, PROOF_SHARE_OF_ROWS = 200, 0.1, 0.05
# Pivots that simplex is given on a large LP before interior point takes over, per row.
SIMPLEX_SHARE = 1.75
# Pivots by which simplex makes interior point's end an optimum, per row, where there is another way: mostly it needs
# few, but on a face that arithmetic hardly leaves a point each may take a second.
TIDYING_SHARE = 1.0
# Pivots that dual simplex is given beside interior point: per row, and at most. Where it wins it mostly needs fewer.
RACE_SHARE, RACE_PIVOTS = 0.5, 30_000

STOPPED = frozenset({"time limit", "interrupted"})
NONE = np.empty(0, dtype=np.intp)

Level = tuple[str, Vector]  # name, costs by column


@dataclass(frozen=True)
class SolvedLevel:
    """One level as it was solved. Duals are those of its own solve, per unit of its objective."""

    name: str
    costs: Vector
    outcome: SolveOutcome
    value: float
    bound: float
    row_duals: Vector
    by_simplex: bool | None = None  # the way to it; else interior point. None: not known


@dataclass
class Optimum:
    """Values of all columns, and the levels that led there; `unfinished` names those not optimised."""

    values: Vector
    levels: list[SolvedLevel] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    solves: list[tuple[str, float]] = field(default_factory=list)  # every solve: what for, seconds
    bounds: Mapping[str, float] | None = None  # by level, where choices were made first: what no choice can beat
    basis: Basis | None = None  # of the first solve, where it was asked for: a start for the next
    last_basis: Basis | None = None  # that the last solve ended with, where it left one
    by_interior_point: bool = False  # simplex was not the way
    held_by_rows: bool = False  # some level is, not by its face
    resumed: list[str] = field(default_factory=list)  # levels that a run proved whose process was killed

    @property
    def won(self) -> dict[str, bool]:
        """Level → was simplex the way to it? Without levels of which that is not known."""
        return {level.name: level.by_simplex for level in self.levels if level.by_simplex is not None}


class Recourse(NamedTuple):
    """Columns of a second stage, and all rows that contain one of them.

    It is complete: whatever the other columns are, these can keep the rows (Birge and Louveaux, Introduction to
    Stochastic Programming, 1997).
    """

    columns: NDArray[np.intp]
    rows: NDArray[np.intp]


class LazyRows(Protocol):
    """Rows of the LP that are left out until a plan breaks them."""

    def settle(self, values: Vector, held_costs: Sequence[Vector]) -> Vector | None:
        """The values changed so that they keep the rows; None where one of the levels with costs `held_costs` would be
        worse.
        """

    def enforce(self, session: HighsSession) -> None:
        """Put the rows back into the LP of the session."""


def cost_vector(model: Model, objective: Objective) -> Vector:
    """The objective as an array, in the order of the model's columns."""
    costs = np.zeros(model.column_count)
    for variable, weight in objective.items():
        costs[variable] = weight
    return costs


def optimise(
    session: HighsSession,
    levels: Sequence[Level],
    tolerance: float,
    time_limit: float | None,
    lazy: LazyRows | None = None,
    interior_point: bool = False,
    start: Basis | None = None,
    keep_basis: bool = False,
    spare: NDArray[np.intp] = NONE,
    guess_first: bool = False,
    race: bool = True,
    won: Mapping[str, bool] | None = None,
    checkpoints: Path | None = None,
    recourse: Recourse | None = None,
) -> Optimum:
    """Optimise the levels in order; `interior_point` where that is known to be the way from the start.

    `guess_first`: interior point too begins with several levels at once, as where others are held already. `race`: dual
    simplex works beside it; but where it is known which of the two `won` the first level of a solve in a similar LP
    (see `Optimum`), that one works alone.

    `start` is a basis near the optimum, of the same levels on a similar LP; `keep_basis` asks for such a one. It is not
    used where interior point solves several levels, each by itself.

    `lazy` rows are free in the session; they are enforced from the first solve whose plan they would change.
    An optimum that keeps them is the optimum with them, so what was held before stays right.

    `spare` columns hardly ever help: interior point is spared them, and its optimum is then proved with them.

    `checkpoints`: the folder where the levels that are proved are kept, and found again after the process was killed
    (`planner.solver.checkpoint`).

    `recourse`: a part of the LP that is left out of the first levels, those without a cost in it: their optima are the
    same, and so are their duals, which are 0 in the recourse. With a time limit nothing is left out, as the plan must
    be whole whenever time is up.

    Raises NoPlanError where there is no plan, SolverStoppedError where the first level is not finished. A
    later level that is not finished leaves the plan of the one before, and the rest not optimised.
    """
    solver = _LexicographicSolver(session, tolerance, time_limit, lazy, interior_point)
    solver.start, solver.keep_basis, solver.spare, solver.guess_first = start, keep_basis, spare, guess_first
    solver.racing, solver.won = race, won or {}
    if recourse and time_limit is None and lazy is None and any(costs[recourse.columns].any() for _, costs in levels):
        solver.recourse = recourse
    if checkpoints is not None and start is None:
        has = lazy is not None, recourse is not None
        settings = (tolerance, *has, interior_point, keep_basis, guess_first, race, won, spare.tolist())
        solver.checkpoints = Checkpoints(checkpoints, key_of(session, levels, *settings))
    return solver.optimise(list(levels))


def proved_in_order(
    session: HighsSession,
    levels: Sequence[Level],
    start: Basis,
    pivots: int,
    time_limit: float | None = None,
    of_each: bool = False,
) -> list[SolvedLevel]:
    """The first levels in order, as far as so many `pivots` from `start` prove them, in all or `of_each`; each is held
    in the session.

    `start`: a basis near the optimum, mostly one that is optimal for all levels of this LP or a similar one. In the LP
    that it is of no level takes a pivot.
    """
    deadline = None if time_limit is None else time.perf_counter() + time_limit
    session.start_from(start)
    proved: list[SolvedLevel] = []
    for name, costs in levels:
        session.set_costs(costs * objective_scale(costs))
        solve = session.prove if proved else session.again
        outcome = solve(f"proof of {name}", pivots, _until(deadline))
        pivots -= 0 if of_each else min(outcome.iterations, pivots)
        if outcome.status != "optimal" or _drifted(proved, outcome.values, DRIFT):
            break
        proved.append(solved_level(session, (name, costs), outcome))
        hold_by_face(session, outcome)
    return proved


class _LexicographicSolver:
    """The state of one lexicographic optimisation."""

    def __init__(
        self,
        session: HighsSession,
        tolerance: float,
        time_limit: float | None,
        lazy: LazyRows | None,
        interior_point: bool,
    ) -> None:
        self._session = session
        self._tolerance = tolerance
        self._deadline = None if time_limit is None else time.perf_counter() + time_limit
        self._lazy, self._had_lazy = lazy, lazy is not None
        self._interior_point = interior_point
        self._optimum = Optimum(np.empty(0))
        self.start: Basis | None = None
        self.keep_basis = False
        self.spare = NONE
        self.guess_first = False
        self.racing = True
        self.won: Mapping[str, bool] = {}
        self.checkpoints: Checkpoints | None = None
        self.recourse: Recourse | None = None  # that is or may still be left out
        self._left_out: Bounds | None = None  # the bounds of the recourse, while that is so
        self._is_whole = True  # has the plan of the last level all columns?
        self._by_simplex = True  # the last solve, or guess
        self._first = ""  # level of the solve at hand
        self._most_race_pivots = min(int(RACE_SHARE * session.lp.rows), RACE_PIVOTS)
        self._race_pivots = self._most_race_pivots
        self._again = False  # the guess at hand came from an old basis
        # A guess serves where there is something to prove by it; with a tolerance each level may use what
        # those before it may give back, which a basis that is optimal for all would not.
        self._guessing = tolerance == 0

    def optimise(self, levels: list[Level]) -> Optimum:
        if self._interior_point and len(levels) > 1:
            self.start = None  # levels by themselves are each too far from it
        guess: SolveOutcome | None = None
        guessed: list[str] = []  # the levels that the guess is about
        count = len(levels)
        levels = self._resumed(levels)
        self._session.tell_done(count - len(levels), count)
        while levels:
            self._first = levels[0][0]
            self._leave_out_recourse(levels[0])
            if self._first not in guessed:
                guess = None
            if guess is None and self._optimum.levels:
                self._begin_afresh()
            near = self._until_recourse(levels)
            if self._may_guess(near) and guess is None:
                together = _alike(near) if self._interior_point else near[:LEVELS_AT_ONCE]
                guessed = [name for name, _ in together]
                phase = f"{guessed[0]} to {guessed[-1]} together"
                guess = self._solve(phase, weighted_sum(together), GUESS_TIME, is_guess=True)
                if guess.status != "optimal":
                    # Out of time, not for simplex, or the held faces are too tight for the arithmetic.
                    if guess.status not in {"time limit", "iteration limit"} and not self._optimum.levels:
                        return self._stopped(levels, guess)
                    self._guessing, guess = self._interior_point and guess.status == "iteration limit", None
            solved = self._prove(levels[0], guess) if guess is not None else None
            if solved is None:
                guess, guessed = None, []
                solved = self._solve_level(levels[0], len(levels) == 1 or _has_many_costs(levels[0]))
            if solved.outcome.status != "optimal":
                return self._stopped(levels, solved.outcome)
            levels = levels[1:]
            self._optimum.values = solved.outcome.values
            self._optimum.levels.append(solved)
            self._session.tell_done(count - len(levels), count)
            if levels:
                self._hold(solved)
        self._optimum.by_interior_point = self._interior_point
        return self._optimum

    def _leave_out_recourse(self, level: Level) -> None:
        """Leave the recourse out while the levels have no cost in it; from the first on that has, it is in for good."""
        if self.recourse is None:
            return
        session, (columns, rows) = self._session, self.recourse
        if self._counts_recourse(level):
            if self._left_out is not None:
                session.set_column_bounds(columns, *self._left_out[:2])
                session.set_row_bounds(rows, *self._left_out[2:])
            self.recourse = self._left_out = None
        elif self._left_out is None:
            of_columns = session.column_lower[columns], session.column_upper[columns]
            self._left_out = (*of_columns, session.row_lower[rows], session.row_upper[rows])
            nothing, free = np.zeros(len(columns)), np.full(len(rows), INFINITY)
            session.set_column_bounds(columns, nothing, nothing)
            session.set_row_bounds(rows, -free, free)

    def _until_recourse(self, levels: list[Level]) -> list[Level]:
        """The levels before the first that counts the recourse, where that is left out."""
        return list(takewhile(lambda level: not self._counts_recourse(level), levels))

    def _counts_recourse(self, level: Level) -> bool:
        return self.recourse is not None and bool(level[1][self.recourse.columns].any())

    def _resumed(self, levels: list[Level]) -> list[Level]:
        """The levels that are left: those that a checkpoint has are held as they were."""
        checkpoint = self.checkpoints.latest() if self.checkpoints else None
        if checkpoint is None:
            return levels
        if checkpoint.lazy_enforced:
            self._enforce()
        done = len(checkpoint.outcomes)
        for level, outcome in zip(levels[:done], checkpoint.outcomes.values(), strict=True):
            if self._counts_recourse(level):
                self.recourse = None
            self._by_simplex = bool(checkpoint.by_simplex[level[0]])
            solved = self._solved(level, outcome)
            self._optimum.levels.append(solved)
            self._optimum.resumed.append(level[0])
            self._hold(solved)
        if checkpoint.last_basis is not None:
            self._session.start_from(checkpoint.last_basis)
        self._optimum.values = self._optimum.levels[-1].outcome.values
        self._optimum.solves = checkpoint.solves
        self._optimum.basis = checkpoint.basis
        self.keep_basis = self.keep_basis and checkpoint.basis is None
        self._interior_point, self._guessing = checkpoint.interior_point, checkpoint.guessing
        self._race_pivots = checkpoint.race_pivots
        return levels[done:]

    def _begin_afresh(self) -> None:
        """What follows depends on the bounds at hand alone: so what is proved so far can be kept.

        Levels held by rows in place of their faces are not.
        """
        if self._session.is_large:
            self._session.renew()
        proved = self._optimum.levels
        by_rows = self._optimum.held_by_rows and not self._tolerance
        if self.checkpoints is None or by_rows or len(proved) == len(self._optimum.resumed):
            return
        self.checkpoints.keep(
            Checkpoint(
                outcomes={level.name: level.outcome for level in proved},
                by_simplex={level.name: level.by_simplex for level in proved},
                solves=self._optimum.solves,
                basis=self._optimum.basis,
                last_basis=self._session.basis(),
                lazy_enforced=self._had_lazy and self._lazy is None,
                interior_point=self._interior_point,
                race_pivots=self._race_pivots,
                guessing=self._guessing,
            )
        )

    def _may_guess(self, levels: list[Level]) -> bool:
        """Interior point solves the first level by itself, which dual simplex beside it mostly proves in few pivots."""
        first = not self._optimum.levels and not self.guess_first
        if self._interior_point and (first or len(_alike(levels)) == 1):
            return False
        return self._guessing and len(levels) > 1

    def _stopped(self, levels: list[Level], outcome: SolveOutcome) -> Optimum:
        if not self._optimum.levels or not self._is_whole:
            require_optimum(outcome.status)
        self._optimum.unfinished = [name for name, _ in levels]
        return self._optimum

    def _solve(self, phase: str, costs: Vector, share_of_time: float = 1.0, is_guess: bool = False) -> SolveOutcome:
        """Minimise afresh, with the lazy rows enforced where the plan would break them.

        Simplex is fastest on an LP that is not tight and has no rows of money; on a large one that is, interior
        point is by far. Which it is shows when simplex has had its share of pivots, or the lazy rows are broken.
        Counting pivots, not seconds, makes it the same plan on every run. A guess that is not for simplex is given up.
        """
        self._session.set_costs(costs * objective_scale(costs))
        self._session.forget_basis()
        self._again = False
        large = self._session.is_large
        began = time.perf_counter()
        left = _until(self._deadline)
        deadline = None if left is None else began + share_of_time * left
        if self.start is not None:
            self._session.start_from(self.start)
            self.start, self._again = None, True
            outcome = self._session.solve_again(phase, _until(deadline), self._interior_point)
            self._optimum.solves.append((phase, time.perf_counter() - began))
            return outcome
        outcome = self._attempt(
            phase, deadline, int(SIMPLEX_SHARE * self._session.lp.rows) if large else None, is_guess
        )
        broken = outcome.status == "optimal" and not self._settles(outcome, costs)
        if broken or outcome.status == "iteration limit":
            self._enforce()
            self._interior_point = large
            given_up = replace(outcome, status="iteration limit")
            outcome = given_up if is_guess and large else self._attempt(phase, deadline, None, is_guess)
        self._optimum.solves.append((phase, time.perf_counter() - began))
        if self.keep_basis and outcome.status == "optimal":
            self._optimum.basis, self.keep_basis = self._session.basis(), False
        return outcome

    def _attempt(self, phase: str, deadline: float | None, pivots: int | None, rough: bool) -> SolveOutcome:
        self._by_simplex = True
        if not self._interior_point:
            return self._session.solve(phase, _until(deadline), pivots=pivots, rough=rough)
        spare = self.spare[self._session.column_upper[self.spare] == INFINITY]
        outcome = self._without(spare, phase, deadline, rough) if spare.size else None
        return outcome or self._race(phase, deadline, rough)

    def _without(self, spare: NDArray[np.intp], phase: str, deadline: float | None, rough: bool) -> SolveOutcome | None:
        """Solved without these columns, and proved with them; None where they make a difference."""
        nothing = np.zeros(len(spare))
        self._session.set_column_bounds(spare, nothing, nothing)
        outcome = self._race(phase, deadline, rough)
        self._session.set_column_bounds(spare, nothing, np.full(len(spare), INFINITY))
        if outcome.status == "optimal":
            proof = self._session.prove(phase, self._session.pivots_again, _until(deadline), rough)
            outcome = replace(proof, iterations=proof.iterations + outcome.iterations)
        if outcome.status in STOPPED | {"optimal"}:
            return outcome
        self._session.forget_basis()
        return None

    def _race(self, phase: str, deadline: float | None, rough: bool) -> SolveOutcome:
        """By dual simplex or interior point.

        Simplex gets half as many pivots the next time: the more levels are held, the more of them change nothing.
        """
        known = self.won.get(self._first)
        tidying = None if self._is_patient else int(TIDYING_SHARE * self._session.lp.rows)
        if self.racing and known is not False:
            alone = known is True
            outcome, self._by_simplex = self._session.race(
                phase, self._race_pivots, _until(deadline), rough, alone, tidying
            )
        else:
            outcome = self._session.solve(phase, _until(deadline), True, tidying, rough=rough)
            self._by_simplex = False
        self._race_pivots //= 2
        if outcome.status in CONCLUSIVE:
            return outcome
        if not self._is_patient:
            return replace(outcome, status="unknown")
        self._session.forget_basis()  # interior point lost its way
        return self._session.solve(phase, _until(deadline), rough=rough)

    @property
    def _is_patient(self) -> bool:
        """Is there no other way to the level, however long this one takes?"""
        return not self._optimum.levels or self._optimum.held_by_rows

    def _settles(self, outcome: SolveOutcome, costs: Vector) -> bool:
        """Can the plan keep the rows that were left out, as good in this objective and the held ones?"""
        held_costs = [*(level.costs for level in self._optimum.levels), costs]
        return self._lazy is None or self._lazy.settle(outcome.values, held_costs) is not None

    def _enforce(self) -> None:
        if self._lazy is not None:
            self._lazy.enforce(self._session)
            self._lazy = None
        self._session.forget_basis()

    def _prove(self, level: Level, guess: SolveOutcome) -> SolvedLevel | None:
        """The level from the basis at hand, in few pivots; None where that does not prove it."""
        name, costs = level
        self._session.set_costs(costs * objective_scale(costs))
        # From an old basis the guess took few pivots; what the proof may take is set by what a fresh solve would.
        pivots = self._session.pivots_again if self._again else PROOF_PIVOTS + self._share_for_proof(guess)
        outcome = self._session.prove(f"proof of {name}", pivots, _until(self._deadline))
        self._optimum.solves.append((f"proof of {name}", outcome.seconds))
        if outcome.status != "optimal" or self._drifted(outcome.values) or not self._settles(outcome, costs):
            return None
        return self._solved(level, outcome)

    def _share_for_proof(self, guess: SolveOutcome) -> int:
        if self._interior_point:
            return int(PROOF_SHARE_OF_ROWS * self._session.lp.rows)
        return int(PROOF_SHARE * guess.iterations)

    def _solve_level(self, level: Level, suits_simplex: bool) -> SolvedLevel:
        """The level afresh under the held ones; where their faces prove wrong, with rows in their place.

        One with a cost for nearly everything, or many, suits dual simplex: for once it gets all its pivots again.
        """
        name, costs = level
        usual = self._race_pivots
        if suits_simplex:
            self._race_pivots = self._most_race_pivots
        before = self._session.basis_at_hand()
        outcome = self._solve(name, costs)
        if self._optimum.levels and self._is_wrong(outcome) and before.valid:
            outcome = self._from_the_last(name, costs, before)
        if self._optimum.levels and self._is_wrong(outcome):
            self._session.restore()
            self.recourse = self._left_out = None
            for held in self._optimum.levels:
                self._hold_by_row(held, max(self._tolerance, HELD))
            outcome = self._solve(name, costs)
        self._race_pivots = usual // 2
        return self._solved(level, outcome)

    def _is_wrong(self, outcome: SolveOutcome) -> bool:
        """Did the held faces prove too tight, or too loose, for the arithmetic?"""
        return outcome.status not in STOPPED and (outcome.status != "optimal" or self._drifted(outcome.values))

    def _from_the_last(self, name: str, costs: Vector, basis: HighsBasis) -> SolveOutcome:
        """The level by primal simplex from the optimum of the one before, which lies on the held faces to within
        HiGHS's tolerance, where presolve has found that nothing does.
        """
        self._session.go_back(basis)
        outcome = self._session.prove(name, self._most_race_pivots, _until(self._deadline))
        self._optimum.solves.append((f"{name} from the level before", outcome.seconds))
        return (
            outcome
            if outcome.status != "optimal" or self._settles(outcome, costs)
            else replace(outcome, status="unknown")
        )

    def _drifted(self, values: Vector) -> bool:
        return _drifted(self._optimum.levels, values, self._tolerance + DRIFT)

    def _solved(self, level: Level, outcome: SolveOutcome) -> SolvedLevel:
        name, costs = level
        if outcome.status != "optimal":
            return SolvedLevel(name, costs, outcome, float("nan"), float("nan"), np.empty(0))
        self._is_whole = self.recourse is None
        return solved_level(self._session, level, self._without_recourse(outcome), self._by_simplex)

    def _without_recourse(self, outcome: SolveOutcome) -> SolveOutcome:
        """What is left out holds nothing."""
        if self.recourse is None or self._left_out is None:
            return outcome
        reduced_costs, row_duals = outcome.reduced_costs.copy(), outcome.row_duals.copy()
        reduced_costs[self.recourse.columns] = 0.0
        row_duals[self.recourse.rows] = 0.0
        return replace(outcome, reduced_costs=reduced_costs, row_duals=row_duals)

    def _hold(self, solved: SolvedLevel) -> None:
        if self._tolerance > 0:
            self._hold_by_row(solved, self._tolerance)
        else:
            hold_by_face(self._session, solved.outcome)

    def _hold_by_row(self, solved: SolvedLevel, tolerance: float) -> None:
        """Hold a level by a row: level ≤ z + tolerance × max(1, |z|)."""
        if solved.costs.any():
            hold_by_row(self._session, solved, tolerance)
            self._optimum.held_by_rows = True


def solved_level(
    session: HighsSession, level: Level, outcome: SolveOutcome, by_simplex: bool | None = None
) -> SolvedLevel:
    """A level with its optimum; those before it are still held in the session."""
    name, costs = level
    scale = objective_scale(costs)
    value, bound = inner(costs, outcome.values), dual_bound(session, outcome) / scale
    return SolvedLevel(name, costs, outcome, value, bound, outcome.row_duals / scale, by_simplex)


def _drifted(held: Sequence[SolvedLevel], values: Vector, slack: float) -> bool:
    """Is some level worse than it was, by more than `slack` of its value?"""
    return any(inner(level.costs, values) > level.value + slack * max(1.0, abs(level.value)) for level in held)


def _until(deadline: float | None) -> float | None:
    """Seconds left, at least 0; None: no limit."""
    return None if deadline is None else max(deadline - time.perf_counter(), 0.0)


def weighted_sum(levels: Sequence[Level]) -> Vector:
    """Σ weight · level; each level weighs LEVEL_RATIO times as much as the next, by their largest weights."""
    total = np.zeros(len(levels[0][1]))
    for index, costs in enumerate(costs for _, costs in levels if costs.any()):
        total += costs * (LEVEL_RATIO**-index / float(np.abs(costs).max()))
    return total


def _alike(levels: Sequence[Level]) -> list[Level]:
    """The first levels that interior point is put together."""
    together = [levels[0]]
    for level in levels[1:LEVELS_BY_INTERIOR_POINT]:
        present = np.abs(together[-1][1][together[-1][1] != 0])
        if _has_many_costs(together[-1]) or (present.size and present.max() > LARGEST_SPREAD * present.min()):
            break
        together.append(level)
    return together


def _has_many_costs(level: Level) -> bool:
    costs = level[1]
    return int(np.count_nonzero(costs)) > MANY_COSTS * len(costs)


def inner(one: Vector, other: Vector) -> float:
    """Σ one · other. Not by BLAS: its threads cost more than they bring here, and sum in another order each."""
    return float((one * other).sum())


def dual_bound(session: HighsSession, outcome: SolveOutcome) -> float:
    """The dual objective: Σ dual · bound it rests on, over rows and columns. No plan can be below it.

    A dual within tolerance of zero on a side without a bound adds nothing.
    """

    rows = session.lp.rows
    total = float(bound_terms(outcome.row_duals[:rows], session.row_lower, session.row_upper).sum())
    for extra, (lower, upper) in enumerate(session.extra_rows):
        dual = float(outcome.row_duals[rows + extra])
        total += dual * (lower if dual > 0 else upper) if dual else 0.0
    return total + float(bound_terms(outcome.reduced_costs, session.column_lower, session.column_upper).sum())


def bound_terms(duals: Vector, lower: Vector, upper: Vector) -> Vector:
    """dual · bound it rests on, of each row or column; 0 where there is none on that side."""
    bounds = np.where(duals > 0, lower, upper)
    terms: Vector = duals * np.where(np.isfinite(bounds), bounds, 0.0)
    return terms


def hold_by_face(session: HighsSession, outcome: SolveOutcome) -> None:
    """Fix every column with a non-zero reduced cost, and row with a non-zero dual, at the bound it rests on.

    What has the sign of a side without a bound, as HiGHS's tolerance admits, is not fixed: the level cannot get worse
    by it.
    """
    columns, fixed = _resting(outcome.reduced_costs, session.column_lower, session.column_upper)
    session.set_column_bounds(columns, fixed, fixed)
    rows, active = _resting(outcome.row_duals[: session.lp.rows], session.row_lower, session.row_upper)
    session.set_row_bounds(rows, active, active)


def _resting(duals: Vector, lower: Vector, upper: Vector) -> tuple[NDArray[np.intp], Vector]:
    """(positions, bounds) of what its dual holds at a bound."""
    bounds = np.where(duals > 0, lower, upper)
    held = np.flatnonzero((duals != 0) & np.isfinite(bounds))
    return held, bounds[held]


def hold_by_row(session: HighsSession, level: SolvedLevel, tolerance: float) -> None:
    """Hold a level by a row: level ≤ z + tolerance × max(1, |z|)."""
    limit = level.value + tolerance * max(1.0, abs(level.value))
    scale = objective_scale(level.costs)
    session.add_row(-INFINITY, limit * scale, level.costs * scale)
