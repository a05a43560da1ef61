"""Can every cost be paid, and can all money be used?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from planner.domain.cells import Field
from planner.domain.eligibility import admits, payable
from planner.domain.instance import Budget, Fund, PlanningInstance
from planner.numerals import numeral
from planner.workbook.names.places import Finding
from planner.workbook.validate.checking.view import InstanceView, Mask, listed

TOO_MANY = 20  # objects with the same trouble, from which on they share a warning

_TABLE = {"procurement": "Lines", "capacity": "Expansions", "transport": "Routes", "storage": "Nodes"}
_COLUMN = {"Lines": "line", "Expansions": "expansion", "Routes": "route", "Nodes": "node"}
_COST = {"Lines": "unit_cost", "Expansions": "cost", "Routes": "cost", "Nodes": "holding_cost"}

Due = tuple[int, int]  # periods in which a cost falls, and in which it is ordered
PossibleCosts = Mapping[tuple[str, str], frozenset[Due]]  # (cost type, object) → when it can cost something


def budgets_never_usable(view: InstanceView) -> Iterator[Finding]:
    """Money for a year outside the horizon without carry-over, or that comes after the horizon or the fund's window."""
    for fund in view.instance.funds.values():
        for budget in fund.budgets:
            problem = _budget_problem(view.instance, fund, budget) if budget.amount > 0 else ""
            if problem:
                where = {"fund": fund.name, "contributor": budget.contributor, "year": str(budget.year)}
                message = (
                    f"{numeral(budget.amount)} of {budget.contributor} for {budget.year} can never be used: {problem}"
                )
                key = ("fund", fund.name), ("contributor", budget.contributor), ("year", budget.year)
                figure = Field("Budgets", (*key, ("from", budget.available)), "year")
                yield Finding("Budgets", where, message, "year", {"contributor": "fund"}, figure)


def _budget_problem(instance: PlanningInstance, fund: Fund, budget: Budget) -> str:
    horizon = instance.horizon
    first, last = horizon.years[0], horizon.years[-1]
    if not fund.carry_over and not first <= budget.year <= last:
        return f"the plan covers the fiscal years {first} to {last}, and the fund has no carry-over"
    if budget.available >= horizon.periods and budget.year <= last:
        return "it is there only after the horizon, or its event does not happen"
    if budget.year <= last and not _usable(instance, fund, budget):
        return f"the fund {fund.name} is not open for costs when the money is there"
    return ""


def _usable(instance: PlanningInstance, fund: Fund, budget: Budget) -> bool:
    """Is there a period in the fund's window whose costs the money may pay?"""
    years = instance.horizon.fiscal_years
    return any(period >= budget.available and fund.pays_in(budget, years[period]) for period in fund.open)


def costs_that_no_fund_pays(view: InstanceView) -> Iterator[Finding]:
    """Objects and fiscal years whose cost no fund admits, or only funds without money then."""
    if not view.instance.money_is_limited:
        return
    troubles: dict[tuple[str, str, tuple[int, ...]], list[str]] = defaultdict(list)
    for (cost_type, name), dues in _costs(view).items():
        for problem, years in _unpaid(view.instance, cost_type, name, dues).items():
            troubles[cost_type, problem, tuple(sorted(years))].append(name)
    for (cost_type, problem, when), names in troubles.items():
        table = _TABLE.get(cost_type, "Lines")
        in_years = listed(str(year) for year in when)
        for group in [names] if len(names) > TOO_MANY else [[name] for name in names]:
            message = f"{problem} the {cost_type} cost of {listed(group)} in {in_years}"
            yield Finding(table, {_COLUMN[table]: group[0]}, message, _COST[table])


