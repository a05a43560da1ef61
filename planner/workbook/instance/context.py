"""What the parts of the assembly share: horizon, groups, currency rates, and windows."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from keyword import iskeyword
from typing import Any

from planner.domain.horizon import Horizon
from planner.domain.instance import Profile
from planner.workbook.names.groups import Groups, groups_of
from planner.workbook.reading.periods import FAR, NEVER
from planner.workbook.reading.reader import TypedWorkbook
from planner.workbook.reading.typed import TypedTable


@cache
def _row_of(columns: tuple[str, ...]) -> type[Any]:
    """The named tuple of a record with these columns."""
    fields = [f"{column}_" if iskeyword(column) else column for column in columns]
    return namedtuple("Row", ["record", *fields])


@dataclass
class Context:
    """A workbook without errors, on its way to a planning instance.

    `removed` gathers the rows that events took away, by table and row.
    """

    book: TypedWorkbook
    horizon: Horizon
    removed: dict[tuple[int, int], str] = field(default_factory=dict)

    @cached_property
    def groups(self) -> Groups:
        """The nations of each group, the items of each category, and the nodes of each kind."""
        return groups_of(self.book)

    @cached_property
    def rates(self) -> dict[str | None, float]:
        """Currency → what a unit of it is worth in that of Settings, which a blank one means."""
        rates: dict[str | None, float] = dict(self.book["Currencies"].records("currency", "rate"))
        return {**rates, None: 1.0, self.book.settings.currency: 1.0}

    def rows(self, name: str, *columns: str) -> Iterator[Any]:
        """The records of a table as named tuples (record, value, …), money in the currency of Settings.

        Without `columns`: all of the table. `record` is the place among the records; a column whose name Python
        reserves is read with an underscore: `row.from_`.
        """
        table = self.book[name]
        columns = columns or tuple(table.columns)
        values = [self._converted(table, column) for column in columns]
        return map(_row_of(columns), range(len(table)), *values)

    def _converted(self, table: TypedTable, name: str) -> list[Any]:
        values = table[name]
        if not table.schema.column(name).money or not table.has("currency"):
            return values
        rates = [self.rates[currency] for currency in table["currency"]]
        return [None if value is None else value * rate for value, rate in zip(values, rates, strict=True)]

    def removes(self, name: str, record: int, column: str, value: Any, then: str = "the row is left out") -> bool:
        """Is this opening date one that never comes? Then the row is listed as removed."""
        if value is not NEVER:
            return False
        table = self.book[name]
        cell = table.cell(record, column)
        event = self.book.periods.event_of(cell)
        never = event is not None and self.book.periods.events[event] is NEVER
        why = f"{event!r} does not happen in the horizon" if never else f"{cell!r} is after the horizon"
        self.lists(name, record, f"{why}; {then}")
        return True

    def lists(self, name: str, record: int, what: str) -> None:
        """List a row of which an event took something away."""
        row = self.book[name].sheet_row(record)
        self.removed[list(self.book.tables).index(name), row] = f"{name}, row {row}: {what}"

    def window(self, opens: int | None, closes: int | None) -> range:
        """The periods of an inclusive window, cut to the horizon; blank ends are open. An event that never
        comes leaves it empty."""
        if opens is NEVER:
            return range(0)
        return self.horizon.clip(0 if opens is None else opens, FAR if closes is None else closes)

    @staticmethod
    def since(opens: int | None) -> int:
        """The first period of a window, as it was typed: it may be before the horizon. Blank: since ever."""
        return -FAR if opens is None else opens

    def flat(self, value: float | None, default: float) -> list[float]:
        """The same value in every period."""
        return [default if value is None else value] * self.horizon.periods

    @cached_property
    def capacity_rows(self) -> dict[str, dict[int, float]]:
        """The Capacity table: object → period → quantity."""
        rows: dict[str, dict[int, float]] = {}
        for record, name, span, quantity in self.rows("Capacity", "object", "period", "quantity"):
            if self.removes("Capacity", record, "period", span):
                continue
            rows.setdefault(name, {}).update(dict.fromkeys(span, quantity))
        return rows

    def profile(self, name: str, value: float | None, default: float) -> Profile:
        """The fixed capacity of a line, resource, node or route in each period, Capacity rows in its place."""
        values = self.flat(value, default)
        for period, quantity in self.capacity_rows.get(name, {}).items():
            values[period] = quantity
        return tuple(values)
