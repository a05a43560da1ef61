"""The `planner` command, also as `python -m planner`. It can be interrupted from the first moment on."""

from __future__ import annotations

from planner.interrupts import listen

TYPE_CHECKING = False  # `typing` itself is slow to import
if TYPE_CHECKING:
    from typing import NoReturn


def main() -> NoReturn:
    """The console script. What is slow to import comes after the program listens for Ctrl-C."""
    listen()
    from planner.cli import main as command

    command()


if __name__ == "__main__":
    main()
