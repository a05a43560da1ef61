"""What holds back what is lacking: the rows of the attribution put together by limit.

An aim counts goods by value and priority. What demands lack is told by worth alone, as pages count goods, whatever the
aims make of it: a demand that counts for nothing lacks its goods all the same, though no limit holds them back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Any

import numpy as np
import pandas as pd

from planner.domain.instance import PlanningInstance
from planner.domain.titles import object_title, title_of
from planner.plan.attribution.way_words import AIMS, CLOSED, COST, FOR_OTHERS, UNREACHED
from planner.plan.plan import Plan
from planner.report.pages.views import View, ViewColumn
from planner.report.words.limit_words import limit_words
from planner.report.words.names import party_titles, some_cells
from planner.report.words.numbers import compact, share
from planner.tolerances import SAME

DEMAND = "demand"  # kind of the rows of demands
MATERIAL = 0.05  # of what is lacking: a limit that holds back less is no reason for it
OUT_OF_REACH = frozenset({UNREACHED, CLOSED, FOR_OTHERS})
NO_LIMITS = OUT_OF_REACH | {AIMS}
LIMIT = ("group", "family", "object", "of_item")
COLUMNS = (
    *LIMIT,
    *("amount", "quantity", "weight", "least", "most", "tried", "taken_by", "contributors", "nation", "fund", "cells"),
)
_Key = tuple[str, str, str, str]  # as `LIMIT`
_Row = Any  # of the attribution, by the names of `COLUMNS`
MOST_CELLS = 60  # characters
MOST_APART = 3  # contributors to one fund


@dataclass(frozen=True, slots=True)
class Held:
    """A limit with its part in what is lacking, which lies between `least` and `most` wherever that was tried.

    `amount` in the unit of the level, or the worth of the goods; `whose`: the nation or the contributors who set it;
    `taken`: is its way used by what is worth more?
    """

    group: str
    words: str
    amount: float
    part: float
    least: float
    most: float
    tried: bool
    taken: bool
    whose: str
    fund: str
    cells: str

    @property
    def is_reason(self) -> bool:
        """Does it hold back a material part at every optimal dual that was tried?"""
        return self.group not in NO_LIMITS and self.tried and self.least >= MATERIAL

    @property
    def is_cost(self) -> bool:
        """Is it the cost of the goods, under the weighted objective, not a limit?"""
        return self.group == COST

    @property
    def part_words(self) -> str:
        """`62 %`, `20 % to 40 %` where optimal duals differ, `all of it`."""
        if self.least > 1 - SAME:
            return "all of it"
        least, most = share(self.least), share(min(self.most, 1.0))
        return share(self.part) if least == most else f"{least} to {most}"


def held_back(rows: pd.DataFrame, names: PlanningInstance | None = None, whole: float | None = None) -> list[Held]:
    """The limits of some rows of the attribution, the largest part first. Limits of many contributors to one fund are
    one: no one of them is large, together they are the fund's money.

    `names`: whose names are shown in place of codes. `whole`: what they are parts of; None: the sum of the rows, so
    that parts add up to 1.
    """
    if not len(rows):
        return []
    total = float(rows["amount"].sum()) if whole is None else whole
    by_limit: dict[_Key, list[_Row]] = {}
    for row in rows[list(COLUMNS)].itertuples(index=False):
        key = _text(row.group), _text(row.family), _text(row.object), _text(row.of_item)
        by_limit.setdefault(key, []).append(row)
    limits = [_held(key, part, total, names) for key, part in _by_fund(by_limit).items()]
    return sorted(limits, key=lambda held: -held.part)


def held_back_by_worth(rows: pd.DataFrame, demands: pd.DataFrame, names: PlanningInstance) -> list[Held]:
    """The limits that hold back what `demands` lack (as in `Service`, of which they may be some), as parts of what that
    is worth.

    `rows` of the attribution that are of other demands, or of none, are left out. Parts add up to less than 1 where
    some of it is lacking for no limit.
    """
    worth = {(demand, due): each for demand, due, each in demands[["demand", "due", "worth"]].itertuples(index=False)}
    keys = list(zip(rows["name"], rows["due"], strict=True))
    is_own = np.array(
        [kind == DEMAND and key in worth for kind, key in zip(rows["kind"], keys, strict=True)], dtype=bool
    )
    weight = np.array([worth[key] for key, is_shown in zip(keys, is_own, strict=True) if is_shown], dtype=np.float64)
    is_shown = rows[is_own].assign(weight=weight)
    amount = is_shown["quantity"].astype(float) * weight * is_shown["share"].astype(float)
    return held_back(is_shown.assign(amount=amount), names, float((demands["short"] * demands["worth"]).sum()))


def held_back_in_units(rows: pd.DataFrame, names: PlanningInstance | None) -> list[Held]:
    """The limits that hold back what is lacking of one item, as parts of its units."""
    return held_back(rows.assign(weight=1.0, amount=rows["quantity"] * rows["share"]), names)


def _by_fund(by_limit: Mapping[_Key, list[_Row]]) -> dict[_Key, list[_Row]]:
    """The limits, those of more than `MOST_APART` contributors to a fund (`SAFE: PL`) together under its name."""
    funds = {key: _fund_of(key, rows) for key, rows in by_limit.items()}
    counts = Counter(fund for fund in funds.values() if fund is not None)
    by_fund: dict[_Key, list[_Row]] = {}
    for key, rows in by_limit.items():
        fund = funds[key]
        by_fund.setdefault(fund if fund is not None and counts[fund] > MOST_APART else key, []).extend(rows)
    return by_fund


def _fund_of(key: _Key, rows: Sequence[_Row]) -> _Key | None:
    """The limit of the fund of which this is a contributor's; None where it is no such limit."""
    group, family, name, item = key
    fund = _text(rows[0].fund)
    return (group, family, fund, item) if fund and name.startswith(f"{fund}: ") else None


