"""A response: a small model of its own within the plan's, which starts from what the plan has when it begins.

Its columns and rows are those of the plan's concepts, of families that begin with `response_`; their keys begin with
contingency and strike, and their periods and goods classes are counted from the beginning of the response.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from planner.catalogue import RESPONSE
from planner.domain.contingency.contingencies import Case
from planner.domain.contingency.response import left_by_case, needs, response_instance
from planner.domain.instance import share_kept, share_left
from planner.domain.reach import Entry, Reach
from planner.formulation.goods.production import PLACED_ORDER
from planner.formulation.model.model import Cost, CostKey, Key, Model, Terms, Variable

# Duties of the plan that are not asked of a response.
COUNTED = frozenset({"production", "transport"})  # kinds of cost that a response has


class Inflow(NamedTuple):
    """Units of the plan that come into a response: `share` of what `variable` says; `goods_class` None:
    for nobody yet.
    """

    item: str
    node: str
    period: int
    expires: int
    goods_class: int | None
    variable: Variable
    share: float


class PlanFlows:
    """Stock and shipments of a plan by period, for all its responses."""

    def __init__(self, plan: Model) -> None:
        self.stocks: dict[int, list[tuple[Key, Variable]]] = defaultdict(list)
        self.shipments: dict[int, list[tuple[Key, Variable]]] = defaultdict(list)  # by period of dispatch
        legs = plan.instance.legs
        for (item, node, period, goods_class), variable in plan.columns["stock"].items():
            self.stocks[period].append(((item, node, period, goods_class), variable))
        for (item, leg, period, goods_class), variable in plan.columns["shipment"].items():
            if legs[leg].lead_time:
                self.shipments[period].append(((item, leg, period, goods_class), variable))
        self.longest = max((leg.lead_time for leg in legs.values()), default=0)


class Response(Model):
    """The model of the response to a case. `charges` are its costs, undiscounted, by period of the horizon.

    `delays`: periods by which what it sends takes longer than the plan supposes, by leg.
    """

    free_disposal = True

    def __init__(
        self, plan: Model, case: Case, flows: PlanFlows, delays: Mapping[str, int] = MappingProxyType({})
    ) -> None:
        self.plan, self.case, self.flows = plan, case, flows
        self.needs = needs(plan.instance, case)
        self.need_of = {need.wanted.key: need for need in self.needs}
        instance = response_instance(plan.instance, case, self.needs, delays)
        self.recipients = plan.instance.recipients.settled()
        self._periods = instance.horizon.periods
        self._left = {name: node.left for name, node in instance.nodes.items()}
        self._own = left_by_case(plan.instance, instance, case)
        self.inflows = [flow for flow in self._all_inflows() if flow.item in instance.items]
        reach = Reach(
            instance,
            plan.reach.prune,
            embargo=plan.catalogue.enabled("forbid"),
            recipients=self.recipients,
            entering=self._entries(),
        )
        super().__init__(instance, plan.catalogue, reach)
        self.money_unit = plan.money_unit
        self.charges: list[Cost] = []

    def enabled(self, family: str) -> bool:
        """A response completes what was placed by rows of its own (`planner.formulation.responses.links`)."""
        known = RESPONSE + family in self.catalogue.constraints
        return known and family != PLACED_ORDER.name and super().enabled(family)

    def variable(self, family: str, key: Key, names: Sequence[str | int], binary: bool = False) -> Variable:
        """A new variable of the plan's program: of the family in responses, its key after that of the case."""
        case_key = self.case.key
        variable = self.plan.variable(RESPONSE + family, (*case_key, *key), (*case_key, *names), binary)
        self.columns[family][key] = variable
        return variable

    def row(self, family: str, key: Key, terms: Terms, sense: int, bound: float, names: Sequence[str | int]) -> None:
        """A new row of the plan's program: of the family in responses, its key after that of the case."""
        case_key = self.case.key
        self.rows[family][key] = self.plan.row_count
        self.plan.row(RESPONSE + family, (*case_key, *key), terms, sense, bound, (*case_key, *names))

    def cost(self, key: CostKey, period: int, variable: Variable, amount: float, ordered: int | None = None) -> None:
        """A response pays for its own orders and for what it dispatches."""
        if amount and key.term in COUNTED and (ordered is None or ordered >= 0):
            self.charges.append(Cost(period + self.case.begin, variable, amount, period + self.case.begin))

    # ── What comes in from the plan ──────────────────────────────────────────────────────────────

    def stock_left(self, node: str, period: int) -> float:
        """The share that disruptions leave of the plan's stock at the end of the period before the response."""
        before = share_left(self.plan.instance.nodes[node].left, period)
        return share_kept(before, share_left(self._left[node], 0))

    def arrival_left(self, node: str, period: int) -> float:
        """The share of what the plan sent that arrives: it knew of what is certain,
        but nothing arrives where all is shut.
        """
        return share_left(self._own.nodes[node].left, period) if share_left(self._left[node], period) > 0 else 0.0

    def order_left(self, line: str, period: int) -> float:
        """The share of what the plan ordered that is completed: it is within what is certain to be left."""
        line_left = self._own.lines[line]
        return share_left(line_left.left, period) * share_left(self._own.nodes[line_left.factory].left, period)

    def _all_inflows(self) -> list[Inflow]:
        """Stock of the plan, and goods under way, as far as disruptions leave them."""
        begin, inflows, flows = self.case.begin, [], self.flows
        for (item, node, period, goods_class), variable in flows.stocks[begin - 1] if begin else ():
            inflows.append(self._inflow(item, node, 0, goods_class, variable, self.stock_left(node, period)))
        for dispatched in range(max(begin - flows.longest, 0), begin):
            for (item, name, _, goods_class), variable in flows.shipments[dispatched]:
                leg = self.plan.instance.legs[name]
                arrives = dispatched + leg.lead_time - begin
                if 0 <= arrives < self._periods:
                    left = self.arrival_left(leg.destination, arrives)
                    inflows.append(self._inflow(item, leg.destination, arrives, goods_class, variable, left))
        return [flow for flow in inflows if flow.share > 0 and flow.expires >= flow.period]

    def _inflow(self, item: str, node: str, period: int, goods_class: int, variable: Variable, share: float) -> Inflow:
        """Goods classes of the plan are counted from the beginning of the response, which may outlast few of them."""
        reach = self.plan.reach
        expires = min(reach.last_use(goods_class) - self.case.begin, self._periods)
        whom = self.recipients.of(item)
        own_class: int | None = expires
        if whom:
            recipient = reach.recipient(item, goods_class)
            own_class = None if recipient is None else whom.index(recipient) * (self._periods + 1) + expires
        return Inflow(item, node, period, expires, own_class, variable, share)

    def _entries(self) -> Mapping[str, Sequence[Entry]]:
        entries_of: dict[str, dict[Entry, None]] = defaultdict(dict)
        for flow in self.inflows:
            count = len(self.recipients.of(flow.item))
            classes = (
                [index * (self._periods + 1) + flow.expires for index in range(count)]
                if flow.goods_class is None
                else [flow.goods_class]
            )
            entries_of[flow.item].update(
                dict.fromkeys((goods_class, flow.node, flow.period) for goods_class in classes)
            )
        return {item: list(entries) for item, entries in entries_of.items()}
