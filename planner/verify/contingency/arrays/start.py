"""What the plan leaves to the responses: stock, goods under way and on order, whole or with what is lost taken off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from planner.verify.contingency.arrays.recipients import Recipients
from planner.verify.contingency.arrays.response import Responses
from planner.verify.contingency.arrays.tables import ANYONE, RESERVE
from planner.verify.verification import Codes, Floats

FIXED, POOLED, DRAWN, FREE = "fixed", "pooled", "drawn", "free"


@dataclass(frozen=True)
class Flow:
    """Units by case, node, item, label and period of the response.

    What comes in with a label is `fixed` to it; or may become that of whoever the item may be for (`pooled`, not told
    apart), of whoever may draw on the node (`drawn`, reserve when the response begins), or of anyone (`free`, what the
    response itself settles). What goes out or stays is fixed and below 0.
    """

    kind: str
    case: Codes
    node: Codes
    item: Codes
    label: Codes
    h: Codes
    units: Floats


def from_plan(answers: Responses, recipients: Recipients) -> Iterator[Flow]:
    """Stock at the end of begin − 1, goods under way and on order, with what is lost of them taken off."""
    yield from begin_stock(answers, recipients)
    yield from on_the_way(answers, recipients)


def _of_plan(answers: Responses, recipients: Recipients, flow: str) -> tuple[Codes, ...]:
    """Object (node or leg), item, period, label and kind of what the plan holds or sends, distinguished or not."""
    arrays = answers.arrays
    table = arrays.plan.stocks if flow == "stock" else arrays.plan.shipments
    thing = "node" if flow == "stock" else "leg"
    together = ~recipients.distinguished[table["item"].to_numpy(dtype=np.intp)]
    whole = table[together]
    apart = arrays.plan.recipients[arrays.plan.recipients["flow"] == flow]
    labels = recipients.codes(apart["recipient"])
    label = np.concatenate([np.full(len(whole), recipients.code[ANYONE]), labels])
    kinds = np.where(labels == recipients.code[RESERVE], DRAWN, FIXED)
    columns = [
        np.concatenate([whole[one].to_numpy(), apart[other].to_numpy()])
        for one, other in ((thing, "thing"), ("item", "item_code"), ("t", "t"), ("quantity", "quantity"))
    ]
    kind = np.concatenate([np.full(len(whole), POOLED, dtype=object), kinds.astype(object)])
    return (*(column.astype(np.intp) for column in columns[:3]), columns[3].astype(np.float64), label, kind)


def split(kinds: np.ndarray, *columns: np.ndarray) -> Iterator[Flow]:
    """The rows in one flow for each kind that occurs."""
    for kind in (FIXED, POOLED, DRAWN, FREE):
        chosen = kinds == kind
        if chosen.any():
            yield Flow(kind, *(column[chosen] for column in columns))


def begin_stock(answers: Responses, recipients: Recipients, *, whole: bool = False) -> Iterator[Flow]:
    """The plan's stock at the end of begin − 1; where begin is the first period, opening stock.

    `whole`: before losses.
    """
    node, item, t, units, label, kind = _of_plan(answers, recipients, "stock")
    for case, begin in enumerate(answers.cases.begin):
        there = (t == begin - 1) & answers.cases.moving[case, item]
        left = answers.stock_left[case, node[there], 0]
        left = np.ones_like(left) if whole else left
        columns = (node[there], item[there], label[there])
        count = int(there.sum())
        codes = np.full(count, case), *columns, np.zeros(count, dtype=np.intp)
        yield from split(kind[there], *codes, units[there] * left)
    yield from _supplies(answers, recipients, opening=True, whole=whole)


def on_the_way(answers: Responses, recipients: Recipients, *, whole: bool = False) -> Iterator[Flow]:
    """Goods dispatched before `begin`, and goods of Stocks on order: the response settles for whom these are."""
    leg, item, t, units, label, kind = _of_plan(answers, recipients, "shipment")
    arrives = t + answers.arrays.leg_lead[leg]
    node = answers.arrays.leg_destination[leg]
    for case, (begin, end) in enumerate(zip(answers.cases.begin, answers.cases.end, strict=True)):
        there = (t < begin) & (arrives >= begin) & (arrives <= end) & answers.cases.moving[case, item]
        h = arrives[there] - begin
        left = np.ones(len(h)) if whole else answers.unforeseen_node[case, node[there], h]
        codes = np.full(len(h), case), node[there], item[there], label[there], h
        yield from split(kind[there], *codes, units[there] * left)
    yield from _supplies(answers, recipients, opening=False, whole=whole)


def _supplies(answers: Responses, recipients: Recipients, *, opening: bool, whole: bool) -> Iterator[Flow]:
    """Of opening stock only where the response begins with the horizon."""
    arrays = answers.arrays
    supplies = [supply for supply in arrays.case.supplies if supply.on_order != opening]
    node, item, t = (
        np.array(codes, dtype=np.intp)
        for codes in (
            [arrays.node_code[supply.node] for supply in supplies],
            [arrays.item_code[supply.item] for supply in supplies],
            [supply.period for supply in supplies],
        )
    )
    units = np.array([supply.quantity for supply in supplies], dtype=np.float64)
    anyone = recipients.code[ANYONE]
    label = np.array([anyone if s.nation is None else recipients.code[s.nation] for s in supplies], dtype=np.intp)
    kind = np.array([_settled(recipients, int(i), s.nation, opening) for i, s in zip(item, supplies, strict=True)])
    for case, (begin, end) in enumerate(zip(answers.cases.begin, answers.cases.end, strict=True)):
        there = (t >= begin) & (t <= end) & answers.cases.moving[case, item]
        h = t[there] - begin
        left = np.ones(len(h)) if whole else answers.node_factor[case, node[there], h]
        codes = np.full(len(h), case), node[there], item[there], label[there], h
        yield from split(kind[there], *codes, units[there] * left)


def _settled(recipients: Recipients, item: int, nation: str | None, opening: bool) -> str:
    if nation is not None:
        return FIXED if recipients.distinguished[item] or recipients.pooled[item].sum() > 1 else POOLED
    if not recipients.distinguished[item]:
        return POOLED
    return DRAWN if opening else FREE
