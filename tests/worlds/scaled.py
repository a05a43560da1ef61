"""The same world in other units: rounds or millions of rounds, kilograms or kilotonnes, cents or billions."""

from __future__ import annotations

import random
from typing import NamedTuple

from tests.worlds.worlds import Row, World

UNIT_MONEY = ("unit_cost", "value", "scrap_cost", "shortage_cost", "delay_cost")  # money per unit of an item
OF_A_LINE = ("capacity", "min_rate", "start_rate", "ramp")
BY_ITEM = ("shell", "powder", "kit")


class Units(NamedTuple):
    """Of each kind of amount, how many new units one old unit is."""

    items: dict[str, float]
    tonnes: float
    volume: float
    explosive: float  # kg of net explosive quantity
    hours: float  # of resources
    money: float


def random_units(seed: int, mixed: bool) -> Units:
    """Quantities from about 1e-3 to 1e9 units, weights from 1e-6 to 1e3 tonnes a unit, money from 1 to 1e13.

    `mixed`: each item has a unit of its own.
    """
    rng = random.Random(f"units {seed}")
    common = _magnitude(rng, -3, 8)
    items = {item: _magnitude(rng, -3, 8) if mixed else common for item in BY_ITEM}
    least, most = min(items.values()), max(items.values())
    # A unit weighs 0.2 to 2 old tonnes: between 1e-6 and 1e6 new ones.
    span = (most * 1e-5, least * 1e5)
    tonnes, volume, explosive, hours = (_between(rng, *span) for _ in range(4))
    return Units(items, tonnes, volume, explosive, hours, _magnitude(rng, -1, 11))


def _magnitude(rng: random.Random, low: float, high: float) -> float:
    return float(f"{10 ** rng.uniform(low, high):.3g}")


def _between(rng: random.Random, low: float, high: float) -> float:
    one, other = sorted((low, high))
    return float(f"{one * (other / one) ** rng.random():.3g}")


def in_units(world: World, units: Units) -> World:
    """The world with all its amounts in other units; every level of its optimum is `units.money` times as large.

    Rules that add items up take items of one unit.
    """
    made = {table: [dict(row) for row in rows] for table, rows in world.items()}
    for table, rows in made.items():
        for row in rows:
            for column, factor in _factors(table, row, units, world).items():
                if row.get(column) not in ("", None):
                    row[column] = row[column] * factor
    return made


def _factors(table: str, row: Row, units: Units, world: World) -> dict[str, float]:
    of = units.items
    if table == "Items":
        per_unit = 1 / of[row["item"]]
        money = dict.fromkeys((*UNIT_MONEY, "holding_cost"), units.money * per_unit)
        return money | {
            "weight": units.tonnes * per_unit,
            "volume": units.volume * per_unit,
            "neq": units.explosive * per_unit,
        }
    if table == "Nodes":
        tonnes = dict.fromkeys(("storage_t", "throughput_t"), units.tonnes)
        return tonnes | {
            "storage_m3": units.volume,
            "storage_neq": units.explosive,
            "holding_cost": units.money / units.tonnes,
        }
    if table == "Routes":
        return {"capacity_t": units.tonnes, "capacity_m3": units.volume, "cost": units.money / units.tonnes}
    if table == "Lines":
        row.setdefault("resource_use", 1)
        item = of[row["item"]]
        return dict.fromkeys(OF_A_LINE, item) | {"unit_cost": units.money / item, "resource_use": units.hours / item}
    if table == "Resources":
        return {"capacity": units.hours}
    if table == "Components":
        return {"quantity": of[row["component"]] / of[row["item"]]}
    if table in ("Demand", "Stocks"):
        item = of[row["item"]]
        return {"quantity": item} | dict.fromkeys(UNIT_MONEY, units.money / item)
    if table == "Targets":
        return {"quantity": of["shell"], "shortage_cost": units.money / of["shell"]}
    if table == "Expansions":
        unit = _unit_of_capacity(row, units)
        return {"limit": unit, "cost": units.money / unit}
    if table == "Capacity":
        return {"quantity": of["shell"]}
    if table == "Locks":
        return dict.fromkeys(("minimum", "maximum", "quantity"), _unit_of_lock(row, units, world))
    return {"Budgets": {"amount": units.money}, "Funds": {"ceiling": units.money}}.get(table, {})


def _unit_of_capacity(row: Row, units: Units) -> float:
    return units.items["shell"] if "line" in row else units.hours if "resource" in row else units.tonnes


def _unit_of_lock(row: Row, units: Units, world: World) -> float:
    if row["kind"] == "invest":
        return _unit_of_capacity(world["Expansions"][0], units)
    return units.money if row["kind"] == "pay" else units.items["shell"]
