"""What is delivered by the period in which it is due, and where something is missing."""

from __future__ import annotations

from math import floor

from planner.domain.titles import title_of
from planner.report.data.report_data import ReportData
from planner.report.data.service import Service, due_column
from planner.report.figures.columns import Series, by_period
from planner.report.figures.drawing import Figure, distinct
from planner.report.figures.heat import HeatCell, heat_table
from planner.report.figures.theme import IN_TIME, LATE, NEVER
from planner.report.words.numbers import number, share
from planner.tolerances import NOISE, matters

MOST_DESTINATIONS = 16
LEAST_CELLS = 4  # fewer are shown by the table of what is missing


def fill_chart(data: ReportData) -> Figure | None:
    """Goods by the period in which they are due, split by what becomes of them; None where nothing is wanted."""
    service = data.service
    if service.total.wanted <= 0:
        return None
    headed = service.by_period(_periods(data))
    labels, fills = [label for label, _ in headed], [fill for _, fill in headed]
    series = [
        Series("in time", [fill.on_time for fill in fills], IN_TIME),
        Series("late", [fill.late for fill in fills], LATE),
        Series("never", [fill.short for fill in fills], NEVER),
    ]
    parts = [fill.delivered_share for fill in fills]
    return by_period(
        "Goods wanted by the period in which they are due, and what becomes of them",
        f"{service.unit}; above the columns: per cent delivered",
        labels,
        [one for one in series if sum(one.values) > 0],
        service.scale,
        ["" if part is None else str(floor(100 * part + NOISE)) for part in parts],  # 100 only for all
    )


def missing_by_period(data: ReportData) -> Figure | None:
    """Destination × period due: the share of what is wanted that is never delivered. None where little is missing."""
    service = data.service
    if not matters(service.total.short, service.total.wanted):
        return None
    demands = service.demands
    demands = demands.assign(wanted=demands["quantity"] * demands["worth"], missing=demands["short"] * demands["worth"])
    by_place = demands.groupby("destination", sort=False)["missing"].sum().sort_values(ascending=False, kind="stable")
    lacking = [str(place) for place in by_place.index[by_place > 0]]
    rows = lacking[:MOST_DESTINATIONS]
    sums = (
        demands.assign(due=due_column(demands)).groupby(["destination", "due"], sort=False)[["wanted", "missing"]].sum()
    )
    labels = [label for label, _ in service.by_period(_periods(data))]
    first = len(labels) - data.instance.horizon.periods  # column of the first period, behind what is overdue
    titles = dict(zip(rows, distinct([title_of(data.instance.nodes, place) for place in rows]), strict=True))
    cells = [
        _cell(service, titles[str(place)], labels[first + int(due) - 1], float(wanted), float(missing))
        for (place, due), wanted, missing in sums.itertuples()
        if place in rows and wanted > 0
    ]
    if len(cells) < LEAST_CELLS or len(rows) < 2:
        return None
    note = "per cent of what is wanted that is never delivered" + (", by value" if service.by_value else "")
    if len(lacking) > len(rows):
        note += f"; the {len(rows)} of {len(lacking)} destinations with the largest shortages"
    return heat_table(
        "Where and when something is missing", f"{note}; blank: nothing due", list(titles.values()), labels, cells
    )


def _cell(service: Service, place: str, column: str, wanted: float, missing: float) -> HeatCell:
    part = missing / wanted if matters(missing, wanted) else 0.0
    percent = number(100 * part)
    text = ">99" if percent == "100" and part < 1 else "<1" if percent == "0" and part > 0 else percent
    amount = service.scale.text(missing if part else 0.0)
    tip = f"{place}, {column}: {share(part)} missing, {amount} of {service.scale.text(wanted)}"
    return HeatCell(place, column, part, text, tip)


def _periods(data: ReportData) -> list[str]:
    horizon = data.instance.horizon
    return [horizon.label(period) for period in range(horizon.periods)]
