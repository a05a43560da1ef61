"""The input rolled to the present: a folder of CSV files that is an input like any other.

What time changes is written anew: Settings here, goods and demand by `rolled_goods`, money, capacity and locks by
`rolled_limits`, certain disruptions by `rolled_losses`, what is past by `rolled_past`. Every other table is copied,
with period numbers spelled as dates, as those do not move.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planner.domain.instance import PlanningInstance
from planner.replan.position.last_plan import LastPlan
from planner.replan.position.position import Position
from planner.replan.rolled import goods as rolled_goods
from planner.replan.rolled import limits as rolled_limits
from planner.replan.rolled import losses as rolled_losses
from planner.replan.rolled import past as rolled_past
from planner.replan.rolled.rolling import ReplanTerms, Roll, RowCells
from planner.tolerances import NOISE
from planner.workbook.reading.raw import RawInput, folder_input
from planner.workbook.reading.reader import NUMBERED, TypedWorkbook
from planner.workbook.reading.spelling import csv_text
from planner.workbook.reading.table import cell_text, normalise
from planner.workbook.schema import BY_NAME

WRITTEN: dict[str, Callable[[Roll], Iterable[RowCells]]] = {
    "Stocks": rolled_goods.stocks,
    "Demand": rolled_goods.demand,
    "Orders": rolled_goods.orders,
    "Previous": rolled_goods.previous,
    "Budgets": rolled_limits.budgets,
    "Capacity": rolled_limits.capacity,
    "Locks": rolled_limits.locks,
    "Disruptions": rolled_losses.disruptions,
    "Actuals": rolled_past.actuals,
}
CHANGED: dict[tuple[str, str], Callable[[Roll, int, Any], Any]] = {
    ("Funds", "ceiling"): rolled_limits.ceiling,
    ("Expansions", "limit"): rolled_limits.limit,
    ("Lines", "start_rate"): rolled_goods.start_rate,
    ("Options", "where"): rolled_limits.dated_condition,
}
OVER_A_WINDOW = frozenset({"Policies", "Targets"})  # rules that are over when their window is
LEFT_OUT = frozenset({"Settings", *WRITTEN})


@dataclass(frozen=True)
class RolledInput:
    """`raw` as it would be read from its `files`: name → content."""

    raw: RawInput
    files: Mapping[str, bytes]

    def write(self, folder: Path) -> None:
        """Write the files into `folder`, which is made."""
        folder.mkdir(parents=True)
        for name, content in self.files.items():
            (folder / name).write_bytes(content)


def rolled_input(
    book: TypedWorkbook,
    instance: PlanningInstance,
    now: Position,
    last: LastPlan | None,
    terms: ReplanTerms,
    folder: Path,
) -> RolledInput:
    """The rolled tables as a folder of CSV files would have them, which is not written yet."""
    roll = Roll(book, instance, now, last, terms)
    tables: dict[str, Iterable[RowCells]] = {"Settings": _settings(roll)}
    tables |= {name: _copied(roll, name) for name in book.tables if name not in LEFT_OUT}
    tables |= {name: rows(roll) for name, rows in WRITTEN.items()}
    files = {}
    for name in sorted(tables):
        listed = list(tables[name])
        if listed or BY_NAME[name].required:
            files[f"{name}.csv"] = _text_of(name, listed).encode("utf-8")
    return RolledInput(folder_input(folder, files.items()), files)


def _settings(roll: Roll) -> Iterator[RowCells]:
    """The settings as typed, from the present on; terms that were not given stay as the workbook has them."""
    start = roll.instance.horizon.first_day(roll.now.now).isoformat()
    horizon = {"start": start, "periods": roll.end - roll.now.now}
    horizon |= {key: value for key, value in (("frozen", roll.terms.frozen), ("departure_cap", roll.terms.departure_cap))
            if value is not None}  # fmt: skip
    mine = {normalise(key) for key in horizon}
    for key, value in roll.book["Settings"].records("key", "value"):
        if normalise(key) not in mine:
            yield {"key": key, "value": value}
    for key, value in horizon.items():
        yield {"key": key, "value": value}


def _copied(roll: Roll, name: str) -> Iterator[RowCells]:
    """The rows of a table as typed, periods as dates; limits that the past has used up are lowered."""
    table = roll.book[name]
    changed = {column: change for (owner, column), change in CHANGED.items() if owner == name}
    for record in range(len(table)):
        if name in OVER_A_WINDOW and isinstance(table["to"][record], int) and table["to"][record] < roll.now.now:
            continue
        row = roll.typed(table, record)
        if name in NUMBERED:  # a blank name is that of its row in the sheet
            row[table.schema.key[0]] = table[table.schema.key[0]][record]
        for column, change in changed.items():
            row[column] = change(roll, record, row.get(column))
        yield row


def _text_of(table: str, rows: list[RowCells]) -> str:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    order = {column.name: index for index, column in enumerate(BY_NAME[table].columns)}
    columns = columns or [column.name for column in BY_NAME[table].columns if column.required]
    columns.sort(key=lambda column: (order.get(column, len(order)), "" if column in order else column))
    texts = ([cell_text(_plain(row.get(column)), flag=True) for column in columns] for row in rows)
    return csv_text([columns, *texts])


def _plain(cell: Any) -> Any:
    """What is nearer 0 than a workbook may say is what arithmetic left."""
    return 0.0 if isinstance(cell, float) and 0 < abs(cell) < NOISE else cell
