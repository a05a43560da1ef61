"""The `planner` command: arguments, exit codes, and what is said at the end.

What takes long to load is imported inside the commands, so that help and `check` start at once.
"""

from __future__ import annotations

import contextlib
import enum
import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from planner import __version__, cli_runs, cli_schedule
from planner.catalogue import model_names
from planner.cli_runs import Store, recorded
from planner.cli_say import say as _say
from planner.cli_text import fault_lines, plan_lines, plural
from planner.cli_usage import CarefulCommand
from planner.errors import InputError, NoPlanError, PlannerError, SolverStoppedError, UsageError, VerificationError
from planner.shares import share_of

if TYPE_CHECKING:
    from planner.run.load import SavedRun
    from planner.run.log import Log

INTERNAL_FAULT, WRONG_INPUT, WRONG_USAGE, INTERRUPTED = 1, 2, 64, 130

# An example for each command; help shows it, and a test runs it.
EXAMPLES = {
    "check": "planner check inputs/quickstart.xlsx",
    "template": "planner template my-plan.xlsx",
    "solve": "planner solve inputs/quickstart.xlsx -o outputs/quickstart",
    "compare": "planner compare inputs/quickstart.xlsx --sweep route=Railway 0.5:1.5:5 -o outputs/rail",
    "frontier": "planner frontier inputs/quickstart.xlsx -o outputs/frontier",
    "money": "planner money inputs/quickstart.xlsx -o outputs/money",
    "alternatives": "planner alternatives inputs/quickstart.xlsx --slack 2% --count 2 -o outputs/alternatives",
    "verify": "planner verify outputs/quickstart",
    "diff": "planner diff outputs/rail/runs/base outputs/rail/runs/Railway-x1.5",
    "evaluate": "planner evaluate inputs/quickstart.xlsx outputs/quickstart -o outputs/evaluated",
    "fairness": "planner fairness inputs/partners.xlsx --group Partners -o outputs/partners",
    "trace": "planner trace outputs/quickstart April",
    "replan": "planner replan outputs/quickstart inputs/quickstart-february.xlsx -o outputs/quickstart-february",
    "merge": "planner merge outputs/cell.xlsx outputs/NO.xlsx outputs/EA.xlsx outputs/WE.xlsx outputs/CY.xlsx -o outputs/all.xlsx",
    "extract": "planner extract inputs/partners.xlsx --nation EA -o outputs/eastland.xlsx",
    **cli_runs.EXAMPLES,
    **cli_schedule.EXAMPLES,
}

app = typer.Typer(
    name="planner",
    help="Plan production, stocks, deliveries and funding from a workbook, and prove the plan.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    epilog="Begin with: planner template my-plan.xlsx, then check it, then solve it. Help on each: planner COMMAND --help. "
    "Exit codes: 0 done, 1 internal fault or disk, 2 wrong input, 3 no plan exists, 4 the solver stopped, "
    "5 the plan failed its verification, 64 wrong usage, 75 another run is going on, 130 interrupted.",
)
app.add_typer(cli_runs.app, name="runs")
app.add_typer(cli_schedule.app, name="schedule")

Input = Annotated[
    Path, typer.Argument(metavar="WORKBOOK", help="The input: an .xlsx workbook, or a folder of CSV files.")
]
Run = Annotated[Path, typer.Argument(metavar="DIR", help="A run folder: what planner solve wrote.")]
Output = Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="The folder to write.")]
Replace = Annotated[bool, typer.Option("--replace", help="Write over a folder that is there.")]
Model = Annotated[
    str, typer.Option("--model", metavar="NAME", help=f"Planning model, a file of models/: {', '.join(model_names())}.")
]
TimeLimit = Annotated[
    float | None,
    typer.Option("--time-limit", min=0, metavar="SECONDS", help="Time for the solver (for each plan); default none."),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say only what goes wrong.")]


class Solver(enum.StrEnum):
    highs = "highs"
    cbc = "cbc"


def _example(command: str) -> str:
    return f"Example: {EXAMPLES[command]}"


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"planner {__version__}")
        raise typer.Exit


