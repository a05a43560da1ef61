"""Which costs a payment can be for: those whose order (or cash) falls in the year it counts in, and in its window."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass

import networkx as nx
import numpy as np
import pandas as pd
from networkx.algorithms.flow import edmonds_karp

from planner.verify.input.data import Mask
from planner.verify.input.rule_data import Fund
from planner.verify.money.ledger import BUCKET, Ledger, bucket_words, sums
from planner.verify.verification import Findings, Floats, number


def check_counting(ledger: Ledger, findings: Findings) -> None:
    """Each fund for itself, and all funds of an object together."""
    for fund in ledger.arrays.case.funds.values():
        paid = ledger.by_fund.get(fund.name)
        if paid is not None:
            _years(ledger, fund, paid, findings)
            _window(ledger, fund, paid, findings)
    _together(ledger, findings)


def _years(ledger: Ledger, fund: Fund, paid: pd.DataFrame, findings: Findings) -> None:
    """Paid for an object in a cash year ≤ its cost of that year that was ordered in the year the fund counts it in.

    A fund of basis cash counts it in the cash year itself.
    """
    both = ledger.beside_costs(fund, paid, 0, ledger.arrays.case.periods - 1, by_cash=True)
    spent, cost = both["paid"].to_numpy(dtype=float), both["cost"].to_numpy(dtype=float)

    def say(row: int) -> str:
        year, cash_year = (ledger.years[int(both[column].iloc[row])] for column in ("y", "c"))
        what = f"counts {number(spent[row])} for {bucket_words(both.iloc[row])} in {year}, paid in {cash_year}"
        why = "of that cash was ordered" if fund.commits else "of that cash falls"
        return f"fund {fund.name!r} {what}; {number(cost[row])} {why} then"

    findings.check("commitment", spent - cost, np.maximum(spent, cost), say)


def _window(ledger: Ledger, fund: Fund, paid: pd.DataFrame, findings: Findings) -> None:
    """Paid for an object in a year and cash year ≤ its cost that counts within the fund's window."""
    if fund.first <= 0 and fund.last >= ledger.arrays.case.periods - 1:
        return
    both = ledger.beside_costs(fund, paid, fund.first, fund.last, by_cash=True)
    spent, cost = both["paid"].to_numpy(dtype=float), both["cost"].to_numpy(dtype=float)

    def say(row: int) -> str:
        what = f"pays {number(spent[row])} for {bucket_words(both.iloc[row])}"
        year = ledger.years[int(both["y"].iloc[row])]
        return f"fund {fund.name!r} {what} in {year}; {number(cost[row])} falls in its window"

    findings.check("fund_window", spent - cost, np.maximum(spent, cost), say)


@dataclass(frozen=True)
class _Claim:
    """What a fund pays of an object and cash year, and the costs (by place) that it can be for."""

    fund: str
    paid: float
    reach: Mask


def _together(ledger: Ledger, findings: Findings) -> None:
    """The costs of an object suffice for all payments at once, none being paid twice (a maximum flow)."""
    for words, costs, claims in _contested(ledger):
        flow = _network(costs, claims)
        size, (short, _) = nx.minimum_cut(flow, "money", "costs", flow_func=edmonds_karp)
        total = sum(claim.paid for claim in claims)
        theirs = [claim for index, claim in enumerate(claims) if ("claim", index) in short]
        funds = ", ".join(repr(fund) for fund in dict.fromkeys(claim.fund for claim in theirs))
        paid = sum(claim.paid for claim in theirs)
        text = f"funds {funds} pay {number(paid)} for {words}, {number(paid - (total - size))} of it is theirs to pay"
        findings.one("fund_window", total - size, total, text)


def _network(costs: Floats, claims: list[_Claim]) -> nx.DiGraph[Hashable]:
    flow: nx.DiGraph[Hashable] = nx.DiGraph()
    for index, claim in enumerate(claims):
        flow.add_edge("money", ("claim", index), capacity=claim.paid)
        flow.add_edges_from((("claim", index), ("cost", int(cost))) for cost in np.flatnonzero(claim.reach))
    flow.add_edges_from((("cost", index), "costs", {"capacity": float(cost)}) for index, cost in enumerate(costs))
    return flow


def _contested(ledger: Ledger) -> Iterator[tuple[str, Floats, list[_Claim]]]:
    """Objects and cash years that at least two funds pay which cannot pay for all of its costs."""
    keys = [*BUCKET, "c"]
    restricted = {fund.name for fund in ledger.arrays.case.funds.values() if _restricted(ledger, fund)}
    paid = sums(ledger.payments, ["fund", *keys, "y"])
    paid = paid[paid["fund"].isin(restricted)]
    costs = dict(iter(ledger.cash.groupby(keys, sort=False)))
    for key, rows in paid.groupby(keys, sort=False):
        if len(rows) > 1 and key in costs:
            terms = zip(rows["fund"], rows["y"], rows["amount"], strict=True)
            claims = [_claim(ledger, costs[key], *term) for term in terms]
            year = ledger.years[int(rows["c"].iloc[0])]
            yield f"{bucket_words(rows.iloc[0])} in {year}", costs[key]["amount"].to_numpy(dtype=float), claims


def _restricted(ledger: Ledger, fund: Fund) -> bool:
    return fund.commits or fund.first > 0 or fund.last < ledger.arrays.case.periods - 1


def _claim(ledger: Ledger, costs: pd.DataFrame, name: str, year: int, paid: float) -> _Claim:
    fund = ledger.arrays.case.funds[name]
    when = costs["order" if fund.commits else "t"].to_numpy(dtype=int)
    in_year = ledger.arrays.case.calendar.year_codes[when] == year
    return _Claim(name, float(paid), in_year & (when >= fund.first) & (when <= fund.last))
