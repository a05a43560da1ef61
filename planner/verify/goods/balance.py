"""Material balance: what comes into a node in a period goes out of it or stays."""

from __future__ import annotations

import numpy as np

from planner.verify.books import Books
from planner.verify.verification import Codes, Findings, Floats, number

Flow = tuple[str, int, Codes, Codes, Codes, Floats]  # words, sign, item, node, period, quantity


def check_balance(books: Books, findings: Findings) -> None:
    """For every item i, node v and period t:

    stock(t−1) + opening or ordered goods + arrivals + made − consumed − dispatched − delivered − scrapped = stock(t)

    Arrivals count at dispatch + lead time; consumption is make ÷ yield × quantity of each component. Where a certain
    disruption hits the node, only its part of the stock carried in and of opening or ordered goods is left.
    """
    flows = [*coming(books), *_going(books), *stock(books)]
    width = len(books.nodes)
    keys = np.concatenate([item * width + node for _, _, item, node, _, _ in flows])
    pairs = np.unique(keys)
    if not pairs.size:
        return
    net = np.zeros((pairs.size, books.case.periods))
    largest = np.zeros_like(net)
    terms = []
    for words, sign, item, node, period, quantity in flows:
        rows = np.searchsorted(pairs, item * width + node)
        amount = books.totals(pairs.size, rows, period, quantity)
        net += sign * amount
        largest = np.maximum(largest, np.abs(amount))
        terms.append((words, sign, amount))

    def say(place: int) -> str:
        row, period = divmod(place, books.case.periods)
        item, node = divmod(int(pairs[row]), width)
        parts = [
            f"{'+' if sign > 0 else '−'} {words} {number(a[row, period])}" for words, sign, a in terms if a[row, period]
        ]
        return (
            f"item {books.items[item]!r} at {books.nodes[node]!r} in {books.label(period)}: "
            f"{' '.join(parts)} leaves {number(net[row, period])}, not 0"
        )

    findings.check("material_balance", np.abs(net).ravel(), largest.ravel(), say)


def _columns(frame: object, *names: str) -> list[Codes]:
    return [frame[name].to_numpy(dtype=np.intp) for name in names]  # type: ignore[index]


def coming(books: Books) -> list[Flow]:
    supplies = books.case.supplies
    production, shipments = books.plan.production, books.plan.shipments
    line, made = _columns(production, "line", "t")
    leg, item, sent = _columns(shipments, "leg", "item", "t")
    arrives = sent + books.leg_lead[leg]
    inside = arrives < books.case.periods
    where = np.array([books.node_code[supply.node] for supply in supplies], dtype=np.intp)
    when = np.array([supply.period for supply in supplies], dtype=np.intp)
    return [
        (
            "stock at the start and goods on order",
            1,
            np.array([books.item_code[supply.item] for supply in supplies], dtype=np.intp),
            where,
            when,
            np.array([supply.quantity for supply in supplies], dtype=np.float64) * books.node_factor[where, when],
        ),
        (
            "made",
            1,
            books.line_item[line],
            books.line_factory[line],
            made,
            production["quantity"].to_numpy(dtype=float),
        ),
        (
            "arrived",
            1,
            item[inside],
            books.leg_destination[leg][inside],
            arrives[inside],
            shipments["quantity"].to_numpy(dtype=float)[inside],
        ),
    ]


def _going(books: Books) -> list[Flow]:
    shipments, deliveries, scrap, consumed = (
        books.plan.shipments,
        books.plan.deliveries,
        books.plan.scrap,
        books.consumed,
    )
    leg, item, sent = _columns(shipments, "leg", "item", "t")
    demand, delivered = _columns(deliveries, "demand", "t")
    line, component, used = _columns(consumed, "line", "item", "t")
    node, scrapped, when = _columns(scrap, "node", "item", "t")
    return [
        ("dispatched", -1, item, books.leg_origin[leg], sent, shipments["quantity"].to_numpy(dtype=float)),
        (
            "delivered",
            -1,
            books.demand_item[demand],
            books.demand_node[demand],
            delivered,
            deliveries["quantity"].to_numpy(dtype=float),
        ),
        ("consumed", -1, component, books.line_factory[line], used, consumed["quantity"].to_numpy(dtype=float)),
        ("scrapped", -1, scrapped, node, when, scrap["quantity"].to_numpy(dtype=float)),
    ]


def stock(books: Books) -> list[Flow]:
    node, item, period = _columns(books.plan.stocks, "node", "item", "t")
    quantity = books.plan.stocks["quantity"].to_numpy(dtype=float)
    kept = period + 1 < books.case.periods
    left = quantity[kept] * books.stock_left[node[kept], period[kept] + 1]
    return [
        ("stock before", 1, item[kept], node[kept], period[kept] + 1, left),
        ("stock after", -1, item, node, period, quantity),
    ]
