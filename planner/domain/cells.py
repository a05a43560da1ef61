"""Where the figures of an instance stand in the input:
what the stages after reading may ask, without knowing the input.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from planner.domain.instance import PlanningInstance


class Field(NamedTuple):
    """A figure of the input: `column` of the row of `table` that `key` singles out.

    `key` has (column, value) pairs, the values as the instance has them: names, fiscal years, and 0-based periods
    (of Demand the period in which it was due; of Stocks None for opening stock).
    """

    table: str
    key: tuple[tuple[str, Hashable], ...]
    column: str

    @property
    def names(self) -> tuple[str, ...]:
        """The names in its key."""
        return tuple(value for _, value in self.key if isinstance(value, str))


class Cell(NamedTuple):
    """A cell: the sheet as typed (a CSV file by its name), row and column counted from 0, row 0 being the header."""

    sheet: str
    row: int
    column: int


class TypedRow(NamedTuple):
    """A row that a figure is read from: by column of the figure's key what a condition of Options says to mean the row,
    and what a unit of its money is worth in the currency of Settings (1 for what is no money).
    """

    condition: tuple[tuple[str, str], ...]
    rate: float


class Cells(Protocol):
    """The cells of an input."""

    @property
    def as_typed(self) -> bool:
        """Do the cells say what the instance does? Not where it was rolled on from them: then some is over already."""

    def of(self, field: Field) -> tuple[Cell, ...]:
        """The cells that a figure is read from: several where rows add up, none where it is nowhere typed.

        Where the sheet lacks the column, the first cell of the row.
        """

    def typed(self, field: Field) -> object:
        """What the cell of a field says, as read (a period from 0);
        the default where it is blank, None where it is nowhere typed.
        """

    def rows(self, field: Field) -> tuple[TypedRow, ...]:
        """The rows that a figure is read from, as an option can mean them; none where it is nowhere typed."""

    def changed(self, values: Mapping[Field, float | str]) -> PlanningInstance | None:
        """The instance of the input with other figures or texts in it (money in the currency of Settings; periods from
        1).

        None where it has no such cells, or would be no right input.
        """
