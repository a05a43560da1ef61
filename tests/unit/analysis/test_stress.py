"""Responses under stress: figures worked by hand, and what a run leaves."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from planner import cli
from planner.analysis.context import read_source
from planner.analysis.stress.done import Tables
from planner.analysis.stress.drawing import numbers
from planner.analysis.stress.pipeline import stress
from planner.analysis.stress.results import Stressed
from planner.analysis.stress.statistics import level, share, spread
from planner.analysis.stress.tables import draw_table, number_table, stress_table
from planner.domain.contingency.uncertainty import Uncertainty
from planner.domain.fixed_plan import FixedQuantity, GivenPlan
from planner.domain.instance import PlanningInstance
from planner.plan import SolveOptions, solve
from planner.plan.again.fixed_plan import complete
from planner.run.log import Log
from planner.run.tables import table_text
from planner.workbook import read
from tests.places import INPUTS

ATTACK = Path(__file__).with_name("attack")
VALUE = 4000  # of a shell
Row = tuple[str, ...]


def stressed(folder: Path, rows: Iterable[Row], draws: int = 2, **changes: tuple[str, str]) -> Stressed:
    """The attack with these rows of Uncertainty (what, names, low, likely, high);
    `changes`: old and new text by table.
    """
    source = folder / "in"
    shutil.copytree(ATTACK, source)
    for table, (old, new) in changes.items():
        text = (source / f"{table}.csv").read_text(encoding="utf-8")
        assert old in text
        (source / f"{table}.csv").write_text(text.replace(old, new), encoding="utf-8")
    with (source / "Uncertainty.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["uncertainty", "what", "names", "low", "likely", "high"])
        writer.writerows((f"row {place}", *row) for place, row in enumerate(rows))
    found = read_source(source, SolveOptions(), None, Log())
    return stress(found, planned(found.instance, bool(changes)), draws, 0)


_sample: list[Tables] = []


def planned(instance: PlanningInstance, changed: bool) -> Tables:
    """The tables of the plan; that of the attack is made once, for Uncertainty has no part in it."""
    if changed or not _sample:
        tables = solve(instance, priced=False).tables
        if changed:
            return tables
        _sample.append(tables)
    return _sample[0]


def fixed(what: str, factor: float, names: str = "") -> Row:
    return what, names, str(factor), "", str(factor)


# The attack of the folder beside, by its notes


def test_every_draw_is_what_the_notes_work_out() -> None:
    """L = 4000 × (20 + 210 s − 120 k − 40 c), and the promise is 0.6 of 20 + 210 s."""
    sample = read_source(ATTACK, SolveOptions(), None, Log())
    found = stress(sample, planned(sample.instance, False), 300, 7)
    surge, stock, capacity = found.drawn.T
    need, there = 20 + 210 * surge, 120 * stock + 40 * capacity
    loss, coverage, lack = found.figures[0].T
    assert loss == pytest.approx(VALUE * (need - there), rel=1e-9)
    assert coverage == pytest.approx(there / need, rel=1e-9)
    assert lack == pytest.approx(VALUE * np.maximum(0.6 * need - there, 0), rel=1e-9, abs=1e-6)
    assert found.levels == pytest.approx(loss / 2)
    kept = (0.6 * need <= there).mean()
    assert 0.5 < kept < 0.9
    assert found.kept is not None
    assert found.kept.share == kept
    assert (found.drawn >= [0.7, 0.8, 0.5]).all()
    assert (found.drawn <= [1.6, 1, 1.1]).all()


# What varies, each alone; 230 shells are needed and 160 are there


@pytest.mark.parametrize(
    ("rows", "uncovered", "needed"),
    [
        ([fixed("surge", 1)], 70, 230),
        ([fixed("surge", 2, "attack")], 280, 440),
        ([fixed("surge", 2, "Front")], 280, 440),
        ([fixed("surge", 2, "Rear")], 70, 230),
        ([fixed("surge", 0)], 0, 20),
        ([fixed("demand", 2)], 90, 250),
        ([fixed("demand", 2, "March")], 80, 240),
        ([fixed("stock", 0.5)], 130, 230),
        ([fixed("stock", 0.5, "PL")], 130, 230),
        ([fixed("stock", 0.5, "UA")], 70, 230),
        ([fixed("stock", 0.5), fixed("stock", 0.5, "Rear")], 160, 230),
        ([fixed("yield", 0.5)], 90, 230),
        ([fixed("yield", 0)], 110, 230),
        ([fixed("capacity", 0.5)], 90, 230),
        ([fixed("capacity", 0, "Works line")], 110, 230),
        ([fixed("capacity", 0.5), fixed("yield", 0.5)], 100, 230),
        ([fixed("delay", 0.4)], 70, 230),
        ([fixed("delay", 1, "Railway")], 160, 230),  # what leaves in March comes in April, when 70 are due
        ([fixed("delay", 0.5, "Railway")], 160, 230),
        ([fixed("delay", 1, "Railway"), fixed("delay", 1)], 230, 230),
        ([fixed("delay", 1, "Works road")], 90, 230),  # what is made in April comes too late
        ([fixed("surge", 0.9), fixed("stock", 0.8), fixed("capacity", 0.5)], 93, 209),
    ],
)
def test_one_number_for_all_that_a_row_names(rows: list[Row], uncovered: float, needed: float, tmp_path: Path) -> None:
    found = stressed(tmp_path, rows)
    for loss, coverage, _ in found.figures[0]:
        assert loss == pytest.approx(VALUE * uncovered, rel=1e-9, abs=1e-9)
        assert coverage == pytest.approx(1 - uncovered / needed, rel=1e-9)


@pytest.mark.parametrize(
    ("row", "uncovered"),
    [("capacity", 110), ("capacity 0.5", 130), ("capacity 1.5", 110), ("yield 0.5", 130)],
)
def test_what_was_ordered_before(row: str, uncovered: float, tmp_path: Path) -> None:
    """With two months from order to completion 80 lie in the depot; what comes in March and April was ordered before:
    20 each, as the plan has it, and of less capacity its share."""
    what, _, number = row.partition(" ")
    found = stressed(
        tmp_path, [fixed(what, float(number or 1))],
        Lines=("capacity,yield,note\nWorks line,Works,shell,4000,20,1,",
               "capacity,yield,order_lead_time\nWorks line,Works,shell,4000,20,1,2"),
    )  # fmt: skip
    assert found.figures[0, :, 0] == pytest.approx(VALUE * uncovered)


def test_stock_of_a_response_that_begins_with_the_horizon(tmp_path: Path) -> None:
    """100 in stock and 20 made in each of two months, for 230; half the stock: 90 are there."""
    found = stressed(tmp_path, [fixed("stock", 0.5)], Contingencies=("2026-03", "2026-01"))
    assert found.planned[0][0] == pytest.approx(VALUE * 90)
    assert found.figures[0, :, 0] == pytest.approx(VALUE * 140)


def test_weighted_what_must_be_covered_may_fail(tmp_path: Path) -> None:
    """80 must be covered and 40 are made: 40 lack. The 150 that may stay uncovered, at 9000 each, all do."""
    found = stressed(
        tmp_path, [fixed("stock", 0)],
        Settings=("lexicographic", "weighted"), Contingencies=("0.6", ""), Demand=("yes", ""),
        Surge=("quantity,note\nattack,Front,shell,0,150,", "quantity,shortage_cost\nattack,Front,shell,0,150,9000"),
    )  # fmt: skip
    ((loss, coverage, lack), *_) = found.figures[0]
    assert lack == pytest.approx(VALUE * (230 - 150 - 40))
    assert loss == pytest.approx(150 * 9000 + 40 * 4000 + 40 * 1 + 40 * 2, rel=1e-9)
    assert coverage == pytest.approx(40 / 230)
    assert found.kept is not None
    assert found.kept.share == 0


def test_an_attack_that_asks_for_nothing_is_covered(tmp_path: Path) -> None:
    rows = "quantity,note\nattack,Front,shell,0,150,\nattack,Front,shell,1,60,"
    found = stressed(tmp_path, [fixed("stock", 0.5)], Surge=(rows, "quantity,note"))
    assert found.figures[0].tolist() == [[0, 1, 0]] * 2
    assert found.kept is None


def test_what_must_hold_has_a_promise_of_all(tmp_path: Path) -> None:
    found = stressed(tmp_path, [fixed("stock", 0.5)], Contingencies=("0.5,2026-03,2,0.6", ",2026-03,2,"))
    assert found.figures[0, 0].tolist() == pytest.approx([VALUE * 130, 1 - 130 / 230, VALUE * 130])


# Agreement with plans made in other ways


def test_nothing_varied_is_the_plan_itself(tmp_path: Path) -> None:
    found = stressed(tmp_path, [fixed(what, 1) for what in ("surge", "demand", "stock", "yield", "capacity")])
    (case,) = solve(found.instance, priced=False).tables["cases"].itertuples()
    for figures in found.figures[0]:
        assert figures.tolist() == pytest.approx([case.uncovered, case.coverage, case.lack], abs=1e-9)
    assert found.level.mean == pytest.approx(140_000)
    assert found.level.standard_error == 0


@pytest.mark.parametrize(("what", "factor"), [("surge", 1.3), ("capacity", 1.4)])
def test_as_the_plan_completed_for_a_changed_workbook(what: str, factor: float, tmp_path: Path) -> None:
    """The plan's own quantities fixed in a workbook that has the factor in its cells."""
    found = stressed(tmp_path, [fixed(what, factor)])
    instance = found.instance
    plan = solve(instance, priced=False)
    changed = complete(_changed(instance, what, factor), _given(plan.tables), SolveOptions())
    (case,) = changed.tables["cases"].itertuples()
    assert found.figures[0, 0].tolist() == pytest.approx([case.uncovered, case.coverage, case.lack], abs=1e-6)


