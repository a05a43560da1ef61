"""What is delivered: by the period in which it is due, and where and of what something is missing."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor

import pandas as pd

from planner.report.data.report_data import Digest
from planner.report.data.service import Service
from planner.report.figures.columns import Series, by_period
from planner.report.figures.drawing import Figure
from planner.report.figures.heat import Cell, heat_table
from planner.report.figures.theme import IN_TIME, LATE, NEVER
from planner.report.words.numbers import plural, share
from planner.tolerances import NOISE, matters

MOST_DESTINATIONS, MOST_ITEMS = 16, 24
LEAST_CELLS = 4  # fewer are told by the table of what is missing


def fill_chart(digest: Digest) -> Figure | None:
    """Goods by the period in which they are due, split by what becomes of them; None where nothing is wanted."""
    service = digest.service
    if service.total.wanted <= 0:
        return None
    labels = _periods(digest)
    fills = service.by_period(len(labels))
    series = [
        Series("in time", [fill.on_time for fill in fills], IN_TIME),
        Series("late", [fill.late for fill in fills], LATE),
        Series("never", [fill.short for fill in fills], NEVER),
    ]
    parts = [fill.delivered_share for fill in fills]
    return by_period(
        "Goods wanted by the period in which they are due, and what becomes of them",
        f"{service.scale.unit}; above the columns: per cent delivered",
        labels,
        [one for one in series if sum(one.values) > 0],
        service.scale,
        ["" if part is None else str(floor(100 * part + NOISE)) for part in parts],  # 100 only for all
    )


def missing_by_item(digest: Digest) -> Figure | None:
    """Destination × item: the share of what is wanted that is never delivered. None where little is missing."""
    demands, titles = _lacking(digest.service), {name: one.title or name for name, one in digest.instance.items.items()}
    if demands is None:
        return None
    items = _most(demands, "item", MOST_ITEMS)
    demands = demands.assign(column=demands["item"].map(titles))
    columns = [titles[name] for name in items]
    return _missing(
        digest.service, "Where what is missing", demands, columns, "items", demands["item"].nunique(), slanted=True
    )


def missing_by_period(digest: Digest) -> Figure | None:
    """Destination × period due: the share of what is wanted that is never delivered. None where little is missing."""
    demands, labels = _lacking(digest.service), _periods(digest)
    if demands is None:
        return None
    demands = demands.assign(column=[labels[due - 1] for due in demands["due"]])
    return _missing(digest.service, "Where and when something is missing", demands, labels, "periods", len(labels))


def _missing(
    service: Service,
    title: str,
    demands: pd.DataFrame,
    columns: Sequence[str],
    kind: str,
    among: int,
    *,
    slanted: bool = False,
) -> Figure | None:
    rows = _most(demands, "destination", MOST_DESTINATIONS)
    sums = demands.groupby(["destination", "column"], sort=False)[["wanted", "missing"]].sum()
    cells = [
        _cell(service, str(place), str(column), float(wanted), float(missing))
        for (place, column), wanted, missing in sums.itertuples()
        if place in rows and column in columns and wanted > 0
    ]
    if len(cells) < LEAST_CELLS or len(rows) < 2:
        return None
    left_out = [
        f"the {len(shown)} of {plural(count, what)} that lack most"
        for shown, count, what in ((rows, demands["destination"].nunique(), "destination"), (columns, among, kind[:-1]))
        if count > len(shown)
    ]
    note = "; ".join(["per cent of what is wanted that is never delivered, by value; blank: nothing wanted", *left_out])
    return heat_table(
        title, note if service.by_value else note.replace(", by value", ""), rows, columns, cells, slanted=slanted
    )


def _cell(service: Service, place: str, column: str, wanted: float, missing: float) -> Cell:
    part = missing / wanted if matters(missing, wanted) else 0.0
    text = share(part).removesuffix("\u00a0%") if part else "0"
    tip = f"{place}, {column}: {share(part)} missing, {service.scale.text(missing if part else 0.0)} of {service.scale.text(wanted)}"
    return Cell(place, column, part, text.removeprefix("under ").removeprefix("over "), tip)


def _lacking(service: Service) -> pd.DataFrame | None:
    """Each demand's `wanted` and `missing` in worth; None where nothing is missing."""
    demands = service.demands
    if not matters(service.total.short, service.total.wanted):
        return None
    return demands.assign(wanted=demands["quantity"] * demands["worth"], missing=demands["short"] * demands["worth"])


def _most(demands: pd.DataFrame, column: str, most: int) -> list[str]:
    """The names of which most is missing, in the order of that; none of which nothing is."""
    sums = demands.groupby(column, sort=False)["missing"].sum().sort_values(ascending=False, kind="stable")
    return [str(name) for name in sums.index[sums > 0][:most]]


def _periods(digest: Digest) -> list[str]:
    horizon = digest.instance.horizon
    return [horizon.label(period) for period in range(horizon.periods)]
