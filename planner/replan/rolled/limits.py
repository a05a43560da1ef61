"""Limits of the rolled input: what is left of money, ceilings, expansions and locks, and capacity that was bought."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from math import inf, isfinite
from typing import Any

from planner.domain.contingency.losses import budget_hits
from planner.domain.instance import Budget
from planner.replan.rolled.losses import spares_this_year
from planner.replan.rolled.rolling import Roll, RowCells, before_loss
from planner.workbook.reading.periods import NEVER
from planner.workbook.reading.table import normalise
from planner.workbook.schema import BY_NAME


def budgets(roll: Roll) -> Iterator[RowCells]:
    """What is left of each row, in the currency of the settings."""
    horizon = roll.instance.horizon
    columns = roll.book["Budgets"].records("fund", "contributor", "year", "from")
    never = {(fund, contributor or fund, year) for fund, contributor, year, first in columns if first is NEVER}
    for fund, left in roll.now.money.budgets.items():
        for budget in left:
            start = None if budget.available <= roll.now.now else roll.label(budget.available)
            lost = budget.available >= horizon.periods and (fund, budget.contributor, budget.year) in never
            yield {"fund": fund, "contributor": budget.contributor, "year": budget.year,
                   "amount": 0.0 if lost else before_loss(budget.amount, _left(roll, fund, budget)), "from": start}  # fmt: skip


def _left(roll: Roll, fund: str, budget: Budget) -> float:
    """What the certain disruptions of the rolled input leave of a budget: `budget` is what they leave already."""
    years = tuple(roll.instance.horizon.fiscal_years[roll.now.now : roll.end])
    certain = [hit for hit in roll.instance.certain if not spares_this_year(roll, hit)]
    hits = budget_hits(certain, years, fund, budget, roll.now.now)
    return hits[0].factor if hits else 1.0


def ceiling(roll: Roll, record: int, cell: Any) -> Any:
    """What a fund may still pay, in the currency of its row."""
    left = roll.now.money.ceilings[roll.book["Funds"]["fund"][record]]
    return cell if cell is None or not isfinite(left) else left / roll.rate("Funds", record)


def limit(roll: Roll, record: int, cell: Any) -> Any:
    """What may still be bought of an expansion."""
    table = roll.book["Expansions"]
    bought = sum(quantity for (name, _), quantity in roll.now.money.bought.items()
                 if name == table["expansion"][record])  # fmt: skip
    typed = table["limit"][record]
    return cell if typed is None or not bought else max(typed - bought, 0.0)


def locks(roll: Roll) -> Iterator[RowCells]:
    """The locks with periods to come; one on a demand of which nothing is left is over.

    What a sum must at least come to may come after the new horizon's end, where it reaches beyond that."""
    wanted = {name for name, due in roll.now.backlog.open_ if due < roll.end}
    for lock in roll.now.locks.left:
        if lock.periods.start >= roll.end or (lock.demand is not None and lock.demand not in wanted):
            continue
        fixed = lock.minimum is not None and lock.minimum == lock.maximum
        if lock.periods.stop > roll.end and (lock.total or lock.kind == "pay"):
            lock, fixed = replace(lock, minimum=None, periods=range(lock.periods.start, roll.end)), False
            if lock.maximum is None:
                continue
        named = {key: getattr(lock, key) for key in ("line", "route", "origin", "node", "item", "demand", "expansion",
                                                     "fund", "contributor")}  # fmt: skip
        yield {"lock": lock.name, "kind": lock.kind, **named, "from": roll.label(lock.periods.start),
               "to": roll.label(lock.periods.stop - 1), "per": "total" if lock.total else "period",
               "quantity": lock.minimum if fixed else None, "minimum": None if fixed else lock.minimum,
               "maximum": None if fixed else lock.maximum}  # fmt: skip


def capacity(roll: Roll) -> Iterator[RowCells]:
    """Capacity rows from the present on, with what has been bought and is ready."""
    widened: dict[str, list[tuple[int, float]]] = defaultdict(list)  # object -> (ready, capacity)
    for (name, period), quantity in roll.now.money.bought.items():
        expansion = roll.instance.expansions[name]
        widened[expansion.object].append((period + expansion.lead_time, quantity))
    listed: dict[str, set[int]] = defaultdict(set)
    for name, span in roll.book["Capacity"].records("object", "period"):
        if isinstance(span, range):
            listed[name] |= set(span)
    for name in dict.fromkeys([*listed, *widened]):
        profile = _profile(roll, name)
        for period in range(roll.now.now, roll.end):
            more = sum(quantity for ready, quantity in widened.get(name, ()) if ready <= period)
            stated = profile[period] if period < len(profile) else _fixed(roll, name)
            if (period in listed[name] or more) and stated != inf:
                yield {"object": name, "period": roll.label(period), "quantity": stated + more}


def _profile(roll: Roll, name: str) -> tuple[float, ...]:
    instance = roll.instance
    if name in instance.lines:
        return instance.lines[name].capacity
    if name in instance.resources:
        return instance.resources[name].capacity
    return instance.nodes[name].storage_t if name in instance.nodes else instance.legs[name].capacity_t


def _fixed(roll: Roll, name: str) -> float:
    """The capacity without Capacity rows: that of periods after the workbook's horizon."""
    for table, key, column in (("Lines", "line", "capacity"), ("Resources", "resource", "capacity"),
                               ("Nodes", "node", "storage_t"), ("Routes", "route", "capacity_t")):  # fmt: skip
        for name_given, amount in roll.book[table].records(key, column):
            if name_given == name and amount is not None:
                return float(amount)
    node = roll.instance.nodes.get(name)
    return 0.0 if node is not None and node.storage_by_default else inf


def dated_condition(roll: Roll, record: int, cell: Any) -> Any:
    """The condition of an option with period numbers as dates."""
    table = next((table for table in BY_NAME.values()
                  if normalise(table.name) == normalise(roll.book["Options"]["table"][record])), None)  # fmt: skip
    if table is None or cell is None:
        return cell
    periods = {normalise(column.name) for column in table.columns if column.kind == "period"}
    parts = [part.partition("=") for part in str(cell).split(";")]
    return ";".join(
        f"{name}={roll.dated(value.strip())}"
        if normalise(name) in periods and value.strip()
        else f"{name}{sign}{value}"
        for name, sign, value in parts
    )
