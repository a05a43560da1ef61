"""How much was paid under which tier of preference, as far as the payments determine it."""

from __future__ import annotations

from collections import defaultdict

from planner.domain.eligibility import payable, terms_of
from planner.domain.titles import title_of
from planner.plan.plan import Plan
from planner.report.pages.views import View, ViewColumn, coded
from planner.report.words.numbers import listing, share


def tier_view(plan: Plan) -> View:
    """Money by fund and tier, as far as the payments determine it."""
    instance = plan.instance
    tiered = {name for name, fund in instance.funds.items() if {rule.tier for rule in fund.eligibility} - {1}}
    sums: dict[tuple[str, str, str], float] = defaultdict(float)
    payments = plan.tables["payments"]
    paid = payments[payments["fund"].isin(tiered)]
    columns = (paid[name].tolist() for name in ("fund", "cost_type", "object", "nation", "amount"))
    for fund, cost_type, name, nation, amount in zip(*columns, strict=True):
        terms = terms_of(instance.funds[fund], payable(instance, cost_type, name))
        tier = " or ".join(str(tier) for tier in dict.fromkeys(term.tier for term in terms))
        sums[fund, tier, nation if isinstance(nation, str) else ""] += amount
    rows = []
    for fund, tier in sorted({key[:2] for key in sums}):
        makers = {nation: amount for (f, t, nation), amount in sums.items() if (f, t) == (fund, tier)}
        total, whole = sum(makers.values()), sum(amount for (f, _, _), amount in sums.items() if f == fund)
        ranked = sorted(makers, key=lambda nation: -makers[nation])
        names = [f"{title_of(instance.nations, n) or 'no nation'} {share(makers[n] / total)}" for n in ranked]
        rows.append((coded(instance.funds, fund), tier, total, total / whole if whole else None, listing(names)))
    return View(
        "tiers",
        "Tiers: the order of preference among producers",
        "Tier 1 comes before 2, and 2 before 3. A tier is shown if only one can have been used; “1 or 2” where the "
        "payment may have been made under either.",
        (
            ViewColumn("Fund"),
            ViewColumn("Tier"),
            ViewColumn("Paid", "money"),
            ViewColumn("Part of the fund", "share"),
            ViewColumn("Produced in"),
        ),
        rows,
    )
