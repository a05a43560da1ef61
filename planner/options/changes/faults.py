"""What is wrong with options, in the words and at the places of the Options table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from planner.errors import Fault
from planner.options.changes.option import Option, options_table
from planner.options.changes.overrides import Edit, Problem
from planner.workbook.reading.collect import FaultList
from planner.workbook.reading.raw import RawInput
from planner.workbook.reading.table import normalise, row_number


def option_fault(raw: RawInput, record: int, column: str, name: str, message: str) -> Fault:
    """A fault of an option at a cell of its row of the Options table."""
    table, faults = options_table(raw), FaultList()
    assert table is not None
    table.fail(faults, record, column, f"option {name} (row {table.sheet_row(record)}): {message}")
    return faults.errors[0]


def problem_faults(raw: RawInput, problems: Mapping[str, Sequence[Problem]]) -> list[Fault]:
    """A fault for each change that cannot be made, at its cell of the Options table, naming the option."""
    faults = []
    for name, problems_of in problems.items():
        for problem in problems_of:
            record = problem.change.record
            if record is None:
                faults.append(Fault(f"option {name}", problem.message))
            else:
                faults.append(option_fault(raw, record, problem.column, name, problem.message))
    return faults


def input_faults(
    raw: RawInput, option: Option, edits: Sequence[Edit], faults: Sequence[Fault], whole: bool = True
) -> list[Fault]:
    """The faults of the input as an option changes it, at the cell of the Options table that brings each about.

    Where no cell that it changes is to blame, the fault stands at the option's first row. An option that could not
    be applied as a `whole` answers for the cells that it did change only. Changes that come from elsewhere than the
    Options table leave faults where they are, with the option's name.
    """
    changed = {(normalise(edit.table), edit.cell): edit for edit in edits}
    first = option.changes[0].record
    if first is None:
        return [replace(fault, message=f"with option {option.name}: {fault.message}") for fault in faults]
    by_record: dict[int, list[Fault]] = {}
    others = []
    for fault in faults:
        edit = changed.get((normalise(fault.sheet or ""), fault.cell or ""))
        if edit is None or edit.record is None:
            others.append(fault)
        else:
            by_record.setdefault(edit.record, []).append(fault)
    errors = [option_fault(raw, record, "value", option.name, _message(at)) for record, at in by_record.items()]
    if whole:
        errors += [option_fault(raw, first, "option", option.name, f"the input it makes is wrong: {f}") for f in others]
    return errors


def _message(faults: Sequence[Fault]) -> str:
    """The first fault of what one change made, and how many more there are like it."""
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return f"makes {faults[0].where} wrong: {faults[0].message}{more}"


def by_row(faults: Sequence[Fault]) -> list[Fault]:
    """Faults in the order of the rows of Options, those of other tables before, those that name no cell last."""

    def place(fault: Fault) -> tuple[int, int]:
        if normalise(fault.sheet or "") != "options":
            return (0 if fault.cell else 2), 0
        return 1, row_number(fault.cell or "")

    return sorted(faults, key=place)
