"""Where things stand at the present: goods, demand, money, orders; and what does not fit together."""

from __future__ import annotations

from dataclasses import dataclass, field

from planner.domain.instance import PlanningInstance
from planner.replan import backlog, money, stocks
from planner.replan.actuals import Actuals
from planner.replan.conflict import Conflict
from planner.replan.last_plan import LastPlan


@dataclass(frozen=True)
class Position:
    """The state at the start of period `now` (0-based, of the workbook's horizon)."""

    now: int
    stocks: stocks.Stocks
    backlog: backlog.Backlog
    money: money.Money
    orders: dict[tuple[str, int], float]  # (line, period of completion) -> good units
    rates: dict[str, float]  # line -> units started in the last past period
    gaps: list[Conflict] = field(default_factory=list)

    @property
    def conflicts(self) -> list[Conflict]:
        """Everything that does not fit together, and what was not reported."""
        return [*self.stocks.conflicts, *self.backlog.conflicts, *self.money.conflicts, *self.gaps]


def position(instance: PlanningInstance, actuals: Actuals, last: LastPlan) -> Position:
    """What the reports, and for orders the last plan, say of the present."""
    now = actuals.now
    return Position(
        now,
        stocks.follow(instance, actuals),
        backlog.follow(instance, actuals),
        money.follow(instance, actuals),
        _orders(instance, last, now),
        _rates(instance, actuals),
        [*_silence(instance, actuals), *_unpaid(instance, actuals), *_not_bought(instance, actuals, last)],
    )


def _orders(instance: PlanningInstance, last: LastPlan, now: int) -> dict[tuple[str, int], float]:
    """Completions that were ordered before the present: those of Orders, else of the last plan."""
    typed = {
        (line.name, period): order.quantity
        for line in instance.lines.values()
        for period, order in line.orders.items()
        if period >= now
    }
    planned = {
        (line, period): quantity
        for (line, period), quantity in last.production.items()
        if line in instance.lines and now <= period < now + instance.lines[line].order_lead_time
    }
    return planned | typed


def _rates(instance: PlanningInstance, actuals: Actuals) -> dict[str, float]:
    """The rate of lines that may not rise or fall at will; a line that was not open yet keeps its start_rate."""
    last = actuals.now - 1
    return {
        line.name: actuals.made.get((line.name, last), 0.0) / line.yield_
        for line in instance.lines.values()
        if (line.ramp != float("inf") or line.min_rate > 0) and last in line.open
    }


def _silence(instance: PlanningInstance, actuals: Actuals) -> list[Conflict]:
    label = instance.horizon.label
    return [
        Conflict("gap", label(period), "nothing was reported", None, None, "", "nothing is taken to have happened")
        for period in actuals.silent
    ]


def _unpaid(instance: PlanningInstance, actuals: Actuals) -> list[Conflict]:
    """Periods in which something was made or sent, money is limited, and no payment was reported."""
    if not instance.money_is_limited:
        return []
    busy = actuals.reported("made") | actuals.reported("shipped")
    return [
        Conflict(
            "gap",
            instance.horizon.label(period),
            "no payment was reported",
            None,
            None,
            instance.settings.currency,
            "budgets are taken as typed",
        )
        for period in sorted(busy - actuals.reported("paid"))
    ]


def _not_bought(instance: PlanningInstance, actuals: Actuals, last: LastPlan) -> list[Conflict]:
    """Investments that the last plan had for past periods, and no payment tells of."""
    paid = {(thing, period) for (_, _, kind, thing, period) in actuals.paid if kind == "capacity"}
    return [
        Conflict(
            "order",
            f"{name}, {instance.horizon.label(period)}",
            "planned capacity was not reported as paid",
            0.0,
            quantity,
            "units of capacity",
            "taken as not bought",
        )
        for (name, period), quantity in last.investments.items()
        if period < actuals.now and (name, period) not in paid
    ]
