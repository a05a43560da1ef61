"""The attribution of what is lacking: a row for each lack and each limit that has a share in it.

The amount of a row is units lacking × weight × share. The weight is what a further unit would improve its level by: the
dual of the lack's row. So all amounts of a level add up to its value, which is its shortfall; by strong duality the
dual objective, Σ dual × right-hand side, is that value too. Both are computed separately and reported beside it.

A lack that no way leads to has one row, `no way`: nothing of the item can be there in time, whatever any limit says.
What a way takes of goods that more important aims use has a row `aims`; it is the only one where the way takes nothing
else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.formulation.model.model import Model
from planner.plan.attribution.lacks import Lack, lacks_of
from planner.plan.attribution.shares import Duals, LimitShare
from planner.plan.attribution.way_words import AIMS, CLOSED, FOR_OTHERS, UNREACHED, WayWords
from planner.plan.attribution.ways import Use, WayPart, Ways
from planner.plan.plan import TABLE_COLUMNS, Account
from planner.plan.prices.marginal import DualBase, Marginal
from planner.solver.highs import Arrays, Vector
from planner.solver.lexicographic import Level, inner
from planner.tolerances import NOISE

YES, NO = "yes", "no"


@dataclass(frozen=True)
class Attribution:
    """`table`: TABLE_COLUMNS; an account for each level that counts what is lacking."""

    table: pd.DataFrame
    accounts: tuple[Account, ...]


def attribution(model: Model, lp: Arrays, levels: Sequence[Level], marginal: Marginal, values: Vector) -> Attribution:
    """The attribution of everything that the plan `values` lacks, by the duals that `marginal` has come to know."""
    known = [(name, costs) for name, costs in levels if name in marginal.names]
    costs = np.array([costs for _, costs in known])
    names, base = [name for name, _ in known], marginal.base
    lacks = list(lacks_of(model, values, names, costs))
    ways = Ways(model, lp, base, costs, {lack.row for lack in lacks}, values)
    duals, words = Duals(base, marginal.duals, costs), WayWords(model)
    rows: list[tuple[object, ...]] = []
    sums: defaultdict[int, float] = defaultdict(float)
    for lack in lacks:
        weight = float(base.row_duals[lack.level, lack.row] * _entry(lp, lack))
        if weight <= 0:
            continue
        sums[lack.level] += lack.units * weight
        for row in _rows(lack, weight, names, ways, duals, words):
            rows.append(row)
    table = pd.DataFrame(rows, columns=list(TABLE_COLUMNS["attribution"]))
    accounts = tuple(
        Account(names[level], inner(costs[level], values), total, _dual(lp, base.row_duals[level], base, level, values))
        for level, total in sorted(sums.items())
    )
    return Attribution(table, accounts)


def _entry(lp: Arrays, lack: Lack) -> float:
    entries = slice(lp.start[lack.row], lp.start[lack.row + 1])
    return float(lp.value[entries][lp.index[entries] == lack.column].sum())


def _rows(
    lack: Lack, weight: float, names: Sequence[str], ways: Ways, duals: Duals, words: WayWords
) -> Iterator[tuple[object, ...]]:
    """The rows of one lack, the largest share first."""
    lead = (names[lack.level], lack.kind, lack.name, lack.commitment, lack.strike, lack.destination,
            lack.item, lack.due, lack.units, weight)  # fmt: skip
    amount = lack.units * weight
    shares: dict[Hashable, LimitShare] = {}
    level = lack.level
    if ways.has_way(lack.row):
        parts = ways.parts(lack.row)
        level = _decides(ways, lack, duals.largest)
        groups: defaultdict[Hashable, list[WayPart]] = defaultdict(list)
        for part in parts:
            if part.use is not Use.BESIDE or ways.is_goods(part):
                groups[words.limit(part)].append(part)
            elif ways.is_node[part.position]:  # goods beside what it is for: where more important aims take them
                groups[AIMS].append(part)
        shares = duals.shares(parts, level, groups, weight if level == lack.level else 0.0, rest=AIMS)
    if not shares:
        if ways.has_way(lack.row):
            yield (*lead, None, *words.nothing(lack, AIMS), 1.0, 0.0, 1.0, NO, amount, words.asking(lack))
            return
        closing = words.closing(lack.row)
        for_others = "" if closing else words.for_others(lack.row)
        group = CLOSED if closing else FOR_OTHERS if for_others else UNREACHED
        cells = closing or for_others or words.asking(lack)
        yield (*lead, None, *words.nothing(lack, group), 1.0, 1.0, 1.0, YES, amount, cells)
        return
    taken_by = names[level] if level < lack.level else None
    for key, share in sorted(shares.items(), key=lambda entry: -entry[1].part):
        is_limit = key != AIMS
        about = words.about(share.parts) if is_limit else words.nothing(lack, AIMS)
        yield (*lead, taken_by, *about, share.part, share.least, share.most, YES if share.tried else NO,
               amount * share.part, words.cells(share.parts) if is_limit else words.asking(lack))  # fmt: skip


def _decides(ways: Ways, lack: Lack, largest: Vector) -> int:
    """The level whose rents the way takes: one before the lack's own, where that one would lose by it."""
    excess = ways.excess[lack.row]
    before = (level for level in range(lack.level) if excess[level] > NOISE * largest[level])
    return next(before, lack.level)


def _dual(lp: Arrays, duals: Vector, base: DualBase, level: int, values: Vector) -> float:
    """The dual objective: Σ dual × right-hand side it rests on, and what fixed columns add."""
    bounds = np.where(duals > 0, lp.row_lower, lp.row_upper)
    bounds = np.where(np.isfinite(bounds), bounds, np.where(duals > 0, lp.row_upper, lp.row_lower))
    rests = duals != 0
    fixed = ~base.movable
    return inner(duals[rests], bounds[rests]) + inner(base.reduced_costs[level, fixed], values[fixed])
