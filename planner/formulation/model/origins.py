"""Which figures of the input a row is made of: the limits and demands that people set, and can set otherwise.

A row that comes from none is an identity or a definition: no input could make it another.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from statistics import mode
from typing import NamedTuple

from planner.domain.cells import Field
from planner.domain.instance import Budget, Fund, Profile, share_left
from planner.formulation.goods.balance import SUPPLIED, supplied_row
from planner.formulation.model.model import Key, Model
from planner.formulation.money.budget_periods import Spans


class Origin(NamedTuple):
    """A figure that a row's right-hand side is made of.

    `value`: what it says, in the unit of its column (money in the currency of Settings); None where it is no number.
    `slope`: by how much the right-hand side rises per unit of it; 0 where it is a factor of the row's terms (a share),
    or no number.
    """

    field: Field
    value: float | None = None
    slope: float = 0.0


# Rows that say what quantities are. They hold whatever anybody wants; a supply of goods in a balance is a figure.
IDENTITIES = frozenset(
    {
        "component_use",
        "made_for_balance",
        "circulation",
        "least_served",
        "departure",
        "past_lack_limit",
        "spend_balance",
        "payment_balance",
        "allocation_balance",
        "contribution_balance",
        "contributed_total",
    }
)


def origins_of(model: Model) -> dict[int, tuple[Origin, ...]]:
    """row → the figures that it is made of; identities are left out, and balances into which no supply enters."""
    found: dict[int, tuple[Origin, ...]] = {}
    for family, origin in ORIGINS.items():
        rows = model.rows[family]
        if family in SUPPLIED:
            found |= _supplies(model, family, rows)
        else:
            found |= {row: tuple(origin(model, key)) for key, row in rows.items()}
    return found


def _field(table: str, column: str, **key: Hashable) -> Field:
    return Field(table, tuple((name.rstrip("_"), value) for name, value in key.items()), column)


def _supplies(model: Model, family: str, rows: Mapping[Key, int]) -> dict[int, tuple[Origin, ...]]:
    """Opening stock and goods on order, in the balance of their node and period, or where it is told for whom they are."""
    found: dict[int, tuple[Origin, ...]] = {}
    for supply in model.instance.supplies:
        where, key = supplied_row(model.reach, supply)
        row = rows.get(key)
        if row is not None and where == family:
            left = share_left(model.instance.nodes[supply.node].left, supply.period)
            period = None if supply.opening else supply.period
            field = _field("Stocks", "quantity", node=supply.node, item=supply.item, period=period,
                           nation=supply.nation, age=supply.age)  # fmt: skip
            found[row] = (*found.get(row, ()), Origin(field, supply.quantity, SUPPLIED[family] * left))
    return found


def _capacity(model: Model, fixed: Field, name: str, profile: Profile, period: int) -> Iterator[Origin]:
    """A capacity of single periods where there is one, else the fixed one."""
    single = _field("Capacity", "quantity", object=name, period=period)
    cells = model.instance.cells
    is_single = profile[period] != mode(profile) if cells is None else bool(cells.of(single))
    yield Origin(single if is_single else fixed, profile[period], 1.0)


def _line_capacity(model: Model, key: Key) -> Iterator[Origin]:
    line, period = model.instance.lines[key[0]], key[1]
    fixed = _field("Lines", "capacity", line=line.name)
    yield from _capacity(model, fixed, line.name, line.capacity, period)


def _resource_capacity(model: Model, key: Key) -> Iterator[Origin]:
    resource, period = model.instance.resources[key[0]], key[1]
    fixed = _field("Resources", "capacity", resource=resource.name)
    yield from _capacity(model, fixed, resource.name, resource.capacity, period)


def _route_capacity(model: Model, key: Key) -> Iterator[Origin]:
    leg, period = model.instance.legs[key[0]], key[1]
    yield from _capacity(model, _field("Routes", "capacity_t", route=leg.route), leg.route, leg.capacity_t, period)


def _storage_weight(model: Model, key: Key) -> Iterator[Origin]:
    node, period = model.instance.nodes[key[0]], key[1]
    yield from _capacity(model, _field("Nodes", "storage_t", node=node.name), node.name, node.storage_t, period)


def _minimum_rate(model: Model, key: Key) -> Iterator[Origin]:
    yield Origin(_field("Lines", "min_rate", line=key[0]), model.instance.lines[key[0]].min_rate, 1.0)


def _ramp(model: Model, key: Key) -> Iterator[Origin]:
    line = model.instance.lines[key[0]]
    yield Origin(_field("Lines", "ramp", line=line.name), line.ramp, 1.0)
    if key[1] == line.open.start:
        yield Origin(_field("Lines", "start_rate", line=line.name), line.start_rate, 1.0)


def _placed_order(model: Model, key: Key) -> Iterator[Origin]:
    order = model.instance.lines[key[0]].orders[key[1]]
    yield Origin(_field("Orders", "quantity", line=key[0], period=key[1]), order.quantity, 1.0)


def _expansion_limit(model: Model, key: Key) -> Iterator[Origin]:
    yield Origin(_field("Expansions", "limit", expansion=key[0]), model.instance.expansions[key[0]].limit, 1.0)


def _route_volume(model: Model, key: Key) -> Iterator[Origin]:
    leg = model.instance.legs[key[0]]
    yield Origin(_field("Routes", "capacity_m3", route=leg.route), leg.capacity_m3, 1.0)


def _route_item(model: Model, key: Key) -> Iterator[Origin]:
    item, route = key[0], model.instance.legs[key[1]].route
    own = model.instance.route_items[item, route]
    yield Origin(_field("RouteItems", "capacity", route=route, item=item), own.capacity, 1.0)


def _of_node(column: str, attribute: str) -> Callable[[Model, Key], Iterator[Origin]]:
    def origin(model: Model, key: Key) -> Iterator[Origin]:
        yield Origin(_field("Nodes", column, node=key[0]), getattr(model.instance.nodes[key[0]], attribute), 1.0)

    return origin


def _storage_item(model: Model, key: Key) -> Iterator[Origin]:
    item, node = key[0], key[1]
    storage = model.instance.node_items[item, node].storage
    yield Origin(_field("NodeItems", "storage", node=node, item=item), storage, 1.0)


def _demand(model: Model, key: Key) -> Iterator[Origin]:
    demand = model.instance.demands_by_key[key[0], key[1]]
    yield Origin(_field("Demand", "quantity", demand=demand.name, period=demand.due), demand.quantity, 1.0)


def _stock_target(model: Model, key: Key) -> Iterator[Origin]:
    yield Origin(_field("Targets", "quantity", target=key[0]), model.instance.targets[key[0]].quantity, 1.0)


def _days_of_supply(model: Model, key: Key) -> Iterator[Origin]:
    """What is wanted rises with the days, as the demand of those days does; in the mean, in proportion."""
    days = model.instance.targets[key[0]].days_of_supply or 0.0
    wanted = model.bounds["days_of_supply"][key]
    yield Origin(_field("Targets", "days_of_supply", target=key[0]), days, wanted / days if days else 0.0)


def _frozen_plan(model: Model, key: Key) -> Iterator[Origin]:
    kind, activity = key
    if kind == "make":
        line, period = activity
        planned = model.instance.previous.production.get((line, period))
        field = _field("Previous", "quantity", kind=kind, line=line, period=period)
    else:
        item, name, period = activity
        planned = model.instance.previous.shipments.get((item, name, period))
        leg = model.instance.legs[name]
        field = _field("Previous", "quantity", kind=kind, route=leg.route, origin=leg.origin, item=item, period=period)
    yield Origin(field, planned or 0.0, 1.0)


def _departure_cap(model: Model, _: Key) -> Iterator[Origin]:
    cap = model.instance.settings.departure_cap
    yield Origin(_field("Settings", "value", key="departurecap"), cap)


def _budgets(model: Model, fund: Fund, budgets: Iterator[Budget]) -> Iterator[Origin]:
    for budget in budgets:
        field = _field("Budgets", "amount", fund=fund.name, contributor=budget.contributor, year=budget.year,
                       from_=budget.available)  # fmt: skip
        yield Origin(field, budget.amount, 1.0 / model.money_unit)


def _fund_limit(model: Model, key: Key) -> Iterator[Origin]:
    fund = model.instance.funds[key[0]]
    yield from _budgets(model, fund, Spans(model.instance).counting(fund, key[1]))


def _contribution_limit(model: Model, key: Key) -> Iterator[Origin]:
    fund, name, span = model.instance.funds[key[0]], key[1], key[2]
    counting = Spans(model.instance).counting(fund, span)
    yield from _budgets(model, fund, (budget for budget in counting if budget.contributor == name))


def _of_fund(column: str, attribute: str, is_money: bool = False) -> Callable[[Model, Key], Iterator[Origin]]:
    def origin(model: Model, key: Key) -> Iterator[Origin]:
        value = getattr(model.instance.funds[key[0]], attribute)
        yield Origin(_field("Funds", column, fund=key[0]), value, 1.0 / model.money_unit if is_money else 0.0)

    return origin


def _of_nation(column: str, attribute: str) -> Callable[[Model, Key], Iterator[Origin]]:
    def origin(model: Model, key: Key) -> Iterator[Origin]:
        yield Origin(_field("Nations", column, nation=key[0]), getattr(model.instance.nations[key[0]], attribute))

    return origin


def _key_tolerance(model: Model, _: Key) -> Iterator[Origin]:
    yield Origin(_field("Settings", "value", key="keytolerance"), model.instance.settings.key_tolerance)


def _lock(model: Model, key: Key) -> Iterator[Origin]:
    lock = next(lock for lock in model.instance.locks if lock.name == key[0])
    value = lock.maximum if key[1] == "maximum" else lock.minimum
    slope = 1.0 / model.money_unit if lock.kind == "pay" else 1.0
    yield Origin(_field("Locks", str(key[1]), lock=lock.name), value, slope)


def _policy(model: Model, key: Key) -> Iterator[Origin]:
    share = next(policy.share for policy in model.instance.policies if policy.name == key[0])
    yield Origin(_field("Policies", "share", policy=key[0]), share)


def _consent(_: Model, key: Key) -> Iterator[Origin]:
    yield Origin(_field("Consents", "status", consent=key[0]))


def _beneficiary(model: Model, key: Key) -> Iterator[Origin]:
    for fund in model.instance.funds.values():
        if any(rule.beneficiaries is not None and key[1] in rule.beneficiaries for rule in fund.eligibility):
            yield Origin(_field("Eligibility", "beneficiaries", fund=fund.name))


def _no_more(_: Model, __: Key) -> Iterator[Origin]:
    """Balances have no figures of their own but supplies, which are gathered apart."""
    yield from ()


ORIGINS: Mapping[str, Callable[[Model, Key], Iterator[Origin]]] = {
    "material_balance": _no_more,
    "settled_supply": _no_more,
    "line_capacity": _line_capacity,
    "placed_order": _placed_order,
    "minimum_rate": _minimum_rate,
    "ramp": _ramp,
    "resource_capacity": _resource_capacity,
    "expansion_limit": _expansion_limit,
    "route_capacity": _route_capacity,
    "route_volume": _route_volume,
    "route_item_capacity": _route_item,
    "throughput": _of_node("throughput_t", "throughput_t"),
    "storage_weight": _storage_weight,
    "storage_volume": _of_node("storage_m3", "storage_m3"),
    "storage_explosive": _of_node("storage_neq", "storage_neq_kg"),
    "storage_item": _storage_item,
    "demand_balance": _demand,
    "stock_target": _stock_target,
    "days_of_supply": _days_of_supply,
    "departure_cap": _departure_cap,
    "frozen_plan": _frozen_plan,
    "fund_limit": _fund_limit,
    "fund_ceiling": _of_fund("ceiling", "ceiling", is_money=True),
    "cofinancing": _of_fund("cofinancing", "cofinancing"),
    "fund_content": _of_fund("content_min", "content_min"),
    "beneficiary": _beneficiary,
    "contribution_limit": _contribution_limit,
    "contribution_min": _of_nation("contribution_min", "contribution_min"),
    "contribution_max": _of_nation("contribution_max", "contribution_max"),
    "key_min": _key_tolerance,
    "key_max": _key_tolerance,
    "work_share": _of_nation("work_share_min", "work_share_min"),
    "payment_lock": _lock,
    "taking_part": _of_fund("part_min", "part_min"),
    "common_procurement": _of_fund("min_nations", "min_nations"),
    "largest_share": _policy,
    "smallest_share": _policy,
    "consent": _consent,
    "lock": _lock,
}
