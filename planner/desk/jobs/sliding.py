"""Budgets slid at the desk: the curves that jobs have found, the studies of small inputs,
and what jobs do to find more.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planner.analysis.budget.curve import Curve, CurvePoint
from planner.analysis.budget.study import LEAST, MOST, BudgetRows, BudgetStudy, scaled
from planner.desk.inputs import kept_folder
from planner.desk.keeping import changed_place
from planner.options.changes.input_folder import write_input
from planner.store.jobs import DONE, Job, Jobs
from planner.store.schema import levels as levels_table
from planner.store.store import RunStore
from planner.workbook.reading.raw import RawInput

CURVE, BUDGET = "curve", "budget"  # kinds of jobs
SMALL_ROWS = 4000  # of the linear program: so large a one is solved while one waits
MOST_STUDIES = 4  # kept in memory
FIRST = (LEAST, 1.0, MOST)  # the factors of a new curve


@dataclass(frozen=True, slots=True)
class Slide:
    """A budget of a run. `run_sha256` tells runs apart."""

    run: int
    run_sha256: str
    budget: BudgetRows

    def document(self) -> dict[str, Any]:
        """The request as a JSON document for a job."""
        budget = self.budget
        return {
            "run": self.run,
            "run_sha256": self.run_sha256,
            "fund": budget.fund,
            "contributor": budget.contributor,
            "year": budget.year,
        }

    @classmethod
    def read(cls, stated: Mapping[str, Any]) -> Slide:
        """The request that `document` wrote."""
        budget = BudgetRows(str(stated["fund"]), str(stated["contributor"]), stated["year"])
        return cls(int(stated["run"]), str(stated["run_sha256"]), budget)


@dataclass(frozen=True)
class Planned:
    """A plan that was made for a factor of a slide: job and run."""

    factor: float
    run: int


class Studies:
    """The linear programs of small inputs, kept to be solved again while somebody slides. One at a time uses each."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Slide, tuple[BudgetStudy, Curve]] = OrderedDict()
        self._lock = threading.Lock()

    def point(self, slide: Slide, source: Path, model: str, factor: float) -> tuple[Curve, CurvePoint | None]:
        """The curve of a slide, and the optimum at a factor (None: there is no plan). Raises as `BudgetStudy`."""
        with self._lock:
            if slide not in self._kept:
                study = BudgetStudy(source, slide.budget, model=model)
                self._kept[slide] = study, study.curve(FIRST)
                while len(self._kept) > MOST_STUDIES:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(slide)
            study, curve = self._kept[slide]
            return curve, study.point(factor)


def known_curve(jobs: Jobs, store: RunStore, slide: Slide) -> tuple[Curve | None, list[Planned]]:
    """What jobs have found of a slide: its curve (None: nothing yet), and the plans that were made for it."""
    curve: Curve | None = None
    planned = []
    for job in jobs.of_kind(CURVE, DONE, slide.run_sha256):
        if Slide.read(job.wanted) == slide:
            curve = Curve.read(job.result["curve"])
    for job in jobs.of_kind(BUDGET, DONE, slide.run_sha256):
        if Slide.read(job.wanted) == slide and job.run is not None:
            planned.append(Planned(float(job.wanted["factor"]), job.run))
    if curve is not None:
        curve = curve.joined(list(_points(store, curve, planned)))
    return curve, planned


def _points(store: RunStore, curve: Curve, planned: list[Planned]) -> Iterator[CurvePoint]:
    """The aims of plans that were made, as points; without slopes."""
    for plan in planned:
        values = {row["name"]: row["value"] for row in store.rows(levels_table, plan.run)}
        level_values = [values.get(aim.name) for aim in curve.aims]
        if all(value is not None for value in level_values):
            yield CurvePoint(plan.factor, tuple(float(value) for value in level_values if value is not None))


def changed_input(raw: RawInput, job: Job, folder: Path) -> Path:
    """The input of a job with its budget slid and its title saying so, as a folder of CSV files."""
    slide, factor = Slide.read(job.wanted), float(job.wanted["factor"])
    title = f"{job.wanted['title']} × {factor:.2f}"
    changed = scaled(raw, slide.budget, factor, title)
    return kept_folder(changed_place(folder, job), lambda place: write_input(changed, place))
