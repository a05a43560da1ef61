"""Jobs in words."""

from __future__ import annotations

from planner.desk.jobs.fairer import FAIRER
from planner.desk.jobs.remedies import REMEDY
from planner.desk.jobs.sliding import BUDGET, CURVE
from planner.desk.jobs.work import PLAN
from planner.store.jobs import Job

ASKED_FOR = {
    PLAN: "a plan",
    CURVE: "what a budget brings",
    BUDGET: "the plan of another budget",
    REMEDY: "what would help",
    FAIRER: "the plan that serves the least served first",
}


def subject(job: Job) -> str:
    """What a job is about: the workbook, or what was asked for of which run."""
    wanted = job.wanted
    if job.kind == PLAN:
        return str(wanted["file"])
    words = ASKED_FOR.get(job.kind, job.kind)
    return f"{words[:1].upper()}{words[1:]} (run {wanted['run']})"
