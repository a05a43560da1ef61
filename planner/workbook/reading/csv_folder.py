"""A folder of CSV files as tables: UTF-8, comma, decimal point, and nothing else."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from planner.errors import Fault
from planner.workbook.reading.table import SEARCHED, Cell, RawTable, cell_name, make_table

MAXIMUM_BYTES = 400 * 2**20


def csv_files(folder: Path) -> list[Path]:
    """The CSV files of a folder, by name."""
    return sorted(path for path in folder.iterdir() if path.suffix.lower() == ".csv" and path.is_file())


def read_csv(path: Path, content: bytes) -> tuple[RawTable, list[Fault]]:
    """The table in a CSV file; every cell is text. A file of another kind gives one fault and an empty table."""
    cells: list[list[Cell]] = []
    line = 1
    try:
        text = content.decode("utf-8-sig")
        problem = _separator_problem(text)
        if problem:
            raise _NotThisKindError(problem)
        records = csv.reader(io.StringIO(text, newline=""), strict=True)
        for record in records:
            cells.append([value.strip() or None for value in record])
            line = records.line_num + 1
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problem = f"line {line} is not UTF-8 (byte 0x{content[error.start]:02X}); save the file as CSV UTF-8"
        return make_table(path.stem, [], path.name), [Fault(path.name, problem, sheet=path.stem)]
    except csv.Error as error:
        return make_table(path.stem, [], path.name), [
            Fault(path.name, f"is not well-formed CSV in the row that begins in line {line} ({error})", sheet=path.stem)
        ]
    except _NotThisKindError as error:
        return make_table(path.stem, [], path.name), [Fault(path.name, str(error), sheet=path.stem)]
    width = _width(cells)
    table = make_table(path.stem, [row[:width] for row in cells], path.name)
    return table, _ragged(path, cells, width)


def _width(cells: list[list[Cell]]) -> int:
    """Columns of the header. A blank line or a title in its place does not count: column names may stand below it."""
    if not cells or sum(value is not None for value in cells[0]) > 1:
        return len(cells[0]) if cells else 0
    return max(map(len, cells[: SEARCHED + 1]))


class _NotThisKindError(Exception):
    pass


def _separator_problem(text: str) -> str | None:
    if "\0" in text:
        return "holds NUL characters; save the file as CSV UTF-8"
    header = text.split("\n", 1)[0]
    if header.lower().startswith("sep="):
        return "begins with the line sep=; delete it, as the column names are expected in line 1"
    for mark, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if mark in header and "," not in header:
            return f"is separated by {name}; expected commas (and decimal points)"
    return None


def _ragged(path: Path, cells: list[list[Cell]], width: int) -> list[Fault]:
    """Rows that reach beyond the header: a decimal comma or an unquoted comma splits a cell in two."""
    faults = []
    for number, row in enumerate(cells):
        if len(row) > width and any(value is not None for value in row[width:]):
            cell = cell_name(number, width)
            message = (
                f"the row has {len(row)} cells, the header {width}; "
                "write decimal points, no thousands separators, and put text with commas in quotes"
            )
            faults.append(Fault(f"{path.name}:{cell}", message, sheet=path.stem, cell=cell))
    return faults
