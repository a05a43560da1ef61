"""What money buys: a workshop worked by hand, and random worlds against plans made from nothing.

The workshop makes shells of value 10 for 8 EUR each, at most 10 in its one month; 10 are wanted where it stands.
Fund Main has 40 EUR, enough for 5: short 5 · 10 = 50. A further EUR makes 1/8 shell: 1.25 of value, at 1 EUR of
cost; so for 40 EUR more, and 40 less. All 10 take 40 EUR more. Road pays for transport alone. Cap pays for everything,
but its ceiling of 0 lets it pay nothing. Late has money only in a year without costs left to pay: after the month.
"""

from __future__ import annotations

import json
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pandas as pd
import pytest

from planner.analysis.money.budget_cells import budget_cells, with_every_budget, with_more
from planner.analysis.money.money import BudgetFinding, MoneyResult, money_of_workbook
from planner.analysis.money.sensitivity import Prices, Sample
from planner.analysis.remedy.remedy import RemedyRequest, remedy_of_workbook
from planner.catalogue import load
from planner.errors import NoPlanError, VerificationError
from planner.formulation.build import build
from planner.plan import SolveOptions, solve
from planner.plan.again.warm_start import WarmStart
from planner.plan.prices.marginal import Marginal
from planner.schemas import schema
from planner.solver.parametric.study import Extension, ParametricStudy
from planner.workbook import read_instance
from tests.seeds import only_long
from tests.worlds.worlds import World, random_world, write_world

WORKSHOP: World = {
    "Settings": [
        {"key": "start", "value": "2026-01"},
        {"key": "periods", "value": 1},
        {"key": "objective", "value": "lexicographic"},
    ],
    "Items": [{"item": "shell", "value": 10}],
    "Nodes": [{"node": "Works", "kind": "factory"}],
    "Lines": [{"line": "Press", "factory": "Works", "item": "shell", "unit_cost": 8, "capacity": 10}],
    "Commitments": [{"commitment": "pact", "name": "The pact"}],
    "Demand": [{"commitment": "pact", "destination": "Works", "item": "shell", "period": 1, "quantity": 10}],
    "Funds": [{"fund": "Main"}, {"fund": "Road"}, {"fund": "Cap", "ceiling": 0}],
    "Budgets": [
        {"fund": "Main", "contributor": "Treasury", "year": 2026, "amount": 40},
        {"fund": "Road", "contributor": "Treasury", "year": 2026, "amount": 5},
        {"fund": "Cap", "contributor": "Treasury", "year": 2026, "amount": 7},
    ],
    "Eligibility": [{"fund": "Road", "cost_types": "transport"}],
}


def asked(world: World, folder: Path) -> MoneyResult:
    return money_of_workbook(write_world(world, folder / "in"), folder / "out")


def test_what_cannot_arrive_is_not_called_used_up(tmp_path: Path) -> None:
    """No line, stock or route brings a shell to the yard."""
    yard = {"commitment": "pact", "destination": "Yard", "item": "shell", "period": 1, "quantity": 10}
    nodes = [*WORKSHOP["Nodes"], {"node": "Yard", "kind": "destination"}]
    asked({**WORKSHOP, "Nodes": nodes, "Demand": [yard]}, tmp_path)
    page = (tmp_path / "out" / "money.html").read_text(encoding="utf-8")
    assert "for want of capacity, route or consent; " in page
    assert "used up then" not in page


def of(result: MoneyResult, fund: str) -> BudgetFinding:
    return next(one for one in result.budget_cells if one.budget_cell.fund == fund)


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> MoneyResult:
    return asked(WORKSHOP, tmp_path_factory.mktemp("workshop"))


def test_a_further_euro_buys_an_eighth_of_a_shell_until_all_are_made(workshop: MoneyResult) -> None:
    assert workshop.levels == ("other_shortfall", "cost")
    assert workshop.step == 1.0
    main = of(workshop, "Main")
    for side, sign in ((main.up, 1.0), (main.down, -1.0)):
        assert side is not None
        assert side.slopes == pytest.approx([-1.25 * sign, 1.0 * sign])
        assert side.changes == pytest.approx(side.slopes)
        assert side.extent == pytest.approx(40.0)


