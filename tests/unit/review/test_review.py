"""A world of two nations, small enough to follow by hand: what was planned, what happened, who breached what, and what
was mended.

Works in NO and PL make ten kits a month each, for 1 and 2; they go to City within the month. The commitment Winter
wants 30 in January (up to two months late) and 10 in February: the plan makes and delivers 20 a month, so that 10 of
January come in February. The fund has one contributor, NO, who pays 10 + 20 a month.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import jsonschema
import openpyxl
import pandas as pd
import pytest
import sqlalchemy as sa

from planner import cli
from planner.cli.lines.review import review_lines
from planner.errors import UsageError
from planner.review.breaches import mend
from planner.review.compared import Compared
from planner.review.pipeline import Review, review
from planner.review.record import Breach, Whose
from planner.run.pipeline import solve_workbook
from planner.schemas import schema
from planner.store.database import StoreError
from planner.store.register import read_register
from planner.store.store import RunStore, open_store
from tests.unit.store.damage import unprotect

TABLES = {
    "Settings": "key,value\ntitle,Winter\nstart,2026-01\nperiods,4\nperiod_length,month\ncurrency,EUR\nobjective,lexicographic\n",
    "Items": "item,unit,weight\nkit,kit,0.1\n",
    "Nations": "nation,beneficiary\nNO,no\nPL,no\nUA,yes\n",
    "Nodes": "node,kind,nation\nNorth works,factory,NO\nPoland works,factory,PL\nCity,destination,UA\n",
    "Routes": "route,origin,destination\nNorth road,North works,City\nPoland road,Poland works,City\n",
    "Lines": "line,factory,item,unit_cost,capacity\nNorth line,North works,kit,1,10\nPoland line,Poland works,kit,2,10\n",
    "Commitments": "commitment,nations,binding\nWinter,NO; PL,yes\n",
    "Demand": "demand,commitment,destination,item,period,quantity,max_delay\nFirst,Winter,City,kit,2026-01,30,2\n"
    "Second,Winter,City,kit,2026-02,10,0\n",
    "Funds": "fund,kind\nJoint,budget\n",
    "Budgets": "fund,contributor,year,amount\nJoint,NO,2026,1000\n",
}
HEAD = "period,kind,line,route,demand,item,fund,contributor,cost_type,object,quantity\n"
# North makes and sends 6 of 10; of 20 kits 16 come, and the fund pays 4 less.
JANUARY = """2026-01,made,North line,,,,,,,,6
2026-01,made,Poland line,,,,,,,,10
2026-01,shipped,,North road,,kit,,,,,6
2026-01,shipped,,Poland road,,kit,,,,,10
2026-01,delivered,,,First,,,,,,16
2026-01,paid,,,,,Joint,NO,procurement,North line,6
2026-01,paid,,,,,Joint,NO,procurement,Poland line,20
"""
# North makes and sends 3 more than planned; 14 of January's come late, 9 of February's 10.
FEBRUARY = """2026-02,made,North line,,,,,,,,13
2026-02,made,Poland line,,,,,,,,10
2026-02,shipped,,North road,,kit,,,,,13
2026-02,shipped,,Poland road,,kit,,,,,10
2026-02,delivered,,,First,,,,,,14
2026-02,delivered,,,Second,,,,,,9
"""


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("world")
    solve_workbook(book(place / "input"), place / "plan")
    return place / "plan"


def book(folder: Path, actuals: str = "") -> Path:
    folder.mkdir()
    for name, text in TABLES.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    if actuals:
        (folder / "Actuals.csv").write_text(HEAD + actuals, encoding="utf-8")
    return folder


@pytest.fixture
def hold(plan: Path, tmp_path: Path) -> Callable[..., Review]:
    """Holds actuals against the plan, with a store where one is given."""

    def carry_out(name: str, actuals: str, store: RunStore | None = None) -> Review:
        return review(plan, book(tmp_path / f"input-{name}", actuals), tmp_path / name, store=store)

    return carry_out


def by_demand(breaches: tuple[Breach, ...]) -> dict[str, tuple[float, float, str]]:
    """missing, still missing, state; by what and month."""
    return {f"{one.what} {one.period}": (one.missing, one.left, one.state) for one in breaches}


def test_the_plan_is_what_is_worked_out_above(plan: Path) -> None:
    made = pd.read_csv(plan / "tables" / "production.csv")
    assert made.groupby("period")["quantity"].sum().to_dict() == {1: 20.0, 2: 20.0}
    given = pd.read_csv(plan / "tables" / "deliveries.csv")
    assert given.groupby(["demand", "period"])["quantity"].sum().to_dict() == {
        ("First", 1): 20.0,
        ("First", 2): 10.0,
        ("Second", 2): 10.0,
    }


def test_planned_and_actual_by_line_route_demand_and_fund(hold: Callable[..., Review]) -> None:
    found = hold("january", JANUARY)
    table = found.compared.table
    rows = {
        (row["kind"], row["object"]): (row["planned"], row["actual"], row["nation"]) for row in table.to_dict("records")
    }
    assert rows == {
        ("made", "North line"): (10.0, 6.0, "NO"),
        ("made", "Poland line"): (10.0, 10.0, "PL"),
        ("shipped", "North road"): (10.0, 6.0, "NO"),
        ("shipped", "Poland road"): (10.0, 10.0, "PL"),
        ("delivered", "First"): (20.0, 16.0, "UA"),
        ("paid", "Joint"): (30.0, 26.0, "NO"),
    }
    nations = pd.read_csv(found.folder / "tables" / "nations.csv")
    paid = nations[nations["kind"] == "paid"].to_dict("records")[0]
    assert (paid["nation"], paid["planned"], paid["actual"], paid["unit"]) == ("NO", 30.0, 26.0, "EUR")
    document = json.loads((found.folder / "review.json").read_text("utf-8"))
    jsonschema.validate(document, schema("review"), cls=jsonschema.Draft202012Validator)


def test_every_breach_is_named_with_whose_and_remedy(hold: Callable[..., Review]) -> None:
    found = hold("january", JANUARY)
    assert by_demand(found.breaches) == {
        "First 2026-01": (14.0, 14.0, "open"),
        "North line 2026-01": (4.0, 4.0, "open"),
        "North road 2026-01": (4.0, 4.0, "open"),
        "Joint 2026-01": (4.0, 4.0, "open"),
    }
    by_what = {one.what: one for one in found.breaches}
    assert by_what["North line"].whose == (Whose(nation="NO", by="line's nation"),)
    assert by_what["North road"].whose == (Whose(nation="NO", by="route's origin"),)
    assert by_what["Joint"].whose == (Whose(nation="NO", by="contributor"),)
    assert by_what["North line"].remedy == "make 4 kit more than planned"
    assert by_what["Joint"].remedy == "pay 4 EUR more than planned"
    assert by_what["First"].remedy.startswith("deliver 14 kit by 2026-03 at the latest")


def test_what_comes_later_mends_and_what_does_not_is_lost(hold: Callable[..., Review]) -> None:
    found = hold("february", JANUARY + FEBRUARY)
    assert by_demand(found.breaches) == {
        "First 2026-01": (14.0, 0.0, "mended"),
        "Second 2026-02": (1.0, 1.0, "lost"),
        "North line 2026-01": (4.0, 1.0, "open"),
        "North road 2026-01": (4.0, 1.0, "open"),
        "Joint 2026-01": (4.0, 4.0, "open"),
    }
    first = found.breaches[0]
    assert [(part.period, part.quantity) for part in first.mended] == [("2026-02", 14.0)]
    # Nothing was reported as paid in February: that is said, and held against nobody.
    assert found.record.not_reported == ("paid in 2026-02",)
    assert "Joint 2026-02" not in by_demand(found.breaches)


def test_each_nation_is_counted_once_for_each_entry(hold: Callable[..., Review]) -> None:
    """First is mended, Second lost, both pledged by NO and PL; line, road and payment of January are open, all NO's."""
    found = hold("february", JANUARY + FEBRUARY)
    table = pd.read_csv(found.folder / "tables" / "responsible.csv")
    assert table.to_dict("list") == {
        "nation": ["NO", "PL"],
        "open": [0, 0],
        "lost": [1, 1],
        "mended": [1, 1],
        "departures_open": [3, 0],
        "departures_mended": [0, 0],
    }


