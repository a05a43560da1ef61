"""What money buys, as page and tables."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Any

import pandas as pd
from markupsafe import Markup

from planner.insight.asking import Asking, PurseFinding
from planner.insight.findings import Field, Findings, Section, Table
from planner.insight.ground import header
from planner.report.bars import Pair, pairs
from planner.report.numbers import listing, plural
from planner.solve.idle import NOT_DELIVERIES
from planner.solve.money import Side
from planner.solve.prices import level_unit
from planner.solve.remedy import Remedy

MOST_BARS = 15


def money_findings(asking: Asking, found: Sequence[PurseFinding], remedies: Sequence[Remedy]) -> Findings:
    ground, money = asking.ground, asking.money
    prices, idle = _price_table(asking, found), _idle_table(found)
    whole, sums = _remedy_table(asking, remedies), _sum_table(asking, remedies)
    facts = [
        ("A further sum", f"One {money.step} more (or less) in one contributor's budget of one fund and fiscal year; "
         "contributors that no rule tells apart share the fund's limit, and are one line here."),
        ("Worth", "By how much the level gets better, the plan being made again: each level at its new optimum before "
         "the next. Below 0: the level gets worse, as the money serves a level before it."),
        ("Checked", "Each price, by duals, was held against a plan made again with the sum: "
         f"{plural(sum(_checks(one) for one in found), 'solve')} agree. Where a price ends within the sum, both are shown."),
        *ground.choices,
        ("Verified", "The plan that prices start from was checked independently."),
    ]  # fmt: skip
    sections = [
        Section(
            f"What a further {money.step} buys",
            "Prices of more and of less differ where the plan stands at a kink. “Holds for” is how much more (or "
            "less) money the price holds for, at least.",
            figures=_charts(asking, found),
            tables=[prices],
        ),
        Section(
            "The least money that makes each commitment whole",
            "All others are no worse off than in the plan: neither their shortfall and lateness, nor stock targets; "
            "cost is free. Of several ways at equal money one is shown.",
            points=[_remedy_sentence(asking, remedy) for remedy in remedies]
            or ["Nothing is short: every commitment is whole."],
            tables=[whole, sums] if remedies else [],
        ),
        Section(
            "Money that buys no further delivery",
            "Where more of it would change no aim but cost, and why.",
            tables=[idle],
        ),
    ]
    record = header(ground) | {"step": asking.step, "levels": asking.levels, "purses": len(found)}
    record |= {"remedies": [_remedy_entry(asking, remedy) for remedy in remedies]}
    return Findings(
        kind="money",
        title=ground.title,
        subject="What money buys",
        marking=ground.instance.settings.marking,
        headline=_headline(asking, found, remedies),
        money=money,
        facts=facts,
        sections=sections,
        record=record,
        tables=[prices, whole, sums, idle],
    )


def _checks(one: PurseFinding) -> int:
    return (one.up is not None) + (one.down is not None)


def _unit(asking: Asking, level: str) -> str:
    return level_unit(asking.model, level).replace(" x ", " × ")


def _title(asking: Asking, level: str) -> str:
    return next((one.title for one in asking.ground.catalogue.levels if one.name == level), "Weighted objective")


def _headline(asking: Asking, found: Sequence[PurseFinding], remedies: Sequence[Remedy]) -> str:
    """The best place for a further sum, and the cheapest way to make a commitment whole."""
    for place, level in enumerate(asking.levels):
        ranked = sorted((one for one in found if one.up is not None), key=lambda one: one.up.slopes[place])  # type: ignore[union-attr]
        if ranked and ranked[0].up is not None and ranked[0].up.slopes[place] < 0:
            best = ranked[0]
            worth = asking.money.text(-float(best.up.slopes[place]))  # type: ignore[union-attr]
            rest = _unit(asking, level).removeprefix(asking.money.currency)
            text = (
                f"A further {asking.money.step} does most in {best.purse.fund} in {best.purse.year}: it betters "
                f"{_title(asking, level).lower()} by {worth}{rest}."
            )
            break
    else:
        text = (
            "No further money betters any aim of this plan."
            if found
            else "Money is counted in this input, not limited (Budgets has no rows): more of it buys nothing."
        )
    return f"{text} {_whole_words(asking, remedies)}"


def _whole_words(asking: Asking, remedies: Sequence[Remedy]) -> str:
    """How many of the commitments that lack something money could make whole; and the demands of no commitment."""
    if not remedies:
        return "Nothing that is wanted is short."
    named, loose = [r for r in remedies if r.commitment], [r for r in remedies if not r.commitment]
    whole = sum(remedy.is_whole for remedy in named)
    said = []
    if named:
        count = plural(len(named), "commitment")
        said.append(
            f"{count} {'lacks' if len(named) == 1 else 'lack'} something now; money could make "
            f"{'it' if len(named) == 1 else 'all of them' if whole == len(named) else f'{whole} of them'} whole."
            if whole
            else f"{count} {'lacks' if len(named) == 1 else 'lack'} something now, which money alone does not mend."
        )
    elif asking.instance.commitments:
        said.append("No commitment is short.")
    for remedy in loose:
        mends = "which money could mend" if remedy.is_whole else "which money alone does not mend"
        said.append(f"Demands of no commitment lack {asking.money.text(remedy.short)} of value × priority, {mends}.")
    return " ".join(said)


def _charts(asking: Asking, found: Sequence[PurseFinding]) -> list[Markup]:
    """For each level of deliveries that some money helps: the purses that help most."""
    charts = []
    for place, level in enumerate(asking.levels):
        helping = [one for one in found if one.up is not None and one.up.slopes[place] < 0]
        if (level in NOT_DELIVERIES and len(asking.levels) > 1) or not helping:
            continue
        helping.sort(key=lambda one: float(one.up.slopes[place]))  # type: ignore[union-attr]
        rows = [
            Pair(
                f"{one.purse.fund} {one.purse.year}",
                -float(one.up.slopes[place]) if one.up is not None else 0.0,
                max(float(one.down.slopes[place]), 0.0) if one.down is not None else None,
            )
            for one in helping[:MOST_BARS]
        ]
        step = asking.money.step
        charts.append(
            Markup(
                pairs(
                    f"{_title(asking, level)}: what a further {step} buys",
                    rows,
                    (f"gained by one {step} more", f"lost by one {step} less"),
                    asking.money.figure,
                    axis=f"{_title(asking, level)}, {asking.money.unit}{_unit(asking, level).removeprefix(asking.money.currency)}",
                    marking=asking.ground.instance.settings.marking,
                    width=760.0,
                )
            )
        )
    return charts


def _price_table(asking: Asking, found: Sequence[PurseFinding]) -> Table:
    rows = []
    for one in found:
        for place, level in enumerate(asking.levels):
            up, down = one.up, one.down
            row: dict[str, Any] = {
                "fund": one.purse.fund,
                "contributors": "; ".join(one.purse.contributors),
                "year": one.purse.year,
                "budget": one.purse.budget,
                "level": level,
                "aim": _title(asking, level),
                "unit": _unit(asking, level),
            }
            row |= _side_entries("more", up, place, asking.step) | _side_entries("less", down, place, asking.step)
            if any(row[name] for name in ("worth_of_more", "worth_of_less", "found_for_more", "found_for_less")):
                rows.append(row)
    names = ["fund", "contributors", "year", "budget", "level", "aim", "unit"]
    measures = [
        f"{name}_{side}" for side in ("more", "less") for name in ("worth_of", "holds_for", "tried", "found_for")
    ]
    frame = pd.DataFrame(rows, columns=[*names, *measures]).astype(dict.fromkeys(["budget", *measures], float))
    step = asking.money.step
    fields = [
        Field("fund", "Fund"),
        Field("contributors", "Contributors"),
        Field("year", "Year", "whole"),
        Field("aim", "Aim"),
        Field("worth_of_more", f"Worth of one {step} more", "money"),
        Field(
            "holds_for_more",
            "Holds for",
            "money",
            "how much more money the price holds for, at least; blank: however much",
        ),
        Field("found_for_more", f"Plan made again with one {step} more", "money"),
        Field("worth_of_less", f"Loss by one {step} less", "money"),
        Field("holds_for_less", "Holds for", "money", "how much less money the price holds for, at least"),
        Field("tried_less", "Tried", "money", "one million, or all there is"),
        Field("found_for_less", "Plan made again with as much less", "money"),
    ]
    return Table("prices", f"Worth of a further {step}, by fund, contributor, year and aim", frame, fields)


def _side_entries(name: str, side: Side | None, place: int, step: float) -> dict[str, float | None]:
    """Improvements by more, losses by less: in the unit of the level, sums in the currency."""
    if side is None:
        return {f"{what}_{name}": None for what in ("worth_of", "holds_for", "tried", "found_for")}
    sign = -1.0 if name == "more" else 1.0
    return {
        f"worth_of_{name}": sign * float(side.slopes[place]) + 0.0,
        f"holds_for_{name}": side.extent * step if side.extent < inf else inf,
        f"tried_{name}": side.checked * step,
        f"found_for_{name}": sign * float(side.changes[place]) + 0.0,
    }


def _idle_table(found: Sequence[PurseFinding]) -> Table:
    rows = [
        (one.purse.fund, "; ".join(one.purse.contributors), one.purse.year, one.purse.budget, one.why_idle)
        for one in found
        if one.why_idle
    ]
    frame = pd.DataFrame(rows, columns=["fund", "contributors", "year", "budget", "why"])
    fields = [
        Field("fund", "Fund"),
        Field("contributors", "Contributors"),
        Field("year", "Year", "whole"),
        Field("budget", "Budget", "money"),
        Field("why", "Why more buys no further delivery"),
    ]
    return Table("idle", "Money of which more buys no further delivery", frame, fields)


def _remedy_table(asking: Asking, remedies: Sequence[Remedy]) -> Table:
    rows = [
        (
            remedy.commitment,
            asking.words.commitment(remedy.commitment),
            remedy.short,
            sum(remedy.money.values()) * asking.step,
            remedy.left,
            "yes" if remedy.is_whole else "no",
            asking.obstacles(remedy),
        )
        for remedy in remedies
    ]
    columns = ["commitment", "title", "short", "money", "left", "whole", "why_not"]
    fields = [
        Field("title", "Commitment"),
        Field("short", "Short in the plan", "money", "value × priority"),
        Field("money", "Least money", "money"),
        Field("left", "Then still short", "money", "value × priority"),
        Field("whole", "Whole"),
        Field("why_not", "What else stands in the way"),
    ]
    return Table("remedies", "Least money for each commitment", pd.DataFrame(rows, columns=columns), fields)


def _sum_table(asking: Asking, remedies: Sequence[Remedy]) -> Table:
    known = {purse.name: purse for purse in asking.purses}
    rows = [
        (remedy.commitment, asking.words.commitment(remedy.commitment), known[name].fund,
         "; ".join(known[name].contributors), known[name].year, steps * asking.step)
        for remedy in remedies
        for name, steps in sorted(remedy.money.items(), key=lambda entry: -entry[1])
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["commitment", "title", "fund", "contributors", "year", "amount"])
    fields = [
        Field("title", "Commitment"),
        Field("fund", "Fund"),
        Field("contributors", "Contributors (any of)"),
        Field("year", "Year", "whole"),
        Field("amount", "More", "money"),
    ]
    return Table("remedy_sums", "Where that money comes in", frame, fields)


def _remedy_sentence(asking: Asking, remedy: Remedy) -> str:
    known = {purse.name: purse for purse in asking.purses}
    name = asking.words.commitment(remedy.commitment)
    name = name[:1].upper() + name[1:]
    ways = sorted(remedy.money.items(), key=lambda entry: -entry[1])
    sums = [f"{asking.money.text(steps * asking.step)} in {known[way].fund} {known[way].year}" for way, steps in ways]
    total = asking.money.text(sum(remedy.money.values()) * asking.step)
    if remedy.is_whole:
        return f"{name}: {total} more would do: {listing(sums)}."
    partly, why = "", asking.obstacles(remedy)
    if sums:
        gained = asking.money.text(remedy.short - remedy.left)
        partly = f"{total} more would bring {gained} of it ({listing(sums)}). "
    return f"{name}, {asking.money.text(remedy.short)} short: {partly}{why if partly else why[:1].lower() + why[1:]}"


def _remedy_entry(asking: Asking, remedy: Remedy) -> dict[str, Any]:
    return {
        "commitment": remedy.commitment,
        "short": remedy.short,
        "left": remedy.left,
        "money": {name: steps * asking.step for name, steps in remedy.money.items()},
        "why_not": asking.obstacles(remedy),
    }
