"""For whom goods are: who needs what, who may draw on which node and leg, and what the plan tells apart."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from planner.verify.contingency.arrays.tables import ANYONE, RESERVE, with_parts
from planner.verify.plan_arrays import PlanArrays
from planner.verify.verification import Codes, Flags

LABELS = ["", RESERVE, ANYONE]


@dataclass(frozen=True)
class Recipients:
    """Labels are numbered: blank (nodes without a nation), reserve, anyone, then the nations."""

    arrays: PlanArrays

    @cached_property
    def labels(self) -> list[str]:
        """The labels in the order of their numbers."""
        return [*LABELS, *sorted(self.arrays.case.nations)]

    @cached_property
    def code(self) -> dict[str, int]:
        """Label → its number."""
        return {label: code for code, label in enumerate(self.labels)}

    def codes(self, column: pd.Series[str]) -> Codes:
        """[row]: the number of each label of a column; −1 where it is none."""
        return np.array([self.code.get(str(label), -1) for label in column], dtype=np.intp)

    def of_node(self, node: str) -> int:
        """The recipient at a node: its nation."""
        return self.code[self.arrays.case.nodes[node].nation or ""]

    @cached_property
    def needed_by(self) -> Flags:
        """[item, label]: nations whose nodes need the item, or what is made of it, in the plan or in a case."""
        needed = np.zeros((len(self.arrays.items), len(self.labels)), dtype=bool)
        case = self.arrays.case
        wanted = {(demand.item, demand.destination) for demand in case.demands.values() if demand.quantity}
        wanted |= {(s.item, s.destination) for each in case.contingencies.all for s in each.surges if s.quantity}
        parts = {item: with_parts(self.arrays, {item}) for item in {item for item, _ in wanted}}
        for item, node in wanted:
            needed[[self.arrays.item_code[part] for part in parts[item]], self.of_node(node)] = True
        return needed

    @cached_property
    def own(self) -> Flags:
        """[item, label]: nations that goods of Stocks are for."""
        distinguished = np.zeros((len(self.arrays.items), len(self.labels)), dtype=bool)
        for supply in self.arrays.case.supplies:
            if supply.nation is not None and supply.quantity > 0:
                distinguished[self.arrays.item_code[supply.item], self.code[supply.nation]] = True
        return distinguished

    @cached_property
    def pooled(self) -> Flags:
        """[item, label]: for whom goods that are not distinguished may be; by item."""
        return self.needed_by | self.own

    def _admitted(self, listed: list[frozenset[str] | None]) -> Flags:
        """[place, label]: reserve passes only where nobody is listed."""
        admitted = np.ones((len(listed), len(self.labels)), dtype=bool)
        for row, names in enumerate(listed):
            if names is not None:
                admitted[row] = [label in names for label in self.labels]
        return admitted

    @cached_property
    def may_draw(self) -> Flags:
        """[node, label]."""
        return self._admitted([node.access for node in self.arrays.case.nodes.values()])

    @cached_property
    def carries(self) -> Flags:
        """[leg, label]: by the route and by the node that it leaves."""
        legs = self._admitted([leg.nations for leg in self.arrays.case.legs])
        return legs & self.may_draw[self.arrays.leg_origin] if len(legs) else legs

    def passes(self, allowed: Flags, place: Codes, item: Codes, label: Codes) -> Flags:
        """True where goods with the label may pass; those of anyone, where all that may be meant may."""
        everyone = (allowed[place] | ~self.pooled[item]).all(axis=1)
        return np.asarray(np.where(label == self.code[ANYONE], everyone, allowed[place, label]))

    @cached_property
    def distinguished(self) -> Flags:
        """True for the items of which the plan's table `recipients` has rows."""
        distinguished = np.zeros(len(self.arrays.items), dtype=bool)
        distinguished[self.arrays.plan.recipients["item_code"].to_numpy(dtype=np.intp)] = True
        return distinguished
