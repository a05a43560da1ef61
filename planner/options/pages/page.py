"""compare.html: one file that opens offline, in the look of the report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup

from planner.options.changes.option import BASE
from planner.options.comparison import Comparison, nearly
from planner.options.outcome import Outcome
from planner.options.pages import charts, wording
from planner.options.pages.ranks import read_ranks
from planner.options.record import CompareRecord, level_titles
from planner.report.figures import svg
from planner.report.figures.charts import Series
from planner.report.pages.report import TEMPLATES, css_string, environment
from planner.report.words.numbers import Money, Scale, Units
from planner.tolerances import SAME

OWN_TEMPLATES = Path(__file__).with_name("templates")
MOST_SERIES = len(svg.SERIES) - 1  # told apart in a chart; the rest is one series
MOST_COLUMNS = 7  # options side by side in one table
MOST_BARS = 24  # options in one chart
MOST_ROWS = 40
MOST_EDITS, MOST_MOVES = 12, 5  # shown of one option


def write_page(comparison: Comparison, record: CompareRecord, path: Path) -> None:
    """Write the page to `path`; `record` is what compare.json says. Raises OSError."""
    path.write_text(render(comparison, record), encoding="utf-8")


def render(comparison: Comparison, record: CompareRecord) -> str:
    """The page as text."""
    money, levels = wording.money_of(comparison), _telling_levels(comparison)
    template = environment(OWN_TEMPLATES).get_template("compare.html.j2")
    return template.render(
        comparison=comparison,
        record=record,
        money=money,
        words=wording,
        css=Markup((TEMPLATES / "report.css").read_text(encoding="utf-8")),
        own_css=Markup((OWN_TEMPLATES / "compare.css").read_text(encoding="utf-8")),
        page_marking=Markup(css_string(comparison.marking)),
        definitions=Markup(svg.definitions()),
        tiles=wording.tiles(comparison, record.best, money),
        levels=levels,
        equal_levels=[
            title.lower() for name, title, unit in level_titles(comparison) if (name, title, unit) not in levels
        ],
        ranked=_ranked(comparison),
        ranks=read_ranks(comparison),
        failed=[outcome for outcome in comparison.outcomes if not outcome.solved],
        side_by_side=_side_by_side(comparison),
        scatter=_scatter(comparison, money),
        bar_charts=_bar_charts(comparison, money),
        curves=_curves(comparison, money),
        commitments=_fill_rates(comparison, "commitment"),
        years=_fill_rates(comparison, "year"),
        nations=_sums(comparison, "nations", "nation", ["contributed", "produced"]),
        funds=_sums(comparison, "funds", "fund", ["available", "paid"]),
        edits=_by_option(comparison.tables["input_changes"]),
        moves={name: _moves(table) for name, table in _tables_by_option(comparison.tables["movements"])},
        changed=_changed_rows(comparison),
        most_edits=MOST_EDITS,
        most_moves=MOST_MOVES,
        most_rows=MOST_ROWS,
        most_columns=MOST_COLUMNS,
        base_name=BASE,
        covered=comparison.tells_coverage,
    )


def _telling_levels(comparison: Comparison) -> list[tuple[str, str, str]]:
    """(name, title, unit) of the levels at which two options differ."""
    found = []
    for name, title, unit in level_titles(comparison):
        values = [comparison.figure(outcome.name, name) for outcome in comparison.solved]
        known = [value for value in values if value is not None]
        if len(known) < len(values) or any(comparison.differ(value, known[0]) for value in known):
            found.append((name, title, unit))
    return found


def _ranked(comparison: Comparison) -> list[dict[str, Any]]:
    """Options with a plan, best first: every figure with its difference from the base."""
    table = comparison.tables["headline"]
    entries = []
    for outcome in sorted(comparison.solved, key=lambda one: comparison.ranks[one.name]):
        rows = table[table["option"] == outcome.name].to_dict("records")
        spent, base = wording.spent(comparison, outcome.name), wording.spent(comparison, BASE)
        entries.append(
            {
                "outcome": outcome,
                "rank": comparison.ranks[outcome.name],
                "figures": {str(row["figure"]): row for row in rows},
                "spent": spent,
                "spent_difference": None if spent is None or base is None else spent - base,
            }
        )
    return entries


def _side_by_side(comparison: Comparison) -> list[Outcome]:
    """The options that tables show as columns: the base and the best, in their order."""
    kept = sorted(comparison.solved, key=lambda one: (one.name != BASE, comparison.ranks[one.name]))[:MOST_COLUMNS]
    return [outcome for outcome in comparison.solved if outcome in kept]


def _goods_scale(comparison: Comparison, money: Money) -> Scale:
    return money if comparison.measure.worth is not None else Units("units")


def _scatter(comparison: Comparison, money: Money) -> Markup | None:
    """What each option buys, and what it costs; nothing where neither differs."""
    if not comparison.base.solved or len(comparison.solved) < 2:
        return None
    points = []
    for outcome in comparison.solved:
        if outcome.name == BASE:
            continue
        cost = (wording.spent(comparison, outcome.name) or 0.0) - (wording.spent(comparison, BASE) or 0.0)
        goods = (comparison.figure(outcome.name, "delivered") or 0.0) - (comparison.figure(BASE, "delivered") or 0.0)
        points.append(charts.Point(outcome.name, cost, goods))
    if all(abs(p.x) < SAME and abs(p.y) < SAME for p in points):
        return None
    scale = _goods_scale(comparison, money)
    title = wording.spent_title(comparison)
    spent_words = "Cost of production, transport and investment" if title == "Cost" else title
    return Markup(
        charts.scatter(
            "What each option buys, and what it costs, beside the base",
            points,
            across=(f"{spent_words} beside the base, {money.unit}", money),
            up=(f"Goods delivered beside the base, {scale.unit}", scale),
            marking=comparison.marking,
        )
    )


def _bar_charts(comparison: Comparison, money: Money) -> list[tuple[str, Markup]]:
    """Who pays, by fund and by contributor; who produces; what arrives, by commitment. (heading, picture)."""
    goods = _goods_scale(comparison, money)
    delivered = comparison.tables["commitments"].assign(
        delivered=lambda table: table["on_time"] + table["late"],
        commitment=lambda table: table["commitment"].replace("", "Without commitment"),
    )
    wanted = [
        ("Who pays: money by fund", comparison.tables["funds"], "fund", "paid", money),
        ("Who pays: money by contributor", comparison.tables["nations"], "nation", "contributed", money),
        ("Who produces: production and capacity by nation", comparison.tables["nations"], "nation", "produced", money),
        ("What arrives: goods by commitment", delivered, "commitment", "delivered", goods),
    ]
    made = []
    for title, table, key, measure, scale in wanted:
        drawn = _bars(comparison, title, table, key, measure, scale)
        if drawn is not None and not (key == "commitment" and table[key].nunique() == 1):
            made.append((title, drawn))
    return made


def _bars(
    comparison: Comparison, title: str, table: pd.DataFrame, key: str, measure: str, scale: Scale
) -> Markup | None:
    names = [outcome.name for outcome in comparison.solved][:MOST_BARS]
    sums = table.groupby(["option", key])[measure].sum().unstack(fill_value=0).reindex(names, fill_value=0.0)
    totals = sums.sum().sort_values(ascending=False, kind="stable")
    kept = [name for name in totals.index if totals[name] > 0]
    if not kept:
        return None
    series = [
        Series(_named(comparison, key, name), sums[name].tolist(), ink)
        for name, ink in zip(kept[:MOST_SERIES], svg.SERIES, strict=False)
    ]
    if rest := kept[MOST_SERIES:]:
        series.append(Series(f"{len(rest)} others", sums[rest].sum(axis=1).tolist(), svg.REST))
    return Markup(charts.bars(title, names, series, scale, axis=scale.unit, marking=comparison.marking))


def _named(comparison: Comparison, key: str, name: Any) -> str:
    """A name as people know it: nations with their code."""
    return comparison.nations.get(str(name), str(name)) if key == "nation" else str(name)


def _curves(comparison: Comparison, money: Money) -> list[Markup]:
    """A panel for each level, the fill rate and the cost against the factor of a sweep, where they move."""
    swept = [outcome for outcome in comparison.outcomes if outcome.option.factor is not None]
    if len(swept) < 2:
        return []
    factors = [float(outcome.option.factor or 0.0) for outcome in swept]
    wanted = [*level_titles(comparison), ("fill_rate", "Fill rate", "share")]
    if comparison.tells_coverage:
        wanted.append(("expected_coverage", "Share covered if attacked", "share"))
    if wording.spent_title(comparison) == "Money paid":
        wanted.append(("paid", "Money paid", money.currency))
    made = []
    for name, title, unit in wanted:
        scale = money.factor if unit.startswith(money.currency) else 0.01 if unit == "share" else 1.0
        found = [comparison.figure(outcome.name, name) for outcome in swept]
        values = [None if value is None else value / scale for value in found]
        known = [value for value in values if value is not None]
        if len(known) > 1 and not nearly(min(known), max(known)):
            note = "per cent" if unit == "share" else f"in {wording.unit_words(unit, money)}"
            made.append(Markup(charts.curve(title, note, factors, values, marking=comparison.marking)))
    return made


def _fill_rates(comparison: Comparison, key: str) -> list[dict[str, Any]]:
    """A row for each commitment (or year): the part delivered under each option."""
    table = comparison.tables["commitments"]
    sums = table.groupby(["option", key])[["wanted", "short"]].sum()
    rows = []
    for name in dict.fromkeys(table[key].tolist()):
        rates: dict[str, float | None] = {}
        for outcome in _side_by_side(comparison):
            wanted, short = sums.loc[(outcome.name, name)] if (outcome.name, name) in sums.index else (0.0, 0.0)
            rates[outcome.name] = None if wanted <= 0 else max(0.0, 1 - short / wanted)
        rows.append({"name": str(name) or "Without commitment", "rates": rates, "wanted": _wanted(sums, name)})
    return rows


def _wanted(sums: pd.DataFrame, name: Any) -> float:
    """The most that any option wants of it."""
    return float(sums.xs(name, level=1)["wanted"].max())


def _sums(comparison: Comparison, table: str, key: str, measures: Sequence[str]) -> list[dict[str, Any]]:
    """A row for each name: the measures over all years under each option, largest first."""
    sums = comparison.tables[table].groupby(["option", key])[list(measures)].sum()
    largest = sums.abs().max(axis=1).groupby(level=1).max().sort_values(ascending=False, kind="stable")
    rows = []
    for name in largest.index[largest > 0]:
        values = {
            outcome.name: {m: float(sums[m].get((outcome.name, name), 0.0)) for m in measures}
            for outcome in _side_by_side(comparison)
        }
        rows.append({"name": _named(comparison, key, name), "values": values})
    return rows


def _by_option(table: pd.DataFrame) -> dict[str, list[dict[Any, Any]]]:
    return {name: rows.to_dict("records") for name, rows in _tables_by_option(table)}


def _tables_by_option(table: pd.DataFrame) -> Iterable[tuple[str, pd.DataFrame]]:
    return ((str(name), rows) for name, rows in table.groupby("option", sort=False))


def _moves(table: pd.DataFrame) -> dict[str, list[dict[Any, Any]]]:
    """The largest movements of each kind."""
    return {
        kind: table[table["kind"] == kind].head(MOST_MOVES).to_dict("records")
        for kind in ("line", "route", "fund")
        if (table["kind"] == kind).any()
    }


def _changed_rows(comparison: Comparison) -> dict[str, dict[str, int]]:
    """How many rows of each result table differ from the base's, by option."""
    found: dict[str, dict[str, int]] = {}
    for name, table in comparison.tables.items():
        if name.startswith("changes_"):
            for option, count in table["option"].value_counts().items():
                found.setdefault(str(option), {})[name.removeprefix("changes_")] = int(count)
    return found
