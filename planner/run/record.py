"""What of a run, its input and its plan goes into run.json (`planner.records.run`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from planner.catalogue import Catalogue
from planner.domain.instance import PlanningInstance
from planner.errors import NoPlanError, PlannerError
from planner.plan import SolveOptions
from planner.plan.beside import TOO_TIGHT
from planner.plan.plan import LevelResult, Plan
from planner.plan.remedy.results import GoalRemedies, Raised
from planner.records.parts import Calendar, InputFile, Level, ModelName, ModelUsed
from planner.records.remedies import GoalRecord, RemedyRecord, RiseRecord
from planner.records.run import (
    Counts,
    Options,
    Partly,
    PastLack,
    Procurement,
    RunRecord,
    UnservedNames,
    WorthOfGuarantee,
)
from planner.report.data.money import money_scale
from planner.report.data.rules.taking_part import taking_part
from planner.report.data.unserved import Unserved, unserved_sentences
from planner.report.words.remedy_words import RemedyWords
from planner.run.recorded.comparable import units_of
from planner.run.unenforced import not_enforced
from planner.run.versions import versions

NOT_VERIFIED = "not verified"


def begun(
    instance: PlanningInstance, source: InputFile, options: Options, model: Catalogue, started: datetime
) -> RunRecord:
    """What is known before anything is solved. `status` says that it ended in a fault, until it did not."""
    return RunRecord(
        status="error",
        message="",
        title=instance.settings.title,
        marking=instance.settings.marking,
        objective=None,
        bound=None,
        gap=None,
        verification=NOT_VERIFIED,
        verified={},
        not_enforced=tuple(not_enforced(instance, model)),
        removed_by_events=tuple(instance.removed_by_events),
        warnings=(),
        conflict=(),
        calendar=calendar_of(instance),
        units=units_of(instance),
        model=model_used(model),
        input=source,
        options=options,
        counts=Counts(),
        started=f"{started:%Y-%m-%dT%H:%M:%SZ}",
        seconds={},
        peak_memory_mb={},
        versions=versions(),
    )


def options_of(options: SolveOptions, **further: Any) -> Options:
    """The options of a run; of the model files only whether they are written."""
    return Options.model_validate({**_spelled(options), "strict": False, **further})


def _spelled(options: SolveOptions) -> dict[str, Any]:
    spelled = asdict(replace(options, checkpoints=None))
    del spelled["checkpoints"]  # they change no result
    return {**spelled, "write_lp": bool(options.write_lp), "write_mps": bool(options.write_mps)}


def calendar_of(instance: PlanningInstance) -> Calendar:
    """The horizon as run.json states it."""
    horizon = instance.horizon
    return Calendar.model_validate(
        {
            "start": horizon.start.isoformat(),
            "periods": horizon.periods,
            "period_length": horizon.period_length,
            "fiscal_years": horizon.fiscal_years,
            "labels": [horizon.label(period) for period in range(horizon.periods)],
            "currency": instance.settings.currency,
        }
    )


def model_name(catalogue: Catalogue) -> ModelName:
    """The model by name and title."""
    return ModelName(name=catalogue.name, title=catalogue.title)


def model_used(catalogue: Catalogue, kind: str = "LP") -> ModelUsed:
    """The model with the families that it disables; `kind`: LP or MILP."""
    off = [family.name for family in catalogue.switched_off]
    return ModelUsed.model_validate(
        {"name": catalogue.name, "title": catalogue.title, "kind": kind, "families_off": off}
    )


def with_plan(record: RunRecord, plan: Plan) -> RunRecord:
    """The record with what a plan says: levels, size, nations that take part where a fund asks for some, what rules
    lack from the past.
    """
    procurement = tuple(_procurement(plan))
    lacks = tuple(PastLack.model_validate(asdict(lack)) for lack in plan.lacking)
    return record.but(
        status=plan.status,
        counts=Counts.model_validate(plan.counts),
        model=record.model.but(kind=plan.kind),
        common_procurement=procurement or None,
        past_lack=lacks or None,
        no_prices=_no_prices(plan),
        **level_entries(plan.levels),
    )


def _no_prices(plan: Plan) -> str | None:
    """Why an option has no prices, and the commands that compute them."""
    if not plan.no_prices:
        return None
    return (
        f"Prices, and what holds back what is short, were not computed for this option: {plan.no_prices}. planner "
        "compare --prices computes them for each option, planner solve of its input for one."
    )


def without_plan(record: RunRecord, problem: PlannerError) -> RunRecord:
    """The record with why there is no plan."""
    if isinstance(problem, NoPlanError):
        why = {"status": problem.status, "conflict": problem.conflict, "explanation": problem.explanation or None}
    else:
        why = {"status": "error", "conflict": ()}
    return record.but(message=str(problem), **why)


def level_entries(levels: Sequence[LevelResult]) -> dict[str, Any]:
    """`objective`, `bound` and `gap`: single numbers when weighted, else one entry per level in order.

    `gap` is the largest over the levels; None where one was not optimised, or its bound is not known.
    """
    gaps = [level.gap for level in levels if level.gap is not None]
    gap = max(gaps) if gaps and len(gaps) == len(levels) else None
    if [level.name for level in levels] == ["weighted"]:
        return {"objective": levels[0].value, "bound": levels[0].bound, "gap": gap}
    entries = tuple(
        Level.model_validate({key: entry for key, entry in asdict(level).items() if key in Level.model_fields})
        for level in levels
    )
    return {"objective": entries, "bound": tuple(level.bound for level in levels), "gap": gap}


def _procurement(plan: Plan) -> Iterator[Procurement]:
    for participation in taking_part(plan):
        yield Procurement(
            fund=participation.fund.name,
            nations_asked=participation.fund.min_nations or 0,
            enforced=participation.fund.min_nations_enforced,
            nations_taking_part=len(participation.nations),
            nations=dict(participation.nations),
            paid=participation.paid,
        )


def worth_entry(plan: Plan) -> dict[str, Any]:
    """`worth` of the guarantee, or `no_worth`: why it was not worked out."""
    if plan.worth is not None:
        return {"worth": WorthOfGuarantee.model_validate(asdict(plan.worth)), "no_worth": None}
    if not plan.instance.cases:
        return {}
    reason = plan.no_worth or "that takes an optimal plan, made as one program"
    message = f"What the guarantee is worth was not computed: {reason}."
    return {"worth": None, "no_worth": message}


def remedies_entry(plan: Plan) -> dict[str, Any]:
    """`remedies` of what falls short most, or `no_remedies`: why they were not worked out,
    and the command that does.
    """
    if plan.remedies is not None:
        words = RemedyWords(plan.instance, money_scale(plan))
        return {"remedies": tuple(goal_record(result, words) for result in plan.remedies), "no_remedies": None}
    if not plan.no_remedies:
        return {"remedies": None, "no_remedies": None}
    message = f"What would help was not computed: {plan.no_remedies}."
    if plan.no_remedies != TOO_TIGHT:
        message += " planner solve --remedies shows it here; planner remedy shows more."
    return {"remedies": None, "no_remedies": message}


def goal_record(result: GoalRemedies, words: RemedyWords) -> GoalRecord:
    """What was found of a goal, in figures and in `words`."""
    return GoalRecord(
        kind=result.goal.kind,
        name=result.goal.name,
        short=result.short,
        lacking=dict(result.lacking),
        sentence=words.lacks(result),
        remedies=tuple(_remedy_record(result, raised, words) for raised in result.remedies),
        frontier=tuple(_remedy_record(result, raised, words) for raised in result.frontier),
        others_stay=result.items is not None,
        cheapest_only=result.cheapest_only,
        broken=result.broken,
    )


def _remedy_record(result: GoalRemedies, raised: Raised, words: RemedyWords) -> RemedyRecord:
    remedy, rises = raised
    return RemedyRecord(
        how=remedy.how,
        cost=remedy.cost,
        left=remedy.left,
        lacking=dict(remedy.lacking),
        comes=remedy.comes,
        rises=tuple(
            RiseRecord(
                what=lever.what,
                cells=lever.cells,
                before=lever.value,
                rise=rise,
                falls=lever.falls,
                cost=lever.price * rise,
                decides=lever.decides,
            )
            for lever, rise in rises
        ),
        sentence=words.brings(result, raised),
    )


def unserved_entry(
    plan: Plan, unserved: Unserved, least_served: Sequence[str] = (), not_solved: str | None = None
) -> UnservedNames:
    """Who gets nothing of what is wanted: names, and the same in sentences."""
    return UnservedNames(
        destinations=tuple(unserved.destinations),
        items=tuple(unserved.items),
        periods=tuple(plan.instance.horizon.label(period - 1) for period in unserved.periods),
        partly=tuple(
            Partly(destination=name, items=tuple(items), wanted=count) for name, items, count in unserved.partly
        ),
        sentences=tuple(unserved_sentences(unserved, plan.instance)),
        least_served=tuple(least_served),
        not_solved=not_solved,
    )


def verification_text(passed: bool, worst: str, not_enforced: Sequence[str]) -> str:
    """The verification in a few words; `worst`: the worst violation, where it failed."""
    if not passed:
        return f"failed: {worst}"
    count = len(not_enforced)
    return f"verified; {count} rule{'s' * (count != 1)} not enforced" if count else "verified"
