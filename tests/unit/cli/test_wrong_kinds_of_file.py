"""Whatever a command is given in place of what it reads, it says in one sentence what that is and what it expected."""

from __future__ import annotations

import contextlib
import json
import shutil
import zipfile
from pathlib import Path

import pytest

from planner import cli
from tests.places import INPUTS

# Every kind of thing that lies about where plans are made, by its name, and what it is said to be.
KINDS = {
    "input.xlsx": "an Excel workbook",
    "run": "a folder that planner solve wrote",
    "run/plan.xlsx": "an Excel workbook",
    "run/tables": "a folder of CSV files",
    "run/run.json": "the record of planner solve",
    "run/report.html": "a web page",
    "compared": "a folder that planner compare wrote",
    "compared/compare.json": "the record of planner compare",
    "decided.json": "a decision record",
    "other.json": "a JSON file of another kind",
    "list.json": "a JSON file of another kind",
    "broken.json": "a damaged JSON file",
    "deep.json": "a damaged JSON file",
    "deep.toml": "a TOML file",
    "policy.toml": "a TOML file",
    "schedule.toml": "a TOML file",
    "notes.txt": "a text file",
    "table.csv": "a CSV file",
    "empty.xlsx": "an empty file",
    "nothing": "an empty folder",
    "pages": "a folder",
    "archive.xlsx": "a zip archive",
    "cut.xlsx": "a damaged zip archive or workbook",
    "old.xls": "an old or password-protected Office file",
    "bytes.bin": "a file of an unknown kind",
    "runs.sqlite": "an SQLite database",
    "nowhere": "not there",
}
RUN = {"run"}
INPUT = {"input.xlsx"}
STORE = {"runs.sqlite", "empty.xlsx", "nowhere"}  # a store may be made anew

AN_INPUT = ("input", "workbook", "is one CSV file; give the folder", "is empty", "save it as .xlsx")

# A command with @ in place of the file; which kinds it takes; what it says that it expected.
COMMANDS = [
    ("check @", INPUT, AN_INPUT),
    ("solve @ -q -o new", INPUT, AN_INPUT),
    ("compare @ -q -o new", INPUT | RUN, AN_INPUT),
    ("remedy @ -q -o new", INPUT | RUN, AN_INPUT),
    ("extract @ --nation cell -o new", INPUT, AN_INPUT),
    ("merge @ cell.xlsx -o new", INPUT, AN_INPUT),
    ("diff input.xlsx @", INPUT, AN_INPUT),
    ("diff run @", RUN, ("run folder",)),
    ("verify run --input @", INPUT, AN_INPUT),
    ("evaluate input.xlsx @ -q -o new", RUN | {"run/tables"}, ("plan", "run folder", *AN_INPUT)),
    ("stress attack.xlsx --plan @ -q -o new", RUN, ("run folder",)),
    ("verify @", RUN, ("run folder",)),
    ("explain @", RUN, ("run folder",)),
    ("record @ -o new.json", RUN, ("run folder",)),
    ("record run --considered @ -o new.json", RUN | {"compared"}, ("expected a folder that planner compare",)),
    (
        "record run --approved-by A -o @",
        {"decided.json", "nowhere"},
        ("decision record", "no JSON", "lies in the run folder"),
    ),
    ("reproduce @", {"decided.json"}, ("decision record", "no JSON")),
    ("replan @ february.xlsx -q -o new", RUN, ("run folder",)),
    ("review @ february.xlsx -o new", RUN, ("run folder",)),
    ("review run @ -o new", INPUT, AN_INPUT),
    ("extract input.xlsx --nation cell --run @ -o new", RUN, ("run folder",)),
    ("extract input.xlsx --nation cell --policy @ -o new", {"policy.toml", "empty.xlsx"}, ("policy",)),
    ("runs add @ --store new.sqlite", RUN, ("run folder",)),
    ("runs list --store @", STORE, ("run store", "the store is a file")),
    ("schedule check @", {"schedule.toml", "empty.xlsx"}, ("schedule",)),
    ("desk --users @ --store new.sqlite --port 0", {"empty.xlsx"}, ("file of users", "--users: ")),
]


