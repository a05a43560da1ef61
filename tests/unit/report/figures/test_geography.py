from __future__ import annotations

import json
from math import cos, hypot, radians

import numpy as np
import pytest

from planner.report.figures.labels import Labels
from planner.report.figures.maps.geography import COASTLINE, Lambert, _clipped, _unproject, land_rings, lay_out

EUROPE = {
    "Paris": (2.35, 48.86),
    "Warsaw": (21.0, 52.2),
    "Kyiv": (30.5, 50.45),
    "Rome": (12.5, 41.9),
    "Oslo": (10.7, 59.9),
}


def test_projection_keeps_angles() -> None:
    """Conformal: a small step north and one east are equally long and at right angles (Snyder 1987, p. 104)."""
    project = Lambert.around(20.0, 38.0, 62.0)
    step = 1e-5
    for longitude, latitude in EUROPE.values():
        x, y = project(longitude, latitude)
        x_north, y_north = project(longitude, latitude + step)
        x_east, y_east = project(longitude + step / cos(radians(latitude)), latitude)
        north, east = (x_north - x, y_north - y), (x_east - x, y_east - y)
        assert hypot(*north) == pytest.approx(hypot(*east), rel=1e-4)
        assert abs(north[0] * east[0] + north[1] * east[1]) < 1e-4 * hypot(*north) ** 2
        assert north[1] < 0 < east[0], "north is up, east is right"


def test_all_nodes_are_inside_and_the_way_back_is_exact() -> None:
    canvas = lay_out(EUROPE, 1120.0)
    for name, (longitude, latitude) in EUROPE.items():
        x, y = canvas.places[name]
        assert 20 < x < 1100
        assert 20 < y < canvas.height - 20
        assert _unproject(canvas, x, y) == pytest.approx((longitude, latitude), abs=1e-6)


def test_a_far_node_goes_to_the_edge_and_leaves_the_scale_alone() -> None:
    near = lay_out(EUROPE, 1120.0)
    far = lay_out({**EUROPE, "Washington": (-77.0, 38.9), "Tokyo": (139.7, 35.7)}, 1120.0)
    assert far.far == {"Washington", "Tokyo"}
    assert far.zoom == pytest.approx(near.zoom)
    assert far.places["Washington"][0] < 60
    assert far.places["Tokyo"][0] > 1060


@pytest.mark.parametrize("positions", [{"A": (10.0, 50.0), "B": (10.0, 50.0)}, {"A": (174.0, -41.0), "B": (150.0, -34.0)}, {"A": (-1.0, 1.0), "B": (1.0, -1.0)}])  # fmt: skip
def test_odd_windows_still_give_a_map(positions: dict[str, tuple[float, float]]) -> None:
    canvas = lay_out(positions, 1120.0)
    assert 0 < canvas.zoom < float("inf")
    assert all(0 < x < 1120 and 0 < y < canvas.height for x, y in canvas.places.values())


def test_clipping_cuts_at_the_box() -> None:
    square = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)]
    assert sorted(_clipped(square, 5.0, 5.0, 20.0, 20.0)) == [(5.0, 5.0), (5.0, 10.0), (10.0, 5.0), (10.0, 10.0)]
    assert _clipped(square, 20.0, 20.0, 30.0, 30.0) == []


def test_land_is_drawn_and_its_source_is_named() -> None:
    assert len(land_rings(lay_out(EUROPE, 1120.0))) > 10
    assert "public domain" in json.loads(COASTLINE.read_text(encoding="utf-8"))["source"]


def test_labels_avoid_each_other_and_lines() -> None:
    labels = Labels(200.0, 100.0, lines=np.array([[120.0, 50.0], [130.0, 50.0]]))
    first = labels.place((100.0, 50.0), 5.0, 40.0)
    assert first is not None
    assert first[2] <= 100.0, "to the left, as a line runs to the right"
    second = labels.place((100.0, 50.0), 5.0, 40.0)
    assert second is not None
    assert second[0] >= 100.0 or second[3] <= first[1] or second[1] >= first[3], "not over the first"
    assert not labels.free(first)
    assert not labels.free(second)
    assert Labels(30.0, 30.0).place((15.0, 15.0), 5.0, 40.0) is None
