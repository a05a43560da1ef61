"""What differs between two inputs, row by row and cell by cell, whatever the order of rows, columns and sheets."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from planner.workbook.periods import looks_like_period
from planner.workbook.raw import RawInput
from planner.workbook.schema import TABLES, Table
from planner.workbook.table import Cell, RawTable, normalise

Row = Mapping[str, str]  # column of the schema -> cell as text, filled cells only


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell that differs (`kind` changed), or one row that came or went (added, removed; `column` blank).

    `key` names the row in the words of its table: `line L1`, `fund SAFE, year 2027`.
    """

    table: str
    key: str
    column: str
    before: str
    after: str
    kind: str


def differences(before: RawInput, after: RawInput) -> list[Difference]:
    """Everything that differs, in the order of the tables. Notes are not compared."""
    return [found for table in TABLES for found in _of_table(table, before, after)]


def _of_table(table: Table, before: RawInput, after: RawInput) -> Iterator[Difference]:
    one, other = _keyed(table, before.table(table.name)), _keyed(table, after.table(table.name))
    for key in dict.fromkeys([*one, *other]):
        old, new = one.get(key), other.get(key)
        words = ", ".join(f"{name} {value}" for name, value in key[0])
        if old is None or new is None:
            row = old or new or {}
            told = "; ".join(f"{name}={value}" for name, value in row.items() if (name, value) not in key[0])
            yield Difference(table.name, words, "", told if new is None else "", told if old is None else "",
                             "removed" if new is None else "added")  # fmt: skip
            continue
        for column in dict.fromkeys([*old, *new]):
            if old.get(column, "") != new.get(column, ""):
                yield Difference(table.name, words, column, old.get(column, ""), new.get(column, ""), "changed")


RowKey = tuple[tuple[tuple[str, str], ...], int]  # (column, cell) of the key, and which of several with it


def _keyed(table: Table, raw: RawTable | None) -> dict[RowKey, Row]:
    """Rows by the key of their table; a table without one by the whole row."""
    seen: Counter[tuple[tuple[str, str], ...]] = Counter()
    found: dict[RowKey, Row] = {}
    totals: dict[RowKey, float] = defaultdict(float)
    for row in _rows(table, raw) if raw is not None else ():
        key = tuple((name, row[name]) for name in _key_columns(table, row) if name in row)
        if table.adds_up:
            totals[key, 0] += _number(row.get(_amount(table), ""))
            found[key, 0] = {**row, _amount(table): _text(totals[key, 0])}
        else:
            found[key, seen[key]] = row
            seen[key] += 1
    return found


def _key_columns(table: Table, row: Row) -> tuple[str, ...]:
    """The columns that name a row; where its name is blank, the text that it must have."""
    if not table.key:
        return tuple(row)
    if table.key[0] in row:
        return (*table.key, "period") if table.wide and "period" not in table.key else table.key
    texts = tuple(c.name for c in table.columns if c.required and c.kind not in ("number", "integer"))
    return texts or tuple(row)


def _amount(table: Table) -> str:
    return "amount" if table.name == "Budgets" else "quantity"


def _rows(table: Table, raw: RawTable) -> Iterator[Row]:
    """Filled cells by column; a row of a wide table once for each period."""
    known = {normalise(column.name): column.name for column in table.columns}
    wide = table.wide and "quantity" not in {normalise(str(name)) for name in raw.header}
    for cells in raw.rows:
        row: dict[str, str] = {}
        quantities: dict[str, str] = {}
        for place, (name, cell) in enumerate(zip(raw.header, cells, strict=True)):
            if cell is None or place in raw.note_columns:
                continue
            column = known.get(normalise(str(name)))
            if column is not None:
                row[column] = _text(cell)
            elif wide and looks_like_period(name):
                quantities[_text(name)] = _text(cell)
        if quantities:
            yield from ({**row, "period": period, "quantity": quantity} for period, quantity in quantities.items())
        elif row:
            yield row


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _text(cell: Cell) -> str:
    """A cell in one spelling: 5, 5.0 and the text `5` are the same."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    text = str(cell).strip()
    if isinstance(cell, float | int) or text.replace(".", "", 1).lstrip("+-").isdigit():
        try:
            number = float(text)
        except ValueError:
            return text
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
    return text
