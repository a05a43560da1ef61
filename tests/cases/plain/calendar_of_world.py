"""How the periods of a world can be written: as dates of their own grain, finer ones, and coarser ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from plain.world import MONTHS, Cell, World

BEFORE, AFTER = "2020-05-17", "2099-05-17"  # days long before and after every horizon


@dataclass(frozen=True)
class PlainCalendar:
    """The writings of each period, numbered from 1."""

    world: World

    @property
    def length(self) -> str:
        return str(self.world.settings["period_length"])

    def writings(self, period: int) -> list[Cell]:
        """What means the period and nothing else: its number, its first day, a day within, its own label."""
        first, last = self._days(period)
        within = first + (last - first) / 2
        own: list[Cell] = [period, str(period), first.isoformat(), within.isoformat()]
        if self.length in {"month", "quarter"}:
            own.append(f"{first:%Y-%m}")
        if self.length == "quarter":
            own.append(_quarter(first))
        return own

    def coarse(self, period: int, edge: str) -> list[Cell]:
        """Coarser dates that begin (edge opening) or end (closing) with the period."""
        first, last = self._days(period)
        day = first if edge == "opening" else last
        is_edge = day.day == 1 if edge == "opening" else (day + timedelta(days=1)).day == 1
        spans: list[tuple[int, Cell]] = [(1, f"{day:%Y-%m}"), (3, _quarter(day)), (12, day.year)]
        wanted = 0 if edge == "opening" else -1
        return [
            text
            for months, text in spans
            if is_edge and (day.month - 1) % months == wanted % months and months > MONTHS.get(self.length, 0)
        ]

    def _days(self, period: int) -> tuple[date, date]:
        return self.world.first_day(period - 1), self.world.first_day(period) - timedelta(days=1)


def _quarter(day: date) -> str:
    return f"{day.year}-Q{(day.month + 2) // 3}"
