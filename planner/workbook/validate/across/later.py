"""Rules of the tables that are checked with every input, and used by other commands than solve: Options, Actuals."""

from __future__ import annotations

import re

from planner.workbook.names.names import suggestion
from planner.workbook.reading.cells import CellError, read_number
from planner.workbook.reading.periods import BAD, looks_like_period, show
from planner.workbook.reading.reader import TypedWorkbook
from planner.workbook.reading.table import normalise
from planner.workbook.reading.typed import TypedTable
from planner.workbook.schema import SETTINGS, TABLES, Column, Table
from planner.workbook.validate.across.replan import check_origins

# What each kind of actual must say, beside period and quantity.
ACTUAL_KEYS = {
    "made": ("line",),
    "shipped": ("route", "item"),
    "delivered": ("demand",),
    "stock": ("node", "item"),
    "scrapped": ("node", "item"),
    "bought": ("expansion",),
    "paid": ("fund",),
}
CANCELLED = "a line, a route and an item, or a node and an item"
_TABLES = {normalise(table.name): table for table in TABLES}
_CONDITION = re.compile(r"([^=]+)=(.*)\Z", re.DOTALL)


def check_options(book: TypedWorkbook) -> None:
    """An option changes a column that there is, in rows that a condition can find."""
    table = book["Options"]
    columns = ("option", "table", "where", "column", "change", "value")
    for record, (option, name, where, column, change, value) in enumerate(table.records(*columns)):
        if option == "base":
            table.fail(
                book.faults,
                record,
                "option",
                "found 'base', which means the workbook without changes; expected another name",
            )
        changed = _TABLES.get(normalise(name)) if name is not BAD else None
        if name is not BAD and changed is None:
            hint = suggestion(name, [known.name for known in TABLES])
            table.fail(book.faults, record, "table", f"found {show(name)}, expected a table{hint}")
        if changed is None:
            continue
        target = _column(changed, column)
        if column is not BAD and target is None:
            _unknown_column(book, table, record, "column", changed, column)
        _check_where(book, table, record, changed, where)
        if BAD not in (change, value) and (
            change != "set" or (target is not None and target.kind in ("number", "integer"))
        ):
            _check_amount(
                book, table, record, target if change == "set" and target else Column("value", "number", ""), value
            )


def _column(table: Table, name: object) -> Column | None:
    """The column, or the setting, of that name; a setting may also be changed as `value` where `key=` names it."""
    columns = (*SETTINGS, *table.columns) if table.name == "Settings" else table.columns
    return next((column for column in columns if normalise(column.name) == normalise(name)), None)


def _unknown_column(book: TypedWorkbook, table: TypedTable, record: int, at: str, changed: Table, name: str) -> None:
    known = [column.name for column in (SETTINGS if changed.name == "Settings" else changed.columns)]
    hint = suggestion(name, known) or f"; it has {', '.join(known)}"
    if changed.wide and looks_like_period(name):
        hint = f"; expected the column quantity, and period={name} in where"
    table.fail(book.faults, record, at, f"found {show(name)}, which {changed.name} does not have{hint}")


def _check_where(book: TypedWorkbook, table: TypedTable, record: int, changed: Table, where: object) -> None:
    if not isinstance(where, str) or not where:
        return
    for part in filter(None, (text.strip() for text in where.split(";"))):
        match = _CONDITION.match(part)
        if match is None:
            table.fail(
                book.faults, record, "where", f"found {show(part)}, expected conditions such as fund=SAFE; year=2027"
            )
        elif _column(changed, match[1].strip()) is None:
            _unknown_column(book, table, record, "where", changed, match[1].strip())


def _check_amount(book: TypedWorkbook, table: TypedTable, record: int, column: Column, value: object) -> None:
    try:
        read_number(column, value, book.raw.textual)
    except CellError as error:
        table.fail(book.faults, record, "value", str(error))


def check_actuals(book: TypedWorkbook) -> None:
    """Each kind of actual says what it concerns; a shipment starts at an end of its route."""
    table = book["Actuals"]
    check_origins(book, table)
    for record, (kind, line, route, node, item) in enumerate(table.records("kind", "line", "route", "node", "item")):
        if kind == "cancelled" and BAD not in (line, route, node, item):
            named = [column for column, name in (("line", line), ("route", route), ("node", node)) if name is not None]
            if len(named) != 1:
                found = " and ".join(named) or "none of them"
                table.fail(book.faults, record, "line", f"found {found}; cancelled expects {CANCELLED}")
            elif named != ["line"] and item is None:
                table.fail(book.faults, record, "item", f"is blank; cancelled expects {CANCELLED}")
        for column in ACTUAL_KEYS.get(kind, ()):
            if table[column][record] is None:
                table.fail(book.faults, record, column, f"is blank; {kind} expects a {column}")
    _check_payers(book, table)


def _check_payers(book: TypedWorkbook, table: TypedTable) -> None:
    """Of what was paid before the horizon it is known in whose name: rules on contributions count it."""
    givers: dict[str, set[str]] = {}
    for fund, contributor in book["Budgets"].records("fund", "contributor"):
        givers.setdefault(fund, set()).add(contributor or fund)
    for record, (period, kind, fund, contributor) in enumerate(table.records("period", "kind", "fund", "contributor")):
        past = isinstance(period, int) and period < 0 and kind == "paid" and fund is not BAD
        if past and contributor is None and len(givers.get(fund, ())) > 1:
            message = f"is blank; {fund!r} has several contributors: expected the one that paid"
            table.fail(book.faults, record, "contributor", message)
