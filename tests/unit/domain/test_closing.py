"""Which certain disruptions keep goods from a demand, worked by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.domain.contingency.closing import Closing
from planner.plan import solve
from planner.report.words.reasons import Reasons
from planner.workbook import read_instance
from planner.workbook.validate.checks import check_network
from tests.places import INPUTS

HEADER = "contingency,kind,name,from,to,factor\n"


def closed(folder: Path, rows: str) -> Path:
    """The quickstart (two lines, roads to a depot, a railway of one month to the City) with certain disruptions."""
    for source in (INPUTS / "quickstart").glob("*.csv"):
        (folder / source.name).write_bytes(source.read_bytes())
    (folder / "Disruptions.csv").write_text(HEADER + rows, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (",route,Railway,,,0\n", ["Railway"]),
        (",node,Depot,,,0\n,line,Bravo line,,,0\n", ["Depot"]),
        (",line,Alpha line,,,0\n,line,Bravo line,,,0\n", ["Alpha line", "Bravo line"]),
        (",line,Alpha line,,,0\n,route,Bravo road,,,0\n,route,Alpha road,2026-04,,0\n", ["Alpha line", "Bravo road"]),
        (",node,City,2026-04,2026-04,0\n", ["City"]),
        (",route,Railway,,,0.5\n", []),
        (",route,Railway,2026-04,,0\n", []),
        (",line,Alpha line,,,0\n", []),
    ],
)
def test_only_rows_that_together_close_every_way_are_named(tmp_path: Path, rows: str, expected: list[str]) -> None:
    instance = read_instance(closed(tmp_path, rows))
    (april,) = (demand for demand in instance.demands if demand.name == "April")
    assert sorted(row.name for row in Closing(instance).of(april)) == expected


def test_what_could_not_arrive_in_any_case_is_not_blamed_on_disruptions(tmp_path: Path) -> None:
    """Nothing reaches the City in January, railway or not."""
    folder = closed(tmp_path, ",route,Railway,,,0\n")
    (folder / "Demand.csv").write_text(
        "demand,destination,item,period,quantity\nEarly,City,winter_pallet,1,5\n", "utf-8"
    )
    instance = read_instance(folder)
    assert Closing(instance).of(instance.demands[0]) == ()


def test_the_closing_row_is_named_by_check_and_as_the_reason(tmp_path: Path) -> None:
    instance = read_instance(closed(tmp_path, ",node,Depot,,2026-02,0.5\n,route,Railway,,,0\n"))
    assert "; Disruptions closes every way in time: route Railway" in "\n".join(map(str, check_network(instance)))
    plan = solve(instance)
    told = plan.tables["attribution"][["group", "cells"]].drop_duplicates().to_dict("records")
    assert told == [{"group": "closed", "cells": "Disruptions.csv:F3"}]
    reason = Reasons(instance, plan.tables["attribution"]).reason(("", "City", "winter_pallet"), 3)
    assert reason == "it cannot arrive in time, as certain disruptions close every way (Disruptions.csv:F3)"
