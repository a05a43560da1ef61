"""Every command, interrupted, asked to terminate or killed at random moments: exit 130 and one sentence, nothing
hidden.

When a process listens is read from the system (/proc), so that no moment depends on how fast or busy the machine is;
before that Python itself is starting.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

import pytest
import typer

from planner import cli
from tests.moments import LONG
from tests.places import INPUTS, ROOT
from tests.seeds import only_long

INPUT = INPUTS / "quickstart"
SENTENCE = "Interrupted; nothing half-written is left.\n"
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)

# {here} is the folder of the run, {plan} a plan of the quickstart, beside it what a nation and the cell state.
COMMANDS = {
    "check": "check {input} -o {here}/faults.xlsx",
    "template": "template {here}/my-plan.xlsx",
    "solve": "solve {input} -o {here}/plan",
    "solve --rolling": "solve {input} -o {here}/plan --rolling 3/1",
    "compare": "compare {input} --sweep route=Railway 0.5:1.5:3 -o {here}/rail",
    "compare --workers": "compare {input} --sweep route=Railway 0.5:1.5:3 -o {here}/rail --workers 2",
    "frontier": "frontier {input} -o {here}/frontier",
    "money": "money {input} -o {here}/money",
    "remedy": "remedy {plan} -o {here}/remedy",
    "alternatives": "alternatives {input} --slack 2% --count 2 -o {here}/alternatives",
    "withdraw": "withdraw {input} --pairs 3 -o {here}/withdrawn",
    "withdraw --workers": "withdraw {input} --kinds route -o {here}/withdrawn --workers 2",
    "fairness": "fairness {partners} --group Partners -o {here}/fairness",
    "evaluate": "evaluate {input} {plan} -o {here}/evaluated",
    "stress": "stress {attack} --draws 50 -o {here}/stress",
    "stress --workers": "stress {attack} --draws 50 -o {here}/stress --workers 2",
    "verify": "verify {plan}",
    "explain": "explain {plan} April",
    "diff": "diff {plan} {plan}",
    "record": "record {plan} -o {here}/plan.json --approved-by Planner",
    "reproduce": "reproduce {plan}/../plan.decision.json",
    "replan": "replan {plan} {february} -o {here}/next",
    "review": "review {plan} {february} -o {here}/review --store {here}/runs.db",
    "extract": "extract {partners} --nation EA -o {here}/eastland.xlsx",
    "extract a folder": "extract {partners} --nation EA -o {here}/eastland",
    "merge": "merge {plan}/../cell {plan}/../EA.xlsx -o {here}/all.xlsx",
    "runs add": "runs add {plan} --store {here}/runs.db",
    "runs approve": "runs approve 1 --by Planner --store {here}/runs.db",
    "runs input": "runs input 1 -o {here}/input --store {here}/runs.db",
    "runs prune": "runs prune --keep 0 --store {here}/runs.db",
    "schedule template": "schedule template {here}/nightly.toml",
    "schedule install": "schedule install {here}/nightly.toml --systemd -o {here}/units",
    "schedule run": "schedule run {here}/nightly.toml",
}
SCHEDULE = 'name = "nightly"\nkind = "solve"\ninput = "{input}"\nruns = "{here}/runs"\nstore = "{here}/runs.db"\n'
READS = {"runs list", "runs show", "runs diff", "schedule check"}  # they write nothing
SERVES = {"desk"}  # it is interrupted in tests/unit/desk
STORED = ("runs approve", "runs input", "runs prune")
OFTEN = ["solve", "compare", "replan", "extract", "merge", "schedule run"]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plan") / "plan"
    assert cli.run(["solve", str(INPUT), "-o", str(folder), "-q"]) == 0
    assert cli.run(["extract", str(INPUTS / "partners"), "--nation", "EA", "-o", str(folder.parent / "EA.xlsx")]) == 0
    assert cli.run(["record", str(folder)]) == 0
    assert cli.run(["runs", "add", str(folder), "--store", str(folder.parent / "runs.db")]) == 0
    shutil.copytree(INPUTS / "partners", folder.parent / "cell")
    with (folder.parent / "cell" / "Settings.csv").open("a", encoding="utf-8") as settings:
        settings.write("stated_by,cell,\n")
    return folder


def arguments_of(name: str, here: Path, plan: Path) -> list[str]:
    places = {"here": here, "plan": plan, "input": INPUT, "partners": INPUTS / "partners",
              "attack": INPUTS / "renewed-attack", "february": INPUTS / "quickstart-february"}  # fmt: skip
    if name in STORED:
        shutil.copy(plan.parent / "runs.db", here)
    if name in ("schedule run", "schedule install"):
        (here / "nightly.toml").write_text(SCHEDULE.format(**places), encoding="utf-8")
    return [word.format(**places) for word in COMMANDS[name].split(" ")]


def start(name: str, here: Path, plan: Path) -> subprocess.Popen[str]:
    """The command, its temporary files in a folder of its own."""
    (here / "tmp").mkdir(exist_ok=True)
    return subprocess.Popen([sys.executable, "-m", "planner", *arguments_of(name, here, plan)], cwd=ROOT, text=True, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, env=os.environ | {"TMPDIR": str(here / "tmp")})  # fmt: skip


def listens(process: subprocess.Popen[str]) -> bool:
    """Has the process ended, or a handler of SIGTERM?"""
    try:
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    except OSError:
        return True
    caught = next((line for line in status.splitlines() if line.startswith("SigCgt")), "")
    return not caught or bool(int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1)


def hidden(here: Path) -> list[str]:
    """What is hidden, temporary or the work of a process that is no more."""
    left = [path for path in here.rglob("*") if path.name.startswith(".") or path.parent == here / "tmp"]
    return sorted(str(path.relative_to(here)) for path in left if path.suffix != ".lock")


@cache
def usual(name: str, plan: Path, scratch: Path) -> float:
    """How long the command takes, unharmed; that nothing hidden stays behind."""
    began = time.monotonic()
    process = start(name, scratch, plan)
    said = process.communicate(timeout=LONG)
    assert process.returncode == 0, said
    assert hidden(scratch) == []
    return time.monotonic() - began


def workers_of(here: Path) -> list[int]:
    """Processes that work in this folder's temporary files."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            environment = (entry / "environ").read_bytes() if entry.name.isdigit() else b""
            zombie = entry.name.isdigit() and ") Z " in (entry / "stat").read_text(encoding="utf-8")
        except OSError:
            continue
        if f"TMPDIR={here / 'tmp'}\0".encode() in environment and not zombie:
            found.append(int(entry.name))
    return found