def test_the_record_keeps_to_its_schema(workshop: MoneyResult) -> None:
    record = json.loads((workshop.folder / "money.json").read_text(encoding="utf-8"))
    jsonschema.validate(record, schema("money"), cls=jsonschema.Draft202012Validator)
    assert [remedy["commitment"] for remedy in record["remedies"]] == ["pact"]


def test_a_level_that_may_give_back_moves_with_the_money(tmp_path: Path) -> None:
    """With 1 % of the shortfall to give back, cost is (100 − 1.01 · (50 − 1.25 x)) ÷ 1.25 at x EUR more: 1.01 a EUR."""
    settings = [*WORKSHOP["Settings"], {"key": "level_tolerance", "value": 0.01}]
    side = of(asked(WORKSHOP | {"Settings": settings}, tmp_path), "Main").up
    assert side is not None
    assert side.slopes == pytest.approx([-1.25, 1.01], rel=1e-6)
    assert side.changes == pytest.approx(side.slopes, rel=1e-6)


def test_a_price_where_a_level_may_give_back_ends_with_the_first_kink(tmp_path: Path) -> None:
    """Of 10 shells 9.95 can be paid: short 0.5, and 0.3 may be given back: 0.8 · (100 − 0.8) of cost. A further 0.40
    pays all: then nothing more is short, and the cost stays.
    """
    settings = [*WORKSHOP["Settings"], {"key": "level_tolerance", "value": 0.3}]
    budgets = [{**WORKSHOP["Budgets"][0], "amount": 79.6}, *WORKSHOP["Budgets"][1:]]
    side = of(asked(WORKSHOP | {"Settings": settings, "Budgets": budgets}, tmp_path), "Main").up
    assert side is not None
    assert side.slopes == pytest.approx([-1.25, 1.0], rel=1e-6)
    assert 0.1 <= side.extent <= 0.4 * (1 + 1e-9)
    assert side.changes == pytest.approx([-0.5, 0.4], rel=1e-6)


def test_the_weighted_objective_has_one_price(tmp_path: Path) -> None:
    """A shell not made costs 20: a further EUR saves 1/8 of 20 and costs 1: the objective falls by 1.50."""
    settings = [row for row in WORKSHOP["Settings"] if row["key"] != "objective"]
    settings.append({"key": "objective", "value": "weighted"})
    demand = [{**WORKSHOP["Demand"][0], "shortage_cost": 20}]
    result = asked(WORKSHOP | {"Settings": settings, "Demand": demand}, tmp_path)
    main = of(result, "Main")
    assert result.levels == ("weighted",)
    assert main.up is not None
    assert main.up.slopes == pytest.approx([-1.5])
    assert main.up.extent == pytest.approx(40.0)
    assert result.remedies[0].is_whole


def test_money_that_buys_nothing_says_why(workshop: MoneyResult) -> None:
    road, cap = of(workshop, "Road"), of(workshop, "Cap")
    for idle in (road, cap):
        assert idle.up is not None
        assert not idle.up.slopes.any()
        assert idle.up.extent == inf
    assert "may not pay" in road.why_idle
    assert "procurement at Press" in road.why_idle
    assert "its ceiling" in cap.why_idle
    assert of(workshop, "Main").why_idle == ""


def test_money_that_a_rule_among_partners_holds_back(tmp_path: Path) -> None:
    """PL pays at most a fifth. DE's 5 EUR carry 1.25 of PL's 40; with a further EUR, 1.25 EUR: 1.5625 of value."""
    terms = {
        "Nations": [{"nation": "PL", "contribution_max": 0.2}, {"nation": "DE"}, {"nation": "FR"}],
        "Funds": [{"fund": "Main"}],
        "Budgets": [
            {"fund": "Main", "contributor": name, "year": 2026, "amount": amount}
            for name, amount in (("PL", 40), ("DE", 5), ("FR", 5))
        ],
        "Eligibility": [],
    }
    result = asked(WORKSHOP | terms, tmp_path)
    sides = {one.budget_cell.contributors[0]: one for one in result.budget_cells}
    for name in ("DE", "FR"):
        assert sides[name].up is not None
        assert sides[name].up.slopes[0] == pytest.approx(-1.5625)
        assert sides[name].why_idle == ""
    assert "held back by the largest share that a nation may pay" in sides["PL"].why_idle
    page = (result.folder / "money.html").read_text(encoding="utf-8")
    assert "Main 2026, DE and 1 more" in page, "those that are worth the same stand together"
    assert len(pd.read_csv(result.folder / "tables" / "prices.csv")) == 4, "each by itself, for each level"


