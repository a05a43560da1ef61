"""The server: where it listens, by which link it is opened, under which certificate."""

from __future__ import annotations

import getpass
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from planner.desk.access.sessions import Sessions
from planner.desk.access.users import Role, Viewer
from planner.desk.app import desk_app
from planner.desk.desk import Desk
from planner.desk.jobs.crew import Crew, in_processes, on_cluster, usual_workers
from planner.desk.jobs.work import JobPlace
from planner.desk.keeping import tidy_now_and_again
from planner.desk.opened.shelf import Shelf
from planner.errors import PlannerError, UsageError
from planner.exchange.policy import read_policy
from planner.store.jobs import Jobs
from planner.store.store import open_store
from planner.workbook.kind import what_is

WARMED = 3  # of the newest runs, read while nobody asks yet
LOOPBACK = ("127.0.0.1", "::1", "localhost")
EVERY_ADDRESS = ("0.0.0.0", "::")


class PortError(PlannerError):
    """The address cannot be listened on."""


@dataclass(frozen=True)
class Serving:
    """How the desk is served. `hosts` are further names by which browsers call it, behind a proxy for instance."""

    store: str
    folder: Path
    port: int
    listen: str = LOOPBACK[0]
    hosts: Sequence[str] = ()
    users: Path | None = None
    policy: Path | None = None
    workers: int | None = None
    scheduler: str | None = None
    certificate: Path | None = None
    key: Path | None = None

    @property
    def is_open(self) -> bool:
        """Can others than this machine reach it?"""
        return self.listen not in LOOPBACK

    def address(self, port: int) -> str:
        """As browsers call it. A public host without a certificate of ours is that of a proxy, which speaks TLS."""
        if self.hosts and self.certificate is None:
            return f"https://{self.hosts[0]}"
        name = self.hosts[0] if self.hosts else f"[{self.listen}]" if ":" in self.listen else self.listen
        return f"{'https' if self.certificate else 'http'}://{name}:{port}"


def serve(how: Serving, say: Callable[[str], None]) -> None:
    """Serve until it is interrupted.

    Raises UsageError, InputError (users, policy), StoreError, PortError before it begins.
    """
    _require_safe(how)
    sessions = Sessions(how.users, Viewer(_me(), _me(), Role.approver))
    sessions.users()
    store, policy = open_store(how.store, create=True), read_policy(how.policy)
    desk = Desk(store, sessions, policy, Shelf(store, policy), Jobs(store.database), how.folder.resolve())
    place = JobPlace(_absolute(how.store), str(desk.folder))
    start = in_processes if how.scheduler is None else on_cluster(how.scheduler)
    with _listen(how) as listener, Crew(place, how.workers or usual_workers(), start):
        base = how.address(listener.getsockname()[1])
        if sessions.link:
            say(f"Open {base}/enter?token={sessions.link} (it works once). Ctrl-C ends the desk.")
        else:
            say(f"The desk is at {base}. Ctrl-C ends it.")
        threading.Thread(target=desk.shelf.warm, args=(store.runs(most=WARMED),), daemon=True).start()
        threading.Thread(target=tidy_now_and_again, args=(desk.folder, store, desk.jobs), daemon=True).start()
        uvicorn.Server(_config(how, desk)).run(sockets=[listener])


def _config(how: Serving, desk: Desk) -> uvicorn.Config:
    names = frozenset(name.lower() for name in (*LOOPBACK, how.listen, *how.hosts))
    return uvicorn.Config(
        desk_app(desk, names),
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        ssl_certfile=how.certificate,
        ssl_keyfile=how.key,
        timeout_graceful_shutdown=3,
    )


def _require_safe(how: Serving) -> None:
    """Others may come in only as users with passwords, and no password goes unencrypted."""
    if how.is_open and how.users is None:
        raise UsageError(f"--listen: found {how.listen!r} without --users FILE; others come in only with a password")
    if how.is_open and how.certificate is None:
        raise UsageError(
            f"--listen: found {how.listen!r} without --certificate and --key; passwords must not go unencrypted. "
            "Behind a proxy that speaks TLS, listen on 127.0.0.1 and name the public host with --host"
        )
    if how.listen in EVERY_ADDRESS and not how.hosts:
        raise UsageError(
            f"--listen: found {how.listen!r} without --host NAME; browsers call the desk by a name, and no "
            "other is answered"
        )
    if (how.certificate is None) != (how.key is None):
        raise UsageError("--certificate and --key: expected both, or neither")
    for name, path in (("--users", how.users), ("--certificate", how.certificate), ("--key", how.key)):
        if path is not None and not path.is_file():
            raise UsageError(f"{name}: {path} is {what_is(path)}; expected a file")


def _listen(how: Serving) -> socket.socket:
    family = socket.AF_INET6 if ":" in how.listen else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((how.listen, how.port))
    except OSError as fault:
        listener.close()
        raise PortError(f"--port: {how.listen}:{how.port} cannot be listened on: {fault.strerror}") from fault
    return listener


def _absolute(store: str) -> str:
    """The store as a process in another folder finds it."""
    return store if "://" in store else str(Path(store).resolve())


def _me() -> str:
    with suppress(Exception):  # there may be no name for the user's number
        return getpass.getuser()
    return "me"
