"""What the fast reader would swallow or choke on is named before it sees the file."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from planner.workbook import read
from planner.workbook.package.guard import inspect_workbook
from tests.unit.workbook.sheets import BASE, save_workbook


def changed(tmp_path: Path, sheet: str, change: Callable[[Worksheet], object]) -> Path:
    path = save_workbook(BASE, tmp_path / "book.xlsx")
    book = openpyxl.load_workbook(path)
    change(book[sheet])
    book.save(path)
    return path


def rewritten(path: Path, part: str, change: Callable[[str], str]) -> Path:
    """The workbook with the XML of one part changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts[part].decode()).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def set_cell(cell: str, value: object) -> Callable[[Worksheet], object]:
    def change(sheet: Worksheet) -> None:
        sheet[cell] = value  # type: ignore[assignment]

    return change


def places(path: Path) -> list[str]:
    found = read(path)
    assert (found.instance is None) == bool(found.faults)
    return [fault.place for fault in found.faults]


def test_a_formula_without_stored_value_is_named(tmp_path: Path) -> None:
    path = changed(tmp_path, "Lines", set_cell("D2", "=5+5"))
    (fault,) = read(path).faults
    assert (fault.place, fault.sheet, fault.cell) == ("Lines!D2", "Lines", "D2")
    assert "formula without a stored value" in fault.message


def test_a_formula_with_a_stored_value_is_its_value(tmp_path: Path) -> None:
    path = changed(tmp_path, "Lines", set_cell("D2", "=5+7"))
    path = rewritten(path, "xl/worksheets/sheet6.xml", lambda xml: xml.replace("<v />", "<v>12</v>"))
    found = read(path)
    assert found.instance is not None, found.faults
    assert found.instance.lines["L1"].unit_cost == 12


def test_a_formula_that_gives_empty_text_is_a_blank_cell(tmp_path: Path) -> None:
    path = changed(tmp_path, "Lines", set_cell("D2", '=""'))

    def stored(xml: str) -> str:
        return xml.replace('<c r="D2"><f>""</f><v /></c>', '<c r="D2" t="str"><f>""</f><v></v></c>')

    found = read(rewritten(path, "xl/worksheets/sheet6.xml", stored))
    assert found.instance is not None, found.faults
    assert found.instance.lines["L1"].unit_cost == 0


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_a_number_that_is_not_finite_is_named(tmp_path: Path, value: float) -> None:
    path = changed(tmp_path, "Lines", set_cell("D2", value))  # openpyxl writes a number cell without a number
    assert places(path) == ["Lines!D2"]
    path = rewritten(path, "xl/worksheets/sheet6.xml", lambda xml: xml.replace("<v />", f"<v>{value}</v>"))
    assert places(path) == ["Lines!D2"]


@pytest.mark.parametrize("error", ["#DIV/0!", "#N/A", "#REF!", "#VALUE!"])
def test_an_error_value_is_named(tmp_path: Path, error: str) -> None:
    (fault,) = read(changed(tmp_path, "Lines", set_cell("D3", error))).faults
    assert fault.place == "Lines!D3"
    assert error in fault.message


def test_attributes_in_another_order_are_understood(tmp_path: Path) -> None:
    path = changed(tmp_path, "Lines", set_cell("D3", "#N/A"))

    def reorder(xml: str) -> str:
        return xml.replace('<c r="D3" t="e">', '<c t="e" r="D3" cm="1">')

    assert places(rewritten(path, "xl/worksheets/sheet6.xml", reorder)) == ["Lines!D3"]


@pytest.mark.parametrize(
    ("area", "expected"),
    [
        ("B2:C2", ["Lines!B2"]),
        ("C2:C3", ["Lines!C2"]),
        ("A3:B9", ["Lines!A3"]),  # reaches beyond the table
        ("A1:B1", ["Lines!A1"]),
        ("F2:G3", []),  # beside the table
        ("A9:B9", []),  # below it
    ],
)
def test_merged_cells_are_named_where_they_touch_a_table(tmp_path: Path, area: str, expected: list[str]) -> None:
    assert places(changed(tmp_path, "Lines", lambda sheet: sheet.merge_cells(area))) == expected


def test_cells_of_notes_may_be_anything(tmp_path: Path) -> None:
    path = save_workbook({**BASE, "notes": [["=1+1", "#N/A"]]}, tmp_path / "book.xlsx")
    book = openpyxl.load_workbook(path)
    book["notes"].merge_cells("A3:C5")
    lines = book["Lines"]
    lines["E1"], lines["E2"] = "# sums", "=D2+D3"
    lines.merge_cells("E2:E3")
    book.save(path)
    assert places(path) == []


@pytest.mark.parametrize("cell", ["XFD1048576", "A1048576", "AB900000"])
def test_a_stray_cell_far_out_is_named(tmp_path: Path, cell: str) -> None:
    path = changed(tmp_path, "Demand", set_cell(cell, 1))
    assert places(path) == [f"Demand!{cell}"]


