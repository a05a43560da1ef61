"""A desk on a store with three runs, and browsers that are signed in to it."""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from planner.desk.access.sessions import Sessions
from planner.desk.access.users import Role, Viewer, hashed
from planner.desk.app import desk_app
from planner.desk.desk import Desk
from planner.desk.jobs.work import JobPlace, carry_out
from planner.desk.opened.shelf import Shelf
from planner.exchange.policy import read_policy
from planner.run import pipeline
from planner.run.pipeline import solve_workbook
from planner.store.jobs import Jobs
from planner.store.store import open_store
from tests.places import INPUTS
from tests.unit.desk.browsing import Browser

PASSWORD = "correct horse battery"
HOSTS = frozenset({"127.0.0.1"})
ME = Viewer("me", "Me", Role.approver)


@contextlib.contextmanager
def plain_runs() -> Iterator[None]:
    """Runs leave report.html and plan.xlsx empty: nothing here looks into them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "read_report_data", lambda *_: None)
        patch.setattr(pipeline, "write_workbook", lambda _, path: path.touch())
        patch.setattr(pipeline, "write_report", lambda _, path: path.touch())
        yield


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with runs 1 (partners), 2 (renewed attack) and 3 (partners, planned again). Do not write into it."""
    home = tmp_path_factory.mktemp("desk")
    store = open_store(home / "runs.sqlite", create=True)
    with plain_runs():
        for name, source in (("partners", "partners"), ("attack", "renewed-attack")):
            solve_workbook(INPUTS / f"{source}.xlsx", home / name)
    shutil.copytree(home / "partners", home / "again")
    record = home / "again" / "run.json"
    record.write_text(
        re.sub(r'"started": "\d{4}', '"started": "2025', record.read_text(encoding="utf-8")), encoding="utf-8"
    )
    for name in ("partners", "attack", "again"):
        store.record(home / name)
    return home / "runs.sqlite"


@pytest.fixture(scope="session")
def users_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Users of every kind, all with the same password."""
    kept = hashed(PASSWORD)
    users = (
        ("reader", "reader", ""),
        ("planner", "planner", ""),
        ("approver", "approver", ""),
        ("east", "reader", "EA"),
        ("north", "reader", "NO"),
    )
    texts = [
        f'[[users]]\nname = "{name}"\nrole = "{role}"\nnation = "{nation}"\npassword = "{kept}"\n'
        for name, role, nation in users
    ]
    path = tmp_path_factory.mktemp("users") / "users.toml"
    path.write_text("\n".join(texts), encoding="utf-8")
    return path


def made_desk(store: Path | str, folder: Path, users: Path | None = None) -> Desk:
    """A desk, not served."""
    opened, policy = open_store(store, create=True), read_policy()
    return Desk(opened, Sessions(users, ME), policy, Shelf(opened, policy), Jobs(opened.database), folder)


@pytest.fixture
def desk(runs: Path, tmp_path: Path) -> Desk:
    """A desk without users, on the runs."""
    return made_desk(runs, tmp_path / "desk")


@pytest.fixture
def browser(desk: Desk) -> Browser:
    """Signed in by the one-time link."""
    browser = Browser(desk_app(desk, HOSTS))
    browser.get(f"/enter?token={desk.sessions.link}")
    return browser


@pytest.fixture
def signed_in(runs: Path, users_file: Path, tmp_path: Path) -> Callable[[str], Browser]:
    """A browser in which a user of the file is signed in."""
    app = desk_app(made_desk(runs, tmp_path / "desk", users_file), HOSTS)

    def sign_in(name: str) -> Browser:
        browser = Browser(app)
        browser.ask("POST", "/sign-in", data={"name": name, "password": PASSWORD})
        return browser

    return sign_in


@pytest.fixture
def mine(own: Desk) -> Browser:
    """The browser of whoever came in by the link, at the desk `own` of a module."""
    browser = Browser(desk_app(own, HOSTS))
    browser.get(f"/enter?token={own.sessions.link}")
    return browser


def work(desk: Desk) -> None:
    """What the crew does, in this process."""
    for number in desk.jobs.to_do():
        carry_out(JobPlace(desk.store.database.address.shown, str(desk.folder)), number)