@app.callback()
def _all_commands(
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    pass


@app.command(short_help="List every fault of a workbook, by sheet and cell.", epilog=_example("check"))
def check(
    workbook: Input,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Also write the workbook to FILE, faulty cells marked."),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Take warnings, and rules that are not enforced, for faults.")
    ] = False,
) -> None:
    """List every fault of a workbook, with sheet and cell, and what the network warns of."""
    from planner.options.checking import option_warnings
    from planner.workbook import read
    from planner.workbook.checks import check_network

    if output is not None:
        _refuse_over(output, workbook)
    reading = read(workbook)
    faults, warnings = list(reading.faults), [*reading.warnings, *option_warnings(reading, "full")]
    rules: list[str] = []
    if reading.instance is not None:
        warnings += check_network(reading.instance, reading.raw)
        rules += reading.instance.not_enforced
        _say(f"removed: {row}" for row in reading.instance.removed_by_events)
    _say(fault_lines([*faults, *warnings]))
    _say(f"not enforced: {rule}" for rule in rules)
    if output is not None:
        from planner.run.folder import whole_file
        from planner.workbook.faults import write_faults

        with whole_file(output) as hidden:
            write_faults(workbook, [*faults, *warnings], hidden)
        _say([f"Written: {output}"])
    _say([f"{workbook}: {plural(len(faults), 'fault')}, {plural(len(warnings), 'warning')}"])
    if strict and not faults and (warnings or rules):
        counts = f"{plural(len(warnings), 'warning')} and {plural(len(rules), 'rule')} not enforced"
        _say([f"--strict takes for faults: {counts}"])
    if faults or (strict and (warnings or rules)):
        raise typer.Exit(WRONG_INPUT)


@app.command(short_help="Write an empty workbook, or plan, to fill in.", epilog=_example("template"))
def template(
    output: Annotated[Path, typer.Argument(metavar="WORKBOOK", help="The workbook to write.")] = Path("template.xlsx"),
    plan: Annotated[
        bool, typer.Option("--plan", help="The form of a plan that you make yourself, for planner evaluate.")
    ] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Write over a file that is there.")] = False,
) -> None:
    """Write an empty workbook with drop-downs, units, help on every header and example rows."""
    from planner.run.folder import whole_file
    from planner.workbook.plan_template import write_plan_template
    from planner.workbook.template import write_template

    _refuse_file(output)
    if output.exists() and not replace:
        raise UsageError(f"{output} exists; choose another name, or --replace to write over it")
    with whole_file(output) as hidden:
        if plan:
            write_plan_template(hidden)
        else:
            write_template(hidden)
    then = f"planner evaluate WORKBOOK {output} -o DIR" if plan else f"planner check {output}"
    _say([f"Written: {output}. Fill it in, then: {then}"])


def _refuse_file(output: Path) -> None:
    """Raise UsageError where `output` cannot be the name of a workbook."""
    if output.is_dir():
        raise UsageError(f"{output} is a folder; give the name of a file")
    if output.suffix.lower() != ".xlsx":
        raise UsageError(f"{output} would be an Excel workbook; give a name that ends in .xlsx")


def _refuse_over(output: Path, source: Path) -> None:
    """Raise UsageError where the marked workbook would go over the input, or over anything that is not of its kind."""
    from planner.workbook.faults import wrote

    _refuse_file(output)
    if output.exists() and output.resolve() == source.resolve():
        raise UsageError(f"{output} is the input itself; choose another name")
    if output.exists() and not wrote(output):
        raise UsageError(f"{output} exists and is not what an earlier check wrote; choose another name")


