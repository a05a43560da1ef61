"""Periods: dates, coarse dates, numbers, years, events and windows."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from planner.domain.horizon import Horizon
from planner.workbook.reading.periods import FAR, NEVER, PeriodError, PeriodReader
from planner.workbook.reading.table import make_table
from tests.unit.workbook.sheets import BASE, faults, instance, reading

MONTHS = PeriodReader(Horizon(date(2026, 3, 1), 24), {"ceasefire": 5, "accession": NEVER, "2x": 3})
WEEKS = PeriodReader(Horizon(date(2026, 1, 5), 60, "week"))
QUARTERS = PeriodReader(Horizon(date(2026, 4, 1), 8, "quarter"))
YEARS = PeriodReader(Horizon(date(2026, 4, 1), 5, "year"))


@pytest.mark.parametrize(
    ("reader", "cell", "opening", "closing"),
    [
        (MONTHS, 1.0, 0, 0),
        (MONTHS, "24", 23, 23),
        (MONTHS, "2026-03", 0, 0),
        (MONTHS, date(2026, 4, 30), 1, 1),
        (MONTHS, datetime(2026, 4, 30, 12), 1, 1),
        (MONTHS, "2026-05-17", 2, 2),
        (MONTHS, "2026-Q2", 1, 3),
        (MONTHS, "2026q2", 1, 3),
        (MONTHS, 2027.0, 10, 21),
        (MONTHS, "2027", 10, 21),
        (MONTHS, 2026, -2, 9),
        (MONTHS, "2020-01", -74, -74),
        (MONTHS, 30, 29, 29),
        (MONTHS, "ceasefire", 5, 5),
        (MONTHS, "ceasefire+3", 8, 8),
        (MONTHS, "ceasefire + 3", 8, 8),
        (MONTHS, "ceasefire-2", 3, 3),
        (MONTHS, "2x+1", 4, 4),
        (MONTHS, "accession", NEVER, FAR),
        (MONTHS, "accession+3", NEVER, FAR),
        (MONTHS, "ceasefire+30", NEVER, 35),  # after the horizon
        (WEEKS, "2026-02", 3, 7),  # 1 and 28 February lie in the weeks of 26 January and 23 February
        (WEEKS, date(2026, 1, 11), 0, 0),
        (WEEKS, "2026-Q1", -1, 12),
        (QUARTERS, "2026-05", 0, 0),
        (QUARTERS, "2026-Q3", 1, 1),
        (QUARTERS, 2027, 3, 6),
        (YEARS, 2026, 0, 0),
        (YEARS, "2027", 1, 1),
        (YEARS, "2027-02", 0, 0),
        (YEARS, "2027-Q2", 1, 1),
    ],
)
def test_what_a_period_means(reader: PeriodReader, cell: Any, opening: Any, closing: Any) -> None:
    assert reader.read(cell, "opening", True) == opening
    assert reader.read(cell, "closing", True) == closing


@pytest.mark.parametrize(
    "cell", [0, -1, 1.5, "soon", "2026-13", "2026-00", "2026-Q5", "2026-02-30", "2026/03", True, 46082, 1e12, "1.5"]
)
def test_what_is_no_period(cell: Any) -> None:
    with pytest.raises(PeriodError, match="expected a date, 2026-03, 2026-Q1, a period number 1…24 or an event"):
        MONTHS.read(cell, "opening", True)


def test_a_date_that_lost_its_format_is_told_as_one() -> None:
    with pytest.raises(PeriodError, match=r"found 46082 \(the date 2026-03-01, if the cell has lost its date format\)"):
        MONTHS.read(46082, "opening", True)


@pytest.mark.parametrize("cell", [25, "2026-02", "2028-03", 2020, 2026, "2026-Q1", "ceasefire-9"])
def test_dates_outside_the_horizon_are_refused_where_nothing_is_clipped(cell: Any) -> None:
    with pytest.raises(PeriodError, match="outside the horizon; expected 2026-03 to 2028-02"):
        MONTHS.read(cell, "opening", False)


def test_a_coarse_date_in_capacity_means_each_of_its_periods() -> None:
    assert MONTHS.span("2026-Q2") == range(1, 4)
    assert MONTHS.span(2026) == range(10)
    assert MONTHS.span("ceasefire+1") == range(6, 7)
    assert MONTHS.span("ceasefire+20") is NEVER


def test_every_label_of_a_horizon_reads_as_its_period() -> None:
    for reader in (MONTHS, WEEKS, QUARTERS, YEARS):
        assert reader.horizon is not None
        for period in range(reader.horizon.periods):
            assert reader.read(reader.horizon.label(period), "opening", False) == period


@pytest.mark.parametrize(
    ("start", "length", "first_day"),
    [
        ("2026-03-15", "month", date(2026, 3, 1)),
        (date(2026, 3, 15), "week", date(2026, 3, 15)),
        ("2026-03", "quarter", date(2026, 1, 1)),
        ("2026-Q2", "month", date(2026, 4, 1)),
        ("2026-Q2", "year", date(2026, 4, 1)),
        (2026, "year", date(2026, 1, 1)),
    ],
)
def test_where_the_horizon_starts(start: Any, length: str, first_day: date) -> None:
    settings = [
        ["key", "value"],
        ["start", start],
        ["periods", 12],
        ["period_length", length],
        ["objective", "weighted"],
    ]
    assert instance(Settings=settings).horizon.start == first_day


@pytest.mark.parametrize("start", ["March", 7, "2026-13", True, 1.5, "1026-01"])
def test_a_start_that_is_no_date(start: Any) -> None:
    settings = [["key", "value"], ["start", start], ["periods", 12]]
    assert list(faults(Settings=settings)) == ["Settings!B2"]


def route(opens: Any, closes: Any) -> list[list[Any]]:
    return [
        ["route", "origin", "destination", "opens", "closes"],
        ["R1", "F", "D", opens, closes],
        ["R2", "D", "X", None, None],
    ]


@pytest.mark.parametrize(
    ("opens", "closes", "window"),
    [
        (None, None, range(12)),
        ("2020-01", "2040-01", range(12)),
        (3, "2026-Q2", range(2, 6)),
        ("2027-01", None, range(0)),
        (None, "2025-12", range(0)),
        (2026, 2026, range(12)),
    ],
)
def test_windows_are_inclusive_and_clipped(opens: Any, closes: Any, window: range) -> None:
    found = instance(Routes=route(opens, closes)).legs["R1"].open
    assert list(found) == list(window)


def test_nothing_closes_before_it_opens() -> None:
    messages = faults(Routes=route("2026-05", "2026-04"))
    assert messages == {"Routes!E2": "found '2026-04', which is before opens ('2026-05'); expected a later period"}


EVENTS = [
    ["event", "period"],
    ["ceasefire", "2026-04"],
    ["accession", None],
    ["review", "ceasefire+2"],
    ["late", "2030-01"],
]


def test_events_place_and_remove_rows() -> None:
    demand = [
        ["demand", "destination", "item", "period", "quantity"],
        ["K1", "X", "shell", "review", 5],
        ["K2", "X", "shell", "accession+1", 5],
        ["K3", "X", "shell", "ceasefire+9", 5],
        ["K4", "X", "shell", "late", 5],
    ]
    found = instance(Events=EVENTS, Demand=demand)
    assert [(d.name, d.due) for d in found.demands] == [("K1", 5)]
    assert found.removed_by_events == (
        "Demand, row 3: 'accession' does not happen in the horizon; the row is left out",
        "Demand, row 4: 'ceasefire+9' is after the horizon; the row is left out",
        "Demand, row 5: 'late' does not happen in the horizon; the row is left out",
    )


def test_a_place_that_opens_with_an_event_that_does_not_happen_stays_known_but_closed() -> None:
    nodes = [["node", "kind", "opens"], ["F", "factory", None], ["D", "depot", "accession"], ["X", "destination", None]]
    found = instance(Events=EVENTS, Nodes=nodes)
    assert list(found.nodes["D"].open) == []
    assert found.removed_by_events == ("Nodes, row 3: 'accession' does not happen in the horizon; it never opens",)


def test_an_event_that_does_not_happen_never_closes() -> None:
    assert len(instance(Events=EVENTS, Routes=route(None, "accession")).legs["R1"].open) == 12
    assert len(instance(Events=EVENTS, Routes=route("2026-09", "ceasefire")).legs["R1"].open) == 0


def test_events_may_not_hang_on_themselves() -> None:
    events = [["event", "period"], ["a", "b+1"], ["b", "c"], ["c", "a-1"]]
    (fault,) = reading(Events=events).faults
    assert fault.sheet == "Events"
    assert "a hangs on b hangs on c hangs on a" in fault.message


def test_an_unknown_event_is_named_with_the_nearest() -> None:
    messages = faults(Events=EVENTS, Routes=route("ceasefir+1", None))
    assert list(messages) == ["Routes!D2"]
    assert "did you mean 'ceasefire'?" in messages["Routes!D2"]


def test_an_event_may_not_look_like_a_period() -> None:
    for word in ("2026-03", "strike", "any"):
        assert list(faults(Events=[["event", "period"], [word, 1]])) == ["Events!A2"]


@pytest.mark.parametrize("table", ["Demand", "Stocks", "Capacity"])
def test_only_three_tables_refuse_dates_outside_the_horizon(table: str) -> None:
    made = {
        "Demand": [["demand", "destination", "item", "period", "quantity"], ["K", "X", "shell", "2027-01", 1]],
        "Stocks": [["node", "item", "quantity", "period"], ["D", "shell", 1, "2025-12"]],
        "Capacity": [["object", "period", "quantity"], ["L1", 13, 1]],
    }
    assert len(faults(**{table: made[table]})) == 1


def test_a_wide_table_has_a_column_for_each_period() -> None:
    wide = [
        ["demand", "destination", "item", "2026-01", 2, date(2026, 3, 1), "priority"],
        ["K", "X", "shell", 5, None, 0, 2],
        [None, "X", "fuze", None, 7, None, None],
    ]
    found = instance(Demand=wide).demands
    assert [(d.name, d.due, d.quantity, d.priority) for d in found] == [
        ("K", 0, 5, 2),
        ("K", 2, 0, 2),
        ("Demand 3", 1, 7, 1),
    ]


def test_wide_and_long_form_give_the_same_plan() -> None:
    long = [["object", "period", "quantity"], ["L1", 2, 5], ["L1", "2026-Q2", 7], ["R1", 1, 3]]
    wide = [["object", 1, 2, "2026-Q2"], ["L1", None, 5, 7], ["R1", 3, None, None]]
    assert instance(Capacity=long) == instance(Capacity=wide)
    assert instance(Capacity=wide).lines["L1"].capacity[:7] == (float("inf"), 5, float("inf"), 7, 7, 7, float("inf"))


@pytest.mark.parametrize(
    ("header", "place"),
    [
        (["destination", "item", 1, "2027-05"], "Demand!D1"),  # outside the horizon
        (["destination", "item", 1, "2026-01"], "Demand!D1"),  # the same period twice
        (["destination", "item", 1, "someday"], "Demand!D1"),
        (["destination", "item", 1, "period"], "Demand!D1"),  # both forms
    ],
)
def test_faulty_columns_of_a_wide_table(header: list[Any], place: str) -> None:
    assert list(faults(Demand=[header, ["X", "shell", 1, 1]])) == [place]


def test_a_faulty_quantity_of_a_wide_table_is_named() -> None:
    assert list(faults(Demand=[["destination", "item", 1, 2], ["X", "shell", 1, "many"]])) == ["Demand!D2"]


@pytest.mark.parametrize(
    ("heading", "column"),
    [(151.0, "151"), (2.5, "2.5"), (datetime(2026, 1, 1), "2026-01-01"), ("2026-01 (t)", "2026-01")],
)
def test_the_column_of_a_fault_is_called_as_its_heading_is_typed(heading: Any, column: str) -> None:
    table = make_table("Demand", [["destination", heading], ["X", "many"]])
    assert table.fault(0, 1, "found 'many'").where == f"Demand!B2 ({column})"


def test_a_faulty_horizon_hides_nothing_else_and_brings_no_other_fault() -> None:
    settings = [["key", "value"], ["start", "2026-01"], ["periods", -5]]
    assert list(faults(Settings=settings, Routes=route("2026-09", "2026-12"))) == ["Settings!B3"]
    assert BASE["Settings"][2] == ["periods", 12]
