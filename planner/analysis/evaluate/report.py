"""The evaluation as findings: how far the plan is from the optimum, and what the optimum does differently."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from planner.analysis.evaluate.evaluation import Distance, Evaluation, commitments
from planner.analysis.evaluate.record import EvaluationRecord
from planner.analysis.findings import Findings, FindingsTable, Section, TableField
from planner.analysis.movements import movements
from planner.domain.instance import PlanningInstance
from planner.domain.titles import title_of
from planner.domain.values import values_wanted
from planner.plan.again.fixed_plan import FAMILIES
from planner.report.words.names import WITHOUT_COMMITMENT
from planner.report.words.numbers import GOODS, Money, compact, listing, number, plural, share, spelled_unit

KIND = "evaluation"
MOST_MOVEMENTS = 5  # of each kind
TIMES_FROM = 1.95  # above it an amount is stated as a multiple of another, below it in per cent


def findings(evaluation: Evaluation, record: EvaluationRecord) -> Findings:
    """What the evaluation says, for all outputs."""
    instance = evaluation.plan.instance
    settings, money = instance.settings, _money_scale(evaluation)
    levels, moved, served = _levels(evaluation), _movements(instance, evaluation), _commitments(instance, evaluation)
    sections = [
        Section(
            "Level by level",
            "Less is better at every level. Where the plan falls short at one level, it may be better at a later "
            "one: that is bought by the shortfall, and no merit of the plan.",
            points=list(level_words(evaluation, money)),
            tables=[levels],
        ),
        Section(
            "What the optimum does differently",
            "The largest differences of each kind. All of them: planner diff DIR/optimum DIR, for the folder DIR "
            "that holds this evaluation.",
            tables=[moved],
        ),
        Section(
            "Commitments",
            "What is delivered, by value, under the plan and under the optimum.",
            points=list(commitment_words(served)),
            tables=[served],
        ),
    ]
    return Findings(
        kind=KIND,
        title="The plan and the optimum",
        subject=settings.title or "Plan",
        marking=settings.marking,
        headline=headline(evaluation, money),
        money=money,
        facts=list(_facts(evaluation, record)),
        sections=sections,
        record=record,
        tables=[levels, moved, served],
    )


def _money_scale(evaluation: Evaluation) -> Money:
    """How amounts are written: by the largest level in money, of the plan or of the optimum."""
    currency = evaluation.plan.instance.settings.currency
    amounts = [
        abs(value) for d in evaluation.distances if d.unit.startswith(currency) for value in (d.value, d.optimum)
    ]
    return Money.scaled(currency, max(amounts, default=0.0))


def headline(evaluation: Evaluation, money: Money) -> str:
    """Whether it can be carried out (it can), and how far it is from the best."""
    gap, proved = evaluation.first_gap, evaluation.optimum.status == "optimal"
    if gap is None and proved:
        return "The plan can be carried out, and none is better: it reaches the optimum at every level."
    if gap is None:
        return "The plan can be carried out, and is as good as the best one found in the time; a better one may exist."
    if gap.gap < 0 and proved:
        return (
            "The plan can be carried out. The optimum gives back what level_tolerance allows: "
            f"{_gap_words(gap, money)}."
        )
    if gap.gap < 0:
        difference = _gap_words(gap, money).replace("the optimum has", "the best plan found in the time has")
        return f"The plan can be carried out, and is better than the best one found in the time: {difference}."
    return f"The plan can be carried out, but it is not the best: {_gap_words(gap, money)}."


def level_words(evaluation: Evaluation, money: Money) -> Iterator[str]:
    """A sentence for each level: how far from the optimum, and where that is bought by an earlier level."""
    behind = False
    for distance in evaluation.distances:
        if not distance.gap:
            yield f"{distance.title}: the same as the optimum, {_amount(distance.value, distance, money)}."
            continue
        bought = " This is bought by what falls short above." if behind and distance.gap < 0 else ""
        yield f"{_gap_words(distance, money)}.{bought}"
        behind = True


def _gap_words(distance: Distance, money: Money) -> str:
    """`Shortfall: EUR 30 where EUR 10 can be reached: EUR 20 more, 3 times as much`"""
    value, best = (_amount(amount, distance, money) for amount in (distance.value, distance.optimum))
    more, size = ("more" if distance.gap > 0 else "less"), _amount(abs(distance.gap), distance, money)
    sentence = f"{distance.title}: {value} where the optimum has {best}: {size} {more}"
    if not distance.optimum:
        return sentence
    times = distance.value / distance.optimum
    if times >= TIMES_FROM:
        return f"{sentence}, {compact(times)} times as much"
    return sentence if distance.unit == "share" else f"{sentence}, {share(abs(distance.share or 0.0))} {more}"


def commitment_words(served: FindingsTable) -> Iterator[str]:
    """A sentence for each commitment of which the optimum delivers another part."""
    for row in served.frame.to_dict("records"):
        if row["difference"] and row["wanted"] > 0:
            could = (
                "could be" if row["difference"] < 0 else "is delivered by the optimum, which puts earlier levels first"
            )
            yield f"{row['commitment']}: {share(row['rate'])} is delivered, where {share(row['best_rate'])} {could}."


def _amount(value: float, distance: Distance, money: Money) -> str:
    if distance.unit == "share":
        return share(value)
    if distance.unit.startswith(money.currency):
        return money.text(value)
    return f"{compact(value) if abs(value) < 1000 else number(value)} {spelled_unit(distance.unit)}"


def _facts(evaluation: Evaluation, record: EvaluationRecord) -> Iterator[tuple[str, str]]:
    tables_given = [f"{plural(len(table), 'figure')} of {name}" for name, table in evaluation.given.tables.items()]
    yield "Given", f"{listing(tables_given, 9)}. What such a table does not list is 0."
    left = [name for name in (*FAMILIES, "payments") if name not in evaluation.given.tables]
    if left:
        yield "Completed at best", f"{listing(left, 9)}."
    yield "Optimum", _optimum_words(evaluation, record)


def _optimum_words(evaluation: Evaluation, record: EvaluationRecord) -> str:
    """Where the optimum comes from, and who says that it is one."""
    if record.optimum_run is None:
        return "The best plan of the same input under the same rules, solved afresh; both plans were verified."
    proof = " That none is better is what its run proved." if evaluation.optimum.status == "optimal" else ""
    return (
        f"The plan of {record.optimum_run}, from the same input under the same rules; both plans were verified.{proof}"
    )


def _levels(evaluation: Evaluation) -> FindingsTable:
    rows = [
        {
            "level": distance.title,
            "plan": distance.value,
            "optimum": distance.optimum,
            "gap": distance.gap,
            "share": distance.share,
            "unit": spelled_unit(distance.unit),
        }
        for distance in evaluation.distances
    ]
    fields = [
        TableField("level", "Level"),
        TableField("plan", "This plan", "figure"),
        TableField("optimum", "Optimum", "figure"),
        TableField("gap", "Distance", "figure", "This plan less the optimum; less is better"),
        TableField("share", "Part of the optimum", "share"),
        TableField("unit", "Unit"),
    ]
    return FindingsTable("levels", "Level by level", pd.DataFrame(rows), fields)


def _movements(instance: PlanningInstance, evaluation: Evaluation) -> FindingsTable:
    frame = movements(instance, evaluation.plan.tables, evaluation.optimum.tables, MOST_MOVEMENTS)
    fields = [
        TableField("kind", "What"),
        TableField("label", "Of"),
        TableField("before", "This plan", "figure"),
        TableField("after", "Optimum", "figure"),
        TableField("change", "The optimum does more by", "figure"),
        TableField("unit", "Unit"),
    ]
    return FindingsTable("movements", "What the optimum does differently", frame, fields)


def _commitments(instance: PlanningInstance, evaluation: Evaluation) -> FindingsTable:
    frame = commitments(instance, evaluation.plan, evaluation.optimum)
    wanted = frame["wanted"].where(frame["wanted"] > 0)
    frame = frame.assign(
        commitment=[
            title_of(instance.commitments, name) if name else WITHOUT_COMMITMENT for name in frame["commitment"]
        ],
        rate=frame["delivered"] / wanted,
        best_rate=frame["optimum"] / wanted,
    )
    kind, goods = ("figure", "") if values_wanted(instance) is None else ("money", GOODS)
    fields = [
        TableField("commitment", "Commitment"),
        TableField("binding", "Binding"),
        TableField("wanted", "Wanted", kind, unit=goods),
        TableField("delivered", "This plan", kind, unit=goods),
        TableField("optimum", "Optimum", kind, unit=goods),
        TableField("difference", "Difference", kind, unit=goods),
        TableField("rate", "Delivered", "share"),
        TableField("best_rate", "by the optimum", "share"),
    ]
    return FindingsTable("commitments", "Commitments", frame, fields)