def _held(key: _Key, rows: Sequence[_Row], total: float, names: PlanningInstance | None) -> Held:
    group, family, name, item = key
    amount = fsum(row.amount for row in rows)
    whole = [row.quantity * row.weight for row in rows]
    contributors = _joined(row.contributors for row in rows)
    return Held(
        group,
        limit_words(family, object_title(names, name), title_of(names.items, item)) if names else limit_words(family, name, item),
        amount,
        amount / total,
        fsum(row.least * amount for row, amount in zip(rows, whole, strict=True)) / total,
        fsum(row.most * amount for row, amount in zip(rows, whole, strict=True)) / total,
        all(row.tried == "yes" for row in rows),
        any(_text(row.taken_by) for row in rows),
        contributors or _joined(row.nation for row in rows),
        _joined(row.fund for row in rows),
        _joined((row.cells for row in rows), ", "),
    )  # fmt: skip


def _text(value: object) -> str:
    """Blank where there is none: None in a plan, an empty text or no number in a table that was read."""
    return "" if value is None or value != value else str(value)


def _joined(values: Iterable[object], separator: str = "; ") -> str:
    """Each name or range once."""
    names = dict.fromkeys(name for value in values for name in _text(value).split(separator) if name)
    return separator.join(names)


def held_back_views(plan: Plan) -> tuple[View, ...]:
    """The limits of every aim that lacks something, with whose they are and where they are typed."""
    table = plan.tables["attribution"]
    if not len(table):
        return ()
    titles = {level.name: level.title for level in plan.levels}
    rows = [
        (titles.get(level, level), held.words, held.part, held.least if held.tried else None,
         min(held.most, 1.0) if held.tried else None, party_titles(plan.instance, held.whose), party_titles(plan.instance, held.fund), some_cells(held.cells, MOST_CELLS))
        for level, rows_of_level in ((account.level, table[table["level"] == account.level]) for account in plan.accounts)
        for held in held_back(rows_of_level, plan.instance)
    ]  # fmt: skip
    columns = (
        ViewColumn("Aim"),
        ViewColumn("Held back by"),
        ViewColumn(
            "Share",
            "share",
            note="of the shortage as the aim counts it, with priorities; the shares of an aim sum to all of it",
        ),
        ViewColumn("At least", "share", note="for certain; 0: more of it alone may gain nothing"),
        ViewColumn("At most", "share", note="where it is worth most"),
        ViewColumn("Whose"),
        ViewColumn("Fund"),
        ViewColumn("Cells"),
    )
    return (View("held_back", "What holds it back, and whose it is", _lead(plan), columns, rows),)


def _lead(plan: Plan) -> str:
    residual = max((account.residual for account in plan.accounts if account.level != "weighted"), default=0.0)
    text = (
        "Each limit that causes a shortage, with its share of it as the aim counts it. Where several limits in a row "
        "are binding, the share of each is not certain: it lies between the two bounds, and a limit whose least "
        "share is 0 may gain nothing alone."
    )
    exact = "exactly" if residual == 0 else f"to within {compact(residual)} of it"
    return f"{text} The shares sum to the shortage of each aim, {exact}."
