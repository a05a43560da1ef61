"""The frontier of two aims: what each further unit of the one buys of the other, and how the plan changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pandas as pd

from planner.analysis.context import AnalysisContext, header, prepare
from planner.analysis.findings import Findings, FindingsTable, Section, TableField
from planner.analysis.frontier.kinks import FEWEST_POINTS, Frontier, trace_frontier
from planner.analysis.frontier.record import AimRecord, FrontierRecord, KinkRecord
from planner.analysis.movements import change_table
from planner.analysis.writing import write_findings
from planner.domain.values import values_wanted
from planner.errors import UsageError
from planner.plan import SolveOptions
from planner.plan.aims import Aim, aims
from planner.plan.plan import Plan
from planner.report.data.money import money_scale
from planner.report.figures.drawing import Figure
from planner.report.figures.points import Axis, frontier_chart
from planner.report.words.numbers import GOODS, Money, Scale, Units, plural, spelled_unit
from planner.run.folder import whole_folder
from planner.run.log import Log
from planner.run.refusal import refuse
from planner.solver.highs import ProgressListener
from planner.solver.lexicographic import inner
from planner.workbook.names.names import suggestion

_DEFAULTS = SolveOptions()


@dataclass(frozen=True)
class FrontierResult:
    """A frontier that was written: values in `frontier.kinks`, one verified plan each in `plans`."""

    folder: Path
    first: Aim
    second: Aim
    frontier: Frontier
    plans: tuple[Plan, ...]
    findings: Findings


def frontier_of_workbook(
    input_path: Path | str,
    output_dir: Path | str,
    levels: Sequence[str] | None = None,
    points: int = 25,
    solving: SolveOptions = _DEFAULTS,
    progress: ProgressListener | None = None,
    *,
    plan: Path | None = None,
    replace: bool = False,
    log: Log | None = None,
) -> FrontierResult:
    """Trace the frontier of two `levels` (None: cost and shortfall) and leave a folder, whole or not at all.

    Raises InputError (2), NoPlanError (3), SolverStoppedError (4), VerificationError (5), FolderError (1),
    UsageError (64; levels that the input does not have).
    """
    source, target, log = Path(input_path), Path(output_dir), log or Log()
    if points < 2:
        raise UsageError(f"--points: found {points}, expected at least 2")
    refuse(target, replace, source)
    context = prepare(source, solving, progress, log, priced=False, plan=plan)
    first, second = _chosen(context, levels)
    with whole_folder(target, replace, source) as folder:
        frontier = _traced(context, first, second, points)
        context.step("verify")
        plans = tuple(context.plan(kink.values) for kink in frontier.kinks)
        findings = _findings(context, first, second, frontier, plans, points)
        context.step("write")
        write_findings(findings, folder)
        log.write(folder)
    return FrontierResult(target, first, second, frontier, plans, findings)


def _chosen(context: AnalysisContext, levels: Sequence[str] | None) -> tuple[Aim, Aim]:
    known = aims(context.optimal.program)
    wanted = list(levels) if levels is not None else ["cost", "penalties" if "penalties" in known else "shortfall"]
    if len(wanted) != 2 or wanted[0] == wanted[1]:
        raise UsageError(f"--levels: found {','.join(wanted)!r}, expected two different levels, as in cost,shortfall")
    for name in wanted:
        if name not in known:
            hint = suggestion(name, list(known))
            raise UsageError(f"--levels: this input has no level {name!r}{hint or '; it has ' + ', '.join(known)}")
    return known[wanted[0]], known[wanted[1]]


def _traced(context: AnalysisContext, first: Aim, second: Aim, points: int) -> Frontier:
    """The levels before both are held at their optimum; those between or after them are left free."""
    before = min((first.before, second.before), key=len)
    levels = context.levels
    study = context.optimal.study(
        {name: levels[name] for name in before} | {aim.name: aim.costs for aim in (first, second)}
    )
    context.step("frontier")
    return trace_frontier(
        study,
        first.name,
        second.name,
        before,
        points,
        context.instance.settings.level_tolerance,
        study.start(context.optimal.basis),
        lambda count: context.step(f"frontier, {count} kinks"),
    )


def _scale(aim: Aim, money: Money) -> Scale:
    return money if aim.unit.startswith(money.currency) else Units(aim.unit)


def _findings(
    context: AnalysisContext, first: Aim, second: Aim, frontier: Frontier, plans: Sequence[Plan], points: int
) -> Findings:
    money = money_scale(context.warm_start.base_plan)
    across, up = _scale(first, money), _scale(second, money)
    kinks, changes = _kink_table(first, second, frontier, plans), _change_table(context, plans)
    traced = Section(
        "Frontier",
        "Each dot is a kink, with a plan of its own; between two kinks the rate of exchange is constant, and any "
        "mixture of their plans is a plan. "
        + (
            "No plan lies below the line." if frontier.is_exact else "Below the dashed lines there may be better plans."
        ),
        figures=[_chart(context, first, second, frontier)],
        points=[_exchange(frontier, index, first, second, across, up) for index in range(len(frontier.kinks) - 1)],
        tables=[kinks],
    )
    changed = Section(
        "What changes from one kink to the next",
        "The largest changes of each kind; of several plans with the same values one is shown.",
        tables=[changes],
    )
    return Findings(
        kind="frontier",
        title=context.title,
        subject=f"Frontier of {first.title.lower()} and {second.title.lower()}",
        marking=context.instance.settings.marking,
        headline=_headline(frontier, first, second, across, up),
        money=money,
        facts=list(_facts(context, first, second, _exactness(frontier, points, second, up), len(plans))),
        sections=[traced, changed],
        record=_record(context, first, second, frontier),
        tables=[kinks, changes],
    )


def _facts(context: AnalysisContext, first: Aim, second: Aim, exactness: str, plans: int) -> Iterator[tuple[str, str]]:
    """(heading, sentence) of what the frontier is, and how far it can be relied on."""
    before = min((first.before, second.before), key=len)
    yield (
        "Aims",
        f"{first.title} ({_unit(first)}) and {second.title.lower()} ({_unit(second)}); less is better of both.",
    )
    yield (
        "Held first",
        f"Levels held at their optimum: {', '.join(before) if before else 'none'}. All other levels are free here.",
    )
    yield "Exact", exactness
    yield from context.choices
    yield "Verified", f"The plan of each kink was checked independently: {plural(plans, 'plan')} verified."


def _chart(context: AnalysisContext, first: Aim, second: Aim, frontier: Frontier) -> Figure:
    money = money_scale(context.warm_start.base_plan)
    across, up = _scale(first, money), _scale(second, money)
    optimum = context.optimal.values
    here = (inner(first.costs, optimum), inner(second.costs, optimum))
    return frontier_chart(
        f"{second.title} against {first.title.lower()}",
        Axis(_axis(first, across), across),
        Axis(_axis(second, up), up),
        [(kink.first, kink.second) for kink in frontier.kinks],
        [below == 0 for below in frontier.below],
        here,
    )


def _record(context: AnalysisContext, first: Aim, second: Aim, frontier: Frontier) -> FrontierRecord:
    before = min((first.before, second.before), key=len)
    return FrontierRecord(
        **header(context),
        levels=tuple(AimRecord(name=aim.name, title=aim.title, unit=aim.unit) for aim in (first, second)),
        held=tuple(before),
        exact=frontier.is_exact,
        kinks=tuple(KinkRecord(first=kink.first, second=kink.second) for kink in frontier.kinks),
        below=tuple(frontier.below),
    )


def _unit(aim: Aim) -> str:
    return spelled_unit(aim.unit)


def _axis(aim: Aim, scale: Scale) -> str:
    return f"{aim.title}, {_in_units(aim, scale)}"


def _in_units(aim: Aim, scale: Scale) -> str:
    rest = aim.unit.removeprefix(scale.currency) if isinstance(scale, Money) else ""
    return spelled_unit(f"{scale.unit}{rest}")


def _amount(aim: Aim, scale: Scale, value: float) -> str:
    rest = aim.unit.removeprefix(scale.currency) if isinstance(scale, Money) else ""
    return f"{scale.text(value)}{spelled_unit(rest)}"


def _headline(frontier: Frontier, first: Aim, second: Aim, across: Scale, up: Scale) -> str:
    kinks = frontier.kinks
    if len(kinks) == 1:
        return f"{first.title} and {second.title.lower()} do not conflict: one plan is best at both."
    fall = kinks[0].second - kinks[-1].second
    step, rate = _rate(frontier, 0, first, across, up)
    buys = f"each further {step} buys {rate}"
    if len(kinks) > FEWEST_POINTS:
        last_step, last_rate = _rate(frontier, len(kinks) - 2, first, across, up)
        last = last_rate if last_step == step else f"each further {last_step} buys {last_rate}"
        buys += f" at first, and {last} in the end"
    return (
        f"From {_amount(first, across, kinks[0].first)} to {_amount(first, across, kinks[-1].first)} of "
        f"{first.title.lower()}, {second.title.lower()} falls by {_amount(second, up, fall)}: {buys}."
    )


def _rate(frontier: Frontier, index: int, first: Aim, across: Scale, up: Scale) -> tuple[str, str]:
    """(one more of the first aim, what it buys of the second) after a kink: a million, where the next is so far."""
    length = frontier.kinks[index + 1].first - frontier.kinks[index].first
    by = across.factor if length >= across.factor else 1.0
    if not isinstance(across, Money):
        step = f"unit ({first.unit})"
    else:
        step = across.step if by == across.factor else across.currency
    return step, up.text(-frontier.slope(index) * by)


def _exchange(frontier: Frontier, index: int, first: Aim, second: Aim, across: Scale, up: Scale) -> str:
    step, bought = _rate(frontier, index, first, across, up)
    if isinstance(up, Money):
        bought += spelled_unit(second.unit.removeprefix(up.currency))
    length = _amount(first, across, frontier.kinks[index + 1].first - frontier.kinks[index].first)
    sure = "" if not frontier.below[index] else " on average (further kinks may lie between)"
    return f"{index + 1} to {index + 2}, over {length}: each further {step} buys {bought}{sure}."


def _exactness(frontier: Frontier, points: int, second: Aim, up: Scale) -> str:
    if frontier.is_exact:
        if len(frontier.kinks) < FEWEST_POINTS:
            return "The frontier is one point, and proved."
        if len(frontier.kinks) == FEWEST_POINTS:
            return "Both kinks were found, and the line between them proved."
        return f"All {plural(len(frontier.kinks), 'kink')} were found, and every line between them proved."
    open_parts = [index + 1 for index, below in enumerate(frontier.below) if below]
    deepest = _amount(second, up, max(frontier.below))
    return (
        f"There are more kinks than the {points} points that --points allows. Exact except for the dashed lines, "
        f"which begin at kink {', '.join(map(str, open_parts))}: there the frontier may lie up to {deepest} lower."
    )


def _kink_table(first: Aim, second: Aim, frontier: Frontier, plans: Sequence[Plan]) -> FindingsTable:
    last = len(frontier.kinks) - 1
    frame = pd.DataFrame(
        {
            "kink": range(1, last + 2),
            "first": [kink.first for kink in frontier.kinks],
            "second": [kink.second for kink in frontier.kinks],
            "slope_to_next": [frontier.slope(index) if index < last else None for index in range(last + 1)],
            "below_to_next": [frontier.below[index] if index < last else None for index in range(last + 1)],
        }
    ).astype({"slope_to_next": float, "below_to_next": float})
    instance = plans[0].instance
    currency = instance.settings.currency
    proved = "0: the line to the next kink is proved"
    fields = [
        TableField("kink", "Kink", "whole"),
        TableField.of_aim("first", first.title, first.unit, currency),
        TableField.of_aim("second", second.title, second.unit, currency),
        TableField(
            "slope_to_next", "To the next: change per unit", "ratio", unit=f"{_unit(second)} per {_unit(first)}"
        ),
        TableField.of_aim("below_to_next", "May lie lower by", second.unit, currency, proved),
    ]
    if values := values_wanted(instance):  # units of different items do not add up
        frame["delivered"] = [_value(plan.tables["deliveries"], values) for plan in plans]
        frame["short"] = [_value(plan.tables["shortfalls"], values) for plan in plans]
        fields += [
            TableField("delivered", "Delivered", "money", unit=GOODS),
            TableField("short", "Short", "money", unit=GOODS),
        ]
    return FindingsTable("kinks", "Kinks of the frontier", frame, fields)


def _value(goods: pd.DataFrame, values: Mapping[str, float]) -> float:
    """Σ quantity × value of the item."""
    return float(sum(goods["quantity"] * goods["item"].map(values)))


def _change_table(context: AnalysisContext, plans: Sequence[Plan]) -> FindingsTable:
    pairs = enumerate(pairwise(plans), 1)
    steps = [(f"{place} to {place + 1}", one.tables, other.tables) for place, (one, other) in pairs]
    label = TableField("step", "From kink to kink")
    return change_table(context.instance, steps, label, ("Before", "After"), "Changes from one kink to the next")
