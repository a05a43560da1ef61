"""How the tables and levels of a plan that was made again differ from those of the record."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from planner.decision.content import hash_without_cells
from planner.decision.record import Decision
from planner.records.parts import Level
from planner.run.tables import NUMBERS, read_table
from planner.tolerances import close

Figure = float | str


@dataclass(frozen=True, slots=True)
class LevelDifference:
    """An objective level then and now. `same`: equal but for arithmetic (`tolerances.SAME`)."""

    title: str
    unit: str
    recorded: float | None
    again: float | None

    @property
    def same(self) -> bool:
        """Are the two values equal but for arithmetic, or both unknown?"""
        if self.recorded is None or self.again is None:
            return self.recorded == self.again
        return close(self.recorded, self.again)


@dataclass(frozen=True, slots=True)
class TableDifference:
    """A table of other bytes. Counts of rows; None: not known, as the table of the record is gone or changed.

    `cells` differ; `column`, `row` (1 is the first), `recorded` and `again` are the largest difference of a number, or
    the first of a text; None where rows came or went. `only_cells`: but for the cells of the workbook that it names it
    is the same.
    """

    table: str
    rows_recorded: int | None
    rows_again: int | None
    cells: int | None = None
    column: str | None = None
    row: int | None = None
    recorded: Figure | None = None
    again: Figure | None = None
    only_cells: bool = False


def level_differences(recorded: Sequence[Level], again: Sequence[Level]) -> list[LevelDifference]:
    """Each level of either plan, in order."""
    then, now = ({level.name: level for level in levels} for levels in (recorded, again))
    return [
        LevelDifference(
            either.title,
            either.unit,
            then[name].value if name in then else None,
            now[name].value if name in now else None,
        )
        for name, either in (then | now).items()
    ]


def table_differences(
    decision: Decision, again: Path, hashes: Mapping[str, str], folder: Path | None
) -> Iterator[TableDifference]:
    """The tables that are not byte for byte those of the record, in the order of their names.

    `again` is the folder of the new tables, `hashes` their SHA-256 by name; `folder` the run folder of the record.
    """
    signed = {
        name.removeprefix("tables/").removesuffix(".csv"): digest
        for name, digest in decision.files.items()
        if name.startswith("tables/") and name.endswith(".csv")
    }
    for name in sorted(signed.keys() | hashes.keys()):
        if signed.get(name) == hashes.get(name):
            continue
        only_cells = name in hashes and name in decision.without_cells
        if only_cells and hash_without_cells(again / f"{name}.csv") == decision.without_cells[name]:
            yield TableDifference(name, None, None, only_cells=True)
            continue
        before = None if name not in signed else _as_signed(folder, name, signed[name])
        after = read_table(again / f"{name}.csv") if name in hashes else None
        yield _difference(name, before, after)


def _as_signed(folder: Path | None, name: str, digest: str) -> pd.DataFrame | None:
    """The table of the record, if it is still there as it was."""
    path = (folder or Path()) / "tables" / f"{name}.csv"
    if folder is None or not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
        return None
    return read_table(path)


def _difference(name: str, before: pd.DataFrame | None, after: pd.DataFrame | None) -> TableDifference:
    counts = [None if table is None else len(table) for table in (before, after)]
    difference = TableDifference(name, counts[0], counts[1])
    if before is None or after is None or len(before) != len(after) or list(before.columns) != list(after.columns):
        return difference
    cells = list(_cells(before, after))
    if not cells:
        return difference
    _, column, row, then, now = max(cells, key=lambda cell: cell[0])
    return replace(difference, cells=len(cells), column=column, row=row, recorded=_shown(then), again=_shown(now))


def _cells(before: pd.DataFrame, after: pd.DataFrame) -> Iterator[tuple[float, str, int, Figure, Figure]]:
    """(size of the difference, column, row, then, now) of each cell that differs; size 0 of texts."""
    for column in before.columns:
        for row, (then, now) in enumerate(zip(before[column].tolist(), after[column].tolist(), strict=True), 1):
            if then == now or (pd.isna(then) and pd.isna(now)):
                continue
            known = column in NUMBERS and pd.notna(then) and pd.notna(now)
            yield abs(now - then) if known else 0.0, str(column), row, then, now


def _shown(value: Figure) -> Figure:
    return "" if pd.isna(value) else value
