"""The sheets of plan.xlsx: which columns each result table shows, under which heading and in which format."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from planner.domain.horizon import Horizon
from planner.domain.titles import Named, object_title, title_of
from planner.report.data.report_data import ReportData
from planner.report.pages.views import View, ViewCell, ViewColumn
from planner.report.words.limit_words import GROUP_TITLES, NO_FAMILY
from planner.report.words.numbers import GOODS, GOODS_WEIGHTED, number, spelled_unit
from planner.tolerances import SAME
from planner.workbook.reading.periods import EPOCH

REASON_NOTE = "What holds it back, with its share of the value (sheet attribution); blank where the part is tiny"
MOST_ROWS = 50_000  # of one table; the others stay in its CSV
WHOLE, FRACTION, PRICE = "#,##0", "#,##0.00", "#,##0.00####"
PERCENT, POINTS = "0.0%", "+0.0%;\u22120.0%;0.0%"
DATES = {"week": "yyyy-mm-dd", "month": "yyyy-mm", "quarter": "yyyy-mm", "year": "yyyy"}  # a period is its first day


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column of a sheet."""

    heading: str
    values: pd.Series  # as people read them: periods as labels, amounts in full precision
    number_format: str = ""  # empty: text
    note: str = ""  # shown when the pointer rests on the heading


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of plan.xlsx or of another workbook; `file`: the CSV with all rows, where the sheet is cut."""

    name: str
    title: str
    columns: list[SheetColumn]
    rows: int  # of the table
    file: str = ""

    @property
    def shown(self) -> int:
        """The number of rows in the sheet."""
        return len(self.columns[0].values) if self.columns else 0

    @property
    def note(self) -> str:
        """What the sheet leaves out, if anything."""
        if self.rows > self.shown:
            return f"{number(self.shown)} of {number(self.rows)} rows; all of them are in tables/{self.name}.csv."
        return "" if self.rows else "No rows."


TITLES = {
    "production": "Production: what is made, where and when",
    "shipments": "Shipments: what is dispatched over which route",
    "stocks": "Stocks at the end of each period",
    "deliveries": "Deliveries against demand",
    "shortfalls": "Shortfalls: what is never delivered",
    "targets": "Stock targets: wanted, held and missing",
    "scrap": "Goods that expire or are written off",
    "investments": "Investments in capacity",
    "payments": "Payments by fund, contributor and fiscal year",
    "allocations": "Units that funds pay for named beneficiaries",
    "nations": "Ledger of the nations by fiscal year",
    "ledger": "Ledger: who pays and who produces, by programme and fiscal year",
    "burden_sharing": "Parts in the burden and in the work, against keys and goals",
    "attribution": "Attribution: the limits that cause each shortage",
    "prices": "Prices: what one more of a limit, task or stock would be worth, and one less",
}
ALWAYS = (
    "production",
    "shipments",
    "stocks",
    "deliveries",
    "shortfalls",
    "investments",
    "payments",
    "nations",
    "prices",
)
FIRST = (
    "destination by item", "deliveries", "shortfalls", "line by period", "shipments", "stocks", "payments",
)  # fmt: skip  # after the summary: what people use first
HEADINGS = {
    "cost_type": "Cost type",
    "due": "Due",
    "object": "Object",
    "price": "Worth of one more",
    "one_less": "Cost of one less",
    "range_more": "Holds for this many more",
    "range_less": "Holds for this many less",
    "unique": "More and less the same",
    "exact": "Exact",
    "confirmed": "Confirmed by a re-solve",
    "together_with": "Gains together with",
    "together": "Worth together",
    "family": "Limit",
    "level": "Aim",
    "of_item": "Of item",
    "taken_by": "Way used by",
    "least": "At least",
    "most": "At most",
    "tried": "Both ends tried",
    "first": "First period",
    "last": "Last period",
}
HEADINGS_OF = {
    ("attribution", "weight"): "Value of one",
    ("attribution", "amount"): "Value held back",
    ("payments", "amount"): "Paid",
    ("investments", "period"): "Bought",
}  # of columns that mean something else in other tables
NOTES = {
    "due": "Period in which the goods are wanted",
    "arrives": "Period in which the goods arrive",
    "ready": "First period in which the capacity can be used",
    "cash_year": "Fiscal year in which the cost falls; the fund may count it earlier, at order",
    "below": "What is missing of the target",
    "balance": "Produced less contributed",
    "part": "Contributed ÷ all that is paid",
    "share_due": "Key ÷ all keys",
    "share_paid": "Contributed ÷ what all nations with a key contribute",
    "difference": "Share paid less share due",
    "over": "Contributed beyond the share that is due",
    "work_share": "Produced ÷ contributed",
    "work_goal": "Least work share required × contributed",
    "work_balance": "Produced less the goal",
    "price": "By how much the aim would improve per further unit; for demand and targets: what one more unit would cost. "
    "Blank: no plan could do one more",
    "one_less": "By how much the aim would get worse per unit less; for demand and targets: what one less would save. "
    "Blank: no plan is left with less",
    "range_more": "At least; blank: however many",
    "range_less": "At least; blank: however many",
    "exact": "no: a bound. One more gains at most, one less costs at least this",
    "together_with": "Alone it gains nothing: it needs these as well",
    "received": "Value of the goods delivered at places of the nation",
}
YEARS = {"year": "Fiscal year", "cash_year": "Cash year"}
PERIODS = ("period", "arrives", "due", "ready", "strike", "first", "last")
MONEY = ("cost", "amount", "contributed", "produced", "received", "balance", "over", "work_goal", "work_balance")
# Columns of money that is not paid: what it is the value of.
COUNTS = dict.fromkeys(("received", "need", "lack"), GOODS) | {"uncovered": GOODS_WEIGHTED}
COUNTS_OF = {("attribution", "amount"): f"{GOODS} as the aim counts them"}
SHARES = ("part", "share_due", "share_paid", "share", "least", "most")
WORTHS = ("price", "one_less", "together", "range_more", "range_less", "weight")
RATIOS = ("work_share",)
IN_UNITS = ("quantity", "wanted", "held", "below")  # of the item
COUNTED = ("quantity", "count")  # kinds of columns of a page whose unit is that of the sheet


def result_sheets(data: ReportData) -> list[Sheet]:
    """The result tables in their order; some only where the plan has rows for them."""
    return [_sheet(data, name) for name in TITLES if name in ALWAYS or len(data.plan.tables[name])]


def view_sheets(data: ReportData) -> list[Sheet]:
    """The report's views, with what nobody gets before them and what is full behind them."""
    return [*_unserved_sheets(data), *(_view_sheet(data, view) for view in data.views), *_full_sheets(data)]


