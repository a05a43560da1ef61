"""The optimum as the run folder of a plan holds it,
which the given plan is compared with in place of one solved anew.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from planner.analysis.evaluate.evaluation import Evaluation
from planner.domain.instance import PlanningInstance
from planner.errors import UsageError
from planner.plan.plan import Plan
from planner.records.run import RunRecord
from planner.run.recorded.load import load_run
from planner.run.recorded.reopened import plan_of
from planner.tolerances import matters


def recorded_optimum(folder: Path, instance: PlanningInstance) -> Plan:
    """The plan of a run folder, not verified yet, without the seconds that it took. `instance`: that of its input.

    Raises UsageError where the run does not say that the plan is its best: it was given, made in windows, or follows
    another plan.
    """
    saved = load_run(folder)
    made = _made(saved.record)
    if made:
        raise UsageError(f"the plan {folder} {made}, so it need not be the optimum; give its input itself")
    return replace(plan_of(saved, instance), seconds={})


def _made(record: RunRecord) -> str:
    """How the plan was made, where it was not by optimising the input as a whole."""
    if record.options.plan is not None:
        return "was evaluated, not optimised"
    if record.rolling is not None:
        return "was made in windows"
    return "follows another plan" if record.replan is not None else ""


def require_not_beaten(evaluation: Evaluation, folder: Path) -> None:
    """Raise UsageError where a verified plan is better than the run says that any can be, given the levels before."""
    bounds = {level.name: level.bound for level in evaluation.optimum.levels}
    for level, distance in zip(evaluation.plan.levels, evaluation.distances, strict=True):
        bound = bounds[level.name]
        if bound is not None and distance.value < bound and matters(bound - distance.value, bound):
            raise UsageError(
                f"the plan {folder} is said to be optimal, but the one given is better at: {distance.title}; "
                "give the input itself"
            )
        if distance.gap:
            return
