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
    epilog="Begin with: planner template my-plan.xlsx, then check it, then solve it. Help on each: planner COMMAND --help. "
    "Exit codes: 0 done, 1 internal fault or disk, 2 wrong input, 3 no plan exists, 4 the solver stopped, "
    "5 the plan failed its verification, 6 a decision record does not hold, 64 wrong usage, 75 another run is going on, 130 interrupted.",
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
_add(planning.template, "Write an empty workbook, or plan, to fill in.")
_add(planning.solve, "Make the best plan, verified, with report and workbook.")
_add(analysing.compare, "Put the plans of funding options side by side.", cls=CarefulCommand)
_add(analysing.frontier, "What each further unit of one aim buys of another.")
_add(analysing.money, "What a further million buys; what makes promises whole.")
_add(analysing.remedy, "The cheapest changes that make promises whole.")
_add(analysing.alternatives, "Plans as good, but with other producers and payers.")
_add(analysing.fairness, "Who gains by joining, and what is a fair share.")
_add(analysing.withdraw, "What would break the plan: each thing taken away.")
_add(analysing.evaluate, "Price a plan made by hand, beside the optimum.")
_add(analysing.stress, "How many draws of what is uncertain keep the promises.")
_add(reading.verify, "Check a plan again, independently of how it was made.")
_add(reading.diff, "What differs between two plans, or two inputs.")
_add(reading.explain, "Why something is lacking; where a delivery comes from.")
_add(deciding.record, "Sign what was decided, and on what, in one file.")
_add(deciding.reproduce, "Check a decision record, and make its plan again.")
_add(replanning.replan, "Plan on from the last plan, with what really happened.")
_add(reviewing.review, "Planned against actual, and who breached what.")
_add(exchange.merge, "Make one input of the workbooks that nations send.")
_add(exchange.extract, "Give a nation its own view of an input and its plan.")
_add(desk.desk, "Open the desk: look, ask and decide in the browser.")
app.add_typer(runs.app, name="runs")
app.add_typer(schedule.app, name="schedule")
