"""The input contract, declared once: tables, columns, types, units, defaults, bounds, references, help.

The reader, the checks, the template and the reference page are all driven by `TABLES`.

A column's `kind` says how its cells are read:

    name       the name of a thing (a whole number counts as its digits)
    text       free text
    number     a finite number within `minimum` … `maximum`
    integer    a whole number within `minimum` … `maximum`
    yes_no     yes/no, true/false, 1/0
    choice     one of `choices`
    period     a date, 2026-03, 2026-Q1, a number 1…periods, or an event with an offset
    strikes    periods separated by `;`, a coarse date meaning each of its periods, or `any`
    names      a list of names separated by `;`
    choices    a list of `choices` separated by `;`
    shares     `PL:0.7; US:0.3`
    any        kept as typed (Settings and Options values)

`refers` names the tables (or groups) in which a name must be found. `edge` says how a period is read:
`opening` (coarse dates mean their first period, an event that does not happen removes the row),
`closing` (their last period; such an event means never). The table of given deliveries has an edge of its own, for what
was due before the horizon. `money` marks amounts of currency, which a row's `currency` column converts. `magnitude`,
which follows from the unit, is what a number may be besides 0.
"""

from __future__ import annotations

from dataclasses import dataclass

from planner.domain.rules import CHANGEABLE

# What an amount may be besides 0, by its unit: what is computed with doubles, and by the solver, is right in these
# bounds. Beyond 1e15 doubles no longer hold every whole number.
Magnitude = tuple[float, float]
LARGEST = 1e15
QUANTITY: Magnitude = (1e-9, LARGEST)
MONEY: Magnitude = (1e-12, LARGEST)
PER_UNIT: Magnitude = (1e-12, 1e9)
RATE: Magnitude = (1e-9, 1e9)
MAGNITUDES: dict[str, Magnitude] = {
    **dict.fromkeys(("t/unit", "m3/unit", "kg/unit", "per unit", "units/unit"), PER_UNIT),
    **dict.fromkeys(("share", "per year", "ratio", "days"), RATE),
    "degrees": (0.0, LARGEST),
}

COST_TYPES = ("procurement", "capacity", "transport", "storage", "works", "training")
FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: what a cell may hold, and what people read about it."""

    name: str
    kind: str
    help: str
    required: bool = False
    default: float | int | str | bool | None = None
    minimum: float | None = None
    maximum: float | None = None
    positive: bool = False  # 0 is refused too
    unit: str = ""  # `{currency}` stands for the currency of Settings
    money: bool = False
    choices: tuple[str, ...] = ()
    refers: tuple[str, ...] = ()  # nation, nation_group, item, category, node, route, line, …
    edge: str = ""  # opening or closing
    clipped: bool = True  # may lie outside the horizon
    strike: bool = False  # may be counted from a contingency's strike

    @property
    def magnitude(self) -> Magnitude:
        """The least and the largest magnitude of its numbers, besides 0."""
        if self.name == "rate":
            return RATE
        return MONEY if self.money else MAGNITUDES.get(self.unit, QUANTITY)


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the workbook; `key`: the columns that tell its rows apart."""

    name: str
    help: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    required: bool = False
    adds_up: bool = False  # rows with the same key are summed instead of refused
    wide: bool = False  # accepts one column per period in place of `period` and `quantity`

    def column(self, name: str) -> Column:
        """A column by name. Raises StopIteration for an unknown one."""
        return next(column for column in self.columns if column.name == name)


def _name(name: str, help: str, required: bool = False) -> Column:
    return Column(name, "name", help, required=required)


def _reference(name: str, help: str, *refers: str, required: bool = False) -> Column:
    return Column(name, "name", help, required=required, refers=refers)


def _list(name: str, help: str, *refers: str, required: bool = False) -> Column:
    return Column(name, "names", help, required=required, refers=refers)


def _text(name: str, help: str) -> Column:
    return Column(name, "text", help, default="")


def _quantity(name: str, help: str, unit: str = "units", **rules: object) -> Column:
    return Column(name, "number", help, minimum=0, unit=unit, **rules)  # type: ignore[arg-type]


def _limit(name: str, help: str, unit: str) -> Column:
    return Column(name, "number", help + " Blank: unlimited.", minimum=0, unit=unit)


