"""Plan joint production, depot stocks, deliveries and funding, from a workbook to a verified plan.

    read(path)             the planning instance of a workbook or a folder of CSV files
    solve(instance, ...)   the best plan, with its result tables as pandas DataFrames
    solve_workbook(...)    the same as on the command line: from a workbook to a run folder
    problem(instance)      the linear program itself, as a named pulp.LpProblem with the first objective

>>> import planner
>>> instance = planner.read("inputs/quickstart")
>>> plan = planner.solve(instance)
>>> plan.status
'optimal'
>>> [(level.title, round(level.value)) for level in plan.levels]
[('Shortfall of binding commitments', 0), ('Shortfall of other demand', 360000), ('Discounted cost', 4240810)]
>>> plan.tables["shortfalls"][["demand", "quantity"]].round(6).to_dict("records")
[{'demand': 'April', 'quantity': 30.0}]
"""

from __future__ import annotations

TYPE_CHECKING = False  # `typing` itself is slow to import: see `planner.interrupts`
if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from planner.domain.instance import PlanningInstance

    __version__: str

__all__ = ["SolveOptions", "__version__", "problem", "read", "solve", "solve_workbook"]


def read(path: Path | str) -> PlanningInstance:
    """The planning instance of an .xlsx workbook or a folder of CSV files: resolved, checked, frozen.

    Raises planner.errors.InputError, whose `faults` name every place that is wrong.
    """
    from planner.workbook import read_instance

    return read_instance(path)


def _installed_version() -> str:
    from importlib import metadata

    try:
        return metadata.version("coalition-planner")
    except metadata.PackageNotFoundError:  # run from a folder that was never installed
        return "0+unknown"


def __getattr__(name: str) -> Any:
    """Load only when it is asked for: what is heavy, and, so that the program listens for Ctrl-C at once, all else."""
    import importlib

    if name == "__version__":
        globals()[name] = _installed_version()
        return globals()[name]
    if name in ("problem", "solve", "SolveOptions"):
        return getattr(importlib.import_module("planner.plan"), name)
    if name == "solve_workbook":
        return importlib.import_module("planner.run.pipeline").solve_workbook
    raise AttributeError(f"module 'planner' has no attribute {name!r}")
