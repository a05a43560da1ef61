"""Extracts: what a policy gives and withholds, and where an extract is refused."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import jsonschema
import pandas as pd
import pytest
from openpyxl import load_workbook

from planner import cli
from planner.errors import InputError, UsageError
from planner.exchange.extract import extract
from planner.exchange.plan_views import OWNED_BY, PlanView, plan_view
from planner.exchange.policy import DEFAULT, OWN_ONLY, DisclosurePolicy, read_policy
from planner.exchange.views import Reader, territory_of
from planner.plan import SolveOptions
from planner.run.pipeline import solve_workbook
from planner.schemas import schema
from planner.workbook.reading.raw import read_raw
from planner.workbook.reading.reader import read_tables
from planner.workbook.write.results import RESULT_TABLES
from tests.places import CASES, INPUTS
from tests.unit.exchange.exchange_worlds import write

PARTNERS = INPUTS / "partners.xlsx"
NATIONS = ("A", "B", "C", "D", "E")


def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def policy(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def five(tmp_path: Path) -> Path:
    """Five nations, each with a depot, a demand and a target; E wants another item, and a market is nobody's."""
    depots = "".join(f"Depot {n},depot,{n}\n" for n in NATIONS)
    demand = "".join(f"Wish {n},Depot {n},{'tent' if n == 'E' else 'gun'},1,{10**place},mine\n"
                     for place, n in enumerate(NATIONS))  # fmt: skip
    routes = "".join(f"Market,Depot {n},sea,{place}\n" for place, n in enumerate(NATIONS))
    tables = {
        "Settings": "key,value\nstart,2026-01\nperiods,2\ntitle,Five\nmarking,RESTRICTED\n",
        "Nations": "nation,name,key\n" + "".join(f"{n},Land {n},{place + 1}\n" for place, n in enumerate(NATIONS)),
        "Items": "item,value\ngun,100\ntent,5\n",
        "Nodes": "node,kind,nation\nMarket,market,\n" + depots,
        "Routes": "origin,destination,mode,cost\n" + routes,
        "Lines": "line,factory,item,unit_cost,note\nGuns,Market,gun,7,from afar\nTents,Market,tent,1,\n",
        "Demand": "demand,destination,item,period,quantity,note\n" + demand,
        "Targets": "target,nodes,items,quantity\nFor A,Depot A,gun,2\nFor two,Depot A; Depot B,gun,3\n",
        "notes": "topic,note\nAbout,secret words\n",
    }
    return write(tmp_path / "five", tables)


def test_its_own_rows_in_full_and_nothing_of_others(five: Path, tmp_path: Path) -> None:
    extract(five, "A", tmp_path / "A")
    found = {path.stem: rows(path)[1:] for path in (tmp_path / "A").glob("*.csv")}
    assert set(found) == {"Settings", "Nations", "Items", "Nodes", "Routes", "Demand", "Targets", "#others Demand"}
    assert found["Settings"][-1] == ["stated_by", "A"]
    record = json.loads((tmp_path / "A" / "extract.json").read_text(encoding="utf-8"))
    jsonschema.validate(record, schema("extract"), cls=jsonschema.Draft202012Validator)
    assert found["Nations"] == [["A", "Land A", "1"]]
    assert found["Nodes"] == [["Depot A", "depot", "A"]]
    assert found["Routes"] == [["Market", "Depot A", "sea", "0"]]
    assert found["Demand"] == [["Wish A", "Depot A", "gun", "1", "1"]]
    assert found["Targets"] == [["For A", "Depot A", "gun", "2"]]
    assert found["#others Demand"] == [["gun", "1", "1110"]]  # B, C and D; of tents only E wants any


def test_a_sum_of_two_others_is_not_given(five: Path, tmp_path: Path) -> None:
    text = (five / "Demand.csv").read_text(encoding="utf-8").replace("Wish D,Depot D,gun", "Wish D,Depot D,tent")
    (five / "Demand.csv").write_text(text, encoding="utf-8")
    extract(five, "A", tmp_path / "A")
    assert rows(tmp_path / "A" / "#others Demand.csv")[1:] == []
    extract(five, "E", tmp_path / "E")  # beside E, three want guns
    assert rows(tmp_path / "E" / "#others Demand.csv")[1:] == [["gun", "1", "111"]]
    stricter = policy(tmp_path / "four.toml", "least_nations = 4\n[input]\nDemand = 'aggregate'\n")
    extract(five, "E", tmp_path / "E4", policy=stricter)
    assert rows(tmp_path / "E4" / "#others Demand.csv")[1:] == []


def test_a_nation_with_nothing_in_it_does_not_count_in_a_sum(five: Path, tmp_path: Path) -> None:
    text = (five / "Demand.csv").read_text(encoding="utf-8").replace("gun,1,1000,", "gun,1,0,")
    (five / "Demand.csv").write_text(text, encoding="utf-8")
    extract(five, "A", tmp_path / "A")
    assert rows(tmp_path / "A" / "#others Demand.csv")[1:] == []


