"""Material balance: what enters leaves or stays.

Index sets: items i, nodes v, periods t, goods classes e (see `planner.domain.reach`), wherever some column has goods
there. Variables: scrap[i, v, t, e] ≥ 0, units expired or written off; exists for goods that may be left over.
settled[i, v, t, e] ≥ 0, units that enter for the recipient of class e.
"""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from planner.domain.contingency.recipients import Recipients
from planner.domain.instance import PlanningInstance, Supply, share_left
from planner.domain.reach import Reach
from planner.formulation.model.family import Directory, Family, Kind, Place, Sign, Words, anything, no_more
from planner.formulation.model.model import EQUAL, GREATER, Bounds, CostKey, Frame, GoodsKey, Model

# The rows that goods of the input enter, and how their right-hand sides count them.
SUPPLIED = {"material_balance": -1.0, "settled_supply": 1.0}


def supplied_row(reach: Reach, supply: Supply) -> tuple[str, GoodsKey]:
    """The family and key of the row that a supply enters:
    its balance, or the row that assigns its goods to recipients.
    """
    classes = reach.entry_classes(supply)
    if len(classes) == 1:
        return "material_balance", (supply.item, supply.node, supply.period, classes[0])
    return "settled_supply", (supply.item, supply.node, supply.period, reach.last_use(classes[0]))


def add_supply(model: Model) -> None:
    """Opening stock and goods already on order enter the balance of their node and period, perhaps for somebody.

    settled_supply (i, v, t, e):  Σ settled[i, v, t, class] = opening stock and goods already on order
        dual of either sign: objective per further unit of goods there.
    """
    for supply in model.instance.supplies:
        family, key = supplied_row(model.reach, supply)
        # The row exists even where no column does.
        (model.balance if family == "material_balance" else model.entering)[key]
    for (name, node, period, expires), coming in model.entering.items():
        terms = list(coming)
        for recipient in model.reach.recipients.of(name):
            key = (name, node, period, model.reach.class_for(name, expires, recipient))
            settled = model.variable("settled", key, key)
            model.balance[key].append((settled, 1.0))
            terms.append((settled, 1.0))
        place = (name, node, period, expires)
        bound = model.bounds["settled_supply"].get(place, 0.0)
        model.row("settled_supply", place, terms, EQUAL, bound, place)


def supplies(frame: Frame) -> Bounds:
    """material_balance: −(opening stock and goods already on order) × the share that is left;
    0 where there are none.
    """
    return _entering(frame, "material_balance")


def unsettled_supplies(frame: Frame) -> Bounds:
    """settled_supply: opening stock and goods already on order of items that are distinguished,
    where nobody is named.
    """
    return _entering(frame, "settled_supply")


def _entering(frame: Frame, family: str) -> Bounds:
    entering: Bounds = defaultdict(float)
    for supply in frame.instance.supplies:
        where, key = supplied_row(frame.reach, supply)
        if where == family:
            left = share_left(frame.instance.nodes[supply.node].left, supply.period)
            entering[key] += SUPPLIED[family] * supply.quantity * left
    return dict(entering)


def add_balance(model: Model) -> None:
    """Scrap columns, and a row for every place that goods pass.

    material_balance (i, v, t, e):
        stock before + arrivals + production − consumption − dispatched − delivered − scrap − stock after
        = −(opening stock and goods already on order)
        dual of either sign: objective per further unit of goods there.
    In a response, where anything may be written off free of charge: ≥, without scrap.
    """
    for key, terms in model.balance.items():
        name, node, period, _ = key
        item = model.instance.items[name]
        bound = model.bounds["material_balance"].get(key, 0.0)
        if model.free_disposal:
            if terms:
                model.row("material_balance", key, terms, GREATER, bound, key)
            continue
        if model.reach.items[name].scrapped:
            scrap = model.variable("scrap", key, key)
            terms.append((scrap, -1.0))
            model.cost(CostKey("scrap", "storage", node), period, scrap, item.scrap_cost)
        model.row("material_balance", key, terms, EQUAL, bound, key)


# ── What is known of the rows ────────────────────────────────────────────────────────────────────


class GoodsIndex(NamedTuple):
    """Goods at a node in a period (0-based); `goods_class`: their last period of use and recipient, as in `Reach`."""

    item: str
    node: str
    period: int
    goods_class: int


def _place(_: Directory, row: GoodsIndex) -> Place:
    return row.node, row.item, row.period + 1


def are_distinguished(instance: PlanningInstance) -> bool:
    """Are goods of some item distinguished by whom they are for?"""
    recipients = Recipients(instance)
    return any(recipients.of(item) for item in instance.items)


MATERIAL_BALANCE = Family(
    name="material_balance",
    index=GoodsIndex,
    unit="units",
    dual="per unit of goods",
    sign=Sign.EITHER,
    kind=Kind.SUPPLY,
    place=_place,
    right_hand_side=supplies,
    figures={"supplies": {"quantity": anything}},
    origins=no_more,
    adds_up=True,
    in_responses=True,
    words=Words(limit="the limited stock of {item} at {object}", lacking="of {item} in stock at {object}"),
)
SETTLED_SUPPLY = Family(
    name="settled_supply",
    index=GoodsIndex,
    unit="units",
    dual="per unit of goods",
    sign=Sign.EITHER,
    kind=Kind.SUPPLY,
    place=_place,
    right_hand_side=unsettled_supplies,
    origins=no_more,
    needed=are_distinguished,
    in_responses=True,
    words=Words(limit="the limited stock of {item} at {object}"),
)
FAMILIES = (MATERIAL_BALANCE, SETTLED_SUPPLY)
