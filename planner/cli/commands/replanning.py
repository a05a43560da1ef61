"""`planner replan`: the next plan from the last one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planner.cli.arguments import Model, Quiet, Replace, TimeLimit, Workers, share
from planner.cli.commands.runs import Store, recorded
from planner.cli.exits import failures_reported
from planner.cli.lines.text import plan_lines
from planner.cli.say import say

LastRun = Annotated[Path, typer.Argument(metavar="LAST", help="Run folder of the last good plan.")]
NewInput = Annotated[
    Path,
    typer.Argument(metavar="WORKBOOK", help="The new input; its sheet Actuals says what happened."),
]
NextFolder = Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="Run folder of the next plan.")]
FirstPeriod = Annotated[
    str | None,
    typer.Option("--now", metavar="PERIOD", help="First period of the next plan; default: after the last actuals."),
]
Freeze = Annotated[
    int | None,
    typer.Option(
        "--freeze", min=0, metavar="N", help="Keep the last plan in the first N periods; default: as in Settings."
    ),
]
Cap = Annotated[
    str | None,
    typer.Option(
        "--cap",
        metavar="SHARE",
        help="Largest change of the last plan after the frozen periods, as a share of it: 15% or 0.15.",
    ),
]
PeriodCount = Annotated[
    int | None,
    typer.Option(
        "--periods",
        min=1,
        metavar="N",
        help="Number of periods of the next plan; default: to the end of the workbook.",
    ),
]


def replan(
    last: LastRun,
    workbook: NewInput,
    output: NextFolder,
    now: FirstPeriod = None,
    freeze: Freeze = None,
    cap: Cap = None,
    periods: PeriodCount = None,
    workers: Workers = 1,
    replace: Replace = False,
    model: Model = "full",
    time_limit: TimeLimit = None,
    store: Store = None,
    quiet: Quiet = False,
) -> None:
    """Plan on from the last good plan with new inputs and what happened since, and write a memo of what changed."""
    from planner.run.log import Log

    log = Log()
    with failures_reported(output, log):
        from planner.cli.lines.replan import memo_lines
        from planner.cli.progress import shown_progress
        from planner.plan import SolveOptions
        from planner.replan.replan import replan as plan_on
        from planner.replan.rolled.rolling import ReplanTerms

        terms = ReplanTerms(freeze, None if cap is None else share(cap, "--cap"), periods)
        options = SolveOptions(model=model, time_limit=time_limit)
        with recorded(store, output, quiet=quiet), shown_progress(quiet) as progress:
            result, memo = plan_on(
                last, workbook, output, terms, options,
                now=now, workers=workers, replace=replace, progress=progress, log=log,
            )  # fmt: skip
    if not quiet:
        lines = plan_lines(result.folder, result.record, result.plan.instance)
        say([*lines, "", *memo_lines(memo), f"What changed: {output / 'memo.html'}"])
