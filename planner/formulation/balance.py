"""Material balance: what comes in goes out or stays.

Index sets: items i, nodes v, periods t, expiry classes e, wherever some column has goods there.
Variable: scrap[i, v, t, e] ≥ 0, units expired or written off; exists for goods that may be left over
(see `planner.domain.reach`).
"""

from __future__ import annotations

from collections import defaultdict

from planner.formulation.model import EQUAL, Bounds, CostKey, Frame, Model


def add_supply(model: Model) -> None:
    """Opening stock and goods already on order enter the balance of their node and period."""
    for supply in model.instance.supplies:
        expires = model.reach.expires(model.instance.items[supply.item], supply.made)
        model.balance[supply.item, supply.node, supply.period, expires]  # the row exists even where no column does


def supplies(frame: Frame) -> Bounds:
    """material_balance: −(opening stock and goods already on order); 0 where there are none."""
    found: Bounds = defaultdict(float)
    for supply in frame.instance.supplies:
        expires = frame.reach.expires(frame.instance.items[supply.item], supply.made)
        found[supply.item, supply.node, supply.period, expires] -= supply.quantity
    return dict(found)


def add_balance(model: Model) -> None:
    """Scrap columns, and a row for every place that goods pass.

    material_balance (i, v, t, e):
        stock before + arrivals + production − consumption − dispatched − delivered − scrap − stock after
        = −(opening stock and goods already on order)
        dual of either sign: objective per further unit of goods there.
    """
    for (name, node, period, expires), terms in model.balance.items():
        item = model.instance.items[name]
        key = (name, node, period, expires)
        if model.reach.items[name].scrapped:
            scrap = model.variable("scrap", key, key)
            terms.append((scrap, -1.0))
            model.cost(CostKey("scrap", "storage", node), period, scrap, item.scrap_cost)
        model.row("material_balance", key, terms, EQUAL, model.bounds["material_balance"].get(key, 0.0), key)