def _unserved_sheets(data: ReportData) -> list[Sheet]:
    """Every destination and item of which nothing is delivered there, with what is wanted."""
    demands = data.service.demands
    sums = demands.groupby(["destination", "item"], sort=False)["quantity"].sum()
    unserved = data.unserved
    whole = [(d, i) for d, i in sums.index if d in unserved.destinations]
    pairs = [*whole, *((name, item) for name, items, _ in unserved.partly for item in items)]
    if not pairs:
        return []
    items, wanted = data.instance.items, pd.Series([float(sums[pair]) for pair in pairs])
    places, goods = (pd.Series([pair[place] for pair in pairs], dtype=object) for place in (0, 1))
    columns = [
        SheetColumn("Destination", places),
        *name_columns(data, "destination", places),
        SheetColumn("Item", goods),
        *name_columns(data, "item", goods),
        SheetColumn("Wanted, and nothing delivered", wanted, digits(wanted)),
        SheetColumn("Unit", pd.Series([items[item].unit for _, item in pairs])),
    ]
    return [Sheet("unserved", "What destinations want and get nothing of", columns, len(pairs))]


def _full_sheets(data: ReportData) -> list[Sheet]:
    """Legs, and points by their handling, that are full in some period, most often first."""
    traffic, horizon = data.traffic, data.instance.horizon
    rows = [
        ("leg", f.leg.name, f.leg.origin, f.leg.destination, f.tonnes, f.used_share, f.full_periods, len(f.leg.open))
        for f in traffic.saturated
    ]
    rows += [
        (
            "handling",
            n.node,
            n.node,
            "",
            n.tonnes,
            n.tonnes / (n.throughput * horizon.periods),
            n.full_periods,
            horizon.periods,
        )
        for n in traffic.handling
    ]
    if not rows:
        return []
    rows.sort(key=lambda row: (-len(row[6]), -row[4]))
    labels = [", ".join(horizon.label(period) for period in row[6]) for row in rows]
    moved, used = pd.Series([row[4] for row in rows]), pd.Series([row[5] for row in rows], dtype=float)
    columns = [
        SheetColumn("What", pd.Series([row[0] for row in rows])),
        *(
            SheetColumn(heading, pd.Series([row[index] for row in rows]))
            for index, heading in enumerate(("Name", "From", "To"), 1)
        ),
        SheetColumn("Moved or handled", moved, f'{digits(moved)}" t"'),
        SheetColumn("Part of capacity", used, PERCENT),
        SheetColumn("Periods full", pd.Series([float(len(row[6])) for row in rows]), WHOLE),
        SheetColumn("Periods open", pd.Series([float(row[7]) for row in rows]), WHOLE),
        SheetColumn("Full in", pd.Series(labels)),
    ]
    return [Sheet("full", "Legs and points that are full in some period", columns, len(rows))]


