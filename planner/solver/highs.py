"""One LP session on HiGHS: the model is loaded once, as arrays; costs and bounds change, and it is solved again.

Status, objective, solution and duals are read from HiGHS itself.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from weakref import WeakMethod

import highspy
import numpy as np
from numpy.typing import NDArray

from planner.formulation.model.model import GREATER, LESS, Model
from planner.solver.memory import give_back_memory
from planner.solver.quiet import QuietHighs, race
from planner.solver.rounding import BasisSystem, Entries
from planner.solver.scaling import Scaling, finer_scale, objective_scale, row_factor, scaling
from planner.solver.scaling import Vector as Vector
from planner.tolerances import CROSSED_OVER, DOUBTFUL, FEASIBLE, SMALLEST_ENTRY

NONE = np.empty(0, dtype=np.intp)
Bounds = tuple[Vector, Vector, Vector, Vector]  # lower and upper of columns, lower and upper of rows
INFINITY = highspy.kHighsInf
CHOOSE_WEIGHTS, DEVEX = -1, 1
LITTLE, USUAL = 0.01, 1.0  # of HiGHS's own perturbation of costs
EITHER_SIMPLEX, DUAL_SIMPLEX, PRIMAL_SIMPLEX, NO_LIMIT = 0, 1, 4, 2**31 - 1
# Pivots that a solve from an old basis is given before it is solved afresh: at least, and per row.
AGAIN_PIVOTS, AGAIN_SHARE = 1000, 0.25
# Factorisations of the basis that it is given: at least, and per pivot. Mostly there is one for each 100 pivots or
# more.
FACTORISATIONS, FACTORISATIONS_SHARE = 20, 0.02
LARGE_NONZEROS = 20_000
# Where interior point ends before its usual gap of 1e-8, to which it hardly comes on so large a program. Crossover and
# simplex then lead to an optimal basis all the same.
VAST_NONZEROS = 400_000
LOST = frozenset({highspy.HighsModelStatus.kNotset, highspy.HighsModelStatus.kUnknown})  # how such failures end
CONCLUSIVE = frozenset({"optimal", "infeasible", "unbounded or infeasible", "time limit", "interrupted"})
IMPOSSIBLE = frozenset({"infeasible", "unbounded or infeasible"})
PROOFS = frozenset({"optimal", "infeasible", "unbounded or infeasible", "unbounded"})
BASIS_STATUS = {int(status): status for status in highspy.HighsBasisStatus.__members__.values()}
BASIC, AT_LOWER = int(highspy.HighsBasisStatus.kBasic), int(highspy.HighsBasisStatus.kLower)
AT_UPPER = int(highspy.HighsBasisStatus.kUpper)
# `      1234     5.6789000000e+03 Pr: 12(345.6); Du: 0(0) 7s`
_ITERATION_LINE = re.compile(r"^\s*(\d+)\s+([-+]?\d\S*)\s+(?:Pr|Ph1|Du): (.*)$")
_INFEASIBILITY_SUM = re.compile(r"\(([^)]*)\)")


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the solver is: shown while it works.

    `seconds` since the run began. Of `levels` of the objective so many are `done` (0 of 0: it is not known yet how many
    there are).
    """

    phase: str
    iterations: int = 0
    infeasibility: float | None = None
    objective: float | None = None
    seconds: float = 0.0
    done: int = 0
    levels: int = 0


ProgressListener = Callable[[Progress], None]


