"""How the desk is started, and what it refuses before it listens."""

from __future__ import annotations

import socket
from importlib import util
from pathlib import Path
from typing import Any

import pytest

from planner import cli
from planner.desk.access.users import is_password
from planner.desk.serving import PortError, Serving, serve
from planner.errors import UsageError
from tests.unit.desk.conftest import PASSWORD


def _how(tmp_path: Path, **more: Any) -> Serving:
    return Serving(str(tmp_path / "runs.sqlite"), tmp_path / "desk", 0, **more)


def test_others_come_in_only_with_a_password_and_encrypted(tmp_path: Path, users_file: Path) -> None:
    with pytest.raises(UsageError, match="without --users FILE"):
        serve(_how(tmp_path, listen="0.0.0.0"), print)
    with pytest.raises(UsageError, match="without --certificate and --key"):
        serve(_how(tmp_path, listen="0.0.0.0", users=users_file), print)
    served = {"users": users_file, "certificate": users_file, "key": users_file}
    with pytest.raises(UsageError, match="without --host NAME"):
        serve(_how(tmp_path, listen="0.0.0.0", **served), print)
    with pytest.raises(UsageError, match="expected both, or neither"):
        serve(_how(tmp_path, certificate=users_file), print)
    with pytest.raises(UsageError, match="is not there; expected a file"):
        serve(_how(tmp_path, users=tmp_path / "none.toml"), print)
    assert not (tmp_path / "runs.sqlite").exists()


@pytest.mark.parametrize(
    ("more", "address"),
    [
        ({}, "http://127.0.0.1:9"),
        ({"listen": "::1"}, "http://[::1]:9"),
        ({"hosts": ["plan.example"]}, "https://plan.example"),  # a proxy's
        ({"listen": "0.0.0.0", "hosts": ["plan.example"], "certificate": Path("c")}, "https://plan.example:9"),
        ({"listen": "10.0.0.3", "certificate": Path("c")}, "https://10.0.0.3:9"),
    ],
)
def test_its_address_is_that_by_which_browsers_call_it(tmp_path: Path, more: dict[str, Any], address: str) -> None:
    assert _how(tmp_path, **more).address(9) == address


def test_a_port_that_is_taken_is_said_so(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        how = Serving(str(tmp_path / "runs.sqlite"), tmp_path / "desk", taken.getsockname()[1])
        with pytest.raises(PortError, match="cannot be listened on"):
            serve(how, print)


def test_what_is_not_installed_is_named_with_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = util.find_spec
    monkeypatch.setattr(util, "find_spec", lambda name: None if name == "starlette" else found(name))
    assert cli.run(["desk"]) == 64
    assert "the desk needs starlette: pip install 'coalition-planner[desk]'" in capsys.readouterr().err


def test_a_password_is_printed_as_the_file_of_users_takes_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("typer.prompt", lambda *_, **__: PASSWORD)
    assert cli.run(["desk", "--password"]) == 0
    said = capsys.readouterr().out
    assert PASSWORD not in said
    assert is_password(PASSWORD, said.split('"')[1])
    monkeypatch.setattr("typer.prompt", lambda *_, **__: "short")
    assert cli.run(["desk", "--password"]) == 64
    assert "at least 12 characters" in capsys.readouterr().err
