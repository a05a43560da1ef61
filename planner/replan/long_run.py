"""`planner solve --rolling`: a plan made in windows, completed and verified over the whole horizon."""

from __future__ import annotations

from dataclasses import replace as changed
from pathlib import Path
from typing import Any

from planner.domain.instance import PlanningInstance
from planner.errors import Fault, NoPlanError
from planner.replan.supply_time import beyond_stock, supply_times
from planner.replan.windows import Windows, plan_windows
from planner.run.log import Log
from planner.run.pipeline import PlanningRun, ProgressCall, RunResult
from planner.run.record import write_record
from planner.run.tables import write_tables
from planner.solve import LevelResult, SolveOptions, solve
from planner.solve.given import complete
from planner.solve.plan import Plan

_DEFAULTS = SolveOptions()
STATUS = "planned in windows"  # of a level
OPTIMUM = "optimum"  # folder beside the plan's own tables, with `measure`


def solve_in_windows(
    source: Path,
    target: Path,
    windows: Windows,
    options: SolveOptions = _DEFAULTS,
    progress: ProgressCall | None = None,
    *,
    measure: bool = False,
    replace: bool = False,
    strict: bool = False,
    log: Log | None = None,
) -> RunResult:
    """As `planner.run.pipeline.solve_workbook`, window by window; `options.time_limit` is for each window.

    The plan is verified as a whole. Its status is feasible, its bound unknown. `measure` also solves the whole as one
    program (optimum/), and run.json says by how much the windows miss it. Raises also UsageError where one window
    holds the whole horizon or overlaps too little; a window that fails is named.
    """
    run = _LongRun(source, target, options, progress, log or Log())
    run.windows, run.measured = windows, measure
    return run.carry_out(strict, replace)


class _LongRun(PlanningRun):
    windows: Windows
    measured: bool

    def prepare(self, strict: bool) -> PlanningInstance:
        instance = super().prepare(strict)
        self.windows.over(instance.horizon.periods)  # refused before anything is solved
        self.windows.refuse_late_orders(instance.lines.values())
        self.windows.refuse_slow_supply(beyond_stock(instance, supply_times(instance)))
        return instance

    def further_warnings(self, instance: PlanningInstance) -> list[Fault]:
        return self.windows.short_sight(supply_times(instance))

    def solve(self, instance: PlanningInstance, folder: Path) -> Plan:
        """The windows' plans, stitched and completed over the whole."""
        with self.watch.phase("plan windows"):
            stitched = plan_windows(self.raw, instance, self.windows, self.options, self.report)
        self.step("complete the whole")
        with self.watch.phase("complete the whole"):
            try:
                whole = complete(instance, stitched.given, self.options, self.report)
            except NoPlanError as problem:
                message = f"the windows' plans do not fit together over the whole horizon: {problem}"
                raise NoPlanError(message, problem.conflict, problem.status) from problem
        levels = tuple(changed(level, bound=None, gap=None, status=STATUS) for level in whole.levels)
        plan = changed(whole, levels=levels, status="feasible")
        entry: dict[str, Any] = {
            "window": self.windows.window,
            "overlap": self.windows.overlap,
            "windows": stitched.told,
        }
        if self.measured:
            self.step("solve the whole")
            with self.watch.phase("solve the whole"):
                best = solve(instance, self.options, self.report)
            self.note_plan(best)
            self.verify(best)
            (folder / OPTIMUM).mkdir()
            write_tables(best.tables, folder / OPTIMUM / "tables")
            write_record(self.record, folder / OPTIMUM / "run.json")
            entry["loss"] = losses(plan.levels, best.levels)
        self.note_plan(plan)
        self.record["rolling"] = entry
        return plan


def losses(levels: tuple[LevelResult, ...], best: tuple[LevelResult, ...]) -> list[dict[str, Any]]:
    """What each level is worse by than in the optimum of the whole. Where an earlier level is worse, a later one may be
    better: what is not delivered costs nothing."""
    optimum = {level.name: level.value or 0.0 for level in best}
    return [
        {
            "name": level.name,
            "title": level.title,
            "unit": level.unit,
            "value": level.value or 0.0,
            "optimum": optimum[level.name],
            "loss": (level.value or 0.0) - optimum[level.name],
        }
        for level in levels
        if level.name in optimum
    ]
