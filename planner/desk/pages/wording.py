"""Jobs in words."""

from __future__ import annotations

from planner.desk.jobs.fairer import FAIRER
from planner.desk.jobs.options import OPTION
from planner.desk.jobs.remedies import REMEDY
from planner.desk.jobs.sliding import BUDGET, CURVE
from planner.desk.jobs.work import PLAN
from planner.report.words.numbers import plural
from planner.store.jobs import DONE, Job

ASKED_FOR = {
    PLAN: "a plan",
    CURVE: "what a budget brings",
    BUDGET: "the plan of another budget",
    REMEDY: "what would help",
    OPTION: "the plan of an option",
    FAIRER: "the plan that serves the least served first",
}


def subject(job: Job) -> str:
    """What a job is about: the workbook, the option, or what was asked for of which run."""
    wanted = job.wanted
    if job.kind == PLAN:
        return str(wanted["file"])
    if job.kind == OPTION:
        return f"{wanted['title']} (from run {wanted['run']})"
    words = ASKED_FOR.get(job.kind, job.kind)
    return f"{words[:1].upper()}{words[1:]} (run {wanted['run']})"


def outcome(job: Job) -> str:
    """What came of a job so far; of a check what it found."""
    if job.state != DONE or "errors" not in job.result:
        return job.state
    counts = ((job.result["errors"], "fault"), (job.result["warnings"], "warning"))
    return " and ".join(plural(count, word) for count, word in counts if count) or "no faults"
