"""Rules about capacities, routes, stocks, targets, policies and consents."""

from __future__ import annotations

from planner.workbook.names.groups import groups_of
from planner.workbook.reading.periods import BAD, NEVER, show
from planner.workbook.reading.reader import TypedWorkbook


def check_capacity(book: TypedWorkbook) -> None:
    """A period of an object is given once, also where a coarse date names several."""
    table = book["Capacity"]
    seen: dict[tuple[str, int], int] = {}
    for record, (name, span) in enumerate(table.records("object", "period")):
        if name is BAD or not isinstance(span, range):
            continue
        for period in span:
            first = seen.setdefault((name, period), record)
            if first != record:
                where = f"row {table.sheet_row(first)} has it already"
                label = book.periods.horizon.label(period) if book.periods.horizon else period
                table.fail(book.faults, record, "period", f"found {name!r} in {label} a second time; {where}")
                break


def check_routes(book: TypedWorkbook) -> None:
    """A route leads somewhere else."""
    table = book["Routes"]
    for record, (origin, destination) in enumerate(table.records("origin", "destination")):
        if origin is not BAD and origin == destination:
            message = f"found {show(destination)}, where the route begins; expected another node"
            table.fail(book.faults, record, "destination", message)


def check_stocks(book: TypedWorkbook) -> None:
    """Goods on order arrive while their node is open; nothing lies at a node that closed before the horizon."""
    if not book.names.certain(("node",)):
        return  # two nodes of one name: which is meant is not known
    table = book["Stocks"]
    windows = {node: (opens, closes) for node, opens, closes in book["Nodes"].records("node", "opens", "closes")}
    for record, (node, period) in enumerate(table.records("node", "period")):
        opens, closes = windows.get(node, (BAD, BAD))
        if BAD in (opens, closes, period) or period is NEVER:
            continue
        if period is None:
            if closes is not None and closes < 0:
                table.fail(
                    book.faults,
                    record,
                    "node",
                    f"found {node!r}, which closed before the horizon; stock cannot lie there",
                )
        elif opens is NEVER or not (opens or 0) <= period <= (period if closes is None else closes):
            found = show(table.cell(record, "period"))
            message = (
                f"found goods that arrive at {node!r} in {found}, when it is not open; expected a period in which it is"
            )
            table.fail(book.faults, record, "period", message)


def check_targets(book: TypedWorkbook) -> None:
    """A target wants something, and somewhere."""
    table = book["Targets"]
    groups = groups_of(book) if len(table) and _nodes_certain(book) else None
    for record, (nodes, quantity, days) in enumerate(table.records("nodes", "quantity", "days_of_supply")):
        if quantity is None and days is None:
            table.fail(
                book.faults, record, "quantity", "quantity and days_of_supply are both blank; expected at least one"
            )
        if groups is not None and nodes is not BAD and not groups.nodes_in(nodes, depots_only=True):
            message = f"found {'; '.join(nodes)!r}, which holds no depot; expected nodes, or nations with depots"
            table.fail(book.faults, record, "nodes", message)


def _nodes_certain(book: TypedWorkbook) -> bool:
    """Is it known which depots each nation and group holds?"""
    nodes = book["Nodes"]
    return book.names.certain(("node", "nation", "nation_group")) and BAD not in (*nodes["kind"], *nodes["nation"])


def check_policies(book: TypedWorkbook) -> None:
    """A policy says where it holds, and one about shares says how much."""
    table = book["Policies"]
    for record, (kind, share, *where) in enumerate(table.records("kind", "share", "nations", "nodes", "routes")):
        if kind is BAD:
            continue
        if all(names is None for names in where):
            message = f"nations, nodes and routes are all blank; expected at least one of them for {kind}"
            table.fail(book.faults, record, "kind", message)
        if kind != "forbid" and share is None:
            table.fail(book.faults, record, "share", f"is blank; {kind} expects a share from 0 to 1")


def check_consents(book: TypedWorkbook) -> None:
    """A consent is about nodes or about routes; one that is not given has no date on which it is."""
    table = book["Consents"]
    for record, (nodes, routes, first, status) in enumerate(table.records("nodes", "routes", "from", "status")):
        if nodes is not None and routes is not None and BAD not in (nodes, routes):
            message = "found both nodes and routes; expected one or the other"
            table.fail(book.faults, record, "nodes", message)
        if BAD not in (first, status) and first is not None and status not in (None, "given", "granted"):
            message = (
                f"found a date of a consent that is {status}: it is withheld throughout, so the date has no effect"
            )
            table.fail(book.faults, record, "from", message, "warning")
