"""On which terms a fund pays for what: tiers of preference and beneficiaries of the rows that admit it."""

from __future__ import annotations

import pytest

from planner.domain.eligibility import Payable, PaymentTerms, admits, terms_of
from planner.domain.instance import EligibilityRule, Fund

GUNS = Payable("procurement", "Guns", "line", "PL", "gun", content={"PL": 0.6, "US": 0.4}, unit_cost=10.0)
ROAD = Payable("transport", "road", "route", None, places_producers=False)


def rule(tier: int = 1, *beneficiaries: str, producers: str = "") -> EligibilityRule:
    return EligibilityRule(
        producers=frozenset({producers}) if producers else None,
        beneficiaries=frozenset(beneficiaries) if beneficiaries else None,
        tier=tier,
    )


def terms(*rules: EligibilityRule, what: Payable = GUNS) -> list[tuple[int, list[str] | None]]:
    found = terms_of(Fund("F", range(1), eligibility=rules), what)
    return [(tier, None if nations is None else sorted(nations)) for tier, nations in found]


def test_a_fund_without_rows_pays_under_the_first_tier() -> None:
    assert terms() == [(1, None)]


def test_rows_that_do_not_admit_offer_no_terms() -> None:
    assert terms(rule(1, producers="UA"), rule(3)) == [(3, None)]
    assert terms(rule(1, producers="UA")) == []


def test_rows_of_a_tier_are_put_together() -> None:
    assert terms(rule(2, "UA"), rule(2, "PL", "UA")) == [(2, ["PL", "UA"])]
    assert terms(rule(2, "UA"), rule(2)) == [(2, None)]


def test_later_tiers_serve_whom_earlier_ones_do_not() -> None:
    assert terms(rule(3, "UA", "PL"), rule(1, "UA")) == [(1, ["UA"]), (3, ["PL"])]
    assert terms(rule(1, "UA"), rule(2, "UA"), rule(3)) == [(1, ["UA"]), (3, None)]


def test_nothing_is_worth_choosing_after_terms_without_beneficiaries() -> None:
    assert terms(rule(1), rule(2, "UA"), rule(3)) == [(1, None)]


def test_who_benefits_is_asked_of_finished_goods_only() -> None:
    assert terms(rule(2, "UA"), what=ROAD) == [(2, None)]


def test_a_row_whose_beneficiaries_are_nobody_admits_no_goods() -> None:
    nobody = EligibilityRule(beneficiaries=frozenset())
    assert terms(nobody) == []
    assert terms(nobody, what=ROAD) == [(1, None)]


@pytest.mark.parametrize(("least", "admitted"), [(0.6, True), (0.61, False)])
def test_content_per_line_is_asked_on_all_terms(least: float, admitted: bool) -> None:
    fund = Fund("F", range(1), content_group=frozenset({"PL"}), content_min=least, eligibility=(rule(2, "UA"),))
    assert admits(fund, GUNS) is admitted
    assert terms_of(fund, GUNS) == ((PaymentTerms(2, frozenset({"UA"})),) if admitted else ())
