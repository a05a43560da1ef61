"""Does a remedy keep its word? The input is changed where it says so, and a plan is looked for that comes to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from planner.analysis.context import AnalysisContext
from planner.analysis.remedy.levers import Lever, consent_of
from planner.analysis.remedy.search import Goal, Remedy, hold_others, measures
from planner.domain.instance import PlanningInstance
from planner.errors import NoPlanError, SolverStoppedError
from planner.plan.again.structure import Structure
from planner.plan.again.warm_start import built_program
from planner.solver.parametric_study import Extension, ParametricStudy
from planner.tolerances import matters


def changed(
    instance: PlanningInstance, rises: Mapping[str, float], levers: Mapping[str, Lever]
) -> PlanningInstance | None:
    """The instance of the input with the figures raised, and the consents given; None where its cells cannot say so."""
    given = {consent_of(levers[name].field) for name in rises} - {None}
    figures = {
        levers[name].field: levers[name].value + rise
        for name, rise in rises.items()
        if consent_of(levers[name].field) is None
    }
    found: PlanningInstance | None = instance
    if figures:
        found = instance.cells.changed(figures) if instance.cells is not None else None
    if found is None or not given:
        return found
    consents = (replace(one, withheld=range(0)) if one.name in given else one for one in found.consents)
    return replace(found, consents=tuple(consents))


def keeps_its_word(
    context: AnalysisContext, goal: Goal, remedy: Remedy, instance: PlanningInstance | None, before: Mapping[str, float]
) -> bool:
    """Is there a plan of the changed `instance` in which the goal lacks no more than promised, and nobody is worse off
    than `before` (see `hold_others`)?
    """
    if instance is None:
        return False
    standing = context.standing
    program = built_program(instance, context.options, moving=False)
    _, rows = measures(program.model)
    study = ParametricStudy(program.lp, dict(program.levels), program.settings(context.options), Extension(rows))
    binaries = np.array(program.model.binaries, dtype=np.intp)
    if len(binaries) == len(standing.choices):
        study.fix(binaries, standing.choices)
    hold_others(study, goal, before)
    basis, _ = Structure.of(standing.program.model).carry(standing.basis, Structure.of(program.model))
    try:
        point = study.minimise(study.costs({goal.row: 1.0}), study.start(basis))
    except (NoPlanError, SolverStoppedError):
        return False
    return not matters(point.value - remedy.left, remedy.short)
