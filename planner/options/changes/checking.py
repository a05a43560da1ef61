"""Everything that is wrong with the options of an input, found in one go: row by row, and with each option applied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from planner.domain.instance import PlanningInstance
from planner.errors import Fault
from planner.options.changes.faults import by_row, input_faults, option_fault, problem_faults
from planner.options.changes.option import Option, options_table, read_options
from planner.options.changes.overrides import Changed, apply_option, unmet_conditions
from planner.run.comparable import differences, terms_of_input
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
    rows = _faulty_rows(reading.faults)
    if rows is None:
        return None
    sheet, table = reading.raw.table("Options"), options_table(reading.raw)
    assert sheet is not None
    assert table is not None
    kept = tuple((None,) * len(cells) if place + 2 in rows else cells for place, cells in enumerate(sheet.rows))
    without = replace(sheet, rows=kept, spoilt=frozenset(p for p in sheet.spoilt if p[0] + 1 not in rows))
    tables = tuple(without if each is sheet else each for each in reading.raw.tables)
    faults = tuple(fault for fault in reading.raw.faults if fault not in reading.faults)
    rest = interpret(replace(reading.raw, tables=tables, faults=faults))
    if rest.instance is None:
        return None
    names = {name for record, name in enumerate(table["option"]) if table.sheet_row(record) in rows and name}
    return CheckedInput(
        rest.raw, rest.instance, read_tables(rest.raw), frozenset(n for n in names if isinstance(n, str))
    )


def _faulty_rows(faults: Sequence[Fault]) -> set[int] | None:
    """The rows of Options that have faults; None where there are faults elsewhere, or of its header."""
    rows = set()
    for fault in faults:
        row = row_number(fault.cell or "")
        if normalise(fault.sheet or "") != "options" or row <= 1:
            return None
        rows.add(row)
    return rows


def check_options(
    reading: Reading, checked: CheckedInput, options: Sequence[Option], model: str
) -> tuple[dict[str, Changed], list[Fault]]:
    """The input as each option changes it, and every fault of every option, those of its rows among them."""
    changed = {option.name: apply_option(option, checked.raw, checked.book) for option in options}
    faults = [*reading.faults, *_unmet(reading, checked)]
    faults += problem_faults(checked.raw, {name: made.problems for name, made in changed.items()})
    for option in options:
        whole = option.name not in checked.incomplete and not changed[option.name].problems
        faults += _faults_of(option, changed[option.name], checked, whole, model)
    return changed, by_row(faults)


def _unmet(reading: Reading, checked: CheckedInput) -> list[Fault]:
    """Conditions that no row meets, in rows of Options that were left out for another fault."""
    rows, table = _faulty_rows(reading.faults) or set(), options_table(reading.raw)
    if table is None or not rows:
        return []
    known = {normalise(each.name): each for each in BY_NAME.values()}
    blamed = {(fault.cell or "") for fault in reading.faults}
    found = []
    for record, (name, changed, where) in enumerate(table.records("option", "table", "where")):
        schema = known.get(normalise(changed)) if isinstance(changed, str) else None
        if table.sheet_row(record) not in rows or schema is None or not isinstance(where, str) or name is BAD:
            continue
        problem = option_fault(reading.raw, record, "where", str(name), "")
        if problem.cell not in blamed:
            unmet = unmet_conditions(schema, where, checked.raw, checked.book)
            found += [replace(problem, message=f"{problem.message}{unmet}")] if unmet else []
    return found


def _faults_of(option: Option, changed: Changed, checked: CheckedInput, whole: bool, model: str) -> list[Fault]:
    """The faults of the changed input, or why its plan could not be compared with the base's."""
    reading = interpret(changed.raw)
    if reading.instance is None:
        return input_faults(checked.raw, option, changed.edits, reading.faults, whole)
    reasons = differences(terms_of_input(checked.instance, model), terms_of_input(reading.instance, model))
    told = [f"cannot be compared with the base: {reason}" for reason in reasons]
    first = option.changes[0].record
    if first is None:
        return [Fault(f"option {option.name}", reason) for reason in told]
    return [option_fault(checked.raw, first, "option", option.name, reason) for reason in told]


def option_warnings(reading: Reading, model: str) -> list[Fault]:
    """What `planner compare` would refuse in the options of an input that can be planned as it stands."""
    checked = checked_input(reading)
    if checked is None:
        return []
    known: Mapping[str, Option] = read_options(checked.raw)
    _, faults = check_options(reading, checked, list(known.values()), model)
    return [replace(fault, severity="warning") for fault in faults if fault not in reading.faults]
