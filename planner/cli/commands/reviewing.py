"""`planner review`: planned against actual, and the register of breaches."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planner.cli.arguments import Output, Replace, Run
from planner.cli.commands.runs import RegisterOption
from planner.cli.exits import at_work
from planner.cli.say import say


def review(
    folder: Run,
    workbook: Annotated[
        Path, typer.Argument(metavar="WORKBOOK", help="The input; its sheet Actuals says what happened.")
    ],
    output: Output,
    now: Annotated[
        str | None,
        typer.Option("--now", metavar="PERIOD", help="First period that is not past; default: after the last actuals."),
    ] = None,
    store: RegisterOption = None,
    replace: Replace = False,
) -> None:
    """Compare what was made, shipped, delivered and paid with the plan, and list breaches by party.

    With --store, every breach is added to the register in the run store.
    """
    from planner.cli.lines.review import review_lines
    from planner.review.pipeline import review as carry_out

    with at_work(quiet=True):
        register = None
        if store is not None:
            from planner.store.store import open_store

            register = open_store(store, create=True)
        reviewed = carry_out(folder, workbook, output, now=now, store=register, replace=replace)
    say(review_lines(reviewed))
