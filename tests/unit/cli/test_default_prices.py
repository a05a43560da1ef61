"""What a change costs is an offer only where the table Remedies prices it; the terminal says where it does not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from planner import cli
from planner.cli.lines.text import DEFAULT_PRICES
from tests.places import INPUTS


@pytest.mark.parametrize("priced", [False, True])
def test_solve_and_remedy_say_whether_prices_are_defaults(
    priced: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, run = tmp_path / "input", str(tmp_path / "run")
    shutil.copytree(INPUTS / "quickstart", source)
    if priced:
        (source / "Remedies.csv").write_text("remedy,what,price\nshifts,capacity,5\n", encoding="utf-8")
    assert cli.run(["solve", str(source), "-o", run]) == 0
    said = capsys.readouterr().out
    assert " would deliver all of it, for " in said
    assert (DEFAULT_PRICES in said) is not priced
    assert cli.run(["remedy", run, "-o", str(tmp_path / "remedy")]) == 0
    changes = "What the table Remedies lists." if priced else "at default prices that only rank the changes."
    assert any(
        line.startswith("May be changed: ") and line.endswith(changes) for line in capsys.readouterr().out.splitlines()
    )


def test_a_plan_that_lacks_nothing_says_nothing_of_prices(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "input"
    shutil.copytree(INPUTS / "quickstart", source)
    lines = (source / "Demand.csv").read_text(encoding="utf-8").splitlines()
    (source / "Demand.csv").write_text("\n".join(lines[:2]) + "\n", encoding="utf-8")
    assert cli.run(["solve", str(source), "-o", str(tmp_path / "run")]) == 0
    assert DEFAULT_PRICES not in capsys.readouterr().out
