"""What the plan of a world must be worth."""

from __future__ import annotations

from plain.goods import Goods
from plain.money import add_money
from plain.world import Tables, World

LEVELS = ("binding_shortfall", "other_shortfall", "lateness", "target_shortfall", "tier_3", "tier_2", "cost")


def answer(tables: Tables) -> dict[str, float] | None:
    """The weighted objective, or each level's value in order; None where there is no plan."""
    world = World(tables)
    goods = Goods(world)
    interest = add_money(goods) if world.rows("Budgets") else []
    cost = [(c.variable, c.amount * world.discount[c.period]) for c in goods.costs] + interest
    if world.settings["objective"] == "weighted":
        value = goods.lp.minimum(goods.penalties + cost)
        return None if value is None else {"weighted": value}
    values: dict[str, float] = {}
    for level in LEVELS:
        terms = cost if level == "cost" else goods.levels[level]
        value = goods.lp.minimum(terms)
        if value is None:
            return None
        values[level] = value
        goods.lp.hold(terms, value)
    return values
