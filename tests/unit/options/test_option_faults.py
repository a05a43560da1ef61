"""Faults of options are named at the cell of the Options sheet, and with the option."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from small_world import options, raw, sheets, write

from planner import cli
from planner.errors import InputError
from planner.options.changes.checking import option_warnings
from planner.options.changes.faults import input_faults, problem_faults
from planner.options.changes.option import read_options
from planner.options.changes.overrides import apply_option
from planner.options.pipeline import compare_workbook
from planner.workbook import interpret
from tests.seeds import only_long


def test_a_change_that_cannot_be_made_is_a_fault_at_its_cell(tmp_path: Path) -> None:
    made = raw(
        tmp_path,
        Options=options(
            ("MORE", "Budgets", "fund=Joint", "amount", "scale", 2),
            ("WRONG", "Budgets", "fund=Joimt", "amount", "scale", 2),
            ("WRONG", "Routes", "origin=Alpha", "capacity_t", "scale", 2),
        ),
    )
    found = {name: apply_option(option, made).problems for name, option in read_options(made).items()}
    messages = [str(fault) for fault in problem_faults(made, found)]
    assert messages[0].startswith(
        "Options!C3 (where): option WRONG (row 3): no row of Budgets has fund=Joimt, did you mean 'Joint'"
    )
    assert messages[1].startswith("Options!D4 (column): option WRONG (row 4): Routes!D2 is blank")
    assert len(messages) == 2


def test_a_fault_of_the_changed_input_is_told_at_the_cell_that_makes_it(tmp_path: Path) -> None:
    made = raw(tmp_path, Options=options(("FRACTION", "Budgets", "fund=Joint", "year", "scale", 1.0001)))
    option = read_options(made)["FRACTION"]
    changed = apply_option(option, made)
    messages = [str(fault) for fault in input_faults(made, option, changed.edits, interpret(changed.raw).faults)]
    assert messages == [
        "Options!F2 (value): option FRACTION (row 2): makes Budgets!C2 (year) wrong: found 2026.2026, expected a whole number "
        "from 1900 to 2999 (and 1 more)"
    ]


# One fault in each row but the last, each of another kind: of the table's name, of a column's, of a condition, of a
# value beside a condition that no row meets, of what the changed input then says, of what it can be compared with.
FAULTY = options(
    ("TABLE", "Budgts", "fund=Joint", "amount", "scale", 2),
    ("COLUMN", "Budgets", "fund=Jont", "amont", "scale", 2),
    ("PERIOD", "Demand", "", "2026-02", "scale", 2),
    ("UNMET", "Budgets", "fund=Jont", "amount", "scale", 2),
    ("VALUE", "Budgets", "fund=Jont", "amount", "scale", "twice"),
    ("NEGATIVE", "Budgets", "fund=Joint", "amount", "add", -900),
    ("NEGATIVE", "Budgets", "fund=Nobody", "amount", "add", -900),
    ("SHORTER", "Settings", "", "periods", "set", 3),
    ("FINE", "Budgets", "fund=Joint", "amount", "scale", 2),
)


def test_every_fault_of_every_row_is_listed_at_once_by_cell(tmp_path: Path) -> None:
    source = write(sheets(Options=FAULTY), tmp_path / "in.xlsx")
    with pytest.raises(InputError) as refused:
        compare_workbook(source, tmp_path / "out")
    messages = [str(fault) for fault in refused.value.faults]
    wanted = (
        "Options!B2 (table): found 'Budgts', expected a table, did you mean 'Budgets'?",
        "Options!D3 (column): found 'amont', which Budgets does not have, did you mean 'amount'?",
        "Options!C3 (where): option COLUMN (row 3): no row of Budgets has fund=Jont, did you mean 'Joint'?",
        "Options!D4 (column): found '2026-02', which Demand does not have; expected the column quantity, and period=2026-02 in where",
        "Options!C5 (where): option UNMET (row 5): no row of Budgets has fund=Jont, did you mean 'Joint'?",
        "Options!F6 (value): found 'twice', expected a number",
        "Options!C6 (where): option VALUE (row 6): no row of Budgets has fund=Jont, did you mean 'Joint'?",
        "Options!F7 (value): option NEGATIVE (row 7): makes Budgets!D2 (amount) wrong: found -400, expected a number of at least 0",
        "Options!C8 (where): option NEGATIVE (row 8): no row of Budgets has fund=Nobody",
        "Options!A9 (option): option SHORTER (row 9): cannot be compared with the base: another number of periods: 3, not 2",
    )
    assert len(messages) == len(wanted)
    assert all(line.startswith(start) for line, start in zip(messages, wanted, strict=True))
    assert not (tmp_path / "out").exists()


def test_check_warns_of_what_compare_would_refuse(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    unmet = options(("UNMET", "Budgets", "fund=Jont", "amount", "scale", 2))
    source = write(sheets(Options=unmet), tmp_path / "in.xlsx")
    assert cli.run(["check", str(source)]) == 0
    assert (
        "warning: Options!C2 (where): option UNMET (row 2): no row of Budgets has fund=Jont" in capsys.readouterr().out
    )


def test_one_check_lists_the_faults_of_options_beside_all_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = sheets(Options=FAULTY)
    made["Demand"][1][2] = "Nowhere"
    source = write(made, tmp_path / "in.xlsx")
    assert cli.run(["check", str(source)]) == 2
    output = capsys.readouterr().out
    assert "Demand!C2 (destination): found 'Nowhere', expected a node of Nodes" in output
    assert "Options!B2 (table): found 'Budgts'" in output
    for where in ("C3 (where): option COLUMN", "C5 (where): option UNMET", "C6 (where): option VALUE",
                  "F7 (value): option NEGATIVE", "C8 (where): option NEGATIVE"):  # fmt: skip
        assert f"warning: Options!{where}" in output
    assert "with option" not in output
    assert output.count("Nowhere") == 1  # what is wrong with the input is not the fault of every option


@pytest.mark.parametrize("damage", ["?", *only_long([None, -1.0])])
def test_options_are_checked_whatever_else_is_wrong(damage: object, tmp_path: Path) -> None:
    """Each cell of the input but those of Options is spoilt in turn;
    what is told of options is never what is wrong elsewhere.
    """
    changes = options(
        ("MORE", "Budgets", "fund=Joint; year=2026", "amount", "scale", 2),
        ("LATER", "Demand", "period=2", "quantity", "add", 1),
        ("UNMET", "Budgets", "fund=Jont", "amount", "scale", 2),
    )
    whole = raw(tmp_path, Options=changes)
    for table in whole.tables:
        for row, cells in enumerate(table.rows if table.name != "Options" else ()):
            for column in range(len(cells)):
                spoilt = (*cells[:column], damage, *cells[column + 1 :])
                rows = (*table.rows[:row], spoilt, *table.rows[row + 1 :])
                tables = tuple(replace(each, rows=rows) if each is table else each for each in whole.tables)
                reading = interpret(replace(whole, tables=tables))
                warnings = option_warnings(reading, "full")
                assert {fault.sheet for fault in warnings} <= {"Options"}
                if reading.faults and table.name not in ("Settings", "Budgets", "Funds"):
                    assert "option UNMET" in str(warnings[-1]), (table.name, row, column)
