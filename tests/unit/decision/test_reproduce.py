"""A decision record held against what it signs, and its plan made again:
here, elsewhere, and after this or that was changed.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from planner import cli
from planner.analysis.alternatives.alternatives import alternatives_of_workbook
from planner.decision.approve import Approver, read_decision, record_decision
from planner.decision.differences import level_differences, table_differences
from planner.decision.integrity import integrity
from planner.errors import DecisionError
from planner.options.pipeline import compare_workbook
from planner.plan import SolveOptions
from planner.replan.replan import replan
from planner.replan.rolled.rolling import ReplanTerms
from planner.replan.windows.long_run import solve_in_windows
from planner.replan.windows.windows import Windows
from planner.run.pipeline import solve_workbook
from planner.run.tables import write_tables
from tests.places import INPUTS, ROOT

NOT_HELD = DecisionError.exit_code


@pytest.fixture
def here(quickstart_run: Path, tmp_path: Path) -> Path:
    """A run folder with its input and its record, in a place of its own."""
    shutil.copy(INPUTS / "quickstart.xlsx", tmp_path / "quickstart.xlsx")
    shutil.copytree(quickstart_run, tmp_path / "plan")
    record_decision(tmp_path / "plan", consent=Approver("A. Planner", "Agreed"))
    return tmp_path


def reproduce(here: Path, capsys: pytest.CaptureFixture[str], *further: str) -> tuple[int, str]:
    record, book = here / "plan.decision.json", here / "quickstart.xlsx"
    code = cli.run(["reproduce", str(record), "--input", str(book), *further])
    return code, capsys.readouterr().out


@pytest.mark.usefixtures("without_reports")
def test_the_same_tables_come_out_byte_for_byte(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = len([path for path in (here / "plan").rglob("*") if path.is_file()])
    tables = len(list((here / "plan" / "tables").iterdir()))
    code, said = reproduce(here, capsys)
    assert code == 0
    assert said.splitlines()[0].startswith(f"{files} files as signed; 1 approval; seal ")
    assert f"Reproduced: {tables} tables, all byte for byte the same (verified)." in said
    assert said.endswith("The plan is reproduced.\n")


@pytest.mark.long
def test_another_process_elsewhere_needs_the_record_and_the_input_alone(
    here: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    there = tmp_path_factory.mktemp("there")
    shutil.move(here / "plan.decision.json", there)
    shutil.move(here / "quickstart.xlsx", there / "renamed.xlsx")
    for path in here.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    words = ["reproduce", "plan.decision.json", "--input", "renamed.xlsx"]
    ended = subprocess.run([sys.executable, "-m", "planner", *words], cwd=there, capture_output=True, text=True, check=False,
                           env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"})  # fmt: skip
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "note: the run folder" in ended.stdout
    assert "all byte for byte the same" in ended.stdout
    assert ended.stdout.endswith("The plan is reproduced.\n")


@pytest.mark.usefixtures("without_reports")
def test_a_changed_workbook_is_told_with_what_that_makes_of_the_plan(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By hand: Alpha's 240 pallets cost 1 more each; a pallet is worth what it costs at Alpha, so that the 30 that are
    short weigh 30 more."""
    book = load_workbook(here / "quickstart.xlsx")
    sheet = book["Lines"]
    heads = {str(cell.value).split(" ")[0]: cell.column for cell in sheet[1]}
    rows = {sheet.cell(row, heads["line"]).value: row for row in range(2, sheet.max_row + 1)}
    cell = sheet.cell(rows["Alpha line"], heads["unit_cost"])
    cell.value = cell.value + 1
    book.save(here / "quickstart.xlsx")
    code, said = reproduce(here, capsys)
    assert code == NOT_HELD
    assert f"changed: the input {here / 'quickstart.xlsx'} is not what was planned" in said
    assert "Levels that differ:" in said
    assert [" ".join(line.split()) for line in said.splitlines() if " now " in line] == [
        "Shortfall of other demand 360 000 recorded 360 030 now +30 EUR of goods weighted by priority",
        "Discounted cost 4 240 810 recorded 4 241 050 now +240 EUR",
    ]
    assert "  production: 3 cells of 6 rows; row 1, cost: 960080.0, 960000.0 recorded" in said
    assert said.endswith("The record does not hold.\n")


