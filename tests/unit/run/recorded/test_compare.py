"""Two plans side by side."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from planner.cli.lines.diff import plan_difference_lines, table_change_lines
from planner.cli.lines.text import headline_lines
from planner.errors import UsageError
from planner.run.pipeline import solve_workbook
from planner.run.recorded.compare import headline_changes, table_changes
from planner.run.recorded.load import load_run
from tests.places import INPUTS
from tests.run_json import run_record
from tests.unit.run.small_run import ROWS, saved

OTHER = {
    **ROWS,
    "stocks": [("Hub", "shell", 1, 80.0), ("Depot", "shell", 2, 3.0)],
    "shortfalls": [("Second", "", "Hub", "shell", 2, 5.0 + 1e-9)],
}


def test_a_plan_does_not_differ_from_itself(tmp_path: Path) -> None:
    run = saved(tmp_path / "run")
    assert table_changes(run, run) == []
    assert all(figure.before == figure.after for figure in headline_changes(run, run))


def test_rows_come_go_and_change_by_key(tmp_path: Path) -> None:
    one, other = saved(tmp_path / "one"), saved(tmp_path / "other", OTHER, value=1100.0)
    (change,) = table_changes(one, other)  # a difference of 1e-9 is none
    assert change.table == "stocks"
    rows = change.rows[["node", "period", "kind", "change"]].values.tolist()
    assert rows == [["Hub", 2, "removed", -50.0], ["Hub", 1, "changed", -10.0], ["Depot", 2, "added", 3.0]]
    assert [change.count(kind) for kind in ("added", "removed", "changed")] == [1, 1, 1]


def test_a_row_is_told_once_by_the_first_measure_that_differs(tmp_path: Path) -> None:
    production = [
        ("Alpha line", "Alpha", "PL", "shell", 1, 61.0, 610.0),
        ("Bravo line", "Bravo", "CZ", "shell", 1, 40.0, 500.0),
        ("Bravo line", "Bravo", "CZ", "shell", 2, 10.0, 200.0),
    ]
    (change,) = table_changes(saved(tmp_path / "one"), saved(tmp_path / "other", {**ROWS, "production": production}))
    rows = change.rows[["line", "measure", "change"]].values.tolist()
    assert rows == [["Alpha line", "quantity", 1.0], ["Bravo line", "cost", 100.0]]


def test_a_plan_with_another_response_is_another(tmp_path: Path) -> None:
    """Of a need, surge or demand is no measure and no key: the demand says which it is."""
    need = ("attack", 2, "surge", "", "Hub", "shell", 2, 2, 5.0)
    standing = ("attack", 2, "demand", "Second", "Hub", "shell", 2, 2, 3.0)
    one = saved(tmp_path / "one", {**ROWS, "responses": [need, standing]})
    other = saved(tmp_path / "other", {**ROWS, "responses": [need, (*standing[:-1], 4.0)]})
    (change,) = table_changes(one, other)
    assert change.table == "responses"
    assert change.rows[["demand", "strike", "kind", "change"]].values.tolist() == [["Second", 2, "changed", 1.0]]
    lines = plan_difference_lines(one.folder, other.folder, 5)
    assert "The plans are the same." not in lines
    row = next(line for line in lines if "Second" in line and "attack" in line)
    assert row.split() == [
        "attack",
        "2026-02",
        "Second",
        "Hub",
        "shell",
        "2026-02",
        "2026-02",
        "quantity",
        "3",
        "4",
        "+1",
    ]


def test_headline_figures_are_put_side_by_side(tmp_path: Path) -> None:
    one, other = saved(tmp_path / "one"), saved(tmp_path / "other", OTHER, value=1100.0)
    figures = {figure.name: (figure.before, figure.after) for figure in headline_changes(one, other)}
    assert figures["Discounted cost"] == (1160.0, 1100.0)
    assert figures["Units delivered"] == (80.0, 80.0)
    assert figures["Payments"] == (1360.0, 1360.0)
    assert any(
        line.split()[:5] == ["Discounted", "cost", "1", "160", "1"]
        for line in headline_lines(headline_changes(one, other))
    )


def test_lines_show_periods_as_people_write_them_and_say_what_is_cut(tmp_path: Path) -> None:
    one, other = saved(tmp_path / "one"), saved(tmp_path / "other", OTHER)
    (change,) = table_changes(one, other)
    lines = table_change_lines(change, other, 1)
    assert lines[0] == "stocks: 1 added, 1 removed, 1 changed"
    assert lines[2].split() == ["Hub", "shell", "2026-02", "quantity", "50", "–", "−50"]
    assert lines[3] == "  … and 2 more (--limit)"


@pytest.mark.usefixtures("without_reports")
def test_plans_are_told_apart_with_the_names_of_the_input(tmp_path: Path) -> None:
    for name, capacity in (("one", ""), ("other", "9")):
        shutil.copytree(INPUTS / "quickstart", tmp_path / f"{name}_input")
        routes = tmp_path / f"{name}_input" / "Routes.csv"
        routes.write_text(routes.read_text().replace("Bravo,Depot,road,0,30,", f"Bravo,Depot,road,0,30,{capacity}"))
        solve_workbook(tmp_path / f"{name}_input", tmp_path / name)
    lines = plan_difference_lines(tmp_path / "one", tmp_path / "other", 2)
    row = next(line for line in lines if "Bravo road" in line)
    places = ["Bravo road", "Bravo works", "Forward depot", "road", "Pallets of 60 winter clothing sets"]
    assert re.split("  +", row.strip())[:5] == places
    assert not any("winter_pallet" in line for line in lines)


LOST = run_record(status="infeasible", message="too much")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "no run folder"),
        ("{", "cannot be read"),
        (json.dumps(LOST.document()), "holds no plan.*too much"),
    ],
)
def test_folders_that_hold_no_plan_are_refused(tmp_path: Path, text: str | None, message: str) -> None:
    if text is not None:
        (tmp_path / "run.json").write_text(text)
    with pytest.raises(UsageError, match=message):
        load_run(tmp_path)
