"""What money buys, as a page."""

from __future__ import annotations

from collections.abc import Sequence

from planner.analysis.asking import Asking, BudgetFinding
from planner.analysis.context import header
from planner.analysis.findings import Findings, FindingsTable, Section
from planner.analysis.money.budget_cells import BudgetCell
from planner.analysis.money.idle import NOT_DELIVERIES
from planner.analysis.money.record import MoneyRecord, MoneyRemedyRecord
from planner.analysis.money.remedy import MoneyRemedy
from planner.analysis.money.tables import (
    Alike,
    aim_title,
    aim_unit,
    alike,
    idle_table,
    price_table,
    remedy_table,
    sum_table,
)
from planner.domain.titles import title_of
from planner.report.figures.bars import Pair, pairs
from planner.report.figures.drawing import Figure
from planner.report.figures.theme import WHOLE
from planner.report.words.limit_words import GAINS, RATES
from planner.report.words.names import party_title
from planner.report.words.numbers import compact, listing, plural, share
from planner.report.words.remedy_words import AS_OTHERS_STAY, NO_WORSE, OTHERS_STAY

MOST_BARS = 15


def money_findings(asking: Asking, findings: Sequence[BudgetFinding], remedies: Sequence[MoneyRemedy]) -> Findings:
    """What money.html, money.xlsx and money.json say: prices, the least money that meets each commitment, and idle
    money.
    """
    context, money = asking.context, asking.money
    groups, each = alike(findings), [[one] for one in findings]
    whole, sums = remedy_table(asking, remedies), sum_table(asking, remedies)
    return Findings(
        kind="money",
        title=context.title,
        subject="What money buys",
        marking=context.instance.settings.marking,
        headline=_headline(asking, findings, remedies),
        money=money,
        facts=_facts(asking, findings, remedies),
        sections=_sections(asking, groups, remedies, [whole, sums] if remedies else []),
        record=_record(asking, findings, remedies),
        tables=[price_table(asking, each), whole, sums, idle_table(asking, each)],
    )


def _facts(asking: Asking, findings: Sequence[BudgetFinding], remedies: Sequence[MoneyRemedy]) -> list[tuple[str, str]]:
    money = asking.money
    return [
        ("A further sum", f"One {money.step} more (or less) in one contributor's budget of one fund and fiscal year; "
         "contributors that no rule distinguishes share the fund's limit, and are one line here."),
        ("Worth", "By how much the level improves when the plan is solved again, each level at its new optimum before "
         "the next. Below 0: the level gets worse, as the money serves a level before it."),
        *_checked(sum(_checks(one) for one in findings)),
        *([("Other goods", OTHERS_STAY)] if any(remedy.others_stay for remedy in remedies) else []),
        *asking.context.choices,
        ("Verified", "The plan that prices start from was checked independently."),
    ]  # fmt: skip


def _sections(
    asking: Asking, groups: Sequence[Alike], remedies: Sequence[MoneyRemedy], tables: Sequence[FindingsTable]
) -> list[Section]:
    """`tables`: those of the remedies."""
    money = asking.money
    return [
        Section(
            f"What a further {money.step} buys",
            "Prices of more and of less differ if the plan is at a kink. “Holds for” is how much more (or "
            "less) money the price holds for, at least.",
            figures=_charts(asking, groups),
            tables=[price_table(asking, groups)],
        ),
        Section(
            "The least money that meets each commitment in full",
            f"{NO_WORSE} Cost is free. Of several ways that take equal money, one is shown.{_others(remedies)}",
            points=[_remedy_sentence(asking, remedy) for remedy in remedies]
            or ["Nothing is short: every commitment is met in full."],
            tables=tables,
        ),
        Section(
            "Money that buys no further delivery",
            "Where more of it would change no aim but cost, and why.",
            tables=[idle_table(asking, groups)],
        ),
    ]


def _record(asking: Asking, findings: Sequence[BudgetFinding], remedies: Sequence[MoneyRemedy]) -> MoneyRecord:
    return MoneyRecord(
        **header(asking.context),
        step=asking.step,
        levels=tuple(asking.levels),
        budget_cells=len(findings),
        remedies=tuple(_remedy_record(asking, remedy) for remedy in remedies),
    )


def _checked(prices: int) -> list[tuple[str, str]]:
    """How the prices were checked, where there are any."""
    if not prices:
        return []
    agree = f"{plural(prices, 'price')} {'agrees' if prices == 1 else 'agree'}"
    return [
        (
            "Checked",
            f"Each price, by duals, was compared with the plan solved again with the sum: {agree}. The dearest price "
            "of each aim was also solved for afresh. Where a price ends within the sum, both are shown.",
        )
    ]


def _checks(one: BudgetFinding) -> int:
    return (one.up is not None) + (one.down is not None)


def _headline(asking: Asking, findings: Sequence[BudgetFinding], remedies: Sequence[MoneyRemedy]) -> str:
    """The best place for a further sum, and the cheapest way to make a commitment whole."""
    for index, level in enumerate(asking.levels):
        ranked = sorted((one for one in findings if one.up is not None), key=lambda one: one.up.slopes[index])  # type: ignore[union-attr]
        if ranked and ranked[0].up is not None and ranked[0].up.slopes[index] < 0:
            best = ranked[0]
            worth = -float(best.up.slopes[index])  # type: ignore[union-attr]
            does = GAINS[level].format(amount=compact(worth) if level in RATES else asking.money.text(worth))
            place_ = _fund_and_year(asking, best.budget_cell, " in ")
            text = f"A further {asking.money.step} does most in {place_}: it would {does}."
            break
    else:
        text = (
            "No further money improves any aim of this plan."
            if findings
            else "Money is counted in this input, not limited (Budgets has no rows): more of it buys nothing."
        )
    return f"{text} {_whole_words(asking, remedies)}"


