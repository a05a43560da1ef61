"""What is wrong with options, in the words and at the places of the Options table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from planner.errors import Fault
from planner.options.option import Option, options_table
from planner.options.overrides import Problem
from planner.workbook.collect import FaultList
from planner.workbook.raw import RawInput


def problem_faults(raw: RawInput, problems: Mapping[str, Sequence[Problem]]) -> list[Fault]:
    """A fault for each change that cannot be made, at its cell of the Options table, naming the option."""
    table = options_table(raw)
    faults = FaultList()
    for name, found in problems.items():
        for problem in found:
            record = problem.change.record
            if table is None or record is None:
                faults.add(Fault(f"option {name}", problem.message))
            else:
                row = table.sheet_row(record)
                table.fail(faults, record, problem.column, f"option {name} (row {row}): {problem.message}")
    return list(faults.errors)


def input_faults(option: Option, faults: Sequence[Fault]) -> list[Fault]:
    """The faults of the input as an option changes it, each with the option's name."""
    return [replace(fault, message=f"with option {option.name}: {fault.message}") for fault in faults]
