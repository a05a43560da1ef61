"""Where the model is a textbook problem, it gives the textbook's answer; duals agree with differences."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from math import inf

import networkx as nx
import numpy as np
import pytest

from planner.domain.horizon import Horizon
from planner.domain.instance import Demand, Item, Leg, Line, Node, PlanningInstance, Settings
from planner.domain.reach import Reach
from planner.plan import solve
from tests.seeds import seeds
from tests.worlds.time_expanded import time_expanded

ONE = range(1)


def single_commodity(seed: int) -> tuple[PlanningInstance, nx.DiGraph[str]]:
    """A one-period, one-item world and the same as a min-cost-flow graph (all data whole numbers)."""
    rng = random.Random(seed)
    names = [f"n{i}" for i in range(9)]
    sources, sinks = names[:3], names[6:]
    graph: nx.DiGraph[str] = nx.DiGraph()
    legs: dict[str, Leg] = {}
    for origin in names:
        for destination in names:
            if origin != destination and rng.random() < 0.45:
                cost, capacity = rng.randint(1, 9), rng.randint(3, 12)
                name = f"{origin}>{destination}"
                legs[name] = Leg(name, name, origin, destination, ONE, cost_per_t=cost, capacity_t=(capacity,))
                graph.add_edge(origin, destination, weight=cost, capacity=capacity)
    lines, demands = {}, []
    graph.add_nodes_from([*names, "supply"])
    for node in sources:
        capacity = rng.randint(5, 15)
        lines[node] = Line(f"line {node}", node, "grain", ONE, capacity=(capacity,))
        graph.add_edge("supply", node, weight=0, capacity=capacity)
    for node in sinks:
        wanted = rng.randint(1, 6)
        demands.append(Demand(f"demand {node}", node, "grain", 0, wanted, ONE, shortage_cost=1000))
        graph.nodes[node]["demand"] = wanted
        # Short units come straight from the source, at the shortage cost.
        graph.add_edge("supply", f"short {node}", weight=1000, capacity=wanted)
        graph.add_edge(f"short {node}", node, weight=0, capacity=wanted)
    graph.nodes["supply"]["demand"] = -sum(int(demand.quantity) for demand in demands)
    instance = PlanningInstance(
        settings=Settings(objective="weighted"),
        horizon=Horizon(date(2026, 1, 1), 1),
        items={"grain": Item("grain")},
        nodes={name: Node(name, "transit", ONE, storage_t=(0.0,)) for name in names},
        legs=legs,
        lines={line.name: line for line in lines.values()},
        demands=tuple(demands),
    )
    return instance, graph


@pytest.mark.parametrize("seed", seeds(12, 25))
def test_one_commodity_in_one_period_is_a_min_cost_flow(seed: int) -> None:
    instance, graph = single_commodity(seed)
    assert solve(instance).levels[0].value == pytest.approx(nx.min_cost_flow_cost(graph), rel=1e-9)


@pytest.mark.parametrize("seed", seeds(1, 12))
def test_a_unique_price_is_the_slope_of_the_optimum(seed: int) -> None:
    """Prices of demand and of route capacity against one-sided differences, where both sides agree."""
    instance, _ = single_commodity(seed)
    plan = solve(instance)
    found = {(row["family"], row["object"]): row["price"] for row in plan.tables["prices"].to_dict("records")}
    step, checked = 1e-3, 0
    base = plan.levels[0].value
    for demand in instance.demands:
        up, down = (base_of(with_demand(instance, demand, sign * step)) for sign in (1, -1))
        if (up - base) / step == pytest.approx((base - down) / step, abs=1e-6):
            price = found.get(("demand_balance", demand.name), 0.0)
            assert price == pytest.approx((up - base) / step, abs=1e-5)
            checked += 1
    for leg in instance.legs.values():
        up, down = (base_of(with_capacity(instance, leg, sign * step)) for sign in (1, -1))
        if (base - up) / step == pytest.approx((down - base) / step, abs=1e-6):
            assert found.get(("route_capacity", leg.name), 0.0) == pytest.approx((base - up) / step, abs=1e-5)
            checked += 1
    assert checked > 5


def base_of(instance: PlanningInstance) -> float:
    return solve(instance).levels[0].value


def with_demand(instance: PlanningInstance, changed: Demand, by: float) -> PlanningInstance:
    return replace(
        instance,
        demands=tuple(
            replace(demand, quantity=demand.quantity + by) if demand is changed else demand
            for demand in instance.demands
        ),
    )


def with_capacity(instance: PlanningInstance, leg: Leg, by: float) -> PlanningInstance:
    wider = replace(leg, capacity_t=tuple(capacity + by for capacity in leg.capacity_t))
    return replace(instance, legs={**instance.legs, leg.name: wider})


def random_network(seed: int) -> PlanningInstance:
    """Windows, closings, storage and lead times at random; one item without shelf life, made at one node."""
    rng = random.Random(seed)
    periods = 6
    whole = range(periods)
    nodes: dict[str, Node] = {}
    for i in range(7):
        first = rng.choice([0, 0, 0, 2])
        closing = rng.choice([None, None, 4])
        window = range(first, periods if closing is None else closing + 1)
        storage = (rng.choice([0.0, 10.0, inf]),) * periods
        nodes[f"n{i}"] = Node(f"n{i}", "depot", window, storage_t=storage, closing=closing)
    legs: dict[str, Leg] = {}
    for origin in nodes:
        for destination in nodes:
            if origin != destination and rng.random() < 0.35:
                name = f"{origin}>{destination}"
                window = rng.choice([whole, whole, range(1, 4)])
                lead = rng.choice([0, 0, 1, 2])
                legs[name] = Leg(name, name, origin, destination, window, lead_time=lead, capacity_t=(inf,) * periods)
    opened = nodes["n0"].open
    due = rng.randint(1, periods - 1)
    return PlanningInstance(
        settings=Settings(objective="weighted"),
        horizon=Horizon(date(2026, 1, 1), periods),
        items={"grain": Item("grain")},
        nodes=nodes,
        legs=legs,
        lines={"line": Line("line", "n0", "grain", opened, capacity=(5.0,) * periods)},
        demands=(Demand("demand", "n6", "grain", due, 4, range(due, periods), shortage_cost=9),),
    )


@pytest.mark.parametrize("seed", seeds(20, 40))
def test_reachability_is_that_of_networkx_on_the_time_expanded_graph(seed: int) -> None:
    instance = random_network(seed)
    graph = time_expanded(instance, "grain")
    reach = Reach(instance)
    sources = [("n0", t) for t in instance.lines["line"].open]
    uses = [("n6", t) for t in reach.delivery_periods(instance.demands[0])]
    forward = {place for source in sources for place in {source} | nx.descendants(graph, source)}
    backward = {place for use in uses for place in {use} | nx.ancestors(graph, use)}
    places = list(instance.nodes)
    found = reach.items["grain"]
    here = {(places[v], t) for _class, v, t in np.argwhere(found.present).tolist()}
    matter = {(places[v], t) for _class, v, t in np.argwhere(found.useful).tolist()}
    assert here == forward
    assert matter == backward
    stock = {(places[v], t) for _class, v, t in np.argwhere(found.stock).tolist()}
    waits = {(v, t) for (v, t), (w, u) in graph.edges if v == w and u == t + 1}
    assert stock == {(v, t) for v, t in waits if (v, t) in forward and (v, t + 1) in backward}
