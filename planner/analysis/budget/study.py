"""The linear program of an input with a column that counts by how much a budget is larger,
solved wherever it is asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from planner.analysis.budget.curve import AimCurve, Curve, CurvePoint
from planner.analysis.context import AnalysisContext, prepare
from planner.domain.instance import PlanningInstance
from planner.domain.titles import title_of
from planner.errors import InputError, NoPlanError, UsageError
from planner.formulation.model.rhs_update import rhs_update
from planner.options.changes.option import CellChange, Option, retitling
from planner.options.changes.overrides import apply_option
from planner.plan import SolveOptions
from planner.plan.places import level_unit
from planner.run.log import Log
from planner.solver.highs import INFINITY, ProgressListener, Vector
from planner.solver.parametric.study import Extension
from planner.tolerances import NO_LESS, SAME
from planner.workbook import interpret
from planner.workbook.reading.raw import RawInput

COLUMN = "budget"
LEAST, MOST = 0.0, 2.0  # times the budget
TRIED = (0.5, 2.0)  # factors by which it is settled that right-hand sides follow the budget in proportion


@dataclass(frozen=True, slots=True)
class BudgetRows:
    """Rows of Budgets that are slid together: of a fund,
    and if they are given of one contributor and one fiscal year.
    """

    fund: str
    contributor: str = ""
    year: int | None = None

    @property
    def where(self) -> str:
        """The condition that names the rows, as in Options."""
        parts = [f"fund={self.fund}"]
        parts += [f"contributor={self.contributor}"] if self.contributor else []
        parts += [f"year={self.year}"] if self.year is not None else []
        return "; ".join(parts)

    def title(self, instance: PlanningInstance) -> str:
        """The names of the fund, and if they are given of the contributor and the fiscal year."""
        parts = [title_of(instance.funds, self.fund)]
        parts += [title_of(instance.nations, self.contributor)] if self.contributor else []
        return " · ".join([*parts, *([str(self.year)] if self.year is not None else [])])

    def amount(self, instance: PlanningInstance) -> float:
        """What there is of it, in the currency of the settings."""
        fund = instance.funds.get(self.fund)
        return sum(
            budget.amount
            for budget in (fund.budgets if fund else ())
            if self.contributor in ("", budget.contributor) and self.year in (None, budget.year)
        )


def scaled(raw: RawInput, budget: BudgetRows, factor: float, title: str | None = None) -> RawInput:
    """The input with so many times the budget, and if it is given with another title.

    Raises UsageError where there are no such rows.
    """
    changes = [CellChange("Budgets", budget.where, "amount", "scale", factor)]
    changes += [retitling(title)] if title is not None else []
    changed = apply_option(Option("budget", tuple(changes)), raw)
    if changed.problems:
        raise UsageError(f"Budgets, {budget.where}: {changed.problems[0].message}")
    return changed.raw


class BudgetStudy:
    """The optimum of an input, and its aims with more or less of a budget.

    `plan`: as of `prepare`. Raises, on making, as there, and UsageError where the budget changes more than right-hand
    sides, or these not in proportion: then only plans made anew tell what it does.
    """

    def __init__(
        self,
        source: Path,
        budget: BudgetRows,
        progress: ProgressListener | None = None,
        model: str = "full",
        plan: Path | None = None,
    ) -> None:
        self.context = prepare(source, SolveOptions(model=model), progress, Log(), priced=False, plan=plan)
        self.title = budget.title(self.context.instance)
        if self.context.optimal.choices.size:
            raise UsageError(
                f"{self.title}: which nations take part in common procurement is chosen again for each budget, "
                "so there are no bounds"
            )
        self._tolerance = self.context.instance.settings.level_tolerance
        entries = _entries(self.context, budget)
        self.loosens = _loosens(self.context, entries)
        more = Extension(columns={COLUMN: {row: -change for row, change in entries.items()}})
        self._levels = list(self.context.levels)
        self._study = self.context.optimal.study(self.context.levels, more)
        self._start = self._study.start(self.context.optimal.basis)

    @property
    def aims(self) -> tuple[AimCurve, ...]:
        """The aims in order; with a level tolerance the first alone, as later ones use what it may give back."""
        titles = {level.name: level.title for level in self.context.catalogue.levels}
        model = self.context.optimal.program.model
        aims = [
            AimCurve(name, titles.get(name, "Weighted objective"), level_unit(model, name)) for name in self._levels
        ]
        return tuple(aims[:1] if self._tolerance else aims)

    def point(self, factor: float) -> CurvePoint | None:
        """The optimum with so many times the budget, with all slopes; None where there is no plan."""
        return self._solved(factor, [aim.name for aim in self.aims])

    def large_point(self, factor: float) -> CurvePoint | None:
        """The same for a large input: the first aim alone, with its slope; of the plan at hand all aims."""
        first = self._solved(factor, [self.aims[0].name])
        if first is None or factor != 1.0:
            return first
        values = [level.value for level in self.context.warm_start.base_plan.levels][1 : len(self.aims)]
        known = [float(value) for value in values if value is not None]
        return CurvePoint(factor, (first.values[0], *known), first.slopes)

    def _solved(self, factor: float, names: Sequence[str]) -> CurvePoint | None:
        self._study.bound_column(COLUMN, factor - 1.0, factor - 1.0)
        try:
            points = self._study.in_order(names, self._tolerance, self._start)
            slopes = self._study.slopes(COLUMN, names, points, self._tolerance)
        except NoPlanError:
            return None
        finally:
            self._study.let_go()
            self._study.bound_column(COLUMN, 0.0, 0.0)
        return CurvePoint(factor, tuple(point.value for point in points), tuple(float(slope) for slope in slopes))

    def curve(self, factors: tuple[float, ...] = (LEAST, 1.0, MOST)) -> Curve:
        """The curve through the points at these factors, but for those at which there is no plan."""
        points = [point for factor in factors if (point := self.point(factor)) is not None]
        return Curve.of(self.aims, points, self.loosens)


def _entries(context: AnalysisContext, budget: BudgetRows) -> Mapping[int, float]:
    """Row → by how much its right-hand side grows when the budget doubles."""
    half, double = (_changes(context, budget, factor) for factor in TRIED)
    for row in half.keys() | double.keys():
        grows, shrinks = double.get(row, 0.0), half.get(row, 0.0)
        if abs(shrinks + 0.5 * grows) > SAME * max(1.0, abs(grows)):
            raise UsageError(
                f"{budget.title(context.instance)}: limits do not follow this budget in proportion, so that no "
                "bounds follow from plans made before"
            )
    return double


def _changes(context: AnalysisContext, budget: BudgetRows, factor: float) -> dict[int, float]:
    """Row → change of its right-hand side at so many times the budget."""
    reading = interpret(scaled(context.raw, budget, factor))
    if reading.instance is None:
        raise InputError(reading.faults)
    program = context.optimal.program
    update = rhs_update(program.model, reading.instance)
    if update is None:
        raise UsageError(
            f"{budget.title(context.instance)}: this budget changes more than limits, so that no bounds follow "
            "from plans made before"
        )
    before = _sides(program.lp.row_lower, program.lp.row_upper)[update.rows]
    return {int(row): float(now - then) for row, now, then in zip(update.rows, update.values, before, strict=True)}


def _sides(lower: Vector, upper: Vector) -> Vector:
    """The right-hand side of each row: the bound that it has, the upper one where it has two."""
    return np.where(upper < INFINITY, upper, lower)


def _loosens(context: AnalysisContext, entries: Mapping[int, float]) -> bool:
    """Does more of the budget only loosen limits?"""
    lp = context.optimal.program.lp
    rows, changes = np.array(list(entries), dtype=np.intp), np.array(list(entries.values()))
    only_upper, only_lower = lp.row_lower[rows] <= -INFINITY, lp.row_upper[rows] >= INFINITY
    looser = (only_upper & (changes >= -NO_LESS)) | (only_lower & (changes <= NO_LESS))
    return bool(looser.all())
