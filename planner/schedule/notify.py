"""Alerts to a file, a command, or by mail. Each way is tried, whatever becomes of the others."""

from __future__ import annotations

import json
import os
import smtplib
import ssl
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from planner.schedule.alert import Alert
from planner.schedule.declaration import Mail, Notify
from planner.store.moments import moment

_SECONDS = 60  # for a command or a mail server


class NotifyError(Exception):
    """One way of telling did not work; the message says why."""


def send(alerts: Sequence[Alert], notify: Notify, name: str, at: datetime, run: int | None) -> list[str]:
    """Tell about alerts of the schedule `name`; what could not be sent, in words."""
    if not alerts:
        return []
    ways: list[tuple[str, Callable[[], None]]] = []
    if notify.file is not None:
        file = notify.file
        ways.append((f"file {file}", lambda: _append(alerts, file, name, at, run)))
    if notify.command:
        ways.append((f"command {notify.command[0]}", lambda: _command(alerts, notify.command, name)))
    if notify.mail is not None:
        mail = notify.mail
        ways.append((f"mail by {mail.host}", lambda: _mail(alerts, mail, name, at)))
    problems = []
    for way, carry_out in ways:
        try:
            carry_out()
        except (NotifyError, OSError, smtplib.SMTPException, subprocess.SubprocessError) as fault:
            problems.append(f"{way}: {_in_words(fault)}")
    return problems


def text_of(alerts: Sequence[Alert], name: str) -> str:
    """A line for each alert, as a command reads it and a mail says it."""
    return "".join(f"planner schedule {name}: {alert.kind.replace('_', ' ')}: {alert.message}\n" for alert in alerts)


def _append(alerts: Sequence[Alert], file: Path, name: str, at: datetime, run: int | None) -> None:
    """Whole lines in one write, brought to the disk."""
    about = {"at": moment(at), "schedule": name, "run": run}
    lines = "".join(json.dumps(about | asdict(alert), ensure_ascii=False) + "\n" for alert in alerts)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("ab", buffering=0) as stream:
        before = stream.tell()
        content = lines.encode("utf-8")
        try:
            if stream.write(content) != len(content):
                raise OSError("the disk is full")
        except OSError:
            stream.truncate(before)  # no half line
            raise
        os.fsync(stream.fileno())


def _command(alerts: Sequence[Alert], command: Sequence[str], name: str) -> None:
    ended = subprocess.run(
        command, input=text_of(alerts, name), text=True, capture_output=True, timeout=_SECONDS, check=False
    )
    if ended.returncode != 0:
        lines = (ended.stderr or ended.stdout).strip().splitlines()
        raise NotifyError(f"ended with {ended.returncode}{': ' + lines[-1] if lines else ''}")


def _mail(alerts: Sequence[Alert], mail: Mail, name: str, at: datetime) -> None:
    message = EmailMessage()
    message["Subject"] = (
        f"planner schedule {name}: {', '.join(dict.fromkeys(a.kind.replace('_', ' ') for a in alerts))}"
    )
    message["From"], message["To"], message["Date"] = mail.sender, ", ".join(mail.to), format_datetime(at)
    message.set_content(text_of(alerts, name))
    password = os.environ.get(mail.password_env)
    if mail.user is not None and not password:
        raise NotifyError(f"the environment has no {mail.password_env}")
    secure = ssl.create_default_context()
    with (
        smtplib.SMTP_SSL(mail.host, mail.port, timeout=_SECONDS, context=secure)
        if mail.security == "tls"
        else smtplib.SMTP(mail.host, mail.port, timeout=_SECONDS)
    ) as server:
        if mail.security == "starttls":
            server.starttls(context=secure)
        if mail.user is not None and password:
            server.login(mail.user, password)
        server.send_message(message)


def _in_words(fault: Exception) -> str:
    if isinstance(fault, subprocess.TimeoutExpired):
        return f"did not end within {_SECONDS} s"
    if isinstance(fault, OSError) and fault.strerror:
        return fault.strerror
    return str(fault) or type(fault).__name__
