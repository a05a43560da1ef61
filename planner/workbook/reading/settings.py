"""The Settings sheet: one key and value a row, and the horizon that comes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from planner.domain.horizon import MONTHS_PER_PERIOD, Horizon
from planner.workbook.names.names import suggestion
from planner.workbook.reading.cells import CellError, read_column, read_name
from planner.workbook.reading.collect import FaultList
from planner.workbook.reading.headers import unit_agrees
from planner.workbook.reading.periods import BAD, PeriodReader, calendar_span, is_year, show
from planner.workbook.reading.table import Cell, bracket_unit, normalise
from planner.workbook.reading.typed import TypedTable
from planner.workbook.schema import SETTINGS, Column


@dataclass
class SettingValues:
    """Each setting's value (its default where not given, BAD where faulty) and the row it stands in."""

    values: dict[str, Any] = field(default_factory=lambda: {column.name: column.default for column in SETTINGS})
    rows: dict[str, int] = field(default_factory=dict)

    @property
    def currency(self) -> str | None:
        """The currency; None where the cell is faulty."""
        currency = self.values["currency"]
        return None if currency is BAD else currency

    def horizon(self) -> Horizon | None:
        """The horizon, or None where a setting it needs is missing or faulty."""
        start, periods, length, month = (
            self.values[name] for name in ("start", "periods", "period_length", "fiscal_year_start")
        )
        if None in (start, periods) or any(value is BAD for value in (start, periods, length, month)):
            return None
        return Horizon(first_day(start, length), periods, length, month)


def first_day(start: date, period_length: str) -> date:
    """The first day of the period that begins with, or contains, `start`: weeks begin anywhere, months on the 1st."""
    if period_length == "week":
        return start
    if period_length == "quarter":
        return date(start.year, start.month - (start.month - 1) % MONTHS_PER_PERIOD["quarter"], 1)
    return start.replace(day=1)


def read_settings(table: TypedTable, textual: bool, faults: FaultList) -> SettingValues:
    """The settings, read by the schema; every unknown, repeated, missing or faulty one is a fault."""
    values = SettingValues()
    known = {normalise(column.name): column for column in SETTINGS}
    doubtful = False
    for record, (key, value) in enumerate(table.records("key", "value")):
        if key is BAD:
            doubtful = True
            continue
        column = known.get(normalise(key))
        if column is None:
            names = [setting.name for setting in SETTINGS]
            hint = suggestion(key, names) or f"; the settings are {', '.join(names)}"
            table.fail(faults, record, "key", f"found the setting {show(key)}, which does not exist{hint}")
            doubtful = True
        elif column.name in values.rows:
            doubtful = True  # a setting that seems missing may be the one meant here
            first = table.sheet_row(values.rows[column.name])
            table.fail(
                faults, record, "key", f"found {column.name} a second time (first in row {first}); expected it once"
            )
        else:
            values.rows[column.name] = record
            values.values[column.name] = _value(column, value, record, table, textual, faults)
            _check_unit(column, key, record, table, faults)
    for column in SETTINGS:
        if column.required and column.name not in values.rows:
            if not doubtful and table.raw is not None and "value" not in table.header.doubtful:
                faults.about(table.raw, f"the setting {column.name} is missing; expected a row with {column.name}")
            values.values[column.name] = BAD
    return values


def _value(column: Column, cell: Any, record: int, table: TypedTable, textual: bool, faults: FaultList) -> Any:
    if cell is BAD:
        return BAD

    def fail(_: int, message: str) -> None:
        table.fail(faults, record, "value", f"{column.name}: {message}")

    if column.name == "start":
        start = read_start(cell)
        if start is None:
            found = "is blank;" if cell is None else f"found {show(cell)},"
            fail(0, f"{found} expected a date, 2026-03 or 2026-Q1")
        return BAD if start is None else start
    return read_column(column, [cell], textual, PeriodReader(None), fail)[0]


def read_start(cell: Cell) -> date | None:
    """The day on which the first period starts, or None where the cell is no date from 1900 to 2999."""
    dates = calendar_span(cell)
    if dates is not None:
        return dates[0] if is_year(dates[0].year) else None
    try:
        year = int(read_name(cell))
    except (CellError, ValueError):
        return None
    return date(year, 1, 1) if is_year(year) else None


def _check_unit(column: Column, key: str, record: int, table: TypedTable, faults: FaultList) -> None:
    unit = bracket_unit(key)
    if unit and column.unit and not unit_agrees(unit, column.unit, None, None):
        table.fail(faults, record, "key", f"found the unit {unit!r}, expected {column.unit!r}")
