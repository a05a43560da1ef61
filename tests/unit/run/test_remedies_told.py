"""What would help, on the first page: the commitments that lack most, three remedies, why there are none."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from planner.errors import NoPlanError
from planner.plan import SolveOptions
from planner.plan.remedy.search import Search
from planner.records.run import RunRecord
from planner.run.pipeline import solve_workbook

# Works makes 60 crates a month at 10 each, which go by a road of 80 t to Hub; Hub wants 100 in January for Aid, and 10
# for Rest.
TABLES = {
    "Settings": "key,value\nstart,2026-01\nperiods,1\n",
    "Nations": "nation\nPL\nCZ\n",
    "Items": "item,name,weight,value\ncrate,field kitchens,1,20\n",
    "Nodes": "node,kind,nation,storage_t\nWorks,factory,PL,0\nHub,destination,CZ,0\n",
    "Routes": "route,origin,destination,mode,capacity_t,cost\nRoad,Works,Hub,road,80,2\n",
    "Lines": "line,factory,item,unit_cost,capacity\nPress,Works,crate,10,60\n",
    "Demand": "demand,commitment,destination,item,period,quantity\nJanuary,Aid,Hub,crate,1,100\nOther,Rest,Hub,crate,1,10\n",
    "Commitments": "commitment,name,binding\nAid,Winter aid,yes\nRest,,no\n",
}
ONLY_AID = "demand,commitment,destination,item,period,quantity\nJanuary,Aid,Hub,crate,1,100\n"


def record(folder: Path, remedies: bool = True, **changes: str) -> RunRecord:
    source = folder / "in"
    source.mkdir()
    for name, text in {**TABLES, **changes}.items():
        (source / f"{name}.csv").write_text(text, encoding="utf-8")
    return solve_workbook(source, folder / "out", SolveOptions(), remedies=remedies).record


def said(found: RunRecord) -> list[tuple[str, list[str]]]:
    return [(goal.sentence, [remedy.sentence for remedy in goal.remedies]) for goal in found.remedies or ()]


def page(folder: Path) -> str:
    return (folder / "out" / "report.html").read_text(encoding="utf-8").replace("<wbr>", "")


def test_what_would_help_is_the_same_beside_the_prices_and_after_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("planner.solver.highs.LARGE_NONZEROS", 0)
    files = []
    for cores in (1, 2):
        monkeypatch.setattr("planner.solver.side_by_side.available_cores", lambda cores=cores: cores)
        (tmp_path / str(cores)).mkdir()
        found = record(tmp_path / str(cores))
        assert found.remedies
        tables = {file.name: file.read_bytes() for file in (tmp_path / str(cores) / "out" / "tables").iterdir()}
        files.append((found.remedies, tables))
    assert files[0] == files[1]


def test_what_lacks_most_comes_first_each_with_its_cheapest_remedy(tmp_path: Path) -> None:
    """Aid lacks 40: 40 more at the press for 10 each and 20 t on the road for 2 each. Rest lacks 10, and the
    same road has room for 20; but more at the press goes to Aid first, which is binding.
    """
    assert said(record(tmp_path)) == [
        (
            "Winter aid is short of 40 field kitchens.",
            [
                "Capacity for a further 40 field kitchens a month at Press (Lines.csv:E2) and a further 20 t a month on route Road (Routes.csv:E2) "
                "would deliver all of it, for EUR\u00a0440 in all. PL decides."
            ],
        ),
        (
            "Rest is short of 10 field kitchens.",
            [
                "Capacity for a further 10 field kitchens a month at Press (Lines.csv:E2) can deliver all of it, for EUR\u00a0100 in all. What this adds must be "
                "reserved for it: the plan alone would use it for earlier aims, or for other demands of the same aim. PL decides."
            ],
        ),
    ]
    assert "Winter aid is short of 40 field kitchens." in page(tmp_path)
    assert "What would help" in page(tmp_path)


def test_what_would_bring_it_does(tmp_path: Path) -> None:
    """Planned with the remedy of Aid in the input, nothing of Aid lacks; with that of Rest, Rest lacks 10 as before."""
    aid = {"Lines": TABLES["Lines"].replace(",60", ",100"), "Routes": TABLES["Routes"].replace(",80,", ",100,")}
    rest = {"Lines": TABLES["Lines"].replace(",60", ",70")}
    left = {}
    for name, changes in (("aid", aid), ("rest", rest)):
        (tmp_path / name).mkdir()
        record(tmp_path / name, False, **changes)
        table = pd.read_csv(tmp_path / name / "out" / "tables" / "shortfalls.csv")
        left[name] = dict(table.groupby("commitment")["quantity"].sum())
    assert left == {"aid": {"Rest": 10}, "rest": {"Aid": 30, "Rest": 10}}


def test_a_single_commitment_is_told_what_else_would_do(tmp_path: Path) -> None:
    """A second line at 15 each does the same: it is the other way."""
    lines = "line,factory,item,unit_cost,capacity\nPress,Works,crate,10,60\nMill,Works,crate,15,20\n"
    ((_, remedies),) = said(
        record(tmp_path, Lines=lines, Demand=ONLY_AID, Routes=TABLES["Routes"].replace("80", "200"))
    )
    assert remedies == [
        "Capacity for a further 20 field kitchens a month at Press (Lines.csv:E2) would deliver all of it, for EUR\u00a0200 in all. PL decides.",
        "Capacity for a further 20 field kitchens a month at Mill (Lines.csv:E3) would deliver all of it, for EUR\u00a0300 in all. PL decides.",
    ]


def test_what_no_change_makes_whole_says_what_part_it_brings(tmp_path: Path) -> None:
    """Only the press may grow; the road then carries 80: 20 of the 40 that lack, and 20 × 20 stay short."""
    ((_, remedies),) = said(
        record(tmp_path, Demand=ONLY_AID, Remedies="remedy,what,names,price\nline,capacity,Press,7\n")
    )
    assert remedies == [
        "Capacity for a further 20 field kitchens a month at Press (Lines.csv:E2) would deliver 20 field kitchens of it, for EUR\u00a0140 in all. "
        "Still short: 20 field kitchens. PL decides."
    ]


def test_where_there_are_none_the_page_says_why(tmp_path: Path) -> None:
    found = record(tmp_path, False)
    sentence = "What would help was not computed: it was switched off (--no-remedies). planner solve --remedies shows it here; planner remedy shows more."
    assert (found.remedies, found.no_remedies) == (None, sentence)
    text = re.sub("<.*?>", "", page(tmp_path))
    assert sentence in text
    lacks = "Winter aid is short of 40 field kitchens (EUR\u00a0800). It is held back by the capacity of Press (all of it; PL; Lines.csv:E2)."
    assert lacks in text
    assert "Rest is short of 10 field kitchens (EUR\u00a0200)." in text


def test_of_a_program_of_medium_size_the_plan_for_other_goods_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that the search takes less than the plan, whatever its size; the page says what was not searched."""
    monkeypatch.setattr("planner.plan.remedy.search.MOST_WHOLE_QUICKLY", 0)
    found = record(tmp_path)
    assert [goal.others_stay for goal in found.remedies or ()] == [True, True]
    assert "The program is large, so the plan for other goods stays fixed" in page(tmp_path)


def test_where_nothing_is_short_nothing_is_said(tmp_path: Path) -> None:
    found = record(tmp_path, True, Demand="demand,destination,item,period,quantity\nJanuary,Hub,crate,1,10\n")
    assert (found.remedies, found.no_remedies) == (None, None)
    assert "What would help" not in page(tmp_path)
    assert "What falls short" not in page(tmp_path)


def test_a_plan_beside_which_arithmetic_finds_none_is_a_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan may meet limits to the last digit, so that the search beside it calls its own rows infeasible."""

    def infeasible(*_: object) -> None:
        raise NoPlanError("no plan keeps all rules")

    monkeypatch.setattr(Search, "_minimise", infeasible)
    found = record(tmp_path, True)
    sentence = "What would help was not computed: the plan meets limits so exactly that arithmetic finds no other plan beside it."
    assert (found.status, found.remedies, found.no_remedies) == ("optimal", None, sentence)
