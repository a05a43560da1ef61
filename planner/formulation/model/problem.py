"""PuLP's problem of a planning model: to read it, to write it, and to hand it to another solver."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pulp

from planner.formulation.model.model import Model, Variable


def problem(model: Model, objective: Mapping[Variable, float] | None = None) -> pulp.LpProblem:
    """The named problem that minimises `objective` (column → cost); without one, nothing."""
    lp, variables = problem_and_columns(model)
    lp.setObjective(pulp.LpAffineExpression([(variables[column], cost) for column, cost in (objective or {}).items()]))
    return lp


def problem_and_columns(model: Model) -> tuple[pulp.LpProblem, list[pulp.LpVariable]]:
    """The named problem without an objective, its constraints in the order of the model's rows; and PuLP's variable for
    each column (PuLP itself lists them by name).
    """
    lp = pulp.LpProblem("plan", pulp.LpMinimize)
    binaries, row = set(model.binaries), 0
    variables: list[pulp.LpVariable] = []
    for is_row, name in _names(model):
        if is_row:
            terms, sense, bound = model.row_at(row)
            expression = pulp.LpAffineExpression([(variables[column], factor) for column, factor in terms])
            lp += pulp.LpConstraint(expression, sense, rhs=bound), name
            row += 1
        else:
            kind = (1, pulp.LpBinary) if len(variables) in binaries else ()
            variables.append(lp.add_variable(name, 0, *kind))
    return lp, variables


def _names(model: Model) -> Iterator[tuple[bool, str]]:
    """(is a row, name): `family.name.period`, each name in a unique spelling of the characters that LP files allow."""
    tokens: dict[str, str] = {}
    taken: set[str] = set()
    copies: dict[str, int] = {}  # how many names share a plain spelling so far

    def token(name: str) -> str:
        if name not in tokens:
            plain = "".join(c if c.isascii() and c.isalnum() else "_" for c in name)[:24]
            spelt = plain
            while spelt in taken:
                copies[plain] = copies.get(plain, 1) + 1
                spelt = f"{plain}_{copies[plain]}"
            taken.add(spelt)
            tokens[name] = spelt
        return tokens[name]

    for is_row, family, names in model.named:
        yield is_row, ".".join([family, *(token(n) if isinstance(n, str) else str(n + 1) for n in names)])
