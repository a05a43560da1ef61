"""Sheets, columns, units, keys, references and names."""

from __future__ import annotations

from typing import Any

import pytest

from planner.workbook.names.names import suggestion
from planner.workbook.reading.headers import unit_agrees
from tests.unit.workbook.sheets import BASE, faults, instance, reading, sheets, with_column


def test_the_good_input_is_good() -> None:
    found = reading()
    assert found.instance is not None
    assert not found.faults
    assert not found.warnings


@pytest.mark.parametrize("table", ["Settings", "Items", "Nodes", "Demand"])
def test_a_missing_table_is_one_fault(table: str) -> None:
    (fault,) = reading(**{table: None}).faults
    assert (fault.place, fault.sheet, fault.cell) == (table, table, None)
    assert "the table is missing" in fault.message


@pytest.mark.parametrize("table", ["Settings", "Items", "Nodes", "Demand"])
def test_an_empty_required_sheet_is_one_fault(table: str) -> None:
    (fault,) = reading(**{table: []}).faults
    assert (fault.place, fault.sheet) == (table, table)
    assert "is empty; expected the columns" in fault.message


@pytest.mark.parametrize("table", ["Items", "Nodes"])
def test_a_plan_without_items_or_nodes_is_one_fault(table: str) -> None:
    (fault,) = reading(**{table: [BASE[table][0]]}).faults
    assert (fault.place, fault.sheet) == (table, table)
    assert "has no rows" in fault.message


@pytest.mark.parametrize("table", ["Routes", "Lines", "Targets", "Stocks"])
def test_other_tables_may_be_missing_or_empty(table: str) -> None:
    assert reading(**{table: None}).instance is not None
    assert reading(**{table: []}).instance is not None
    header = (
        BASE[table][0] if table in BASE else ["nodes", "items"] if table == "Targets" else ["node", "item", "quantity"]
    )
    assert not reading(**{table: [header]}).faults


def test_an_unknown_sheet_names_the_nearest_table_and_brings_no_other_fault() -> None:
    made = sheets(Demand=None)
    messages = faults(Demand=None, Demnd=BASE["Demand"])
    assert list(messages) == ["Demnd"]
    assert "did you mean 'Demand'?" in messages["Demnd"]
    assert "Demand" not in made


def test_a_misnamed_sheet_does_not_break_the_references_to_it() -> None:
    assert list(faults(Items=None, Itms=BASE["Items"])) == ["Itms"]


def test_two_sheets_for_one_table_are_a_fault() -> None:
    assert list(faults(**{"LINES ": BASE["Lines"]})) == ["LINES "]


@pytest.mark.parametrize("name", ["demand", "DEMAND", "De-mand", "Demand (units)"])
def test_sheet_names_are_compared_loosely(name: str) -> None:
    assert reading(Demand=None, **{name: BASE["Demand"]}).instance is not None


def test_an_unknown_column_names_the_nearest_and_brings_no_other_fault() -> None:
    messages = faults(Demand=[["demand", "destination", "item", "period", "quantty"], ["K1", "X", "shell", 3, 5]])
    assert list(messages) == ["Demand!E1"]
    assert "did you mean 'quantity'?" in messages["Demand!E1"]


def test_a_missing_required_column_is_a_fault_of_its_sheet() -> None:
    (fault,) = reading(Nodes=[["node", "nation"], ["F", "PL"], ["D", "PL"], ["X", "UA"]]).faults
    assert (fault.place, fault.cell) == ("Nodes", None)
    assert "the column kind is missing" in fault.message


def test_a_repeated_column_is_named() -> None:
    assert list(faults(Lines=with_column("Lines", "Unit cost", 3))) == ["Lines!E1"]


def test_values_under_no_column_name_are_named_by_the_blank_header() -> None:
    assert list(faults(Lines=with_column("Lines", None, 3))) == ["Lines!E1"]
    assert list(faults(Lines=[["line", None, "item"], ["L1", "F", "shell"]])) == ["Lines!B1"]


@pytest.mark.parametrize("column", ["note", "Notes", "#check", "note on price"])
def test_note_columns_are_ignored(column: str) -> None:
    assert not faults(Lines=with_column("Lines", column, "abc", 1))


def test_a_row_of_notes_only_is_no_row() -> None:
    rows = with_column("Lines", "note")
    rows.append([None, None, None, None, "see above"])
    rows.insert(2, [None] * 5)
    assert not faults(Lines=rows)


@pytest.mark.parametrize("unit", ["EUR", "eur", "EUR/unit", "EUR per unit", "€"])
def test_units_that_agree(unit: str) -> None:
    assert not faults(Lines=[["line", "factory", "item", f"Unit cost ({unit})"], ["L1", "F", "shell", 1]])


