"""What would break a plan, worked by hand; all goods weigh 1 t and are worth 10 a unit."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pandas as pd
import pytest

from planner import cli
from planner.analysis.withdraw.withdraw import WithdrawalRequest, WithdrawResult, withdraw_from_workbook
from planner.cli.lines.insight import withdraw_lines
from planner.errors import UsageError
from planner.schemas import schema
from tests.places import INPUTS
from tests.worlds.worlds import World, write_world

Values = dict[str, float]


def settings(periods: int = 1, **more: Any) -> list[dict[str, Any]]:
    stated = {"start": "2026-01", "periods": periods, "objective": "lexicographic", **more}
    return [{"key": key, "value": value} for key, value in stated.items()]


def route(name: str, cost: float = 0, **more: Any) -> dict[str, Any]:
    return {"route": name, "origin": name[0], "destination": name[1], "cost": cost, **more}


def wanted(quantity: float, period: int = 1, **more: Any) -> dict[str, Any]:
    return {"demand": "d", "destination": "Z", "item": "shell", "period": period, "quantity": quantity, **more}


# Two ways from a depot with 10 shells to Z, where 8 are wanted: each carries 6, P at 1 a shell and Q at 2. The plan
# sends 6 and 2, for 10. Each way by itself carries 6 and leaves 2 short; without both all 8 are.
TWO_WAYS: World = {
    "Settings": settings(),
    "Nations": [{"nation": "NO"}, {"nation": "CY"}],
    "Items": [{"item": "shell", "value": 10}],
    "Nodes": [
        {"node": "D", "kind": "depot", "nation": "NO"},
        {"node": "Z", "kind": "destination", "nation": "CY"},
    ],
    "Routes": [
        route("DZ", 1, route="P", capacity_t=6, mode="rail"),
        route("DZ", 2, route="Q", capacity_t=6, mode="road"),
    ],
    "Stocks": [{"node": "D", "item": "shell", "quantity": 10}],
    "Demand": [wanted(8)],
}

# S to Z in series over the hub H.
SERIES: World = {
    **TWO_WAYS,
    "Nodes": [*TWO_WAYS["Nodes"][1:], {"node": "S", "kind": "depot"}, {"node": "H", "kind": "transit", "nation": "NO"}],
    "Routes": [route("SH", 1), route("HZ", 1)],
    "Stocks": [{"node": "S", "item": "shell", "quantity": 10}],
}

# Line L makes 4 a month at 1, line M 2 at 3; 12 are wanted in March. L alone makes them, for 12.
LINES: World = {
    "Settings": settings(3),
    "Nations": [{"nation": "NO"}],
    "Items": [{"item": "shell", "value": 10}],
    "Nodes": [{"node": "Z", "kind": "factory", "nation": "NO"}],
    "Lines": [
        {"line": "L", "factory": "Z", "item": "shell", "unit_cost": 1, "capacity": 4},
        {"line": "M", "factory": "Z", "item": "shell", "unit_cost": 3, "capacity": 2},
    ],
    "Demand": [wanted(12, 3)],
}

# 15 shells at 10 each are wanted; fund F has 100 of NO, fund G 50 of CY; 3 more lie in a depot of NO.
MONEY: World = {
    "Settings": settings(),
    "Nations": [{"nation": "NO"}, {"nation": "CY"}],
    "Items": [{"item": "shell", "value": 10}],
    "Nodes": [{"node": "Z", "kind": "factory", "nation": "CY"}, {"node": "D", "kind": "depot", "nation": "NO"}],
    "Routes": [route("DZ")],
    "Lines": [{"line": "L", "factory": "Z", "item": "shell", "unit_cost": 10, "capacity": 20}],
    "Stocks": [{"node": "D", "item": "shell", "quantity": 3}],
    "Demand": [wanted(18)],
    "Funds": [{"fund": "F"}, {"fund": "G"}],
    "Budgets": [
        {"fund": "F", "contributor": "NO", "year": 2026, "amount": 100},
        {"fund": "G", "contributor": "CY", "year": 2026, "amount": 50},
    ],
}


def run(world: World, folder: Path, **asked: Any) -> WithdrawResult:
    return withdraw_from_workbook(write_world(world, folder / "in"), folder / "out", WithdrawalRequest(**asked))


def damages(result: WithdrawResult) -> dict[str, Values | None]:
    """Of single things, by label; None where no plan is left."""
    return {
        one.label: None if one.leaves_no_plan else {name: change for name, change in one.damage.items() if change}
        for _, one in result.singles
    }


def page_of(result: WithdrawResult) -> str:
    """The page, without the places at which long codes may break."""
    return (result.folder / "withdraw.html").read_text(encoding="utf-8").replace("<wbr>", "")


def test_two_ways_that_can_stand_in_for_one_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(TWO_WAYS, tmp_path, pairs=9, names=["P", "Q"])
    found = damages(result)
    assert found["route P"] == pytest.approx({"other_shortfall": 20, "cost": 2})
    assert found["route Q"] == pytest.approx({"other_shortfall": 20, "cost": -4})
    assert [(rank, one.label) for rank, one in result.singles] == [(1, "route P"), (2, "route Q")], "then by cost"
    does = [text.replace("\u00a0", " ") for text in result.findings.sections[0].tables[0].frame["does"]]
    assert does == [
        "Shortfall of other demand rises by EUR 20 of goods weighted by priority; discounted cost rises by EUR 2",
        "Shortfall of other demand rises by EUR 20 of goods weighted by priority; discounted cost falls by EUR 4",
    ], "with the level that decides between them"
    said = [line.replace("\u00a0", " ") for line in withdraw_lines(result)[1:6]]
    assert said == [
        "  Rank  What   Name  Damage",
        "     1  route  P     Shortfall of other demand rises by EUR 20 of goods weighted by priority",
        "                     discounted cost rises by EUR 2",
        "     2  route  Q     Shortfall of other demand rises by EUR 20 of goods weighted by priority",
        "                     discounted cost falls by EUR 4",
    ], "narrow enough for a terminal"
    monkeypatch.setattr("planner.cli.lines.insight.MOST_RANKED", 1)
    shortened = withdraw_lines(result)
    assert shortened[4] == "  … and 1 more in withdraw.html"
    assert not any(line.startswith("     2") for line in shortened)
    assert result.findings.headline.replace("\u00a0", " ") == (
        "2 of 2 withdrawals from the start make the plan worse; worst is that of route P: shortfall of other demand rises by "
        "EUR 20 of goods weighted by priority."
    ), "an aim does not count goods in euros"
    headings = [column.heading for column in result.findings.sections[0].tables[0].sheet("EUR").columns]
    assert headings[3:5] == ["Shortfall of other demand (EUR of goods weighted by priority)", "Discounted cost (EUR)"]
    ((rank, pair),) = result.pairs
    assert (rank, pair.label) == (1, "route P and route Q")
    assert pair.damage == pytest.approx({"other_shortfall": 80, "cost": -10})
    assert "oute P and route Q together" in result.findings.sections[1].points[0]
    assert "EUR 40 more than the sum" in result.findings.sections[1].points[0].replace("\u00a0", " "), (
        "more than the sum of the two"
    )


def test_each_of_a_series_is_all(tmp_path: Path) -> None:
    result = run(SERIES, tmp_path, pairs=2)
    found = damages(result)
    assert found.keys() == {"nation NO", "nation CY", "node S", "node H", "route SH", "route HZ"}, "Z is no means"
    for label, damage in found.items():
        assert damage == pytest.approx({"other_shortfall": 80, "cost": -16}), label
    assert [rank for rank, _ in result.singles] == [1] * 6
    assert "worst are those of NO, CY, depot S, transit H, route SH and route HZ: " in result.findings.headline


def test_a_nation_is_its_depots_and_its_money(tmp_path: Path) -> None:
    """18 wanted: 3 from the depot, 15 for 150. Without the depot 3 are short, without F 10, without NO both."""
    result = run(MONEY, tmp_path)
    found = damages(result)
    assert found["node D"] == pytest.approx({"other_shortfall": 30})
    assert found["route DZ"] == pytest.approx({"other_shortfall": 30})
    assert found["fund F"] == pytest.approx({"other_shortfall": 100, "cost": -100})
    assert found["fund G"] == pytest.approx({"other_shortfall": 50, "cost": -50})
    assert found["nation NO"] == pytest.approx({"other_shortfall": 130, "cost": -100})
    assert found["line L"] == pytest.approx({"other_shortfall": 150, "cost": -150})
    assert [one.label for _, one in result.singles][:2] == ["nation CY", "node Z"], "where all that is wanted is wanted"


def test_a_surprise_leaves_what_was_decided(tmp_path: Path) -> None:
    """Known from the start, M makes up for the 4 that L does not make in March, at 2 more each.

    Struck in March, M can make 2, and 2 are short."""
    known = damages(run(LINES, tmp_path / "known", first="2026-03", kinds=["line"]))
    assert known["line L"] == pytest.approx({"cost": 8})
    struck = damages(run(LINES, tmp_path / "struck", first="3", struck=True, kinds=["line"]))
    assert struck["line L"] == pytest.approx({"other_shortfall": 20, "cost": 4 * -1 + 2 * 3})
    assert struck["line M"] == {} == known["line M"]


def test_goods_that_lie_in_a_place_that_is_struck_are_lost(tmp_path: Path) -> None:
    """10 lie in D for February. Known, they leave in January; struck in February, they are gone."""
    world: World = {
        **TWO_WAYS,
        "Settings": settings(2),
        "Nodes": [*TWO_WAYS["Nodes"][:1], {"node": "Z", "kind": "destination", "nation": "CY", "holding_cost": 1}],
        "Routes": [route("DZ", 1)],
        "Demand": [wanted(8, 2)],
    }
    assert damages(run(world, tmp_path / "known", first="2", names=["D"]))["node D"] == pytest.approx({"cost": 8})
    struck = damages(run(world, tmp_path / "struck", first="2", struck=True, names=["D"]))
    assert struck["node D"] == pytest.approx({"other_shortfall": 80, "cost": -8})


def test_goods_under_way_to_a_place_that_is_struck_are_lost(tmp_path: Path) -> None:
    """Over H, a month away, at 1; or straight for 3.

    Struck in February, what was sent to H in January is lost, and paid.
    """
    world: World = {
        **SERIES,
        "Settings": settings(2),
        "Routes": [route("SH", 1, lead_time=1), route("HZ"), route("SZ", 3, lead_time=1)],
        "Demand": [wanted(8, 2)],
    }
    assert damages(run(world, tmp_path / "known", first="2", names=["H"]))["node H"] == pytest.approx({"cost": 16})
    struck = damages(run(world, tmp_path / "struck", first="2", struck=True, names=["H"]))
    assert struck["node H"] == pytest.approx({"other_shortfall": 80})


def test_what_was_ordered_is_completed_at_most(tmp_path: Path) -> None:
    """M takes a month to deliver, half paid with the order.

    Struck in March, M cannot make more than was ordered: nothing.
    """
    lines = [LINES["Lines"][0], {**LINES["Lines"][1], "order_lead_time": 1, "advance": 0.5}]
    struck = damages(run({**LINES, "Lines": lines}, tmp_path, first="3", struck=True, kinds=["line"]))
    assert struck["line L"] == pytest.approx({"other_shortfall": 40, "cost": -4})


def test_what_was_paid_stays_paid(tmp_path: Path) -> None:
    """F and G carry over 40 each; 2 shells of 10 are wanted in each of two years.

    Struck in the second, F is gone with what it had for that year; what it and G paid in the first stands."""
    world: World = {
        **MONEY,
        "Settings": settings(2, period_length="year"),
        "Nodes": MONEY["Nodes"][:1],
        "Routes": [],
        "Stocks": [],
        "Demand": [{**wanted(4, 1), "demand": "one"}, {**wanted(4, 2), "demand": "two"}],
        "Budgets": [
            {"fund": "F", "contributor": "NO", "year": 2027, "amount": 40},
            {"fund": "G", "contributor": "CY", "year": 2026, "amount": 40},
        ],
    }
    found = damages(run(world, tmp_path, first="2", struck=True, kinds=["fund"]))
    assert found["fund F"] == pytest.approx({"other_shortfall": 40, "cost": -40})
    assert found["fund G"] == {}, "its money of the first year is spent, and it has none for the second"


def test_without_any_plan_is_worst_and_no_error(tmp_path: Path) -> None:
    """Weighted, and the demand has no shortage cost: it must be met."""
    world: World = {**SERIES, "Settings": settings(objective="weighted"), "Lines": [
        {"line": "L", "factory": "Z", "item": "shell", "unit_cost": 9, "capacity": 1}]}  # fmt: skip
    world = {**world, "Nodes": [{"node": "Z", "kind": "factory", "nation": "CY"}, *SERIES["Nodes"][1:]]}
    result = run(world, tmp_path, kinds=["route", "line"])
    assert damages(result) == {"route SH": None, "route HZ": None, "line L": {}}
    assert [rank for rank, _ in result.singles] == [1, 1, 3]
    assert "leave no plan" in result.findings.headline
    table = pd.read_csv(result.folder / "tables" / "withdrawals.csv")
    assert table["plan"].tolist() == ["no", "no", "yes"]
    assert table["damage"].isna().tolist() == [True, True, False]
    assert all(checked.values is None and checked.why for checked in result.checked.values())
    changes = (
        "A plan is possible with Lines.csv:E2 (capacity) 8 in place of 1. "
        "Or with Demand.csv:E2 (quantity) 1 in place of 8."
    )
    assert table["remedy"].fillna("").tolist() == [changes, changes, ""]


def test_without_any_plan_the_least_change_that_allows_one_is_told(tmp_path: Path) -> None:
    """14 shells must be there: 3 lie in D, and 110 EUR make 11 more. Without NO, its depot and its fund F, G needs
    140 EUR, or 5 shells must do. What is withdrawn does not come back: rows of Disruptions are to blame for nothing.
    """
    world: World = {**MONEY, "Settings": settings(objective="weighted"), "Demand": [wanted(14)]}
    result = run(world, tmp_path, kinds=["nation", "fund"], names=["NO", "F"])
    changes = (
        "A plan is possible with Budgets.csv:D3 (amount) 140 in place of 50. "
        "Or with Demand.csv:E2 (quantity) 5 in place of 14."
    )
    sentence = next(point for point in withdraw_lines(result) if point.startswith("Without NO: "))
    assert sentence == (
        "Without NO: no plan is left. What clashes: Demand of shell at d in 2026-01: 14 units wanted (Demand.csv:E2). "
        f"Fund at G in 2026-01: at most EUR\u00a050 (Budgets.csv:D3). {changes}"
    )
    assert changes in page_of(result)
    alone = next(again for taken, again in result.checked.items() if taken[0].kind == "fund")
    assert alone.changes == (
        "A plan is possible with Budgets.csv:D3 (amount) 110 in place of 50.",
        "Or with Demand.csv:E2 (quantity) 8 in place of 14.",
    ), "the depot is there: 3 of 14, so that 11 are to be made"
    assert not any("Disruptions" in line for again in result.checked.values() for line in again.why)
    record = json.loads((result.folder / "withdraw.json").read_text(encoding="utf-8"))
    assert changes in " ".join(record["withdrawals"][0]["why_no_plan"])
    struck = run(world, tmp_path / "struck", kinds=["fund"], names=["F"], struck=True)
    assert next(iter(struck.checked.values())).changes == alone.changes, "struck before anything was done"


def test_after_a_surprise_the_least_change_leaves_what_was_decided(tmp_path: Path) -> None:
    """12 must be there in March. L has made 8 when it is lost; M, which stood still, makes 2. Known from the start, M
    makes 2 in each month, which leaves a plan.
    """
    world: World = {**LINES, "Settings": settings(3, objective="weighted")}
    known = run(world, tmp_path / "known", kinds=["line"], names=["L"], first="3")
    assert damages(known)["line L"] == {"weighted": pytest.approx(8)}, "4 by M in place of L"
    result = run(world, tmp_path / "struck", kinds=["line"], names=["L"], first="3", struck=True)
    (struck,) = result.checked.values()
    assert struck.changes == (
        "A plan is possible with Lines.csv:E3 (capacity) 4 in place of 2.",
        "Or with Demand.csv:E2 (quantity) 10 in place of 12.",
    )
    assert "Line capacity of shell at M in 2026-03: at most 2 units started (Lines.csv:E3)" in struck.why[1]
    assert struck.changes[0] in page_of(result)


@pytest.mark.parametrize("struck", [False, True])
def test_a_lock_on_what_is_closed_is_the_reason(tmp_path: Path, struck: bool) -> None:
    """At least 2 are to go by P. Without P, or an end of it, the workbook is at fault: the lock asks the impossible."""
    lock = {"lock": "rail", "kind": "ship", "route": "P", "minimum": 2, "per": "period"}
    result = run({**TWO_WAYS, "Locks": [lock]}, tmp_path, struck=struck, kinds=["node", "route"])
    assert [name for name, damage in damages(result).items() if damage is None] == ["node D", "node Z", "route P"]
    reasons = [checked.why for checked in result.checked.values() if checked.values is None]
    asked = "Locks.csv:D2 (minimum): found '2', but in 2026-01 nothing that the lock names can be dispatched"
    assert [(len(why), why[0].startswith(asked)) for why in reasons] == [(1, True)] * 3
    page = (result.folder / "withdraw.html").read_text(encoding="utf-8")
    assert page.count("no plan is left. What clashes: Locks.csv:") == 3


def test_a_lock_kept_by_what_was_sent_before_a_surprise_stands(tmp_path: Path) -> None:
    """At least 2 are to go from D to Z, which takes a period. They left in 1 when Z is closed in 2: they are lost, and
    so are the others.
    """
    lock = {"lock": "rail", "kind": "ship", "route": "P", "minimum": 2, "per": "total"}
    routes = [{**TWO_WAYS["Routes"][0], "lead_time": 1}]
    world = {**TWO_WAYS, "Settings": settings(2), "Routes": routes, "Demand": [wanted(6, 2)], "Locks": [lock]}
    result = run(world, tmp_path, first="2", struck=True, kinds=["node"])
    assert damages(result)["node Z"] == pytest.approx({"other_shortfall": 60})
    assert [checked.is_checked for checked in result.checked.values()] == [False]


def test_a_depot_is_missed_when_the_attack_comes(tmp_path: Path) -> None:
    """Half likely, 6 shells are wanted at Z at once.

    Without the depot 6 · 10 · ½ = 30 are expected to stay uncovered.
    """
    world: World = {
        **TWO_WAYS,
        "Demand": [{**wanted(0), "quantity": 0}],
        "Contingencies": [{"contingency": "raid", "probability": 0.5, "period": 1}],
        "Surge": [{"contingency": "raid", "destination": "Z", "item": "shell", "quantity": 6}],
    }
    found = damages(run(world, tmp_path, kinds=["depot", "route"]))
    assert found["node D"] == pytest.approx({"contingency": 30, "response_cost": -3})
    assert found["route P"] == pytest.approx({"response_cost": 3})
    assert found["route Q"] == {}


def test_the_remedy_is_the_limit_that_brings_most_back(tmp_path: Path) -> None:
    """Without P, Q carries 6 of 8; half as much again is 9."""
    result = run(TWO_WAYS, tmp_path, names=["P"])
    remedy = next(iter(result.checked.values())).remedy
    assert remedy is not None
    assert remedy.limit == ("route_capacity", "Q", "")
    assert remedy.part == pytest.approx(1)
    assert "route Q" in result.findings.sections[0].points[0]


def test_lists_of_routes_and_choices(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = str(write_world(TWO_WAYS, tmp_path / "in"))
    out = tmp_path / "out"
    assert cli.run(["withdraw", source, "-o", str(out), "--kinds", "corridor", "--corridor", "P;Q"]) == 0
    record = json.loads((out / "withdraw.json").read_text())
    jsonschema.validate(record, schema("withdraw"))
    assert [one["taken"] for one in record["withdrawals"]] == [
        [{"kind": "corridor", "name": "CY - NO"}],
        [{"kind": "corridor", "name": "P; Q"}],
    ]
    for arguments, said in (
        (["--kinds", "depots"], "did you mean 'depot'?"),
        (["--names", "R"], "nothing that can be withdrawn is called 'R'"),
        (["--corridor", "P;R"], "no route is called 'R'"),
        (["--from", "2026-02"], "outside the horizon"),
        (["--struck", "soon"], "--struck: "),
    ):
        assert cli.run(["withdraw", source, "-o", str(tmp_path / "other"), *arguments]) == 64
        assert said in capsys.readouterr().err
    assert not (tmp_path / "other").exists()


def test_a_row_that_is_there_already_is_no_obstacle(tmp_path: Path) -> None:
    hit = {"kind": "route", "name": "P", "from": "1", "factor": 0.5}
    result = run({**TWO_WAYS, "Disruptions": [hit]}, tmp_path, names=["P"])
    assert damages(result)["route P"] == pytest.approx({"cost": 0.0, "other_shortfall": 20}, abs=30)
    assert next(iter(result.checked.values())).values is not None


def contents(folder: Path) -> dict[str, bytes]:
    kept = [path for path in folder.rglob("*") if path.is_file() and path.suffix in {".csv", ".json", ".html"}]
    return {str(path.relative_to(folder)): path.read_bytes() for path in kept}


@pytest.mark.long  # by default test_stress and test_fairness_command ask workers
def test_two_workers_write_the_same_bytes(tmp_path: Path) -> None:
    source = write_world(MONEY, tmp_path / "in")
    asked = WithdrawalRequest(pairs=5, remedies=2)
    one, two = (
        withdraw_from_workbook(source, tmp_path / f"out {workers}", asked, workers=workers) for workers in (1, 2)
    )
    assert contents(one.folder) == contents(two.folder)
    assert len(contents(one.folder)) == 5


def test_a_kind_that_nothing_is_of(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing to withdraw"):
        run(TWO_WAYS, tmp_path, kinds=["fund"])


def test_goods_that_are_of_no_use_any_more_lie_where_they_are(tmp_path: Path) -> None:
    """The railway carries what the quickstart delivers; struck in March, what lies at the depot stays there."""
    source = INPUTS / "quickstart"
    asked = WithdrawalRequest(first="3", struck=True, names=["Railway"], remedies=0)
    result = withdraw_from_workbook(source, tmp_path / "out", asked)
    assert [one.leaves_no_plan for _, one in result.singles] == [False]
    assert result.singles[0][1].hurts


def test_of_a_large_program_what_comes_after_the_first_level_that_differs_is_blank(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Up to there it is as worked out in whole: without the depot 3 are short, without F 10, without NO both."""
    whole = run(MONEY, tmp_path / "whole")
    monkeypatch.setattr("planner.solver.highs.LARGE_NONZEROS", -1)
    monkeypatch.setattr("planner.plan.again.remainder.MOST_FOR_ALL", 0)
    large = run(MONEY, tmp_path / "large")
    found = {one.label: one.damage for _, one in large.singles}
    assert found["node D"] == found["route DZ"] == pytest.approx({"other_shortfall": 30})
    assert found["fund F"] == pytest.approx({"other_shortfall": 100})
    assert found["nation NO"] == pytest.approx({"other_shortfall": 130})
    assert [rank for rank, _ in large.singles] == [rank for rank, _ in whole.singles]
    assert "--all-levels" in (large.folder / "withdraw.html").read_text(encoding="utf-8")
    fields = {folder: next(table for table in one.findings.tables if table.name == "ranking").fields
              for folder, one in (("whole", whole), ("large", large))}  # fmt: skip
    assert [field.key for field in fields["large"]][:5] == ["rank", "kind", "title", "first", "by"]
    assert [field.key for field in fields["whole"]][:4] == ["rank", "kind", "title", "other_shortfall"]
    assert "--all-levels" not in (whole.folder / "withdraw.html").read_text(encoding="utf-8")
    after = damages(run(MONEY, tmp_path / "all", all_levels=True))
    for label, damage in damages(whole).items():
        assert after[label] == pytest.approx(damage), label


