"""What is full and when; and what goes through the point that is full most often."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from planner.domain.instance import PlanningInstance
from planner.domain.titles import title_of
from planner.plan.plan import Plan
from planner.report.data.traffic import LegFlow, Traffic
from planner.report.figures.drawing import Figure, distinct
from planner.report.figures.heat import HeatCell, heat_table
from planner.report.words.names import in_picture
from planner.report.words.numbers import compact, number, share

MOST_POINTS, MOST_LEGS, MOST_ITEMS = 8, 12, 16
LEAST_ROWS = 2
KILOTONNE = 1000.0


def fullness(instance: PlanningInstance, traffic: Traffic, numbered: Sequence[LegFlow]) -> Figure | None:
    """Bottleneck × period: the share of its capacity that is used. None where fewer than two places are ever full."""
    nodes = instance.nodes
    points, legs = traffic.handling[:MOST_POINTS], numbered[:MOST_LEGS]
    rows = [f"{in_picture(nodes, flow.node)} (handling)" for flow in points]
    for index, flow in enumerate(legs, 1):
        rows.append(f"{index} {in_picture(nodes, flow.leg.origin)} → {in_picture(nodes, flow.leg.destination)}")
    if len(rows) < LEAST_ROWS:
        return None
    filled = [*(flow.filled for flow in points), *(flow.filled for flow in legs)]
    names = dict(zip(distinct(rows), filled, strict=True))
    labels = _labels(instance)
    cells = [
        HeatCell(name, label, used, "", f"{name}, {label}: {share(used)} used", is_full=used == 1)
        for name, filled in names.items()
        for label, used in zip(labels, filled, strict=True)
        if used > 0
    ]
    note = (
        "the darker, the more of the capacity is used; framed: full; points first, then the numbered legs, named "
        "as on the map"
    )
    return heat_table("What is full, and when", note, list(names), labels, cells)


def through_the_fullest(plan: Plan, traffic: Traffic) -> Figure | None:
    """Item × period: the tonnes that leave the point that is full most often. None where none is full."""
    if not traffic.handling:
        return None
    node, table, instance = traffic.handling[0].node, plan.tables["shipments"], plan.instance
    leaving = table[table["origin"] == node]
    sums = leaving.groupby(["item", "period"])["tonnes"].sum()
    by_item = sums.groupby(level="item").sum().sort_values(ascending=False, kind="stable")
    largest_items = [str(item) for item in by_item.index[by_item > 0][:MOST_ITEMS]]
    if len(largest_items) < LEAST_ROWS:
        return None
    titles = dict(zip(largest_items, distinct([title_of(instance.items, item) for item in largest_items]), strict=True))
    labels, largest = _labels(instance), float(sums.max())
    cells = [
        _cell(titles[str(item)], labels[int(period) - 1], float(tonnes), largest)
        for (item, period), tonnes in _of(sums, largest_items)
    ]
    unit, least = ("1000 tonnes", "0.05") if largest >= KILOTONNE else ("tonnes", "0.5")
    note = f"{unit} that leave it, by item and period; without a figure: under {least}"
    if len(by_item) > len(largest_items):
        note += f"; the {len(largest_items)} heaviest of {len(by_item)} items"
    return heat_table(f"What goes through {title_of(instance.nodes, node)}", note, list(titles.values()), labels, cells)


def _of(sums: pd.Series, largest_items: Sequence[str]) -> list[tuple[tuple[str, int], float]]:
    pairs = zip(sums.index.tolist(), sums.tolist(), strict=True)
    return [
        ((str(item), int(period)), float(value))
        for (item, period), value in pairs
        if item in largest_items and value > 0
    ]


def _cell(item: str, label: str, tonnes: float, largest: float) -> HeatCell:
    shown, digits = (tonnes / KILOTONNE, 1) if largest >= KILOTONNE else (tonnes, 0)
    text = number(shown, digits) if shown >= 0.5 * 10**-digits else ""
    return HeatCell(item, label, tonnes / largest, text, f"{item}, {label}: {compact(tonnes)} t")


def _labels(instance: PlanningInstance) -> list[str]:
    return [instance.horizon.label(period) for period in range(instance.horizon.periods)]
