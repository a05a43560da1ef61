"""Figures: what each shows, and that they are safe and the same every time."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from math import nan
from typing import Any

import pytest

from planner.report.figures.bars import Pair, differences, pairs
from planner.report.figures.columns import Series, _apart, by_period, by_year
from planner.report.figures.drawing import Figure, framed, render, specification
from planner.report.figures.heat import HeatCell, heat_table
from planner.report.figures.panels import Panel, curve_panels, step_panels
from planner.report.figures.points import HEIGHT, WIDTH, Axis, ChartPoint, around_base, frontier_chart
from planner.report.figures.ranges import RING, STROKE, Range, ranges
from planner.report.figures.theme import BLUE, LATE, SERIES, SILVER, VERMILION, text_width
from planner.report.words.numbers import Money, share

EUR = Money("EUR", 1.0)
MONEY = Axis("money, EUR", EUR)
SERIES_OF_TWO = [Series("Joint", [5.0, 0.0], SERIES[0]), Series("Extra", [1.0, 2.0], SERIES[1])]
OPTIONS = [("MORE", 40.0), ("LESS", -30.0), ("SAME", 1.0)]

FIGURES: dict[str, Figure] = {
    "by period": by_period("Goods", "EUR", ["2026-01", "2026-02"], SERIES_OF_TWO, EUR, ["80", ""]),
    "by year": by_year("Who pays", "EUR", ["2026", "2027"], SERIES_OF_TWO, EUR),
    "pairs": pairs("Shares", "per cent", [Pair("PL", 0.4, 0.5), Pair("CZ", 0.6, None)], ("paid", "due"), share, percent=True),
    "differences": differences("Goods", ["EUR"], OPTIONS, EUR, threshold=5.0),
    "ranges": ranges("Who pays", "EUR", [Range("PL", 1.0, 3.0, [("plan", 2.0), ("other", 1.5)], "PL: 1 to 3")], [RING.named("plan"), STROKE.named("other")]),
    "panels": step_panels("Stocks", "t", ["1", "2", "3"], [Panel("Depot", "in t", [1.0, 4.0, 2.0], [nan, 3.0, 3.0])], names=("held", "target", "missing")),
    "curves": curve_panels("Sweep", [("Cost", "in EUR", [(0.5, 3.0), (0.75, 4.0), (1.0, None), (1.25, 5.0), (1.5, 6.0)])]),
    "heat": heat_table("Missing", "per cent", ["A", "B"], ["1", "2"], [HeatCell("A", "1", 0.5, "50", "A, 1: 50 %"), HeatCell("B", "2", 1.0, "100", "B, 2: 100 %", is_full=True)]),
    "frontier": frontier_chart("Cost", MONEY, MONEY, [(1.0, 9.0), (2.0, 4.0), (5.0, 1.0)], [True, False], (2.0, 5.0)),
    "options": around_base("Options", MONEY, MONEY, [ChartPoint("A", 0.0, 0.0), ChartPoint("B", 5.0, 2.0)]),
}  # fmt: skip


def rows(figure: Figure) -> list[dict[str, Any]]:
    """All rows of data in a figure."""
    return [row for data in specification(figure)["datasets"].values() for row in data]


@pytest.mark.parametrize("name", FIGURES)
def test_each_is_a_specification_that_loads_nothing(name: str) -> None:
    FIGURES[name].to_dict(validate=True)  # against the schema of Vega-Lite
    spec = specification(FIGURES[name])
    assert spec["$schema"].startswith("https://vega.github.io/schema/vega-lite/")
    assert '"url"' not in json.dumps(spec)
    assert spec["description"]
    assert spec["config"]["locale"]["number"]["minus"] == "−"


@pytest.mark.parametrize("name", FIGURES)
def test_each_is_drawn_with_title_description_and_caveat(name: str) -> None:
    figure, drawn = FIGURES[name], render(FIGURES[name], "EXERCISE <1>")
    title = specification(figure)["title"]["text"]
    assert drawn.startswith('<svg class="picture" role="img" aria-label=')
    assert f"<title>{title}</title><desc>" in drawn
    assert f">{title}</text>" not in drawn, "it is text of the page"
    assert f"<figcaption><h3>{title}</h3><small>" in framed(figure, level=3)
    assert f"<figcaption><strong>{title}</strong>" in framed(figure)
    assert drawn.endswith(">EXERCISE &lt;1&gt;</text></svg>")
    assert "<script" not in drawn
    assert "href" not in drawn
    assert 'opacity="0"' not in drawn, "what cannot be seen cannot be selected either"


@pytest.mark.parametrize("name", ["by year", "pairs", "differences", "ranges"])
def test_half_a_page_fits_a_telephone(name: str) -> None:
    assert "scrolls" not in framed(FIGURES[name])


@pytest.mark.parametrize(("least", "begins"), [(1.0, True), (8.0, False), (-1.0, False)])
def test_an_axis_whose_least_is_near_0_begins_there(least: float, begins: bool) -> None:
    drawn = frontier_chart("Cost", MONEY, MONEY, [(1.0, 9.0), (2.0, least)], [True], (2.0, least))
    domain = specification(drawn)["layer"][0]["encoding"]["y"]["scale"]["domain"]
    low = 0.0 if begins else least
    assert domain[0] == pytest.approx(low - 0.05 * (9.0 - low))


def test_the_same_figure_is_the_same_bytes() -> None:
    first = render(FIGURES["by year"])
    again = render(by_year("Who pays", "EUR", ["2026", "2027"], SERIES_OF_TWO, EUR))
    assert first == again


def test_identifiers_of_two_figures_never_meet() -> None:
    found = [set(re.findall(r'id="([^"]*)"', render(figure))) for figure in FIGURES.values()]
    assert sum(len(ids) for ids in found) == len(set().union(*found))


def test_names_cannot_break_the_page() -> None:
    evil = '"><script>alert(1)</script>'
    figure = pairs(evil, evil, [Pair(evil, 1.0, 2.0)], (evil, evil), str)
    assert "<script" not in framed(figure, evil)


def test_columns_draw_nothing_for_nothing_and_name_every_series() -> None:
    shown = [row for row in rows(FIGURES["by year"]) if "series" in row]
    assert [(row["period"], row["series"], row["value"]) for row in shown] == [
        ("2026", "Joint", 5.0), ("2026", "Extra", 1.0), ("2027", "Extra", 2.0),
    ]  # fmt: skip
    drawn = render(FIGURES["by year"])
    assert all(f">{text}</text>" in drawn for text in ("Joint", "Extra", "2026", "2027"))
    assert "<small>EUR</small>" in framed(FIGURES["by year"])
    assert "<title>2026: Joint EUR\u00a05</title>" in drawn


def test_captions_that_say_nothing_are_left_out() -> None:
    assert [row["caption"] for row in rows(FIGURES["by period"]) if "caption" in row] == ["80"]


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ([1.0, 5.0], [1.0, 5.0]),
        ([4.0, 4.0], [3.0, 5.0]),
        ([9.0, 9.5, 10.0], [6.0, 8.0, 10.0]),
        ([0.0, 1.0, 9.0], [-0.5, 1.5, 9.0]),
    ],
)
def test_names_move_apart_and_stay_within(places: list[float], expected: list[float]) -> None:
    assert _apart(places, 2.0, 10.0) == expected


def test_differences_come_sorted_and_pale_within_the_threshold() -> None:
    shown = [row for row in rows(FIGURES["differences"]) if "name" in row]
    assert [(row["name"], row["fill"], row["text"]) for row in shown] == [
        ("MORE", BLUE, "+40.0"), ("SAME", SILVER, "+1.00"), ("LESS", VERMILION, "−30.0"),
    ]  # fmt: skip
    assert {"from": -5.0, "to": 5.0} in rows(FIGURES["differences"])


def test_what_is_missing_is_what_is_wanted_and_not_held() -> None:
    shown = rows(FIGURES["panels"])
    assert [(row["held"], row["wanted"], row["missing"]) for row in shown] == [
        (1.0, None, None), (4.0, 3.0, None), (2.0, 3.0, 3.0),
    ]  # fmt: skip
    assert "<title>3: missing 1</title>" in render(FIGURES["panels"])


def test_titles_and_notes_of_panels_break_over_two_lines() -> None:
    title, note = (
        "Long-range missiles of the air defence in the east",
        "71 % of 14 · units · Campaign against energy and depots",
    )
    panels = [Panel(title, note, [1.0], [3.0]), *[Panel("Shells", "in t", [1.0], [3.0])] * 2]
    drawn = render(step_panels("Stocks", "t", ["1"], panels, names=("held", "target", "missing")))
    lines = [line for line in re.findall(r">([^<]+)</text>", drawn) if not line.isdigit()]
    assert {f"{one} {other}" for one, other in pairwise(lines)} >= {title, note, "Shells in t"}
    assert "undefined" not in lines


def test_below_a_limit_nothing_is_missing() -> None:
    panel = Panel("Depot", "in t", [1.0], [3.0], is_goal=False)
    (row,) = rows(step_panels("Stocks", "t", ["1"], [panel], names=("held", "storage", "")))
    assert row["missing"] is None


def test_a_sweep_has_a_gap_where_there_is_no_plan() -> None:
    drawn = render(FIGURES["curves"])
    (line,) = re.findall(rf'<path [^>]*d="([^"]+)"[^>]*stroke="{VERMILION}"', drawn)
    assert line.count("M") == 2
    assert len(re.findall(r"<title>×[^<]+</title>", drawn)) == 4


def test_a_stretch_that_is_not_proved_is_dashed() -> None:
    drawn = render(FIGURES["frontier"])
    dashes = re.findall(rf'<line [^>]*stroke="{BLUE}"[^>]*stroke-dasharray="([^"]*)"', drawn)
    assert dashes == ["1,0", "6,3"]


def test_the_base_can_be_seen_among_the_points() -> None:
    drawn = render(FIGURES["options"])
    assert ">base and A</text>" in drawn, "one name for points that cover each other"
    assert ">B</text>" in drawn
    assert drawn.index("<title>A: EUR") < drawn.index("<title>base: EUR"), "drawn above what covers it"


@pytest.mark.parametrize("end", [40.0, -40.0])
def test_no_name_is_struck_through_by_a_zero_line(end: float) -> None:
    points = [ChartPoint("Budget doubled", 0.0, 0.0), ChartPoint("Far", end, end), ChartPoint("Flat", end / 2, 0.0)]
    words = [row for row in rows(around_base("x", MONEY, MONEY, points)) if "base" in row]
    assert len(words) == 3
    share_below = 0.05 / 1.1 if end > 0 else 1 - 0.05 / 1.1  # the margin of the axis
    right, down = WIDTH * share_below, HEIGHT * (1 - share_below)
    for word in words:
        assert not word["base"] - 10 < down < word["base"], word["text"]
        assert not word["left"] < right < word["left"] + text_width(word["text"]), word["text"]


def test_series_can_be_told_apart_without_colour() -> None:
    """Neighbours in a stack differ in lightness (CIE L* by more than 7)."""
    lightness = [_lightness(shade.fill) for shade in SERIES]
    assert all(abs(one - other) > 7 for one, other in pairwise(lightness))
    assert _lightness(LATE.fill) - _lightness(BLUE) > 30


def _lightness(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 116 * float((0.2126 * red + 0.7152 * green + 0.0722 * blue) ** (1 / 3)) - 16


def test_rows_of_one_name_stay_apart() -> None:
    figure = pairs("Shares", "per cent", [Pair("PL", 0.4, None), Pair("PL", 0.6, None)], ("paid", "due"), share)
    assert [(row["name"], row["reached"]) for row in rows(figure)] == [("PL", 0.4), ("PL (2)", 0.6)]


def test_the_axis_of_bars_counts_in_the_unit_that_the_note_names() -> None:
    """EUR 9.62 million lie at 9.62 of an axis in EUR million."""
    bars = [Pair("CAVS", 9.62e6, 4e6), Pair("SAFE", 1e6, None)]
    figure = pairs("What a further million buys", "EUR million", bars, ("more", "less"), str, factor=1e6)
    shown = [(row["reached"], row["wanted"], row["end"]) for row in rows(figure)]
    assert shown == [(9.62, 4.0, 9.62), (1.0, None, 1.0)]
