"""The charts of money: by fund, by cost type, by nation, over the fiscal years; and shares against what is due."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from markupsafe import Markup

from planner.report.data.ledger import nation_title
from planner.report.data.report_data import Digest
from planner.report.figures import bars, charts, svg
from planner.report.words.numbers import number, share

MOST_SERIES = len(svg.SERIES) - 1  # told apart in a chart; the rest is one series
MOST_PAIRS = 14
WIDTH = 550.0
Years = Mapping[int, float]


def fund_chart(digest: Digest) -> Markup | None:
    named = {use.name: use.by_year for use in digest.finances.funds if use.paid > 0}
    return _year_chart(digest, named, "Money paid by fund and fiscal year", "other funds")


def cost_chart(digest: Digest) -> Markup | None:
    return _year_chart(digest, digest.finances.by_type, "Cost by type and fiscal year", "other types")


def payers_chart(digest: Digest) -> Markup | None:
    return _year_chart(digest, _same_order(digest, digest.ledger.paid), "Who pays, by fiscal year", "others")


def producers_chart(digest: Digest) -> Markup | None:
    return _year_chart(digest, _same_order(digest, digest.ledger.produced), "Who produces, by fiscal year", "others")


def key_chart(digest: Digest) -> Markup | None:
    """Share paid beside share due, of nations with a key, the largest share due first."""
    return _pair_chart(
        digest,
        [(nation, (paid, due)) for nation, due, paid in digest.ledger.key_shares],
        "Share of the burden paid, and due by the key",
        ("share paid", "share due by the key"),
        share,
        "per cent of what nations with a key pay together",
    )


def work_chart(digest: Digest) -> Markup | None:
    """Work share beside its goal, of nations that have one."""
    return _pair_chart(
        digest,
        [(nation, (reached, goal)) for nation, reached, goal in digest.ledger.work_shares],
        "Work share reached, and its goal",
        ("work share", "least work share asked for"),
        lambda value: number(value, 2),
        "value produced ÷ own contribution",
    )


def _pair_chart(
    digest: Digest,
    rows: Sequence[tuple[str, tuple[float, float | None]]],
    title: str,
    names: tuple[str, str],
    text: Callable[[float], str],
    axis: str,
) -> Markup | None:
    """Two bars for each nation, what is beside what is asked for; None where there is nothing to draw."""
    shown = [bars.Pair(nation_title(digest.instance, nation), *pair) for nation, pair in rows[:MOST_PAIRS]]
    if not shown:
        return None
    return Markup(bars.pairs(title, shown, names, text, axis=axis, marking=digest.marking, width=WIDTH))


def _same_order(digest: Digest, table: Mapping[str, Years]) -> dict[str, Years]:
    """By title; in both charts the nations that pay and produce most come first, so that each keeps its colour."""
    size: dict[str, float] = defaultdict(float)
    for by_nation in (digest.ledger.paid, digest.ledger.produced):
        for name, years in by_nation.items():
            size[name] += sum(years.values())
    order = sorted(size, key=lambda name: (-size[name], name))
    return {nation_title(digest.instance, name): table.get(name, {}) for name in order if table}


def _year_chart(digest: Digest, table: Mapping[str, Years], title: str, rest: str) -> Markup | None:
    """Columns by fiscal year, the largest series told apart; None where there is nothing to draw."""
    if not table:
        return None
    years = digest.instance.horizon.years
    named = dict(list(table.items())[:MOST_SERIES])
    if others := [by_year for by_year in list(table.values())[MOST_SERIES:] if by_year]:
        named[f"{len(others)} {rest}"] = {y: sum(by_year.get(y, 0.0) for by_year in others) for y in years}
    inks = [*svg.SERIES[:MOST_SERIES], svg.REST]
    series = [
        charts.Series(name, [by_year.get(year, 0.0) for year in years], inks[min(place, len(inks) - 1)])
        for place, (name, by_year) in enumerate(named.items())
    ]
    money = digest.money
    totals = [sum(one.values[place] for one in series) for place in range(len(years))]
    return Markup(
        charts.columns(
            title,
            [str(year) for year in years],
            series,
            money,
            axis=money.unit,
            captions=[money.figure(total) for total in totals],
            caption="above each column: all together",
            marking=digest.marking,
            width=WIDTH,
            height=320.0,
        )
    )
