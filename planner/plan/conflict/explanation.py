"""Why there is no plan, and what would make one possible: found on the program, said in a dozen lines, and as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from planner.domain.cells import Field
from planner.errors import NoPlanError
from planner.formulation.model.origins import origins_of
from planner.formulation.model.recorded import record
from planner.formulation.model.rhs_update import rebound
from planner.plan.conflict.change import Change, least_change
from planner.plan.conflict.elastic import ASK, LIMIT, Elastic, Point, stretches_of
from planner.plan.conflict.elastic_choice import ElasticChoice
from planner.plan.conflict.irreducible import ConflictSet, conflicting
from planner.plan.conflict.words import SIDES, Rule, Words
from planner.plan.program import Program
from planner.solver.highs import Arrays, Vector
from planner.solver.options import SolveOptions
from planner.workbook.instance.positions import ranges

ARITHMETIC = 1e-8  # relative to what a row adds up
Explanation = tuple[list[str], dict[str, Any]]  # lines, and the same as data
BY_A_HAIR = (
    "Every limit and demand can hold but for the solver's last digits: some of them meet exactly. "
    "Give one of them a little room."
)
NO_CHANGE = "What the least change would be was not found in the time that it may take."
UNEXPLAINED = "No limit and no demand alone is to blame: please send the input to the maintainers."


@contextmanager
def explained(program: Program, options: SolveOptions) -> Iterator[None]:
    """Where there is no plan, say which demands and limits cannot hold together."""
    try:
        yield
    except NoPlanError as failure:
        if failure.status != "infeasible":
            raise
        lines, data = explanation(program, options)
        raise NoPlanError(str(failure), lines, failure.status, data) from failure


def explanation(program: Program, options: SolveOptions) -> Explanation:
    """At most eleven lines: the rules that clash, what is lacking, and least changes that were proved to do."""
    model, lp, settings = program.model, program.lp, program.settings(options)
    session = program.session(options)
    origins = origins_of(model)
    stretches = stretches_of(model, lp, origins)
    elastic = (ElasticChoice if lp.binary.size else Elastic)(
        lp, (session.column_lower, session.column_upper), stretches, settings
    )
    words = Words(model, lp, origins)
    family_of = {stretch.field: words.family(stretch.rows[0][0]) for stretch in stretches}
    object_of = {stretch.field: words.where(stretch.rows[0][0])[1:3] for stretch in stretches}
    first = _first(elastic)
    if first is None:
        return [UNEXPLAINED], {}
    if first.total <= 0:
        return [BY_A_HAIR], {}
    found = conflicting(elastic, first, lambda field: (family_of[field], object_of[field]))
    changes = _changes(program, options, elastic)
    return _said(words, found, changes)


def _first(elastic: Elastic) -> Point | None:
    """What must be stretched were money free; where nothing must, what must be."""
    point = elastic.prove(np.where(elastic.is_money, 0.0, 1.0), "what conflicts")
    if point is None or point.total > 0 or not elastic.is_money.any():
        return point
    return elastic.prove(np.ones(len(elastic.stretches)), "what conflicts")


def _changes(program: Program, options: SolveOptions, elastic: Elastic) -> list[Change]:
    """A change of limits alone, one of demands alone; where neither does, one of both."""

    def holds(values: Mapping[Field, float], plan: Vector) -> bool:
        return _has_plan(program, options, values, plan)

    found = [least_change(program.model, elastic, frozenset({side}), holds) for side in (LIMIT, ASK)]
    known = [change for change in found if change is not None]
    if not known:
        both = least_change(program.model, elastic, frozenset({LIMIT, ASK}), holds)
        known = [] if both is None else [both]
    return known


def _has_plan(program: Program, options: SolveOptions, values: Mapping[Field, float], plan: Vector) -> bool:
    """Has the input a plan with these figures in it? Where it is not known where they are typed, this is not known.

    A large program is not solved again where `plan` keeps all its rows.
    """
    cells = program.model.instance.cells
    if cells is None:
        return True
    changed = cells.changed(values)
    if changed is None:
        return False
    known = rebound(program.model, changed)
    if known is not None and not program.model.binaries:
        other = program.rebounded(changed, known)
        session = other.session(options)
        return _keeps(other.lp, plan) if session.is_large else session.solve("whether that does").status == "optimal"
    again = Program.of(record(changed, program.model.catalogue, options.prune))
    if not again.model.binaries:
        return again.session(options).solve("whether that does").status == "optimal"
    try:
        again.optimum(again.session(options), again.settlement(options), options)
    except NoPlanError:
        return False
    return True


def _keeps(lp: Arrays, plan: Vector) -> bool:
    """Does a plan keep every row, but for the arithmetic?"""
    terms = lp.value * plan[lp.index]
    rows = np.repeat(np.arange(lp.rows), np.diff(lp.start))
    reached, size = np.bincount(rows, terms, lp.rows), np.bincount(rows, np.abs(terms), lp.rows)
    room = ARITHMETIC * np.maximum(1.0, size)
    return bool(np.all(reached >= lp.row_lower - room) and np.all(reached <= lp.row_upper + room))


def _said(words: Words, found: ConflictSet, changes: list[Change]) -> Explanation:
    groups = words.rules(found)
    lines = [words.rule_line(group) for group in groups]
    count = len(found.fields)
    if count == 1:
        lines.append(words.alone(groups[0][0]))
    elif found.is_irreducible:
        lines.append("These cannot hold together; without any one of them the others can.")
    else:
        lines.append("These cannot hold together; fewer of them may do: the smallest set would have taken too long.")
    data: dict[str, Any] = {
        "irreducible": found.is_irreducible,
        "rules": [_rule(words, rule) for group in groups for rule in group],
        "changes": [],
    }
    told_lacking: list[str] = []
    told_changes: list[str] = []
    for change in changes:
        lacking = words.lacking(change)
        told_lacking.append(words.lacking_line(change, lacking))
        told_changes.append(words.change_line(change, is_first=not told_changes))
        data["changes"].append(_change(words, change, lacking))
    if not changes:
        told_changes.append(NO_CHANGE)
    return [*lines, *told_lacking, *told_changes], data


def _rule(words: Words, rule: Rule) -> dict[str, Any]:
    family, object_, item, _ = rule.places[0]
    return {
        "family": family,
        "object": object_,
        "item": item,
        "periods": sorted({period for *_, period in rule.places if period}),
        "table": rule.field.table,
        "column": rule.field.column,
        "cells": ranges(words.cells([rule.field])),
        "amount": sum(abs(words.bound(row)[1]) for row in rule.rows) * words.scale(family),
        "unit": words.unit(family),
    }


def _change(words: Words, change: Change, lacking: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "of": [SIDES[side] for side in sorted(change.sides)],
        "lacking": lacking,
        "figures": [
            {
                "table": figure.field.table,
                "row": ", ".join(figure.field.names),
                "column": figure.field.column,
                "cells": ranges(words.cells([figure.field])),
                "before": figure.before,
                "after": figure.after,
            }
            for figure in change.figures
        ],
    }
