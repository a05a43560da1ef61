"""From typed tables to the planning instance."""

from __future__ import annotations

from math import inf
from typing import Any

from planner.domain.instance import Budget, EligibilityRule, Supply
from tests.unit.workbook.sheets import BASE, instance, reading, with_column


def test_money_is_converted_to_the_currency_of_settings() -> None:
    found = instance(
        Currencies=[["currency", "rate"], ["USD", 0.8], ["EUR", 1]],
        Lines=[
            ["line", "factory", "item", "unit_cost", "currency"],
            ["L1", "F", "shell", 10, "USD"],
            ["L2", "F", "fuze", 10, None],
        ],
        Funds=[["fund", "ceiling", "currency"], ["A", 100, "USD"], ["B", None, "USD"]],
        Budgets=[["fund", "year", "amount", "currency"], ["A", 2026, 50, "USD"], ["A", 2026, 50, "EUR"]],
    )
    assert [line.unit_cost for line in found.lines.values()] == [8, 10]
    assert [fund.ceiling for fund in found.funds.values()] == [80, inf]
    assert found.funds["A"].budgets == (Budget("A", 2026, 90),)


def test_capacity_rows_replace_the_fixed_capacity() -> None:
    found = instance(
        Lines=with_column("Lines", "capacity", 7),
        Resources=[["resource", "capacity"], ["press", 5]],
        Capacity=[["object", "period", "quantity"], ["L1", 2, 0], ["press", 12, 9], ["R1", 1, 3], ["D", "2026-Q1", 4]],
    )
    assert found.lines["L1"].capacity == (7, 0, *[7] * 10)
    assert found.resources["press"].capacity == (*[5] * 11, 9)
    assert found.legs["R1"].capacity_t == (3, *[inf] * 11)
    assert found.nodes["D"].storage_t == (4, 4, 4, *[inf] * 9)


def test_a_transit_node_stores_nothing_unless_told() -> None:
    rows = [
        ["node", "kind", "storage_t", "storage_m3"],
        ["F", "transit", None, None],
        ["D", "transit", None, 5],
        ["X", "transit", 0, None],
    ]
    found = instance(Nodes=rows).nodes
    assert [(set(node.storage_t), node.storage_by_default) for node in found.values()] == [
        ({0}, True),
        ({inf}, False),
        ({0}, False),
    ]


def test_nodes_close_within_the_horizon_only_before_its_last_period() -> None:
    rows = [
        ["node", "kind", "opens", "closes"],
        ["F", "factory", None, 11],
        ["D", "depot", 3, 12],
        ["X", "market", None, "2030"],
    ]
    found = instance(Nodes=rows).nodes
    assert [node.closing for node in found.values()] == [10, None, None]
    assert [node.open for node in found.values()] == [range(11), range(2, 12), range(12)]


def test_lines_complete_within_their_own_and_their_nodes_window_and_not_before_the_first_order() -> None:
    lines = [["line", "factory", "item", "opens", "closes", "order_lead_time"]]
    lines += [
        ["A", "F", "shell", None, None, None],
        ["B", "F", "shell", 2, 5, None],
        ["C", "F", "shell", None, None, 4],
        ["E", "F", "shell", None, 2, 4],
    ]
    nodes = [
        ["node", "kind", "opens", "closes"],
        ["F", "factory", 3, 10],
        ["D", "depot", None, None],
        ["X", "market", None, None],
    ]
    found = instance(Nodes=nodes, Lines=lines).lines
    assert [list(line.open) for line in found.values()] == [list(range(2, 10)), [2, 3, 4], list(range(4, 10)), []]


def test_both_ways_gives_a_second_leg_of_its_own_name() -> None:
    routes = [
        ["route", "origin", "destination", "both_ways", "lead_time"],
        ["R", "F", "D", "yes", 2],
        ["R~back", "D", "X", None, None],
    ]
    legs = instance(Routes=routes).legs
    assert [(leg.name, leg.route, leg.origin, leg.destination, leg.lead_time) for leg in legs.values()] == [
        ("R", "R", "F", "D", 2),
        ("R~back~", "R", "D", "F", 2),
        ("R~back", "R~back", "D", "X", 0),
    ]


