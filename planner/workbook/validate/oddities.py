"""What is allowed, but looks like a slip: warnings that say where to look.

Rows that repeat others, what is hidden, quantities a thousand times their neighbours, a weight or
volume left blank among filled ones, and yearly rates above 100 %.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from math import log10
from statistics import median
from typing import Any

from planner.numerals import numeral
from planner.workbook.reading.periods import BAD, show
from planner.workbook.reading.reader import TypedWorkbook
from planner.workbook.reading.table import RawTable, column_letters
from planner.workbook.reading.typed import TypedTable

# Tables whose rows may be distinguished by their row number alone, so that no key finds a repeated one.
UNNAMED = (
    "Demand",
    "Targets",
    "Consents",
    "Locks",
    "Remedies",
    "Eligibility",
    "Options",
    "Actuals",
    "Stocks",
    "Budgets",
)
# Figures that are of one size among their neighbours: the column that tells which rows are neighbours.
NEIGHBOURS: Mapping[tuple[str, str], str] = {
    ("Demand", "quantity"): "item",
    ("Stocks", "quantity"): "item",
    ("Orders", "quantity"): "line",
    ("Capacity", "quantity"): "object",
    ("Lines", "unit_cost"): "item",
    ("Lines", "capacity"): "item",
    ("Budgets", "amount"): "fund",
}
THOUSAND = 700.0  # from so many times the median on, a figure looks like a slip of the unit
WITHIN = 10.0  # the neighbours' own spread, beyond which a figure is no surprise
EXACT = 0.01  # how far a figure may be from a thousand times its only neighbour
FEW = 3  # neighbours that have a median of their own


def check_oddities(book: TypedWorkbook) -> None:
    """Adds the warnings."""
    for name in UNNAMED:
        _check_repeated(book, book[name])
    for table in book.tables.values():
        _check_hidden(book, table)
    for (name, column), group in NEIGHBOURS.items():
        _check_sizes(book, book[name], column, group)
    _check_blank_measures(book)
    _check_rates(book)


# ── Rows that repeat others ──────────────────────────────────────────────────────────────────────────


def _check_repeated(book: TypedWorkbook, table: TypedTable) -> None:
    """One warning for each block of rows that repeats a block above, cell by cell."""
    if table.raw is None:
        return
    seen: dict[tuple[Any, ...], int] = {}
    repeats: dict[int, int] = {}  # row → the row that it repeats
    for row in dict.fromkeys(table.rows):
        first = seen.setdefault(table.raw.rows[row], row)
        if first != row:
            repeats[row] = first
    for rows in _runs(repeats):
        message = (
            f"{_rows(rows)} the same in every cell as {_rows([repeats[row] for row in rows], verb=False)}: pasted "
            f"twice? All of them count; delete what is not meant{_or_name(table)}"
        )
        book.faults.at(table.raw, rows[0], min(table.header.at.values(), default=0), message, "warning")


def _runs(repeats: Mapping[int, int]) -> Iterator[list[int]]:
    """Rows one after the other that repeat rows one after the other."""
    run: list[int] = []
    for row, first in repeats.items():
        if run and (row != run[-1] + 1 or first != repeats[run[-1]] + 1):
            yield run
            run = []
        run.append(row)
    if run:
        yield run


def _rows(rows: Sequence[int], verb: bool = True) -> str:
    """`row 7 is`, `rows 7 to 9 are`, as a spreadsheet program numbers them."""
    first, last = rows[0] + 2, rows[-1] + 2
    text = f"row {first}" if first == last else f"rows {first} to {last}"
    return text if not verb else f"{text} {'is' if first == last else 'are'}"


def _or_name(table: TypedTable) -> str:
    named = table.schema.name in ("Demand", "Targets", "Consents", "Locks", "Remedies")
    return f", or give each a name in the column {table.schema.key[0]}" if named else ""


# ── What is hidden ───────────────────────────────────────────────────────────────────────────────────


def _check_hidden(book: TypedWorkbook, table: TypedTable) -> None:
    """A hidden sheet, hidden columns and hidden rows count like all others."""
    if table.raw is None or not table.raw.rows:
        return
    if table.raw.is_hidden:
        message = "the sheet is hidden, and counts like the others; show it, or delete it"
        book.faults.at(table.raw, -1, min(table.header.at.values(), default=0), message, "warning")
        return
    _check_hidden_columns(book, table.raw)
    _check_hidden_rows(book, table)


def _check_hidden_columns(book: TypedWorkbook, raw: RawTable) -> None:
    """Those with a figure in them; notes are nobody's figures."""
    of_data = set(range(len(raw.header))) - raw.note_columns
    hidden = [column for column in sorted(of_data) if any(column in columns for columns in raw.hidden_columns)
              and any(row[column] is not None for row in raw.rows)]  # fmt: skip
    if not hidden:
        return
    names = ", ".join(column_letters(column) for column in hidden[:6])
    more = f" and {len(hidden) - 6} more" if len(hidden) > 6 else ""
    one = len(hidden) == 1
    message = (
        f"{'column' if one else 'columns'} {names}{more} {'is' if one else 'are'} hidden, and "
        f"{'counts' if one else 'count'} like the others; show {'it' if one else 'them'}, or delete what is not meant"
    )
    first = next(number for number, row in enumerate(raw.rows) if row[hidden[0]] is not None)
    book.faults.at(raw, first, hidden[0], message, "warning")


