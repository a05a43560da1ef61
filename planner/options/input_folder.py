"""A changed input as a folder of CSV files, so that an option's run can be verified, and planned again, by itself."""

from __future__ import annotations

from pathlib import Path

from planner.workbook.raw import RawInput, read_raw
from planner.workbook.spelling import csv_text, row_texts


def write_input(raw: RawInput, folder: Path) -> str:
    """Write each sheet to `folder`/NAME.csv (but for the options, which are decided now); the folder's SHA-256."""
    folder.mkdir()
    for table in (*raw.tables, *raw.notes):
        if table.key != "options":
            (folder / f"{table.name}.csv").write_text(csv_text(row_texts(table)), encoding="utf-8", newline="")
    return read_raw(folder).sha256
