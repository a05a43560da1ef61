"""The Python API: the docstring's example is true, and its names do what they say."""

from __future__ import annotations

import doctest
import json
import re
import subprocess
import sys
import warnings
from pathlib import Path

import pulp
import pytest

import planner
from planner.errors import InputError, UsageError
from tests.places import INPUTS, ROOT

QUICKSTART = INPUTS / "quickstart"


@pytest.fixture(autouse=True)
def _in_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def test_the_example_of_the_docstring() -> None:
    results = doctest.testmod(planner)
    assert results.attempted >= 6
    assert results.failed == 0


def test_the_example_of_the_readme() -> None:
    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, object] = {}
    exec(example, names)
    deliveries = names["plan"].tables["deliveries"]  # type: ignore[attr-defined]
    assert deliveries["quantity"].sum() == pytest.approx(330)


def test_what_the_package_offers_is_the_same_whoever_is_imported_first() -> None:
    script = f"""
import planner.plan
import planner
plan = planner.solve(planner.read({str(QUICKSTART)!r}), planner.SolveOptions(prune=False))
print(plan.status, planner.solve is planner.plan.solve, planner.SolveOptions is planner.plan.SolveOptions)
"""
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ended.stdout == "optimal True True\n"


def test_the_linear_program_is_to_be_had_and_any_solver_may_solve_it() -> None:
    problem = planner.problem(planner.read(QUICKSTART))
    assert {"shortage.April.4", "production.Alpha_line.1"} <= {variable.name for variable in problem.variables()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # PuLP 3 announces that PuLP 4 has no CBC inside
        problem.solve(pulp.getSolver("PULP_CBC_CMD", msg=False))
    assert pulp.LpStatus[problem.status] == "Optimal"
    plan = planner.solve(planner.read(QUICKSTART))
    assert pulp.value(problem.objective) == pytest.approx(plan.levels[0].value)


def test_read_names_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere"):
        planner.read(tmp_path / "nowhere.xlsx")


def test_a_name_that_is_not_there() -> None:
    with pytest.raises(AttributeError, match="no attribute 'sovle'"):
        _ = planner.sovle


def test_solve_workbook_leaves_a_run_folder_and_gives_the_plan(tmp_path: Path) -> None:
    phases: list[str] = []
    result = planner.solve_workbook(
        QUICKSTART, tmp_path / "run", progress=lambda progress: phases.append(progress.phase)
    )
    assert result.status == "optimal"
    assert result.tables["shortfalls"]["quantity"].tolist() == pytest.approx([30])
    assert {"read", "check", "verify", "write"} <= set(phases)
    assert json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8")) == json.loads(
        json.dumps(result.record.document())
    )
    assert result.record.has_plan
    with pytest.raises(UsageError, match="not empty"):
        planner.solve_workbook(QUICKSTART, tmp_path / "run")
    replaced = planner.solve_workbook(QUICKSTART, tmp_path / "run", replace=True)
    assert replaced.folder == tmp_path / "run"