def test_a_policy_says_what_is_given_beside(five: Path, tmp_path: Path) -> None:
    text = "notes = 'own'\n[input]\nSettings = 'withhold'\nTargets = 'all'\nLines = 'all'\nNodes = 'all'\n"
    given = extract(five, "A", tmp_path / "A", policy=policy(tmp_path / "p.toml", text))
    assert rows(tmp_path / "A" / "Targets.csv")[1:] == [
        ["For A", "Depot A", "gun", "2"],
        ["For two", "Depot A; Depot B", "gun", "3"],
    ]
    assert [row[0] for row in rows(tmp_path / "A" / "Nodes.csv")[1:]] == ["Market", "Depot A"]  # never another nation's
    assert rows(tmp_path / "A" / "Settings.csv") == [["key", "value"], ["stated_by", "A"]]
    assert rows(tmp_path / "A" / "Lines.csv")[1:] == [
        ["Guns", "Market", "gun", "7", ""],
        ["Tents", "Market", "tent", "1", ""],
    ]
    assert rows(tmp_path / "A" / "Demand.csv")[1:] == [["Wish A", "Depot A", "gun", "1", "1", "mine"]]
    assert "Items" not in given.rows


def test_the_cell_keeps_what_no_nation_owns(five: Path, tmp_path: Path) -> None:
    extract(five, "cell", tmp_path / "cell")
    assert rows(tmp_path / "cell" / "Nodes.csv")[1:] == [["Market", "market", ""]]
    assert len(rows(tmp_path / "cell" / "Targets.csv")) == 3
    assert rows(tmp_path / "cell" / "notes.csv")[1:] == [["About", "secret words"]]
    assert not (tmp_path / "cell" / "Demand.csv").exists()


def test_a_policy_with_faults_names_them_all(tmp_path: Path) -> None:
    text = """
        note = "own"
        other_end = "node"
        least_nations = 2
        [input]
        Demands = "all"
        Lines = "aggregate"
        [plan]
        prices = "all"
        stocks = "some"
    """
    with pytest.raises(InputError) as raised:
        read_policy(policy(tmp_path / "bad.toml", text))
    assert [str(fault) for fault in raised.value.faults] == [
        "bad.toml: note: is no key of a policy, did you mean 'notes'?",
        "bad.toml: other_end: found 'node', expected one of nation, abroad",
        "bad.toml: least_nations: found 2, expected a whole number from 3 on",
        "bad.toml: input.Demands: is no key of a policy, did you mean 'Demand'?",
        "bad.toml: input.Lines: found 'aggregate', expected one of own, all, withhold (only Demand or Stocks can be summed by item and period)",
        "bad.toml: plan.prices: found 'all', expected one of own, withhold",
        "bad.toml: plan.stocks: found 'some', expected one of own, all, aggregate, withhold",
    ]
    with pytest.raises(InputError, match="is no TOML"):
        read_policy(policy(tmp_path / "worse.toml", "[input"))
    with pytest.raises(InputError, match="there is no such file"):
        read_policy(tmp_path / "none.toml")


def test_the_default_policy_is_a_policy_and_every_result_table_has_a_rule() -> None:
    assert read_policy() == read_policy(DEFAULT)
    assert read_policy().of_plan("stocks") == "own"
    assert set(OWNED_BY) | OWN_ONLY | {"shipments"} == set(RESULT_TABLES)


def test_an_extract_is_refused_where_it_cannot_work(five: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"'F' is no nation of .*known: A, B, C, D, E, cell"):
        extract(five, "F", tmp_path / "F")
    with pytest.raises(UsageError, match="with --run the extract is a folder"):
        extract(five, "A", tmp_path / "A.xlsx", tmp_path)
    with pytest.raises(UsageError, match="is what is extracted from"):
        extract(five, "A", five, replace=True)
    with pytest.raises(UsageError, match="is no run folder"):
        extract(five, "A", tmp_path / "A", tmp_path)
    (five / "Items.csv").write_text("item,weight\ngun,heavy\n", encoding="utf-8")
    with pytest.raises(InputError, match="heavy"):
        extract(five, "A", tmp_path / "A")
    assert not (tmp_path / "A").exists()


@pytest.fixture(scope="module")
def partners_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return solve_workbook(PARTNERS, tmp_path_factory.mktemp("partners") / "run", SolveOptions()).folder