def _changed(instance: PlanningInstance, what: str, factor: float) -> PlanningInstance:
    if what == "surge":
        own = instance.contingencies["attack"]
        surges = tuple(replace(surge, quantity=surge.quantity * factor) for surge in own.surges)
        return replace(instance, contingencies={"attack": replace(own, surges=surges)})
    line = instance.lines["Works line"]
    more = replace(line, capacity=tuple(one * factor for one in line.capacity))
    return replace(instance, lines={"Works line": more})


def _given(tables: dict[str, pd.DataFrame]) -> GivenPlan:
    made = {(r.line, r.period - 1): FixedQuantity(r.quantity, "") for r in tables["production"].itertuples()}
    stock = {(r.item, r.node, r.period - 1): FixedQuantity(r.quantity, "") for r in tables["stocks"].itertuples()}
    return GivenPlan({"production": made, "stocks": stock})


# Numbers and statistics


def test_numbers_are_triangular_and_each_draw_has_its_own() -> None:
    rows = [
        Uncertainty("a", "surge", 0.5, 1, 2),
        Uncertainty("b", "stock", 1, 1, 1),
        Uncertainty("c", "yield", 0, 0, 3),
    ]
    found = numbers(rows, 3, 4000)
    assert found[:, 0].mean() == pytest.approx(3.5 / 3, abs=0.02)
    assert np.quantile(found[:, 0], 1 / 3) == pytest.approx(
        1, abs=0.02
    )  # (likely − low) ÷ (high − low) lie below likely
    assert (found[:, 1] == 1).all()
    assert found[:, 2].mean() == pytest.approx(1, abs=0.04)
    assert (numbers(rows, 3, 10) == found[:10]).all()
    assert (numbers(rows[:1], 3, 10)[:, 0] == found[:10, 0]).all()
    assert (numbers(rows, 4, 10)[:, 0] != found[:10, 0]).all()


