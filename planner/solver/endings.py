"""What it means to a caller that a solve ended without an optimum."""

from __future__ import annotations

from planner.errors import NoPlanError, SolverStoppedError


def require_optimum(status: str, whatever: str = "") -> None:
    """Raise NoPlanError or SolverStoppedError unless `status`, as `Outcome` spells it, is optimal.

    The objectives are sums of non-negative terms: what is unbounded or infeasible is infeasible. `whatever` says among
    what no plan was found: `, whichever nations take part`.
    """
    if status in {"infeasible", "unbounded or infeasible"}:
        raise NoPlanError(f"no plan keeps all rules{whatever}", status="infeasible")
    if status == "unbounded":
        raise NoPlanError("the objective has no bound", status="unbounded")
    if status != "optimal":
        raise SolverStoppedError(f"the solver stopped before it had a plan ({status})")