def test_what_is_due_first_comes_first_and_of_the_rest_the_latest(hold: Callable[..., Review]) -> None:
    found = hold("february", JANUARY + FEBRUARY)
    table = pd.read_csv(found.folder / "tables" / "register.csv")
    assert table["what"].tolist() == ["Second", "North line", "Joint", "North road", "First"]
    open_ = hold("january", JANUARY + FEBRUARY.replace("delivered,,,First,,,,,,14", "delivered,,,First,,,,,,13"))
    assert pd.read_csv(open_.folder / "tables" / "register.csv")["what"].tolist()[:2] == ["First", "Second"]


def test_a_shortfall_that_was_planned_is_told_by_attribution(plan: Path, tmp_path: Path) -> None:
    """January's lines are planned to leave 10 short when due;
    the attribution is of what stays short, so here the plan says.
    """
    run = tmp_path / "plan"
    shutil.copytree(plan, run)
    table = pd.read_csv(run / "tables" / "attribution.csv")
    row = dict.fromkeys(table.columns, "") | {
        "level": "binding_shortfall", "kind": "demand", "name": "First", "due": 1, "nation": "PL", "family": "line_capacity", "object": "Poland line",
        "cells": "Lines!E3", "share": 0.75, "least": 0.5, "most": 1.0,
    }  # fmt: skip
    other = row | {
        "nation": "NO",
        "object": "North line",
        "cells": "Lines!E2",
        "share": 0.25,
        "least": 0.0,
        "most": 0.5,
    }
    pd.DataFrame([row, other, row | {"name": "Second"}]).to_csv(run / "tables" / "attribution.csv", index=False)
    found = review(run, book(tmp_path / "input", JANUARY), tmp_path / "review")
    first = next(one for one in found.breaches if one.what == "First")
    assert [(one.nation, one.by, one.share, one.least, one.most) for one in first.whose] == [
        ("PL", "attribution", 0.75, 0.5, 1.0),
        ("NO", "attribution", 0.25, 0.0, 0.5),
    ]
    assert first.remedy.endswith("; more of Poland line (Lines!E3), North line (Lines!E2)")
    page = (tmp_path / "review" / "review.html").read_text("utf-8")
    assert "PL 75\u00a0% (50\u00a0% to 100\u00a0%), by attribution: Poland line" in page


