"""Material balance of responses: from what the plan leaves to them, through what is lost, to what is delivered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from planner.verify.contingency.arrays.recipients import Recipients
from planner.verify.contingency.arrays.response import Responses
from planner.verify.contingency.arrays.start import DRAWN, FIXED, FREE, POOLED, Flow, from_plan, split
from planner.verify.contingency.arrays.tables import ANYONE, RESERVE
from planner.verify.verification import Codes, Findings, Floats, number


class _Joined(NamedTuple):
    """All flows of the responses in one: by flow its group (case, node and item), recipient, kind, period and units."""

    groups: Codes  # (case · nodes + node) · items + item, each once
    group: Codes
    label: Codes
    kind: np.ndarray
    h: Codes
    units: Floats


def _flows(answers: Responses, recipients: Recipients) -> list[Flow]:
    """All that enters a balance of a response, or leaves it."""
    inside = (_made_and_moved, _taken, _stocks)
    return [*from_plan(answers, recipients), *(flow for part in inside for flow in part(answers, recipients))]


def _joined(answers: Responses, flows: Sequence[Flow]) -> _Joined:
    case, node, item, label, h = (
        np.concatenate([getattr(flow, name) for flow in flows]) for name in ("case", "node", "item", "label", "h")
    )
    kind = np.concatenate([np.full(len(flow.units), flow.kind, dtype=object) for flow in flows])
    nodes, items = len(answers.arrays.nodes), len(answers.arrays.items)
    groups, group = np.unique((case * nodes + node) * items + item, return_inverse=True)
    return _Joined(groups, group, label, kind, h, np.concatenate([flow.units for flow in flows]))


def check_response_balance(answers: Responses, recipients: Recipients, findings: Findings) -> None:
    """For every case, item, node and period, and each recipient r:

    what goes out and stays for r ≤ what is for r or may become so, all recipients together. The rest is written off.
    """
    flows = _joined(answers, _flows(answers, recipients))
    groups, width = flows.groups, answers.width
    if not groups.size:
        return
    fixed = flows.kind == FIXED
    rows, row = np.unique(flows.group[fixed] * len(recipients.labels) + flows.label[fixed], return_inverse=True)
    lacking = np.maximum(-answers.totals(row, flows.h[fixed], flows.units[fixed], rows.size), 0.0)
    of_row, label_of_row = rows // len(recipients.labels), rows % len(recipients.labels)
    nodes, items = len(answers.arrays.nodes), len(answers.arrays.items)
    pooled, drawn = _who(recipients, groups // items % nodes, groups % items)
    pooled_row, drawn_row = pooled[of_row, label_of_row], drawn[of_row, label_of_row]

    def lacks(chosen: np.ndarray) -> Floats:
        lacks_of = np.zeros((groups.size, width))
        np.add.at(lacks_of, of_row[chosen], lacking[chosen])
        return lacks_of

    free, pool, reserve = (
        answers.totals(flows.group[chosen], flows.h[chosen], flows.units[chosen], groups.size)
        for chosen in (flows.kind == each for each in (FREE, POOLED, DRAWN))
    )
    scale = np.zeros(groups.size * width)
    np.maximum.at(scale, flows.group * width + flows.h, np.abs(flows.units))
    for who, there in (
        (np.ones(rows.size, dtype=bool), free + pool + reserve),
        (~drawn_row, free + pool),
        (~pooled_row, free + reserve),
        (~pooled_row & ~drawn_row, free),
    ):
        short = lacks(who) - there
        findings.check("response_balance", short.ravel(), scale, _say(answers, groups, short))


def _say(answers: Responses, groups: Codes, short: Floats) -> Callable[[int], str]:
    nodes, items = len(answers.arrays.nodes), len(answers.arrays.items)

    def say(flat: int) -> str:
        at, when = divmod(flat, answers.width)
        node, item = answers.arrays.nodes[groups[at] // items % nodes], answers.arrays.items[groups[at] % items]
        where = answers.where(int(groups[at] // items // nodes), when)
        units = number(short[at, when])
        return f"item {item!r} at {node!r} {where}: {units} units more go out or stay than are there for the recipient"

    return say


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


def leaving(answers: Responses, recipients: Recipients) -> Iterator[Flow]:
    """What is dispatched, consumed by lines and delivered, for whom it is; units above 0."""
    for flow in (*_made_and_moved(answers, recipients), *_taken(answers, recipients)):
        out = flow.units < 0
        case, node, item, label, h = (code[out] for code in (flow.case, flow.node, flow.item, flow.label, flow.h))
        yield Flow(flow.kind, case, node, item, label, h, -flow.units[out])


def _used_for(recipients: Recipients, product: Codes, label: Codes) -> Codes:
    """For whom components are used: goods of anyone that only one nation needs are for that nation,
    and so are their parts.
    """
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
    goes_on = h + 1 < answers.width
    left = units[goes_on] * answers.stock_left[case[goes_on], node[goes_on], h[goes_on] + 1]
    kinds = np.where(label == recipients.code[ANYONE], POOLED, FIXED)[goes_on]
    yield from split(kinds, case[goes_on], node[goes_on], item[goes_on], label[goes_on], h[goes_on] + 1, left)
