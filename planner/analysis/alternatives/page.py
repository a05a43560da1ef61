"""Alternatives as page and tables: how far each part can move, who does what in each plan, and what each gives up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from functools import partial

import pandas as pd

from planner.analysis.alternatives.dimensions import PRODUCERS
from planner.analysis.alternatives.near_optimal import Alternatives, PartRange, PlanPart
from planner.analysis.alternatives.record import AlternativesRecord, PlanRecord, RangeRecord
from planner.analysis.context import AnalysisContext, header
from planner.analysis.findings import Findings, FindingsTable, Section, TableField
from planner.analysis.movements import change_table
from planner.plan.plan import Plan
from planner.report.data.money import money_scale
from planner.report.figures.drawing import Figure
from planner.report.figures.ranges import RING, STROKE, Range, ranges
from planner.report.words.names import with_code
from planner.report.words.numbers import Money, listing, plural, share, spelled_unit
from planner.tolerances import NOISE, SAME, matters

ASPECT_TITLES = {"producers": "Who produces", "payers": "Who pays", "funds": "Which fund pays"}
ALTERNATIVE, PLAN = "an alternative", "the plan"
MARKS = (STROKE.named(ALTERNATIVE), RING.named(PLAN))
MOST_BARS = 24
Label = Callable[[str], str]  # a part's name as people know it


def alternatives_findings(
    context: AnalysisContext, slack: float, parts: Sequence[PlanPart], alternatives: Alternatives, plans: Sequence[Plan]
) -> Findings:
    """Everything that the page, the workbook and the record say."""
    money = money_scale(context.warm_start.base_plan)
    label = partial(with_code, context.instance.nations)
    ranges, amounts = _range_table(parts, alternatives, label), _amount_table(parts, alternatives, label)
    levels, distances = _level_table(plans), _distance_table(alternatives)
    changes = _change_table(context, plans)
    count = len(alternatives.chosen) - 1
    within = share(slack)
    sections = _sections(context, within, parts, alternatives, (ranges, amounts, levels, distances, changes))
    return Findings(
        kind="alternatives",
        title=context.title,
        subject=f"Alternatives within {within}",
        marking=context.instance.settings.marking,
        headline=_headline(count, within, alternatives, {part.aspect for part in parts}),
        money=money,
        facts=_facts(context, within, alternatives, len(plans)),
        sections=sections,
        record=_record(context, slack, alternatives, plans),
        tables=[ranges, amounts, levels, distances, changes],
    )


def _sections(
    context: AnalysisContext,
    within: str,
    parts: Sequence[PlanPart],
    alternatives: Alternatives,
    tables: tuple[FindingsTable, ...],
) -> list[Section]:
    """`tables`: ranges, amounts, what each gives up, distances, changes."""
    ranges, amounts, levels, distances, changes = tables
    money, label = money_scale(context.warm_start.base_plan), partial(with_code, context.instance.nations)
    return [
        Section(
            "How much room there is",
            f"The least and the most of each part over {_which(alternatives)} within {within} of the best at every "
            "level; the mark is the plan.",
            figures=_charts(context, parts, alternatives, money),
            points=[*_room(parts, alternatives, money, label), *_open_ends(alternatives)],
            tables=[ranges],
        ),
        Section(
            "The alternatives",
            "Plan 0 is the optimal one. Each alternative is the candidate farthest from all before it, then made as "
            f"good as its parts allow{_as_far(alternatives)}. Each is a run folder, alternatives/N; its report is "
            "linked below.",
            tables=[amounts],
        ),
        Section(
            "What each gives up", "Levels in order; 0 where an alternative is as good as the plan.", tables=[levels]
        ),
        Section(
            "How different they are",
            "The share of production (and of payments) that others have: 0 the same, 1 nothing in common; the "
            "mean where both count.",
            tables=[distances],
        ),
        Section("What changes against the plan", "The largest changes of each kind.", tables=[changes]),
    ]


def _facts(context: AnalysisContext, within: str, alternatives: Alternatives, plans: int) -> list[tuple[str, str]]:
    return [
        ("Slack", f"Each level may be {within} worse than its optimum; a level at 0 stays at 0."),
        (
            "Candidates",
            f"{plural(alternatives.pool, 'plan')}: towards the least and the most of each part, and away from "
            "those chosen.",
        ),
        ("Who pays", "As the plan itself decides; the usual convention of payers is not applied to alternatives."),
        *context.choices,
        ("Verified", f"Each plan was checked independently: {plural(plans, 'plan')} verified."),
    ]


def _record(
    context: AnalysisContext, slack: float, alternatives: Alternatives, plans: Sequence[Plan]
) -> AlternativesRecord:
    return AlternativesRecord(
        **header(context),
        slack=slack,
        plans=tuple(
            PlanRecord(folder=f"alternatives/{number}", levels={level.name: level.value for level in plan.levels})
            for number, plan in enumerate(plans)
        ),
        distances=tuple(tuple(row) for row in alternatives.distances),
        ranges={row: _range_record(one) for row, one in alternatives.ranges.items()},
        unfinished=alternatives.unfinished,
    )


def _headline(count: int, within: str, alternatives: Alternatives, aspects: AbstractSet[str]) -> str:
    if not count:
        none = "no plan differs" if _are_proved(alternatives) else "no plan was found that differs"
        return f"Within {within} of the best at every level {none} in who produces or pays."
    farthest = max(alternatives.distances[0])
    parts = (
        "the payments"
        if PRODUCERS not in aspects
        else "the work" + (" and the payments" if aspects > {PRODUCERS} else "")
    )
    return (
        f"{plural(count, 'alternative')} within {within} of the best at every level: up to {share(farthest)} of "
        f"{parts} lies with others than in the plan."
    )


def _room(parts: Sequence[PlanPart], alternatives: Alternatives, money: Money, label: Label) -> list[str]:
    """The parts that can move most, in words."""
    widths = sorted(parts, key=lambda part: alternatives.ranges[part.row].least - alternatives.ranges[part.row].most)
    lines = []
    for part in widths[:5]:
        one = alternatives.ranges[part.row]
        if matters(one.most - one.least, one.most):
            does = "can produce" if part.aspect == PRODUCERS else "can pay"
            now = money.text(alternatives.chosen[0].amounts[part.row])
            lines.append(f"{label(part.name)} {does} {_from_to(one, money)} (in the plan {now}).")
    return lines


def _from_to(one: PartRange, money: Money) -> str:
    """`from EUR 12 to EUR 15`; where an end is not proved, with what none is beyond:
    `from EUR 12 or less, but not below EUR 10, to …`
    """
    least, most = map(money.text, one.ends)
    below, above = one.beyond
    if below is not None:
        least += f" or less, but not below {money.text(below)}," if below > 0 else " or less"
    if above is not None:
        most += f" or more, but not above {money.text(above)}"
    return f"from {least} to {most}"


def _open_ends(alternatives: Alternatives) -> list[str]:
    """How many ends of ranges are not proved, and what is said of them."""
    ends = [end for one in alternatives.ranges.values() for end in one.beyond]
    count = len(ends) - ends.count(None)
    if not count:
        return []
    verb = "is" if count == 1 else "are"
    return [
        f"{count} of {len(ends)} ends {verb} not proved: the program is large, and the search for each ends after a "
        "limited number of steps. The table says of these how far some plan goes, and what no plan within the slack "
        "is beyond."
    ]


def _are_proved(alternatives: Alternatives) -> bool:
    """Is each end of each range proved?"""
    return all(one.is_proved for one in alternatives.ranges.values())


def _which(alternatives: Alternatives) -> str:
    """Over which plans a range is."""
    return "all plans" if _are_proved(alternatives) else "the plans that were found"


def _as_far(alternatives: Alternatives) -> str:
    """Of which alternatives it is not proved that their parts allow no better levels."""
    if not alternatives.unfinished:
        return ""
    names = listing([_plan_name(number) for number in alternatives.unfinished], len(alternatives.unfinished))
    return f", or as far as a limited number of steps leads ({names})"


def _range_record(one: PartRange) -> RangeRecord:
    below, above = one.beyond
    return RangeRecord(least=one.least, most=one.most, no_less=below, no_more=above)


def _charts(
    context: AnalysisContext, parts: Sequence[PlanPart], alternatives: Alternatives, money: Money
) -> list[Figure]:
    charts: list[Figure] = []
    for aspect in dict.fromkeys(part.aspect for part in parts):
        moving = [part for part in parts if part.aspect == aspect and alternatives.ranges[part.row].most > 0]
        moving.sort(key=lambda part: -alternatives.ranges[part.row].most)
        if moving:
            ends = "least and most" if _are_proved(alternatives) else "least and most found"
            title = f"{ASPECT_TITLES[aspect]}: {ends} within the slack"
            rows = [
                _range(with_code(context.instance.nations, part.name), part, alternatives, money)
                for part in moving[:MOST_BARS]
            ]
            charts.append(ranges(title, f"{money.unit}; bar: from {ends.replace(' and ', ' to ')}", rows, MARKS))
    return charts


def _range(name: str, part: PlanPart, alternatives: Alternatives, money: Money) -> Range:
    one = alternatives.ranges[part.row]
    now, *others = (one.amounts[part.row] for one in alternatives.chosen)
    marks = [(ALTERNATIVE, other / money.factor) for other in others] + [(PLAN, now / money.factor)]
    tip = f"{name}: {_from_to(one, money)}, in the plan {money.text(now)}"
    return Range(name, one.least / money.factor, one.most / money.factor, marks, tip)


def _range_table(parts: Sequence[PlanPart], alternatives: Alternatives, label: Label) -> FindingsTable:
    rows = [
        (ASPECT_TITLES[part.aspect], part.name, label(part.name), below, one.least, alternatives.chosen[0].amounts[part.row], one.most, above)
        for part in parts
        for one in (alternatives.ranges[part.row],)
        for below, above in (one.beyond,)
    ]  # fmt: skip
    found_only = "" if _are_proved(alternatives) else " found"
    fields = [
        TableField("aspect", "What"),
        TableField("label", "Who"),
        TableField("no_less", "No plan below", "money", "Only where the least is not proved"),
        TableField("least", f"Least{found_only}", "money"),
        TableField("plan", "In the plan", "money"),
        TableField("most", f"Most{found_only}", "money"),
        TableField("no_more", "No plan above", "money", "Only where the most is not proved"),
    ]
    names = ["aspect", "name", "label", "no_less", "least", "plan", "most", "no_more"]
    frame = pd.DataFrame(rows, columns=names).astype({"no_less": float, "no_more": float})
    if _are_proved(alternatives):
        fields = [one for one in fields if one.key not in ("no_less", "no_more")]
    return FindingsTable("ranges", "Range of each part within the slack", frame, fields)


def _without_dust(amounts: Sequence[float]) -> list[float]:
    """Amounts with 0 for what arithmetic leaves of nothing."""
    largest = max(map(abs, amounts), default=0.0)
    return [amount if abs(amount) > NOISE * largest else 0.0 for amount in amounts]


def _amount_table(parts: Sequence[PlanPart], alternatives: Alternatives, label: Label) -> FindingsTable:
    frame = pd.DataFrame(
        {"aspect": [ASPECT_TITLES[part.aspect] for part in parts], "name": [part.name for part in parts]}
        | {"label": [label(part.name) for part in parts]}
        | {
            f"plan_{n}": _without_dust([one.amounts[part.row] for part in parts])
            for n, one in enumerate(alternatives.chosen)
        }
    )
    fields = [TableField("aspect", "What"), TableField("label", "Who")]
    fields += [TableField(f"plan_{n}", _plan_name(n), "money") for n in range(len(alternatives.chosen))]
    return FindingsTable("parts", "Who produces and who pays in each plan", frame, fields)


def _plan_name(number: int) -> str:
    return f"Alternative {number}" if number else "The plan"


def _reports(count: int) -> dict[str, str]:
    """The report of each plan, by the name of the plan."""
    return {_plan_name(number): f"alternatives/{number}/report.html" for number in range(count)}


def _level_table(plans: Sequence[Plan]) -> FindingsTable:
    rows = []
    for index, level in enumerate(plans[0].levels):
        best = level.value or 0.0
        for number, plan in enumerate(plans):
            value = plan.levels[index].value or 0.0
            rows.append((number, _plan_name(number), level.title, spelled_unit(level.unit), value, value - best,
                         (value - best) / best if best else 0.0))  # fmt: skip
    fields = [
        TableField("title", "Plan", links=_reports(len(plans))),
        TableField("level", "Level"),
        TableField("unit", "Unit"),
        TableField("value", "Value", "figure"),
        TableField("worse", "Worse by", "figure"),
        TableField("share", "Share", "share"),
    ]
    frame = pd.DataFrame(rows, columns=["plan", "title", "level", "unit", "value", "worse", "share"])
    frame.loc[frame["worse"].abs() <= SAME * frame["value"].abs().clip(lower=1.0), ["worse", "share"]] = 0.0
    return FindingsTable("levels", "What each plan gives up", frame.sort_values(["plan"], kind="stable"), fields)


def _distance_table(alternatives: Alternatives) -> FindingsTable:
    numbers = range(len(alternatives.chosen))
    frame = pd.DataFrame(
        {"plan": [_plan_name(number) for number in numbers]}
        | {f"plan_{other}": [alternatives.distances[number][other] for number in numbers] for other in numbers}
    )
    fields = [
        TableField("plan", "Plan"),
        *(TableField(f"plan_{other}", _plan_name(other), "share") for other in numbers),
    ]
    return FindingsTable("distances", "Distances between the plans", frame, fields)


def _change_table(context: AnalysisContext, plans: Sequence[Plan]) -> FindingsTable:
    steps = [(_plan_name(number), plans[0].tables, plan.tables) for number, plan in enumerate(plans[1:], 1)]
    label = TableField("plan", "Plan")
    return change_table(context.instance, steps, label, ("In the plan", "There"), "What changes against the plan")
