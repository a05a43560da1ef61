"""The charts of money: by fund, by cost type, by nation, over the fiscal years; and shares against what is due."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from planner.domain.titles import title_of
from planner.report.data.report_data import ReportData
from planner.report.figures.bars import Pair, pairs
from planner.report.figures.columns import Series, by_year
from planner.report.figures.drawing import Figure
from planner.report.figures.theme import REST, SERIES
from planner.report.words.names import party_title
from planner.report.words.numbers import number, share

MOST_SERIES = len(SERIES)  # distinguished in a chart; the rest is one series
MOST_PAIRS = 14
Years = Mapping[int, float]


def fund_chart(data: ReportData) -> Figure | None:
    """What each fund pays by fiscal year; None where nothing is paid."""
    named = [(title_of(data.instance.funds, use.name), use.by_year) for use in data.finances.funds if use.paid > 0]
    return _year_chart(data, named, "Money paid by fund and fiscal year", "other funds")


def cost_chart(data: ReportData) -> Figure | None:
    """Cost by type and fiscal year; None where there is no cost."""
    return _year_chart(data, list(data.finances.by_type.items()), "Cost by type and fiscal year", "other types")


def payers_chart(data: ReportData) -> Figure | None:
    """What each nation or institution pays, by fund; None where nothing is paid."""
    return _year_chart(data, _same_order(data, data.ledger.paid), "Who pays, by fiscal year", "others")


def producers_chart(data: ReportData) -> Figure | None:
    """What is produced in each nation, by fund; None where nothing is produced."""
    return _year_chart(data, _same_order(data, data.ledger.produced), "Who produces, by fiscal year", "others")


def key_chart(data: ReportData) -> Figure | None:
    """Share paid beside share due, of nations with a key, the largest share due first."""
    rows = [
        Pair(title_of(data.instance.nations, nation), paid, due)
        for nation, due, paid in data.ledger.key_shares[:MOST_PAIRS]
    ]
    names = ("share paid", "share due by the key")
    note = "per cent of what nations with a key pay together"
    return (
        pairs("Share of the burden paid, and due by the key", note, rows, names, share, percent=True) if rows else None
    )


def work_chart(data: ReportData) -> Figure | None:
    """Work share beside its goal, of nations that have one."""
    rows = [
        Pair(title_of(data.instance.nations, nation), reached, goal)
        for nation, reached, goal in data.ledger.work_shares[:MOST_PAIRS]
    ]
    names = ("work share", "least work share required")
    note = "value produced ÷ own contribution"
    return (
        pairs("Work share reached, and its goal", note, rows, names, lambda value: number(value, 2)) if rows else None
    )


def _same_order(data: ReportData, table: Mapping[str, Years]) -> list[tuple[str, Years]]:
    """By title; in both charts the nations that pay and produce most come first, so that each keeps its colour."""
    size: dict[str, float] = defaultdict(float)
    for by_nation in (data.ledger.paid, data.ledger.produced):
        for name, years in by_nation.items():
            size[name] += sum(years.values())
    order = sorted(size, key=lambda name: (-size[name], name))
    return [(party_title(data.instance, name), table.get(name, {})) for name in order if table]


def _year_chart(data: ReportData, table: Sequence[tuple[str, Years]], title: str, rest: str) -> Figure | None:
    """Columns by fiscal year, the largest series distinguished; None where there is nothing to draw."""
    if not table:
        return None
    years = data.instance.horizon.years
    named = [*table[:MOST_SERIES]]
    if others := [amounts for _, amounts in table[MOST_SERIES:] if amounts]:
        together = {year: sum(amounts.get(year, 0.0) for amounts in others) for year in years}
        named.append((f"{len(others)} {rest}", together))
    shades = [*SERIES, REST]
    series = [
        Series(name, [amounts.get(year, 0.0) for year in years], shades[index])
        for index, (name, amounts) in enumerate(named)
    ]
    money = data.money
    return by_year(
        title, f"{money.unit}; above each column: all together", [str(year) for year in years], series, money
    )
