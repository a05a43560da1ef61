"""A given plan beside the optimum: level by level, commitment by commitment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from planner.domain.fixed_plan import GivenPlan
from planner.domain.instance import PlanningInstance
from planner.domain.values import values_wanted
from planner.plan.plan import LevelResult, Plan
from planner.tolerances import SAME, matters

BINDING = {frozenset({True}): "yes", frozenset({False}): "no", frozenset({True, False}): "in part"}


@dataclass(frozen=True, slots=True)
class Distance:
    """One level of both plans; less is better. `gap` = value − optimum, 0 where they are the same."""

    title: str
    unit: str
    value: float
    optimum: float

    @property
    def gap(self) -> float:
        """value − optimum, in the unit of the level; 0 where the two differ by arithmetic only."""
        gap = self.value - self.optimum
        return gap if matters(abs(gap), self.optimum) else 0.0

    @property
    def share(self) -> float | None:
        """The gap as a share of the optimum; None where that is 0."""
        return self.gap / abs(self.optimum) if self.optimum else None


@dataclass(frozen=True)
class Evaluation:
    """`plan` does what was `given`, completed at best; `optimum` is the best plan of the same input."""

    given: GivenPlan
    plan: Plan
    optimum: Plan
    distances: tuple[Distance, ...]

    @property
    def first_gap(self) -> Distance | None:
        """The first level, in the order of the aims, at which the plans differ;
        there the optimum, if proved, is better.
        """
        return next((distance for distance in self.distances if distance.gap), None)


def evaluation(given: GivenPlan, plan: Plan, optimum: Plan) -> Evaluation:
    """Hold a completed plan against the optimum, level by level."""
    best = {level.name: level for level in optimum.levels}
    distances = tuple(
        Distance(level.title, level.unit, level.value or 0.0, best[level.name].value or 0.0)
        for level in plan.levels
        if level.name in best
    )
    return Evaluation(given, replace(plan, levels=tuple(_bounded(plan.levels, best))), optimum, distances)


def _bounded(levels: Sequence[LevelResult], best: Mapping[str, LevelResult]) -> Iterator[LevelResult]:
    """The plan's levels with what no plan can beat: the optimum's bound, up to the first level at which they differ.

    Beyond it the optimum bounds nothing: a plan that falls short at one level may be better at a later one.
    """
    comparable = True
    for level in levels:
        bound = best[level.name].bound if comparable and level.name in best else None
        value = level.value or 0.0
        if bound is not None:
            bound = min(bound, value)
        gap = None if bound is None else (value - bound) / max(1.0, abs(value))
        yield replace(level, bound=bound, gap=gap, status="held")
        comparable = comparable and gap is not None and gap <= SAME


def commitments(instance: PlanningInstance, plan: Plan, optimum: Plan) -> pd.DataFrame:
    """Rows (commitment, binding, wanted, delivered, optimum, difference): what is delivered, by value; units where
    some item has no value. Demand without a commitment is one row, with a blank name.
    """
    weights = values_wanted(instance) or dict.fromkeys((demand.item for demand in instance.demands), 1.0)
    sums: dict[str, list[float]] = {}
    kinds: dict[str, set[bool]] = {}
    for demand in instance.demands:
        name = demand.commitment or ""
        kinds.setdefault(name, set()).add(demand.binding)
        sums.setdefault(name, [0.0, 0.0, 0.0])[0] += weights[demand.item] * demand.quantity
    for place, tables in ((1, plan.tables), (2, optimum.tables)):
        table = tables["deliveries"]
        for commitment, item, quantity in zip(table["commitment"], table["item"], table["quantity"], strict=True):
            name = commitment if isinstance(commitment, str) else ""
            sums[name][place] += weights[item] * quantity
    return pd.DataFrame(
        [
            (name, BINDING[frozenset(kinds[name])], wanted, ours, best, _nothing(ours - best, wanted))
            for name, (wanted, ours, best) in sums.items()
        ],
        columns=["commitment", "binding", "wanted", "delivered", "optimum", "difference"],
    )


def _nothing(difference: float, scale: float) -> float:
    return difference if matters(abs(difference), scale) else 0.0
