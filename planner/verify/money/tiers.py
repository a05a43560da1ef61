"""Money by tier of preference: the least that the payments and allocations leave to later tiers."""

from __future__ import annotations

from collections.abc import Iterable

from planner.verify.input.rule_data import EligibilityRow
from planner.verify.money.beneficiaries import Account, accounts
from planner.verify.money.ledger import Ledger


def money_from_tier(ledger: Ledger, tier: int) -> float:
    """The least money that is paid under rows of this tier or a later one.

    The tables do not say under which row money was paid; so every payment counts in the earliest tier that
    admits it: what is allocated to a nation, in the earliest row that names it or asks for no beneficiary.
    Money that is only counted is paid under no row.
    """
    if not ledger.arrays.case.money_is_limited:
        return 0.0
    return sum(amount for account in accounts(ledger) for least, amount in _split(account) if least >= tier)


def _split(account: Account) -> Iterable[tuple[int, float]]:
    """Tier and amount of each part of an account."""
    if not account.rows:
        return [(1, account.paid)]
    free = [row for row in account.rows if row.beneficiaries is None]
    if account.line is None:
        return [(_earliest(account.rows), account.paid)]
    parts, left = [], account.paid
    for nation, units in account.allocated.items():
        rows = [row for row in account.rows if row.beneficiaries is None or nation in row.beneficiaries]
        amount = units * account.line.unit_cost
        parts.append((_earliest(rows or account.rows), amount))
        left -= amount
    return [*parts, (_earliest(free or account.rows), left)]


def _earliest(rows: Iterable[EligibilityRow]) -> int:
    return min(row.tier for row in rows)
