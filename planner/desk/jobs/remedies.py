"""What would help, worked out by a job: the remedies of one goal of a run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from planner.analysis.remedy.record import RemedyResultRecord
from planner.analysis.remedy.remedy import RemedyRequest, remedy_of_workbook
from planner.plan import SolveOptions
from planner.plan.remedy.measures import COMMITMENT, CONTINGENCY, EVERYTHING, Goal
from planner.records.reading import read_record
from planner.records.remedies import GoalRecord
from planner.solver.highs import ProgressListener
from planner.store.jobs import DONE, Job, Jobs

REMEDY = "remedy"  # the kind of such a job
FILES = ("remedy.html", "remedy.xlsx")  # of its folder, for people


@dataclass(frozen=True, slots=True)
class Sought:
    """A goal of a run that is to be whole. `run_sha256` tells runs apart."""

    run: int
    run_sha256: str
    goal: Goal

    def document(self) -> dict[str, Any]:
        """The request as a JSON document for a job."""
        return {"run": self.run, "run_sha256": self.run_sha256, "goal": self.goal.kind, "name": self.goal.name}

    @classmethod
    def read(cls, stated: Mapping[str, Any]) -> Sought:
        """The request that `document` wrote."""
        return cls(int(stated["run"]), str(stated["run_sha256"]), Goal(str(stated["goal"]), str(stated["name"])))

    @property
    def asked(self) -> RemedyRequest:
        """As `planner remedy` is asked."""
        goal = self.goal
        return RemedyRequest(
            goal.name if goal.kind == COMMITMENT else None,
            goal.kind == EVERYTHING,
            goal.name if goal.kind == CONTINGENCY else None,
        )


@dataclass(frozen=True)
class RemedyAnswer:
    """What a job found; `goals` is empty where nothing is short."""

    job: int
    goal: Goal
    goals: tuple[GoalRecord, ...]


def worked_out(
    source: Path, target: Path, sought: Sought, model: str, progress: ProgressListener, plan: Path | None = None
) -> dict[str, Any]:
    """The remedies, as JSON, and a folder `target` that says them for people; what stands there already is not made
    again. `plan`: as of `remedy_of_workbook`.

    Raises as `remedy_of_workbook`.
    """
    if not (target / "remedy.json").is_file():
        remedy_of_workbook(source, target, sought.asked, SolveOptions(model=model), progress, plan=plan)
    record = read_record(target / "remedy.json", RemedyResultRecord)
    return {"goals": [goal.model_dump(mode="json") for goal in record.goals]}


def answers(jobs: Jobs, run_sha256: str) -> list[RemedyAnswer]:
    """What jobs found of a run, the newest of each goal, in the order in which they were asked for."""
    answers_of: dict[Goal, RemedyAnswer] = {}
    for answer in map(answer_of, jobs.of_kind(REMEDY, DONE, run_sha256)):
        if answer is not None:
            answers_of.pop(answer.goal, None)
            answers_of[answer.goal] = answer
    return list(answers_of.values())


def answer_of(job: Job) -> RemedyAnswer | None:
    """What one job found; None where another version of the program did it, which says other things of remedies:
    it can be asked for again.
    """
    try:
        goals = tuple(GoalRecord.model_validate_json(json.dumps(goal)) for goal in job.result.get("goals", ()))
    except ValidationError:
        return None
    return RemedyAnswer(job.id, Sought.read(job.wanted).goal, goals)
