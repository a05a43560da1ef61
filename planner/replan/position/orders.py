"""What is on order with lines at the present: ordered before it, not made yet and not cancelled.

Everything ordered since the workbook's start is set against everything made and cancelled since, so that reports may be
corrected and months skipped:

    on order = ordered − made − cancelled, of each line

What was made serves the oldest due period first. What is late is completed in the first period in which it can be.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from planner.domain.instance import Line, Node, PlanningInstance
from planner.replan.position.actuals import Actuals
from planner.replan.position.conflict import ReportConflict
from planner.replan.position.last_plan import LastPlan, Ordered
from planner.replan.position.late import CANCELLED, LATE, LOST, ORDER, WAITING, Late
from planner.tolerances import matters

LACKING = "components, resources or money for it are missing before"


@dataclass(slots=True)
class Open:
    """An order of which `left` good units are still to come, in period `due` (None: not in this plan)."""

    order: Ordered
    left: float
    due: int | None = None


@dataclass(frozen=True)
class Placed:
    """Good units to be completed in a period, `by_plan` of them ordered by a plan; `paid` the share of their cost paid
    before the present."""

    quantity: float
    paid: float
    by_plan: float = 0.0


@dataclass
class Orders:
    """`ordered` everything ordered since period `since`; `open_` what is left of it; `completed[line, period]` the good
    units made, by the period in which they were due."""

    ordered: list[Ordered] = field(default_factory=list)
    since: int = 0
    open_: list[Open] = field(default_factory=list)
    completed: dict[tuple[str, int], dict[int, float]] = field(default_factory=dict)
    late: list[Late] = field(default_factory=list)
    conflicts: list[ReportConflict] = field(default_factory=list)

    @cached_property
    def placed(self) -> dict[tuple[str, int], Placed]:
        """By line and period of completion, from the present on."""
        sums: dict[tuple[str, int], tuple[float, float, float]] = {}
        for entry in self.open_:
            if entry.due is not None and entry.left > 0:
                units, paid, paid_by_line = sums.get((entry.order.line, entry.due), (0.0, 0.0, 0.0))
                sums[entry.order.line, entry.due] = (
                    units + entry.left,
                    paid + entry.left * entry.order.paid,
                    paid_by_line + (entry.left if entry.order.by_plan else 0.0),
                )
        return {key: Placed(units, paid / units, paid_by_line) for key, (units, paid, paid_by_line) in sums.items()}

    @cached_property
    def due(self) -> Mapping[tuple[str, int], float]:
        """Good units ordered, by line and period in which they were to be completed."""
        quantities: dict[tuple[str, int], float] = defaultdict(float)
        for order in self.ordered:
            quantities[order.line, order.due] += order.quantity
        return quantities


def follow(
    instance: PlanningInstance, actuals: Actuals, last: LastPlan, stated: frozenset[str] = frozenset()
) -> Orders:
    """The orders at the present; `stated` are the lines of which the workbook's Orders says something, be it 0."""
    if actuals.to_plan:
        return _to_plan(instance, actuals, last)
    orders = Orders(_ordered(instance, last, actuals.now, stated), last.since)
    orders.open_ = [Open(order, order.quantity) for order in sorted(orders.ordered, key=lambda order: order.due)]
    by_line: dict[str, list[Open]] = defaultdict(list)
    for entry in orders.open_:
        by_line[entry.order.line].append(entry)
    for name, line in instance.lines.items():
        if line.order_lead_time or by_line[name]:
            _serve(orders, instance, actuals, line, by_line[name])
    for entry in orders.open_:
        _place(orders, instance, actuals.now, entry)
    orders.late += _taken_back(instance, last, actuals.now, stated)
    orders.late += _gone(instance, last, actuals.now)
    orders.conflicts += _settled_before(instance, last, stated)
    return orders


