"""Help starts at once: nothing that it imports loads the models of the records."""

from __future__ import annotations

import subprocess
import sys


def test_the_command_line_loads_no_model() -> None:
    script = "import sys, planner.cli.app, planner.schemas; sys.exit('pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
