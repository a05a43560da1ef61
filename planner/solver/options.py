"""How to solve: what the command line and the Python API may choose."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SolveOptions:
    """`model` names a catalogue in models/; `time_limit` is in seconds for all levels and prices
    together.

    `solver` is `highs`, or any that PuLP finds on this machine (`cbc`, `glpk`, `scip`, `gurobi` …: no prices, no
    bounds). `write_lp` and `write_mps` are files that the problem is written to, with the first objective. `lazy_funds`
    keeps the funds' limits out of the LP until a plan breaks them (same result, much faster on large plans).
    `checkpoints`: a folder where the levels of a large program are kept once they are proved, and found again by the
    next run if the process was killed.
    """

    model: str = "full"
    time_limit: float | None = None
    prune: bool = True
    solver: str = "highs"
    write_lp: Path | None = None
    write_mps: Path | None = None
    threads: int | None = None
    lazy_funds: bool = True
    checkpoints: Path | None = None
