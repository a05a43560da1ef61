"""Alternatives as page and tables: how far each part can move, who does what in each plan, and what each gives up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from functools import partial

import pandas as pd

from planner.analysis.alternatives.dimensions import PRODUCERS
from planner.analysis.alternatives.near_optimal import Alternatives, PlanPart
from planner.analysis.alternatives.record import AlternativesRecord, PlanRecord, RangeRecord
from planner.analysis.context import AnalysisContext, header
from planner.analysis.findings import Findings, Section, Table, TableField
from planner.analysis.movements import change_table
from planner.plan.plan import Plan
from planner.report.data.money import money_scale
from planner.report.figures.drawing import Figure
from planner.report.figures.ranges import RING, STROKE, Range, ranges
from planner.report.words.names import with_code
from planner.report.words.numbers import Money, plural, share, spelled_unit
from planner.tolerances import SAME, matters

ASPECT_TITLES = {"producers": "Who produces", "payers": "Who pays", "funds": "Which fund pays"}
ALTERNATIVE, PLAN = "an alternative", "the plan"
MARKS = (STROKE.named(ALTERNATIVE), RING.named(PLAN))
MOST_BARS = 24
Label = Callable[[str], str]  # a part's name as people know it


def alternatives_findings(
    context: AnalysisContext, slack: float, parts: Sequence[PlanPart], found: Alternatives, plans: Sequence[Plan]
) -> Findings:
    """Everything that the page, the workbook and the record say."""
    money = money_scale(context.warm_start.base_plan)
    label = partial(with_code, context.instance.nations)
    ranges, amounts = _range_table(parts, found, label), _amount_table(parts, found, label)
    given, distances = _level_table(plans), _distance_table(found)
    changes = _change_table(context, plans)
    count = len(found.chosen) - 1
    within = share(slack)
    sections = [
        Section(
            "How much room there is",
            f"The least and the most of each part over all plans within {within} of the best at every level; the mark is "
            "the plan.",
            figures=_charts(context, parts, found, money),
            points=_room(parts, found, money, label),
            tables=[ranges],
        ),
        Section(
            "The alternatives",
            "Plan 0 is the optimal one. Each alternative is the candidate farthest from all before it, then made as good "
            "as its parts allow. Each is a run folder: alternatives/N.",
            tables=[amounts],
        ),
        Section(
            "What each gives up", "Levels in order; 0 where an alternative is as good as the plan.", tables=[given]
        ),
        Section(
            "How different they are",
            "The share of production (and of payments) that others have: 0 the same, 1 nothing in common; the "
            "mean where both count.",
            tables=[distances],
        ),
        Section("What changes against the plan", "The largest changes of each kind.", tables=[changes]),
    ]
    facts = [
        ("Slack", f"Each level may be {within} worse than its optimum; a level at 0 stays at 0."),
        ("Candidates", f"{plural(found.pool, 'plan')}: least and most of each part, and plans away from those chosen."),
        ("Who pays", "As the plan itself decides; the usual convention of payers is not applied to alternatives."),
        *context.choices,
        ("Verified", f"Each plan was checked independently: {plural(len(plans), 'plan')} verified."),
    ]
    record = AlternativesRecord(
        **header(context),
        slack=slack,
        plans=tuple(
            PlanRecord(folder=f"alternatives/{number}", levels={level.name: level.value for level in plan.levels})
            for number, plan in enumerate(plans)
        ),
        distances=tuple(tuple(row) for row in found.distances),
        ranges={row: RangeRecord(least=least, most=most) for row, (least, most) in found.ranges.items()},
    )
    return Findings(
        kind="alternatives",
        title=context.title,
        subject=f"Alternatives within {within}",
        marking=context.instance.settings.marking,
        headline=_headline(count, within, found, {part.aspect for part in parts}),
        money=money,
        facts=facts,
        sections=sections,
        record=record,
        tables=[ranges, amounts, given, distances, changes],
    )


def _headline(count: int, within: str, found: Alternatives, aspects: AbstractSet[str]) -> str:
    if not count:
        return f"Within {within} of the best at every level no plan differs in who produces or pays."
    farthest = max(found.distances[0])
    parts = (
        "the payments"
        if PRODUCERS not in aspects
        else "the work" + (" and the payments" if aspects > {PRODUCERS} else "")
    )
    return (
        f"{plural(count, 'alternative')} within {within} of the best at every level: up to {share(farthest)} of {parts} "
        "lies with others than in the plan."
    )


def _room(parts: Sequence[PlanPart], found: Alternatives, money: Money, label: Label) -> list[str]:
    """The parts that can move most, in words."""
    widths = sorted(parts, key=lambda part: found.ranges[part.row][0] - found.ranges[part.row][1])
    lines = []
    for part in widths[:5]:
        least, most = found.ranges[part.row]
        if matters(most - least, most):
            does = "can produce" if part.aspect == PRODUCERS else "can pay"
            now = money.text(found.chosen[0].amounts[part.row])
            lines.append(
                f"{label(part.name)} {does} from {money.text(least)} to {money.text(most)} (in the plan {now})."
            )
    return lines


def _charts(context: AnalysisContext, parts: Sequence[PlanPart], found: Alternatives, money: Money) -> list[Figure]:
    charts: list[Figure] = []
    for aspect in dict.fromkeys(part.aspect for part in parts):
        moving = [part for part in parts if part.aspect == aspect and found.ranges[part.row][1] > 0]
        moving.sort(key=lambda part: -found.ranges[part.row][1])
        if moving:
            title = f"{ASPECT_TITLES[aspect]}: least and most within the slack"
            rows = [
                _range(with_code(context.instance.nations, part.name), part, found, money)
                for part in moving[:MOST_BARS]
            ]
            charts.append(ranges(title, f"{money.unit}; bar: from least to most", rows, MARKS))
    return charts


def _range(name: str, part: PlanPart, found: Alternatives, money: Money) -> Range:
    least, most = found.ranges[part.row]
    now, *others = (one.amounts[part.row] for one in found.chosen)
    marks = [(ALTERNATIVE, other / money.factor) for other in others] + [(PLAN, now / money.factor)]
    tip = f"{name}: {money.text(least)} to {money.text(most)}, in the plan {money.text(now)}"
    return Range(name, least / money.factor, most / money.factor, marks, tip)


def _range_table(parts: Sequence[PlanPart], found: Alternatives, label: Label) -> Table:
    rows = [
        (ASPECT_TITLES[part.aspect], part.name, label(part.name), found.ranges[part.row][0], found.chosen[0].amounts[part.row],
         found.ranges[part.row][1])
        for part in parts
    ]  # fmt: skip
    fields = [
        TableField("aspect", "What"),
        TableField("label", "Who"),
        TableField("least", "Least", "money"),
        TableField("plan", "In the plan", "money"),
        TableField("most", "Most", "money"),
    ]
    frame = pd.DataFrame(rows, columns=["aspect", "name", "label", "least", "plan", "most"])
    return Table("ranges", "Range of each part within the slack", frame, fields)


def _amount_table(parts: Sequence[PlanPart], found: Alternatives, label: Label) -> Table:
    frame = pd.DataFrame(
        {"aspect": [ASPECT_TITLES[part.aspect] for part in parts], "name": [part.name for part in parts]}
        | {"label": [label(part.name) for part in parts]}
        | {f"plan_{n}": [one.amounts[part.row] for part in parts] for n, one in enumerate(found.chosen)}
    )
    fields = [TableField("aspect", "What"), TableField("label", "Who")]
    fields += [TableField(f"plan_{n}", _plan_name(n), "money") for n in range(len(found.chosen))]
    return Table("parts", "Who produces and who pays in each plan", frame, fields)


def _plan_name(number: int) -> str:
    return f"Alternative {number}" if number else "The plan"


def _level_table(plans: Sequence[Plan]) -> Table:
    rows = []
    for place, level in enumerate(plans[0].levels):
        best = level.value or 0.0
        for number, plan in enumerate(plans):
            value = plan.levels[place].value or 0.0
            rows.append((number, _plan_name(number), level.title, spelled_unit(level.unit), value, value - best,
                         (value - best) / best if best else 0.0))  # fmt: skip
    fields = [
        TableField("title", "Plan"),
        TableField("level", "Level"),
        TableField("unit", "Unit"),
        TableField("value", "Value", "money"),
        TableField("worse", "Worse by", "money"),
        TableField("share", "Share", "share"),
    ]
    frame = pd.DataFrame(rows, columns=["plan", "title", "level", "unit", "value", "worse", "share"])
    frame.loc[frame["worse"].abs() <= SAME * frame["value"].abs().clip(lower=1.0), ["worse", "share"]] = 0.0
    return Table("levels", "What each plan gives up", frame.sort_values(["plan"], kind="stable"), fields)


def _distance_table(found: Alternatives) -> Table:
    numbers = range(len(found.chosen))
    frame = pd.DataFrame(
        {"plan": [_plan_name(number) for number in numbers]}
        | {f"plan_{other}": [found.distances[number][other] for number in numbers] for other in numbers}
    )
    fields = [
        TableField("plan", "Plan"),
        *(TableField(f"plan_{other}", _plan_name(other), "share") for other in numbers),
    ]
    return Table("distances", "Distances between the plans", frame, fields)


def _change_table(context: AnalysisContext, plans: Sequence[Plan]) -> Table:
    steps = [(_plan_name(number), plans[0].tables, plan.tables) for number, plan in enumerate(plans[1:], 1)]
    label = TableField("plan", "Plan")
    return change_table(context.instance, steps, label, ("In the plan", "There"), "What changes against the plan")