def test_a_stray_formula_far_out_is_named(tmp_path: Path) -> None:
    assert places(changed(tmp_path, "Demand", set_cell("XFD1048576", "=1+1"))) == ["Demand!XFD1048576"]


def test_cells_that_are_only_formatted_count_for_nothing(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        sheet["XFD1048576"].font = Font(bold=True)

    assert places(changed(tmp_path, "Demand", change)) == []


def test_a_whole_sheet_merged_many_times_is_refused(tmp_path: Path) -> None:
    merged = '<mergeCell ref="A1:XFD1048576" />' * 20_001

    def change(xml: str) -> str:
        return xml.replace("</sheetData>", f'</sheetData><mergeCells count="1">{merged}</mergeCells>')

    path = rewritten(save_workbook(BASE, tmp_path / "book.xlsx"), "xl/worksheets/sheet6.xml", change)
    (fault,) = read(path).faults
    assert "too many merged cells" in fault.message


def test_two_stray_cells_are_both_named(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        sheet["XFD2"], sheet["B1048576"] = 1, 1

    assert places(changed(tmp_path, "Demand", change)) == ["Demand!B1048576", "Demand!XFD2"]


def test_a_stray_cell_near_by_is_named(tmp_path: Path) -> None:
    (fault,) = read(changed(tmp_path, "Lines", set_cell("H9", 1))).faults
    assert fault.place == "Lines!H9"
    assert "under no column name" in fault.message


def test_a_stray_cell_below_a_table_is_named(tmp_path: Path) -> None:
    (fault,) = read(changed(tmp_path, "Demand", set_cell("E40", 7))).faults
    assert fault.place == "Demand!E40"
    assert "found 7 alone in its row" in fault.message


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"hello", "is not an Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "password-protected or an old .xls"),
        (b"PK\x03\x04" + bytes(60), "damaged"),
    ],
)
def test_a_file_that_is_no_workbook_is_one_fault(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(content)
    (fault,) = read(path).faults
    assert fault.place == "book.xlsx"
    assert words in fault.message


def test_a_zip_archive_that_is_no_workbook_is_one_fault(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "book.xlsx", "w") as archive:
        archive.writestr("readme.txt", "hello")
    (fault,) = read(tmp_path / "book.xlsx").faults
    assert "is not an Excel workbook (.xlsx), but a zip archive; expected a workbook" in fault.message


def test_every_truncation_is_one_fault(tmp_path: Path) -> None:
    whole = save_workbook(BASE, tmp_path / "book.xlsx").read_bytes()
    path = tmp_path / "cut.xlsx"
    for share in range(1, 20):
        path.write_bytes(whole[: len(whole) * share // 20])
        assert len(read(path).faults) == 1


def test_a_zip_bomb_is_refused_quickly(tmp_path: Path) -> None:
    path = save_workbook(BASE, tmp_path / "book.xlsx")
    rewritten(path, "xl/worksheets/sheet6.xml", lambda xml: xml + " " * (64 * 2**20))
    assert path.stat().st_size < 2**18
    start = time.process_time()
    (fault,) = read(path).faults
    assert "would unpack" in fault.message
    assert time.process_time() - start < 2  # of the processor: how busy the machine is does not count


def test_a_part_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    path = save_workbook(BASE, tmp_path / "book.xlsx")
    content = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("xl/worksheets/sheet6.xml").file_size
    path.write_bytes(content.replace(size.to_bytes(4, "little"), (size - 100).to_bytes(4, "little")))
    assert len(read(path).faults) == 1


def test_entities_are_refused(tmp_path: Path) -> None:
    path = save_workbook(BASE, tmp_path / "book.xlsx")
    declared = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    rewritten(path, "xl/worksheets/sheet6.xml", lambda xml: declared + xml)
    (fault,) = read(path).faults
    assert "document type declaration" in fault.message


def test_broken_xml_is_one_fault(tmp_path: Path) -> None:
    path = save_workbook(BASE, tmp_path / "book.xlsx")
    rewritten(path, "xl/worksheets/sheet6.xml", lambda xml: xml.replace("</worksheet>", ""))
    (fault,) = read(path).faults
    assert "not well-formed" in fault.message


def _seconds_to_inspect(folder: Path, rows: int) -> float:
    """Processor seconds for a sheet of ten columns."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Demand")
    for row in range(rows):
        sheet.append([float(row)] * 10)
    book.save(folder / f"{rows}.xlsx")
    content = (folder / f"{rows}.xlsx").read_bytes()
    start = time.process_time()
    inspect_workbook(content)
    return time.process_time() - start


def test_the_time_to_inspect_grows_with_the_cells_and_no_faster(tmp_path: Path) -> None:
    """Ten times the cells take about ten times as long; were it by pairs of cells, a hundred times."""
    few, many = (_seconds_to_inspect(tmp_path, rows) for rows in (2_000, 20_000))
    assert many < 40 * few
