"""Gathers the faults of an input, one for each cell, in the order of the sheets."""

from __future__ import annotations

from collections.abc import Iterable

from planner.errors import Fault
from planner.workbook.reading.table import RawTable, row_number


class FaultList:
    """Faults by place: the first that names a cell stands, so that one mistake is reported once."""

    def __init__(self, known: Iterable[Fault] = (), order: Iterable[str] = ()) -> None:
        self._order = {name: rank for rank, name in enumerate(order)}
        self._faults: dict[tuple[str | None, str | None, str], tuple[tuple[int, int, int], Fault]] = {}
        for fault in known:
            self.add(fault)

    def add(self, fault: Fault, row: int = -1, column: int = -1) -> None:
        """Note a fault; of several in one cell the first counts. `row`, `column`: where it is listed."""
        key = (fault.sheet, fault.cell, "" if fault.cell else fault.message)
        rank = self._order.get(fault.sheet or "", -1)
        self._faults.setdefault(key, ((rank, row, column), fault))

    def forget_above(self, sheet: str, row: int) -> None:
        """Leave out the faults of a sheet above a row (as a spreadsheet program numbers it):
        what stands there is no table.
        """
        remaining = {
            key: entry for key, entry in self._faults.items() if key[0] != sheet or row_number(key[1] or "") >= row
        }
        self._faults = remaining

    def at(self, table: RawTable, row: int, column: int, message: str, severity: str = "error") -> None:
        """A fault at a cell of `table.rows`; row −1 is the header."""
        self.add(table.fault(row, column, message, severity), row, column)

    def about(self, table: RawTable, message: str) -> None:
        """A fault of a whole sheet."""
        self.add(Fault(table.file or table.name, message, sheet=table.name))

    def listed(self, severity: str) -> tuple[Fault, ...]:
        """The faults of a severity in the order of the workbook."""
        sorted_faults = sorted(
            (entry for entry in self._faults.values() if entry[1].severity == severity), key=lambda e: e[0]
        )
        return tuple(fault for _, fault in sorted_faults)

    @property
    def errors(self) -> tuple[Fault, ...]:
        """The faults that prevent planning, in the order of the workbook."""
        return self.listed("error")

    @property
    def warnings(self) -> tuple[Fault, ...]:
        """The warnings, in the order of the workbook."""
        return self.listed("warning")
