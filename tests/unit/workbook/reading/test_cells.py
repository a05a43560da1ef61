"""Each kind of cell: what is accepted, what is refused, and in which words."""

from __future__ import annotations

from datetime import date, datetime
from math import inf, nan
from typing import Any

import pytest

from planner.workbook.schema import BY_NAME, TABLES
from tests.unit.workbook.sheets import faults, instance, with_column


def cost(value: Any) -> list[list[Any]]:
    return [["line", "factory", "item", "unit_cost"], ["L1", "F", "shell", value], ["L2", "F", "fuze", 2]]


@pytest.mark.parametrize("value", [0, 7, 7.5, 1e15])
def test_numbers(value: float) -> None:
    assert instance(Lines=cost(value)).lines["L1"].unit_cost == value


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (-5, "found -5, expected a number of at least 0"),
        ("ten", "found 'ten', expected a number"),
        ("10", "found the number 10 stored as text"),
        ("10,5", "with a decimal point and no thousands separators"),
        (True, "found TRUE"),
        (date(2026, 1, 1), "found the date 2026-01-01"),
        (datetime(2026, 1, 1, 12), "found the date 2026-01-01T12:00:00"),
        (nan, "not finite"),
        (inf, "not finite"),
        (-inf, "not finite"),
        (1e16, "found 1e+16, which is beyond 1e+15; expected 0 or a number from 1e-12 to 1e+15 of money/unit"),
        (1e-13, "found 1e-13, which is nearer 0 than 1e-12; expected 0 or a number from 1e-12 to 1e+15"),
        (5e-324, "nearer 0 than 1e-12"),
    ],
)
def test_what_is_no_number_is_refused(value: Any, found: str) -> None:
    messages = faults(Lines=cost(value))
    assert list(messages) == ["Lines!D2"]
    assert found in messages["Lines!D2"]


@pytest.mark.parametrize(
    ("table", "column", "unit"),
    [
        (table.name, column.name, column.unit)
        for table in TABLES
        for column in table.columns
        if column.kind == "number" and column.unit != "degrees"
    ],
)
def test_every_number_has_a_magnitude(table: str, column: str, unit: str) -> None:
    """No subnormal, and nothing that a solver drops or takes for infinite, gets into a plan."""
    least, largest = BY_NAME[table].column(column).magnitude
    assert 1e-12 <= least <= 1e-9
    assert largest <= (1e9 if unit.endswith("/unit") and not unit.startswith("{") else 1e15)


@pytest.mark.parametrize(("value", "parsed"), [("7", 7), ("7.50", 7.5), ("+1e3", 1000), (".5", 0.5), ("3.", 3)])
def test_numbers_in_csv_are_text(value: str, parsed: float) -> None:
    assert instance(textual=True, Lines=cost(value)).lines["L1"].unit_cost == parsed


@pytest.mark.parametrize(
    ("column", "value"),
    [("yield", 0), ("yield", 1.2), ("advance", -0.1), ("order_lead_time", 1.5), ("order_lead_time", -1)],
)
def test_bounds_and_whole_numbers(column: str, value: float) -> None:
    assert list(faults(Lines=with_column("Lines", column, value))) == ["Lines!E2"]


@pytest.mark.parametrize(("value", "name"), [(7, "7"), ("007", "007"), ("a b", "a b"), (" padded ", "padded")])
def test_names_are_text_or_the_digits_of_whole_numbers(value: Any, name: str) -> None:
    found = instance(Items=[["item"], [value], ["shell"], ["fuze"]])
    assert next(iter(found.items)) == name


@pytest.mark.parametrize("value", [7.5, True, date(2026, 1, 1), "a; b", "a\nb", "a\u2028b", inf])
def test_what_is_no_name_is_refused(value: Any) -> None:
    assert list(faults(Items=[["item"], [value], ["shell"], ["fuze"]])) == ["Items!A2"]


def test_a_number_and_its_digits_are_one_name() -> None:
    items = [["item"], [7], ["shell"], ["fuze"]]
    found = instance(Items=items, Components=[["item", "component", "quantity"], ["shell", "7", 2]])
    assert found.lines["L1"].components == {"7": 2}


