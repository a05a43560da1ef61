"""Rules that no single cell shows."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.workbook.sheets import BASE, faults, instance, reading, with_column

Rows = list[list[Any]]

LEXICOGRAPHIC: Rows = [["key", "value"], ["start", "2026-01"], ["periods", 12]]


def expansions(*row: Any) -> Rows:
    return [["expansion", "line", "resource", "node", "route", "cost"], ["E", *row, 5]]


@pytest.mark.parametrize(
    ("row", "place"),
    [
        (("L1", None, None, None), None),
        ((None, None, "D", None), None),
        ((None, None, None, "R1"), None),
        ((None, None, None, None), "Expansions!A2"),
        (("L1", None, "D", None), "Expansions!D2"),
        (("L1", None, None, "R1"), "Expansions!E2"),
    ],
)
def test_an_expansion_widens_exactly_one_thing(row: tuple[Any, ...], place: str | None) -> None:
    assert list(faults(Expansions=expansions(*row))) == ([place] if place else [])


def test_a_route_leads_somewhere_else() -> None:
    routes = [["route", "origin", "destination"], ["R1", "F", "D"], ["R2", "D", "D"]]
    assert list(faults(Routes=routes)) == ["Routes!C3"]


def test_resource_use_does_not_repeat_the_resource_of_the_line() -> None:
    made = {
        "Lines": with_column("Lines", "resource", "press"),
        "Resources": [["resource"], ["press"], ["oven"]],
        "ResourceUse": [["line", "resource", "use"], ["L1", "oven", 1], ["L2", "press", 1], ["L1", "press", 2]],
    }
    assert list(faults(**made)) == ["ResourceUse!B4"]


@pytest.mark.parametrize(
    ("rows", "place", "words"),
    [
        ([["shell", "shell", 1]], "Components!B2", "shell needs shell"),
        ([["shell", "fuze", 1], ["fuze", "shell", 1]], "Components!B3", "fuze needs shell needs fuze"),
        (
            [["shell", "fuze", 1], ["fuze", "shell", 1], ["shell", "wire", 1]],
            "Components!B3",
            "fuze needs shell needs fuze",
        ),
    ],
)
def test_a_component_cycle_is_named(rows: Rows, place: str, words: str) -> None:
    components = [["item", "component", "quantity"], *rows]
    messages = faults(Items=[["item"], ["shell"], ["fuze"], ["wire"]], Components=components)
    assert list(messages) == [place]
    assert words in messages[place]


def test_a_component_row_names_a_line_of_its_item() -> None:
    messages = faults(Components=[["item", "component", "quantity", "line"], ["shell", "fuze", 1, "L2"]])
    assert messages == {"Components!D2": "found 'L2', which makes 'fuze'; expected a line of 'shell': L1"}


@pytest.mark.parametrize(
    ("row", "places"),
    [
        ((5, None), []),
        ((None, 30), []),
        ((0, None), []),
        ((None, None), ["Targets!D2"]),
    ],
)
def test_a_target_wants_something(row: tuple[Any, ...], places: list[str]) -> None:
    rows = [["target", "nodes", "items", "quantity", "days of supply"], ["T", "D", "shell", *row]]
    assert list(faults(Targets=rows)) == places


def test_a_target_is_somewhere() -> None:
    rows = [["target", "nodes", "items", "quantity"], ["T", "PL", "shell", 1], ["U", "UA", "shell", 1]]
    assert list(faults(Targets=rows)) == ["Targets!B3"]


@pytest.mark.parametrize(
    ("row", "places"),
    [
        (("forbid", "PL", None, None, None), []),
        (("forbid", None, None, "R1", None), []),
        (("forbid", None, None, None, None), ["Policies!B2"]),
        (("largest_share", "PL", None, None, 0.5), []),
        (("largest_share", "PL", None, None, None), ["Policies!F2"]),
        (("smallest share", None, "F", None, None), ["Policies!F2"]),
    ],
)
def test_policies_say_where_and_how_much(row: tuple[Any, ...], places: list[str]) -> None:
    assert list(faults(Policies=[["policy", "kind", "nations", "nodes", "routes", "share"], ["P", *row]])) == places


NODES = [
    ["node", "kind", "opens", "closes"],
    ["F", "factory", None, None],
    ["D", "depot", 3, 6],
    ["X", "market", None, None],
]


@pytest.mark.parametrize(("period", "places"), [(3, []), (6, []), (2, ["Stocks!D2"]), (7, ["Stocks!D2"]), (None, [])])
def test_goods_on_order_arrive_while_the_node_is_open(period: Any, places: list[str]) -> None:
    stocks = [["node", "item", "quantity", "period"], ["D", "shell", 5, period]]
    assert list(faults(Nodes=NODES, Stocks=stocks)) == places


def test_goods_on_order_in_the_wide_form_are_named_by_their_quantity() -> None:
    stocks = [["node", "item", 2, 3], ["D", "shell", None, 5], ["D", "fuze", 1, None]]
    assert list(faults(Nodes=NODES, Stocks=stocks)) == ["Stocks!C3"]


def test_nothing_lies_at_a_node_that_closed_before_the_horizon() -> None:
    nodes = [["node", "kind", "closes"], ["F", "factory", None], ["D", "depot", "2025-06"], ["X", "market", None]]
    assert list(faults(Nodes=nodes, Stocks=[["node", "item", "quantity"], ["D", "shell", 5]])) == ["Stocks!A2"]


def test_the_currency_of_settings_is_worth_itself() -> None:
    assert list(faults(Currencies=[["currency", "rate"], ["USD", 0.9], ["EUR", 1.1]])) == ["Currencies!B3"]


def test_a_least_content_says_whose() -> None:
    rows = [["fund", "content_group", "content_min"], ["A", "EU", 0.65], ["B", None, 0.65], ["C", "EU; UA", None]]
    assert list(faults(Funds=rows)) == ["Funds!C3"]


def test_interest_on_what_is_no_loan_is_a_warning() -> None:
    found = reading(Funds=[["fund", "kind", "interest"], ["A", "loan", 0.03], ["B", "grant", 0.03]])
    assert found.instance is not None
    assert [fault.place for fault in found.warnings] == ["Funds!C3"]


def test_least_and_largest_contribution() -> None:
    rows = [["nation", "contribution_min", "contribution_max"], ["PL", 0.2, 0.1], ["DE", 0.1, 0.2], ["UA", 0.1, None]]
    assert list(faults(Nations=rows, Nodes=[["node", "kind"], ["F", "factory"], ["D", "depot"], ["X", "market"]])) == [
        "Nations!C2"
    ]


@pytest.mark.parametrize(
    ("lines", "missing"),
    [
        ([["line", "factory", "item", "unit_cost"], ["L1", "F", "shell", 10]], False),
        ([["line", "factory", "item"], ["L1", "F", "shell"]], True),
        ([["line", "factory", "item", "unit_cost"], ["L2", "F", "fuze", 10]], True),
    ],
)
def test_a_value_is_needed_where_none_follows(lines: Rows, missing: bool) -> None:
    messages = faults(Settings=LEXICOGRAPHIC, Lines=lines, Items=[["item", "value"], ["shell", None], ["fuze", None]])
    assert list(messages) == (["Items!B2"] if missing else [])
    assert not missing or "lexicographic objective needs a value" in messages["Items!B2"]


def test_a_value_is_needed_for_targets_and_surge_too_but_not_under_the_weighted_objective() -> None:
    made: dict[str, Rows] = {
        "Items": [["item", "value"], ["shell", 5], ["fuze", None], ["wire", None], ["bolt", None]],
        "Lines": [["line", "factory", "item"], ["L1", "F", "shell"]],
        "Targets": [["nodes", "items", "quantity"], ["D", "fuze", 1]],
        "Contingencies": [["contingency", "period"], ["attack", 3]],
        "Surge": [["contingency", "destination", "item", "quantity"], ["attack", "X", "wire", 1]],
    }
    assert list(faults(Settings=LEXICOGRAPHIC, **made)) == ["Items!B3", "Items!B4"]
    assert not faults(**made)


def test_the_value_follows_the_cheapest_line_with_its_components() -> None:
    found = instance(
        Settings=LEXICOGRAPHIC,
        Items=[["item"], ["shell"], ["fuze"], ["wire"]],
        Nodes=[*BASE["Nodes"], ["M", "market", None]],
        Lines=[
            ["line", "factory", "item", "unit_cost", "yield"],
            ["L1", "F", "shell", 10, 0.5],
            ["L2", "F", "fuze", 2, None],
            ["offer", "M", "shell", 30, None],
        ],
        Components=[["item", "component", "quantity"], ["shell", "fuze", 3], ["fuze", "wire", 9]],
    )
    assert found.unit_values == {"shell": 10 + 3 * 2 / 0.5, "fuze": 2}
    assert found.lines["offer"].components == {}


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        (["attack", "node", "D"], None),
        ([None, "route", "R1"], None),
        (["attack", "node", "R1"], "Disruptions!C2"),
        (["raid", "node", "D"], "Disruptions!A2"),
        (["attack", "depot", "D"], "Disruptions!B2"),
    ],
)
def test_disruptions(rows: list[Any], place: str | None) -> None:
    made = {
        "Contingencies": [["contingency", "period"], ["attack", 3]],
        "Disruptions": [["contingency", "kind", "name", "factor"], [*rows, 0.5]],
    }
    assert list(faults(**made)) == ([place] if place else [])


@pytest.mark.parametrize(
    ("row", "place"),
    [
        (["more", "Lines", "line=L1; item=shell", "capacity", "scale", 2], None),
        (["more", "lines", None, "Unit cost", "set", 2], None),
        (["late", "Settings", None, "objective", "set", "weighted"], None),
        (["base", "Lines", None, "capacity", "scale", 2], "Options!A2"),
        (["more", "Lnes", None, "capacity", "scale", 2], "Options!B2"),
        (["more", "Lines", "L1", "capacity", "scale", 2], "Options!C2"),
        (["more", "Lines", "lne=L1", "capacity", "scale", 2], "Options!C2"),
        (["more", "Lines", None, "capcity", "scale", 2], "Options!D2"),
        (["more", "Lines", None, "capacity", "double", 2], "Options!E2"),
        (["more", "Lines", None, "capacity", "scale", "twice"], "Options!F2"),
        (["more", "Lines", None, "capacity", "set", -1], "Options!F2"),
    ],
)
def test_options(row: list[Any], place: str | None) -> None:
    messages = faults(Options=[["option", "table", "where", "column", "change", "value"], row])
    assert list(messages) == ([place] if place else [])


@pytest.mark.parametrize(
    ("row", "places"),
    [
        ([1, "made", "L1", None, None, 5], []),
        ([1, "made", None, None, None, 5], ["Actuals!C2"]),
        ([1, "shipped", None, "R1", "shell", 5], []),
        ([1, "shipped", None, "R1", None, 5], ["Actuals!E2"]),
        ([1, "lost", None, "R1", None, 5], ["Actuals!B2"]),
    ],
)
def test_actuals(row: list[Any], places: list[str]) -> None:
    assert list(faults(Actuals=[["period", "kind", "line", "route", "item", "quantity"], row])) == places
