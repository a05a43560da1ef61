"""The plan of a run folder as it was when it was written: for whoever shows it again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner.domain.instance import PlanningInstance
from planner.plan.plan import Account, LevelResult, PastViolation, Plan
from planner.plan.worth.results import Worth
from planner.records.run import RunRecord
from planner.run.recorded.basis_record import read_basis
from planner.run.recorded.load import SavedRun


def plan_of(saved: SavedRun, instance: PlanningInstance) -> Plan:
    """The plan of a run folder. `instance` is that of its input: the caller sees to that (by its SHA-256).

    What a run folder does not keep is left out: how a plan was made from another (`how`). The dual objective of an
    account is taken to be what its rows add up to, which the run has compared.
    """
    record = saved.record
    worth, levels = record.worth, tuple(_levels(record))
    return Plan(
        instance=instance,
        tables=saved.tables,
        levels=levels,
        status=record.status,
        kind=record.model.kind,
        counts=record.counts.document(),
        seconds=record.seconds,
        accounts=tuple(_accounts(saved, levels)),
        lacking=tuple(PastViolation(**lack.document()) for lack in record.past_lack or ()),
        worth=Worth(worth.level, worth.unit, worth.expected, worth.evpi, worth.planning) if worth else None,
        no_worth=record.no_worth or "",
        basis=read_basis(saved.folder),
    )


def taken_words(base: Plan, recorded: Plan) -> str:
    """What the log says of a recorded plan: whether it was taken for the base."""
    if base is recorded:
        return "the plan of the run folder: each level proved from its basis"
    return "the plan of the run folder has no basis that proves it: solved again"


def _levels(record: RunRecord) -> Iterator[LevelResult]:
    objective = record.objective
    if objective is None:
        return
    if not isinstance(objective, tuple):
        bound = record.bound if isinstance(record.bound, float) else None
        title, unit = "Weighted objective", record.calendar.currency
        yield LevelResult(0, "weighted", title, unit, objective, bound, record.gap, record.status)
        return
    for level in objective:
        yield LevelResult(
            level.level,
            level.name,
            level.title,
            level.unit,
            level.value,
            level.bound,
            level.gap,
            level.status,
            level.iterations or 0,
            level.seconds or 0.0,
            method=level.method,
        )


def _accounts(saved: SavedRun, levels: Sequence[LevelResult]) -> Iterator[Account]:
    table = saved.tables.get("attribution")
    if table is None:
        return
    amounts = table.groupby("level")["amount"].sum().to_dict()
    for level in levels:
        if level.name in amounts:
            attributed = float(amounts[level.name])
            yield Account(level.name, level.value or 0.0, attributed, attributed)
