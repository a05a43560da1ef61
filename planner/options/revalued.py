"""The aims of an option by what the base wants, and by the values, priorities and prices that the base gives it.

A plan counts what its own input wants, delivered or in stock. An option that wants less would thus seem to miss less,
one that makes goods cheaper to lack less value; to compare, one yardstick is needed: the base's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isclose

from planner.domain.instance import Demand, PlanningInstance
from planner.formulation.rules.least_served import LEVELS, groups
from planner.options.stock_targets import cost_below, missed, value_below
from planner.plan.plan import Plan
from planner.tolerances import NOISE, SAME_VALUE

Arrivals = list[tuple[int, float]]  # (period, units), earliest first


@dataclass(frozen=True, slots=True)
class Served:
    """What an option does for one demand of the base: units `lacking`, and `late` (period, units) after its due."""

    demand: Demand
    lacking: float
    late: Arrivals


def revalued_levels(plan: Plan, base: PlanningInstance) -> dict[str, float | None]:
    """Level name → value by the base's demand and values; empty where the option's own are the same.

    Units as those of the levels: Σ priority × value × (short, units × periods late, below); the weighted objective with
    the base's shortage and delay costs, None where something is lacking that the base says must be met.
    """
    same_wishes = _same_demand(plan.instance, base) and plan.instance.targets == base.targets
    if same_wishes and _same_values(plan.instance, base):
        return {}
    service = served(plan, base.demands)
    if [level.name for level in plan.levels] == ["weighted"]:
        return {"weighted": _weighted(plan, base, service)}
    return {
        "binding_shortfall": _shortfall(base, service, binding=True),
        "other_shortfall": _shortfall(base, service, binding=False),
        "lateness": sum(
            one.demand.priority * base.unit_values.get(one.demand.item, 0.0) * units * (period - one.demand.due)
            for one in service
            for period, units in one.late
        ),
        "target_shortfall": value_below(missed(plan, base), base),
        **_worst_served(base, service),
    }


def served(plan: Plan, demands: Sequence[Demand]) -> list[Served]:
    """Each of these demands with what the plan delivers for it, at most what it wants, and within its window.

    What goes to the demand of the same name and due period counts first. The rest, of demands that the option moved,
    renamed or added, counts for the same item at the same destination, earliest first, for the demand of the highest
    priority.
    """
    arrived: dict[tuple[str, int], Arrivals] = {}
    pool: defaultdict[tuple[str, str], Arrivals] = defaultdict(list)
    table = plan.tables["deliveries"].sort_values("period", kind="stable")
    known = {demand.key: demand for demand in demands}
    for name, end, item, due, period, units in table[
        ["demand", "destination", "item", "due", "period", "quantity"]
    ].itertuples(index=False):
        key = (str(name), int(due) - 1)
        same = key in known and (known[key].destination, known[key].item) == (end, item)
        (arrived.setdefault(key, []) if same else pool[end, item]).append((int(period) - 1, float(units)))
    counted = {d.key: _counted(d, arrived.get(d.key, []), d.quantity, pool[d.destination, d.item]) for d in demands}
    for demand in sorted(demands, key=lambda d: (not d.binding, -d.priority)):
        here, mine = (demand.destination, demand.item), counted[demand.key]
        lacking = demand.quantity - sum(units for _, units in mine)
        if lacking > NOISE and pool[here]:
            others, pool[here] = sorted(pool[here]), []
            mine += _counted(demand, others, lacking, pool[here])
    return [
        Served(
            demand,
            max(demand.quantity - sum(units for _, units in counted[demand.key]), 0.0),
            [(period, units) for period, units in counted[demand.key] if period > demand.due],
        )
        for demand in demands
    ]


def _counted(demand: Demand, arrivals: Arrivals, wanted: float, rest: Arrivals) -> Arrivals:
    """Arrivals in the demand's window, at most `wanted` in all; what is over goes to `rest`."""
    taken: Arrivals = []
    for period, units in arrivals:
        mine = min(units, wanted) if period in demand.window else 0.0
        if mine > 0:
            taken.append((period, mine))
            wanted -= mine
        if units - mine > NOISE:
            rest.append((period, units - mine))
    return taken


def _same_demand(one: PlanningInstance, other: PlanningInstance) -> bool:
    def terms(instance: PlanningInstance) -> Iterator[tuple[object, ...]]:
        for d in instance.demands:
            rank = (d.binding, d.priority, d.shortage_cost, d.delay_cost)
            yield (d.key, d.destination, d.item, d.quantity, d.window, d.commitment, *rank)

    return set(terms(one)) == set(terms(other))


def _same_values(one: PlanningInstance, other: PlanningInstance) -> bool:
    values = other.unit_values
    return all(isclose(one.unit_values.get(item, value), value, rel_tol=SAME_VALUE) for item, value in values.items())


def _shortfall(base: PlanningInstance, service: Sequence[Served], binding: bool) -> float:
    return sum(
        one.demand.priority * base.unit_values.get(one.demand.item, 0.0) * one.lacking
        for one in service
        if one.demand.binding == binding
    )


def _worst_served(base: PlanningInstance, service: Sequence[Served]) -> dict[str, float]:
    """The largest share of a group's goods that is lacking, for binding and other demand (see `least_served`)."""
    lacking = {one.demand.key: one.lacking for one in service}
    worst: dict[str, float] = {}
    for (kind, *_), demands in groups(base).items():
        values = [base.unit_values[demand.item] for demand in demands]
        wanted = sum(value * demand.quantity for value, demand in zip(values, demands, strict=True))
        short = sum(value * lacking[demand.key] for value, demand in zip(values, demands, strict=True))
        worst[LEVELS[kind]] = max(short / wanted, worst.get(LEVELS[kind], 0.0))
    return worst


def _weighted(plan: Plan, base: PlanningInstance, service: Sequence[Served]) -> float | None:
    """The option's objective, with what the base asks for its shortages and delays in place of what the option asks."""
    plan_instance = plan.instance
    if any(one.demand.shortage_cost is None and one.lacking > NOISE for one in service):
        return None
    below_base, below_own = cost_below(missed(plan, base), base), cost_below(missed(plan, plan_instance), plan_instance)
    if below_base is None:
        return None
    total = (plan.levels[0].value or 0.0) + below_base - (below_own or 0.0)
    for sign, instance, each in ((-1.0, plan_instance, served(plan, plan_instance.demands)), (1.0, base, service)):
        for one in each:
            short = (one.demand.shortage_cost or 0.0) * one.lacking * instance.discount[one.demand.counted]
            late = sum(units * (t - one.demand.due) * instance.discount[t] for t, units in one.late)
            total += sign * (short + one.demand.delay_cost * late)
    return total
