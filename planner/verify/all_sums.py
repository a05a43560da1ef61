"""Every rule about a sum, of money and of goods."""

from __future__ import annotations

from collections.abc import Iterator, Set

from planner.verify.goods.supply_shares import supply_rules
from planner.verify.input.eligibility import portfolio_rules
from planner.verify.money.contributions import contribution_rules
from planner.verify.money.fund_limits import cofinancing_rules
from planner.verify.money.ledger import Ledger
from planner.verify.sum_rules import SumRule, judge
from planner.verify.verification import Findings


def sum_rules(ledger: Ledger, skipped: Set[str]) -> Iterator[SumRule]:
    """The rules about sums that the model does not leave out."""
    counted = [*supply_rules(ledger.arrays)]
    if ledger.arrays.case.money_is_limited and "payment_balance" not in skipped:
        counted += [*portfolio_rules(ledger), *cofinancing_rules(ledger), *contribution_rules(ledger)]
    for rule in counted:
        out = "taking_part" in skipped and rule.family == "common_procurement"
        if rule.family not in skipped and not out:
            yield rule


def check_sums(ledger: Ledger, findings: Findings) -> None:
    """Each holds, with what happened before the horizon; where that alone breaks it, it is broken no further."""
    judge(sum_rules(ledger, findings.skipped), ledger.arrays.objective != "weighted", findings)
