"""`planner compare`, `frontier`, `money`, `alternatives`, `fairness`, `withdraw`, `evaluate` and `stress`: what stands
around a plan.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planner.cli.arguments import (
    InputOrPlan,
    ModelOrPlans,
    Output,
    Quiet,
    Replace,
    Scheduler,
    TimeLimit,
    Workers,
    listed,
)
from planner.cli.exits import at_work, failures_reported
from planner.cli.say import say

OptionNames = Annotated[
    str | None, typer.Option("--options", metavar="A,B", help="Options of the sheet Options, by name; default all.")
]
SweepRange = Annotated[
    tuple[str, str] | None,
    typer.Option(
        "--sweep",
        metavar="KEY=NAME FROM:TO:COUNT",
        help="Scale a fund, contributor, line, resource, route or commitment by factors, in two words: "
        "fund=SAFE 0.5:1.5:11 is SAFE at half of its money to one and a half times it, in 11 steps.",
    ),
]
OptionPrices = Annotated[
    bool | None,
    typer.Option(
        "--prices/--no-prices",
        help="Compute the prices of limits, and what holds back what is short, for each option too. Default: small "
        "programs only; the base has them.",
    ),
]


def compare(
    source: InputOrPlan,
    output: Output,
    options: OptionNames = None,
    sweep: SweepRange = None,
    prices: OptionPrices = None,
    model: ModelOrPlans = None,
    time_limit: TimeLimit = None,
    workers: Workers = 1,
    scheduler: Scheduler = None,
    replace: Replace = False,
    quiet: Quiet = False,
) -> None:
    """Plan an input without changes and with each of its options, and compare the plans."""
    from planner.cli.lines.compare import comparison_lines
    from planner.options.pipeline import compare_workbook
    from planner.plan import SolveOptions
    from planner.run.recorded.origin import origin_of

    names = None if options is None else listed(options)
    with at_work(quiet) as (progress, log):
        origin = origin_of(source, model, output)
        result = compare_workbook(
            origin.input,
            output,
            names,
            sweep,
            SolveOptions(model=origin.model, time_limit=time_limit),
            progress,
            workers=workers,
            scheduler=scheduler,
            replace=replace,
            log=log,
            prices=prices,
            plan=origin.plan,
        )
    if not quiet:
        say(comparison_lines(result.comparison, result.record, result.folder))


TwoLevels = Annotated[
    str | None,
    typer.Option(
        "--levels",
        metavar="A,B",
        help="Two objectives: cost, shortfall (of all demand), penalties (weighted objective), contingency, or an "
        "objective level such as coverage or lateness; default cost,shortfall (weighted: cost,penalties).",
    ),
]
MostKinks = Annotated[int, typer.Option("--points", min=2, metavar="N", help="Largest number of kinks.")]


def frontier(
    source: InputOrPlan,
    output: Output,
    levels: TwoLevels = None,
    points: MostKinks = 25,
    model: ModelOrPlans = None,
    replace: Replace = False,
    quiet: Quiet = False,
) -> None:
    """Trace the efficient frontier of two objectives:
    every kink, and what one more unit of the one buys of the other.
    """
    from planner.analysis.frontier.frontier import frontier_of_workbook
    from planner.cli.lines.insight import frontier_lines
    from planner.plan import SolveOptions
    from planner.run.recorded.origin import origin_of

    names = None if levels is None else listed(levels)
    with at_work(quiet) as (progress, log):
        origin = origin_of(source, model, output)
        solving = SolveOptions(model=origin.model)
        result = frontier_of_workbook(
            origin.input, output, names, points, solving, progress, plan=origin.plan, replace=replace, log=log
        )
    if not quiet:
        say(frontier_lines(result))


def money(
    source: InputOrPlan, output: Output, model: ModelOrPlans = None, replace: Replace = False, quiet: Quiet = False
) -> None:
    """Show what money buys: the value of one more million, and the least money that meets each commitment in full."""
    from planner.analysis.money.money import money_of_workbook
    from planner.cli.lines.insight import money_lines
    from planner.plan import SolveOptions
    from planner.run.recorded.origin import origin_of

    with at_work(quiet) as (progress, log):
        origin = origin_of(source, model, output)
        solving = SolveOptions(model=origin.model)
        result = money_of_workbook(origin.input, output, solving, progress, plan=origin.plan, replace=replace, log=log)
    if not quiet:
        say(money_lines(result))


CommitmentName = Annotated[
    str | None,
    typer.Option("--commitment", metavar="NAME", help="This commitment only; default: each that is short."),
]
AllShortages = Annotated[bool, typer.Option("--all", help="All shortages at once.")]
ContingencyName = Annotated[
    str | None,
    typer.Option("--contingency", metavar="NAME", help="What covers the whole need of this contingency."),
]
AsOption = Annotated[
    str | None,
    typer.Option(
        "--as-option",
        metavar="NAME",
        help="Also write a copy of the input with the cheapest remedy as an option of this name.",
    ),
]


def remedy(
    source: InputOrPlan,
    output: Output,
    commitment: CommitmentName = None,
    everything: AllShortages = False,
    contingency: ContingencyName = None,
    as_option: AsOption = None,
    model: ModelOrPlans = None,
    replace: Replace = False,
    quiet: Quiet = False,
) -> None:
    """Find the cheapest changes that meet a commitment in full, such as money, capacity, consents or dates,
    and who decides.
    """
    from planner.analysis.remedy.remedy import RemedyRequest, remedy_of_workbook
    from planner.cli.lines.insight import remedy_lines
    from planner.errors import UsageError
    from planner.plan import SolveOptions
    from planner.run.recorded.origin import origin_of

    if (commitment is not None) + everything + (contingency is not None) > 1:
        raise UsageError("expected one of --commitment, --all and --contingency")
    request = RemedyRequest(commitment, everything, contingency, as_option)
    with at_work(quiet) as (progress, log):
        origin = origin_of(source, model, output)
        solving = SolveOptions(model=origin.model)
        result = remedy_of_workbook(
            origin.input, output, request, solving, progress, plan=origin.plan, replace=replace, log=log
        )
    if not quiet:
        say(remedy_lines(result))


Slack = Annotated[
    str, typer.Option("--slack", metavar="SHARE", help="By how much each level may get worse: 2% or 0.02.")
]
MostAlternatives = Annotated[int, typer.Option("--count", min=1, metavar="N", help="Largest number of alternatives.")]
DifferBy = Annotated[
    str | None,
    typer.Option(
        "--by",
        metavar="A,B",
        help="In what they differ: producers, payers (contributors), funds; default: the first two.",
    ),
]


def alternatives(
    source: InputOrPlan,
    output: Output,
    slack: Slack = "2%",
    count: MostAlternatives = 5,
    by: DifferBy = None,
    workers: Workers = 1,
    model: ModelOrPlans = None,
    replace: Replace = False,
    quiet: Quiet = False,
) -> None:
    """Find plans that are as good within a slack, but differ as much as possible in who produces and who pays."""
    from planner.analysis.alternatives.alternatives import alternatives_of_workbook, read_slack
    from planner.cli.lines.insight import alternatives_lines
    from planner.plan import SolveOptions
    from planner.run.recorded.origin import origin_of

    share, aspects = read_slack(slack), None if by is None else listed(by)
    with at_work(quiet) as (progress, log):
        origin = origin_of(source, model, output)
        solving = SolveOptions(model=origin.model)
        result = alternatives_of_workbook(
            origin.input,
            output,
            share,
            count,
            aspects,
            solving,
            progress,
            workers=workers,
            plan=origin.plan,
            replace=replace,
            log=log,
        )
    if not quiet:
        say(alternatives_lines(result))


GroupNames = Annotated[str, typer.Option("--group", metavar="NAMES", help="Nations or nation groups: DE,FR,PL or EU.")]
GroupValue = Annotated[
    str | None,
    typer.Option(
        "--level",
        metavar="NAME",
        help="The value of a group: delivered (default), or an objective level such as cost.",
    ),
]
Samples = Annotated[
    int | None,
    typer.Option(
        "--samples",
        min=4,
        metavar="N",
        help="Random orders of joining; default: all orders of up to 10 players, else 100.",
    ),
]
OrderSeed = Annotated[int, typer.Option("--seed", min=0, metavar="N", help="Seed of the random orders.")]


def fairness(
    source: InputOrPlan,
    output: Output,
    group: GroupNames,
    level: GroupValue = None,
    samples: Samples = None,
    seed: OrderSeed = 0,
    workers: Workers = 1,
    scheduler: Scheduler = None,
    model: ModelOrPlans = None,
    replace: Replace = False,
    quiet: Quiet = False,
) -> None:
    """Show who gains by joining: each nation alone, every group, all together, and fair shares."""
    from planner.analysis.fairness.pipeline import fairness_of_workbook
    from planner.cli.lines.fairness import study_lines
    from planner.plan import SolveOptions
    from planner.run.recorded.origin import origin_of

    with at_work(quiet) as (progress, _log):
        origin = origin_of(source, model, output)
        solving = SolveOptions(model=origin.model)
        result = fairness_of_workbook(
            origin.input,
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
        say(study_lines(result.study, result.folder))


LostFrom = Annotated[
    str, typer.Option("--from", metavar="PERIOD", help="Lost from this period on; known from the start.")
]
StruckIn = Annotated[
    str | None,
    typer.Option(
        "--struck", metavar="PERIOD", help="Lost by surprise in this period: decisions of the plan before it stand."
    ),
]
Kinds = Annotated[
    str | None,
    typer.Option(
        "--kinds",
        metavar="A,B",
        help="nation, node, line, route, mode, corridor, fund; or kinds of nodes: factory, depot, transit, market, "
        "destination. Default all but destinations.",
    ),
]
ObjectNames = Annotated[str | None, typer.Option("--names", metavar="A;B", help="Only those with these names.")]
Corridor = Annotated[
    list[str] | None,
    typer.Option("--corridor", metavar="R1;R2", help="Routes lost together; may be repeated."),
]
PairsOfWorst = Annotated[int, typer.Option("--pairs", min=0, metavar="K", help="Also pairs of the K worst.")]
RemedyCount = Annotated[
    int,
    typer.Option(
        "--remedies",
        min=0,
        metavar="N",
        help="Verify the plans of the N worst and find a remedy for each; of as many that leave no plan say what "
        "clashes.",
    ),
]
AllLevels = Annotated[
    bool,
    typer.Option("--all-levels", help="Large programs: also solve the levels after the first that differs."),
]
ExactCount = Annotated[
    int,
    typer.Option(
        "--exact",
        min=0,
        metavar="N",
        help="Large programs: solve for the N that may do most damage; of the others prove bounds, where that is "
        "sooner done.",
    ),
]


def withdraw(
    source: InputOrPlan,
    output: Output,
    first: LostFrom = "1",
    struck: StruckIn = None,
    kinds: Kinds = None,
    names: ObjectNames = None,
    corridor: Corridor = None,
    pairs: PairsOfWorst = 0,
    remedies: RemedyCount = 3,
    all_levels: AllLevels = False,
    exact: ExactCount = 20,
    model: ModelOrPlans = None,
    workers: Workers = 1,
    scheduler: Scheduler = None,
    replace: Replace = False,
    quiet: Quiet = False,
) -> None:
    """Show what would break the plan: take away each nation, node, line, route and fund, and rank the damage."""
    from planner.analysis.withdraw.withdraw import WithdrawalRequest, withdraw_from_workbook
    from planner.cli.lines.insight import withdraw_lines
    from planner.plan import SolveOptions
    from planner.run.recorded.origin import origin_of

    request = WithdrawalRequest(
        first=first if struck is None else struck, struck=struck is not None,
        kinds=None if kinds is None else listed(kinds), names=None if names is None else listed(names, ";"),
        corridors=corridor or (), pairs=pairs, remedies=remedies, all_levels=all_levels, exact=exact,
    )  # fmt: skip
    with at_work(quiet) as (progress, log):
        origin = origin_of(source, model, output)
        result = withdraw_from_workbook(
            origin.input, output, request, SolveOptions(model=origin.model), progress,
            workers=workers, scheduler=scheduler, plan=origin.plan, replace=replace, log=log,
        )  # fmt: skip
    if not quiet:
        say(withdraw_lines(result))


InputOrOptimum = Annotated[
    Path,
    typer.Argument(
        metavar="SOURCE",
        help="The input, or the run folder of its optimal plan, which then is not solved again.",
    ),
]
HandMadePlan = Annotated[
    Path,
    typer.Argument(metavar="PLAN", help="The result tables: a workbook, a folder of CSV files or a run folder."),
]
Rounding = Annotated[
    float,
    typer.Option("--rounding", min=0, metavar="UNITS", help="Largest rounding error of a figure of PLAN, in its unit."),
]


def evaluate(
    source: InputOrOptimum,
    plan: HandMadePlan,
    output: Output,
    rounding: Rounding = 0.0,
    model: ModelOrPlans = None,
    replace: Replace = False,
    quiet: Quiet = False,
) -> None:
    """Price a plan made by hand under the same rules, and show its distance from the optimum."""
    from planner.analysis.evaluate.pipeline import evaluate_workbook
    from planner.cli.lines.evaluate import evaluation_lines
    from planner.cli.progress import shown_progress
    from planner.plan import SolveOptions
    from planner.run.log import Log
    from planner.run.recorded.origin import origin_of

    log = Log()
    with failures_reported(output, log), shown_progress(quiet) as progress:
        origin = origin_of(source, model, output)
        result = evaluate_workbook(
            origin.input,
            plan,
            output,
            SolveOptions(model=origin.model),
            progress,
            rounding=rounding,
            optimum=None if origin.input == source else source,
            replace=replace,
            log=log,
        )
    if not quiet:
        say(evaluation_lines(result))


Draws = Annotated[int, typer.Option("--draws", min=2, metavar="N", help="Number of draws.")]
DrawSeed = Annotated[int, typer.Option("--seed", min=0, metavar="S", help="Seed of the random numbers.")]
TestedPlan = Annotated[
    Path | None,
    typer.Option(
        "--plan",
        metavar="RUN",
        help="Run folder of the plan to test; default: SOURCE, if it is one with an optimal plan, else that is found "
        "first.",
    ),
]


def stress(
    source: InputOrPlan,
    output: Output,
    draws: Draws = 1000,
    seed: DrawSeed = 0,
    plan: TestedPlan = None,
    workers: Workers = 1,
    scheduler: Scheduler = None,
    model: ModelOrPlans = None,
    time_limit: TimeLimit = None,
    replace: Replace = False,
    quiet: Quiet = False,
) -> None:
    """Vary what the plan relies on, as the table Uncertainty says,
    and count the draws that keep the promised coverage.
    """
    from planner.analysis.stress.pipeline import stress_of_workbook
    from planner.cli.lines.insight import stress_lines
    from planner.plan import SolveOptions
    from planner.run.recorded.origin import origin_of

    with at_work(quiet) as (progress, log):
        origin = origin_of(source, model, output)
        result = stress_of_workbook(
            origin.input,
            output,
            draws,
            seed,
            plan or origin.plan,
            SolveOptions(model=origin.model, time_limit=time_limit),
            progress,
            workers=workers,
            scheduler=scheduler,
            replace=replace,
            log=log,
        )
    if not quiet:
        say(stress_lines(result))
