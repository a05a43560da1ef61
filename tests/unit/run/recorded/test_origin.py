"""An analysis that is given a plan in place of its input takes the input and the model that the plan was made with."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from planner import cli
from planner.errors import UsageError
from planner.run.recorded.origin import origin_of
from tests.places import INPUTS

INPUT = INPUTS / "quickstart"
OUTPUT = Path("elsewhere")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan by the model `strategic`, its input beside it; only read."""
    here = tmp_path_factory.mktemp("origin")
    shutil.copytree(INPUT, here / "input")
    assert cli.run(["solve", str(here / "input"), "-o", str(here / "plan"), "--model", "strategic", "-q"]) == 0
    return here


def test_an_input_is_its_own_origin() -> None:
    assert origin_of(INPUT, None, OUTPUT) == (INPUT, "full", None)
    assert origin_of(INPUT, "strategic", OUTPUT) == (INPUT, "strategic", None)


def test_a_plan_names_its_input_and_its_model(made: Path) -> None:
    expected = (made / "input", "strategic", made / "plan")
    assert origin_of(made / "plan", None, OUTPUT) == expected
    assert origin_of(made / "plan", "strategic", OUTPUT) == expected


def test_a_plan_by_another_model_is_refused(made: Path) -> None:
    with pytest.raises(UsageError, match="found 'full', expected 'strategic'"):
        origin_of(made / "plan", "full", OUTPUT)


def test_an_input_that_has_changed_or_gone_is_refused(made: Path, tmp_path: Path) -> None:
    here = tmp_path / "moved"
    shutil.copytree(made, here)
    run = here / "plan" / "run.json"
    run.write_text(run.read_text(encoding="utf-8").replace(str(made), str(here)), encoding="utf-8")
    with (here / "input" / "Demand.csv").open("a", encoding="utf-8") as demand:
        demand.write("\n")
    with pytest.raises(UsageError, match="has changed since the plan"):
        origin_of(here / "plan", None, OUTPUT)
    shutil.rmtree(here / "input")
    with pytest.raises(UsageError, match="is not to be found"):
        origin_of(here / "plan", None, OUTPUT)


def test_the_plan_is_not_replaced_by_its_analysis(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = str(made / "plan")
    assert cli.run(["remedy", plan, "--all", "-o", plan, "--replace"]) == 64
    assert f"{plan} contains the plan and is not replaced" in capsys.readouterr().err
    assert (made / "plan" / "run.json").is_file()


def test_remedies_of_a_plan_are_those_of_its_input(made: Path, tmp_path: Path) -> None:
    assert cli.run(["remedy", str(made / "plan"), "--all", "-o", str(tmp_path / "one"), "-q"]) == 0
    asked = ["remedy", str(made / "input"), "--all", "--model", "strategic", "-o", str(tmp_path / "other"), "-q"]
    assert cli.run(asked) == 0
    one, other = (tmp_path / name / "remedy.json" for name in ("one", "other"))
    assert one.read_bytes() == other.read_bytes()
