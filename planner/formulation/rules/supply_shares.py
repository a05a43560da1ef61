"""Supply shares: how much of an item a nation, node or route may, or must, supply.

Index sets: policies p, the names x that p lists (a group or nation is one), items i of p.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Set
from typing import NamedTuple

from planner.domain.history_slack import CountedRule
from planner.domain.rules import Policy
from planner.formulation.model.family import Directory, Family, Kind, Origin, Place, Share, Sign, Words, figure
from planner.formulation.model.model import GREATER, LESS, Model, Terms, Variable
from planner.formulation.model.past import PastTerm, add_counted_row

Supplied = dict[str, list[tuple[str, int, Variable]]]  # item -> (factory or route, period, column)


def add_supply_shares(model: Model) -> None:
    """Each listed name's part of all that is made (completed) or dispatched from … to, item by item.

    What was made or dispatched before the horizon, since p holds, counts (see `add_counted_row`).

    largest_share (p, made or dispatched, x, i):  Σ of x − share · Σ of all ≤ 0
        dual ≤ 0: objective per further unit that x may supply.
    smallest_share (p, made or dispatched, x, i):  Σ of x − share · Σ of all ≥ 0
        dual ≥ 0: objective per further unit that x must supply.

    Made: at the nodes that the name means, of all that is made anywhere, purchase offers included. Dispatched:
    on the route, both directions, of what all routes of the row dispatch.
    """
    policies = [policy for policy in model.instance.policies if policy.kind != "forbid"]
    if not policies:
        return
    made, dispatched = _made(model), _dispatched(model)
    for policy in policies:
        for item in (name for name in model.instance.items if name in policy.items):
            for name, nodes in policy.places.items():
                _add_share(model, policy, ("made", name, item), made[item], nodes, None)
            for route in policy.routes:
                _add_share(model, policy, ("dispatched", route, item), dispatched[item], {route}, set(policy.routes))


def _made(model: Model) -> Supplied:
    made: Supplied = defaultdict(list)
    for (name, period), column in model.columns["production"].items():
        line = model.instance.lines[name]
        made[line.item].append((line.factory, period, column))
    return made


def _dispatched(model: Model) -> Supplied:
    dispatched: Supplied = defaultdict(list)
    for (item, leg, period, _expires), column in model.columns["shipment"].items():
        dispatched[item].append((model.instance.legs[leg].route, period, column))
    return dispatched


def _add_share(
    model: Model,
    policy: Policy,
    key: tuple[str, str, str],
    supplied: list[tuple[str, int, Variable]],
    share_of: Set[str],
    among: Set[str] | None,
) -> None:
    """One name's share of what is supplied at all places, or `among` some."""
    share = policy.share or 0.0
    counted = [(place, column) for place, period, column in supplied if period in policy.periods]
    factors = [
        (column, (1.0 if place in share_of else 0.0) - share)
        for place, column in counted
        if among is None or place in among
    ]
    terms: Terms = [(column, factor) for column, factor in factors if factor]
    names = (policy.name, *key)
    how, _name, item = key
    worth = model.instance.unit_values.get(item, 0.0) or 1.0
    if policy.kind == "largest_share":
        past = PastTerm((CountedRule.LARGEST_SHARE, names), 1.0, worth)
        add_counted_row(model, "largest_share", names, terms, LESS, past, names)
    else:
        past = PastTerm((CountedRule.SMALLEST_SHARE, names), 1.0, worth)
        add_counted_row(model, "smallest_share", names, terms, GREATER, past, names)
    if how == "dispatched":
        model.keep(column for column, _ in terms)


# ── What is known of the rows ────────────────────────────────────────────────────────────────────


class ShareIndex(NamedTuple):
    """A supply share: the policy, how the part is counted, of whom (`name`), and the item."""

    policy: str
    how: str  # made or dispatched
    name: str
    item: str


def _place(_: Directory, row: ShareIndex) -> Place:
    return f"{row.policy}: {row.name}", row.item, None


def _origins(model: Model, row: ShareIndex) -> Iterator[Origin]:
    share = next(policy.share for policy in model.instance.policies if policy.name == row.policy)
    yield Origin(figure("Policies", "share", policy=row.policy), share)


LARGEST_SHARE = Family(
    name="largest_share",
    index=ShareIndex,
    unit="units",
    dual="per unit",
    sign=Sign.NEVER_ABOVE,
    kind=Kind.RULE,
    place=_place,
    origins=_origins,
    needed=lambda instance: any(policy.kind == "largest_share" for policy in instance.policies),
    share=Share.INCLUDED,
    counted=CountedRule.LARGEST_SHARE,
    words=Words(limit="the largest share of {object}", group="partners", step="{unit} allowed by"),
)
SMALLEST_SHARE = Family(
    name="smallest_share",
    index=ShareIndex,
    unit="units",
    dual="per unit",
    sign=Sign.NEVER_BELOW,
    kind=Kind.RULE,
    place=_place,
    origins=_origins,
    needed=lambda instance: any(policy.kind == "smallest_share" for policy in instance.policies),
    share=Share.INCLUDED,
    counted=CountedRule.SMALLEST_SHARE,
    words=Words(limit="the smallest share of {object}", group="partners", step="{unit} less asked by"),
)
FAMILIES = (LARGEST_SHARE, SMALLEST_SHARE)
