"""`planner verify`, `diff` and `trace`: plans that are there already."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.cli.arguments import Run
from planner.cli.say import say
from planner.errors import InputError, PlannerError, UsageError, VerificationError

if TYPE_CHECKING:
    from planner.run.load import SavedRun


def verify(
    folder: Run,
    workbook: Annotated[
        Path | None, typer.Option("--input", metavar="WORKBOOK", help="The input, where it has moved since.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="List every family of rules, also when all hold.")] = False,
) -> None:
    """Check a plan again, independently of how it was made."""
    from planner.cli.lines.text import verification_lines
    from planner.verify import verify_run

    if not (folder / "run.json").is_file():
        raise UsageError(f"{folder} is no run folder: it has no run.json")
    found = verify_run(folder, workbook)
    say(verification_lines(found, every))
    if not found.passed:
        raise typer.Exit(VerificationError.exit_code)


def diff(
    before: Annotated[Path, typer.Argument(metavar="ONE", help="The run folder, or input, before.")],
    after: Annotated[Path, typer.Argument(metavar="OTHER", help="The run folder, or input, after.")],
    limit: Annotated[int, typer.Option("--limit", min=0, metavar="N", help="Rows shown of each table.")] = 10,
) -> None:
    """Compare two plans: headline figures, and what came, went and changed; or two inputs, row by row."""
    runs = [(path / "run.json").is_file() for path in (before, after)]
    if not any(runs):
        say(_input_differences(before, after, limit))
        return
    if not all(runs):
        run, none = (before, after) if runs[0] else (after, before)
        raise UsageError(f"{none} is no run folder, {run} is one; compare two plans, or two inputs")
    from planner.cli.lines.diff import plan_difference_lines

    say(plan_difference_lines(before, after, limit))


def _input_differences(before: Path, after: Path, limit: int) -> list[str]:
    """What differs between two inputs, by table. Raises InputError where one cannot be read."""
    from planner.cli.lines.text import input_difference_lines
    from planner.workbook.reading.raw import read_raw
    from planner.workbook.write.differences import differences

    one, other = read_raw(before), read_raw(after)
    if one.faults or other.faults:
        raise InputError([*one.faults, *other.faults])
    return input_difference_lines(differences(one, other), limit)


def trace(
    folder: Run,
    demand: Annotated[str, typer.Argument(metavar="DEMAND", help="Name of a demand.")],
    due: Annotated[
        str | None,
        typer.Option("--due", metavar="PERIOD", help="Only the one due then: 2026-03, or 3 for the third period."),
    ] = None,
) -> None:
    """Show where a delivery comes from: lines, routes, depots, funds."""
    from planner.cli.lines.text import trace_lines
    from planner.run import trace as tracing
    from planner.run.load import load_run

    run = load_run(folder)
    dues = tracing.due_periods(run, demand)
    if not dues:
        raise UsageError(f"no demand of this plan is called {demand!r}{_nearest(demand, tracing.demand_names(run))}")
    wanted = [period for period in dues if due in (None, str(period), run.label(period))]
    if not wanted:
        raise UsageError(f"--due: found {due!r}; {demand!r} is due in {', '.join(map(run.label, dues))}")
    supplies = _supplies(run)
    for number, period in enumerate(wanted):
        say(["", ""] if number else [])
        say(trace_lines(tracing.trace(run, demand, period, supplies), run))


def _nearest(name: str, known: Sequence[str]) -> str:
    import difflib

    close = difflib.get_close_matches(name, known, 1)
    return f", did you mean {close[0]!r}?" if close else f"; there are {', '.join(known[:10])} …"


def _supplies(run: SavedRun) -> tuple[Any, ...]:
    """Opening stocks and goods on order, where the input is still where it was, and as it was."""
    from planner.workbook import read

    path = Path(run.record.input.path)
    if not path.exists():
        return ()
    with contextlib.suppress(PlannerError):
        reading = read(path)
        if reading.instance is not None and reading.raw.sha256 == run.record.input.sha256:
            return tuple(reading.instance.supplies)
    return ()
