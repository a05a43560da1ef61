"""What one cell becomes: set to a value, scaled by a factor, or raised by an amount."""

from __future__ import annotations

from dataclasses import replace

from planner.options.changes.option import CellChange
from planner.workbook.reading.cells import CellError, expectation, read_number
from planner.workbook.reading.table import Cell, number_text
from planner.workbook.schema import Column


class RefusedChangeError(Exception):
    """A change that cannot be made; `column` is the column of the Options table that is to blame."""

    def __init__(self, column: str, message: str) -> None:
        self.column = column
        super().__init__(message)


def changed_cell(change: CellChange, column: Column, cell: Cell, place: str, textual: bool) -> Cell:
    """The new content of a cell of `column` that holds `cell` at `place`.

    A blank that has a number as its default counts as that number. Raises RefusedChangeError for a blank that
    means something else (unlimited), and for what is no number, unless it is set.
    """
    if change.kind == "set":
        return change.value
    where = f"{change.schema.name}.{column.name}"
    if column.kind not in ("number", "integer"):
        raise RefusedChangeError("change", f"{where} holds {expectation(column)}, which only `set` can change")
    if cell is None and column.default is None:
        meaning = column.help.partition("Blank: ")[2].rstrip(".") or "nothing"
        raise RefusedChangeError(
            "column", f"{place} is blank, which means: {meaning}; there is nothing to {change.kind}, use set"
        )
    plain = replace(column, minimum=None, maximum=None, positive=False, kind="number")
    try:
        number = float(column.default) if cell is None else read_number(plain, cell, textual)  # type: ignore[arg-type]
    except CellError:  # the fault of the cell itself is reported already; without it every cell here is a number
        return cell
    amount = read_number(Column("value", "number", ""), change.value, textual or isinstance(change.value, str))
    result = number * amount if change.kind == "scale" else number + amount
    return number_text(result) if textual else result