def test_of_a_plan_it_sees_its_own_part(partners_run: Path, tmp_path: Path) -> None:
    extract(PARTNERS, "EA", tmp_path / "EA", partners_run)
    tables = {
        path.stem: pd.read_csv(path, keep_default_na=False) for path in (tmp_path / "EA" / "tables").glob("*.csv")
    }
    whole = pd.read_csv(partners_run / "tables" / "production.csv")
    assert tables["production"]["quantity"].tolist() == whole.loc[whole["nation"] == "EA", "quantity"].tolist()
    assert tables["shipments"][["route", "origin", "destination"]].values.tolist() == [["", "East works", "CY"]]
    assert set(tables["payments"]["object"]) == {"East line", ""}
    paid = pd.read_csv(partners_run / "tables" / "payments.csv")
    assert tables["payments"]["amount"].sum() == pytest.approx(paid.loc[paid["contributor"] == "EA", "amount"].sum())
    assert tables["nations"]["nation"].tolist() == ["EA"]
    assert tables["deliveries"].empty
    record = json.loads((tmp_path / "EA" / "extract.json").read_text(encoding="utf-8"))
    jsonschema.validate(record, schema("extract"), cls=jsonschema.Draft202012Validator)
    assert record["nation"] == "EA"
    book = load_workbook(tmp_path / "EA" / "plan.xlsx")
    assert book.sheetnames[0] == "Extract"
    columns = [cell.value for cell in book["nations"][2]]
    assert columns[2:] == ["Contributed", "Produced", "Received (EUR of goods)", "Balance"], "value is not paid"
    assert all(sheet.sheet_state == "visible" for sheet in book)
    assert all("EXAMPLE" in str(sheet.oddHeader.center.text) for sheet in book)
    far = policy(tmp_path / "far.toml", "other_end = 'abroad'\n")
    extract(PARTNERS, "EA", tmp_path / "far", partners_run, far)
    assert pd.read_csv(tmp_path / "far" / "tables" / "shipments.csv")["destination"].tolist() == ["abroad"]


def test_a_run_of_another_input_is_refused(partners_run: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"was not made from .*, as it is now, but from partners\.xlsx"):
        extract(PARTNERS.with_suffix(""), "EA", tmp_path / "EA", partners_run)


def burden(five: Path, contributed: dict[str, float]) -> PlanView:
    """What A sees of its part in the burden, where nations have contributed so much."""
    frame = pd.DataFrame(
        [(n, 2026.0, amount, 0.1, 0.2, 0.3) for n, amount in contributed.items()],
        columns=["nation", "year", "contributed", "part", "share_due", "share_paid"],
    )
    raw = read_raw(five)
    return plan_view({"burden_sharing": frame}, Reader("A", territory_of(raw)), DisclosurePolicy("p"), read_tables(raw))


def test_a_part_of_the_whole_is_not_told_where_a_partners_could_be_worked_out(five: Path) -> None:
    seen = burden(five, {"A": 5.0, "B": 1.0, "C": 1.0, "D": 1.0}).tables["burden_sharing"]
    assert seen[["nation", "part", "share_paid", "share_due"]].values.tolist() == [["A", 0.1, 0.3, 0.2]]
    seen = burden(five, {"A": 5.0, "B": 1.0, "C": 1.0, "D": 0.0}).tables["burden_sharing"]
    assert seen[["part", "share_paid"]].isna().all(axis=None)
    assert seen["share_due"].tolist() == [0.2]
    seen = burden(five, {"A": 5.0, "B": 1.0, "C": 1.0}).tables["burden_sharing"]
    assert seen["share_due"].isna().all()


def test_the_command_says_what_was_given(
    partners_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["extract", str(PARTNERS), "--nation", "EA", "--run", str(partners_run), "-o", str(tmp_path / "EA")]
    assert cli.run(command) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "The view of Eastland (EA):"
    assert said[1].startswith("  input: Settings 9, Nations 1")
    assert said[2].startswith("  plan: production 1, shipments 1")
    assert said[-1] == "It lacks what others own, and is no plan's input alone: planner merge joins it with theirs."
    assert cli.run(command) == 64
    assert cli.run([*command, "--replace"]) == 0
    assert cli.run(["extract", str(PARTNERS), "--nation", "EE", "-o", str(tmp_path / "EE.xlsx")]) == 64
    assert "'EE' is no nation" in capsys.readouterr().err
    assert not (tmp_path / "EE.xlsx").exists()


def test_a_price_without_a_period_and_a_fund_of_few_payers(tmp_path: Path) -> None:
    """A limit on an expansion has no period; what a fund pays a nation is not told where two others pay."""
    source = CASES / "field" / "hostile-extract-crash" / "input"
    run = solve_workbook(source, tmp_path / "run", SolveOptions()).folder
    for nation in ("NO", "EA", "WE", "CY", "cell"):
        extract(source, nation, tmp_path / nation, run)
    payments = pd.read_csv(run / "tables" / "payments.csv")
    for nation in ("NO", "EA", "WE"):
        others = set(payments.loc[payments["contributor"] != nation, "amount"])
        ledger = pd.read_csv(tmp_path / nation / "tables" / "ledger.csv")
        assert not others & set(ledger[["contributed", "produced", "balance"]].stack())
    prices = pd.read_csv(tmp_path / "EA" / "tables" / "prices.csv")
    assert prices["period"].isna().any()
