"""Two sheets that put a result table across: lines by period, destinations by item."""

from __future__ import annotations

import pandas as pd

from planner.domain.titles import title_of
from planner.report.data.report_data import ReportData
from planner.report.excel.sheets import Sheet, SheetColumn, digits, name_columns

MOST_ITEMS = 100  # columns of destinations by item


def matrix_sheets(data: ReportData) -> list[Sheet]:
    """Those that the plan has rows for."""
    return [sheet for sheet in (_destinations(data), _lines(data)) if sheet is not None]


def _destinations(data: ReportData) -> Sheet | None:
    """Delivered by destination and item, over the horizon; the items of most value first."""
    table, service = data.plan.tables["deliveries"], data.service
    if not len(table):
        return None
    items = data.instance.items
    sums = table.groupby(["destination", "item"], sort=False)["quantity"].sum().unstack()
    worth = service.demands.drop_duplicates("item").set_index("item")["worth"]
    ranked = (sums.sum() * worth.reindex(sums.columns)).sort_values(ascending=False, kind="stable")
    items_shown = [str(item) for item in ranked.index[:MOST_ITEMS]]
    destinations = pd.Series([str(name) for name in sums.index], dtype=object)
    columns = [
        SheetColumn("Destination", destinations),
        *name_columns(data, "destination", destinations),
        *(
            SheetColumn(f"{title_of(items, item)} ({items[item].unit})", values, digits(values), item)
            for item in items_shown
            for values in [sums[item].reset_index(drop=True)]
        ),
    ]
    more = f", the {MOST_ITEMS} items of most value of {len(ranked)}" if len(ranked) > MOST_ITEMS else ""
    title = f"Delivered by destination and item, over the whole horizon{more}"
    return Sheet("destination by item", title, columns, len(sums))


def _lines(data: ReportData) -> Sheet | None:
    """Made by line and period, with the sum."""
    table, horizon = data.plan.tables["production"], data.instance.horizon
    if not len(table):
        return None
    keys = ["line", "factory", "item"]
    sums = table.groupby([*keys, "period"], sort=False)["quantity"].sum().unstack()
    sums = sums.reindex(columns=range(1, horizon.periods + 1))
    names = sums.index.to_frame(index=False).astype(str)
    whole = sums.sum(axis=1).reset_index(drop=True)
    units = names["item"].map({item.name: item.unit for item in data.instance.items.values()})
    columns = []
    for key in keys:
        columns += [SheetColumn(key.capitalize(), names[key]), *name_columns(data, key, names[key])]
    columns += [SheetColumn("Unit", units), SheetColumn("All periods", whole, digits(whole))]
    for period in sums.columns:
        values = sums[period].reset_index(drop=True)
        columns.append(SheetColumn(horizon.label(int(period) - 1), values, digits(values)))
    return Sheet("line by period", "Made by line and period", columns, len(sums))
