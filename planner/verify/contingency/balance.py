"""Material balance of responses: from what the plan leaves to them, through what is lost, to what is delivered."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from planner.verify.contingency.arrays.recipients import Recipients
from planner.verify.contingency.arrays.response import Responses
from planner.verify.contingency.arrays.start import DRAWN, FIXED, FREE, POOLED, Flow, from_plan, split
from planner.verify.contingency.arrays.tables import ANYONE, RESERVE
from planner.verify.verification import Codes, Findings, Floats, number


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
    nodes, items, width = len(answers.arrays.nodes), len(answers.arrays.items), answers.width
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
        lacks_of = np.zeros((groups.size, width))
        np.add.at(lacks_of, of_row[chosen], lacking[chosen])
        return lacks_of

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
            what = f"item {answers.arrays.items[place[1][at]]!r} at {answers.arrays.nodes[place[0][at]]!r}"
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


def _made_and_moved(answers: Responses, recipients: Recipients) -> Iterator[Flow]:
    arrays, making, moves = answers.arrays, answers.tables.making, answers.tables.moves
    case, line, h = (making[name].to_numpy(dtype=np.intp) for name in ("case", "line", "h"))
    label, units = recipients.codes(making["recipient"]), making["quantity"].to_numpy(dtype=np.float64)
    if len(making):
        kinds = np.where(label == recipients.code[ANYONE], POOLED, FIXED)
        yield from split(kinds, case, arrays.line_factory[line], arrays.line_item[line], label, h, units)
        part, uses = arrays.bill["line"].to_numpy(dtype=np.intp), arrays.bill["use"].to_numpy(dtype=float)
        component = arrays.bill["item"].to_numpy(dtype=np.intp)
        row, of = np.nonzero(line[:, None] == part[None, :])
        taken = -units[row] / answers.yields[line[row]] * uses[of]
        used_for = _used_for(recipients, arrays.line_item[line[row]], label[row])
        yield Flow(FIXED, case[row], arrays.line_factory[line[row]], component[of], used_for, h[row], taken)
    case, leg, item, h = (moves[name].to_numpy(dtype=np.intp) for name in ("case", "leg", "item", "h"))
    label, units = recipients.codes(moves["recipient"]), moves["quantity"].to_numpy(dtype=np.float64)
    yield Flow(FIXED, case, arrays.leg_origin[leg], item, label, h, -units)
    arrives = h + arrays.leg_lead[leg]
    inside = arrives < answers.width
    kinds = np.where(label == recipients.code[ANYONE], POOLED, FIXED)
    columns = case, arrays.leg_destination[leg], item, label, arrives, units
    yield from split(kinds[inside], *(column[inside] for column in columns))


def _used_for(recipients: Recipients, product: Codes, label: Codes) -> Codes:
    """For whom components are used: goods of anyone that only one nation needs are for that nation, and so are their parts."""
    needed = recipients.pooled[product]
    alone = (label == recipients.code[ANYONE]) & (needed.sum(axis=1) == 1)
    return np.where(alone, needed.argmax(axis=1), label).astype(np.intp)


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
    yield from split(kinds, case[kept], node[kept], item[kept], label[kept], h[kept] + 1, left)
