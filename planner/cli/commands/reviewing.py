"""`planner review`: planned against actual, and the register of breaches."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planner.cli.arguments import Output, Replace, Run
from planner.cli.commands.runs import Register
from planner.cli.exits import at_work
from planner.cli.say import say


def review(
    folder: Run,
    workbook: Annotated[
        Path, typer.Argument(metavar="WORKBOOK", help="The input with what really happened in its sheet Actuals.")
    ],
    output: Output,
    now: Annotated[
        str | None,
        typer.Option("--now", metavar="PERIOD", help="First period that is not past; default after the last actuals."),
    ] = None,
    store: Register = None,
    replace: Replace = False,
) -> None:
    """Hold what was made, shipped, delivered and paid against the plan, and say who breached what.

    With --store every breach goes into the register there, which grows from month to month.
    """
    from planner.cli.lines.review import review_lines
    from planner.review.pipeline import review as carry_out

    with at_work(quiet=True):
        kept = None
        if store is not None:
            from planner.store.store import open_store

            kept = open_store(store, create=True)
        found = carry_out(folder, workbook, output, now=now, store=kept, replace=replace)
    say(review_lines(found))
