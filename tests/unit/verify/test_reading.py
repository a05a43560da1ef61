"""What the checker takes the input to say: periods, events, defaults, wide tables, groups, currencies."""

from __future__ import annotations

from datetime import date
from math import inf
from pathlib import Path

import numpy as np
import pytest

from planner.verify import verify
from planner.verify.input.calendar import Calendar, first_day_of_horizon
from planner.verify.input.data import Case
from planner.verify.input.interpret import read_case
from planner.workbook.reading.raw import read_raw
from planner.workbook.write.convert import write_workbook
from tests.unit.verify.worked import worked_plan

MONTHS = Calendar(date(2026, 10, 1), 6, events={"truce": None, "attack": 3})
WEEKS = Calendar(date(2026, 1, 5), 10, "week")
QUARTERS = Calendar(date(2026, 1, 1), 4, "quarter")
YEARS = Calendar(date(2026, 7, 1), 3, "year")


@pytest.mark.parametrize(
    ("calendar", "cell", "span"),
    [
        (MONTHS, "2026-10", (0, 0)),
        (MONTHS, "2027-03-31", (5, 5)),
        (MONTHS, date(2027, 1, 15), (3, 3)),
        (MONTHS, "1", (0, 0)),
        (MONTHS, 6.0, (5, 5)),
        (MONTHS, 7, (6, 6)),
        (MONTHS, "2027", (3, 14)),
        (MONTHS, 2027, (3, 14)),
        (MONTHS, "2026-Q4", (0, 2)),
        (MONTHS, "attack", (3, 3)),
        (MONTHS, "attack+2", (5, 5)),
        (MONTHS, "truce", None),
        (MONTHS, "truce+1", None),
        (WEEKS, "2026-01-11", (0, 0)),
        (WEEKS, "2026-01-12", (1, 1)),
        (WEEKS, "2026-02", (3, 7)),
        (QUARTERS, "2026-05", (1, 1)),
        (QUARTERS, "2026-Q4", (3, 3)),
        (QUARTERS, "2026", (0, 3)),
        (YEARS, "2027-06", (0, 0)),
        (YEARS, "2027", (1, 1)),
    ],
)
def test_what_a_period_means(calendar: Calendar, cell: object, span: tuple[int, int] | None) -> None:
    assert calendar.span(cell) == span


def test_fiscal_years_and_discount() -> None:
    assert MONTHS.years == (2026, 2026, 2026, 2027, 2027, 2027)
    april = Calendar(date(2027, 2, 1), 4, fiscal_month=4, discount_rate=0.1)
    assert april.years == (2026, 2026, 2027, 2027)
    assert april.discount == pytest.approx([1.1 ** (-t / 12) for t in range(4)])
    assert Calendar(date(2026, 1, 5), 3, "week", discount_rate=0.1).discount[2] == pytest.approx(1.1 ** (-2 / 52))


def test_the_first_day_of_the_horizon() -> None:
    assert first_day_of_horizon("2026-02", "month") == date(2026, 2, 1)
    assert first_day_of_horizon("2026-02-17", "month") == date(2026, 2, 1)
    assert first_day_of_horizon("2026-02", "quarter") == date(2026, 1, 1)
    assert first_day_of_horizon("2026-02-17", "week") == date(2026, 2, 17)
    assert first_day_of_horizon(2026, "year") == date(2026, 1, 1)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return read_case(read_raw(worked_plan.write_input(tmp_path_factory.mktemp("case"))))


def test_lines_routes_and_nodes(case: Case) -> None:
    shells, offer = case.lines["Shells"], case.lines["Market:fuse"]
    assert case.line_window(shells) == (1, 5)  # not before its order lead time
    assert case.line_window(offer) == (0, 2)
    assert shells.content == {"PL": 0.7, "US": 0.3}
    assert offer.content == {"US": 1.0}
    assert shells.components == {"fuse": 1.0}
    assert offer.components == {}
    assert [leg.origin for leg in case.legs if leg.route == "Road"] == ["Works", "Depot"]
    assert case.legs[-1].first == case.calendar.span("2020-01")[0]  # type: ignore[index]
    assert case.legs[3].excludes == {"fuse"}
    assert list(case.resources["Press"].capacity) == [110, 110, 110, 70, 90, 110]
    assert case.nodes["Border"].storage.max() == 0
    assert case.nodes["Border"].by_default.all()
    assert case.nodes["City"].storage.min() == inf
    assert not case.nodes["City"].by_default.any()


def test_values_of_items(case: Case) -> None:
    assert case.values == pytest.approx({"shell": 105.0, "fuse": 4.0, "ration": 10.0, "grain": 0.0})


def test_demand_by_events_and_commitments(case: Case) -> None:
    assert list(case.demands) == [("Guns 1", 3), ("Guns 2", 5), ("Food 1", 2), ("Demand 5", 4)]
    assert [demand.binding for demand in case.demands.values()] == [True, False, False, False]


def test_targets_mean_depots(case: Case) -> None:
    assert case.targets["Reserve"].nodes == ("Depot",)
    assert case.targets["Reserve"].items == ("shell",)
    assert (case.targets["Reserve"].first, case.targets["Reserve"].last) == (3, 5)


def test_wide_tables_and_currencies(tmp_path: Path) -> None:
    source = worked_plan.write_input(tmp_path)
    wide = "demand,destination,item,2026-11,2027-01,shortage_cost (EUR),currency\nFood,City,ration,5,7,10,USD\n,City,shell,,0,,\n"
    (source / "Demand.csv").write_text(wide, encoding="utf-8")
    (source / "Currencies.csv").write_text("currency,rate\nUSD,0.9\n", encoding="utf-8")
    demands = read_case(read_raw(source)).demands
    assert {key: demand.quantity for key, demand in demands.items()} == {
        ("Food", 1): 5,
        ("Food", 3): 7,
        ("Demand 3", 3): 0,
    }
    assert demands["Food", 1].shortage_cost == pytest.approx(9.0)
    assert demands["Demand 3", 3].shortage_cost is None


def test_a_transit_node_with_storage_of_its_own(tmp_path: Path) -> None:
    source = worked_plan.write_input(tmp_path, {"Nodes": ("Border,transit,PL,,,", "Border,transit,PL,,8,")})
    border = read_case(read_raw(source)).nodes["Border"]
    assert np.isinf(border.storage).all()
    assert border.storage_volume == 8


def test_a_workbook_says_the_same_as_its_folder(tmp_path: Path) -> None:
    folder = worked_plan.write_input(tmp_path / "input")
    write_workbook(folder, tmp_path / "input.xlsx")
    found = verify(tmp_path / "input.xlsx", worked_plan.tables(), {"objective": worked_plan.levels()})
    assert found.passed, found.summary()
