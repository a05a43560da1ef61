"""For whom funds pay: units paid under rows with beneficiaries are allocated to nations that receive them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from planner.verify.input.data import Line
from planner.verify.input.eligibility import admitting_rows
from planner.verify.input.rule_data import EligibilityRow, Fund
from planner.verify.money.ledger import BUCKET, MAKING, Ledger, by_key, sums
from planner.verify.plan_arrays import PlanArrays
from planner.verify.verification import Findings, number


@dataclass(frozen=True)
class Account:
    """What a fund pays for an object over the horizon, and the rows under which it may.

    `line` is given where the payment is asked for whom it is: a line with a unit cost whose item is no
    component of any line. `allocated`: units by nation, as the table says.
    """

    fund: Fund
    object: str
    paid: float
    rows: tuple[EligibilityRow, ...]
    line: Line | None
    allocated: dict[str, float]

    @property
    def units(self) -> float:
        """Units paid: payments ÷ unit cost."""
        return self.paid / self.line.unit_cost if self.line else 0.0


def accounts(ledger: Ledger) -> Iterator[Account]:
    """One for each fund and object that it pays, or for which it allocates units."""
    case = ledger.arrays.case
    components = {component for line in case.lines.values() for component in line.components}
    stated: dict[tuple[str, str], dict[str, float]] = {}
    for fund, line, _, nation, quantity in ledger.arrays.plan.allocations.itertuples(index=False):
        stated.setdefault((fund, line), {})[nation] = quantity
    spent = by_key(sums(ledger.payments, ["fund", *BUCKET]))
    for fund, line in stated:
        spent.setdefault((fund, case.items[case.lines[line].item].cost_type, line), 0.0)
    for (name, kind, thing), paid in spent.items():
        made = case.lines.get(thing) if kind in MAKING else None
        if made is not None and (made.unit_cost <= 0 or made.item in components):
            made = None
        rows = admitting_rows(ledger, case.funds[name], (kind, thing))
        allocated = stated.get((name, thing), {}) if kind in MAKING else {}
        yield Account(case.funds[name], thing, paid, rows, made, allocated)


def check_beneficiaries(ledger: Ledger, findings: Findings) -> None:
    """Units that funds pay on behalf of named nations: allocated in full, and no more than reaches these nations."""
    for account in accounts(ledger):
        _allocation(account, findings)
    _received(ledger.arrays, findings)


def _allocation(account: Account, findings: Findings) -> None:
    """Σ over nations of what is allocated = units paid; ≤, where a row without beneficiaries admits the line.

    Only to nations that a row names, and only of what can be asked for whom it is.
    """
    named = [row.beneficiaries for row in account.rows if row.beneficiaries is not None]
    allowed = frozenset().union(*named)
    words = f"fund {account.fund.name!r}, line {account.object!r}"
    for nation, quantity in account.allocated.items():
        if nation not in allowed or account.line is None:
            text = f"{words}: {number(quantity)} units are for {nation!r}, which no rule of the fund names"
            findings.one("allocation_balance", quantity, quantity, text)
    if account.line is None or not named:
        return
    total = sum(account.allocated.values())
    units = account.units
    free = len(named) < len(account.rows)
    residual = total - units if free else abs(total - units)
    text = f"{words}: {number(total)} units are allocated to nations, {number(units)} are paid"
    findings.one("allocation_balance", residual, max(total, units), text)


def _received(arrays: PlanArrays, findings: Findings) -> None:
    """What all funds allocate to an item and nation ≤ units delivered to, or held at the end in, its nodes."""
    wanted = sums(arrays.plan.allocations.rename(columns={"quantity": "amount"}), ["item", "nation"])
    there = received(arrays)
    amounts = wanted["amount"].to_numpy(dtype=float)
    keys = list(zip(wanted["item"], wanted["nation"], strict=True))
    limit = np.array([there.get(key, 0.0) for key in keys])

    def say(row: int) -> str:
        item, nation = keys[row]
        what = f"funds pay {number(amounts[row])} units of {item!r} for {nation!r}"
        return f"{what}, which receives or holds {number(limit[row])}"

    findings.check("beneficiary", amounts - limit, np.maximum(amounts, limit), say)


def received(arrays: PlanArrays) -> dict[tuple[str, str], float]:
    """(item, nation) -> units delivered to its nodes, and in stock at them at the end of the horizon."""
    amounts: dict[tuple[str, str], float] = {}
    demands, nodes = list(arrays.case.demands.values()), list(arrays.case.nodes.values())
    for demand, _, quantity in arrays.plan.deliveries[["demand", "t", "quantity"]].itertuples(index=False):
        key = demands[demand].item, arrays.case.nodes[demands[demand].destination].nation or ""
        amounts[key] = amounts.get(key, 0.0) + quantity
    stocks = arrays.plan.stocks
    last = stocks[stocks["t"] == arrays.case.periods - 1]
    for node, item, quantity in last[["node", "item", "quantity"]].itertuples(index=False):
        key = arrays.items[item], nodes[node].nation or ""
        amounts[key] = amounts.get(key, 0.0) + quantity
    return amounts
