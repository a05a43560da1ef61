"""What funds may pay for: cost types, items, producers, and the nations of origin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pandas as pd

from planner.verify.input.rule_data import EligibilityRow, Fund
from planner.verify.money.ledger import BUCKET, MAKING, Bucket, Ledger, bucket_words, sums
from planner.verify.sum_rules import SumRule
from planner.verify.verification import NOISE, Findings, number


def admits(ledger: Ledger, fund: Fund, bucket: Bucket) -> bool:
    """Whether one of the fund's rows admits a cost (none given: all), and its content rule per line does."""
    if fund.content_min is not None and fund.content_scope == "line":
        share = content_share(ledger, fund, bucket)
        if share is not None and share < fund.content_min - NOISE:
            return False
    return not fund.rows or bool(admitting_rows(ledger, fund, bucket))


def admitting_rows(ledger: Ledger, fund: Fund, bucket: Bucket) -> tuple[EligibilityRow, ...]:
    """The fund's rows under which a cost may be paid."""
    return tuple(row for row in fund.rows if row_admits(ledger, row, bucket))


def row_admits(ledger: Ledger, row: EligibilityRow, bucket: Bucket) -> bool:
    """`items` is asked of lines and expansions of lines, `producers` of all but routes and what widens them."""
    case, (kind, thing) = ledger.arrays.case, bucket
    if row.cost_types is not None and kind not in row.cost_types:
        return False
    line = case.lines.get(thing) if kind in MAKING else None
    expansion = case.expansions.get(thing) if kind == "capacity" else None
    if expansion and expansion.kind == "line":
        line = case.lines[expansion.object]
    if row.items is not None and line and line.item not in row.items:
        return False
    has_nation = kind != "transport" and not (expansion and expansion.kind == "route")
    return row.producers is None or not has_nation or ledger.nation.get(bucket, "") in row.producers


def content_share(ledger: Ledger, fund: Fund, bucket: Bucket) -> float | None:
    """The share of a line's or expansion's cost from the fund's group; None for other costs."""
    case, (kind, thing) = ledger.arrays.case, bucket
    if kind == "capacity":
        return _group_share(fund, case.expansions[thing].content) if thing in case.expansions else None
    line = case.lines.get(thing, case.removed_lines.get(thing)) if kind in MAKING else None
    if line is None or case.items[line.item].cost_type != kind:
        return None
    return _group_share(fund, line.content)


def _group_share(fund: Fund, content: Mapping[str, float]) -> float:
    return sum(share for nation, share in content.items() if nation in fund.content_group)


def check_admitted(ledger: Ledger, fund: Fund, paid: pd.DataFrame, findings: Findings) -> None:
    """A fund pays only what it admits."""
    spent = sums(paid, BUCKET)
    buckets = zip(spent["cost_type"], spent["object"], strict=True)
    allowed = np.array([admits(ledger, fund, bucket) for bucket in buckets], dtype=bool)
    size = np.where(allowed, 0.0, spent["amount"].to_numpy(dtype=float))

    def say(row: int) -> str:
        what = f"{number(size[row])} for {bucket_words(spent.iloc[row])}"
        return f"fund {fund.name!r} pays {what}, which it does not admit"

    findings.check("eligibility", size, size, say)


def portfolio_rules(ledger: Ledger) -> Iterator[SumRule]:
    """Scope fund: Σ content share × payments ≥ content_min × Σ payments, over procurement and capacity, those before
    the horizon too.
    """
    for fund in ledger.arrays.case.funds.values():
        if fund.content_min is None or fund.content_scope != "fund":
            continue
        before = [(paid.bucket, paid.amount) for paid in ledger.arrays.case.past.paid if paid.fund == fund.name]
        rows, now = ledger.by_fund.get(fund.name), list[tuple[Bucket, float]]()
        if rows is not None:
            now = list(zip(zip(rows["cost_type"], rows["object"], strict=True), rows["amount"].tolist(), strict=True))
        inside, needed = _content(ledger, fund, fund.content_min, [*before, *now])
        past_inside, past_needed = _content(ledger, fund, fund.content_min, before)
        text = f"fund {fund.name!r} pays {number(inside)} for content of its group, {number(needed)} needed"
        sizes = max(needed, inside), past_needed - past_inside, max(past_needed, past_inside)
        yield SumRule("fund_content", text, needed - inside, *sizes)


def _content(ledger: Ledger, fund: Fund, least: float, payments: Iterable[tuple[Bucket, float]]) -> tuple[float, float]:
    """(money for content of the fund's group, what of these payments that should be)."""
    inside = whole = 0.0
    for bucket, amount in payments:
        share = content_share(ledger, fund, bucket) if bucket[0] in ("procurement", "capacity") else None
        if share is not None:
            inside, whole = inside + share * amount, whole + amount
    return inside, least * whole
