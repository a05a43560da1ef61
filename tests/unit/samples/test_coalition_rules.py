"""Every rule of money and of the partners bites in the coalition sample: a price, or the plan, says so."""

from __future__ import annotations

import pandas as pd
import pytest

from planner.domain.eligibility import admits, payable
from planner.domain.instance import Fund
from planner.plan import Plan

pytestmark = pytest.mark.long  # .ci/run tries these, too

# Family of prices and the object whose rule holds the plan back.
PRICED = [
    ("fund_limit", "UA_LOAN"),
    ("contribution_limit", "SAFE: PL"),
    ("cofinancing", "EDIP"),
    ("fund_content", "EDIP_SHIELD"),
    ("beneficiary", "PL"),
    ("work_share", "IT"),
    ("taking_part", "CAVS: FI"),
    ("largest_share", "No nation makes most of the rounds: DE"),
    ("largest_share", "Not everything through one crossing: PL rail corridor centre"),
    ("smallest_share", "A second source of long-range drones: DK"),
    ("consent", "Missiles from Germany"),
    ("consent", "Vehicles and shells from Türkiye"),
    ("consent", "Ammunition through Romania"),
    ("consent", "Interceptor drones from the United Kingdom"),
    ("lock", "Signed contract for long-range interceptors"),
    ("lock", "Agreed part of the joint plant"),
    ("lock", "Fuel on the river"),
    ("payment_lock", "Frozen part of a budget"),
]


@pytest.fixture(scope="module")
def prices(coalition_plan: Plan) -> pd.DataFrame:
    table = coalition_plan.tables["prices"]
    return table[table["price"].abs() > 1e-6]


@pytest.fixture(scope="module")
def paid(coalition_plan: Plan) -> pd.DataFrame:
    return coalition_plan.tables["payments"]


def by_year(paid: pd.DataFrame, fund: str) -> dict[int, float]:
    return {
        int(str(year)): float(amount) for year, amount in paid[paid.fund == fund].groupby("year").amount.sum().items()
    }


def usable(fund: Fund, year: int) -> float:
    return sum(budget.amount for budget in fund.budgets if budget.year == year)


@pytest.mark.parametrize(("family", "name"), PRICED, ids=lambda value: str(value))
def test_the_rule_has_a_price(prices: pd.DataFrame, family: str, name: str) -> None:
    assert not prices[(prices.family == family) & (prices.object == name)].empty


def test_no_rule_is_left_out_but_those_for_later(coalition_plan: Plan) -> None:
    later = ("Contingencies", "Surge", "Disruptions", "Nodes.access", "Routes.nations")
    assert all(rule.startswith(later) for rule in coalition_plan.instance.not_enforced)


def test_later_tiers_are_used_only_where_earlier_ones_cannot_serve(coalition_plan: Plan) -> None:
    levels = {level.name: level.value or 0.0 for level in coalition_plan.levels}
    loan = float(coalition_plan.tables["payments"].query("fund == 'UA_LOAN'").amount.sum())
    assert 0 < levels["tier_2"] < loan, "something is bought from the Union, something from Ukraine"


def test_the_rule_of_origin_per_product_shuts_a_product_out(coalition_plan: Plan) -> None:
    """The missile made in Norway has 40 % of its content from the United States."""
    instance = coalition_plan.instance
    missile = payable(instance, "procurement", "NO Gannet:MSL_MED")
    assert not admits(instance.funds["SAFE"], missile)
    assert admits(instance.funds["UA_LOAN"], missile), "a portfolio may hold it"


def test_commitments_count_in_the_year_of_the_order(paid: pd.DataFrame) -> None:
    ordered = paid[paid.fund == "CZ_AMMO"]
    assert (ordered.year < ordered.cash_year).any()
    assert (paid[paid.fund != "CZ_AMMO"].year == paid[paid.fund != "CZ_AMMO"].cash_year).all()


def test_pledges_wait_for_their_event(paid: pd.DataFrame) -> None:
    for fund in ("MONITORING", "RECONSTITUTION", "MNF_FUND"):
        assert min(by_year(paid, fund)) == 2027, "the ceasefire"
    assert not by_year(paid, "EPF"), "its release does not happen"
    assert max(by_year(paid, "UA_LOAN")) == 2027, "its window closes"


def test_money_that_is_left_is_carried_over(coalition_plan: Plan, paid: pd.DataFrame) -> None:
    safe = coalition_plan.instance.funds["SAFE"]
    spent = by_year(paid, "SAFE")
    assert any(spent.get(year, 0.0) > usable(safe, year) * (1 + 1e-6) for year in (2027, 2028))


def test_interest_makes_loans_the_last_resort(coalition_plan: Plan, paid: pd.DataFrame) -> None:
    """In the first year the loan at interest is left alone as far as other money goes; later all of it is needed."""
    safe, spent = coalition_plan.instance.funds["SAFE"], by_year(paid, "SAFE")
    assert spent.get(2026, 0.0) < usable(safe, 2026)


def test_eligibility_makes_money_of_one_year_worth_different_things(prices: pd.DataFrame) -> None:
    worth = prices[(prices.family == "fund_limit") & (prices.level == "other_shortfall")]
    assert worth.groupby("period").price.nunique().max() > 1


def test_all_that_must_take_part_do(coalition_plan: Plan, paid: pd.DataFrame) -> None:
    """Three are asked for and three there are: no choice, so that the plan stays a linear program."""
    fund = coalition_plan.instance.funds["CAVS"]
    shares = paid[paid.fund == "CAVS"].groupby("contributor").amount.sum()
    shares = shares / shares.sum()
    assert coalition_plan.kind == "LP"
    assert (shares >= fund.part_min * (1 - 1e-6)).sum() == fund.min_nations == 3
    assert shares.min() == pytest.approx(fund.part_min), (
        "the smallest gives all it has, the others less than they could"
    )


def test_the_key_is_reported(coalition_plan: Plan) -> None:
    shares = coalition_plan.tables["burden_sharing"]
    keyed = shares[shares.year.isna() & shares.share_due.notna()]
    assert len(keyed) >= 30
    assert keyed.difference.abs().max() > 0.05, "the burden is not shared by the key"


def test_embargoes_withhold_what_is_short(coalition_plan: Plan) -> None:
    made, short = coalition_plan.tables["production"], coalition_plan.tables["shortfalls"]
    offer = made[made.line == "World offer of 152 mm rounds"]
    assert not offer.empty
    assert offer.period.max() <= 24, "none after 2027"
    assert short[(short.item == "R152") & (short.due > 24)].quantity.sum() > 0
    sent = coalition_plan.tables["shipments"]
    assert not sent[(sent.route == "Danube river leg") & sent.item.isin(["R155", "MOR120", "MSL_SHORT"])].size
