"""What an analysis has to say: sentences, charts and tables, each table at once for page, workbook and CSV."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

import pandas as pd

from planner.records.model import Record
from planner.report.excel.sheets import FRACTION, PRICE, Column, Sheet
from planner.report.figures.drawing import Figure
from planner.report.words.numbers import Money, compact, number, share

MOST_ROWS = 60  # of one table on the page
FORMATS = {"text": "", "money": FRACTION, "figure": PRICE, "ratio": "0.000000", "share": "0.0%", "whole": "0"}


@dataclass(frozen=True, slots=True)
class Field:
    """A column as people read it: its key in the table, heading, what kind of number it is, a note."""

    key: str
    heading: str
    kind: str = "text"  # text, money (currency), figure, ratio, share, whole
    note: str = ""


@dataclass(frozen=True)
class Table:
    """One table: `frame` in full precision; `fields` are shown, all of its columns are in the CSV."""

    name: str
    title: str
    frame: pd.DataFrame
    fields: Sequence[Field]

    def sheet(self, currency: str) -> Sheet:
        columns = []
        for one in self.fields:
            unit = f" ({currency})" if one.kind == "money" else ""
            values = self.frame[one.key]
            if one.kind == "text":
                values = values.astype(object).where(values.notna(), "").map(str)
            columns.append(Column(one.heading + unit, values, FORMATS[one.kind], one.note))
        return Sheet(self.name, self.title, columns, len(self.frame))

    def headings(self, money: Money) -> list[tuple[str, bool]]:
        """Heading, and whether numbers stand below it."""
        return [
            (f"{f.heading} ({money.unit})" if f.kind == "money" else f.heading, f.kind != "text") for f in self.fields
        ]

    def rows(self, money: Money, most: int) -> list[list[tuple[str, bool]]]:
        """The first rows as texts, and which of them are numbers."""
        head = self.frame.head(most)
        columns = [[_shown(value, f.kind, money) for value in head[f.key].tolist()] for f in self.fields]
        numeric = [f.kind != "text" for f in self.fields]
        return [list(zip(texts, numeric, strict=True)) for texts in zip(*columns, strict=True)]


def _shown(value: Any, kind: str, money: Money) -> str:
    if value is None or (isinstance(value, float) and value != value):
        return ""
    if kind == "text":
        return str(value)
    if kind == "whole":
        return str(int(value))
    if kind == "share":
        return share(value)
    if kind in ("figure", "ratio"):
        return compact(value) if abs(value) < 1000 or not isfinite(value) else number(value)
    return money.figure(value)


@dataclass(frozen=True)
class Section:
    """A part of the page. `tables` are shown in it; `points` are single sentences."""

    title: str
    lead: str = ""
    figures: Sequence[Figure] = ()
    tables: Sequence[Table] = ()
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
    tables: Sequence[Table] = field(default_factory=tuple)
    most_rows: int = MOST_ROWS  # of one table on the page
