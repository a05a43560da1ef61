"""Storage at nodes: tonnes, m3, net explosive quantity, units of an item; and nothing once a node has closed."""

from __future__ import annotations

import numpy as np

from planner.verify.books import Books
from planner.verify.contingency.data import scaled
from planner.verify.verification import Findings, Floats, number


def check_storage(books: Books, findings: Findings) -> None:
    _weight(books, findings)
    _other_measures(books, findings)
    _forbidden(books, findings)
    _items(books, findings)
    _closed(books, findings)


def lifted(books: Books) -> np.ndarray:
    """True where NodeItems.storage takes an item out of a transit node's default of 0, by node and item."""
    lifted = np.zeros((len(books.nodes), len(books.items)), dtype=bool)
    for node, item in books.case.node_storage:
        lifted[books.node_code[node], books.item_code[item]] = True
    return lifted


def _base(books: Books) -> Floats:
    """Storage in t without expansions, by node and period."""
    return np.array([node.storage for node in books.case.nodes.values()])


def _weight(books: Books, findings: Findings) -> None:
    """Σ weight × stock ≤ storage_t + what expansions have added and is ready.

    Where the 0 is a transit node's default, items with a NodeItems.storage of their own do not count.
    """
    stocks = books.plan.stocks
    node, item, period = (stocks[name].to_numpy(dtype=np.intp) for name in ("node", "item", "t"))
    by_default = np.array([each.by_default for each in books.case.nodes.values()])
    counts = ~(by_default[node, period] & lifted(books)[node, item])
    tonnes = np.where(counts, books.weight[item] * stocks["quantity"].to_numpy(dtype=float), 0.0)
    load = books.totals(len(books.nodes), node, period, tonnes)
    limit = _base(books) + np.array([books.added("node", name) for name in books.nodes])
    _check(books, findings, "storage_weight", load, scaled(limit, books.node_factor), "t")


def _check(books: Books, findings: Findings, family: str, load: Floats, limit: Floats, unit: str) -> None:
    def say(flat: int) -> str:
        row, period = divmod(flat, books.case.periods)
        amounts = f"{number(load[row, period])} of {number(limit[row, period])} {unit}"
        return f"node {books.nodes[row]!r} holds {amounts} at the end of {books.label(period)}"

    findings.check(family, (load - limit).ravel(), np.maximum(load, limit).ravel(), say)


def _other_measures(books: Books, findings: Findings) -> None:
    """Σ volume × stock ≤ storage_m3; Σ net explosive quantity × stock ≤ storage_neq."""
    stocks = books.plan.stocks
    node, item, period = (stocks[name].to_numpy(dtype=np.intp) for name in ("node", "item", "t"))
    things, places = books.case.items.values(), books.case.nodes.values()
    for family, size, limits, unit in (
        ("storage_volume", [thing.volume for thing in things], [place.storage_volume for place in places], "m3"),
        ("storage_explosive", [thing.neq for thing in things], [place.storage_explosive for place in places], "kg"),
    ):
        amounts = np.array(size)[item] * stocks["quantity"].to_numpy(dtype=float)
        load = books.totals(len(books.nodes), node, period, amounts)
        limit = np.repeat(np.array(limits)[:, None], books.case.periods, axis=1)
        _check(books, findings, family, load, scaled(limit, books.node_factor), unit)


def _forbidden(books: Books, findings: Findings) -> None:
    """Storage of 0 without expansions forbids weightless items too (items with weight are under storage_weight)."""
    stocks = books.plan.stocks
    node, item, period = (stocks[name].to_numpy(dtype=np.intp) for name in ("node", "item", "t"))
    quantity = stocks["quantity"].to_numpy(dtype=float)
    by_default = np.array([each.by_default for each in books.case.nodes.values()])
    none = (_base(books) == 0)[node, period] & ~(by_default[node, period] & lifted(books)[node, item])
    size = np.where(none & (books.weight[item] == 0), quantity, 0.0)

    def say(row: int) -> str:
        what = f"{number(quantity[row])} units of {books.items[item[row]]!r}"
        return f"node {books.nodes[node[row]]!r} may hold nothing in {books.label(period[row])}, holds {what}"

    findings.check("storage_weight", size, size, say)


def _items(books: Books, findings: Findings) -> None:
    """Stock of an item ≤ NodeItems.storage."""
    stocks = books.plan.stocks
    node, item, period = (stocks[name].to_numpy(dtype=np.intp) for name in ("node", "item", "t"))
    quantity = stocks["quantity"].to_numpy(dtype=float)
    table = np.full((len(books.nodes), len(books.items)), np.inf)
    for (place, thing), units in books.case.node_storage.items():
        table[books.node_code[place], books.item_code[thing]] = units
    limit = scaled(table[node, item], books.node_factor[node, period])

    def say(row: int) -> str:
        amounts = f"{number(quantity[row])} of {number(limit[row])} units of {books.items[item[row]]!r}"
        return f"node {books.nodes[node[row]]!r} holds {amounts} at the end of {books.label(period[row])}"

    findings.check("storage_item", quantity - limit, np.maximum(quantity, limit), say)


def _closed(books: Books, findings: Findings) -> None:
    """A node that closes within the horizon holds nothing from the end of its last open period on; nor while it is hit
    by a certain disruption that leaves nothing.
    """
    stocks = books.plan.stocks
    node, item, period = (stocks[name].to_numpy(dtype=np.intp) for name in ("node", "item", "t"))
    quantity = stocks["quantity"].to_numpy(dtype=float)
    last = np.array([each.last for each in books.case.nodes.values()])[node]
    closed = ((last < books.case.periods - 1) & (period >= last)) | (books.node_factor[node, period] == 0)
    size = np.where(closed, quantity, 0.0)

    def say(row: int) -> str:
        what = f"{number(quantity[row])} units of {books.items[item[row]]!r}"
        return f"node {books.nodes[node[row]]!r} holds {what} at the end of {books.label(period[row])}, after closing"

    findings.check("node_window", size, size, say)
