"""`planner verify`, `diff` and `explain`: plans that are there already."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planner.cli.arguments import Run
from planner.cli.say import say
from planner.errors import InputError, UsageError, VerificationError


def verify(
    folder: Run,
    workbook: Annotated[
        Path | None, typer.Option("--input", metavar="WORKBOOK", help="The input, if it has moved.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="List every family of rules, also if all hold.")] = False,
) -> None:
    """Check a plan again, independently of how it was made."""
    from planner.cli.lines.text import verification_lines
    from planner.verify import verify_run
    from planner.workbook.kind import no_run_folder

    if not (folder / "run.json").is_file():
        raise UsageError(no_run_folder(folder))
    verification = verify_run(folder, workbook)
    say(verification_lines(verification, every))
    if not verification.passed:
        raise typer.Exit(VerificationError.exit_code)


def diff(
    before: Annotated[Path, typer.Argument(metavar="ONE", help="First run folder or input.")],
    after: Annotated[Path, typer.Argument(metavar="OTHER", help="Second run folder or input.")],
    limit: Annotated[
        int, typer.Option("--limit", min=0, metavar="N", help="Largest number of rows shown of each table.")
    ] = 10,
) -> None:
    """Compare two plans: headline figures, and rows added, removed and changed; or two inputs, row by row."""
    from planner.workbook.kind import RUN, what_is

    runs = [(path / RUN).is_file() for path in (before, after)]
    if not any(runs):
        say(_input_differences(before, after, limit))
        return
    if not all(runs):
        run, none = (before, after) if runs[0] else (after, before)
        raise UsageError(
            f"{none} is {what_is(none)}; expected a run folder, as {run} is: compare two plans, or two inputs"
        )
    from planner.cli.lines.diff import plan_difference_lines

    say(plan_difference_lines(before, after, limit))


def _input_differences(before: Path, after: Path, limit: int) -> list[str]:
    """What differs between two inputs, by table. Raises InputError where one cannot be read."""
    from planner.cli.lines.text import input_difference_lines
    from planner.workbook.reading.raw import read_raw
    from planner.workbook.reading.reader import no_input
    from planner.workbook.write.differences import differences

    one, other = read_raw(before), read_raw(after)
    strange = [no_input(one), no_input(other)]
    faults = [fault for fault in strange if fault] or [*one.faults, *other.faults]
    if faults:
        raise InputError(faults)
    return input_difference_lines(differences(one, other), limit)


def explain(
    folder: Run,
    demand: Annotated[
        str | None, typer.Argument(metavar="DEMAND", help="Name of a demand; default: all shortages.")
    ] = None,
    due: Annotated[
        str | None,
        typer.Option(
            "--due", metavar="PERIOD", help="Only the demand due in this period: 2026-03, or 3 for the third period."
        ),
    ] = None,
) -> None:
    """Show which limits cause a shortage; for a demand, also where its goods come from and what one more unit costs."""
    from planner.analysis.explain.explain import aims, explain_demand, input_at_hand, lacking
    from planner.cli.lines.explain import demand_lines, plan_lines
    from planner.run.recorded.load import load_run

    run = load_run(folder)
    if demand is None:
        if due is not None:
            raise UsageError("--due is about one demand; name it")
        instance = input_at_hand(run)
        say(plan_lines(run, aims(run, instance), lacking(run, instance), instance))
        return
    for number, explanation in enumerate(explain_demand(run, demand, due)):
        say(["", ""] if number else [])
        say(demand_lines(explanation, run))
