"""`planner solve --rolling`: a plan made in windows, completed and verified over the whole horizon."""

from __future__ import annotations

from dataclasses import replace as changed
from pathlib import Path

from planner.domain.instance import PlanningInstance
from planner.errors import Fault, NoPlanError, SolverStoppedError
from planner.plan import LevelResult, SolveOptions, solve
from planner.plan.again.fixed_plan import complete
from planner.plan.plan import Plan
from planner.records.reading import write_record
from planner.records.run import Loss, Rolling, Window
from planner.replan.rolled.supply_time import beyond_stock, supply_times
from planner.replan.windows.windows import WindowFailedError, Windows, plan_windows
from planner.run.log import Log
from planner.run.pipeline import PlanningRun, RunResult
from planner.run.tables import write_tables
from planner.solver.highs import ProgressListener

_DEFAULTS = SolveOptions()
STATUS = "planned in windows"  # of a level
OPTIMUM = "optimum"  # folder beside the plan's own tables, with `measure`


def solve_in_windows(
    source: Path,
    target: Path,
    windows: Windows,
    options: SolveOptions = _DEFAULTS,
    progress: ProgressListener | None = None,
    *,
    measure: bool = False,
    replace: bool = False,
    strict: bool = False,
    brief: bool = False,
    log: Log | None = None,
) -> RunResult:
    """As `planner.run.pipeline.solve_workbook`, window by window; `options.time_limit` is for each window.

    The plan is verified as a whole. Its status is feasible, its bound unknown; where only the whole horizon as one
    program has a plan, it is that one, and optimal. That there is none is only said of the whole. `measure` also solves
    the whole as one program (optimum/), and run.json says by how much the windows miss it. Raises also UsageError where
    one window holds the whole horizon or overlaps too little; a window that fails is named.
    """
    run = _LongRun(source, target, options, progress, log or Log())
    run.windows, run.measured, run.widened = windows, measure, []
    run.brief = brief
    return run.carry_out(strict, replace)


class _LongRun(PlanningRun):
    windows: Windows
    measured: bool
    widened: list[str]

    def prepare(self, strict: bool) -> PlanningInstance:
        instance = super().prepare(strict)
        self.windows.over(instance.horizon.periods)  # refused before anything is solved
        self.windows.refuse_late_orders(instance.lines.values())
        self.windows.refuse_slow_supply(beyond_stock(instance, supply_times(instance)))
        return instance

    def further_warnings(self, instance: PlanningInstance) -> list[Fault]:
        return self.windows.short_sight(supply_times(instance))

    def solve(self, instance: PlanningInstance, folder: Path) -> Plan:
        """The windows' plans, stitched and completed over the whole; where they have none, of wider and wider windows.

        What one window has no plan for, after what others kept, the whole may well have one.
        """
        windows = self.windows
        while windows.window < instance.horizon.periods:
            try:
                return self._in_windows(instance, folder, windows)
            except WindowFailedError as problem:
                windows = windows.doubled
                self._tell(f"{problem}; planned again {_wider(windows, instance)}")
        plan = self._whole(instance)
        self.note_plan(plan)
        self.record = self.record.but(rolling=self._rolling(self.windows, []))
        return plan

    def _tell(self, what: str) -> None:
        """Say what was widened: in the log, in the record, and so on the pages."""
        self.widened.append(what)
        self.log.add(what)
        self.record = self.record.but(warnings=(*self.record.warnings, f"--rolling: {what}"))

    def _rolling(self, windows: Windows, records: list[Window], loss: tuple[Loss, ...] | None = None) -> Rolling:
        return Rolling(
            window=windows.window,
            overlap=windows.overlap,
            windows=tuple(records),
            widened=tuple(self.widened) or None,
            loss=loss,
        )

    def _whole(self, instance: PlanningInstance) -> Plan:
        """The optimum of the whole horizon."""
        self.step("solve the whole")
        with self.watch.phase("solve the whole"):
            try:
                return solve(instance, self.options, self.report)
            except SolverStoppedError as problem:
                if not self.widened:
                    raise
                raise SolverStoppedError(f"{self.widened[-1]}: {problem}") from problem

    def _in_windows(self, instance: PlanningInstance, folder: Path, windows: Windows) -> Plan:
        with self.watch.phase("plan windows"):
            stitched = plan_windows(self.raw, instance, windows, self.options, self.report, self._tell)
        self.step("complete the whole")
        with self.watch.phase("complete the whole"):
            try:
                whole = complete(instance, stitched.given, self.options, self.report)
            except NoPlanError as problem:
                message = "the windows' plans do not fit together over the whole horizon; nothing is proved of it"
                raise WindowFailedError(message) from problem
        levels = tuple(changed(level, bound=None, gap=None, status=STATUS) for level in whole.levels)
        plan = changed(whole, levels=levels, status="feasible")
        loss = None
        if self.measured:
            best = self._whole(instance)
            self.note_plan(best)
            self.verify(best)
            (folder / OPTIMUM).mkdir()
            self.record = self.record.but(tables=write_tables(best.tables, folder / OPTIMUM / "tables"))
            write_record(self.record, folder / OPTIMUM / "run.json")
            loss = losses(plan.levels, best.levels)
        self.note_plan(plan)
        self.record = self.record.but(rolling=self._rolling(windows, stitched.records, loss))
        return plan


def _wider(windows: Windows, instance: PlanningInstance) -> str:
    if windows.window >= instance.horizon.periods:
        return "as one program"
    return f"in windows of {windows.window} periods that overlap by {windows.overlap}"


def losses(levels: tuple[LevelResult, ...], best: tuple[LevelResult, ...]) -> tuple[Loss, ...]:
    """What each level is worse by than in the optimum of the whole. Where an earlier level is worse, a later one may be
    better: what is not delivered costs nothing."""
    optimum = {level.name: level.value or 0.0 for level in best}
    return tuple(
        Loss(
            name=level.name,
            title=level.title,
            unit=level.unit,
            value=level.value or 0.0,
            optimum=optimum[level.name],
            loss=(level.value or 0.0) - optimum[level.name],
        )
        for level in levels
        if level.name in optimum
    )
