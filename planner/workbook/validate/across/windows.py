"""Rules about windows: from opening to closing, and in the horizon where the row would otherwise do nothing."""

from __future__ import annotations

from planner.workbook.reading.periods import BAD, FAR, NEVER, FromStrike, show
from planner.workbook.reading.reader import TypedWorkbook
from planner.workbook.reading.typed import TypedTable

OPEN = ("opens", "closes")  # a thing: it is there before and after, and rows may name it
HOLDS = (("from", "to"), ("first", "last"))  # a rule: outside the horizon it says nothing


def check_windows(book: TypedWorkbook) -> None:
    """Nothing closes before it opens, except through an event, which may simply come too late. A rule that holds only
    before or after the horizon has no effect, which is a warning."""
    for table in book.tables.values():
        for window in (OPEN, *HOLDS):
            columns = [column for column in window if table.has(column)]
            for record in range(len(table) if columns else 0):
                first, last = (table[column][record] if column in columns else None for column in window)
                if isinstance(first, FromStrike) or isinstance(last, FromStrike):
                    _check_counted(book, table, record, window, first, last)
                elif BAD not in (first, last) and first is not NEVER:
                    _check_order(book, table, record, window, first, last)
                    if window != OPEN:
                        _check_effect(book, table, record, window, first, last)


def _check_counted(
    book: TypedWorkbook, table: TypedTable, record: int, window: tuple[str, str], first: object, last: object
) -> None:
    """A window that is counted from a strike; beside a date it may come to nothing in some cases."""
    start = FromStrike(0) if first is None else first
    if isinstance(start, FromStrike) and isinstance(last, FromStrike) and last.offset < start.offset:
        found = show(table.cell(record, window[1]))
        table.fail(
            book.faults, record, window[1], f"found {found}, which is before {window[0]}; expected a later period"
        )


def _check_order(
    book: TypedWorkbook, table: TypedTable, record: int, window: tuple[str, str], first: int | None, last: int | None
) -> None:
    if first is None or last is None or first <= last:
        return
    opened, closed = (table.cell(record, column) for column in window)
    if not any(book.periods.event_of(cell) for cell in (opened, closed)):
        message = f"found {show(closed)}, which is before {window[0]} ({show(opened)}); expected a later period"
        table.fail(book.faults, record, window[1], message)


def _check_effect(
    book: TypedWorkbook, table: TypedTable, record: int, window: tuple[str, str], first: int | None, last: int | None
) -> None:
    horizon = book.horizon
    if horizon is None:
        return
    held = horizon.span(0, horizon.periods - 1)
    if (FAR if last is None else last) < 0:
        column, side = window[1], "before"
    elif (first or 0) >= horizon.periods:
        column, side = window[0], "after"
    else:
        return
    found = show(table.cell(record, column))
    message = f"found {found}, which is {side} the horizon ({held}): the row has no effect"
    table.fail(book.faults, record, column, message, "warning")
