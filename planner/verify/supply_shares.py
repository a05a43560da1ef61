"""Shares of supply: no name makes or carries more (or less) of an item than its policy says."""

from __future__ import annotations

import numpy as np

from planner.verify.books import Books
from planner.verify.rule_data import SupplyShare
from planner.verify.verification import Findings, Floats, number


def check_supply_shares(books: Books, findings: Findings) -> None:
    for policy in books.case.supply_shares:
        window = books.case.calendar.mask(policy.first, policy.last)
        made, sent = _made(books, window), _sent(books, window, policy.carriers)
        factories = np.array([line.factory for line in books.case.lines.values()], dtype=object)
        for item in policy.items:
            of_item = made * (books.line_item == books.item_code[item])
            for name, nodes in policy.makers.items():
                part = float(of_item[np.isin(factories, list(nodes))].sum())
                _share(policy, f"{name!r} makes", item, part, float(of_item.sum()), findings)
            carried = {route: units[books.item_code[item]] for route, units in sent.items()}
            for route, units in carried.items():
                _share(policy, f"route {route!r} carries", item, units, sum(carried.values()), findings)


def _made(books: Books, window: np.ndarray) -> Floats:
    """Good units by line, completed within the window."""
    return np.asarray(books.made[:, window].sum(axis=1))


def _sent(books: Books, window: np.ndarray, routes: tuple[str, ...]) -> dict[str, Floats]:
    """Units by item dispatched within the window on each of the routes, in both directions."""
    table = books.plan.shipments[window[books.plan.shipments["t"].to_numpy(dtype=np.intp)]]
    route_of = np.array([leg.route for leg in books.case.legs], dtype=object)[table["leg"].to_numpy(dtype=np.intp)]
    item, quantity = table["item"].to_numpy(dtype=np.intp), table["quantity"].to_numpy(dtype=float)
    width = len(books.items)
    found = {}
    for route in routes:
        its = route_of == route
        found[route] = np.asarray(np.bincount(item[its], quantity[its], width), dtype=np.float64)
    return found


def _share(policy: SupplyShare, who: str, item: str, part: float, total: float, findings: Findings) -> None:
    """part ≤ share × total (largest_share), or ≥ (smallest_share)."""
    limit = policy.share * total
    family, sign = ("largest_share", 1.0) if policy.largest else ("smallest_share", -1.0)
    text = f"policy {policy.name!r}: {who} {number(part)} of {number(total)} units of {item!r}, {number(limit)} by its share"
    findings.one(family, sign * (part - limit), max(part, limit), text)
