"""The input given back with its faults marked."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.worksheet.datavalidation import DataValidation

from planner.errors import Fault
from planner.workbook import read
from planner.workbook.validate.faults import FILLS, LIST, write_faults

WRONG = Fault("Routes!B2", "found 'Wroks', did you mean 'Works'?", "error", "Routes", "B2")
ODD = Fault("Routes!C2", "never used", "warning", "Routes", "C2")
NOWHERE = Fault("Demand", "the table is missing", "error", "Demand")


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Routes"
    for row in (["route", "origin", "cost"], ["out", "Wroks", 3.5]):
        sheet.append(row)
    sheet["C2"].number_format = "0.00"
    sheet["B2"].comment = Comment("mine", "me")
    sheet.add_data_validation(DataValidation(type="list", formula1='"a,b"', sqref="B2:B9"))
    book.create_sheet("notes")["A1"] = "keep me"
    book.save(tmp_path / "in.xlsx")
    return tmp_path / "in.xlsx"


def test_faulty_cells_are_coloured_and_commented(workbook: Path, tmp_path: Path) -> None:
    write_faults(workbook, [WRONG, ODD, NOWHERE], tmp_path / "out.xlsx")
    sheet = load_workbook(tmp_path / "out.xlsx")["Routes"]
    assert sheet["B2"].fill.fgColor.rgb == FILLS["error"].fgColor.rgb
    assert sheet["C2"].fill.fgColor.rgb == FILLS["warning"].fgColor.rgb
    assert sheet["A2"].fill.fill_type is None
    assert "did you mean 'Works'?" in sheet["B2"].comment.text
    assert "mine" in sheet["B2"].comment.text


def test_all_else_is_kept(workbook: Path, tmp_path: Path) -> None:
    write_faults(workbook, [WRONG], tmp_path / "out.xlsx")
    book = load_workbook(tmp_path / "out.xlsx")
    assert book["notes"]["A1"].value == "keep me"
    assert book["Routes"]["C2"].value == 3.5
    assert book["Routes"]["C2"].number_format == "0.00"
    assert book["Routes"].data_validations.count == 1


def test_without_faults_all_is_given_back(workbook: Path, tmp_path: Path) -> None:
    for found in ([], [Fault("Funds", "one fund is never used", "warning", "Funds", None)]):
        write_faults(workbook, found, tmp_path / "out.xlsx")
        assert load_workbook(tmp_path / "out.xlsx").sheetnames == [LIST, "Routes", "notes"]


def test_the_list_names_every_fault_and_leads_to_it(workbook: Path, tmp_path: Path) -> None:
    faults = [WRONG, ODD, NOWHERE]
    write_faults(workbook, faults, tmp_path / "out.xlsx")
    sheet = load_workbook(tmp_path / "out.xlsx")[LIST]
    rows = [tuple(cell.value for cell in row) for row in sheet.iter_rows(min_row=2)]
    assert rows == [(fault.severity, fault.place, fault.message) for fault in faults]
    assert sheet["B2"].hyperlink.location == "'Routes'!B2"
    assert sheet["B4"].hyperlink is None


def test_two_faults_of_one_cell_stand_in_one_comment(workbook: Path, tmp_path: Path) -> None:
    second = Fault("Routes!B2", "also odd", "warning", "Routes", "B2")
    write_faults(workbook, [second, WRONG], tmp_path / "out.xlsx")
    cell = load_workbook(tmp_path / "out.xlsx")["Routes"]["B2"]
    assert "warning: also odd" in cell.comment.text
    assert "error: found" in cell.comment.text
    assert cell.fill.fgColor.rgb == FILLS["error"].fgColor.rgb


def test_a_second_round_replaces_the_list(workbook: Path, tmp_path: Path) -> None:
    write_faults(workbook, [WRONG, ODD], tmp_path / "once.xlsx")
    write_faults(tmp_path / "once.xlsx", [ODD], tmp_path / "twice.xlsx")
    book = load_workbook(tmp_path / "twice.xlsx")
    assert book.sheetnames.count(LIST) == 1
    assert book[LIST].max_row == 2


def test_text_of_a_fault_is_never_a_formula_or_unprintable(workbook: Path, tmp_path: Path) -> None:
    nasty = Fault("Routes!A2", "=1+1 and \x07", "error", "Routes", "A2")
    write_faults(workbook, [nasty], tmp_path / "out.xlsx")
    cell = load_workbook(tmp_path / "out.xlsx")[LIST]["C2"]
    assert (cell.value, cell.data_type) == ("=1+1 and ?", "s")


def test_a_merged_cell_is_marked_where_it_shows(tmp_path: Path) -> None:
    book = Workbook()
    book.worksheets[0].title = "Items"
    book["Items"]["A1"] = "item"
    book["Items"].merge_cells("A2:B3")
    book.save(tmp_path / "in.xlsx")
    write_faults(tmp_path / "in.xlsx", [Fault("Items!B3", "is merged", "error", "Items", "B3")], tmp_path / "out.xlsx")
    assert "is merged" in load_workbook(tmp_path / "out.xlsx")["Items"]["A2"].comment.text


@pytest.mark.parametrize("content", [b"no workbook at all", b""])
def test_what_cannot_be_read_gives_the_list_alone(tmp_path: Path, content: bytes) -> None:
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(content)
    for cell in (None, "A1"):
        write_faults(broken, [Fault("broken.xlsx", "is no workbook", "error", "X", cell)], tmp_path / "out.xlsx")
        assert load_workbook(tmp_path / "out.xlsx").sheetnames == [LIST]


def test_a_folder_becomes_a_workbook(tmp_path: Path) -> None:
    folder = tmp_path / "input"
    folder.mkdir()
    (folder / "routes.csv").write_text("route,origin,cost\n007,Wroks,3.5\n=x,,many\n", encoding="utf-8")
    (folder / "notes.csv").write_text("remember\n", encoding="utf-8")
    faults = [Fault("routes.csv:C3", "found 'many', expected a number", "error", "routes", "C3")]
    write_faults(folder, faults, tmp_path / "out.xlsx")
    book = load_workbook(tmp_path / "out.xlsx")
    sheet = book["routes"]
    assert [cell.value for cell in sheet[2]] == ["007", "Wroks", 3.5]
    assert (sheet["A3"].value, sheet["A3"].data_type) == ("=x", "s")
    assert "expected a number" in sheet["C3"].comment.text
    assert book["notes"]["A1"].value == "remember"


def test_what_the_reader_finds_it_finds_again(tmp_path: Path) -> None:
    """The marked workbook has the same faults at the same places: only its looks have changed."""
    folder = tmp_path / "input"
    folder.mkdir()
    tables = {
        "Settings": "key,value\nstart,2026-01\nperiods,3\nobjective,weighted\n",
        "Items": "item,weight\nradar,heavy\n",
        "Nodes": "node,kind\nFront,destination\nDepot,depto\n",
        "Demand": "destination,item,period,quantity\nFornt,radar,2026-02,5\nFront,radar,2026-09,-5\n",
    }
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    before = read(folder).faults
    assert len(before) >= 5
    write_faults(folder, before, tmp_path / "out.xlsx")
    after = read(tmp_path / "out.xlsx").faults
    assert [(fault.sheet, fault.cell) for fault in after] == [(fault.sheet, fault.cell) for fault in before]
