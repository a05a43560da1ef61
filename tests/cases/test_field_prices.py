"""Prices of the cases from the field, and small cases worked by hand: one more and one less, where they differ."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from math import isnan
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from planner.plan import solve
from planner.workbook import read_instance

FIELD = Path(__file__).parent / "field"
GOODS = "other_shortfall"


def prices_of(case: str) -> tuple[pd.DataFrame, dict[str, Any]]:
    expected: dict[str, Any] = json.loads((FIELD / case / "expected.json").read_text(encoding="utf-8"))
    return solve(read_instance(FIELD / case / "input")).tables["prices"], expected


def at(prices: pd.DataFrame, family: str, name: str, level: str = GOODS, period: int | None = None) -> Any:
    """The one row of an object at a level (in a period)."""
    rows = prices[(prices["family"] == family) & (prices["object"] == name) & (prices["level"] == level)]
    rows = rows if period is None else rows[rows["period"] == period]
    assert len(rows) == 1, rows
    return next(rows.itertuples())


def test_a_euro_more_than_none() -> None:
    prices, expected = prices_of("price-budget0")
    row = at(prices, "fund_limit", "F")
    assert row.price == pytest.approx(expected["worth_of_one_more_EUR"], rel=1e-9)
    assert isnan(row.one_less)  # there is none to take away
    assert (row.range_more, row.exact, row.confirmed) == (pytest.approx(260.0), "yes", "yes")  # 20 units at 13


def test_one_more_that_nothing_asks_for() -> None:
    prices, expected = prices_of("price-exact")
    for period in (1, 2):
        row = at(prices, "line_capacity", "cheap", "cost", period)
        assert (row.price, row.one_less, row.unique) == (expected["worth_of_one_more_cheap"], pytest.approx(5.0), "no")
    demand = at(prices, "demand_balance", "d2", "cost")
    assert (demand.price, demand.one_less) == (pytest.approx(18.0), pytest.approx(13.0))


def test_one_more_of_a_line_that_has_nothing() -> None:
    prices, expected = prices_of("price-line0")
    for period in (1, 2):
        row = at(prices, "line_capacity", "L1", GOODS, period)
        assert (row.price, row.range_more) == (pytest.approx(expected["worth_of_one_more_L1"]), pytest.approx(100.0))


def test_limits_in_series_name_each_other() -> None:
    prices, expected = prices_of("price-series")
    for family, name, other in (
        ("line_capacity", "L1", "1 more of route capacity of Plant → Depot in 2026-01"),
        ("route_capacity", "Plant>Depot", "1 more of line capacity of L1 for "),
    ):
        row = at(prices, family, name, GOODS, 1)
        assert (row.price, row.one_less) == (expected["worth_of_one_more_L1"], pytest.approx(10.0))
        assert other in row.together_with
        assert row.together == pytest.approx(10.0)


def test_one_more_in_stock() -> None:
    prices, expected = prices_of("price-stock30")
    row = at(prices, "material_balance", "Depot")
    assert (row.item, row.period) == ("kit", 1)
    assert row.price == row.one_less == pytest.approx(expected["worth_of_one_more_in_stock"])
    assert (row.range_more, row.range_less, row.unique) == (pytest.approx(30.0), pytest.approx(50.0), "yes")


def test_published_prices_of_demand() -> None:
    prices, expected = prices_of("mo-gas")
    for name, price in expected["demand_price"].items():
        row = at(prices, "demand_balance", f"{name}_d", "weighted")
        assert row.price == pytest.approx(price, rel=1e-9), name


# ── Worked by hand ───────────────────────────────────────────────────────────────────────────────

Tables = dict[str, list[dict[str, Any]]]


def case(**changes: list[dict[str, Any]]) -> Tables:
    """Ten kits a month at 10 each from Plant over Depot to Field;
    30 wanted in the second month, at 2 + 1 a kit on the way.
    """
    tables: Tables = {
        "Settings": [{"key": "start", "value": "2026-01"}, {"key": "periods", "value": 2}],
        "Items": [{"item": "kit", "value": 10}],
        "Nodes": [
            {"node": "Plant", "kind": "factory"},
            {"node": "Depot", "kind": "depot"},
            {"node": "Field", "kind": "destination"},
        ],
        "Routes": [
            {"origin": "Plant", "destination": "Depot", "cost": 2},
            {"origin": "Depot", "destination": "Field", "cost": 1},
        ],
        "Lines": [{"line": "L1", "factory": "Plant", "item": "kit", "unit_cost": 10, "capacity": 10}],
        "Demand": [{"demand": "d", "destination": "Field", "item": "kit", "period": 2, "quantity": 30}],
    }
    return {**tables, **changes}


Prices = Callable[..., pd.DataFrame]


@pytest.fixture
def prices(tmp_path: Path) -> Prices:
    """The prices of `case` with some tables in place of its own."""

    def solved(**changes: list[dict[str, Any]]) -> pd.DataFrame:
        for table, rows in case(**changes).items():
            with (tmp_path / f"{table}.csv").open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, list(dict.fromkeys(name for row in rows for name in row)), restval="")
                writer.writeheader()
                writer.writerows(rows)
        return solve(read_instance(tmp_path)).tables["prices"]

    return solved


def test_limits_side_by_side(prices: Prices) -> None:
    """Two lines of 15 each make exactly what is wanted in two months:
    one more of either is idle, one less is missed.
    """
    lines = [
        {"line": name, "factory": "Plant", "item": "kit", "unit_cost": 10, "capacity": 7.5} for name in ("L1", "L2")
    ]
    found = prices(Lines=lines)
    for name in ("L1", "L2"):
        row = at(found, "line_capacity", name, GOODS, 2)
        assert (row.price, row.one_less) == (0.0, pytest.approx(10.0))
        assert row.range_less == pytest.approx(7.5)


def test_money_that_carries_over_counts_from_its_own_year_on(prices: Prices) -> None:
    """A kit costs 13 with the way, and 10 to miss.

    Money is short, in either year, so a euro brings 10/13 in both: carried over or, as kits of the first year can be
    moved in the second, not.
    """
    settings = [
        {"key": "start", "value": "2026"},
        {"key": "periods", "value": 2},
        {"key": "period_length", "value": "year"},
    ]
    funds = [{"fund": "F", "carry_over": "yes"}]
    budgets = [{"fund": "F", "year": 2026, "amount": 60}, {"fund": "F", "year": 2027, "amount": 40}]
    found = prices(Settings=settings, Funds=funds, Budgets=budgets)
    for period in (1, 2):
        row = at(found, "fund_limit", "F", GOODS, period)
        assert row.price == row.one_less == pytest.approx(10 / 13)
    found = prices(Settings=settings, Funds=[{"fund": "F"}], Budgets=budgets)
    assert [at(found, "fund_limit", "F", GOODS, period).price for period in (1, 2)] == pytest.approx([10 / 13] * 2)


def test_what_one_more_would_displace(prices: Prices) -> None:
    """Two demands share ten kits: one more of the dearer takes one from the other, and costs only the way."""
    demand = [
        {"demand": "near", "destination": "Depot", "item": "kit", "period": 2, "quantity": 30},
        {"demand": "far", "destination": "Field", "item": "kit", "period": 2, "quantity": 5, "priority": 2},
    ]
    found = prices(Demand=demand)
    row = at(found, "demand_balance", "far")
    assert row.price == row.one_less == pytest.approx(10.0)  # a kit less for the near one
    assert at(found, "demand_balance", "far", "cost").price == pytest.approx(1.0)


def test_an_empty_depot_is_priced(prices: Prices) -> None:
    found = prices()
    row = at(found, "material_balance", "Depot")
    assert (row.price, row.range_more) == (pytest.approx(10.0), pytest.approx(10.0))
    assert isnan(row.one_less)


def test_a_storage_of_nothing(prices: Prices) -> None:
    """All of it must be made in the second month, as nothing can lie anywhere: a tonne of storage brings a kit more."""
    nodes = [
        {"node": "Plant", "kind": "factory", "storage_t": 0},
        {"node": "Depot", "kind": "depot", "storage_t": 0},
        {"node": "Field", "kind": "destination", "storage_t": 0},
    ]
    found = prices(Nodes=nodes)
    for node in ("Plant", "Depot", "Field"):
        row = at(found, "storage_weight", node, GOODS, 1)
        assert (row.price, row.range_more) == (pytest.approx(10.0), pytest.approx(10.0)), node
