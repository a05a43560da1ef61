"""What the plan costs, recomputed from quantities: cost columns, and cash by object and period."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from planner.verify.plan_arrays import PlanArrays
from planner.verify.verification import Codes, Findings, Floats, number


@dataclass(frozen=True)
class Costs:
    """Undiscounted amounts. `cash` is what falls due: cost_type, object, t, order, amount."""

    arrays: PlanArrays

    @cached_property
    def unit_cost(self) -> Floats:
        """[line]: currency per good unit."""
        return np.array([line.unit_cost for line in self.arrays.case.lines.values()], dtype=np.float64)

    @cached_property
    def production(self) -> Floats:
        """unit_cost × make, by row of the production table."""
        table = self.arrays.plan.production
        line, period = (table[name].to_numpy(dtype=np.intp) for name in ("line", "t"))
        return np.asarray(self.unit_cost[line] * self.owed[line, period] * table["quantity"].to_numpy(dtype=float))

    @cached_property
    def owed(self) -> Floats:
        """Share of the cost that falls in the horizon, by line and period:
        of orders placed before it what is unpaid.
        """
        share = np.ones((len(self.arrays.case.lines), self.arrays.case.periods))
        code = {name: index for index, name in enumerate(self.arrays.case.lines)}
        for (line, period), order in self.arrays.case.orders.items():
            share[code[line], period] = 1 - order.paid
        return share

    @cached_property
    def advance(self) -> Floats:
        """Share of that which is paid at order, by line and period; nothing of orders placed before the horizon."""
        shares = np.array([line.advance for line in self.arrays.case.lines.values()], dtype=np.float64)
        return np.asarray(np.where(self.arrays.on_order, 0.0, shares[:, None]))

    @cached_property
    def made(self) -> Floats:
        """unit_cost × make × what is owed of it, by line and period of completion."""
        made = self.arrays.made
        return np.asarray(made * self.unit_cost[:, None] * self.owed) if len(self.unit_cost) else made

    @cached_property
    def advances(self) -> Floats:
        """What is paid at order, by line and period of the order: `order_lead_time` before completion.

        A completion before the order lead time is no plan at all; its advance stays with it.
        """
        ordered = np.zeros_like(self.made)
        for code, lead in enumerate(self.order_lead):
            advance = self.advance[code] * self.made[code]
            ordered[code, : self.arrays.case.periods - lead] += advance[lead:]
            ordered[code, :lead] += advance[:lead]
        return ordered

    @cached_property
    def order_lead(self) -> list[int]:
        """Periods between order and completion, by line; at most the horizon."""
        return [min(line.order_lead_time, self.arrays.case.periods) for line in self.arrays.case.lines.values()]

    @cached_property
    def paid_for_making(self) -> Floats:
        """By line and period of payment: the advance `order_lead_time` before completion, the rest with it."""
        paid = self.advances.copy()
        return np.asarray(paid + (1 - self.advance) * self.made) if len(self.unit_cost) else paid

    @cached_property
    def transport(self) -> Floats:
        """By row of the shipments table: RouteItems.cost, else the route's cost per t × weight, × units."""
        table, case = self.arrays.plan.shipments, self.arrays.case
        leg, item = (table[name].to_numpy(dtype=np.intp) for name in ("leg", "item"))
        per_t = np.array([each.cost for each in case.legs], dtype=np.float64)
        stated = np.full((len(case.legs), len(self.arrays.items)), np.nan)
        directions: dict[str, list[int]] = {}
        for code, each in enumerate(case.legs):
            directions.setdefault(each.route, []).append(code)
        for (route, name), cost in case.route_cost.items():
            stated[directions.get(route, []), self.arrays.item_code[name]] = cost
        item_cost = stated[leg, item]
        each_unit = np.where(np.isnan(item_cost), per_t[leg] * self.arrays.weight[item], item_cost)
        return np.asarray(each_unit * table["quantity"].to_numpy(dtype=float))

    @cached_property
    def holding(self) -> Floats:
        """By row of the stocks table: (node's cost per t × weight + the item's + NodeItems') × units at the end."""
        table, case = self.arrays.plan.stocks, self.arrays.case
        node, item = (table[name].to_numpy(dtype=np.intp) for name in ("node", "item"))
        extra = np.zeros((len(self.arrays.nodes), len(self.arrays.items)))
        for (place, thing), cost in case.node_holding.items():
            extra[self.arrays.node_code[place], self.arrays.item_code[thing]] = cost
        per_t = np.array([each.holding_cost for each in case.nodes.values()], dtype=np.float64)
        per_unit = np.array([each.holding_cost for each in case.items.values()], dtype=np.float64)
        cost = per_t[node] * self.arrays.weight[item] + per_unit[item] + extra[node, item]
        return np.asarray(cost * table["quantity"].to_numpy(dtype=float))

    @cached_property
    def scrap(self) -> Floats:
        """By row of the scrap table: scrap_cost × units."""
        table = self.arrays.plan.scrap
        each = np.array([item.scrap_cost for item in self.arrays.case.items.values()], dtype=np.float64)
        return np.asarray(each[table["item"].to_numpy(dtype=np.intp)] * table["quantity"].to_numpy(dtype=float))

    @cached_property
    def investment(self) -> Floats:
        """By row of the investments table: cost × capacity bought, once, when bought."""
        table = self.arrays.plan.investments
        each = np.array([expansion.cost for expansion in self.arrays.case.expansions.values()], dtype=np.float64)
        return np.asarray(each[table["expansion"].to_numpy(dtype=np.intp)] * table["quantity"].to_numpy(dtype=float))

    @cached_property
    def cash(self) -> pd.DataFrame:
        """cost_type, object, t, order, amount: what an object costs in period t, ordered in period `order`.

        Only making has an order of its own, `order_lead_time` before completion; all else is ordered when it falls.
        """
        case, plan = self.arrays.case, self.arrays.plan
        routes = list(dict.fromkeys(leg.route for leg in case.legs))
        code_of = {route: code for code, route in enumerate(routes)}
        of_leg = np.array([code_of[leg.route] for leg in case.legs], dtype=np.intp)
        grid = self.arrays.totals
        sent = grid(len(routes), of_leg[_codes(plan.shipments, "leg")], _codes(plan.shipments, "t"), self.transport)
        bought = grid(
            len(case.expansions), _codes(plan.investments, "expansion"), _codes(plan.investments, "t"), self.investment
        )
        stored = grid(len(case.nodes), _codes(plan.stocks, "node"), _codes(plan.stocks, "t"), self.holding)
        stored = stored + grid(len(case.nodes), _codes(plan.scrap, "node"), _codes(plan.scrap, "t"), self.scrap)
        kinds = [case.items[line.item].cost_type for line in case.lines.values()]
        return pd.concat(
            [
                _rows(kinds, list(case.lines), self.advances),
                self._completions(kinds),
                _rows(["transport"] * len(routes), routes, sent),
                _rows(["capacity"] * len(case.expansions), list(case.expansions), bought),
                _rows(["storage"] * len(case.nodes), list(case.nodes), stored),
            ],
            ignore_index=True,
        )

    def _completions(self, kinds: list[str]) -> pd.DataFrame:
        """The part of making that is paid at completion, as rows of `cash`."""
        rows = _rows(kinds, list(self.arrays.case.lines), (1 - self.advance) * self.made)
        lead = dict(zip(self.arrays.case.lines, self.order_lead, strict=True))
        before = np.array([lead[line] for line in rows["object"]], dtype=np.intp)
        order = rows["t"].to_numpy(dtype=np.intp) - before
        return rows.assign(order=np.where(order < 0, rows["t"], order))


