"""The table of nations: what each contributed, produced and received, by fiscal year."""

from __future__ import annotations

import numpy as np

from planner.verify.money.costs import Costs
from planner.verify.plan_arrays import PlanArrays
from planner.verify.verification import Codes, Findings, Floats, number

COLUMNS = ("contributed", "produced", "received", "balance")


def check_nations(costs: Costs, findings: Findings) -> None:
    """By nation and fiscal year: contributed, produced, received, and balance = produced − contributed.

    contributed: payments of that contributor; produced: production cost of lines at nodes of the nation
    plus capacity bought there; received: value of deliveries at its nodes. A missing row says 0.
    """
    arrays = costs.arrays
    years = arrays.case.calendar.year_list
    payers = dict.fromkeys(str(name) for name in arrays.plan.payments["contributor"])
    table = arrays.plan.nations
    names = list(dict.fromkeys([*sorted(arrays.case.nations), *payers, *(str(name) for name in table["nation"])]))
    right = amounts_by_nation(costs, names)
    code = {name: row for row, name in enumerate(names)}
    codes = np.array([code[str(name)] for name in table["nation"]], dtype=np.intp)
    year = np.array([years.index(int(year)) for year in table["year"]], dtype=np.intp)
    for column in COLUMNS:
        stated = np.zeros((len(names), len(years)))
        np.add.at(stated, (codes, year), table[column].to_numpy(dtype=float))

        def say(flat: int, column: str = column, stated: Floats = stated) -> str:
            row, when = divmod(flat, len(years))
            amounts = f"{column} is {number(stated[row, when])}, expected {number(right[column][row, when])}"
            return f"{names[row]!r} in {years[when]}: {amounts}"

        scale = np.maximum(np.abs(stated), np.abs(right[column]))
        if column == "balance":  # a difference is as exact as its terms
            scale = np.maximum(right["produced"], right["contributed"])
        findings.check("nations", np.abs(stated - right[column]).ravel(), scale.ravel(), say)


def amounts_by_nation(costs: Costs, names: list[str]) -> dict[str, Floats]:
    """Each column of the table of nations, by name and fiscal year, worked out from the other tables."""
    arrays, case = costs.arrays, costs.arrays.case
    code_of = {name: code for code, name in enumerate(names)}
    years = case.calendar.year_list
    node_nation = [node.nation or "" for node in case.nodes.values()]
    amounts = {column: np.zeros((len(names), len(years))) for column in COLUMNS}

    def add(column: str, nations: list[str], year: Codes, amount: Floats) -> None:
        codes = np.array([code_of.get(nation, -1) for nation in nations], dtype=np.intp)
        known = codes >= 0
        np.add.at(amounts[column], (codes[known], year[known]), amount[known])

    payments, plan = arrays.plan.payments, arrays.plan
    year_of = case.calendar.year_codes
    if case.money_is_limited:
        paid_in = np.array([years.index(int(year)) for year in payments["year"]], dtype=np.intp)
        add("contributed", [str(n) for n in payments["contributor"]], paid_in, payments["amount"].to_numpy(dtype=float))
    factory = arrays.line_factory[_codes(arrays, "production", "line")]
    made_in = year_of[_codes(arrays, "production", "t")]
    add("produced", [node_nation[node] for node in factory], made_in, costs.production)
    owners = [case.object_nation(expansion) or "" for expansion in case.expansions.values()]
    bought = [owners[code] for code in _codes(arrays, "investments", "expansion")]
    add("produced", bought, year_of[_codes(arrays, "investments", "t")], costs.investment)
    demand = _codes(arrays, "deliveries", "demand")
    value = np.array([case.values[name] for name in arrays.items])[arrays.demand_item[demand]]
    worth = value * plan.deliveries["quantity"].to_numpy(dtype=float)
    where = [node_nation[node] for node in arrays.demand_node[demand]]
    add("received", where, year_of[_codes(arrays, "deliveries", "t")], worth)
    amounts["balance"] = amounts["produced"] - amounts["contributed"]
    return amounts


def _codes(arrays: PlanArrays, table: str, column: str) -> Codes:
    return np.asarray(getattr(arrays.plan, table)[column].to_numpy(dtype=np.intp))