def _view_sheet(data: ReportData, view: View) -> Sheet:
    columns = []
    for index, column in enumerate(view.columns):
        if column.is_bar:
            continue
        cells = [value if isinstance((value := row[index]), ViewCell) else ViewCell(value) for row in view.rows]
        values = pd.Series([cell.value for cell in cells], dtype=float if column.is_number else object)
        formats = {
            **dict.fromkeys(("money", "change"), money_format(data)),
            **dict.fromkeys(("share", "heat"), PERCENT),
            "points": POINTS,
            "ratio": FRACTION,
            **dict.fromkeys(("count", "difference"), WHOLE),
            "whole": "0",
            "quantity": digits(values) if column.kind == "quantity" else "",
        }
        columns.append(SheetColumn(_with_unit(data, column), values, formats.get(column.kind, ""), column.note))
        if not column.is_number and any(cell.note for cell in cells):
            columns.append(
                SheetColumn(f"{column.heading} code", pd.Series([cell.note for cell in cells], dtype=object))
            )
    return Sheet(view.name, view.title, columns, len(view.rows))


def _with_unit(data: ReportData, column: ViewColumn) -> str:
    """The heading of a column of a page, with the unit of its figures in the sheet: money in the currency."""
    if column.is_money:
        return _money_heading(column.heading, column.of, data.money.currency)
    return f"{column.heading} ({column.unit})" if column.unit and column.kind in COUNTED else column.heading


def _money_heading(heading: str, of: str, currency: str) -> str:
    """A heading above money with what it counts; alone above money itself: its cells have the currency."""
    return f"{heading} ({currency} of {of})" if of else heading


def money_heading(table: str, column: str, currency: str) -> str:
    """What a column of money of a result table is called in a workbook, with what it counts that is not paid."""
    return _money_heading(heading_of(table, column), money_counts(table, column), currency)


def _sheet(data: ReportData, name: str) -> Sheet:
    table = data.plan.tables[name]
    rows = table.iloc[:MOST_ROWS]
    columns = []
    for column in table.columns:
        columns.append(_column(data, name, str(column), rows[column]))
        columns += name_columns(data, str(column), rows[column])
        if column == "quantity" and "item" in table.columns:
            units = {item.name: item.unit for item in data.instance.items.values()}
            columns.append(SheetColumn("Unit", rows["item"].map(units)))
    if name == "shortfalls":
        columns += _of_shortfalls(data, rows)
    elif name == "deliveries":
        columns += _of_deliveries(data, rows)
    return Sheet(name, TITLES[name], columns, len(table))


def name_columns(data: ReportData, name: str, codes: pd.Series) -> list[SheetColumn]:
    """The names that are filled in for the codes of a column, beside it; none where no code has another name."""
    instance = data.instance
    known: Mapping[str, Mapping[str, Named]] = {
        **dict.fromkeys(("factory", "origin", "destination", "node"), instance.nodes),
        **dict.fromkeys(("item", "of_item"), instance.items),
        **dict.fromkeys(("nation", "contributor", "recipient"), instance.nations),
        "fund": instance.funds,
        "commitment": instance.commitments,
        "contingency": instance.contingencies,
    }
    used = codes.dropna().unique() if name in known or name == "object" else ()
    titles = {
        code: title_of(known[name], code) if name in known else object_title(instance, str(code)) for code in used
    }
    if all(title == code for code, title in titles.items()):
        return []
    if name == "object":  # most have no other name
        titles = {code: title for code, title in titles.items() if title != code}
    return [SheetColumn(f"{HEADINGS.get(name, name.capitalize())} name", codes.map(titles))]


def _of_deliveries(data: ReportData, table: pd.DataFrame) -> list[SheetColumn]:
    """Beside each delivery: whether it is late, by how many periods, and its value."""
    late = table["period"] - table["due"]
    columns = [
        SheetColumn("Late", (late > 0).map({True: "yes", False: "no"})),
        SheetColumn("Periods late", late.clip(lower=0), WHOLE),
    ]
    if data.service.by_value:
        worth = data.service.demands.drop_duplicates("item").set_index("item")["worth"]
        columns.append(SheetColumn("Value", table["quantity"] * table["item"].map(worth), money_format(data)))
    return columns


