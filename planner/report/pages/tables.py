"""The tables of the report that are not sheets of their own: each from the data to a `View`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from planner.domain.titles import object_title, title_of, titles_of_limit
from planner.report.data.limits import Limit
from planner.report.data.report_data import MOST_REASONS, ReportData
from planner.report.data.service import Fill
from planner.report.data.traffic import LegFlow
from planner.report.pages.views import Bar, View, ViewCell, ViewColumn, coded
from planner.report.words import wording
from planner.report.words.limit_words import GROUP_TITLES, SAID_OF_LEVEL
from planner.report.words.names import party_title
from planner.report.words.numbers import GOODS, number, share
from planner.tolerances import NOISE

MOST_LIMITS = 8  # at each level
MOST_GAPS = 30
MOST_NAMES = 20  # contributors, nations
FULL = 0.9999  # of a fund's money


# ── What is delivered ────────────────────────────────────────────────────────────────────────────


def fill_bar(fill: Fill) -> Bar | None:
    """In time, late and never; nothing where nothing is wanted."""
    if fill.wanted <= 0:
        return None
    parts = (("on-time", fill.on_time), ("late", fill.late), ("short", fill.short))
    return Bar(
        tuple((kind, amount / fill.wanted) for kind, amount in parts),
        f"{share(fill.on_time_share)} in time, {share(fill.late / fill.wanted)} late, "
        f"{share(fill.short / fill.wanted)} never",
    )


FILL_BAR = ViewColumn(
    "In time, late, never", "bar", keys=(("on-time", "in time"), ("late", "late"), ("short", "never"))
)


def commitments(data: ReportData) -> View:
    """A row for each commitment: what is wanted, delivered and short."""
    service = data.service
    fills = service.by_commitment(data.instance)

    def row(fill: Fill, name: ViewCell | str) -> tuple[Any, ...]:
        figures = (service.scale.figure(fill.wanted), service.scale.figure(fill.short))
        wanted, short = ViewCell(fill.wanted, text=figures[0]), ViewCell(fill.short, text=figures[1])
        return name, wanted, fill.delivered_share, fill.on_time_share, short, fill_bar(fill)

    return View(
        "deliveries",
        "By commitment",
        "",
        (
            ViewColumn("Commitment"),
            ViewColumn("Wanted", "quantity", service.unit),
            ViewColumn("Delivered", "share", strong=True),
            ViewColumn("In time", "share"),
            ViewColumn("Missing", "quantity", service.unit),
            FILL_BAR,
        ),
        [
            row(f, ViewCell(f.title, " · ".join(filter(None, (f.name if f.title != f.name else "", f.note)))))
            for f in fills
        ],
        total=row(service.total, "All") if len(fills) > 1 else None,
        printed=20,
    )


def items(data: ReportData) -> View:
    """A row for each item: what is wanted, delivered and short."""
    columns = (
        ViewColumn("Item"),
        ViewColumn("Unit"),
        ViewColumn("Wanted", "quantity"),
        ViewColumn("Delivered", "quantity"),
        ViewColumn("Late", "quantity"),
        ViewColumn("Missing", "quantity"),
        ViewColumn("Part delivered", "share", strong=True),
        FILL_BAR,
    )
    rows = [
        (
            ViewCell(f.title, f.name if f.title != f.name else ""),
            f.note, f.wanted, f.on_time + f.late, f.late, f.short, f.delivered_share, fill_bar(f),
        )
        for f in data.service.by_item(data.instance)
    ]  # fmt: skip
    return View("by item", "By item", "", columns, rows, order="the least delivered", where=DELIVERED)


DELIVERED = "plan.xlsx, sheets deliveries and shortfalls"


def _reason(reason: str) -> ViewCell:
    """What certainly holds it back, and small below it what perhaps does."""
    certain, also, perhaps = reason.partition("; also at")
    return ViewCell(certain[:1].upper() + certain[1:] or "–", f"Also at{perhaps}" if also else "")


_MISSING_COLUMNS = (
    ViewColumn("Commitment"),
    ViewColumn("Destination"),
    ViewColumn("Item"),
    ViewColumn("Due"),
    ViewColumn("Missing", "quantity"),
    ViewColumn("Unit"),
    ViewColumn("Part of wanted", "share"),
    ViewColumn("Reason"),
)


def missing(data: ReportData) -> View:
    """What is missing, and why, the largest by value first."""
    instance = data.instance
    rows = [
        (
            ViewCell(title_of(instance.commitments, gap.commitment) or "–", "binding" if gap.binding else ""),
            title_of(instance.nodes, gap.destination),
            title_of(instance.items, gap.item),
            _span(data, gap.first_due, gap.last_due),
            gap.quantity,
            instance.items[gap.item].unit,
            gap.quantity / gap.wanted,
            _reason(gap.reason),
        )
        for gap in data.gaps
    ]
    lead = (
        "A reason is a limit that certainly causes part of it, with its share by value. Others are full too, but more "
        "of one of them may gain nothing without more of the rest."
    )
    where = f"plan.xlsx, sheet shortfalls, demand by demand, with the reasons of the largest {MOST_REASONS}"
    return View(
        "shortfalls",
        "What is missing, and why",
        lead,
        _MISSING_COLUMNS,
        rows,
        MOST_GAPS,
        order="the largest by value",
        where=where,
    )


def _span(data: ReportData, first: int, last: int) -> str:
    """Periods 1…P as people write them: `2026-03 to 2026-05`."""
    label = data.instance.horizon.label
    return label(first - 1) + (f" to {label(last - 1)}" if last > first else "")


# ── What moves ───────────────────────────────────────────────────────────────────────────────────


def full_legs(data: ReportData, numbered: Sequence[LegFlow]) -> View:
    """The legs that are full at some time; `numbered` are those of the map, in its order."""
    nodes = data.instance.nodes
    rows = [
        (
            str(index), flow.leg.route, title_of(nodes, flow.leg.origin), title_of(nodes, flow.leg.destination), flow.leg.mode,
            flow.tonnes, flow.used_share, *_full_in(len(flow.full_periods), len(flow.leg.open)),
        )
        for index, flow in enumerate(numbered, start=1)
    ]  # fmt: skip
    columns = (
        ViewColumn("No."),
        ViewColumn("Route"),
        ViewColumn("From"),
        ViewColumn("To"),
        ViewColumn("By"),
        ViewColumn("Moved", "count", "t"),
        ViewColumn("Part of capacity", "share"),
        ViewColumn("Full in periods", "count", strong=True),
        ViewColumn("Part of the time", "bar"),
    )
    rest = len(data.traffic.saturated) - len(numbered)
    lead = (
        f"Those on the map that are full most often; {number(rest)} more are in plan.xlsx, sheet full." if rest else ""
    )
    return View("full", "Full legs", lead, columns, rows, printed=5)


def full_nodes(data: ReportData) -> View:
    """Points whose handling is used up at some time."""
    nodes, periods = data.instance.nodes, data.instance.horizon.periods
    rows = [
        (
            coded(nodes, flow.node),
            flow.throughput,
            flow.tonnes,
            *_full_in(len(flow.full_periods), periods),
        )
        for flow in data.traffic.handling
    ]
    columns = (
        ViewColumn("Point"),
        ViewColumn("Throughput", "count", "t per period"),
        ViewColumn("Handled", "count", "t in all"),
        ViewColumn("Full in periods", "count", strong=True),
        ViewColumn("Part of the time", "bar"),
    )
    title = "Points at the limit of their handling"
    return View("full", title, "", columns, rows, printed=8, order="those that are full most often")


def _full_in(full: int, periods: int) -> tuple[ViewCell, Bar]:
    text = f"{full} of {periods}"
    return ViewCell(full, text=text), Bar((("full", full / max(periods, 1)),), text)


# ── Money ────────────────────────────────────────────────────────────────────────────────────────


def funds(data: ReportData) -> View:
    """A row for each fund: paid, available, and the share used."""

    def used(part: float | None) -> Bar | None:
        return None if part is None else Bar((("full" if part > FULL else "plain", min(part, 1.0)),), share(part))

    rows = [
        (
            coded(data.instance.funds, use.name),
            use.kind,
            use.paid,
            use.available,
            use.used_share,
            used(use.used_share),
        )
        for use in data.finances.funds
    ]
    columns = (
        ViewColumn("Fund"),
        ViewColumn("Kind"),
        ViewColumn("Paid", "money", strong=True),
        ViewColumn("Available", "money"),
        ViewColumn("Used", "share"),
        ViewColumn("Used of what is available", "bar"),
    )
    return View("payments", "What each fund pays", "", columns, rows, printed=12, order="those that pay most")


def contributors(data: ReportData) -> View:
    """A row for each contributor: what it pays, and its share of all payments."""
    rows = _parts(data, data.finances.contributors)
    named = [(ViewCell(party_title(data.instance, name), _code(data, name)), *row) for name, row in rows]
    return View("payments", "Who pays", "", _part_columns("Contributor"), named, MOST_NAMES)


def destinations(data: ReportData) -> View:
    """A row for each nation where money is spent, with its share; routes have none."""
    rows = _parts(data, data.finances.destinations)
    nations = data.instance.nations
    named = [(coded(nations, name) if name else "no nation (routes)", *row) for name, row in rows]
    return View("payments", "Where it is spent", "", _part_columns("Nation"), named, MOST_NAMES)


def _code(data: ReportData, name: str) -> str:
    return name if party_title(data.instance, name) != name else ""


def _part_columns(what: str) -> tuple[ViewColumn, ...]:
    return (
        ViewColumn(what),
        ViewColumn("Paid", "money"),
        ViewColumn("Part", "share"),
        ViewColumn("Relative to the largest", "bar"),
    )


def _parts(data: ReportData, amounts: Mapping[str, float]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    total, most = data.finances.total, max(amounts.values(), default=0.0)
    for name, amount in amounts.items():
        yield (
            name,
            (amount, amount / total, Bar((("plain", amount / most if most > 0 else 0.0),), share(amount / total))),
        )


def investments(data: ReportData) -> View | None:
    """One row an expansion: bought when, ready when, how much, at what cost; dearest first."""
    table = data.plan.tables["investments"]
    if not len(table):
        return None
    instance = data.instance
    label = instance.horizon.label
    rows = []
    for (name, target), bought in table.groupby(["expansion", "object"], sort=False):
        expansion = instance.expansions.get(str(name))
        quantity, limit = float(bought["quantity"].sum()), expansion.limit if expansion else float("inf")
        rows.append(
            (
                str(name),
                f"{expansion.kind if expansion else ''} {object_title(instance, str(target))}".strip(),
                _span(data, int(bought["period"].min()), int(bought["period"].max())),
                label(int(bought["ready"].min()) - 1),
                quantity,
                quantity / limit if 0 < limit < 1e300 else ViewCell(None, text="no limit"),
                float(bought["cost"].sum()),
            )
        )
    columns = (
        ViewColumn("Expansion"),
        ViewColumn("Of"),
        ViewColumn("Bought"),
        ViewColumn("First ready", "month"),
        ViewColumn("Capacity added", "quantity"),
        ViewColumn("Part of possible", "share"),
        ViewColumn("Cost", "money", strong=True),
    )
    rows.sort(key=lambda row: -row[-1])
    return View("investments", "Investments in capacity", "", columns, rows, order="the dearest")


def nations(data: ReportData) -> View:
    """A row for each nation: contributed and produced, with bars."""
    rows, nations = data.finances.nations, data.instance.nations
    most = max((max(row.contributed, row.produced) for row in rows), default=0.0)
    money = data.money

    def bars(contributed: float, produced: float) -> tuple[Bar, ...] | None:
        parts = (("plain", contributed, "contributed"), ("produced", produced, "produced"))
        return tuple(
            Bar(((kind, max(value, 0.0) / most),), f"{money.text(value)} {words}") for kind, value, words in parts
        ) if most > 0 else None  # fmt: skip

    lead = (
        f"In {money.unit}, over the whole horizon. Contributed: what the nation pays. Produced: production cost at "
        "its lines and capacity bought there. Received: the value of what is delivered at its places. Balance: "
        "produced less contributed."
    )
    columns = (
        ViewColumn("Nation"),
        ViewColumn("Contributed", "money"),
        ViewColumn("Produced", "money"),
        ViewColumn("Received", "money", of=GOODS),
        ViewColumn("Balance", "change", strong=True),
        ViewColumn("Contributed, produced", "bar", keys=(("plain", "contributed"), ("produced", "produced"))),
    )
    named = [
        (
            coded(nations if row.nation in nations else data.instance.funds, row.nation),
            row.contributed, row.produced, row.received, row.balance, bars(row.contributed, row.produced),
        )
        for row in rows
    ]  # fmt: skip
    return View("nations", "Nation by nation", lead, columns, named, printed=7, order="those that contribute most")


# ── What is binding ──────────────────────────────────────────────────────────────────────────────


def limits(data: ReportData) -> list[View]:
    """For each level with prices: its strongest limits."""
    by_level: dict[str, list[Limit]] = {}
    for limit in data.limits:
        by_level.setdefault(limit.level, []).append(limit)
    return [_limits_of(data, SAID_OF_LEVEL.get(level, level), limits) for level, limits in by_level.items()]


def _limits_of(data: ReportData, title: str, limits: Sequence[Limit]) -> View:
    instance, limits_shown = data.instance, strongest(limits)
    rows = [
        (
            ViewCell(
                ": ".join(titles_of_limit(instance, one.object, one.item)),
                f"{GROUP_TITLES[one.group]} · {one.title}",
            ),
            one.span,
            one.sentence,
        )
        for one in limits_shown
    ]
    lead = (
        f"{len(limits_shown)} of {len(limits)}, of each kind those that weigh most; all of them are in "
        "plan.xlsx, sheet prices."
        if len(limits) > len(limits_shown)
        else ""
    )
    columns = (ViewColumn("What is full"), ViewColumn("When"), ViewColumn("What more of it would gain"))
    return View("prices", title, lead, columns, rows, printed=4)


def strongest(limits: Sequence[Limit]) -> list[Limit]:
    """The first `MOST_LIMITS`, but of each group (money, production …) at least the first two."""
    shown: list[Limit] = []
    for group in GROUP_TITLES:
        shown += [limit for limit in limits if limit.group == group][:2]
    shown += [limit for limit in limits if limit not in shown][: max(MOST_LIMITS - len(shown), 0)]
    return [limit for limit in limits if limit in shown]


def marginal_costs(data: ReportData) -> View:
    """A row for each item: the lowest and highest cost of one more unit of a demand, in money."""
    unit = f"{data.money.currency} per unit"
    columns = (
        ViewColumn("Item"),
        ViewColumn("Lowest", "quantity", unit),
        ViewColumn("Highest", "quantity", unit),
        ViewColumn("Demands", "count"),
        ViewColumn("Other demands", "count"),
    )
    rows = [
        (
            coded(data.instance.items, str(row["item"])),
            row["low"],
            row["high"],
            row["demands"],
            row["displacing"] or None,
        )
        for row in data.marginal_costs.to_dict("records")
    ]
    lead = (
        "Where it can be had for money. For other demands one more unit would go short itself, or be taken from "
        "another aim before cost; sheet prices says which."
    )
    return View("prices", "What one more unit would cost", lead, columns, rows, 15, order="the dearest", printed=6)


# ── How it was computed ──────────────────────────────────────────────────────────────────────────


def levels(data: ReportData) -> View:
    """A row for each objective level: value, bound, unit, state."""

    def gap(value: float | None) -> ViewCell:
        return ViewCell(value, text="–" if value is None else "none" if value <= NOISE else share(value))

    rows = [
        (
            wording.aim(level, index),
            ViewCell(level.value, text=wording.level_figure(level.value, level.unit, data)),
            ViewCell(level.bound, text=wording.level_figure(level.bound, level.unit, data)),
            data.money.heading_unit(level.unit),
            gap(level.gap),
            level.status,
        )
        for index, level in enumerate(data.levels, 1)
    ]
    columns = (
        ViewColumn("Aim"),
        ViewColumn("Value reached", "quantity"),
        ViewColumn("No plan beats", "quantity"),
        ViewColumn("Unit"),
        ViewColumn("Gap", "share"),
        ViewColumn("State"),
    )
    return View("levels", "", "", columns, rows, printed=20, caption="Aims in their order")
