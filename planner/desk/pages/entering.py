"""In and out: the one-time link, the form to sign in, and the end of a session."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from planner.desk.access.guard import cookie_name, is_secure, local_part
from planner.desk.access.sessions import HOURS, TooManyError
from planner.desk.access.users import Role
from planner.desk.desk import Desk, action, render, session_of
from planner.errors import PlannerError

AT_ONCE = 2  # passwords looked at: each costs time and memory by design
MOST_WAITING = 50  # others, who hold no thread that a page could need


def routes(desk: Desk) -> list[Route]:
    """The addresses."""

    def enter(request: Request) -> Response:
        cookie = desk.sessions.enter(request.query_params.get("token", ""))
        if cookie is None:
            return render(
                request, "sign_in.html.j2", 403, then="/", fault="used", users=desk.sessions.has_users, name=""
            )
        return _with_cookie(request, cookie, "/")

    def ask(request: Request) -> Response:
        if request.state.session is not None:
            return RedirectResponse("/", 303)
        then = local_part(request.query_params.get("then", "/"))
        return render(request, "sign_in.html.j2", then=then, fault="", users=desk.sessions.has_users, name="")

    at_once, waiting = asyncio.Semaphore(AT_ONCE), set[Request]()

    async def sign_in(request: Request) -> Response:
        async with request.form(max_files=0, max_fields=5) as form:
            if len(waiting) >= MOST_WAITING:
                raise HTTPException(429, "Too many sign in just now. Try again in a while.")
            waiting.add(request)
            try:
                async with at_once:
                    return await run_in_threadpool(_signed_in, desk, request, form)
            finally:
                waiting.discard(request)

    return [
        Route("/enter", enter),
        Route("/sign-in", ask, methods=["GET"]),
        Route("/sign-in", sign_in, methods=["POST"]),
        Route("/sign-out", action(desk, _sign_out, Role.reader), methods=["POST"]),
    ]


def _signed_in(desk: Desk, request: Request, form: FormData) -> Response:
    name, password = (str(form.get(key) or "") for key in ("name", "password"))
    then = local_part(str(form.get("then") or "/"))
    fault = "wrong"
    try:
        cookie = desk.sessions.sign_in(name[:200], password[:1000])
    except TooManyError:
        cookie, fault = None, "too many"
    except (PlannerError, OSError):  # its words are not for those who are not in yet
        raise HTTPException(503, "The file of users cannot be read. Tell the administrator of the desk.") from None
    if cookie is None:
        status = 429 if fault == "too many" else 403
        return render(
            request, "sign_in.html.j2", status, then=then, fault=fault, users=desk.sessions.has_users, name=name
        )
    if request.state.session is not None:
        desk.sessions.end(request.state.session)  # nobody comes back to it
    return _with_cookie(request, cookie, then)


def _sign_out(desk: Desk, request: Request, _: FormData) -> Response:
    desk.sessions.end(session_of(request))
    answer = RedirectResponse("/sign-in", 303)
    answer.delete_cookie(cookie_name(request.headers), path="/")
    return answer


def _with_cookie(request: Request, cookie: str, then: str) -> Response:
    answer = RedirectResponse(quote(then, safe="/?&=%~:,+"), 303)
    answer.set_cookie(
        cookie_name(request.headers),
        cookie,
        int(HOURS * 3600),
        path="/",
        secure=is_secure(request.headers, request.url.scheme),
        httponly=True,
        samesite="strict",
    )
    return answer