# The register


@pytest.fixture
def store(store_place: str) -> RunStore:
    return open_store(store_place, create=True)


def test_the_register_grows_and_nothing_in_it_changes(hold: Callable[..., Review], store: RunStore) -> None:
    january = hold("january", JANUARY, store)
    assert january.record.register_added == 4
    rows = read_register(store.database)
    february = hold("february", JANUARY + FEBRUARY, store)
    assert february.record.register_added == 4  # First, North line and North road are mended, Second is new
    after = read_register(store.database)
    assert after[:4] == rows
    assert [row.before for row in after[1:]] == [row.sha256 for row in after[:-1]]
    assert by_demand(february.breaches)["North line 2026-01"] == (4.0, 1.0, "open")
    again = hold("again", JANUARY + FEBRUARY, store)
    assert again.record.register_added == 0
    assert again.breaches == february.breaches
    assert read_register(store.database) == after


def test_a_corrected_report_leaves_a_trace(hold: Callable[..., Review], store: RunStore) -> None:
    hold("january", JANUARY, store)
    corrected = JANUARY.replace("made,North line,,,,,,,,6", "made,North line,,,,,,,,10")
    found = hold("corrected", corrected, store)
    assert by_demand(found.breaches)["North line 2026-01"] == (4.0, 4.0, "withdrawn")
    assert by_demand(found.breaches)["North road 2026-01"] == (4.0, 4.0, "open")
    entries = [
        row.document["state"] for row in read_register(store.database) if row.entry.startswith("production|North")
    ]
    assert entries == ["open", "withdrawn"]


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE register SET content = replace(content, '14.0', '1.0') WHERE id = 1", "row 1 was changed after it was added"),
        ("DELETE FROM register WHERE id = 2", "a row before row 3 was taken away or changed"),
    ],
)  # fmt: skip
def test_a_row_that_was_changed_or_taken_away_shows(
    hold: Callable[..., Review], store: RunStore, statement: str, fault: str
) -> None:
    hold("january", JANUARY, store)
    unprotect(store.database)
    with store.database.writing() as connection:
        connection.execute(sa.text(statement))
    with pytest.raises(StoreError, match=f"the register in .* is damaged: {fault}"):
        hold("february", JANUARY + FEBRUARY, store)


NORTH = ("made", "North line", "", "kit")


def departure(period: str, missing: float, later: dict[str, float]) -> Breach:
    return Breach(kind="production", what="North line", party="", item="kit", period=period, planned=10.0,
                  actual=10.0 - missing, missing=missing, unit="kit", whose=(), mended=(), state="open", remedy="",
                  plan_ends="2026-04", later=later)  # fmt: skip


