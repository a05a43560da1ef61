"""The commands as a planner meets them: examples, exit codes, what is said and what is left behind."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import jsonschema
import pytest
import typer
from openpyxl import load_workbook

from planner import cli
from planner.errors import SolverStoppedError
from planner.plan.plan import TABLE_COLUMNS
from planner.report.words.phases import WORDS
from planner.schemas import schema
from planner.verify import Verification
from tests.moments import LONG, standing_at
from tests.places import INPUTS, ROOT

pytestmark = pytest.mark.usefixtures("without_option_reports")

TOP = typer.main.get_command(cli.app).commands  # type: ignore[attr-defined]
COMMANDS = TOP | {
    f"{name} {part}": command for name, group in TOP.items() for part, command in getattr(group, "commands", {}).items()
}


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A working folder with the quickstart, planned twice and compared, as the examples expect it."""
    place = tmp_path_factory.mktemp("workplace")
    (place / "inputs").mkdir()
    for sample in ("quickstart", "quickstart-february", "partners", "renewed-attack"):
        shutil.copy(INPUTS / f"{sample}.xlsx", place / "inputs")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        solve = "solve inputs/quickstart.xlsx -o outputs/quickstart"
        assert cli.run(shlex.split(f"{solve} --quiet")) == 0
        assert cli.run(shlex.split(f"{solve}-strategic --model strategic --quiet")) == 0
        assert cli.run([*shlex.split(cli.EXAMPLES["compare"])[1:], "--quiet"]) == 0
        for nation in ("cell", "NO", "EA", "WE", "CY"):
            extract = f"extract inputs/partners.xlsx --nation {nation} -o outputs/{nation}.xlsx"
            assert cli.run(shlex.split(extract)) == 0
        assert cli.run(["runs", "add", "outputs/quickstart", "outputs/rail/runs/Railway-x1.5"]) == 0
        decided = "record outputs/quickstart-strategic -o outputs/quickstart.decision.json"
        assert cli.run(shlex.split(decided)) == 0
        assert cli.run(["schedule", "template", "nightly.toml"]) == 0
        yield place


@pytest.fixture
def here(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(workplace)
    return workplace


@pytest.fixture
def broken(tmp_path: Path) -> Callable[[str, str, str], Path]:
    """A copy of the quickstart with one text in one file replaced."""

    def change(file: str, old: str, new: str) -> Path:
        folder = tmp_path / "broken"
        shutil.copytree(INPUTS / "quickstart", folder)
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new), encoding="utf-8")
        return folder

    return change