def _whole_words(asking: Asking, remedies: Sequence[MoneyRemedy]) -> str:
    """How many of the commitments that lack something money could make whole; and the demands of no commitment."""
    if not remedies:
        return "Nothing that is wanted is short."
    named, loose = [r for r in remedies if r.commitment], [r for r in remedies if not r.commitment]
    whole = sum(remedy.is_whole for remedy in named)
    sentences = []
    if named:
        count = plural(len(named), "commitment")
        sentences.append(
            f"{count} {'is' if len(named) == 1 else 'are'} short; money alone could meet "
            f"{'it' if len(named) == 1 else 'all of them' if whole == len(named) else f'{whole} of them'} in "
            f"full{_while(named)}."
            if whole
            else f"{count} {'is' if len(named) == 1 else 'are'} short; money alone cannot meet "
            f"{'it' if len(named) == 1 else 'any of them'} in full{_while(named)}."
        )
    elif asking.instance.commitments:
        sentences.append("No commitment is short.")
    for remedy in loose:
        meets = f"money alone {'could' if remedy.is_whole else 'cannot'} meet it in full{_while([remedy])}"
        name = asking.words.commitment(remedy.commitment)
        sentences.append(f"{name[:1].upper()}{name[1:]} is short of {asking.lacks(remedy.commitment)}; {meets}.")
    return " ".join(sentences)


def _others(remedies: Sequence[MoneyRemedy]) -> str:
    return " The plan for other goods stays fixed." if any(remedy.others_stay for remedy in remedies) else ""


def _while(remedies: Sequence[MoneyRemedy]) -> str:
    return AS_OTHERS_STAY if any(remedy.others_stay for remedy in remedies) else ""


def _charts(asking: Asking, groups: Sequence[Alike]) -> list[Figure]:
    """For each level of deliveries that some money helps: the budget cells that help most."""
    charts: list[Figure] = []
    for index, level in enumerate(asking.levels):
        helping = [group for group in groups if group[0].up is not None and group[0].up.slopes[index] < 0]
        if (level in NOT_DELIVERIES and len(asking.levels) > 1) or not helping:
            continue
        helping.sort(key=lambda group: float(group[0].up.slopes[index]))  # type: ignore[union-attr]
        rows = [
            Pair(
                _label(asking, group, groups),
                -float(group[0].up.slopes[index]) if group[0].up is not None else 0.0,
                max(float(group[0].down.slopes[index]), 0.0) if group[0].down is not None else None,
            )
            for group in helping[:MOST_BARS]
        ]
        step, title = asking.money.step, aim_title(asking, level)
        unit = asking.money.heading_unit(aim_unit(asking, level))
        names = (f"gained by one {step} more", f"lost by one {step} less")
        charts.append(
            pairs(
                f"{title}: what a further {step} buys",
                f"{title}, {unit}",
                rows,
                names,
                asking.money.figure,
                width=WHOLE,
                factor=asking.money.factor,
            )
        )
    return charts


def _label(asking: Asking, group: Alike, groups: Sequence[Alike]) -> str:
    """Fund and year; with contributors where others of the same fund and year are worth something else."""
    fund, year = group[0].budget_cell.fund, group[0].budget_cell.year
    label = _fund_and_year(asking, group[0].budget_cell)
    if sum((other[0].budget_cell.fund, other[0].budget_cell.year) == (fund, year) for other in groups) == 1:
        return label
    first, *others = [party_title(asking.instance, name) for one in group for name in one.budget_cell.contributors]
    return f"{label}, {first}" + (f" and {len(others)} more" if others else "")


def _fund_and_year(asking: Asking, cell: BudgetCell, between: str = " ") -> str:
    return f"{title_of(asking.instance.funds, cell.fund)}{between}{cell.year}"


def _remedy_sentence(asking: Asking, remedy: MoneyRemedy) -> str:
    known = {budget_cell.name: budget_cell for budget_cell in asking.budget_cells}
    name = asking.words.commitment(remedy.commitment)
    name = name[:1].upper() + name[1:] if not remedy.commitment else name
    ways = sorted(remedy.money.items(), key=lambda entry: -entry[1])
    sums = [f"{asking.money.text(amount)} in {_fund_and_year(asking, known[way])}" for way, amount in ways]
    total = asking.money.text(sum(remedy.money.values()))
    if remedy.is_whole:
        return f"{name}: a further {total} meets it in full: {listing(sums)}."
    partly, why = "", asking.obstacles(remedy)
    if sums:
        gained = share((remedy.short - remedy.left) / remedy.short)
        partly = f"a further {total} would deliver {gained} of this, by value ({listing(sums)}). "
    lacks = asking.lacks(remedy.commitment)
    return f"{name}, short of {lacks}: {partly}{why if partly else why[:1].lower() + why[1:]}"


def _remedy_record(asking: Asking, remedy: MoneyRemedy) -> MoneyRemedyRecord:
    return MoneyRemedyRecord(
        commitment=remedy.commitment,
        short=remedy.short,
        left=remedy.left,
        money=dict(remedy.money),
        why_not=asking.obstacles(remedy),
        others_stay=remedy.others_stay,
    )
