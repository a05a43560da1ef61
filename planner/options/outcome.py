"""One option solved: its plan, verified against its changed input, and what the comparison shows of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from math import isfinite
from pathlib import Path
from typing import Any

import pandas as pd

from planner import catalogue
from planner.domain.instance import PlanningInstance
from planner.errors import InputError, NoPlanError, PlannerError, SolverStoppedError, VerificationError
from planner.options.changes.option import BASE, Option
from planner.options.changes.overrides import apply_option
from planner.options.figures import Measure, summary
from planner.plan import SolveOptions, solve
from planner.plan.again.warm_start import Workbench
from planner.plan.plan import Plan
from planner.run import record as run_record
from planner.run.unenforced import not_enforced
from planner.solver.highs import ProgressListener
from planner.verify import verify
from planner.workbook import interpret
from planner.workbook.reading.raw import RawInput


@dataclass(frozen=True)
class Outcome:
    """What became of an option. Without a plan, `tables` and `figures` are empty and `record` says why.

    `record` is run.json but for its input and times; `figures` are the tables of `figures.summary`.
    """

    option: Option
    record: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    figures: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    exit_code: int = 0  # what it would mean for a run of its own
    how: str = ""  # what was built anew, beside the base

    @property
    def solved(self) -> bool:
        return bool(self.tables)

    @property
    def name(self) -> str:
        return self.option.name


@dataclass(frozen=True)
class BaseState:
    """What every option starts from, wherever it is solved: the input as it stands and its solved model.

    `bench` is None where the base has no plan; options are then solved from nothing.
    """

    raw: RawInput
    instance: PlanningInstance
    measure: Measure
    solving: SolveOptions
    bench: Workbench | None


def solve_base(
    raw: RawInput, instance: PlanningInstance, solving: SolveOptions, progress: ProgressListener | None = None
) -> tuple[BaseState, Outcome]:
    """The base, and what the options start from."""
    option = Option(BASE, (), "The workbook as it stands")
    state = BaseState(raw, instance, Measure.of(instance), solving, None)
    try:
        bench = Workbench(instance, solving, progress)
    except (NoPlanError, SolverStoppedError) as problem:
        return state, _without_plan(option, instance, solving, problem)
    return replace(state, bench=bench), _with_plan(option, bench.base_plan, raw, state)


def solve_option(base: BaseState, option: Option) -> Outcome:
    """An option, from the base's state: the same whatever was solved before, and wherever.

    Raises InputError where its changed input has faults (look for them before).
    """
    changed = apply_option(option, base.raw)
    reading = interpret(changed.raw)
    if reading.instance is None:
        raise InputError(reading.faults)
    instance: PlanningInstance = reading.instance
    try:
        plan = base.bench.solve_changed(instance) if base.bench else solve(instance, base.solving)
    except (NoPlanError, SolverStoppedError) as problem:
        return _without_plan(option, instance, base.solving, problem)
    return _with_plan(option, plan, changed.raw, base)


def _with_plan(option: Option, plan: Plan, raw: RawInput, base: BaseState) -> Outcome:
    """Verified; a plan that fails is not shown."""
    record = _record(plan.instance, base.solving)
    record |= {"status": plan.status, "counts": dict(plan.counts)}
    record |= run_record.plan_entries(plan)
    record["model"] = run_record.model_entry(catalogue.load(base.solving.model), plan.kind)
    record["seconds"] = {phase: seconds for phase, seconds in plan.seconds.items() if isfinite(seconds)}
    verification = verify(raw, plan.tables, {**record, "input": {}})
    text = run_record.verification_text(verification.passed, verification.first_failure, record["not_enforced"])
    record |= {"verified": dict(verification.violations), "verification": text}
    if not verification.passed:
        message = f"the plan failed its verification and is not delivered ({verification.first_failure})"
        return Outcome(option, record | {"status": "error", "message": message}, exit_code=VerificationError.exit_code)
    return Outcome(option, record, dict(plan.tables), summary(plan, base.measure, base.instance), how=plan.how)


def _without_plan(option: Option, instance: PlanningInstance, solving: SolveOptions, problem: PlannerError) -> Outcome:
    record = _record(instance, solving)
    status = problem.status if isinstance(problem, NoPlanError) else "error"
    conflict = list(problem.conflict) if isinstance(problem, NoPlanError) else []
    record |= {"status": status, "message": str(problem), "conflict": conflict}
    if isinstance(problem, NoPlanError) and problem.explanation:
        record["explanation"] = problem.explanation
    return Outcome(option, record, exit_code=problem.exit_code)


def _record(instance: PlanningInstance, solving: SolveOptions) -> dict[str, Any]:
    model = catalogue.load(solving.model)
    options = {**asdict(solving), "write_lp": False, "write_mps": False, "strict": False}
    record = run_record.empty_record("", Path(), options) | run_record.instance_entries(instance)
    record |= {"model": run_record.model_entry(model), "not_enforced": list(not_enforced(instance, model))}
    return record
