"""`planner fairness`: what it says, what it leaves behind, and what it refuses."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pandas as pd
import pytest
from openpyxl import load_workbook

from planner import cli
from planner.schemas import schema
from tests.places import INPUTS
from tests.seeds import only_long
from tests.unit.analysis.small_inputs import GLOVES, PAID_BY_ONE, write_input

PARTNERS = str(INPUTS / "partners")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("fairness") / "out"
    assert cli.run(["fairness", PARTNERS, "--group", "Partners", "-o", str(target), "--quiet"]) == 0
    return target


def test_what_it_leaves(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == [
        "fairness.html",
        "fairness.json",
        "fairness.xlsx",
        "tables",
    ]
    record = json.loads((folder / "fairness.json").read_text(encoding="utf-8"))
    jsonschema.validate(record, schema("fairness"), cls=jsonschema.Draft202012Validator)
    assert record["together"] == pytest.approx(300_000)
    assert record["core_is_empty"] is False
    assert record["verification"] == "verified"
    assert record["allocations"][1]["worst_off"] == ["EA", "WE"]
    players = pd.read_csv(folder / "tables" / "players.csv").set_index("player")
    assert players["shapley"].to_dict() == pytest.approx({"NO": 200_000 / 3, "EA": 410_000 / 3, "WE": 290_000 / 3})
    coalitions = pd.read_csv(folder / "tables" / "coalitions.csv").set_index("coalition")
    assert coalitions.loc["EA; WE", "value"] == pytest.approx(180_000)
    assert coalitions.loc["EA; WE", "objection"] == pytest.approx(180_000 - 700_000 / 3)
    book = load_workbook(folder / "fairness.xlsx")
    headings = [cell.value for cell in book["sharing"][2]]
    weighted = "(EUR of goods weighted by priority)"
    assert headings[1:] == [
        f"Shapley value {weighted}", f"By contribution {weighted}", f"Least core {weighted}", "Contributed (EUR)",
    ]  # fmt: skip
    assert book.sheetnames == [
        "Summary",
        "players",
        "sharing",
        "allocations",
        "coalitions",
    ]


def test_the_page_says_it_in_words_and_needs_no_network(folder: Path) -> None:
    page = (folder / "fairness.html").read_text(encoding="utf-8")
    assert re.search(r"each by itself, EUR\u00a0[\d\u202f]+ in all: joining gains EUR\u00a0160\u202f000", page)
    assert "Eastland (EA) and Westland (WE) would do better by EUR\u00a067\u202f500 alone" in page
    assert "EXAMPLE – invented data" in page
    assert "http" not in page.replace("http://www.w3.org", "")
    assert page.count("<script") == 1


def test_chart_tables_and_terminal_name_nations_alike(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = (folder / "fairness.html").read_text(encoding="utf-8")
    assert page.count(">Norland (NO)<") == 4, "the chart, players, what each is given, the coalition of it alone"
    assert ">NO<" not in page
    target = folder.parent / "again"
    assert cli.run(["fairness", PARTNERS, "--group", "Partners", "-o", str(target)]) == 0
    said = capsys.readouterr().out
    assert "  Norland (NO)        0          120\u202f000      66\u202f667             66\u202f667" in said


def test_a_group_of_one_is_told_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["fairness", PARTNERS, "--group", "NO", "-o", str(tmp_path / "out")]) == 0
    page = (tmp_path / "out" / "fairness.html").read_text(encoding="utf-8")
    for text in (capsys.readouterr().out, page[: page.index("<section")]):
        assert text.count("Norland (NO) adds") == 1
        assert text.count("nobody to object") == 1
    assert "Together" not in page.split("<section")[0]


def test_the_figures_are_the_same_again(folder: Path, tmp_path: Path) -> None:
    assert cli.run(["fairness", PARTNERS, "--group", "WE,EA,NO", "-o", str(tmp_path / "again"), "--quiet"]) == 0
    for table in (folder / "tables").iterdir():
        assert table.read_bytes() == (tmp_path / "again" / "tables" / table.name).read_bytes()


@pytest.mark.parametrize("sampling", [["--samples", "6"], *only_long([[]])], ids=str)
def test_workers_find_the_same_figures(tmp_path: Path, sampling: list[str]) -> None:
    found = [tmp_path / "one", tmp_path / "two"]
    for workers, place in enumerate(found, start=1):
        arguments = [*sampling, "--workers", str(workers), "-o", str(place), "--quiet"]
        assert cli.run(["fairness", PARTNERS, "--group", "Partners", *arguments]) == 0
    for table in (found[0] / "tables").iterdir():
        assert table.read_bytes() == (found[1] / "tables" / table.name).read_bytes()


def test_sampled_orders_have_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "out"
    arguments = ["fairness", PARTNERS, "--group", "Partners", "--samples", "8", "--seed", "1", "-o", str(target)]
    assert cli.run(arguments) == 0
    assert "± 95 %" in capsys.readouterr().out
    record = json.loads((target / "fairness.json").read_text(encoding="utf-8"))
    jsonschema.validate(record, schema("fairness"), cls=jsonschema.Draft202012Validator)
    assert record["orders"] == 8
    players = pd.read_csv(target / "tables" / "players.csv")
    assert (players["error"] > 0).any()
    assert (players["low"] <= players["shapley"]).all()
    assert players["shapley"].sum() == pytest.approx(300_000)
    assert cli.run(arguments) == 64  # not empty
    assert cli.run([*arguments, "--replace"]) == 0


@pytest.mark.parametrize(
    ("group", "options", "code", "said"),
    [
        ("Partner", [], 64, "did you mean 'Partners'"),
        ("CY", [], 64, "beneficiary"),
        ("Partners", ["--level", "cost"], 64, "cannot be compared"),
        ("Partners", ["--level", "cots"], 64, "did you mean 'cost'"),
        ("Partners", ["--model", "fulll"], 64, "did you mean 'full'"),
    ],
)
def test_what_it_refuses(
    group: str, options: list[str], code: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["fairness", PARTNERS, "--group", group, "-o", str(tmp_path / "out"), "--quiet", *options]) == code
    assert said in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_coalition_without_a_plan_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = write_input(
        tmp_path / "in", GLOVES | {"Demand": GLOVES["Demand"].replace(",5", ",2")}, objective="weighted"
    )
    assert cli.run(["fairness", str(source), "--group", "A,B,C", "-o", str(tmp_path / "out"), "--quiet"]) == 3
    assert "No plan exists for the beneficiaries alone" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_part_of_the_nations_is_not_the_plan_of_the_workbook(tmp_path: Path) -> None:
    assert cli.run(["fairness", PARTNERS, "--group", "EA,WE", "-o", str(tmp_path / "out"), "--quiet"]) == 0
    record = json.loads((tmp_path / "out" / "fairness.json").read_text(encoding="utf-8"))
    assert record["together"] == pytest.approx(180_000)
    assert record["verification"].startswith("not verified: the means of nations outside")


def test_a_joint_plan_that_fails_its_verification_is_not_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from planner.analysis.fairness import pipeline

    broken = pipeline.Coalitions

    class Wrong(broken):  # type: ignore[misc, valid-type]
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments)
            self.joint_plan.tables["deliveries"].loc[0, "quantity"] += 1

    monkeypatch.setattr(pipeline, "Coalitions", Wrong)
    assert cli.run(["fairness", PARTNERS, "--group", "Partners", "-o", str(tmp_path / "out"), "--quiet"]) == 5
    assert "failed its verification" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_page_says_whom_the_past_is_asked_of(tmp_path: Path, folder: Path) -> None:
    """Of A half is asked, but B paid all there was before."""
    source = write_input(tmp_path / "in", PAID_BY_ONE)
    assert cli.run(["fairness", str(source), "--group", "A,B", "-o", str(tmp_path / "out"), "--quiet"]) == 0
    said = "made up for by all together alone"
    assert said in (tmp_path / "out" / "fairness.html").read_text(encoding="utf-8")
    assert said not in (folder / "fairness.html").read_text(encoding="utf-8")
