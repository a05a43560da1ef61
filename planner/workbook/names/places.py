"""Where in the input a thing stands that only its name and table are known of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from planner.domain.cells import Cells, Field
from planner.errors import Fault
from planner.workbook.reading.raw import RawInput, RawTable, normalise

# The columns that make up the name of a row whose name was left blank: factory:item, origin>destination:mode.
_NAMED_BY: Mapping[str, tuple[str, ...]] = {"Lines": ("factory", "item"), "Routes": ("origin", "destination", "mode")}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something odd about the row of `table` that `where` (column → text) singles out.

    Without `where` it is about the whole table. `column` is the cell to point at (default: the first of `where`); a
    blank cell of the row matches where `blank_is` says so (contributor of a budget: the fund). `figure`, where it is
    given, says which of several rows with the texts of `where` is meant, and its cell is the place.
    """

    table: str
    where: Mapping[str, str]
    message: str
    column: str = ""
    blank_is: Mapping[str, str] = field(default_factory=dict)
    figure: Field | None = None

    @property
    def name(self) -> str:
        """How people say which row it is: `Demand 'Spring'`; a name that says so itself stays `Demand 7`."""
        texts = list(self.where.values())
        if not texts:
            return self.table
        if texts[0].startswith(f"{self.table.removesuffix('s')} "):
            return texts[0]
        return f"{self.table} " + ", ".join(repr(text) for text in texts)


class InputPlaces:
    """Finds rows in the input as typed; without it, faults name the table and the thing."""

    def __init__(self, raw: RawInput | None, cells: Cells | None = None) -> None:
        self._raw, self._cells = raw, cells
        self._rows: dict[tuple[str, tuple[str, ...]], dict[tuple[str, ...], int]] = {}

    def fault(self, finding: Finding) -> Fault:
        """The finding as a warning, at its cell where that can be found."""
        table = self._raw.table(finding.table) if self._raw is not None else None
        if table is not None:
            place = self._figure(finding.figure) or self._place(table, finding)
            if place is not None:
                return table.fault(*place, finding.message, "warning")
        return Fault(finding.name, finding.message, "warning")

    def _figure(self, wanted: Field | None) -> tuple[int, int] | None:
        """Row and column of a figure of the input, the first of those that add up."""
        cells = self._cells.of(wanted) if self._cells is not None and wanted is not None else ()
        return (cells[0].row - 1, cells[0].column) if cells else None

    def _place(self, table: RawTable, finding: Finding) -> tuple[int, int] | None:
        row = self._row(table, finding)
        return None if row is None else (row, self._column(table, finding))

    def _column(self, table: RawTable, finding: Finding) -> int:
        wanted = (finding.column, *finding.where)
        return next((at for name in wanted if (at := _at(table, name)) is not None), 0)

    def _row(self, table: RawTable, finding: Finding) -> int | None:
        columns = tuple(finding.where)
        key = tuple(finding.where.values())
        rows = self._index(table, finding.table, columns, finding.blank_is)
        if key in rows:
            return rows[key]
        numbered = f"{finding.table.removesuffix('s')} "  # as a row without a name is called: Target 7
        if len(key) == 1 and key[0].startswith(numbered):
            return _numbered(table, key[0].removeprefix(numbered))
        return None

    def _index(
        self, table: RawTable, name: str, columns: tuple[str, ...], blank_is: Mapping[str, str]
    ) -> dict[tuple[str, ...], int]:
        """First row of each combination of texts in the columns; made once."""
        if (name, columns) not in self._rows:
            rows: dict[tuple[str, ...], int] = {}
            for number in range(len(table.rows)):
                rows.setdefault(_key(table, name, number, columns, blank_is), number)
            self._rows[name, columns] = rows
        return self._rows[name, columns]


def _key(
    table: RawTable, name: str, row: int, columns: tuple[str, ...], blank_is: Mapping[str, str]
) -> tuple[str, ...]:
    texts = [_text(table, row, column) or _text(table, row, blank_is.get(column, "")) for column in columns]
    if len(columns) == 1 and not texts[0] and name in _NAMED_BY:
        parts = [_text(table, row, column) for column in _NAMED_BY[name]]
        texts = [f"{parts[0]}>{parts[1]}:{parts[2]}" if name == "Routes" else ":".join(parts)]
    return tuple(texts)


def _numbered(table: RawTable, number: str) -> int | None:
    """The row that a name made of table and row number means."""
    if number.isdigit() and 2 <= int(number) <= len(table.rows) + 1:
        return int(number) - 2
    return None


def _text(table: RawTable, row: int, column: str) -> str:
    at = _at(table, column)
    value = table.rows[row][at] if at is not None else None
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _at(table: RawTable, column: str) -> int | None:
    wanted = normalise(column)
    if not wanted:
        return None
    return next((at for at, name in enumerate(table.header) if name is not None and normalise(name) == wanted), None)
