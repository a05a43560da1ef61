"""What happened before the horizon: the rows of Actuals that rules about sums count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from planner.domain.instance import Expansion, Fund, Item, Leg, Line, Node, Resource
from planner.domain.past import Past, PastPayment, PastSupply
from planner.workbook.instance.context import Context

COUNTED = ("made", "shipped", "bought", "paid")  # kinds; of the others the position at the start tells all


class Things:
    """What rows of Actuals are about."""

    def __init__(
        self,
        nodes: Mapping[str, Node],
        lines: Mapping[str, Line],
        resources: Mapping[str, Resource],
        expansions: Mapping[str, Expansion],
        items: Mapping[str, Item],
    ) -> None:
        self.nodes, self.lines, self.items = nodes, lines, items
        self.resources, self.expansions = resources, expansions

    def content(self, cost_type: str, name: str) -> Mapping[str, float] | None:
        """The content of a line or expansion; None where the cost has none."""
        if cost_type == "capacity":
            return self.expansions[name].content if name in self.expansions else None
        line = self.lines.get(name)
        return line.content if line is not None and self.items[line.item].cost_type == cost_type else None

    def nation_of(self, expansion: Expansion) -> str | None:
        """The nation of what an expansion widens."""
        place: str | None = None
        if expansion.kind == "line":
            place = self.lines[expansion.object].factory
        elif expansion.kind == "resource":
            place = self.resources[expansion.object].factory
        elif expansion.kind == "node":
            place = expansion.object
        return self.nodes[place].nation if place is not None else None


def past(context: Context, things: Things, funds: Mapping[str, Fund], legs: Mapping[str, Leg]) -> Past:
    """Payments, supply and value produced before the horizon. A row of no known object counts in what is paid alone."""
    columns = ("period", "kind", "line", "route", "item", "expansion", "fund", "contributor", "cost_type", "object",
               "quantity")  # fmt: skip
    routes = {leg.route for leg in legs.values()}
    payments: list[PastPayment] = []
    supplies: dict[tuple[str, str, str, int], float] = defaultdict(float)
    produced: dict[str, float] = defaultdict(float)
    for _, period, kind, line, route, item, expansion, fund, contributor, cost_type, name, quantity in context.rows(
        "Actuals", *columns
    ):
        if not isinstance(period, int) or period >= 0 or not quantity:
            continue
        if kind == "made":
            made = things.lines[line]
            supplies["made", made.factory, made.item, period] += quantity
            produced[things.nodes[made.factory].nation or ""] += quantity * made.unit_cost
        elif kind == "shipped" and route in routes:
            supplies["dispatched", route, item, period] += quantity
        elif kind == "bought" and expansion in things.expansions:
            bought = things.expansions[expansion]
            produced[things.nation_of(bought) or ""] += quantity * bought.cost
        elif kind == "paid":
            year = context.horizon.fiscal_year(period)
            whose = contributor or only_contributor(funds[fund]) or ""
            kind_of_cost, thing = cost_type or "", name or ""
            content = things.content(kind_of_cost, thing)
            payments.append(PastPayment(fund, whose, kind_of_cost, thing, period, year, quantity, content))
    if payments or supplies or produced:
        for nation, value in _paid_ahead(things):
            produced[nation] += value
    made_or_sent = tuple(PastSupply(*key, quantity) for key, quantity in supplies.items())
    return Past(tuple(payments), made_or_sent, {nation: value for nation, value in produced.items() if nation})


def only_contributor(fund: Fund) -> str | None:
    """Who gives a fund's money, where it is one alone."""
    names = {budget.contributor for budget in fund.budgets} or {fund.name}
    return next(iter(names)) if len(names) == 1 else None


def _paid_ahead(things: Things) -> Iterator[tuple[str, float]]:
    """(nation, value) of what was paid before the horizon for orders that are completed in it."""
    for line in things.lines.values():
        for order in line.orders.values():
            yield things.nodes[line.factory].nation or "", order.quantity * order.paid * line.unit_cost
