"""How a cell becomes a period: dates, 2026-03, 2026-Q1, years, numbers, and events with an offset."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from planner.domain.horizon import Horizon
from planner.workbook.names.names import suggestion
from planner.workbook.reading.table import Cell


class _Mark:
    """A value that stands for itself."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return self._name


BAD: Final[Any] = _Mark("BAD")  # a cell whose fault is already listed
NEVER: Final[Any] = _Mark("NEVER")  # an opening date that hangs on an event which does not happen in the horizon
STRIKE: Final = "strike"  # stands for the period in which a contingency strikes; no event may be called so
ANY: Final = "any"  # of a contingency: it may strike in every period that leaves room for its window
EACH: Final = "each"  # the edge of a column in which a coarse date means each of its periods
# The edge of a column in which 0, -1 … are the periods before the horizon, as in result tables.
DUE: Final = "due"
FAR: Final = 10**6  # a closing date that never comes
EPOCH = date(1899, 12, 30)  # from which spreadsheets count days
LARGEST_NUMBER = 9999  # a larger one is no period (a date without date format is about 46000)

_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})\Z")
_MONTH = re.compile(r"(\d{4})-(\d{2})\Z")
_QUARTER = re.compile(r"(\d{4})-?[Qq]([1-4])\Z")
_NUMBER = re.compile(r"\d{1,9}\Z")
_BEFORE = re.compile(r"(0|-[1-9]\d{0,3})\Z")
_OFFSET = re.compile(r"(.*\S)\s*([+-])\s*(\d{1,4})\Z", re.DOTALL)


class FromStrike(NamedTuple):
    """A moment counted from the strike of a contingency."""

    offset: int


class PeriodError(ValueError):
    """The cell is no period; the message says what was expected."""


def calendar_span(cell: Cell) -> tuple[date, date, str] | None:
    """First day, last day and grain (day, month, quarter, year) of a date, or None where the cell is none."""
    if isinstance(cell, datetime):
        return cell.date(), cell.date(), "day"
    if isinstance(cell, date):
        return cell, cell, "day"
    if not isinstance(cell, str):
        return None
    try:
        if match := _DAY.match(cell):
            day = date(*map(int, match.groups()))
            return day, day, "day"
        if match := _MONTH.match(cell):
            return *_months(int(match[1]), int(match[2]), int(match[2])), "month"
        if match := _QUARTER.match(cell):
            last = 3 * int(match[2])
            return *_months(int(match[1]), last - 2, last), "quarter"
    except (ValueError, calendar.IllegalMonthError):
        return None
    return None


def year_span(year: int) -> tuple[date, date]:
    """First and last day of a calendar year."""
    return date(year, 1, 1), date(year, 12, 31)


def is_year(number: int) -> bool:
    """Does the number look like a year?"""
    return 1900 <= number <= 2999


def _months(year: int, first: int, last: int) -> tuple[date, date]:
    return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])


def looks_like_period(cell: Cell) -> bool:
    """May this column name be a period of a wide table? Events are not asked here."""
    if isinstance(cell, bool):
        return False
    if isinstance(cell, float | int):
        return float(cell).is_integer() and 0 < cell <= LARGEST_NUMBER
    return calendar_span(cell) is not None or (isinstance(cell, str) and bool(_NUMBER.match(cell)))


