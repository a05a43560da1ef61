"""The responses of a plan as tables: what each case is given, moves, makes and keeps,
and how much of its need is met.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from math import inf
from typing import Any, NamedTuple

import networkx as nx

from planner.domain.contingency.recipients import Recipient, may_leave
from planner.domain.contingency.response import ordered_before
from planner.domain.instance import share_left
from planner.formulation.goods.transport import unit_cost
from planner.formulation.model.model import Key, Variable
from planner.formulation.responses.measures import days_in_transit
from planner.formulation.responses.response import Response
from planner.tolerances import NOISE

TableRows = Iterable[tuple[Any, ...]]
Values = Sequence[float]  # of all columns
ANYBODY, NOBODY = "(any)", "(reserve)"


def recipient_text(recipient: Recipient) -> str:
    """How tables say for whom goods are that are distinguished."""
    return NOBODY if recipient is None else recipient


class Answer:
    """A response as it was solved."""

    def __init__(self, response: Response, values: Values) -> None:
        self.response, self.case, self.plan = response, response.case, response.plan
        self.key = (self.case.contingency.name, self.case.strike + 1)
        self._values = values
        self.delivered: dict[tuple[str, int], float] = defaultdict(float)
        for (name, due, _, _), quantity in self.of("delivery"):
            self.delivered[name, due] += quantity

    def of(self, family: str) -> list[tuple[Key, float]]:
        """(key, value) of each column of the response that is not 0; periods from its beginning."""
        columns = self.response.columns[family].items()
        return [(key, value) for key, column in columns if (value := self._values[column]) > NOISE]

    def planned(self, variable: Variable) -> float:
        """The quantity of a column in the plan."""
        value = self._values[variable]
        return value if value > NOISE else 0.0

    def period(self, relative: int) -> int:
        """The period of the plan, 1…P, of a period of the response from 0."""
        return self.case.begin + relative + 1

    def recipient(self, item: str, goods_class: int) -> str:
        """For whom goods of a class are, as the tables write it;
        the word for anybody where the item is not told apart.
        """
        reach = self.response.reach
        return recipient_text(reach.recipient(item, goods_class)) if reach.recipients.of(item) else ANYBODY

    @property
    def charged(self) -> float:
        """The cost of the response in currency, not discounted."""
        return sum(charge.amount * self.planned(charge.variable) for charge in self.response.charges)

    def short(self) -> Iterator[tuple[Any, float]]:
        """(need, units not delivered) of each need."""
        for need in self.response.needs:
            missing = need.wanted.quantity - self.delivered[need.wanted.key]
            yield need, missing if missing > NOISE * max(1.0, need.wanted.quantity) else 0.0


def cases(answer: Answer) -> TableRows:
    """Table cases: one row with begin, end, weight, need and uncovered need (unit value × units), coverage, promise,
    its shortfall, and cost (money).
    """
    case, values = answer.case, answer.plan.instance.unit_values
    wanted: dict[str, float] = defaultdict(float)
    got: dict[str, float] = defaultdict(float)
    uncovered = 0.0
    for need, missing in answer.short():
        worth = values.get(need.wanted.item, 0.0)
        wanted[need.wanted.item] += need.wanted.quantity
        got[need.wanted.item] += need.wanted.quantity - missing
        uncovered += need.wanted.priority * worth * missing
    need = sum(values.get(item, 0.0) * quantity for item, quantity in wanted.items())
    met = sum(values.get(item, 0.0) * quantity for item, quantity in got.items())
    promised = case.contingency.coverage
    lack = sum(values.get(item, 0.0) * max(promised * wanted[item] - got[item], 0.0) for item in wanted)
    ends = (case.begin + 1, case.end + 1)
    share = met / need if need else 1.0
    yield *answer.key, *ends, case.weight, need, uncovered, share, promised, lack, answer.charged


def responses(answer: Answer) -> TableRows:
    """Table responses: units delivered to each need, by period due and period of delivery (1…P)."""
    needs = {need.wanted.key: need for need in answer.response.needs}
    total: dict[tuple[str, int, int], float] = defaultdict(float)
    for (name, due, period, _), quantity in answer.of("delivery"):
        total[name, due, period] += quantity
    for (name, due, period), quantity in total.items():
        need = needs[name, due]
        what = (need.kind, need.demand, need.wanted.destination, need.wanted.item)
        yield *answer.key, *what, answer.period(due), answer.period(period), quantity


def uncovered(answer: Answer) -> TableRows:
    """Table uncovered: units of each need that are never delivered."""
    for need, missing in answer.short():
        if missing:
            what = (need.kind, need.demand, need.wanted.destination, need.wanted.item)
            yield *answer.key, *what, answer.period(need.wanted.due), missing


def _by_recipient(answer: Answer, family: str) -> dict[tuple[str, str, int, str], float]:
    """(item, place, period, recipient) → units, over expiry classes."""
    total: dict[tuple[str, str, int, str], float] = defaultdict(float)
    for (item, place, period, goods_class), quantity in answer.of(family):
        total[item, place, period, answer.recipient(item, goods_class)] += quantity
    return total


def moves(answer: Answer) -> TableRows:
    """Table response_moves: units, tonnes and cost (money) by route, item, recipient and period of dispatch (1…P)."""
    instance = answer.plan.instance
    for (name, leg_name, period, recipient), quantity in _by_recipient(answer, "shipment").items():
        leg, item = instance.legs[leg_name], instance.items[name]
        yield (
            *answer.key,
            *(leg.route, leg.origin, leg.destination, leg.mode, name, recipient),
            *(answer.period(period), answer.period(period + leg.lead_time)),
            *(quantity, quantity * item.weight_t, quantity * unit_cost(answer.plan, item, leg)),
        )


def making(answer: Answer) -> TableRows:
    """Table response_making: units completed and cost (money) by line, recipient and period (1…P); orders placed
    before cost nothing here.
    """
    instance = answer.plan.instance
    total: dict[tuple[str, int, str], float] = defaultdict(float)
    for name, period, recipient, quantity in _made(answer):
        total[name, period, recipient] += quantity
    for (name, period, recipient), quantity in total.items():
        line = instance.lines[name]
        before = ordered_before(line, answer.case, answer.case.begin + period)
        place = (name, line.factory, instance.nation_of(line.factory), line.item, recipient)
        cost = 0.0 if before else quantity * line.unit_cost
        yield *answer.key, *place, answer.period(period), quantity, "before" if before else "in the response", cost


def _made(answer: Answer) -> Iterator[tuple[str, int, str, float]]:
    """(line, period, recipient, good units)."""
    instance, apart = answer.plan.instance, answer.response.reach.recipients
    for (name, period), quantity in answer.of("production"):
        if not apart.of(instance.lines[name].item):
            yield name, period, ANYBODY, quantity
    for (name, period, goods_class), quantity in answer.of("made_for"):
        yield name, period, answer.recipient(instance.lines[name].item, goods_class), quantity


def stocks(answer: Answer) -> TableRows:
    """Table response_stocks: units by node, item and recipient at the end of each period (1…P)."""
    for (item, node, period, recipient), quantity in _by_recipient(answer, "stock").items():
        yield *answer.key, node, item, recipient, answer.period(period), quantity


def coverage(answer: Answer) -> TableRows:
    """By period after the strike: what falls due and what is delivered, then and so far;
    surge and standing demand apart.
    """
    case, items = answer.case, answer.plan.instance.items
    wanted: dict[tuple[str, str, str], dict[int, float]] = defaultdict(lambda: defaultdict(float))
    covered: dict[tuple[str, str, str], dict[int, float]] = defaultdict(lambda: defaultdict(float))
    where = {}
    for need in answer.response.needs:
        key = where[need.wanted.key] = (need.kind, need.wanted.destination, need.wanted.item)
        wanted[key][need.wanted.due] += need.wanted.quantity
    for (name, due, period, _), quantity in answer.of("delivery"):
        covered[where[name, due]][period] += quantity
    for key, by_due in wanted.items():
        _kind, _destination, item = key
        so_far = met_so_far = 0.0
        for period in range(len(case.periods)):
            so_far, met_so_far = so_far + by_due[period], met_so_far + covered[key][period]
            if so_far or met_so_far:
                after = case.begin + period - case.strike
                amounts = (by_due[period], covered[key][period], so_far, met_so_far)
                yield *answer.key, *key, items[item].domain, after, *amounts


def draws(answer: Answer) -> TableRows:
    """What lies at a node when the response begins or comes to it from before, and what becomes of it.

    What leaves a node, is delivered at it or made into something there is drawn from these goods first, as far as they
    are for the same recipient and usable for as long; reserve is for any recipient.
    """
    at_begin, under_way, stored = _from_before(answer)
    assigned, reserve, out = *_by_class(answer), _out(answer)
    last_use = answer.response.reach.last_use
    for item, node in dict.fromkeys([*at_begin, *under_way]):
        came, own = at_begin[item, node] + under_way[item, node], assigned[item, node]
        used, more = 0.0, defaultdict[int, float](float)  # by last period of use: what only reserve can be
        for goods_class, quantity in out[item, node].items():
            used += min(quantity, own[goods_class])
            more[last_use(goods_class)] += max(quantity - own[goods_class], 0.0)
        used += sum(min(more[last], quantity) for last, quantity in reserve[item, node].items())
        left = stored[item, node] - used
        nation = answer.plan.instance.nation_of(node)
        amounts = (at_begin[item, node], under_way[item, node], came - used - left, used, left)
        yield *answer.key, node, nation, item, *(value if abs(value) > NOISE else 0.0 for value in amounts), None


UnitsByClass = dict[tuple[str, str], dict[int, float]]  # (item, node) -> goods class, or last period of use -> units


def _no_units() -> UnitsByClass:
    return defaultdict(lambda: defaultdict(float))


def _by_class(answer: Answer) -> tuple[UnitsByClass, UnitsByClass]:
    """What disruptions leave of what comes from before: by goods class of the response, and of reserve, or goods whose
    recipient the response chooses, by last period of use.
    """
    assigned, reserve, response = _no_units(), _no_units(), answer.response
    for flow in response.inflows:
        units, place = answer.planned(flow.variable) * flow.share, (flow.item, flow.node)
        if flow.goods_class is None:
            reserve[place][flow.expires] += units
        else:
            assigned[place][flow.goods_class] += units
    for supply in response.instance.supplies:
        left = share_left(response.instance.nodes[supply.node].left, supply.period)
        classes, place = response.reach.entry_classes(supply), (supply.item, supply.node)
        if len(classes) == 1:
            assigned[place][classes[0]] += supply.quantity * left
        else:
            reserve[place][response.reach.last_use(classes[0])] += supply.quantity * left
    return assigned, reserve


def _out(answer: Answer) -> UnitsByClass:
    """What leaves each node, is delivered at it or made into something there, by goods class."""
    out, instance = _no_units(), answer.response.instance
    for (item, leg, _, goods_class), quantity in answer.of("shipment"):
        out[item, instance.legs[leg].origin][goods_class] += quantity
    wanted = {need.wanted.key: need.wanted for need in answer.response.needs}
    for (name, due, _, goods_class), quantity in answer.of("delivery"):
        out[wanted[name, due].item, wanted[name, due].destination][goods_class] += quantity
    for (item, name, _, goods_class), quantity in answer.of("consumption"):
        out[item, instance.lines[name].factory][goods_class] += quantity
    for name, item, goods_class, quantity in _parts_of_one_class(answer):
        out[item, instance.lines[name].factory][goods_class] += quantity
    return out


def _parts_of_one_class(answer: Answer) -> Iterator[tuple[str, str, int, float]]:
    """(line, component, goods class, units) of components that have no column of their own, as a recipient's goods are
    all of one class.
    """
    reach, instance = answer.response.reach, answer.response.instance
    for family in ("production", "made_for"):
        for (name, _, *made), quantity in answer.of(family):
            line = instance.lines[name]
            apart = bool(reach.recipients.of(line.item))
            if apart != (family == "made_for"):
                continue
            whom = reach.recipient(line.item, made[0]) if apart else reach.recipients.wanted_by(line.item)[0]
            for component, each in line.components.items():
                classes = reach.classes_for(component, whom)
                if len(classes) == 1:
                    yield name, component, classes[0], quantity * each / line.yield_


Units = dict[tuple[str, str], float]  # (item, node) -> units


def _from_before(answer: Answer) -> tuple[Units, Units, Units]:
    """Of each item at each node: stock when the response begins, what comes in later,
    and what disruptions leave of both.
    """
    response, case, plan = answer.response, answer.case, answer.plan
    at_begin: Units = defaultdict(float)
    under_way: Units = defaultdict(float)
    stored: Units = defaultdict(float)
    flows = response.flows
    for (item, node, period, _), variable in flows.stocks[case.begin - 1] if case.begin else ():
        quantity = answer.planned(variable)
        if quantity and item in response.instance.items:
            at_begin[item, node] += quantity
            stored[item, node] += quantity * response.stock_left(node, period)
    for dispatched in range(max(case.begin - flows.longest, 0), case.begin):
        for (item, name, _, _), variable in flows.shipments[dispatched]:
            leg = plan.instance.legs[name]
            arrives, quantity = dispatched + leg.lead_time, answer.planned(variable)
            if quantity and arrives in case.periods and item in response.instance.items:
                left = response.arrival_left(leg.destination, arrives - case.begin)
                under_way[item, leg.destination] += quantity
                stored[item, leg.destination] += quantity * left
    for supply in response.instance.supplies:
        left = share_left(response.instance.nodes[supply.node].left, supply.period)
        (at_begin if supply.opening else under_way)[supply.item, supply.node] += supply.quantity
        stored[supply.item, supply.node] += supply.quantity * left
    return at_begin, under_way, stored


def reach(answer: Answer) -> TableRows:
    """Days on the fastest way that is open in the case, from where the plan has stock that may be for the recipient to
    where the item is needed.
    """
    response, instance = answer.response, answer.response.instance
    stock_for: dict[str, Units] = {}
    graphs: dict[tuple[str, str], nx.DiGraph[str]] = {}
    for destination, item in dict.fromkeys((need.wanted.destination, need.wanted.item) for need in response.needs):
        nation = instance.nation_of(destination) or ""
        if (item, nation) not in graphs:
            graphs[item, nation] = _ways(response, item, nation)
        graph = graphs[item, nation]
        days = nx.single_source_dijkstra_path_length(graph, destination) if destination in graph else {destination: 0.0}
        if not may_leave(instance.nodes[destination], nation):
            continue
        if nation not in stock_for:
            stock_for[nation] = _stock_for(answer, nation)
        for (name, node), quantity in stock_for[nation].items():
            if name == item and days.get(node, inf) < inf:
                yield *answer.key, destination, item, node, float(days[node]), quantity


def _stock_for(answer: Answer, nation: str) -> Units:
    """Of each item at each node: stock when the response begins that is for a nation, or may become so."""
    response, plan, stock = answer.response, answer.plan, defaultdict[tuple[str, str], float](float)
    begin, reach = answer.case.begin, plan.reach
    for (item, node, _, goods_class), variable in response.flows.stocks[begin - 1] if begin else ():
        apart = bool(reach.recipients.of(item))
        if item in response.instance.items and (not apart or reach.recipient(item, goods_class) in (None, nation)):
            stock[item, node] += answer.planned(variable)
    for supply in response.instance.supplies:
        if supply.opening and (supply.nation in (None, nation) or not reach.recipients.of(supply.item)):
            stock[supply.item, supply.node] += supply.quantity
    return {place: quantity for place, quantity in stock.items() if quantity}


def _ways(response: Response, item: str, nation: str) -> nx.DiGraph[str]:
    """Legs that are open to the item for the nation in some period of the response, from end to origin."""
    reach, plan, nodes = response.reach, response.plan.instance, response.instance.nodes
    graph: nx.DiGraph[str] = nx.DiGraph()
    refused = _refused(response, item)
    for leg in reach.legs:
        ends = nodes[leg.origin], nodes[leg.destination]
        opened = any(
            share_left(leg.left, period) > 0 and all(node.is_open(period) for node in ends)
            for period in leg.open
            if (leg.name, period) not in refused
        )
        if opened and item not in leg.excluded and reach.recipients.carries(leg, ends[0], item, nation):
            days = days_in_transit(plan, plan.legs[leg.name])
            known = graph.get_edge_data(leg.destination, leg.origin, {"weight": inf})["weight"]
            graph.add_edge(leg.destination, leg.origin, weight=min(days, known))
    return graph


def _refused(response: Response, item: str) -> set[tuple[str, int]]:
    """(leg, period) in which a consent or an embargo withholds the item."""
    instance = response.instance
    columns_refused = {
        (leg, period)
        for consent in instance.consents
        if item in consent.items
        for leg in consent.legs
        for period in consent.withheld
    }
    for policy in instance.policies:
        legs = [leg.name for leg in instance.legs.values() if leg.route in policy.routes and item in policy.items]
        columns_refused |= {(leg, period) for leg in legs for period in policy.periods}
    return columns_refused


def expiry(answer: Answer) -> TableRows:
    """Flows of perishable items by the last period of use (P + 1: not within the horizon)."""
    reach = answer.response.reach
    perishable = {
        name
        for name, goods in reach.items.items()
        if len({reach.last_use(goods_class) for goods_class in goods.classes}) > 1
    }
    for flow in _flows(answer, perishable) if perishable else ():
        last = answer.case.begin + reach.last_use(flow.goods_class) + 1
        place = (flow.name, flow.origin, flow.destination, flow.item, flow.recipient, flow.due)
        yield *answer.key, flow.kind, *place, answer.period(flow.period), last, flow.quantity


class _GoodsFlow(NamedTuple):
    """A flow of a response, by goods class; `period` and `goods_class` as the response counts them,
    `due` as the plan does.
    """

    kind: str
    name: str
    origin: str | None
    destination: str | None
    item: str
    recipient: str
    due: int | None
    period: int
    goods_class: int
    quantity: float


def _flows(answer: Answer, items: Set[str]) -> Iterator[_GoodsFlow]:
    """What of the items is made, dispatched, delivered, used in production, and in stock."""
    reach, instance = answer.response.reach, answer.response.instance
    for name, period, recipient, quantity in _made(answer):
        item = instance.lines[name].item
        if item in items:
            last = reach.expires(instance.items[item], period)
            yield _GoodsFlow("production", name, None, None, item, recipient, None, period, last, quantity)
    for (item, name, period, goods_class), quantity in answer.of("shipment"):
        if item in items:
            leg, recipient = instance.legs[name], answer.recipient(item, goods_class)
            ends = (leg.route, leg.origin, leg.destination)
            yield _GoodsFlow("shipment", *ends, item, recipient, None, period, goods_class, quantity)
    needs = {need.wanted.key: need for need in answer.response.needs}
    for (name, due, period, goods_class), quantity in answer.of("delivery"):
        demand, wanted = needs[name, due].demand, needs[name, due].wanted
        if wanted.item in items:
            at = (demand, None, wanted.destination, wanted.item, instance.nation_of(wanted.destination) or "")
            yield _GoodsFlow("delivery", *at, answer.period(due), period, goods_class, quantity)
    for kind in ("consumption", "stock"):
        for (item, place, period, goods_class), quantity in answer.of(kind):
            if item in items:
                recipient = answer.recipient(item, goods_class)
                yield _GoodsFlow(kind, place, None, None, item, recipient, None, period, goods_class, quantity)


MAKERS = {
    "cases": cases,
    "responses": responses,
    "response_moves": moves,
    "response_making": making,
    "response_stocks": stocks,
    "coverage": coverage,
    "uncovered": uncovered,
    "draws": draws,
    "reach": reach,
    "response_expiry": expiry,
}
