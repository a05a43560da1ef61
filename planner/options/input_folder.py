"""A changed input as a folder of CSV files, so that an option's run can be verified, and planned again, by itself."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

from planner.options.amounts import spelled
from planner.workbook.raw import RawInput, read_raw
from planner.workbook.schema import TABLES
from planner.workbook.table import Cell, RawTable, normalise

_YES_NO = {
    (normalise(table.name), normalise(column.name))
    for table in TABLES
    for column in table.columns
    if column.kind == "yes_no"
}


def write_input(raw: RawInput, folder: Path) -> str:
    """Write each sheet to `folder`/NAME.csv (but for the options, which are decided now); the folder's SHA-256."""
    folder.mkdir()
    for table in (*raw.tables, *raw.notes):
        if table.key != "options":
            (folder / f"{table.name}.csv").write_text(_text(table), encoding="utf-8", newline="")
    return read_raw(folder).sha256


def _text(table: RawTable) -> str:
    flags = {at for at, name in enumerate(table.header) if (table.key, normalise(name)) in _YES_NO}
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(_cells(table.header, ()))
    writer.writerows(_cells(row, flags) for row in table.rows)
    return written.getvalue()


def _cells(row: Iterable[Cell], flags: Iterable[int]) -> list[str]:
    return [_cell(cell, at in flags) for at, cell in enumerate(row)]


def _cell(cell: Cell, flag: bool) -> str:
    """As the reader of CSV files understands it to be the same."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return ("yes" if cell else "no") if flag else str(cell).upper()
    if isinstance(cell, float | int):
        return spelled(float(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)