@pytest.mark.parametrize("unit", ["kEUR", "USD", "EUR/t", "million", "%"])
def test_units_that_do_not_agree(unit: str) -> None:
    messages = faults(Lines=[["line", "factory", "item", f"Unit cost [{unit}]"], ["L1", "F", "shell", 1]])
    assert messages == {"Lines!D1": f"found the unit {unit!r} for unit_cost, expected 'EUR/unit'"}


@pytest.mark.parametrize(
    ("found", "expected", "agrees"),
    [
        ("per unit and period", "{currency}/unit/period", True),
        ("EUR per unit and month", "{currency}/unit/period", True),
        ("per unit and period, added to the node's", "{currency}/unit/period", True),
        ("per unit", "{currency}/unit/period", False),
        ("per t", "{currency}/t", True),
        ("per kg", "{currency}/t", False),
        ("per unit started", "units/unit", True),
        ("per unit of capacity", "{currency}/unit of capacity", True),
        ("per unit", "t/unit", False),
        ("hours per period", "per period", True),
        ("hours", "per period", True),
        ("hours per day", "per period", False),
        ("per year", "per year", True),
        ("% per year", "per year", False),
    ],
)
def test_units_as_the_workbook_is_described(found: str, expected: str, agrees: bool) -> None:
    assert unit_agrees(found, expected, "EUR", "month") == agrees


@pytest.mark.parametrize(
    ("column", "good", "bad"),
    [
        ("lead_time", "months", "days"),
        ("capacity_t", "t/month", "kg"),
        ("capacity_m3", "m³", "t"),
        ("cost", "EUR/t", "EUR/unit"),
    ],
)
def test_units_of_other_columns(column: str, good: str, bad: str) -> None:
    assert not faults(Routes=with_column("Routes", f"{column} ({good})", 1))
    assert list(faults(Routes=with_column("Routes", f"{column} ({bad})", 1))) == ["Routes!E1"]


def test_units_follow_the_currency_of_settings() -> None:
    settings = [*BASE["Settings"], ["currency", "USD"]]
    lines = [["line", "factory", "item", "unit cost (USD)"], ["L1", "F", "shell", 1]]
    assert not faults(Settings=settings, Lines=lines)
    assert list(faults(Lines=lines)) == ["Lines!D1"]


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        ([["start", "2026-01"], ["periods", 12], ["objectiv", "weighted"]], "Settings!A4"),
        ([["start", "2026-01"], ["periods", 12], ["Periods", 13]], "Settings!A4"),
        ([["start", "2026-01"]], "Settings"),
        ([["start", "2026-01"], ["periods", None]], "Settings!B3"),
        ([["start", "2026-01"], ["periods", 12], ["objective", "fast"]], "Settings!B4"),
        ([["start", "2026-01"], ["periods", 12], ["fiscal_year_start", 13]], "Settings!B4"),
        ([["start", "2026-01"], ["periods", 12], ["format", 2]], "Settings!B4"),
        ([["start", "2026-01"], ["periods", 12], ["discount_rate (%)", 3]], "Settings!A4"),
    ],
)
def test_faulty_settings(rows: list[list[Any]], place: str) -> None:
    messages = faults(Settings=[["key", "value"], *rows], Items=[["item", "value"], ["shell", 1], ["fuze", 1]])
    assert list(messages) == [place]


def test_settings_are_read() -> None:
    rows = [["start", "2026-07"], ["periods", 8], ["Period length", "Quarter"], ["title", "T"], ["marking", "M"]]
    rows += [
        ["currency", "USD"],
        ["discount rate (per year)", 0.05],
        ["fiscal_year_start", 4],
        ["level_tolerance", 0.01],
    ]
    found = instance(Settings=[["key", "value"], *rows])
    assert (found.horizon.periods, found.horizon.period_length, found.horizon.fiscal_year_start) == (8, "quarter", 4)
    made = found.settings
    assert (made.title, made.marking, made.currency, made.discount_rate) == ("T", "M", "USD", 0.05)
    assert (made.level_tolerance, made.objective) == (0.01, "lexicographic")


def test_a_repeated_key_is_named_with_the_first() -> None:
    items = [["item"], ["shell"], ["fuze"], ["shell"]]
    assert faults(Items=items) == {"Items!A4": "found 'shell' a second time; row 2 has it already"}


def test_a_repeated_key_of_several_columns() -> None:
    rows = [["node", "item", "storage"], ["D", "shell", 1], ["D", "fuze", 2], ["D", "shell", 3]]
    assert faults(NodeItems=rows) == {
        "NodeItems!A4": "found node 'D', item 'shell' a second time; row 2 has it already"
    }


