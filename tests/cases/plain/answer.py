"""What the plan of a world must be worth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, product

from plain.goods import Goods
from plain.lp import Terms
from plain.money import add_money
from plain.world import Tables, World, number

SERVICE = ("binding_shortfall", "other_shortfall", "lateness", "target_shortfall")
LEVELS = ("frozen_departure", *SERVICE, "tier_3", "tier_2", "cost", "nervousness")
Choice = dict[str, tuple[str, ...]]  # nations that take part, by fund that asks for several


@dataclass
class Program:
    """The linear program of one choice of who takes part."""

    goods: Goods
    cost: Terms


def answer(tables: Tables) -> dict[str, float] | None:
    """The weighted objective, or each level's value in order; None where there is no plan."""
    world = World(tables)
    programs = [_program(world, choice) for choice in _choices(world)]
    if world.settings["objective"] == "weighted":
        values = [program.goods.lp.minimum(program.goods.penalties + program.cost) for program in programs]
        return min(({"weighted": value} for value in values if value is not None), default=None, key=_weighted)
    tolerance = float(world.settings.get("level_tolerance", 0))
    found: dict[str, float] = {}
    for level in LEVELS:
        solved = [(program.goods.lp.minimum(_terms(program, level)), program) for program in programs]
        programs = [program for value, program in solved if value is not None]
        values = [value for value, _ in solved if value is not None]
        if not values:
            return None
        found[level] = min(values)
        for program in programs:
            program.goods.lp.hold(_terms(program, level), found[level] + tolerance * max(1.0, abs(found[level])))
    return found


def _weighted(answer: dict[str, float]) -> float:
    return answer["weighted"]


def _program(world: World, choice: Choice) -> Program:
    goods = Goods(world)
    interest = add_money(goods, choice) if world.rows("Budgets") else []
    return Program(goods, [(c.variable, c.amount * world.discount[c.period]) for c in goods.costs] + interest)


def _terms(program: Program, level: str) -> Terms:
    return program.cost if level == "cost" else program.goods.levels[level]


def _choices(world: World) -> Iterator[Choice]:
    """Each way to take part that is just enough; without enough nations nobody does, and the fund pays nothing."""
    nations = {str(row["nation"]) for row in world.rows("Nations")}
    ways: dict[str, list[tuple[str, ...]]] = {}
    for name, fund in world.funds.items():
        least = int(number(fund, "min_nations"))
        if fund.get("min_nations_enforced") == "yes" and least:
            members = {
                str(row.get("contributor", "")) for row in world.rows("Budgets") if row["fund"] == name
            } & nations
            ways[name] = [*combinations(sorted(members), least)] or [()]
    for choice in product(*ways.values()):
        yield dict(zip(ways, choice, strict=True))
