"""From latitude and longitude to the page: the window of a map, a conic projection, and coastlines.

Coastlines only, no borders: outline files take sides. `coastline.json` is Natural Earth's 1:50m land (public
domain), simplified.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from math import atan2, cos, degrees, hypot, log, pi, radians, sin, sqrt, tan
from pathlib import Path
from typing import NamedTuple

from planner.tolerances import NOISE, SAME

Point = tuple[float, float]
COASTLINE = Path(__file__).with_name("coastline.json")
FAR_FACTOR = 2.2  # a node that many times farther from the middle than most is drawn at the edge of the map
EDGE = 6.0  # pixels: land is drawn that far beyond the picture
MARGIN_DEGREES = 14.0  # land is cut that far outside the window, so that the cut is never seen


@dataclass(frozen=True, slots=True)
class Lambert:
    """Lambert's conformal conic projection: true angles, Europe as people know it."""

    longitude: float
    cone: float
    scale: float

    @classmethod
    def around(cls, longitude: float, south: float, north: float) -> Lambert:
        """Standard parallels a sixth inside the window, as is usual."""
        sixth = (north - south) / 6
        one, two = (radians(_off_equator(p)) for p in (south + sixth, north - sixth))
        if abs(one - two) < SAME:
            cone = sin(one)
        else:
            cone = log(cos(one) / cos(two)) / log(tan(pi / 4 + two / 2) / tan(pi / 4 + one / 2))
        if abs(cone) < 0.02:
            cone = 0.02
        return cls(longitude, cone, cos(one) * tan(pi / 4 + one / 2) ** cone / cone)

    def __call__(self, longitude: float, latitude: float) -> Point:
        """x to the east, y to the south, in radians of the sphere."""
        radius = self.scale / tan(pi / 4 + radians(min(max(latitude, -80.0), 88.0)) / 2) ** self.cone
        turn = self.cone * radians((longitude - self.longitude + 180) % 360 - 180)
        return radius * sin(turn), radius * cos(turn)


def _off_equator(latitude: float) -> float:
    return latitude if abs(latitude) > 1 else 1.0


@dataclass(frozen=True)
class Canvas:
    """Where things are on the page. `far` are nodes outside the window, moved to its edge."""

    places: Mapping[str, Point]
    far: frozenset[str]
    width: float
    height: float
    projection: Lambert
    zoom: float
    origin: Point
    window: tuple[float, float, float, float]  # west, south, east, north

    def point(self, longitude: float, latitude: float) -> Point:
        """Pixels (from the left, from the top) of a place given in degrees."""
        x, y = self.projection(longitude, latitude)
        return (x - self.origin[0]) * self.zoom, (y - self.origin[1]) * self.zoom


def lay_out(positions: Mapping[str, Point], width: float, tallest: float = 760.0) -> Canvas:
    """A map `width` wide of nodes at (longitude, latitude); nodes far from all others go to the edge."""
    near = _near(positions)
    longitudes = [positions[n][0] for n in near]
    latitudes = [positions[n][1] for n in near]
    projection = Lambert.around((min(longitudes) + max(longitudes)) / 2, min(latitudes) - 2, max(latitudes) + 2)
    raw = {node: projection(*positions[node]) for node in near}
    x_range = _spread([p[0] for p in raw.values()])
    y_range = _spread([p[1] for p in raw.values()])
    side, top = 70.0, 42.0
    zoom = min((width - 2 * side) / (x_range[1] - x_range[0]), (tallest - 2 * top) / (y_range[1] - y_range[0]))
    height = min(max((y_range[1] - y_range[0]) * zoom + 2 * top, 380.0), tallest)
    middle = ((x_range[0] + x_range[1]) / 2, (y_range[0] + y_range[1]) / 2)
    origin = (middle[0] - width / 2 / zoom, middle[1] - height / 2 / zoom)
    window = (min(longitudes), min(latitudes), max(longitudes), max(latitudes))
    canvas = Canvas({}, frozenset(), width, height, projection, zoom, origin, window)
    places = {node: canvas.point(*positions[node]) for node in near}
    far = [node for node in positions if node not in near]
    places.update(_edge_places(canvas, {node: positions[node] for node in far}))
    return Canvas(places, frozenset(far), width, height, projection, zoom, origin, window)


