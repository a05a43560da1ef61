"""One tiny instance per piece of the formulation: small enough to read its LP as a whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from math import inf

from planner.domain.contingency.contingencies import Contingency, Disruption, Surge
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
    Nation,
    Node,
    NodeItem,
    Order,
    PlanningInstance,
    PreviousPlan,
    Resource,
    RouteItem,
    Settings,
    Supply,
    Target,
    Tranche,
)
from planner.domain.past import Past, PastPayment, PastSupply
from planner.domain.rules import Consent, Lock, Policy

PERIODS = 2
WHOLE = range(PERIODS)
FREE = (inf,) * PERIODS


def world() -> PlanningInstance:
    """A factory F, a leg F>K without lead time, and a demand of 10 shells at K in period 2."""
    return PlanningInstance(
        settings=Settings(objective="weighted"),
        horizon=Horizon(date(2026, 1, 1), PERIODS),
        items={"shell": Item("shell")},
        nodes={
            "F": Node("F", "factory", WHOLE, nation="PL", storage_t=(0.0,) * PERIODS),
            "K": Node("K", "destination", WHOLE, nation="UA", storage_t=(0.0,) * PERIODS),
        },
        legs={"F>K": Leg("F>K", "F>K", "F", "K", WHOLE, cost_per_t=2, capacity_t=FREE)},
        lines={"L": Line("L", "F", "shell", WHOLE, unit_cost=3, capacity=FREE, content={"PL": 1.0})},
        demands=(Demand("D", "K", "shell", 1, 10, range(1, 2), shortage_cost=99),),
    )


def production() -> PlanningInstance:
    """Capacity 6, minimum rate 1, ramp 2 from 3, yield 0.5, an hour each of 8, and a perishable component."""
    base = world()
    line = replace(
        base.lines["L"],
        capacity=(6.0, 6.0),
        min_rate=1,
        start_rate=3,
        ramp=2,
        yield_=0.5,
        resources={"hours": 1.0},
        components={"powder": 2.0},
    )
    return replace(
        base,
        items={"shell": Item("shell"), "powder": Item("powder", shelf_life=0)},
        lines={"L": line, "P": Line("P", "F", "powder", WHOLE, unit_cost=1, capacity=FREE)},
        resources={"hours": Resource("hours", "F", (8.0, 8.0))},
    )


def stability() -> PlanningInstance:
    """By levels, the first period frozen: 4 were ordered, and planned to be made and sent; 6 more in the second."""
    base = world()
    line = replace(base.lines["L"], open=range(1, PERIODS), order_lead_time=1, orders={0: Order(4.0, 0.25)})
    return replace(
        base,
        settings=Settings(frozen=1, departure_cap=0.5),
        lines={"L": line},
        unit_values={"shell": 3.0},
        previous=PreviousPlan({("L", 0): 4.0, ("L", 1): 6.0}, {("shell", "F>K", 0): 4.0}),
    )


def stability_weighted() -> PlanningInstance:
    """The same by one weighted objective: what is frozen is fixed."""
    return replace(stability(), settings=Settings(objective="weighted", frozen=1))


def expansion() -> PlanningInstance:
    """A line of capacity 4 that may be widened by up to 5, a period ahead, at 20 a unit."""
    base = world()
    more = Expansion("more", "line", "L", 20.0, WHOLE, limit=5, lead_time=1)
    return replace(base, lines={"L": replace(base.lines["L"], capacity=(4.0, 4.0))}, expansions={"more": more})


def transport() -> PlanningInstance:
    """A leg of 7 t, 9 m³ and 5 shells a period, and a node that handles 8 t."""
    base = world()
    return replace(
        base,
        items={"shell": Item("shell", weight_t=0.5, volume_m3=2)},
        legs={"F>K": replace(base.legs["F>K"], capacity_t=(7.0, 7.0), capacity_m3=9)},
        route_items={("shell", "F>K"): RouteItem(cost=4, capacity=5)},
        nodes={**base.nodes, "F": replace(base.nodes["F"], throughput_t=8)},
    )


def storage() -> PlanningInstance:
    """A store at F of 5 t, 9 m³, 12 kg and 6 shells, with all three holding costs."""
    base = world()
    store = replace(base.nodes["F"], storage_t=(5.0, 5.0), storage_m3=9, storage_neq_kg=12, holding_cost=0.5)
    return replace(
        base,
        items={"shell": Item("shell", volume_m3=2, neq_kg=3, holding_cost=0.1)},
        nodes={**base.nodes, "F": store},
        node_items={("shell", "F"): NodeItem(storage=6, holding_cost=0.2)},
    )


def balance() -> PlanningInstance:
    """Opening stock and an arrival at F, of shells that last one period and cost 1 to scrap."""
    base = world()
    return replace(
        base,
        items={"shell": Item("shell", shelf_life=1, scrap_cost=1)},
        nodes={**base.nodes, "F": replace(base.nodes["F"], storage_t=FREE)},
        supplies=(Supply("F", "shell", 4.0), Supply("F", "shell", 3.0, period=1, opening=False)),
    )


def recipients() -> PlanningInstance:
    """Shells for UA and MD: stock for anybody at F, stock for MD alone, and a leg that carries only what is for UA.
    Shells are made from powder, which is told apart with them; one line of shells stands still by closure of half its
    place."""
    base = world()
    legs = {"F>K": replace(base.legs["F>K"], nations=frozenset({"UA"})),
            "F>M": Leg("F>M", "F>M", "F", "M", WHOLE, capacity_t=FREE)}  # fmt: skip
    return replace(
        base,
        items={"shell": Item("shell"), "powder": Item("powder")},
        nodes={
            **base.nodes,
            "F": replace(base.nodes["F"], storage_t=FREE, left=(1.0, 0.5)),
            "M": Node("M", "destination", WHOLE, nation="MD", storage_t=(0.0,) * PERIODS),
        },
        legs=legs,
        lines={
            "L": replace(base.lines["L"], components={"powder": 2.0}, capacity=(8.0, 8.0)),
            "P": Line("P", "F", "powder", WHOLE, unit_cost=1, capacity=FREE),
        },
        supplies=(Supply("F", "shell", 4.0), Supply("F", "shell", 3.0, nation="MD")),
        demands=(*base.demands, Demand("E", "M", "shell", 1, 5, range(1, 2), shortage_cost=99)),
    )


def demand() -> PlanningInstance:
    """A demand due in period 1 that may be one period late, and one that must be met."""
    base = world()
    late = Demand("late", "K", "shell", 0, 10, WHOLE, shortage_cost=99, delay_cost=7)
    return replace(base, demands=(late, Demand("must", "K", "shell", 1, 5, range(1, 2))))


def least_served() -> PlanningInstance:
    """Two commitments of 10 and 4 shells worth 3 each, binding and not, and a demand of the nation UA itself."""
    base = world()
    demands = (
        Demand("D", "K", "shell", 1, 10, range(1, 2), commitment="A", binding=True),
        Demand("E", "K", "shell", 1, 4, range(1, 2), commitment="B"),
        Demand("G", "K", "shell", 1, 2, range(1, 2)),
    )
    return replace(base, settings=Settings(), demands=demands, unit_values={"shell": 3.0})


def targets() -> PlanningInstance:
    """A depot F that should hold 4 shells, and 45 days of supply in the first period."""
    base = world()
    target = Target("reserve", ("F",), ("shell",), range(1), quantity=4, days_of_supply=45, shortage_cost=6)
    return replace(
        base, nodes={**base.nodes, "F": replace(base.nodes["F"], storage_t=FREE)}, targets={"reserve": target}
    )


def funding() -> PlanningInstance:
    """A loan for EU content of at least 65 % of its portfolio, 25 of it by the end of January,
    and a grant that pays half of transport.
    """
    loan = Fund(
        "loan",
        WHOLE,
        kind="loan",
        interest=0.04,
        content_group=frozenset({"PL"}),
        content_min=0.65,
        content_scope="fund",
        budgets=(Budget("PL", 2026, 30.0), Budget("FR", 2026, 20.0)),
        tranches=(Tranche(0, 25.0),),
    )
    grant = Fund(
        "grant",
        range(1, 2),
        kind="grant",
        cofinancing=0.5,
        ceiling=15,
        eligibility=(EligibilityRule(cost_types=frozenset({"transport"})),),
        budgets=(Budget("US", 2026, 40.0),),
    )
    return replace(world(), funds={"loan": loan, "grant": grant})


def two_sources() -> PlanningInstance:
    """The world with a market M that also offers shells, two periods by sea."""
    base = world()
    return replace(
        base,
        nodes={**base.nodes, "M": Node("M", "market", WHOLE, nation="US", storage_t=(0.0,) * PERIODS)},
        lines={**base.lines, "offer": Line("offer", "M", "shell", WHOLE, unit_cost=4, capacity=FREE)},
        legs={**base.legs, "M>K": Leg("M>K", "M>K", "M", "K", WHOLE, cost_per_t=1, capacity_t=FREE)},
    )


def supply_shares() -> PlanningInstance:
    """At most 60 % from one of two sources, at least 25 % over the sea, both in period 2."""
    places = {"PL": frozenset({"F"}), "M": frozenset({"M"})}
    spread = Policy("spread", "largest_share", frozenset({"shell"}), range(1, 2), places, share=0.6)
    sea = Policy("sea", "smallest_share", frozenset({"shell"}), range(1, 2), {}, ("M>K", "F>K"), share=0.25)
    return replace(two_sources(), policies=(spread, sea))


def consents() -> PlanningInstance:
    """Poland withholds its exports in period 1."""
    first = Consent("export", "PL", "export", "given", frozenset({"shell"}), ("F>K",), range(1))
    second = Consent("none", "US", "export", "given", frozenset({"shell"}), ("M>K",), range(0))
    return replace(two_sources(), consents=(first, second), demands=(replace(world().demands[0], window=WHOLE, due=0),))


def locks() -> PlanningInstance:
    """A line fixed in period 2, dispatches and deliveries bounded in total, no stock."""
    return replace(
        two_sources(),
        locks=(
            Lock("keep going", "make", range(1, 2), minimum=4, maximum=4, line="L"),
            Lock("sea", "ship", WHOLE, total=True, minimum=2, maximum=8, route="M>K"),
            Lock("half", "deliver", range(1, 2), minimum=5, demand="D"),
            Lock("empty", "stock", WHOLE, maximum=0, node="F"),
        ),
    )


def circulation() -> PlanningInstance:
    """5 units are to go back from K to F in all, where 3 lie at F at the start: back and there, in either period."""
    base = world()
    return replace(
        base,
        legs=base.legs | {"K>F": Leg("K>F", "K>F", "K", "F", WHOLE, cost_per_t=1, capacity_t=FREE)},
        supplies=(Supply("F", "shell", 3.0),),
        locks=(Lock("back", "ship", WHOLE, total=True, minimum=5, route="K>F"),),
    )


def spending() -> PlanningInstance:
    """Half at order, half on completion: over a turn of the year.

    A fund that counts orders, and prefers Polish work.
    """
    safe = Fund(
        "SAFE",
        WHOLE,
        basis="commitment",
        eligibility=(EligibilityRule(producers=frozenset({"PL"})), EligibilityRule(tier=3)),
        budgets=(Budget("PL", 2025, 100.0),),
    )
    own = Fund("own", WHOLE, budgets=(Budget("FR", 2026, 100.0),))
    base = world()
    line = replace(base.lines["L"], open=range(1, 2), order_lead_time=1, advance=0.5)
    horizon = Horizon(date(2025, 12, 1), PERIODS)
    return replace(base, horizon=horizon, lines={"L": line}, funds={"SAFE": safe, "own": own})


def beneficiaries() -> PlanningInstance:
    """A fund for Ukraine and, later in preference, for Poland; what K holds at the end counts too."""
    aid = Fund(
        "aid",
        WHOLE,
        eligibility=(
            EligibilityRule(beneficiaries=frozenset({"UA"})),
            EligibilityRule(beneficiaries=frozenset({"UA", "PL"}), tier=2),
            EligibilityRule(cost_types=frozenset({"transport"})),
        ),
        budgets=(Budget("PL", 2026, 100.0),),
    )
    base = world()
    return replace(base, nodes={**base.nodes, "K": replace(base.nodes["K"], storage_t=FREE)}, funds={"aid": aid})


def contributions() -> PlanningInstance:
    """Burden sharing by share and by key, a work share, and a lock on one of two contributors of a fund."""
    poland = Nation("PL", key=1.0, contribution_min=0.25, contribution_max=0.5, work_share_min=0.5)
    pot = Fund("pot", WHOLE, carry_over=True, budgets=(Budget("PL", 2026, 30.0), Budget("FR", 2026, 20.0, 1)))
    grant = Fund("grant", WHOLE, kind="grant", budgets=(Budget("US", 2026, 9.0),))
    return replace(
        world(),
        settings=Settings(objective="weighted", key_tolerance=0.5),
        nations={"PL": poland, "FR": Nation("FR", key=3.0), "US": Nation("US")},
        funds={"pot": pot, "grant": grant},
        locks=(Lock("help", "pay", WHOLE, minimum=5, maximum=8, fund="pot", contributor="FR"),),
    )


def common_procurement() -> PlanningInstance:
    """Two of three nations take part in one fund, each with a tenth; both of two in another."""
    three = tuple(Budget(nation, 2026, 50.0) for nation in ("PL", "FR", "US"))
    pot = Fund("pot", WHOLE, min_nations=2, min_nations_enforced=True, part_min=0.1, budgets=three)
    pair = Fund("pair", WHOLE, min_nations=2, min_nations_enforced=True, budgets=three[:2])
    nations = {name: Nation(name) for name in ("PL", "FR", "US")}
    return replace(world(), nations=nations, funds={"pot": pot, "pair": pair})


def past() -> PlanningInstance:
    """By levels: 20 were paid for goods with a quarter of Polish content, by France alone, and Poland made nothing."""
    content = {"PL": 0.25, "FR": 0.75}
    paid = PastPayment("pot", "FR", "procurement", "L", -1, 2025, 20.0, content)
    pot = Fund("pot", WHOLE, content_group=frozenset({"PL"}), content_min=0.75, content_scope="fund",
               budgets=(Budget("FR", 2026, 100.0),), since=-9)  # fmt: skip
    spread = Policy(
        "spread", "smallest_share", frozenset({"shell"}), WHOLE, {"PL": frozenset({"F"})}, share=0.5, since=-1
    )
    return replace(
        world(),
        settings=Settings(),
        nations={"PL": Nation("PL", contribution_min=0.25), "FR": Nation("FR")},
        funds={"pot": pot},
        policies=(spread,),
        unit_values={"shell": 3.0},
        past=Past((paid,), (PastSupply("made", "M", "shell", -1, 4.0), PastSupply("made", "M", "shell", -2, 8.0))),
    )


def struck(world: PlanningInstance, contingency: Contingency) -> PlanningInstance:
    """By levels, with a contingency."""
    return replace(
        world,
        settings=Settings(),
        unit_values={"shell": 3.0, "powder": 1.0},
        contingencies={contingency.name: contingency},
    )


def response() -> PlanningInstance:
    """From the first period on, 10 shells for UA and 5 for MD in the second: with a line of half its capacity, powder
    that lasts a period, a store and legs of every limit, and a consent withheld."""
    base = recipients()
    store = replace(base.nodes["F"], left=(), storage_t=(5.0, 5.0), storage_m3=9, storage_neq_kg=12, throughput_t=8)
    line = replace(base.lines["L"], capacity=(6.0, 6.0), yield_=0.5, start_rate=3, ramp=2, resources={"hours": 1.0})
    surges = (Surge("K", "shell", 1, 10.0), Surge("M", "shell", 1, 5.0))
    world = replace(
        base,
        items={"shell": Item("shell", volume_m3=2, neq_kg=3), "powder": Item("powder", shelf_life=1)},
        nodes={**base.nodes, "F": store},
        node_items={("shell", "F"): NodeItem(storage=6)},
        legs={**base.legs, "F>K": replace(base.legs["F>K"], capacity_t=(7.0, 7.0), capacity_m3=9)},
        route_items={("shell", "F>K"): RouteItem(capacity=5)},
        lines={**base.lines, "L": line},
        resources={"hours": Resource("hours", "F", (8.0, 8.0))},
        consents=(Consent("ask", "PL", "export", "given", frozenset({"shell"}), ("F>K",), WHOLE),),
        demands=(),
    )
    hit = Disruption("line", "L", 0.5)
    return struck(world, Contingency("c", (0,), probability=0.5, window=2, surges=surges, disruptions=(hit,)))


def links() -> PlanningInstance:
    """In the second period half of the stock at F is left, and of the goods under way to K; what the line then
    completes was ordered before; it may be widened, and its rise is measured from the plan's rate."""
    base = expansion()
    place = replace(base.nodes["F"], storage_t=FREE)
    line = replace(base.lines["L"], order_lead_time=1, ramp=2)
    cap = Line("C", "F", "shell", WHOLE, unit_cost=5, capacity=(4.0, 4.0), ramp=1)
    world = replace(
        base,
        nodes={**base.nodes, "F": place},
        legs={"F>K": base.legs["F>K"], "slow": Leg("slow", "slow", "F", "K", WHOLE, lead_time=1, capacity_t=FREE)},
        lines={"L": line, "C": cap},
        expansions={"more": replace(base.expansions["more"], object="C")},
        demands=(),
    )
    hits = (Disruption("node", "F", 0.5), Disruption("nation", "UA", 0.25))
    return struck(
        world, Contingency("c", (1,), probability=0.5, surges=(Surge("K", "shell", 0, 9.0),), disruptions=hits)
    )


