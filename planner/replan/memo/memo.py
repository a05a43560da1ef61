"""What changed since the last plan: in the input, in the plan, and which led to which."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import pandas as pd

from planner.domain.instance import PlanningInstance
from planner.plan import SolveOptions
from planner.plan.plan import Plan
from planner.replan.memo.churn import COLUMNS, Churn, churn_of
from planner.replan.memo.effects import SAID_ONLY, Effects, effects_of
from planner.replan.memo.served import changed_shortfalls
from planner.replan.position import as_planned as planned_course
from planner.replan.position.conflict import ReportConflict
from planner.replan.position.last_input import LastInput
from planner.replan.position.last_plan import LastPlan, last_plan, shift_of
from planner.replan.position.late import COLUMNS as LATE_COLUMNS
from planner.replan.position.late import Late, late_entries
from planner.replan.position.position import Position, position
from planner.replan.rolled.input import rolled_input
from planner.replan.rolled.rolling import ReplanTerms
from planner.run.recorded.load import SavedRun
from planner.run.tables import write_tables
from planner.tolerances import change_of_optimum
from planner.workbook.reading.raw import RawInput
from planner.workbook.reading.reader import read_tables
from planner.workbook.write.differences import Difference, differences

FOLDER = "memo"


@dataclass(frozen=True)
class Memo:
    """Everything the memo says. `changes` and `effects` are None where the last input is not to be had (`why`)."""

    last: SavedRun
    instance: PlanningInstance
    plan: Plan
    now: str
    conflicts: list[ReportConflict]
    lost: dict[tuple[str, int], float]
    backlog: dict[tuple[str, int], float]
    churn: Churn
    shortfalls: pd.DataFrame
    changes: list[Difference] | None
    effects: Effects | None
    why: str = ""
    since: int = 0  # the last plan's first period, 0-based in the workbook
    newly_lost: dict[tuple[str, int], float] = field(default_factory=dict)
    late: list[Late] = field(default_factory=list)
    shift: int = 0  # from the workbook's first period to the present

    @property
    def new_conflicts(self) -> list[ReportConflict]:
        """Those that the last memo could not tell."""
        return [conflict for conflict in self.conflicts if conflict.period is None or conflict.period >= self.since]

    @property
    def new_late(self) -> list[dict[str, Any]]:
        """Orders and shipments that did not come, but for what the last memo listed as cancelled."""
        fresh = (entry for entry in self.late if entry.reported is None or entry.reported >= self.since)
        return late_entries(fresh, self.label)

    def label(self, period: int) -> str:
        """A period of the workbook (0-based) as people write it."""
        return self.instance.horizon.label(period - self.shift)

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The memo as tables, by name."""
        return {
            "conflicts": _table(self.conflicts, ReportConflict),
            "late": pd.DataFrame(late_entries(self.late, self.label), columns=list(LATE_COLUMNS)),
            "lost": self._demands(self.lost),
            "backlog": self._demands(self.backlog),
            "input_changes": _table(self.changes or [], Difference),
            "plan_changes": self.churn.rows[list(COLUMNS)],
            "shortfalls": self.shortfalls,
            "effects": self._effects(),
            "churn": pd.DataFrame(
                [(self.churn.previous, self.churn.departed, self.churn.share, self.churn.frozen)],
                columns=["previous", "departed", "share", "frozen"],
            ),
        }

    def _demands(self, table: dict[tuple[str, int], float]) -> pd.DataFrame:
        rows = [(name, due, quantity) for (name, due), quantity in table.items()]
        return pd.DataFrame(rows, columns=["demand", "periods_after_start", "quantity"])

    def _effects(self) -> pd.DataFrame:
        columns = ["group", "tables", "level", "base", "value", "change", "why"]
        rows: list[tuple[Any, ...]] = []
        for effect in self.effects.groups if self.effects else ():
            if effect.values is None:
                rows.append((effect.group, "; ".join(effect.tables), "", None, None, None, effect.why))
            for level, value in (effect.values or {}).items():
                base = self.effects.base.get(level, 0.0) if self.effects else 0.0
                rows.append(
                    (effect.group, "; ".join(effect.tables), level, base, value, change_of_optimum(base, value), "")
                )
        return pd.DataFrame(rows, columns=columns)


def _table(rows: list[Any], of: type) -> pd.DataFrame:
    names = [field.name for field in fields(of)]
    return pd.DataFrame([[getattr(row, name) for name in names] for row in rows], columns=names)


def memo_of(
    last: SavedRun,
    before: LastInput,
    now: Position,
    rolled: RawInput,
    plan: Plan,
    terms: ReplanTerms,
    options: SolveOptions,
    present: str,
    tell: Callable[[str], None],
    workers: int = 1,
) -> Memo:
    """Compare with how things would stand had the last plan been carried out.

    `tell` hears what is solved for that, by so many `workers`.
    """
    instance = plan.instance
    planned, why = _as_planned(last, before, instance, terms)
    changes = effects = None
    if planned is not None:
        changes = [
            difference
            for difference in differences(planned, rolled)
            if not _only_said(difference) and difference.table != "Actuals"
        ]
        effects = effects_of(planned, rolled, plan, options, tell, workers)
    due = {(name, period - now.now): units for (name, period), units in now.backlog.lost.items()}
    late = {(name, period - now.now): units for (name, period), units in now.backlog.open_.items() if period < now.now}
    since = now.now + shift_of(last, instance.horizon)
    newly = {(name, period - now.now): units for (name, period), units in now.backlog.lost.items()
             if now.backlog.ended[name, period] >= since}  # fmt: skip
    short = changed_shortfalls(last, plan, newly)
    churn = churn_of(instance, plan)
    return Memo(
        last, instance, plan, present, now.conflicts, due, late, churn, short, changes, effects, why, since, newly,
        now.late, now.now,
    )  # fmt: skip


def _only_said(difference: Difference) -> bool:
    """Is it a setting that no plan depends on, such as the title?"""
    return difference.table == "Settings" and any(difference.key == f"{name} {setting}" for name, setting in SAID_ONLY)


def _as_planned(
    last: SavedRun, before: LastInput, instance: PlanningInstance, terms: ReplanTerms
) -> tuple[RawInput | None, str]:
    """The last plan's input rolled to the present as if all had gone to plan; or why it is not to be had."""
    raw, old = before.raw, before.instance
    if raw is None or old is None:
        return None, before.why
    present = old.horizon.period_of(instance.horizon.start)
    if not 1 <= present < old.horizon.periods:
        return None, "the last plan did not begin before the new one, or ended before it"
    course = planned_course.as_planned(last, old, present)
    rest = last_plan(last, old.horizon, old)
    state = position(old, course, LastPlan(rest.production, rest.shipments, payments=rest.payments))
    same_end = ReplanTerms(terms.frozen, terms.departure_cap, instance.horizon.periods)
    return rolled_input(read_tables(raw), old, state, rest, same_end, raw.path).raw, ""


def write_memo_tables(memo: Memo, folder: Path) -> None:
    """Write the memo's tables into `folder`/memo."""
    write_tables(memo.tables, folder / FOLDER)
