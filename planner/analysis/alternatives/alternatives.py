"""Plans that are equally good within a slack, as different as possible in who produces and who pays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace as replace_in
from pathlib import Path

from planner.analysis.alternatives.dimensions import FUNDS, PAYERS, PRODUCERS, funds, payers, producers
from planner.analysis.alternatives.near_optimal import Alternatives, AlternativeSearch, NearOptimal, PlanPart
from planner.analysis.alternatives.page import alternatives_findings
from planner.analysis.context import AnalysisContext, prepare
from planner.analysis.findings import Findings
from planner.analysis.writing import write_findings
from planner.domain.instance import PlanningInstance
from planner.errors import UsageError
from planner.options.cluster import crew
from planner.options.kept_results import with_kept_results
from planner.plan import SolveOptions
from planner.plan.plan import Plan
from planner.records.reading import write_record
from planner.report.data.report_data import read_report_data
from planner.report.excel.workbook import write_workbook
from planner.report.pages.report import write_report
from planner.run.folder import whole_folder
from planner.run.log import Log
from planner.run.refusal import refuse
from planner.run.tables import write_tables
from planner.shares import share_of
from planner.solver.checkpoint import checkpoints_beside
from planner.solver.highs import ProgressListener
from planner.solver.lexicographic import inner
from planner.workbook.names.names import suggestion

_DEFAULTS = SolveOptions()
ASPECTS = {PRODUCERS: producers, PAYERS: payers, FUNDS: funds}
USUAL = (PRODUCERS, PAYERS)


@dataclass(frozen=True)
class AlternativesResult:
    """`plans`: the plan itself, then the alternatives,
    each verified and written as a run folder under alternatives/N.
    """

    folder: Path
    slack: float
    parts: tuple[PlanPart, ...]
    alternatives: Alternatives
    plans: tuple[Plan, ...]
    findings: Findings


def alternatives_of_workbook(
    input_path: Path | str,
    output_dir: Path | str,
    slack: float = 0.02,
    count: int = 5,
    by: Sequence[str] | None = None,
    solving: SolveOptions = _DEFAULTS,
    progress: ProgressListener | None = None,
    *,
    workers: int = 1,
    plan: Path | None = None,
    replace: bool = False,
    log: Log | None = None,
) -> AlternativesResult:
    """Find alternatives to the plan of an input and leave a folder, whole or not at all.

    `slack`: by how much of its value each level may be worse (0.02: 2 %). `by`: producers, payers (contributors),
    funds; None: the first two. `workers` processes find the ranges: the same ones, whatever their number. Raises
    InputError (2), NoPlanError (3), SolverStoppedError (4), VerificationError (5), FolderError (1), UsageError (64).
    """
    source, target, log = Path(input_path), Path(output_dir), log or Log()
    _refuse_wrong_numbers(slack, count, workers)
    wanted = _aspects(by)
    refuse(target, replace, source)
    with checkpoints_beside(target) as checkpoints:
        checkpointed = replace_in(solving, checkpoints=checkpoints)
        context, parts = plan_parts(source, wanted, by is not None, checkpointed, progress, log, plan)
        with crew(workers) as work_all, whole_folder(target, replace, source) as folder:
            depends_on = ("alternatives", context.raw.sha256, context.options, slack, wanted, context.start)
            find_ranges = with_kept_results(work_all, checkpoints, *depends_on)
            search = AlternativeSearch(within_slack(context, parts, slack), find_ranges, context.step)
            alternatives = search.find(context.optimal.values, count)
            context.step("verify")
            plans = tuple(context.plan(candidate.values, settled=False) for candidate in alternatives.chosen)
            _write_runs(context, plans, folder / "alternatives")
            findings = alternatives_findings(context, slack, parts, alternatives, plans)
            context.step("write")
            write_findings(findings, folder)
            log.write(folder)
    return AlternativesResult(target, slack, tuple(parts), alternatives, plans, findings)


def _refuse_wrong_numbers(slack: float, count: int, workers: int) -> None:
    """Raise UsageError where an option of the command is out of range."""
    if not 0 <= slack < 10:
        raise UsageError(f"--slack: found {slack:.6g}, expected a share of at least 0, as in 2% or 0.02")
    if count < 1:
        raise UsageError(f"--count: found {count}, expected at least 1")
    if workers < 1:
        raise UsageError(f"--workers: found {workers}, expected at least 1")


def read_slack(text: str) -> float:
    """`2%` or `0.02` as a share. Raises UsageError."""
    value = share_of(text)
    if value is None:
        raise UsageError(f"--slack: found {text!r}, expected a share, as in 2% or 0.02")
    return value


def _aspects(by: Sequence[str] | None) -> list[str]:
    wanted = list(dict.fromkeys(by)) if by is not None else list(USUAL)
    for name in wanted:
        if name not in ASPECTS:
            raise UsageError(
                f"--by: found {name!r}, expected producers, payers or funds{suggestion(name, list(ASPECTS))}"
            )
    if not wanted:
        raise UsageError("--by: found nothing, expected producers, payers or funds")
    return wanted


def _with_each_contributor(instance: PlanningInstance) -> PlanningInstance:
    return replace_in(instance, contributors_apart=True)


def plan_parts(
    source: Path,
    wanted: Sequence[str],
    were_named: bool,
    solving: SolveOptions,
    progress: ProgressListener | None,
    log: Log,
    plan: Path | None = None,
) -> tuple[AnalysisContext, list[PlanPart]]:
    """The input, solved, and its parts of the `wanted` aspects; `were_named`: by the user.

    Raises as `alternatives_of_workbook`.
    """
    shaped = _with_each_contributor if PAYERS in wanted else None
    context = prepare(source, solving, progress, log, shaped, moving=True, priced=False, plan=plan)
    model = context.optimal.program.model
    if were_named and not context.instance.money_is_limited and wanted != [PRODUCERS]:
        raise UsageError("--by: money is not limited in this input (Budgets has no rows), so payments are not assigned")
    parts = [part for name in wanted for part in ASPECTS[name](model)]
    if not parts:
        raise UsageError("nothing is produced in any plan of this input, and nobody pays: there is nothing to vary")
    return context, parts


def within_slack(context: AnalysisContext, parts: Sequence[PlanPart], slack: float) -> NearOptimal:
    """The plans of which each level is at most its optimum × (1 + `slack`)."""
    levels, optimum = context.levels, context.optimal.values
    limits = {name: inner(costs, optimum) * (1 + slack) for name, costs in levels.items()}
    return NearOptimal(context.optimal, levels, limits, parts)


def _write_runs(context: AnalysisContext, plans: Sequence[Plan], folder: Path) -> None:
    """A run folder for the plan (0) and for each alternative (1, 2, …), as `planner diff` and `verify` read it."""
    for number, plan in enumerate(plans):
        context.step(f"write plan {number + 1} of {len(plans)}")
        here = folder / str(number)
        here.mkdir(parents=True)
        record = context.record(plan).but(tables=write_tables(plan.tables, here / "tables"))
        data = read_report_data(plan, record)
        write_workbook(data, here / "plan.xlsx")
        write_report(data, here / "report.html")
        write_record(record, here / "run.json")