def _money(name: str, help: str, per: str = "", **rules: object) -> Column:
    unit = "{currency}/" + per if per else "{currency}"
    return Column(name, "number", help, minimum=0, unit=unit, money=True, **rules)  # type: ignore[arg-type]


def _share(name: str, help: str, default: float | None = None) -> Column:
    return Column(name, "number", help, default=default, minimum=0, maximum=1, unit="share")


def _count(name: str, help: str, default: int | None = 0, unit: str = "periods", minimum: int = 0) -> Column:
    return Column(name, "integer", help, default=default, minimum=minimum, unit=unit)


def _flag(name: str, help: str, default: bool | None = False) -> Column:
    return Column(name, "yes_no", help, default=default)


def _choice(
    name: str, help: str, choices: tuple[str, ...], default: str | None = None, required: bool = False
) -> Column:
    return Column(name, "choice", help, required=required, default=default, choices=choices)


def _period(name: str, help: str, required: bool = False, clipped: bool = True, strike: bool = False) -> Column:
    edge = "closing" if name in {"closes", "to", "last"} else "opening"
    return Column(name, "period", help, required=required, edge=edge, clipped=clipped, strike=strike)


def _window(opens: str = "opens", closes: str = "closes", of: str = "it") -> tuple[Column, Column]:
    return (
        _period(opens, f"First period in which {of} is usable. Blank: from the start."),
        _period(closes, f"Last period in which {of} is usable. Blank: to the end."),
    )


CURRENCY = _reference("currency", "Currency of this row's money. Blank: that of Settings.", "currency")

SETTINGS: tuple[Column, ...] = (
    _text("title", "Title of the plan, shown on every page."),
    Column("start", "period", "First period: a date, 2026-03 or 2026-Q1.", required=True),
    Column("periods", "integer", "Number of periods.", required=True, minimum=1, maximum=1200, unit="periods"),
    _choice("period_length", "Length of a period.", ("week", "month", "quarter", "year"), "month"),
    Column("currency", "name", "Currency of all money without a currency of its own.", default="EUR"),
    Column("discount_rate", "number", "Discount rate per year.", default=0.0, minimum=0, unit="per year"),
    Column("fiscal_year_start", "integer", "Month in which a fiscal year begins.", default=1, minimum=1, maximum=12),
    _choice("objective", "Lexicographic levels, or one weighted sum.", ("lexicographic", "weighted"), "lexicographic"),
    Column(
        "level_tolerance",
        "number",
        "By how much a held level may get worse, as a share of it.",
        default=0.0,
        minimum=0,
    ),
    Column(
        "materiality",
        "number",
        "Plans count as equal at an aim where they differ by no more than this share of the larger value.",
        default=0.0001,
        minimum=0,
        maximum=1,
        unit="share",
    ),
    Column(
        "key_tolerance",
        "number",
        "How far contributions may be from the burden-sharing key, as a share of it. Blank: the key is only reported.",
        minimum=0,
        unit="share",
    ),
    Column(
        "frozen",
        "integer",
        "First periods in which the previous plan is fixed (see Previous).",
        default=0,
        minimum=0,
        unit="periods",
    ),
    Column(
        "departure_cap",
        "number",
        "Largest departure from the previous plan after the frozen periods, as a share of it. Blank: unlimited.",
        minimum=0,
        unit="share",
    ),
    Column(
        "risk_weight",
        "number",
        "Weight of the worst cases of contingencies relative to the expected case.",
        default=0.0,
        minimum=0,
        maximum=1,
        unit="share",
    ),
    Column(
        "risk_tail",
        "number",
        "The worst cases are the last 1 - risk_tail of the cases by probability; 1: the very worst.",
        default=0.9,
        minimum=0,
        maximum=1,
        unit="share",
    ),
    _text("marking", "Handling caveat, shown on every sheet, page and chart."),
    _name("stated_by", "Sender of this workbook, when several are merged: a nation, or cell."),
    Column(
        "format", "integer", "Version of the input contract.", default=FORMAT_VERSION, minimum=1, maximum=FORMAT_VERSION
    ),
)

CONSENT_STATES = ("given", "granted", "pending", "requested", "refused", "denied")
NODE_KINDS = ("factory", "depot", "transit", "destination", "market")

