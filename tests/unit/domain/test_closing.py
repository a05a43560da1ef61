"""Which disruptions keep goods from a demand, a target or a need of a contingency, worked by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.analysis.explain.bounds import bounds
from planner.domain.contingency.closing import Closing
from planner.plan import solve
from planner.report.data.money import money_scale
from planner.report.data.service import read_service
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
    assert sorted(row.hit.name for row in Closing(instance).of_demand(april)) == expected


def test_what_could_not_arrive_in_any_case_is_not_blamed_on_disruptions(tmp_path: Path) -> None:
    """Nothing reaches the City in January, railway or not."""
    folder = closed(tmp_path, ",route,Railway,,,0\n")
    (folder / "Demand.csv").write_text(
        "demand,destination,item,period,quantity\nEarly,City,winter_pallet,1,5\n", "utf-8"
    )
    instance = read_instance(folder)
    assert Closing(instance).of_demand(instance.demands[0]) == ()


def test_the_closing_row_is_named_by_check_and_as_the_reason(tmp_path: Path) -> None:
    instance = read_instance(closed(tmp_path, ",node,Depot,,2026-02,0.5\n,route,Railway,,,0\n"))
    assert "; Disruptions closes every way in time: route Railway" in "\n".join(map(str, check_network(instance)))
    plan = solve(instance)
    rows = plan.tables["attribution"][["group", "cells"]].drop_duplicates().to_dict("records")
    assert rows == [{"group": "closed", "cells": "Disruptions.csv:F3"}]
    reasons = Reasons(instance, plan.tables["attribution"], read_service(plan, money_scale(plan)))
    reason = reasons.reason(("", "City", "winter_pallet"), 3)
    assert reason == "it cannot arrive in time, as disruptions close every way (Disruptions.csv:F3)"


@pytest.mark.parametrize(
    ("rows", "cells"),
    [
        (",route,Alpha road,,,0\n,route,Bravo road,,2026-02,0\n", "Disruptions.csv:F2:F3"),
        (",line,Bravo line,,,0.1\n,node,Depot,,2026-03,0\n", "Disruptions.csv:F3"),
        (",line,Bravo line,,,0.1\n,node,Depot,2026-03,2026-03,0\n", None),
    ],
)
@pytest.mark.parametrize("measure", ["quantity", "days_of_supply"])
def test_the_rows_that_keep_everything_from_a_target_are_named(
    tmp_path: Path, rows: str, cells: str | None, measure: str
) -> None:
    """In February nothing lies in the depot before March:
    goods of a closed depot are lost, and no line works beside it.
    """
    folder = closed(tmp_path, rows)
    (folder / "Targets.csv").write_text(
        f"target,nodes,items,from,to,{measure}\nReady,Depot,winter_pallet,2026-02,2026-02,30\n", "utf-8"
    )
    instance = read_instance(folder)
    warned = [
        str(one) for one in check_network(instance) if "target" in str(one).lower() and "Disruptions closes" in str(one)
    ]
    lacking = solve(instance).tables["attribution"]
    of_targets = lacking[lacking["kind"] == "target"]
    assert bool(warned) == (cells is not None)
    assert [cells] * bool(cells) == sorted(set(of_targets.loc[of_targets["group"] == "closed", "cells"]))


def attacked(folder: Path, rows: str) -> Path:
    """An attack in April, known a month before, that asks for ten pallets in the City at once."""
    closed(folder, rows)
    (folder / "Contingencies.csv").write_text(
        "contingency,probability,period,window,warning,coverage\nattack,0.5,2026-04,1,1,0.5\n", "utf-8"
    )
    (folder / "Surge.csv").write_text("contingency,destination,item,quantity\nattack,City,winter_pallet,10\n", "utf-8")
    return folder


@pytest.mark.parametrize(
    ("rows", "cells", "of_promise", "warns"),
    [
        (",route,Railway,,,0\nattack,route,Railway,strike-1,,0\n", "F2", "F2", True),
        (",route,Railway,,2026-02,0\nattack,route,Railway,strike-1,,0\n", "F2:F3", "F2:F3", False),
        ("attack,node,City,strike,,0\n", "F2", None, False),
        (",route,Railway,,2026-02,0\nattack,route,Railway,strike,,0\n", None, None, False),
    ],
)
def test_the_rows_that_keep_everything_from_a_need_are_named(
    tmp_path: Path, rows: str, cells: str | None, of_promise: str | None, warns: bool
) -> None:
    """What is due in April leaves the depot in March or before.

    Where each of two rows closes the railway for good, the certain one is named. A promise is for March too: the City
    is still open then.
    """
    instance = read_instance(attacked(tmp_path, rows))
    warned = [str(one) for one in check_network(instance) if "of attack, even if that took nothing away" in str(one)]
    assert ["; Disruptions closes every way in time: route Railway" in one for one in warned] == [True] * warns
    lacking = solve(instance).tables["attribution"]
    closing = lacking[(lacking["group"] == "closed") & (lacking["due"] == 4)]
    for kind, expected in (("surge", cells), ("standing", cells), ("promise", of_promise)):
        assert set(closing.loc[closing["kind"] == kind, "cells"]) == {
            f"Disruptions.csv:{one}" for one in [expected] if one
        }


@pytest.mark.parametrize(
    ("rows", "limit", "cells"),
    [
        (",line,Alpha line,,,0\n,line,Bravo line,,,0\n", "Alpha line", "Disruptions.csv:F2"),
        (",line,Alpha line,,,0.5\n,line,Bravo line,,,0\n", "Alpha line", "Disruptions.csv:F2, Lines.csv:E2"),
        ("attack,route,Railway,strike-1,,0.5\n", "Railway", "Disruptions.csv:F2, Routes.csv:G4"),
    ],
)
def test_a_limit_is_told_with_the_rows_that_leave_less_of_it(tmp_path: Path, rows: str, limit: str, cells: str) -> None:
    """Where nothing is left of a capacity, more of it would bring nothing: only the row of Disruptions is its cell."""
    lacking = solve(read_instance(attacked(tmp_path, rows))).tables["attribution"]
    assert set(lacking.loc[(lacking["object"] == limit), "cells"]) == {cells}
    assert "standing" in set(lacking.loc[(lacking["object"] == limit), "kind"])


def test_bounds_name_what_closes_every_way(tmp_path: Path) -> None:
    """Of 360 pallets none comes without the railway, whatever the lines can make."""
    (bound,) = bounds(read_instance(closed(tmp_path, ",node,Alpha,,,0.5\n,route,Railway,,,0\n")))
    assert (bound.wanted, bound.most) == (360, 0)
    assert ("disruptions that close every way there in time", "Disruptions.csv:F3") in bound.cut
