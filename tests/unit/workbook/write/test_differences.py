"""What differs between two inputs: cells, rows, and nothing but that."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner import cli
from planner.workbook.reading.raw import RawInput, read_raw
from planner.workbook.write.differences import differences
from tests.places import INPUTS


def folder(path: Path, **tables: str) -> RawInput:
    path.mkdir()
    for name, text in tables.items():
        (path / f"{name}.csv").write_text(text, encoding="utf-8")
    return read_raw(path)


def rows_of(before: RawInput, after: RawInput) -> list[tuple[str, ...]]:
    return [(row.table, row.key, row.column, row.before, row.after, row.kind) for row in differences(before, after)]


def test_a_sample_and_its_workbook_are_the_same() -> None:
    for sample in ("quickstart", "renewed-attack", "coalition"):
        assert differences(read_raw(INPUTS / sample), read_raw(INPUTS / f"{sample}.xlsx")) == []


def test_the_order_of_rows_and_columns_and_the_spelling_of_numbers_are_no_difference(tmp_path: Path) -> None:
    one = folder(tmp_path / "a", Lines="line,factory,item,unit cost\nL1,F,gun,5\nL2,F,gun,7.0\n")
    other = folder(tmp_path / "b", Lines="item,unit_cost,line,factory,note\ngun,7,L2,F,new\ngun,5.00,L1,F,\n")
    assert rows_of(one, other) == []


def test_cells_and_rows_are_told_by_the_key_of_their_table(tmp_path: Path) -> None:
    one = folder(tmp_path / "a", Lines="line,factory,item,unit_cost\nL1,F,gun,5\nL2,F,gun,7\n")
    other = folder(tmp_path / "b", Lines="line,factory,item,unit_cost\nL1,F,gun,6\nL3,F,gun,8\n")
    assert rows_of(one, other) == [
        ("Lines", "line L1", "unit_cost", "5", "6", "changed"),
        ("Lines", "line L2", "", "factory=F; item=gun; unit_cost=7", "", "removed"),
        ("Lines", "line L3", "", "", "factory=F; item=gun; unit_cost=8", "added"),
    ]


def test_a_wide_table_is_its_periods_and_rows_that_add_up_are_summed(tmp_path: Path) -> None:
    stocks = "node,item,2026-01,2026-02\nD,gun,3,4\nD,gun,1,\n"
    one = folder(tmp_path / "a", Stocks=stocks)
    other = folder(tmp_path / "b", Stocks="node,item,period,quantity\nD,gun,2026-01,4\nD,gun,2026-02,5\n")
    assert rows_of(one, other) == [("Stocks", "node D, item gun, period 2026-02", "quantity", "4", "5", "changed")]


def test_rows_without_a_name_are_told_by_what_they_must_have(tmp_path: Path) -> None:
    one = folder(tmp_path / "a", Routes="origin,destination,cost\nA,B,1\nB,C,1\n")
    other = folder(tmp_path / "b", Routes="origin,destination,cost\nB,C,2\nA,B,1\n")
    assert rows_of(one, other) == [("Routes", "origin B, destination C", "cost", "1", "2", "changed")]


def test_cells_are_compared_by_what_they_mean(tmp_path: Path) -> None:
    settings = "key,value\nstart,2026-01\nperiods,12\n"
    one = folder(
        tmp_path / "a",
        Settings=settings,
        Nations="nation,groups,beneficiary\nPL,EU; EEA,yes\n",
        Lines="line,factory,item,opens,content\nL1,F,gun,2026-03,PL:0.70;US:0.3\n",
        Contingencies="contingency,period\nattack,2026-07; 2026-Q1\nother,any\n",
    )
    other = folder(
        tmp_path / "b",
        Settings="key,value\nPeriods,12.0\nSTART,2026-01-01\n",
        Nations="nation,groups,beneficiary\nPL,EEA;EU,TRUE\n",
        Lines="line,factory,item,opens,content\nL1,F,gun,3,US:0.3; PL:0.7\n",
        Contingencies="contingency,period\nattack,2026-01;2026-02; 2026-03; 7\nother,ANY\n",
    )
    assert rows_of(one, other) == []


def test_a_name_of_digits_is_no_number(tmp_path: Path) -> None:
    one = folder(tmp_path / "a", Items="item,name,weight\n007,gun,1\n")
    other = folder(tmp_path / "b", Items="item,name,weight\n7,gun,1\n")
    assert [row[1] for row in rows_of(one, other)] == ["item 007", "item 7"]


def test_rows_of_one_key_are_paired_whatever_their_order(tmp_path: Path) -> None:
    rows = ["A,B,rail,1", "A,B,road,2", "A,B,sea,3"]
    head = "origin,destination,mode,cost\n"
    one = folder(tmp_path / "a", Routes=head + "\n".join(rows))
    other = folder(tmp_path / "b", Routes=head + "\n".join(["A,B,sea,3", "A,B,rail,9", "A,B,road,2"]))
    assert rows_of(one, other) == [("Routes", "origin A, destination B", "cost", "1", "9", "changed")]


def test_rows_without_a_key_are_told_by_all_they_say_whatever_the_order_of_columns(tmp_path: Path) -> None:
    one = folder(tmp_path / "a", Eligibility="fund,items,tier\nF,gun,1\nF,,2\n")
    other = folder(tmp_path / "b", Eligibility="tier,items,fund\n2,,F\n3,gun,F\n")
    assert rows_of(one, other) == [
        ("Eligibility", "fund F, items gun, tier 1", "", "", "", "removed"),
        ("Eligibility", "fund F, items gun, tier 3", "", "", "", "added"),
    ]


def test_a_period_that_hangs_on_an_event_is_compared_too(tmp_path: Path) -> None:
    one = folder(tmp_path / "a", Demand="demand,destination,item,ceasefire+2\nD,X,gun,5\n")
    other = folder(tmp_path / "b", Demand="demand,destination,item,ceasefire+2\nD,X,gun,6\n")
    assert rows_of(one, other) == [("Demand", "demand D, period ceasefire+2", "quantity", "5", "6", "changed")]


def test_amounts_of_two_currencies_are_not_added(tmp_path: Path) -> None:
    head = "fund,contributor,year,amount,currency\n"
    one = folder(tmp_path / "a", Budgets=head + "F,PL,2026,5,EUR\nF,PL,2026,7,PLN\nF,PL,2026,1,EUR\n")
    other = folder(tmp_path / "b", Budgets=head + "F,PL,2026,7,PLN\nF,PL,2026,6,EUR\n")
    changed = folder(tmp_path / "c", Budgets=head + "F,PL,2026,6,PLN\nF,PL,2026,7,EUR\n")
    assert rows_of(one, other) == []
    assert len(rows_of(one, changed)) == 2


def test_the_same_period_number_on_another_calendar_is_another_period(tmp_path: Path) -> None:
    capacity = "object,period,quantity\nL1,3,5\n"
    one = folder(tmp_path / "a", Settings="key,value\nstart,2026-01\nperiods,9\n", Capacity=capacity)
    other = folder(tmp_path / "b", Settings="key,value\nstart,2026-02\nperiods,9\n", Capacity=capacity)
    assert rows_of(one, other)[1:] == [
        ("Capacity", "object L1, period 2026-03", "", "quantity=5", "", "removed"),
        ("Capacity", "object L1, period 2026-04", "", "", "quantity=5", "added"),
    ]


def test_a_capacity_for_a_year_is_not_that_of_its_first_month(tmp_path: Path) -> None:
    settings = "key,value\nstart,2026-01\nperiods,12\n"
    one = folder(tmp_path / "a", Settings=settings, Capacity="object,period,quantity\nL1,2026,5\n")
    other = folder(tmp_path / "b", Settings=settings, Capacity="object,period,quantity\nL1,2026-01,5\n")
    assert [row[1:] for row in rows_of(one, other)] == [
        ("object L1, period 2026", "", "quantity=5", "", "removed"),
        ("object L1, period 2026-01", "", "", "quantity=5", "added"),
    ]


def test_the_command_shows_no_more_rows_than_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder(tmp_path / "a", Items="item\nA\nB\nC\n")
    folder(tmp_path / "b", Items="item\nD\n")
    assert cli.run(["diff", str(tmp_path / "a"), str(tmp_path / "b"), "--limit", "1"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "Items: 4 differences"
    assert said[-1] == "  … and 3 more (--limit)"
    assert len(said) == 3


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
