"""The charts of a comparison: what options buy and cost, by how much they differ from the base, and what a sweep
does.
"""

from __future__ import annotations

import pandas as pd

from planner.options.changes.option import BASE
from planner.options.comparison import Comparison, nearly
from planner.options.pages import wording
from planner.options.record import level_titles
from planner.report.figures.bars import LONGEST_NAME, differences
from planner.report.figures.drawing import Figure
from planner.report.figures.panels import curve_panels
from planner.report.figures.points import Axis, ChartPoint, around_base
from planner.report.figures.theme import HALF, WHOLE, text_width
from planner.report.words.names import without_commitment
from planner.report.words.numbers import Money, Scale, Units, exact_share
from planner.tolerances import SAME

MOST_BARS = 16  # of one chart
LEAST_BAND = 0.001  # a materiality below that makes no band that is seen


def scatter(comparison: Comparison, money: Money) -> Figure | None:
    """What each option buys, and what it costs; None where neither differs."""
    if not comparison.base.solved or len(comparison.solved) < 2:
        return None
    spent, goods = _spent(comparison), _delivered(comparison)
    if all(abs(spent[name]) < SAME and abs(goods[name]) < SAME for name in spent):
        return None
    scale = goods_scale(comparison, money)
    return around_base(
        "What each option buys and costs, compared with the base",
        Axis(f"{_uncapped(_spent_title(comparison))} compared with the base, {money.unit}", money),
        Axis(f"goods delivered compared with the base, {scale.unit}", scale),
        [ChartPoint(name, spent[name], goods[name]) for name in spent],
    )


def difference_charts(comparison: Comparison, money: Money) -> list[Figure]:
    """What differs from the base: all goods, all money; then who pays, who produces, what arrives."""
    if not comparison.base.solved or len(comparison.solved) < 2:
        return []
    goods, tables = goods_scale(comparison, money), comparison.tables
    base_goods, base_spent = comparison.figure(BASE, "delivered") or 0.0, wording.spent(comparison, BASE) or 0.0
    nobody = without_commitment(comparison.names.get("commitment", {}))
    delivered = tables["commitments"].assign(
        delivered=lambda table: table["on_time"] + table["late"],
        commitment=lambda table: table["commitment"].replace("", nobody),
    )
    made = [
        _chart(comparison, "What arrives: all goods", "options", list(_delivered(comparison).items()), base_goods, goods),
        _chart(comparison, _spent_title(comparison), "options", list(_spent(comparison).items()), base_spent, money),
        _by_part(comparison, "Who pays: money by fund", tables["funds"], "fund", "paid", money),
        _by_part(comparison, "Who pays: money by contributor", tables["nations"], "nation", "contributed", money),
        _by_part(comparison, "Who produces: production and capacity by nation", tables["nations"], "nation", "produced", money),
    ]  # fmt: skip
    if delivered["commitment"].nunique() > 1:
        made.append(
            _by_part(comparison, "What arrives: goods by commitment", delivered, "commitment", "delivered", goods)
        )
    return [chart for chart in made if chart is not None]


def sweep_curves(comparison: Comparison, money: Money) -> Figure | None:
    """A panel for each level, the fill rate and the cost against the factor of a sweep, where they move."""
    swept = [outcome for outcome in comparison.outcomes if outcome.factor is not None]
    if len(swept) < 2:
        return None
    wanted = [*level_titles(comparison), ("fill_rate", "Fill rate", "share")]
    if comparison.tells_coverage:
        wanted.append(("expected_coverage", "Share covered if attacked", "share"))
    if wording.spent_title(comparison) == "Money paid":
        wanted.append(("paid", "Money paid", money.currency))
    panels = []
    for name, title, unit in wanted:
        scale = money.factor if unit.startswith(money.currency) else 0.01 if unit == "share" else 1.0
        values = [comparison.figure(outcome.name, name) for outcome in swept]
        known = [value for value in values if value is not None]
        if len(known) > 1 and not nearly(min(known) / scale, max(known) / scale):
            note = "per cent" if unit == "share" else f"in {money.heading_unit(unit)}"
            points = [
                (float(outcome.factor or 0.0), None if value is None else value / scale)
                for outcome, value in zip(swept, values, strict=True)
            ]
            panels.append((title, note, points))
    return curve_panels(f"{comparison.sweep}: what more or less of it does", panels) if panels else None


def goods_scale(comparison: Comparison, money: Money) -> Scale:
    """How goods are written: by value, or in units where not every item has one."""
    return money if comparison.measure.worth is not None else Units("units")


def _uncapped(title: str) -> str:
    return title[:1].lower() + title[1:]


def _spent(comparison: Comparison) -> dict[str, float]:
    """Money of each option compared with the base."""
    base = wording.spent(comparison, BASE) or 0.0
    return {
        one.name: (wording.spent(comparison, one.name) or 0.0) - base for one in comparison.solved if one.name != BASE
    }


def _delivered(comparison: Comparison) -> dict[str, float]:
    """Goods delivered of each option compared with the base."""
    base = comparison.figure(BASE, "delivered") or 0.0
    solved = (one.name for one in comparison.solved if one.name != BASE)
    return {name: (comparison.figure(name, "delivered") or 0.0) - base for name in solved}


def _spent_title(comparison: Comparison) -> str:
    title = wording.spent_title(comparison)
    return "Cost of production, transport, storage and investment" if title == "Cost" else title


def _by_part(
    comparison: Comparison, title: str, table: pd.DataFrame, key: str, measure: str, scale: Scale
) -> Figure | None:
    """The largest differences of one part (a fund, a nation) under one option from the same part in the base."""
    names = [outcome.name for outcome in comparison.solved]
    sums = table.groupby(["option", key])[measure].sum().unstack(fill_value=0).reindex(names, fill_value=0.0)
    base = dict(zip(sums.columns, sums.loc[[BASE]].to_numpy(dtype=float)[0].tolist(), strict=True))
    values = [
        (f"{option}: {comparison.name_of(key, part)}", value - base[part])
        for option, row in zip(names, sums.to_numpy(dtype=float).tolist(), strict=True)
        for part, value in zip(sums.columns, row, strict=True)
        if option != BASE
    ]
    return _chart(comparison, title, f"sums of a {key} under an option", values, sum(base.values()), scale)


def _chart(
    comparison: Comparison, title: str, of: str, values: list[tuple[str, float]], base: float, scale: Scale
) -> Figure | None:
    """The differences that are more than dust, the largest `MOST_BARS` of them; None where there is none.

    `of`: what each value is about, in the plural.
    """
    moved = [(name, value) for name, value in values if not nearly(base + value, base)]
    if not moved:
        return None
    shown = sorted(moved, key=lambda entry: -abs(entry[1]))[:MOST_BARS]
    threshold = comparison.materiality * abs(base)
    note = [f"{scale.unit} compared with the base"]
    if len(moved) > len(shown):
        note.append(f"the {len(shown)} largest of {len(moved)} differences")
    if len(moved) < len(values):
        note.append(f"{len(values) - len(moved)} of {len(values)} {of} as in the base")
    if comparison.materiality >= LEAST_BAND:
        note.append(f"grey: within {exact_share(comparison.materiality)} of the base's sum")
    width = WHOLE if max(text_width(name) for name, _ in shown) > LONGEST_NAME else HALF
    return differences(f"{title}, compared with the base", note, shown, scale, threshold, width)
