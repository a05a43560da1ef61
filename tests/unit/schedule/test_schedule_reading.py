"""A schedule is read, or every fault in it is named by its key."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner import cli
from planner.errors import InputError, UsageError
from planner.schedule.declaration import Mail, Replan, Retention, Rules, When
from planner.schedule.reading import read_schedule
from tests.places import ROOT

LEAST = 'input = "plan.xlsx"\nruns = "outputs/night"\n'


def written(folder: Path, text: str) -> Path:
    path = folder / "night.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_least_schedule_has_defaults_beside_it(tmp_path: Path) -> None:
    found = read_schedule(written(tmp_path, LEAST))
    assert (found.name, found.kind, found.model) == ("night", "solve", "full")
    assert (found.input, found.runs) == (tmp_path / "plan.xlsx", tmp_path / "outputs" / "night")
    assert found.store == str(tmp_path / "outputs" / "runs.sqlite")
    assert found.options is None
    assert found.rules == Rules()


def test_every_key_is_read(tmp_path: Path) -> None:
    found = read_schedule(
        written(
            tmp_path,
            f"""{LEAST}
name = "monthly"
store = "postgresql://planner@host/plans"
kind = "replan"
model = "strategic"
time_limit = 60
replan = {{freeze = 1, cap = "15%", periods = 24, follow = "approved", first = "outputs/january"}}
compare = {{options = ["A", "B"]}}
retention = {{keep = 12, days = 400}}
alerts = {{fill_rate_falls = 0.02, fund_used = "95 %", gap = 0.001, input_days = 35, actuals = true, conflicts = false}}
when = {{every = "week", weekday = "Tue", at = "6:05"}}
[notify]
file = "alerts.jsonl"
command = ["logger", "-t", "planner"]
[notify.mail]
host = "mail.example.org"
from = "planner@example.org"
to = ["duty@example.org"]
port = 587
security = "starttls"
user = "planner"
password_env = "SECRET"
""",
        )
    )
    assert found.store == "postgresql://planner@host/plans"
    assert found.replan == Replan(
        freeze=1, cap=0.15, periods=24, follow="approved", first=tmp_path / "outputs" / "january"
    )
    assert found.options == ("A", "B")
    assert found.retention == Retention(keep=12, days=400)
    assert found.rules == Rules(
        fill_rate_falls=0.02, fund_used=0.95, gap=0.001, input_days=35, actuals=True, conflicts=False
    )
    assert found.when == When(every="week", weekday="Tue", at="6:05")
    assert (found.when.hour, found.when.minute) == (6, 5)
    assert found.notify.file == tmp_path / "alerts.jsonl"
    assert found.notify.command == ("logger", "-t", "planner")
    assert found.notify.mail == Mail(
        host="mail.example.org",
        to=("duty@example.org",),
        sender="planner@example.org",
        port=587,
        security="starttls",
        user="planner",
        password_env="SECRET",
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ["input: is missing", "runs: is missing"]),
        ("input = 3\nruns = ''", ["input: found 3, expected a text", "runs: found '', expected a text"]),
        (LEAST + "imput = 'x'", ["imput: is no key of a schedule, did you mean 'input'?"]),
        (LEAST + "kind = 'resolve'", ["kind: found 'resolve', expected one of solve, replan, did you mean 'solve'?"]),
        (LEAST + "model = 'ful'", ["model: found 'ful'", "did you mean 'full'?"]),
        (LEAST + "time_limit = -1", ["time_limit: found -1, expected a number from 0 on"]),
        (LEAST + "name = 'a/b'", ["name: found 'a/b', expected letters"]),
        (LEAST + "store = 'mysql://host/x'", ["store: found mysql://…, expected a file"]),
        (LEAST + "replan = {freeze = 1}", ["replan: is for kind = 'replan'; found kind = 'solve'"]),
        (LEAST + "kind = 'replan'\nstrict = true", ["strict: is for kind = 'solve'"]),
        (
            LEAST + "kind = 'replan'\nreplan = {freeze = 1.5, cap = 'much', frezee = 2}",
            [
                "replan.freeze: found 1.5, expected a whole number from 0 on",
                "replan.cap: found 'much', expected a share such as 0.15 or \"15%\"",
                "replan.frezee: is no key of a schedule, did you mean 'freeze'?",
            ],
        ),
        (
            LEAST + "alerts = {fill_rate_falls = 15}",
            ["alerts.fill_rate_falls: found 15, expected a share such as 0.15"],
        ),
        (LEAST + "retention = {keep = true}", ["retention.keep: found true, expected a whole number from 0 on"]),
        (
            LEAST + "alerts = {fill_rate_fals = 0.1}",
            ["alerts.fill_rate_fals: is no key", "did you mean 'fill_rate_falls'?"],
        ),
        (LEAST + "alerts = {actuals = 'yes'}", ["alerts.actuals: found 'yes', expected true or false"]),
        (LEAST + "when = {every = 'month', day = 31}", ["when.day: found 31, expected a whole number from 1 to 28"]),
        (LEAST + "when = {at = '25:00'}", ["when.at: found '25:00', expected a time such as 02:00"]),
        (LEAST + "notify = 'duty'", ["notify: found 'duty', expected a table"]),
        (LEAST + "notify = {command = 'logger'}", ["notify.command: found 'logger', expected a list of texts"]),
        (
            LEAST + "notify = {mail = {password = 'x'}}",
            ["notify.mail.to: is missing", "notify.mail.host: is missing", "does not belong into a file"],
        ),
        ("input = ", ["night.toml: is no TOML: Invalid value"]),
    ],
)
def test_every_fault_is_named_by_its_key(
    tmp_path: Path, text: str, said: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, text)
    assert cli.run(["schedule", "check", str(path)]) == 2
    err = capsys.readouterr().err
    for part in [*said, " in the schedule; "]:
        assert part in err
    with pytest.raises(InputError):
        read_schedule(path)


def test_a_schedule_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no schedule"):
        read_schedule(tmp_path / "nowhere.toml")


def test_check_names_files_that_are_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "plans.xlsx").touch()
    replan = 'kind = "replan"\nreplan = {first = "outputs/january"}\n'
    path = written(tmp_path, LEAST + replan)
    assert cli.run(["schedule", "check", str(path)]) == 2
    first, second, count = capsys.readouterr().err.splitlines()
    assert first.startswith(f"night.toml: input: found '{tmp_path / 'plan.xlsx'}': there is no such file or folder")
    assert first.endswith("expected an .xlsx workbook, or a folder of CSV files, did you mean 'plans.xlsx'?")
    assert second.startswith("night.toml: replan.first: found ")
    assert count.startswith("2 faults in the schedule")
    (tmp_path / "plan.xlsx").touch()
    (tmp_path / "outputs" / "january").mkdir(parents=True)
    (tmp_path / "outputs" / "january" / "run.json").touch()
    assert cli.run(["schedule", "check", str(path)]) == 0


def test_the_example_of_the_docs_is_a_schedule(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "schedule.md").read_text(encoding="utf-8")
    found = read_schedule(written(tmp_path, page.split("```toml\n")[1].split("```")[0]))
    assert (found.kind, found.replan.freeze, found.when.every) == ("replan", 1, "month")


def test_the_template_is_a_schedule_and_names_every_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "night.toml"
    (tmp_path / "inputs" / "quickstart.xlsx").mkdir(parents=True)
    assert cli.run(["schedule", "template", str(path)]) == 0
    assert cli.run(["schedule", "check", str(path)]) == 0
    assert "0 faults" in capsys.readouterr().out
    assert cli.run(["schedule", "template", str(path)]) == 64  # not over what is there
    text = path.read_text(encoding="utf-8")
    # What is switched off is right too: without the comment signs the same file is still a schedule.
    everything = "\n".join(
        line.removeprefix("# ") if " = " in line or "# [" in line else line for line in text.splitlines()
    )
    path.write_text(everything.replace('kind = "solve"', 'kind = "replan"'), encoding="utf-8")
    found = read_schedule(path)
    assert found.replan.freeze == 1
    assert found.notify.mail is not None
    assert found.rules.actuals
