"""What is told: falling fill rates, used-up funds, gaps, stale inputs, silent periods, contradictions, wrong clocks."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from night import Night, night

from planner.replan.position.conflict import ReportConflict
from planner.run.pipeline import RunResult, solve_workbook
from planner.schedule.alert import Alert
from planner.schedule.declaration import Rules
from planner.schedule.outcome import ScheduleOutcome
from planner.schedule.running import run_schedule
from planner.schedule.watching import plan_alerts
from planner.store.store import Run, RunStore, open_store
from tests.places import INPUTS

pytestmark = pytest.mark.usefixtures("without_reports")

NOON = datetime(2026, 3, 15, 12, 0, 0, tzinfo=UTC)


@pytest.fixture
def here(tmp_path: Path) -> Night:
    return night(tmp_path, str(tmp_path / "runs.sqlite"))


def run(here: Night, more: str = "", at: datetime = NOON, written: datetime | None = None) -> ScheduleOutcome:
    """Run at a time, the input written an hour before or when it is said."""
    seconds = (written or at - timedelta(hours=1)).timestamp()
    for path in here.input.iterdir():
        os.utime(path, (seconds, seconds))
    return run_schedule(here.declare(more), clock=lambda: at)


def alerts(outcome: ScheduleOutcome, kind: str) -> list[Alert]:
    return [alert for alert in outcome.alerts if alert.kind == kind]


@pytest.mark.parametrize(("allowed", "is_alert"), [("5%", True), ("13%", False)])
def test_a_fill_rate_that_falls_by_more_than_allowed_is_told(here: Night, allowed: str, is_alert: bool) -> None:
    run(here)
    # 50 more are wanted, none of which can be made: 330 of 410 instead of 330 of 360, 11.2 points less.
    here.change("Demand.csv", "2026-04,200", "2026-04,250")
    found = alerts(run(here, f'alerts = {{fill_rate_falls = "{allowed}"}}', NOON + timedelta(days=1)), "fill_rate")
    assert bool(found) is is_alert
    if is_alert:
        assert found[0].value == pytest.approx(330 / 360 - 330 / 410)
        assert found[0].message == "the fill rate falls from 91.67 % (run 1) to 80.49 %"


@pytest.mark.parametrize("days", [34, 36])
def test_an_input_that_nobody_touched_is_told_also_where_nothing_is_new(here: Night, days: int) -> None:
    run(here)
    later = NOON + timedelta(days=days)
    outcome = run(here, "alerts = {input_days = 35}", later, NOON)
    found = alerts(outcome, "stale_input")
    assert outcome.result == "nothing new"
    assert len(found) == (days > 35)
    if found:
        assert found[0].message == "input was last written 36 days ago; expected at most 35"


def test_a_period_that_has_ended_without_report_is_told(here: Night) -> None:
    here.take("quickstart-february")  # reports January
    asked = "alerts = {actuals = true}"
    assert alerts(run(here, asked, datetime(2026, 2, 28, 23, tzinfo=UTC)), "actuals") == []
    (found,) = alerts(run(here, asked, datetime(2026, 3, 1, 1, tzinfo=UTC)), "actuals")
    assert found.about == "2026-02"
    assert found.message == (
        "the sheet Actuals reports nothing of 2026-02, which has ended; the last report is of 2026-01"
    )
    assert alerts(run(here, "", datetime(2026, 3, 2, tzinfo=UTC)), "actuals") == []  # only where asked


def test_a_clock_before_what_the_input_reports_is_named(here: Night) -> None:
    here.take("quickstart-february")
    (found,) = alerts(run(here, at=datetime(2025, 12, 31, tzinfo=UTC)), "clock")
    assert "the clock says 2025-12-31, but the sheet Actuals reports 2026-01, which has not begun" in found.message


def test_a_clock_before_the_input_was_written_is_named_and_nothing_goes(here: Night) -> None:
    first = run(here)
    here.change("Demand.csv", "2026-04,200", "2026-04,201")
    outcome = run(here, "retention = {keep = 0}", datetime(2020, 1, 1, tzinfo=UTC), NOON)
    said = [alert.message for alert in alerts(outcome, "clock")]
    assert said[0].startswith("the clock says 2020-01-01T00:00:00Z, but input was written at 2026-03-15T12:00:00Z")
    assert outcome.exit_code == 0
    assert outcome.pruned == []
    assert outcome.run is not None
    assert outcome.last_good == outcome.run  # the later one, whatever the clock says
    assert first.run is not None
    assert first.run.stands


def test_a_clock_before_the_last_run_is_named(here: Night) -> None:
    run(here, at=datetime.now(UTC))
    (found,) = alerts(run(here, at=NOON), "clock")
    assert "but run 1 started at" in found.message


def test_reports_that_contradict_each_other_are_told(here: Night) -> None:
    replan = 'kind = "replan"\n'
    run(here, replan)
    here.take("quickstart-february")
    found = alerts(run(here, replan, NOON + timedelta(days=1)), "conflict")
    assert len(found) == 1
    assert found[0].message.startswith("Pallets of 60 winter clothing sets at Forward depot, end of 2026-01")
    here.change("Demand.csv", "2026-04,200", "2026-04,201")
    quiet = run(here, replan + "alerts = {conflicts = false}", NOON + timedelta(days=2))
    assert alerts(quiet, "conflict") == []


# Rules by themselves


@pytest.fixture(scope="module")
def paid(tmp_path_factory: pytest.TempPathFactory) -> tuple[RunStore, Run, RunResult]:
    """A plan with limited money: the partners together spend all that they have on kits (see the notes of the
    sample).
    """
    folder = tmp_path_factory.mktemp("paid")
    result = solve_workbook(INPUTS / "partners.xlsx", folder / "run")
    store = open_store(folder / "runs.sqlite", create=True)
    return store, store.record(result.folder), result


def test_funds_that_are_used_up_are_told(paid: tuple[RunStore, Run, RunResult]) -> None:
    store, recorded, result = paid
    spent = result.tables["payments"].groupby("fund")["amount"].sum()
    funds = result.plan.instance.funds
    shares = {name: spent.get(name, 0.0) / sum(b.amount for b in fund.budgets) for name, fund in funds.items()}
    assert max(shares.values()) > 0.5  # else nothing would be tested
    for limit in (0.5, 0.999999, 1.0):
        found = plan_alerts(Rules(fund_used=limit), store, recorded, None, result, ())
        assert {alert.about for alert in found} == {name for name, share in shares.items() if share >= limit - 1e-6}
        assert all(alert.kind == "fund_used" for alert in found)


def test_money_that_comes_after_the_horizon_is_not_there_to_be_used(paid: tuple[RunStore, Run, RunResult]) -> None:
    store, recorded, result = paid
    instance, rule = result.plan.instance, Rules(fund_used=0.5)
    used_up = {alert.about for alert in plan_alerts(rule, store, recorded, None, result, ())}
    assert used_up
    funds = {
        name: replace(fund, budgets=(*fund.budgets, replace(fund.budgets[0], available=instance.horizon.periods)))
        for name, fund in instance.funds.items()
    }
    later = replace(result, plan=replace(result.plan, instance=replace(instance, funds=funds)))
    assert {alert.about for alert in plan_alerts(rule, store, recorded, None, later, ())} == used_up


def test_a_gap_is_told_and_so_is_a_plan_that_is_not_proved(paid: tuple[RunStore, Run, RunResult]) -> None:
    store, recorded, result = paid

    def alerts_of(gap: float | None) -> list[str]:
        return [a.message for a in plan_alerts(Rules(gap=0.001), store, replace(recorded, gap=gap), None, result, ())]

    assert alerts_of(0.0005) == []
    assert alerts_of(0.002) == ["the solver's gap is 0.2 %; expected at most 0.1 %"]
    assert alerts_of(None) == ["the plan is not proved to be optimal: not every level was finished"]


def test_a_fund_that_was_overdrawn_is_told_by_name(paid: tuple[RunStore, Run, RunResult]) -> None:
    store, recorded, result = paid
    conflict = ReportConflict(
        "money", "SAFE, PL, 2026", "more was paid than was available", 120.0, 100.0, "EUR", "nothing is left"
    )
    (found,) = plan_alerts(Rules(), store, recorded, None, result, [conflict])
    assert found.kind == "fund_overdrawn"
    assert found.message == (
        "SAFE, PL, 2026: more was paid than was available (120 EUR stated, 100 computed); nothing is left"
    )