@dataclass
class PeriodReader:
    """Reads periods of one horizon. `events` maps each event to its period, NEVER or BAD.

    Where the horizon could not be read (None), every cell gives BAD without a fault of its own.
    """

    horizon: Horizon | None
    events: dict[str, Any] = field(default_factory=dict)
    events_certain: bool = True
    _memory: dict[tuple[Any, str, bool], Any] = field(default_factory=dict)

    def read(self, cell: Cell, edge: str, clipped: bool) -> Any:
        """The 0-based period (perhaps outside the horizon, where `clipped`), NEVER, FAR or BAD.

        A date coarser than a period means its first period where `edge` is opening, else its last.
        Raises PeriodError for what is no period, and for one outside the horizon unless `clipped`.
        """
        key = (cell, edge, clipped)
        if isinstance(cell, bool):
            raise PeriodError(f"found {str(cell).upper()}, {self.expected}")
        if key not in self._memory:
            self._memory[key] = self._read(cell, edge, clipped)
        return self._memory[key]

    def span(self, cell: Cell) -> Any:
        """All periods that the cell names, cut to the horizon, as a range; NEVER or BAD. Raises PeriodError."""
        first, last = self._bounds(cell)
        if first is BAD or first is NEVER or self.horizon is None:
            return first
        if last < 0 or first >= self.horizon.periods:
            if self.event_of(cell) is not None and first >= self.horizon.periods:
                return NEVER
            raise PeriodError(self._outside(cell))
        return self.horizon.clip(first, last)

    def each(self, cell: Cell) -> Any:
        """All periods that the cell names as a range, in the horizon or not; NEVER or BAD. Raises PeriodError."""
        first, last = self._bounds(cell)
        return first if first is BAD or first is NEVER else range(first, last + 1)

    def event_of(self, cell: Cell) -> str | None:
        """The event that a cell names, with or without an offset."""
        if not isinstance(cell, str):
            return None
        if cell in self.events:
            return cell
        match = _OFFSET.match(cell)
        return match[1] if match and match[1] in self.events else None

    @property
    def expected(self) -> str:
        """What a cell with a period may hold, for a message."""
        last = self.horizon.periods if self.horizon else "the last"
        return f"expected a date, 2026-03, 2026-Q1, a period number 1…{last} or an event"

    def _read(self, cell: Cell, edge: str, clipped: bool) -> Any:
        if edge == DUE and self.horizon is not None and _BEFORE.match(early := show(cell).strip("'")):
            return int(early) - 1
        first, last = self._bounds(cell)
        if first is BAD or self.horizon is None:
            return BAD
        if first is NEVER:
            return FAR if edge == "closing" else NEVER
        count = self.horizon.periods
        if self.event_of(cell) is not None and edge == "opening" and first >= count:
            return NEVER
        period = last if edge == "closing" else first
        if not clipped and not 0 <= period < count:
            raise PeriodError(self._outside(cell))
        return period

    def _outside(self, cell: Cell) -> str:
        assert self.horizon is not None
        count = self.horizon.periods
        window = self.horizon.span(0, count - 1)
        return f"found {show(cell)}, which is outside the horizon; expected {window} (1…{count})"

    def _bounds(self, cell: Cell) -> tuple[Any, Any]:
        """First and last period of what the cell names, not clipped."""
        if isinstance(cell, str) and (event := self.event_of(cell)) is not None:
            return self._event_bounds(cell, event)
        dates = calendar_span(cell)
        if dates is not None:
            if self.horizon is None:
                return BAD, BAD
            return self.horizon.period_of(dates[0]), self._last(dates)
        number = period_number(cell)
        if number is None:
            if isinstance(cell, str) and not self.events_certain:
                return BAD, BAD
            hint = suggestion(cell, self.events) if isinstance(cell, str) and self.events else ""
            raise PeriodError(f"found {show(cell)}, {self.expected}{hint}")
        if self.horizon is None:
            return BAD, BAD
        if number > self.horizon.periods and is_year(number):
            return self._year_bounds(number)
        if not 1 <= number <= LARGEST_NUMBER:
            raise PeriodError(f"found {show(cell)}{_lost_format(number)}, {self.expected}")
        return number - 1, number - 1

    def _last(self, dates: tuple[date, date, str]) -> int:
        """The last period of a date: one finer than a period means the period in which it begins."""
        assert self.horizon is not None
        grains = {"day": 0, "week": 1, "month": 2, "quarter": 3, "year": 4}
        coarser = grains[dates[2]] > grains[self.horizon.period_length]
        return self.horizon.period_of(dates[1] if coarser else dates[0])

    def _year_bounds(self, year: int) -> tuple[int, int]:
        assert self.horizon is not None
        if self.horizon.period_length == "year":  # the period that begins in that year
            return (year - self.horizon.start.year,) * 2
        first, last = year_span(year)
        return self.horizon.period_of(first), self.horizon.period_of(last)

    def _event_bounds(self, cell: str, event: str) -> tuple[Any, Any]:
        period = self.events[event]
        if period is BAD or period is NEVER or self.horizon is None:
            return (period, period) if self.horizon is not None else (BAD, BAD)
        if cell != event:
            match = _OFFSET.match(cell)
            assert match is not None
            period += int(match[3]) if match[2] == "+" else -int(match[3])
        return period, period


def _lost_format(number: int) -> str:
    """What a number says where it is a date whose cell has no date format, of this century."""
    day = EPOCH + timedelta(days=number) if 0 < number < 10 * LARGEST_NUMBER else None
    return (
        f" (the date {day.isoformat()}, if the cell has lost its date format)" if day and day.year // 100 == 20 else ""
    )


def from_strike(cell: Cell) -> FromStrike | None:
    """`strike`, `strike+2` or `strike-1`; None where the cell says something else."""
    if not isinstance(cell, str):
        return None
    if cell.casefold() == STRIKE:
        return FromStrike(0)
    match = _OFFSET.match(cell)
    if match is None or match[1].casefold() != STRIKE:
        return None
    return FromStrike(int(match[3]) if match[2] == "+" else -int(match[3]))


def period_number(cell: Cell) -> int | None:
    """The whole number that a cell holds, as a number or as digits; None where it is no number."""
    if isinstance(cell, str):
        return int(cell) if _NUMBER.match(cell) else None
    if isinstance(cell, float | int) and not isinstance(cell, bool) and abs(cell) < 1e9 and float(cell).is_integer():
        return int(cell)
    return None


def show(cell: object) -> str:
    """A cell as people would say it: text in quotes, whole numbers without a point, dates as dates."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, str):
        return f"'{cell[:60]}…'" if len(cell) > 60 else f"'{cell}'"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, date | datetime):
        return f"the date {cell.isoformat()}"
    return str(cell)
