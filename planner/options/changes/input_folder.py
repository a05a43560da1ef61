"""A changed input as a folder of CSV files, so that an option's run can be verified, and planned again, by itself."""

from __future__ import annotations

from pathlib import Path

from planner.workbook.reading.raw import RawInput, read_raw
from planner.workbook.reading.spelling import row_texts, write_csv_folder


def write_input(raw: RawInput, folder: Path) -> str:
    """Write each sheet to `folder`/NAME.csv (but for the options, which are decided now); the folder's SHA-256."""
    folder.mkdir()
    tables = (table for table in (*raw.tables, *raw.notes) if table.key != "options")
    write_csv_folder({table.name: row_texts(table) for table in tables}, folder)
    return read_raw(folder).sha256
