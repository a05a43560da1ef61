"""The conversion of a CSV folder to a workbook."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook

from planner.errors import InputError
from planner.workbook.write.convert import main, write_workbook


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two tables and notes, written in another order than that of the contract."""
    source = tmp_path / "plan"
    source.mkdir()
    (source / "notes.csv").write_text("topic,note\nscale,thousands\n", encoding="utf-8")
    (source / "demand.csv").write_text(
        "destination,item,2026-01,2026-02,note\nCity,007,5,,=SUM(A1)\n", encoding="utf-8"
    )
    (source / "Items.csv").write_text(
        '\ufeffitem,name,weight,unit\n007,"Süd, schwer",1.5e-3,+x\nbox,-,1e400,12\n', encoding="utf-8"
    )
    return source


def test_sheets_stand_in_the_order_of_the_contract_and_carry_its_names(folder: Path, tmp_path: Path) -> None:
    write_workbook(folder, tmp_path / "plan.xlsx")
    assert load_workbook(tmp_path / "plan.xlsx").sheetnames == ["Items", "Demand", "notes"]


def test_numbers_become_numbers_and_text_stays_text(folder: Path, tmp_path: Path) -> None:
    write_workbook(folder, tmp_path / "plan.xlsx")
    book = load_workbook(tmp_path / "plan.xlsx")
    items, demand = book["Items"], book["Demand"]
    assert [cell.value for cell in items[2]] == ["007", "Süd, schwer", 0.0015, "+x"]
    assert [cell.value for cell in items[3]] == ["box", "-", "1e400", "12"], "what is no finite number stays as typed"
    assert [cell.value for cell in demand[2]] == ["City", "007", 5, None, "=SUM(A1)"]
    assert demand["E2"].data_type == "s", "a text that looks like a formula is none"


def test_a_name_of_digits_stays_one_where_a_cell_is_kept_as_typed(tmp_path: Path) -> None:
    source = tmp_path / "options"
    source.mkdir()
    text = "option,table,column,change,value\nA,Lines,item,set,007\nB,Lines,capacity,set,7\n"
    (source / "Options.csv").write_text(text, encoding="utf-8")
    write_workbook(source, tmp_path / "options.xlsx")
    sheet = load_workbook(tmp_path / "options.xlsx")["Options"]
    assert [sheet["E2"].value, sheet["E3"].value] == ["007", 7]


def test_the_same_folder_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    write_workbook(folder, tmp_path / "first.xlsx")
    write_workbook(folder, tmp_path / "second.xlsx")
    assert (tmp_path / "first.xlsx").read_bytes() == (tmp_path / "second.xlsx").read_bytes()


def test_no_moment_of_writing_is_left_in_the_workbook(folder: Path, tmp_path: Path) -> None:
    write_workbook(folder, tmp_path / "plan.xlsx")
    with zipfile.ZipFile(tmp_path / "plan.xlsx") as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        moments = re.findall(rb"\d{4}-\d\d-\d\dT[\d:]+Z?", archive.read("docProps/core.xml"))
    assert moments
    assert set(moments) == {b"2000-01-01T00:00:00Z"}


def test_one_folder_or_all_folders_inside_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(folder)]) == 0
    assert main([str(folder.parent)]) == 0
    assert folder.with_name("plan.xlsx").exists()
    assert capsys.readouterr().out.count("plan.xlsx") == 2


def test_faults_are_said_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "Items.csv").write_bytes("item\nM\xfcller\n".encode("latin-1"))
    assert main([str(tmp_path / "bad")]) == 2
    assert "Items.csv: is not a comma-separated file in UTF-8" in capsys.readouterr().err
    assert main([str(tmp_path / "none"), str(tmp_path / "none.xlsx")]) == 2
    assert "found no CSV files" in capsys.readouterr().err
    (tmp_path / "bad" / "Items.csv").write_text("item\nbell\x07\n", encoding="utf-8")
    assert main([str(tmp_path / "bad"), str(tmp_path / "bad.xlsx")]) == 2
    assert "control character" in capsys.readouterr().err
    assert main([]) == 64
    with pytest.raises(InputError):
        write_workbook(tmp_path, tmp_path / "x.xlsx")
