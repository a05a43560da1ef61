"""Where things stand at the present: goods, demand, money, orders; and what does not fit together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from planner.domain.instance import PlanningInstance
from planner.replan import backlog, locks, money, stocks
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
    rates: dict[str, float]  # line -> units started in the period before its first new order can be completed
    gaps: list[Conflict] = field(default_factory=list)
    recounts: tuple[Conflict, ...] = ()
    locks: locks.Locks = field(default_factory=locks.Locks)
    happened: Actuals = field(default_factory=lambda: Actuals(0))

    @property
    def conflicts(self) -> list[Conflict]:
        """Everything that does not fit together, and what was not reported."""
        return [
            *self.recounts,
            *self.stocks.conflicts,
            *self.backlog.conflicts,
            *self.money.conflicts,
            *self.locks.conflicts,
            *self.gaps,
        ]


def position(instance: PlanningInstance, actuals: Actuals, last: LastPlan) -> Position:
    """What the reports, and for orders the last plan, say of the present."""
    now = actuals.now
    orders = _orders(instance, last, now)
    paid = money.follow(instance, actuals, orders, last.payments)
    return Position(
        now,
        stocks.follow(instance, actuals),
        backlog.follow(instance, actuals),
        paid,
        orders,
        _rates(instance, actuals, orders),
        [*_silence(instance, actuals), *_unpaid(instance, actuals), *_not_bought(instance, actuals, last)],
        actuals.conflicts,
        locks.follow(instance, actuals, paid.bought),
        actuals,
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


def _rates(instance: PlanningInstance, actuals: Actuals, orders: Mapping[tuple[str, int], float]) -> dict[str, float]:
    """The rate of lines that may not rise or fall at will, in the last period that is settled: past, or completing
    what was ordered before. A line that was not open then keeps its start_rate."""
    found = {}
    for line in instance.lines.values():
        settled = actuals.now + line.order_lead_time - 1
        if (line.ramp != float("inf") or line.min_rate > 0) and settled in line.open:
            made = actuals.made if settled < actuals.now else orders
            found[line.name] = made.get((line.name, settled), 0.0) / line.yield_
    return found


def _silence(instance: PlanningInstance, actuals: Actuals) -> list[Conflict]:
    label = instance.horizon.label
    return [
        Conflict(
            "gap", label(period), "nothing was reported", None, None, "", "nothing is taken to have happened", period
        )
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
            period,
        )
        for period in sorted(busy - actuals.reported("paid"))
    ]


def _not_bought(instance: PlanningInstance, actuals: Actuals, last: LastPlan) -> list[Conflict]:
    """Investments that the last plan had for past periods, and no report tells of."""
    known = {thing for (_, _, kind, thing, _) in actuals.paid if kind == "capacity"} | {
        name for name, _ in actuals.bought
    }
    return [
        Conflict(
            "order",
            f"{name}, {instance.horizon.label(period)}",
            "planned capacity was not reported as bought or paid",
            0.0,
            quantity,
            "units of capacity",
            "taken as not bought",
            period,
        )
        for (name, period), quantity in last.investments.items()
        if period < actuals.now and name not in known
    ]
