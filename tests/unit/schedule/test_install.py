"""Units that systemd takes, a line that cron takes, a container that says it is untested."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from night import Night, night

from planner import cli
from planner.schedule.install import calendar, container_text, cron_line, service_text, write_units
from tests.moments import LONG

ODD = '50 % of Łódź\'s "plans" $HOME'


@pytest.fixture
def here(tmp_path: Path) -> Night:
    return night(tmp_path, "runs.sqlite")


@pytest.mark.parametrize(
    ("when", "systemd", "cron"),
    [
        ("", "*-*-* 02:00:00", "0 2 * * *"),
        ("when = {at = '23:45'}", "*-*-* 23:45:00", "45 23 * * *"),
        ("when = {every = 'week', weekday = 'Sun'}", "Sun *-*-* 02:00:00", "0 2 * * 0"),
        ("when = {every = 'week', weekday = 'Tue'}", "Tue *-*-* 02:00:00", "0 2 * * 2"),
        ("when = {every = 'month', day = 3}", "*-*-03 02:00:00", "0 2 3 * *"),
    ],
)
def test_the_time_is_the_same_for_both(here: Night, when: str, systemd: str, cron: str) -> None:
    schedule = here.declare(when)
    assert calendar(schedule.when) == systemd
    assert cron_line(schedule).startswith(f"{cron} cd ")
    if shutil.which("systemd-analyze"):
        command = ["systemd-analyze", "calendar", systemd]
        assert subprocess.run(command, capture_output=True, check=False, timeout=LONG).returncode == 0


@pytest.mark.parametrize("folder", ["plain", ODD])
def test_systemd_takes_the_units(tmp_path: Path, folder: str) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not installed here")
    home = tmp_path / folder
    home.mkdir()
    mail = '[notify.mail]\nhost = "h"\nfrom = "a@b"\nto = ["c@d"]\nuser = "u"'
    written = write_units(night(home, "runs.sqlite").declare(mail), tmp_path / "units")
    assert [path.name for path in written] == ["planner-night.service", "planner-night.timer"]
    command = ["systemd-analyze", "verify", *map(str, written)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=LONG)
    mine = [line for line in ended.stderr.splitlines() if "planner-night" in line]
    assert (ended.returncode, mine) == (0, [])


def test_a_unit_that_systemd_would_not_take_is_noticed(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not installed here")
    unit = tmp_path / "planner-night.service"
    unit.write_text("[Service]\nType=oneshot\nExecStart=nowhere/planner\n")
    ended = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, check=False, timeout=LONG)
    assert ended.returncode != 0


def test_another_run_that_is_going_on_is_no_failure_of_the_unit(here: Night) -> None:
    assert "SuccessExitStatus=75\n" in service_text(here.declare())


def test_a_shell_reads_the_cron_line_as_it_was_meant(tmp_path: Path) -> None:
    home = tmp_path / ODD
    home.mkdir()
    line = cron_line(night(home, "runs.sqlite").declare())
    assert r"50 \% of" in line  # cron ends a command at a bare %
    command = line.split(" ", 5)[5].replace(r"\%", "%")
    prints = command.replace(
        " -m planner schedule run ", " -c 'import os, sys; print(os.getcwd()); print(sys.argv[1])' "
    )
    ended = subprocess.run(["sh", "-c", prints], capture_output=True, text=True, check=True, timeout=LONG)
    assert ended.stdout.splitlines() == [str(home), str(home / "night.toml")]


def test_the_container_says_that_it_is_untested(here: Night) -> None:
    text = container_text(here.declare())
    assert "untested" in text.splitlines()[0]
    assert 'ENTRYPOINT ["planner", "schedule", "run", "/plans/night.toml", "--quiet"]' in text


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--cron"], 0, "0 2 * * * cd "),
        (["--container"], 0, "FROM "),
        (["--systemd", "-o", "units"], 0, "enable --now planner-night.timer"),
        ([], 64, "say which"),
        (["--systemd", "-o", "units"], 0, "Copy both to "),
        (["--cron", "--systemd"], 64, "say which"),
        (["--cron", "-o", "units"], 64, "-o is for --systemd"),
    ],
)
def test_the_command_says_what_to_do_with_it(
    here: Night,
    arguments: list[str],
    code: int,
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here.declare()
    monkeypatch.chdir(here.home)
    assert cli.run(["schedule", "install", "night.toml", *arguments]) == code
    captured = capsys.readouterr()
    assert said in captured.out + captured.err
