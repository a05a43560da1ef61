"""What differs between two inputs, row by row and cell by cell, whatever the order of rows, columns and sheets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest

from planner.workbook.reading.raw import RawInput
from planner.workbook.reading.spelling import Meaning, horizon_of, row_texts
from planner.workbook.reading.table import RawTable, cell_text, normalise, number_text
from planner.workbook.schema import TABLES, Table

RowTexts = Mapping[str, str]  # column of the schema -> cell as text, filled cells only
RowKey = tuple[tuple[str, Hashable], ...]  # column, and what its cell means


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
    """Everything that differs, in the order of the tables. Notes are not compared.

    Cells are compared by what they mean: `5.00` is `5`, `EU;EEA` is `EEA; EU`, and in a plan by months `2026-03-01`
    is `2026-03`.
    """
    sides = _Side(before), _Side(after)
    return [difference for table in TABLES for difference in _of_table(table, *sides)]


def _of_table(table: Table, one: _Side, other: _Side) -> Iterator[Difference]:
    left, right = one.by_key(table), other.by_key(table)
    for key in dict.fromkeys([*left, *right]):
        old, new = _unlike(table, one, left.get(key, []), other, right.get(key, []))
        for gone, come in zip_longest(old, new):
            yield from _of_row(table, key, (one, gone), (other, come))


def _unlike(
    table: Table, one: _Side, old: list[RowTexts], other: _Side, new: list[RowTexts]
) -> tuple[list[RowTexts], list[RowTexts]]:
    """The rows of one key that have no equal on the other side."""
    left, right = list(old), []
    for row in new:
        equal = next(
            (index for index, each in enumerate(left) if one.meaning(table, each) == other.meaning(table, row)), None
        )
        if equal is None:
            right.append(row)
        else:
            del left[equal]
    return left, right


def _of_row(
    table: Table, key: RowKey, before: tuple[_Side, RowTexts | None], after: tuple[_Side, RowTexts | None]
) -> Iterator[Difference]:
    (one, old), (other, new) = before, after
    named = {name for name, _ in key}
    side, row = (one, old) if old is not None else (other, new)
    assert row is not None
    words = ", ".join(f"{name} {side.shown(table, name, row[name])}" for name, _ in key)
    if old is None or new is None:
        cells = "; ".join(f"{name}={side.shown(table, name, text)}" for name, text in row.items() if name not in named)
        gone, come = (cells, "") if new is None else ("", cells)
        yield Difference(table.name, words, "", gone, come, "removed" if new is None else "added")
        return
    was, now = one.meaning(table, old), other.meaning(table, new)
    for column in dict.fromkeys([*old, *new]):
        if was.get(column) != now.get(column):
            texts = one.shown(table, column, old.get(column, "")), other.shown(table, column, new.get(column, ""))
            yield Difference(table.name, words, column, *texts, "changed")


class _Side:
    """One of the two inputs."""

    def __init__(self, raw: RawInput) -> None:
        self._raw = raw
        self._meaning = Meaning(horizon_of(raw))

    def shown(self, table: Table, column: str, text: str) -> str:
        return self._meaning.shown(table, column, text)

    def meaning(self, table: Table, row: RowTexts) -> dict[str, Hashable]:
        if table.name == "Settings":
            return {"value": self._meaning.of_setting(row.get("key", ""), row.get("value", ""))}
        return {column: self._meaning.of(table, column, text) for column, text in row.items()}

    def by_key(self, table: Table) -> dict[RowKey, list[RowTexts]]:
        """Rows by the key of their table; a table without one by the whole row. Rows that add up are added up."""
        raw = self._raw.table(table.name)
        grouped: dict[RowKey, list[RowTexts]] = defaultdict(list)
        for row in rows_of(table, raw) if raw is not None else ():
            key = tuple((name, self._named(table, name, row[name])) for name in key_columns(table, row) if name in row)
            grouped[key].append(row)
        if table.adds_up:
            return {key: _added_up(table, rows) for key, rows in grouped.items()}
        return dict(grouped)

    def _named(self, table: Table, column: str, text: str) -> Hashable:
        if table.name == "Settings" and column == "key":
            return normalise(text)
        return self._meaning.of(table, column, text)


def key_columns(table: Table, row: RowTexts) -> tuple[str, ...]:
    """The columns that name a row; where its name is blank, what it must have beside numbers."""
    if not table.key:
        return tuple(column.name for column in table.columns if column.name in row)
    name = table.column(table.key[0])
    if table.key[0] in row or name.required or name.refers:
        return (*table.key, "period") if table.wide and "period" not in table.key else table.key
    return tuple(c.name for c in table.columns if c.required and c.kind not in ("number", "integer"))


def _added_up(table: Table, rows: list[RowTexts]) -> list[RowTexts]:
    """One row for each currency, with the sum of its amounts; rows whose amount is no number stay as they are."""
    amount = "amount" if table.name == "Budgets" else "quantity"
    totals: dict[str, float] = {}
    summed: dict[str, RowTexts] = {}
    others = []
    for row in rows:
        try:
            number = float(row.get(amount, ""))
        except ValueError:
            others.append(row)
            continue
        currency = row.get("currency", "")
        totals[currency] = totals.get(currency, 0.0) + number
        summed[currency] = {**row, amount: number_text(totals[currency])}
    return [*summed.values(), *others]


def rows_of(table: Table, raw: RawTable) -> Iterator[RowTexts]:
    """Filled cells of each row by column of the schema; a row of a wide table once for each period."""
    known = {normalise(column.name): column.name for column in table.columns}
    wide = table.wide and "quantity" not in {normalise(cell_text(name)) for name in raw.header}
    header, *texts = row_texts(raw)
    for cells in texts:
        row: dict[str, str] = {}
        quantities: dict[str, str] = {}
        for index, (name, text) in enumerate(zip(header, cells, strict=True)):
            if not text or index in raw.note_columns:
                continue
            column = known.get(normalise(name))
            if column is not None:
                row[column] = text
            elif wide and name:  # any other column is a period or an event
                quantities[name] = text
        if quantities:
            yield from ({**row, "period": period, "quantity": quantity} for period, quantity in quantities.items())
        elif row and not (wide and "period" not in row):
            yield row
