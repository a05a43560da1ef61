"""Alerts reach a file, a command and a mail server; what does not work is told, and stops nothing else."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from planner.schedule.alert import Alert
from planner.schedule.declaration import Mail, Notify
from planner.schedule.notify import send

AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
ALERTS = (
    Alert("fill_rate", "the fill rate falls from 95 % to 90 %", "run 2", 0.05, 0.02),
    Alert("conflict", "Łódź: more was delivered than was wanted", "Łódź"),
)
TEXT = (
    "planner schedule night: fill rate: the fill rate falls from 95 % to 90 %\n"
    "planner schedule night: conflict: Łódź: more was delivered than was wanted\n"
)


class Inbox:
    """What a mail server received."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, list[str], EmailMessage]] = []
        self.logins: list[tuple[str, str]] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802, the library's name
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.mails.append((envelope.mail_from, envelope.rcpt_tos, message))
        return "250 OK"

    def check(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        assert isinstance(given, LoginPassword)
        self.logins.append((given.login.decode(), given.password.decode()))
        return AuthResult(success=given.password == b"right", handled=False)


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, int]]:
    """A mail server on this machine, and its port."""
    found = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(found, hostname="127.0.0.1", port=port, authenticator=found.check, auth_require_tls=False)
    controller.start()
    yield found, port
    controller.stop()


def mail(port: int, user: str | None = None) -> Notify:
    to = ("duty@example.org", "board@example.org")
    return Notify(
        mail=Mail(
            host="127.0.0.1", to=to, sender="planner@example.org", port=port, user=user, password_env="NIGHT_SECRET"
        )
    )


def test_no_alert_is_no_message(tmp_path: Path) -> None:
    assert send([], Notify(file=tmp_path / "alerts.jsonl"), "night", AT, None) == []
    assert not (tmp_path / "alerts.jsonl").exists()


def test_a_file_gets_a_line_of_json_for_each(tmp_path: Path) -> None:
    file = tmp_path / "new" / "alerts.jsonl"
    for _ in range(2):
        assert send(ALERTS, Notify(file=file), "night", AT, 2) == []
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert len(lines) == 4
    assert lines[0] == {
        "at": "2026-11-22T02:00:00Z", "schedule": "night", "run": 2, "kind": "fill_rate",
        "message": "the fill rate falls from 95 % to 90 %", "about": "run 2", "value": 0.05, "limit": 0.02,
    }  # fmt: skip


def test_a_command_reads_them(tmp_path: Path) -> None:
    script = "import sys, pathlib; pathlib.Path(sys.argv[1]).write_bytes(sys.stdin.buffer.read())"
    command = (sys.executable, "-X", "utf8", "-c", script, str(tmp_path / "said"))
    assert send(ALERTS, Notify(command=command), "night", AT, None) == []
    assert (tmp_path / "said").read_text(encoding="utf-8") == TEXT


def test_mail_reaches_everybody(inbox: tuple[Inbox, int]) -> None:
    found, port = inbox
    assert send(ALERTS, mail(port), "night", AT, None) == []
    ((sender, to, message),) = found.mails
    assert (sender, to) == ("planner@example.org", ["duty@example.org", "board@example.org"])
    assert message["Subject"] == "planner schedule night: fill rate, conflict"
    assert message.get_content().replace("\r\n", "\n") == TEXT
    assert found.logins == []


def test_the_password_comes_from_the_environment(inbox: tuple[Inbox, int], monkeypatch: pytest.MonkeyPatch) -> None:
    found, port = inbox
    (problem,) = send(ALERTS, mail(port, "planner"), "night", AT, None)
    assert problem == "mail by 127.0.0.1: the environment has no NIGHT_SECRET"
    monkeypatch.setenv("NIGHT_SECRET", "wrong")
    (problem,) = send(ALERTS, mail(port, "planner"), "night", AT, None)
    assert "535" in problem
    assert "wrong" not in problem
    monkeypatch.setenv("NIGHT_SECRET", "right")
    assert send(ALERTS, mail(port, "planner"), "night", AT, None) == []
    assert len(found.mails) == 1
    assert set(found.logins) >= {("planner", "wrong"), ("planner", "right")}


def test_a_way_that_fails_is_told_and_the_others_are_tried(tmp_path: Path) -> None:
    (tmp_path / "alerts").mkdir()
    failing = (sys.executable, "-c", "import sys; sys.exit('no such duty')")
    notify = Notify(file=tmp_path / "alerts", command=failing, mail=mail(1).mail)
    problems = send(ALERTS, notify, "night", AT, None)
    assert [problem.partition(" ")[0] for problem in problems] == ["file", "command", "mail"]
    assert problems[1].endswith("ended with 1: no such duty")
    missing = send(ALERTS, Notify(command=("/nowhere/pager",)), "night", AT, None)
    assert missing == ["command /nowhere/pager: No such file or directory"]