def after(breach: Breach, made: dict[str, float]) -> list[float]:
    """What is still missing of a departure after each month of which `made` tells, each month reviewed in turn."""
    found, reported = [], dict[str, float]()
    for period, amount in made.items():
        reported[period] = amount
        seen = SimpleNamespace(
            done={NORTH: reported}, heard={"made": list(reported)}, instance=SimpleNamespace(items={})
        )
        breach = mend(breach, cast(Compared, seen))
        assert mend(breach, cast(Compared, seen)) == breach
        found.append(breach.left)
    return found


@pytest.mark.parametrize(
    ("later", "made", "left"),
    [
        # The plan had 10 a month: what is made beyond that mends.
        ({"2026-02": 10, "2026-03": 10}, {"2026-02": 13, "2026-03": 11}, [1.0, 0.0]),
        # A later plan asked for the missing 4 again, and they were made: mended, whatever that plan said.
        ({"2026-02": 10, "2026-03": 10}, {"2026-02": 10, "2026-03": 14}, [4.0, 0.0]),
        # Moved from February to March only: 10 were planned by March and 10 made, so that the 4 of January still lack.
        ({"2026-02": 10}, {"2026-02": 5, "2026-03": 5}, [4.0, 4.0]),
        # What is caught up stays mended, though less is made later.
        ({"2026-02": 10, "2026-03": 10}, {"2026-02": 14, "2026-03": 6}, [0.0, 0.0]),
        # A month without a report counts neither way.
        ({"2026-02": 10, "2026-03": 10}, {"2026-03": 12}, [2.0]),
        # What comes before it, or after the end of the plan, mends nothing.
        ({}, {"2025-12": 9, "2026-05": 9}, [4.0, 4.0]),
    ],
)  # fmt: skip
def test_a_departure_is_mended_as_far_as_the_plan_is_caught_up_with(
    later: dict[str, float], made: dict[str, float], left: list[float]
) -> None:
    assert after(departure("2026-01", 4.0, later), made) == left


def test_what_is_missing_in_all_is_missing_of_the_departures_together() -> None:
    """Of 40 planned 4 were missing in January, 2 in February; 15 in March leave 1 behind: of both together."""
    made = {"2026-02": 8.0, "2026-03": 15.0}
    january = after(departure("2026-01", 4.0, {"2026-02": 10, "2026-03": 10}), made)
    february = after(departure("2026-02", 2.0, {"2026-03": 10}), made)
    assert (january, february) == ([4.0, 1.0], [2.0, 0.0])


def test_what_an_earlier_report_told_stays_mended() -> None:
    """The workbook has left out February since."""
    mended = mend(departure("2026-01", 4.0, {"2026-02": 10, "2026-03": 10}),
                  cast(Compared, SimpleNamespace(done={NORTH: {"2026-02": 13}}, heard={"made": ["2026-02"]}, instance=SimpleNamespace(items={}))))  # fmt: skip
    assert after(mended, {"2026-03": 10.5}) == [0.5]


def test_what_mends_a_departure_is_told_by_the_name_of_the_item() -> None:
    named = SimpleNamespace(items={"kit": SimpleNamespace(name="kit", title="winter kits", unit="kit")})
    seen = SimpleNamespace(done={}, heard={"made": []}, instance=named)
    assert mend(departure("2026-01", 4.0, {}), cast(Compared, seen)).remedy == "make 4 winter kits more than planned"


# What cannot be


def test_what_is_not_past_cannot_be_reviewed(plan: Path, tmp_path: Path) -> None:
    run = tmp_path / "plan"
    shutil.copytree(plan, run)
    path = run / "run.json"
    path.write_text(path.read_text("utf-8").replace('"start": "2026-01-01"', '"start": "2026-02-01"'), encoding="utf-8")
    with pytest.raises(UsageError, match=r"no period of .* is past: it begins in 2026-02"):
        review(run, book(tmp_path / "input", JANUARY), tmp_path / "review")
    assert not (tmp_path / "review").exists()


def test_a_plan_whose_input_is_gone_is_told(plan: Path, tmp_path: Path) -> None:
    run = tmp_path / "plan"
    shutil.copytree(plan, run)
    path = run / "run.json"
    path.write_text(
        path.read_text("utf-8").replace(str(plan.parent / "input"), str(tmp_path / "none")), encoding="utf-8"
    )
    with pytest.raises(UsageError, match="the input of the last plan is gone"):
        review(run, book(tmp_path / "input", JANUARY), tmp_path / "review")


