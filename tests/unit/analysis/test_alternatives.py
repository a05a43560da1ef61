"""Alternatives worked by hand, and on random worlds against limits, ranges found cold, and the checker.

Two works send shells to Town free of charge: A's at 10 EUR each, B's at 10.10, 10 of each at most; Town wants 10.
Best: A makes all, for 100 EUR. With 0.5 % more, 100.50, B makes b where 10 (10 − b) + 10.1 b = 100.5: b = 5. So A's
work is worth from 50 to 100 EUR, B's from 0 to 50.50. Fund Gift (of A) has 60 EUR, fund Own (of B) 200; both pay for
everything: A from 0 to 60, B from 40 to 100.50.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import numpy as np
import pandas as pd
import pytest

from planner.analysis.alternatives.alternatives import AlternativesResult, alternatives_of_workbook, read_slack
from planner.analysis.alternatives.dimensions import payers, producers
from planner.errors import UsageError
from planner.plan.again.warm_start import WarmStart
from planner.run.recorded.compare import table_changes
from planner.run.recorded.load import load_run
from planner.schemas import schema
from planner.solver.highs import INFINITY
from planner.solver.options import SolveOptions
from planner.solver.scaling import objective_scale
from planner.verify import verify_run
from planner.workbook import read_instance
from tests.seeds import only_long
from tests.worlds.worlds import World, random_world, write_world

WORKS: World = {
    "Settings": [{"key": "start", "value": "2026-01"}, {"key": "periods", "value": 1}],
    "Nations": [{"nation": "A"}, {"nation": "B"}],
    "Items": [{"item": "shell", "value": 10}],
    "Nodes": [
        {"node": "Works A", "kind": "factory", "nation": "A"},
        {"node": "Works B", "kind": "factory", "nation": "B"},
        {"node": "Town", "kind": "destination"},
    ],
    "Routes": [{"origin": "Works A", "destination": "Town"}, {"origin": "Works B", "destination": "Town"}],
    "Lines": [
        {"line": "Line A", "factory": "Works A", "item": "shell", "unit_cost": 10, "capacity": 10},
        {"line": "Line B", "factory": "Works B", "item": "shell", "unit_cost": 10.1, "capacity": 10},
    ],
    "Demand": [{"demand": "D", "destination": "Town", "item": "shell", "period": 1, "quantity": 10}],
}
MONEY: World = {
    "Funds": [{"fund": "Gift", "kind": "grant"}, {"fund": "Own"}],
    "Budgets": [
        {"fund": "Gift", "contributor": "A", "year": 2026, "amount": 60},
        {"fund": "Own", "contributor": "B", "year": 2026, "amount": 200},
    ],
}


pytestmark = pytest.mark.usefixtures("without_reports")


def found(world: World, folder: Path, slack: float, count: int = 2, by: list[str] | None = None) -> AlternativesResult:
    return alternatives_of_workbook(write_world(world, folder / "in"), folder / "out", slack, count, by)


def test_the_range_of_each_producer_and_the_farthest_plan(tmp_path: Path) -> None:
    result = found(WORKS, tmp_path, 0.005, 1)
    assert result.alternatives.ranges["producers A"].ends == pytest.approx((50.0, 100.0), rel=1e-6)
    assert result.alternatives.ranges["producers B"].ends == pytest.approx((0.0, 50.5), rel=1e-6, abs=1e-6)
    base, other = result.alternatives.chosen
    assert base.amounts == pytest.approx({"producers A": 100.0, "producers B": 0.0})
    assert other.amounts == pytest.approx({"producers A": 50.0, "producers B": 50.5}, rel=1e-5)
    assert result.alternatives.distances[0][1] == pytest.approx(50.5 / 100.5, rel=1e-5)
    cost = {level.name: level.value for level in result.plans[1].levels}
    assert cost["cost"] == pytest.approx(100.5, rel=1e-6)
    assert cost["other_shortfall"] == pytest.approx(0.0, abs=1e-6), "a level at 0 stays at 0"


def test_sites_without_a_nation_are_named_and_small_amounts_can_be_told_apart(tmp_path: Path) -> None:
    sites = [{key: value for key, value in node.items() if key != "nation"} for node in WORKS["Nodes"]]
    nations = [{"nation": "A", "name": "Aland"}]
    result = found(
        WORKS | {"Nodes": [*sites[:1], {**sites[1], "nation": "A"}, sites[2]], "Nations": nations}, tmp_path, 0.005, 1
    )
    assert set(result.alternatives.ranges) == {"producers Works A", "producers A"}
    (first, second) = sorted(result.findings.sections[0].points)
    assert first == "Aland (A) can produce from EUR\u00a00 to EUR\u00a050.5 (in the plan EUR\u00a00)."
    assert second == "Works A can produce from EUR\u00a050 to EUR\u00a0100 (in the plan EUR\u00a0100)."
    assert "of the work lies with others" in result.findings.headline


def test_without_slack_only_who_pays_is_open(tmp_path: Path) -> None:
    result = found(WORKS | MONEY, tmp_path, 0.0, 3)
    ranges = result.alternatives.ranges
    assert ranges["producers A"].ends == pytest.approx((100.0, 100.0), rel=1e-6)
    assert ranges["payers A"].ends == pytest.approx((0.0, 60.0), rel=1e-6, abs=1e-5)
    assert ranges["payers B"].ends == pytest.approx((40.0, 100.0), rel=1e-6)
    plan, other = result.plans[0], result.plans[1]
    paid = [one.tables["payments"].groupby("fund")["amount"].sum().to_dict() for one in (plan, other)]
    assert paid[0] == pytest.approx({"Gift": 60.0, "Own": 40.0}), "grants first, by convention"
    assert paid[1] == pytest.approx({"Own": 100.0}), "the convention does not undo who pays in an alternative"


def test_the_alternatives_are_run_folders(tmp_path: Path) -> None:
    result = found(WORKS | MONEY, tmp_path, 0.005, 2)
    folders = [result.folder / "alternatives" / str(number) for number in range(len(result.plans))]
    assert all(verify_run(folder).passed for folder in folders)
    changes = {change.table for change in table_changes(load_run(folders[0]), load_run(folders[1]))}
    assert {"production", "payments"} <= changes
    record = json.loads((result.folder / "alternatives.json").read_text(encoding="utf-8"))
    assert [plan["folder"] for plan in record["plans"]] == [f"alternatives/{n}" for n in range(len(folders))]
    jsonschema.validate(record, schema("alternatives"), cls=jsonschema.Draft202012Validator)
    ranges = pd.read_csv(result.folder / "tables" / "ranges.csv")
    assert set(ranges["name"]) == {"A", "B"}
    page = (result.folder / "alternatives.html").read_text(encoding="utf-8")
    assert "least and most within the slack" in page
    for number, folder in enumerate(folders):
        assert f'href="alternatives/{number}/report.html"' in page
        assert (folder / "report.html").is_file()


@pytest.fixture
def few_pivots(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every program is large, and no pivot is left for a range."""
    monkeypatch.setattr("planner.solver.parametric.study.MOST_TO_THE_END", 0)
    monkeypatch.setattr("planner.solver.parametric.study.APPROACH_SHARE", 0.0)


