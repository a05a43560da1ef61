"""Material balance of responses: from what the plan leaves to them, through what is lost, to what is delivered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from planner.verify.contingency.recipients import Recipients
from planner.verify.contingency.response import Responses
from planner.verify.contingency.tables import ANYONE, RESERVE
from planner.verify.verification import Codes, Findings, Floats, number

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


def check_response_balance(answers: Responses, recipients: Recipients, findings: Findings) -> None:
    """For every case, item, node and period, and each recipient r:

    what goes out and stays for r ≤ what is for r or may become so, all recipients together. The rest is written off.
    """
    flows = [
        *from_plan(answers, recipients),
        *_made_and_moved(answers, recipients),
        *_taken(answers, recipients),
        *_stocks(answers, recipients),
    ]
    case, node, item, label, h = (
        np.concatenate([getattr(flow, name) for flow in flows]) for name in ("case", "node", "item", "label", "h")
    )
    units = np.concatenate([flow.units for flow in flows])
    kind = np.concatenate([np.full(len(flow.units), flow.kind, dtype=object) for flow in flows])
    nodes, items, width = len(answers.books.nodes), len(answers.books.items), answers.width
    groups, group = np.unique((case * nodes + node) * items + item, return_inverse=True)
    if not groups.size:
        return

    def totals(chosen: np.ndarray) -> Floats:
        return answers.totals(group[chosen], h[chosen], units[chosen], groups.size)

    fixed = kind == FIXED
    rows, row = np.unique(group[fixed] * len(recipients.labels) + label[fixed], return_inverse=True)
    net = answers.totals(row, h[fixed], units[fixed], rows.size)
    lacking = np.maximum(-net, 0.0)
    of_row, label_of_row = rows // len(recipients.labels), rows % len(recipients.labels)
    place = groups // items % nodes, groups % items
    pooled, drawn = _who(recipients, *place)
    pooled_row, drawn_row = pooled[of_row, label_of_row], drawn[of_row, label_of_row]

    def lacks(chosen: np.ndarray) -> Floats:
        found = np.zeros((groups.size, width))
        np.add.at(found, of_row[chosen], lacking[chosen])
        return found

    free, pool, reserve = (totals(kind == each) for each in (FREE, POOLED, DRAWN))
    scale = np.zeros(groups.size * width)
    np.maximum.at(scale, group * width + h, np.abs(units))
    everyone = np.ones(rows.size, dtype=bool)
    for who, there in (
        (everyone, free + pool + reserve),
        (~drawn_row, free + pool),
        (~pooled_row, free + reserve),
        (~pooled_row & ~drawn_row, free),
    ):
        short = lacks(who) - there

        def say(flat: int, short: Floats = short) -> str:
            at, when = divmod(flat, width)
            what = f"item {answers.books.items[place[1][at]]!r} at {answers.books.nodes[place[0][at]]!r}"
            where = answers.where(int(groups[at] // items // nodes), when)
            return (
                f"{what} {where}: {number(short[at, when])} units more go out or stay than are there for the recipient"
            )

        findings.check("response_balance", short.ravel(), scale, say)


def _who(recipients: Recipients, node: Codes, item: Codes) -> tuple[np.ndarray, np.ndarray]:
    """[place, label]: what goods of anyone, and what reserve at the node, may become."""
    reserve, anyone = recipients.code[RESERVE], recipients.code[ANYONE]
    pooled = recipients.pooled[item].copy()
    pooled[:, [reserve, anyone]] = True
    drawn = recipients.may_draw[node].copy()
    drawn[:, anyone] = (recipients.may_draw[node] | ~recipients.pooled[item]).all(axis=1)
    drawn[:, reserve] = True
    return pooled, drawn


def from_plan(answers: Responses, recipients: Recipients) -> Iterator[Flow]:
    """Stock at the end of begin − 1, goods under way and on order, with what is lost of them taken off."""
    yield from begin_stock(answers, recipients)
    yield from under_way(answers, recipients)
    yield from on_order(answers, recipients)


def _of_plan(answers: Responses, recipients: Recipients, flow: str) -> tuple[Codes, ...]:
    """Object (node or leg), item, period, label and kind of what the plan holds or sends, told apart or not."""
    books = answers.books
    table = books.plan.stocks if flow == "stock" else books.plan.shipments
    thing = "node" if flow == "stock" else "leg"
    together = ~recipients.told_apart[table["item"].to_numpy(dtype=np.intp)]
    whole = table[together]
    apart = books.plan.recipients[books.plan.recipients["flow"] == flow]
    labels = recipients.codes(apart["recipient"])
    label = np.concatenate([np.full(len(whole), recipients.code[ANYONE]), labels])
    kinds = np.where(labels == recipients.code[RESERVE], DRAWN, FIXED)
    columns = [
        np.concatenate([whole[one].to_numpy(), apart[other].to_numpy()])
        for one, other in ((thing, "thing"), ("item", "item_code"), ("t", "t"), ("quantity", "quantity"))
    ]
    kind = np.concatenate([np.full(len(whole), POOLED, dtype=object), kinds.astype(object)])
    return (*(column.astype(np.intp) for column in columns[:3]), columns[3].astype(np.float64), label, kind)


def _split(kinds: np.ndarray, *columns: np.ndarray) -> Iterator[Flow]:
    for kind in (FIXED, POOLED, DRAWN, FREE):
        chosen = kinds == kind
        if chosen.any():
            yield Flow(kind, *(column[chosen] for column in columns))


def begin_stock(answers: Responses, recipients: Recipients) -> Iterator[Flow]:
    """The plan's stock at the end of begin − 1; where begin is the first period, opening stock."""
    node, item, t, units, label, kind = _of_plan(answers, recipients, "stock")
    for case, begin in enumerate(answers.cases.begin):
        there = (t == begin - 1) & answers.cases.moving[case, item]
        left = answers.stock_left[case, node[there], 0]
        columns = (node[there], item[there], label[there])
        whole = np.full(int(there.sum()), case), *columns, np.zeros(int(there.sum()), dtype=np.intp)
        yield from _split(kind[there], *whole, units[there] * left)
    yield from _supplies(answers, recipients, opening=True)


