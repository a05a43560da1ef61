"""How cells are written as CSV text, and when two texts mean the same."""

from __future__ import annotations

import csv
import io
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from planner.domain.horizon import Horizon
from planner.workbook.reading.cells import read_column
from planner.workbook.reading.collect import FaultList
from planner.workbook.reading.periods import BAD, EACH, PeriodReader
from planner.workbook.reading.raw import RawInput
from planner.workbook.reading.settings import read_settings
from planner.workbook.reading.table import RawTable, cell_text, normalise, number_text
from planner.workbook.reading.typed import read_table
from planner.workbook.schema import BY_NAME, SETTINGS, TABLES, Column, Table

_NUMBER = Column("number", "number", "")
_SETTINGS = Table("Settings by name", "", SETTINGS, ())
_SETTING_NAMES = {normalise(column.name): column.name for column in SETTINGS}
_YES_NO = {
    (normalise(table.name), normalise(column.name))
    for table in TABLES
    for column in table.columns
    if column.kind == "yes_no"
}


def row_texts(table: RawTable) -> list[list[str]]:
    """Header and rows of a table as CSV text."""
    flags = {at for at, name in enumerate(table.header) if (table.key, normalise(name)) in _YES_NO}
    header = [cell_text(cell) for cell in table.header]
    return [header, *([cell_text(cell, at in flags) for at, cell in enumerate(row)] for row in table.rows)]


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """Rows of texts as the contract's CSV."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(rows)
    return written.getvalue()


def write_csv_folder(sheets: Mapping[str, Iterable[Sequence[str]]], folder: Path) -> None:
    """Write each sheet of texts to `folder`/NAME.csv."""
    for name, rows in sheets.items():
        (folder / f"{name}.csv").write_text(csv_text(rows), encoding="utf-8", newline="")


def horizon_of(raw: RawInput) -> Horizon | None:
    """The calendar of an input; None where its settings do not say one."""
    sheet = raw.table("Settings")
    if sheet is None:
        return None
    faults = FaultList()
    table = read_table(BY_NAME["Settings"], sheet, raw.textual, None, PeriodReader(None), faults)
    return read_settings(table, raw.textual, faults).horizon()


@dataclass
class Meaning:
    """What the text of a cell says, so that `5.00` and `5`, `EU;EEA` and `EEA; EU`, `2026-03-01` and `2026-03` are
    alike.

    Periods are compared on the calendar of `horizon`; without one, and where a text is not what its column asks
    for, it stands for itself.
    """

    horizon: Horizon | None
    _known: dict[tuple[str, str, str], Hashable] = field(default_factory=dict)

    def of_setting(self, key: str, text: str) -> Hashable:
        """The meaning of the value of a setting."""
        return self.of(_SETTINGS, _SETTING_NAMES.get(normalise(key), key), text)

    def of(self, table: Table, column: str, text: str) -> Hashable:
        """The meaning of `text` in a column of `table`; of a column that the table does not have, the text."""
        key = (table.name, column, text)
        if key not in self._known:
            known_column = next((each for each in table.columns if each.name == column), None)
            if known_column is not None and table.name == "Capacity" and column == "period":
                known_column = replace(known_column, edge=EACH)
            self._known[key] = text if known_column is None or not text else self._read(known_column, text)
        return self._known[key]

    def _read(self, column: Column, text: str) -> Hashable:
        if column.kind == "period":
            return self._period(column, text)
        if column.kind == "strikes":
            return self._strikes(column, text)
        plain = replace(column, minimum=None, maximum=None, positive=False)
        if column.kind == "any":
            plain = replace(_NUMBER, name=column.name)
        value = self._value(plain, text)
        if isinstance(value, dict):
            return tuple(sorted(value.items()))
        return tuple(sorted(value)) if isinstance(value, tuple) else value

    def _period(self, column: Column, text: str) -> Hashable:
        if self.horizon is None:
            return text
        value = self._value(column, text)
        if isinstance(value, range):
            labels = [self.horizon.label(period) for period in value]
            return labels[0] if len(labels) == 1 else tuple(labels)
        return self.horizon.label(value) if isinstance(value, int) else value

    def _strikes(self, column: Column, text: str) -> Hashable:
        """The periods in which something may strike, in their order;
        a text that names none, or any, stands for itself.
        """
        value = text if self.horizon is None else self._value(column, text)
        if self.horizon is None or not isinstance(value, tuple) or not all(isinstance(span, range) for span in value):
            return value if isinstance(value, str) else text
        return tuple(self.horizon.label(period) for period in sorted({period for span in value for period in span}))

    def _value(self, column: Column, text: str) -> Any:
        """The typed value of a text; the text itself where it is not what the column asks for."""
        failed: list[str] = []
        reader = PeriodReader(self.horizon)
        value = read_column(column, [text], True, reader, lambda _, message: failed.append(message))[0]
        return text if failed or value is BAD else value

    def shown(self, table: Table, column: str, text: str) -> str:
        """The text as people compare it: numbers in one spelling, a period's number as its date."""
        value = self.of(table, column, text)
        if isinstance(value, bool):
            return text
        if isinstance(value, float | int):
            return number_text(float(value))
        return value if isinstance(value, str) and text.isdigit() else text
