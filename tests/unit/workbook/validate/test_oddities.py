"""What is allowed, but looks like a slip, is a warning that says where to look."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from planner.cli.entry import run
from planner.workbook import read
from tests.unit.workbook.sheets import BASE, faults, reading, sheets, with_column

Rows = list[list[Any]]

DEMAND: list[str] = ["destination", "item", "period", "quantity"]


def warned(**changes: Rows) -> list[str]:
    found = reading(**changes)
    assert found.faults == ()
    return [str(warning) for warning in found.warnings]


def demand(*quantities: float, item: str = "shell") -> Rows:
    rows = [[f"d{number}", "X", item, 1 + number % 12, quantity] for number, quantity in enumerate(quantities)]
    return [["demand", *DEMAND], *rows]


def test_rows_pasted_twice_are_one_warning() -> None:
    rows = [["X", "shell", 3, 5], ["X", "shell", 4, 5], ["X", "fuze", 4, 5]]
    (warning,) = warned(Demand=[DEMAND, *rows, ["X", "fuze", 5, 5], *rows])
    assert warning.startswith(
        "Demand!A6 (destination): rows 6 to 8 are the same in every cell as rows 2 to 4: pasted twice?"
    )
    assert warning.endswith("or give each a name in the column demand")


def test_rows_that_differ_in_a_note_are_two() -> None:
    header = [*DEMAND, "note"]
    assert warned(Demand=[header, ["X", "shell", 3, 5, "first call"], ["X", "shell", 3, 5, "second call"]]) == []


def test_a_named_row_that_stands_twice_is_a_fault_and_said_once() -> None:
    row = ["K1", "X", "shell", 3, 5]
    found = reading(Demand=[["demand", *DEMAND], row, row])
    assert len(found.faults) == 1
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("quantities", "cells"),
    [
        ((30, 40, 30_000, 25), ["Demand!E4"]),
        ((30, 30_000), ["Demand!E3"]),
        ((30, 20_000), []),  # of two figures nobody knows which is usual
        ((30, 40, 15_000, 25), []),
        ((1, 10, 100, 1_000, 10_000), []),  # figures of all sizes
        ((30, 40, 0.03, 25), []),  # small ones are common
        ((5, 5, 5, 5), []),
        ((30_000, 30, 40_000, 45), []),  # two of each: no usual size
    ],
)
def test_a_figure_a_thousand_times_its_neighbours(quantities: tuple[float, ...], cells: list[str]) -> None:
    assert [warning.partition(" ")[0] for warning in warned(Demand=demand(*quantities))] == cells


def test_the_neighbours_of_a_figure_are_those_of_its_item() -> None:
    shells, fuzes = demand(30, 40, 25), demand(30_000, 40_000, 25_000, item="fuze")
    rows = [*shells, *([f"f{row[0]}", *row[1:]] for row in fuzes[1:])]
    assert warned(Demand=rows) == []


def test_a_wide_table_is_warned_of_at_its_cell() -> None:
    rows = [["demand", "destination", "item", "2026-01", "2026-02", "2026-03"], ["K", "X", "shell", 30, 40_000, 35]]
    (warning,) = warned(Demand=rows)
    assert warning.startswith(
        "Demand!E2 (2026-02): found 40000, about 1 231 times the other figures of 'shell' (32.5 in"
    )


@pytest.mark.parametrize(
    ("weights", "cell"),
    [((0.1, None, 0.3), "Items!B3"), ((0.1, None), ""), ((None, None, None), ""), ((0.1, 0.2, 0), "")],
)
def test_a_blank_weight_among_filled_ones(weights: tuple[float | None, ...], cell: str) -> None:
    names = ("shell", "fuze", "boot")
    items = [["item", "weight"], *([name, weight] for name, weight in zip(names, weights, strict=False))]
    found = warned(Items=items)
    assert [warning.partition(" ")[0] for warning in found] == ([cell] if cell else [])
    assert (
        "is blank for fuze, which means 1 t per unit; the other 2 goods say their weight" in "".join(found) or not cell
    )


@pytest.mark.parametrize(("limit", "count"), [(None, 0), (500, 1)])
def test_a_blank_volume_counts_where_volumes_are_limited(limit: float | None, count: int) -> None:
    items = [["item", "volume"], ["shell", 0.1], ["fuze", None], ["boot", 0.2]]
    assert len(warned(Items=items, Nodes=with_column("Nodes", "storage_m3", None, limit))) == count


def test_works_and_training_have_no_weight() -> None:
    items = [["item", "weight", "cost_type"], ["shell", 0.1, None], ["fuze", 0.2, None], ["hall", None, "works"]]
    assert warned(Items=items) == []


@pytest.fixture
def workbook() -> Workbook:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets(Demand=demand(5, 6, 7, 8, 9)).items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return book


def test_hidden_rows_are_told(workbook: Workbook, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for row in (3, 5, 6, 30):
        workbook["Demand"].row_dimensions[row].hidden = True
    path = tmp_path / "input.xlsx"
    workbook.save(path)
    (warning,) = read(path).warnings
    assert str(warning) == (
        "Demand!A3 (demand): rows 3, 5 to 6 are hidden, perhaps by a filter, and count like the others; show them, or "
        "delete what is not meant"
    )
    assert run(["check", str(path)]) == 0
    assert run(["check", str(path), "--strict"]) == 2
    assert "--strict takes for faults: 2 warnings" in capsys.readouterr().out


def test_hidden_columns_are_told(workbook: Workbook, tmp_path: Path) -> None:
    """Also of a range that a program writes as one element; columns of notes, and those without a figure, are not."""
    sheet = workbook["Demand"]
    sheet["F1"], sheet["F2"], sheet["G1"] = "note", "a call", "priority"
    for column in "DEFG":
        sheet.column_dimensions[column].hidden = True
    sheet.column_dimensions.group("H", "Z", hidden=True)
    path = tmp_path / "input.xlsx"
    workbook.save(path)
    (warning,) = read(path).warnings
    assert str(warning) == (
        "Demand!D2 (period): columns D, E are hidden, and count like the others; show them, or delete what is not meant"
    )


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_told(workbook: Workbook, tmp_path: Path, state: str) -> None:
    """Sheets of notes are not: nothing of them counts."""
    workbook["Demand"].sheet_state = state
    notes = workbook.create_sheet("notes of the cell")
    notes.append(["ask PL"])
    notes.sheet_state = state
    workbook["Demand"].row_dimensions[3].hidden = True
    path = tmp_path / "input.xlsx"
    workbook.save(path)
    (warning,) = read(path).warnings
    assert str(warning).startswith("Demand!A1")
    assert str(warning).endswith("the sheet is hidden, and counts like the others; show it, or delete it")


def test_a_header_below_a_title_is_one_fault(workbook: Workbook, tmp_path: Path) -> None:
    sheet = workbook["Demand"]
    sheet.insert_rows(1, 2)
    sheet["A1"] = "Demand of the partners, 2026"
    sheet.merge_cells("A1:E1")
    path = tmp_path / "input.xlsx"
    workbook.save(path)
    (fault,) = read(path).faults
    assert str(fault).startswith(
        "Demand!A3: row 3 looks like the header (demand, destination, item, period, quantity), but "
    )
    assert "delete the 2 rows above it" in fault.message


@pytest.mark.parametrize("table", ["Settings", "Items", "Nodes", "Demand"])
@pytest.mark.parametrize("above", [["My figures"], [None], ["a", "b", "c"]])
def test_whatever_stands_above_the_header(table: str, above: list[Any]) -> None:
    found = faults(**{table: [above, *BASE[table]]})
    assert list(found) == [f"{table}!A2"]
    assert "row 2 looks like the header" in found[f"{table}!A2"]


def test_a_wide_table_below_a_title() -> None:
    rows = [["Demand 2026"], ["destination", "item", "2026-01", "2026-02"], ["X", "shell", 3, 5]]
    assert list(faults(Demand=rows)) == ["Demand!A2"]


def test_a_wrong_header_is_told_column_by_column() -> None:
    rows = [["Ziel", "Artikel", "Monat", "Menge"], ["X", "shell", 3, 5]]
    assert len(faults(Demand=rows)) == 4


def test_a_rate_above_one_is_likely_a_number_of_per_cent() -> None:
    settings = [*BASE["Settings"], ["discount_rate", 3]]
    funds = [["fund", "kind", "interest"], ["SAFE", "loan", 2.5], ["other", "loan", 1]]
    assert warned(Settings=settings, Funds=funds) == [
        "Settings!B5 (value): found 3, a rate of 300 % a year; 3 % is 0.03",
        "Funds!C2 (interest): found 2.5, a rate of 250 % a year; 2.5 % is 0.025",
    ]