def _codes(frame: pd.DataFrame, column: str) -> Codes:
    return frame[column].to_numpy(dtype=np.intp)


def _rows(kinds: list[str], objects: list[str], amounts: Floats) -> pd.DataFrame:
    code, period = np.nonzero(amounts)
    return pd.DataFrame(
        {
            "cost_type": np.array([*kinds, ""], dtype=object)[code],
            "object": np.array([*objects, ""], dtype=object)[code],
            "t": period.astype(np.intp),
            "order": period.astype(np.intp),
            "amount": amounts[code, period],
        }
    )


def check_cost_columns(costs: Costs, findings: Findings) -> None:
    """The cost (and tonnes) column of each table is what its quantity costs (and weighs)."""
    plan, arrays = costs.arrays.plan, costs.arrays
    tonnes = arrays.weight[_codes(plan.shipments, "item")] * plan.shipments["quantity"].to_numpy(dtype=float)
    for family, name, column, right in (
        ("production_cost", "production", "cost", costs.production),
        ("shipment_cost", "shipments", "cost", costs.transport),
        ("shipment_cost", "shipments", "tonnes", tonnes),
        ("scrap_cost", "scrap", "cost", costs.scrap),
        ("investment_cost", "investments", "cost", costs.investment),
    ):
        table: pd.DataFrame = getattr(plan, name)
        stated = table[column].to_numpy(dtype=float)

        def say(
            row: int,
            name: str = name,
            table: pd.DataFrame = table,
            column: str = column,
            stated: Floats = stated,
            right: Floats = right,
        ) -> str:
            place = f"{name}, row {int(table.index[row]) + 2} in {arrays.label(table['t'].iloc[row])}"
            return f"{place}: {column} is {number(stated[row])}, expected {number(right[row])}"

        findings.check(family, np.abs(stated - right), np.maximum(np.abs(stated), np.abs(right)), say)
