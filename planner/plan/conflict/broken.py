"""Which rules a fixed plan breaks, and by how much: the least relaxation over limits and demands, what is fixed staying
fixed.

Where no limit and no demand can give way (goods that are not there), what is fixed does. Identities never do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.errors import SolverStoppedError
from planner.formulation.goods.balance import MATERIAL_BALANCE
from planner.formulation.goods.demand import DEMAND_BALANCE
from planner.formulation.model.origins import origins_of
from planner.numerals import numeral
from planner.plan.conflict.elastic import with_columns
from planner.plan.conflict.words import ConflictWords
from planner.plan.program import Program
from planner.solver.highs import INFINITY, HighsSession, Vector
from planner.solver.options import SolveOptions
from planner.tolerances import FIXED, SAME, matters


class Fixed(NamedTuple):
    """A quantity of the plan that is a row of its own:
    the cell it stands in, and how much of `unit` one of the row is.
    """

    place: str
    quantity: float
    unit: str
    scale: float


def broken_rules(program: Program, fixed: Sequence[Fixed], zero: NDArray[np.intp], options: SolveOptions) -> list[str]:
    """One sentence a broken rule, with its place, period and amount: those that the least sum of violations breaks.

    The first rows of the LP are the model's; behind them stands one for each quantity that is `fixed`. The columns
    `zero` are those that a plan leaves at 0. Figures of the plan give way as little as they must; then limits and
    demands do. Where several sets of rules could give way, this is one of the least.
    """
    model, lp = program.model, program.lp
    origins = origins_of(model)
    words = ConflictWords(model, lp, origins)
    rules = sorted(row for row in origins if origins[row] and words.family(row) != MATERIAL_BALANCE.name)
    first = model.row_count
    rows = [*rules, *range(first, first + len(fixed))]
    sides = [(row, sign) for row in rows for sign in (1.0, -1.0)
             if (lp.row_lower[row] > -INFINITY if sign > 0 else lp.row_upper[row] < INFINITY)]  # fmt: skip
    session = HighsSession(with_columns(lp, [[side] for side in sides]), program.settings(options))
    plan_session = program.session(options)
    session.set_column_bounds(np.arange(lp.columns), plan_session.column_lower, plan_session.column_upper)
    is_rule = np.array([row < first for row, _ in sides], dtype=bool)
    values = _least(session, np.concatenate([zero, lp.columns + np.flatnonzero(~is_rule)]))
    values = _least(session, lp.columns + np.flatnonzero(is_rule)) if is_rule.any() else values
    sentences: list[tuple[int, str]] = []
    for (row, sign), size in zip(sides, values[lp.columns :].tolist(), strict=True):
        limit = float(lp.row_lower[row] if sign > 0 else lp.row_upper[row])
        if matters(size, limit):
            wording = _rule(words, row, size, sign) if row < first else _figure(words, fixed[row - first], size, sign)
            sentences.append((row, wording))
    for column in zero[values[zero] > SAME].tolist():
        sentences.append((lp.rows + column, _unlisted(words, column, float(values[column]))))
    return [sentence for _, sentence in sorted(sentences)]


def _least(session: HighsSession, columns: NDArray[np.intp]) -> Vector:
    """Values of all columns where the sum of these is least; they may be no larger from then on."""
    costs = np.zeros(session.lp.columns)
    costs[columns] = 1.0
    session.set_costs(costs)
    outcome = session.solve("what the plan breaks")
    if outcome.status != "optimal":
        raise SolverStoppedError("the rules that the plan breaks could not be found: the solver stopped")
    most = outcome.values[columns]
    session.set_column_bounds(columns, np.zeros(len(columns)), most + FIXED * np.maximum(1.0, most) * (most > 0))
    return outcome.values


def _rule(words: ConflictWords, row: int, size: float, sign: float) -> str:
    """The rule, and what is wrong: `sign` 1: something is missing, −1: there is too much."""
    family = words.family(row)
    much = words.amount(size * words.scale(family), words.unit(family))
    if family == DEMAND_BALANCE.name:
        verdict = f"{much} are neither delivered nor short" if sign > 0 else f"{much} more are delivered than wanted"
    else:
        verdict = f"missed by {much}" if sign > 0 else f"exceeded by {much}"
    return f"{words.row_line(row)}; {verdict}"


def _figure(words: ConflictWords, fixed: Fixed, size: float, sign: float) -> str:
    """A quantity of the plan that cannot be."""
    verdict = "more than there can be" if sign > 0 else "less than there must be"
    return f"{fixed.place}: {words.amount(fixed.quantity, fixed.unit)} planned, {numeral(size * fixed.scale)} {verdict}"


def _unlisted(words: ConflictWords, column: int, size: float) -> str:
    """What a table of the plan does not list, so that it is 0, and cannot be."""
    family, names, period = words.column(column)
    entry = words.model.catalogue.variables[family]
    return (
        f"{entry.title} of {names}{words.when([period])}: the plan lists none, {words.amount(size, entry.unit)} must be"
    )
