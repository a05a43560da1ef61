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
    typer.Argument(metavar="SOURCE", help="The input, or the run folder of a plan, whose input is then used."),
]
Run = Annotated[Path, typer.Argument(metavar="DIR", help="A run folder: what planner solve wrote.")]
Output = Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="Folder to write.")]
Replace = Annotated[bool, typer.Option("--replace", help="Overwrite an existing folder.")]
Model = Annotated[
    str, typer.Option("--model", metavar="NAME", help=f"Planning model, a file of models/: {', '.join(model_names())}.")
]
ModelOrPlans = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="NAME",
        help=f"Planning model, a file of models/: {', '.join(model_names())}. Default: full, or that of the plan.",
    ),
]
TimeLimit = Annotated[
    float | None,
    typer.Option(
        "--time-limit", min=0, metavar="SECONDS", help="Time limit of the solver, for each plan; default: none."
    ),
]
Strict = Annotated[bool, typer.Option("--strict", help="Treat warnings and rules that are not enforced as faults.")]
Workers = Annotated[
    int, typer.Option("--workers", min=1, metavar="N", help="Number of processes that solve side by side.")
]
Scheduler = Annotated[
    str | None, typer.Option("--scheduler", metavar="ADDRESS", help="A Dask cluster to solve on: tcp://host:8786.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")]


def listed(text: str, separator: str = ",") -> list[str]:
    """The names of a list with commas, or with another separator; blank ones are left out."""
    return [name.strip() for name in text.split(separator) if name.strip()]


def share(text: str, option: str) -> float:
    """A share, written 15% or 0.15. Raises UsageError, naming the option, for anything else."""
    value = share_of(text)
    if value is None:
        raise UsageError(f"{option}: found {text!r}, expected a share such as 15% or 0.15")
    return value