def test_statistics_by_hand() -> None:
    """Of 1 … 10: mean 5.5, variance 55 ÷ 6, t(9) 2.262157; of 1 and 3 quantiles between;
    of 7 in 10 Wilson's interval.
    """
    found = spread(np.arange(1.0, 11.0))
    assert found[:2] == pytest.approx((5.5, (55 / 6 / 10) ** 0.5))
    assert (found.low, found.high) == pytest.approx((5.5 - 2.262157 * 0.957427, 5.5 + 2.262157 * 0.957427), abs=1e-5)
    assert spread(np.array([3.0, 1.0]))[4:] == pytest.approx((1.1, 2.0, 2.9))
    kept = share(np.array([True] * 7 + [False] * 3))
    assert tuple(kept) == pytest.approx((0.7, 0.1449138, 0.3967781, 0.8922087), abs=1e-6)
    assert share(np.array([False] * 4)).high == pytest.approx(1.959964**2 / (4 + 1.959964**2), abs=1e-6)


def test_the_level_of_a_draw_weighs_the_worst_cases() -> None:
    """L 10, 20 and 60 of weight 0.2, 0.2 and 0.1: expected 12; of the worst half (0.25 of 0.5) the mean is 36."""
    losses = np.array([[10.0], [20.0], [60.0]])
    weights = [0.2, 0.2, 0.1]
    assert level(losses, weights, 0, 0.9) == pytest.approx([12])
    assert level(losses, weights, 1, 0.5) == pytest.approx([0.5 * 36])
    assert level(losses, weights, 0.4, 0.5) == pytest.approx([0.6 * 12 + 0.4 * 0.5 * 36])
    assert level(losses, [0.2, 0.2, 0], 1, 1) == pytest.approx([0.4 * 60])