def under_way(answers: Responses, recipients: Recipients) -> Iterator[Flow]:
    leg, item, t, units, label, kind = _of_plan(answers, recipients, "shipment")
    arrives = t + answers.books.leg_lead[leg]
    node = answers.books.leg_destination[leg]
    for case, (begin, end) in enumerate(zip(answers.cases.begin, answers.cases.end, strict=True)):
        there = (t < begin) & (arrives >= begin) & (arrives <= end) & answers.cases.moving[case, item]
        h = arrives[there] - begin
        left = answers.unforeseen_node[case, node[there], h]
        whole = np.full(int(there.sum()), case), node[there], item[there], label[there], h
        yield from _split(kind[there], *whole, units[there] * left)


def on_order(answers: Responses, recipients: Recipients) -> Iterator[Flow]:
    """Goods of Stocks that arrive in the response; the response settles for whom, unless they have a nation."""
    yield from _supplies(answers, recipients, opening=False)


def _supplies(answers: Responses, recipients: Recipients, *, opening: bool) -> Iterator[Flow]:
    """Of opening stock only where the response begins with the horizon."""
    books = answers.books
    supplies = [supply for supply in books.case.supplies if supply.on_order != opening]
    node, item, t = (
        np.array(codes, dtype=np.intp)
        for codes in (
            [books.node_code[supply.node] for supply in supplies],
            [books.item_code[supply.item] for supply in supplies],
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
        whole = np.full(int(there.sum()), case), node[there], item[there], label[there], h
        yield from _split(kind[there], *whole, units[there] * answers.node_factor[case, node[there], h])


def _settled(recipients: Recipients, item: int, nation: str | None, opening: bool) -> str:
    if nation is not None:
        return FIXED if recipients.told_apart[item] or recipients.pooled[item].sum() > 1 else POOLED
    if not recipients.told_apart[item]:
        return POOLED
    return DRAWN if opening else FREE


def _made_and_moved(answers: Responses, recipients: Recipients) -> Iterator[Flow]:
    books, making, moves = answers.books, answers.tables.making, answers.tables.moves
    case, line, h = (making[name].to_numpy(dtype=np.intp) for name in ("case", "line", "h"))
    label, units = recipients.codes(making["recipient"]), making["quantity"].to_numpy(dtype=np.float64)
    if len(making):
        kinds = np.where(label == recipients.code[ANYONE], POOLED, FIXED)
        yield from _split(kinds, case, books.line_factory[line], books.line_item[line], label, h, units)
        part, uses = books.bill["line"].to_numpy(dtype=np.intp), books.bill["use"].to_numpy(dtype=float)
        component = books.bill["item"].to_numpy(dtype=np.intp)
        row, of = np.nonzero(line[:, None] == part[None, :])
        taken = -units[row] / answers.yields[line[row]] * uses[of]
        yield Flow(FIXED, case[row], books.line_factory[line[row]], component[of], label[row], h[row], taken)
    case, leg, item, h = (moves[name].to_numpy(dtype=np.intp) for name in ("case", "leg", "item", "h"))
    label, units = recipients.codes(moves["recipient"]), moves["quantity"].to_numpy(dtype=np.float64)
    yield Flow(FIXED, case, books.leg_origin[leg], item, label, h, -units)
    arrives = h + books.leg_lead[leg]
    inside = arrives < answers.width
    kinds = np.where(label == recipients.code[ANYONE], POOLED, FIXED)
    columns = case, books.leg_destination[leg], item, label, arrives, units
    yield from _split(kinds[inside], *(column[inside] for column in columns))


def _taken(answers: Responses, recipients: Recipients) -> Iterator[Flow]:
    """Delivered for the nation of the destination."""
    need, h = (answers.tables.deliveries[name].to_numpy(dtype=np.intp) for name in ("need", "h"))
    label = np.array([recipients.of_node(each.destination) for each in answers.cases.needs], dtype=np.intp)
    units = answers.tables.deliveries["quantity"].to_numpy(dtype=np.float64)
    yield Flow(FIXED, answers.need_case[need], answers.need_node[need], answers.need_item[need], label[need], h, -units)


def _stocks(answers: Responses, recipients: Recipients) -> Iterator[Flow]:
    table = answers.tables.stocks
    case, node, item, h = (table[name].to_numpy(dtype=np.intp) for name in ("case", "node", "item", "h"))
    label, units = recipients.codes(table["recipient"]), table["quantity"].to_numpy(dtype=np.float64)
    yield Flow(FIXED, case, node, item, label, h, -units)
    kept = h + 1 < answers.width
    left = units[kept] * answers.stock_left[case[kept], node[kept], h[kept] + 1]
    kinds = np.where(label == recipients.code[ANYONE], POOLED, FIXED)[kept]
    yield from _split(kinds, case[kept], node[kept], item[kept], label[kept], h[kept] + 1, left)
