"""Who contributes: bounds on a nation's part, burden sharing by key, work share, and common procurement."""

from __future__ import annotations

from planner.verify.ledger import Ledger
from planner.verify.nations import amounts_by_nation
from planner.verify.rule_data import Fund
from planner.verify.verification import Findings, number


def check_contributions(ledger: Ledger, findings: Findings) -> None:
    """All over the horizon, undiscounted; what is paid in a nation's name as contributor is its contribution."""
    case = ledger.books.case
    names = sorted(case.nations)
    amounts = amounts_by_nation(ledger.costs, names)
    paid = dict(zip(names, amounts["contributed"].sum(axis=1).tolist(), strict=True))
    produced = dict(zip(names, amounts["produced"].sum(axis=1).tolist(), strict=True))
    _bounds(ledger, paid, findings)
    _keys(ledger, paid, findings)
    _work(ledger, paid, produced, findings)
    for fund in case.funds.values():
        if fund.min_nations is not None:
            _take_part(ledger, fund, fund.min_nations, findings)


def _at_most(findings: Findings, family: str, words: str, amount: float, limit: float) -> None:
    findings.one(family, amount - limit, max(amount, limit), f"{words}; at most {number(limit)}")


def _at_least(findings: Findings, family: str, words: str, amount: float, limit: float) -> None:
    findings.one(family, limit - amount, max(amount, limit), f"{words}; at least {number(limit)}")


def _bounds(ledger: Ledger, paid: dict[str, float], findings: Findings) -> None:
    """contribution_min × total ≤ contribution ≤ contribution_max × total, of nations and institutions alike."""
    total = float(ledger.payments["amount"].sum())
    for nation, burden in ledger.books.case.burdens.items():
        words = f"{nation!r} contributes {number(paid[nation])} of {number(total)}"
        if burden.contribution_min is not None:
            _at_least(findings, "contribution_min", words, paid[nation], burden.contribution_min * total)
        if burden.contribution_max is not None:
            _at_most(findings, "contribution_max", words, paid[nation], burden.contribution_max * total)


def _keys(ledger: Ledger, paid: dict[str, float], findings: Findings) -> None:
    """key ÷ Σ keys × (1 − tolerance) ≤ contribution ÷ that of all nations with a key ≤ … × (1 + tolerance)."""
    tolerance = ledger.books.case.key_tolerance
    keys = {nation: burden.key for nation, burden in ledger.books.case.burdens.items() if burden.key is not None}
    if tolerance is None or sum(keys.values()) <= 0:
        return
    together = sum(paid[nation] for nation in keys)
    for nation, key in keys.items():
        due = key / sum(keys.values()) * together
        words = f"{nation!r} contributes {number(paid[nation])}, its part by key is {number(due)}"
        _at_least(findings, "key_min", words, paid[nation], due * (1 - tolerance))
        _at_most(findings, "key_max", words, paid[nation], due * (1 + tolerance))


def _work(ledger: Ledger, paid: dict[str, float], produced: dict[str, float], findings: Findings) -> None:
    """Value produced in a nation ≥ work_share_min × its contribution."""
    for nation, burden in ledger.books.case.burdens.items():
        if burden.work_share_min is not None:
            words = f"{nation!r} contributes {number(paid[nation])}, and produces {number(produced[nation])}"
            _at_least(findings, "work_share", words, produced[nation], burden.work_share_min * paid[nation])


def _take_part(ledger: Ledger, fund: Fund, wanted: int, findings: Findings) -> None:
    """The `wanted` largest contributions of nations to the fund are each ≥ part_min × all that it pays.

    A fund that pays nothing breaks nothing.
    """
    rows = ledger.by_fund.get(fund.name)
    if rows is None or wanted <= 0 or "taking_part" in findings.skipped:
        return
    total = float(rows["amount"].sum())
    payers = {budget.contributor for budget in fund.budgets} & ledger.books.case.nations
    paid = rows.groupby("contributor")["amount"].sum().to_dict()
    parts = sorted((float(paid.get(nation, 0.0)) for nation in payers), reverse=True)
    needed = fund.part_min * total
    if len(parts) < wanted and total > 0:
        text = f"fund {fund.name!r} has money of {len(parts)} nations, {wanted} must take part"
        findings.fault("common_procurement", text)
        return
    words = f"fund {fund.name!r} pays {number(total)}, of it {number(parts[wanted - 1])} by nation number {wanted}"
    _at_least(findings, "common_procurement", words, parts[wanted - 1], needed)
