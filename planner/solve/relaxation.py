"""Which rules a fixed plan breaks, and by how much: the least relaxation over the rules, what is fixed staying fixed."""

from __future__ import annotations

import highspy
import numpy as np
from numpy.typing import NDArray

from planner.errors import SolverStoppedError
from planner.formulation.model import Key, Model
from planner.solve.conflict import rule_sentence
from planner.solve.highs import QuietHighs
from planner.solve.options import SolveOptions
from planner.solve.prices import DEFINITIONS
from planner.solve.program import Program
from planner.solve.session import INFINITY, Arrays, Vector

# Limits give way before balances of goods, those before balances of money, and definitions last.
WEIGHTS = {"material_balance": 100.0, "payment_balance": 10_000.0} | dict.fromkeys(
    DEFINITIONS - {"material_balance", "payment_balance"}, 30_000.0
)
NOTHING = 1e-6  # relative to the limit, at least 1: what verification lets pass


def broken_rules(program: Program, zero: NDArray[np.intp], options: SolveOptions) -> list[str]:
    """One sentence a broken rule, with its place, period and amount: those that the least sum of violations breaks.

    The first rows of the LP are the model's rules; rows behind them, and the columns `zero`, are not to be broken.
    Where several sets of rules could give way, this is one of the least.
    """
    model, lp = program.model, program.lp
    places = [(family, key) for family, keys in model.rows.items() for key in keys]
    rows = np.array([model.rows[family][key] for family, key in places])
    weights = np.array([WEIGHTS.get(family, 1.0) for family, _ in places])
    more, less = _violations(lp, rows, weights, zero, program.settings(options))
    found = []
    for place, row in enumerate(rows.tolist()):
        limit = float(lp.row_lower[row] if np.isfinite(lp.row_lower[row]) else lp.row_upper[row])
        for amount, sign in ((more[place], 1), (less[place], -1)):
            if amount > NOTHING * max(1.0, abs(limit)):
                family, key = places[place]
                found.append((family in DEFINITIONS, place, _sentence(model, family, key, limit, amount, sign)))
    return [sentence for _, _, sentence in sorted(found)]


def _violations(
    lp: Arrays, rows: NDArray[np.intp], weights: Vector, zero: NDArray[np.intp], settings: dict[str, object]
) -> tuple[Vector, Vector]:
    """(what each row lacks to reach its lower bound, by how much it is above its upper bound), least in weighted sum."""
    highs = QuietHighs()
    for name, setting in settings.items():
        highs.setOptionValue(name, setting)
    upper = np.full(lp.columns, INFINITY)
    upper[zero] = 0.0
    whole = highspy.HighsLp()
    whole.num_col_, whole.num_row_ = lp.columns, lp.rows
    whole.col_cost_, whole.col_lower_, whole.col_upper_ = np.zeros(lp.columns), np.zeros(lp.columns), upper
    whole.row_lower_, whole.row_upper_ = lp.row_lower, lp.row_upper
    whole.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    whole.a_matrix_.start_, whole.a_matrix_.index_, whole.a_matrix_.value_ = lp.start, lp.index, lp.value
    highs.passModel(whole)
    count = len(rows)
    for sign in (1.0, -1.0):
        highs.addCols(
            count,
            weights,
            np.zeros(count),
            np.full(count, INFINITY),
            count,
            np.arange(count, dtype=np.int32),
            rows.astype(np.int32),
            np.full(count, sign),
        )
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise SolverStoppedError("the rules that the plan breaks could not be found: the solver stopped")
    solution = np.array(highs.getSolution().col_value)[lp.columns :]
    return solution[:count], solution[count:]


def _sentence(model: Model, family: str, key: Key, limit: float, amount: float, sign: int) -> str:
    entry = model.catalogue.constraints[family]
    money = entry.unit == "money"
    scale, unit = (model.money_unit, model.instance.settings.currency) if money else (1.0, entry.unit)
    size = f"{amount * scale:,.6g} {unit}"
    return f"{rule_sentence(model, family, key, limit)}; {_verdict(family, size, sign)}"


def _verdict(family: str, size: str, sign: int) -> str:
    """What is wrong, by how much; `sign` 1: something is missing, −1: there is too much."""
    if family == "material_balance":
        return f"{size} are missing" if sign > 0 else f"{size} are left with no place to be"
    if family in {"payment_balance", "spend_balance"}:
        unpaid = (sign > 0) == (family == "payment_balance")
        return f"{size} are not paid" if unpaid else f"{size} are paid for nothing"
    if family == "demand_balance":
        return f"{size} are neither delivered nor short" if sign > 0 else f"{size} more are delivered than wanted"
    return f"missed by {size}" if sign > 0 else f"exceeded by {size}"
