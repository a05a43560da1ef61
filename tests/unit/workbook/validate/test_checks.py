"""Each warning on a world that is wrong in one place, and silence on the world that is right."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from math import inf
from pathlib import Path

import pytest

from planner.domain.contingency.contingencies import Contingency, Disruption, Surge
from planner.domain.contingency.uncertainty import Uncertainty
from planner.domain.horizon import Horizon
from planner.domain.instance import (
    Budget,
    Demand,
    EligibilityRule,
    Expansion,
    Fund,
    Item,
    Leg,
    Line,
    Node,
    NodeItem,
    PlanningInstance,
    RouteItem,
    Settings,
    Supply,
    Target,
)
from planner.errors import Fault
from planner.workbook.reading.raw import RawInput
from planner.workbook.reading.table import Cell, make_table
from planner.workbook.validate.checking.view import listed
from planner.workbook.validate.checks import CHECKS, check_network

PERIODS = 6
ALWAYS = range(PERIODS)
FREE = (inf,) * PERIODS


def node(name: str, kind: str, opened: range = ALWAYS, **more: object) -> Node:
    closing = opened[-1] if opened and opened[-1] < PERIODS - 1 else None
    return Node(name, kind, opened, nation="PL", storage_t=FREE, closing=closing, **more)  # type: ignore[arg-type]


def leg(name: str, origin: str, destination: str, lead_time: int = 1) -> Leg:
    return Leg(name, name, origin, destination, ALWAYS, "road", lead_time, cost_per_t=2.0, capacity_t=FREE)


def demand(name: str = "spring", due: int = 3, item: str = "radar", last: int | None = None, **more: object) -> Demand:
    window = range(due, (due if last is None else last) + 1)
    return Demand(name, "Front", item, due, 5.0, window, **more)  # type: ignore[arg-type]


def sound() -> PlanningInstance:
    """Works –1→ Depot –1→ Front; radars are made of chips that lie at the works; one fund pays for all."""
    return PlanningInstance(
        Settings(),
        Horizon(date(2026, 7, 1), PERIODS),  # the fiscal year 2026
        items={name: Item(name) for name in ("radar", "chip")},
        nodes={
            "Works": node("Works", "factory"),
            "Depot": node("Depot", "depot", holding_cost=1.0),
            "Front": node("Front", "destination"),
        },
        legs={"out": leg("out", "Works", "Depot"), "on": leg("on", "Depot", "Front")},
        lines={
            "radars": Line("radars", "Works", "radar", ALWAYS, 10.0, (4.0,) * PERIODS, components={"chip": 1.0}),
        },
        supplies=(Supply("Works", "chip", 20.0),),
        demands=(demand(),),
        targets={"reserve": Target("reserve", ("Depot",), ("radar",), range(2, PERIODS), 2.0)},
        funds={"Budget": Fund("Budget", ALWAYS, budgets=(Budget("PL", 2026, 1e6),))},
    )


def messages(instance: PlanningInstance) -> list[str]:
    return [str(fault) for fault in check_network(instance)]


def only(instance: PlanningInstance) -> str:
    found = messages(instance)
    assert len(found) == 1, found
    return found[0]


def test_a_sound_world_gives_no_warning() -> None:
    assert messages(sound()) == []


def test_a_workbook_in_which_nothing_is_wanted() -> None:
    nothing = replace(sound(), demands=(), targets={})
    assert messages(nothing)[0] == "Demand: nothing is wanted: there is no demand, surge or stock target"


# ── Supply ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_demand_out_of_reach_names_the_earliest_arrival() -> None:
    early = replace(sound(), demands=(demand("early", due=1), demand()))
    assert only(early) == (
        "Demand 'early': no supply of radar can reach Front in 2026-08; the earliest possible arrival is 2026-09"
    )


def test_a_late_delivery_within_the_window_is_in_reach() -> None:
    assert messages(replace(sound(), demands=(demand("early", due=1, last=2),))) == []
    out = replace(sound(), demands=(demand("early", due=0, last=1), demand()))
    assert "by 2026-08" in only(out)


def test_a_demand_without_a_way_is_never_reached() -> None:
    cut = replace(sound(), legs={"out": sound().legs["out"], "back": leg("back", "Depot", "Works")})
    assert only(cut).endswith("no supply of radar can reach Front in 2026-10, nor at any later time of the horizon")


def test_a_demand_that_must_be_met_says_what_follows() -> None:
    weighted = Settings(objective="weighted")
    early = demand("early", due=1)
    assert "no plan exists" in only(replace(sound(), settings=weighted, demands=(early, demand())))
    soft = replace(early, shortage_cost=3.0)
    assert "no plan exists" not in only(replace(sound(), settings=weighted, demands=(soft, demand())))


def test_a_closed_destination_is_named() -> None:
    nodes = {**sound().nodes, "Front": node("Front", "destination", opened=range(4, PERIODS))}
    assert only(replace(sound(), nodes=nodes, demands=(demand(), demand("later", due=5)))).startswith(
        "Demand 'spring': Front is closed"
    )


def test_an_item_without_supply_is_reported_once_and_not_as_late() -> None:
    items = {**sound().items, "drone": Item("drone")}
    wanted = (demand(), demand("a", item="drone"), demand("b", item="drone", due=4))
    found = only(replace(sound(), items=items, demands=wanted))
    assert found == "Items 'drone': no line or stock provides drone, which demand 'a' wants"


def test_a_component_without_supply_is_named_with_its_line() -> None:
    missing = replace(sound(), supplies=())
    found = messages(missing)
    assert found[0] == (
        "Components 'radar', 'chip': no line or stock provides the component chip, which line 'radars' consumes"
    )
    assert "radar can reach Front" in found[1]  # what follows from it
    elsewhere = replace(sound(), supplies=(Supply("Front", "chip", 20.0),))
    assert "chip can never be at Works" in messages(elsewhere)[0]


def test_a_minimum_rate_without_components_is_worse() -> None:
    lines = {"radars": replace(sound().lines["radars"], min_rate=1.0)}
    assert "minimum rate of 1 cannot be kept" in messages(replace(sound(), supplies=(), lines=lines))[0]


def test_a_target_out_of_reach() -> None:
    early = Target("early", ("Front",), ("radar",), range(1), 2.0)
    assert only(replace(sound(), targets={"early": early})) == (
        "Targets 'early': no supply of radar can reach Front by 2026-07"
    )


def test_stock_that_is_expired_on_entry() -> None:
    items = {**sound().items, "chip": Item("chip", shelf_life=2)}
    old = replace(sound(), items=items, supplies=(*sound().supplies, Supply("Works", "chip", 3.0, age=3)))
    assert "3 of chip at Works are 3 periods old and keep for 2" in only(old)
    fresh = replace(sound(), items=items, supplies=(*sound().supplies, Supply("Works", "chip", 3.0, age=2)))
    assert messages(fresh) == []


# ── Use ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_line_whose_product_leads_nowhere() -> None:
    stray = Line("stray", "Front", "chip", ALWAYS, 1.0, (1.0,) * PERIODS)
    found = only(replace(sound(), lines={**sound().lines, "stray": stray}))
    assert found.startswith("Lines 'stray': ")
    assert found.endswith("no route leads there")
    items = {**sound().items, "toy": Item("toy")}
    toys = Line("toys", "Works", "toy", ALWAYS, 1.0, (1.0,) * PERIODS)
    assert only(replace(sound(), items=items, lines={**sound().lines, "toys": toys})).endswith("nothing asks for it")


def test_a_line_whose_ways_are_all_closed() -> None:
    """There is a route: not that none leads there is why, but that it is closed."""
    closed = {name: replace(leg, open=range(0)) for name, leg in sound().legs.items()}
    found = [message for message in messages(replace(sound(), legs=closed)) if "can never reach" in message]
    assert found
    assert all(message.endswith("every way there is closed to it throughout the horizon") for message in found)


def test_a_depot_that_is_never_emptied() -> None:
    nodes = {**sound().nodes, "Pit": node("Pit", "depot")}
    legs = {**sound().legs, "in": leg("in", "Works", "Pit")}
    found = only(replace(sound(), nodes=nodes, legs=legs))
    assert found.startswith("Nodes 'Pit': depot Pit is never emptied: goods can come there")
    assert messages(replace(sound(), nodes=nodes)) == []  # nothing ever comes there
    away = {**legs, "away": replace(leg("away", "Pit", "Front"), excluded=frozenset({"chip"}))}
    passed = replace(sound(), nodes=nodes, legs=away)
    assert messages(passed) == []  # chips need not be sent there
    stocked = replace(passed, supplies=(*sound().supplies, Supply("Pit", "chip", 1.0)))
    assert "chip can come there" in only(stocked)


def test_a_depot_that_keeps_its_goods_for_a_nation_that_needs_none() -> None:
    """Goods distinguished by recipient leave for those whom the depot admits;
    where it admits none of them, that is said.
    """
    reserve = node("Pit", "depot", access=frozenset({"FR"}))
    nodes = {**sound().nodes, "Pit": reserve}
    legs = {**sound().legs, "away": leg("away", "Pit", "Front")}
    supplies = (*sound().supplies, Supply("Pit", "radar", 1.0))
    kept = replace(sound(), nodes=nodes, legs=legs, supplies=supplies)
    assert only(kept) == (
        "Nodes 'Pit': depot Pit is never emptied: goods can come there, but its access admits none of those who need them, "
        "and nothing is consumed there"
    )
    dated = replace(kept, legs={**legs, "away": replace(legs["away"], open=range(0))})
    closed = "every route out is closed to them throughout the horizon, and nothing is delivered or consumed there"
    assert messages(dated)[0].endswith(closed), "opening the depot to all would not help"
    ours = replace(reserve, access=frozenset({"FR", "PL"}))
    assert messages(replace(dated, nodes={**nodes, "Pit": ours}))[0].endswith(closed), (
        "access admits those who need them"
    )
    paris = replace(node("Paris", "destination"), nation="FR")
    to_paris = replace(
        kept,
        nodes={**nodes, "Paris": paris},
        legs={**legs, "west": leg("west", "Pit", "Paris")},
        demands=(*sound().demands, replace(demand("west"), destination="Paris")),
    )
    assert to_paris.recipients.of("radar"), "told apart: some may not leave the pit"
    assert messages(to_paris) == []


def test_a_line_whose_goods_are_admitted_nowhere_names_what_closes_the_way() -> None:
    """Nations of access and of routes are those that receive the goods; here all is for Poland."""
    own = replace(sound(), supplies=(Supply("Works", "chip", 20.0), Supply("Front", "radar", 9.0)), targets={})
    depot = replace(own.nodes["Depot"], access=frozenset({"FR"}))
    barred = messages(replace(own, nodes={**own.nodes, "Depot": depot}))
    assert barred[0].endswith("consumes it: every way there is closed to it by the access of Depot")
    legs = {**own.legs, "on": replace(own.legs["on"], nations=frozenset({"FR"}))}
    assert messages(replace(own, legs=legs))[0].endswith("is closed to it by the nations of route on")
    shut = {**own.legs, "on": replace(own.legs["on"], open=range(0))}
    assert messages(replace(own, legs=shut))[0].endswith("is closed to it throughout the horizon")


def test_a_route_whose_nations_receive_nothing_of_what_could_go_on_it() -> None:
    aside = replace(leg("aside", "Depot", "Front"), nations=frozenset({"FR"}))
    world = replace(sound(), legs={**sound().legs, "aside": aside})
    assert only(world) == (
        "Routes 'aside': route 'aside' carries nothing: its nations admit none of those who receive what could go on "
        "it: PL"
    )
    ours = {**world.legs, "aside": replace(aside, nations=frozenset({"FR", "PL"}))}
    assert messages(replace(world, legs=ours)) == []
    empty = {
        **world.legs,
        "aside": replace(aside, origin="Front", destination="Depot", excluded=frozenset({"radar", "chip"})),
    }
    assert messages(replace(world, legs=empty)) == [], "nothing could go on it, whoever receives it"


# ── Room ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_target_where_no_stock_may_lie() -> None:
    barred = {("radar", "Depot"): NodeItem(storage=0.0)}
    assert only(replace(sound(), node_items=barred)) == (
        "Targets 'reserve': Depot may hold no stock of radar while the target holds"
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"capacity_t": (0.0,) * PERIODS}, "its capacity_t is 0 whenever it is open"),
        ({"capacity_m3": 0.0}, "its capacity_m3 is 0"),
        ({"open": range(0)}, "it is never open within the horizon"),
        ({"lead_time": 9}, "its lead time of 9 periods is longer than the horizon of 6"),
    ],
)
def test_a_route_that_carries_nothing(change: dict[str, object], reason: str) -> None:
    spare = replace(leg("spare", "Works", "Depot"), **change)  # type: ignore[arg-type]
    assert only(replace(sound(), legs={**sound().legs, "spare": spare})).endswith(reason)


def test_a_route_between_nodes_that_are_never_open_together() -> None:
    nodes = {**sound().nodes, "Camp": node("Camp", "depot", opened=range(1))}
    legs = {**sound().legs, "camp": leg("camp", "Works", "Camp")}
    assert "Works and Camp are never open at dispatch and arrival" in only(replace(sound(), nodes=nodes, legs=legs))


def test_capacity_of_zero_that_can_be_bought_is_no_trouble() -> None:
    legs = {**sound().legs, "spare": replace(leg("spare", "Works", "Depot"), capacity_t=(0.0,) * PERIODS)}
    bought = {"more": Expansion("more", "route", "spare", 1.0, ALWAYS, limit=5.0)}
    assert messages(replace(sound(), legs=legs, expansions=bought)) == []


def test_a_line_that_cannot_make_anything() -> None:
    idle = replace(sound().lines["radars"], name="idle", capacity=(0.0,) * PERIODS)
    assert "capacity of 0" in only(replace(sound(), lines={**sound().lines, "idle": idle}))
    slow = replace(sound().lines["radars"], name="slow", order_lead_time=7, open=range(0))
    assert "order_lead_time is 7 periods" in only(replace(sound(), lines={**sound().lines, "slow": slow}))


def test_an_expansion_of_what_is_unlimited() -> None:
    pointless = {"more": Expansion("more", "route", "out", 1.0, ALWAYS)}
    assert only(replace(sound(), expansions=pointless)) == (
        "Expansions 'more': widens route 'out', whose capacity is unlimited already"
    )
    useful = {"more": Expansion("more", "line", "radars", 1.0, ALWAYS)}
    assert messages(replace(sound(), expansions=useful)) == []


# ── Money ───────────────────────────────────────────────────────────────────────────────────────────


def with_fund(**more: object) -> PlanningInstance:
    fund = Fund("Second", ALWAYS, **more)  # type: ignore[arg-type]
    return replace(sound(), funds={**sound().funds, "Second": fund})


def test_a_budget_outside_the_horizon_without_carry_over() -> None:
    late = (Budget("DE", 2027, 500.0),)
    assert only(with_fund(budgets=late)) == (
        "Budgets 'Second', 'DE', '2027': 500 of DE for 2027 can never be used: "
        "the plan covers the fiscal years 2026 to 2026, and the fund has no carry-over"
    )
    assert messages(with_fund(budgets=(Budget("DE", 2025, 500.0),), carry_over=True)) == []
    assert "no carry-over" in only(with_fund(budgets=(Budget("DE", 2025, 500.0),)))


def test_a_budget_that_comes_when_the_fund_is_closed() -> None:
    shut = replace(
        sound(), funds={**sound().funds, "Second": Fund("Second", range(2), budgets=(Budget("DE", 2026, 5.0, 3),))}
    )
    assert "not open for costs when the money is there" in only(shut)
    assert "its event does not happen" in only(with_fund(budgets=(Budget("DE", 2026, 500.0, PERIODS),)))


def restricted(*cost_types: str) -> PlanningInstance:
    fund = replace(sound().funds["Budget"], eligibility=(EligibilityRule(cost_types=frozenset(cost_types)),))
    return replace(sound(), funds={"Budget": fund})


def test_costs_that_no_fund_admits() -> None:
    assert messages(restricted("transport", "storage")) == [
        "Lines 'radars': no fund admits the procurement cost of radars in 2026"
    ]
    assert messages(restricted("procurement")) == [
        "Routes 'out': no fund admits the transport cost of out in 2026",
        "Routes 'on': no fund admits the transport cost of on in 2026",
        "Nodes 'Depot': no fund admits the storage cost of Depot in 2026",
    ]
    bought = {"more": Expansion("more", "line", "radars", 1.0, ALWAYS)}
    unpaid = replace(restricted("procurement", "transport", "storage"), expansions=bought)
    assert only(unpaid) == "Expansions 'more': no fund admits the capacity cost of more in 2026"


def test_no_limit_on_money_no_warning_about_it() -> None:
    unlimited = replace(
        restricted("procurement"), funds={"Budget": replace(restricted("procurement").funds["Budget"], budgets=())}
    )
    assert messages(unlimited) == []


def test_what_costs_nothing_needs_no_fund() -> None:
    legs = {name: replace(each, cost_per_t=0.0) for name, each in sound().legs.items()}
    free = replace(restricted("procurement", "storage"), legs=legs)
    assert messages(free) == []
    dear = replace(free, route_items={("radar", "on"): RouteItem(cost=4.0)})
    assert only(dear).startswith("Routes 'on'")


def test_funds_that_admit_but_have_no_money_then() -> None:
    fund = Fund("Budget", ALWAYS, budgets=(Budget("PL", 2027, 1e6),), carry_over=True)
    found = messages(replace(sound(), funds={"Budget": fund}))
    assert found[0] == (
        "Lines 'radars': Budget alone may pay, but without money then, the procurement cost of radars in 2026"
    )


def test_many_objects_with_one_trouble_share_a_warning() -> None:
    legs = {name: leg(name, "Works", "Depot") for name in (f"way {number}" for number in range(30))}
    crowded = replace(restricted("procurement", "storage"), legs={**sound().legs, **legs})
    assert "and 26 more" in only(crowded)


# ── Places ──────────────────────────────────────────────────────────────────────────────────────────


def typed(name: str, header: list[Cell], *rows: list[Cell]) -> RawInput:
    return RawInput(Path("x.xlsx"), "", (make_table(name, [header, *rows]),))


def first(instance: PlanningInstance, raw: RawInput) -> Fault:
    return check_network(instance, raw)[0]


def test_a_warning_points_at_the_cell() -> None:
    early = replace(sound(), demands=(demand("early", due=1), demand()))
    raw = typed("demand", ["Demand", "Period"], ["spring", 4], ["early", 2])
    fault = first(early, raw)
    assert (fault.place, fault.sheet, fault.cell, fault.severity) == ("demand!B3", "demand", "B3", "warning")


def test_rows_without_a_name_are_found_by_what_names_them() -> None:
    numbered = replace(sound(), demands=(demand("Demand 3", due=1), demand()))
    assert first(numbered, typed("Demand", ["item", "period"], ["radar", 4], ["radar", 2])).cell == "B3"
    idle = replace(sound().lines["radars"], name="Works:radar", capacity=(0.0,) * PERIODS)
    unnamed = replace(sound(), lines={**sound().lines, "Works:radar": idle})
    named, blank = ["Works", "radar", 4, "radars"], ["Works", "radar", 0, None]
    raw = typed("Lines", ["factory", "item", "capacity", "line"], named, blank)
    assert first(unnamed, raw).cell == "C3"
    shut = replace(leg("Works>Depot:road", "Works", "Depot"), capacity_m3=0.0)
    raw = typed("Routes", ["origin", "destination", "mode"], ["Depot", "Front", "road"], ["Works", "Depot", "road"])
    assert first(replace(sound(), legs={**sound().legs, shut.name: shut}), raw).cell == "A3"


def test_a_blank_contributor_is_the_fund_and_numbers_are_names() -> None:
    late = with_fund(budgets=(Budget("Second", 2027, 500.0),))
    raw = typed(
        "Budgets", ["fund", "contributor", "year", "amount"], ["Budget", "PL", 2026, 1e6], ["Second", None, 2027.0, 500]
    )
    assert first(late, raw).cell == "C3"


def test_what_cannot_be_found_is_named() -> None:
    early = replace(sound(), demands=(demand("early", due=1), demand()))
    assert first(early, typed("Demand", ["demand"], ["other"])).place == "Demand 'early'"
    assert first(early, typed("Items", ["item"], ["radar"])).cell is None


def test_every_check_is_listed_once_and_explained() -> None:
    assert len(set(CHECKS)) == len(CHECKS)
    assert all(check.__doc__ for check in CHECKS)


def test_lists_in_words() -> None:
    assert [listed("A"), listed("AB"), listed("ABC"), listed("ABCDEFGH")] == [
        "A",
        "A and B",
        "A, B and C",
        "A, B, C, D, E, F and 2 more",
    ]


def test_rows_of_contingencies_that_count_for_nothing_are_told() -> None:
    route = next(iter(sound().legs.values())).route
    attack = Contingency(
        "attack",
        (3, 5),
        surges=(Surge("Front", "radar", 0, 1.0), Surge("Front", "radar", 2, 1.0)),
        disruptions=(Disruption("fund", "Pool", 0.5), Disruption("route", route, 0.5), Disruption("route", route, 0.0)),
        outside=(9,),
    )
    world = replace(sound(), contingencies={"attack": attack, "never": Contingency("never", (), outside=(7, 8))})
    messages = [fault.message for fault in check_network(world)]
    assert messages == [
        "1 of its strikes lies outside the horizon and is no case",
        "2 of its strikes lie outside the horizon and are no cases; it has no case at all",
        "it falls due after the horizon for 1 of 2 strikes of attack, and is not counted there",
        "fund Pool has no part in a response: the row counts for nothing. Without a contingency it is lost in the plan",
        f"route {route} has no limit of capacity: a share of it is without limit too. Only 0 closes it",
    ]


def test_rows_of_uncertainty_that_concern_nothing_are_told() -> None:
    attack = Contingency("attack", (3,), window=2, surges=(Surge("Front", "radar", 0, 1.0),))
    world = replace(sound(), contingencies={"attack": attack})
    line, leg = next(iter(world.lines.values())), next(iter(world.legs.values()))
    some = [("surge", "attack"), ("surge", "Front"), ("stock", "Front"), ("yield", line.name), ("delay", leg.route)]
    none = [("surge", leg.origin), ("demand", "nobody"), ("capacity", "no line"), ("delay", "no route")]

    def warned(rows: list[tuple[str, str]], world: PlanningInstance) -> list[str]:
        found = [Uncertainty(f"{what} {name}", what, 1, 1, 1, frozenset({name})) for what, name in rows]
        faults = check_network(replace(world, uncertainties=tuple(found)))
        return [fault.place for fault in faults if "lets nothing vary by it" in fault.message]

    assert warned(some, world) == []
    assert warned(none, world) == [f"Uncertainty '{what} {name}'" for what, name in none]
    assert len(warned(some, replace(world, contingencies={}))) == len(some)


def test_what_only_a_surge_asks_for_has_a_use() -> None:
    idle = replace(sound(), demands=(), targets={})
    assert any("nothing asks for it" in fault.message for fault in check_network(idle))
    attack = Contingency("attack", (3,), surges=(Surge("Front", "radar", 0, 1.0),))
    assert not any(
        "nothing asks for it" in f.message for f in check_network(replace(idle, contingencies={"attack": attack}))
    )
