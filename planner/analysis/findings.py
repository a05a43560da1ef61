"""What an analysis has to say: sentences, charts and tables, each table at once for page, workbook and CSV."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isnan

import pandas as pd

from planner.records.model import Record
from planner.report.excel.sheets import FRACTION, PRICE, Sheet, SheetColumn
from planner.report.figures.drawing import Figure
from planner.report.pages.views import View, ViewCell, ViewColumn, written
from planner.report.words.numbers import Money, counted, listing, spelled_unit

MOST_ROWS = 60  # of one table on the page
PRINTED = 20  # on paper
MOST_LISTED = 4  # names in a cell of a page; the sheet has them all
KINDS = {
    "text": "text",
    "unit": "text",
    "money": "money",
    "amount": "quantity",
    "figure": "quantity",
    "ratio": "quantity",
    "share": "share",
    "whole": "whole",
}
FORMATS = {
    **dict.fromkeys(("text", "unit"), ""),
    **dict.fromkeys(("amount", "figure"), PRICE),
    "money": FRACTION,
    "ratio": "0.000000",
    "share": "0.0%",
    "whole": "0",
}


@dataclass(frozen=True, slots=True)
class TableField:
    """A column as people read it: its key in the table, heading, what kind of number it is, a note.

    `unit` stands below the heading: of figures what they are counted in, of money what it counts that is not paid
    (`goods weighted by priority`). The unit of `amount` stands in each row, as the field `unit` of the table has it.
    """

    key: str
    heading: str
    kind: str = "text"  # text, unit (of an aim), money (currency), amount (of an aim), figure, ratio, share, whole
    note: str = ""
    unit: str = ""
    names: Mapping[str, str] = field(default_factory=dict)  # of codes in a text; the CSV has codes alone
    links: Mapping[str, str] = field(default_factory=dict)  # of texts: addresses, relative to the page
    is_list: bool = False  # of names: on a page the first stand for a long one

    @classmethod
    def of_aim(cls, key: str, heading: str, unit: str, currency: str, note: str = "") -> TableField:
        """A column of values of an aim, which counts in `unit`."""
        if unit.startswith(currency):
            return cls(key, heading, "money", note, counted(unit, currency))
        return (
            cls(key, heading, "share", note)
            if unit == "share"
            else cls(key, heading, "figure", note, spelled_unit(unit))
        )

    def in_sheet(self, currency: str) -> str:
        """The heading with the unit of the sheet, which has amounts in the currency."""
        unit = Money(currency, 1.0).unit_of(self.unit) if self.kind == "money" else self.unit
        return f"{self.heading} ({unit})" if unit else self.heading

    def in_view(self) -> ViewColumn:
        """The same as a column of a page."""
        if self.kind == "money":
            return ViewColumn(self.heading, "money", note=self.note, of=self.unit)
        return ViewColumn(self.heading, KINDS[self.kind], self.unit, self.note)

    def shown(self, value: object) -> object:
        """The name with its code below it; of a long list the first names; what has no other name as it is."""
        if self.is_list and len(listed := str(value).split("; ")) > MOST_LISTED + 1:
            return ViewCell(str(value), text=listing(listed, MOST_LISTED))
        if str(value) in self.links:
            return ViewCell(value, link=self.links[str(value)])
        title = self.names.get(str(value), "")
        return value if title in ("", value) else ViewCell(title, str(value))


@dataclass(frozen=True)
class FindingsTable:
    """One table: `frame` in full precision; `fields` are shown, all of its columns are in the CSV."""

    name: str
    title: str
    frame: pd.DataFrame
    fields: Sequence[TableField]
    where: str = ""  # where all rows are; by default in the workbook of the analysis and its tables

    def sheet(self, currency: str) -> Sheet:
        """The table as a sheet with all rows; money in `currency`.

        Codes with names get a column of names beside them.
        """
        columns = []
        for one in self.fields:
            values = self.frame[one.key]
            if one.kind == "text":
                values = values.astype(object).where(values.notna(), "").map(str)
            elif one.kind == "unit":
                values = values.map(spelled_unit)
            columns.append(SheetColumn(one.in_sheet(currency), values, FORMATS[one.kind], one.note))
            if one.kind == "text" and any(one.names.get(code, code) != code for code in values):
                named = values.map(lambda code, names=one.names: names.get(code, code))
                columns.append(SheetColumn(f"{one.heading} name", named))
        return Sheet(self.name, self.title, columns, len(self.frame))

    def view(self, kind: str, money: Money, most: int, *, titled: bool) -> View:
        """The same for the page of the analysis `kind`, which shows its first `most` rows,
        with or without its title.
        """
        columns = tuple(one.in_view() for one in self.fields)
        values = [self._shown(one, money) for one in self.fields]
        where = self.where or f"{kind}.xlsx, sheet {self.name}, and in tables/{self.name}.csv"
        rows = list(zip(*values, strict=True))
        title = self.title if titled else ""
        return View(self.name, title, "", columns, rows, most, PRINTED, where=where, caption=self.title)

    def _shown(self, one: TableField, money: Money) -> list[object]:
        """The cells of a column of the page; amounts and units of an aim in the scale of all its money."""
        values = self.frame[one.key].tolist()
        if one.kind == "unit":
            return [money.heading_unit(unit) for unit in values]
        if one.kind == "amount":
            units = self.frame["unit"].tolist()
            return [_amount(value, unit, money) for value, unit in zip(values, units, strict=True)]
        return [one.shown(value) for value in values]


def _amount(value: float | None, unit: str, money: Money) -> ViewCell:
    """A value of an aim that counts in `unit`."""
    if value is None or isnan(value):
        return ViewCell(None)
    kind = "money" if unit.startswith(money.currency) else "share" if unit == "share" else "quantity"
    return ViewCell(value, text=written(value, kind, money))


@dataclass(frozen=True)
class Section:
    """A part of the page. `tables` are shown in it; `points` are single sentences."""

    title: str
    lead: str = ""
    figures: Sequence[Figure] = ()
    tables: Sequence[FindingsTable] = ()
    points: Sequence[str] = ()


@dataclass(frozen=True)
class Findings:
    """`kind` names the files; `record` is what its JSON says; `facts` are (name, text)."""

    kind: str
    title: str
    subject: str
    marking: str
    headline: str
    money: Money
    facts: Sequence[tuple[str, str]]
    sections: Sequence[Section]
    record: Record
    tables: Sequence[FindingsTable] = field(default_factory=tuple)
    most_rows: int = MOST_ROWS  # of one table on the page
