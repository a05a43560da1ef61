"""What goes wrong on a schedule: broken workbooks, reports that cannot be, a damaged last run, a killed process.

Real processes where a process can die; nothing half-written, and the last good plan stands.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from planner import cli
from planner.errors import InputError, UsageError
from planner.plan import SolveOptions
from planner.replan.replan import replan
from planner.replan.rolled.rolling import ReplanTerms
from planner.report.words.phases import WORDS
from planner.run.pipeline import solve_workbook
from planner.run.recorded.load import load_run
from planner.verify import verify_run
from tests.moments import standing_at
from tests.places import INPUTS, ROOT

pytestmark = pytest.mark.usefixtures("without_reports")

JANUARY, FEBRUARY = INPUTS / "quickstart.xlsx", INPUTS / "quickstart-february.xlsx"
FOLDER = INPUTS / "quickstart-february"
OPTIONS = SolveOptions()


@pytest.fixture(scope="module")
def january(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return solve_workbook(JANUARY, tmp_path_factory.mktemp("store") / "january").folder


def with_actuals(folder: Path, *rows: str) -> Path:
    """The February input with further rows of Actuals, by the columns of its sheet."""
    shutil.copytree(FOLDER, folder)
    path = folder / "Actuals.csv"
    header = path.read_text(encoding="utf-8").splitlines()[0].split(",")
    with path.open("a", encoding="utf-8") as stream:
        for row in rows:
            cells = dict(pair.split("=") for pair in row.split("; "))
            stream.write(",".join(cells.get(column, "") for column in header) + "\n")
    return folder


@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_a_truncated_workbook_is_refused_and_nothing_is_written(january: Path, tmp_path: Path, share: float) -> None:
    content = FEBRUARY.read_bytes()
    broken = tmp_path / "february.xlsx"
    broken.write_bytes(content[: int(share * len(content))])
    with pytest.raises(InputError, match=r"february\.xlsx"):
        replan(january, broken, tmp_path / "next", ReplanTerms(), OPTIONS)
    assert not (tmp_path / "next").exists()
    assert verify_run(january).passed


def test_actuals_in_the_future_are_refused_by_their_cell(january: Path, tmp_path: Path) -> None:
    place = load_run(january).tables["stocks"].iloc[0]
    row = f"period=2031-01; kind=stock; node={place['node']}; item={place['item']}; quantity=5"
    with pytest.raises(InputError, match="Actuals"):
        replan(january, with_actuals(tmp_path / "input", row), tmp_path / "next", ReplanTerms(), OPTIONS)
    assert not (tmp_path / "next").exists()


def test_of_two_counts_the_lower_one_holds_and_both_are_told(january: Path, tmp_path: Path) -> None:
    place = load_run(january).tables["stocks"].iloc[0]
    rows = [f"period=1; kind=stock; node={place['node']}; item={place['item']}; quantity={units}" for units in (90, 40)]
    _, memo = replan(january, with_actuals(tmp_path / "input", *rows), tmp_path / "next", ReplanTerms(), OPTIONS)
    conflicts = [conflict for conflict in memo.conflicts if conflict.what == "was counted more than once"]
    assert [conflict.where for conflict in conflicts] == [
        "Pallets of 60 winter clothing sets at Forward depot, end of 2026-01"
    ]
    assert conflicts[0].computed is not None
    assert conflicts[0].computed <= 40
    stocks = (tmp_path / "next" / "input" / "Stocks.csv").read_text(encoding="utf-8")
    assert any(line.startswith(f"{place['node']},{place['item']},") for line in stocks.splitlines())


@pytest.mark.parametrize("missing", ["production.csv", "shipments.csv", "stocks.csv", "shortfalls.csv"])
def test_a_last_run_that_is_half_deleted_is_named(january: Path, tmp_path: Path, missing: str) -> None:
    damaged = tmp_path / "january"
    shutil.copytree(january, damaged)
    (damaged / "tables" / missing).unlink()
    with pytest.raises(UsageError, match=missing.replace(".", r"\.")):
        replan(damaged, FEBRUARY, tmp_path / "next", ReplanTerms(), OPTIONS)
    assert not (tmp_path / "next").exists()


@pytest.mark.parametrize(
    "content", ["", "line,factory\n", "line,factory,nation,item,period,quantity,cost\nA,B,C,D,1,x,2\n"]
)
def test_a_table_that_is_cut_off_is_named(january: Path, tmp_path: Path, content: str) -> None:
    damaged = tmp_path / "january"
    shutil.copytree(january, damaged)
    (damaged / "tables" / "production.csv").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=r"production\.csv"):
        replan(damaged, FEBRUARY, tmp_path / "next", ReplanTerms(), OPTIONS)


def start(january: Path, target: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "planner", "replan", str(january), str(FEBRUARY), "-o", str(target), "--quiet"]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                            start_new_session=True)  # fmt: skip


def killed(january: Path, parent: Path, seconds: float) -> None:
    """Kill a re-optimisation; what is visible then is a whole run or nothing, and the last plan stands."""
    process = start(january, parent / "next")
    time.sleep(seconds)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    shown = [path.name for path in parent.iterdir() if not path.name.startswith(".")]
    assert shown in ([], ["next"])
    if shown:
        assert verify_run(parent / "next").passed
        assert (parent / "next" / "memo.html").stat().st_size > 1000
    assert verify_run(january).passed


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
def test_a_killed_replan_leaves_nothing_and_the_next_one_sweeps(january: Path, tmp_path: Path) -> None:
    process = standing_at(WORDS["write"], "replan", str(january), str(FEBRUARY), "-o", str(tmp_path / "next"))
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith(".")] == []
    assert cli.run(["replan", str(january), str(FEBRUARY), "-o", str(tmp_path / "next"), "--quiet"]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["next"]


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
@pytest.mark.parametrize("moment", range(25))
def test_a_replan_killed_at_25_moments(january: Path, tmp_path: Path, moment: int) -> None:
    killed(january, tmp_path, random.Random(moment).uniform(0.5, 6.0))


def test_a_cap_of_15_may_mean_15_percent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["replan", str(tmp_path), str(tmp_path), "-o", str(tmp_path / "next"), "--cap"]
    assert cli.run([*command, "15"]) == 64
    assert "--cap: found '15', expected a share such as 15% or 0.15" in capsys.readouterr().err
    assert cli.run([*command, "150%"]) == 64
    assert "is no run folder" in capsys.readouterr().err
