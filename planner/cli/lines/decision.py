"""What `planner record` and `planner reproduce` say at the end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from planner.cli.lines.text import columns, number
from planner.decision.differences import Figure, LevelDifference, TableDifference
from planner.decision.record import DecisionRecord
from planner.decision.reproduce import Reproduction
from planner.report.words.numbers import compact, plural, signed, spelled_unit


def record_lines(path: Path, record: DecisionRecord) -> list[str]:
    """What it signs, who approved it, its seal, and where to read."""
    decision = record.decision
    lines = [
        f"{decision.title}: {plural(len(decision.files), 'file')} of {decision.run.folder} signed.",
        *(f"Also considered: {one.path}, {plural(len(one.plans), 'plan')}" for one in decision.considered),
        *(f"Approval {one.number}: {one.name}, {one.at}" for one in record.approvals),
        f"Seal: {record.seal}",
    ]
    if not decision.input_stood:
        lines.append(
            f"The input {decision.input.path} is gone or has changed since: keep the one of the run by its hash."
        )
    if decision.run.made_by == "not solved":
        lines.append(
            "The plan was given, or chosen among plans as good within a slack: planner reproduce cannot make it again."
        )
    return [*lines, f"To read: {path.with_suffix('.html')}", f"To check: planner reproduce {path}"]


def reproduction_lines(reproduction: Reproduction) -> list[str]:
    """What was changed, what is gone or another version, and how the plan made again differs."""
    lines = [f"changed: {fault}" for fault in reproduction.integrity.faults]
    lines += [f"note: {note}" for note in reproduction.integrity.notes]
    signed = plural(reproduction.integrity.checked, "file")
    lines.append(
        f"{signed} as signed; {plural(len(reproduction.record.approvals), 'approval')}; seal {reproduction.record.seal}"
    )
    if reproduction.why_not:
        return [*lines, f"Not reproduced: {reproduction.why_not}."]
    lines += [
        f"note: {table} is the same but for the column cells: the input kept has other cells than the workbook"
        for table in reproduction.other_cells
    ]
    if not reproduction.differing:
        lines.append(
            f"Reproduced: {plural(reproduction.tables, 'table')}, all byte for byte the same "
            f"({reproduction.verification})."
        )
    else:
        lines.append(
            f"Planned again ({reproduction.verification}): {plural(reproduction.tables, 'table')} the same, "
            f"{len(reproduction.differing)} not."
        )
    if not reproduction.same_levels:
        lines += ["Levels that differ:", *columns(map(_level, (one for one in reproduction.levels if not one.same)))]
    elif reproduction.differing:
        lines.append("Every level has the value recorded.")
    lines += [f"  {_table(one)}" for one in reproduction.differing]
    end = "The plan is reproduced." if reproduction.reproduced else "The record does not hold."
    return [*lines, end]


def _level(one: LevelDifference) -> tuple[str, ...]:
    change = "" if one.recorded is None or one.again is None else _change(one.again - one.recorded)
    return one.title, f"{number(one.recorded)} recorded", f"{number(one.again)} now", change, spelled_unit(one.unit)


def _change(value: float) -> str:
    """`+260 000`, `−0.25`"""
    return signed(compact(value), value)


def _table(one: TableDifference) -> str:
    return f"{one.table}: {'; '.join(_table_words(one))}"


def _table_words(one: TableDifference) -> Iterator[str]:
    if one.rows_recorded is None:
        yield "its bytes are others; what differs is not known, as the table of the record is gone or changed"
    elif one.rows_again is None:
        yield "is not made any more"
    elif one.rows_again != one.rows_recorded:
        yield f"{plural(one.rows_again, 'row')}, {number(one.rows_recorded)} recorded"
    elif one.column is None:
        yield "other columns, or numbers spelled otherwise"
    else:
        yield f"{plural(one.cells or 0, 'cell')} of {plural(one.rows_recorded, 'row')}"
        yield f"row {one.row}, {one.column}: {_figure(one.again)}, {_figure(one.recorded)} recorded"


def _figure(value: Figure | None) -> str:
    return repr(value)
