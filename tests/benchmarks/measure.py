"""Take the time and memory of one process: the planner from file to files, or HiGHS alone on the same program."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ALONE = """
import json, sys, time
import highspy
path, options = sys.argv[1], json.loads(sys.argv[2])
highs = highspy.Highs()
highs.setOptionValue("output_flag", False)
for name, value in options.items():
    highs.setOptionValue(name, value)
began = time.perf_counter()
highs.readModel(path)
read = time.perf_counter()
highs.run()
done = time.perf_counter()
info = highs.getInfo()
print(json.dumps({
    "status": highs.modelStatusToString(highs.getModelStatus()), "objective": info.objective_function_value,
    "iterations": info.simplex_iteration_count, "read": read - began, "seconds": done - read,
    "offset": highs.getLp().offset_,
}))
"""

WRITE = """
import sys
from planner import catalogue
from planner.formulation.build import build
from planner.formulation.model.problem import problem
from planner.formulation.objective import objectives
from planner.workbook import read_instance
model = build(read_instance(sys.argv[1]), catalogue.load(sys.argv[2]))
objective = objectives(model)[0][1]
problem(model, objective).writeMPS(sys.argv[3])
"""


@dataclass(frozen=True)
class Process:
    """What a process took: wall and processor seconds,
    peak resident memory (MiB; None where the system does not tell).
    """

    seconds: float
    processor_seconds: float
    peak_mb: float | None
    output: str


def measured(command: list[str]) -> Process:
    """Run a command to its end. Raises RuntimeError with its output where it fails."""
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        output = process.stdout.read()
        peak, processor = None, float("nan")
        if hasattr(os, "wait4"):
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            processor = usage.ru_utime + usage.ru_stime
            peak = usage.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
        else:
            process.wait()
    seconds = time.perf_counter() - began
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command[:6])} … ended with {process.returncode}:\n{output[-3000:]}")
    return Process(seconds, processor, peak, output)


def plan(world: Path, out: Path, model: str) -> tuple[Process, dict[str, Any]]:
    """`planner solve` from file to files: the process, and what its run.json says."""
    process = measured(
        [sys.executable, "-m", "planner", "solve", str(world), "-o", str(out), "--model", model, "--quiet"]
    )
    return process, json.loads((out / "run.json").read_text(encoding="utf-8"))


def write_program(world: Path, model: str, mps: Path) -> None:
    """The pruned linear program, with the weighted objective or the first level, as `--write-mps` writes it."""
    measured([sys.executable, "-c", WRITE, str(world), model, str(mps)])


def solve_alone(mps: Path, options: dict[str, Any]) -> dict[str, Any]:
    """HiGHS on the written program, in a process of its own: status, objective, iterations, seconds of run()."""
    alone: dict[str, Any] = json.loads(measured([sys.executable, "-c", ALONE, str(mps), json.dumps(options)]).output)
    return alone