@dataclass(frozen=True)
class Arrays:
    """The LP as arrays, rows in compressed sparse row form: lower ≤ A x ≤ upper, x ≥ 0. All in the user's units."""

    columns: int
    row_lower: Vector
    row_upper: Vector
    start: NDArray[np.int32]
    index: NDArray[np.int32]
    value: Vector
    binary: NDArray[np.intp] = field(default_factory=NONE.copy)  # columns that may have to be 0 or 1

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.row_lower)

    @property
    def row_of_entry(self) -> NDArray[np.intp]:
        """[non-zero]: the position of its row, in the order of `index` and `value`."""
        return np.repeat(np.arange(self.rows), np.diff(self.start))

    @property
    def is_large(self) -> bool:
        """Does it have more than `LARGE_NONZEROS` non-zeros?"""
        return len(self.value) > LARGE_NONZEROS

    def scaling(self) -> Scaling | None:
        """The units in which a solver takes it well; None where the user's own are ordinary."""
        return scaling(
            self.row_of_entry, self.index, self.value, (self.row_lower, self.row_upper), self.binary, self.columns
        )


def arrays(model: Model) -> Arrays:
    """The rows of a model as arrays; columns and rows at their positions."""
    start, index, value, sense, bound = model.row_arrays
    lower = np.where(sense == LESS, -INFINITY, bound)
    upper = np.where(sense == GREATER, INFINITY, bound)
    return Arrays(model.column_count, lower, upper, start, index, value, np.array(model.binaries, dtype=np.intp))


@dataclass(frozen=True)
class Basis:
    """Which columns and rows are basic, and where the others stand: HiGHS's own codes, one byte each."""

    columns: NDArray[np.int8]
    rows: NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class SolveOutcome:
    """What HiGHS said of one solve. Vectors are empty where there is no usable point.

    Reduced costs and duals that may be nothing but rounding are 0.
    """

    status: str  # optimal, infeasible, unbounded, time limit, interrupted, or HiGHS's own word
    objective: float
    values: Vector
    reduced_costs: Vector
    row_duals: Vector
    iterations: int
    seconds: float
    cost_factor: float = 1.0  # by which HiGHS had the objective multiplied, for its tolerances' sake


