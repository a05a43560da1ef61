"""Who pays and who produces, against figures worked by hand.

Two years of a fund of PL and the EU, and a fund of DE. Keys: PL 1, DE 3, FR 4 (Σ 8).
Year 2026: the common fund pays 100 for the Polish line, PL and EU half each; DE pays 60 for it, 15 for the road, 5
abroad. Year 2027: DE pays 40 for the expansion of the French line. FR pays nothing. Contributed: PL 50, EU 50, DE 120;
all 220. Produced: PL 160, FR 40.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from planner.domain.horizon import Horizon
from planner.domain.instance import (
    Budget,
    Expansion,
    Fund,
    Item,
    Leg,
    Line,
    Nation,
    Node,
    PlanningInstance,
    Settings,
)
from planner.plan.ledger import burden_sharing, ledger, nations
from planner.plan.plan import TABLE_COLUMNS

EVERY = range(24)
ROWS: dict[str, list[tuple[Any, ...]]] = {
    "payments": [
        ("Common", "PL", "procurement", "Works", "PL", 2026, 50.0, 2026),
        ("Common", "EU", "procurement", "Works", "PL", 2026, 50.0, 2026),
        ("Own", "DE", "procurement", "Works", "PL", 2026, 60.0, 2026),
        ("Own", "DE", "transport", "Road", None, 2026, 15.0, 2026),
        ("Own", "DE", "procurement", "World offer", None, 2026, 5.0, 2026),  # a market of no nation
        ("Own", "DE", "capacity", "Hall", "FR", 2027, 40.0, 2027),
    ],
    # The advance of what is completed in 2027 is paid in 2026: years of payment and of production differ.
    "production": [("Works", "Mill", "PL", "shell", 12, 6.0, 60.0), ("Works", "Mill", "PL", "shell", 13, 10.0, 100.0)],
    "investments": [("Hall", "French works", 14, 20, 4.0, 40.0)],
    "deliveries": [("d", None, "Town", "shell", 14, 14, 16.0)],
}


def instance(limited: bool = True) -> PlanningInstance:
    nodes = {
        "Mill": Node("Mill", "factory", EVERY, "PL"),
        "Fabrique": Node("Fabrique", "factory", EVERY, "FR"),
        "Town": Node("Town", "destination", EVERY, "UA"),
    }
    budgets = (Budget("PL", 2026, 500.0), Budget("EU", 2026, 500.0)) if limited else ()
    own = (Budget("DE", 2026, 500.0), Budget("DE", 2027, 500.0)) if limited else ()
    return PlanningInstance(
        settings=Settings(),
        horizon=Horizon(date(2026, 1, 1), 24),
        items={"shell": Item("shell")},
        nodes=nodes,
        nations={
            "PL": Nation("PL", key=1.0, work_share_min=2.0),
            "DE": Nation("DE", key=3.0, work_share_min=0.5),
            "FR": Nation("FR", key=4.0),
            "UA": Nation("UA"),
        },
        legs={"Road": Leg("Road", "Road", "Mill", "Town", EVERY)},
        lines={
            "Works": Line("Works", "Mill", "shell", EVERY, 10.0),
            "French works": Line("French works", "Fabrique", "shell", EVERY, 10.0),
        },
        expansions={"Hall": Expansion("Hall", "line", "French works", 10.0, EVERY)},
        funds={"Common": Fund("Common", EVERY, budgets=budgets), "Own": Fund("Own", EVERY, budgets=own)},
        unit_values={"shell": 10.0},
    )


def made(**changed: list[tuple[Any, ...]]) -> dict[str, pd.DataFrame]:
    rows = ROWS | changed
    return {name: pd.DataFrame(rows.get(name, []), columns=list(names)) for name, names in TABLE_COLUMNS.items()}


def with_nations(world: PlanningInstance, tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    return tables | {"nations": pd.DataFrame(list(nations(world, tables)), columns=list(TABLE_COLUMNS["nations"]))}


def test_nations_count_production_when_it_is_completed() -> None:
    assert list(nations(instance(), made())) == [
        ("DE", 2026, 80.0, 0.0, 0.0, -80.0),
        ("DE", 2027, 40.0, 0.0, 0.0, -40.0),
        ("EU", 2026, 50.0, 0.0, 0.0, -50.0),
        ("FR", 2027, 0.0, 40.0, 0.0, 40.0),
        ("PL", 2026, 50.0, 60.0, 0.0, 10.0),
        ("PL", 2027, 0.0, 100.0, 0.0, 100.0),
        ("UA", 2027, 0.0, 0.0, 160.0, 0.0),
    ]


def test_the_ledger_counts_work_when_the_fund_pays_for_it_and_leaves_transport_out() -> None:
    assert list(ledger(instance(), made())) == [
        ("DE", "Own", 2026, 80.0, 0.0, -80.0),
        ("DE", "Own", 2027, 40.0, 0.0, -40.0),
        ("EU", "Common", 2026, 50.0, 0.0, -50.0),
        ("FR", "Own", 2027, 0.0, 40.0, 40.0),
        ("PL", "Common", 2026, 50.0, 100.0, 50.0),
        ("PL", "Own", 2026, 0.0, 60.0, 60.0),
    ]


def test_over_funds_and_years_the_ledger_is_the_table_of_nations() -> None:
    columns = ["contributed", "produced"]
    world = instance()
    by_fund = pd.DataFrame(list(ledger(world, made())), columns=list(TABLE_COLUMNS["ledger"]))
    by_year = with_nations(world, made())["nations"]
    sums = by_year[by_year.nation != "UA"].groupby("nation")[columns].sum()
    pd.testing.assert_frame_equal(by_fund.groupby("nation")[columns].sum(), sums)


def test_money_that_is_only_counted_has_a_ledger_of_production_without_fund() -> None:
    rows = list(ledger(instance(limited=False), made(payments=[])))
    assert rows == [
        ("FR", None, 2027, 0.0, 40.0, 40.0),
        ("PL", None, 2026, 0.0, 60.0, 60.0),
        ("PL", None, 2027, 0.0, 100.0, 100.0),
    ]
    assert list(burden_sharing(instance(limited=False), with_nations(instance(limited=False), made(payments=[])))) == []


def test_shares_of_the_burden_and_of_the_work() -> None:
    world = instance()
    rows = {(row[0], row[1]): row[2:] for row in burden_sharing(world, with_nations(world, made()))}
    assert {name for name, year in rows if year is None} == {"PL", "DE", "FR", "EU"}, "FR owes a share; UA has no key"
    # Of the 170 that nations with a key pay: PL 50 (due 1/8), DE 120 (due 3/8), FR 0 (due 1/2).
    pl = rows["PL", None]
    assert pl[:6] == pytest.approx((50.0, 50 / 220, 1 / 8, 50 / 170, 50 / 170 - 1 / 8, 50 - 170 / 8))
    assert pl[6:] == pytest.approx((160.0, 3.2, 100.0, 60.0))
    de = rows["DE", None]
    assert de[:6] == pytest.approx((120.0, 120 / 220, 3 / 8, 120 / 170, 120 / 170 - 3 / 8, 120 - 170 * 3 / 8))
    assert de[6:] == pytest.approx((0.0, 0.0, 60.0, -60.0))
    fr = rows["FR", None]
    assert fr[:6] == pytest.approx((0.0, 0.0, 1 / 2, 0.0, -1 / 2, -85.0))
    assert fr[6:] == (40.0, None, None, None)
    assert rows["EU", None] == (50.0, 50 / 220, None, None, None, None, 0.0, 0.0, None, None)
    assert rows["DE", 2027][:6] == pytest.approx((40.0, 1.0, 3 / 8, 1.0, 5 / 8, 25.0))
    assert ("EU", 2027) not in rows, "neither pays nor produces in that year"


@pytest.mark.parametrize("when", [None, 2026, 2027])
def test_what_some_pay_beyond_their_share_others_owe(when: int | None) -> None:
    world = instance()
    over = [
        row[7] for row in burden_sharing(world, with_nations(world, made())) if row[1] == when and row[7] is not None
    ]
    assert len(over) == 3
    assert sum(over) == pytest.approx(0.0)
