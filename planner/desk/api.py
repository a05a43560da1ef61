"""The read-only JSON interface: runs, their figures and their tables, as the one who asks may see them;
and its OpenAPI document.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import Field
from pydantic.json_schema import models_json_schema
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from planner import __version__
from planner.desk.desk import Desk, number_of, page, seen, session_of
from planner.desk.opened.tables import title_of
from planner.desk.pages.runs import seen_runs
from planner.records.model import Count, InUnit, Moment, Number, Record
from planner.store import schema
from planner.store.store import Run

MOST_ROWS = 10_000  # of a table in one answer
REF = "#/components/schemas/{model}"


class StoredRun(Record):
    """A run of the store. What a nation's extract does not hold is null for that nation's user."""

    run: Number = Field(description="Its number.")
    title: str = Field(description="Title from Settings, else the name of the input.")
    started: Moment = Field(description="UTC.")
    kind: str | None = Field(description="solve or replan.")
    status: str | None = Field(description="How it ended, as in run.json.")
    verified: bool | None = Field(description="Has its plan passed the independent check?")
    run_sha256: str | None = Field(description="Checksum of its run.json.")
    input_sha256: str | None = Field(description="Checksum of its input.")
    follows: Number | None = Field(description="Of a re-planned run: the one that it follows.")
    approvals: Count | None = Field(description="How many approved it.")


class RunList(Record):
    """Runs, the newest first."""

    runs: tuple[StoredRun, ...] = Field(description="At most thirty.")
    before: Number | None = Field(description="Ask with this number for older ones; null: there are none.")


class FigureEntry(Record):
    """A headline figure, or the value of an aim."""

    name: str = Field(description="What it is.")
    unit: str = Field(description="Unit of the value.")
    value: InUnit | None = Field(description="In its unit; null: not reached.")


class RunFigures(Record):
    """What a run came to."""

    aims: tuple[FigureEntry, ...] = Field(description="The objective, level by level in order; less is better.")
    figures: tuple[FigureEntry, ...] = Field(description="Headline figures that the store keeps.")


class TableEntry(Record):
    """A result table."""

    name: str = Field(description="As in the run folder; `_others` at its end: other nations' sums.")
    title: str = Field(description="In words.")
    columns: tuple[str, ...] = Field(description="Its columns in order.")
    rows: Count = Field(description="Under the filter.")


class TableList(Record):
    """The tables of a run that may be seen."""

    tables: tuple[TableEntry, ...] = Field(description="Those with rows.")


class TableRows(TableEntry):
    """Rows of a result table. A blank is null; periods are numbered from 1."""

    offset: Count = Field(description="Rows before the first one here.")
    values: tuple[tuple[Any, ...], ...] = Field(description="Row by row, in the order of the columns.")


class FaultEntry(Record):
    """Why there is no answer."""

    error: str = Field(description="In words.")


@dataclass(frozen=True)
class Parameter:
    """A parameter of the query."""

    name: str
    description: str
    kind: str = "string"


FILTER = (
    Parameter("nation", "Rows of this nation."),
    Parameter("commitment", "Rows of this commitment."),
    Parameter("item", "Rows of this item."),
    Parameter("destination", "Rows of this destination."),
    Parameter("from", "First month, as 2026-03; a demand counts in the month in which it is due."),
    Parameter("to", "Last month."),
)
PAGES = (
    Parameter("offset", "Rows to leave out.", "integer"),
    Parameter("limit", f"Rows, at most {MOST_ROWS}.", "integer"),
)


@dataclass(frozen=True)
class Endpoint:
    """One address: what answers, and what the document says of it."""

    path: str
    summary: str
    answer: type[Record]
    handler: Callable[[Desk, Request], Record]
    query: tuple[Parameter, ...] = ()


def routes(desk: Desk) -> list[Route]:
    """The addresses."""

    def endpoint(one: Endpoint) -> Route:
        def handler(desk: Desk, request: Request) -> Response:
            return JSONResponse(one.handler(desk, request).document())

        path = one.path.replace("{run}", "{run:number}").replace("{table}", "{table:str}")
        return Route(path, page(desk, handler), methods=["GET"])

    def openapi(_: Desk, __: Request) -> Response:
        return JSONResponse(document())

    return [*map(endpoint, ENDPOINTS), Route("/api/openapi.json", page(desk, openapi))]


def _runs(desk: Desk, request: Request) -> Record:
    before = _whole(request, "before", None)
    runs, more = seen_runs(desk, session_of(request).viewer.nation, before)
    hides = session_of(request).viewer.nation is not None
    return RunList(runs=tuple(_entry(run, hides) for run in runs), before=runs[-1].id if more else None)


def _run(desk: Desk, request: Request) -> Record:
    run = seen(desk, request, number_of(request))
    return _entry(run.opened.run, not run.has_all)


def _entry(run: Run, hides: bool) -> StoredRun:
    entry: dict[str, Any] = {"run": run.id, "title": run.title, "started": run.started}
    more = {
        "kind": run.kind,
        "status": run.status,
        "verified": run.verified,
        "run_sha256": run.run_sha256,
        "input_sha256": run.input_sha256,
        "follows": run.parent,
        "approvals": run.approvals,
    }
    return StoredRun.model_validate(entry | (dict.fromkeys(more) if hides else more))


def _figures(desk: Desk, request: Request) -> Record:
    run = seen(desk, request, number_of(request))
    if not run.has_all:
        raise HTTPException(403, "Figures are of the whole plan, which a nation's extract does not hold.")
    aims = [(row["title"], row["unit"], row["value"]) for row in desk.store.rows(schema.levels, run.number)]
    figures = [(row["name"], row["unit"], row["value"]) for row in desk.store.rows(schema.figures, run.number)]
    return RunFigures(aims=tuple(_figure(*row) for row in aims), figures=tuple(_figure(*row) for row in figures))


def _figure(name: str, unit: str, value: float | None) -> FigureEntry:
    return FigureEntry(name=name, unit=unit, value=value)


def _tables(desk: Desk, request: Request) -> Record:
    run = seen(desk, request, number_of(request))
    tables = (
        TableEntry(name=name, title=title_of(name), columns=tuple(map(str, table.columns)), rows=len(run.tables[name]))
        for name, table in run.whole.items()
        if len(table)
    )
    return TableList(tables=tuple(tables))


def _rows(desk: Desk, request: Request) -> Record:
    run, name = seen(desk, request, number_of(request)), request.path_params["table"]
    if name not in run.tables:
        raise HTTPException(404, "This run has no such table.")
    table = run.tables[name]
    offset, limit = _whole(request, "offset", 0) or 0, min(_whole(request, "limit", MOST_ROWS) or 0, MOST_ROWS)
    part = table.iloc[offset : offset + limit]
    values = part.astype(object).where(part.notna(), None).itertuples(index=False, name=None)
    return TableRows(
        name=name,
        title=title_of(name),
        columns=tuple(map(str, table.columns)),
        rows=len(table),
        offset=offset,
        values=tuple(values),
    )


def _whole(request: Request, name: str, default: int | None) -> int | None:
    text = request.query_params.get(name)
    if text is None:
        return default
    if not text.isdecimal() or len(text) > 9:
        raise HTTPException(400, f"{name}: found {text!r}, expected a whole number.")
    return int(text)


ENDPOINTS = (
    Endpoint(
        "/api/runs",
        "The runs, the newest first",
        RunList,
        _runs,
        (Parameter("before", "Older than this run.", "integer"),),
    ),
    Endpoint("/api/runs/{run}", "One run", StoredRun, _run),
    Endpoint("/api/runs/{run}/figures", "Aims and headline figures of a run", RunFigures, _figures),
    Endpoint("/api/runs/{run}/tables", "The result tables of a run", TableList, _tables, FILTER),
    Endpoint("/api/runs/{run}/tables/{table}", "Rows of a result table", TableRows, _rows, (*FILTER, *PAGES)),
)


def document() -> dict[str, Any]:
    """The OpenAPI document: the addresses above, and the models that they answer with."""
    kinds: list[type[Record]] = list(dict.fromkeys([*(one.answer for one in ENDPOINTS), FaultEntry]))
    _, schemas = models_json_schema([(kind, "serialization") for kind in kinds], ref_template=REF)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "The desk of planner",
            "version": __version__,
            "description": "Read-only. It answers in a session of the desk: send its cookie.",
        },
        "paths": {one.path: {"get": _operation(one)} for one in ENDPOINTS},
        "components": {"schemas": schemas["$defs"]},
    }


def _operation(one: Endpoint) -> dict[str, Any]:
    def answer(kind: type[Record], words: str) -> dict[str, Any]:
        return {
            "description": words,
            "content": {"application/json": {"schema": {"$ref": REF.format(model=kind.__name__)}}},
        }

    faults = {"401": "Not signed in.", "404": "There is no such thing, or it is not yours to see."}
    return {
        "summary": one.summary,
        "operationId": one.handler.__name__.strip("_"),
        "parameters": list(_parameters(one)),
        "responses": {
            "200": answer(one.answer, one.summary),
            **{code: answer(FaultEntry, words) for code, words in faults.items()},
        },
    }


def _parameters(one: Endpoint) -> Iterator[dict[str, Any]]:
    for name, kind in (("run", "integer"), ("table", "string")):
        if f"{{{name}}}" in one.path:
            yield {"name": name, "in": "path", "required": True, "schema": {"type": kind}}
    for parameter in one.query:
        yield {
            "name": parameter.name,
            "in": "query",
            "required": False,
            "description": parameter.description,
            "schema": {"type": parameter.kind},
        }
