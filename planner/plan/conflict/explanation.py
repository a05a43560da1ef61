"""Why there is no plan, and what would make one possible: found on the program, said in a dozen lines, and as data."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from planner.domain.cells import Field
from planner.errors import NoPlanError
from planner.formulation.build import build
from planner.formulation.model.origins import origins_of
from planner.formulation.model.rhs_update import rhs_update
from planner.plan.conflict.change import LeastChange, change_at, least_change
from planner.plan.conflict.elastic import ASK, LIMIT, Elastic, ElasticPoint, Stretch, stretches_of
from planner.plan.conflict.elastic_choice import ElasticChoice
from planner.plan.conflict.irreducible import ConflictSet, conflicting
from planner.plan.conflict.words import SIDES, ConflictWords, Rule
from planner.plan.program import Program
from planner.solver.highs import Arrays, HighsSession, Vector
from planner.solver.options import SolveOptions
from planner.tolerances import ROW_ROUNDING
from planner.workbook.instance.positions import ranges

BY_A_HAIR = (
    "Every limit and demand can hold but for the solver's last digits: some of them meet exactly. "
    "Give one of them a little room."
)
# Seconds that an explanation takes besides its first solve, which is about as hard as the plan's: some, and a share of
# those that one took; of them a share is for finding the smallest set, and of the rest for the limits that would do.
SOME_SECONDS, SHARE_OF_SOLVE = 5.0, 0.25
SHARE_OF_SET, SHARE_OF_LIMITS = 0.4, 0.6
NO_CHANGE = "What the least change would be was not found in the time that it may take."
UNEXPLAINED = "No limit and no demand alone is to blame: please send the input to the maintainers."


@dataclass(frozen=True)
class ConflictExplanation:
    """Why there is no plan, in lines of text: the `rules` that clash, what is `lacking`, the least `changes`
    that would do. `data` says the same as run.json has it.
    """

    rules: list[str]
    lacking: list[str] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def lines(self) -> list[str]:
        """All of it: what clashes, what is lacking, what would do."""
        return [*self.rules, *self.lacking, *self.changes]


@contextmanager
def explained(program: Program, options: SolveOptions) -> Iterator[None]:
    """Where there is no plan, say which demands and limits cannot hold together."""
    began = time.process_time()
    try:
        yield
    except NoPlanError as failure:
        if failure.status != "infeasible":
            raise
        why = explanation(program, options, time.process_time() - began)
        raise NoPlanError(str(failure), why.lines, failure.status, why.data) from failure


def explanation(
    program: Program, options: SolveOptions, seconds: float = 0.0, given: Collection[Field] = ()
) -> ConflictExplanation:
    """At most eleven lines: the rules that clash, what is lacking, and least changes that were proved to do.

    `seconds`: of the processor, to know that there is no plan. What is not found in about that time (or in that of a
    solve of the plan) and some seconds more is said not to be known. `given`: figures that are neither to blame nor to
    change.
    """
    model, lp, settings = program.model, program.lp, program.settings(options)
    session = program.session(options)
    origins = origins_of(model)
    stretches = stretches_of(model, lp, origins, given)
    elastic = (ElasticChoice if lp.binary.size else Elastic)(
        lp, (session.column_lower, session.column_upper), stretches, settings
    )
    words = ConflictWords(model, lp, origins)
    family_of = {stretch.field: words.family(stretch.rows[0][0]) for stretch in stretches}
    object_of = {stretch.field: words.where(stretch.rows[0][0])[1:3] for stretch in stretches}
    allowance = elastic.allowance
    if lp.binary.size:  # every choice is looked at, as the plan's own solve did
        allowance.give(SOME_SECONDS + SHARE_OF_SOLVE * seconds)
    first = _first(elastic)
    if first is None and elastic.take_one_choice():
        allowance.give(None)
        first = _first(elastic)
    if first is None:
        return ConflictExplanation([UNEXPLAINED])
    if first.total <= 0:
        return ConflictExplanation([BY_A_HAIR])
    seconds = SOME_SECONDS + SHARE_OF_SOLVE * allowance.used
    allowance.give(SHARE_OF_SET * seconds)
    conflict = conflicting(elastic, first, lambda field: (family_of[field], object_of[field]))
    allowance.give(seconds * (1 - SHARE_OF_SET))
    changes = _changes(program, options, elastic, first)
    return _said(words, conflict, changes, elastic.chosen)


def _first(elastic: Elastic) -> ElasticPoint | None:
    """What must be stretched were money free; where nothing must, what must be."""
    point = elastic.prove(np.where(elastic.is_money, 0.0, 1.0), "what conflicts")
    if point is None or point.total > 0 or not elastic.is_money.any():
        return point
    return elastic.prove(np.ones(len(elastic.stretches)), "what conflicts")


def _changes(program: Program, options: SolveOptions, elastic: Elastic, first: ElasticPoint) -> list[LeastChange]:
    """A change of limits alone, one of demands alone; where neither does, one of both.

    Where the time is up before that, the change at the first point, if it makes a plan possible.
    """
    model, allowance, before = program.model, elastic.allowance, elastic.allowance.used
    seconds = allowance.left or 0.0

    def holds(values: Mapping[Field, float], plan: Vector) -> bool:
        if program.is_all_of_model:
            return _has_plan(program, options, values, plan, allowance.time_limit)
        return _has_plan_by_rows(program, options, elastic.stretches, values, plan, allowance.time_limit)

    allowance.give(SHARE_OF_LIMITS * seconds)
    changes = [least_change(model, elastic, frozenset({LIMIT}), holds)]
    allowance.give(seconds - (allowance.used - before))
    changes.append(least_change(model, elastic, frozenset({ASK}), holds))
    if changes == [None, None]:
        both = least_change(model, elastic, frozenset({LIMIT, ASK}), holds)
        changes.append(both or change_at(model, elastic, first, holds))
    for_all = elastic.chosen is None
    return [replace(change, is_least=change.is_least and for_all) for change in changes if change is not None]


def _has_plan(
    program: Program, options: SolveOptions, values: Mapping[Field, float], plan: Vector, time_limit: float | None
) -> bool:
    """Has the input a plan with these figures in it? Where it is not known where they are typed, this is not known.

    A large program is not solved again where `plan` keeps all its rows. What is not found within `time_limit` seconds
    is not known. Of choices, only that of `plan` is tried: with it there is one.
    """
    cells = program.model.instance.cells
    if cells is None:
        return True
    changed = cells.changed(values)
    if changed is None:
        return False
    known = rhs_update(program.model, changed)
    if known is not None and not program.model.binaries:
        other = program.with_rhs(changed, known)
        session = other.session(options)
        return _keeps(other.lp, plan) if session.is_large else _is_possible(session, time_limit)
    again = Program.of(build(changed, program.model.catalogue, options.prune))
    session = again.session(options)
    taken = {key: plan[column] for key, column in program.model.columns["takes_part"].items()}
    for key, column in again.model.columns["takes_part"].items():
        at = np.array([column], dtype=np.intp)
        value = np.array([np.round(taken.get(key, 0.0))])
        session.set_column_bounds(at, value, value)
    return _is_possible(session, time_limit)


def _has_plan_by_rows(
    program: Program,
    options: SolveOptions,
    stretches: Sequence[Stretch],
    values: Mapping[Field, float],
    plan: Vector,
    time_limit: float | None,
) -> bool:
    """The same of a program that is not all of its model, by the rows alone, as far as their right-hand sides follow
    the figures.
    """
    cells, lower, upper = program.model.instance.cells, program.lp.row_lower.copy(), program.lp.row_upper.copy()
    if cells is not None and cells.changed(values) is None:
        return False
    for stretch in stretches:
        after = values.get(stretch.field)
        if after is None:
            continue
        if not stretch.is_linear or stretch.field.column == "days_of_supply":
            return False
        rise = after - (stretch.value or 0.0)
        for row, gives in stretch.rows:
            if stretch.field.column == "min_rate":  # of which more may not be due than capacity and ramp allow
                lower[row] = min(lower[row], after)
            elif stretch.side == LIMIT:
                upper[row] += gives * rise
            else:
                lower[row] += gives * rise
    other = replace(program, lp=replace(program.lp, row_lower=lower, row_upper=upper))
    session = other.session(options)
    return _keeps(other.lp, plan) if session.is_large else _is_possible(session, time_limit)


def _is_possible(session: HighsSession, time_limit: float | None) -> bool:
    return session.solve("whether that does", time_limit).status == "optimal"


def _keeps(lp: Arrays, plan: Vector) -> bool:
    """Does a plan keep every row, but for the arithmetic?"""
    terms = lp.value * plan[lp.index]
    rows = np.repeat(np.arange(lp.rows), np.diff(lp.start))
    reached, size = np.bincount(rows, terms, lp.rows), np.bincount(rows, np.abs(terms), lp.rows)
    room = ROW_ROUNDING * np.maximum(1.0, size)
    return bool(np.all(reached >= lp.row_lower - room) and np.all(reached <= lp.row_upper + room))


def _said(
    words: ConflictWords, conflict: ConflictSet, changes: list[LeastChange], chosen: Vector | None
) -> ConflictExplanation:
    groups = words.rules(conflict)
    lines = words.rule_lines(groups)
    if len(conflict.fields) == 1 and chosen is None:
        lines.append(words.alone(groups[0][0]))
    else:
        lines.append(words.together(conflict, chosen))
    data: dict[str, Any] = {
        "irreducible": conflict.is_irreducible and chosen is None,
        "rules": [_rule(words, rule) for group in groups for rule in group],
        "changes": [],
    }
    lacking_lines: list[str] = []
    change_lines: list[str] = []
    for change in changes:
        lacking = words.lacking(change)
        lacking_lines.append(words.lacking_line(change, lacking))
        change_lines.append(words.change_line(change, is_first=not change_lines))
        data["changes"].append(_change(words, change, lacking))
    if not changes:
        change_lines.append(NO_CHANGE)
    return ConflictExplanation(lines, lacking_lines, change_lines, data)


def _rule(words: ConflictWords, rule: Rule) -> dict[str, Any]:
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


def _change(words: ConflictWords, change: LeastChange, lacking: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "of": [SIDES[side] for side in sorted(change.sides)],
        "least": change.is_least,
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
