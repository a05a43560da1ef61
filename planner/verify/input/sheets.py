"""Typed access to the raw tables of a workbook that has passed its checks."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from planner.workbook.reading.raw import RawInput, RawTable, normalise

# The columns that Capacity, Stocks, Demand, Orders, Previous and Actuals have besides a period's; any other column
# there is a period.
LONG_COLUMNS = frozenset(
    normalise(title)
    for title in (
        *("object", "node", "item", "nation", "age", "period", "demand", "commitment", "destination", "binding"),
        *("priority", "max_delay", "shortage_cost", "delay_cost", "currency"),
        *("overdue", "line", "paid", "kind", "route", "origin"),
        *("expansion", "fund", "contributor", "cost_type"),
    )
)
TRUE_WORDS = frozenset({"yes", "true", "1", "y"})


@dataclass(frozen=True)
class Row:
    """One row of a table. `line` is its row number in the sheet (the header is row 1)."""

    line: int
    cells: Mapping[str, object]  # filled cells only, by normalised column name
    rates: Mapping[str, float]

    def raw(self, column: str) -> object:
        """The cell as it was read; None where it is blank or the sheet has no such column."""
        return self.cells.get(_key(column))

    def name(self, column: str) -> str | None:
        """A name; a whole number is its digits."""
        cell = self.raw(column)
        return None if cell is None else text_of(cell)

    def choice(self, column: str, default: str = "") -> str:
        """A word in lower case; `default` where the cell is blank."""
        cell = self.raw(column)
        return default if cell is None else str(cell).strip().lower()

    def number(self, column: str, default: float) -> float:
        """A number; `default` where the cell is blank. Raises ValueError for other text."""
        cell = self.raw(column)
        return default if cell is None else float(str(cell))

    def whole(self, column: str, default: int) -> int:
        """A whole number; `default` where the cell is blank."""
        return int(self.number(column, default))

    def money(self, column: str, default: float) -> float:
        """An amount in the currency of the settings."""
        currency = self.name("currency")
        rate = self.rates.get(currency, 1.0) if currency else 1.0
        return self.number(column, default) * rate

    def optional(self, column: str, read: Callable[[str, float], float]) -> float | None:
        """`read` of a column, None where its cell is blank."""
        return None if self.raw(column) is None else read(column, 0.0)

    def flag(self, column: str) -> bool | None:
        """Yes or no; None where the cell is blank."""
        cell = self.raw(column)
        if cell is None:
            return None
        return text_of(cell).lower() in TRUE_WORDS

    def names(self, column: str) -> tuple[str, ...]:
        """The names of a list, as typed, between semicolons."""
        cell = self.raw(column)
        if cell is None:
            return ()
        return tuple(part.strip() for part in text_of(cell).split(";") if part.strip())

    def shares(self, column: str) -> dict[str, float]:
        """`PL:0.7; US:0.3` by name."""
        pairs = (part.rsplit(":", 1) for part in self.names(column))
        return {name.strip(): float(share) for name, share in pairs}


@lru_cache(maxsize=256)
def _key(column: str) -> str:
    return normalise(column)


def text_of(cell: object) -> str:
    """A cell as a name: whole numbers without a decimal point."""
    if isinstance(cell, float) and math.isfinite(cell) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


@dataclass(frozen=True)
class Sheets:
    """All tables of an input, read by name."""

    source: RawInput
    rates: Mapping[str, float]

    def __call__(self, table: str) -> Iterator[Row]:
        """The filled rows of a table, in order; none where the table is missing."""
        raw = self.source.table(table)
        if raw is None:
            return
        columns = [(place, normalise(title)) for place, title in enumerate(raw.header) if _counts(title)]
        for number, cells in enumerate(raw.rows):
            filled = {key: cells[place] for place, key in columns if cells[place] is not None}
            if filled:
                yield Row(number + 2, filled, self.rates)

    def long(self, table: str) -> Iterator[Row]:
        """The same with one row a period: a wide table is spread out into `period` and `quantity`."""
        raw = self.source.table(table)
        if raw is None:
            return
        wide = _period_columns(raw)
        if not wide:
            yield from self(table)
            return
        for row in self(table):
            fixed = {key: cell for key, cell in row.cells.items() if key not in wide}
            for key, title in wide.items():
                if key in row.cells:
                    yield Row(row.line, {**fixed, "period": title, "quantity": row.cells[key]}, self.rates)


def read_sheets(source: RawInput) -> Sheets:
    """The tables of an input as typed."""
    plain = Sheets(source, {})
    rates = {row.name("currency") or "": row.number("rate", 1.0) for row in plain("Currencies")}
    return Sheets(source, rates)


def _counts(title: object) -> bool:
    """Whether a column is read: not one without a title, nor a note."""
    if title is None:
        return False
    return not (str(title).lstrip().startswith("#") or normalise(title).startswith("note"))


def _period_columns(raw: RawTable) -> dict[str, object]:
    """The columns of a wide table that are periods: normalised key to the title as typed."""
    titles = {normalise(title): title for title in raw.header if _counts(title)}
    if "quantity" in titles:
        return {}
    return {key: title for key, title in titles.items() if key not in LONG_COLUMNS}
