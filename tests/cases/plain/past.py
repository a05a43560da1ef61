"""A world of which the first periods are past: what happened is fixed, what is over counts for nothing, and the rest is
planned.

The whole horizon stays one linear program. Re-planning, which rolls the input forward to the present, must come to the
same optimum.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from random import Random

from plain.answer import SERVICE
from plain.goods import Goods
from plain.lp import Terms
from plain.money import add_money
from plain.world import IN_A_YEAR, Cell, Row, Tables, World, number

CLOSE = 1e-8  # to which what happened is kept: reports have nine digits
LEVELS = (*SERVICE, "tier_3", "tier_2", "cost")
# What docs/replanning.md says begins afresh at the present, or is about the last plan.
AFRESH = {
    "Items": ("shelf_life",),
    "Lines": ("order_lead_time", "advance"),
    "Demand": ("overdue",),
    "Funds": ("min_nations", "min_nations_enforced", "part_min", "basis", "interest"),
    "Eligibility": ("beneficiaries",),
    "Settings": ("level_tolerance", "frozen", "departure_cap"),
}


class PastWorld(World):
    """Money is discounted to the first period `now` of those to come; what falls before it counts for nothing."""

    now = 0

    @cached_property
    def discount(self) -> list[float]:
        a_year = IN_A_YEAR[str(self.settings["period_length"])]
        rate = 1 + float(self.settings["discount_rate"])
        return [0.0 if period < self.now else rate ** (-(period - self.now) / a_year) for period in self.periods]


class PastGoods(Goods):
    """Demand that can no longer be delivered, and targets of periods that are over, count for nothing."""

    world: PastWorld

    def _short(self, short: int, row: Row, worth: float) -> None:
        first = int(row["period"]) - 1
        if first + number(row, "max_delay") >= self.world.now:
            self._lacking(short, row, max(first, self.world.now))
            self._count_short(short, row, worth)

    def _target(self, row: Row, items: list[str], period: int, wanted: float, worth: float) -> None:
        if period >= self.world.now:
            super()._target(row, items, period, wanted, worth)


def continuing(tables: Tables) -> Tables:
    """The world without what begins afresh at the present, and without least rates of lines that can be expanded: what
    was bought is capacity like any other at the present, and a rate that is cut by a disruption is cut less.
    """
    kept = {name: [dict(row) for row in rows] for name, rows in tables.items()}
    for name in ("Orders", "Previous", "Locks"):  # a lock on a total is less what happened
        kept.pop(name, None)
    for table, columns in AFRESH.items():
        for row in kept.get(table, []):
            row.update({column: "" for column in columns if column in row})
    grown = {row["line"] for row in kept.get("Expansions", [])}
    for row in kept["Lines"]:
        row.update({"min_rate": ""} if row["line"] in grown else {})
    kept["Settings"] = [row for row in kept["Settings"] if row["key"] not in AFRESH["Settings"]]
    kept["Targets"] = [{**row, "days_of_supply": ""} for row in kept.get("Targets", []) if row["quantity"] != ""]
    return {name: rows for name, rows in kept.items() if rows}


@dataclass
class Past:
    """The program of a world with what happens before `now`."""

    goods: PastGoods
    cost: Terms
    now: int

    @classmethod
    def of(cls, tables: Tables, now: int) -> Past:
        world = PastWorld(tables)
        world.now = now
        goods = PastGoods(world)
        interest = add_money(goods, {}) if world.rows("Budgets") else []
        return cls(goods, [(c.variable, c.amount * world.discount[c.period]) for c in goods.costs] + interest, now)

    @property
    def variables(self) -> list[int]:
        """What is decided before `now`: goods, payments, and in whose name they are paid."""
        paid = [variable for (*_, period), variable in self.goods.payments if period < self.now]
        given = [variable for *_, period, variable in self.goods.given if period < self.now]
        return [*(one.variable for one in self.goods.decisions if one.period < self.now), *paid, *given]

    def lived(self, random: Random) -> list[float] | None:
        """Some course of things that keeps every rule; None where there is none."""
        lp, aim = self.goods.lp, []
        for one in self.goods.decisions:
            if one.period < self.now:
                aim.append((one.variable, random.choice([-3.0, -1.0, 0.0, 0.0, 1.0, 2.0])))
                most = random.choice([0.0, 1.0, 2.0]) if random.random() < 0.3 else 20.0
                lp.row([(one.variable, 1.0)], upper=most)
        return lp.point([*aim, *((variable, 1e-3) for variable in range(lp.count))])

    def optimum(self, course: list[float]) -> dict[str, float] | None:
        """The weighted objective, or each level's value in order, of what is to come after this course;
        None where there is no plan.
        """
        lp, past = self.goods.lp, set(self.variables)
        for variable in past:
            lp.row([(variable, 1.0)], course[variable] - CLOSE, course[variable] + CLOSE)
        if self.goods.world.settings["objective"] == "weighted":
            value = lp.minimum(self.goods.penalties + self.cost)
            return None if value is None else {"weighted": value}
        found: dict[str, float] = {}
        for level in LEVELS:
            terms = self.cost if level == "cost" else [one for one in self.goods.levels[level] if one[0] not in past]
            value = lp.minimum(terms)
            if value is None:
                return None
            found[level] = value
            lp.row(terms, upper=value + CLOSE)
        return found

    def reports(self, course: list[float]) -> list[dict[str, Cell]]:
        """The rows of Actuals that say it: all that was done, what lies everywhere at the end, and who paid."""
        kinds = {"make": ("made", "line"), "ship": ("shipped", "route", "origin", "item"), "deliver": ("delivered", "demand"),
                 "scrap": ("scrapped", "node", "item"), "invest": ("bought", "expansion")}  # fmt: skip
        rows: list[dict[str, Cell]] = []
        for one in self.goods.decisions:
            if one.period < self.now and one.kind in kinds and course[one.variable] > CLOSE:
                kind, *columns = kinds[one.kind]
                about: dict[str, Cell] = {column: one.about[column] for column in columns}
                rows.append({"period": one.period + 1, "kind": kind, "quantity": course[one.variable], **about})
        for node in self.goods.world.nodes:
            for item in self.goods.world.items:
                held = sum(course[variable] for variable, _ in self.goods.held[node, item, self.now - 1])
                rows.append({"period": self.now, "kind": "stock", "node": node, "item": item, "quantity": held})
        return [*rows, *self._paid(course)]

    def _paid(self, course: list[float]) -> list[dict[str, Cell]]:
        """Each payment in the names of contributors, as parts of what the fund pays in the period."""
        rows: list[dict[str, Cell]] = []
        for (fund, cost_type, thing, period), payment in self.goods.payments:
            if period >= self.now or course[payment] <= CLOSE:
                continue
            parts = {name: course[part] for of, name, when, part in self.goods.given if (of, when) == (fund, period)}
            for name, part in parts.items():
                amount = course[payment] * part / sum(parts.values())
                about: dict[str, Cell] = {"fund": fund, "contributor": name, "cost_type": cost_type, "object": thing}
                rows.append({"period": period + 1, "kind": "paid", "quantity": amount, **about})
        return rows
