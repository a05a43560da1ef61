"""Tables for people: one model, shown alike on every page and as sheets of workbooks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite, isnan
from typing import Any

from planner.domain.titles import Named, title_of
from planner.report.words.numbers import Money, number, quantity, share, signed

NUMERIC = frozenset({"money", "change", "difference", "share", "heat", "points", "ratio", "quantity", "count", "whole"})
MONEY = frozenset({"money", "change"})
BARS = frozenset({"bar"})
WORDED = frozenset({"text", "flag", "month"})
MOST_PRINTED = 10  # rows of one table on paper
MOST_UNFOLDED = 6  # rows of a table that paper leaves out and the screen does not fold
FEW_COLUMNS = 3  # so many fit on a phone


@dataclass(frozen=True, slots=True)
class ViewCell:
    """A value with what stands small below it, such as a code or a difference; `text` where it is written otherwise."""

    value: Any
    note: str = ""
    text: str = ""
    link: str = ""  # an address, relative to the page


def coded(known: Mapping[str, Named], code: str) -> ViewCell | str:
    """A name with its code below it; the code where there is no other name."""
    title = title_of(known, code)
    return code if title == code else ViewCell(title, code)


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar within a cell: shares of its length by kind (`on-time`, `late`, `short`, `plain`, `full`, `produced`).

    `said` says the same in words.
    """

    parts: tuple[tuple[str, float], ...]
    said: str


