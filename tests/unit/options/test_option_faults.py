"""Faults of options are named at the cell of the Options sheet, and with the option."""

from __future__ import annotations

from pathlib import Path

from small_world import options, raw

from planner.options.faults import input_faults, problem_faults
from planner.options.option import read_options
from planner.options.overrides import apply_option
from planner.workbook import interpret


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
    told = [str(fault) for fault in problem_faults(made, found)]
    assert told[0].startswith(
        "Options!C3: option WRONG (row 3): no row of Budgets has fund=Joimt, did you mean 'Joint'"
    )
    assert told[1].startswith("Options!D4: option WRONG (row 4): Routes!D2 is blank")
    assert len(told) == 2


def test_a_fault_of_the_changed_input_names_the_option(tmp_path: Path) -> None:
    made = raw(tmp_path, Options=options(("FRACTION", "Budgets", "fund=Joint", "year", "scale", 1.0001)))
    option = read_options(made)["FRACTION"]
    told = [str(fault) for fault in input_faults(option, interpret(apply_option(option, made).raw).faults)]
    assert told[0].startswith("Budgets!C2: with option FRACTION: found 2026.2026, expected a whole number")
