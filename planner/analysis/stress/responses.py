"""All cases answered anew in all draws, side by side:
one task answers one case in some draws that share their delays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from planner import catalogue
from planner.analysis.stress.answering import Answering, CaseFigures
from planner.analysis.stress.done import Done
from planner.analysis.stress.drawing import Vector
from planner.analysis.stress.levers import Levers
from planner.analysis.stress.program import CaseProgram
from planner.catalogue import Catalogue
from planner.domain.contingency.uncertainty import whole_periods
from planner.domain.instance import PlanningInstance
from planner.domain.reach import Reach
from planner.formulation.responses.beside import GIVEN, add_response, standing_plan
from planner.options.cluster import TaskPool

BLOCK = 200  # draws of a task
Periods = tuple[int, ...]  # by row of Uncertainty; 0 where it is no delay


class Task(NamedTuple):
    """Some draws of a case, by number, with their numbers: those of one value of each delay."""

    case: int
    delays: Periods
    draws: tuple[int, ...]
    numbers: Vector


@dataclass
class PlanUnderStress:
    """What other processes need to answer cases: the input, and what the plan does."""

    instance: PlanningInstance
    model: str
    prune: bool
    done: Done
    threads: int | None = None

    @cached_property
    def catalogue(self) -> Catalogue:
        """The model of the plan."""
        return catalogue.load(self.model)

    @cached_property
    def reach(self) -> Reach:
        """What can reach what under the plan's model."""
        return Reach(self.instance, self.prune, embargo=self.catalogue.enabled("forbid"), closed=True)

    @property
    def settings(self) -> dict[str, Any]:
        """Name → value of the options that HiGHS gets."""
        settings = dict(self.catalogue.solver)
        return settings if self.threads is None else settings | {"threads": self.threads}

    def program(self, number: int, delays: Periods) -> CaseProgram:
        """The linear program of a case with every factor at 1."""
        case, instance = self.instance.cases[number], self.instance
        done = {
            family: {key: value for key, value in self.done[family].items() if _matters(family, key, case.begin)}
            for family in GIVEN
        }
        plan = standing_plan(instance, self.catalogue, self.reach, done)
        response = add_response(plan, case, self._by_leg(delays))
        values = np.array([value for family in GIVEN for value in done[family].values()])
        return Levers(plan, response, values, instance.uncertainties).program()

    def _by_leg(self, delays: Periods) -> Mapping[str, int]:
        """Leg → periods that all rows together add to its lead time."""
        rows = [(one, periods) for one, periods in zip(self.instance.uncertainties, delays, strict=True) if periods]
        open_periods = {
            leg.name: sum(periods for one, periods in rows if one.delays(leg)) for leg in self.instance.legs.values()
        }
        return {name: periods for name, periods in open_periods.items() if periods}


def _matters(family: str, key: tuple[Any, ...], begin: int) -> bool:
    """May a response that begins then start from it?"""
    if family == "expansion":
        return True
    if family == "production":
        _line, period = key
        return bool(period >= begin - 1)
    _item, _place, period, *_ = key
    return bool(period == begin - 1) if family == "stock" else bool(period < begin)


def answer(plan: PlanUnderStress, task: Task) -> list[CaseFigures]:
    """A case answered in some draws; the same on any machine that has the same programs."""
    answering = Answering(plan.program(task.case, task.delays), plan.settings)
    return [answering.answer(drawn) for drawn in task.numbers]


def tasks(instance: PlanningInstance, drawn: Vector) -> list[Task]:
    """Tasks for all cases in all draws; they depend on the numbers alone, not on who does them."""
    rows = enumerate(instance.uncertainties)
    are_delays = [place for place, one in rows if one.what == "delay"]
    together: dict[Periods, list[int]] = {}
    for draw, values in enumerate(drawn):
        delays = [0] * len(values)
        for place in are_delays:
            delays[place] = whole_periods(values[place])
        together.setdefault(tuple(delays), []).append(draw)
    return [
        Task(case, delays, tuple(draws[start : start + BLOCK]), drawn[draws[start : start + BLOCK]])
        for case in range(len(instance.cases))
        for delays, draws in together.items()
        for start in range(0, len(draws), BLOCK)
    ]


def answered(
    plan: PlanUnderStress,
    work: Sequence[Task],
    drawn: Vector,
    crew: TaskPool,
    on_result: Callable[[list[CaseFigures]], None],
) -> Vector:
    """The figures of all tasks, as an array [case, draw, figure]; NaN where there is none."""
    figures_of = np.full((len(plan.instance.cases), len(drawn), 3), np.nan)
    for task, figures in zip(work, crew(answer, plan, work, on_result), strict=True):
        figures_of[task.case, list(task.draws)] = figures
    return figures_of