def test_components_go_to_the_lines_that_are_not_at_a_market_and_named_rows_add() -> None:
    found = instance(
        Items=[["item"], ["shell"], ["fuze"], ["wire"]],
        Nodes=[*BASE["Nodes"], ["M", "market", None]],
        Lines=[["line", "factory", "item"], ["L1", "F", "shell"], ["L2", "D", "shell"], ["offer", "M", "shell"]],
        Components=[
            ["item", "component", "quantity", "line"],
            ["shell", "fuze", 1, None],
            ["shell", "fuze", 2, "L2"],
            ["shell", "wire", 3, "L2"],
            ["shell", "wire", 4, "offer"],
            ["shell", "wire", 0, None],
        ],
    )
    parts = {name: line.components for name, line in found.lines.items()}
    assert parts == {"L1": {"fuze": 1}, "L2": {"fuze": 3, "wire": 3}, "offer": {"wire": 4}}


def test_resources_of_a_line() -> None:
    found = instance(
        Resources=[["resource", "factory"], ["press", "F"], ["oven", None]],
        Lines=[
            ["line", "factory", "item", "resource", "resource_use"],
            ["L1", "F", "shell", "press", None],
            ["L2", "F", "fuze", None, 3],
        ],
        ResourceUse=[["line", "resource", "use"], ["L1", "oven", 2.5], ["L2", "press", 0]],
    )
    assert found.lines["L1"].resources == {"press": 1, "oven": 2.5}
    assert found.lines["L2"].resources == {}


def test_content_follows_from_the_nation_where_none_is_given() -> None:
    found = instance(
        Lines=with_column("Lines", "content", None, "DE:0.4; UA:0.6"),
        Resources=[["resource", "factory"], ["press", "F"], ["oven", None]],
        Expansions=[
            ["expansion", "line", "resource", "node", "route", "cost", "content"],
            ["e1", "L2", None, None, None, 1, None],
            ["e2", None, "press", None, None, 1, None],
            ["e3", None, "oven", None, None, 1, None],
            ["e4", None, None, "D", None, 1, "DE:1; PL:0"],
            ["e5", None, None, None, "R1", 1, None],
        ],
    )
    assert found.lines["L1"].content == {"PL": 1}
    assert [e.content for e in found.expansions.values()] == [{"DE": 0.4, "UA": 0.6}, {"PL": 1}, {}, {"DE": 1}, {}]
    assert [e.kind for e in found.expansions.values()] == ["line", "resource", "resource", "node", "route"]


def test_expansions_are_bought_only_while_they_can_still_be_ready() -> None:
    rows = [
        ["expansion", "line", "cost", "first", "last", "lead_time"],
        ["a", "L1", 1, 3, 20, 4],
        ["b", "L1", 1, None, None, 12],
    ]
    found = instance(Expansions=rows).expansions
    assert [list(e.buy) for e in found.values()] == [[2, 3, 4, 5, 6, 7], []]


def test_stocks_with_the_same_key_add_up() -> None:
    rows: list[list[Any]] = [["node", "item", "quantity", "period", "age"]]
    rows += [
        ["D", "shell", 5, None, 2],
        ["D", "shell", 6, None, 2],
        ["D", "shell", 7, 1, None],
        ["D", "shell", 0, 2, None],
    ]
    assert instance(Stocks=rows).supplies == (
        Supply("D", "shell", 11, age=2),
        Supply("D", "shell", 7, period=0, opening=False),
    )


def test_binding_follows_the_commitment_unless_the_demand_says_otherwise() -> None:
    found = instance(
        Commitments=[["commitment", "binding", "nations"], ["C", "yes", "EU; UA"]],
        Demand=[
            ["demand", "commitment", "destination", "item", "period", "quantity", "binding", "max_delay"],
            ["a", "C", "X", "shell", 11, 1, None, 3],
            ["b", "C", "X", "shell", 2, 1, "no", 1],
            ["c", None, "X", "shell", 2, 1, None, None],
        ],
    )
    assert [demand.binding for demand in found.demands] == [True, False, False]
    assert [list(demand.window) for demand in found.demands] == [[10, 11], [1, 2], [1]]
    assert found.commitments["C"].nations == ("PL", "DE", "UA")