@app.command(short_help="Make the best plan, verified, with report and workbook.", epilog=_example("solve"))
def solve(
    workbook: Input,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="DIR", help="Run folder; default outputs/NAME-TIME.")
    ] = None,
    replace: Replace = False,
    model: Model = "full",
    time_limit: TimeLimit = None,
    solver: Annotated[Solver, typer.Option("--solver", help="The solver; cbc is a cross-check.")] = Solver.highs,
    prune: Annotated[
        bool, typer.Option("--prune/--no-prune", help="Leave out of the model what cannot matter; the plan is as good.")
    ] = True,
    write_lp: Annotated[bool, typer.Option("--write-lp", help="Keep the linear program as model.lp.")] = False,
    write_mps: Annotated[bool, typer.Option("--write-mps", help="Keep the linear program as model.mps.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Take warnings, and rules that are not enforced, for faults.")
    ] = False,
    store: Store = None,
    rolling: Annotated[
        str | None,
        typer.Option(
            "--rolling",
            metavar="WINDOW/OVERLAP",
            help="For a horizon too long for one program: plan windows of so many periods one after the other, each "
            "reaching so many into the next (24/6). The plan is verified as a whole, not proved to be the best.",
        ),
    ] = None,
    measure: Annotated[
        bool, typer.Option("--measure", help="With --rolling: solve the whole too, and say what the windows lose.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Make the best plan, verify it independently, and write tables, workbook and report."""
    from planner.run.log import Log

    target = output or Path("outputs") / f"{workbook.stem}-{datetime.now():%Y%m%d-%H%M%S}"
    log = Log()
    with _told_where(target, log):
        if measure and rolling is None:
            raise UsageError("--measure: expected --rolling WINDOW/OVERLAP beside it; without windows nothing is lost")
        if rolling is not None and (solver is not Solver.highs or write_lp or write_mps):
            raise UsageError(
                "--rolling: found --solver cbc, --write-lp or --write-mps beside it, which are of one program"
            )
        from planner.cli_progress import shown_progress
        from planner.run.pipeline import solve_workbook
        from planner.solve import SolveOptions

        options = SolveOptions(
            model=model,
            time_limit=time_limit,
            prune=prune,
            solver=solver.value,
            write_lp=Path("model.lp") if write_lp else None,
            write_mps=Path("model.mps") if write_mps else None,
        )
        with recorded(store, target, quiet=quiet), shown_progress(quiet) as progress:
            if rolling is None:
                result = solve_workbook(workbook, target, options, progress, replace=replace, strict=strict, log=log)
            else:
                from planner.replan.long_run import solve_in_windows
                from planner.replan.windows import read_windows

                result = solve_in_windows(
                    workbook, target, read_windows(rolling), options, progress,
                    measure=measure, replace=replace, strict=strict, log=log,
                )  # fmt: skip
    if not quiet:
        _say(plan_lines(result.folder, result.record))


@app.command(
    short_help="Put the plans of funding options side by side.", epilog=_example("compare"), cls=CarefulCommand
)
def compare(
    workbook: Input,
    output: Output,
    options: Annotated[
        str | None, typer.Option("--options", metavar="A,B", help="Options of the sheet Options, by name; default all.")
    ] = None,
    sweep: Annotated[
        tuple[str, str] | None,
        typer.Option(
            "--sweep",
            metavar="KEY=NAME FROM:TO:COUNT",
            help="Scale a fund, contributor, line, resource, route or commitment by factors, in two words: "
            "fund=SAFE 0.5:1.5:11 is SAFE at half of its money to one and a half times it, in 11 steps.",
        ),
    ] = None,
    model: Model = "full",
    time_limit: TimeLimit = None,
    workers: Annotated[
        int, typer.Option("--workers", min=1, metavar="N", help="Processes that solve options side by side.")
    ] = 1,
    scheduler: Annotated[
        str | None, typer.Option("--scheduler", metavar="ADDRESS", help="A Dask cluster to solve on: tcp://host:8786.")
    ] = None,
    replace: Replace = False,
    quiet: Quiet = False,
) -> None:
    """Plan a workbook as it stands and with each of its options, and put the plans side by side."""
    from planner.cli_compare import comparison_lines
    from planner.options.pipeline import compare_workbook
    from planner.solve import SolveOptions

    names = None if options is None else _listed(options)
    with _at_work(quiet) as (progress, log):
        result = compare_workbook(
            workbook,
            output,
            names,
            sweep,
            SolveOptions(model=model, time_limit=time_limit),
            progress,
            workers=workers,
            scheduler=scheduler,
            replace=replace,
            log=log,
        )
    if not quiet:
        _say(comparison_lines(result.comparison, result.record, result.folder))


@app.command(short_help="What each further unit of one aim buys of another.", epilog=_example("frontier"))
def frontier(
    workbook: Input,
    output: Output,
    levels: Annotated[
        str | None,
        typer.Option(
            "--levels",
            metavar="A,B",
            help="Two aims: cost, shortfall (of all demand), penalties (weighted objective) or an objective level such "
            "as lateness; default cost,shortfall (weighted: cost,penalties).",
        ),
    ] = None,
    points: Annotated[
        int, typer.Option("--points", min=2, metavar="N", help="At most so many kinks are looked for.")
    ] = 25,
    model: Model = "full",
    replace: Replace = False,
    quiet: Quiet = False,
) -> None:
    """Trace the frontier of two aims: every kink, and what each further unit of the one buys of the other."""
    from planner.cli_insight import frontier_lines
    from planner.insight.frontier import frontier_of_workbook
    from planner.solve import SolveOptions

    names = None if levels is None else _listed(levels)
    with _at_work(quiet) as (progress, log):
        solving = SolveOptions(model=model)
        result = frontier_of_workbook(workbook, output, names, points, solving, progress, replace=replace, log=log)
    if not quiet:
        _say(frontier_lines(result))


@app.command(short_help="What a further million buys; what makes promises whole.", epilog=_example("money"))
def money(
    workbook: Input, output: Output, model: Model = "full", replace: Replace = False, quiet: Quiet = False
) -> None:
    """Say what money buys: the worth of a further million, the least that makes each commitment whole."""
    from planner.cli_insight import money_lines
    from planner.insight.money import money_of_workbook
    from planner.solve import SolveOptions

    with _at_work(quiet) as (progress, log):
        result = money_of_workbook(workbook, output, SolveOptions(model=model), progress, replace=replace, log=log)
    if not quiet:
        _say(money_lines(result))


@app.command(short_help="Plans as good, but with other producers and payers.", epilog=_example("alternatives"))
def alternatives(
    workbook: Input,
    output: Output,
    slack: Annotated[
        str, typer.Option("--slack", metavar="SHARE", help="How much worse each level may be: 2% or 0.02.")
    ] = "2%",
    count: Annotated[int, typer.Option("--count", min=1, metavar="N", help="At most so many alternatives.")] = 5,
    by: Annotated[
        str | None,
        typer.Option(
            "--by", metavar="A,B", help="Differ in producers, payers (contributors), funds; default the first two."
        ),
    ] = None,
    model: Model = "full",
    replace: Replace = False,
    quiet: Quiet = False,
) -> None:
    """Find plans that are as good within a slack, and as different as possible in who produces and who pays."""
    from planner.cli_insight import alternatives_lines
    from planner.insight.alternatives import alternatives_of_workbook, read_slack
    from planner.solve import SolveOptions

    share, aspects = read_slack(slack), None if by is None else _listed(by)
    with _at_work(quiet) as (progress, log):
        solving = SolveOptions(model=model)
        result = alternatives_of_workbook(
            workbook, output, share, count, aspects, solving, progress, replace=replace, log=log
        )
    if not quiet:
        _say(alternatives_lines(result))


def _listed(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


@contextlib.contextmanager
def _at_work(quiet: bool) -> Iterator[tuple[Any, Log]]:
    """Progress and log of an analysis; what goes wrong is said as `solve` says it, but for a folder to look into."""
    from planner.cli_progress import shown_progress
    from planner.run.log import Log

    log = Log()
    with _told_where(None, log), shown_progress(quiet) as progress:
        yield progress, log


@app.command(short_help="Who gains by joining, and what is a fair share.", epilog=_example("fairness"))
def fairness(
    workbook: Input,
    output: Output,
    group: Annotated[str, typer.Option("--group", metavar="NAMES", help="Nations or nation groups: DE,FR,PL or EU.")],
    level: Annotated[
        str | None,
        typer.Option(
            "--level",
            metavar="NAME",
            help="What a group's plan is judged by: delivered (default), or an objective level such as cost.",
        ),
    ] = None,
    samples: Annotated[
        int | None,
        typer.Option(
            "--samples", min=4, metavar="N", help="Random orders of joining; default all up to 10 players, else 100."
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, metavar="N", help="Seed of the random orders.")] = 0,
    workers: Annotated[
        int, typer.Option("--workers", min=1, metavar="N", help="Processes that plan for groups side by side.")
    ] = 1,
    scheduler: Annotated[
        str | None, typer.Option("--scheduler", metavar="ADDRESS", help="A Dask cluster to solve on: tcp://host:8786.")
    ] = None,
    model: Model = "full",
    replace: Replace = False,
    quiet: Quiet = False,
) -> None:
    """Say who gains by joining: each nation alone, all together, every group between, and fair shares."""
    from planner.cli_fairness import study_lines
    from planner.fairness.pipeline import fairness_of_workbook
    from planner.solve import SolveOptions

    with _at_work(quiet) as (progress, _log):
        solving = SolveOptions(model=model)
        result = fairness_of_workbook(
            workbook,
            output,
            group,
            level,
            samples,
            seed,
            solving,
            progress,
            workers=workers,
            scheduler=scheduler,
            replace=replace,
        )
    if not quiet:
        _say(study_lines(result.study, result.folder))


@app.command(short_help="Price a plan made by hand, beside the optimum.", epilog=_example("evaluate"))
def evaluate(
    workbook: Input,
    plan: Annotated[
        Path,
        typer.Argument(metavar="PLAN", help="A workbook, a folder of CSV files or a run folder: the result tables."),
    ],
    output: Output,
    rounding: Annotated[
        float,
        typer.Option(
            "--rounding", min=0, metavar="UNITS", help="By how much a figure of PLAN may be off, in its unit."
        ),
    ] = 0.0,
    model: Model = "full",
    replace: Replace = False,
    quiet: Quiet = False,
) -> None:
    """Price a plan that people made, under the same rules, and show its distance from the optimum."""
    from planner.cli_evaluate import evaluation_lines
    from planner.cli_progress import shown_progress
    from planner.evaluate.pipeline import evaluate_workbook
    from planner.run.log import Log
    from planner.solve import SolveOptions

    log = Log()
    with _told_where(output, log), shown_progress(quiet) as progress:
        result = evaluate_workbook(
            workbook, plan, output, SolveOptions(model=model), progress, rounding=rounding, replace=replace, log=log
        )
    if not quiet:
        _say(evaluation_lines(result))


@app.command(short_help="Check a plan again, independently of how it was made.", epilog=_example("verify"))
def verify(
    folder: Run,
    workbook: Annotated[
        Path | None, typer.Option("--input", metavar="WORKBOOK", help="The input, where it has moved since.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="List every family of rules, also when all hold.")] = False,
) -> None:
    """Check a plan again, independently of how it was made."""
    from planner.cli_text import verification_lines
    from planner.verify import verify_run

    if not (folder / "run.json").is_file():
        raise UsageError(f"{folder} is no run folder: it has no run.json")
    found = verify_run(folder, workbook)
    _say(verification_lines(found, every))
    if not found.passed:
        raise typer.Exit(VerificationError.exit_code)


@app.command(short_help="What differs between two plans, or two inputs.", epilog=_example("diff"))
def diff(
    before: Annotated[Path, typer.Argument(metavar="ONE", help="The run folder, or input, before.")],
    after: Annotated[Path, typer.Argument(metavar="OTHER", help="The run folder, or input, after.")],
    limit: Annotated[int, typer.Option("--limit", min=0, metavar="N", help="Rows shown of each table.")] = 10,
) -> None:
    """Compare two plans: headline figures, and what came, went and changed; or two inputs, row by row."""
    runs = [(path / "run.json").is_file() for path in (before, after)]
    if not any(runs):
        _say(_input_differences(before, after, limit))
        return
    if not all(runs):
        run, none = (before, after) if runs[0] else (after, before)
        raise UsageError(f"{none} is no run folder, {run} is one; compare two plans, or two inputs")
    from planner.cli_diff import plan_difference_lines

    _say(plan_difference_lines(before, after, limit))


def _input_differences(before: Path, after: Path, limit: int) -> list[str]:
    """What differs between two inputs, by table. Raises InputError where one cannot be read."""
    from planner.cli_text import input_difference_lines
    from planner.workbook.differences import differences
    from planner.workbook.raw import read_raw

    one, other = read_raw(before), read_raw(after)
    if one.faults or other.faults:
        raise InputError([*one.faults, *other.faults])
    return input_difference_lines(differences(one, other), limit)


@app.command(short_help="Where a delivery comes from: lines, depots, funds.", epilog=_example("trace"))
def trace(
    folder: Run,
    demand: Annotated[str, typer.Argument(metavar="DEMAND", help="Name of a demand.")],
    due: Annotated[
        int | None,
        typer.Option("--due", min=1, metavar="PERIOD", help="Only the one due in this period (1 is the first)."),
    ] = None,
) -> None:
    """Show where a delivery comes from: lines, routes, depots, funds."""
    from planner.cli_text import trace_lines
    from planner.run import trace as tracing
    from planner.run.load import load_run

    run = load_run(folder)
    dues = tracing.due_periods(run, demand)
    if not dues:
        raise UsageError(f"no demand of this plan is called {demand!r}{_nearest(demand, tracing.demand_names(run))}")
    if due is not None and due not in dues:
        raise UsageError(f"{demand!r} is due in period {', '.join(map(str, dues))}, not in {due}")
    supplies = _supplies(run)
    for number, period in enumerate([due] if due is not None else dues):
        _say(["", ""] if number else [])
        _say(trace_lines(tracing.trace(run, demand, period, supplies), run))


@app.command(short_help="Plan on from the last plan, with what really happened.", epilog=_example("replan"))
def replan(
    last: Annotated[Path, typer.Argument(metavar="LAST", help="Run folder of the last good plan.")],
    workbook: Annotated[
        Path,
        typer.Argument(metavar="WORKBOOK", help="The new input, with what really happened in its sheet Actuals."),
    ],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="Run folder of the next plan.")],
    now: Annotated[
        str | None,
        typer.Option("--now", metavar="PERIOD", help="First period of the next plan; default after the last actuals."),
    ] = None,
    freeze: Annotated[
        int | None,
        typer.Option(
            "--freeze", min=0, metavar="N", help="First periods in which the last plan is kept; default as in Settings."
        ),
    ] = None,
    cap: Annotated[
        str | None,
        typer.Option(
            "--cap",
            metavar="SHARE",
            help="Largest departure from the last plan after them, of what it had: 15% or 0.15.",
        ),
    ] = None,
    periods: Annotated[
        int | None,
        typer.Option("--periods", min=1, metavar="N", help="Periods of the next plan; default to the workbook's end."),
    ] = None,
    replace: Replace = False,
    model: Model = "full",
    time_limit: TimeLimit = None,
    store: Store = None,
    quiet: Quiet = False,
) -> None:
    """Plan on from the last good plan: new inputs, what really happened, and a memo of what changed."""
    from planner.run.log import Log

    log = Log()
    with _told_where(None, log):
        from planner.cli_progress import shown_progress
        from planner.cli_replan import memo_lines
        from planner.replan.replan import replan as plan_on
        from planner.replan.rolling import Terms
        from planner.solve import SolveOptions

        terms, options = (
            Terms(freeze, None if cap is None else _share(cap, "--cap"), periods),
            SolveOptions(model=model, time_limit=time_limit),
        )
        with recorded(store, output, failures=False, quiet=quiet), shown_progress(quiet) as progress:
            result, memo = plan_on(
                last, workbook, output, terms, options, now=now, replace=replace, progress=progress, log=log
            )
    if not quiet:
        _say(
            [*plan_lines(result.folder, result.record), "", *memo_lines(memo), f"What changed: {output / 'memo.html'}"]
        )


@app.command(short_help="Make one input of the workbooks that nations send.", epilog=_example("merge"))
def merge(
    workbooks: Annotated[
        list[Path],
        typer.Argument(metavar="WORKBOOK...", help="What was sent: .xlsx workbooks, or folders of CSV files."),
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="WORKBOOK", help="The .xlsx workbook, or folder, to write.")
    ],
    prefer: Annotated[
        str, typer.Option("--prefer", metavar="A,B", help="Whose word decides conflicts, the first first: cell,PL.")
    ] = "",
    with_gaps: Annotated[
        bool, typer.Option("--with-gaps", help="Write it also where it names what nobody states yet.")
    ] = False,
    limit: Annotated[int, typer.Option("--limit", min=0, metavar="N", help="Conflicts and gaps shown.")] = 10,
    replace: Annotated[bool, typer.Option("--replace", help="Write over what is there.")] = False,
) -> None:
    """Make one input of the workbooks that nations sent.

    The coordination cell sends one too; each states only its own rows.
    """
    from planner.cli_exchange import merge_lines
    from planner.exchange.merge import merge as merge_workbooks

    merged = merge_workbooks(workbooks, output, _listed(prefer), with_gaps=with_gaps, replace=replace)
    _say(merge_lines(merged, limit))


@app.command(short_help="Give a nation its own view of an input and its plan.", epilog=_example("extract"))
def extract(
    workbook: Input,
    nation: Annotated[str, typer.Option("--nation", metavar="NAME", help="Whose view; cell: what no nation states.")],
    output: Annotated[
        Path,
        typer.Option(
            "-o", "--output", metavar="OUT", help="The .xlsx workbook or folder to write; with --run a folder."
        ),
    ],
    run: Annotated[
        Path | None, typer.Option("--run", metavar="DIR", help="Run folder of a plan of this input, to extract too.")
    ] = None,
    policy: Annotated[
        Path | None, typer.Option("--policy", metavar="TOML", help="What is told of others; default: as documented.")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Write over what is there.")] = False,
) -> None:
    """Give a nation its own view of an input and its plan.

    What it may not see is withheld; merge takes the input back.
    """
    from planner.cli_exchange import extract_lines
    from planner.exchange.extract import extract as extract_view

    _say(extract_lines(extract_view(workbook, nation, output, run, policy, replace=replace)))


def _share(text: str, option: str) -> float:
    value = share_of(text)
    if value is None:
        raise UsageError(f"{option}: found {text!r}, expected a share such as 15% or 0.15")
    return value


def _nearest(name: str, known: Sequence[str]) -> str:
    import difflib

    close = difflib.get_close_matches(name, known, 1)
    return f", did you mean {close[0]!r}?" if close else f"; there are {', '.join(known[:10])} …"


def _supplies(run: SavedRun) -> tuple[Any, ...]:
    """Opening stocks and goods on order, where the input is still where it was, and as it was."""
    from planner.workbook import read

    path = Path(run.record["input"]["path"])
    if not path.exists():
        return ()
    with contextlib.suppress(PlannerError):
        reading = read(path)
        if reading.instance is not None and reading.raw.sha256 == run.record["input"]["sha256"]:
            return tuple(reading.instance.supplies)
    return ()


@contextlib.contextmanager
def _told_where(target: Path | None, log: Log) -> Iterator[None]:
    """Add to what goes wrong where (if anywhere) the planner can read more."""
    try:
        yield
    except (NoPlanError, SolverStoppedError, VerificationError) as problem:
        _say([_sentence(str(problem))], error=True)
        _say((f"  {rule}" for rule in getattr(problem, "conflict", ())), error=True)
        if target is not None:
            _say([f"See {target / 'run.json'} and {target / 'log.txt'}"], error=True)
        raise typer.Exit(problem.exit_code) from problem
    except (PlannerError, KeyboardInterrupt, typer.Exit):
        raise
    except Exception:
        log.add(traceback.format_exc())
        _say([f"{_internal_fault(log.text())}"], error=True)
        raise typer.Exit(INTERNAL_FAULT) from None


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _internal_fault(details: str) -> str:
    """Keep the details in a file (a run that failed leaves no folder) and say which."""
    with contextlib.suppress(OSError):
        handle, name = tempfile.mkstemp(prefix="planner-", suffix="-log.txt")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(details)
        return f"Internal fault; nothing was written. The details are in {name}: please send them to the maintainers."
    return "Internal fault; nothing was written."


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; whatever happens, no traceback is shown."""
    # Old versions of typer use the click package, new ones a copy of it: take the classes from typer itself.
    wrong_usage: type[Exception] = typer.BadParameter.__mro__[2]
    try:
        command = typer.main.get_command(app)
        ended = command.main(args=arguments, prog_name="planner", standalone_mode=False)
        if ended == INTERRUPTED:  # new versions of typer catch Ctrl-C themselves
            raise KeyboardInterrupt
        return ended if isinstance(ended, int) else 0
    except InputError as problem:
        _say(fault_lines(problem.faults), error=True)
        _say([f"{plural(len(problem.faults), 'fault')} in the {problem.where}; nothing was written."], error=True)
        return problem.exit_code
    except PlannerError as problem:
        _say([str(problem)], error=True)  # as it stands: it may begin with a path
        return problem.exit_code
    except typer.Exit as ended:
        return ended.exit_code
    except (KeyboardInterrupt, typer.Abort):
        _say(["Interrupted; nothing half-written is left."], error=True)
        return INTERRUPTED
    except wrong_usage as problem:
        problem.show()  # type: ignore[attr-defined]
        return WRONG_USAGE
    except MemoryError:
        _say(["There is not enough memory for this plan; nothing was written."], error=True)
        return INTERNAL_FAULT
    except Exception:
        _say([_internal_fault(traceback.format_exc())], error=True)
        return INTERNAL_FAULT


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def main() -> NoReturn:
    """The console script. A request to terminate ends as tidily as Ctrl-C."""
    signal.signal(signal.SIGTERM, _interrupt)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    code = run()
    if code == INTERRUPTED:
        # A solver that was stopped may leave threads behind, which would make the end of the program a crash.
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError):
                stream.flush()
        os._exit(code)
    sys.exit(code)
