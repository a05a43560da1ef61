"""Arguments and options that several commands have, and how their values are read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planner.catalogue import model_names
from planner.errors import UsageError
from planner.shares import share_of

Input = Annotated[
    Path, typer.Argument(metavar="WORKBOOK", help="The input: an .xlsx workbook, or a folder of CSV files.")
]
InputOrPlan = Annotated[
    Path,
    typer.Argument(metavar="SOURCE", help="The input, or the run folder of a plan: the input that it was made from."),
]
Run = Annotated[Path, typer.Argument(metavar="DIR", help="A run folder: what planner solve wrote.")]
Output = Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="The folder to write.")]
Replace = Annotated[bool, typer.Option("--replace", help="Write over a folder that is there.")]
Model = Annotated[
    str, typer.Option("--model", metavar="NAME", help=f"Planning model, a file of models/: {', '.join(model_names())}.")
]
ModelOrPlans = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="NAME",
        help=f"Planning model, a file of models/: {', '.join(model_names())}. Default full, or the plan's.",
    ),
]
TimeLimit = Annotated[
    float | None,
    typer.Option("--time-limit", min=0, metavar="SECONDS", help="Time for the solver (for each plan); default none."),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say only what goes wrong.")]


def listed(text: str) -> list[str]:
    """The names of a list with commas."""
    return [name.strip() for name in text.split(",") if name.strip()]


def share(text: str, option: str) -> float:
    """A share, written 15% or 0.15. Raises UsageError, naming the option, for anything else."""
    value = share_of(text)
    if value is None:
        raise UsageError(f"{option}: found {text!r}, expected a share such as 15% or 0.15")
    return value
