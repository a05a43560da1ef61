"""`planner remedy`: what would make commitments whole, and what it takes."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from planner.analysis.context import AnalysisContext, prepare
from planner.analysis.findings import Findings
from planner.analysis.remedy.as_option import require_new, write_option
from planner.analysis.remedy.page import remedy_findings
from planner.analysis.writing import write_findings
from planner.errors import UsageError
from planner.plan import SolveOptions
from planner.plan.remedy.kept import planned_again, search_of_changed
from planner.plan.remedy.levers import levers
from planner.plan.remedy.measures import COMMITMENT, CONTINGENCY, EVERYTHING, Goal
from planner.plan.remedy.remedies import remedies_of
from planner.plan.remedy.results import GoalRemedies
from planner.plan.remedy.search import ALTERNATIVES, Search
from planner.report.data.money import money_scale
from planner.report.words.remedy_words import RemedyWords
from planner.run.folder import whole_folder
from planner.run.log import Log
from planner.run.refusal import refuse
from planner.solver.highs import ProgressListener
from planner.tolerances import matters
from planner.workbook.names.names import nearest

_DEFAULTS = SolveOptions()


@dataclass(frozen=True)
class RemedyResult:
    """`goals`: each with its remedies, in the order of the input.

    `with_option`: the copy of the input that has the cheapest as an option, where that was asked for.
    """

    folder: Path
    goals: Sequence[GoalRemedies]
    findings: Findings
    with_option: Path | None = None


@dataclass(frozen=True)
class RemedyRequest:
    """What is to be made whole: one commitment, everything at once, or a contingency; none of them: each commitment by
    itself.
    """

    commitment: str | None = None
    everything: bool = False
    contingency: str | None = None
    as_option: str | None = None  # the name under which the cheapest remedy is written into a copy of the input


def remedy_of_workbook(
    source: Path,
    output: Path,
    request: RemedyRequest = RemedyRequest(),
    solving: SolveOptions = _DEFAULTS,
    progress: ProgressListener | None = None,
    *,
    plan: Path | None = None,
    replace: bool = False,
    log: Log | None = None,
) -> RemedyResult:
    """Find the remedies of an input and leave a folder that says them, whole or not at all.

    Raises InputError (2), NoPlanError (3), SolverStoppedError (4), VerificationError (5), FolderError (1), UsageError
    (64). Where an option cannot say the remedy, the folder is there all the same.
    """
    log = log or Log()
    refuse(output, replace, source)
    context = prepare(source, solving, progress, log, priced=False, plan=plan)
    with whole_folder(output, replace, source) as folder:
        context.plan(context.optimal.values)
        program = context.optimal.program
        known = {lever.name: lever for lever in levers(program.model, program.lp)}
        search = Search(context.optimal, known, tell=context.step)
        goals = _goals(search, request)
        if request.as_option is not None:
            _require_one(context, request.as_option, goals)
        results = [remedies_of(search, goal, ALTERNATIVES) for goal in goals]
        findings = remedy_findings(context, results)
        context.step("write")
        written, unsaid = None, None
        try:
            if request.as_option is not None:
                written = _write_option(context, search, request.as_option, results, folder)
        except UsageError as problem:
            unsaid = problem
        write_findings(findings, folder)
        log.write(folder)
    if unsaid is not None:
        raise UsageError(f"{unsaid}; the remedies are in {output}") from unsaid
    return RemedyResult(output, results, findings, None if written is None else output / written.name)


def _require_one(context: AnalysisContext, name: str, goals: Sequence[Goal]) -> None:
    """Raises UsageError, before anything is searched, where the option could not be written."""
    require_new(context.raw, name)
    if len(goals) > 1:
        raise UsageError(
            f"--as-option writes one remedy, and there are those of {len(goals)} goals; name one by --commitment, or --all"
        )


def _write_option(
    context: AnalysisContext, search: Search, name: str, results: Sequence[GoalRemedies], folder: Path
) -> Path:
    """The copy of the input in `folder`.

    Raises UsageError where there is no remedy to write, or an option cannot say it.
    """
    if not results or not results[0].remedies:
        raise UsageError("--as-option: there is no remedy to write")
    (only,) = results
    words = RemedyWords(context.instance, money_scale(context.warm_start.base_plan))
    written, instance = write_option(context.raw, name, only.remedies[0], words, folder)
    around = search.of(only.goal)
    if planned_again(around, only.goal, only.remedies[0][0], search_of_changed(around, instance)) is None:
        shutil.rmtree(written) if written.is_dir() else written.unlink()
        raise UsageError(
            "--as-option: an option cannot say this remedy: planned with it, the input does not reach what the remedy promises"
        )
    return written


def _goals(search: Search, request: RemedyRequest) -> list[Goal]:
    """What lacks something of what is asked for. Raises UsageError where there is no such name."""
    if request.contingency is not None:
        return [_contingency(request.contingency, search)]
    if request.commitment is not None and request.commitment not in search.groups:
        raise _unknown(
            "--commitment", request.commitment, search.groups, "no demand has a commitment; --all is for all of it"
        )
    goals = [Goal(EVERYTHING)] if request.everything else [Goal(COMMITMENT, name) for name in search.groups]
    named = [goal for goal in goals if request.everything or request.commitment in (None, goal.name)]
    return [goal for goal in named if matters(search.value(goal))]


def _contingency(name: str, search: Search) -> Goal:
    goal = Goal(CONTINGENCY, name)
    if goal.row not in search.before:
        known = [one.removeprefix("uncovered ") for one in search.before if one.startswith("uncovered ")]
        raise _unknown("--contingency", name, known, "the table Contingencies has no rows")
    return goal


def _unknown(option: str, name: str, known: Iterable[str], none: str) -> UsageError:
    """What is said of a name that is not there: those that are, and the nearest; `none` where there are none."""
    names = [one for one in known if one]
    near = nearest(name, names)
    hint = f", did you mean {near!r}?" if near else ""
    return UsageError(
        f"{option}: found {name!r}, expected one of {', '.join(names)}{hint}"
        if names
        else f"{option}: found {name!r}, but {none}"
    )
