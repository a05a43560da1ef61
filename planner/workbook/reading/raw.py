"""The input as it was typed: a workbook or a folder of CSV files, read into plain tables.

This is the one module that the independent checker shares with the planner: it says what stands in which
cell and nothing about what it means.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from planner.errors import Fault
from planner.workbook.kind import WRITTEN_BY, what_is
from planner.workbook.package.guard import MOST_SPOILT, inspect_workbook, load_cells
from planner.workbook.package.sheet_scan import CellMark
from planner.workbook.package.unreadable import CellsError, NoWorkbookError, UnreadableError
from planner.workbook.reading.absent import absent
from planner.workbook.reading.csv_folder import MAXIMUM_BYTES, csv_files, read_csv
from planner.workbook.reading.table import (
    Cell,
    CellPosition,
    RawTable,
    bracket_unit,
    cell_name,
    column_letters,
    is_note_sheet,
    make_table,
    normalise,
    tidy,
)

__all__ = ["Cell", "RawInput", "RawTable", "bracket_unit", "cell_name", "column_letters", "normalise", "read_raw"]


@dataclass(frozen=True)
class RawInput:
    """What was typed in. With `textual`, every cell is text (CSV) and numbers are still to be parsed.

    `notes` are the sheets whose name starts with `#` or `notes`. `faults` say what could not be read at all
    (they never name a note). Where the file is no workbook, there is one fault and no table.
    """

    path: Path
    sha256: str
    tables: tuple[RawTable, ...]
    faults: tuple[Fault, ...] = ()
    textual: bool = False
    notes: tuple[RawTable, ...] = ()

    def table(self, name: str) -> RawTable | None:
        """The first table of that name, spelled in any way that the contract accepts."""
        wanted = normalise(name)
        return next((table for table in self.tables if table.key == wanted), None)


def read_raw(path: Path | str) -> RawInput:
    """Read an .xlsx workbook or a folder of CSV files. Never raises for bad input: `faults` say what is wrong."""
    path = Path(path)
    try:
        if path.is_dir():
            return _read_folder(path)
        return _read_workbook(path)
    except CellsError as error:
        faults = (Fault(f"{error.sheet}!{cell}", error.problem, sheet=error.sheet, cell=cell) for cell in error.cells)
        return RawInput(path, "", (), tuple(faults))
    except NoWorkbookError as error:
        return _unreadable(path, f"{error}, but {what_is(path)}; expected a workbook or a folder of CSV files")
    except UnreadableError as error:
        return _unreadable(path, str(error))
    except FileNotFoundError:
        return _unreadable(path, absent(path))
    except OSError as error:
        return _unreadable(path, f"cannot be read ({error.strerror or error})")


def _unreadable(path: Path, problem: str) -> RawInput:
    return RawInput(path, "", (), (Fault(path.name or str(path), problem),))


def _read_folder(path: Path) -> RawInput:
    files = csv_files(path)
    if not files:
        results = made_from(path)
        if results:
            raise UnreadableError(f"is a folder of results, no input; {results}")
        raise UnreadableError(
            "holds no CSV file; expected an .xlsx workbook or a folder with Settings.csv, Items.csv …"
        )
    contents = []
    for file in files:
        if file.stat().st_size > MAXIMUM_BYTES:
            raise UnreadableError(f"{file.name} is larger than {MAXIMUM_BYTES // 2**20} MiB")
        contents.append((file.name, file.read_bytes()))
    return folder_input(path, contents)


def folder_input(path: Path, files: Iterable[tuple[str, bytes]]) -> RawInput:
    """A folder of CSV files by their names and contents,
    in the order of `csv_files`, whether they are written or not.
    """
    digest = hashlib.sha256()
    tables, notes, faults = [], [], []
    for name, content in files:
        digest.update(f"{name}\0{len(content)}\0".encode("utf-8", "surrogateescape"))
        digest.update(content)
        table, problems = read_csv(path / name, content)
        if is_note_sheet(table.name):
            notes.append(table)
        else:
            tables.append(table)
            faults += problems
    return RawInput(path, digest.hexdigest(), tuple(tables), tuple(faults), True, tuple(notes))


def made_from(folder: Path) -> str:
    """`they were made from X: give that` of the results in a folder, by what run.json, compare.json … in it says;
    else nothing.
    """
    for file in WRITTEN_BY:
        with contextlib.suppress(OSError, ValueError, LookupError, TypeError, RecursionError):
            source = json.loads((folder / file).read_text(encoding="utf-8"))["input"]["path"]
            return f"they were made from {source}: give that"
    return ""


def _spoilt(sheet: str, marks: list[CellMark]) -> frozenset[CellPosition]:
    if sum(mark.size for mark in marks) > MOST_SPOILT:
        raise UnreadableError(f"the sheet {sheet} has too many merged cells; a table needs single cells")
    return frozenset(position for mark in marks for position in mark.positions)


def _read_workbook(path: Path) -> RawInput:
    if path.suffix.lower() == ".csv":
        raise UnreadableError("is one CSV file; give the folder that holds all tables")
    content = path.read_bytes()
    inspected = inspect_workbook(content)
    cells = load_cells(content, [sheet.name for sheet in inspected])
    tables, notes, faults = [], [], []
    for sheet in inspected:
        values = [[value if type(value) is float else tidy(value) for value in row] for row in cells[sheet.name]]
        if is_note_sheet(sheet.name):
            notes.append(make_table(sheet.name, values))
            continue
        plain = make_table(sheet.name, values)
        relevant = sheet.touching(len(plain.rows) + 1, len(plain.header), plain.note_columns)
        spoilt = _spoilt(sheet.name, relevant)
        table = replace(make_table(sheet.name, values, spoilt=spoilt), hidden=sheet.hidden,
                        hidden_columns=sheet.hidden_columns, is_hidden=sheet.is_hidden)  # fmt: skip
        tables.append(table)
        faults += [table.fault(mark.row - 1, mark.column, mark.problem) for mark in relevant]
    return RawInput(path, hashlib.sha256(content).hexdigest(), tuple(tables), tuple(faults), False, tuple(notes))
