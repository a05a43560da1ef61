"""Rules about locks: what identifies each kind of decision, and how it may be bounded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planner.workbook.names.names import either, suggestion
from planner.workbook.reading.periods import BAD, show
from planner.workbook.reading.reader import TypedWorkbook
from planner.workbook.reading.typed import TypedTable

# What a lock of each kind may name; it names at least one of them.
LOCK_KEYS: Mapping[str, tuple[str, ...]] = {
    "make": ("line", "node", "item"),
    "ship": ("route", "origin", "item"),
    "stock": ("node", "item"),
    "deliver": ("demand", "node", "item"),
    "invest": ("expansion",),
    "pay": ("fund", "contributor"),
}
_ALL_KEYS = tuple(dict.fromkeys(key for keys in LOCK_KEYS.values() for key in keys))
# key → its table, and what it says about the lock's other keys.
_FACTS: Mapping[str, tuple[str, Mapping[str, tuple[str, ...]]]] = {
    "line": ("Lines", {"node": ("factory",), "item": ("item",)}),
    "demand": ("Demand", {"node": ("destination",), "item": ("item",)}),
    "route": ("Routes", {"origin": ("origin", "destination")}),
}


def check_locks(book: TypedWorkbook) -> None:
    """A lock names what its kind needs, nothing else, and bounds it in a way that can hold."""
    table = book["Locks"]
    for record, kind in enumerate(table["kind"]):
        if kind is BAD:
            continue
        filled = {key: table[key][record] for key in _ALL_KEYS if table[key][record] is not None}
        key_columns = LOCK_KEYS[kind]
        if not filled and not table.header.doubtful.intersection(key_columns):
            one = key_columns[0] if len(key_columns) == 1 else f"at least one of {either(key_columns)}"
            table.fail(book.faults, record, "kind", f"found a lock of kind {kind} that names nothing; expected {one}")
        for key in filled.keys() - set(key_columns):
            message = (
                f"found {show(filled[key])} in a lock of kind {kind}, which is identified by {either(key_columns)}; "
                "expected a blank cell"
            )
            table.fail(book.faults, record, key, message)
        _check_facts(book, table, record, {key: value for key, value in filled.items() if key in key_columns})
        _check_bounds(book, table, record)
        if kind == "pay":
            _check_contributor(book, table, record)


def _check_facts(book: TypedWorkbook, table: TypedTable, record: int, filled: Mapping[str, Any]) -> None:
    """What the lock says of a line, demand or route agrees with what its table says."""
    for key, (name, facts) in _FACTS.items():
        if key not in filled or filled[key] is BAD or not book.names.certain((key,)):
            continue
        place = book[name][key].index(filled[key])
        for other, columns in facts.items():
            known = [book[name][column][place] for column in columns]
            if other in filled and BAD not in (filled[other], *known) and filled[other] not in known:
                message = (
                    f"found {show(filled[other])} beside the {key} {filled[key]!r}; expected {either(known)}, or a "
                    "blank cell"
                )
                table.fail(book.faults, record, other, message)


def _check_bounds(book: TypedWorkbook, table: TypedTable, record: int) -> None:
    fixed, least, most = (table[column][record] for column in ("quantity", "minimum", "maximum"))
    if fixed is None and least is None and most is None:
        if not table.header.doubtful.intersection(("quantity", "minimum", "maximum")):
            table.fail(book.faults, record, "kind", "quantity, minimum and maximum are all blank; expected one of them")
    elif fixed is not None and (least is not None or most is not None):
        message = "found a quantity, which fixes, and minimum or maximum, which bound; expected one or the other"
        table.fail(book.faults, record, "quantity", message)
    elif least is not None and most is not None and BAD not in (least, most) and least > most:
        message = f"found {show(most)}, which is below minimum ({show(least)}); expected at least that"
        table.fail(book.faults, record, "maximum", message)


def _check_contributor(book: TypedWorkbook, table: TypedTable, record: int) -> None:
    """Payments are locked only where money is limited, and a contributor is one of the fund's."""
    fund, contributor = table["fund"][record], table["contributor"][record]
    budgets = book["Budgets"]
    if not len(budgets):
        message = "found a lock of payments, but Budgets has no rows: money is counted, and nobody pays"
        table.fail(book.faults, record, "kind", message)
        return
    if contributor is None or BAD in (fund, contributor):
        return
    rows = list(budgets.records("fund", "contributor"))
    if any(BAD in row for row in rows):
        return
    known = dict.fromkeys(who or payer for payer, who in rows if fund in (None, payer))
    if contributor not in known:
        whose = f"a contributor of {fund}" if fund else "a contributor of Budgets"
        message = f"found {show(contributor)}, expected {whose}{suggestion(contributor, known)}"
        table.fail(book.faults, record, "contributor", message)
