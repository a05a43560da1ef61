"""The next plan: rolled, verified, explained; and what it may not do."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from replan_worlds import write

from planner.cli.lines.replan import memo_lines
from planner.errors import NoPlanError, UsageError
from planner.plan import SolveOptions
from planner.records.run import read_run
from planner.replan.memo.tables import effects as effects_view
from planner.replan.memo.words import distinct_numbers
from planner.replan.replan import replan
from planner.replan.rolled.rolling import ReplanTerms
from planner.run.pipeline import RunResult, solve_workbook
from planner.store.store import open_store
from planner.verify import verify_run

pytestmark = pytest.mark.usefixtures("without_reports")

HEAD = "period,kind,line,route,node,item,demand,fund,contributor,cost_type,object,quantity\n"
OPTIONS = SolveOptions()


@pytest.fixture
def january(tmp_path: Path) -> RunResult:
    return solve_workbook(write(tmp_path / "january"), tmp_path / "plan")


def as_made(plan: RunResult, periods: int) -> str:
    """Actuals that say everything went to plan."""
    rows = []
    for line, period, quantity in plan.tables["production"][["line", "period", "quantity"]].itertuples(index=False):
        rows += [f"{period},made,{line},,,,,,,,,{quantity}"] * (period <= periods)
    for route, item, period, units in plan.tables["shipments"][["route", "item", "period", "quantity"]].itertuples(
        index=False
    ):
        rows += [f"{period},shipped,,{route},,{item},,,,,,{units}"] * (period <= periods)
    for demand, period, quantity in plan.tables["deliveries"][["demand", "period", "quantity"]].itertuples(index=False):
        rows += [f"{period},delivered,,,,,{demand},,,,,{quantity}"] * (period <= periods)
    return HEAD + "\n".join(rows) + "\n"


def test_what_went_to_plan_goes_on_as_planned(january: RunResult, tmp_path: Path) -> None:
    """Nothing departs, the rest of the old plan is the new one."""
    workbook = write(tmp_path / "march", Actuals=as_made(january, 2))
    result, memo = replan(january.folder, workbook, tmp_path / "next", ReplanTerms(frozen=1), OPTIONS, now="2026-03")
    assert memo.churn.departed == pytest.approx(0)
    assert [conflict.kind for conflict in memo.conflicts if conflict.kind != "gap"] == []
    old, new = january.tables["production"], result.tables["production"]
    rest = old[old["period"] > 2].assign(period=old["period"] - 2)
    columns = ["line", "period", "quantity"]
    pd.testing.assert_frame_equal(
        new[columns].sort_values(columns).reset_index(drop=True),
        rest[columns].sort_values(columns).reset_index(drop=True),
        check_exact=False,
    )
    assert verify_run(tmp_path / "next").passed
    assert result.record.name == "march", "without a title it is called by the workbook, not by what was rolled from it"


def test_the_rolled_input_is_an_input_like_any_other(january: RunResult, tmp_path: Path) -> None:
    workbook = write(tmp_path / "march", Actuals=as_made(january, 2))
    result, _ = replan(january.folder, workbook, tmp_path / "next", ReplanTerms(), OPTIONS, now="2026-03")
    again = solve_workbook(tmp_path / "next" / "input", tmp_path / "again")
    assert [level.value for level in again.plan.levels] == pytest.approx([level.value for level in result.plan.levels])


def less_and_more(january: RunResult, folder: Path) -> Path:
    """A workbook in which a line makes less, and a demand is larger."""
    tables = {
        "Demand": "demand,destination,item,max_delay,2026-03,2026-04,2026-06\n"
        "Spring,Kyiv,shell,1,10,10,\nSummer,Kyiv,shell,,,,80\n",
        "Capacity": "object,period,quantity\nShells,3,2\n",
        "Actuals": as_made(january, 1),
    }
    return write(folder / "w", **tables)


@pytest.mark.long  # by default test_stress and test_fairness_command ask workers
def test_two_workers_tell_the_same_effects(january: RunResult, tmp_path: Path) -> None:
    workbook = less_and_more(january, tmp_path)
    one, two = (
        replan(january.folder, workbook, tmp_path / str(workers), ReplanTerms(), OPTIONS, now="2", workers=workers)[1]
        for workers in (1, 2)
    )
    assert one.effects is not None
    assert one.effects == two.effects


def test_each_change_is_told_with_its_effect(january: RunResult, tmp_path: Path) -> None:
    """A line that makes less, and a demand that is larger, are two groups of changes."""
    _, memo = replan(
        january.folder, less_and_more(january, tmp_path), tmp_path / "next", ReplanTerms(), OPTIONS, now="2"
    )
    assert memo.effects is not None
    units = {column.heading: column.unit for column in effects_view(memo).columns}
    assert units["Shortfall of other demand"] == "EUR of goods weighted by priority"
    effects = {effect.group: effect for effect in memo.effects.groups}
    assert set(effects) >= {"demand", "production and transport"}
    demand = effects["demand"].values
    assert demand is not None
    assert demand["other_shortfall"] > memo.effects.base["other_shortfall"]
    assert memo.shortfalls["short_before"].sum() == 0
    assert memo.shortfalls["change"].sum() == pytest.approx(memo.plan.tables["shortfalls"]["quantity"].sum())
    assert ("Summer", "2026-06") in set(zip(memo.shortfalls["demand"], memo.shortfalls["due"], strict=True))
    changes = {(row.table, row.column) for row in memo.changes or []}
    assert ("Demand", "quantity") in changes
    assert (tmp_path / "next" / "memo.html").stat().st_size > 1000


def test_where_no_plan_exists_a_folder_says_why(january: RunResult, tmp_path: Path) -> None:
    """A line must make 30 a month of which it can make 20 after the start of the next plan."""
    lines = "line,factory,item,unit_cost,capacity\nShells,Works,shell,10,20\nPowder,Works,powder,1,100\n"
    locks = "lock,kind,line,from,quantity\ntoo much,make,Shells,2026-03,30\n"
    workbook = write(tmp_path / "march", Lines=lines, Locks=locks, Actuals=as_made(january, 2))
    with pytest.raises(NoPlanError) as failure:
        replan(january.folder, workbook, tmp_path / "next", ReplanTerms(), OPTIONS, now="2026-03")
    # Cells are those of the workbook, not of the input rolled from it.
    said = "\n".join(failure.value.conflict)
    assert re.search(r"Lock at too much in 2026-0\d: exactly 30 units \(Locks.csv:E2\)", said)
    assert "A plan is possible with 10 more in Lines.csv:E2 (capacity)." in said
    assert "Or with 10 less in Locks.csv:E2 (quantity)." in said
    assert sorted(path.name for path in (tmp_path / "next").iterdir()) == ["log.txt", "run.json"]
    record = read_run(tmp_path / "next")
    assert (record.status, record.conflict) == ("infeasible", tuple(failure.value.conflict))
    assert record.replan is not None
    assert record.replan.last_run == str(january.folder.resolve())
    assert verify_run(january.folder).passed, "the last plan stands"
    store = open_store(tmp_path / "runs.sqlite", create=True)
    first, second = store.record(january.folder), store.record(tmp_path / "next")
    assert (second.kind, second.parent, second.is_good) == ("replan", first.id, False)
    with pytest.raises(UsageError, match="holds no plan"):
        replan(tmp_path / "next", workbook, tmp_path / "later", ReplanTerms(), OPTIONS)


def test_the_last_plan_is_never_written_over(january: RunResult, tmp_path: Path) -> None:
    workbook = write(tmp_path / "march", Actuals=as_made(january, 2))
    with pytest.raises(UsageError, match="last plan"):
        replan(january.folder, workbook, january.folder, ReplanTerms(), OPTIONS, replace=True)


def test_a_plan_by_weeks_cannot_follow_one_by_months(january: RunResult, tmp_path: Path) -> None:
    weeks = "key,value\nstart,2026-01-05\nperiods,30\nperiod_length,week\nobjective,lexicographic\n"
    workbook = write(tmp_path / "weeks", Settings=weeks, Actuals=HEAD + "1,made,Shells,,,,,,,,,2\n")
    with pytest.raises(UsageError, match="same length"):
        replan(january.folder, workbook, tmp_path / "next", ReplanTerms(), OPTIONS)


def test_the_memo_says_when_the_last_input_is_gone(january: RunResult, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "january")
    workbook = write(tmp_path / "march", Actuals=as_made(january, 2))
    _, memo = replan(january.folder, workbook, tmp_path / "next", ReplanTerms(), OPTIONS, now="2026-03")
    assert memo.effects is None
    assert "gone" in memo.why


def test_the_memo_says_what_it_comes_to_why_and_who_gets_less(january: RunResult, tmp_path: Path) -> None:
    """Eighty are wanted instead of fifteen in the summer: more falls short, because of what changed in demand."""
    demand = (
        "demand,destination,item,max_delay,2026-03,2026-04,2026-06\n"
        "Spring,Kyiv,shell,1,10,10,\nSummer,Kyiv,shell,,,,200\n"
    )
    workbook = write(tmp_path / "w", Demand=demand, Actuals=as_made(january, 1))
    _, memo = replan(january.folder, workbook, tmp_path / "next", ReplanTerms(), OPTIONS, now="2")
    lines = list(memo_lines(memo))
    assert "more than by the last plan; what changed in demand alone does all of it." in lines[0]
    assert any(line.startswith("Summer, due 2026-06: ") and line.endswith(" less") for line in lines)
    page = (tmp_path / "next" / "memo.html").read_text(encoding="utf-8")
    assert "what changed in demand alone does all of it" in page


def test_what_the_last_memo_told_is_not_told_again(january: RunResult, tmp_path: Path) -> None:
    """A count of January contradicts the reports: the plan of February tells it, that of March only keeps it."""
    rows = as_made(january, 2) + "1,stock,,,Works,shell,,,,,,77\n"
    first = write(tmp_path / "february", Actuals=rows)
    _, memo = replan(january.folder, first, tmp_path / "one", ReplanTerms(), OPTIONS, now="2026-03")
    assert [found.stated for found in memo.new_conflicts if found.kind == "stock"] == [77]
    later = write(tmp_path / "march", Actuals=rows)
    _, again = replan(tmp_path / "one", later, tmp_path / "two", ReplanTerms(), OPTIONS, now="2026-04")
    assert [found.stated for found in again.new_conflicts if found.kind == "stock"] == []
    assert [found.stated for found in again.conflicts if found.kind == "stock"] == [77]


def test_figures_that_differ_are_distinguished() -> None:
    assert distinct_numbers(10.4251, 10.4252) == ("10.4251", "10.4252")
    assert distinct_numbers(12.0, 10.0) == ("12", "10")
    assert distinct_numbers(None, 3.0) == ("–", "3")


def test_a_memo_whose_solves_take_too_long_does_not_hold_up_the_plan(
    january: RunResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("planner.replan.memo.effects.LEAST_SECONDS", 0.0)
    monkeypatch.setattr("planner.replan.memo.effects.PATIENCE", 0.0)
    demand = "demand,destination,item,period,quantity\nSummer,Kyiv,shell,6,200\n"
    workbook = write(tmp_path / "w", Demand=demand, Actuals=as_made(january, 1).replace("Spring", "Summer"))
    result, memo = replan(january.folder, workbook, tmp_path / "next", ReplanTerms(), OPTIONS, now="2")
    assert result.status == "optimal"
    assert memo.effects is None or all(effect.values in (None, {}) for effect in memo.effects.groups)
    assert "could not be determined" in (tmp_path / "next" / "memo.html").read_text(encoding="utf-8") or memo.effects
    assert next(iter(memo_lines(memo)))
