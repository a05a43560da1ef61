"""Certain disruptions of the rolled input.

Of money, a row takes that of the fiscal years whose first period in the horizon lies in its periods. In the rolled
input the first period of the present year is the present: a row that began within the year would now take money of that
year too. Where it leaves a share, Budgets states the amount before the loss (`limits.budgets`); where it leaves
nothing, the row takes money from the next fiscal year on, and what else it takes of a nation, its nodes, is written
node by node until then.
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.domain.contingency.contingencies import Disruption
from planner.replan.rolled.rolling import Roll, RowCells
from planner.workbook.reading.periods import NEVER

MONEY = frozenset({"fund", "nation"})


def spares_this_year(roll: Roll, hit: Disruption) -> bool:
    """Whether a row in force takes all money of the years to come, but none of the present year."""
    years, now = roll.instance.horizon.fiscal_years, roll.now.now
    first = years.index(years[now])
    return hit.kind in MONEY and hit.factor == 0 and now in hit.holds(0, now) and first not in hit.holds(0, first)


def disruptions(roll: Roll) -> Iterator[RowCells]:
    """The rows as typed, but for those that spare the money of this year."""
    table = roll.book["Disruptions"]
    for record, (contingency, kind, name, first, last, factor) in enumerate(
        table.records("contingency", "kind", "name", "from", "to", "factor")
    ):
        row = roll.typed(table, record)
        if contingency is not None or first is None or first is NEVER:
            yield row
            continue
        hit = Disruption(kind, name, factor, first, roll.instance.horizon.periods if last is None else last)
        if spares_this_year(roll, hit):
            yield from _from_next_year(roll, row, hit)
        else:
            yield row


def _from_next_year(roll: Roll, row: RowCells, hit: Disruption) -> Iterator[RowCells]:
    years, now = roll.instance.horizon.fiscal_years, roll.now.now
    start = next((period for period in range(now, len(years)) if years[period] != years[now]), len(years))
    periods = hit.holds(0, len(years))
    present = {"from": roll.label(now), "to": roll.label(min(start, periods.stop) - 1)}
    for node in roll.instance.nodes.values():
        if hit.kind == "nation" and node.nation == hit.name:
            yield {**row, "kind": "node", "name": node.name, **present}
    if start < min(periods.stop, len(years)):
        yield {**row, "from": roll.label(start)}