def _of_shortfalls(data: ReportData, table: pd.DataFrame) -> list[SheetColumn]:
    """Beside each shortfall: what was wanted, the part that is missing, its value, whether it is binding,
    and the reason.
    """
    demands = data.service.demands.drop_duplicates(["demand", "due"]).set_index(["demand", "due"])
    of = demands.reindex(pd.MultiIndex.from_frame(table[["demand", "due"]])).reset_index(drop=True)
    reasons = {gap.key: gap.reason for gap in data.gaps}
    commitments = of["commitment"].fillna("")
    keys = zip(commitments, table["destination"], table["item"], strict=True)
    quantity = table["quantity"].reset_index(drop=True)
    columns = [
        SheetColumn("Wanted", of["quantity"], digits(of["quantity"])),
        SheetColumn("Part of wanted", quantity / of["quantity"], PERCENT),
        SheetColumn("Binding", of["binding"].map({True: "yes", False: "no"})),
        SheetColumn("Reason", pd.Series([reasons.get(key, "") for key in keys], dtype=object), "", REASON_NOTE),
    ]
    if data.service.by_value:
        columns.insert(2, SheetColumn("Value", quantity * of["worth"], money_format(data)))
    return columns


def heading_of(table: str, column: str) -> str:
    """What a column of a result table is called."""
    return HEADINGS_OF.get((table, column)) or HEADINGS.get(column) or column.replace("_", " ").capitalize()


def money_counts(table: str, column: str) -> str:
    """What money in a column of a result table counts that is not paid; blank for money itself."""
    return COUNTS_OF.get((table, column), COUNTS.get(column, ""))


def _column(data: ReportData, table: str, name: str, values: pd.Series) -> SheetColumn:
    heading = heading_of(table, name)
    note = NOTES.get(name, "")
    if name in PERIODS:
        horizon = data.instance.horizon
        return period_column(heading, values, horizon.start, horizon.period_length, note)
    if name in SHARES:
        return SheetColumn(heading, values, PERCENT, note)
    if name == "difference":
        return SheetColumn(heading, values, POINTS, note)
    if name in RATIOS:
        return SheetColumn(heading, values, FRACTION, note)
    if name in MONEY:
        return SheetColumn(money_heading(table, name, data.money.currency), values, money_format(data), note)
    if name == "tonnes":
        return SheetColumn(heading, values, f'{digits(values)}" t"', note)
    if name in IN_UNITS:
        return SheetColumn(heading, values, digits(values), note)
    if name in WORTHS:
        return SheetColumn(heading, values, PRICE, note)
    if name in YEARS:
        return SheetColumn(YEARS[name], values, "0", note)
    return SheetColumn(heading, _words(data, name, values), "", note)


def _words(data: ReportData, name: str, values: pd.Series) -> pd.Series:
    """Names as the input has them; families and levels by their titles."""
    titles: Mapping[str, str] = {}
    if name == "family":
        titles = {f.name: f.title for f in data.catalogue.constraints.values()}
    elif name == "level":
        titles = {level.name: level.title for level in data.levels}
    elif name == "group":
        titles = GROUP_TITLES | NO_FAMILY
    elif name == "unit":
        titles = {unit: spelled_unit(unit) for unit in values.dropna().unique()}
    return values.map(lambda value: titles.get(value, value)) if titles else values


def period_column(heading: str, values: pd.Series, start: date, length: str, note: str = "") -> SheetColumn:
    """Periods 1…P as real dates: the first day of each; a blank stays one. `start` is the first of period 1."""
    calendar = Horizon(start, 1, length)
    numbers = pd.to_numeric(values, errors="coerce")
    days = {one: float((calendar.first_day(int(one) - 1) - EPOCH).days) for one in numbers.dropna().unique()}
    return SheetColumn(heading, numbers.map(days), DATES[length], note)


def digits(values: pd.Series) -> str:
    """The number format of figures: whole where they all are."""
    numbers = values.to_numpy(dtype=float)
    whole = np.abs(numbers - np.round(numbers)) < SAME
    return WHOLE if bool(np.all(whole | np.isnan(numbers))) else FRACTION


def money_format(data: ReportData) -> str:
    """A number format with the currency."""
    currency = re.sub(r"[^A-Za-z0-9 ]", "", data.money.currency)
    return f'{WHOLE if data.money.factor > 1 else FRACTION}"\u00a0{currency}"'
