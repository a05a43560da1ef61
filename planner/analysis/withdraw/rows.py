"""A withdrawal as rows of Disruptions, added to the cells of the input."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from planner.domain.contingency.contingencies import Disruption
from planner.workbook.reading.raw import RawInput
from planner.workbook.reading.table import Cell, RawTable, normalise

TABLE = "Disruptions"
COLUMNS = ("contingency", "kind", "name", "from", "to", "factor")


def with_rows(raw: RawInput, hits: Sequence[Disruption], ends: bool = False) -> RawInput:
    """The input with a certain row for each of `hits`, from its first period to the end, which is left blank unless the
    row `ends`. `sha256` stays that of the input.
    """
    sheet = raw.table(TABLE)
    if sheet is None:
        file = f"{TABLE}.csv" if raw.textual else None
        sheet = RawTable(TABLE, normalise(TABLE), COLUMNS, (), file)
        raw = replace(raw, tables=(*raw.tables, sheet))
    at = {normalise(name): index for index, name in enumerate(sheet.header) if name is not None}
    missing = [name for name in COLUMNS if normalise(name) not in at]
    header = (*sheet.header, *missing)
    at |= {normalise(name): len(sheet.header) + index for index, name in enumerate(missing)}

    def row(hit: Disruption) -> tuple[Cell, ...]:
        cells: list[Cell] = [None] * len(header)
        assert isinstance(hit.first, int)
        assert isinstance(hit.last, int)
        hit_cells: dict[str, Cell] = {
            "kind": hit.kind,
            "name": hit.name,
            "from": float(hit.first + 1),
            "factor": hit.factor,
        }
        hit_cells["to"] = float(hit.last + 1) if ends else None
        for name, cell in hit_cells.items():
            cells[at[normalise(name)]] = f"{cell:g}" if raw.textual and isinstance(cell, float) else cell
        return tuple(cells)

    before = tuple((*cells, *[None] * len(missing)) for cells in sheet.rows)
    written = replace(sheet, header=header, rows=(*before, *map(row, hits)))
    return replace(raw, tables=tuple(written if table is sheet else table for table in raw.tables))
