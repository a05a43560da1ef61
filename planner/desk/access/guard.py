"""What every request passes: host, size, origin, session; and what every answer says to the browser."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from planner.desk.access.sessions import COOKIE, Session, Sessions

OPEN = ("/sign-in", "/enter", "/static/")  # what may be asked for by those who are not signed in
LASTING = "/events"  # ends the addresses of event streams
MOST_AT_ONCE = 6  # requests of one person, as many as a browser sends; the others wait
MOST_LASTING = 4  # of one person; a browser needs the rest of its connections for pages
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class TooLargeError(Exception):
    """The body of a request is larger than the desk takes."""


class TooManyLastingError(Exception):
    """Somebody listens to as many answers that last as one person may."""


class Guard:
    """Refuses what may not come in, before any page hears of it. The session is `request.state.session`."""

    def __init__(self, app: ASGIApp, sessions: Sessions, hosts: frozenset[str], most_bytes: int) -> None:
        self._app, self._sessions, self._hosts, self._most = app, sessions, hosts, most_bytes
        self._turns = defaultdict[str, asyncio.Semaphore](lambda: asyncio.Semaphore(MOST_AT_ONCE))
        self._lasting = Counter[str]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return  # there are no web sockets here
        request = Request(scope)
        answer = with_headers(send, scope)
        refused = self._refused(request)
        if refused is not None:
            await refused(scope, receive, answer)
            return
        try:
            async with self._turn(request):
                await self._app(scope, limited(receive, self._most), answer)
        except TooLargeError:
            await _too_large(self._most)(scope, receive, answer)
        except TooManyLastingError:
            await PlainTextResponse(f"You watch {MOST_LASTING} jobs already.", 429)(scope, receive, answer)

    def _turn(self, request: Request) -> AbstractAsyncContextManager[None]:
        """Waits for a turn where one person asks for very much at a time, so that others are answered too."""
        session: Session | None = request.state.session
        if session is None:
            return nullcontext()
        if request.scope["path"].endswith(LASTING):
            return self._listening(session.viewer.name)
        return self._turns[session.viewer.name]

    @asynccontextmanager
    async def _listening(self, who: str) -> AsyncIterator[None]:
        """Raises TooManyLastingError where one person listens to as many as they may."""
        if self._lasting[who] >= MOST_LASTING:
            raise TooManyLastingError
        self._lasting[who] += 1
        try:
            yield
        finally:
            self._lasting[who] -= 1

    def _refused(self, request: Request) -> Response | None:
        if "*" not in self._hosts and _host_and_port(request.headers.get("host", ""))[0] not in self._hosts:
            return PlainTextResponse(
                "This desk does not answer to that host name. See planner desk --help, --host.", 421
            )
        if not (request.headers.get("content-length") or "0").isdigit():
            return PlainTextResponse("Content-Length: expected a number.", 400)
        if int(request.headers.get("content-length") or 0) > self._most:
            return _too_large(self._most)
        if request.method not in ("GET", "HEAD") and not _same_origin(request):
            return PlainTextResponse("This form was sent from another site.", 403)
        path: str = request.scope["path"]  # not that of `request.url`, which is made up with the header Host
        session = self._sessions.find(request.cookies.get(cookie_name(request.headers), ""))
        request.state.session = session
        if session is not None or path.startswith(OPEN):
            return None
        if path.startswith("/api"):
            return JSONResponse({"error": "not signed in"}, 401)
        if request.method not in ("GET", "HEAD"):
            return PlainTextResponse("Your session is over; sign in again.", 401)
        address = path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/sign-in?then={quote(address, safe='')}", 303)


def _too_large(most: int) -> Response:
    return PlainTextResponse(f"This is larger than {most // 2**20} MiB, which the desk takes at most.", 413)


def cookie_name(headers: Headers) -> str:
    """The cookie of this desk's sessions.

    Browsers send the cookies of a host to all its ports, so the port is in the name: two desks on one host do not take
    each other's place.
    """
    port = _host_and_port(headers.get("host", ""))[1]
    return f"{COOKIE}_{port}" if port else COOKIE


def _host_and_port(header: str) -> tuple[str, str]:
    """The two parts of the header Host; without a port the second is blank."""
    name, _, port = header.rpartition(":")
    return (name.strip("[]").lower(), port) if port.isdigit() else (header.strip("[]").lower(), "")


def _same_origin(request: Request) -> bool:
    """Does the browser say that the request comes from a page of this desk?"""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site != "same-origin":
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def with_headers(send: Send, scope: Scope) -> Send:
    """`send`, with the headers that every answer carries."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            if not scope["path"].startswith("/static/"):
                headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return sending


def limited(receive: Receive, most: int) -> Receive:
    """`receive`, which raises TooLargeError once more than `most` bytes have come in."""
    come = 0

    async def receiving() -> Message:
        nonlocal come
        message = await receive()
        come += len(message.get("body", b""))
        if come > most:
            raise TooLargeError
        return message

    return receiving


def local_part(address: str) -> str:
    """An address of this desk, to go on to; the first page where it leads elsewhere."""
    parts: Any = urlsplit(address)
    fine = address.startswith("/") and not address.startswith(("//", "/\\")) and not parts.netloc and not parts.scheme
    return address if fine and not any(ord(letter) < 32 for letter in address) else "/"


def is_secure(headers: Headers, scheme: str) -> bool:
    """Does the browser speak TLS, to this server or to the proxy before it?"""
    return scheme == "https" or headers.get("x-forwarded-proto") == "https"