@pytest.mark.parametrize(
    ("table", "rows", "place"),
    [
        ("Routes", [["origin", "destination"], ["F", "D"], ["D", "X"], ["F", "D"]], "Routes!A4"),
        ("Routes", [["route", "origin", "destination"], [None, "F", "D"], [None, "D", "X"], ["F>D", "F", "X"]], "Routes!A4"),
        ("Lines", [["factory", "item"], ["F", "shell"], ["F", "shell"]], "Lines!A3"),
        ("Demand", [["demand", "destination", "item", "period", "quantity"], ["K", "X", "shell", 1, 1], ["K", "X", "shell", 2, 1]], "Demand!A3"),
        ("Capacity", [["object", "period", "quantity"], ["L1", 2, 1], ["L1", "2026-02", 1]], "Capacity!B3"),
        ("Capacity", [["object", "period", "quantity"], ["L1", 2, 1], ["L1", "2026-Q1", 1]], "Capacity!B3"),
    ],
)  # fmt: skip
def test_repeated_keys(table: str, rows: list[list[Any]], place: str) -> None:
    assert list(faults(**{table: rows})) == [place]


def test_blank_names() -> None:
    found = instance(
        Routes=[["origin", "destination", "mode"], ["F", "D", "road"], ["D", "X", None]],
        Lines=[["factory", "item"], ["F", "shell"]],
        Demand=[["destination", "item", "period", "quantity"], ["X", "shell", 1, 1], [None] * 4, ["X", "shell", 1, 1]],
        Targets=[["nodes", "items", "quantity"], ["D", "shell", 5]],
    )
    assert list(found.legs) == ["F>D:road", "D>X"]
    assert list(found.lines) == ["F:shell"]
    assert [demand.name for demand in found.demands] == ["Demand 2", "Demand 4"]
    assert list(found.targets) == ["Target 2"]


def test_blank_names_may_be_referred_to() -> None:
    assert not faults(
        Lines=[["factory", "item"], ["F", "shell"]], Capacity=[["object", "period", "quantity"], ["F:shell", 1, 2]]
    )


@pytest.mark.parametrize(
    ("table", "rows", "place", "near"),
    [
        ("Lines", [["factory", "item"], ["F", "shel"]], "Lines!B2", "did you mean 'shell'?"),
        ("Routes", [["origin", "destination"], ["f", "D"]], "Routes!A2", "did you mean 'F'?"),
        ("Nodes", [["node", "kind", "nation"], ["F", "factory", "PLL"], ["D", "depot", None], ["X", "market", None]], "Nodes!C2", "'PL'"),
        ("Demand", [["commitment", "destination", "item", "period", "quantity"], ["C", "X", "shell", 1, 1]], "Demand!A2", "none in Commitments"),
        ("Lines", [["factory", "item", "resource"], ["F", "shell", "press"]], "Lines!C2", "none in Resources"),
        ("Lines", [["factory", "item", "currency"], ["F", "shell", "USD"]], "Lines!C2", "known: EUR"),
        ("Capacity", [["object", "period", "quantity"], ["L11", 1, 1]], "Capacity!A2", "did you mean 'L1'?"),
        ("Routes", [["origin", "destination", "excludes"], ["F", "D", "fuze; ammunition"]], "Routes!C2", "'ammo'"),
        ("Routes", [["origin", "destination", "excludes"], ["F", "D", "fuze, ammo"]], "Routes!C2", "names of a list are separated by ;"),
        ("Routes", [["origin", "destination", "excludes"], ["F", "D", "fu\u0437e"]], "Routes!C2", "(character 3 of what was found is CYRILLIC SMALL LETTER ZE)"),
        ("Nodes", [["node", "kind", "nation"], ["F", "factory", "PŁ"], ["D", "depot", None], ["X", "market", None]], "Nodes!C2", "did you mean 'PL'?"),
    ],
)  # fmt: skip
def test_broken_references_name_the_nearest(table: str, rows: list[list[Any]], place: str, near: str) -> None:
    messages = faults(**{table: rows})
    assert list(messages) == [place]
    assert near in messages[place]


def test_a_full_name_in_place_of_a_code_is_told_the_code() -> None:
    """Tables refer to rows by their first column; what a person reads is in the column name beside it."""
    items = [["item", "name"], ["shell", "155 mm round"], ["powder", None]]
    lines = [["factory", "item"], ["F", "155 MM round"]]
    demand = [["destination", "item", "period", "quantity"], ["X", "155 mm rounds", 1, 1]]
    messages = faults(Items=items, Lines=lines, Demand=demand)
    assert (
        messages["Lines!B2"] == "found '155 MM round', expected an item of Items, did you mean 'shell' (155 MM round)?"
    )
    assert "'shell' (" not in messages["Demand!B2"], "of two things one may be called nearly like the other"