@pytest.mark.usefixtures("few_pivots")
def test_an_end_that_is_not_proved_is_told_with_what_none_is_beyond(tmp_path: Path) -> None:
    """A makes all of 100 EUR in the plan, which is all that its line can: the most is proved; B's 0 is the least.

    B's line can make 101 EUR, but with A at 0 the cost within the slack leaves 100.50; A's least is 0 as far as is
    proved.
    """
    result = found(WORKS, tmp_path, 0.005, 1)
    one, other = (result.alternatives.ranges[f"producers {name}"] for name in "AB")
    assert (one.least, one.most, one.no_less, one.no_more) == pytest.approx((100.0, 100.0, 0.0, 100.0), rel=1e-6)
    assert (other.least, other.most, other.no_less, other.no_more) == pytest.approx((0.0, 0.0, 0.0, 100.5), abs=1e-6)
    record = json.loads((result.folder / "alternatives.json").read_text(encoding="utf-8"))
    jsonschema.validate(record, schema("alternatives"), cls=jsonschema.Draft202012Validator)
    assert record["ranges"]["producers A"] == pytest.approx({"least": 100.0, "most": 100.0, "no_less": 0.0}, abs=1e-6)
    table = pd.read_csv(result.folder / "tables" / "ranges.csv").set_index("name")
    assert table.loc["B", "no_more"] == pytest.approx(100.5)
    assert np.isnan(table.loc["B", "no_less"])
    page = (result.folder / "alternatives.html").read_text(encoding="utf-8")
    assert "2 of 4 ends are not proved" in page
    assert "over the plans that were found within" in page
    assert "over all plans" not in page
    assert "No plan above" in page
    assert "Who produces: least and most found within the slack" in page
    assert "Least found" in page


