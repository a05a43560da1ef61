"""Policies, consents, locks, and what may be changed."""

from __future__ import annotations

from collections.abc import Mapping

from planner.domain.instance import Item, Leg, Node
from planner.domain.rules import Changeable, Consent, Lock, Policy
from planner.workbook.instance.context import Context
from planner.workbook.reading.periods import NEVER

STATUS = {"granted": "given", "requested": "pending", "denied": "refused"}  # synonyms


def policies(context: Context, items: Mapping[str, Item]) -> tuple[Policy, ...]:
    """Table Policies in its order, with items spelled out."""
    columns = ("policy", "kind", "items", "nations", "nodes", "routes", "share", "from", "to")
    rows = []
    for record, name, kind, listed, nations, nodes, routes, share, first, last in context.rows("Policies", *columns):
        if first is NEVER:
            context.removes("Policies", record, "from", first)
            continue
        listed_places = (*(nations or ()), *(nodes or ()))
        rows.append(
            Policy(
                name,
                kind,
                _items(context, items, listed),
                context.window(first, last),
                {place: frozenset(context.groups.nodes_in([place])) for place in listed_places},
                tuple(dict.fromkeys(routes or ())),
                share,
                context.since(first),
            )
        )
    return tuple(rows)


def _items(context: Context, items: Mapping[str, Item], listed: tuple[str, ...] | None) -> frozenset[str]:
    """The items that a list means; blank: all."""
    return frozenset(items if listed is None else context.groups.items_in(listed))


def consents(
    context: Context, items: Mapping[str, Item], nodes: Mapping[str, Node], legs: Mapping[str, Leg]
) -> tuple[Consent, ...]:
    """Table Consents in its order, with the legs and periods withheld."""
    columns = ("consent", "nation", "items", "nodes", "routes", "kind", "from", "status")
    rows = []
    for record, name, nation, listed, places, routes, kind, first, state in context.rows("Consents", *columns):
        status = STATUS.get(state, state) or ("pending" if first is None else "given")
        context.removes("Consents", record, "from", first, "the consent never comes")
        given_from = context.horizon.periods
        if status == "given" and first is not NEVER:
            given_from = min(max(first or 0, 0), context.horizon.periods)
        kind = kind or "export"
        if routes is not None:
            concerned = tuple(leg.name for leg in legs.values() if leg.route in routes)
        else:
            spelled = None if places is None else context.groups.nodes_in(places)
            concerned = tuple(leg.name for leg in legs.values() if _concerns(leg, nodes, kind, nation, spelled))
        rows.append(Consent(name, nation, kind, status, _items(context, items, listed), concerned, range(given_from)))
    return tuple(rows)


def _concerns(leg: Leg, nodes: Mapping[str, Node], kind: str, nation: str, listed: tuple[str, ...] | None) -> bool:
    """Is a dispatch on the leg of the kind that the nation's consent is about?

    Export: out of the listed nodes (blank: the nation's) into another nation. Transit: out of the listed nodes
    (blank: the nation's transit nodes). End use: into the listed nodes (blank: destinations outside the nation).
    """
    origin, destination = nodes[leg.origin], nodes[leg.destination]
    if kind == "end use":
        blank = destination.kind == "destination" and destination.nation != nation
        return blank if listed is None else destination.name in listed
    if kind == "transit":
        return origin.kind == "transit" and origin.nation == nation if listed is None else origin.name in listed
    leaves = origin.nation == nation if listed is None else origin.name in listed
    return leaves and destination.nation != origin.nation


def changeable(context: Context) -> tuple[Changeable, ...]:
    """Table Remedies in its order."""
    columns = ("remedy", "what", "names", "limit", "price", "decides")
    return tuple(
        Changeable(name, what, None if names is None else _meant(context, names), limit, price, decides or "")
        for _, name, what, names, limit, price, decides in context.rows("Remedies", *columns)
    )


def _meant(context: Context, names: tuple[str, ...]) -> frozenset[str]:
    """The names themselves, and the nations of the groups among them."""
    return frozenset((*names, *context.groups.nations_in(names)))


def locks(context: Context) -> tuple[Lock, ...]:
    """Table Locks in its order; rows outside the horizon are left out."""
    keys = ("line", "route", "origin", "node", "item", "demand", "expansion", "fund", "contributor")
    rows = []
    for row in context.rows("Locks"):
        if row.from_ is NEVER:
            context.removes("Locks", row.record, "from", row.from_)
            continue
        periods = context.window(row.from_, row.to)
        if not periods:
            continue  # a warning says so
        least, most = (row.minimum, row.maximum) if row.quantity is None else (row.quantity, row.quantity)
        where = {key: getattr(row, key) for key in keys}
        rows.append(Lock(row.lock, row.kind, periods, row.per == "total", least, most, **where))
    return tuple(rows)
