"""Rules about contingencies: surge, disruptions, uncertainty."""

from __future__ import annotations

from planner.workbook.reading.periods import BAD, FromStrike, show
from planner.workbook.reading.reader import TypedWorkbook

# What a row of Uncertainty may name, by what varies.
UNCERTAIN_NAMES = {
    "surge": ("contingency", "node"),
    "demand": ("demand", "commitment", "node"),
    "stock": ("node", "nation", "nation_group"),
    "yield": ("line",),
    "capacity": ("line",),
    "delay": ("route",),
}


def check_surge(book: TypedWorkbook) -> None:
    """A surge falls due within the window of its contingency."""
    if not book.names.certain(("contingency",)):
        return  # two contingencies of one name: which is meant is not known
    windows = dict(book["Contingencies"].records("contingency", "window"))
    table = book["Surge"]
    for record, (name, offset) in enumerate(table.records("contingency", "offset")):
        window = windows.get(name, BAD)
        if BAD not in (name, offset, window) and offset >= window:
            message = f"found {offset}, expected a number below the window of {name!r}, which is {window}"
            table.fail(book.faults, record, "offset", message)


def check_disruptions(book: TypedWorkbook) -> None:
    """What is hit is of the kind that the row says; only a contingency has a strike to count from."""
    table = book["Disruptions"]
    columns = ("contingency", "kind", "name", "from", "to")
    for record, (contingency, kind, name, first, last) in enumerate(table.records(*columns)):
        if BAD not in (kind, name) and book.names.certain((kind,)) and not book.names.knows(name, (kind,)):
            table.fail(book.faults, record, "name", book.names.describe_unknown(name, (kind,)))
        for column, moment in (("from", first), ("to", last)):
            if contingency is None and isinstance(moment, FromStrike):
                found = show(table.cell(record, column))
                message = f"found {found}, but the row names no contingency; expected a date, or a contingency"
                table.fail(book.faults, record, column, message)


def check_uncertainty(book: TypedWorkbook) -> None:
    """Bounds in order, and names of what varies."""
    table = book["Uncertainty"]
    columns = ("what", "names", "items", "low", "likely", "high")
    for record, (what, names, items, low, likely, high) in enumerate(table.records(*columns)):
        if BAD not in (low, high) and high < low:
            table.fail(book.faults, record, "high", f"found {show(high)}, expected at least low, {show(low)}")
        elif BAD not in (low, likely, high) and likely is not None and not low <= likely <= high:
            message = f"found {show(likely)}, expected a number from low, {show(low)}, to high, {show(high)}"
            table.fail(book.faults, record, "likely", message)
        if what == "delay" and items not in (None, BAD):
            message = (
                f"found {show(table.cell(record, 'items'))}, expected nothing: a route is late for all that it carries"
            )
            table.fail(book.faults, record, "items", message)
        if BAD in (what, names) or names is None:
            continue
        kinds = UNCERTAIN_NAMES[what]
        for name in names:
            if book.names.certain(kinds) and not book.names.knows(name, kinds):
                table.fail(book.faults, record, "names", book.names.describe_unknown(name, kinds))
