"""Is what is given fresh, and can the clock be right? A clock is only ever named, never relied upon: which plan is the
last one goes by the order in which runs were recorded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from planner.domain.horizon import Horizon
from planner.schedule.alert import Alert
from planner.schedule.declaration import Rules, Schedule
from planner.store.moments import CLOCK_SLACK, moment
from planner.store.store import Run
from planner.workbook import interpret
from planner.workbook.reading.raw import RawInput
from planner.workbook.reading.reader import read_tables


def freshness_alerts(schedule: Schedule, raw: RawInput, runs: Sequence[Run], now: datetime) -> list[Alert]:
    """What is stale, silent or impossible; `runs` from the newest on."""
    return [
        *_clock_alerts(schedule.input, runs, now),
        *_age_alerts(schedule.input, schedule.rules, now),
        *_actuals_alerts(raw, schedule.rules, now.date()),
    ]


def changed_at(path: Path) -> datetime:
    """When the input was last written: the file, or the newest file of the folder."""
    files = [file for file in path.iterdir() if file.is_file()] if path.is_dir() else [path]
    return datetime.fromtimestamp(max(file.stat().st_mtime for file in files), UTC)


def _clock_alerts(path: Path, runs: Sequence[Run], now: datetime) -> Iterator[Alert]:
    written = changed_at(path)
    if written > now + CLOCK_SLACK:
        message = (
            f"the clock says {moment(now)}, but {path.name} was written at {moment(written)}: one of them is wrong"
        )
        yield Alert("clock", message, path.name)
    if runs and runs[0].started > moment(now + CLOCK_SLACK):
        message = (
            f"the clock says {moment(now)}, but run {runs[0].id} started at {runs[0].started}: one of them is wrong"
        )
        yield Alert("clock", message, f"run {runs[0].id}")


def _age_alerts(path: Path, rules: Rules, now: datetime) -> Iterator[Alert]:
    if rules.input_days is None:
        return
    days = (now - changed_at(path)) / timedelta(days=1)
    if days > rules.input_days:
        message = f"{path.name} was last written {days:.0f} days ago; expected at most {rules.input_days:g}"
        yield Alert("stale_input", message, path.name, days, rules.input_days)


def _actuals_alerts(raw: RawInput, rules: Rules, today: date) -> Iterator[Alert]:
    """Reports of the future contradict the clock; where asked, the last period that has ended must be reported."""
    instance = interpret(raw).instance
    if instance is None:
        return
    horizon = instance.horizon
    reported = {period for (period,) in read_tables(raw)["Actuals"].records("period") if isinstance(period, int)}
    if reported and horizon.first_day(max(reported)) > today:
        label = horizon.label(max(reported))
        message = (
            f"the clock says {today}, but the sheet Actuals reports {label}, which has not begun: one of them is wrong"
        )
        yield Alert("clock", message, label)
    ended = min(_last_ended(horizon, today), horizon.periods - 1)
    if rules.actuals and ended >= 0 and ended not in reported:
        latest = f"; the last report is of {horizon.label(max(reported))}" if reported else ""
        message = f"the sheet Actuals reports nothing of {horizon.label(ended)}, which has ended{latest}"
        yield Alert("actuals", message, horizon.label(ended))


def _last_ended(horizon: Horizon, today: date) -> int:
    """The last period that ended before today, 0-based; −1 where none has."""
    return max(horizon.period_of(today) - 1, -1)