def _to_plan(instance: PlanningInstance, actuals: Actuals, last: LastPlan) -> Orders:
    """The orders where all went to plan: those of Orders, else those of the last plan, from the present on."""
    now, lines = actuals.now, instance.lines
    made = [_planned(lines[name], period, units) for (name, period), units in actuals.made.items()]
    coming = {
        (name, period): _planned(lines[name], period, units)
        for (name, period), units in last.production.items()
        if name in lines and now <= period < now + lines[name].order_lead_time and units > 0
    }
    typed = {(order.line, order.due): order for order in _typed(instance) if order.due >= now}
    open_ = [Open(order, order.quantity, order.due) for order in (coming | typed).values()]
    completed = {(order.line, order.due): {order.due: order.quantity} for order in made}
    return Orders([*made, *(entry.order for entry in open_)], now, open_, completed)


def _planned(line: Line, period: int, units: float) -> Ordered:
    return Ordered(line.name, period, units, line.advance if line.order_lead_time else 0.0)


def _typed(instance: PlanningInstance) -> Iterator[Ordered]:
    """The workbook's own Orders."""
    for line in instance.lines.values():
        for period, order in line.orders.items():
            yield Ordered(line.name, period, order.quantity, order.paid, by_plan=False)


def _ordered(instance: PlanningInstance, last: LastPlan, now: int, stated: frozenset[str]) -> list[Ordered]:
    """Everything ordered since `last.since`. What the workbook's Orders says of a line takes the place of what a
    workbook said of it before; the orders of plans stay."""
    typed = [] if last.since > 0 else list(_typed(instance))
    before = [order for order in last.orders(now, instance) if order.line in instance.lines and order.due >= last.since]
    return [*typed, *(order for order in before if order.by_plan or last.since > 0 or order.line not in stated)]


def _serve(orders: Orders, instance: PlanningInstance, actuals: Actuals, line: Line, open_: list[Open]) -> None:
    """Set what was made, and then what was cancelled, against the orders of a line, month by month."""
    unit = instance.items[line.item].unit
    for period in range(orders.since, actuals.now):
        made, where = actuals.made.get((line.name, period), 0.0), f"{line.name}, {instance.horizon.label(period)}"
        served = _take(open_, made)
        orders.completed[line.name, period] = served
        if matters(over := made - sum(served.values()), made):
            orders.conflicts.append(ReportConflict("order", where, "more was made than was ordered", made, made - over, unit,
                                            "what was made is there", period))  # fmt: skip
        cancelled = actuals.cancelled.get((line.name, "", "", "", period), 0.0)
        for due, units in _take(open_, cancelled).items():
            orders.late.append(Late(ORDER, line.name, line.item, line.factory, units, due, None, CANCELLED, "as reported",
                                   period))  # fmt: skip
            cancelled -= units
        if matters(cancelled, actuals.cancelled.get((line.name, "", "", "", period), 0.0)):
            whole = actuals.cancelled[line.name, "", "", "", period]
            orders.conflicts.append(ReportConflict("order", where, "more was cancelled than was on order", whole,
                                            whole - cancelled, unit, "nothing is on order", period))  # fmt: skip


def _take(open_: Iterable[Open], units: float) -> dict[int, float]:
    """Take units off the orders, the oldest first; what each due period gives."""
    taken: dict[int, float] = {}
    for entry in open_:
        if units <= 0:
            break
        part = min(entry.left, units)
        if part > 0:
            entry.left -= part
            units -= part
            taken[entry.order.due] = taken.get(entry.order.due, 0.0) + part
    return taken


def _place(orders: Orders, instance: PlanningInstance, now: int, entry: Open) -> None:
    """Complete what is left in the first period in which it can be: not before it is due or the present, while the
    factory is open, and before the line's first new order can be (so that it is never made to wait longer)."""
    if not matters(entry.left, entry.order.quantity):
        entry.left = 0.0  # rounding
        return
    line, was_due = instance.lines[entry.order.line], entry.order.due
    ends = now + line.order_lead_time
    first = max(min(max(was_due, now), ends - 1), now)
    factory = instance.nodes[line.factory]
    entry.due = next((period for period in range(first, ends) if is_open(factory, period)), None)
    state, why = LATE, ""
    if not line.order_lead_time:
        state, why = LOST, f"{line.name} takes no orders any more: it has no order_lead_time"
    elif entry.due is None:
        later = bool(factory.open) and factory.open.start >= ends
        state, why = (WAITING, f"{factory.name} is not open yet") if later else (LOST, f"{factory.name} is closed")
    if was_due < now or entry.due is None or entry.due > was_due:
        orders.late.append(Late(ORDER, line.name, line.item, line.factory, entry.left, was_due, entry.due, state, why))


