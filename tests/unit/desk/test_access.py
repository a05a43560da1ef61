"""Who may come in, and what is refused at the door."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from planner.desk.access.guard import MOST_AT_ONCE, MOST_LASTING, Guard, local_part
from planner.desk.access.sessions import COOKIE, HOURS, MOST_FAILURES, Sessions, TooManyError
from planner.desk.access.users import hashed, read_users
from planner.desk.app import MOST_BYTES, desk_app
from planner.desk.desk import Desk
from planner.desk.pages.entering import MOST_WAITING
from planner.errors import InputError
from planner.store.database import StoreError
from planner.store.store import RunStore
from tests.unit.desk.browsing import Browser
from tests.unit.desk.conftest import HOSTS, ME, PASSWORD, made_desk


def test_the_link_opens_the_desk_once(desk: Desk) -> None:
    app, link = desk_app(desk, HOSTS), desk.sessions.link
    first, second = Browser(app), Browser(app)
    assert "Open the desk by its link" in first.get("/runs/1").text
    assert first.get("/enter?token=wrong").status_code == 403
    assert "<h1>Runs</h1>" in first.get(f"/enter?token={link}").text
    assert second.get(f"/enter?token={link}").status_code == 403
    assert "Open the desk by its link" in second.get("/").text


def test_the_cookie_is_closed_to_scripts_and_to_other_sites(desk: Desk) -> None:
    answer = Browser(desk_app(desk, HOSTS)).get(f"/enter?token={desk.sessions.link}").history[0]
    said = answer.headers["set-cookie"].lower()
    assert "httponly" in said
    assert "samesite=strict" in said


def test_every_answer_forbids_foreign_script(browser: Browser) -> None:
    for address in ("/", "/runs/1", "/runs/99", "/static/desk.js", "/sign-in"):
        policy = browser.get(address).headers["content-security-policy"]
        assert "script-src 'self';" in policy
        assert "default-src 'none'" in policy


def test_a_forged_or_old_cookie_is_nobody(users_file: Path) -> None:
    now = [1e9]
    sessions = Sessions(users_file, ME, clock=lambda: now[0])
    cookie = sessions.sign_in("reader", PASSWORD)
    assert cookie is not None
    found = sessions.find(cookie)
    assert found is not None
    assert found.viewer.name == "reader"
    assert sessions.find(cookie[:-2] + "xx") is None
    assert sessions.find("") is None
    assert Sessions(users_file, ME).find(cookie) is None  # another server's key
    now[0] += HOURS * 3600 + 1
    assert sessions.find(cookie) is None


def test_what_a_browser_brings_is_never_taken_for_a_session(signed_in: Callable[[str], Browser]) -> None:
    browser = signed_in("nobody")
    browser.cookies.set(COOKIE, "chosen-by-somebody", "127.0.0.1")
    browser.ask("POST", "/sign-in", data={"name": "reader", "password": PASSWORD})
    assert "chosen-by-somebody" not in str(browser.cookies.get(COOKIE))
    assert "<h1>Runs</h1>" in browser.get("/").text


def test_a_session_ends_with_its_password_or_role(tmp_path: Path) -> None:
    path = tmp_path / "users.toml"
    text = f'[[users]]\nname = "a"\nrole = "approver"\npassword = "{hashed(PASSWORD)}"\n'
    path.write_text(text, encoding="utf-8")
    sessions = Sessions(path, ME)
    cookie = sessions.sign_in("a", PASSWORD)
    assert cookie is not None
    path.write_text(text.replace("approver", "reader") + "\n", encoding="utf-8")
    assert sessions.find(cookie) is None


def test_a_name_cannot_be_tried_for_ever(users_file: Path) -> None:
    now = [0.0]
    sessions = Sessions(users_file, ME, clock=lambda: now[0])
    for _ in range(MOST_FAILURES):
        assert sessions.sign_in("reader", "wrong") is None
    with pytest.raises(TooManyError):
        sessions.sign_in("reader", PASSWORD)
    assert sessions.sign_in("planner", PASSWORD) is not None
    now[0] += 301
    assert sessions.sign_in("reader", PASSWORD) is not None


def test_signing_out_ends_the_session_for_the_cookie_too(signed_in: Callable[[str], Browser]) -> None:
    browser = signed_in("reader")
    cookie = browser.cookies.get(COOKIE)
    assert browser.ask("POST", "/sign-out", data={}).status_code == 403  # without the token of the form
    browser.send("/sign-out", {})
    browser.cookies.set(COOKIE, str(cookie), "127.0.0.1")
    assert "<h1>Sign in</h1>" in browser.get("/").text


def test_forms_of_other_sites_and_foreign_hosts_are_refused(browser: Browser) -> None:
    token = {"token": "x"}
    assert browser.ask("POST", "/sign-out", data=token, headers={"Origin": "http://evil.example"}).status_code == 403
    assert browser.ask("POST", "/sign-out", data=token, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert browser.get("/", headers={"Host": "evil.example"}).status_code == 421
    assert browser.ask("POST", "/sign-out", content=b"x" * (MOST_BYTES + 1)).status_code == 413


@pytest.mark.parametrize(
    "address",
    ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "/a\r\nSet-Cookie: x"],
)
def test_signing_in_leads_nowhere_else(address: str) -> None:
    assert local_part(address) == "/"


def test_it_leads_back_to_where_one_wanted() -> None:
    assert local_part("/runs/2/deliveries?item=rounds") == "/runs/2/deliveries?item=rounds"


def test_the_file_of_users_is_checked(tmp_path: Path) -> None:
    path = tmp_path / "users.toml"
    path.write_text(
        f'[[users]]\nname = "a"\nrole = "king"\npassword = "secret"\n'
        f'[[users]]\nname = "b"\nrole = "planner"\nnation = "EA"\npassword = "{hashed(PASSWORD)}"\n'
        f'[[users]]\nname = "c"\nrole = "reader"\npassword = "{hashed(PASSWORD)[:-1]}"\n',
        encoding="utf-8",
    )
    with pytest.raises(InputError) as found:
        read_users(path)
    text = str(found.value)
    assert "users[0].role" in text
    assert "reader, planner or approver" in text
    assert "planner desk --password" in text
    assert "users[2].password" in text  # cut off: no hash of a password
    path.write_text(path.read_text(encoding="utf-8").split("[[users]]")[2].join(["[[users]]", ""]), encoding="utf-8")
    with pytest.raises(InputError, match="with a nation; expected reader"):
        read_users(path)


def test_a_faulty_file_of_users_lets_nobody_in_and_says_nothing_of_itself(
    runs: Path, users_file: Path, tmp_path: Path
) -> None:
    path = tmp_path / "users.toml"
    text = users_file.read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    browser = Browser(desk_app(made_desk(runs, tmp_path / "desk", path), HOSTS))
    who = {"name": "reader", "password": PASSWORD}
    browser.ask("POST", "/sign-in", data=who)
    path.write_text(text + 'secret = "x', encoding="utf-8")
    assert "<h1>Sign in</h1>" in browser.get("/").text
    answer = browser.ask("POST", "/sign-in", data=who)
    assert answer.status_code == 503
    assert "users.toml" not in answer.text
    path.write_text(text, encoding="utf-8")
    assert "<h1>Runs</h1>" in browser.get("/").text


def test_signing_in_again_ends_the_session_before(signed_in: Callable[[str], Browser]) -> None:
    browser = signed_in("reader")
    before = str(browser.cookies.get(COOKIE))
    browser.ask("POST", "/sign-in", data={"name": "planner", "password": PASSWORD})
    assert "planner" in browser.get("/").text
    browser.cookies.set(COOKIE, before, "127.0.0.1")
    assert "<h1>Sign in</h1>" in browser.get("/").text


def test_many_who_sign_in_at_once_are_sent_away(runs: Path, users_file: Path, tmp_path: Path) -> None:
    app = desk_app(made_desk(runs, tmp_path / "desk", users_file), HOSTS)

    async def flood() -> list[int]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1") as client:
            tries = (
                client.post("/sign-in", data={"name": str(one), "password": "x"}) for one in range(MOST_WAITING + 5)
            )
            return [answer.status_code for answer in await asyncio.gather(*tries)]

    assert sorted(asyncio.run(flood())) == [403] * MOST_WAITING + [429] * 5


@pytest.mark.parametrize(
    "address", ["/runs/{}", "/api/runs/{}", "/jobs/{}", "/jobs/{}/events", "/runs/{}/tables/stocks.csv"]
)
@pytest.mark.parametrize("number", ["9" * 10, "9" * 30, "9" * 5000])
def test_a_number_that_no_store_holds_is_not_there(address: str, number: str, browser: Browser) -> None:
    assert browser.get(address.format(number)).status_code == 404


def test_the_header_host_makes_no_address_open(desk: Desk) -> None:
    browser = Browser(desk_app(desk, frozenset("*")))
    answer = browser.get("/runs/1", headers={"Host": "a/static/"})
    assert "Open the desk by its link" in answer.text


def test_who_asks_for_much_at_once_leaves_room_for_others(desk: Desk) -> None:
    now, most = 0, 0

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.01)
        now -= 1
        await Response()(scope, receive, send)

    guard = Guard(slow, desk.sessions, HOSTS, MOST_BYTES)
    cookies = {COOKIE: str(desk.sessions.enter(str(desk.sessions.link)))}

    async def flood() -> list[int]:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=guard), base_url="http://127.0.0.1", cookies=cookies
        ) as client:
            answers = await asyncio.gather(*(client.get("/runs/1/why") for _ in range(3 * MOST_AT_ONCE)))
            return [answer.status_code for answer in answers]

    assert asyncio.run(flood()) == [200] * (3 * MOST_AT_ONCE)
    assert most == MOST_AT_ONCE


def test_one_person_listens_to_few_jobs_at_a_time(desk: Desk) -> None:
    over, listening = asyncio.Event(), []

    async def lasting(scope: Scope, receive: Receive, send: Send) -> None:
        listening.append(scope["path"])
        await over.wait()
        await Response()(scope, receive, send)

    guard = Guard(lasting, desk.sessions, HOSTS, MOST_BYTES)
    cookies = {COOKIE: str(desk.sessions.enter(str(desk.sessions.link)))}

    async def listen() -> list[int]:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=guard), base_url="http://127.0.0.1", cookies=cookies
        ) as client:
            first = [asyncio.create_task(client.get("/jobs/1/events")) for _ in range(MOST_LASTING)]
            while len(listening) < MOST_LASTING:
                await asyncio.sleep(0.001)
            refused = await client.get("/jobs/1/events")
            over.set()
            answers = [refused, *await asyncio.gather(*first), await client.get("/jobs/1/events")]
            return [answer.status_code for answer in answers]

    assert asyncio.run(listen()) == [429, *[200] * MOST_LASTING, 200]


def test_two_desks_on_one_host_keep_apart(runs: Path, tmp_path: Path) -> None:
    """Browsers send the cookies of a host to all its ports."""
    ports = ("8100", "8200")
    desks = {port: made_desk(runs, tmp_path / port) for port in ports}
    browser = Browser(desk_app(desks[ports[0]], HOSTS))
    for port, one in desks.items():
        browser.app = desk_app(one, HOSTS)
        browser.get(f"http://127.0.0.1:{port}/enter?token={one.sessions.link}")
    assert sorted(browser.cookies) == [f"{COOKIE}_{port}" for port in ports]
    for port, one in desks.items():
        browser.app = desk_app(one, HOSTS)
        assert "<h1>Runs</h1>" in browser.get(f"http://127.0.0.1:{port}/").text
    browser.send(f"http://127.0.0.1:{ports[1]}/sign-out", {}, page=f"http://127.0.0.1:{ports[1]}/")
    browser.app = desk_app(desks[ports[0]], HOSTS)
    assert "<h1>Runs</h1>" in browser.get(f"http://127.0.0.1:{ports[0]}/").text


@pytest.mark.parametrize(("name", "is_told"), [("reader", False), ("east", False), ("approver", True)])
def test_where_a_broken_store_is_only_approvers_hear(
    name: str, is_told: bool, signed_in: Callable[[str], Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise StoreError("the store /secret/runs.sqlite cannot be used")

    browser = signed_in(name)
    monkeypatch.setattr(RunStore, "runs", broken)
    for address in ("/", "/api/runs"):
        answer = browser.get(address)
        assert answer.status_code == 503
        assert ("/secret" in answer.text) == is_told
