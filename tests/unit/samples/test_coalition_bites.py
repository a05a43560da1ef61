"""Money, capacity and corridors are scarce in the coalition sample: a plan that delivers all would teach nothing."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from planner.plan import Plan, solve

pytestmark = pytest.mark.long  # .ci/run tries these; to solve the sample takes a tenth of what all other tests take

SERVICE_LEVELS = ("binding_shortfall", "other_shortfall")


@pytest.fixture(scope="module")
def demands(coalition_plan: Plan) -> pd.DataFrame:
    """Each demand with what is short and what it is worth."""
    instance = coalition_plan.instance
    short = coalition_plan.tables["shortfalls"].groupby(["demand", "due"]).quantity.sum()
    rows = [
        (demand.commitment, demand.item, demand.quantity, short.get((demand.name, demand.due + 1), 0.0))
        for demand in instance.demands
    ]
    frame = pd.DataFrame(rows, columns=["commitment", "item", "wanted", "short"])
    return frame.assign(value=frame.item.map(instance.unit_values))


@pytest.fixture(scope="module")
def service_prices(coalition_plan: Plan) -> pd.DataFrame:
    """Prices of scarce things where shortfall is decided, not where cost is."""
    prices = coalition_plan.tables["prices"]
    return prices[prices.level.isin(SERVICE_LEVELS) & (prices.price.abs() > 1e-6)]


def test_it_is_solved_to_the_end(coalition_plan: Plan) -> None:
    assert coalition_plan.status == "optimal"
    assert all(level.gap is not None and level.gap < 1e-6 for level in coalition_plan.levels)


def test_overall_fill_lies_between_60_and_95_percent(demands: pd.DataFrame) -> None:
    by_value = 1 - (demands.short * demands.value).sum() / (demands.wanted * demands.value).sum()
    by_quantity = 1 - demands.short.sum() / demands.wanted.sum()
    by_demand = 1 - (demands.short / demands.wanted).mean()
    for fill in (by_value, by_quantity, by_demand):
        assert 0.60 <= fill <= 0.95


def test_every_commitment_is_served_in_part_and_none_is_empty(demands: pd.DataFrame) -> None:
    worth = demands.assign(wanted=demands.wanted * demands.value, short=demands.short * demands.value)
    fill = 1 - worth.groupby("commitment").short.sum() / worth.groupby("commitment").wanted.sum()
    assert fill.min() > 0.3, fill.to_string()


@pytest.mark.parametrize(
    "families",
    [
        ("fund_limit",),
        ("line_capacity",),
        ("throughput",),
        ("storage_weight", "storage_volume", "storage_explosive", "storage_item"),
    ],
    ids=lambda families: families[0],
)
def test_money_lines_corridors_and_storage_have_a_price(
    service_prices: pd.DataFrame, families: tuple[str, ...]
) -> None:
    assert not service_prices[service_prices.family.isin(families)].empty


def test_both_corridors_are_full_somewhere(service_prices: pd.DataFrame) -> None:
    crossings = set(service_prices[service_prices.family == "throughput"].object)
    assert {crossing[:2] for crossing in crossings if "Crossing" in crossing} == {"PL", "RO"}


def test_its_size_is_that_of_a_real_plan(coalition_plan: Plan) -> None:
    assert 60_000 <= coalition_plan.counts["columns"] <= 130_000  # with responses to 18 cases


# ── If the attack is renewed ─────────────────────────────────────────────────────────────────────────


def expected_coverage(plan: Plan) -> float:
    """Mean share of the need that is covered, by value, the cases weighted by their probability."""
    cases = plan.tables["cases"]
    return float((cases["weight"] * cases["coverage"]).sum() / cases["weight"].sum())


def test_from_half_to_nine_tenths_of_what_an_attack_asks_for_is_covered(coalition_plan: Plan) -> None:
    assert 0.5 <= expected_coverage(coalition_plan) <= 0.9
    by_contingency = coalition_plan.tables["cases"].groupby("contingency")["coverage"].min()
    assert len(by_contingency) == 6
    assert by_contingency.min() > 0.4
    assert by_contingency.max() < 1, "none is answered in full at each of its strikes"


def test_a_national_reserve_lies_unused_while_ukraine_lacks_what_is_in_it(coalition_plan: Plan) -> None:
    key = ["contingency", "strike", "item"]
    lacking = coalition_plan.tables["uncovered"].groupby(key)["quantity"].sum()
    draws = coalition_plan.tables["draws"]
    kept = draws[(draws["node"] == "IT Laurel") & (draws["item"] == "MSL_LONG")].set_index(key)
    attack = kept.loc["renewed_attack"]
    assert (attack["left"] >= 28 * (1 - 1e-6)).all()
    assert lacking.reindex(kept.index).loc["renewed_attack"].gt(1).all()


@pytest.mark.long
def test_opening_the_national_reserves_covers_more(coalition_plan: Plan) -> None:
    instance = coalition_plan.instance
    opened = {
        name: replace(node, access=frozenset()) if node.kind == "depot" and "UA" not in node.access else node
        for name, node in instance.nodes.items()
    }
    again = solve(replace(instance, nodes=opened), priced=False)
    assert expected_coverage(again) > expected_coverage(coalition_plan) + 0.01
