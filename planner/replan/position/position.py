"""Where things stand at the present: goods, demand, money, orders; and what does not fit together."""

from __future__ import annotations

from dataclasses import dataclass, field

from planner.domain.instance import PlanningInstance
from planner.replan.position import backlog, money, orders, stocks
from planner.replan.position.actuals import Actuals
from planner.replan.position.conflict import ReportConflict
from planner.replan.position.last_plan import LastPlan
from planner.replan.position.late import Late
from planner.replan.rolled import locks


@dataclass(frozen=True)
class Position:
    """The state at the start of period `now` (0-based, of the workbook's horizon)."""

    now: int
    stocks: stocks.Stocks
    backlog: backlog.Backlog
    money: money.RemainingMoney
    orders: orders.Orders
    rates: dict[str, float]  # line -> units started in the period before its first new order can be completed
    gaps: list[ReportConflict] = field(default_factory=list)
    recounts: tuple[ReportConflict, ...] = ()
    locks: locks.Locks = field(default_factory=locks.Locks)
    happened: Actuals = field(default_factory=lambda: Actuals(0))

    @property
    def late(self) -> list[Late]:
        """Orders and shipments that have not come when they were due, or will not."""
        return [*self.orders.late, *self.stocks.late]

    @property
    def conflicts(self) -> list[ReportConflict]:
        """Everything that does not fit together, and what was not reported."""
        return [
            *self.recounts,
            *self.stocks.conflicts,
            *self.orders.conflicts,
            *self.backlog.conflicts,
            *self.money.conflicts,
            *self.locks.conflicts,
            *self.gaps,
        ]


def position(
    instance: PlanningInstance, actuals: Actuals, last: LastPlan, stated: frozenset[str] = frozenset()
) -> Position:
    """What the reports, and for orders the last plan, say of the present. `stated`: see `orders.follow`."""
    now = actuals.now
    placed = orders.follow(instance, actuals, last, stated)
    paid = money.follow(instance, actuals, placed, last.payments)
    return Position(
        now,
        stocks.follow(instance, actuals),
        backlog.follow(instance, actuals),
        paid,
        placed,
        _rates(instance, actuals, placed),
        [*_silence(instance, actuals), *_unpaid(instance, actuals), *_not_bought(instance, actuals, last)],
        actuals.conflicts,
        locks.follow(instance, actuals, paid.bought),
        actuals,
    )


def _rates(instance: PlanningInstance, actuals: Actuals, placed: orders.Orders) -> dict[str, float]:
    """The rate of lines that may not rise or fall at will, in the last period that is settled: past, or completing
    what was ordered before. A line that was not open then keeps its start_rate."""
    rates = {}
    for line in instance.lines.values():
        settled = actuals.now + line.order_lead_time - 1
        if (line.ramp != float("inf") or line.min_rate > 0) and settled in line.open:
            order = placed.placed.get((line.name, settled))
            coming = 0.0 if order is None else order.quantity
            made = actuals.made.get((line.name, settled), 0.0) if settled < actuals.now else coming
            rates[line.name] = made / line.yield_
    return rates


def _silence(instance: PlanningInstance, actuals: Actuals) -> list[ReportConflict]:
    label = instance.horizon.label
    return [
        ReportConflict(
            "gap", label(period), "nothing was reported", None, None, "", "nothing is taken to have happened", period
        )
        for period in actuals.silent
    ]


def _unpaid(instance: PlanningInstance, actuals: Actuals) -> list[ReportConflict]:
    """Periods in which something was made or sent, money is limited, and no payment was reported."""
    if not instance.money_is_limited:
        return []
    busy = actuals.reported("made") | actuals.reported("shipped")
    return [
        ReportConflict(
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


def _not_bought(instance: PlanningInstance, actuals: Actuals, last: LastPlan) -> list[ReportConflict]:
    """Investments that the last plan had for past periods, and no report tells of."""
    known = {thing for (_, _, kind, thing, _) in actuals.paid if kind == "capacity"} | {
        name for name, _ in actuals.bought
    }
    return [
        ReportConflict(
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