def test_a_need_that_comes_first_is_not_called_used_up(tmp_path: Path) -> None:
    """Of 10 shells in stock 4 are kept for the storm of the next month, which comes first:
    no capacity, route or consent is to blame.
    """
    changes: World = {
        "Settings": [*(row for row in WORKSHOP["Settings"] if row["key"] != "periods"), {"key": "periods", "value": 2}],
        "Lines": [],
        "Stocks": [{"node": "Works", "item": "shell", "quantity": 10}],
        "Contingencies": [{"contingency": "Storm", "period": 2}],
        "Surge": [{"contingency": "Storm", "destination": "Works", "item": "shell", "offset": 0, "quantity": 4}],
    }
    (remedy,) = asked(WORKSHOP | changes, tmp_path).remedies
    assert remedy.left == pytest.approx(40.0)
    assert remedy.obstacles is not None
    assert remedy.obstacles.limits == pytest.approx(40.0, abs=1e-4)
    assert remedy.obstacles.binding_limits == ()


def test_the_least_money_that_makes_the_commitment_whole(workshop: MoneyResult) -> None:
    (remedy,) = workshop.remedies
    assert remedy.is_whole
    assert remedy.short == pytest.approx(50.0)
    assert list(remedy.money) == ["Main · Treasury · 2026"]
    assert sum(remedy.money.values()) == pytest.approx(40.0, abs=1e-5)
    page = (workshop.folder / "money.html").read_text(encoding="utf-8")
    assert "The pact: a further EUR\u00a040 meets it in full" in page
    weighted = "EUR of goods weighted by priority"
    assert f"Short in the plan<br><small>{weighted}</small>" in page
    assert "Least money<br><small>EUR</small>" in page
    prices, whole = workshop.findings.tables[:2]
    assert [column.heading for column in whole.sheet("EUR").columns][1:4] == [
        f"Short in the plan ({weighted})", "Least money (EUR)", f"Then still short ({weighted})",
    ]  # fmt: skip
    assert dict(prices.frame[["level", "unit"]].to_numpy()) == {"other_shortfall": weighted, "cost": "EUR"}
    worth = next(column for column in prices.sheet("EUR").columns if column.heading.startswith("Worth of one"))
    assert worth.heading == "Worth of one EUR more", "in the unit of its row"


def test_where_money_is_not_enough_the_capacity_is_named(tmp_path: Path) -> None:
    """Of 10 wanted the press can make 7: money for 2 more (16 EUR) helps, 3 · 10 of value stay short."""
    lines = [{**WORKSHOP["Lines"][0], "capacity": 7}]
    result = asked(WORKSHOP | {"Lines": lines}, tmp_path)
    (remedy,) = result.remedies
    assert not remedy.is_whole
    assert remedy.left == pytest.approx(30.0)
    assert sum(remedy.money.values()) == pytest.approx(16.0, abs=1e-4)
    assert remedy.obstacles is not None
    assert remedy.obstacles.limits == pytest.approx(30.0, abs=1e-4)
    assert remedy.obstacles.binding_limits == (("line_capacity", "Press", "shell", 1),)
    side = of(result, "Main").up
    assert side is not None
    assert side.extent == pytest.approx(16.0)
    frame = pd.read_csv(result.folder / "tables" / "remedies.csv")
    assert "line capacity of Press for shell in 2026-01" in frame["why_not"].iloc[0]


