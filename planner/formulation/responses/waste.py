"""Waste: what a plan writes off of the goods that cases move, so that nothing is sent on the chance of an attack."""

from __future__ import annotations

from planner.formulation.model.model import Model


def add_waste(model: Model) -> None:
    """waste: Σ value × units of surge items and their parts that the plan writes off, except as expired or at a node's
    closing. Not part of the weighted objective, where cost counts.
    """
    moved = model.instance.struck_items
    if model.weighted or not moved:
        return
    values, nodes = model.instance.unit_values, model.instance.nodes
    for (item, node, period, goods_class), variable in model.columns["scrap"].items():
        expires = model.reach.last_use(goods_class)
        expired = expires <= period and expires < model.reach.periods
        if item in moved and not expired and nodes[node].closing != period:
            model.objectives["waste"].append((variable, values.get(item, 0.0)))
