"""The exceptions a caller may meet, and the exit code each one means on the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong, or odd, in the input.

    `place` is what the planner can find: `Routes!D14` in a workbook, `Routes.csv:D14` in a folder,
    or a table's or object's name where only the network or the money shows it. `column` is the name that stands
    above the cell, as typed.
    A fault of severity `error` stops the run; a `warning` does not (unless `--strict`).
    """

    place: str
    message: str
    severity: str = "error"
    sheet: str | None = None
    cell: str | None = None
    column: str | None = None

    @property
    def where(self) -> str:
        """The place with its column: `Routes!D14 (lead_time)`."""
        return f"{self.place} ({self.column})" if self.column else self.place

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


class PlannerError(Exception):
    """Anything the program reports in its own words."""

    exit_code = 1


class InputError(PlannerError):
    """The input is wrong; `faults` names every place, `way_out` what else may help."""

    exit_code = 2
    where = "input"

    def __init__(self, faults: Sequence[Fault], way_out: str = "") -> None:
        self.faults, self.way_out = tuple(faults), way_out
        super().__init__("\n".join(str(fault) for fault in self.faults))


class ScheduleError(InputError):
    """The file of a schedule is wrong; `faults` names every key."""

    where = "schedule"


class NoPlanError(PlannerError):
    """No plan can exist; `conflict` says in a dozen lines what cannot hold together, and what would do.

    `explanation` says the same as data, in full: as run.json has it.
    """

    exit_code = 3

    def __init__(
        self,
        message: str,
        conflict: Sequence[str] = (),
        status: str = "infeasible",
        explanation: Mapping[str, Any] | None = None,
    ) -> None:
        self.conflict = tuple(conflict)
        self.status = status
        self.explanation = dict(explanation or {})
        super().__init__(message)


class SolverStoppedError(PlannerError):
    """The solver stopped (time limit, numerical trouble) before it had a plan."""

    exit_code = 4


class VerificationError(PlannerError):
    """The plan broke a rule when it was checked independently, and is therefore not delivered."""

    exit_code = 5


class DecisionError(PlannerError):
    """A decision record does not hold: it, or what it signs, was changed, or its plan does not come out again."""

    exit_code = 6


class BusyError(PlannerError):
    """Another run is going on, or is writing the store; nothing was changed, and later it will work."""

    exit_code = 75


class UsageError(PlannerError):
    """The command was called in a way that cannot work."""

    exit_code = 64
