"""Excel and CSV in and out: the schema, the reader, the checks, the template."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.domain.instance import PlanningInstance
    from planner.errors import Fault
    from planner.workbook.reading.raw import RawInput


@dataclass(frozen=True)
class Reading:
    """What came of reading an input: the planning instance, or None where `faults` stand in the way."""

    raw: RawInput
    instance: PlanningInstance | None
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...] = ()


def read(path: Path | str) -> Reading:
    """Reads a workbook (.xlsx) or a folder of CSV files and checks it cell by cell.

    Never raises for bad input: all faults are in the reading, in the order of the sheets. What only the network
    shows is found by `planner.workbook.validate.checks.check_network`.
    """
    from planner.workbook.reading.raw import read_raw

    return interpret(read_raw(path))


def interpret(raw: RawInput) -> Reading:
    """What raw tables mean: their faults, or the planning instance."""
    # Imported here, so that whoever needs only the raw tables loads nothing else of the planner.
    from planner.workbook.instance.assemble import assemble
    from planner.workbook.instance.positions import InputCells
    from planner.workbook.reading.reader import read_tables
    from planner.workbook.validate.across.asked import check_asked
    from planner.workbook.validate.leftovers import with_example_rows
    from planner.workbook.validate.oddities import check_oddities
    from planner.workbook.validate.rules import check_rules, check_values

    book = read_tables(raw)
    instance = None
    check_rules(book)
    check_oddities(book)
    if not book.faults.errors:
        instance = replace(assemble(book), cells=InputCells(raw))
        check_values(book, instance)
        check_asked(book, instance)
    faults_found = with_example_rows(raw, (*book.faults.errors, *book.faults.warnings))
    faults = tuple(fault for fault in faults_found if fault.severity == "error")
    warnings = tuple(fault for fault in faults_found if fault.severity != "error")
    return Reading(raw, None if faults else instance, faults, warnings)


def read_instance(path: Path | str) -> PlanningInstance:
    """The planning instance of an input; raises InputError, which lists every fault."""
    from planner.errors import InputError

    reading = read(path)
    if reading.instance is None:
        raise InputError(reading.faults)
    return reading.instance
