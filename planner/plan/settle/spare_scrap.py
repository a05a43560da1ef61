"""Scrap columns that hardly ever help: interior point is spared them, and its optimum is proved with them.

Goods that are too many are written off where they come in, are used up by their shelf life, or must leave a node that
closes. Anywhere else they would have been stored or moved for nothing. That can pay where scrapping itself costs money
(later is cheaper), or where a rule wants goods to be stored or moved, or money to be spent.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.formulation.model.model import GoodsKey, Model


def spare_scrap(model: Model) -> NDArray[np.intp]:
    """Positions of the scrap columns where goods neither come in nor expire nor have to leave."""
    entered, nodes, reach = _entered(model), model.instance.nodes, model.reach
    columns = [
        column
        for (item, node, period, goods_class), column in model.columns["scrap"].items()
        if (item, node, period, goods_class) not in entered
        if period not in (reach.last_use(goods_class), nodes[node].closing)
    ]
    return np.array(columns, dtype=np.intp)


def _entered(model: Model) -> set[GoodsKey]:
    """Where goods come in: opening stock, goods on order, what lines make."""
    instance, reach = model.instance, model.reach
    entered = {
        (supply.item, supply.node, supply.period, goods_class)
        for supply in instance.supplies
        for goods_class in reach.entry_classes(supply)
    }
    for name, period in model.columns["production"]:
        line = instance.lines[name]
        expires = reach.expires(instance.items[line.item], period)
        for recipient in reach.recipients.of(line.item) or (None,):
            entered.add((line.item, line.factory, period, reach.class_for(line.item, expires, recipient)))
    return entered
