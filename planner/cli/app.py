"""The table of contents of the `planner` command: every command, in the order in which help lists them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer
from typer.core import TyperCommand

from planner import __version__
from planner.cli.commands import (
    analysing,
    deciding,
    desk,
    exchange,
    planning,
    reading,
    replanning,
    reviewing,
    runs,
    schedule,
)
from planner.cli.examples import example
from planner.cli.usage import CarefulCommand

app = typer.Typer(
    name="planner",
    help="Plan production, stocks, deliveries and funding from a workbook, and prove the plan.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    epilog="Begin with: planner template my-plan.xlsx, then check it, then solve it. Help on each: planner COMMAND "
    "--help. Exit codes: 0 done, 1 internal fault or disk, 2 wrong input, 3 no plan exists, 4 the solver "
    "stopped, 5 the plan failed its verification, 6 a decision record does not hold, 64 wrong usage, 75 "
    "another run is going on, 130 interrupted.",
)


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


def _add(function: Callable[..., None], line: str, cls: type[TyperCommand] | None = None) -> None:
    """Make `function` the command of its name, with its line in the list of commands and its example."""
    app.command(short_help=line, epilog=example(function.__name__), cls=cls)(function)


_add(planning.check, "List every fault of a workbook, by sheet and cell.")
_add(planning.template, "Write a workbook, or a plan, to fill in.")
_add(planning.solve, "Find the optimal plan; verify it; write report and workbook.")
_add(analysing.compare, "Put the plans of funding options side by side.", cls=CarefulCommand)
_add(analysing.frontier, "The efficient frontier of two objectives.")
_add(analysing.money, "What one more million buys; what meets each commitment.")
_add(analysing.remedy, "The cheapest changes that meet commitments in full.")
_add(analysing.alternatives, "Plans as good, with other producers and payers.")
_add(analysing.fairness, "Who gains by joining, and what share is fair.")
_add(analysing.withdraw, "What breaks the plan: take each thing away, rank the damage.")
_add(analysing.evaluate, "Price a plan made by hand and compare it with the optimum.")
_add(analysing.stress, "How many random draws keep the promised coverage.")
_add(reading.verify, "Check a plan again, independently of how it was made.")
_add(reading.diff, "What differs between two plans, or two inputs.")
_add(reading.explain, "Why demand is short; where a delivery comes from.")
_add(deciding.record, "Sign a decision and what it rests on, in one file.")
_add(deciding.reproduce, "Check a decision record and reproduce its plan.")
_add(replanning.replan, "Plan on from the last plan and what happened since.")
_add(reviewing.review, "Compare planned with actual; list breaches by party.")
_add(exchange.merge, "Merge the workbooks of nations into one input.")
_add(exchange.extract, "Give a nation its own view of an input and its plan.")
_add(desk.desk, "Start the desk: read, ask and decide in the browser.")
app.add_typer(runs.app, name="runs")
app.add_typer(schedule.app, name="schedule")
