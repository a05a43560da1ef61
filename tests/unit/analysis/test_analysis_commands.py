"""What the four commands say and leave when asked for what cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner import cli
from tests.unit.analysis.test_alternatives import MONEY, WORKS
from tests.worlds.worlds import World, write_world

pytestmark = pytest.mark.usefixtures("without_reports")
COMMANDS = ("frontier", "money", "alternatives", "withdraw")


def world(folder: Path, **changed: object) -> Path:
    tables: World = {**WORKS, **MONEY, **changed}  # type: ignore[dict-item]
    return write_world(tables, folder / "in")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_faulty_input_is_listed_and_nothing_is_left(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [{**WORKS["Lines"][0], "capacity": "many"}]
    source = world(tmp_path, Lines=lines)
    assert cli.run([command, str(source), "-o", str(tmp_path / "out"), "--quiet"]) == 2
    assert "Lines.csv" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


@pytest.mark.parametrize("command", COMMANDS)
def test_an_input_without_a_plan_names_the_conflict(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Line A must make 5 shells of 10 EUR, and nobody has a euro."""
    lines = [{**WORKS["Lines"][0], "min_rate": 5}]
    source = world(tmp_path, Lines=lines, Budgets=[{**MONEY["Budgets"][0], "amount": 0}])
    assert cli.run([command, str(source), "-o", str(tmp_path / "out"), "--quiet"]) == 3
    assert "Line A" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


@pytest.mark.parametrize("command", COMMANDS)
def test_only_a_folder_of_its_kind_is_replaced(command: str, tmp_path: Path) -> None:
    source, target = world(tmp_path), tmp_path / "out"
    arguments = [command, str(source), "-o", str(target), "--quiet"]
    if command == "alternatives":
        arguments += ["--count", "1", "--by", "producers"]
    assert cli.run(arguments) == 0
    before = {path.name: path.read_bytes() for path in (target / "tables").iterdir()}
    assert cli.run(arguments) == 64
    assert cli.run([*arguments, "--replace"]) == 0
    assert {path.name: path.read_bytes() for path in (target / "tables").iterdir()} == before, "the same bytes again"
    (target / f"{command}.json").unlink()
    assert cli.run([*arguments, "--replace"]) == 64


def test_wrong_choices_are_said_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = str(world(tmp_path))
    for arguments, words in (
        (["frontier", source, "--levels", "cost,othr_shortfall"], "did you mean 'other_shortfall'"),
        (["alternatives", source, "--slack", "much"], "--slack: found 'much'"),
        (["alternatives", source, "--by", "payer"], "did you mean 'payers'"),
    ):
        assert cli.run([*arguments, "-o", str(tmp_path / "out"), "--quiet"]) == 64
        assert words in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("command", COMMANDS)
def test_a_folder_of_results_points_to_its_input(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of an analysis. That of a plan is taken: tests/unit/run/recorded/test_origin.py."""
    source = world(tmp_path)
    assert cli.run(["money", str(source), "-o", str(tmp_path / "found"), "--quiet"]) == 0
    capsys.readouterr()
    assert cli.run([command, str(tmp_path / "found"), "-o", str(tmp_path / "out"), "--quiet"]) == 2
    assert (
        f"found: is a folder of results, no input; they were made from {source}: give that" in capsys.readouterr().err
    )
