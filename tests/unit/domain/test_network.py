"""The network graphs on a world small enough to follow by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from math import inf

import pytest

from planner.domain.horizon import Horizon
from planner.domain.instance import Expansion, Item, Leg, Node, NodeItem, PlanningInstance, Settings
from planner.domain.network import (
    may_hold,
    network,
    positions,
    reachable,
    time_expanded,
)
from planner.domain.rules import Policy

PERIODS = 4
ALWAYS = range(PERIODS)


def node(name: str, kind: str = "depot", storage: float = inf, opened: range = ALWAYS, **more: object) -> Node:
    closing = opened[-1] if opened and opened[-1] < PERIODS - 1 else None
    return Node(name, kind, opened, storage_t=(storage,) * PERIODS, closing=closing, **more)  # type: ignore[arg-type]


def leg(origin: str, destination: str, lead_time: int, opened: range = ALWAYS, mode: str = "", **more: object) -> Leg:
    name = f"{origin}>{destination}:{mode}"
    capacity = (inf,) * PERIODS
    return Leg(name, name, origin, destination, opened, mode, lead_time, capacity_t=capacity, **more)  # type: ignore[arg-type]


def world(nodes: list[Node], legs: list[Leg], **more: object) -> PlanningInstance:
    return PlanningInstance(
        Settings(),
        Horizon(date(2026, 1, 1), PERIODS),
        items={"radar": Item("radar"), "service": Item("service", weight_t=0.0)},
        nodes={each.name: each for each in nodes},
        legs={each.name: each for each in legs},
        **more,  # type: ignore[arg-type]
    )


@pytest.fixture
def chain() -> PlanningInstance:
    """F –1→ X (transit, no storage) –1→ D; a slow way F –3→ D beside it."""
    return world(
        [node("F", "factory", nation="PL"), node("X", "transit", storage=0), node("D", "destination")],
        [leg("F", "X", 1), leg("X", "D", 1), leg("F", "D", 3, mode="sea")],
    )


def test_network_keeps_what_a_picture_needs(chain: PlanningInstance) -> None:
    graph = network(chain)
    assert graph.nodes["F"]["kind"] == "factory"
    assert graph.nodes["F"]["nation"] == "PL"
    assert graph.edges["F", "D", "F>D:sea"]["lead_time"] == 3
    assert graph.edges["F", "D", "F>D:sea"]["mode"] == "sea"
    assert graph.number_of_edges() == 3


def test_goods_move_with_their_lead_time_and_wait_where_storage_allows(chain: PlanningInstance) -> None:
    graph = time_expanded(chain, "radar")
    assert graph.has_edge(("F", 0), ("F", 1))
    assert not graph.has_edge(("X", 1), ("X", 2))
    assert graph.has_edge(("F", 0), ("X", 1))
    assert graph.has_edge(("F", 0), ("D", 3))
    assert not graph.has_edge(("F", 1), ("D", 4))  # would arrive after the horizon
    assert reachable(graph, [("X", 1)]) == {("X", 1), ("D", 2), ("D", 3)}


def test_windows_of_legs_and_nodes_close_edges(chain: PlanningInstance) -> None:
    late = replace(chain, legs={**chain.legs, "F>X:": replace(chain.legs["F>X:"], open=range(2, 4))})
    graph = time_expanded(late, "radar")
    assert not graph.has_edge(("F", 1), ("X", 2))
    assert graph.has_edge(("F", 2), ("X", 3))
    shut = replace(chain, nodes={**chain.nodes, "D": node("D", "destination", opened=range(1, 3))})
    graph = time_expanded(shut, "radar")
    assert not graph.has_edge(("F", 0), ("D", 3))
    assert graph.has_edge(("X", 1), ("D", 2))
    assert graph.has_edge(("D", 0), ("D", 1))  # opening stock lies where the node is not open yet
    assert graph.has_edge(("D", 1), ("D", 2))
    assert not graph.has_edge(("D", 2), ("D", 3))  # its closing period holds no stock


def test_excluded_and_forbidden_items_do_not_move(chain: PlanningInstance) -> None:
    legs = {**chain.legs, "X>D:": replace(chain.legs["X>D:"], excluded=frozenset({"radar"}))}
    embargo = Policy("no sea", "forbid", frozenset({"service"}), range(1), routes=("F>D:sea",))
    barred = replace(chain, legs=legs, policies=(embargo,))
    assert not time_expanded(barred, "radar").has_edge(("X", 1), ("D", 2))
    assert time_expanded(barred, "service").has_edge(("X", 1), ("D", 2))
    assert not time_expanded(barred, "service").has_edge(("F", 0), ("D", 3))
    assert time_expanded(barred, "radar").has_edge(("F", 0), ("D", 3))


def test_storage_of_zero_is_lifted_by_its_item_or_an_expansion() -> None:
    transit = replace(node("X", "transit", storage=0), storage_by_default=True)
    own = {("radar", "X"): NodeItem(storage=5.0)}
    assert may_hold(world([transit], [], node_items=own), "radar", "X", 0)
    assert not may_hold(world([transit], [], node_items=own), "service", "X", 0)
    explicit = replace(transit, storage_by_default=False)
    assert not may_hold(world([explicit], [], node_items=own), "radar", "X", 0)
    bought = {"yard": Expansion("yard", "node", "X", 1.0, range(1, 3), lead_time=1)}
    widened = world([explicit], [], expansions=bought)
    assert [may_hold(widened, "radar", "X", period) for period in ALWAYS] == [False, False, True, True]
    assert not may_hold(widened, "service", "X", 3)  # weightless goods stay forbidden
    refused = world([node("X")], [], node_items={("radar", "X"): NodeItem(storage=0.0)})
    assert not may_hold(refused, "radar", "X", 0)


def test_positions_come_from_coordinates_neighbours_or_layers(chain: PlanningInstance) -> None:
    layers = positions(chain)
    assert layers["F"][0] < layers["X"][0] < layers["D"][0]
    located = {
        "F": replace(chain.nodes["F"], latitude=52.0, longitude=20.0),
        "X": chain.nodes["X"],
        "D": replace(chain.nodes["D"], latitude=50.0, longitude=30.0),
    }
    placed = positions(replace(chain, nodes=located))
    assert placed == {"F": (20.0, 52.0), "X": (25.0, 51.0), "D": (30.0, 50.0)}


def test_nodes_on_one_spot_are_drawn_apart() -> None:
    same = [node(name, latitude=50.0, longitude=20.0) for name in ("A", "B", "C")]
    placed = positions(world(same, []))
    assert len(set(placed.values())) == 3
    assert placed == positions(world(same, []))


def test_an_empty_network_has_no_picture() -> None:
    assert positions(world([], [])) == {}
