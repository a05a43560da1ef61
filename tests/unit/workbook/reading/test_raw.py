"""What stands in which cell: workbooks and CSV folders, and files that are neither."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from planner.workbook import read
from planner.workbook.reading.raw import RawTable, bracket_unit, column_letters, normalise, read_raw
from tests.unit.workbook.sheets import BASE, save_folder, save_workbook, sheets


@pytest.mark.parametrize(
    "typed", ["unit_cost", "Unit cost", "UNIT-COST", "Unit cost (EUR)", "unit_cost [EUR/unit]", " Unit  Cost "]
)
def test_column_names_are_compared_without_case_blanks_marks_and_units(typed: str) -> None:
    assert normalise(typed) == "unitcost"


def test_the_unit_in_brackets_is_kept_aside() -> None:
    assert bracket_unit("Unit cost (kEUR)") == "kEUR"
    assert bracket_unit("Unit cost") is None


def test_column_letters() -> None:
    assert [column_letters(index) for index in (0, 25, 26, 701, 702, 16383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]


def test_a_workbook_and_a_folder_hold_the_same_tables(tmp_path: Path) -> None:
    book = read_raw(save_workbook(BASE, tmp_path / "book.xlsx"))
    folder = read_raw(save_folder(BASE, tmp_path / "folder"))
    assert not book.faults
    assert not folder.faults
    assert (book.textual, folder.textual) == (False, True)
    lines = book.table("lines")
    assert isinstance(lines, RawTable)
    assert lines.header == ("line", "factory", "item", "unit_cost")
    assert lines.rows == (("L1", "F", "shell", 10.0), ("L2", "F", "fuze", 2.0))
    assert lines.place(1, 3) == ("Lines!D3", "Lines", "D3")
    textual = folder.table("LINES")
    assert isinstance(textual, RawTable)
    assert textual.rows == (("L1", "F", "shell", "10"), ("L2", "F", "fuze", "2"))
    assert textual.place(1, 3) == ("Lines.csv:D3", "Lines", "D3")


def test_positions_hold_where_rows_and_columns_are_blank(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Items"
    sheet["B1"], sheet["B4"], sheet["D4"] = "item", " shell ", date(2026, 3, 1)
    sheet["C4"] = datetime(2026, 3, 1, 12)
    book.save(tmp_path / "book.xlsx")
    table = read_raw(tmp_path / "book.xlsx").tables[0]
    assert table.header == (None, "item", None, None)
    assert table.rows[2] == (None, "shell", datetime(2026, 3, 1, 12), date(2026, 3, 1))
    assert table.place(2, 1)[2] == "B4"


def test_notes_are_kept_apart(tmp_path: Path) -> None:
    made = sheets(**{"Notes on sources": [["what", "where"], ["prices", "a report"]], "#old": [["x"]]})
    made["Items"][0].append("note on it")
    made["Items"][1].append("from a catalogue")
    made["Items"][0].append("# mine")
    made["Items"][1].append("not for the report")
    raw = read_raw(save_workbook(made, tmp_path / "book.xlsx"))
    assert [table.name for table in raw.notes] == ["Notes on sources", "#old"]
    items = raw.table("Items")
    assert items is not None
    assert list(items.notes()) == [("Items!C2", "from a catalogue")]
    found = read(tmp_path / "book.xlsx").instance
    assert found is not None
    assert found.notes == (
        "Notes on sources: what · where",
        "Notes on sources: prices · a report",
        "Items!C2: from a catalogue",
    )


def test_the_digest_follows_names_and_contents(tmp_path: Path) -> None:
    first = read_raw(save_folder(BASE, tmp_path / "a")).sha256
    assert first == read_raw(save_folder(BASE, tmp_path / "b")).sha256
    (tmp_path / "b" / "Items.csv").rename(tmp_path / "b" / "items.csv")
    assert first != read_raw(tmp_path / "b").sha256
    with (tmp_path / "a" / "Items.csv").open("a") as file:
        file.write("x,\n")
    assert first != read_raw(tmp_path / "a").sha256
    assert len(first) == 64


def test_csv_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    assert read(save_folder(BASE, tmp_path / "a", "utf-8-sig")).instance is not None


def test_csv_in_another_encoding_is_one_fault(tmp_path: Path) -> None:
    made = sheets()
    made["Items"].append(["Größe", None])
    path = save_folder(made, tmp_path / "a", "latin-1")
    (fault,) = read(path).faults
    assert fault.place == "Items.csv"
    assert "line 4 is not UTF-8" in fault.message


@pytest.mark.parametrize(("mark", "word"), [(";", "semicolons"), ("\t", "tabs")])
def test_csv_with_another_separator_is_one_fault_for_each_file(tmp_path: Path, mark: str, word: str) -> None:
    found = read(save_folder(BASE, tmp_path / "a", delimiter=mark)).faults
    assert [fault.place for fault in found] == sorted(f"{name}.csv" for name in BASE)
    assert all(word in fault.message for fault in found)


def test_a_line_that_tells_a_spreadsheet_the_separator_is_one_fault(tmp_path: Path) -> None:
    path = save_folder(BASE, tmp_path / "a")
    (path / "Lines.csv").write_text("sep=,\nline,factory,item\nL1,F,shell\n")
    (fault,) = read(path).faults
    assert (fault.place, fault.message[:29]) == ("Lines.csv", "begins with the line sep=; de")


@pytest.mark.parametrize("above", ["\n\n", "Lines of 2026\n\n", ",,\n\n"])
def test_what_stands_above_the_column_names_is_one_fault(tmp_path: Path, above: str) -> None:
    """A blank line has no cells, a title has one: neither is a header with which rows can be too long."""
    path = save_folder(BASE, tmp_path / "a")
    (path / "Lines.csv").write_text(f"{above}line,factory,item\nL1,F,shell\n", encoding="utf-8")
    (fault,) = read(path).faults
    assert (fault.place, fault.message[:57]) == (
        "Lines.csv:A3",
        "row 3 looks like the header (line, factory, item), but th",
    )


def test_an_unquoted_decimal_comma_is_one_fault(tmp_path: Path) -> None:
    path = save_folder(BASE, tmp_path / "a")
    (path / "Lines.csv").write_text("line,factory,item,unit_cost\nL1,F,shell,10,5\nL2,F,fuze,2\n")
    (fault,) = read(path).faults
    assert fault.place == "Lines.csv:E2"
    assert "decimal points" in fault.message


@pytest.mark.parametrize("typed", ["10,5", "1 000", "1.000,5", "1'000", "abc", "0x1F", "1_000", "nan", "inf", "٣"])
def test_numbers_in_csv_have_decimal_points_and_nothing_else(tmp_path: Path, typed: str) -> None:
    made = sheets(Lines=[["line", "factory", "item", "unit_cost"], ["L1", "F", "shell", typed]])
    (fault,) = read(save_folder(made, tmp_path / "a")).faults
    assert fault.place == "Lines.csv:D2"
    assert "expected a number" in fault.message


def test_malformed_quotes_and_nul_characters_are_faults(tmp_path: Path) -> None:
    path = save_folder(BASE, tmp_path / "a")
    (path / "Items.csv").write_text('item\n"shell"x\n')
    assert [fault.place for fault in read(path).faults] == ["Items.csv"]
    (path / "Items.csv").write_text('item\n"two\nlines"\nshell\n"fuze\n')
    (fault,) = read(path).faults
    assert "in the row that begins in line 5" in fault.message
    (path / "Items.csv").write_bytes(b"item\nsh\0ell\n")
    assert [fault.place for fault in read(path).faults] == ["Items.csv"]


def test_quoted_line_breaks_do_not_shift_the_rows(tmp_path: Path) -> None:
    path = save_folder(BASE, tmp_path / "a")
    (path / "Items.csv").write_text('item,name,lot\nshell,"two\nlines",1\nfuze,,-1\n')
    assert [fault.place for fault in read(path).faults] == ["Items.csv:C3"]


def test_a_folder_without_csv_files_and_a_missing_path_are_one_fault(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for path, words in ((tmp_path / "empty", "holds no CSV file"), (tmp_path / "nowhere.xlsx", "no such file")):
        found = read(path)
        assert found.instance is None
        (fault,) = found.faults
        assert words in fault.message


def test_one_csv_file_is_not_an_input(tmp_path: Path) -> None:
    (tmp_path / "Items.csv").write_text("item\nshell\n")
    (fault,) = read(tmp_path / "Items.csv").faults
    assert "give the folder" in fault.message


def test_the_heading_of_a_notes_sheet_is_no_note(tmp_path: Path) -> None:
    made = sheets(
        **{
            "notes": [["topic", "note"], ["Prices", "a report"]],
            "notes of Anna": [["Anna", "asked in May"], ["x", "y"]],
        }
    )
    found = read(save_workbook(made, tmp_path / "book.xlsx")).instance
    assert found is not None
    assert found.notes == ("notes: Prices · a report", "notes of Anna: Anna · asked in May", "notes of Anna: x · y")
