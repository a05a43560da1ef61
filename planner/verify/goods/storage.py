"""Storage at nodes: tonnes, m3, net explosive quantity, units of an item; and nothing once a node has closed."""

from __future__ import annotations

import numpy as np

from planner.verify.contingency.data import scaled
from planner.verify.plan_arrays import PlanArrays
from planner.verify.verification import Findings, Floats, number


def check_storage(arrays: PlanArrays, findings: Findings) -> None:
    """Stock at each node: weight, volume, explosive quantity, limits of items, forbidden stock, closing."""
    _weight(arrays, findings)
    _other_measures(arrays, findings)
    _forbidden(arrays, findings)
    _items(arrays, findings)
    _closed(arrays, findings)


def lifted(arrays: PlanArrays) -> np.ndarray:
    """True where NodeItems.storage takes an item out of a transit node's default of 0, by node and item."""
    lifted = np.zeros((len(arrays.nodes), len(arrays.items)), dtype=bool)
    for node, item in arrays.case.node_storage:
        lifted[arrays.node_code[node], arrays.item_code[item]] = True
    return lifted


def _base(arrays: PlanArrays) -> Floats:
    """Storage in t without expansions, by node and period."""
    return np.array([node.storage for node in arrays.case.nodes.values()])


def _weight(arrays: PlanArrays, findings: Findings) -> None:
    """Σ weight × stock ≤ storage_t + what expansions have added and is ready.

    Where the 0 is a transit node's default, items with a NodeItems.storage of their own do not count.
    """
    stocks = arrays.plan.stocks
    node, item, period = (stocks[name].to_numpy(dtype=np.intp) for name in ("node", "item", "t"))
    by_default = np.array([each.by_default for each in arrays.case.nodes.values()])
    counts = ~(by_default[node, period] & lifted(arrays)[node, item])
    tonnes = np.where(counts, arrays.weight[item] * stocks["quantity"].to_numpy(dtype=float), 0.0)
    load = arrays.totals(len(arrays.nodes), node, period, tonnes)
    limit = _base(arrays) + np.array([arrays.added("node", name) for name in arrays.nodes])
    _check(arrays, findings, "storage_weight", load, scaled(limit, arrays.node_factor), "t")


def _check(arrays: PlanArrays, findings: Findings, family: str, load: Floats, limit: Floats, unit: str) -> None:
    def say(flat: int) -> str:
        row, period = divmod(flat, arrays.case.periods)
        amounts = f"{number(load[row, period])} of {number(limit[row, period])} {unit}"
        return f"node {arrays.nodes[row]!r} holds {amounts} at the end of {arrays.label(period)}"

    findings.check(family, (load - limit).ravel(), np.maximum(load, limit).ravel(), say)


def _other_measures(arrays: PlanArrays, findings: Findings) -> None:
    """Σ volume × stock ≤ storage_m3; Σ net explosive quantity × stock ≤ storage_neq."""
    stocks = arrays.plan.stocks
    node, item, period = (stocks[name].to_numpy(dtype=np.intp) for name in ("node", "item", "t"))
    things, places = arrays.case.items.values(), arrays.case.nodes.values()
    for family, size, limits, unit in (
        ("storage_volume", [thing.volume for thing in things], [place.storage_volume for place in places], "m3"),
        ("storage_explosive", [thing.neq for thing in things], [place.storage_explosive for place in places], "kg"),
    ):
        amounts = np.array(size)[item] * stocks["quantity"].to_numpy(dtype=float)
        load = arrays.totals(len(arrays.nodes), node, period, amounts)
        limit = np.repeat(np.array(limits)[:, None], arrays.case.periods, axis=1)
        _check(arrays, findings, family, load, scaled(limit, arrays.node_factor), unit)


def _forbidden(arrays: PlanArrays, findings: Findings) -> None:
    """Storage of 0 without expansions forbids weightless items too (items with weight are under storage_weight)."""
    stocks = arrays.plan.stocks
    node, item, period = (stocks[name].to_numpy(dtype=np.intp) for name in ("node", "item", "t"))
    quantity = stocks["quantity"].to_numpy(dtype=float)
    by_default = np.array([each.by_default for each in arrays.case.nodes.values()])
    none = (_base(arrays) == 0)[node, period] & ~(by_default[node, period] & lifted(arrays)[node, item])
    size = np.where(none & (arrays.weight[item] == 0), quantity, 0.0)

    def say(row: int) -> str:
        what = f"{number(quantity[row])} units of {arrays.items[item[row]]!r}"
        return f"node {arrays.nodes[node[row]]!r} may hold nothing in {arrays.label(period[row])}, holds {what}"

    findings.check("storage_weight", size, size, say)


def _items(arrays: PlanArrays, findings: Findings) -> None:
    """Stock of an item ≤ NodeItems.storage."""
    stocks = arrays.plan.stocks
    node, item, period = (stocks[name].to_numpy(dtype=np.intp) for name in ("node", "item", "t"))
    quantity = stocks["quantity"].to_numpy(dtype=float)
    table = np.full((len(arrays.nodes), len(arrays.items)), np.inf)
    for (place, thing), units in arrays.case.node_storage.items():
        table[arrays.node_code[place], arrays.item_code[thing]] = units
    limit = scaled(table[node, item], arrays.node_factor[node, period])

    def say(row: int) -> str:
        amounts = f"{number(quantity[row])} of {number(limit[row])} units of {arrays.items[item[row]]!r}"
        return f"node {arrays.nodes[node[row]]!r} holds {amounts} at the end of {arrays.label(period[row])}"

    findings.check("storage_item", quantity - limit, np.maximum(quantity, limit), say)


def _closed(arrays: PlanArrays, findings: Findings) -> None:
    """A node that closes within the horizon holds nothing from the end of its last open period on; nor while it is hit
    by a certain disruption that leaves nothing.
    """
    stocks = arrays.plan.stocks
    node, item, period = (stocks[name].to_numpy(dtype=np.intp) for name in ("node", "item", "t"))
    quantity = stocks["quantity"].to_numpy(dtype=float)
    last = np.array([each.last for each in arrays.case.nodes.values()])[node]
    closed = ((last < arrays.case.periods - 1) & (period >= last)) | (arrays.node_factor[node, period] == 0)
    size = np.where(closed, quantity, 0.0)

    def say(row: int) -> str:
        what = f"{number(quantity[row])} units of {arrays.items[item[row]]!r}"
        return f"node {arrays.nodes[node[row]]!r} holds {what} at the end of {arrays.label(period[row])}, after closing"

    findings.check("node_window", size, size, say)
