"""Maps: ways over the water, what is full, and what goes through it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from planner import read, solve
from planner.plan.plan import Plan
from planner.report.data.traffic import Traffic, read_traffic
from planner.report.figures.drawing import Figure, render, specification
from planner.report.figures.maps.bottlenecks import fullness, through_the_fullest
from planner.report.figures.maps.geography import Canvas, Point, land_rings, lay_out
from planner.report.figures.maps.layout import WIDTH, Layout
from planner.report.figures.maps.network_map import FULL_SHADES, network_map
from planner.report.figures.maps.ways import LegLines

EUROPE = {"Oslo": (10.7, 59.9), "Constanta": (28.6, 44.2), "Madrid": (-3.7, 40.4), "Kyiv": (30.5, 50.45)}
TABLES = {
    "Settings": ["key,value", "start,2026-01", "periods,3"],
    "Items": ["item,name,value,weight", "kit,Kit,5,1", "tent,Tent,1,1"],
    "Nodes": ["node,kind,throughput_t", "Works,depot,", "Gate,transit,10", "Port,transit,", "Front,destination,"],
    "Routes": [
        *("origin,destination,capacity_t", "Works,Gate,", "Gate,Front,12", "Works,Port,8", "Port,Front,"),
    ],
    "Stocks": ["node,item,quantity", "Works,kit,40", "Works,tent,12"],
    "Demand": [
        *("destination,item,period,quantity", "Front,kit,1,16", "Front,kit,2,16", "Front,kit,3,8"),
        *("Front,tent,1,2", "Front,tent,2,2", "Front,tent,3,8"),
    ],
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Plan, Traffic]:
    """Of 18, 18 and 16 t wanted, 10 go through Gate and 8 by the leg to Port: both are full in periods 1 and 2."""
    folder: Path = tmp_path_factory.mktemp("world")
    for name, lines in TABLES.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")
    plan = solve(read(folder))
    return plan, read_traffic(plan)


def rows(figure: Figure) -> list[dict[str, Any]]:
    return [row for data in specification(figure)["datasets"].values() for row in data]


@pytest.mark.parametrize(("places", "shown"), [(EUROPE, True), ({"A": (29.0, 52.0), "B": (30.5, 52.5)}, False)])
def test_coastlines_are_named_where_they_are_drawn(places: dict[str, Point], shown: bool) -> None:
    """Around the Pripyat all that a map shows is land."""
    canvas = lay_out(places, WIDTH)
    assert Layout(canvas.places, canvas.height, canvas, land_rings(canvas)).shows_coast is shown


def on_land(canvas: Canvas, point: Point) -> bool:
    """In an odd number of rings, by a ray to the right."""
    x, y = point
    crossed = 0
    for ring in land_rings(canvas, 200.0):
        for (x1, y1), (x2, y2) in pairwise(ring):
            if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
                crossed += 1
    return crossed % 2 == 1


def test_what_goes_by_sea_does_not_cross_the_continent() -> None:
    canvas = lay_out(EUROPE, 960.0)
    start, end = canvas.places["Oslo"], canvas.places["Constanta"]
    by_sea, by_road = (LegLines(canvas).way(start, end, mode) for mode in ("Sea", "road"))
    assert (by_sea[0], by_sea[-1]) == (start, end) == (by_road[0], by_road[-1])
    over_land = [on_land(canvas, point) for point in by_sea]
    assert sum(over_land) < 0.1 * len(over_land), "but for its ends and for straits"
    assert min(x for x, _ in by_sea) < canvas.places["Madrid"][0], "around Spain"
    assert sum(on_land(canvas, point) for point in by_road) > 0.5 * len(by_road)


def test_without_a_map_every_way_is_a_bend() -> None:
    assert LegLines(None).way((0.0, 0.0), (10.0, 0.0), "sea") == LegLines(None).way((0.0, 0.0), (10.0, 0.0), "road")


def test_the_map_says_first_what_is_full(world: tuple[Plan, Traffic]) -> None:
    plan, traffic = world
    (gate,) = traffic.handling
    assert gate.filled[:2] == (1.0, 1.0)
    assert gate.filled[2] == pytest.approx(traffic.through["Gate"] / 10 - 2)
    shown = network_map(plan.instance, traffic)
    assert [(flow.leg.name, flow.full_periods[:2]) for flow in shown.numbered] == [("Works>Port", (0, 1))]
    drawn = render(shown.figure)
    assert f">Gate, {len(gate.full_periods)} of 3</text>" in drawn
    assert f"its handling full in {len(gate.full_periods)} of 3 periods</title>" in drawn
    often = FULL_SHADES[2] if len(gate.full_periods) == 3 else FULL_SHADES[1]
    assert f'stroke="{often}"' in drawn
    assert shown.figure.to_dict()["description"].startswith(
        f"Gate is full in {len(gate.full_periods)} of 3 periods; 1: "
    )


def test_what_is_full_when(world: tuple[Plan, Traffic]) -> None:
    plan, traffic = world
    table = fullness(plan.instance, traffic, network_map(plan.instance, traffic).numbered)
    assert table is not None
    full = {(row["row"], row["column"]) for row in rows(table) if row["size"] == 1}
    assert full >= {(name, month) for name in ("Gate (handling)", "1 Works → Port") for month in ("2026-01", "2026-02")}
    assert fullness(plan.instance, traffic, []) is None, "one place needs no table"


def test_what_goes_through_the_fullest_point_adds_up(world: tuple[Plan, Traffic]) -> None:
    plan, traffic = world
    table = through_the_fullest(plan, traffic)
    assert table is not None
    assert specification(table)["title"]["text"] == "What goes through Gate"
    largest = max(plan.tables["shipments"].query("origin == 'Gate'").groupby(["item", "period"])["tonnes"].sum())
    assert sum(row["size"] for row in rows(table)) * largest == pytest.approx(traffic.through["Gate"])
    assert through_the_fullest(plan, Traffic(traffic.legs, [])) is None
