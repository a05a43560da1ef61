"""How a command ends where something goes wrong: exit codes, what is said, where the details are."""

from __future__ import annotations

import contextlib
import os
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from planner.cli.say import say
from planner.errors import NoPlanError, PlannerError, SolverStoppedError, VerificationError
from planner.interrupts import INTERRUPTED as INTERRUPTED
from planner.interrupts import heard
from planner.run.folder import lasting_temporary_folder

if TYPE_CHECKING:
    from planner.run.log import Log

INTERNAL_FAULT, WRONG_INPUT, WRONG_USAGE = 1, 2, 64


@contextlib.contextmanager
def failures_reported(target: Path | None, log: Log) -> Iterator[None]:
    """Add to what goes wrong where (if anywhere) the planner can read more."""
    try:
        yield
    except (NoPlanError, SolverStoppedError, VerificationError) as problem:
        say([_sentence(str(problem))], error=True)
        say((f"  {rule}" for rule in getattr(problem, "conflict", ())), error=True)
        if target is not None:
            say([f"See {target / 'run.json'} and {target / 'log.txt'}"], error=True)
        raise typer.Exit(problem.exit_code) from problem
    except (PlannerError, KeyboardInterrupt, typer.Exit, MemoryError):
        raise
    except Exception:
        if heard():  # what was interrupted fails in its own way
            raise KeyboardInterrupt from None
        log.add(traceback.format_exc())
        say([f"{internal_fault(log.text())}"], error=True)
        raise typer.Exit(INTERNAL_FAULT) from None


@contextlib.contextmanager
def at_work(quiet: bool) -> Iterator[tuple[Any, Log]]:
    """Progress and log of an analysis; what goes wrong is said as `solve` says it, but for a folder to look into."""
    from planner.cli.progress import shown_progress
    from planner.run.log import Log

    log = Log()
    with failures_reported(None, log), shown_progress(quiet) as progress:
        yield progress, log


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def internal_fault(details: str) -> str:
    """Keep the details in a file (a run that failed leaves no folder) and say which."""
    with contextlib.suppress(OSError):
        handle, name = tempfile.mkstemp("-log.txt", "planner-", lasting_temporary_folder())
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(details)
        return f"Internal fault; nothing was written. The details are in {name}: please send them to the maintainers."
    return "Internal fault; nothing was written."