def test_a_letter_of_another_alphabet_is_counted_where_it_stands() -> None:
    """The same letter comes before, where it is right."""
    assert "(character 7 of what was found is LATIN SMALL LETTER I)" in suggestion("ді i кi", ["ді i кі"])


def test_an_accent_of_its_own_is_told_from_a_letter_with_one() -> None:
    nodes = [["node", "kind"], ["Cité", "factory"], ["D", "depot"], ["X", "market"]]
    routes = [["origin", "destination"], ["Cite\u0301", "D"]]
    lines = [["factory", "item"], ["Cité", "shell"]]
    (message,) = faults(Nodes=nodes, Routes=routes, Lines=lines).values()
    assert message.endswith("'Cité'? (they look the same, but an accent is a character of its own in one of them)")


def test_a_column_name_on_two_lines_is_shown_on_one() -> None:
    (fault,) = reading(Demand=[["destination", "item", "period", "Quan\ntity (units)"], ["X", "shell", 3, -1]]).faults
    assert fault.column == "Quan tity"


def test_groups_and_categories_may_be_listed() -> None:
    found = instance(
        Routes=[
            ["route", "origin", "destination", "excludes"],
            ["R1", "F", "D", "ammo; fuze"],
            ["R2", "D", "X", "ammo"],
        ],
        Targets=[["target", "nodes", "items", "quantity"], ["T", "EU; X", "ammo; shell; fuze", 5]],
    )
    assert found.legs["R1"].excluded == {"shell", "fuze"}
    assert found.legs["R2"].excluded == {"shell"}
    assert found.targets["T"].nodes == ("D", "X")
    assert found.targets["T"].items == ("shell", "fuze")


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"Items": [["item", "category"], ["shell", "fuze"], ["fuze", None]]}, "Items!B2"),
        ({"Nations": [["nation", "groups"], ["PL", "EU"], ["DE", "PL"], ["UA", None]]}, "Nations!B3"),
        ({"Nodes": [["node", "kind", "nation"], ["F", "factory", "PL"], ["D", "depot", "PL"], ["X", "market", "UA"], ["PL", "depot", "PL"]]}, "Nodes!A5"),
        ({"Lines": [["line", "factory", "item"], ["R1", "F", "shell"]]}, "Lines!A2"),
        ({"Lines": [["line", "factory", "item"], ["D", "F", "shell"]]}, "Lines!A2"),
        ({"Resources": [["resource"], ["X"]]}, "Resources!A2"),
        ({"Routes": [["route", "origin", "destination"], ["D", "D", "X"]]}, "Routes!A2"),
    ],
)  # fmt: skip
def test_one_name_may_not_mean_two_sets(changes: dict[str, list[list[Any]]], place: str) -> None:
    messages = faults(**changes)
    assert list(messages) == [place]
    assert "one name may not mean two different sets" in messages[place]


def test_a_name_that_means_the_same_set_either_way_is_allowed() -> None:
    nodes = [
        ["node", "kind", "nation"],
        ["F", "factory", "PL"],
        ["D", "depot", "PL"],
        ["X", "market", None],
        ["UA", "depot", "UA"],
    ]
    assert not faults(Nodes=nodes, Items=[["item", "category"], ["shell", "shell"], ["fuze", None]])


@pytest.mark.parametrize(
    ("table", "row", "column", "value"),
    [
        ("Items", 1, 0, 7.5),
        ("Nodes", 1, 0, True),
        ("Nations", 1, 0, None),
        ("Nations", 1, 1, True),
        ("Nodes", 1, 1, "fabric"),
    ],
)
def test_faults_of_a_name_do_not_reappear_where_it_is_used(table: str, row: int, column: int, value: Any) -> None:
    made = sheets(
        Commitments=[["commitment", "nations"], ["C", "PL; NATO"]],
        Targets=[["nodes", "items", "quantity"], ["PL; NATO", "shell", 1]],
        Lines=[["factory", "item"], ["F", "shell"]],
        Capacity=[["object", "period", "quantity"], ["F:shell", 1, 1]],
    )
    made[table][row][column] = value
    assert list(faults(**made)) == [f"{table}!{'AB'[column]}{row + 1}"]


def test_all_faults_are_reported_at_once_in_the_order_of_the_sheets() -> None:
    messages = faults(
        Settings=[*BASE["Settings"], ["colour", "red"]],
        Lines=[["line", "factory", "item", "unit_cost"], ["L1", "G", "shell", -1], ["L2", "F", "fuse", "x"]],
        Demand=[["destination", "item", "period", "quantity"], ["X", "shell", 99, 1]],
    )
    assert list(messages) == ["Settings!A5", "Lines!B2", "Lines!D2", "Lines!C3", "Lines!D3", "Demand!C2"]
