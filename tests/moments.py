"""Processes of the planner that are met at a moment, however busy the machine is:
by what they say, not by the clock.
"""

from __future__ import annotations

import subprocess
import sys

from tests.places import ROOT

LONG = 900.0  # seconds that nothing here takes, even beside eight busy processes

# Standard error that stands still, for as long as nobody interrupts, after a line that begins with the word.
_STANDING = """
import sys, time

class Standing:
    def __init__(self, stream, word, seconds):
        self.stream, self.word, self.seconds, self.line = stream, word, seconds, ""

    def write(self, text):
        count = self.stream.write(text)
        self.stream.flush()
        *lines, self.line = (self.line + text).split("\\n")
        if any(line.startswith(self.word) for line in lines):
            end = time.monotonic() + self.seconds
            while time.monotonic() < end:
                time.sleep(0.05)  # a signal that comes just before a sleep begins is heard after it
        return count

    def __getattr__(self, name):
        return getattr(self.stream, name)

word, seconds = sys.argv.pop(1), float(sys.argv.pop(1))
sys.stderr = Standing(sys.stderr, word, seconds)
from planner.cli import main
main()
"""


def standing_at(word: str, *arguments: str) -> subprocess.Popen[str]:
    """`planner arguments` in a session of its own, which has just said a line beginning with `word` and goes no
    further.

    It may be killed or interrupted then; what it says on standard error is read from it.
    """
    process = subprocess.Popen(
        [sys.executable, "-B", "-c", _STANDING, word, str(LONG), *arguments],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if line.startswith(word):
            return process
    raise AssertionError(f"it never said {word!r}, but:\n{''.join(said)}")
