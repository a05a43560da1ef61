"""The desk as an ASGI application: its addresses, what every request passes,
and what is said where something is wrong.
"""

from __future__ import annotations

import logging
from functools import lru_cache

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from planner.desk import api
from planner.desk.access.guard import Guard
from planner.desk.access.users import Role
from planner.desk.desk import TEMPLATES, Desk, render
from planner.desk.pages import (
    approving,
    comparing,
    entering,
    explaining,
    inputs,
    mapping,
    options,
    reading,
    remedies,
    rows,
    runs,
    whatif,
)
from planner.errors import PlannerError
from planner.report.pages.shell import TEMPLATES as REPORT_TEMPLATES

MOST_BYTES = 32 * 2**20  # of a request: an uploaded workbook
STATIC = TEMPLATES.with_name("static")
_LOG = logging.getLogger("uvicorn.error")
_HEADINGS = {
    400: "This cannot be done",
    409: "Out of date",
    403: "Not allowed",
    404: "Not found",
    405: "This cannot be done",
    413: "Too large",
    429: "Too many requests",
}


def desk_app(desk: Desk, hosts: frozenset[str]) -> Starlette:
    """The application. `hosts`: the names by which browsers may call it; `*`: any."""
    first = (api, runs, inputs, approving, comparing, explaining, whatif, options, remedies, mapping, rows)
    pages = (*first, reading, entering)  # an address of `reading` has room for any name
    routes: list[BaseRoute] = [route for module in pages for route in module.routes(desk)]
    routes += [
        Route("/static/desk.css", _style),
        Route("/static/desk.js", _script),
        Route("/static/page.js", _page_script),
    ]
    guard = Middleware(Guard, sessions=desk.sessions, hosts=hosts, most_bytes=MOST_BYTES)
    return Starlette(
        routes=routes,
        middleware=[guard],
        exception_handlers={HTTPException: _fault_page, PlannerError: _fault_page, ClientDisconnect: _gone},
    )


def _fault_page(request: Request, fault: Exception) -> Response:
    """What went wrong, in words, and nothing of how the program is made."""
    status = fault.status_code if isinstance(fault, HTTPException) else 503
    words = fault.detail if isinstance(fault, HTTPException) else _broken(request, fault)
    if request.url.path.startswith("/api"):
        return JSONResponse({"error": words}, status)
    return render(
        request, "fault.html.j2", status, heading=_HEADINGS.get(status, "Temporarily unavailable"), words=words
    )


def _broken(request: Request, fault: Exception) -> str:
    """What is broken, for approvers; others are not told where store and folders are.

    The server's own log has it all.
    """
    _LOG.error("%s: %s", request.scope["path"], fault)
    session = request.state.session
    if session is not None and session.viewer.may(Role.approver):
        return str(fault)
    return (
        "What this page is made from cannot be read just now. Try again later, or tell the administrator of the desk."
    )


def _gone(_: Request, __: Exception) -> Response:
    """Whoever sent something went away half-way: nobody hears this, and it is nothing for the log of the server."""
    return Response(status_code=400)


@lru_cache(maxsize=1)
def _styles() -> str:
    report = (REPORT_TEMPLATES / "report.css").read_text(encoding="utf-8")
    return f"{report}\n{(STATIC / 'desk.css').read_text(encoding='utf-8')}"


def _style(_: Request) -> Response:
    return Response(_styles(), media_type="text/css")


def _page_script(_: Request) -> Response:
    return Response((REPORT_TEMPLATES / "page.js").read_text(encoding="utf-8"), media_type="text/javascript")


def _script(_: Request) -> Response:
    return Response((STATIC / "desk.js").read_text(encoding="utf-8"), media_type="text/javascript")
