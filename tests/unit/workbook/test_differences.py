"""What differs between two inputs: cells, rows, and nothing but that."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner import cli
from planner.workbook.differences import differences
from planner.workbook.raw import RawInput, read_raw

INPUTS = Path(__file__).resolve().parents[3] / "inputs"


def folder(path: Path, **tables: str) -> RawInput:
    path.mkdir()
    for name, text in tables.items():
        (path / f"{name}.csv").write_text(text, encoding="utf-8")
    return read_raw(path)


def told(before: RawInput, after: RawInput) -> list[tuple[str, ...]]:
    return [(row.table, row.key, row.column, row.before, row.after, row.kind) for row in differences(before, after)]


def test_a_sample_and_its_workbook_are_the_same() -> None:
    for sample in ("quickstart", "coalition"):
        assert differences(read_raw(INPUTS / sample), read_raw(INPUTS / f"{sample}.xlsx")) == []


def test_the_order_of_rows_and_columns_and_the_spelling_of_numbers_are_no_difference(tmp_path: Path) -> None:
    one = folder(tmp_path / "a", Lines="line,factory,item,unit cost\nL1,F,gun,5\nL2,F,gun,7.0\n")
    other = folder(tmp_path / "b", Lines="item,unit_cost,line,factory,note\ngun,7,L2,F,new\ngun,5.00,L1,F,\n")
    assert told(one, other) == []


def test_cells_and_rows_are_told_by_the_key_of_their_table(tmp_path: Path) -> None:
    one = folder(tmp_path / "a", Lines="line,factory,item,unit_cost\nL1,F,gun,5\nL2,F,gun,7\n")
    other = folder(tmp_path / "b", Lines="line,factory,item,unit_cost\nL1,F,gun,6\nL3,F,gun,8\n")
    assert told(one, other) == [
        ("Lines", "line L1", "unit_cost", "5", "6", "changed"),
        ("Lines", "line L2", "", "factory=F; item=gun; unit_cost=7", "", "removed"),
        ("Lines", "line L3", "", "", "factory=F; item=gun; unit_cost=8", "added"),
    ]


def test_a_wide_table_is_its_periods_and_rows_that_add_up_are_summed(tmp_path: Path) -> None:
    stocks = "node,item,2026-01,2026-02\nD,gun,3,4\nD,gun,1,\n"
    one = folder(tmp_path / "a", Stocks=stocks)
    other = folder(tmp_path / "b", Stocks="node,item,period,quantity\nD,gun,2026-01,4\nD,gun,2026-02,5\n")
    assert told(one, other) == [("Stocks", "node D, item gun, period 2026-02", "quantity", "4", "5", "changed")]


def test_rows_without_a_name_are_told_by_what_they_must_have(tmp_path: Path) -> None:
    one = folder(tmp_path / "a", Routes="origin,destination,cost\nA,B,1\nB,C,1\n")
    other = folder(tmp_path / "b", Routes="origin,destination,cost\nB,C,2\nA,B,1\n")
    assert told(one, other) == [("Routes", "origin B, destination C", "cost", "1", "2", "changed")]


def test_the_command_says_where_two_inputs_differ(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    quickstart, february = str(INPUTS / "quickstart"), str(INPUTS / "quickstart-february.xlsx")
    assert cli.run(["diff", quickstart, february]) == 0
    said = capsys.readouterr().out
    assert "Actuals: 6 differences" in said
    assert "Settings: 1 difference" in said
    assert cli.run(["diff", quickstart, str(INPUTS / "quickstart.xlsx")]) == 0
    assert capsys.readouterr().out == "The inputs are the same.\n"
    assert cli.run(["diff", quickstart, str(tmp_path / "none.xlsx")]) == 2
    (tmp_path / "run.json").write_text("{}", encoding="utf-8")
    assert cli.run(["diff", quickstart, str(tmp_path)]) == 64
