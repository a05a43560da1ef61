"""What coalitions reach, through a workbook: a production game, a market game, a case by hand; and what is refused."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, permutations
from pathlib import Path

import pytest

import planner
from planner.analysis.fairness.coalitions import Coalitions
from planner.analysis.fairness.means import means_of, restricted
from planner.analysis.fairness.players import chosen_players
from planner.analysis.fairness.study import study
from planner.domain.instance import Nation, Supply
from planner.domain.rules import Lock, Policy
from planner.errors import NoPlanError, UsageError
from tests.places import INPUTS
from tests.unit.analysis.small_inputs import GLOVES, PAID_BY_ONE, read_input

PARTNERS = planner.read(INPUTS / "partners")
ALL = ("NO", "EA", "WE")


def by_name(coalitions: Coalitions) -> dict[str, float]:
    return {"".join(coalitions.names(s)): value for s, value in coalitions.coalitions.items()}


def test_partners_as_worked_out_in_its_notes() -> None:
    found = study(Coalitions(PARTNERS, ALL))
    thousand = {"": 0, "NO": 0, "EA": 60, "WE": 80, "NOEA": 200, "NOWE": 100, "EAWE": 180, "NOEAWE": 300}
    assert by_name(found.coalitions) == pytest.approx({name: 1000.0 * value for name, value in thousand.items()})
    assert found.exact
    assert [p.share.value for p in found.players] == pytest.approx([200_000 / 3, 410_000 / 3, 290_000 / 3])
    assert [p.gain for p in found.players] == pytest.approx([200_000 / 3, 230_000 / 3, 50_000 / 3])
    assert [p.brings(found.together) for p in found.players] == pytest.approx([120_000, 200_000, 100_000])
    assert [p.contributed for p in found.players] == pytest.approx([218_750, 43_750, 87_500])
    fair, paid, least = found.allocations
    assert fair.stable
    assert least.stable
    assert not paid.stable
    assert paid.objection is not None
    assert found.coalitions.names(paid.objection.coalition) == ("EA", "WE")
    assert paid.objection.excess == pytest.approx(67_500)
    assert paid.shares == pytest.approx((187_500, 37_500, 75_000))
    # WE reaches 80 alone and leaves the others the 200 they reach without it: of the 20 between, 10 to spare for each.
    assert found.epsilon == pytest.approx(-10_000)
    assert found.core_is_empty is False


def test_a_linear_production_game(tmp_path: Path) -> None:
    """By hand: pairs are the fewer of left and right gloves. What A adds over the six orders of joining: 0 to nobody
    (twice), 1 to B, 0 to C, 1 to both (twice): 3/6 of a pair. B: 0, 0, 1, 0, 1, 1. C: 1, 1, 1, 1, 1, 1.

    Owen, "On the core of linear production games", Mathematical Programming 9 (1975), 358-370: goods at the prices
    of the dual (a right glove is the whole pair, left ones are left over) share the value in the core.
    """
    found = study(Coalitions(read_input(tmp_path / "gloves", GLOVES), ("A", "B", "C")))
    assert by_name(found.coalitions) == pytest.approx(
        {"": 0, "A": 0, "B": 0, "C": 10, "AB": 10, "AC": 10, "BC": 10, "ABC": 20}
    )
    assert [p.share.value for p in found.players] == pytest.approx([5, 5, 10])
    assert all(allocation.stable for allocation in found.allocations)
    owen = {"A": 0.0, "B": 10.0, "C": 10.0}
    for name, value in by_name(found.coalitions).items():
        assert sum(owen[player] for player in name) >= value - 1e-6


HOUSES = {"S1": 18, "S2": 15, "S3": 19}  # what each is worth to its owner
OFFERS = {"B1": (23, 22, 21), "B2": (26, 24, 22), "B3": (20, 21, 17)}  # to each buyer


def test_the_house_market_of_shapley_and_shubik(tmp_path: Path) -> None:
    """Shapley & Shubik, "The assignment game I: the core", International Journal of Game Theory 1 (1971), 111-130:
    three sellers and three buyers of houses, thousand dollars; the best assignment gains 16.

    A house delivered to a buyer saves the shortage cost of 100 less the route's cost of 100 − (offer − owner's worth).
    """
    gain = {(s, b): OFFERS[b][i] - HOUSES[s] for i, s in enumerate(HOUSES) for b in OFFERS}
    nations = [*HOUSES, *OFFERS]
    pairs = list(gain)
    tables = {
        "Nations": "\n".join(["nation", *nations]),
        "Items": "item\nhouse",
        "Nodes": "\n".join(["node,kind,nation", *(f"at {name},depot,{name}" for name in nations)]),
        "Routes": "\n".join(["route,origin,destination", *(f"{s}{b},at {s},at {b}" for s, b in pairs)]),
        "RouteItems": "\n".join(["route,item,cost", *(f"{s}{b},house,{100 - gain[s, b]}" for s, b in pairs)]),
        "Stocks": "\n".join(["node,item,quantity", *(f"at {s},house,1" for s in HOUSES)]),
        "Demand": "\n".join(
            ["demand,destination,item,period,quantity,shortage_cost", *(f"{b},at {b},house,1,1,100" for b in OFFERS)]
        ),
    }
    game = Coalitions(read_input(tmp_path / "market", tables, objective="weighted"), nations)
    found = study(game)
    assert found.measure.name == "weighted"
    assert found.together == pytest.approx(16)

    def assignment(sellers: tuple[str, ...], buyers: tuple[str, ...]) -> float:
        few = min(len(sellers), len(buyers))
        ways = (zip(s, b, strict=True) for s in combinations(sellers, few) for b in permutations(buyers, few))
        return max((sum(max(gain[pair], 0) for pair in way) for way in ways), default=0.0)

    for coalition, value in game.coalitions.items():
        names = game.names(coalition)
        sellers, buyers = tuple(n for n in names if n in HOUSES), tuple(n for n in names if n in OFFERS)
        assert value == pytest.approx(assignment(sellers, buyers), abs=1e-6), names
    # The core of an assignment game is never empty; those who trade share what they gain, so none can spare more.
    assert found.epsilon == pytest.approx(0, abs=1e-6)
    assert found.core_is_empty is False


def test_players_who_can_stand_for_each_other_share_alike(tmp_path: Path) -> None:
    twins = GLOVES | {"Stocks": "node,item,quantity\nStore A,left,1\nStore B,right,1\nStore C,right,1"}
    found = study(Coalitions(read_input(tmp_path / "twins", twins), ("A", "B", "C")))
    assert [p.share.value for p in found.players] == pytest.approx([20 / 3, 5 / 3, 5 / 3])
    assert not found.allocations[0].stable  # A with one right glove can object


def test_who_brings_nothing_gets_nothing_and_costs_no_plan(tmp_path: Path) -> None:
    idle = GLOVES | {"Nations": GLOVES["Nations"] + "\nD"}
    game = Coalitions(read_input(tmp_path / "idle", idle), ("A", "B", "C", "D"))
    found = study(game)
    assert [p.share.value for p in found.players] == pytest.approx([5, 5, 10, 0])
    assert (len(game.coalitions), game.programs) == (16, 8)


def test_sampling_agrees_with_all_orders() -> None:
    exact, sampled = (study(Coalitions(PARTNERS, ALL), samples, seed=4) for samples in (None, 60))
    assert not sampled.exact
    assert sampled.complete
    for one, other in zip(sampled.players, exact.players, strict=True):
        assert one.share.error > 0
        assert abs(one.share.value - other.share.value) < 4 * one.share.error
    assert sampled.core_is_empty is False


def test_money_of_an_institution_comes_with_a_member_of_its_name_or_with_all() -> None:
    fund = PARTNERS.funds["Joint"]
    eu, bank = (replace(fund.budgets[0], contributor=name) for name in ("EU", "Bank"))
    nations = dict(PARTNERS.nations) | {
        name: replace(PARTNERS.nations[name], groups=frozenset({"EU", "Partners"})) for name in ("EA", "WE")
    }
    instance = replace(PARTNERS, nations=nations, funds={"Joint": replace(fund, budgets=(*fund.budgets, eu, bank))})
    assert means_of(instance, ALL, ("NO",)).silent == {"EA", "WE", "EU", "Bank"}
    assert means_of(instance, ALL, ("NO", "EA")).silent == {"WE", "Bank"}
    assert means_of(instance, ALL, ALL).silent == frozenset()
    assert means_of(instance, ("EA", "WE"), ("EA", "WE")).silent == {"NO"}


def test_a_smaller_coalition_keeps_what_is_open_to_all(tmp_path: Path) -> None:
    tables = GLOVES | {
        "Nodes": "node,kind,nation\nStore A,depot,A\nStore B,depot,B\nStore C,depot,C\nTable,factory,\nPort,transit,C\nShop,market,C",
        "Expansions": "expansion,node,cost\nMore,Store C,1",
    }
    instance = read_input(tmp_path / "open", tables)
    means = means_of(instance, ("A", "B", "C"), ("A",))
    assert means.closed == {"Store B", "Store C"}
    without = restricted(instance, means)
    assert not without.nodes["Store C"].open
    assert without.nodes["Port"].open
    assert without.nodes["Shop"].open
    assert {supply.node for supply in without.supplies} == {"Store A"}
    assert not without.expansions["More"].buy
    assert without.unit_values == instance.unit_values
    assert without.demands == instance.demands


def test_terms_of_the_plan_bind_only_all_who_bring_anything() -> None:
    share = Policy("spread", "largest_share", frozenset({"kit"}), range(1), {"EA": frozenset({"East works"})}, (), 0.5)
    nations = dict(PARTNERS.nations) | {"NO": replace(PARTNERS.nations["NO"], contribution_max=0.5)}
    lock = Lock("east", "make", range(1), minimum=90.0, line="East line")
    terms = replace(PARTNERS, policies=(share,), nations=nations, locks=(lock,))
    for present in (("EA",), ("NO", "EA")):
        changed = restricted(terms, means_of(terms, ALL, present))
        assert not changed.policies
        assert not any(lock.asks for lock in changed.locks)
        assert changed.nations["NO"].contribution_max is None
    part = restricted(terms, means_of(terms, ("NO", "EA"), ("NO", "EA")))  # all the players, but WE is outside
    assert not part.policies
    whole = restricted(terms, means_of(terms, ALL, ALL))
    assert whole.policies == terms.policies
    assert whole.locks == terms.locks


def test_levels_are_compared_only_where_the_earlier_ones_are_equal() -> None:
    with pytest.raises(UsageError, match="at 'other_shortfall', which comes before it, all together reach 100 000"):
        study(Coalitions(PARTNERS, ALL, level="cost"))
    assert Coalitions(PARTNERS, ALL, level="other_shortfall").value(0b111) == pytest.approx(300_000)
    with pytest.raises(UsageError, match="did you mean 'other_shortfall'"):
        Coalitions(PARTNERS, ALL, level="other_shortfal")


def test_cost_saved_by_joining() -> None:
    """Under the weighted objective: each kit short costs 3000.

    Alone EA makes 60 for 1000 each and saves 2000 on each.
    """
    demand = PARTNERS.demands[0]
    weighted = replace(
        PARTNERS,
        settings=replace(PARTNERS.settings, objective="weighted"),
        demands=(replace(demand, shortage_cost=3000.0),),
    )
    game = Coalitions(weighted, ALL)
    assert game.value(0b010) == pytest.approx(60 * 2000)
    assert game.value(0b100) == pytest.approx(80 * 1500)
    assert game.value(0b111) == pytest.approx(200 * 2000 + 100 * 1500)
    must = replace(weighted, demands=(replace(demand, quantity=300.0),))
    with pytest.raises(
        NoPlanError, match=r"the beneficiaries alone, .* \(without the means of EA, NO and WE\); a demand"
    ):
        Coalitions(must, ALL)
    few = replace(must, demands=(replace(must.demands[0], shortage_cost=None),))
    with pytest.raises(NoPlanError, match=r"^no plan exists for NO and EA, .* \(without the means of WE\); a demand"):
        Coalitions(few, ("NO", "EA"))  # together they make 200 of 300


def test_players_are_nations_and_groups() -> None:
    assert chosen_players(PARTNERS, "Partners") == ALL
    assert chosen_players(PARTNERS, "WE; NO") == ("NO", "WE")
    with pytest.raises(UsageError, match="did you mean 'Partners'"):
        chosen_players(PARTNERS, "Partner")
    with pytest.raises(UsageError, match="CY is a beneficiary"):
        chosen_players(PARTNERS, "NO,CY")
    with pytest.raises(UsageError, match="nobody"):
        chosen_players(PARTNERS, " , ")
    joined = replace(
        PARTNERS, nations={**PARTNERS.nations, "X": Nation("X", groups=frozenset({"G"}), beneficiary=True)}
    )
    with pytest.raises(UsageError, match="nobody"):
        chosen_players(joined, "G")


def test_goods_that_a_coalition_cannot_pay_to_keep_are_left_behind() -> None:
    """100 kits lie in the City, where each costs 10 to keep and 5 to scrap: the beneficiary has no money for either."""
    city = replace(PARTNERS.nodes["City"], holding_cost=100.0)
    stocked = replace(
        PARTNERS,
        items={"kit": replace(PARTNERS.items["kit"], scrap_cost=5.0)},
        nodes=dict(PARTNERS.nodes) | {"City": city},
        supplies=(Supply("City", "kit", 500.0),),
    )
    game = Coalitions(stocked, ALL)
    assert game.reached(0) == pytest.approx(0)  # 400 are delivered, 100 left behind
    assert game.value(0b111) == pytest.approx(0)


def test_what_the_whole_lacks_from_the_past_is_not_asked_of_fewer(tmp_path: Path) -> None:
    """B paid 300 before, A, of whom half is asked, nothing: all together lack 150 − 0.5 · 100;
    fewer are not asked for it.
    """
    instance = read_input(tmp_path, PAID_BY_ONE)
    found = Coalitions(instance, ("A", "B"))
    assert by_name(found) == pytest.approx({"": 0, "AB": 100})
    assert (found.value(1), found.value(2)) == pytest.approx((100, 100))
    with pytest.raises(UsageError, match=r"at 'past_lack'.*together reach 100 and the .* 0; choose --level delivered"):
        Coalitions(instance, ("A", "B"), "cost")
    with pytest.raises(UsageError, match="expected delivered, other_shortfall, cost"):
        Coalitions(instance, ("A", "B"), "past_lack")