def put_off(instance: PlanningInstance, orders: Orders, now: int, completed: Mapping[tuple[str, int], float]) -> Orders:
    """The orders completed as `completed` says (line and period), the oldest first; the rest waits."""
    left, open_ = dict(completed), []
    settled = [entry for entry in orders.late if entry.state != LATE]
    for entry in orders.open_:
        line, units = instance.lines[entry.order.line], entry.left
        periods = () if entry.due is None else range(entry.due, now + line.order_lead_time)
        parts: list[tuple[float, int | None]] = []
        for period in periods:
            part = min(units, left.get((line.name, period), 0.0))
            if matters(part, entry.left):
                parts.append((part, period))
                left[line.name, period] -= part
                units -= part
        if matters(units, entry.left):
            parts.append((units, None))
        for part, due in parts:
            open_.append(Open(entry.order, part, due))
            if entry.due is None or (due is not None and due <= entry.order.due):
                continue
            why = LACKING if due is None or due > entry.due else ""
            state = WAITING if due is None else LATE
            settled.append(Late(ORDER, line.name, line.item, line.factory, part, entry.order.due, due, state, why))
    return replace(orders, open_=open_, late=settled)


def is_open(node: Node, period: int) -> bool:
    """Is the node open in the period, be it after the workbook's horizon?"""
    return period in node.open or (bool(node.open) and node.closing is None and period >= node.open.stop)


def _taken_back(instance: PlanningInstance, last: LastPlan, now: int, stated: frozenset[str]) -> Iterator[Late]:
    """What an earlier workbook had on order with a line, and this one does not."""
    if last.since > 0:
        return
    before: dict[str, dict[int, float]] = defaultdict(dict)
    for order in last.orders(now, instance):
        if not order.by_plan and order.line in stated and order.line in instance.lines and order.due >= 0:
            before[order.line][order.due] = order.quantity
    for name, dues in before.items():
        line = instance.lines[name]
        less = sum(dues.values()) - sum(order.quantity for order in line.orders.values())
        if matters(less, sum(dues.values())):
            changed = [t for t, units in dues.items() if units > (line.orders[t].quantity if t in line.orders else 0.0)]
            yield Late(ORDER, name, line.item, line.factory, less, min(changed), None, CANCELLED,
                       "the workbook's Orders say less than before")  # fmt: skip


def _gone(instance: PlanningInstance, last: LastPlan, now: int) -> Iterator[Late]:
    """What was on order with lines that the workbook no longer has."""
    for (name, period), units in sorted(last.production.items()):
        lead = last.lead_times.get(name, 0)
        if name not in instance.lines and lead and last.start <= period < now + lead and units > 0:
            yield Late(ORDER, name, last.items.get(name, ""), "", units, period, None, LOST,
                       "the workbook no longer has this line")  # fmt: skip


def _settled_before(instance: PlanningInstance, last: LastPlan, stated: frozenset[str]) -> Iterator[ReportConflict]:
    """What the last plan had on order for periods before the workbook starts: its opening stock says what came."""
    sums: dict[str, float] = defaultdict(float)
    for (name, period), units in last.production.items():
        if period < 0 and last.lead_times.get(name, 0) and name in instance.lines and name not in stated:
            sums[name] += units
    for name, units in sums.items():
        unit = instance.items[instance.lines[name].item].unit
        yield ReportConflict("gap", name, "an order was due before the workbook starts", None, units, unit,
                       "taken as made: the opening stock counts")  # fmt: skip