def coverage() -> PlanningInstance:
    """Three quarters of 10 shells, and of 4 that stand beside them, are promised."""
    base = world()
    standing = Demand("D", "K", "shell", 1, 4, range(1, 2))
    return struck(
        replace(base, demands=(standing,)),
        Contingency("c", (1,), coverage=0.75, surges=(Surge("K", "shell", 0, 10.0),)),
    )


def measures() -> PlanningInstance:
    """A response that may cost 20, on a leg of 3 days."""
    base = world()
    return struck(
        replace(base, legs={"F>K": replace(base.legs["F>K"], days=3.0)}, demands=()),
        Contingency("c", (1,), probability=0.5, money=20.0, surges=(Surge("K", "shell", 0, 10.0),)),
    )


def losses() -> PlanningInstance:
    """The worst half of two strikes weighs a quarter; one more strike has no weight. By one weighted objective."""
    base = world()
    surges = (Surge("K", "shell", 0, 10.0, shortage_cost=50.0),)
    none = Contingency("none", (1,), probability=0.0, surges=surges)
    twice = Contingency("twice", (0, 1), probability=0.5, surges=surges)
    return replace(
        base,
        settings=Settings(objective="weighted", risk_weight=0.25, risk_tail=0.5),
        contingencies={"twice": twice, "none": none},
        demands=(),
    )