@pytest.mark.parametrize(
    ("value", "meaning"), [("yes", True), ("No", False), ("TRUE", True), (True, True), (1, True), (0, False)]
)
def test_yes_and_no(value: Any, meaning: bool) -> None:
    found = instance(Demand=with_column("Demand", "binding", value))
    assert found.demands[0].binding is meaning


@pytest.mark.parametrize("value", ["maybe", 2, 0.5, "1", date(2026, 1, 1)])
def test_what_is_neither_yes_nor_no_is_refused(value: Any) -> None:
    assert list(faults(Demand=with_column("Demand", "binding", value))) == ["Demand!F2"]


@pytest.mark.parametrize("value", ["1", "0", "yes"])
def test_csv_may_say_one_and_zero(value: str) -> None:
    assert not faults(textual=True, Demand=with_column("Demand", "binding", value))


def test_choices_ignore_case_and_name_all_when_wrong() -> None:
    assert (
        instance(Nodes=[["node", "kind"], ["F", "Factory"], ["D", "DEPOT"], ["X", "market"]]).nodes["D"].kind == "depot"
    )
    messages = faults(Nodes=[["node", "kind"], ["F", "factory"], ["D", "deppot"], ["X", "market"]])
    assert messages == {"Nodes!B3": "found 'deppot', expected factory, depot, transit, destination or market"}


def test_lists_are_separated_by_semicolons() -> None:
    found = instance(Nations=[["nation", "groups"], ["PL", "EU; NATO ;EU;"], ["DE", 3], ["UA", None]])
    assert found.nations["PL"].groups == {"EU", "NATO"}
    assert found.nations["DE"].groups == {"3"}


def test_shares_add_to_one() -> None:
    assert instance(Lines=with_column("Lines", "content", "PL:0.7; UA: 0.3")).lines["L1"].content == {
        "PL": 0.7,
        "UA": 0.3,
    }


@pytest.mark.parametrize(
    "value", ["PL:0.7", "PL:0.7; UA:0.4", "PL", "PL:1.5; UA:-0.5", "PL:0.5; PL:0.5", "PL:x", "PL:1; XX:0", 3, "; ;"]
)
def test_what_are_no_shares_is_refused(value: Any) -> None:
    assert list(faults(Lines=with_column("Lines", "content", value))) == ["Lines!E2"]


@pytest.mark.parametrize("value", ["PL:0.7, US:0.3", "PL:.5, US:0.3, UA:0.2", "PL:0.7 / US:0.3", "PL:0.7 US:0.3"])
def test_shares_with_another_separator_say_which_one_is_expected(value: str) -> None:
    message = f"found {value!r}, expected shares such as PL:0.7; US:0.3 that add to 1, with ; between them"
    assert faults(Lines=with_column("Lines", "content", value)) == {"Lines!E2": message}


def test_required_cells_may_not_be_blank() -> None:
    messages = faults(Demand=[["demand", "destination", "item", "period", "quantity"], ["K1", "X", "shell", 3, None]])
    assert messages == {"Demand!E2": "is blank; expected a number of at least 0"}


def test_blank_cells_are_the_defaults() -> None:
    found = instance()
    line, leg, node = found.lines["L1"], found.legs["R1"], found.nodes["D"]
    assert (line.yield_, line.ramp, line.min_rate, line.start_rate, set(line.capacity)) == (1, inf, 0, None, {inf})
    assert (leg.lead_time, leg.cost_per_t, leg.capacity_m3, set(leg.capacity_t)) == (0, 0, inf, {inf})
    assert (node.throughput_t, node.storage_m3, node.holding_cost, set(node.storage_t)) == (inf, inf, 0, {inf})
    assert (found.items["shell"].weight_t, found.items["shell"].volume_m3, found.items["shell"].shelf_life) == (
        1,
        0,
        None,
    )


def test_text_cells_take_anything() -> None:
    found = instance(Items=[["item", "name"], ["shell", 155], ["fuze", date(2026, 1, 1)]])
    assert [item.title for item in found.items.values()] == ["155", "2026-01-01"]