def _near(positions: Mapping[str, Point]) -> list[str]:
    """The nodes the map shows: all but a few that lie far from the rest."""
    names = list(positions)
    if len(names) < 4:
        return names
    middle = (
        sorted(p[0] for p in positions.values())[len(names) // 2],
        sorted(p[1] for p in positions.values())[len(names) // 2],
    )
    distance = {n: _distance(positions[n], middle) for n in names}
    typical = sorted(distance.values())[int(0.7 * (len(names) - 1))]
    near = [n for n in names if distance[n] <= max(FAR_FACTOR * typical, 6.0)]
    return near if len(near) >= 0.6 * len(names) else names


def _distance(one: Point, two: Point) -> float:
    """Degrees of arc."""
    (lon1, lat1), (lon2, lat2) = one, two
    a = (
        sin(radians(lat2 - lat1) / 2) ** 2
        + cos(radians(lat1)) * cos(radians(lat2)) * sin(radians(lon2 - lon1) / 2) ** 2
    )
    return 2 * degrees(atan2(sqrt(a), sqrt(max(1 - a, 0.0))))


def _spread(values: Sequence[float]) -> tuple[float, float]:
    """Least and largest value, at least about four degrees apart."""
    low, high = min(values), max(values)
    lacking = max(radians(4.0) - (high - low), 0.0) / 2
    return low - lacking, high + lacking


def _edge_places(canvas: Canvas, positions: Mapping[str, Point]) -> dict[str, Point]:
    """Far nodes on the edge, in the direction in which they lie, kept apart from each other."""
    west, south, east, north = canvas.window
    middle_longitude, middle_latitude = (west + east) / 2, (south + north) / 2
    places: dict[str, Point] = {}
    for node, (longitude, latitude) in positions.items():
        right = (longitude - middle_longitude + 180) % 360 - 180
        down = middle_latitude - latitude
        half_width, half_height = canvas.width / 2 - 26, canvas.height / 2 - 34
        reach = min(half_width / max(abs(right), NOISE), half_height / max(abs(down), NOISE))
        x, y = canvas.width / 2 + right * reach, canvas.height / 2 + down * reach
        while any(hypot(x - a, y - b) < 30 for a, b in places.values()):
            y = y + 34 if y + 34 < canvas.height - 30 else 40.0
            x -= 1.0
        places[node] = (x, y)
    return places


class _Ring(NamedTuple):
    """A closed coastline of points (longitude, latitude), and its box."""

    points: list[Point]
    west: float
    south: float
    east: float
    north: float


@cache
def _coastline() -> list[_Ring]:
    stored = json.loads(COASTLINE.read_text(encoding="utf-8"))
    unit = float(stored["per_degree"])
    rings = []
    for flat in stored["rings"]:
        x, y = [value / unit for value in flat[::2]], [value / unit for value in flat[1::2]]
        rings.append(_Ring(list(zip(x, y, strict=True)), min(x), min(y), max(x), max(y)))
    return rings


def land_rings(canvas: Canvas, beyond: float = EDGE) -> list[list[Point]]:
    """The land in the picture and that many pixels `beyond` it, as closed rings of whole pixels;
    a ring in a ring is water.
    """
    columns, rows = (-beyond, canvas.width / 2, canvas.width + beyond), (-beyond, canvas.height + beyond)
    corners = [_unproject(canvas, x, y) for x in columns for y in rows]
    west = min(p[0] for p in corners) - MARGIN_DEGREES
    east = max(p[0] for p in corners) + MARGIN_DEGREES
    south = min(p[1] for p in corners) - MARGIN_DEGREES
    north = min(max(p[1] for p in corners) + MARGIN_DEGREES, 85.0)
    rings = []
    for ring in _coastline():
        for shift in (-360.0, 0.0, 360.0):
            if ring.west + shift > east or ring.east + shift < west or ring.south > north or ring.north < south:
                continue
            moved = [(x + shift, y) for x, y in ring.points] if shift else ring.points
            in_view = [canvas.point(*point) for point in _clipped(moved, west, south, east, north)]
            in_view = _clipped(in_view, -beyond, -beyond, canvas.width + beyond, canvas.height + beyond)
            whole = [point for point, _ in groupby((float(round(x)), float(round(y))) for x, y in in_view)]
            if len(whole) > 2:
                rings.append([*whole, whole[0]])
    return rings


def _unproject(canvas: Canvas, x: float, y: float) -> Point:
    """Longitude and latitude of a point of the page."""
    projection = canvas.projection
    east, down = x / canvas.zoom + canvas.origin[0], y / canvas.zoom + canvas.origin[1]
    if projection.cone < 0:
        east, down = -east, -down
    radius = hypot(east, down) * (1 if projection.cone > 0 else -1)
    turn = atan2(east, down)
    latitude = 2 * degrees(atan2((projection.scale / radius) ** (1 / projection.cone), 1.0)) - 90
    return projection.longitude + degrees(turn) / projection.cone, latitude


def _clipped(ring: list[Point], west: float, south: float, east: float, north: float) -> list[Point]:
    """A ring cut to a box (Sutherland and Hodgman 1974)."""
    for axis, bound, sign in ((0, west, 1), (0, east, -1), (1, south, 1), (1, north, -1)):
        if not ring:
            break
        ring = _cut(ring, axis, bound, sign)
    return ring


def _cut(ring: list[Point], axis: int, bound: float, sign: int) -> list[Point]:
    within: list[Point] = []
    before = ring[-1]
    for here in ring:
        inside, was_inside = sign * (here[axis] - bound) >= 0, sign * (before[axis] - bound) >= 0
        if inside != was_inside:
            part = (bound - before[axis]) / (here[axis] - before[axis])
            within.append((before[0] + part * (here[0] - before[0]), before[1] + part * (here[1] - before[1])))
        if inside:
            within.append(here)
        before = here
    return within