@pytest.mark.usefixtures("without_reports")
def test_the_input_is_found_beside_a_record_that_was_moved_with_it(
    here: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    """The record says another place, where nothing is;
    it is edited by hand, which is told, and so is the level that it then misstates.
    """
    there = tmp_path_factory.mktemp("there")
    shutil.copy(here / "quickstart.xlsx", there)
    record = json.loads((here / "plan.decision.json").read_text("utf-8"))
    record["decision"]["input"]["path"] = str(there / "gone" / "quickstart.xlsx")
    level = next(level for level in record["decision"]["levels"] if level["name"] == "other_shortfall")
    level["value"] = 350000.0
    (there / "plan.decision.json").write_text(json.dumps(record), encoding="utf-8")
    assert cli.run(["reproduce", str(there / "plan.decision.json")]) == NOT_HELD
    said = capsys.readouterr().out
    assert "changed: the decision was changed after it was signed" in said
    assert "all byte for byte the same (verified)" in said
    assert [" ".join(line.split()) for line in said.splitlines() if " now " in line] == [
        "Shortfall of other demand 350 000 recorded 360 000 now +10 000 EUR of goods weighted by priority"
    ]
    assert said.endswith("The record does not hold.\n")


@pytest.mark.usefixtures("without_reports")
def test_a_workbook_without_a_plan_is_told(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "quickstart.xlsx").write_bytes(b"nothing")
    code, said = reproduce(here, capsys)
    assert code == NOT_HELD
    assert "Not reproduced: solving again gives no plan: quickstart.xlsx: " in said


Change = Callable[[Path], object]


def _rewrite(name: str, old: str, new: str) -> Change:
    def change(here: Path) -> None:
        path = here / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    return change


@pytest.mark.parametrize(
    ("change", "holds", "message"),
    [
        (_rewrite("plan/tables/production.csv", "Alpha", "Omega"), False, "{here}/plan/tables/production.csv was changed after"),
        (lambda here: (here / "plan" / "report.html").unlink(), True, "{here}/plan/report.html is gone: it is not checked"),
        (lambda here: (here / "plan" / "own.txt").touch(), True, "{here}/plan holds 1 file that the record does not name: own.txt"),
        (_rewrite("plan.decision.json", '"Agreed"', '"Refused"'), False, "approval 1 (A. Planner) was changed after"),
        (_rewrite("plan.decision.json", '"periods": 4', '"periods": 5'), False, "the decision was changed after it was signed"),
    ],
)  # fmt: skip
def test_what_was_changed_is_a_fault_and_what_is_gone_is_told(
    here: Path, change: Change, holds: bool, message: str
) -> None:
    change(here)
    place = here / "plan.decision.json"
    found = integrity(read_decision(place), place)
    assert bool(found.faults) != holds
    assert any(line.startswith(message.format(here=here)) for line in [*found.faults, *found.notes])


@pytest.mark.usefixtures("without_reports")
def test_a_changed_table_fails_the_record_though_the_plan_comes_out(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _rewrite("plan/tables/production.csv", "Alpha", "Omega")(here)
    code, said = reproduce(here, capsys)
    assert code == NOT_HELD
    assert f"changed: {here}/plan/tables/production.csv was changed after it was signed" in said
    assert "all byte for byte the same" in said
    assert said.endswith("The record does not hold.\n")


@pytest.mark.usefixtures("without_reports")
def test_other_versions_are_told_and_may_still_give_the_same(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    then = read_decision(here / "plan.decision.json").decision.versions
    monkeypatch.setattr("planner.decision.integrity.versions", lambda: {**then, "highspy": "0.1"})
    monkeypatch.setattr("planner.decision.integrity.program_hash", lambda: "0" * 64)
    code, said = reproduce(here, capsys)
    assert code == 0
    assert f"note: another version of highspy: 0.1, not {then['highspy']}" in said
    assert "note: the program's own files are others than when the record was made" in said


def test_a_seal_that_was_noted_elsewhere_finds_a_record_made_anew(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who takes an approval away, or signs anew, has a chain that holds: only the noted seal tells."""
    path = here / "plan.decision.json"
    noted = read_decision(path).seal
    assert not integrity(read_decision(path), path, noted).faults
    document = json.loads(path.read_text("utf-8"))
    document["approvals"] = []
    path.write_text(json.dumps(document), encoding="utf-8")
    assert not integrity(read_decision(path), path).faults
    (message,) = integrity(read_decision(path), path, noted).faults
    assert message.startswith(f"the seal {noted} is none of this record's")
    assert cli.run(["reproduce", str(path), "--seal", "12"]) == 64
    assert "--seal: found '12', expected the 64 hexadecimal digits" in capsys.readouterr().err


@pytest.mark.usefixtures("without_reports")
def test_an_input_that_is_gone_is_asked_for(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    solve = solve_workbook(here / "quickstart.xlsx", here / "own")
    record_decision(solve.folder)
    (here / "quickstart.xlsx").unlink()
    assert cli.run(["reproduce", str(here / "own.decision.json"), "-q"]) == NOT_HELD
    assert f"Not reproduced: the input {here / 'quickstart.xlsx'} is gone; say where" in capsys.readouterr().out
    assert cli.run(["reproduce", str(here / "own.decision.json"), "--input", str(here / "none.xlsx")]) == 64
    assert "none.xlsx is not there" in capsys.readouterr().err


# Other kinds of runs


@pytest.mark.usefixtures("without_reports")
def test_a_replan_is_made_again_from_its_rolled_input(
    quickstart_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    february = INPUTS / "quickstart-february.xlsx"
    replan(quickstart_run, february, tmp_path / "february", ReplanTerms(None, None, None), SolveOptions())
    _, record = record_decision(tmp_path / "february")
    assert record.decision.follows is not None
    assert record.decision.follows.last_run == str(quickstart_run.resolve())
    shutil.move(tmp_path / "february", tmp_path / "moved")  # the folder may move with its record
    (tmp_path / "there").mkdir()
    shutil.move(tmp_path / "moved", tmp_path / "there" / "february")
    shutil.move(tmp_path / "february.decision.json", tmp_path / "there")
    assert cli.run(["reproduce", str(tmp_path / "there" / "february.decision.json")]) == 0
    said = capsys.readouterr().out
    assert "note: attribution is the same but for the column cells: the input kept has other cells" in said
    assert said.endswith("The plan is reproduced.\n")


@pytest.mark.usefixtures("without_reports")
def test_an_option_is_made_again_from_its_own_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    compare_workbook(INPUTS / "quickstart.xlsx", tmp_path / "rail", sweep=("route=Railway", "0.5:1:2"))
    path, record = record_decision(tmp_path / "rail" / "runs" / "Railway-x0.5")
    assert record.decision.levels[0].value == pytest.approx(480_000)
    assert cli.run(["reproduce", str(path)]) == 0
    assert capsys.readouterr().out.endswith("The plan is reproduced.\n")
    assert (
        cli.run(["reproduce", str(path), "--input", str(tmp_path / "rail" / "runs" / "Railway-x1" / "input"), "-q"])
        == 6
    )
    assert "  Shortfall of binding commitments  480 000" in capsys.readouterr().out


@pytest.mark.usefixtures("without_reports")
def test_a_plan_made_in_windows_is_made_again_in_windows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    solve_in_windows(INPUTS / "quickstart.xlsx", tmp_path / "long", Windows(3, 1))
    path, record = record_decision(tmp_path / "long")
    assert record.decision.run.made_by == "windows"
    assert record.decision.rolling is not None
    assert cli.run(["reproduce", str(path)]) == 0
    assert "all byte for byte the same" in capsys.readouterr().out


@pytest.mark.long
@pytest.mark.usefixtures("without_reports")
def test_an_alternative_can_be_signed_but_not_be_made_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    alternatives_of_workbook(INPUTS / "quickstart.xlsx", tmp_path / "found", 0.02, 1, None, SolveOptions())
    path, record = record_decision(tmp_path / "found" / "alternatives" / "1", considered=[tmp_path / "found"])
    (considered,) = record.decision.considered
    assert considered.slack == 0.02
    assert [plan.name for plan in considered.plans] == ["0", "1"]
    assert considered.plans[0].levels["cost"] == pytest.approx(4_240_810)
    capsys.readouterr()
    assert cli.run(["reproduce", str(path), "-q"]) == NOT_HELD
    assert "Not reproduced: the plan was given, or chosen among plans as good within a slack" in capsys.readouterr().out


# Differences by hand


def test_differences_by_hand(here: Path, tmp_path: Path) -> None:
    decision = read_decision(here / "plan.decision.json").decision
    tables = {path.stem: pd.read_csv(path) for path in (here / "plan" / "tables").iterdir()}
    production, shipments = tables["production"].copy(), tables["shipments"].iloc[1:]
    production.loc[0, "quantity"] += 2.0
    production.loc[1, "quantity"] -= 5.0
    was = float(tables["production"].loc[1, "quantity"])
    again = tmp_path / "again"
    hashes = write_tables({"production": production, "shipments": shipments}, again)
    unchanged = {name: digest for name, digest in decision.files.items() if name.startswith("tables/")}
    named = {name.removeprefix("tables/").removesuffix(".csv"): digest for name, digest in unchanged.items()}
    rows, values = table_differences(decision, again, {**named, **hashes}, here / "plan"), {}
    for one in rows:
        values[one.table] = one
    assert set(values) == {"production", "shipments"}
    made, shipped = values["production"], values["shipments"]
    assert (made.cells, made.column, made.row, made.recorded, made.again) == (2, "quantity", 2, was, was - 5)
    assert (shipped.rows_recorded, shipped.rows_again, shipped.column) == (len(shipments) + 1, len(shipments), None)
    (gone,) = table_differences(decision, again, {**named, "production": hashes["production"]}, None)
    assert (gone.table, gone.rows_recorded) == ("production", None)


def test_levels_are_the_same_but_for_arithmetic(here: Path) -> None:
    levels = read_decision(here / "plan.decision.json").decision.levels
    other = [levels[0], levels[1].but(value=360_000.0 * (1 + 1e-7)), levels[2].but(value=4_240_810.0 + 5)]
    assert [one.same for one in level_differences(levels, other)] == [True, True, False]
    missing = replace(level_differences(levels, other)[0], again=None)
    assert not missing.same