def _check_hidden_rows(book: TypedWorkbook, table: TypedTable) -> None:
    assert table.raw is not None
    hidden = [row for row in dict.fromkeys(table.rows) if row + 1 in table.raw.hidden]
    if not hidden:
        return
    runs = list(_runs({row: row for row in hidden}))
    blocks = ", ".join(_rows(run, verb=False).removeprefix("rows ").removeprefix("row ") for run in runs[:6])
    more = f" and {sum(map(len, runs[6:]))} more" if len(runs) > 6 else ""
    one = len(hidden) == 1
    message = (
        f"{'row' if one else 'rows'} {blocks}{more} {'is' if one else 'are'} hidden, perhaps by a filter, and "
        f"{'counts' if one else 'count'} like the others; show {'it' if one else 'them'}, or delete what is not meant"
    )
    book.faults.at(table.raw, hidden[0], min(table.header.at.values(), default=0), message, "warning")


# ── Figures of another size ──────────────────────────────────────────────────────────────────────────


def _check_sizes(book: TypedWorkbook, table: TypedTable, column: str, group: str) -> None:
    """A figure about a thousand times its neighbours, which among themselves are of one size."""
    groups: dict[Any, list[int]] = defaultdict(list)
    for record, (name, value) in enumerate(table.records(group, column)):
        if name is not BAD and isinstance(value, float) and value > 0:
            groups[name].append(record)
    values = table[column]
    for name, records in groups.items():
        for record in _too_large(records, values):
            others = median(values[other] for other in records if other != record)
            message = (
                f"found {show(values[record])}, about {numeral(values[record] / others, 4)} times the other figures of "
                f"{name!r} ({numeral(others)} in the middle): is it in the unit of the others?"
            )
            table.fail(book.faults, record, column, message, "warning")


def _too_large(records: Sequence[int], values: Sequence[float]) -> list[int]:
    if len(records) < 2:
        return []
    if len(records) < FEW:
        small, large = sorted(records, key=lambda record: values[record])
        return [large] if abs(values[large] / values[small] / 1000 - 1) <= EXACT else []
    middle = median(values[record] for record in records)
    spread = median(abs(log10(values[record] / middle)) for record in records)
    if spread > log10(WITHIN):
        return []
    return [record for record in records if values[record] >= THOUSAND * middle]


# ── Blank weights and volumes ────────────────────────────────────────────────────────────────────────


def _check_blank_measures(book: TypedWorkbook) -> None:
    """A blank weight is 1 t per unit, a blank volume none: a slip where most goods say theirs."""
    table = book["Items"]
    goods = [record for record, kind in enumerate(table["cost_type"]) if kind == "procurement"]
    for column, meaning in (("weight", "1 t per unit"), ("volume", "none")):
        blank = [record for record in goods if table.cell(record, column) is None]
        if not table.has(column) or not 0 < 2 * len(blank) < len(goods):
            continue
        if column == "volume" and not _counts_volume(book):
            continue
        names = ", ".join(map(str, (table["item"][record] for record in blank[:6])))
        more = f" and {len(blank) - 6} more" if len(blank) > 6 else ""
        message = (
            f"is blank for {names}{more}, which means {meaning}; the other {len(goods) - len(blank)} goods say "
            f"their {column}"
        )
        table.fail(book.faults, blank[0], column, message, "warning")


def _counts_volume(book: TypedWorkbook) -> bool:
    limits = (("Nodes", "storage_m3"), ("Routes", "capacity_m3"))
    return any(value is not None for name, column in limits for value in book[name][column])


# ── Yearly rates ─────────────────────────────────────────────────────────────────────────────────────


def _check_rates(book: TypedWorkbook) -> None:
    """A rate above 1 is more than 100 % a year: a slip for a number of per cent."""
    rate = book.settings.values["discount_rate"]
    if isinstance(rate, float) and rate > 1:
        _warn_of_rate(book, book["Settings"], book.settings.rows["discount_rate"], "value", rate)
    for record, rate in enumerate(book["Funds"]["interest"]):
        if isinstance(rate, float) and rate > 1:
            _warn_of_rate(book, book["Funds"], record, "interest", rate)


def _warn_of_rate(book: TypedWorkbook, table: TypedTable, record: int, column: str, rate: float) -> None:
    message = (
        f"found {show(rate)}, a rate of {numeral(100 * rate, 4)} % a year; {numeral(rate, 4)} % is "
        f"{numeral(rate / 100, 4)}"
    )
    table.fail(book.faults, record, column, message, "warning")