def _unpaid(instance: PlanningInstance, cost_type: str, name: str, dues: Iterable[Due]) -> dict[str, set[int]]:
    """Problem → fiscal years of it, for one object. Funds that count commitments go by the order."""
    what = payable(instance, cost_type, name)
    admitting = [fund for fund in instance.funds.values() if admits(fund, what)]
    fiscal_years = instance.horizon.fiscal_years
    years: dict[int, set[Due]] = defaultdict(set)
    for due in dues:
        years[fiscal_years[due[0]]].add(due)
    problems: dict[str, set[int]] = defaultdict(set)
    for year, within in years.items():
        counted = {fund.name: {_counted(fund, due) for due in within} for fund in admitting}
        open_funds = [fund for fund in admitting if not counted[fund.name].isdisjoint(fund.open)]
        if not open_funds:
            problems["no fund admits"].add(year)
        elif not any(_has_money(fund, fiscal_years[when]) for fund in open_funds for when in counted[fund.name]):
            problems[f"{listed(fund.name for fund in open_funds)} alone may pay, but without money then,"].add(year)
    return problems


def _counted(fund: Fund, due: Due) -> int:
    period, ordered = due
    return ordered if fund.basis == "commitment" else period


def _has_money(fund: Fund, year: int) -> bool:
    return any(
        budget.amount > 0 and (budget.year == year or (fund.carry_over and budget.year < year))
        for budget in fund.budgets
    )


# ── Costs that can fall ─────────────────────────────────────────────────────────────────────────────


def _costs(view: InstanceView) -> PossibleCosts:
    return {**_making(view), **_investing(view), **_moving(view), **_holding(view)}


def _at_once(periods: Iterable[int]) -> frozenset[Due]:
    """What is ordered when it falls."""
    return frozenset((period, period) for period in periods)


def _making(view: InstanceView) -> PossibleCosts:
    costs = {}
    for line in view.instance.lines.values():
        made = [int(period) for period in np.flatnonzero(view.reach.makes[line.name]) if period not in line.orders]
        orders = [period - line.order_lead_time for period in made]
        dues = set(zip(made, orders, strict=True)) if line.advance < 1 or line.order_lead_time == 0 else set()
        if line.advance > 0:
            dues |= set(zip(orders, orders, strict=True))
        dues |= {(period, period) for period, order in line.orders.items() if order.paid < 1}
        if line.unit_cost > 0 and dues:
            costs[view.instance.items[line.item].cost_type, line.name] = frozenset(dues)
    return costs


def _investing(view: InstanceView) -> PossibleCosts:
    return {
        ("capacity", expansion.name): _at_once(expansion.buy)
        for expansion in view.instance.expansions.values()
        if expansion.cost > 0 and expansion.buy and expansion.limit > 0
    }


def _moving(view: InstanceView) -> PossibleCosts:
    legs = view.reach.legs
    moved: Mask = np.zeros((len(legs), view.reach.periods), dtype=bool)
    per_tonne = np.array([leg.cost_per_t > 0 for leg in legs], dtype=bool)
    by_item: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for (what, route), entry in view.instance.route_items.items():
        if entry.cost is not None:
            by_item[what].append((route, entry.cost > 0))
    for name, item in view.instance.items.items():
        costly = per_tonne & (item.weight_t > 0)
        special = dict(by_item.get(name, ()))
        if special:
            costly = np.array(
                [special.get(leg.route, dear) for leg, dear in zip(legs, costly, strict=True)], dtype=bool
            )
        moved |= view.reach.items[name].shipment.any(axis=0) & costly[:, None]
    costs: dict[tuple[str, str], frozenset[Due]] = {}
    for index in np.flatnonzero(moved.any(axis=1)):
        key = "transport", legs[index].route
        costs[key] = costs.get(key, frozenset()) | _at_once(np.flatnonzero(moved[index]).tolist())
    return costs


def _holding(view: InstanceView) -> PossibleCosts:
    nodes = list(view.instance.nodes.values())
    held: Mask = np.zeros((len(nodes), view.reach.periods), dtype=bool)
    dear = np.array([node.holding_cost > 0 for node in nodes], dtype=bool)
    for name, item in view.instance.items.items():
        costly = (dear & (item.weight_t > 0)) | (item.holding_cost > 0)
        for node in view.holding_costs.get(name, ()):
            costly[view.reach.node_index[node]] = True
        held |= view.reach.items[name].stock.any(axis=0) & costly[:, None]
    return {
        ("storage", nodes[index].name): _at_once(np.flatnonzero(held[index]).tolist())
        for index in np.flatnonzero(held.any(axis=1))
    }
