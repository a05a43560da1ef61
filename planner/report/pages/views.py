"""Tables of the report that are not result tables: shown alike on the page and as sheets of the workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

from planner.report.words.numbers import THIN_SPACE, Money, compact, number, share

NUMERIC = frozenset({"money", "change", "share", "heat", "points", "ratio", "quantity", "count"})


@dataclass(frozen=True, slots=True)
class ViewColumn:
    """`kind` says how its cells are written:

    text; flag (a text in a frame, empty: none); year; money; change (money with its sign); share; heat (a share, the darker
    the larger); points (a
    difference of shares, with its sign, in percentage points); ratio; quantity; count.
    """

    heading: str
    kind: str = "text"
    unit: str = ""
    note: str = ""

    @property
    def is_number(self) -> bool:
        return self.kind in NUMERIC


@dataclass(frozen=True, slots=True)
class View:
    """`name` is that of its sheet; `lead` says what the figures mean; None in a cell: there is no such figure."""

    name: str
    title: str
    lead: str
    columns: tuple[ViewColumn, ...]
    rows: Sequence[tuple[Any, ...]]
    most: int = 40  # rows shown on the page; the sheet has them all

    def cells(self, row: Sequence[Any], money: Money) -> list[tuple[str, ViewColumn]]:
        """The row as people read it, each cell with its column."""
        return [(written(value, column.kind, money), column) for value, column in zip(row, self.columns, strict=True)]


def written(value: Any, kind: str, money: Money) -> str:
    """A cell as people read it; `–` where there is no figure."""
    if value is None or value == "" or (isinstance(value, float) and isnan(value)):
        return "–" if kind in NUMERIC else ""
    if kind == "money":
        return money.figure(value)
    if kind == "change":
        return signed(money.figure(value), value)
    if kind in ("share", "heat"):
        return f"{number(100 * value, 1)}\u00a0%" if 0.0005 <= abs(value) < 0.9995 else share(value)
    if kind == "points":
        return signed(number(100 * value, 1), value)
    if kind == "ratio":
        return number(value, 2)
    if kind == "quantity":
        return compact(value) if abs(value) < 1000 else number(value)
    return number(value) if kind == "count" else str(value)


def signed(text: str, value: float) -> str:
    """A plus sign before what is above 0, unless it is written as 0."""
    return f"+{text}" if value > 0 and text.strip(f"0.,{THIN_SPACE}") else text
