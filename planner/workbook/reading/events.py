"""The Events sheet: dates that other rows hang on, perhaps through one another."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from planner.workbook.names.names import NameSets
from planner.workbook.reading.collect import FaultList
from planner.workbook.reading.keys import check_keys
from planner.workbook.reading.periods import (
    ANY,
    BAD,
    NEVER,
    PeriodError,
    PeriodReader,
    from_strike,
    looks_like_period,
    show,
)
from planner.workbook.reading.table import RawTable
from planner.workbook.reading.typed import TypedTable, read_table
from planner.workbook.schema import BY_NAME


def read_events(
    sheet: RawTable, textual: bool, periods: PeriodReader, names: NameSets, faults: FaultList
) -> TypedTable:
    """Reads the events and makes them known to `periods`. An event may hang on another one, but not on itself."""
    schema = BY_NAME["Events"]
    as_typed = tuple(replace(column, kind="any") if column.name == "period" else column for column in schema.columns)
    table = read_table(replace(schema, columns=as_typed), sheet, textual, None, periods, faults)
    if not check_keys(table, faults) or BAD in table["event"]:
        names.incomplete.add("event")
    cells: dict[str, tuple[int, Any]] = {}
    for record, (event, cell) in enumerate(table.records("event", "period")):
        if event is BAD:
            continue
        if looks_like_period(event):
            table.fail(faults, record, "event", f"found {show(event)}, which reads as a period; expected a name")
        if from_strike(event) is not None:
            message = f"found {show(event)}, which means the strike of a contingency; expected another name"
            table.fail(faults, record, "event", message)
        if str(event).casefold() == ANY:
            message = (
                f"found {show(event)}, which means any period in which a contingency may strike; expected another name"
            )
            table.fail(faults, record, "event", message)
        cells.setdefault(event, (record, cell))
    names.add("event", cells)
    periods.events.update(dict.fromkeys(cells, BAD))
    periods.events_certain = "event" not in names.incomplete
    resolved: dict[str, Any] = {}
    for event in cells:
        _resolve(event, cells, resolved, table, periods, faults)
    periods.events.update(resolved)
    return table


def _resolve(
    event: str,
    cells: dict[str, tuple[int, Any]],
    resolved: dict[str, Any],
    table: TypedTable,
    periods: PeriodReader,
    faults: FaultList,
) -> Any:
    """The period of an event, NEVER (blank, or after the horizon) or BAD."""
    if event in resolved:
        return resolved[event]
    resolved[event] = BAD  # until known: an event that hangs on itself stays so
    record, cell = cells[event]
    if cell is None or cell is BAD:
        resolved[event] = NEVER if cell is None else BAD
        return resolved[event]
    other = periods.event_of(cell)
    if other is not None:
        chain = _chain(event, cells, periods)
        if chain is not None:
            table.fail(faults, record, "period", f"found {show(cell)}, but {' hangs on '.join(chain)}; expected a date")
            resolved.update(dict.fromkeys(chain, BAD))  # said once
            return BAD
        periods.events[other] = _resolve(other, cells, resolved, table, periods, faults)
    try:
        period = periods.read(cell, "opening", True)
    except PeriodError as error:
        table.fail(faults, record, "period", str(error))
        return BAD
    after = periods.horizon is not None and isinstance(period, int) and period >= periods.horizon.periods
    resolved[event] = NEVER if after else period
    return resolved[event]


def _chain(event: str, cells: dict[str, tuple[int, Any]], periods: PeriodReader) -> list[str] | None:
    """The events from `event` back to itself, where it hangs on itself."""
    chain = [event]
    while len(chain) <= len(cells):
        following = periods.event_of(cells[chain[-1]][1])
        if following is None:
            return None
        chain.append(following)
        if following == event:
            return chain
    return None
