"""The calendar of a plan: periods, fiscal years, discounting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

PERIODS_PER_YEAR = {"week": 52, "month": 12, "quarter": 4, "year": 1}
DAYS_PER_PERIOD = {"week": 7, "month": 30, "quarter": 90, "year": 360}
MONTHS_PER_PERIOD = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True)
class Horizon:
    """The planning periods 0 … `periods` − 1 (shown to people, and in tables, as 1 … `periods`).

    `start` is the first day of the first period. A week is 7 days from the start, 52 to a year.
    """

    start: date
    periods: int
    period_length: str = "month"
    fiscal_year_start: int = 1

    def first_day(self, period: int) -> date:
        """The first day of a period; `period` may lie outside the horizon on either side."""
        if self.period_length == "week":
            return self.start + timedelta(days=7 * period)
        months = self.start.year * 12 + self.start.month - 1 + period * MONTHS_PER_PERIOD[self.period_length]
        return date(months // 12, months % 12 + 1, 1)

    def period_of(self, day: date) -> int:
        """The period that contains a day: negative before the horizon, ≥ `periods` after it."""
        if self.period_length == "week":
            return (day - self.start).days // 7
        months = (day.year - self.start.year) * 12 + day.month - self.start.month
        return months // MONTHS_PER_PERIOD[self.period_length]

    def span(self, first: int, last: int) -> str:
        """Two periods as people write them: `2026-01 to 2026-04`; one period once."""
        return self.label(first) if first == last else f"{self.label(first)} to {self.label(last)}"

    def label(self, period: int) -> str:
        """How people write a period: `2026-03`, `2026-Q1`, `2026`, or a week's first day."""
        day = self.first_day(period)
        if self.period_length == "month":
            return f"{day:%Y-%m}"
        if self.period_length == "quarter":
            return f"{day.year}-Q{(day.month + 2) // 3}"
        return day.isoformat() if self.period_length == "week" else str(day.year)

    @cached_property
    def fiscal_years(self) -> tuple[int, ...]:
        """The fiscal year of each period (that of its first day), named by the year in which it begins."""
        return tuple(self.fiscal_year(period) for period in range(self.periods))

    def fiscal_year(self, period: int) -> int:
        """The fiscal year of a period, which may lie outside the horizon."""
        day = self.first_day(period)
        return day.year if day.month >= self.fiscal_year_start else day.year - 1

    @cached_property
    def years(self) -> tuple[int, ...]:
        """The fiscal years of the horizon, in order."""
        return tuple(sorted(set(self.fiscal_years)))

    @property
    def periods_per_year(self) -> int:
        """52, 12, 4 or 1."""
        return PERIODS_PER_YEAR[self.period_length]

    @property
    def days_per_period(self) -> int:
        """Days that one period stands for in targets by days of supply: 7, 30, 90 or 360."""
        return DAYS_PER_PERIOD[self.period_length]

    def discount_factors(self, rate: float) -> tuple[float, ...]:
        """(1 + rate)^(−t ÷ periods per year) for each period t."""
        return tuple((1 + rate) ** (-period / self.periods_per_year) for period in range(self.periods))

    def clip(self, opens: int, closes: int) -> range:
        """The periods of the inclusive window opens … closes that lie in the horizon."""
        return range(max(opens, 0), max(min(closes, self.periods - 1) + 1, max(opens, 0)))