def test_the_command_says_what_stands(plan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["review", str(plan), str(book(tmp_path / "input", JANUARY)), "-o", str(tmp_path / "out")]
    assert cli.run([*words, "--store", str(tmp_path / "runs.sqlite")]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "Winter, 2026-01: 4 breaches not mended."
    assert " ".join(said[2].split()) == (
        "Production North line 2026-01 4 kit missing open NO, as the line's nation make 4 kit more than planned"
    )
    seal = read_register(open_store(tmp_path / "runs.sqlite").database)[-1].sha256
    assert f"Register: 4 rows added. Seal: {seal}" in said
    assert cli.run([*words, "--replace"]) == 0
    assert cli.run(words) == UsageError.exit_code


def test_what_is_still_missing_is_told_in_the_same_unit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten kits are a unit: of First 140 kits are missing in January, of which 20 come in February."""
    monkeypatch.setitem(TABLES, "Items", "item,name,unit,weight\nkit,Heater,10 kits,0.1\n")
    solve_workbook(book(tmp_path / "input"), tmp_path / "plan")
    later = "2026-02,made,North line,,,,,,,,10\n2026-02,delivered,,,First,,,,,,2\n"
    found = review(tmp_path / "plan", book(tmp_path / "february", JANUARY + later), tmp_path / "review")
    page = re.sub(r"<wbr>|</?span[^>]*>", "", (found.folder / "review.html").read_text(encoding="utf-8"))
    assert ">140 kits of Heater; still 120 kits<" in page


def test_nobody_is_blamed_for_what_no_limit_holds_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing reaches the village: that is no doing of UA, where it lies. Who pledged the help is named."""
    monkeypatch.setitem(TABLES, "Nodes", f"{TABLES['Nodes']}Village,destination,UA\n")
    monkeypatch.setitem(TABLES, "Demand", f"{TABLES['Demand']}Third,Winter,Village,kit,2026-01,5,0\n")
    plan = solve_workbook(book(tmp_path / "input"), tmp_path / "plan")
    lacking = plan.tables["attribution"]
    assert lacking.loc[lacking["name"] == "Third", ["group", "nation"]].fillna("").values.tolist() == [["no way", ""]]
    found = review(tmp_path / "plan", book(tmp_path / "february", JANUARY), tmp_path / "review")
    (third,) = (one for one in found.breaches if one.what == "Third")
    assert [(one.nation, one.by) for one in third.whose] == [("NO", "pledged it"), ("PL", "pledged it")]


def test_people_read_names_and_programs_codes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = {
        "Items": "item,name,unit,weight\nkit,Heater,unit,0.1\n",
        "Nations": "nation,name,beneficiary\nNO,Norland,no\nPL,Polonia,no\nUA,,yes\n",
        "Commitments": "commitment,name,nations,binding\nWinter,Winter help,NO; PL,yes\n",
        "Funds": "fund,name,kind\nJoint,Joint fund,budget\n",
    }
    for table, text in names.items():
        monkeypatch.setitem(TABLES, table, text)
    solve_workbook(book(tmp_path / "input"), tmp_path / "plan")
    found = review(tmp_path / "plan", book(tmp_path / "february", JANUARY + FEBRUARY), tmp_path / "review")
    page = (found.folder / "review.html").read_text(encoding="utf-8")
    page = re.sub(r"<wbr>|</?span[^>]*>", "", page)
    for said in ("Payment Joint fund (Norland), 2026-01", "Commitment Second (Winter help), 2026-02", "1 Heater<",
                 "Norland, as the contributor", "Norland, who pledged it; Polonia, who pledged it", ">Winter help <small>Winter</small>", ">14 Heater; still 0<"):  # fmt: skip
        assert said in page, said
    assert any("Norland, as the line's nation" in line for line in review_lines(found))
    sheet = openpyxl.load_workbook(found.folder / "review.xlsx")["nations"]
    headings = [cell.value for cell in sheet[2]]
    assert headings[:2] == ["Nation", "Nation name"]
    assert "Norland" not in (found.folder / "tables" / "nations.csv").read_text(encoding="utf-8")
    assert "Norland" not in (found.folder / "review.json").read_text(encoding="utf-8")