@pytest.fixture(scope="module")
def place(quickstart_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one of each kind."""
    folder = tmp_path_factory.mktemp("kinds")
    with contextlib.chdir(folder):
        _fill(quickstart_run)
    return folder


@pytest.fixture
def here(place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder with one of each kind, in which the commands work; none may leave anything there."""
    monkeypatch.chdir(place)
    return place


def _fill(quickstart_run: Path) -> None:
    for name, source in (("input", "quickstart"), ("february", "quickstart-february"), ("attack", "renewed-attack")):
        shutil.copy(INPUTS / f"{source}.xlsx", f"{name}.xlsx")
    shutil.copytree(quickstart_run, "run")
    for folder in ("compared", "nothing", "pages"):
        Path(folder).mkdir()
    Path("pages", "index.txt").write_text("hello")
    record = json.dumps({"title": "", "input": {"path": "input.xlsx"}})
    texts = {
        "compared/compare.json": record,
        "other.json": '{"a": 1}',
        "list.json": "[]",
        "broken.json": '{"a":',
        "deep.json": "[" * 100_000,
        "deep.toml": "a=" + "[" * 100_000,
        "policy.toml": 'notes = "own"\n',
        "schedule.toml": 'kind = "solve"\nruns = "runs"\nalerts = []\n',
        "notes.txt": "Dear all,\n",
        "table.csv": "a,b\n1,2\n",
        "empty.xlsx": "",
    }
    for name, text in texts.items():
        Path(name).write_text(text)
    with zipfile.ZipFile("archive.xlsx", "w") as archive:
        archive.writestr("readme.txt", "hello")
    Path("cut.xlsx").write_bytes(Path("input.xlsx").read_bytes()[:3000])
    Path("old.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    Path("bytes.bin").write_bytes(bytes(range(256)))
    assert cli.run(["runs", "add", "run", "--store", "runs.sqlite"]) == 0
    assert cli.run(["record", "run", "-o", "decided.json"]) == 0
    assert cli.run(["extract", "input.xlsx", "--nation", "cell", "-o", "cell.xlsx"]) == 0


@pytest.mark.parametrize(("command", "takes", "expected"), COMMANDS, ids=[command for command, *_ in COMMANDS])
def test_a_file_of_another_kind_is_refused_in_one_sentence(
    here: Path, command: str, takes: set[str], expected: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    before = sorted(path.name for path in here.iterdir())
    for kind in KINDS:
        if kind in takes:
            continue
        code = cli.run(command.replace("@", kind).split())
        printed = capsys.readouterr()
        said = (printed.err or printed.out).splitlines()
        sentence, *rest = said
        assert code in (2, 64), (kind, said)
        assert all("1 fault" in line for line in rest), (kind, said)
        assert any(words in sentence for words in expected), (kind, sentence)
        assert Path(kind).name in sentence, (kind, sentence)
    after = sorted(path.name for path in here.iterdir())
    assert [name for name in after if name not in before and not name.endswith(".sqlite")] == []


@pytest.mark.parametrize(("kind", "said"), KINDS.items())
@pytest.mark.usefixtures("here")
def test_a_file_is_called_what_it_is(kind: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert cli.run(["reproduce", kind]) == (0 if kind == "decided.json" else 64)
    if kind not in ("decided.json", "broken.json", "deep.json"):
        expected = f"{kind} is no decision record: it is {said}; expected what planner record wrote"
        assert expected in capsys.readouterr().err


@pytest.mark.parametrize("missing", ["production.csv", "attribution.csv"])
@pytest.mark.parametrize(
    "command", ["verify @", "explain @", "record @", "runs add @ --store new.sqlite", "evaluate @ run -q -o new"]
)
@pytest.mark.usefixtures("here")
def test_a_run_folder_that_is_half_there_is_said_to_be(
    tmp_path: Path, command: str, missing: str, capsys: pytest.CaptureFixture[str]
) -> None:
    half = tmp_path / "half"
    shutil.copytree("run", half)
    (half / "tables" / missing).unlink()
    capsys.readouterr()
    assert cli.run(command.replace("@", str(half)).split()) in (5, 64)
    said = capsys.readouterr()
    assert missing.removesuffix(".csv") in said.err + said.out


@pytest.mark.usefixtures("here")
def test_a_file_inside_a_run_folder_leads_to_the_folder(capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert cli.run(["verify", "run/plan.xlsx"]) == 64
    assert capsys.readouterr().err.strip().endswith("did you mean run?")
    assert cli.run(["reproduce", "run"]) == 64
    beside = shutil.copy("decided.json", "run.decision.json")
    assert cli.run(["reproduce", "run"]) == 64
    assert capsys.readouterr().err.strip().endswith("did you mean run.decision.json?")
    Path(beside).unlink()