# Money 100, in which both goods cost 10 a unit: 5 A, worth 20 each, and 5 of the 7 B, worth 10 each; 2 B are short.
SHARED: World = {
    **MONEY,
    "Items": [{"item": "A", "value": 20}, {"item": "B", "value": 10}],
    "Nodes": MONEY["Nodes"][:1],
    "Routes": [],
    "Stocks": [],
    "Lines": [{**MONEY["Lines"][0], "line": f"line {item}", "item": item} for item in "AB"],
    "Demand": [
        {**wanted(5), "demand": "a", "item": "A"},
        {**wanted(7), "demand": "b", "item": "B"},
    ],
    "Funds": [{"fund": "F"}],
    "Budgets": MONEY["Budgets"][:1],
}


def test_of_a_large_program_damage_lies_between_bounds_or_is_worked_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without its line 5 A are short, 100 of value.

    At most: B stays. At least: the 50 saved buy B, at 1 of value each, 50. In fact only 2 B are wanted, and the damage
    is 80. Without line B 5 more B are short, 50, and the 50 saved are worth as much, or nothing."""
    monkeypatch.setattr("planner.solver.highs.LARGE_NONZEROS", -1)
    monkeypatch.setattr("planner.plan.again.remainder.MOST_FOR_ALL", 0)
    rough = run(SHARED, tmp_path / "rough", kinds=["line"], exact=0, remedies=0)
    assert [(rank, one.label) for rank, one in rough.singles] == [(1, "line line A"), (1, "line line B")]
    between = rough.singles[0][1].between
    assert between is not None
    assert between == ("other_shortfall", pytest.approx(50), pytest.approx(100))
    assert rough.singles[1][1].between == ("other_shortfall", pytest.approx(0), pytest.approx(50))
    record = json.loads((rough.folder / "withdraw.json").read_text())
    jsonschema.validate(record, schema("withdraw"))
    assert record["withdrawals"][0]["between"]["at_most"] == pytest.approx(100)
    table = pd.read_csv(rough.folder / "tables" / "withdrawals.csv").dropna(subset="at_most")
    assert table[["level", "at_least", "at_most"]].values.tolist() == [
        ["other_shortfall", 50, 100],
        ["other_shortfall", 0, 50],
    ]
    assert "1 more may" in rough.findings.headline
    assert "between EUR\u00a050 and EUR\u00a0100 of goods weighted by priority." in rough.findings.headline
    exact = run(SHARED, tmp_path / "exact", kinds=["line"], exact=1, remedies=0)
    assert [(rank, one.damage.get("other_shortfall")) for rank, one in exact.singles] == [
        (1, pytest.approx(80)),
        (2, None),
    ], "80 is more than line B can do"


# As MONEY; line K must make a set in the month, of a part that lies in the depot.
OBLIGED: World = {
    **MONEY,
    "Items": [*MONEY["Items"], {"item": "part"}, {"item": "set"}],
    "Lines": [
        *MONEY["Lines"],
        {"line": "K", "factory": "Z", "item": "set", "unit_cost": 0, "capacity": 1, "min_rate": 1},
    ],
    "Components": [{"item": "set", "component": "part", "quantity": 1}],
    "Stocks": [*MONEY["Stocks"], {"node": "D", "item": "part", "quantity": 1}],
}


def test_those_that_leave_a_plan_are_examined_beside_those_that_leave_none(tmp_path: Path) -> None:
    """Without the depot K stands still, which it must not; without fund F 10 shells are short."""
    result = run(OBLIGED, tmp_path, names=["D", "F", "G"], remedies=1)
    assert [one.label for _, one in result.singles if one.leaves_no_plan] == ["node D"]
    assert {taken[0].name: again.is_checked for taken, again in result.checked.items()} == {"D": False, "F": True}
    none_left, damage = result.findings.sections
    assert none_left.points[0] == "No plan is left without 1 of 1 nodes: D."
    assert damage.tables[0].frame["name"].tolist() == ["F", "G"]
    assert "; 1 leaves no plan; worst of the others is that of fund F: " in result.findings.headline
    page = page_of(result)
    assert "Without depot D: no plan is left. What clashes: " in page
    assert "F3). This cannot hold, " in page
    assert "A plan is possible with Lines.csv:F3 (min_rate) 0 in place of 1." in page
    struck = run(OBLIGED, tmp_path / "struck", names=["D"], remedies=1, struck=True)
    assert struck.checked[next(iter(struck.checked))].changes == (
        "A plan is possible with Lines.csv:F3 (min_rate) 0 in place of 1.",
    ), "though the model without the rate has other rows"


# Two works whose lines have no name of their own, under codes that nobody says aloud; what is wanted in the third month
# must be there.
CODED: World = {
    "Settings": settings(3, objective="weighted"),
    "Nations": [{"nation": "n1", "name": "Spain"}, {"nation": "n2", "name": "Ukraine"}],
    "Items": [{"item": "i1", "name": "155 mm rounds"}],
    "Nodes": [
        {"node": "w1", "name": "Ibis", "kind": "factory", "nation": "n1"},
        {"node": "w2", "name": "Gull", "kind": "factory", "nation": "n1"},
        {"node": "z1", "name": "Area East", "kind": "destination", "nation": "n2"},
    ],
    "Routes": [{"origin": "w1", "destination": "z1"}, {"origin": "w2", "destination": "z1"}],
    "Lines": [
        {"factory": "w1", "item": "i1", "capacity": 6, "unit_cost": 1},
        {"factory": "w2", "item": "i1", "capacity": 5, "unit_cost": 1},
    ],
    "Demand": [{"demand": "Need", "destination": "z1", "item": "i1", "period": 3, "quantity": 30}],
}


def test_what_clashes_is_told_by_names(tmp_path: Path) -> None:
    """Without the one works the other makes 15 of 30 at most;
    without the nation none, and nothing can come to a place that is lost.
    """
    result = run(CODED, tmp_path, kinds=["nation", "factory"], remedies=5)
    sentences = " ".join(point for section in result.findings.sections for point in section.points)
    assert "no line, stock or arrival brings 155 mm rounds to Area East by then" in sentences
    assert "Disruptions leaves nothing of Area East then" in sentences
    assert "Line capacity of 155 mm rounds at Gull: 155 mm rounds in 2026-01 to 2026-03: at most 15 units" in sentences
    assert not re.search(r"\b[inwz][12]\b(?!\))", sentences)