# What a run leaves


@pytest.mark.long
def test_the_same_bytes_with_a_plan_that_stands_and_on_two_workers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["solve", str(ATTACK), "-o", str(tmp_path / "plan")]) == 0
    assert "Uncertainty (3 rows) is no part of the plan: planner stress lets it vary." in capsys.readouterr().out
    arguments = ["--draws", "250", "--seed", "5", "--plan", str(tmp_path / "plan"), "--workers", "2"]
    assert cli.run(["stress", str(ATTACK), *arguments, "-o", str(tmp_path / "out")]) == 0
    assert "of 250 draws keep every promise" in capsys.readouterr().out
    assert cli.run(["stress", str(ATTACK), "--draws", "2", "-o", str(tmp_path / "out"), "-q"]) == 64
    found = {path.stem: path.read_text(encoding="utf-8") for path in (tmp_path / "out" / "tables").iterdir()}
    assert set(found) == {"stress", "coverage", "varied", "stress_draws", "stress_numbers"}
    sample = read_source(ATTACK, SolveOptions(), None, Log())
    alone = stress(sample, planned(sample.instance, False), 250, 5)
    assert found["stress_draws"] == table_text(draw_table(alone))
    assert found["stress_numbers"] == table_text(number_table(alone))
    assert found["stress"] == table_text(stress_table(alone).frame)
    record = json.loads((tmp_path / "out" / "stress.json").read_text(encoding="utf-8"))
    assert (record["draws"], record["seed"], record["verification"]) == (250, 5, "verified")
    assert record["plan"] == str(tmp_path / "plan")
    assert record["cases"][0]["kept"]["share"] == record["kept"]["share"]


@pytest.mark.usefixtures("without_reports")
def test_a_run_folder_is_its_own_plan(tmp_path: Path) -> None:
    plan = str(tmp_path / "plan")
    assert cli.run(["solve", str(ATTACK), "-o", plan, "-q"]) == 0
    asked = ["--draws", "2", "-o"]
    assert cli.run(["stress", plan, *asked, str(tmp_path / "own"), "-q"]) == 0
    assert cli.run(["stress", str(ATTACK), "--plan", plan, *asked, str(tmp_path / "named"), "-q"]) == 0
    own, named = (
        json.loads((tmp_path / name / "stress.json").read_text(encoding="utf-8")) for name in ("own", "named")
    )
    assert own == named
    assert own["plan"] == plan


def test_what_cannot_be_stressed_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    quickstart = INPUTS / "quickstart"
    assert cli.run(["stress", str(quickstart), "-o", str(tmp_path / "out"), "-q"]) == 64
    assert "has no case to answer" in capsys.readouterr().err
    shutil.copytree(ATTACK, tmp_path / "in")
    (tmp_path / "in" / "Uncertainty.csv").unlink()
    assert cli.run(["stress", str(tmp_path / "in"), "-o", str(tmp_path / "out"), "-q"]) == 64
    assert "Uncertainty has no rows" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_plan_that_the_workbook_does_not_allow_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["solve", str(ATTACK), "-o", str(tmp_path / "plan"), "-q"]) == 0
    shutil.copytree(ATTACK, tmp_path / "in")
    lines = tmp_path / "in" / "Lines.csv"
    lines.write_text(lines.read_text(encoding="utf-8").replace("4000,20", "4000,15"), encoding="utf-8")
    arguments = ["stress", str(tmp_path / "in"), "--plan", str(tmp_path / "plan"), "-o", str(tmp_path / "out"), "-q"]
    assert cli.run(arguments) == 5
    assert "does not fit in" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_faults_of_uncertainty_are_told_by_cell(tmp_path: Path) -> None:
    shutil.copytree(ATTACK, tmp_path / "in")
    (tmp_path / "in" / "Uncertainty.csv").write_text(
        "uncertainty,what,names,items,low,likely,high\n"
        "a,surge,atack,,0.5,1,2\n"
        "b,delay,Railway,shell,0,,1\n"
        "c,stok,,,0.5,1,2\n"
        "d,stock,Rear,shel,0.5,1,0.4\n"
        "e,yield,Works line,,-1,3,2\n",
        encoding="utf-8",
    )
    faults = "\n".join(str(fault) for fault in read(tmp_path / "in").faults)
    for said in ("did you mean 'attack'", "a route is late for all that it carries", "found 'stok', expected surge, demand, stock",
                 "did you mean 'shell'", "expected at least low, 0.5", "found -1"):  # fmt: skip
        assert said in faults, faults
