"""What happened before the horizon, as the checker reads it: rules about sums count it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from planner.verify.input.calendar import Calendar
from planner.verify.input.rule_data import Fund
from planner.verify.input.sheets import Sheets

Bucket = tuple[str, str]  # cost type, object


@dataclass(frozen=True)
class Paid:
    """A payment before the horizon (currency); `period`: below 0."""

    fund: str
    contributor: str
    bucket: Bucket
    period: int
    amount: float


@dataclass(frozen=True)
class Past:
    """Rows of Actuals whose period is before the first; periods are negative."""

    paid: tuple[Paid, ...] = ()
    made: tuple[tuple[str, int, float], ...] = ()  # line, period, good units
    sent: tuple[tuple[str, str, int, float], ...] = ()  # route, item, period, units
    bought: tuple[tuple[str, float], ...] = ()  # expansion, units of capacity

    def __bool__(self) -> bool:
        return bool(self.paid or self.made or self.sent or self.bought)

    def by_contributor(self, fund: str | None = None) -> dict[str, float]:
        """Money paid (by a fund) in each contributor's name."""
        amounts: dict[str, float] = {}
        for payment in self.paid:
            if fund in (None, payment.fund):
                amounts[payment.contributor] = amounts.get(payment.contributor, 0.0) + payment.amount
        return amounts


def read_past(sheets: Sheets, calendar: Calendar, funds: Mapping[str, Fund]) -> Past:
    """Kinds paid, made, shipped and bought; the others say nothing that a rule about a sum counts."""
    paid: list[Paid] = []
    made: list[tuple[str, int, float]] = []
    sent: list[tuple[str, str, int, float]] = []
    bought: list[tuple[str, float]] = []
    for row in sheets.long("Actuals"):
        period, kind, quantity = calendar.opening(row.raw("period")), row.choice("kind"), row.number("quantity", 0.0)
        if period is None or period >= 0 or not quantity:
            continue
        if kind == "paid":
            fund = row.name("fund") or ""
            bucket = row.choice("cost_type"), row.name("object") or ""
            paid.append(Paid(fund, row.name("contributor") or _alone(funds, fund), bucket, period, quantity))
        elif kind == "made":
            made.append((row.name("line") or "", period, quantity))
        elif kind == "shipped":
            sent.append((row.name("route") or "", row.name("item") or "", period, quantity))
        elif kind == "bought":
            bought.append((row.name("expansion") or "", quantity))
    return Past(tuple(paid), tuple(made), tuple(sent), tuple(bought))


def _alone(funds: Mapping[str, Fund], fund: str) -> str:
    """The contributor of a fund that has only one."""
    names = {budget.contributor for budget in funds[fund].budgets} if fund in funds else set()
    return names.pop() if len(names) == 1 else "" if names else fund
