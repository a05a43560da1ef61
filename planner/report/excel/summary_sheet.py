"""The first sheet of plan.xlsx: the plan in words and figures, with charts."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from planner.domain.titles import title_of
from planner.report.data.report_data import ReportData
from planner.report.excel import inks
from planner.report.excel.pen import CHART_ROWS, FONT, LAST_COLUMN, PERCENT, WIDTHS, Pen, cell_at, put_text
from planner.report.excel.sheet_charts import HALF_CM, WHOLE_CM, dressed, paint, stacked
from planner.report.excel.sheets import FIRST, WHOLE, Sheet
from planner.report.figures.theme import BLUE
from planner.report.words import wording
from planner.report.words.numbers import number, plural

MOST_FUNDS = len(inks.SERIES)  # distinguished in the chart; the others are one row
MOST_NATIONS = 12


def write_summary(page: Worksheet, data: ReportData, sheets: Sequence[Sheet]) -> None:
    """Fill the summary: headline, state of proof, aims, fill rates, money, list of sheets; charts at the right."""
    page.title = "Summary"
    page.sheet_view.showGridLines = False
    for letter, width in zip("ABCDEFG", WIDTHS, strict=True):
        page.column_dimensions[letter].width = width
    pen = Pen(page)
    if data.marking:
        pen.line(data.marking, bold=True)
        page.cell(1, 1).alignment = Alignment(horizontal="center")
    pen.line(data.title, size=18, bold=True)
    page.freeze_panes = f"A{pen.row}"
    pen.line(wording.headline(data), size=14)
    if data.guarantees.headline:
        pen.line(data.guarantees.headline)
    for sentence in data.unserved_sentences:
        pen.line(f"   • {sentence}")
    if data.unserved_command:
        pen.line(data.unserved_command)
    _write_figures(pen, data)
    write_index(pen, "Sheets that most people use first", [sheet for sheet in sheets if sheet.name in FIRST])
    _write_state(pen, data)
    _write_levels(pen, data)
    _write_commitments(pen, data)
    _write_funds(pen, data)
    _write_ledger(pen, data)
    _write_periods(pen, data)
    write_index(pen, "Further sheets", [sheet for sheet in sheets if sheet.name not in FIRST])
    _write_source(pen, data)
    page.print_area = f"A1:{LAST_COLUMN}{pen.row}"


def _write_figures(pen: Pen, data: ReportData) -> None:
    pen.heading("Headline figures")
    for figure in wording.figures(data):
        row = pen.row
        put_text(cell_at(pen.page, row, 1), figure.name)
        put_text(cell_at(pen.page, row, 2), figure.text)
        put_text(cell_at(pen.page, row, 4), figure.note)
        pen.page.cell(row, 2).font = Font(FONT, 12, bold=True)
        pen.row += 1


def _write_state(pen: Pen, data: ReportData) -> None:
    run = data.run
    pen.heading("State of proof")
    pen.line(f"{wording.status(data)}.")
    pen.line(f"Check: {run.verification}.")
    if run.not_enforced:
        pen.line("These rules are in the input, but this plan does not keep to them:", bold=True)
        for rule in run.not_enforced:
            pen.line(f"   • {rule}")
    if run.removed_by_events:
        count = plural(len(run.removed_by_events), "row")
        pen.line(f"Left out, as they depend on an event that does not happen: {count}, listed in run.json.")
    if run.warnings:
        pen.line(f"Warnings: {number(len(run.warnings))}, listed in run.json. The first: {run.warnings[0]}")


def _write_levels(pen: Pen, data: ReportData) -> None:
    if not data.levels:
        return
    pen.heading("Aims, in their order", rows=len(data.levels))
    rows = []
    for index, level in enumerate(data.levels, 1):
        gap, unit = "–" if level.gap is None else level.gap, data.money.heading_unit(level.unit)
        rows.append((wording.aim(level, index), level.value, level.bound, gap, level.status, unit))
    scaled = _scaled(data)
    pen.table(
        ("Aim", "Value reached", "No plan beats", "Gap", "State", "Unit"), rows, ("", scaled, scaled, "0.00%", "", "")
    )


def _scaled(data: ReportData) -> str:
    """Shows money in the unit of the report, whatever the unit the heading then names."""
    return "#,##0.0,," if data.money.factor > 1 else "#,##0.00"


def _goods_format(data: ReportData) -> str:
    return _scaled(data) if data.service.by_value else "#,##0.##"


def _write_commitments(pen: Pen, data: ReportData) -> None:
    service = data.service
    if service.total.wanted <= 0:
        return
    fills = [*service.by_commitment(data.instance)]
    if len(fills) > 1:
        fills.append(service.total)
    pen.heading("What is delivered, by commitment", rows=len(fills) + 2)
    pen.line(f"{wording.measure(data)} In {service.scale.unit}.")
    rows = [(f.title, f.wanted, f.wanted - f.short, f.late, f.short, f.delivered_share, f.on_time_share) for f in fills]
    goods = _goods_format(data)
    headings = ("Commitment", "Wanted", "Delivered", "of it late", "Missing", "Part delivered", "Part in time")
    pen.table(headings, rows, ("", goods, goods, goods, goods, PERCENT, PERCENT))


def _write_funds(pen: Pen, data: ReportData) -> None:
    """Money by fund and year, or by type of cost and year where nothing is paid by funds."""
    finances, years = data.finances, data.instance.horizon.years
    shown_years = years[:5]  # more do not fit on a page; the sheet payments has them all
    funds = data.instance.funds
    by_year = {title_of(funds, use.name): use.by_year for use in finances.funds if use.paid > 0} or finances.by_type
    if not by_year:
        return
    title = f"{'Money by fund' if finances.paid else 'Cost by type'} and fiscal year, {data.money.unit}"
    named = dict(list(by_year.items())[:MOST_FUNDS])
    if rest := list(by_year.values())[MOST_FUNDS:]:
        named[f"{len(rest)} others"] = {y: sum(table.get(y, 0.0) for table in rest) for y in years}
    rows = [(name, *(table.get(y, 0.0) for y in shown_years), sum(table.values())) for name, table in named.items()]
    pen.heading(title, rows=len(rows), chart=True)
    headings = ("Fund" if finances.paid else "Cost type", *map(str, shown_years), "All years")
    scaled = _scaled(data)
    top, bottom = pen.table(headings, rows, ("", *[scaled] * (len(shown_years) + 1)))
    chart = dressed(stacked(), title, scaled, WHOLE_CM)
    for index, row in enumerate(range(top + 1, bottom + 1)):
        series = Reference(pen.page, min_col=1, max_col=1 + len(shown_years), min_row=row)
        chart.add_data(series, titles_from_data=True, from_rows=True)
        paint(chart, index, inks.SERIES[index] if index < len(inks.SERIES) else inks.REST)
    chart.set_categories(Reference(pen.page, min_col=2, max_col=1 + len(shown_years), min_row=top))
    pen.page.add_chart(chart, f"A{pen.row + 1}")
    pen.row += CHART_ROWS


def _write_ledger(pen: Pen, data: ReportData) -> None:
    """Who pays and who produces, over the horizon: the nations with the largest sums."""
    nations = [row for row in data.finances.nations if row.contributed > 0 or row.produced > 0]
    if not data.finances.paid or not nations:
        return
    nations.sort(key=lambda row: -(row.contributed + row.produced))
    rows = [(row.title, row.contributed, row.produced, row.balance) for row in nations]
    title = f"Who pays and who produces, {data.money.unit}"
    pen.heading(title, rows=MOST_NATIONS + 2, chart=True)
    if len(rows) > MOST_NATIONS:
        pen.line(f"The {MOST_NATIONS} largest of {len(rows)}; the others are in the sheets who pays and who produces.")
    scaled = _scaled(data)
    headings = ("Nation or institution", "Contributed", "Produced", "Balance")
    top, bottom = pen.table(headings, rows[:MOST_NATIONS], ("", scaled, scaled, scaled))
    chart = dressed(BarChart(), title, scaled, WHOLE_CM)
    chart.type, chart.gapWidth = "col", 60
    chart.add_data(Reference(pen.page, min_col=2, max_col=3, min_row=top, max_row=bottom), titles_from_data=True)
    for index, ink in enumerate((inks.SERIES[0], inks.SERIES[2])):
        paint(chart, index, ink)
    chart.set_categories(Reference(pen.page, min_col=1, min_row=top + 1, max_row=bottom))
    pen.page.add_chart(chart, f"A{pen.row + 1}")
    pen.row += CHART_ROWS


def _write_periods(pen: Pen, data: ReportData) -> None:
    service, horizon = data.service, data.instance.horizon
    if service.total.wanted <= 0:
        return
    pen.heading("What is delivered, by the period in which it is due", rows=12, chart=True)
    goods = _goods_format(data)
    rows = [
        (label, f.wanted, f.on_time, f.late, f.short, f.delivered_share)
        for label, f in service.by_period([horizon.label(period) for period in range(horizon.periods)])
    ]
    chart_row = pen.row
    pen.row += CHART_ROWS
    headings = ("Period", "Wanted", "In time", "Late", "Never", "Part delivered")
    top, bottom = pen.table(headings, rows, ("", goods, goods, goods, goods, PERCENT))
    periods = Reference(pen.page, min_col=1, min_row=top + 1, max_row=bottom)
    chart = dressed(stacked(), f"What becomes of the goods wanted, {service.unit}", goods, HALF_CM)
    chart.add_data(Reference(pen.page, min_col=3, max_col=5, min_row=top, max_row=bottom), titles_from_data=True)
    for index, ink in enumerate((inks.ON_TIME, inks.LATE, inks.MISSING)):
        paint(chart, index, ink)
    chart.set_categories(periods)
    pen.page.add_chart(chart, f"A{chart_row}")
    rate = dressed(LineChart(), "Part delivered of what is due in the period", "0%", HALF_CM)
    rate.add_data(Reference(pen.page, min_col=6, min_row=top, max_row=bottom), titles_from_data=True)
    rate.set_categories(periods)
    rate.legend = None
    rate.y_axis.scaling.min, rate.y_axis.scaling.max = 0, 1
    rate.series[0].graphicalProperties.line.solidFill = BLUE[1:].upper()
    rate.series[0].smooth = False
    pen.page.add_chart(rate, f"D{chart_row}")


def write_index(pen: Pen, title: str, sheets: Sequence[Sheet]) -> None:
    """What sheets there are, each name a link to its sheet."""
    if not sheets:
        return
    pen.heading(title, rows=len(sheets) + 2)
    rows = [(sheet.name, sheet.shown, sheet.rows, "") for sheet in sheets]
    top, _ = pen.table(("Sheet", "Rows here", "Rows in all", "What it holds"), rows, ("", WHOLE, WHOLE, ""))
    for index, sheet in enumerate(sheets, start=top + 1):
        cell = pen.page.cell(index, 1)
        cell.hyperlink = f"#'{sheet.name}'!A1"
        cell.font = Font(FONT, 11, color="0072B2", underline="single")
        note = f"{sheet.title}. {sheet.note}" if sheet.rows > sheet.shown else sheet.title
        put_text(cell_at(pen.page, index, 4), note)
        pen.page.cell(index, 4).alignment = Alignment(horizontal="left", vertical="top", indent=1)
        pen.page.row_dimensions[index].height = 15.5


def _write_source(pen: Pen, data: ReportData) -> None:
    file = data.run.input
    pen.row += 1
    pen.line(
        f"Computed from {file.file} (SHA-256 {file.sha256}), model {data.catalogue.title}, {data.run.started}.",
        size=9,
    )
