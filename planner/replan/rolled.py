"""The input rolled to the present: a folder of CSV files that is an input like any other.

What time changes is written anew (Settings, Stocks, Demand, Orders, Budgets, Capacity, Previous and the reach of
Funds and Expansions); every other table is copied, with period numbers spelled as dates, as those do not move.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from math import inf, isfinite
from pathlib import Path
from typing import Any

from planner.domain.instance import PlanningInstance
from planner.replan.last_plan import LastPlan
from planner.replan.position import Position
from planner.workbook.periods import is_year, period_number
from planner.workbook.reader import TypedWorkbook
from planner.workbook.schema import BY_NAME
from planner.workbook.table import normalise
from planner.workbook.typed import TypedTable

Row = Mapping[str, Any]
NOT_COPIED = frozenset({"Settings", "Actuals", "Stocks", "Demand", "Orders", "Previous", "Budgets", "Capacity"})


@dataclass(frozen=True)
class Terms:
    """How the next plan may depart from the last: `frozen` periods, `departure_cap` share, `periods` of the new
    horizon (None: to the end of the workbook's).
    """

    frozen: int = 0
    departure_cap: float | None = None
    periods: int | None = None


def write_rolled(
    book: TypedWorkbook, instance: PlanningInstance, now: Position, last: LastPlan, terms: Terms, folder: Path
) -> None:
    """Write the rolled tables into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    roll = _Roll(book, instance, now, last, terms)
    tables = {
        "Settings": roll.settings(),
        **{name: roll.copied(name) for name in book.tables if name not in NOT_COPIED},
        "Stocks": roll.stocks(),
        "Demand": roll.demand(),
        "Orders": roll.orders(),
        "Previous": roll.previous(),
        "Budgets": roll.budgets(),
        "Capacity": roll.capacity(),
    }
    for name, rows in tables.items():
        listed = list(rows)
        if listed:
            _write(folder / f"{name}.csv", listed)


class _Roll:
    def __init__(
        self, book: TypedWorkbook, instance: PlanningInstance, now: Position, last: LastPlan, terms: Terms
    ) -> None:
        self.book, self.instance, self.now, self.last, self.terms = book, instance, now, last, terms
        self.end = now.now + (terms.periods or instance.horizon.periods - now.now)

    def label(self, period: int) -> str:
        """A date that names the period whatever the start is."""
        horizon = self.instance.horizon
        day = horizon.first_day(period)
        return f"{day:%Y-%m}" if horizon.period_length in ("month", "quarter", "year") else day.isoformat()

    def settings(self) -> Iterable[Row]:
        table = self.book["Settings"]
        own = {"start": self.instance.horizon.first_day(self.now.now).isoformat(), "periods": self.end - self.now.now,
               "frozen": self.terms.frozen}  # fmt: skip
        if self.terms.departure_cap is not None:
            own["departure_cap"] = self.terms.departure_cap
        typed = {normalise(key): (key, value) for key, value in table.records("key", "value")}
        for key, value in typed.values():
            if normalise(key) not in {normalise(name) for name in own}:
                yield {"key": key, "value": value}
        for key, value in own.items():
            yield {"key": key, "value": value}

    def copied(self, name: str) -> Iterable[Row]:
        """The rows of a table as typed, periods as dates; limits that past payments have used up are lowered."""
        table = self.book[name]
        change: dict[str, Callable[[int, Any], Any]] = {}
        if name == "Funds":
            change["ceiling"] = self._ceiling
        if name == "Expansions":
            change["limit"] = self._limit
        if name == "Lines":
            change["start_rate"] = self._start_rate
        for record in range(len(table)):
            row = self._typed(table, record)
            for column, changed in change.items():
                row[column] = changed(record, row.get(column))
            yield row

    def _typed(self, table: TypedTable, record: int, leave_out: tuple[str, ...] = ()) -> dict[str, Any]:
        """The cells of a record as typed, a period number as its date."""
        row: dict[str, Any] = {}
        for column in table.schema.columns:
            if column.name in leave_out or not table.has(column.name):
                continue
            cell = table.cell(record, column.name)
            row[column.name] = (
                self._dated(cell) if BY_NAME[table.schema.name].column(column.name).kind == "period" else cell
            )
        return row

    def _dated(self, cell: Any) -> Any:
        """A period number as its date, which stays right when the start moves; years, dates and events as typed."""
        number = period_number(cell)
        if number is None or (number > self.instance.horizon.periods and is_year(number)):
            return cell
        return self.label(number - 1)

    def _ceiling(self, record: int, cell: Any) -> Any:
        left = self.now.money.ceilings[self.book["Funds"]["fund"][record]]
        return cell if cell is None or not isfinite(left) else left / self._rate("Funds", record)

    def _rate(self, name: str, record: int) -> float:
        """What a unit of the row's currency is worth."""
        table = self.book[name]
        currency = table["currency"][record] if table.has("currency") else None
        rates: dict[Any, float] = dict(self.book["Currencies"].records("currency", "rate"))
        return rates.get(currency, 1.0)

    def _limit(self, record: int, cell: Any) -> Any:
        name = self.book["Expansions"]["expansion"][record]
        bought = sum(quantity for (thing, _), quantity in self.now.money.bought.items() if thing == name)
        limit = self.book["Expansions"]["limit"][record]
        return cell if limit is None or not bought else max(limit - bought, 0.0)

    def _start_rate(self, record: int, cell: Any) -> Any:
        name = self.book["Lines"]["line"][record]
        return self.now.rates.get(name, cell)

    def stocks(self) -> Iterable[Row]:
        present = self.now.now
        for (item, node), batches in sorted(self.now.stocks.held.items()):
            for made, quantity in sorted(batches.items()):
                yield {"node": node, "item": item, "quantity": quantity, "period": None,
                       "age": self._age(item, made, present)}  # fmt: skip
        for goods in self.now.stocks.transit:
            if goods.arrives < self.end:
                yield {"node": goods.node, "item": goods.item, "quantity": goods.quantity,
                       "period": self.label(goods.arrives), "age": self._age(goods.item, goods.made, goods.arrives)}  # fmt: skip

    def _age(self, item: str, made: int, entered: int) -> int | None:
        return entered - made if self.instance.items[item].shelf_life is not None else None

    def demand(self) -> Iterable[Row]:
        """What is still wanted, in the form that was typed. A wide row keeps its name for what is to come; each of its
        overdue periods is a row of its own."""
        table = self.book["Demand"]
        coming: dict[int, dict[str, Any]] = {}  # row of the sheet -> the wide row
        for record, (name, period) in enumerate(table.records("demand", "period")):
            if not isinstance(period, int):
                continue  # it hangs on an event that does not happen
            due = period - table["overdue"][record]
            wanted = self.now.backlog.open_.get((name, due))
            if wanted is None or due >= self.end:
                continue
            row = self._typed(table, record, leave_out=("period", "quantity", "overdue")) | {"demand": name}
            label, overdue = self.label(max(due, self.now.now)), max(self.now.now - due, 0)
            if table.quantity_at is None:
                yield row | {"period": label, "quantity": wanted, "overdue": overdue}
            elif overdue:
                yield row | {"demand": f"{name}, due {self.label(due)}", "overdue": overdue, label: wanted}
            else:
                coming.setdefault(table.rows[record], row)[label] = wanted
        yield from coming.values()

    def orders(self) -> Iterable[Row]:
        for (line, period), quantity in sorted(self.now.orders.items()):
            if quantity > 0 and period < self.end:
                typed = self.instance.lines[line].orders.get(period)
                yield {"line": line, "period": self.label(period), "quantity": quantity,
                       "paid": None if typed is None else typed.paid}  # fmt: skip

    def previous(self) -> Iterable[Row]:
        """What the last plan had from the present on; a line or route that is no more is left out."""
        routes = {leg.route for leg in self.instance.legs.values()}
        for (line, period), quantity in self.last.production.items():
            if self.now.now <= period < self.end and line in self.instance.lines:
                yield {"kind": "make", "line": line, "route": None, "origin": None, "item": None,
                       "period": self.label(period), "quantity": quantity}  # fmt: skip
        for (route, origin, item, period), quantity in self.last.shipments.items():
            if self.now.now <= period < self.end and route in routes and item in self.instance.items:
                yield {"kind": "ship", "line": None, "route": route, "origin": origin, "item": item,
                       "period": self.label(period), "quantity": quantity}  # fmt: skip

    def budgets(self) -> Iterable[Row]:
        for fund, budgets in self.now.money.budgets.items():
            for budget in budgets:
                start = None if budget.available <= self.now.now else self.label(budget.available)
                yield {"fund": fund, "contributor": budget.contributor, "year": budget.year, "amount": budget.amount,
                       "from": start}  # fmt: skip

    def capacity(self) -> Iterable[Row]:
        """Capacity rows from the present on, with what has been bought and is ready."""
        widened = self._bought_for()
        typed = self.book["Capacity"]
        objects = dict.fromkeys([*(name for name in typed["object"]), *widened])
        for name in objects:
            profile = self._profile(name)
            listed = {t for record, (thing, span) in enumerate(typed.records("object", "period"))
                      if thing == name and isinstance(span, range) for t in span if record >= 0}  # fmt: skip
            for period in range(self.now.now, min(self.end, self.instance.horizon.periods)):
                more = sum(quantity for ready, quantity in widened.get(name, ()) if ready <= period)
                if (period in listed or more) and profile[period] != inf:
                    yield {"object": name, "period": self.label(period), "quantity": profile[period] + more}

    def _bought_for(self) -> dict[str, list[tuple[int, float]]]:
        """Object → (period in which it is ready, capacity) of everything bought in the past."""
        found: dict[str, list[tuple[int, float]]] = {}
        for (name, period), quantity in self.now.money.bought.items():
            expansion = self.instance.expansions[name]
            found.setdefault(expansion.object, []).append((period + expansion.lead_time, quantity))
        return found

    def _profile(self, name: str) -> tuple[float, ...]:
        instance = self.instance
        if name in instance.lines:
            return instance.lines[name].capacity
        if name in instance.resources:
            return instance.resources[name].capacity
        return instance.nodes[name].storage_t if name in instance.nodes else instance.legs[name].capacity_t


def _write(path: Path, rows: list[Row]) -> None:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    order = {column.name: place for place, column in enumerate(BY_NAME[path.stem].columns)}
    columns.sort(key=lambda column: (order.get(column, len(order)), "" if column in order else column))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_text(row.get(column)) for column in columns] for row in rows)


def _text(value: Any) -> str:
    """A cell as CSV spells it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return value.isoformat() if isinstance(value, date) else str(value)