@dataclass(frozen=True, slots=True)
class ViewColumn:
    """`kind` says how its cells are written:

    text; flag (a text in a frame, empty: none); month; money; change (money with its sign); difference (any number
    with its sign); share; heat (a share, the darker
    the larger); points (a difference of shares, with its sign, in percentage points); ratio; quantity; count; whole (a
    number without thin spaces, such as a year); bar (one `Bar` or several).
    """

    heading: str
    kind: str = "text"
    unit: str = ""
    note: str = ""
    strong: bool = False
    keys: tuple[tuple[str, str], ...] = ()  # of bars: (kind, what it means), in place of the heading
    of: str = ""  # what money counts that is not paid: goods

    @property
    def is_number(self) -> bool:
        """Is it written and sorted as a number?"""
        return self.kind in NUMERIC

    @property
    def is_money(self) -> bool:
        """Is it an amount of money?"""
        return self.kind in MONEY

    @property
    def is_bar(self) -> bool:
        """Is it drawn as a bar?"""
        return self.kind in BARS

    def unit_in(self, money: Money) -> str:
        """What the figures below the heading are counted in; blank where each cell says it."""
        return self.unit or (money.unit_of(self.of) if self.is_money else "")


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell as a page shows it. `order`: what it is sorted by, where that is not its text."""

    column: ViewColumn
    text: str
    note: str
    order: float | None
    darkness: float  # 0 to 1, of its ground
    bars: tuple[Bar, ...]
    link: str


@dataclass(frozen=True, slots=True)
class View:
    """`name` is that of its sheet; `lead` says what the figures mean; None in a cell: there is no such figure."""

    name: str
    title: str
    lead: str
    columns: tuple[ViewColumn, ...]
    rows: Sequence[tuple[Any, ...]]
    most: int = 40  # rows shown on the page; the sheet has them all
    printed: int = MOST_PRINTED  # rows on paper; 0: the table is on the screen only
    total: tuple[Any, ...] | None = None  # a last row that sums up the others
    marked: int | None = None  # the row that others are compared with
    order: str = ""  # what the rows on the page are, where they are not all: "the least served"
    where: str = ""  # where all rows are; by default its sheet in plan.xlsx
    is_part: bool = False  # of a longer table: it has all columns of that
    caption: str = ""  # what it is called where the title alone does not tell it from others of the page

    @property
    def called(self) -> str:
        """What the table is called for screen readers: caption, title or name."""
        return self.caption or self.title or self.name

    @property
    def is_wide(self) -> bool:
        """Has it more columns than a narrow screen shows?"""
        return len(self.columns) > FEW_COLUMNS

    @property
    def is_folded(self) -> bool:
        """Is it opened by who wants to see it? What paper leaves out is, unless it is short."""
        return not self.printed and bool(self.title) and len(self.rows) > MOST_UNFOLDED

    @property
    def shown_count(self) -> int:
        """How many rows the page shows."""
        return min(len(self.rows), self.most)

    @property
    def filled(self) -> View:
        """The same without columns of words in which no row has any; the first, which names the rows, stays."""
        whole = [*self.rows, *([self.total] if self.total else [])]
        stay = [
            index
            for index, column in enumerate(self.columns)
            if not index or column.kind not in WORDED or any(_says(row[index]) for row in whole)
        ]
        if len(stay) == len(self.columns) or not self.rows or self.is_part:
            return self
        chosen = replace(self, columns=_those(self.columns, stay), rows=[_those(row, stay) for row in self.rows])
        return replace(chosen, total=_those(self.total, stay)) if self.total else chosen

    def on_paper(self, rows: int) -> View:
        """The same with so many rows on paper; 0: on the screen only."""
        return replace(self, printed=rows)

    def shown(self, money: Money) -> list[list[ShownCell]]:
        """The rows of the page."""
        return [list(self._cells(row, money)) for row in self.rows[: self.most]]

    def shown_total(self, money: Money) -> list[ShownCell]:
        """The last row; nothing where there is none."""
        return list(self._cells(self.total, money)) if self.total else []

    def _cells(self, row: Sequence[Any], money: Money) -> Iterator[ShownCell]:
        for value, column in zip(row, self.columns, strict=True):
            cell = value if isinstance(value, ViewCell) else ViewCell(value)
            bars: tuple[Bar, ...] = ()
            if column.is_bar and cell.value:
                bars = cell.value if isinstance(cell.value, tuple) else (cell.value,)
            dark = float(cell.value) if column.kind == "heat" and cell.value else 0.0
            text = "" if bars else cell.text or written(cell.value, column.kind, money)
            yield ShownCell(column, text, cell.note, _order(cell.value, column, bars), dark, bars, cell.link)

    @property
    def left_out(self) -> str:
        """What the page does not show of it, and where that is."""
        return self._left_out(self.most)

    @property
    def left_out_on_paper(self) -> str:
        """The same for a printed page."""
        if not self.printed and self.rows:
            return f"{self.called}: on the screen and in {self.place}."
        return self._left_out(min(self.most, self.printed))

    @property
    def place(self) -> str:
        """Where all its rows are, where the page shows only the first."""
        return self.where or f"plan.xlsx, sheet {self.name}"

    def _left_out(self, most: int) -> str:
        count = len(self.rows)
        if count <= most:
            return ""
        order = f" ({self.order})" if self.order else ""
        return f"The first {number(most)} of {number(count)}{order}; all of them are in {self.place}."


def _says(value: Any) -> bool:
    return (
        bool(value.text or value.note or _says(value.value)) if isinstance(value, ViewCell) else value not in (None, "")
    )


def _those(values: Sequence[Any], places: Sequence[int]) -> tuple[Any, ...]:
    return tuple(values[place] for place in places)


def _order(value: Any, column: ViewColumn, bars: tuple[Bar, ...]) -> float | None:
    if bars:
        return sum(part for _, part in bars[0].parts[:1])
    if isinstance(value, bool) or not isinstance(value, int | float) or not column.is_number:
        return None
    return float(value) if isfinite(value) else None


def written(value: Any, kind: str, money: Money) -> str:
    """A value as people read it; `–` where there is no figure."""
    if value is None or value == "" or (isinstance(value, float) and isnan(value)):
        return "–" if kind in NUMERIC else ""
    if isinstance(value, str):
        return value
    if kind == "money":
        return money.figure(value)
    if kind == "change":
        return signed(money.figure(value), value)
    if kind == "difference":
        return signed(number(value), value)
    if kind in ("share", "heat"):
        return f"{number(100 * value, 1)}\u00a0%" if 0.0005 <= abs(value) < 0.9995 else share(value)
    if kind == "points":
        return signed(number(100 * value, 1), value)
    if kind == "ratio":
        return number(value, 2)
    if kind == "quantity":
        return quantity(value)
    if kind == "whole":
        return str(int(value))
    return number(value) if kind == "count" else str(value)
