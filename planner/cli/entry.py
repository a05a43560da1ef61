"""How the program is entered and left: a command is run, and whatever happens no traceback is shown."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from functools import cache
from typing import Any, NoReturn

import typer

from planner.cli.app import app
from planner.cli.exits import INTERNAL_FAULT, INTERRUPTED, WRONG_USAGE, internal_fault
from planner.cli.lines.text import fault_lines
from planner.cli.say import say, speak_plainly
from planner.cli.usage import name_values_plainly
from planner.errors import InputError, PlannerError
from planner.interrupts import SENTENCE, heard, listen, work
from planner.report.words.numbers import plural
from planner.run.folder import own_temporary_files


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; whatever happens, no traceback is shown."""
    # Old versions of typer use the click package, new ones a copy of it: take the classes from typer itself.
    wrong_usage: type[Exception] = typer.BadParameter.__mro__[2]
    try:
        ended = _command().main(args=arguments, prog_name="planner", standalone_mode=False)
        if ended == INTERRUPTED:  # new versions of typer catch Ctrl-C themselves
            raise KeyboardInterrupt
        return ended if isinstance(ended, int) else 0
    except InputError as problem:
        say(fault_lines(problem.faults), error=True)
        say([f"{plural(len(problem.faults), 'fault')} in the {problem.where}; nothing was written."], error=True)
        say([problem.way_out] if problem.way_out else [], error=True)
        return problem.exit_code
    except PlannerError as problem:
        say([str(problem)], error=True)  # as it stands: it may begin with a path
        return problem.exit_code
    except typer.Exit as ended:
        return ended.exit_code
    except (KeyboardInterrupt, typer.Abort):
        say([SENTENCE], error=True)
        return INTERRUPTED
    except wrong_usage as problem:
        problem.show()  # type: ignore[attr-defined]
        return WRONG_USAGE
    except MemoryError:
        say(["There is not enough memory for this plan; nothing was written."], error=True)
        return INTERNAL_FAULT
    except Exception:
        if heard():  # what was interrupted fails in its own way
            raise KeyboardInterrupt from None
        say([internal_fault(traceback.format_exc())], error=True)
        return INTERNAL_FAULT


@cache
def _command() -> Any:
    """The whole program as one command; its making looks at every parameter of every command."""
    command = typer.main.get_command(app)
    name_values_plainly(command)
    return command


def main() -> NoReturn:
    """The console script, once everything is loaded. A request to terminate ends as tidily as Ctrl-C."""
    listen()
    speak_plainly()
    with own_temporary_files():
        sys.exit(work(run))
