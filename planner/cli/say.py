"""How the commands speak: line by line, in what the terminal can show, and quietly where nobody reads any more."""

from __future__ import annotations

import codecs
import io
import os
import sys
import unicodedata
from collections.abc import Iterable

import typer

from planner.interrupts import heard
from planner.numerals import MINUS, THIN_SPACE

PLAINER = {THIN_SPACE: " ", MINUS: "-", "–": "-", "·": "-", "×": "x", "→": "->", "≤": "<=", "≥": ">=", "“": '"', "”": '"', "€": "EUR"}  # fmt: skip


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


def speak_plainly() -> None:
    """What standard output and standard error cannot show, as on a Windows code page,
    is written in plainer characters and never fails.
    """
    codecs.register_error("plainer", _plainer)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a caller may have put another in its place
            stream.reconfigure(errors="plainer")


def _plainer(problem: UnicodeError) -> tuple[str, int]:
    if not isinstance(problem, UnicodeEncodeError):
        raise problem
    missing = problem.object[problem.start : problem.end]
    return "".join(_plain(character, problem.encoding) for character in missing), problem.end


def _plain(character: str, encoding: str) -> str:
    """In plainer characters: its substitute, or its letter without the accent, or a question mark."""
    text = PLAINER.get(character) or unicodedata.normalize("NFKD", character)
    return text.encode(encoding, "ignore").decode(encoding) or "?"
