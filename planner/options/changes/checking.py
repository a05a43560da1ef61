"""Everything that is wrong with the options of an input, found in one go: row by row, and with each option applied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from planner.domain.instance import PlanningInstance
from planner.errors import Fault
from planner.options.changes.faults import by_row, input_faults, option_fault, problem_faults
from planner.options.changes.option import Option, options_table, read_options
from planner.options.changes.overrides import Changed, apply_option, unmet_conditions
from planner.run.recorded.comparable import differences, terms_of_input
from planner.workbook import Reading, interpret
from planner.workbook.reading.periods import BAD
from planner.workbook.reading.raw import RawInput
from planner.workbook.reading.reader import TypedWorkbook, read_tables
from planner.workbook.reading.table import normalise, row_number
from planner.workbook.schema import BY_NAME


@dataclass(frozen=True)
class CheckedInput:
    """An input whose faults, if any, are of its Options alone: what it says without the rows that have them."""

    raw: RawInput
    instance: PlanningInstance
    book: TypedWorkbook
    incomplete: frozenset[str] = frozenset()  # options of which a row was left out


def checked_input(reading: Reading) -> CheckedInput | None:
    """What options are applied to; None where something else than rows of Options is wrong with the input."""
    if reading.instance is not None:
        return CheckedInput(reading.raw, reading.instance, read_tables(reading.raw))
    if not all(map(_of_options, reading.faults)):
        return None
    rest, incomplete = _without_faulty_rows(reading)
    if rest.instance is None:
        return None
    return CheckedInput(rest.raw, rest.instance, read_tables(rest.raw), incomplete)


def _of_options(fault: Fault) -> bool:
    """Is it of a row of Options (not of its header)?"""
    return normalise(fault.sheet or "") == "options" and row_number(fault.cell or "") > 1


def _faulty_rows(faults: Sequence[Fault]) -> set[int]:
    """The rows of Options that have faults."""
    return {row_number(fault.cell or "") for fault in faults if _of_options(fault)}


def _without_faulty_rows(reading: Reading) -> tuple[Reading, frozenset[str]]:
    """The input without the rows of Options that have faults, and the options of which a row was left out."""
    rows = _faulty_rows(reading.faults)
    sheet, table = reading.raw.table("Options"), options_table(reading.raw)
    assert sheet is not None
    assert table is not None
    rows_left = tuple((None,) * len(cells) if index + 2 in rows else cells for index, cells in enumerate(sheet.rows))
    without = replace(sheet, rows=rows_left, spoilt=frozenset(p for p in sheet.spoilt if p[0] + 1 not in rows))
    tables = tuple(without if each is sheet else each for each in reading.raw.tables)
    faults = tuple(fault for fault in reading.raw.faults if not _of_options(fault))
    names = (name for record, name in enumerate(table["option"]) if table.sheet_row(record) in rows and name)
    rest = interpret(replace(reading.raw, tables=tables, faults=faults))
    return rest, frozenset(name for name in names if isinstance(name, str))


def check_options(
    reading: Reading, checked: CheckedInput, options: Sequence[Option], model: str
) -> tuple[dict[str, Changed], list[Fault]]:
    """The input as each option changes it, and every fault of every option, those of its rows among them."""
    changed = {option.name: apply_option(option, checked.raw, checked.book) for option in options}
    faults = [*reading.faults, *_unmet(reading, checked.raw, checked.book)]
    faults += problem_faults(checked.raw, {name: made.problems for name, made in changed.items()})
    for option in options:
        whole = option.name not in checked.incomplete and not changed[option.name].problems
        faults += _faults_of(option, changed[option.name], checked, whole, model)
    return changed, by_row(faults)


def _unmet(reading: Reading, raw: RawInput, book: TypedWorkbook) -> list[Fault]:
    """Conditions that no row meets, in rows of Options that were left out for another fault."""
    rows, table = _faulty_rows(reading.faults), options_table(reading.raw)
    if table is None or not rows:
        return []
    known = {normalise(each.name): each for each in BY_NAME.values()}
    blamed = {(fault.cell or "") for fault in reading.faults}
    problems = []
    for record, (name, changed, where) in enumerate(table.records("option", "table", "where")):
        schema = known.get(normalise(changed)) if isinstance(changed, str) else None
        if table.sheet_row(record) not in rows or schema is None or not isinstance(where, str) or name is BAD:
            continue
        problem = option_fault(reading.raw, record, "where", str(name), "")
        if problem.cell not in blamed:
            unmet = unmet_conditions(schema, where, raw, book)
            problems += [replace(problem, message=f"{problem.message}{unmet}")] if unmet else []
    return problems


def _faults_of(option: Option, changed: Changed, checked: CheckedInput, whole: bool, model: str) -> list[Fault]:
    """The faults of the changed input, or why its plan could not be compared with the base's."""
    reading = interpret(changed.raw)
    if reading.instance is None:
        return input_faults(checked.raw, option, changed.edits, reading.faults, whole)
    reasons = differences(terms_of_input(checked.instance, model), terms_of_input(reading.instance, model))
    messages = [f"cannot be compared with the base: {reason}" for reason in reasons]
    first = option.changes[0].record
    if first is None:
        return [Fault(f"option {option.name}", reason) for reason in messages]
    return [option_fault(checked.raw, first, "option", option.name, reason) for reason in messages]


def option_warnings(reading: Reading, model: str) -> list[Fault]:
    """What `planner compare` would refuse in the options of an input, besides the faults that the reading has."""
    checked = checked_input(reading)
    if checked is None:
        faults = _beside_other_faults(reading)
    else:
        _, faults = check_options(reading, checked, list(read_options(checked.raw).values()), model)
    return [replace(fault, severity="warning") for fault in faults if fault not in reading.faults]


def _beside_other_faults(reading: Reading) -> list[Fault]:
    """The faults of options of an input that has others: whether an option could be compared with the base, nobody can
    say.
    """
    sheet, book = reading.raw.table("Options"), read_tables(reading.raw)
    header = any(normalise(fault.sheet or "") == "options" and not _of_options(fault) for fault in reading.faults)
    if sheet is None or header or book.horizon is None:
        return []
    rest, incomplete = _without_faulty_rows(reading)
    book = read_tables(rest.raw)
    faults = _unmet(reading, rest.raw, book)
    for option in read_options(rest.raw).values():
        changed = apply_option(option, rest.raw, book)
        faults += problem_faults(rest.raw, {option.name: changed.problems})
        new = [fault for fault in interpret(changed.raw).faults if fault not in rest.faults]
        whole = option.name not in incomplete and not changed.problems
        faults += input_faults(rest.raw, option, changed.edits, new, whole)
    return by_row(faults)
