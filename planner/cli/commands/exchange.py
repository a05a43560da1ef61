"""`planner merge` and `extract`: workbooks that nations send, and their views."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planner.cli.arguments import Input, listed
from planner.cli.say import say


def merge(
    workbooks: Annotated[
        list[Path],
        typer.Argument(metavar="WORKBOOK", help="What was sent: .xlsx workbooks, or folders of CSV files."),
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="WORKBOOK", help=".xlsx workbook or folder to write.")
    ],
    prefer: Annotated[
        str,
        typer.Option(
            "--prefer", metavar="A,B", help="Whose statement counts in a conflict, the most trusted first: cell,PL."
        ),
    ] = "",
    with_gaps: Annotated[
        bool, typer.Option("--with-gaps", help="Write the input even if parts of it are not stated by anybody yet.")
    ] = False,
    limit: Annotated[
        int, typer.Option("--limit", min=0, metavar="N", help="Largest number of conflicts and gaps shown.")
    ] = 10,
    replace: Annotated[bool, typer.Option("--replace", help="Overwrite what exists.")] = False,
) -> None:
    """Merge the workbooks that nations sent into one input.

    The coordination cell sends a workbook too. Each states only its own rows.
    """
    from planner.cli.lines.exchange import merge_lines
    from planner.exchange.merge.merging import merge as merge_workbooks

    merged = merge_workbooks(workbooks, output, listed(prefer), with_gaps=with_gaps, replace=replace)
    say(merge_lines(merged, limit))


def extract(
    workbook: Input,
    nation: Annotated[
        str, typer.Option("--nation", metavar="NAME", help="Nation whose view is written; cell: what no nation states.")
    ],
    output: Annotated[
        Path,
        typer.Option("-o", "--output", metavar="OUT", help=".xlsx workbook or folder to write; with --run a folder."),
    ],
    run: Annotated[
        Path | None,
        typer.Option("--run", metavar="DIR", help="Run folder of a plan of this input, to be extracted too."),
    ] = None,
    policy: Annotated[
        Path | None,
        typer.Option(
            "--policy", metavar="TOML", help="What is disclosed of others; default: the policy of the program."
        ),
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Overwrite what exists.")] = False,
) -> None:
    """Give a nation its own view of an input and its plan.

    What the nation may not see is withheld. planner merge accepts the extracted input.
    """
    from planner.cli.lines.exchange import extract_lines
    from planner.exchange.extract import extract as extract_view

    say(extract_lines(extract_view(workbook, nation, output, run, policy, replace=replace)))
