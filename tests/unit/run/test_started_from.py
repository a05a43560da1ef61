"""A plan solved from the plan of a similar input:
the same optimum as by itself, said in its record, and made again the same.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from planner import cli
from planner.analysis.budget.study import BudgetRows, scaled
from planner.decision.approve import record_decision
from planner.options.changes.input_folder import write_input
from planner.records.parts import Level
from planner.records.run import RunRecord
from planner.run.pipeline import solve_workbook
from planner.run.recorded.basis_record import FILE
from planner.run.recorded.origin import AnalysisInput
from planner.workbook.reading.raw import read_raw
from tests.conftest import leave_reports_empty
from tests.places import INPUTS

pytestmark = pytest.mark.usefixtures("without_reports")


@pytest.fixture(scope="module")
def partners(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder of the partners, without pages."""
    with pytest.MonkeyPatch.context() as patch:
        leave_reports_empty(patch)
        return solve_workbook(INPUTS / "partners.xlsx", tmp_path_factory.mktemp("runs") / "partners").folder


@pytest.fixture
def start(partners: Path, tmp_path: Path) -> AnalysisInput:
    shutil.copytree(partners, tmp_path / "base")
    return AnalysisInput(INPUTS / "partners.xlsx", "full", tmp_path / "base")


@pytest.fixture
def less(tmp_path: Path) -> Path:
    """The same with half of a fund, and with a title that says so."""
    write_input(
        scaled(read_raw(INPUTS / "partners.xlsx"), BudgetRows("Joint"), 0.5, "Partners × 0.5"), tmp_path / "less"
    )
    return tmp_path / "less"


def values(record: RunRecord) -> list[float | None]:
    assert isinstance(record.objective, tuple)
    return [level.value for level in record.objective if isinstance(level, Level)]


def test_its_optimum_is_that_of_a_plan_by_itself(start: AnalysisInput, less: Path, tmp_path: Path) -> None:
    found = solve_workbook(less, tmp_path / "from", start=start).record
    alone = solve_workbook(less, tmp_path / "alone", remedies=False).record
    assert values(found) == pytest.approx(values(alone), rel=1e-9)
    assert found.verification == alone.verification
    assert found.started_from is not None
    assert found.started_from.run == str(start.plan)
    assert "limits only" in (tmp_path / "from" / "log.txt").read_text(encoding="utf-8")
    assert (tmp_path / "from" / FILE).is_file()
    assert alone.started_from is None


def test_what_is_not_worked_out_beside_it_is_said(start: AnalysisInput, less: Path, tmp_path: Path) -> None:
    message = solve_workbook(less, tmp_path / "from", start=start).record.no_remedies or ""
    assert message.startswith("What would help was not computed: the plan was solved from the plan of another run")


@pytest.mark.parametrize("damage", ["basis", "table"])
def test_without_a_basis_or_tables_to_start_from_it_is_solved_by_itself(
    damage: str, start: AnalysisInput, less: Path, tmp_path: Path
) -> None:
    assert start.plan is not None
    (start.plan / (FILE if damage == "basis" else "tables/deliveries.csv")).unlink()
    found = solve_workbook(less, tmp_path / "from", start=start).record
    assert found.status == "optimal"
    assert found.started_from is None
    assert found.remedies


def test_it_is_reproduced_from_the_same_plan(
    start: AnalysisInput, less: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    solve_workbook(less, tmp_path / "from", start=start)
    record_decision(tmp_path / "from")
    assert cli.run(["reproduce", str(tmp_path / "from.decision.json")]) == 0
    assert "started_from" in (tmp_path / "from.decision.json").read_text(encoding="utf-8")
    said = capsys.readouterr().out
    assert "gone or was changed" not in said
    assert said.endswith("The plan is reproduced.\n")


def test_where_that_plan_is_gone_its_optimum_is_still_reproduced(
    start: AnalysisInput, less: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    solve_workbook(less, tmp_path / "from", start=start)
    record_decision(tmp_path / "from")
    assert start.plan is not None
    shutil.rmtree(start.plan)
    cli.run(["reproduce", str(tmp_path / "from.decision.json")])
    said = capsys.readouterr().out
    assert f"note: the plan {start.plan}, from which this one was solved, or its input, is gone or was changed" in said
    assert "Levels that differ" not in said
