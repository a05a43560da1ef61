"""What ties a response to the plan: goods, capacity bought, orders placed, and the rate at which lines run."""

from __future__ import annotations

from math import inf

from planner.domain.contingency.response import ordered_before
from planner.formulation.goods.production import PLACED_ORDER, RAMP
from planner.formulation.model.model import LESS, Terms
from planner.formulation.responses.response import Response


def add_inflow(response: Response) -> None:
    """Stock and goods under way of the plan come into the balances of the response; reserve is assigned to somebody."""
    reach = response.reach
    for flow in response.inflows:
        if flow.goods_class is None:
            response.entering[flow.item, flow.node, flow.period, flow.expires].append((flow.variable, -flow.share))
            continue
        goods = reach.items[flow.item]
        place = (goods.classes.index(flow.goods_class), reach.node_index[flow.node], flow.period)
        if goods.present[place] and goods.useful[place]:
            balance = response.balance[flow.item, flow.node, flow.period, flow.goods_class]
            balance.append((flow.variable, flow.share))


def add_bought_capacity(response: Response) -> None:
    """Enter the capacity that the plan bought, by the period of the response from which it is ready."""
    begin = response.case.begin
    for thing, bought in response.plan.ready_capacity.items():
        response.ready_capacity[thing] = [(ready - begin, variable) for ready, variable in bought]


def add_orders(response: Response) -> None:
    """What was ordered before the response is completed at most as the plan completes it.

    response_placed_order (l, t):  production[l, t] − left[l, t] · production[l, t] of the plan ≤ 0
        dual ≤ 0: objective per further unit ordered before.
    """
    begin, plan = response.case.begin, response.plan
    for (name, period), variable in response.columns["production"].items():
        line = plan.instance.lines[name]
        if ordered_before(line, response.case, begin + period):
            terms: Terms = [(variable, 1.0)]
            planned, left = plan.columns["production"].get((name, begin + period)), response.order_left(name, period)
            if planned is not None and left > 0:
                terms.append((planned, -left))
            key = (name, period)
            response.row(PLACED_ORDER.name, key, terms, LESS, 0.0, key)


def add_first_rise(response: Response) -> None:
    """A line that was open before rises from the plan's rate.

    response_ramp (l, begin):  (production[l, begin] − production[l, begin − 1] of the plan) ÷ yield ≤ ramp[l]
        dual ≤ 0: objective per unit of ramp.
    """
    begin, plan = response.case.begin, response.plan
    for name, line in response.instance.lines.items():
        variable = response.columns["production"].get((name, 0))
        if line.ramp == inf or variable is None or plan.instance.lines[name].open.start >= begin or 0 not in line.open:
            continue
        terms: Terms = [(variable, 1.0 / line.yield_)]
        before = plan.columns["production"].get((name, begin - 1))
        if before is not None:
            terms.append((before, -1.0 / line.yield_))
        response.limit(RAMP.name, (name, 0), terms, line.ramp, (name, 0))
