"""`planner check`, `template` and `solve`: from an empty workbook to a verified plan."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.arguments import Input, Model, Quiet, Replace, Strict, TimeLimit
from planner.cli.commands.runs import Store, recorded
from planner.cli.exits import WRONG_INPUT, failures_reported
from planner.cli.lines.text import fault_lines, plan_lines
from planner.cli.say import say
from planner.errors import UsageError
from planner.report.words.numbers import plural

if TYPE_CHECKING:
    from planner.plan import SolveOptions


MarkedCopy = Annotated[
    Path | None,
    typer.Option(
        "-o", "--output", metavar="FILE", help="Also write a copy of the workbook to FILE with faulty cells marked."
    ),
]
WithBounds = Annotated[
    bool,
    typer.Option(
        "--bounds",
        help="Also show, by commitment and item, what no amount of money can deliver, and which limits cause that.",
    ),
]


def check(
    workbook: Input,
    output: MarkedCopy = None,
    strict: Strict = False,
    bounds: WithBounds = False,
) -> None:
    """List every fault of a workbook, with sheet and cell, and warnings about the network."""
    from planner.options.changes.checking import option_warnings
    from planner.workbook import read
    from planner.workbook.validate.checks import check_network

    if output is not None:
        _refuse_over(output, workbook)
    reading = read(workbook)
    faults, warnings = list(reading.faults), [*reading.warnings, *option_warnings(reading, "full")]
    rules: list[str] = []
    if reading.instance is not None:
        warnings += check_network(reading.instance, reading.raw)
        rules += reading.instance.not_enforced
        say(f"removed: {row}" for row in reading.instance.removed_by_events)
    say(fault_lines([*faults, *warnings]))
    say(f"not enforced: {rule}" for rule in rules)
    if bounds and reading.instance is not None and not faults:
        from planner.analysis.explain.bounds import bounds as network_bounds
        from planner.cli.lines.explain import bound_lines

        say(bound_lines(network_bounds(reading.instance)))
    if output is not None:
        from planner.run.folder import whole_file
        from planner.workbook.validate.faults import write_faults

        with whole_file(output) as hidden:
            write_faults(workbook, [*faults, *warnings], hidden)
        say([f"Written: {output}"])
    say([f"{workbook}: {plural(len(faults), 'fault')}, {plural(len(warnings), 'warning')}"])
    if strict and not faults and (warnings or rules):
        counts = f"{plural(len(warnings), 'warning')} and {plural(len(rules), 'rule')} not enforced"
        say([f"--strict takes for faults: {counts}"])
    if faults or (strict and (warnings or rules)):
        raise typer.Exit(WRONG_INPUT)


def template(
    output: Annotated[Path, typer.Argument(metavar="WORKBOOK", help="The workbook to write.")] = Path("template.xlsx"),
    plan: Annotated[bool, typer.Option("--plan", help="A form for a plan made by hand, for planner evaluate.")] = False,
    small: Annotated[
        bool,
        typer.Option(
            "--small", help="Only the six sheets of a first plan: Settings, Items, Nodes, Routes, Lines, Demand."
        ),
    ] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Overwrite an existing file.")] = False,
) -> None:
    """Write a workbook to fill in, with drop-downs, units, help on every header and example rows."""
    from planner.run.folder import whole_file
    from planner.run.refusal import refuse_file
    from planner.workbook.write.plan_template import write_plan_template
    from planner.workbook.write.template import write_template

    if plan and small:
        raise UsageError("--plan and --small: expected one of them; a plan's form is one size")
    refuse_file(output, "an Excel workbook", ".xlsx", replace)
    with whole_file(output) as hidden:
        if plan:
            write_plan_template(hidden)
        else:
            write_template(hidden, small)
    then = f"planner evaluate WORKBOOK {output} -o DIR" if plan else f"planner check {output}"
    say([f"Written: {output}. Fill it in, then: {then}"])


def _refuse_over(output: Path, source: Path) -> None:
    """Raise UsageError where the marked workbook would go over the input, or over anything that is not of its kind."""
    from planner.run.refusal import refuse_file
    from planner.workbook.validate.faults import wrote

    refuse_file(output, "an Excel workbook", ".xlsx", replace=True)
    if output.exists() and output.resolve() == source.resolve():
        raise UsageError(f"{output} is the input itself; choose another name")
    if output.exists() and not wrote(output):
        raise UsageError(f"{output} exists and is not what an earlier check wrote; choose another name")


def _refuse_measure_without_windows(rolling: str | None, measure: bool) -> None:
    """Raise UsageError where `solve` is to measure what windows lose, and there are none."""
    if measure and rolling is None:
        raise UsageError("--measure: expected --rolling WINDOW/OVERLAP as well; without windows nothing is lost")


def _refuse_what_needs_one_program(
    rolling: str | None, options: SolveOptions, fair_check: bool, worth: bool | None, remedies: bool | None
) -> None:
    """Raises UsageError for options of `solve` that windows, or another solver, cannot serve."""
    in_windows, by_other = rolling is not None, options.solver != "highs"
    if fair_check and in_windows:
        raise UsageError("--fair-check: found --rolling with it; it needs one program for the whole horizon")
    if worth and (in_windows or by_other):
        raise UsageError(
            "--worth: found --rolling or --solver NAME with it; it needs the optimum of one program from HiGHS"
        )
    if remedies and (in_windows or by_other):
        raise UsageError(
            "--remedies: found --rolling or --solver NAME with it; they need the optimum of one program from HiGHS"
        )
    if in_windows and (by_other or options.write_lp or options.write_mps):
        raise UsageError("--rolling: found --solver NAME, --write-lp or --write-mps with it, which need one program")


RunDirectory = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="DIR", help="Run folder; default: outputs/NAME-TIME.")
]
SolverName = Annotated[
    str,
    typer.Option(
        "--solver",
        metavar="NAME",
        help="highs, or another that PuLP finds on this machine, as a second opinion without prices: cbc, glpk, "
        "scip, gurobi, cplex, xpress, copt, mosek.",
    ),
]
Prune = Annotated[
    bool,
    typer.Option(
        "--prune/--no-prune", help="Leave out columns and rows that cannot matter; the optimum stays the same."
    ),
]
WriteLp = Annotated[bool, typer.Option("--write-lp", help="Also write the linear program as model.lp.")]
WriteMps = Annotated[bool, typer.Option("--write-mps", help="Also write the linear program as model.mps.")]
WindowSizes = Annotated[
    str | None,
    typer.Option(
        "--rolling",
        metavar="WINDOW/OVERLAP",
        help="For a horizon too long for one program: plan windows of WINDOW periods one after the other, each "
        "overlapping the next by OVERLAP periods (24/6). The whole plan is verified, but not proved optimal.",
    ),
]
FairCheck = Annotated[
    bool,
    typer.Option(
        "--fair-check",
        help="If someone gets nothing, also solve the model least-served-first, and show what it would give them. "
        "Small programs do so by default.",
    ),
]
WithWorth = Annotated[
    bool | None,
    typer.Option(
        "--worth/--no-worth",
        help="If the workbook has contingencies, compute what the guarantee is worth: perfect information, planning "
        "for the attack, the depots of each nation. Default: small programs only.",
    ),
]
WithRemedies = Annotated[
    bool | None,
    typer.Option(
        "--remedies/--no-remedies",
        help="If demand is short, find what would help: the cheapest changes for the largest shortages, each planned "
        "again. Default: yes, with HiGHS and without windows; planner remedy tells more.",
    ),
]
Measure = Annotated[
    bool, typer.Option("--measure", help="With --rolling: also solve the whole, and show what the windows lose.")
]
Brief = Annotated[bool, typer.Option("--brief", help="Also write brief.html: the plan on two printed pages.")]


def solve(
    workbook: Input,
    output: RunDirectory = None,
    replace: Replace = False,
    model: Model = "full",
    time_limit: TimeLimit = None,
    solver: SolverName = "highs",
    prune: Prune = True,
    write_lp: WriteLp = False,
    write_mps: WriteMps = False,
    strict: Strict = False,
    store: Store = None,
    rolling: WindowSizes = None,
    fair_check: FairCheck = False,
    worth: WithWorth = None,
    remedies: WithRemedies = None,
    measure: Measure = False,
    brief: Brief = False,
    quiet: Quiet = False,
) -> None:
    """Find the optimal plan, verify it independently, and write tables, workbook and report."""
    from planner.run.log import Log

    target = output or Path("outputs") / f"{workbook.stem}-{datetime.now():%Y%m%d-%H%M%S}"
    log = Log()
    with failures_reported(target, log):
        from planner.cli.progress import shown_progress
        from planner.plan import SolveOptions
        from planner.run.pipeline import solve_workbook

        options = SolveOptions(
            model=model, time_limit=time_limit, prune=prune, solver=solver.lower(),
            write_lp=Path("model.lp") if write_lp else None, write_mps=Path("model.mps") if write_mps else None,
        )  # fmt: skip
        _refuse_measure_without_windows(rolling, measure)
        _refuse_what_needs_one_program(rolling, options, fair_check, worth, remedies)
        with recorded(store, target, quiet=quiet), shown_progress(quiet) as progress:
            if rolling is None:
                result = solve_workbook(
                    workbook, target, options, progress,
                    replace=replace, strict=strict, fair_check=fair_check, worth=worth,
                    remedies=remedies is not False, brief=brief, log=log,
                )  # fmt: skip
            else:
                from planner.replan.windows.long_run import solve_in_windows
                from planner.replan.windows.windows import read_windows

                result = solve_in_windows(
                    workbook, target, read_windows(rolling), options, progress,
                    measure=measure, replace=replace, strict=strict, brief=brief, log=log,
                )  # fmt: skip
    if not quiet:
        say(plan_lines(result.folder, result.record, result.plan.instance))
