"""What every part of the rolled input is written from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from planner.domain.horizon import Horizon
from planner.domain.instance import PlanningInstance
from planner.replan.position.last_plan import LastPlan
from planner.replan.position.position import Position
from planner.workbook.reading.cells import split_list
from planner.workbook.reading.periods import is_year, period_number
from planner.workbook.reading.reader import TypedWorkbook
from planner.workbook.reading.typed import TypedTable
from planner.workbook.schema import BY_NAME

RowCells = Mapping[str, Any]


def date_of(horizon: Horizon, period: int) -> str:
    """A date that names the period (0-based, also one before the start) whatever the start is."""
    day = horizon.first_day(period)
    return f"{day:%Y-%m}" if horizon.period_length in ("month", "quarter", "year") else day.isoformat()


def before_loss(amount: float, left: float) -> float:
    """What an input says of an amount of which certain disruptions, which it states too, leave `left`.

    A plan knows of them and counts on the amount itself. Where nothing is left the amount stands as it is.
    """
    return amount / left if left > 0 else amount


def overdue_name(demand: str, horizon: Horizon, due: int) -> str:
    """The name under which an overdue row of a wide table is rolled: its own row has only one name for all periods."""
    return f"{demand}, due {date_of(horizon, due)}"


def demand_of(name: str, horizon: Horizon, due: int) -> str:
    """The demand's own name, of one that may have become overdue; the reverse of `overdue_name`."""
    return name.removesuffix(f", due {date_of(horizon, due)}")


@dataclass(frozen=True)
class ReplanTerms:
    """How the next plan may depart from the last: `frozen` periods, `departure_cap` share (None: as the workbook's
    settings say), `periods` of the new horizon (None: to the end of the workbook's).
    """

    frozen: int | None = None
    departure_cap: float | None = None
    periods: int | None = None


@dataclass(frozen=True)
class Roll:
    """The typed workbook and its instance, the present, the last plan (None: there is none to keep to) and the terms.

    Periods are 0-based, of the workbook's horizon; `end` is the first after the new one."""

    book: TypedWorkbook
    instance: PlanningInstance
    now: Position
    last: LastPlan | None
    terms: ReplanTerms

    @cached_property
    def end(self) -> int:
        """The period after the last one of the next plan, counted as in the workbook."""
        return self.now.now + (self.terms.periods or self.instance.horizon.periods - self.now.now)

    def label(self, period: int) -> str:
        """A date that names the period whatever the start is."""
        return date_of(self.instance.horizon, period)

    def dated(self, cell: Any) -> Any:
        """A period number as its date, which stays right when the start moves; years, dates and events as typed."""
        number = period_number(cell)
        if number is None or (number > self.instance.horizon.periods and is_year(number)):
            return cell
        return self.label(number - 1)

    def typed(self, table: TypedTable, record: int, leave_out: tuple[str, ...] = ()) -> dict[str, Any]:
        """The cells of a record as typed, a period number as its date."""
        row: dict[str, Any] = {}
        for column in BY_NAME[table.schema.name].columns:  # the table's own may read an event as any text
            if column.name in leave_out or not table.has(column.name):
                continue
            cell = table.cell(record, column.name)
            row[column.name] = self._dated_as(column.kind, cell)
        return row

    def _dated_as(self, kind: str, cell: Any) -> Any:
        if kind == "strikes":
            return "; ".join(str(self.dated(part)) for part in split_list(str(cell)))
        return self.dated(cell) if kind == "period" else cell

    def rate(self, table: str, record: int) -> float:
        """What a unit of the row's currency is worth in that of the settings."""
        rates: dict[Any, float] = dict(self.book["Currencies"].records("currency", "rate"))
        return rates.get(self.book[table]["currency"][record], 1.0)