def losses_worst() -> PlanningInstance:
    """The very worst case, also of those without weight."""
    base = losses()
    return replace(base, settings=replace(base.settings, risk_tail=1.0))


def waste() -> PlanningInstance:
    """Shells sent on the chance of an attack in the second period could only be written off, in the second or the
    first; the line's place closes then, where writing off is no waste."""
    base = world()
    nodes = {**base.nodes, "F": replace(base.nodes["F"], open=range(1), storage_t=FREE, closing=0)}
    lines = {"L": replace(base.lines["L"], open=range(1))}
    return struck(
        replace(base, nodes=nodes, lines=lines, demands=()),
        Contingency("c", (0,), probability=0.5, surges=(Surge("K", "shell", 0, 10.0),)),
    )


PIECES = {
    piece.__name__: piece
    for piece in (
        production,
        expansion,
        transport,
        storage,
        balance,
        recipients,
        demand,
        least_served,
        targets,
        stability,
        stability_weighted,
        funding,
        supply_shares,
        consents,
        locks,
        circulation,
        spending,
        beneficiaries,
        contributions,
        common_procurement,
        past,
        response,
        links,
        coverage,
        measures,
        losses,
        losses_worst,
        waste,
    )
}
MODELS = {"least_served": "least-served-first"}  # of pieces that the full model does not have
