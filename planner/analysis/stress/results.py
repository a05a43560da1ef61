"""What all draws together say of each case, and of all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from planner.analysis.stress.drawing import Vector
from planner.analysis.stress.statistics import ShareOfDraws, Spread, level, rank_correlation, share, spread
from planner.domain.contingency.contingencies import Case
from planner.domain.contingency.response import needs
from planner.domain.instance import PlanningInstance

LOSS, COVERAGE, LACK = range(3)  # places of the figures of a case


@dataclass(frozen=True)
class CaseUnderStress:
    """`promises`: may it fail? In the weighted objective also by what must be covered."""

    case: Case
    title: str
    promises: bool
    planned: tuple[float, float, float]  # answered with nothing varied
    figures: Vector  # [draw, figure]

    @cached_property
    def spreads(self) -> tuple[Spread, Spread, Spread]:
        """Over the draws: L, coverage (share of the need by value) and what is lacking of the promise,
        in that order.
        """
        loss, coverage, lack = (spread(self.figures[:, place]) for place in (LOSS, COVERAGE, LACK))
        return loss, coverage, lack

    @property
    def kept_in(self) -> Vector:
        """By draw: is nothing lacking?"""
        kept: Vector = self.figures[:, LACK] == 0
        return kept

    @cached_property
    def kept(self) -> ShareOfDraws | None:
        """The share of draws that keep the promise; None where nothing is promised."""
        return share(self.kept_in) if self.promises else None


@dataclass(frozen=True)
class Stressed:
    """`drawn`: [draw, row of Uncertainty]; `figures`: [case, draw, figure]; `planned`: [case, figure]."""

    instance: PlanningInstance
    draws: int
    seed: int
    drawn: Vector
    figures: Vector
    planned: Vector

    @cached_property
    def cases(self) -> Sequence[CaseUnderStress]:
        """The cases in the order of the instance, each with its figures."""
        label = self.instance.horizon.label
        cases = []
        for index, case in enumerate(self.instance.cases):
            title = f"{case.contingency.title or case.contingency.name}, {label(case.strike)}"
            loss, coverage, lack = self.planned[index].tolist()
            under_stress = CaseUnderStress(
                case, title, self._promises(case), (loss, coverage, lack), self.figures[index]
            )
            cases.append(under_stress)
        return cases

    def _promises(self, case: Case) -> bool:
        wanted = [need.wanted for need in needs(self.instance, case) if need.wanted.quantity]
        must = self.instance.settings.objective == "weighted" and any(one.shortage_cost is None for one in wanted)
        return bool(wanted) and (case.contingency.coverage > 0 or must)

    @cached_property
    def levels(self) -> Vector:
        """By draw: the value of the level contingency."""
        settings = self.instance.settings
        weights = [case.weight for case in self.instance.cases]
        return level(self.figures[:, :, LOSS], weights, settings.risk_weight, settings.risk_tail)

    @cached_property
    def level(self) -> Spread:
        """Over the draws: the value of the level contingency."""
        return spread(self.levels)

    @cached_property
    def planned_level(self) -> float:
        """The value of the level contingency with nothing varied."""
        settings = self.instance.settings
        weights = [case.weight for case in self.instance.cases]
        return float(level(self.planned[:, [LOSS]], weights, settings.risk_weight, settings.risk_tail)[0])

    @cached_property
    def coverage(self) -> Spread:
        """The mean of the cases' coverage by their weight (where all have none: of all alike)."""
        return spread(self._mean_coverage(self.figures))

    @cached_property
    def planned_coverage(self) -> float:
        """The mean coverage, as `coverage`, with nothing varied."""
        return float(self._mean_coverage(self.planned[:, None, :])[0])

    def _mean_coverage(self, figures: Vector) -> Vector:
        weights = np.array([case.weight for case in self.instance.cases])
        by = weights / weights.sum() if weights.any() else np.full(len(weights), 1 / len(weights))
        mean: Vector = (by[:, None] * figures[:, :, COVERAGE]).sum(axis=0)
        return mean

    @cached_property
    def kept_in(self) -> Vector:
        """By draw: is every promise kept?"""
        kept: Vector = np.all([case.kept_in for case in self.cases], axis=0)
        return kept

    @cached_property
    def kept(self) -> ShareOfDraws | None:
        """The share of draws in which every promise is kept; None where nothing is promised."""
        return share(self.kept_in) if any(case.promises for case in self.cases) else None

    @cached_property
    def correlations(self) -> Sequence[float | None]:
        """Of each row of Uncertainty with the level: Spearman's."""
        return [rank_correlation(self.drawn[:, index], self.levels) for index in range(self.drawn.shape[1])]
