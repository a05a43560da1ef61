"""Small linear programs in exact fractions: is this primal feasible, is this dual feasible, do they agree?

No solver. By weak duality a feasible primal and a feasible dual of equal value are both optimal.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

ZERO = Fraction(0)
Values = Mapping[str, Fraction]


@dataclass(frozen=True)
class Row:
    name: str
    sense: str  # <=, = or >=
    rhs: Fraction
    terms: Values


@dataclass(frozen=True)
class Program:
    """Minimise or maximise `objective`, subject to `rows`; every variable ≥ 0."""

    sense: str  # min or max
    objective: Values
    rows: tuple[Row, ...]

    @property
    def variables(self) -> set[str]:
        return {variable for row in self.rows for variable in row.terms} | set(self.objective)

    def value(self, primal: Values) -> Fraction:
        return sum((cost * primal.get(variable, ZERO) for variable, cost in self.objective.items()), ZERO)

    def dual_value(self, dual: Values) -> Fraction:
        return sum((row.rhs * dual.get(row.name, ZERO) for row in self.rows), ZERO)

    def primal_faults(self, primal: Values) -> list[str]:
        """What a primal solution breaks: a sign or a row."""
        faults = [f"{name} is no variable" for name in primal if name not in self.variables]
        faults += [f"{name} = {value} is negative" for name, value in primal.items() if value < 0]
        for row in self.rows:
            left = sum((factor * primal.get(name, ZERO) for name, factor in row.terms.items()), ZERO)
            if not _holds(left, row.sense, row.rhs):
                faults.append(f"{row.name}: {left} {row.sense} {row.rhs} does not hold")
        return faults

    def dual_faults(self, dual: Values) -> list[str]:
        """What a dual solution breaks: the sign of a price, or a variable priced beyond its cost.

        Minimising: y ≥ 0 on ≥ rows, y ≤ 0 on ≤ rows, and Σ a y ≤ c for each variable; maximising: the reverse.
        """
        names = {row.name for row in self.rows}
        faults = [f"{name} is no row" for name in dual if name not in names]
        worth = dict.fromkeys(self.variables, ZERO)
        turn = 1 if self.sense == "min" else -1
        for row in self.rows:
            price = dual.get(row.name, ZERO)
            if (row.sense == ">=" and turn * price < 0) or (row.sense == "<=" and turn * price > 0):
                faults.append(f"{row.name}: a price of {price} has the wrong sign")
            for name, factor in row.terms.items():
                worth[name] += factor * price
        for name, value in worth.items():
            cost = self.objective.get(name, ZERO)
            if turn * value > turn * cost:
                faults.append(f"{name}: worth {value} against a cost of {cost}")
        return faults


def _holds(left: Fraction, sense: str, right: Fraction) -> bool:
    return {"<=": left <= right, "=": left == right, ">=": left >= right}[sense]


def read_program(path: Path) -> Program:
    """A program from `problem.toml`; row names must be unique."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    rows = tuple(Row(row["name"], row["sense"], Fraction(row["rhs"]), _fractions(row["terms"])) for row in data["rows"])
    assert len({row.name for row in rows}) == len(rows), "a row name is used twice"
    return Program(data["sense"], _fractions(data["objective"]), rows)


def _fractions(values: Mapping[str, str]) -> dict[str, Fraction]:
    return {name: Fraction(value) for name, value in values.items()}


def read_values(path: Path) -> dict[str, Fraction]:
    """A primal or dual solution from a CSV of two columns; what is not listed is 0."""
    with path.open(encoding="utf-8", newline="") as file:
        records = list(csv.reader(file))[1:]
    assert len({name for name, _ in records}) == len(records), "a name is used twice"
    return {name: Fraction(value) for name, value in records}
