"""The `planner` command: arguments, exit codes, and what is said at the end.

`app` lists the commands, `commands` holds them by subject, `lines` what they print. What takes long to load is imported
inside the commands, so that help and `check` start at once.
"""

from planner.cli.app import app
from planner.cli.entry import main, run
from planner.cli.examples import EXAMPLES
from planner.cli.exits import INTERNAL_FAULT, INTERRUPTED, WRONG_INPUT, WRONG_USAGE

__all__ = ["EXAMPLES", "INTERNAL_FAULT", "INTERRUPTED", "WRONG_INPUT", "WRONG_USAGE", "app", "main", "run"]