def run_json(folder: Path) -> dict[str, object]:
    """run.json, held against its schema."""
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    jsonschema.validate(record, schema(), cls=jsonschema.Draft202012Validator)
    return dict(record)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# Help and examples


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([*command.split(), "--help"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert f"Example: {cli.EXAMPLES[command]}" in said
    assert COMMANDS[command].help


def test_help_is_whole_and_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    """Every command has its line in full, every value a name, every model and no type of the program."""
    listed = {}
    for group in [[], *([name] for name, command in TOP.items() if hasattr(command, "commands"))]:
        assert cli.run([*group, "--help"]) == 0
        listed[" ".join(group)] = capsys.readouterr().out
        assert "..." not in listed[" ".join(group)].split("Commands:")[1]
    for name, command in COMMANDS.items():
        assert command.get_short_help_str(60).rstrip(".") in listed[name.rpartition(" ")[0]]
        assert cli.run([*name.split(), "--help"]) == 0
        said = capsys.readouterr().out
        assert not re.search(r"<(int|float|str|path|list)[^>]*>", said), name
        usage = said.split("\n\n")[0]
        assert re.fullmatch(
            r"Usage: planner [a-z ]+\[OPTIONS\]( COMMAND \[ARGS\]\.\.\.|( \[?[A-Z]+\]?(\.\.\.)?)*)", usage
        ), usage


@pytest.mark.parametrize("command", COMMANDS)
def test_every_example_works(
    command: str, here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("uvicorn.Server.run", lambda *_, **__: None)  # the desk would be served until it is interrupted
    example = shlex.split(cli.EXAMPLES[command])[1:]
    here_too = {"solve": ["--replace"], "compare": ["--replace"], "desk": ["--port", "0"]}
    assert cli.run([*example, *here_too.get(command, [])]) == 0
    assert capsys.readouterr().out.strip()
    assert not list(here.glob("**/.*"))


def test_version_and_help_start_without_loading_the_solver() -> None:
    script = "import sys; from planner.cli import run; run(['--version']); print('pulp' in sys.modules, 'pandas' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert re.fullmatch(r"planner \d\S*\nFalse False\n", ended.stdout)


# What a run leaves


def test_a_brief_comes_beside_the_report_when_asked_for(tmp_path: Path) -> None:
    workbook = str(INPUTS / "quickstart.xlsx")
    assert cli.run(["solve", workbook, "-o", str(tmp_path / "run"), "--brief", "--quiet"]) == 0
    assert names(tmp_path / "run") == [
        "basis.json",
        "brief.html",
        "log.txt",
        "plan.xlsx",
        "report.html",
        "run.json",
        "tables",
    ]
    page = (tmp_path / "run" / "brief.html").read_text(encoding="utf-8")
    assert "What is delivered" in page
    assert "Money is counted, not limited" in page


def test_a_run_leaves_what_the_contract_says(here: Path) -> None:
    folder = here / "outputs" / "quickstart"
    assert names(folder) == ["basis.json", "log.txt", "plan.xlsx", "report.html", "run.json", "tables"]
    assert names(folder / "tables") == sorted(f"{name}.csv" for name in TABLE_COLUMNS)
    record = run_json(folder)
    assert record["status"] == "optimal"
    assert record["verification"] == "verified"
    assert set(record["seconds"]) >= {"read", "check", "build", "verify", "write plan.xlsx", "total"}


def test_the_quickstart_costs_what_its_notes_work_out(here: Path) -> None:
    levels = {level["name"]: level["value"] for level in run_json(here / "outputs" / "quickstart")["objective"]}
    assert levels["binding_shortfall"] == pytest.approx(0, abs=1e-6)
    assert levels["other_shortfall"] == pytest.approx(360_000)
    assert levels["cost"] == pytest.approx(4_240_810)


def test_a_comparison_says_who_is_best_and_where_to_read(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([*shlex.split(cli.EXAMPLES["compare"])[1:], "--replace"]) == 0
    said = capsys.readouterr()
    # With less than the railway has, less arrives; what more of it saves is not material (EUR 240 of 4 240 810).
    rows = said.out.partition("What it is\n")[2].splitlines()
    ranks = [tuple(re.split(r"\s{2,}", line.strip())[:2]) for line in rows[:6]]
    assert ranks == [
        ("1", "base"),
        ("1", "Railway x1"),
        ("1", "Railway x1.25"),
        ("1", "Railway x1.5"),
        ("5", "Railway x0.75"),
        ("6", "Railway x0.5"),
    ]
    (best,) = [line for line in said.out.splitlines() if line.startswith("Best at shortfall of other demand")]
    assert best.endswith(": base, Railway x1, Railway x1.25, Railway x1.5")
    assert "options (5 of 5)" in said.err
    assert names(here / "outputs" / "rail") == [
        "compare.html",
        "compare.json",
        "compare.xlsx",
        "log.txt",
        "runs",
        "tables",
    ]


@pytest.mark.usefixtures("here")
def test_plans_that_count_differently_are_not_compared(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["diff", "outputs/quickstart", "outputs/quickstart-strategic"]) == cli.WRONG_USAGE
    assert "cannot be compared with outputs/quickstart: it has another planning model" in capsys.readouterr().err
    assert cli.run(["diff", "outputs/quickstart", "outputs/rail/runs/base"]) == 0
    assert "The plans are the same." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("other", "kind"), [("outputs/nothing", "not there"), ("inputs/quickstart.xlsx", "an Excel workbook")]
)
@pytest.mark.usefixtures("here")
def test_a_plan_is_compared_with_nothing_else(other: str, kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["diff", other, "outputs/quickstart"]) == cli.WRONG_USAGE
    expected = f"{other} is {kind}; expected a run folder, as outputs/quickstart is: compare two plans, or two inputs\n"
    assert capsys.readouterr().err == expected


def test_tables_are_the_same_to_the_byte(here: Path, tmp_path: Path) -> None:
    assert cli.run(["solve", "inputs/quickstart.xlsx", "-o", str(tmp_path / "again"), "--quiet"]) == 0
    for table in (tmp_path / "again" / "tables").iterdir():
        assert table.read_bytes() == (here / "outputs" / "quickstart" / "tables" / table.name).read_bytes()


def test_the_default_folder_is_named_after_the_workbook_and_the_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.run(["solve", str(INPUTS / "quickstart"), "--quiet"]) == 0
    (folder,) = (tmp_path / "outputs").iterdir()
    assert re.fullmatch(r"quickstart-\d{8}-\d{6}", folder.name)


def test_a_model_that_switches_rules_off_says_what_the_data_would_need(here: Path) -> None:
    record = run_json(here / "outputs" / "quickstart-strategic")
    assert "throughput" in record["model"]["families_off"]  # type: ignore[index]
    assert record["not_enforced"] == []  # the quickstart has none of those rules


@pytest.mark.usefixtures("here")
def test_the_linear_program_is_written_on_request(tmp_path: Path) -> None:
    arguments = ["solve", "inputs/quickstart.xlsx", "-o", str(tmp_path / "run"), "--write-lp", "--write-mps", "--quiet"]
    assert cli.run(arguments) == 0
    assert "Minimize" in (tmp_path / "run" / "model.lp").read_text()
    assert "ROWS" in (tmp_path / "run" / "model.mps").read_text()


@pytest.mark.parametrize("solver", ["highs", "cbc"])
def test_a_weighted_plan_has_one_objective(tmp_path: Path, solver: str) -> None:
    case = ROOT / "tests" / "cases" / "powerco" / "input"
    assert cli.run(["solve", str(case), "-o", str(tmp_path / "run"), "--quiet", "--solver", solver]) == 0
    record = run_json(tmp_path / "run")
    assert record["objective"] == pytest.approx(1020)
    assert record["bound"] == (pytest.approx(1020) if solver == "highs" else None)


# Exit codes


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("", "Usage"),
        ("solv", "solv"),
        ("solve", "WORKBOOK"),
        ("solve inputs/quickstart.xlsx --fast", "--fast"),
        ("solve inputs/quickstart.xlsx --solver gurobi", "gurobi"),
        ("solve inputs/quickstart.xlsx --time-limit soon", "--time-limit"),
        ("solve inputs/quickstart.xlsx --model ful -o new", "did you mean 'full'"),
        ("solve inputs/quickstart.xlsx -o outputs/quickstart", "--replace"),
        ("solve inputs/quickstart.xlsx -o inputs/quickstart.xlsx", "is a file"),
        ("solve inputs/quickstart.xlsx -o inputs --replace", "the input"),
        ("check inputs/quickstart.xlsx -o inputs/quickstart.xlsx", "the input itself"),
        ("check inputs/quickstart.xlsx -o inputs", "is a folder"),
        ("check inputs/quickstart.xlsx -o inputs/partners.xlsx", "not what an earlier check wrote"),
        ("template inputs/quickstart.xlsx", "--replace"),
        ("compare inputs/quickstart.xlsx --sweep route=Railway -o new", "found -o in place of one"),
        ("compare inputs/quickstart.xlsx --sweep=route=Railway --output=new", "found --output=new in place of one"),
        ("compare inputs/quickstart.xlsx -o new --sweep route=Railway", "requires 2 arguments"),
        ("compare inputs/quickstart.xlsx --sweep route=Railway 0.5 -o new", "expected FROM:TO:COUNT"),
        ("verify inputs", "no run folder"),
        ("diff outputs/quickstart inputs", "inputs is a folder; expected a run folder"),
        ("explain outputs/quickstart Aprl", "did you mean 'April'"),
        ("explain outputs/quickstart April --due 1", "'April' is due in 2026-04"),
    ],
)
def test_wrong_usage_is_64_and_says_what_is_wrong(
    here: Path, arguments: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = names(here)
    assert cli.run(shlex.split(arguments)) == 64
    captured = capsys.readouterr()
    assert said in captured.err + captured.out
    assert names(here) == before


@pytest.mark.parametrize(
    "order",
    [
        "--sweep route=Railway 1:1.5:2 inputs/quickstart.xlsx -o {to} -q",
        "inputs/quickstart.xlsx --sweep=route=Railway 1:1.5:2 -o {to} -q",
        "inputs/quickstart.xlsx -o {to} -q --sweep route=Railway 1:1.5:2",
    ],
)
@pytest.mark.usefixtures("without_option_pages")
def test_a_sweep_may_stand_anywhere_among_the_options(here: Path, tmp_path: Path, order: str) -> None:
    assert cli.run(["compare", *shlex.split(order.format(to=tmp_path / "out"))]) == 0
    assert (tmp_path / "out" / "compare.json").is_file()
    assert not list(here.glob("**/.*"))


def test_wrong_input_is_2_lists_every_fault_and_writes_nothing(
    broken: Callable[[str, str, str], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = broken("Routes.csv", "Depot", "Depto")
    assert cli.run(["solve", str(folder), "-o", str(tmp_path / "run")]) == 2
    err = capsys.readouterr().err
    assert err.count("did you mean 'Depot'") == 3
    assert "Routes.csv!" in err or "Routes.csv:" in err
    assert not (tmp_path / "run").exists()
    assert cli.run(["check", str(folder)]) == 2
    assert capsys.readouterr().out.count("did you mean 'Depot'") == 3


def test_a_missing_workbook_is_wrong_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["check", str(tmp_path / "nowhere.xlsx")]) == 2
    captured = capsys.readouterr()
    assert "nowhere.xlsx" in captured.out + captured.err


def test_strict_takes_a_warning_for_a_fault(
    broken: Callable[[str, str, str], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = broken("Demand.csv", "April,City,winter_pallet,2026-04", "April,City,winter_pallet,2026-01")
    assert cli.run(["check", str(folder)]) == 0  # out of reach: a shortage, and a legitimate result
    assert "warning:" in capsys.readouterr().out
    assert cli.run(["check", str(folder), "--strict"]) == 2
    assert "--strict takes for faults: 1 warning and 0 rules not enforced" in capsys.readouterr().out
    assert cli.run(["solve", str(folder), "-o", str(tmp_path / "run"), "--strict"]) == 2
    assert not (tmp_path / "run").exists()


def test_no_plan_is_3_with_the_rules_that_conflict(
    broken: Callable[[str, str, str], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Weighted, and no shortage costs: 200 pallets in April must be met, and cannot be.
    folder = broken("Settings.csv", "lexicographic", "weighted")
    assert cli.run(["solve", str(folder), "-o", str(tmp_path / "run"), "--quiet"]) == 3
    assert names(tmp_path / "run") == ["log.txt", "run.json"]
    record = run_json(tmp_path / "run")
    assert record["status"] == "infeasible"
    conflict = "\n".join(record["conflict"])  # type: ignore[arg-type]
    assert "360 units wanted by 3 demands (Demand.csv:E2:E4)" in conflict
    assert "A plan is possible with Lines.csv:E2 (capacity) 90 in place of 80." in conflict
    err = capsys.readouterr().err
    assert all(rule in err for rule in conflict.splitlines())
    assert str(tmp_path / "run" / "log.txt") in err


@pytest.mark.usefixtures("here")
def test_a_solver_that_stops_is_4(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object, **__: object) -> None:
        raise SolverStoppedError("the time limit came before the first level was finished")

    monkeypatch.setattr("planner.run.pipeline.solve", stop)
    assert cli.run(["solve", "inputs/quickstart.xlsx", "-o", str(tmp_path / "run")]) == 4
    assert names(tmp_path / "run") == ["log.txt", "run.json"]
    record = run_json(tmp_path / "run")
    assert (record["status"], record["objective"]) == ("error", None)
    assert "time limit" in str(record["message"])


def test_no_time_at_all_is_4(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [
        "solve",
        str(INPUTS / "quickstart"),
        "-o",
        str(tmp_path / "run"),
        "--time-limit",
        "0",
        "--quiet",
    ]
    assert cli.run(arguments) == 4
    assert names(tmp_path / "run") == ["log.txt", "run.json"]
    assert run_json(tmp_path / "run")["status"] == "error"
    assert str(tmp_path / "run" / "log.txt") in capsys.readouterr().err


@pytest.mark.usefixtures("here")
def test_a_plan_that_fails_its_verification_is_5_and_not_delivered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = Verification({"ramp": 0.5, "forbid": 0.0}, {"ramp": "ramp: Alpha line rises by 9, allowed 6"})
    monkeypatch.setattr("planner.run.verified.verify", lambda *_: found)
    assert cli.run(["solve", "inputs/quickstart.xlsx", "-o", str(tmp_path / "run"), "--quiet"]) == 5
    assert names(tmp_path / "run") == ["log.txt", "run.json"]
    record = run_json(tmp_path / "run")
    assert record["status"] == "error"
    assert record["verification"] == "failed: ramp: Alpha line rises by 9, allowed 6"
    assert record["verified"] == {"ramp": 0.5, "forbid": 0.0}
    assert "Alpha line rises by 9" in capsys.readouterr().err


def test_a_changed_table_fails_verify(here: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(here / "outputs" / "quickstart", tmp_path / "run")
    table = tmp_path / "run" / "tables" / "shortfalls.csv"
    table.write_text(table.read_text().replace(",30.0", ",29.0"))
    capsys.readouterr()
    assert cli.run(["verify", str(tmp_path / "run")]) == 5
    said = capsys.readouterr().out
    assert re.search(r"^  demand_balance +\d\.\de-\d\d  FAILS", said, re.MULTILINE)
    assert re.search(r"^  material_balance +0\.0e\+00  ", said, re.MULTILINE)
    assert "- demand_balance: demand " in said


@pytest.mark.usefixtures("here")
def test_an_internal_fault_is_1_with_one_line_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr("planner.run.pipeline.write_report", fail)
    assert cli.run(["solve", "inputs/quickstart.xlsx", "-o", str(tmp_path / "run"), "--quiet"]) == 1
    assert names(tmp_path) == []
    (line,) = capsys.readouterr().err.splitlines()
    details = Path(re.search(r"The details are in (\S+):", line)[1])  # type: ignore[index]
    assert "ZeroDivisionError: a bug" in details.read_text()
    details.unlink()


@pytest.mark.usefixtures("here")
def test_the_details_of_an_internal_fault_outlast_the_process(tmp_path: Path) -> None:
    """They do not lie in the folder of its own that it clears."""
    script = (
        "import sys; from planner.run import pipeline; pipeline.write_report = lambda *_: 1 / 0; "
        f"sys.argv[1:] = ['solve', {str(ROOT / 'inputs' / 'quickstart')!r}, '-o', {str(tmp_path / 'run')!r}, '-q']; "
        "from planner.cli import main; main()"
    )
    place = tmp_path / "temporary"
    place.mkdir()
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False,
                           env=os.environ | {"TMPDIR": str(place)}, timeout=LONG)  # fmt: skip
    assert ended.returncode == 1, ended.stderr
    (details,) = place.iterdir()
    assert str(details) in ended.stderr
    assert "ZeroDivisionError" in details.read_text(encoding="utf-8")


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("command", ["solve", "money"])
def test_a_lack_of_memory_is_1_and_said(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def exhausted(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("planner.plan.program.optimise", exhausted)
    assert cli.run([command, "inputs/quickstart.xlsx", "-o", str(tmp_path / "a" / "run"), "--quiet"]) == 1
    assert capsys.readouterr().err == "There is not enough memory for this plan; nothing was written.\n"
    assert names(tmp_path) == []


def test_an_interrupt_is_130_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("planner.run.pipeline.write_workbook", interrupt)
    assert cli.run(["solve", "inputs/quickstart.xlsx", "-o", str(tmp_path / "a" / "run")]) == 130
    assert names(tmp_path) == []


@pytest.mark.skipif(sys.platform == "win32", reason="other signals there")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_process_that_is_interrupted_ends_with_130(tmp_path: Path, number: signal.Signals) -> None:
    process = standing_at(WORDS["write"], "solve", str(INPUTS / "quickstart"), "-o", str(tmp_path / "run"))
    assert any(tmp_path.iterdir())
    process.send_signal(number)
    _, err = process.communicate(timeout=LONG)
    assert process.returncode == 130
    assert err.endswith("Interrupted; nothing half-written is left.\n")
    assert "Traceback" not in err
    assert names(tmp_path) == []


# What is said


@pytest.mark.usefixtures("here")
def test_progress_in_a_pipe_is_a_line_a_phase_and_nothing_when_quiet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["solve", "inputs/quickstart.xlsx", "-o", str(tmp_path / "loud")]) == 0
    captured = capsys.readouterr()
    assert [line.split(" · ")[0] for line in captured.err.splitlines()][:2] == [
        "reading the input",
        "checking the network",
    ]
    assert "optimal; verified." in captured.out
    assert str(tmp_path / "loud" / "report.html") in captured.out
    assert cli.run(["solve", "inputs/quickstart.xlsx", "-o", str(tmp_path / "quiet"), "--quiet"]) == 0
    captured = capsys.readouterr()
    assert captured.out + captured.err == ""


@pytest.mark.usefixtures("here")
@pytest.mark.skipif(sys.platform == "win32", reason="no such pipes there")
def test_a_reader_that_goes_away_is_no_fault(here: Path, tmp_path: Path) -> None:
    command = f"{sys.executable} -m planner verify --all {here / 'outputs' / 'quickstart'} 2> err | head -c 1; echo ${{PIPESTATUS[0]}}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    ended = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert ended.stdout.endswith("0\n")
    assert (tmp_path / "err").read_text() == ""


@pytest.mark.usefixtures("here")
def test_verify_says_one_line_where_all_holds_and_every_family_when_asked(capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert cli.run(["verify", "outputs/quickstart"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert re.fullmatch(
        r"(\d+) families of rules hold; largest violation (0|\d\.\de-\d\d); not recomputed: draws \(1 column\), .*, "
        r"prices \(\d+ columns\)",
        line,
    )
    assert cli.run(["verify", "outputs/quickstart", "--all"]) == 0
    head, *rows, blank, last = capsys.readouterr().out.splitlines()
    assert head.split() == ["Family", "Violation", "Rule"]
    assert blank == ""
    assert last.startswith(line.partition(" not recomputed")[0])
    assert "draws (worth)" in last
    assert line.startswith(f"{len(rows)} families")


def test_diff_of_a_plan_with_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["diff", "outputs/quickstart", "outputs/quickstart"]) == 0
    assert "The plans are the same." in capsys.readouterr().out


@pytest.mark.usefixtures("here")
def test_explain_names_the_works(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["explain", "outputs/quickstart", "April"]) == 0
    out = capsys.readouterr().out
    assert out.startswith(
        "April: Pallets of 60 winter clothing sets for Receiving area, due 2026-04 (Demand!E4): 170 delivered, 30 short"
    )
    for word in ("Alpha line", "Bravo line", "Railway", "Forward depot"):
        assert word in out
    for due in ("2026-04", "4"):
        assert cli.run(["explain", "outputs/quickstart", "April", "--due", due]) == 0
        assert capsys.readouterr().out == out


@pytest.mark.usefixtures("here")
def test_the_template_is_not_written_over_a_file(tmp_path: Path) -> None:
    mine = tmp_path / "mine.xlsx"
    mine.write_text("mine")
    assert cli.run(["template", str(mine)]) == 64
    assert mine.read_text() == "mine"


@pytest.mark.usefixtures("here")
def test_a_file_that_cannot_be_written_is_told_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("in the way")
    assert cli.run(["template", str(tmp_path / "file" / "template.xlsx")]) == 1
    assert "could not be written" in capsys.readouterr().err
    assert names(tmp_path) == ["file"]


@pytest.mark.usefixtures("here")
def test_check_gives_the_workbook_back(tmp_path: Path) -> None:
    assert cli.run(["check", "inputs/quickstart.xlsx", "-o", str(tmp_path / "faults.xlsx")]) == 0
    assert names(tmp_path) == ["faults.xlsx"]
    assert load_workbook(tmp_path / "faults.xlsx")["Demand"]["A2"].value == "February"  # the workbook, not a list alone
    assert cli.run(["check", "inputs/partners.xlsx", "-o", str(tmp_path / "faults.xlsx")]) == 0, "over what it wrote"
    for name, content in (("other.xlsx", b"no workbook"), ("mine.xlsx", Path("inputs/partners.xlsx").read_bytes())):
        (tmp_path / name).write_bytes(content)
        assert cli.run(["check", "inputs/quickstart.xlsx", "-o", str(tmp_path / name)]) == 64
        assert (tmp_path / name).read_bytes() == content


@pytest.mark.parametrize("command", ["template {}", "check inputs/quickstart.xlsx -o {}"])
@pytest.mark.usefixtures("here")
def test_a_workbook_is_not_called_otherwise(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(shlex.split(command.format(tmp_path / "mine.csv"))) == 64
    assert "ends in .xlsx" in capsys.readouterr().err
    assert names(tmp_path) == []


@pytest.mark.usefixtures("here")
def test_a_path_is_said_as_it_was_given(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["verify", "inputs"]) == 64
    assert capsys.readouterr().err.startswith("inputs is no run folder")


def test_a_replan_is_not_compared_but_its_memo_is_named(
    here: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["replan", "outputs/quickstart", "inputs/quickstart-february.xlsx", "-o", str(tmp_path / "next"), "-q"]
    assert cli.run([*command, "--freeze", "4"]) == 64
    assert "--freeze: found 4, but the next plan has 3 periods" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
    assert cli.run([*command, "--freeze", "3"]) == 0
    changes = (tmp_path / "next" / "memo" / "input_changes.csv").read_text(encoding="utf-8")
    assert "Stocks" in changes
    assert "title" not in changes
    for pair in (["outputs/quickstart", str(tmp_path / "next")], [str(tmp_path / "next"), "outputs/quickstart"]):
        assert cli.run(["diff", *pair]) == 64
        assert (
            f"and its figures cover another time; what a re-plan changed is in {tmp_path / 'next' / 'memo.html'}"
            in capsys.readouterr().err
        )
    assert here.is_dir()
