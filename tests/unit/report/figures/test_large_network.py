"""A network that is too large to draw whole."""

from pathlib import Path

from planner import read
from planner.report.data.traffic import LegFlow, Traffic
from planner.report.figures.drawing import render
from planner.report.figures.maps.network_map import MOST_NODES, network_map


def star(folder: Path, spokes: int) -> Path:
    """One depot with a route to each of many destinations."""
    tables = {
        "Settings": ["key,value", "start,2026-01", "periods,1"],
        "Items": ["item,value", "kit,1"],
        "Nodes": ["node,kind", "Hub,depot", *(f"D{number},destination" for number in range(spokes))],
        "Routes": ["origin,destination", *(f"Hub,D{number}" for number in range(spokes))],
        "Stocks": ["node,item,quantity", f"Hub,kit,{spokes}"],
        "Demand": ["destination,item,period,quantity", *(f"D{number},kit,1,1" for number in range(spokes))],
    }
    folder.mkdir()
    for name, lines in tables.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")
    return folder


def test_only_the_busiest_points_and_legs_are_drawn_and_the_rest_is_counted(tmp_path: Path) -> None:
    instance = read(star(tmp_path / "star", MOST_NODES + 9))
    flows = [LegFlow(leg, 1.0 + place, float("inf"), ()) for place, leg in enumerate(instance.legs.values())]
    traffic = Traffic(flows[::-1], [], {"Hub": 1e9} | {flow.leg.destination: flow.tonnes for flow in flows})
    picture = network_map(instance, traffic)
    assert picture.nodes_left_out == 10
    assert picture.flows_left_out == 0
    drawn = render(picture.figure)
    assert ">D10 (" in drawn
    assert ">D9 (" not in drawn, "the least busy are left out"
