"""The calendar as the checker reads it: periods, dates, events, fiscal years, discounting."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

import numpy as np

from planner.verify.verification import Floats

PERIODS_PER_YEAR = {"week": 52, "month": 12, "quarter": 4, "year": 1}
DAYS_PER_PERIOD = {"week": 7, "month": 30, "quarter": 90, "year": 360}
MONTHS = {"month": 1, "quarter": 3, "year": 12}

EVER = 10**6  # periods: what has no beginning began that long ago

Span = tuple[int, int]  # first and last period that a cell means, 0-based, perhaps outside the horizon
Days = tuple[date, date]


@dataclass(frozen=True)
class Calendar:
    """Periods are 0-based. `events` gives the 0-based period of each event, None if it does not happen."""

    start: date  # first day of period 0
    periods: int
    length: str = "month"
    fiscal_month: int = 1
    discount_rate: float = 0.0
    events: dict[str, int | None] = field(default_factory=dict)

    def period_of(self, day: date) -> int:
        """The period a day lies in; negative before the horizon."""
        if self.length == "week":
            return (day - self.start).days // 7
        months = (day.year - self.start.year) * 12 + day.month - self.start.month
        return months // MONTHS[self.length]

    def first_day(self, period: int) -> date:
        """The first day of a 0-based period, perhaps outside the horizon."""
        if self.length == "week":
            return self.start + timedelta(days=7 * period)
        months = self.start.year * 12 + self.start.month - 1 + period * MONTHS[self.length]
        return date(months // 12, months % 12 + 1, 1)

    def label(self, period: int) -> str:
        """A period for people: 2026-03, 2026-Q1, 2026, or a week's first day."""
        day = self.first_day(int(period))
        if self.length == "quarter":
            return f"{day.year}-Q{(day.month + 2) // 3}"
        return {"month": f"{day:%Y-%m}", "year": f"{day.year}"}.get(self.length, day.isoformat())

    @cached_property
    def years(self) -> tuple[int, ...]:
        """The fiscal year of each period: that of its first day, named by the year in which it begins."""
        return tuple(self.year_of(period) for period in range(self.periods))

    def year_of(self, period: int) -> int:
        """The fiscal year of a period, perhaps outside the horizon."""
        day = self.first_day(period)
        return day.year - (day.month < self.fiscal_month)

    @cached_property
    def year_list(self) -> tuple[int, ...]:
        """The fiscal years of the horizon, ascending."""
        return tuple(sorted(set(self.years)))

    @cached_property
    def year_codes(self) -> np.ndarray:
        """[period]: the place of its fiscal year in `year_list`."""
        return np.searchsorted(np.array(self.year_list), np.array(self.years))

    @cached_property
    def discount(self) -> Floats:
        """(1 + rate)^(−t ÷ periods per year)."""
        exponents = -np.arange(self.periods) / PERIODS_PER_YEAR[self.length]
        return np.power(1.0 + self.discount_rate, exponents)

    def span(self, cell: object) -> Span | None:
        """The periods that a cell means; None for an event that does not happen, with its offset, in the horizon."""
        text = str(cell).strip()
        for event, happens in self.events.items():
            offset = re.fullmatch(re.escape(event) + r"(?:\s*([+-]\s*\d+))?", text)
            if offset:
                if happens is None:
                    return None
                period = happens + int((offset[1] or "0").replace(" ", ""))
                return (period, period) if period < self.periods else None
        whole = _whole(cell)
        if whole is not None and not (whole > self.periods and 1900 <= whole <= 2999):
            return whole - 1, whole - 1
        if whole is not None and self.length == "year":  # not coarser than a period, whatever month it begins in
            period = self.period_of(date(whole, self.start.month, 1))
            return period, period
        first, last = days_of(cell)
        return self.period_of(first), self.period_of(last)

    def opening(self, cell: object, blank: int = 0) -> int | None:
        """The period an opening column means; `blank` for an empty cell; None: never."""
        if cell is None:
            return blank
        span = self.span(cell)
        return None if span is None else span[0]

    def closing(self, cell: object) -> int:
        """The period a closing column means; the last one for an empty cell or an event that does not happen."""
        span = None if cell is None else self.span(cell)
        return self.periods - 1 if span is None else span[1]

    def mask(self, first: int, last: int) -> np.ndarray:
        """[period]: is it one of first … last?"""
        periods = np.arange(self.periods)
        return (periods >= first) & (periods <= last)


def _whole(cell: object) -> int | None:
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        return int(cell) if float(cell).is_integer() else None
    text = str(cell).strip()
    return int(float(text)) if re.fullmatch(r"-?\d+(\.0+)?", text) else None


def days_of(cell: object) -> Days:
    """First and last day of a date, a month 2026-03, a quarter 2026-Q1 or a year 2026."""
    if isinstance(cell, datetime):
        return cell.date(), cell.date()
    if isinstance(cell, date):
        return cell, cell
    text = str(cell).strip()
    if match := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?", text):
        day = date(int(match[1]), int(match[2]), int(match[3]))
        return day, day
    if match := re.fullmatch(r"(\d{4})-(\d{1,2})", text):
        return _months(int(match[1]), int(match[2]), 1)
    if match := re.fullmatch(r"(\d{4})-?[Qq]([1-4])", text):
        return _months(int(match[1]), int(match[2]) * 3 - 2, 3)
    year = _whole(cell)
    if year is None:
        raise ValueError(f"{text!r} is not a period")
    return _months(year, 1, 12)


def _months(year: int, month: int, count: int) -> Days:
    after = year * 12 + month - 1 + count
    return date(year, month, 1), date(after // 12, after % 12 + 1, 1) - timedelta(days=1)


def first_day_of_horizon(cell: object, length: str) -> date:
    """The first day of the period in which the horizon starts."""
    day = days_of(cell)[0]
    if length == "week":
        return day
    month = (day.month - 1) // 3 * 3 + 1 if length == "quarter" else day.month
    return date(day.year, month, 1)
