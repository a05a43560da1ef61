"""Material balance: what comes into a node in a period goes out of it or stays."""

from __future__ import annotations

import numpy as np

from planner.verify.plan_arrays import PlanArrays
from planner.verify.verification import Codes, Findings, Floats, number

BalanceTerm = tuple[str, int, Codes, Codes, Codes, Floats]  # words, sign, item, node, period, quantity


def check_balance(arrays: PlanArrays, findings: Findings) -> None:
    """For every item i, node v and period t:

    stock(t−1) + opening or ordered goods + arrivals + made − consumed − dispatched − delivered − scrapped = stock(t)

    Arrivals count at dispatch + lead time; consumption is make ÷ yield × quantity of each component. Where a certain
    disruption hits the node, only its part of the stock carried in and of opening or ordered goods is left.
    """
    flows = [*coming(arrays), *_going(arrays), *stock(arrays)]
    width = len(arrays.nodes)
    keys = np.concatenate([item * width + node for _, _, item, node, _, _ in flows])
    pairs = np.unique(keys)
    if not pairs.size:
        return
    net = np.zeros((pairs.size, arrays.case.periods))
    largest = np.zeros_like(net)
    terms = []
    for words, sign, item, node, period, quantity in flows:
        rows = np.searchsorted(pairs, item * width + node)
        amount = arrays.totals(pairs.size, rows, period, quantity)
        net += sign * amount
        largest = np.maximum(largest, np.abs(amount))
        terms.append((words, sign, amount))

    def say(index: int) -> str:
        row, period = divmod(index, arrays.case.periods)
        item, node = divmod(int(pairs[row]), width)
        parts = [
            f"{'+' if sign > 0 else '−'} {words} {number(a[row, period])}" for words, sign, a in terms if a[row, period]
        ]
        return (
            f"item {arrays.items[item]!r} at {arrays.nodes[node]!r} in {arrays.label(period)}: "
            f"{' '.join(parts)} leaves {number(net[row, period])}, not 0"
        )

    findings.check("material_balance", np.abs(net).ravel(), largest.ravel(), say)


def _columns(frame: object, *names: str) -> list[Codes]:
    return [frame[name].to_numpy(dtype=np.intp) for name in names]  # type: ignore[index]


def coming(arrays: PlanArrays) -> list[BalanceTerm]:
    """What enters each node: supplies, production, arrivals; units by item, node and period (0-based)."""
    supplies = arrays.case.supplies
    production, shipments = arrays.plan.production, arrays.plan.shipments
    line, made = _columns(production, "line", "t")
    leg, item, sent = _columns(shipments, "leg", "item", "t")
    arrives = sent + arrays.leg_lead[leg]
    inside = arrives < arrays.case.periods
    where = np.array([arrays.node_code[supply.node] for supply in supplies], dtype=np.intp)
    when = np.array([supply.period for supply in supplies], dtype=np.intp)
    return [
        (
            "stock at the start and goods on order",
            1,
            np.array([arrays.item_code[supply.item] for supply in supplies], dtype=np.intp),
            where,
            when,
            np.array([supply.quantity for supply in supplies], dtype=np.float64) * arrays.node_factor[where, when],
        ),
        (
            "made",
            1,
            arrays.line_item[line],
            arrays.line_factory[line],
            made,
            production["quantity"].to_numpy(dtype=float),
        ),
        (
            "arrived",
            1,
            item[inside],
            arrays.leg_destination[leg][inside],
            arrives[inside],
            shipments["quantity"].to_numpy(dtype=float)[inside],
        ),
    ]


def _going(arrays: PlanArrays) -> list[BalanceTerm]:
    shipments, deliveries, scrap, consumed = (
        arrays.plan.shipments,
        arrays.plan.deliveries,
        arrays.plan.scrap,
        arrays.consumed,
    )
    leg, item, sent = _columns(shipments, "leg", "item", "t")
    demand, delivered = _columns(deliveries, "demand", "t")
    line, component, used = _columns(consumed, "line", "item", "t")
    node, scrapped, when = _columns(scrap, "node", "item", "t")
    return [
        ("dispatched", -1, item, arrays.leg_origin[leg], sent, shipments["quantity"].to_numpy(dtype=float)),
        (
            "delivered",
            -1,
            arrays.demand_item[demand],
            arrays.demand_node[demand],
            delivered,
            deliveries["quantity"].to_numpy(dtype=float),
        ),
        ("consumed", -1, component, arrays.line_factory[line], used, consumed["quantity"].to_numpy(dtype=float)),
        ("scrapped", -1, scrapped, node, when, scrap["quantity"].to_numpy(dtype=float)),
    ]


def stock(arrays: PlanArrays) -> list[BalanceTerm]:
    """Stock carried into a period (+) and out of it (−); units by item, node and period (0-based)."""
    node, item, period = _columns(arrays.plan.stocks, "node", "item", "t")
    quantity = arrays.plan.stocks["quantity"].to_numpy(dtype=float)
    goes_on = period + 1 < arrays.case.periods
    left = quantity[goes_on] * arrays.stock_left[node[goes_on], period[goes_on] + 1]
    return [
        ("stock before", 1, item[goes_on], node[goes_on], period[goes_on] + 1, left),
        ("stock after", -1, item, node, period, quantity),
    ]
