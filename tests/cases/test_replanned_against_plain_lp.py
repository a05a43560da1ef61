"""The next plan after things went otherwise than planned,
against one program of the whole horizon in which the past is fixed.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from plain.past import Past, continuing
from plain.random_world import WorldMaker
from plain.world import write_world

from planner.errors import NoPlanError
from planner.plan import SolveOptions
from planner.replan.replan import replan
from planner.replan.rolled.rolling import ReplanTerms
from planner.run.pipeline import solve_workbook
from planner.verify import verify_run
from tests.seeds import only_long

pytestmark = pytest.mark.usefixtures("without_reports")
OVERDUE = 21  # a demand is two periods overdue where the next plan begins
ROUNDING = 2e-5  # relative: reports have nine digits, and what happened is kept to 1e-8 in each of many periods


@pytest.mark.parametrize("seed", [*range(4), OVERDUE, *only_long(seed for seed in range(4, 600) if seed != OVERDUE)])
def test_the_next_plan_is_the_best_after_what_happened(seed: int, tmp_path: Path) -> None:
    tables, random = continuing(WorldMaker(seed).tables), Random(f"past {seed}")
    periods = int(next(row["value"] for row in tables["Settings"] if row["key"] == "periods"))
    now = random.randint(1, periods - 1)
    course = Past.of(tables, now).lived(random)
    try:
        first = solve_workbook(write_world(tables, tmp_path / "world"), tmp_path / "first")
    except NoPlanError:
        first = None
    if course is None or first is None:
        pytest.skip("this world has no plan, or no past")
    past = Past.of(tables, now)
    source = write_world({**tables, "Actuals": past.reports(course)}, tmp_path / "later")
    expected, label = past.optimum(course), first.plan.instance.horizon.label(now)
    try:
        result, memo = replan(first.folder, source, tmp_path / "next", ReplanTerms(), SolveOptions(), now=label)
    except NoPlanError:
        assert expected is None
        return
    found = {level.name: level.value for level in result.plan.levels}
    if found.get("past_lack"):
        return  # a rule about sums that what happened breaks already: here every rule is kept
    assert expected is not None
    assert {name: found.get(name, 0.0) for name in expected} == pytest.approx(expected, rel=ROUNDING, abs=ROUNDING)
    assert [one for one in memo.conflicts if one.kind != "gap" and "not reported as bought" not in one.what] == []
    assert verify_run(result.folder).passed