class HighsSession:
    """An LP inside HiGHS. Lower and upper bounds as last set are kept here, so that they can be put back.

    All that goes in and comes out is in the user's units; HiGHS may have its own (`planner.solver.scaling`). `deaf` as
    of `QuietHighs`.
    """

    def __init__(
        self, lp: Arrays, options: Mapping[str, Any], listener: ProgressListener | None = None, deaf: bool = False
    ) -> None:
        self.lp, self._deaf = lp, deaf
        self._options = dict(options)
        self.highs = self._new_highs()
        self._solver = str(options.get("solver", "choose"))
        self._simplex = int(options.get("simplex_strategy", DUAL_SIMPLEX))
        self._listener = listener
        self._phase = ""
        self._done = self._levels = 0
        self._began = time.perf_counter()
        self._mixed_integer = False
        self._load()

    def _new_highs(self) -> QuietHighs:
        highs = QuietHighs(self._deaf)
        for name, value in self._options.items():
            highs.setOptionValue(name, value)
        if len(self.lp.value) > VAST_NONZEROS:
            highs.setOptionValue("ipm_optimality_tolerance", CROSSED_OVER)
        if not highs.deaf:
            highs.cbLogging += _callback(WeakMethod(self._on_log))
        return highs

    def _load(self) -> None:
        units = self.lp.scaling()
        self._scaled = units is not None
        self._units = units or Scaling(np.ones(self.lp.rows), np.ones(self.lp.columns))
        self._extra_factors: list[float] = []  # of rows added later
        self._extra_entries: list[Entries] = []  # of the same, as HiGHS has them
        self.cost_factor = 1.0  # of the objective, beside the caller's own
        self._costs = np.zeros(self.lp.columns)  # as HiGHS has them
        self._values = self.lp.value  # coefficients, as last set
        if self._scaled:
            self._options["small_matrix_value"] = SMALLEST_ENTRY
            self.highs.setOptionValue("small_matrix_value", SMALLEST_ENTRY)
        factors, units_of = self._units.rows, self._units.columns
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = self.lp.columns, self.lp.rows
        lp.col_cost_ = np.zeros(self.lp.columns)
        lp.col_lower_ = np.zeros(self.lp.columns)
        lp.col_upper_ = np.full(self.lp.columns, INFINITY)
        lp.row_lower_, lp.row_upper_ = self.lp.row_lower * factors, self.lp.row_upper * factors
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_, lp.a_matrix_.index_ = self.lp.start, self.lp.index
        lp.a_matrix_.value_ = self.lp.value * factors[self.lp.row_of_entry] * units_of[self.lp.index]
        if self.highs.passModel(lp) == highspy.HighsStatus.kError:
            raise ValueError("HiGHS does not take the linear program: an entry occurs twice, or is not a number")
        self.column_lower = np.zeros(self.lp.columns)
        self.column_upper = np.full(self.lp.columns, INFINITY)
        self.row_lower, self.row_upper = self.lp.row_lower.copy(), self.lp.row_upper.copy()
        self.extra_rows: list[tuple[float, float]] = []
        self.keep_bounds()

    @property
    def is_large(self) -> bool:
        """Large enough for interior point to beat simplex where rows of money run through the whole LP."""
        return self.lp.is_large

    @property
    def pivots_again(self) -> int:
        """Pivots after which an old basis has proved of no use: solving afresh would have taken less."""
        return AGAIN_PIVOTS + int(AGAIN_SHARE * self.lp.rows)

    def set_costs(self, costs: Vector) -> None:
        """The objective: money (or weight) per unit of each column."""
        scaled = costs * self._units.columns
        self.cost_factor = objective_scale(scaled) / objective_scale(costs) if self._scaled else 1.0
        self._costs = scaled * self.cost_factor
        self._hand_over_costs(self._costs)

    def _hand_over_costs(self, costs: Vector) -> None:
        self.highs.changeColsCost(self.lp.columns, np.arange(self.lp.columns, dtype=np.int32), costs)

    def set_column_bounds(self, columns: NDArray[np.intp], lower: Vector, upper: Vector) -> None:
        """New bounds of columns by position, in the units of the model; `restore` takes them back."""
        self.column_lower[columns], self.column_upper[columns] = lower, upper
        units = self._units.columns[columns]
        self.highs.changeColsBounds(len(columns), columns.astype(np.int32), lower / units, upper / units)

    def set_row_bounds(self, rows: NDArray[np.intp], lower: Vector, upper: Vector) -> None:
        """New bounds of rows by position, in the units of the model; `restore` takes them back."""
        self.row_lower[rows], self.row_upper[rows] = lower, upper
        factors = self._units.rows[rows]
        self.highs.changeRowsBounds(len(rows), rows.astype(np.int32), lower * factors, upper * factors)

    def change_model(self, columns: NDArray[np.intp], rows: NDArray[np.intp], bounds: tuple[Vector, Vector]) -> None:
        """New bounds for columns, or for rows, as part of the model itself: `restore` comes back to them."""
        lower, upper = bounds
        if columns.size:
            self.set_column_bounds(columns, lower, upper)
            self._model[0][columns], self._model[1][columns] = lower, upper
        if rows.size:
            self.set_row_bounds(rows, lower, upper)
            self._model[2][rows], self._model[3][rows] = lower, upper

    def keep_bounds(self) -> None:
        """Make all bounds as they are now part of the model itself."""
        self._model = self.bounds

    @property
    def status(self) -> str:
        """How the last solve ended, as in `SolveOutcome`."""
        return _status_word(self.highs.getModelStatus())

    @property
    def units(self) -> Scaling:
        """The units in which HiGHS sees the LP; in them its basis is factorised."""
        return self._units

    @property
    def model_bounds(self) -> Bounds:
        """The bounds that `restore` comes back to: lower and upper of columns, lower and upper of rows."""
        column_lower, column_upper, row_lower, row_upper = self._model
        return column_lower, column_upper, row_lower, row_upper

    def set_right_hand_sides(self, rows: NDArray[np.intp], values: Vector) -> None:
        """New right-hand sides as part of the model itself: of each row, the sides on which it is bounded."""
        lower, upper = other_sides(self._model[2][rows], self._model[3][rows], values)
        self.change_model(np.empty(0, dtype=np.intp), rows, (lower, upper))

    def set_entries(self, rows: NDArray[np.intp], columns: NDArray[np.intp], values: Vector) -> None:
        """New coefficients, as part of the model itself."""
        factors = self._units.rows[rows] * self._units.columns[columns]
        if self._values is self.lp.value:
            self._values = self.lp.value.copy()
        for row, column, value in zip(rows.tolist(), columns.tolist(), (values * factors).tolist(), strict=True):
            self.highs.changeCoeff(row, column, value)
        for row, column, value in zip(rows.tolist(), columns.tolist(), values.tolist(), strict=True):
            entries = slice(self.lp.start[row], self.lp.start[row + 1])
            self._values[entries][self.lp.index[entries] == column] = value

    def restore(self) -> None:
        """Put every bound back as the model has it."""
        self.set_bounds(self._model)

    @property
    def bounds(self) -> Bounds:
        """A copy of all bounds as they are now."""
        return self.column_lower.copy(), self.column_upper.copy(), self.row_lower.copy(), self.row_upper.copy()

    def set_bounds(self, bounds: Bounds) -> None:
        """Set all bounds, of columns and of the rows of the LP."""
        column_lower, column_upper, row_lower, row_upper = bounds
        self.set_column_bounds(np.arange(self.lp.columns), column_lower, column_upper)
        self.set_row_bounds(np.arange(self.lp.rows), row_lower, row_upper)

    def add_row(self, lower: float, upper: float, coefficients: Vector) -> None:
        """A further row, after those of the LP: how a level is held with a tolerance."""
        columns = np.flatnonzero(coefficients).astype(np.int32)
        scaled = coefficients[columns] * self._units.columns[columns]
        factor = row_factor(scaled) if self._scaled else 1.0
        self.highs.addRow(lower * factor, upper * factor, len(columns), columns, scaled * factor)
        self.extra_rows.append((lower, upper))
        self._extra_factors.append(factor)
        row = np.full(len(columns), self.lp.rows + len(self._extra_entries))
        self._extra_entries.append(Entries(row, columns, scaled * factor))

    def make_binary(self, columns: NDArray[np.intp]) -> None:
        """Let columns be 0 or 1 only: what is solved from now on is a mixed-integer program, without duals."""
        self.set_column_bounds(columns, np.zeros(len(columns)), np.ones(len(columns)))
        kinds = np.full(len(columns), highspy.HighsVarType.kInteger.value, dtype=np.uint8)
        self._mixed_integer = True
        self.highs.changeColsIntegrality(len(columns), columns.astype(np.int32), kinds)

    @property
    def mixed_integer_bound(self) -> float:
        """What no point can beat, of the mixed-integer program last solved."""
        return float(self.highs.getInfo().mip_dual_bound) / self.cost_factor

    def forget_basis(self) -> None:
        """Solve afresh, with presolve, next time: faster than an old basis where much has been fixed."""
        self.highs.clearSolver()

    def leave_out_presolve(self) -> None:
        """Solve without presolve from now on: where limits meet to the last digit, it may take what is possible for
        impossible.
        """
        self._options["presolve"] = "off"
        self.highs.setOptionValue("presolve", "off")
        self.forget_basis()

    def renew(self) -> None:
        """Go on from the same bounds and basis with a HiGHS that knows nothing else of the solves so far: it keeps, for
        one, how it has scaled the LP, which follows from the costs of its first solve.
        """
        fresh, basis = self._new_highs(), self.basis_at_hand()
        fresh.passModel(self.highs.getLp())
        if basis.valid:
            fresh.setBasis(basis)
        self.highs = fresh
        give_back_memory()

    def basis(self) -> Basis:
        """The basis that the last solve ended with; rows added later than the LP are left out."""
        basis = self.highs.getBasis()
        columns = np.fromiter(map(int, basis.col_status), dtype=np.int8, count=self.lp.columns)
        rows = np.fromiter(map(int, basis.row_status[: self.lp.rows]), dtype=np.int8, count=self.lp.rows)
        return Basis(columns, rows)

    def basis_at_hand(self) -> highspy.HighsBasis:
        """The same as HiGHS keeps it, to go back to in this session; not valid where the last solve left none."""
        basis: highspy.HighsBasis = self.highs.getBasis()
        return basis

    def go_back(self, basis: highspy.HighsBasis) -> None:
        """Begin the next solve at a basis that this session was at, before rows were added."""
        if self.highs.setBasis(basis) != highspy.HighsStatus.kOk:
            self.forget_basis()

    def start_from(self, basis: Basis) -> None:
        """Begin the next solve at a basis, perhaps of another LP with the same columns and rows.

        Rows added later than the LP are slack in it. Where it has too many or too few basic columns and rows, as one
        carried over from another LP, HiGHS completes it.
        """
        start = highspy.HighsBasis()
        start.col_status = [BASIS_STATUS[code] for code in basis.columns.tolist()]
        slack = [BASIS_STATUS[BASIC]] * len(self.extra_rows)
        start.row_status = [BASIS_STATUS[code] for code in basis.rows.tolist()] + slack
        start.valid = True
        basics = int((basis.columns == BASIC).sum() + (basis.rows == BASIC).sum())
        start.alien = basics != len(basis.rows)
        if self.highs.setBasis(start) != highspy.HighsStatus.kOk:
            self.forget_basis()

    def solve(
        self,
        phase: str,
        time_limit: float | None = None,
        interior_point: bool = False,
        pivots: int | None = None,
        rough: bool = False,
        nodes: int | None = None,
    ) -> SolveOutcome:
        """Solve as it stands: by simplex, of at most `pivots`, or by interior point with crossover to a basis.

        A mixed-integer program takes at most `nodes` of branch and bound.

        A basis that crossover left just short of optimal keeps all bounds: from there primal simplex takes some pivots,
        dual simplex can take as many as from nothing.

        Where the least costs are so small beside the others that they lie within HiGHS's tolerance, its optimum is made
        one for them too, but for a `rough` solve.

        `time_limit` in seconds for this solve. Raises KeyboardInterrupt on Ctrl-C.
        """
        self._phase = phase
        began = time.perf_counter()
        self._prepare(self.highs, interior_point, time_limit)
        self.highs.setOptionValue("simplex_iteration_limit", NO_LIMIT if pivots is None else pivots)
        self.highs.setOptionValue("mip_max_nodes", NO_LIMIT if nodes is None else nodes)
        self.highs.run()
        if self.highs.getModelStatus() in LOST and not interior_point:
            self.forget_basis()  # one that HiGHS could not work with
            self.highs.run()
        return self._concluded(began, rough)

    def race(
        self,
        phase: str,
        pivots: int,
        time_limit: float | None = None,
        rough: bool = False,
        alone: bool = False,
        tidying: int | None = None,
    ) -> tuple[SolveOutcome, bool]:
        """Solve afresh by dual simplex, of at most `pivots`, and beside it by interior point; and was it simplex that
        proved it?

        `alone`: interior point only begins where simplex has used up its pivots. `tidying`: the most pivots by which
        simplex makes interior point's end an optimum.

        What simplex proves counts, even where interior point has ended before: so the outcome depends neither on the
        cores that there are nor on how fast they are. Where simplex has used up its pivots, interior point's counts.
        """
        self._phase = phase
        began = time.perf_counter()
        interior, simplex = self.highs, self._new_highs()
        simplex.passModel(interior.getLp())
        self._prepare(interior, True, time_limit)
        interior.setOptionValue("simplex_iteration_limit", NO_LIMIT if tidying is None else tidying)
        self._prepare(simplex, False, time_limit)
        simplex.setOptionValue("solver", "simplex")
        simplex.setOptionValue("simplex_strategy", DUAL_SIMPLEX)
        simplex.setOptionValue("simplex_iteration_limit", pivots)
        won = race(simplex, interior, lambda: _status_word(simplex.getModelStatus()) in PROOFS, 1 if alone else None)
        if won:
            self.highs = simplex
        return self._concluded(began, rough), won

    def _prepare(self, highs: QuietHighs, interior_point: bool, time_limit: float | None) -> None:
        highs.setOptionValue("solver", "ipm" if interior_point else self._solver)
        highs.setOptionValue("simplex_strategy", EITHER_SIMPLEX if interior_point else self._simplex)
        # HiGHS counts its time limit from the first solve of the session.
        limit = INFINITY if time_limit is None else highs.getRunTime() + max(time_limit, 0.0)
        highs.setOptionValue("time_limit", limit)

    def _concluded(self, began: float, rough: bool) -> SolveOutcome:
        outcome = self._outcome(began)
        if rough or self._mixed_integer or outcome.status != "optimal":
            return outcome
        factor = finer_scale(self._costs)
        return self._without_rounding(self._finer(outcome, factor, began) if factor > 1 else outcome)

    def _finer(self, rough: SolveOutcome, factor: float, began: float) -> SolveOutcome:
        """The optimum with all costs `factor` times as large, from the basis at hand; where HiGHS finds none,
        `rough`.
        """
        basis, before = self.highs.getBasis(), self.cost_factor
        self.highs.setOptionValue("solver", "simplex")
        self.highs.setOptionValue("simplex_strategy", PRIMAL_SIMPLEX)
        self.highs.setOptionValue("simplex_iteration_limit", self.pivots_again)
        self._hand_over_costs(self._costs * factor)
        self.cost_factor *= factor
        self.highs.run()
        outcome = self._outcome(began)
        self.cost_factor = before
        self._hand_over_costs(self._costs)
        if outcome.status == "optimal":
            return replace(outcome, iterations=outcome.iterations + rough.iterations)
        self.highs.setBasis(basis)
        return rough

    def _without_rounding(self, outcome: SolveOutcome) -> SolveOutcome:
        """Reduced costs and duals that rounding may have made of 0 become 0; as they are where there is no basis to
        tell by.
        """
        per_column, per_row = self._per_unit(outcome.cost_factor)
        sizes = np.abs(np.concatenate([outcome.reduced_costs * per_column, outcome.row_duals * per_row]))
        if not ((sizes > 0) & (sizes < DOUBTFUL)).any():
            return outcome
        if self.highs.getOptionValue("solver")[1] == "ipm":
            self.highs.setBasis(
                self.highs.getBasis()
            )  # HiGHS 1.16 crashes on the next line where crossover needed no pivot
        status, basic = self.highs.getBasicVariables()
        if status != highspy.HighsStatus.kOk or not basic.size:
            return outcome
        costs = self._costs * (outcome.cost_factor / self.cost_factor)
        system = BasisSystem(costs, self._entries(), basic, lambda right: self.highs.getBasisTransposeSolve(right)[1])
        certain = system.duals(outcome.row_duals * per_row)
        return replace(outcome, reduced_costs=certain.reduced_costs / per_column, row_duals=certain.duals / per_row)

    def _entries(self) -> Entries:
        """The coefficients as HiGHS has them; rows added later too."""
        lp, rows = self.lp, self.lp.row_of_entry
        values = self._values * self._units.rows[rows] * self._units.columns[lp.index] if self._scaled else self._values
        parts = [Entries(rows, lp.index, values), *self._extra_entries]
        return Entries(*map(np.concatenate, zip(*parts, strict=True))) if self._extra_entries else parts[0]

    def _outcome(self, began: float) -> SolveOutcome:
        info, status = self.highs.getInfo(), self.highs.getModelStatus()
        word = self._empty_word() if status == highspy.HighsModelStatus.kModelEmpty else _status_word(status)
        usable = word == "optimal"
        solution = self.highs.getSolution() if usable else None
        per_column, per_row = self._per_unit(self.cost_factor)
        return SolveOutcome(
            status=word,
            objective=info.objective_function_value / self.cost_factor if usable else float("nan"),
            values=_vector(solution.col_value, self.lp.columns) * self._units.columns if solution else np.empty(0),
            reduced_costs=_vector(solution.col_dual, self.lp.columns) / per_column if solution else np.empty(0),
            row_duals=_vector(solution.row_dual, len(per_row)) / per_row if solution else np.empty(0),
            iterations=max(info.simplex_iteration_count, 0) + max(info.ipm_iteration_count, 0),
            seconds=time.perf_counter() - began,
            cost_factor=self.cost_factor,
        )

    @property
    def _row_factors(self) -> Vector:
        """By how much rows are multiplied in HiGHS; rows added later too."""
        return np.concatenate([self._units.rows, self._extra_factors])

    def _per_unit(self, cost_factor: float) -> tuple[Vector, Vector]:
        """HiGHS's (reduced cost of a column whose reduced cost is 1, dual of a row whose dual is 1); rows added later
        too.
        """
        return cost_factor * self._units.columns, cost_factor / self._row_factors

    def as_solved(self, outcome: SolveOutcome) -> tuple[Vector, Vector]:
        """(reduced costs, duals of the LP's rows) in the units in which HiGHS had them: those of its tolerances."""
        factor, units = outcome.cost_factor, self._units
        return outcome.reduced_costs * factor * units.columns, outcome.row_duals[: self.lp.rows] * factor / units.rows

    def basic_moves(self, entries: Vector) -> tuple[NDArray[np.intp], Vector]:
        """(basic variables, by how much each moves): B⁻¹ times a column given by its entries, by row.

        A basic variable is a column from 0, or −1 − the row whose activity it is, as HiGHS numbers them.
        """
        _, basic = self.highs.getBasicVariables()
        factors = self._row_factors
        _, moves = self.highs.getBasisSolve(entries * factors)
        basics = np.array(basic, dtype=np.intp)
        columns = basics >= 0
        units = np.empty(len(basics))
        units[columns], units[~columns] = self._units.columns[basics[columns]], 1.0 / factors[-1 - basics[~columns]]
        return basics, np.array(moves) * units

    def prove(self, phase: str, pivots: int, time_limit: float | None = None, rough: bool = False) -> SolveOutcome:
        """Solve from the basis at hand, by at most as many pivots of primal simplex."""
        usual, self._simplex = self._simplex, PRIMAL_SIMPLEX
        try:
            return self.solve(phase, time_limit, pivots=pivots, rough=rough)
        finally:
            self._simplex = usual

    def point(self) -> Vector | None:
        """The point at which the last solve stopped; None where it breaks a bound, as it may before the optimum."""
        if not self.highs.getInfo().max_primal_infeasibility <= FEASIBLE:
            return None
        return _vector(self.highs.getSolution().col_value, self.lp.columns) * self._units.columns

    def solve_again(self, phase: str, time_limit: float | None = None, interior_point: bool = False) -> SolveOutcome:
        """Solve from the basis at hand: by primal simplex where its point keeps all bounds, else by dual simplex.

        The edges of the dual are weighed by devex: steepest edge first takes a solve for each row to know its weights.
        Costs are perturbed little: what is undone in the end is paid for in pivots.

        A basis that proves far from the optimum is given up, and the LP solved afresh, by `interior_point` if so. That
        is measured in pivots, not seconds, so that it is the same on every run.
        """
        deadline = None if time_limit is None else time.perf_counter() + time_limit
        outcome = self.again(phase, self.pivots_again, time_limit)
        if outcome.status in CONCLUSIVE | {"unbounded"}:
            return outcome
        self.forget_basis()
        left = None if deadline is None else max(deadline - time.perf_counter(), 0.0)
        return self.solve(phase, left, interior_point)

    def again(self, phase: str, pivots: int, time_limit: float | None = None) -> SolveOutcome:
        """The same by at most as many pivots, without more.

        Where the bounds hardly leave a plan, or none, dual simplex may factorise the basis of a large LP anew after
        each pivot, which takes a hundred times as long as the pivot. Such a solve is stopped like one that has used up
        its pivots.
        """
        usual, self._simplex = self._simplex, EITHER_SIMPLEX
        self.highs.setOptionValue("simplex_dual_edge_weight_strategy", DEVEX)
        self.highs.setOptionValue("dual_simplex_cost_perturbation_multiplier", LITTLE)
        try:
            if not self.is_large:
                return self.solve(phase, time_limit, pivots=pivots)
            most = FACTORISATIONS + int(FACTORISATIONS_SHARE * pivots)
            with self.highs.few_factorisations(most) as factorisations:
                outcome = self.solve(phase, time_limit, pivots=pivots)
            return replace(outcome, status="iteration limit") if factorisations.too_many else outcome
        finally:
            self._simplex = usual
            self.highs.setOptionValue("simplex_dual_edge_weight_strategy", CHOOSE_WEIGHTS)
            self.highs.setOptionValue("dual_simplex_cost_perturbation_multiplier", USUAL)

    def _empty_word(self) -> str:
        """HiGHS does not look at the rows of a model without columns: each must hold with nothing in it."""
        return "optimal" if bool(np.all((self.row_lower <= 0) & (self.row_upper >= 0))) else "infeasible"

    def tell_done(self, done: int, levels: int) -> None:
        """Let the listener know how many levels are done, of how many."""
        self._done, self._levels = done, levels
        if self._listener is not None and done:
            self._listener(Progress(self._phase, seconds=time.perf_counter() - self._began, done=done, levels=levels))

    def _on_log(self, event: Any) -> None:
        match = _ITERATION_LINE.match(event.message)
        if match is None or self._listener is None:
            return
        sums = [float(text) for text in _INFEASIBILITY_SUM.findall(match[3])]
        self._listener(
            Progress(
                phase=self._phase,
                iterations=int(match[1]),
                infeasibility=sum(sums) if sums else None,
                objective=float(match[2]),
                seconds=time.perf_counter() - self._began,
                done=self._done,
                levels=self._levels,
            )
        )


