"""The LP of an input with its budget cells, and what is asked of it about money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner.analysis.context import AnalysisContext
from planner.analysis.money.budget_cells import BudgetCell, budget_cells
from planner.analysis.money.idle import NOT_DELIVERIES, IdleMoney
from planner.analysis.money.remedy import MoneyRemedy, levers, remedy_of, short_goals
from planner.analysis.money.sensitivity import BudgetSide, Prices
from planner.analysis.money.words import MoneyWords
from planner.domain.titles import title_of
from planner.plan.prices.marginal import Marginal
from planner.plan.remedy.measures import COMMITMENT, Goal, lacking
from planner.plan.remedy.search import Search
from planner.report.data.money import money_scale
from planner.report.data.report_data import read_report_data
from planner.solver.parametric.study import Extension, ParametricStudy, Point


@dataclass(frozen=True)
class BudgetFinding:
    """One budget cell: prices upwards and downwards (None: not even the least change leaves a plan),
    why more buys nothing.
    """

    budget_cell: BudgetCell
    up: BudgetSide | None
    down: BudgetSide | None
    why_idle: str = ""


class Asking:
    """The LP with its budget cells, and what is asked of it."""

    def __init__(self, context: AnalysisContext) -> None:
        self.context, self.instance = context, context.instance
        self.money = money_scale(context.warm_start.base_plan)
        self.step = self.money.factor
        self.words = MoneyWords(self.instance, context.catalogue, self.money)
        model = context.optimal.program.model
        self.model = model
        cells = budget_cells(model, self.step)
        self.budget_cells = list(cells)
        self._levers = levers(cells, self.step)
        self.columns = {budget_cell.name: rows for budget_cell, rows in cells.items()}
        self.levels = list(context.levels)
        self.tolerance = self.instance.settings.level_tolerance
        self.study: ParametricStudy = context.optimal.study(context.levels, Extension({}, self.columns))
        context.step("optimum")
        start = self.study.start(context.optimal.basis)
        self.base: Sequence[Point] = self.study.in_order(self.levels, self.tolerance, start)
        self.study.let_go()
        self._data = read_report_data(context.warm_start.base_plan, context.begun)
        self._gaps = self._data.gaps

    def lacks(self, commitment: str) -> str:
        """The goods that a commitment lacks in the plan: `100 heaters and 3 t of flour`."""
        return self.words.goods(lacking(self.model, Goal(COMMITMENT, commitment), self.context.optimal.values))

    def prices(self) -> list[BudgetFinding]:
        """Each budget cell with its prices, and why more of it buys nothing."""
        prices = Prices(self.study, self.levels, self.tolerance, self.base, self._vertex())
        idle = IdleMoney(self.model, self.study, self.levels, self.tolerance, self.base)
        delivering = [index for index, name in enumerate(self.levels) if name not in NOT_DELIVERIES]
        findings = []
        self.context.step("money that buys nothing")
        prices.find_idle(self.columns)
        for index, budget_cell in enumerate(self.budget_cells, 1):
            fund = title_of(self.instance.funds, budget_cell.fund)
            self.context.step(f"money {index} of {len(self.budget_cells)}: {fund} {budget_cell.year}")
            up = prices.side(budget_cell.name, 1.0)
            less = min(1.0, budget_cell.budget / self.step)
            down = prices.side(budget_cell.name, -1.0, less) if less > 0 else None
            why = ""
            if up is not None and not up.slopes[delivering].any():
                ever = budget_cell.available < self.instance.horizon.periods
                why = self.words.idle(
                    idle.why(budget_cell.fund, budget_cell.name, list(self.columns), ever), self._reasons(None)
                )
            findings.append(BudgetFinding(budget_cell, up, down, why))
        self.context.step("prices solved again")
        for name, side in self._dearest(findings).items():
            prices.confirm(name, side, 1.0)
        return findings

    def _vertex(self) -> Marginal | None:
        """The optimum with a basis that is optimal for all levels in order;
        None where there is no such basis at hand.
        """
        if self.tolerance > 0:
            return None
        optimal, values = self.context.optimal, [point.value for point in self.base]
        start = self.study.without_what_joined(self.base[-1].basis)
        marginal = Marginal(optimal.session(), list(self.context.levels.items()), start, values)
        return marginal if marginal.proved and marginal.levels == len(self.levels) else None

    def _dearest(self, findings: Sequence[BudgetFinding]) -> dict[str, BudgetSide]:
        """The budget cells of which more is worth most at each level, with what more of them does."""
        ups = [(one.budget_cell.name, one.up) for one in findings if one.up is not None]
        dearest = {}
        for index in range(len(self.levels)):
            name, side = min(ups, key=lambda up: float(up[1].slopes[index]), default=("", None))
            if side is not None and side.slopes[index] < 0:
                dearest[name] = side
        return dearest

    def remedies(self) -> list[MoneyRemedy]:
        """The least money for each commitment that lacks something."""
        search = Search(self.context.optimal, self._levers, tell=self.context.step)
        return [remedy_of(search, goal) for goal in short_goals(search)]

    def _reasons(self, group: str | None) -> list[str]:
        """What stands in the way of the largest shortfalls (of a commitment), by the report's reading of the plan."""
        gaps = [gap for gap in self._gaps if group is None or (gap.commitment or "") == group]
        return list(dict.fromkeys(f"{gap.item} at {gap.destination}: {gap.reason}" for gap in gaps if gap.reason))[:3]

    def obstacles(self, remedy: MoneyRemedy) -> str:
        """What keeps money alone from meeting the commitment in full, as a sentence; blank where money does."""
        if remedy.obstacles is None:
            return ""
        return self.words.obstacles(remedy.obstacles, self._reasons(remedy.commitment))
