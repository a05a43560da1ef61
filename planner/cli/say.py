"""How the commands speak: line by line, and quietly where nobody reads any more."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

import typer

from planner.interrupts import heard


def say(lines: Iterable[str], error: bool = False) -> None:
    """Print lines on standard output, or on standard error; nothing any more once the program was asked to end."""
    if heard():
        return
    try:
        for line in lines:
            typer.echo(line, err=error)
    except BrokenPipeError:  # the reader of a pipe has gone, as `head` does: nothing to make a fuss about
        stream = sys.stderr if error else sys.stdout
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