def _callback(listener: WeakMethod[Callable[[Any], None]]) -> Callable[[Any], None]:
    """What HiGHS tells its log.

    It does not keep the session: so HiGHS, with all that it holds, is freed with the session.
    """

    def tell(event: Any) -> None:
        if hear := listener():
            hear(event)

    return tell


def other_sides(lower: Vector, upper: Vector, values: Vector) -> tuple[Vector, Vector]:
    """Bounds of rows whose right-hand side becomes another: where a row is not bounded it stays so."""
    return np.where(lower > -INFINITY, values, lower), np.where(upper < INFINITY, values, upper)


def _vector(values: Sequence[float], length: int) -> Vector:
    """HiGHS's answer as an array; zeros where it gives none, as for a model without columns."""
    return np.array(values) if len(values) == length else np.zeros(length)


def _status_word(status: highspy.HighsModelStatus) -> str:
    words = {
        highspy.HighsModelStatus.kOptimal: "optimal",
        highspy.HighsModelStatus.kInfeasible: "infeasible",
        highspy.HighsModelStatus.kUnbounded: "unbounded",
        highspy.HighsModelStatus.kUnboundedOrInfeasible: "unbounded or infeasible",
        highspy.HighsModelStatus.kTimeLimit: "time limit",
        highspy.HighsModelStatus.kInterrupt: "interrupted",
        highspy.HighsModelStatus.kIterationLimit: "iteration limit",
    }
    return words.get(status, str(status).rsplit(".k", 1)[-1])
