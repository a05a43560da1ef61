"""Matches the column names of a sheet with the schema: unknown and repeated ones, units in brackets, periods."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from planner.errors import Fault
from planner.workbook.names.names import nearest, suggestion
from planner.workbook.reading.collect import FaultList
from planner.workbook.reading.periods import EACH, PeriodError, PeriodReader, looks_like_period, show
from planner.workbook.reading.table import SEARCHED, Cell, RawTable, bracket_unit, cell_text, normalise
from planner.workbook.schema import Column, Table

_SYMBOLS = {"€": "eur", "$": "usd", "£": "gbp", "°": "degree", "tonne": "t"}
_IN_ITS_OWN_UNIT = {"/period", "/unit"}
MANY = 6  # names that a message lists
_ASIDE = re.compile(r"\s+(?:started|of capacity)\b|,.*")  # `per unit started`; `per unit and period, added to …`


@dataclass
class Header:
    """Where each column of the schema stands, and the period columns of a wide table: index → 0-based period (or
    range of periods).

    `doubtful` columns are missing because their name could not be read; that is reported already.
    """

    at: dict[str, int] = field(default_factory=dict)
    periods: dict[int, Any] = field(default_factory=dict)
    doubtful: set[str] = field(default_factory=set)
    wide: bool = False


def read_header(table: Table, raw: RawTable, currency: str | None, periods: PeriodReader, faults: FaultList) -> Header:
    """The header of a sheet; every column name that is unknown, repeated or in another unit is a fault."""
    header = Header()
    known = {normalise(column.name): column for column in table.columns}
    nameless = False
    for index, name in enumerate(raw.header):
        if index in raw.note_columns:
            continue
        if (0, index) in raw.spoilt:
            nameless = True
        elif name is None:
            nameless |= _nameless(index, raw, faults)
        elif isinstance(name, str) and normalise(name) in known:
            _take(known[normalise(name)], index, raw, currency, periods, header, faults)
        elif table.wide and (looks_like_period(name) or periods.event_of(name) is not None):
            _take_period(index, name, raw, table, periods, header, faults)
        else:
            _refuse(index, name, raw, table, header, faults)
    if nameless:
        header.doubtful |= set(known_names(table)) - set(header.at)
    _check_complete(table, raw, header, faults)
    return header


def displaced_header(table: Table, raw: RawTable) -> Fault | None:
    """A fault where the column names stand in a later row: below a title, or blank rows."""
    if _looks_like_header(table, raw.header):
        return None
    known = {normalise(column.name) for column in table.columns}
    if any(normalise(name) in known for name in raw.header if name is not None):
        return None
    for row, cells in enumerate(raw.rows[:SEARCHED]):
        if _looks_like_header(table, cells):
            names = [cell_text(cell) for cell in cells if cell is not None]
            shown = ", ".join(names[:MANY]) + (" …" if len(names) > MANY else "")
            place, sheet, cell = raw.place(row, next(at for at, name in enumerate(cells) if name is not None))
            above = "the row" if row == 0 else f"the {row + 1} rows"
            message = (
                f"row {row + 2} looks like the header ({shown}), but the column names are expected in row 1: delete "
                f"{above} above it (put a title into a sheet whose name begins with notes)"
            )
            return Fault(place, message, sheet=sheet, cell=cell)
    return None


def _looks_like_header(table: Table, cells: Sequence[Cell]) -> bool:
    """Most of the filled cells name columns, and all that is required, but for the periods of a wide table,
    is there.
    """
    names = {normalise(cell) for cell in cells if isinstance(cell, str)}
    known = {normalise(column.name) for column in table.columns}
    spread = {"period", "quantity"} if table.wide else set()
    required = {normalise(column.name) for column in table.columns if column.required} - spread
    filled = sum(cell is not None for cell in cells)
    return bool(names & known) and required <= names and (table.wide or 2 * len(names & known) >= filled)


def _nameless(index: int, raw: RawTable, faults: FaultList) -> bool:
    """Faults of a column without a name: its header where most rows are filled, else the stray cells."""
    filled = [number for number, row in enumerate(raw.rows) if row[index] is not None]
    if not filled:
        return False
    named = [place for place, name in enumerate(raw.header) if name is not None]
    rows = {number for number, row in enumerate(raw.rows) if any(row[place] is not None for place in named)}
    beside = rows.intersection(filled)
    if (beside and 2 * len(beside) >= len(rows)) or not named:
        faults.at(raw, -1, index, "is blank above filled cells; expected a column name")
        return True
    for number in filled:
        faults.at(
            raw, number, index, f"found {show(raw.rows[number][index])} under no column name; expected a blank cell"
        )
    return False


def known_names(table: Table) -> list[str]:
    """The names of the columns of a table."""
    return [column.name for column in table.columns]


def _take(
    column: Column,
    index: int,
    raw: RawTable,
    currency: str | None,
    periods: PeriodReader,
    header: Header,
    faults: FaultList,
) -> None:
    if column.name in header.at:
        first = raw.place(-1, header.at[column.name])[2]
        faults.at(raw, -1, index, f"found a second column {column.name} (the first is {first}); expected it once")
        return
    header.at[column.name] = index
    unit = bracket_unit(raw.header[index])
    length = periods.horizon.period_length if periods.horizon else None
    if unit and column.unit and not unit_agrees(unit, column.unit, currency, length):
        expected = column.unit.replace("{currency}", currency or "the currency of Settings")
        faults.at(raw, -1, index, f"found the unit {unit!r} for {column.name}, expected {expected!r}")


def _take_period(
    index: int, name: Cell, raw: RawTable, table: Table, periods: PeriodReader, header: Header, faults: FaultList
) -> None:
    header.wide = True
    try:
        column = table.column("period")
        period = periods.span(name) if column.edge == EACH else periods.read(name, column.edge, column.clipped)
    except PeriodError as error:
        faults.at(raw, -1, index, str(error))
        return
    if isinstance(period, int | range) and period in header.periods.values():
        faults.at(raw, -1, index, f"found the period {show(name)} a second time; expected it once")
        return
    header.periods[index] = period


def _refuse(index: int, name: Cell, raw: RawTable, table: Table, header: Header, faults: FaultList) -> None:
    names = known_names(table)
    found = f"found the column {show(name)}, which {table.name} does not have"
    hint = suggestion(str(name), names) or f"; it has {', '.join(names)}"
    faults.at(raw, -1, index, found + hint)
    near = nearest(str(name), names)
    header.doubtful |= {near} if near else set(names)


def _check_complete(table: Table, raw: RawTable, header: Header, faults: FaultList) -> None:
    header.doubtful -= set(header.at)
    if header.wide:
        for name in ("period", "quantity"):
            if name in header.at:
                place = header.at[name]
                faults.at(
                    raw,
                    -1,
                    place,
                    f"found the column {name} next to columns of periods; expected one form or the other",
                )
    for column in table.columns:
        if not column.required or column.name in header.at or column.name in header.doubtful:
            continue
        if header.wide and column.name in ("period", "quantity"):
            continue
        faults.about(raw, f"the column {column.name} is missing; {table.name} needs it")
        header.doubtful.add(column.name)


def unit_agrees(found: str, expected: str, currency: str | None, period_length: str | None) -> bool:
    """Does a unit in brackets name the expected one? `EUR` and `per unit` do for `EUR/unit`, `kEUR` does not.

    What is counted in a resource's own unit (`per period`, `per unit`) may name it: `machine hours per period`.
    """
    if "{currency}" in expected and currency is None:
        return True
    full = _plain(expected.replace("{currency}", currency or ""), period_length)
    plain = _plain(found, period_length)
    unit, slash, per = full.partition("/")
    if full in _IN_ITS_OWN_UNIT:
        return not plain.partition("/")[1] or plain.partition("/")[2] == per
    counted = "{currency}" in expected or unit == "unit"
    return plain in {full, unit} or (counted and slash != "" and plain == slash + per)


def _plain(unit: str, period_length: str | None) -> str:
    """A unit in one spelling: `EUR per month` is `eur/period` in a plan by months."""
    text = _ASIDE.sub("", unit.strip().casefold().replace("³", "3"))
    text = re.sub(r"\s*\b(?:and\s+per|per|and)\b\s*", "/", text)
    plain = []
    for factor in (part.strip() for part in text.split("/")):
        singular = factor[:-1] if len(factor) > 2 and factor.endswith("s") else factor
        singular = _SYMBOLS.get(singular, singular)
        plain.append("period" if singular == period_length else singular)
    return "/".join(plain)
