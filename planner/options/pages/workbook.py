"""compare.xlsx: a summary with charts in front, then every table of the comparison, for people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pandas as pd
from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.chart.series import SeriesLabel
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from planner.options.changes.option import BASE
from planner.options.comparison import Comparison, nearly
from planner.options.pages import wording
from planner.options.record import CompareRecord, level_titles
from planner.report.excel import inks
from planner.report.excel.pen import CHART_ROWS, FONT, LAST_COLUMN, PERCENT, WIDTHS, Pen, cell_at, put_text
from planner.report.excel.sheet_charts import WHOLE_CM, clustered, dressed, paint, stacked
from planner.report.excel.sheets import FRACTION, PERIODS, WHOLE, YEARS, Sheet, SheetColumn, period_column
from planner.report.excel.summary_sheet import write_index
from planner.report.excel.workbook import save_book, set_up_page
from planner.report.words.numbers import GOODS, Money, spelled_unit

MOST_CHARTED = 30  # options in a chart
MOST_LEVELS = len(WIDTHS) - 2
LABELS, FAINT = len(WIDTHS) + 1, "5A6672"  # the column after those that are printed
MOST_CHANGES, LEAST_CHANGES = 1_500, 20  # rows of a sheet of changes, of one option
TITLES = {
    "options": "The options: what they are, and how their plans ended",
    "figures": "Headline figures, an option a column",
    "nations": "What nations give and get by fiscal year, compared with the base",
    "funds": "What funds have and pay by contributor and fiscal year, compared with the base",
    "commitments": "What arrives by commitment and the fiscal year in which it is due, compared with the base",
    "years": "Goods and costs by fiscal year, compared with the base",
    "ranks": "The place of each option at each figure, 1 the best, and its place overall",
    "input_changes": "Cells of the input that each option changes",
    "movements": "What moves most in the plan: by line, route and fund, over the whole horizon",
}
KINDS = {"contributor": "nation", **dict.fromkeys(("factory", "origin", "destination"), "node")}  # of codes in columns
TEXTS = frozenset({"option", "kind", "table", "cell", "row", "column", "before", "after", "unit", "measure"})
RECEIVED = "received"  # the value of goods
MONEY_COLUMNS = ("contributed", "produced", RECEIVED, "balance", "available", "paid", "cost", "amount")
GOODS_COLUMNS = ("wanted", "on_time", "late", "short")


def write_comparison(comparison: Comparison, record: CompareRecord, path: Path) -> None:
    """Write compare.xlsx to `path`; `record` is what compare.json says. Raises OSError."""
    money = wording.money_of(comparison)
    book = Workbook()
    front = book.worksheets[0]
    front.title = "Summary"
    front.sheet_view.showGridLines = False
    for index, width in enumerate(WIDTHS, start=1):
        front.column_dimensions[get_column_letter(index)].width = width
    sheets = [_figures_sheet(comparison), *_sheets(comparison, money)]
    _write_summary(Pen(front), comparison, record, money, sheets)
    set_up_page(front, comparison)
    save_book(book, sheets, comparison, path)


def _write_summary(pen: Pen, comparison: Comparison, record: CompareRecord, money: Money, sheets: list[Sheet]) -> None:
    if comparison.marking:
        pen.line(comparison.marking, bold=True)
        pen.page.cell(1, 1).alignment = Alignment(horizontal="center")
    pen.line(f"{comparison.title}: options compared", size=18, bold=True)
    pen.page.freeze_panes = f"A{pen.row}"
    pen.line(wording.headline(comparison, money), size=14)
    _write_options(pen, comparison, money)
    _write_levels(pen, comparison, money)
    rows = [(tile.name, tile.value, tile.note) for tile in wording.tiles(comparison, record.best, money)]
    pen.heading("Best at", rows=len(rows))
    pen.table(("Aim", "Option", "Value"), rows, ("", "", ""))
    _write_failures(pen, comparison)
    _write_shares(pen, comparison, money, "funds", "fund", "paid", "Who pays: money by fund")
    _write_shares(pen, comparison, money, "nations", "nation", "contributed", "Who pays: money by contributor")
    _write_shares(pen, comparison, money, "nations", "nation", "produced", "Who produces: cost by nation")
    write_index(pen, "Sheets of this workbook", sheets)
    file = record.input
    pen.row += 1
    pen.line(
        f"Computed from {file.file} (SHA-256 {file.sha256}), {record.model.title}, {record.started}.",
        size=9,
    )
    pen.page.print_area = f"A1:{LAST_COLUMN}{pen.row}"


def _scaled(money: Money) -> str:
    """Shows money in the unit of the comparison, whatever the unit the heading then names."""
    return "#,##0.0,," if money.factor > 1 else "#,##0.00"


def _option_row(comparison: Comparison, name: str) -> tuple[object, ...]:
    """An option: its name, rank and fill rate, what it delivers and costs, and both less those of the base."""
    spent, base = wording.spent(comparison, name), wording.spent(comparison, BASE)
    delivered, before = comparison.figure(name, "delivered"), comparison.figure(BASE, "delivered")
    return (
        wording.called(comparison, name, with_name=True),
        comparison.ranks[name],
        comparison.figure(name, "fill_rate"),
        delivered,
        _less(delivered, before),
        spent,
        _less(spent, base),
    )


def _write_options(pen: Pen, comparison: Comparison, money: Money) -> None:
    """One row an option, best first, with a chart of what arrives."""
    ranked = sorted(comparison.solved, key=lambda outcome: comparison.ranks[outcome.name])
    goods = _scaled(money) if comparison.measure.worth is not None else "#,##0.##"
    pen.heading(f"The options, best first; money in {money.unit}", rows=len(ranked), chart=True)
    rows = [_option_row(comparison, outcome.name) for outcome in ranked]
    unit = money.heading_unit(wording.goods_unit(comparison.measure.unit, money))
    headings = (
        "Option",
        "Rank",
        "Fill rate",
        f"Goods delivered ({unit})",
        "Goods, compared with the base",
        wording.spent_title(comparison),
        f"{wording.spent_title(comparison)}, compared with the base",
    )
    signed = f"+{_scaled(money)};-{_scaled(money)};0"
    top, bottom = pen.table(headings, rows, ("", "0", PERCENT, goods, f"+{goods};-{goods};0", _scaled(money), signed))
    chart = dressed(clustered(), "Goods delivered and money, compared with the base", _scaled(money), WHOLE_CM)
    last = min(bottom, top + MOST_CHARTED)
    for index, (column, ink) in enumerate(((5, inks.SERIES[0]), (7, inks.SERIES[1]))):
        chart.add_data(Reference(pen.page, min_col=column, min_row=top + 1, max_row=last))
        chart.series[index].tx = SeriesLabel(
            v=("Goods delivered, compared with the base", f"{headings[5]} compared with the base")[index]
        )
        paint(chart, index, ink)
    _label(pen, chart, top, [outcome.name for outcome in ranked], last)
    pen.page.add_chart(chart, f"A{pen.row + 1}")
    pen.row += CHART_ROWS


def _label(pen: Pen, chart: BarChart, top: int, names: Sequence[str], last: int) -> None:
    """Label a chart of the table whose heading is in row `top`, down to row `last`, by the codes of the options: what
    the cells call them is too long. The codes stand beside the table, where paper ends.
    """
    for row, text in enumerate(("Label in the chart", *names), start=top):
        cell = cell_at(pen.page, row, LABELS)
        put_text(cell, text)
        cell.font = Font(FONT, 9, color=FAINT)
        cell.alignment = Alignment(vertical="top")
    chart.set_categories(Reference(pen.page, min_col=LABELS, min_row=top + 1, max_row=last))


def _less(value: float | None, base: float | None) -> float | None:
    """A figure less that of the base: 0 where they are the same but for arithmetic."""
    if value is None or base is None:
        return None
    return 0.0 if nearly(value, base) else value - base


def _write_levels(pen: Pen, comparison: Comparison, money: Money) -> None:
    """The value of each level under each option, in the order in which options are judged."""
    levels = level_titles(comparison)[:MOST_LEVELS]
    ranked = sorted(comparison.solved, key=lambda outcome: comparison.ranks[outcome.name])
    pen.heading("Aims, in the order in which options are judged", rows=len(ranked))
    headings = ["Option", *(f"{title} ({money.heading_unit(unit)})" for _, title, unit in levels)]
    formats = ["", *(_scaled(money) if unit.startswith(money.currency) else FRACTION for *_, unit in levels)]
    rows = [
        (
            wording.called(comparison, outcome.name, with_name=True),
            *(comparison.figure(outcome.name, name) for name, *_ in levels),
        )
        for outcome in ranked
    ]
    pen.table(headings, rows, formats)


def _write_failures(pen: Pen, comparison: Comparison) -> None:
    failed = [outcome for outcome in comparison.outcomes if not outcome.solved]
    if not failed:
        return
    pen.heading("Options without a plan", rows=3 * len(failed))
    for outcome in failed:
        name = wording.called(comparison, outcome.name, with_name=True)
        pen.line(f"{name}: {outcome.record.status}. {outcome.record.message}", bold=True)
        for rule in outcome.record.conflict:
            pen.line(f"   • {rule}")


def _write_shares(
    pen: Pen, comparison: Comparison, money: Money, table: str, key: str, measure: str, title: str
) -> None:
    """The largest names by option as a table and a stacked chart; the others are one column."""
    sums = comparison.tables[table].groupby(["option", key])[measure].sum().unstack(fill_value=0)
    names = [outcome.name for outcome in comparison.solved]
    sums = sums.reindex(names, fill_value=0.0)
    totals = sums.sum().sort_values(ascending=False, kind="stable")
    largest = [name for name in totals.index if totals[name] > 0]
    if not largest:
        return
    shown, rest = largest[: len(WIDTHS) - 2], largest[len(WIDTHS) - 2 :]
    if len(rest) == 1:
        shown, rest = largest[: len(WIDTHS) - 1], []
    headings = [
        "Option",
        *(comparison.name_of(key, name) for name in shown),
        *([f"{len(rest)} others"] if rest else []),
    ]
    columns = [sums[name].tolist() for name in shown] + ([sums[rest].sum(axis=1).tolist()] if rest else [])
    rows = list(zip([wording.called(comparison, name, with_name=True) for name in names], *columns, strict=True))
    pen.heading(f"{title}, {money.unit}", rows=len(rows), chart=True)
    scaled = _scaled(money)
    top, bottom = pen.table(headings, rows, ["", *[scaled] * (len(headings) - 1)])
    chart = dressed(stacked(), f"{title}, {money.unit}", scaled, WHOLE_CM)
    last = min(bottom, top + MOST_CHARTED)
    chart.add_data(
        Reference(pen.page, min_col=2, max_col=len(headings), min_row=top, max_row=last), titles_from_data=True
    )
    for index in range(len(headings) - 1):
        paint(chart, index, inks.REST if rest and index == len(shown) else inks.SERIES[index])
    _label(pen, chart, top, names, last)
    pen.page.add_chart(chart, f"A{pen.row + 1}")
    pen.row += CHART_ROWS


def _figures_sheet(comparison: Comparison) -> Sheet:
    """Figures as rows, options as columns: what people filter and copy from."""
    table = comparison.tables["headline"]
    order = table.drop_duplicates("figure")
    wide = table.pivot(index="figure", columns="option", values="value").reindex(order["figure"])
    columns = [
        SheetColumn("Figure", order["title"]),
        SheetColumn("Unit", order["unit"].map(lambda unit: spelled_unit(unit))),
    ]
    for outcome in comparison.solved:
        columns.append(
            SheetColumn(outcome.name, wide[outcome.name].reset_index(drop=True), FRACTION + "##", outcome.description)
        )
    return Sheet("figures", TITLES["figures"], columns, len(order))


def _sheets(comparison: Comparison, money: Money) -> list[Sheet]:
    """The other tables, as they are in tables/; of what changes in the plans, the largest changes of each option."""
    made = []
    goods = comparison.measure.worth is not None
    each = max(MOST_CHANGES // max(len(comparison.options), 1), LEAST_CHANGES)
    for name, table in comparison.tables.items():
        if name == "headline":  # the sheet `figures` has it
            continue
        title, shown = TITLES.get(name), table
        if title is None:
            title = f"{name.removeprefix('changes_').capitalize()}: rows that differ from the base's"
            shown = table.groupby("option", sort=False).head(each).reset_index(drop=True)
            title += f", the {each} largest changes of each option" if len(shown) < len(table) else ""
        columns = []
        for key in map(str, table.columns):
            columns += [_column(comparison, shown, key, money, goods), *_names_beside(comparison, shown, key)]
        made.append(Sheet(name, title, columns, len(table)))
    return made


def _names_beside(comparison: Comparison, table: pd.DataFrame, key: str) -> list[SheetColumn]:
    """The names that are filled in for the codes of a column."""
    known = comparison.names.get(KINDS.get(key, key), {})
    titles = {code: known.get(str(code), str(code)) for code in table[key].dropna().unique()} if known else {}
    if all(title == str(code) for code, title in titles.items()):
        return []
    return [SheetColumn(f"{key.capitalize()} name", table[key].map(titles))]


def _column(comparison: Comparison, table: pd.DataFrame, name: str, money: Money, goods_are_money: bool) -> SheetColumn:
    plain = name.removesuffix("_base").removesuffix("_difference")
    heading = plain.replace("_", " ").capitalize()
    if name.endswith("_base"):
        heading += ", base"
    elif name.endswith("_difference"):
        heading += ", difference"
    if not pd.api.types.is_numeric_dtype(table[name]) or (name in TEXTS and table[name].dtype == object):
        return SheetColumn(heading, table[name])
    if name in ("factor", "rank", "rank_overall", "cells_changed"):
        return SheetColumn(heading, table[name].astype(float), "0.####" if name == "factor" else "0")
    if name in PERIODS:
        calendar = comparison.base.record.calendar
        return period_column(heading, table[name], date.fromisoformat(str(calendar.start)), calendar.period_length)
    if name in YEARS:
        return SheetColumn(heading, table[name], "0")
    whole = WHOLE if money.factor > 1 else FRACTION
    if plain == RECEIVED or (goods_are_money and plain in GOODS_COLUMNS):
        heading = f"{heading} ({money.currency} of {GOODS})"
    if plain.endswith("_cost") or plain in MONEY_COLUMNS or (goods_are_money and plain in GOODS_COLUMNS):
        return SheetColumn(heading, table[name], f'{whole}"\u00a0{money.currency}"')
    return SheetColumn(heading, table[name], FRACTION)
