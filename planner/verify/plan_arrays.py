"""What several checks need: the case and the plan as arrays, worked out once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from planner.verify.contingency.data import Factors, certain_factors, left_of_stock
from planner.verify.input.data import Case
from planner.verify.tables import PlanTables
from planner.verify.verification import Codes, Flags, Floats


@dataclass(frozen=True)
class PlanArrays:
    """`objective` is weighted or lexicographic. Arrays run over lines, legs … in the order of the input."""

    case: Case
    plan: PlanTables
    objective: str

    def label(self, period: int) -> str:
        """A 0-based period as people write it."""
        return self.case.calendar.label(int(period))

    @cached_property
    def items(self) -> list[str]:
        """Item codes; their order numbers the items of all arrays."""
        return list(self.case.items)

    @cached_property
    def nodes(self) -> list[str]:
        """Node codes; their order numbers the nodes of all arrays."""
        return list(self.case.nodes)

    @cached_property
    def item_code(self) -> dict[str, int]:
        """Item → its position."""
        return {name: code for code, name in enumerate(self.items)}

    @cached_property
    def node_code(self) -> dict[str, int]:
        """Node → its position."""
        return {name: code for code, name in enumerate(self.nodes)}

    @cached_property
    def weight(self) -> Floats:
        """t per unit, by item."""
        return np.array([item.weight for item in self.case.items.values()], dtype=np.float64)

    @cached_property
    def leg_origin(self) -> Codes:
        """[leg]: the position of its origin among the nodes."""
        return np.array([self.node_code[leg.origin] for leg in self.case.legs], dtype=np.intp)

    @cached_property
    def leg_destination(self) -> Codes:
        """[leg]: the position of its destination among the nodes."""
        return np.array([self.node_code[leg.destination] for leg in self.case.legs], dtype=np.intp)

    @cached_property
    def leg_lead(self) -> Codes:
        """[leg]: periods from dispatch to arrival."""
        return np.array([leg.lead_time for leg in self.case.legs], dtype=np.intp)

    @cached_property
    def line_factory(self) -> Codes:
        """[line]: the position of its factory among the nodes."""
        return np.array([self.node_code[line.factory] for line in self.case.lines.values()], dtype=np.intp)

    @cached_property
    def line_item(self) -> Codes:
        """[line]: the position of its item."""
        return np.array([self.item_code[line.item] for line in self.case.lines.values()], dtype=np.intp)

    @cached_property
    def demand_node(self) -> Codes:
        """[demand]: the position of its destination among the nodes."""
        return np.array([self.node_code[d.destination] for d in self.case.demands.values()], dtype=np.intp)

    @cached_property
    def demand_item(self) -> Codes:
        """[demand]: the position of its item."""
        return np.array([self.item_code[d.item] for d in self.case.demands.values()], dtype=np.intp)

    @cached_property
    def made(self) -> Floats:
        """Good units by line and period."""
        return self.grid(len(self.case.lines), self.plan.production, "line")

    @cached_property
    def started(self) -> Floats:
        """Units started by line and period: good units ÷ yield."""
        yields = np.array([line.yield_ for line in self.case.lines.values()], dtype=np.float64)
        return np.asarray(self.made / yields[:, None]) if len(yields) else self.made

    @cached_property
    def bill(self) -> pd.DataFrame:
        """Components: line, item, `use` per unit started."""
        rows = [
            (code, self.item_code[component], quantity)
            for code, line in enumerate(self.case.lines.values())
            for component, quantity in line.components.items()
        ]
        return pd.DataFrame(rows, columns=["line", "item", "use"]).astype(
            {"line": np.intp, "item": np.intp, "use": float}
        )

    @cached_property
    def consumed(self) -> pd.DataFrame:
        """Components consumed: line, item, t, quantity."""
        yields = np.array([line.yield_ for line in self.case.lines.values()] + [1.0], dtype=np.float64)
        rows = self.plan.production[["line", "t", "quantity"]].merge(self.bill, on="line")
        rows["quantity"] = rows["quantity"] / yields[rows["line"].to_numpy(dtype=np.intp)] * rows["use"]
        return rows[["line", "item", "t", "quantity"]]

    @cached_property
    def ready(self) -> dict[tuple[str, str], Floats]:
        """(kind, object) -> capacity added by expansions and ready, by period."""
        ready: dict[tuple[str, str], Floats] = {}
        expansions = list(self.case.expansions.values())
        bought = self.grid(len(expansions), self.plan.investments, "expansion")
        for expansion, quantity in zip(expansions, bought, strict=True):
            total = np.cumsum(quantity)
            late = min(expansion.lead_time, self.case.periods)
            usable = np.concatenate([np.zeros(late), total[: self.case.periods - late]])
            key = (expansion.kind, expansion.object)
            ready[key] = ready.get(key, np.zeros(self.case.periods)) + usable
        return ready

    def added(self, kind: str, thing: str) -> Floats:
        """[period]: capacity of an object that expansions have added and is ready; zeros where none may."""
        return self.ready.get((kind, thing), np.zeros(self.case.periods))

    def grid(self, rows: int, frame: pd.DataFrame, column: str, amount: str = "quantity") -> Floats:
        """Sums of `amount` by code in `column` and period."""
        return self.totals(
            rows, frame[column].to_numpy(dtype=np.intp), frame["t"].to_numpy(dtype=np.intp), frame[amount]
        )

    def totals(self, rows: int, codes: Codes, periods: Codes, amounts: pd.Series[float] | Floats) -> Floats:
        """Sums by code and period, as an array of `rows` × periods."""
        flat = np.bincount(
            codes * self.case.periods + periods,
            weights=np.asarray(amounts, dtype=np.float64),
            minlength=rows * self.case.periods,
        )
        return np.asarray(flat.reshape(rows, self.case.periods), dtype=np.float64)

    @cached_property
    def certain(self) -> Factors:
        """What certain disruptions leave of nodes, routes and lines."""
        return certain_factors(self.case.contingencies.certain, self.case.periods)

    @cached_property
    def node_factor(self) -> Floats:
        """[node, period]: the share of its capacity that certain disruptions leave a node, 0 to 1."""
        return self.certain.table("node", self.nodes)

    @cached_property
    def leg_factor(self) -> Floats:
        """[leg, period]: the share that certain disruptions leave of its route, 0 to 1."""
        return self.certain.table("route", [leg.route for leg in self.case.legs])

    @cached_property
    def line_factor(self) -> Floats:
        """[line, period]: the share left of the line × that of the node where it stands, 0 to 1."""
        return self.certain.table("line", self.case.lines) * self.node_factor[self.line_factory]

    def resource_factor(self, node_factor: Floats) -> Floats:
        """That of the node where a resource is, by resource and period."""
        factories = [resource.factory for resource in self.case.resources.values()]
        rows = [np.ones(node_factor.shape[1]) if f is None else node_factor[self.node_code[f]] for f in factories]
        return np.array(rows).reshape(len(rows), node_factor.shape[1])

    @cached_property
    def stock_left(self) -> Floats:
        """Share of the stock carried into a period that is left, by node and period."""
        return left_of_stock(self.node_factor, np.ones(len(self.nodes)))

    @cached_property
    def node_open(self) -> Flags:
        """By node and period: within opens … closes, and not closed by a certain disruption."""
        calendar = self.case.calendar
        windows = [calendar.mask(node.first, node.last) for node in self.case.nodes.values()]
        return np.array(windows) & (self.node_factor > 0)

    @cached_property
    def leg_open(self) -> Flags:
        """[leg, period]: within opens … closes, and not closed by a certain disruption."""
        calendar = self.case.calendar
        windows = [calendar.mask(leg.first, leg.last) for leg in self.case.legs]
        return np.array(windows, dtype=bool).reshape(self.leg_factor.shape) & (self.leg_factor > 0)

    @cached_property
    def on_order(self) -> np.ndarray:
        """True where a line completes what was ordered before the horizon, by line and period."""
        on_order = np.zeros((len(self.case.lines), self.case.periods), dtype=bool)
        code = {name: index for index, name in enumerate(self.case.lines)}
        for line, period in self.case.orders:
            on_order[code[line], period] = True
        return on_order

    def embargo_of_lines(self) -> np.ndarray:
        """True where a line may not make anything, by line and period."""
        embargoed = np.zeros((len(self.case.lines), self.case.periods), dtype=bool)
        for embargo in self.case.embargoes:
            periods = self.case.calendar.mask(embargo.first, embargo.last)
            for code, line in enumerate(self.case.lines.values()):
                if line.factory in embargo.factories and line.item in embargo.items:
                    embargoed[code] |= periods
        return embargoed
