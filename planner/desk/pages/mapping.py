"""The map under the filter (an item, a month), month after month; and a point of it:
what goes through, and what its being full costs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Any

import pandas as pd
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from planner.desk.desk import Desk, Seen, number_of, page, render, seen
from planner.desk.opened.filters import filtered
from planner.desk.pages.contents import BY_NAME
from planner.desk.pages.reading import chosen_data, head, parts_of, tables_of
from planner.report.data.limits import Limit
from planner.report.data.report_data import ReportData
from planner.report.data.traffic import NodeFlow, Traffic, read_traffic
from planner.report.figures.drawing import framed
from planner.report.figures.maps.bottlenecks import fullness, through_the_fullest
from planner.report.figures.maps.network_map import NetworkMap, network_map
from planner.report.pages.views import View, ViewColumn

MOVES = "shipments"


def routes(desk: Desk) -> list[Route]:
    """The addresses."""
    return [
        Route("/runs/{run:number}/network", page(desk, _network)),
        Route("/runs/{run:number}/map", page(desk, _map)),
        Route("/runs/{run:number}/points", page(desk, _point)),
    ]


def _network(desk: Desk, request: Request) -> Response:
    run, wanted = seen(desk, request, number_of(request)), BY_NAME["network"]
    data = chosen_data(run)
    context: dict[str, Any] = {**head(run, wanted), "tables": list(tables_of(run, wanted.tables))}
    if data is None or not data.instance.legs:
        return render(request, "run/page.html.j2", **context, parts=parts_of(run, data, wanted))
    shown = map_of(run, data)
    return render(
        request,
        "run/map.html.j2",
        **context,
        parts=parts_of(run, data, replace(wanted, sections=("stocks",))),
        shown=shown,
        points=sorted(data.instance.nodes),
        without_months=replace(run.chosen, first="", last="").query,
    )


@dataclass(frozen=True)
class Map:
    """The map under a filter: what it shows and does not, as a picture, and the charts of what is full."""

    drawn: NetworkMap
    traffic: Traffic
    figure: Markup
    charts: Sequence[Markup]


def map_of(run: Seen, data: ReportData) -> Map:
    """The map of a run under the filter, drawn once."""
    return run.opened.kept(f"map{run.chosen.query}", lambda: _drawn(run, data))


def _drawn(run: Seen, data: ReportData) -> Map:
    traffic = chosen_traffic(data, run)
    drawn = network_map(data.instance, traffic)
    charts = [
        fullness(data.instance, data.traffic, drawn.numbered),
        through_the_fullest(data.plan, data.traffic),
    ]
    shown = [] if run.chosen.is_any else [framed(chart, run.marking) for chart in charts if chart is not None]
    return Map(drawn, traffic, framed(drawn.figure, run.marking), shown)


def _map(desk: Desk, request: Request) -> Response:
    """The picture alone, for the browser that plays the months."""
    run = seen(desk, request, number_of(request))
    data = run.opened.data if run.has_all else None
    if data is None or not data.instance.legs:
        raise HTTPException(404, "There is no map of this run.")
    return HTMLResponse(map_of(run, data).figure)


def chosen_traffic(data: ReportData, run: Seen) -> Traffic:
    """What moves under the filter; where something is full is still said of all that moves, in the months chosen."""
    if not run.chosen.is_any:
        return data.traffic
    tables = {name: _chosen(data.plan.tables[name], run) for name in (MOVES, "deliveries")}
    part = read_traffic(replace(data.plan, tables={**data.plan.tables, **tables}))
    months = {period - 1 for period in run.chosen.periods(run.calendar)}
    whole = {flow.leg.name: flow for flow in data.traffic.legs}
    legs = [
        replace(flow, capacity=inf, full_periods=_within(whole[flow.leg.name].full_periods, months))
        for flow in part.legs
    ]
    handling = [replace(flow, full_periods=_within(flow.full_periods, months)) for flow in data.traffic.handling]
    return replace(part, legs=legs, handling=[flow for flow in handling if flow.full_periods])


def _chosen(table: pd.DataFrame, run: Seen) -> pd.DataFrame:
    """The rows under the filter; what is delivered counts in the month in which it comes."""
    rows = filtered(table.drop(columns="due", errors="ignore"), run.chosen, run.calendar, run.nation_of)
    return table.loc[rows.index]


def _within(periods: Sequence[int], months: set[int]) -> tuple[int, ...]:
    return tuple(period for period in periods if period in months)


def _point(desk: Desk, request: Request) -> Response:
    run, name = seen(desk, request, number_of(request)), request.query_params.get("point", "")
    data = run.opened.data if run.has_all else None
    if data is None or name not in data.instance.nodes:
        raise HTTPException(404, "There is no such point here.")
    moves = run.tables[MOVES]
    return render(
        request,
        "run/point.html.j2",
        **head(run, None),
        node=data.instance.nodes[name],
        full=_full(data.traffic.handling, name),
        limits=_limits(data, name),
        by_item=_through(
            moves, name, "item", "What goes through, by item", lambda code: run.titles.with_code("item", str(code))
        ),
        by_month=_through(
            moves,
            name,
            "period",
            "What goes through, by month of dispatch",
            lambda period: run.calendar.labels[int(period) - 1],
        ),
        legs=[flow for flow in data.traffic.legs if name in (flow.leg.origin, flow.leg.destination)],
    )


def _full(handling: Sequence[NodeFlow], name: str) -> NodeFlow | None:
    return next((flow for flow in handling if flow.node == name), None)


def _limits(data: ReportData, name: str) -> list[Limit]:
    """What more of the point's own limits would bring."""
    return [limit for limit in data.limits if limit.object == name]


def _through(moves: pd.DataFrame, name: str, key: str, title: str, words: Callable[[Any], str]) -> View:
    """Tonnes that come and leave, by item (those of which most moves first) or by month of dispatch."""
    comes, leaves = (moves[moves[end] == name].groupby(key)["tonnes"].sum() for end in ("destination", "origin"))
    keys = sorted({*comes.index, *leaves.index})
    if key == "item":
        keys.sort(key=lambda item: -float(comes.get(item, 0.0) + leaves.get(item, 0.0)))
    rows = [(words(one), float(comes.get(one, 0.0)), float(leaves.get(one, 0.0))) for one in keys]
    tonnes = (ViewColumn("Comes", "quantity", "t"), ViewColumn("Leaves", "quantity", "t"))
    heading = ViewColumn("Item" if key == "item" else "Month", "text" if key == "item" else "month")
    return View(MOVES, title, "", (heading, *tonnes), rows, most=len(rows))