def test_funds_with_budgets_and_eligibility() -> None:
    settings = [
        ["key", "value"],
        ["start", "2026-03"],
        ["periods", 24],
        ["objective", "weighted"],
        ["fiscal_year_start", 4],
    ]
    found = instance(
        Settings=settings,
        Events=[["event", "period"], ["vote", None], ["treaty", 5]],
        Funds=[
            ["fund", "carry_over", "content_group", "opens"],
            ["A", "yes", "EU; PL", None],
            ["B", None, None, "vote"],
        ],
        Budgets=[
            ["fund", "contributor", "year", "amount", "from"],
            ["A", "PL", 2024, 1, None],
            ["A", "PL", 2026, 2, None],
            ["A", "PL", 2026, 3, "treaty"],
            ["A", None, 2026, 4, "2026-04"],
            ["A", None, 2026, 5, None],
            ["A", "DE", 2031, 6, None],
            ["B", "DE", 2026, 7, "vote+1"],
        ],
        Eligibility=[
            ["fund", "cost types", "items", "producers", "tier"],
            ["A", "Works; training", "ammo", "NATO", 2],
            ["A", None, None, None, None],
        ],
    )
    assert found.funds["A"].budgets == (
        Budget("PL", 2024, 1, 0),
        Budget("PL", 2026, 2, 1),
        Budget("PL", 2026, 3, 4),
        Budget("A", 2026, 9, 1),
        Budget("DE", 2031, 6, 24),
    )
    assert found.funds["A"].content_group == {"PL", "DE"}
    assert found.funds["A"].eligibility == (
        EligibilityRule(frozenset({"works", "training"}), frozenset({"shell"}), frozenset({"PL"}), None, 2),
        EligibilityRule(),
    )
    assert list(found.funds["B"].open) == []
    assert found.funds["B"].budgets == (Budget("DE", 2026, 7, 24),)
    assert found.removed_by_events == (
        "Funds, row 3: 'vote' does not happen in the horizon; it never opens",
        "Budgets, row 8: 'vote' does not happen in the horizon; the money never comes",
    )


def test_policies_are_spelled_out() -> None:
    rows = [["policy", "kind", "items", "nations", "nodes", "routes", "from", "to"]]
    rows += [
        ["P", "forbid", "ammo", "EU", None, None, 3, 4],
        ["Q", "forbid", None, None, "PL; X", "R1; R2", None, None],
    ]
    first, second = instance(Policies=rows).policies
    assert (first.items, list(first.periods)) == ({"shell"}, [2, 3])
    assert list(first.places) == ["EU"]  # one share for the group as a whole
    assert (second.items, second.routes) == ({"shell", "fuze"}, ("R1", "R2"))
    assert second.places == {"PL": {"F", "D"}, "X": {"X"}}
    assert second.nodes == {"F", "D", "X"}


def test_nothing_is_ignored_silently() -> None:
    found = instance(
        Nations=[
            ["nation", "groups", "contribution_min", "contribution_max", "work_share_min"],
            ["PL", None, 0.1, 0.5, 0.8],
            ["DE", None, None, 0.4, None],
            ["UA", None, None, None, None],
        ],
        Nodes=[*[[*row, access] for row, access in zip(BASE["Nodes"], ["access", None, "PL; UA", None], strict=True)]],
        Routes=with_column("Routes", "nations", "PL"),
        Stocks=[["node", "item", "nation", 1, 2], ["D", "shell", "PL", 3, 4]],
        Funds=[["fund", "min_nations", "basis"], ["A", 3, "commitment"], ["B", None, "cash"]],
        Eligibility=[["fund", "beneficiaries", "tier"], ["A", "UA", 2], ["A", None, 1]],
        Contingencies=[["contingency", "period"], ["attack", 3]],
        Surge=[
            ["contingency", "destination", "item", "quantity"],
            ["attack", "X", "shell", 5],
            ["attack", "X", "fuze", 5],
        ],
        Disruptions=[["kind", "name", "factor"], ["node", "D", 0]],
        Options=[["option", "table", "column", "change", "value"], ["more", "Lines", "capacity", "scale", 2]],
        Actuals=[["period", "kind", "line", "quantity"], [1, "made", "L1", 2]],
    )
    assert [rule.split(":")[0] for rule in found.not_enforced] == ["Actuals (1 row)"]  # all others are enforced
    assert instance().not_enforced == ()


def test_tranches_without_money_are_listed() -> None:
    funds, tranches = [["fund"], ["A"]], [["fund", "period", "amount"], ["A", 1, 5], ["A", 2, 9]]
    alone = instance(Funds=funds, Tranches=tranches)
    assert alone.not_enforced == ("Tranches (2 rows): without Budgets money is counted, and nobody pays",)
    budgets = [["fund", "year", "amount"], ["A", 2026, 20]]
    limited = instance(Funds=funds, Tranches=tranches, Budgets=budgets)
    assert limited.not_enforced == ()
    assert [(tranche.period, tranche.amount) for tranche in limited.funds["A"].tranches] == [(0, 5.0), (1, 9.0)]


def test_the_same_input_as_text_gives_the_same_instance() -> None:
    assert reading(textual=True).instance == reading().instance
