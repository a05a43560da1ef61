"""Options are judged by one yardstick: the values that the base gives goods."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from small_world import options, sheets, write

from planner.options.pipeline import compare_workbook
from planner.options.revalued import revalued_levels, served
from planner.plan import solve
from planner.workbook import read_instance
from tests.places import CASES

pytestmark = pytest.mark.usefixtures("without_option_pages")


def test_every_level_of_value_follows_the_values(tmp_path: Path) -> None:
    """Twice the values, twice each of these levels: binding, other, lateness and targets all have something here."""
    made = sheets(
        Demand=[
            ["demand", "commitment", "destination", "item", "period", "quantity", "max_delay", "priority"],
            ["First", "one", "Hub", "crate", 1, 110, 1, 3],
            ["Late", "one", "Hub", "crate", 1, 30, 1, 2],
            ["Second", "two", "Hub", "crate", 2, 100, 0, 1],
        ],
        Targets=[["target", "nodes", "items", "quantity", "priority"], ["Reserve", "Hub", "crate", 5, 2]],
        Budgets=[["fund", "contributor", "year", "amount"], ["Joint", "PL", 2026, 2300]],
    )
    made["Nodes"][3][3] = None
    plan = solve(read_instance(write(made, tmp_path / "in.xlsx")))
    values = {level.name: level.value for level in plan.levels}
    assert values["lateness"]
    assert values["target_shortfall"]
    assert values["other_shortfall"]
    dearer = {item: 2 * value for item, value in plan.instance.unit_values.items()}
    twice = revalued_levels(plan, replace(plan.instance, unit_values=dearer))
    shares = {name: twice.pop(name) for name in ("least_served_binding", "least_served_other")}
    assert twice == pytest.approx({name: 2 * (values[name] or 0.0) for name in twice}, abs=1e-6)
    whole = {"binding": 140 * 10, "other": 100 * 10}
    assert shares["least_served_other"] == pytest.approx((values["other_shortfall"] or 0.0) / whole["other"])
    assert revalued_levels(plan, plan.instance) == {}


def test_an_option_that_makes_goods_cheaper_does_not_seem_to_miss_less(tmp_path: Path) -> None:
    """At 8 a crate is worth 8 to its own plan, and 96 are bought:
    4 × 10 are missing by the base, 4 × 8 by its own values.
    """
    changes = options(("CHEAP", "Lines", "line=A", "unit_cost", "set", 8))
    result = compare_workbook(write(sheets(Options=changes), tmp_path / "in.xlsx"), tmp_path / "out")
    assert result.comparison.figure("CHEAP", "delivered") == pytest.approx(960)  # 60 × 8 + 36 × 20 = 1200
    assert result.comparison.figure("CHEAP", "binding_shortfall") == pytest.approx(4 * 10)
    own = result.comparison.outcomes[1].record.objective[0].value
    assert own == pytest.approx(4 * 8)


FIELD = CASES / "field" / "compare-half-wei"


def test_what_wants_less_is_not_best(tmp_path: Path) -> None:
    """30 kits at 13 each are 390, at 12 each 360; 15 kits that HALF leaves out cost 100 each: 195 + 1500;
    NOTHING 3000.
    """
    shutil.copytree(FIELD / "input", tmp_path / "input")
    result = compare_workbook(tmp_path / "input", tmp_path / "out")
    weighted = {name: result.comparison.figure(name, "weighted") for name in result.comparison.ranks}
    assert weighted == pytest.approx({"base": 390, "CHEAP": 360, "HALF": 1695, "NOTHING": 3000})
    assert result.comparison.ranks == {"CHEAP": 1, "base": 2, "HALF": 3, "NOTHING": 4}
    best = {entry.figure: (entry.options, entry.among) for entry in result.record.best}
    assert best["weighted"][0] == (json.loads((FIELD / "expected.json").read_text())["best"],)
    assert best["fill_rate"] == (("base", "CHEAP"), ("base", "CHEAP"))


def test_what_must_be_met_and_is_not_ranks_last(tmp_path: Path) -> None:
    shutil.copytree(FIELD / "input", tmp_path / "input")
    demand = tmp_path / "input" / "Demand.csv"
    demand.write_text(demand.read_text().replace(",shortage_cost", "").replace(",100", ""))
    result = compare_workbook(tmp_path / "input", tmp_path / "out")
    assert result.comparison.figure("NOTHING", "weighted") is None
    assert [result.comparison.ranks[name] for name in ("CHEAP", "base", "HALF", "NOTHING")] == [1, 2, 3, 3]


@pytest.mark.parametrize(
    ("name", "rows", "binding", "other"),
    [
        # 50 crates of First are lacking; Second gets 60 of Alpha for 600 and 5 of Bravo for 100, and with NOTHING 90
        # for 1200.
        ("HALF", [("Demand", "demand=First", "quantity", "scale", 0.5)], 500, 350),
        ("NOTHING", [("Demand", "demand=First", "quantity", "set", 0)], 1000, 100),
        # More is wanted, and as much delivered: nothing more is lacking of what the base wants.
        ("MORE", [("Demand", "demand=First", "quantity", "scale", 2)], 100, 1000),
        # Another priority: the base's counts.
        ("RANKED", [("Demand", "demand=First", "priority", "set", 7)], 100, 1000),
    ],
)
def test_aims_count_what_the_base_wants(
    tmp_path: Path, name: str, rows: list[tuple[object, ...]], binding: float, other: float
) -> None:
    made = sheets(
        Demand=[
            ["demand", "commitment", "destination", "item", "priority", "2026-01", "2026-02"],
            ["First", "one", "Hub", "crate", None, 100, None],
            ["Second", "two", "Hub", "crate", None, None, 100],
        ],
        Options=options(*[(name, *row) for row in rows]),
    )
    result = compare_workbook(write(made, tmp_path / "in.xlsx"), tmp_path / "out")
    found = [result.comparison.figure(name, level) for level in ("binding_shortfall", "other_shortfall")]
    assert found == pytest.approx([binding, other], abs=1e-6)


@pytest.mark.parametrize(
    ("objective", "cost", "level", "base", "less"),
    [
        ("lexicographic", None, "target_shortfall", 0, 2 * 40 * 10),
        ("weighted", 100, "weighted", 1200, 500 + 2 * 40 * 100),
        ("weighted", None, "weighted", 1200, None),
    ],
)
def test_aims_count_the_stock_that_the_base_wants(
    tmp_path: Path, objective: str, cost: float | None, level: str, base: float, less: float | None
) -> None:
    """30 crates and 60 in stock are 60 of Alpha at 10 and 30 of Bravo at 20;
    with 20 in stock 50 of Alpha do, and 40 lack.
    """
    made = sheets(
        Demand=[["destination", "item", "period", "quantity"], ["Hub", "crate", 1, 30]],
        Targets=[["target", "nodes", "items", "quantity", "shortage_cost"], ["Reserve", "Hub", "crate", 60, cost]],
        Options=options(("LESS", "Targets", "target=Reserve", "quantity", "set", 20)),
        Commitments=None, Funds=None, Budgets=None,
    )  # fmt: skip
    made["Settings"].append(["objective", objective])
    made["Nodes"][3][1:] = ["depot", None, None]
    result = compare_workbook(write(made, tmp_path / "in.xlsx"), tmp_path / "out")
    assert result.comparison.figure("base", level) == pytest.approx(base, abs=1e-6)
    found = result.comparison.figure("LESS", level)
    assert found is None if less is None else found == pytest.approx(less, abs=1e-6)
    assert result.comparison.ranks == {"base": 1, "LESS": 2}


def test_what_arrives_under_another_name_counts_within_the_window(tmp_path: Path) -> None:
    """The base wants 100 in January, of which a month's delay is allowed;
    two demands of 50, renamed, in January and February.
    """
    first = ["First", "Hub", "crate", 1, 100, 1]
    header = ["demand", "destination", "item", "period", "quantity", "max_delay"]
    money = [["fund", "contributor", "year", "amount"], ["Joint", "PL", 2026, 5000]]
    base = read_instance(write(sheets(Demand=[header, first], Budgets=money), tmp_path / "base.xlsx"))
    rows = [["A", "Hub", "crate", 1, 50, 0], ["B", "Hub", "crate", 2, 50, 0]]
    plan = solve(read_instance(write(sheets(Demand=[header, *rows], Budgets=money), tmp_path / "other.xlsx")))
    (one,) = served(plan, base.demands)
    assert (one.lacking, one.late) == (pytest.approx(0), [(1, pytest.approx(50))])
    prompt = replace(base, demands=(replace(base.demands[0], window=range(1)),))
    (one,) = served(plan, prompt.demands)
    assert (one.lacking, one.late) == (pytest.approx(50), [])
