"""The form of a plan that people make by hand: the result tables by their names, declared as the input is.

What a run writes into `tables/` can be given back as it is: columns that follow from others are accepted. Those that
name something (`factory`, `item` …) must agree with it; amounts that the program works out itself are not read.
"""

from __future__ import annotations

from planner.workbook.reading.periods import DUE
from planner.workbook.schema import Column, Table

# Result tables that follow from the others: accepted beside a plan, not read.
DERIVED = (
    *("shortfalls", "targets", "allocations", "prices", "attribution", "nations", "ledger", "burden_sharing", "expiry"),
    *("cases", "responses", "response_moves", "response_making", "response_stocks"),
    *("coverage", "uncovered", "draws", "access_value", "reach", "response_expiry", "recipients"),
    *("consents", "policies", "locks", "tiers", "contributions", "participation"),
)


def _name(name: str, help: str, *refers: str, required: bool = False) -> Column:
    return Column(name, "name", help, required=required, refers=refers)


def _period(name: str, help: str) -> Column:
    return Column(name, "period", help, required=True, edge="opening", clipped=False)


def _quantity(help: str, unit: str = "units") -> Column:
    return Column("quantity", "number", help, required=True, minimum=0, unit=unit)


def _followed(*names: str) -> tuple[Column, ...]:
    """Columns of the result tables that follow from the others and are not read."""
    return tuple(Column(name, "any", "Follows from the other columns; not read.") for name in names)


def is_followed(column: Column) -> bool:
    """Is it a column that follows from the others?"""
    return column.kind == "any"


def _by_period(name: str, help: str, *columns: Column) -> Table:
    """A table of quantities by period, in the long or the wide form."""
    return Table(name, help, columns, key=(), wide=True)


_ITEM = _name("item", "Item.", "item", required=True)

PLAN_TABLES: tuple[Table, ...] = (
    _by_period(
        "production",
        "What is made, or bought at a market.",
        _name("line", "Line.", "line", required=True),
        _name("item", "Its item, if given.", "item"),
        _name("factory", "Its factory, if given.", "node"),
        _period("period", "Period of completion."),
        _quantity("Good units completed."),
        *_followed("nation", "cost"),
    ),
    _by_period(
        "shipments",
        "What is dispatched over which route.",
        _name("route", "Route. Blank: the only one between origin and destination.", "route"),
        _name("origin", "Node it leaves. Blank: that of the route as typed.", "node"),
        _name("destination", "Node it goes to.", "node"),
        _ITEM,
        _period("period", "Period of dispatch."),
        _quantity("Units dispatched."),
        *_followed("mode", "arrives", "tonnes", "cost"),
    ),
    _by_period(
        "deliveries",
        "What is delivered against which demand.",
        _name("demand", "Demand.", "demand", required=True),
        Column(
            "due",
            "period",
            "Period it was due, perhaps before the horizon. Blank: where the demand has only one.",
            edge=DUE,
        ),
        _name("item", "Its item, if given.", "item"),
        _name("destination", "Its destination, if given.", "node"),
        _period("period", "Period of delivery."),
        _quantity("Units delivered."),
        *_followed("commitment"),
    ),
    _by_period(
        "investments",
        "Capacity that is bought.",
        _name("expansion", "Expansion.", "expansion", required=True),
        _period("period", "Period of purchase."),
        _quantity("Capacity bought.", "units of capacity"),
        *_followed("object", "ready", "cost"),
    ),
    _by_period(
        "stocks",
        "What lies where at the end of a period.",
        _name("node", "Node.", "node", required=True),
        _ITEM,
        _period("period", "Period."),
        _quantity("Stock at its end."),
    ),
    _by_period(
        "scrap",
        "What expires or is written off.",
        _name("node", "Node.", "node", required=True),
        _ITEM,
        _period("period", "Period."),
        _quantity("Units written off."),
        *_followed("cost"),
    ),
    Table(
        "payments",
        "Who pays, by fund and fiscal year (what for, and whose money, is added up).",
        (
            _name("fund", "Fund.", "fund", required=True),
            Column(
                "year", "integer", "Fiscal year in which the fund counts it.", required=True, minimum=1900, maximum=2999
            ),
            Column("amount", "number", "Money paid.", required=True, minimum=0, unit="{currency}", money=True),
            *_followed("contributor", "cost_type", "object", "nation", "cash_year", "tier"),
        ),
        key=(),
    ),
)
PLAN_BY_NAME = {table.name: table for table in PLAN_TABLES}