@pytest.mark.parametrize("seed", [1, *only_long([4, 8, 9])])
@pytest.mark.parametrize("share", [0.0, *only_long([0.1, 0.5])])
def test_what_a_search_that_was_ended_says_is_true(
    seed: int, share: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each exact end lies between how far some plan goes and what none is beyond; the plans keep the slack."""
    slack, folder = 0.05, write_world(random_world(seed, "lexicographic", money=True), tmp_path / "in")
    exact = alternatives_of_workbook(folder, tmp_path / "exact", slack, 1).alternatives.ranges
    monkeypatch.setattr("planner.solver.parametric.study.MOST_TO_THE_END", 0)
    monkeypatch.setattr("planner.solver.parametric.study.APPROACH_SHARE", share)
    result = alternatives_of_workbook(folder, tmp_path / "out", slack, 2)
    best = {level.name: level.value or 0.0 for level in result.plans[0].levels}
    for plan in result.plans[1:]:
        for level in plan.levels:
            assert (level.value or 0.0) <= best[level.name] * (1 + slack) + 1e-6 * max(1.0, best[level.name])
    open_ends = 0
    for row, one in result.alternatives.ranges.items():
        near = 1e-6 * max(1.0, exact[row].most)
        assert one.no_less - near <= exact[row].least <= one.least + near
        assert one.most - near <= exact[row].most <= one.no_more + near
        for chosen in result.alternatives.chosen:
            assert one.least - near <= chosen.amounts[row] <= one.most + near
        open_ends += (one.no_less < one.least) + (one.no_more > one.most)
    assert open_ends or share


@pytest.mark.long  # by default test_stress and test_fairness_command ask workers
def test_two_workers_find_the_same(tmp_path: Path) -> None:
    source = write_world(WORKS | MONEY, tmp_path / "in")
    one, two = (
        alternatives_of_workbook(source, tmp_path / f"out {workers}", 0.005, 2, workers=workers) for workers in (1, 2)
    )
    assert one.alternatives.ranges == two.alternatives.ranges
    assert one.alternatives.distances == two.alternatives.distances
    pages = [(place.folder / "alternatives.html").read_bytes() for place in (one, two)]
    assert pages[0] == pages[1]


def test_contributors_of_one_fund_are_distinguished(tmp_path: Path) -> None:
    """One fund of A (60 EUR) and B (200 EUR) pays the 100 EUR: A from 0 to 60, B from 40 to 100."""
    budgets = [{**row, "fund": "Own"} for row in MONEY["Budgets"]]
    result = found(WORKS | {"Funds": [{"fund": "Own"}], "Budgets": budgets}, tmp_path, 0.0, 1, ["payers", "funds"])
    ranges = result.alternatives.ranges
    assert ranges["payers A"].ends == pytest.approx((0.0, 60.0), rel=1e-6, abs=1e-5)
    assert ranges["payers B"].ends == pytest.approx((40.0, 100.0), rel=1e-6)
    assert ranges["funds Own"].ends == pytest.approx((100.0, 100.0), rel=1e-6)
    before, after = (plan.tables["payments"].groupby("contributor")["amount"].sum() for plan in result.plans)
    assert before.to_dict() == pytest.approx({"A": 100 * 60 / 260, "B": 100 * 200 / 260}), (
        "in proportion, by convention"
    )
    assert after.get("A", 0.0) == pytest.approx(60.0) or after.get("A", 0.0) == pytest.approx(0.0, abs=1e-5)


def test_who_takes_part_in_common_procurement_stays_as_the_plan_chose(tmp_path: Path) -> None:
    """Two of A (60 EUR), B (200) and C (10) must pay a fifth each of 100 EUR, which C cannot: A and B take part.

    Then A pays from 20 to 60, C from 0 to 10, and B what is left: from 100 − 60 − 10 to 100 − 20.
    """
    budgets = [{**row, "fund": "Own"} for row in MONEY["Budgets"]]
    budgets.append({"fund": "Own", "contributor": "C", "year": 2026, "amount": 10})
    joint = {"fund": "Own", "min_nations": 2, "min_nations_enforced": "yes", "part_min": 0.2}
    world = WORKS | {"Funds": [joint], "Budgets": budgets, "Nations": [*WORKS["Nations"], {"nation": "C"}]}
    result = found(world, tmp_path, 0.0, 1, ["payers"])
    assert result.plans[0].kind == "MILP"
    expected = {"payers A": (20.0, 60.0), "payers B": (30.0, 80.0), "payers C": (0.0, 10.0)}
    for row, span in expected.items():
        assert result.alternatives.ranges[row].ends == pytest.approx(span, rel=1e-5, abs=1e-4)
    assert "Choices" in dict(result.findings.facts)


def test_by_producers_alone(tmp_path: Path) -> None:
    result = found(WORKS | MONEY, tmp_path, 0.005, 1, ["producers"])
    assert {part.aspect for part in result.parts} == {"producers"}


def test_what_cannot_be_varied_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="money is not limited"):
        found(WORKS, tmp_path / "a", 0.02, 1, ["payers"])
    with pytest.raises(UsageError, match=r"expected producers, payers or funds.*producers"):
        found(WORKS, tmp_path / "b", 0.02, 1, ["producer"])
    with pytest.raises(UsageError, match="--slack"):
        found(WORKS, tmp_path / "c", -0.1)
    assert not list(tmp_path.glob("*/out"))


@pytest.mark.parametrize(("text", "share"), [("2%", 0.02), ("0.5 %", 0.005), ("0.02", 0.02), ("0", 0.0)])
def test_slack_is_a_share_or_per_cent(text: str, share: float) -> None:
    assert read_slack(text) == pytest.approx(share)


@pytest.mark.parametrize("text", ["much", "2", "-1%", "nan"])
def test_slack_that_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=f"--slack: found '{text}'"):
        read_slack(text)


@pytest.mark.parametrize("objective", ["lexicographic", *only_long(["weighted"])])
@pytest.mark.parametrize("seed", [1, *only_long([4, 8, 9])])
def test_random_worlds(seed: int, objective: str, tmp_path: Path) -> None:
    """Within the slack, verified, in their ranges, apart; each range's ends as a cold solve with limits finds them."""
    slack, folder = 0.05, write_world(random_world(seed, objective, money=True), tmp_path / "in")
    result = alternatives_of_workbook(folder, tmp_path / "out", slack, 3)
    best = {level.name: level.value or 0.0 for level in result.plans[0].levels}
    for plan in result.plans[1:]:
        for level in plan.levels:
            assert (level.value or 0.0) <= best[level.name] * (1 + slack) + 1e-6 * max(1.0, best[level.name])
    distances = np.array(result.alternatives.distances)
    assert distances == pytest.approx(distances.T)
    assert (distances[~np.eye(len(distances), dtype=bool)] > 1e-4).all()
    for row, found_range in result.alternatives.ranges.items():
        assert found_range.is_proved
        for one in result.alternatives.chosen:
            assert found_range.least - 1e-4 <= one.amounts[row] <= found_range.most + 1e-4
    _compare_ranges_with_cold_solves(folder, result, best, slack)


def _compare_ranges_with_cold_solves(
    folder: Path, result: AlternativesResult, best: dict[str, float], slack: float
) -> None:
    program = WarmStart(replace(read_instance(folder), contributors_apart=True), moving=True).program
    parts = [*producers(program.model), *payers(program.model)]
    assert {part.row for part in parts} == set(result.alternatives.ranges)
    for part in parts[:4]:
        for sign, expected in zip((1.0, -1.0), result.alternatives.ranges[part.row].ends, strict=True):
            session = program.session(SolveOptions())
            for name, costs in program.levels:
                limit = best[name] * (1 + slack)
                scale = objective_scale(costs)
                session.add_row(-INFINITY, (limit + 1e-9 * max(1.0, limit)) * scale, costs * scale)
            session.set_costs(sign * part.costs)
            outcome = session.solve("range")
            assert outcome.status == "optimal"
            assert sign * outcome.objective == pytest.approx(expected, rel=1e-5, abs=1e-3)