TABLES: tuple[Table, ...] = (
    Table(
        "Settings",
        "The calendar, the currency and the way of optimising.",
        (
            Column("key", "name", "Name of the setting.", required=True),
            Column("value", "any", "Its value. Blank: the setting's default."),
        ),
        key=("key",),
        required=True,
    ),
    Table(
        "Nations",
        "Partner nations and the beneficiary.",
        (
            _name("nation", "Short name, used everywhere else.", required=True),
            _text("name", "Full name."),
            _list("groups", "Groups it belongs to (EU; EEA; coalition …)."),
            _flag("beneficiary", "Is it supported by the plan?"),
            Column("key", "number", "Burden-sharing weight.", minimum=0, unit="weight"),
            _share("contribution_min", "Least share of all contributions."),
            _share("contribution_max", "Largest share of all contributions."),
            Column("work_share_min", "number", "Least value produced ÷ own contribution.", minimum=0, unit="ratio"),
        ),
        key=("nation",),
    ),
    Table(
        "Items",
        "Finished goods, components, works and training places.",
        (
            _name("item", "Short name, used everywhere else.", required=True),
            _text("name", "Full name."),
            _name("category", "Item group; may be listed wherever items are."),
            _choice(
                "cost_type", "What kind of cost its production is.", ("procurement", "works", "training"), "procurement"
            ),
            _quantity("lot", "Smallest sensible quantity; fractions are listed, not forced.", positive=True),
            _text("domain", "land, air, sea …"),
            Column("unit", "text", "Unit of its quantities, as it stands behind a number: rounds, t.", default="unit"),
            _quantity("weight", "Weight.", "t/unit", default=1.0),
            _quantity("volume", "Volume.", "m3/unit", default=0.0),
            _quantity("neq", "Net explosive quantity.", "kg/unit", default=0.0),
            _count(
                "shelf_life",
                "Periods after the one it is made in through which it may be used; 0: cannot be stored. Blank: "
                "does not expire.",
                None,
            ),
            _money("holding_cost", "Holding cost, added to the node's.", "unit/period", default=0.0),
            _money("scrap_cost", "Cost of scrapping.", "unit", default=0.0),
            _money(
                "value", "Value of a unit in the lexicographic objective. Blank: its least production cost.", "unit"
            ),
            CURRENCY,
        ),
        key=("item",),
        required=True,
    ),
    Table(
        "Nodes",
        "Factories, depots, transit points, destinations and markets.",
        (
            _name("node", "Short name, used everywhere else.", required=True),
            _text("name", "Full name."),
            _choice("kind", "What it is.", NODE_KINDS, required=True),
            _reference("nation", "Nation that holds it.", "nation"),
            Column("lat", "number", "Latitude.", minimum=-90, maximum=90, unit="degrees"),
            Column("lon", "number", "Longitude.", minimum=-180, maximum=180, unit="degrees"),
            _quantity("storage_t", "Storage; 0 forbids stock. Blank: unlimited, at a transit node 0.", "t"),
            _limit("storage_m3", "Storage volume.", "m3"),
            _limit("storage_neq", "Net explosive quantity that may be stored.", "kg"),
            _money("holding_cost", "Holding cost.", "t/period", default=0.0),
            _limit("throughput_t", "Tonnes that may leave by route or be delivered here.", "t/period"),
            *_window(of="the node"),
            _list(
                "access",
                "Nations that may draw on it: those that receive the goods. Blank: all.",
                "nation",
                "nation_group",
            ),
            CURRENCY,
        ),
        key=("node",),
        required=True,
    ),
    Table(
        "NodeItems",
        "Where one item at one node differs.",
        (
            _reference("node", "Node.", "node", required=True),
            _reference("item", "Item.", "item", required=True),
            _limit("storage", "Units that may be stored.", "units"),
            _money(
                "holding_cost",
                "Holding cost, in addition to those of the node and the item.",
                "unit/period",
                default=0.0,
            ),
            CURRENCY,
        ),
        key=("node", "item"),
    ),
    Table(
        "Routes",
        "Directed legs between nodes.",
        (
            _name("route", "Name. Blank: origin>destination:mode."),
            _reference("origin", "Node it leaves from.", "node", required=True),
            _reference("destination", "Node it leads to.", "node", required=True),
            Column("mode", "name", "road, rail, sea, air …", default=""),
            _count("lead_time", "Periods between dispatch and arrival."),
            _quantity("days", "Days in transit. Blank: lead_time x 7, 30, 90 or 360.", "days"),
            _money("cost", "Cost.", "t", default=0.0),
            _limit("capacity_t", "Tonnes dispatched, each direction.", "t/period"),
            _limit("capacity_m3", "Volume dispatched, each direction.", "m3/period"),
            *_window(of="the route"),
            _flag("both_ways", "Usable in both directions?"),
            _list("excludes", "Items or categories it does not carry.", "item", "category"),
            _list(
                "nations",
                "Nations that may use it: those that receive the goods. Blank: all.",
                "nation",
                "nation_group",
            ),
            CURRENCY,
        ),
        key=("route",),
    ),
    Table(
        "RouteItems",
        "Where one item on one route differs.",
        (
            _reference("route", "Route.", "route", required=True),
            _reference("item", "Item.", "item", required=True),
            _money("cost", "Cost in place of the route's. Blank: the route's.", "unit"),
            _limit("capacity", "Units dispatched, each direction.", "units/period"),
            CURRENCY,
        ),
        key=("route", "item"),
    ),
    Table(
        "Lines",
        "Production lines; at a market, purchase offers.",
        (
            _name("line", "Name. Blank: factory:item."),
            _reference("factory", "Node where it stands.", "node", required=True),
            _reference("item", "What it makes.", "item", required=True),
            _money("unit_cost", "Cost of a good unit.", "unit", default=0.0),
            _limit("capacity", "Units started.", "units/period"),
            _quantity("min_rate", "Units started that are due in every open period.", "units/period", default=0.0),
            _quantity(
                "start_rate", "Units started in the period before. Blank: the first period is free.", "units/period"
            ),
            Column(
                "ramp",
                "number",
                "Largest rise between open periods. Blank: unlimited.",
                minimum=0,
                unit="units/period/period",
            ),
            Column(
                "yield",
                "number",
                "Good units per unit started; above 0.",
                default=1.0,
                minimum=0,
                positive=True,
                maximum=1,
                unit="share",
            ),
            _reference("resource", "Shared resource it uses.", "resource"),
            _quantity("resource_use", "Use of that resource per unit started.", "per unit", default=1.0),
            _count("order_lead_time", "Periods between order and completion."),
            _share("advance", "Share of the cost paid at order.", 0.0),
            *_window(of="the line"),
            Column(
                "content",
                "shares",
                "Nations of origin of its cost, adding to 1. Blank: the factory's nation.",
                refers=("nation",),
            ),
            CURRENCY,
        ),
        key=("line",),
    ),
    Table(
        "Resources",
        "What several lines share.",
        (
            _name("resource", "Name.", required=True),
            _reference("factory", "Node where it stands.", "node"),
            _limit("capacity", "Capacity, in its own unit.", "per period"),
        ),
        key=("resource",),
    ),
    Table(
        "ResourceUse",
        "Further resources of a line.",
        (
            _reference("line", "Line.", "line", required=True),
            _reference("resource", "Resource.", "resource", required=True),
            _quantity("use", "Use per unit started.", "per unit", required=True),
        ),
        key=("line", "resource"),
    ),
    Table(
        "Capacity",
        "Capacity in single periods, in place of the fixed one.",
        (
            _reference("object", "Line, resource, node or route.", "line", "resource", "node", "route", required=True),
            _period("period", "Period.", required=True, clipped=False),
            _quantity(
                "quantity",
                "Units started, resource units, storage t, or t dispatched per direction.",
                "per period",
                required=True,
            ),
        ),
        key=("object", "period"),
        wide=True,
    ),
    Table(
        "Components",
        "Bill of materials.",
        (
            _reference("item", "Item made.", "item", required=True),
            _reference("component", "Item consumed.", "item", required=True),
            _quantity("quantity", "Units consumed per unit started.", "units/unit", required=True),
            _reference(
                "line",
                "Only this line (adds to the rows for all lines). Blank: every line of the item that is not at "
                "a market.",
                "line",
            ),
        ),
        key=("item", "component", "line"),
    ),
    Table(
        "Expansions",
        "Capacity that may be bought.",
        (
            _name("expansion", "Name.", required=True),
            _reference("line", "Line it widens (exactly one of line, resource, node, route).", "line"),
            _reference("resource", "Resource it widens.", "resource"),
            _reference("node", "Node whose storage it widens.", "node"),
            _reference("route", "Route it widens.", "route"),
            _money("cost", "Once, in the period of purchase.", "unit of capacity", required=True),
            _limit("limit", "Largest total.", "units of capacity"),
            _count("lead_time", "Periods between purchase and use."),
            _period("first", "First period of purchase. Blank: the start."),
            _period("last", "Last period of purchase. Blank: the end."),
            Column("content", "shares", "Nations of origin, adding to 1. Blank: its object's.", refers=("nation",)),
            CURRENCY,
        ),
        key=("expansion",),
    ),
    Table(
        "Stocks",
        "Opening stock and goods already on order.",
        (
            _reference("node", "Node.", "node", required=True),
            _reference("item", "Item.", "item", required=True),
            _quantity("quantity", "Quantity.", required=True),
            _period("period", "Period of arrival. Blank: opening stock.", clipped=False),
            _reference("nation", "Nation it belongs to.", "nation"),
            _count("age", "Periods since it was made."),
        ),
        key=("node", "item", "period", "nation", "age"),
        adds_up=True,
        wide=True,
    ),
    Table(
        "Orders",
        "Orders placed with lines before the horizon, still to be completed.",
        (
            _reference("line", "Line with an order_lead_time.", "line", required=True),
            _period("period", "Period of completion, before the line's first new order can be.", required=True),
            _quantity("quantity", "Good units.", required=True),
            _share("paid", "Share of the cost paid before the horizon. Blank: the line's advance."),
        ),
        key=("line", "period"),
        wide=True,
    ),
    Table(
        "Previous",
        "The previous plan, from which departures are weighed.",
        (
            _choice("kind", "What was planned.", ("make", "ship"), required=True),
            _reference("line", "Line (make).", "line"),
            _reference("route", "Route (ship).", "route"),
            _reference("origin", "Where the shipment starts. Blank: the route's origin.", "node"),
            _reference("item", "Item (ship).", "item"),
            _period("period", "Period of completion, or dispatch.", required=True, clipped=False),
            _quantity("quantity", "Good units, or units dispatched.", required=True),
        ),
        key=("kind", "line", "route", "origin", "item", "period"),
        wide=True,
    ),
    Table(
        "Demand",
        "What is wanted, where and when.",
        (
            _name("demand", "Name. Blank: table and row number."),
            _reference("commitment", "Commitment it belongs to.", "commitment"),
            _reference("destination", "Node of delivery.", "node", required=True),
            _reference("item", "Item.", "item", required=True),
            _period("period", "Period it is due.", required=True, clipped=False),
            _quantity("quantity", "Quantity.", required=True),
            _flag("binding", "Binding? Blank: as its commitment.", None),
            _quantity("priority", "Weight; larger is more important.", "weight", default=1.0),
            _count("max_delay", "Periods by which it may be late."),
            _count("overdue", "Periods by which it was due before the horizon; its period is then the first."),
            _money("shortage_cost", "Weighted objective only. Blank: must be met.", "unit"),
            _money("delay_cost", "Weighted objective only.", "unit/period", default=0.0),
            CURRENCY,
        ),
        key=("demand",),
        required=True,
        wide=True,
    ),
    Table(
        "Commitments",
        "Packages to which demands belong.",
        (
            _name("commitment", "Short name.", required=True),
            _text("name", "Full name."),
            _text("pillar", "Element of the declaration."),
            _list("nations", "Nations that pledged it.", "nation", "nation_group"),
            _flag("binding", "Binding?"),
        ),
        key=("commitment",),
    ),
    Table(
        "Events",
        "Dates that other rows depend on.",
        (
            _name("event", "Name.", required=True),
            _period("period", "When it happens. Blank: not in the horizon."),
        ),
        key=("event",),
    ),
    Table(
        "Targets",
        "Stock that depots should hold.",
        (
            _name("target", "Name. Blank: table and row number."),
            _list("nodes", "Nodes, or nations whose depots.", "node", "nation", "nation_group", required=True),
            _list("items", "Items or categories.", "item", "category", required=True),
            _period("from", "First period. Blank: the start."),
            _period("to", "Last period. Blank: the end."),
            _quantity("quantity", "Units held, over all its nodes and items."),
            Column("days_of_supply", "number", "Days of the coming demand, per item.", minimum=0, unit="days"),
            _quantity("priority", "Weight; larger is more important.", "weight", default=1.0),
            _money("shortage_cost", "Weighted objective only. Blank: must hold.", "unit/period"),
            CURRENCY,
        ),
        key=("target",),
    ),
    Table(
        "Funds",
        "Budgets, loans, grants and pledges, with their rules.",
        (
            _name("fund", "Short name.", required=True),
            _text("name", "Full name."),
            _choice("kind", "What it is.", ("budget", "loan", "grant", "pledge"), "budget"),
            _flag("carry_over", "May unused money be used in later years?"),
            _share("cofinancing", "Highest share of a cost that it pays. Blank: all of it."),
            Column("interest", "number", "Interest of a loan.", default=0.0, minimum=0, unit="per year"),
            _money("ceiling", "Limit on all its payments. Blank: unlimited."),
            _list("content_group", "Nations whose content counts.", "nation", "nation_group"),
            _share("content_min", "Least share of content from them."),
            _choice("content_scope", "Does each line, or the fund's portfolio, reach it?", ("line", "fund"), "line"),
            _count("min_nations", "Nations that must take part.", None, "nations"),
            _flag("min_nations_enforced", "Enforce that?"),
            _share("part_min", "Least share of the payments of the fund for a nation to take part.", 0.001),
            _choice(
                "basis",
                "Count payments when they fall, or whole orders in the year of the order.",
                ("cash", "commitment"),
                "cash",
            ),
            *_window(of="the fund"),
            CURRENCY,
        ),
        key=("fund",),
    ),
    Table(
        "Budgets",
        "Money of a fund, by contributor and fiscal year.",
        (
            _reference("fund", "Fund.", "fund", required=True),
            _name("contributor", "Nation or institution. Blank: the fund."),
            Column(
                "year",
                "integer",
                "Fiscal year, named by the year in which it begins.",
                required=True,
                minimum=1900,
                maximum=2999,
            ),
            _money("amount", "Amount still available when the horizon starts.", required=True),
            _period("from", "First period in which it may be used. Blank: the year's first."),
            CURRENCY,
        ),
        key=("fund", "contributor", "year", "from"),
        adds_up=True,
    ),
    Table(
        "Tranches",
        "What a fund may have paid by the end of a period, over all years. Without Budgets money is not limited.",
        (
            _reference("fund", "Fund.", "fund", required=True),
            _period("period", "Period by whose end it holds.", required=True),
            _money("amount", "All payments up to then, those before the horizon (Actuals) included.", required=True),
            CURRENCY,
        ),
        key=("fund", "period"),
    ),
    Table(
        "Eligibility",
        "What a fund may pay for; rows of a fund are alternatives.",
        (
            _reference("fund", "Fund.", "fund", required=True),
            Column("cost_types", "choices", "Cost types. Blank: all.", choices=COST_TYPES),
            _list("items", "Items or categories. Blank: all.", "item", "category"),
            _list("producers", "Producing nations. Blank: all.", "nation", "nation_group"),
            _list(
                "beneficiaries",
                "Nations that finished goods paid under this row must reach. Blank: any.",
                "nation",
                "nation_group",
            ),
            Column(
                "tier",
                "integer",
                "Order of preference: money is paid under 1 before 2 before 3.",
                default=1,
                minimum=1,
                maximum=3,
                unit="rank",
            ),
        ),
        key=(),
    ),
    Table(
        "Consents",
        "Movements that are allowed only from the day a nation consents.",
        (
            _name("consent", "Name. Blank: table and row number."),
            _reference("nation", "Nation that consents.", "nation", required=True),
            _list("items", "Items or categories. Blank: all.", "item", "category"),
            _list(
                "nodes", "Nodes. Blank: those of the nation that the kind concerns.", "node", "nation", "nation_group"
            ),
            _list("routes", "Routes, in place of nodes.", "route"),
            _choice("kind", "Kind of consent. Blank: export.", ("export", "transit", "end use")),
            _period("from", "First period from which it is given."),
            _choice(
                "status",
                "Blank: given if from is filled, otherwise pending. What is not given is withheld, and has a price.",
                CONSENT_STATES,
            ),
        ),
        key=("consent",),
    ),
    Table(
        "Policies",
        "Shares of supply, and embargoes.",
        (
            _name("policy", "Name.", required=True),
            _choice("kind", "Rule.", ("largest_share", "smallest_share", "forbid"), required=True),
            _list("items", "Items or categories. Blank: all.", "item", "category"),
            _list("nations", "Nations of production.", "nation", "nation_group"),
            _list("nodes", "Places of production.", "node", "nation", "nation_group"),
            _list("routes", "Routes.", "route"),
            _share("share", "Share of the item's total."),
            _period("from", "First period. Blank: the start."),
            _period("to", "Last period. Blank: the end."),
        ),
        key=("policy",),
    ),
    Table(
        "Locks",
        "Decisions that are fixed or bounded.",
        (
            _name("lock", "Name. Blank: table and row number."),
            _choice("kind", "What is locked.", ("make", "ship", "stock", "deliver", "invest", "pay"), required=True),
            _reference("line", "Line (make).", "line"),
            _reference("route", "Route (ship). Both directions, unless origin is given.", "route"),
            _reference("origin", "Node it leaves from (ship).", "node"),
            _reference("node", "Factory (make), node (stock) or destination (deliver).", "node"),
            _reference("item", "Item (make, ship, stock, deliver). Blank: all.", "item"),
            _reference("demand", "Demand (deliver).", "demand"),
            _reference("expansion", "Expansion (invest).", "expansion"),
            _reference("fund", "Fund (pay). Blank: all.", "fund"),
            _name("contributor", "Contributor (pay). Blank: all."),
            _period("from", "First period. Blank: the start."),
            _period("to", "Last period. Blank: the end."),
            _choice("per", "In each period (payments: fiscal year), or in total?", ("period", "total"), "period"),
            _quantity("quantity", "What it is fixed to.", "units or money"),
            _quantity("minimum", "At least.", "units or money"),
            _quantity("maximum", "At most.", "units or money"),
        ),
        key=("lock",),
    ),
    Table(
        "Contingencies",
        "Renewed attack, or the loss of a route, factory or nation, for which the plan prepares a response.",
        (
            _name("contingency", "Name.", required=True),
            _text("name", "Full name."),
            _share("probability", "Probability that it strikes within the horizon. Blank: must hold."),
            Column(
                "period",
                "strikes",
                "When it may strike: periods separated by ;, a coarse date being each of its periods, or any.",
                required=True,
            ),
            _count("window", "Periods of response, from the strike on.", 1, minimum=1),
            _count("warning", "Periods of warning before the strike."),
            _share("coverage", "Share of the need that is promised. Blank: 0, and 1 where probability is blank."),
            _choice(
                "standing",
                "Which of the plan's own demand must be met together with the surge.",
                ("all", "binding", "none"),
                "all",
            ),
            _money("money", "What a response may cost. Blank: no limit."),
            CURRENCY,
        ),
        key=("contingency",),
    ),
    Table(
        "Surge",
        "Demand that a contingency brings, due at its strike + offset.",
        (
            _reference("contingency", "Contingency.", "contingency", required=True),
            _reference("destination", "Node of delivery.", "node", required=True),
            _reference("item", "Item.", "item", required=True),
            _count("offset", "Periods after it strikes; below the window."),
            _quantity("quantity", "Quantity.", required=True),
            _quantity("priority", "Weight.", "weight", default=1.0),
            _count("max_delay", "Periods that delivery may be late."),
            _money("shortage_cost", "Cost of a unit never delivered. Blank: must be covered (weighted).", "unit"),
            _money("delay_cost", "Cost of a unit for each period late (weighted).", "unit/period", default=0.0),
            CURRENCY,
        ),
        key=("contingency", "destination", "item", "offset"),
    ),
    Table(
        "Disruptions",
        "What a contingency takes away, or what is certain to be lost.",
        (
            _reference("contingency", "Contingency. Blank: certain.", "contingency"),
            _choice("kind", "What is hit.", ("node", "route", "line", "nation", "fund"), required=True),
            _reference("name", "Its name.", "node", "route", "line", "fund", "nation", required=True),
            _period("from", "First period, or strike+2. Blank: the strike; certain: the start.", strike=True),
            _period("to", "Last period, or strike+2. Blank: the response's end; certain: the end.", strike=True),
            Column("factor", "number", "Share that is left.", required=True, minimum=0, maximum=1, unit="share"),
        ),
        key=("contingency", "kind", "name", "from", "to"),
    ),
    Table(
        "Uncertainty",
        "What planner stress varies: one factor (delay: periods) per draw for all that a row names.",
        (
            _name("uncertainty", "Name.", required=True),
            _choice(
                "what",
                "Factor on surge or demand, on stock at the beginning of a response, on yields or capacities of lines; "
                "delay: periods added to lead times of routes.",
                ("surge", "demand", "stock", "yield", "capacity", "delay"),
                required=True,
            ),
            _list(
                "names",
                "Contingencies or nodes (surge), demands, commitments or nodes (demand), nodes or nations (stock), "
                "lines (yield, capacity), routes (delay). Blank: all.",
                *("contingency", "demand", "commitment", "node", "nation", "nation_group", "line", "route"),
            ),
            _list("items", "Items or categories. Blank: all.", "item", "category"),
            _quantity("low", "Least factor, or periods.", "ratio", required=True),
            _quantity("likely", "Likeliest. Blank: the middle.", "ratio"),
            _quantity("high", "Largest.", "ratio", required=True),
        ),
        key=("uncertainty",),
    ),
    Table(
        "Remedies",
        "What may be changed to meet commitments in full, at what price, and who decides. Blank: everything, "
        "at default prices.",
        (
            _name("remedy", "Name. Blank: table and row number."),
            _choice(
                "what",
                "What may rise: budgets, ceilings and tranches; capacity of lines, resources and routes, and limits "
                "of expansions; handling at nodes; storage at nodes; or a consent that may be given. Only where a "
                "row says so: nodes and routes opened to all nations (access); an earlier opening (date); a shorter "
                "lead time; a share that asks for less.",
                CHANGEABLE,
                required=True,
            ),
            _list(
                "names",
                "Funds, lines, resources, routes, nodes, expansions or policies; a nation means what is its own: its "
                "money in any fund, what stands there, what it withholds, its shares. Blank: all.",
                *("fund", "line", "resource", "route", "node", "expansion", "policy", "nation", "nation_group"),
            ),
            _limit(
                "limit",
                "The most that each figure may rise by, in its own unit: of dates and lead times periods, of "
                "shares 0 to 1. Blank: no limit.",
                "as the figure",
            ),
            _money(
                "price",
                "For each unit that a figure rises by: a period, a whole share, an access. Blank: see planner remedy.",
                "unit",
            ),
            _name("decides", "Who decides."),
            CURRENCY,
        ),
        key=("remedy",),
    ),
    Table(
        "Options",
        "Funding options to compare: changes to any cell.",
        (
            _name("option", "Option; its rows belong together.", required=True),
            Column("table", "name", "Table to change.", required=True),
            _text("where", "Conditions: fund=SAFE; year=2027. Blank: every row."),
            Column("column", "name", "Column to change.", required=True),
            _choice("change", "How.", ("set", "scale", "add"), required=True),
            Column("value", "any", "Value, factor or amount.", required=True),
            _text("description", "What the option means."),
        ),
        key=(),
    ),
    Table(
        "Actuals",
        "What happened: within the horizon used by planner replan; before it, counted in rules about sums.",
        (
            _period("period", "Period; one before the start is past.", required=True),
            _choice(
                "kind",
                "What. cancelled: what was on order with a line, under way on a route, or on order for a node.",
                ("made", "shipped", "delivered", "stock", "scrapped", "bought", "paid", "cancelled"),
                required=True,
            ),
            _reference("line", "Line (made, cancelled).", "line"),
            _reference("route", "Route (shipped, cancelled).", "route"),
            _reference("origin", "Where the shipment starts. Blank: the route's origin.", "node"),
            _reference("node", "Node (stock, scrapped, cancelled).", "node"),
            _reference("item", "Item.", "item"),
            _reference("demand", "Demand (delivered).", "demand"),
            _reference("expansion", "Expansion (bought).", "expansion"),
            _reference("fund", "Fund (paid).", "fund"),
            _name("contributor", "Contributor (paid). Blank: the only one of the fund."),
            Column("cost_type", "choice", "Cost type (paid).", choices=COST_TYPES),
            _name("object", "Line, expansion, route or node that was paid for."),
            _quantity("quantity", "Quantity or amount.", required=True),
        ),
        key=(),
        wide=True,
    ),
    Table(
        "Currencies",
        "Rates of exchange.",
        (
            _name("currency", "Currency.", required=True),
            Column(
                "rate",
                "number",
                "Settings currency per unit of this one; above 0.",
                required=True,
                minimum=0,
                positive=True,
                unit="{currency}",
            ),
        ),
        key=("currency",),
    ),
)

BY_NAME: dict[str, Table] = {table.name: table for table in TABLES}
