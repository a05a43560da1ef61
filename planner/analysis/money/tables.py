"""What money buys, as tables: prices, idle money, and the least money that makes each commitment whole."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Any

import pandas as pd

from planner.analysis.asking import Asking, BudgetFinding
from planner.analysis.findings import FindingsTable, TableField
from planner.analysis.money.budget_cells import BudgetCell
from planner.analysis.money.remedy import MoneyRemedy
from planner.analysis.money.sensitivity import BudgetSide
from planner.plan.places import level_unit
from planner.report.words.names import titles_of, with_code
from planner.report.words.numbers import GOODS_WEIGHTED, spelled_unit


def aim_unit(asking: Asking, level: str) -> str:
    """The unit of a level, as people write it."""
    return spelled_unit(level_unit(asking.model, level))


def aim_title(asking: Asking, level: str) -> str:
    """The title of a level."""
    return next((one.title for one in asking.context.catalogue.levels if one.name == level), "Weighted objective")


Alike = Sequence[BudgetFinding]  # budget_cells of a fund and year that are worth the same; the first stands for all


def alike(findings: Sequence[BudgetFinding]) -> list[Alike]:
    """The budget cells of a fund and year with the same figures, to three digits, and the same reason:
    one line for people.
    """
    groups: dict[tuple[object, ...], list[BudgetFinding]] = {}
    for one in findings:
        figures = (_rounded(side) for side in (one.up, one.down))
        groups.setdefault((one.budget_cell.fund, one.budget_cell.year, one.why_idle, *figures), []).append(one)
    return list(groups.values())


def _rounded(side: BudgetSide | None) -> tuple[str, ...] | None:
    if side is None:
        return None
    return tuple(f"{figure:.3g}" for figure in (*side.slopes, *side.changes, side.extent, side.checked))


def price_table(asking: Asking, groups: Sequence[Alike]) -> FindingsTable:
    """A row for each group of budget cells and level:
    what a further sum is worth, how far that holds, what a solve found.
    """
    rows = []
    for group in groups:
        one = group[0]
        for index, level in enumerate(asking.levels):
            up, down = one.up, one.down
            row: dict[str, Any] = {
                **_whose(asking, group),
                "level": level,
                "aim": aim_title(asking, level),
                "unit": aim_unit(asking, level),
            }
            row |= _side_entries("more", up, index, asking.step) | _side_entries("less", down, index, asking.step)
            if any(row[name] for name in ("worth_of_more", "worth_of_less", "found_for_more", "found_for_less")):
                rows.append(row)
    names = ["fund", "contributors", "contributor_names", "year", "budget", "level", "aim", "unit"]
    measures = [
        f"{name}_{side}" for side in ("more", "less") for name in ("worth_of", "holds_for", "tried", "found_for")
    ]
    frame = pd.DataFrame(rows, columns=[*names, *measures]).astype(dict.fromkeys(["budget", *measures], float))
    title = f"Worth of a further {asking.money.step}, by fund, contributor, year and aim"
    return FindingsTable("prices", title, frame, _price_fields(asking))


def _price_fields(asking: Asking) -> list[TableField]:
    """The columns of the table of prices that people read."""
    step = asking.money.step
    return [
        TableField("fund", "Fund", names=titles_of(asking.instance.funds)),
        TableField("contributor_names", "Contributors", is_list=True),
        TableField("year", "Year", "whole"),
        TableField("aim", "Aim"),
        TableField("unit", "Unit", "unit"),
        TableField("worth_of_more", f"Worth of one {step} more", "amount"),
        TableField(
            "holds_for_more",
            "Holds for",
            "money",
            "how much more money the price holds for, at least; blank: however much",
        ),
        TableField("found_for_more", f"Plan solved again with one {step} more", "amount"),
        TableField("worth_of_less", f"Loss by one {step} less", "amount"),
        TableField("holds_for_less", "Holds for", "money", "how much less money the price holds for, at least"),
        TableField("tried_less", "Tried", "money", "one million, or all there is"),
        TableField("found_for_less", "Plan solved again with as much less", "amount"),
    ]


def _whose(asking: Asking, group: Alike) -> dict[str, Any]:
    return {
        "fund": group[0].budget_cell.fund,
        "contributors": "; ".join("; ".join(one.budget_cell.contributors) for one in group),
        "contributor_names": "; ".join(_contributors(asking, one.budget_cell) for one in group),
        "year": group[0].budget_cell.year,
        "budget": sum(one.budget_cell.budget for one in group),
    }


def _contributors(asking: Asking, budget_cell: BudgetCell) -> str:
    """The contributors of a budget cell, nations with name and code."""
    return "; ".join(with_code(asking.instance.nations, name) for name in budget_cell.contributors)


def _side_entries(name: str, side: BudgetSide | None, index: int, step: float) -> dict[str, float | None]:
    """Improvements by more, losses by less: in the unit of the level, sums in the currency."""
    if side is None:
        return {f"{what}_{name}": None for what in ("worth_of", "holds_for", "tried", "found_for")}
    sign = -1.0 if name == "more" else 1.0
    return {
        f"worth_of_{name}": sign * float(side.slopes[index]) + 0.0,
        f"holds_for_{name}": side.extent * step if side.extent < inf else inf,
        f"tried_{name}": side.checked * step,
        f"found_for_{name}": sign * float(side.changes[index]) + 0.0,
    }


def idle_table(asking: Asking, groups: Sequence[Alike]) -> FindingsTable:
    """A row for each group of budget cells of which more buys no further delivery, and why."""
    rows = [{**_whose(asking, group), "why": group[0].why_idle} for group in groups if group[0].why_idle]
    frame = pd.DataFrame(rows, columns=["fund", "contributors", "contributor_names", "year", "budget", "why"])
    fields = [
        TableField("fund", "Fund", names=titles_of(asking.instance.funds)),
        TableField("contributor_names", "Contributors", is_list=True),
        TableField("year", "Year", "whole"),
        TableField("budget", "Budget", "money"),
        TableField("why", "Why more buys no further delivery"),
    ]
    return FindingsTable("idle", "Money of which more buys no further delivery", frame, fields)


def remedy_table(asking: Asking, remedies: Sequence[MoneyRemedy]) -> FindingsTable:
    """A row for each commitment that lacks something."""
    rows = [
        (
            remedy.commitment,
            asking.words.commitment(remedy.commitment),
            remedy.short,
            sum(remedy.money.values()),
            remedy.left,
            "yes" if remedy.is_whole else "no",
            asking.obstacles(remedy),
        )
        for remedy in remedies
    ]
    columns = ["commitment", "title", "short", "money", "left", "whole", "why_not"]
    fields = [
        TableField("title", "Commitment"),
        TableField("short", "Short in the plan", "money", unit=GOODS_WEIGHTED),
        TableField("money", "Least money", "money"),
        TableField("left", "Then still short", "money", unit=GOODS_WEIGHTED),
        TableField("whole", "Whole"),
        TableField("why_not", "What else stands in the way"),
    ]
    return FindingsTable("remedies", "Least money for each commitment", pd.DataFrame(rows, columns=columns), fields)


def sum_table(asking: Asking, remedies: Sequence[MoneyRemedy]) -> FindingsTable:
    """A row for each sum that makes a commitment whole."""
    known = {budget_cell.name: budget_cell for budget_cell in asking.budget_cells}
    rows = [
        (remedy.commitment, asking.words.commitment(remedy.commitment), known[name].fund,
         "; ".join(known[name].contributors), _contributors(asking, known[name]), known[name].year, amount)
        for remedy in remedies
        for name, amount in sorted(remedy.money.items(), key=lambda entry: -entry[1])
    ]  # fmt: skip
    frame = pd.DataFrame(
        rows, columns=["commitment", "title", "fund", "contributors", "contributor_names", "year", "amount"]
    )
    fields = [
        TableField("title", "Commitment"),
        TableField("fund", "Fund", names=titles_of(asking.instance.funds)),
        TableField("contributor_names", "Contributors (any of)", is_list=True),
        TableField("year", "Year", "whole"),
        TableField("amount", "More", "money"),
    ]
    return FindingsTable("remedy_sums", "Where that money comes in", frame, fields)
