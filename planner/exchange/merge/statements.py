"""What a workbook says: cells with their places, rows with their keys."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass

from planner.exchange.rights import name_of
from planner.workbook.reading.raw import RawTable
from planner.workbook.reading.spelling import Meaning, row_texts
from planner.workbook.reading.table import normalise
from planner.workbook.schema import Table
from planner.workbook.write.differences import key_columns

PERIOD = "@"  # marks the columns of periods of a wide table
NOTE = "#"  # marks columns of notes
# What tells the rows of tables without a key apart; rows alike in it are stated together, by one sender.
_TOGETHER: Mapping[str, tuple[str, ...]] = {
    "Eligibility": ("fund",),
    "Options": ("option",),
    "Actuals": ("period", "kind", "line", "route", "origin", "node", "item", "demand", "expansion", "fund",
                "contributor", "cost_type", "object"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Statement:
    """One filled cell: its text, and where it stands (`file`: as people call it, `place`: with it, in full)."""

    text: str
    file: str
    sheet: str
    cell: str
    place: str


@dataclass(frozen=True, slots=True)
class StatedRow:
    """One row of one workbook: filled cells by column (of the schema; `@2026-03`; `#note`), distinguished by `key`."""

    speaker: str
    table: Table
    key: tuple[Hashable, ...]
    cells: Mapping[str, Statement]

    @property
    def texts(self) -> dict[str, str]:
        """The cells of the schema's columns, as text."""
        return {name: statement.text for name, statement in self.cells.items() if name[0] not in (PERIOD, NOTE)}

    @property
    def words(self) -> str:
        """The row as people would name it: `line PL Heron:R155`."""
        texts = self.texts
        name = name_of(self.table.name, texts)
        columns = self.table.key or _TOGETHER[self.table.name]
        if name and len(columns) == 1:
            return f"{columns[0]} {name}"
        return ", ".join(f"{column} {texts[column]}" for column in columns if column in texts)

    @property
    def first(self) -> Statement:
        """The cell by which the row is named."""
        named = (self.cells[column] for column in self.table.key if column in self.cells)
        return next(named, next(iter(self.cells.values())))


def is_wide(table: Table, raw: RawTable) -> bool:
    """Has the sheet a column for each period, in place of `period` and `quantity`?"""
    return table.wide and "quantity" not in {normalise(name) for name in raw.header if name is not None}


def stays_wide(table: Table) -> bool:
    """Must a wide sheet of this table stay wide? A name then holds for all its periods, which long rows cannot say."""
    return table.wide and bool(table.key) and "period" not in table.key


@dataclass(frozen=True)
class StatementSheet:
    """One sheet of one workbook, read into rows."""

    speaker: str
    file: str
    table: Table
    raw: RawTable
    folder: bool

    def rows(self, meaning: Meaning, wide: bool) -> Iterator[StatedRow]:
        """The rows, one for each period where the sheet is wide; with `wide`, columns of periods are kept (or made)."""
        header, *texts = row_texts(self.raw)
        known = {normalise(column.name): column.name for column in self.table.columns}
        for number, row in enumerate(texts):
            cells: dict[str, Statement] = {}
            periods: dict[str, tuple[Statement, Statement]] = {}
            for index, (name, text) in enumerate(zip(header, row, strict=True)):
                statement = self._said(number, index, text)
                if not text or not name:
                    continue
                if index in self.raw.note_columns:
                    cells[NOTE + name] = statement
                elif normalise(name) in known:
                    cells[known[normalise(name)]] = statement
                elif self.table.wide:
                    periods[name] = (self._said(-1, index, name), statement)
            if cells or periods:
                yield from self._expanded(cells, periods, meaning, wide)

    def _expanded(
        self, cells: dict[str, Statement], periods: dict[str, tuple[Statement, Statement]], meaning: Meaning, wide: bool
    ) -> Iterator[StatedRow]:
        if wide:
            by_period = [*periods.values()]
            if "period" in cells and "quantity" in cells:
                by_period.append((cells["period"], cells["quantity"]))
            cells = {name: statement for name, statement in cells.items() if name not in ("period", "quantity")}
            cells |= {
                f"{PERIOD}{meaning.of(self.table, 'period', period.text)}": statement for period, statement in by_period
            }
            yield self._row(cells, meaning)
        elif is_wide(self.table, self.raw):
            for period, quantity in periods.values():
                yield self._row({**cells, "period": period, "quantity": quantity}, meaning)
        elif cells:
            yield self._row(cells, meaning)

    def _row(self, cells: dict[str, Statement], meaning: Meaning) -> StatedRow:
        texts = {name: statement.text for name, statement in cells.items() if name[0] not in (PERIOD, NOTE)}
        return StatedRow(self.speaker, self.table, _key(self.table, texts, meaning), cells)

    def _said(self, row: int, column: int, text: str) -> Statement:
        place, sheet, cell = self.raw.place(row, column)
        return Statement(
            text, self.file, sheet, cell, f"{self.file}/{place}" if self.folder else f"{self.file} {place}"
        )


def _key(table: Table, texts: dict[str, str], meaning: Meaning) -> tuple[Hashable, ...]:
    """What tells a row from others of its table."""
    if table.name == "Settings":
        return (normalise(texts.get("key", "")),)
    if table.name in ("Lines", "Routes"):
        return (name_of(table.name, texts),)
    if table.name == "Budgets":
        texts = {"contributor": texts.get("fund", ""), **texts}  # as the contract has it
    if table.name in _TOGETHER or not table.key:
        columns = _TOGETHER.get(table.name) or tuple(texts)
    else:
        columns = table.key if table.key[0] in texts or table.adds_up else key_columns(table, texts)
    named = tuple(meaning.of(table, column, texts.get(column, "")) for column in columns)
    return named if table.name in _TOGETHER or table.key[0] in texts else ("", *named)
