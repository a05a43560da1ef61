"""Who contributes: bounds on a nation's part, burden sharing by key, work share, and common procurement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from planner.verify.input.past_work import produced_before
from planner.verify.input.rule_data import Fund
from planner.verify.money.ledger import Ledger
from planner.verify.money.nations import amounts_by_nation
from planner.verify.sum_rules import SumRule
from planner.verify.verification import ARITHMETIC, Findings, number

MoneyByNation = Mapping[str, float]  # nation -> money
Both = tuple[MoneyByNation, MoneyByNation]  # with what happened before the horizon; that alone


def contribution_rules(ledger: Ledger) -> Iterator[SumRule]:
    """All over the horizon and before it, undiscounted; what is paid in a nation's name is its contribution."""
    case = ledger.arrays.case
    names = sorted(case.nations)
    amounts = amounts_by_nation(ledger.costs, names)
    before = case.past.by_contributor()
    paid = _with(dict(zip(names, amounts["contributed"].sum(axis=1).tolist(), strict=True)), before)
    produced = _with(dict(zip(names, amounts["produced"].sum(axis=1).tolist(), strict=True)), produced_before(case))
    yield from _bounds(ledger, paid)
    yield from _keys(ledger, paid)
    yield from _work(ledger, paid, produced)
    for fund in case.funds.values():
        if fund.min_nations:
            yield from _take_part(ledger, fund, fund.min_nations)


def _with(now: dict[str, float], before: MoneyByNation) -> Both:
    past = {name: before.get(name, 0.0) for name in now}
    return {name: amount + past[name] for name, amount in now.items()}, past


def _at_most(family: str, words: str, amount: float, limit: float, before: tuple[float, float]) -> SumRule:
    """`before`: amount and limit by what happened before the horizon alone."""
    text = f"{words}; at most {number(limit)}"
    return SumRule(family, text, amount - limit, max(amount, limit), before[0] - before[1], max(before))


def _at_least(family: str, words: str, amount: float, limit: float, before: tuple[float, float]) -> SumRule:
    text = f"{words}; at least {number(limit)}"
    return SumRule(family, text, limit - amount, max(amount, limit), before[1] - before[0], max(before))


def _bounds(ledger: Ledger, contributed: Both) -> Iterator[SumRule]:
    """contribution_min × total ≤ contribution ≤ contribution_max × total, of nations and institutions alike."""
    paid, past = contributed
    before = sum(payment.amount for payment in ledger.arrays.case.past.paid)
    total = float(ledger.payments["amount"].sum()) + before
    for nation, burden in ledger.arrays.case.burdens.items():
        words = f"{nation!r} contributes {number(paid[nation])} of {number(total)}"
        for family, share, rule in (
            ("contribution_min", burden.contribution_min, _at_least),
            ("contribution_max", burden.contribution_max, _at_most),
        ):
            if share is not None:
                yield rule(family, words, paid[nation], share * total, (past[nation], share * before))


def _keys(ledger: Ledger, contributed: Both) -> Iterator[SumRule]:
    """key ÷ Σ keys × (1 − tolerance) ≤ contribution ÷ that of all nations with a key ≤ … × (1 + tolerance)."""
    tolerance = ledger.arrays.case.key_tolerance
    keys = {nation: burden.key for nation, burden in ledger.arrays.case.burdens.items() if burden.key is not None}
    if tolerance is None or sum(keys.values()) <= 0:
        return
    paid, past = contributed
    for nation, key in keys.items():
        due, due_before = (key / sum(keys.values()) * sum(sums[name] for name in keys) for sums in (paid, past))
        words = f"{nation!r} contributes {number(paid[nation])}, its part by key is {number(due)}"
        low, high = 1 - tolerance, 1 + tolerance
        yield _at_least("key_min", words, paid[nation], due * low, (past[nation], due_before * low))
        yield _at_most("key_max", words, paid[nation], due * high, (past[nation], due_before * high))


def _work(ledger: Ledger, contributed: Both, produced: Both) -> Iterator[SumRule]:
    """Value produced in a nation ≥ work_share_min × its contribution."""
    (paid, paid_before), (made, made_before) = contributed, produced
    for nation, burden in ledger.arrays.case.burdens.items():
        share = burden.work_share_min
        if share is not None:
            words = f"{nation!r} contributes {number(paid[nation])}, and produces {number(made[nation])}"
            before = made_before[nation], share * paid_before[nation]
            yield _at_least("work_share", words, made[nation], share * paid[nation], before)


def _take_part(ledger: Ledger, fund: Fund, wanted: int) -> Iterator[SumRule]:
    """The `wanted` largest contributions of nations to the fund are each ≥ part_min × all that it pays and paid.

    Where too few nations have, or had, money in it, see `check_enough_nations`.
    """
    paid, past = _contributed(ledger, fund), ledger.arrays.case.past.by_contributor(fund.name)
    nations = _payers(ledger, fund)
    if len(nations) < wanted:
        return
    needed, needed_before = fund.part_min * sum(paid.values()), fund.part_min * sum(past.values())
    largest = sorted(nations, key=lambda nation: -paid.get(nation, 0.0))[:wanted]
    enough_before = sum(past.get(nation, 0.0) >= needed_before * (1 - ARITHMETIC) for nation in nations) >= wanted
    for index, nation in enumerate(largest, 1):
        paid_by_nation = paid.get(nation, 0.0)
        words = (
            f"fund {fund.name!r} pays {number(sum(paid.values()))}, of it {number(paid_by_nation)} by nation number "
            f"{index}"
        )
        before = (0.0, 0.0) if enough_before else (past.get(nation, 0.0), needed_before)
        yield _at_least("common_procurement", words, paid_by_nation, needed, before)


def _contributed(ledger: Ledger, fund: Fund) -> dict[str, float]:
    """What the fund pays and paid, by contributor."""
    rows, amounts = ledger.by_fund.get(fund.name), ledger.arrays.case.past.by_contributor(fund.name)
    for name, amount in rows.groupby("contributor")["amount"].sum().items() if rows is not None else ():
        amounts[str(name)] = amounts.get(str(name), 0.0) + float(amount)
    return amounts


def _payers(ledger: Ledger, fund: Fund) -> list[str]:
    """The nations that have money in the fund, or had."""
    giving = {budget.contributor for budget in fund.budgets} | set(ledger.arrays.case.past.by_contributor(fund.name))
    return sorted(giving & ledger.arrays.case.nations)


def check_enough_nations(ledger: Ledger, findings: Findings) -> None:
    """A fund that has money of too few nations pays nothing."""
    for fund in ledger.arrays.case.funds.values() if "taking_part" not in findings.skipped else ():
        rows, count = ledger.by_fund.get(fund.name), len(_payers(ledger, fund))
        if fund.min_nations and rows is not None and count < fund.min_nations and float(rows["amount"].sum()) > 0:
            text = f"fund {fund.name!r} has money of {count} nations, {fund.min_nations} must take part"
            findings.fault("common_procurement", text)
