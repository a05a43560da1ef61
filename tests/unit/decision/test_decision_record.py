"""The decision record of the quickstart, whose optimum its notes work out:
what it says, what it signs, who may change it.
"""

from __future__ import annotations

import hashlib
import json
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from planner import cli
from planner.decision.approve import Approver, read_decision, record_decision
from planner.decision.record import broken_links
from planner.errors import DecisionError, UsageError
from planner.options.pipeline import compare_workbook
from planner.run.recorded.load import load_run
from planner.schemas import schema
from tests.places import INPUTS

INPUT = INPUTS / "quickstart.xlsx"


@pytest.fixture
def run(quickstart_run: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "january"
    shutil.copytree(quickstart_run, folder)
    return folder


@pytest.fixture(scope="module")
def options(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("considered") / "rail"
    compare_workbook(INPUT, folder, sweep=("route=Railway", "0.5:1:2"))
    return folder


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def canonical(document: Any) -> str:
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def test_it_says_what_was_planned_from_what_and_how(run: Path) -> None:
    path, record = record_decision(run)
    said = record.decision
    assert path == run.with_name("january.decision.json")
    assert [(level.name, level.value) for level in said.levels] == [
        ("binding_shortfall", 0.0),
        ("other_shortfall", pytest.approx(360_000)),
        ("cost", pytest.approx(4_240_810)),
    ]
    assert said.input.sha256 == digest(INPUT)
    assert said.input_stood
    assert said.verification == "verified"
    assert said.solver.settings["primal_feasibility_tolerance"] == "1e-09"
    assert said.tolerances["SAME"] == said.tolerances["verification"] == 1e-6
    assert said.run.made_by == "one program"
    assert said.model_files == {"full": digest(INPUT.parents[1] / "models" / "full.toml")}
    jsonschema.validate(json.loads(path.read_text("utf-8")), schema("decision"), cls=jsonschema.Draft202012Validator)


def test_it_signs_every_file_of_the_run_folder(run: Path) -> None:
    _, record = record_decision(run)
    files = {path.relative_to(run).as_posix(): digest(path) for path in run.rglob("*") if path.is_file()}
    assert {"run.json", "report.html", "plan.xlsx", "log.txt", "tables/production.csv"} < set(files)
    assert record.decision.files == files


def test_it_quotes_the_confirmed_prices_and_no_other(run: Path) -> None:
    file, record = record_decision(run)
    table = load_run(run).tables["prices"]
    asked = table[table["confirmed"] == "yes"]
    assert [price.price for price in record.decision.prices] == asked["price"].tolist()
    assert record.decision.prices
    # A pallet more of the Alpha line in January saves a shortfall worth 12 000: the first price of the notes.
    first = record.decision.prices[0]
    assert (first.object, first.period, first.level, first.price) == ("Alpha line", 1, "other_shortfall", 12000.0)
    assert (first.object_title, first.item_title) == (None, "Pallets of 60 winter clothing sets")
    page = file.with_suffix(".html").read_text(encoding="utf-8")
    assert first.item_title in page
    assert "winter_pallet" not in page
    assert "decision.xlsx" not in page, "there is none"
    assert f"The first 20 of {len(record.decision.files)}; all of them are in {file.name}." in page


def test_what_was_considered_stands_in_it_with_hash_and_figures(run: Path, options: Path) -> None:
    _, record = record_decision(run, considered=[options, options / "runs" / "base"])
    rail, base = record.decision.considered
    assert rail.sha256 == digest(options / "compare.json")
    assert rail.same_input
    assert {plan.name: plan.levels["other_shortfall"] for plan in rail.plans} == {
        "base": pytest.approx(360_000),
        "Railway x1": pytest.approx(360_000),
        "Railway x0.5": pytest.approx(1_680_000),
    }
    assert rail.plans[0].figures is not None
    assert base.kind == "run"
    assert base.plans[0].levels["cost"] == pytest.approx(4_240_810)


def test_each_approval_signs_what_stands_before_it(run: Path) -> None:
    record_decision(run)
    record_decision(run, consent=Approver("A. Planner", "Agreed"))
    path, record = record_decision(run, consent=Approver("B. Board"))
    first, second = record.approvals
    document = json.loads(path.read_text("utf-8"))
    assert first.signs == record.sha256 == canonical(document["decision"])
    assert second.signs == first.sha256
    said = {"number": 1, "name": "A. Planner", "words": "Agreed", "at": first.at, "signs": record.sha256}
    assert first.sha256 == canonical(said)
    assert record.seal == second.sha256
    assert read_decision(path) == record
    page = path.with_suffix(".html").read_text("utf-8")
    assert record.seal in page
    assert "approved by A. Planner, B. Board" in page
    assert not list(path.parent.glob("*.lock"))


Damage = Callable[[dict[str, Any]], object]
DAMAGES: dict[str, tuple[Damage, str]] = {
    "a figure": (lambda d: d["decision"]["levels"][2].update(value=1.0), "the decision was changed"),
    "a hash": (lambda d: d["decision"]["files"].update({"run.json": "0" * 64}), "the decision was changed"),
    "words": (lambda d: d["approvals"][0].update(words="No"), "approval 1 (A) was changed"),
    "an approval in between gone": (lambda d: d["approvals"].pop(0), "approval 1 (B) does not sign"),
    "approvals the other way round": (lambda d: d["approvals"].reverse(), "approval 1 (B) does not sign"),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_whatever_is_changed_shows(run: Path, name: str) -> None:
    record_decision(run, consent=Approver("A"))
    path, record = record_decision(run, consent=Approver("B"))
    assert list(broken_links(record)) == []
    document = json.loads(path.read_text("utf-8"))
    change, message = DAMAGES[name]
    change(document)
    path.write_text(json.dumps(document), encoding="utf-8")
    assert any(fault.startswith(message) for fault in broken_links(read_decision(path)))
    before = path.read_bytes()
    with pytest.raises(DecisionError, match="The approval was not added"):
        record_decision(run, consent=Approver("C"))
    assert path.read_bytes() == before


def test_nobody_approves_a_plan_that_was_changed_since(run: Path) -> None:
    record_decision(run)
    (run / "report.html").write_text("other", encoding="utf-8")
    (run / "log.txt").unlink()
    with pytest.raises(DecisionError) as error:
        record_decision(run, consent=Approver("A"))
    assert "report.html was changed since" in str(error.value)
    assert "log.txt is gone" in str(error.value)


def test_a_table_that_run_json_does_not_name_is_not_recorded(run: Path) -> None:
    table = run / "tables" / "production.csv"
    table.write_text(table.read_text("utf-8").replace("80.0", "81.0"), encoding="utf-8")
    with pytest.raises(DecisionError, match=r"production\.csv was changed since"):
        record_decision(run)
    assert [path.name for path in run.parent.iterdir() if path.suffix in (".json", ".html")] == []


def test_what_is_approved_is_not_written_over(run: Path, options: Path) -> None:
    record_decision(run)
    with pytest.raises(UsageError, match=r"exists \(--approved-by NAME adds an approval\)"):
        record_decision(run)
    record_decision(run, considered=[options], replace=True)
    record_decision(run, consent=Approver("A. Planner"))
    with pytest.raises(UsageError, match=r"exists \(what was considered is part of what is approved\)"):
        record_decision(run, considered=[options], consent=Approver("B"))
    with pytest.raises(UsageError, match=r"was approved by A\. Planner and is not written over"):
        record_decision(run, replace=True)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("record inputs", "inputs is no run folder: it has no run.json"),
        (
            "record {run} --considered {run}/tables",
            "--considered: {run}/tables is a folder of CSV files; expected a folder that planner compare",
        ),
        ("record {run} -o {run}/decision.json", "{run}/decision.json lies in the run folder, which it signs"),
        (
            "record {run} -o {here}/decision.txt",
            "{here}/decision.txt would be a decision record; give a name that ends in",
        ),
        ("record {run} --words Agreed", "--words: expected --approved-by NAME as well"),
        ("record {run} --approved-by ''", "--approved-by: found nothing, expected a name"),
        ("reproduce {here}/none.json", "{here}/none.json is no decision record: it is not there"),
        ("reproduce {run}/run.json", "{run}/run.json is no decision record: it is the record of planner solve"),
    ],
)
def test_what_cannot_be_is_said_in_words(
    run: Path, words: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    places = {"run": run, "here": run.parent}
    assert cli.run(shlex.split(words.format(**places))) == UsageError.exit_code
    assert message.format(**places) in capsys.readouterr().err
    assert not list(run.parent.glob("*.decision.*"))