def interrupt(name: str, number: signal.Signals, moment: float, here: Path, plan: Path) -> None:
    """Start the command, wait until it listens and `moment` seconds more, and see what the signal leaves behind."""
    here.mkdir()
    process = start(name, here, plan)
    while not listens(process):
        time.sleep(0.002)
    time.sleep(moment)
    process.send_signal(number)
    _, errors = process.communicate(timeout=LONG)
    assert "Traceback" not in errors, errors
    if number == signal.SIGKILL:
        assert process.returncode in (0, -signal.SIGKILL), errors
        if process.returncode:
            clear_visible(here)
            again = start(name, here, plan)  # sweeps up
            said = again.communicate(timeout=LONG)
            assert again.returncode == 0, said
    elif process.returncode:
        assert process.returncode == 130, errors
        assert errors.endswith(SENTENCE)
        assert errors.count("nterrupted") == 1
    assert hidden(here) == []
    deadline = time.monotonic() + LONG
    while left := workers_of(here):
        assert time.monotonic() < deadline, left
        time.sleep(0.05)


def clear_visible(here: Path) -> None:
    """Whole results, if the kill came after them, are no reason to refuse the next run."""
    for path in here.iterdir():
        if not path.name.startswith(".") and path.name not in ("tmp", "runs"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def test_every_command_that_writes_is_interrupted() -> None:
    top = typer.main.get_command(cli.app).commands  # type: ignore[attr-defined]
    groups = {name: getattr(command, "commands", None) for name, command in top.items()}
    every = {name for name, parts in groups.items() if not parts}
    every |= {f"{name} {part}" for name, parts in groups.items() if parts for part in parts}
    asked = {words.split(" {")[0].split(" -")[0].rstrip(" 01") for words in COMMANDS.values()}
    assert every - READS - SERVES == asked


@pytest.mark.parametrize("turn", [0, 5, 10, *only_long(turn for turn in range(12) if turn % 5)])
def test_a_command_ends_tidily_at_any_moment(tmp_path: Path, plan: Path, turn: int) -> None:
    rng = random.Random(turn)
    name = OFTEN[turn % len(OFTEN)]
    interrupt(name, SIGNALS[turn // 4], rng.uniform(0, rng.choice([0.3, 2.0])), tmp_path / "here", plan)


@pytest.mark.long
@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_ends_tidily_at_fifteen_moments(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, plan: Path, name: str
) -> None:
    """300 in all: of each signal five, two of them in the first half second."""
    rng = random.Random(name)
    whole = usual(name, plan, tmp_path_factory.mktemp("usual"))
    for turn in range(15):
        moment = rng.uniform(0, 0.5 if turn % 5 < 2 else 1.1 * whole)
        interrupt(name, SIGNALS[turn // 5], moment, tmp_path / str(turn), plan)


def test_what_is_imported_before_the_program_listens_is_little() -> None:
    """So that even the first moments of a command are tidy."""
    script = "import sys; before = set(sys.modules); import planner.interrupts; print(*set(sys.modules) - before)"
    said = subprocess.run([sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {script}"],
                          capture_output=True, text=True, check=True).stdout  # fmt: skip
    assert {name for name in said.split() if name.startswith("planner")} == {"planner", "planner.interrupts"}
    assert not {"typing", "pathlib", "importlib.metadata", "typer"} & set(said.split())
