"""What makes a schedule run by itself: systemd units, a cron line, or a container."""

from __future__ import annotations

import os
import shlex
import sys
from importlib import metadata
from pathlib import Path

from planner.errors import BusyError
from planner.run.folder import whole_file
from planner.schedule.declaration import DAYS, Mail, Schedule, When

_HOURS = 12  # a run that takes longer is stopped


def units_folder() -> Path:
    """Where systemd looks for units: the system's for root, else the user's own."""
    if os.geteuid() == 0:
        return Path("/etc/systemd/system")
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user"


def write_units(schedule: Schedule, folder: Path) -> list[Path]:
    """Write `planner-NAME.service` and `.timer`; who installs them enables them in systemd."""
    name = f"planner-{schedule.name}"
    written = []
    for kind, text in (("service", service_text(schedule)), ("timer", timer_text(schedule))):
        target = folder / f"{name}.{kind}"
        with whole_file(target) as hidden:
            hidden.write_text(text, encoding="utf-8", newline="\n")
        written.append(target)
    return written


def service_text(schedule: Schedule) -> str:
    """A unit that runs the schedule once. Another run that is going on is no failure."""
    command = " ".join(_quoted(part) for part in _command(schedule))
    secrets = ""
    if schedule.notify.mail is not None and schedule.notify.mail.user is not None:
        file = schedule.path.with_suffix(".env")
        secrets = f"# {schedule.notify.mail.password_env}=… in a file that only this user may read:\n"
        secrets += f"EnvironmentFile=-{_escaped(str(file))}\n"
    return f"""# Made by: planner schedule install
[Unit]
Description=Planner, schedule {_escaped(schedule.name)}
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
WorkingDirectory={_escaped(str(schedule.path.parent))}
ExecStart={command}
SuccessExitStatus={BusyError.exit_code}
{secrets}TimeoutStartSec={_HOURS}h
Nice=10
NoNewPrivileges=yes
"""


def timer_text(schedule: Schedule) -> str:
    """A timer by the machine's clock; a time that was missed is made up for."""
    return f"""# Made by: planner schedule install
[Unit]
Description=Planner, when schedule {_escaped(schedule.name)} runs

[Timer]
OnCalendar={calendar(schedule.when)}
Persistent=true
RandomizedDelaySec=60

[Install]
WantedBy=timers.target
"""


def calendar(when: When) -> str:
    """The time as systemd writes it: `Mon *-*-* 02:00:00`."""
    weekday = f"{when.weekday} " if when.every == "week" else ""
    day = f"{when.day:02d}" if when.every == "month" else "*"
    return f"{weekday}*-*-{day} {when.hour:02d}:{when.minute:02d}:00"


def cron_line(schedule: Schedule) -> str:
    """A line for a crontab; cron takes a bare % for the end of the command."""
    when = schedule.when
    day = str(when.day) if when.every == "month" else "*"
    weekday = str((DAYS.index(when.weekday) + 1) % 7) if when.every == "week" else "*"
    command = f"cd {shlex.quote(str(schedule.path.parent))} && {shlex.join(_command(schedule))}".replace("%", r"\%")
    return f"{when.minute} {when.hour} {day} * {weekday} {command}"


def container_text(schedule: Schedule) -> str:
    """An example of a Containerfile; what it plans is mounted at /plans, and a timer outside starts it."""
    version = metadata.version("coalition-planner")
    extra = "[postgres]" if schedule.store.startswith("postgres") else ""
    mail = schedule.notify.mail
    secret = f" -e {mail.password_env}" if isinstance(mail, Mail) and mail.user is not None else ""
    return f"""# Made by: planner schedule install --container. An example: untested, as no container engine ran where it was made.
#   build:  podman build -t planner:{version} .      (with coalition_planner-{version}-py3-none-any.whl beside this file)
#   run:    podman run --rm --userns=keep-id{secret} -v {shlex.quote(str(schedule.path.parent))}:/plans planner:{version}
# All paths of the schedule must lie below its own folder. Exit codes are those of planner schedule run.
FROM docker.io/library/python:3.11-slim
COPY coalition_planner-{version}-py3-none-any.whl /tmp/
RUN pip install --no-cache-dir "/tmp/coalition_planner-{version}-py3-none-any.whl{extra}" && useradd --uid 1000 planner
USER planner
WORKDIR /plans
ENTRYPOINT ["planner", "schedule", "run", "/plans/{schedule.path.name}", "--quiet"]
"""


def _command(schedule: Schedule) -> list[str]:
    return [sys.executable, "-m", "planner", "schedule", "run", str(schedule.path), "--quiet"]


def _escaped(text: str) -> str:
    """systemd takes % for the start of a specifier."""
    return text.replace("%", "%%")


def _quoted(text: str) -> str:
    """A word of a command line in a unit, where $ starts a variable."""
    plain = _escaped(text).replace("$", "$$")
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"' if shlex.quote(text) != text else plain
