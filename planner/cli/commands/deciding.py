"""`planner record` and `reproduce`: what was decided, signed by hash, and the plan made again from that."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planner.cli.arguments import Quiet, Run
from planner.cli.exits import at_work
from planner.cli.say import say
from planner.errors import DecisionError, UsageError


def record(
    folder: Run,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="The record; default: DIR.decision.json.")
    ] = None,
    considered: Annotated[
        list[Path] | None,
        typer.Option(
            "--considered",
            metavar="DIR",
            help="What else was considered: a folder of compare, alternatives or solve. May be repeated.",
        ),
    ] = None,
    approved_by: Annotated[
        str | None,
        typer.Option("--approved-by", metavar="NAME", help="Who approves; added to an existing record."),
    ] = None,
    words: Annotated[str, typer.Option("--words", metavar="TEXT", help="Their statement.")] = "",
    replace: Annotated[bool, typer.Option("--replace", help="Overwrite an existing record.")] = False,
) -> None:
    """Record a decision in one file that signs the plan, its input and all that was considered by SHA-256.

    Each approval signs what stands before it.
    """
    from planner.cli.lines.decision import record_lines
    from planner.decision.approve import Approver, record_decision

    if approved_by is not None and not approved_by.strip():
        raise UsageError("--approved-by: found nothing, expected a name")
    if words and approved_by is None:
        raise UsageError("--words: expected --approved-by NAME as well")
    consent = None if approved_by is None else Approver(approved_by.strip(), words.strip())
    with at_work(quiet=True):
        path, written = record_decision(folder, output, considered or (), consent, replace)
    say(record_lines(path, written))


def reproduce(
    record: Annotated[Path, typer.Argument(metavar="RECORD", help="A decision record: what planner record wrote.")],
    workbook: Annotated[
        Path | None, typer.Option("--input", metavar="WORKBOOK", help="The input, if it has moved.")
    ] = None,
    seal: Annotated[
        str | None,
        typer.Option("--seal", metavar="HASH", help="A seal noted elsewhere that the record must contain."),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Check all that a decision record signs, reproduce its plan, and show what differs and by how much.

    Exit code 0: nothing was changed, and every table is reproduced byte for byte; 6: otherwise.
    """
    from planner.cli.lines.decision import reproduction_lines
    from planner.decision.approve import read_decision
    from planner.decision.reproduce import reproduce as make_again

    written = read_decision(record)
    with at_work(quiet) as (progress, log):
        reproduction = make_again(written, record, workbook, seal, progress, log)
    if not (quiet and reproduction.reproduced):
        say(reproduction_lines(reproduction))
    if not reproduction.reproduced:
        raise typer.Exit(DecisionError.exit_code)