def test_money_for_a_commitment_takes_nothing_from_targets_under_the_weighted_objective(tmp_path: Path) -> None:
    """40 EUR make 5 shells.

    A missing target costs 20, a shortage 9, so they stay in store. 5 more are all that the press can make: 40 EUR more
    bring half of the pact, and no money brings the other half while 5 stay in store.
    """
    settings = [row for row in WORKSHOP["Settings"] if row["key"] != "objective"]
    changes: World = {
        "Settings": [*settings, {"key": "objective", "value": "weighted"}],
        "Demand": [{**WORKSHOP["Demand"][0], "shortage_cost": 9}],
        "Targets": [
            {"target": "reserve", "nodes": "Works", "items": "shell", "from": 1, "quantity": 5, "shortage_cost": 20}
        ],
    }
    (remedy,) = asked(WORKSHOP | changes, tmp_path).remedies
    assert (remedy.short, remedy.left) == pytest.approx((100.0, 50.0))
    assert sum(remedy.money.values()) == pytest.approx(40.0, abs=1e-4)


def test_of_a_large_program_money_leaves_the_plan_of_other_goods(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What takes no part in the pact is fixed as planned, and everything that speaks of the remedy says so."""
    monkeypatch.setattr("planner.plan.remedy.search.MOST_WHOLE", 0)
    result = asked(WORKSHOP, tmp_path)
    (remedy,) = result.remedies
    assert remedy.others_stay
    assert sum(remedy.money.values()) == pytest.approx(40.0, abs=1e-4)
    assert "while the plan for other goods stays fixed" in result.findings.headline
    assert json.loads((result.folder / "money.json").read_text(encoding="utf-8"))["remedies"][0]["others_stay"]


def test_where_no_fund_may_pay_that_is_said(tmp_path: Path) -> None:
    only_road = {"Funds": [WORKSHOP["Funds"][1]], "Budgets": [WORKSHOP["Budgets"][1]]}
    result = asked(WORKSHOP | only_road, tmp_path)
    (remedy,) = result.remedies
    assert remedy.money == {}
    assert remedy.obstacles is not None
    assert remedy.obstacles.payers == pytest.approx(100.0)
    assert remedy.obstacles.unpaid == (("procurement", "Press"),)


def test_where_nothing_is_short_money_buys_no_delivery(tmp_path: Path) -> None:
    rich = [{**WORKSHOP["Budgets"][0], "amount": 100}]
    result = asked(WORKSHOP | {"Budgets": rich}, tmp_path)
    main = of(result, "Main")
    assert "no eligible demand is left" in main.why_idle
    assert main.down is not None
    assert main.down.extent == pytest.approx(20.0), "20 of 100 are not needed"
    assert result.remedies == ()
    assert result.findings.headline.endswith("Nothing that is wanted is short.")


def test_demands_of_no_commitment_are_not_called_one(tmp_path: Path) -> None:
    demand = [{key: value for key, value in row.items() if key != "commitment"} for row in WORKSHOP["Demand"]]
    headline = asked(WORKSHOP | {"Demand": demand}, tmp_path).findings.headline
    assert headline.endswith(
        "No commitment is short. Demand without a commitment is short of 5 shell; money alone could meet it in full."
    )


def test_money_that_is_not_limited_buys_nothing_and_the_capacity_is_named(tmp_path: Path) -> None:
    world = {name: rows for name, rows in WORKSHOP.items() if name not in {"Budgets", "Funds", "Eligibility"}}
    result = asked(world | {"Lines": [{**WORKSHOP["Lines"][0], "capacity": 7}]}, tmp_path)
    assert "not limited" in result.findings.headline
    assert result.findings.headline.endswith("1 commitment is short; money alone cannot meet it in full.")
    assert result.budget_cells == ()
    (remedy,) = result.remedies
    assert remedy.left == pytest.approx(30.0)
    assert remedy.obstacles is not None
    assert remedy.obstacles.binding_limits == (("line_capacity", "Press", "shell", 1),)


def test_a_price_that_a_solve_does_not_confirm_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(_prices: Prices, _column: str, sample: Sample, _steps: float) -> Sample:
        return replace(sample, slopes=sample.slopes * 1.1)

    monkeypatch.setattr(Prices, "_first_piece", wrong)
    monkeypatch.setattr(Marginal, "path", lambda *_: None)  # so that each sum is solved
    with pytest.raises(VerificationError, match="price of Main"):
        asked(WORKSHOP, tmp_path)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("figure", ["slopes", "changes"])
def test_a_price_that_its_plan_does_not_confirm_is_a_failure(
    figure: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = Marginal.path

    def wrong(*asked: Any) -> Any:
        found = right(*asked)
        assert found is not None
        return replace(found, **{figure: getattr(found, figure) * 1.1})

    monkeypatch.setattr(Marginal, "path", wrong)
    with pytest.raises(VerificationError, match=r"price.? of Main"):
        asked(WORKSHOP, tmp_path)
    assert not (tmp_path / "out").exists()


def test_a_sum_whose_plan_breaks_a_limit_is_solved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ParametricStudy, "breach", lambda *_: 1e-3)
    monkeypatch.setattr(Prices, "_side", None)
    main = of(asked(WORKSHOP, tmp_path), "Main").up
    assert main is not None
    assert main.slopes == pytest.approx([-1.25, 1.0])


def test_the_dearest_prices_are_solved_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where duals and plan agree with each other: both a tenth too large."""
    right = Marginal.path

    def wrong(*asked: Any) -> Any:
        found = right(*asked)
        assert found is not None
        larger = {name: getattr(found, name) * 1.1 for name in ("slopes", "changes", "shift")}
        return replace(found, **larger)

    monkeypatch.setattr(Marginal, "path", wrong)
    monkeypatch.setattr(ParametricStudy, "breach", lambda *_: 0.0)
    with pytest.raises(VerificationError, match="Main"):
        asked(WORKSHOP, tmp_path)


SEEDS = [0, 2, *only_long([1, 3, 4, 5, 7, 8, 9, 13])]  # the others below 13 have no plan


def rich_in_rules(seed: int, objective: str, folder: Path) -> Any:
    return with_every_budget(read_instance(write_world(random_world(seed, objective, money=True), folder)))


@pytest.mark.parametrize("apart", [False, True], ids=["together", "apart"])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_purse_raises_the_limits_that_its_budget_raises(seed: int, apart: bool, tmp_path: Path) -> None:
    """Row by row: the bounds of the LP built with more money are those that the budget cell's column stands for."""
    instance = replace(rich_in_rules(seed, "lexicographic", tmp_path), contributors_apart=apart)
    model = build(instance, load("full"))
    for budget_cell, raised in budget_cells(model, 4.0).items():
        richer = build(with_more(instance, budget_cell, 4.0), load("full"))
        assert {name: list(keys) for name, keys in richer.columns.items()} == {
            name: list(keys) for name, keys in model.columns.items()
        }
        assert richer.money_unit == model.money_unit
        assert {name: list(keys) for name, keys in richer.rows.items()} == {n: list(k) for n, k in model.rows.items()}
        before, after = (one.row_arrays.bound.tolist() for one in (model, richer))
        changed = {place: a - b for place, (b, a) in enumerate(zip(before, after, strict=True)) if a != b}
        expected = {row: -coefficient for row, coefficient in raised.items()}
        assert changed == pytest.approx(expected)


@pytest.mark.parametrize("objective", ["lexicographic", "weighted"])
@pytest.mark.parametrize("seed", SEEDS)
def test_prices_are_what_plans_made_from_nothing_find(seed: int, objective: str, tmp_path: Path) -> None:
    instance = rich_in_rules(seed, objective, tmp_path)
    bench = WarmStart(instance, SolveOptions())
    model = bench.program.model
    found = budget_cells(model, 1.0)
    columns = {budget_cell.name: rows for budget_cell, rows in found.items()}
    levels = dict(bench.program.levels)
    study = ParametricStudy(bench.program.lp, levels, bench.program.settings(bench.options), Extension({}, columns))
    base = study.in_order(list(levels), 0.0, study.start(bench.basis))
    study.let_go()
    vertex = Marginal(bench.program.session(bench.options), bench.program.levels, bench.last_basis,
                      [point.value for point in base])  # fmt: skip
    assert vertex.levels == len(levels)
    prices = Prices(study, list(levels), 0.0, base, vertex)
    solved = Prices(study, list(levels), 0.0, base)
    solved.find_idle(columns)
    for budget_cell in found:
        for sign, step in ((1.0, 1.0), (-1.0, min(1.0, budget_cell.budget))):
            side = prices.side(budget_cell.name, sign, step) if step else None
            other = solved.side(budget_cell.name, sign, step) if step else None
            assert (side is None) == (other is None)
            if side is None or other is None:
                continue
            scale = 1e-6 * np.maximum(1.0, np.abs(prices.values))
            assert (np.abs(side.slopes - other.slopes) <= scale).all(), (
                "followed, or solved with each sum: the same price"
            )
            assert np.array_equal(np.isnan(side.changes), np.isnan(other.changes))
            assert (np.abs(np.nan_to_num(side.changes - other.changes)) <= scale).all()
            within = min(side.extent, 50.0)
            for amount in {side.checked, within}:
                try:
                    plan = solve(with_more(instance, budget_cell, sign * amount))
                except NoPlanError:
                    assert amount > side.extent
                    continue
                moved = np.array([level.value for level in plan.levels], dtype=float) - prices.values
                if amount <= side.extent:
                    assert (np.abs(moved - side.slopes * amount) <= scale + 1e-6 * np.abs(moved)).all()
                if amount == side.checked:
                    assert (np.abs(moved - side.changes) <= scale + 1e-6 * np.abs(moved)).all()


@pytest.mark.parametrize("most", [0.0, 2e7], ids=["nothing kept", "pivots kept"])
@pytest.mark.parametrize("seed", [3, 9, *only_long([0, 1, 2, 4, 5, 7, 8, 13])])  # of the first two paths share pivots
def test_a_path_is_the_same_whatever_was_followed_before(
    seed: int, most: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To the last bit: by itself, and again after all others."""
    monkeypatch.setattr("planner.solver.parametric.derivatives.MOST_KEPT", most)
    instance = rich_in_rules(seed, "lexicographic", tmp_path)
    bench = WarmStart(instance, SolveOptions(), priced=False)
    levels, values = bench.program.levels, [level.value for level in bench.optimum.levels]
    steps = [
        {row: -sign * entry for row, entry in rows.items()}
        for rows in budget_cells(bench.program.model, 1000.0).values()
        for sign in (1.0, -1.0)
    ]

    def vertex() -> Marginal:
        return Marginal(bench.program.session(bench.options), levels, bench.last_basis, values)

    together = vertex()
    for _ in range(2):
        for step in steps:
            found, alone = together.path(step, 1.0, 1000), vertex().path(step, 1.0, 1000)
            assert found is not None
            assert alone is not None
            assert found.length == alone.length
            for name in ("slopes", "changes", "shift"):
                assert np.array_equal(getattr(found, name), getattr(alone, name)), name


ONLY_MONEY: World = {"Remedies": [{"remedy": "more money", "what": "money", "price": 1}]}


def scarce(seed: int) -> World:
    """A random world with a tenth of its money."""
    world = random_world(seed, "lexicographic", money=True)
    budgets = [{**row, "amount": round(float(str(row["amount"])) / 10, 3)} for row in world["Budgets"]]
    return {**world, "Budgets": budgets}


@pytest.mark.parametrize("seed", ["workshop", 1, 4, *only_long(range(5, 60))])
def test_money_and_remedy_say_the_same(seed: int | str, tmp_path: Path) -> None:
    """Where only money may be changed, 1 for 1, the cheapest remedy of a commitment is the least money that leaves as
    little short.
    """
    world = WORKSHOP if isinstance(seed, str) else scarce(seed)
    source = write_world({**world, **ONLY_MONEY}, tmp_path / "in")
    try:
        result = money_of_workbook(source, tmp_path / "money")
        found = {one.goal.name: one for one in remedy_of_workbook(source, tmp_path / "remedy", RemedyRequest()).goals}
    except NoPlanError:
        return
    for one in result.remedies:
        remedies = found[one.commitment].remedies
        if not one.money:
            assert remedies == []
            continue
        cheapest = remedies[0][0]
        assert cheapest.left == pytest.approx(one.left, rel=1e-6)
        assert cheapest.cost == pytest.approx(sum(one.money.values()), rel=1e-5)
