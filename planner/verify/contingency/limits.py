"""Limits of responses: routes, handling, storage, lines and resources, with what disruptions leave of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from planner.verify.contingency.arrays.response import Responses
from planner.verify.contingency.data import scaled
from planner.verify.goods.consents import withheld
from planner.verify.goods.storage import lifted
from planner.verify.plan_arrays import PlanArrays
from planner.verify.verification import Codes, Findings, Flags, Floats, number

Say = Callable[[int], str]


def check_limits(answers: Responses, findings: Findings) -> None:
    """All limits of responses: routes, throughput, storage, lines, resources."""
    _moves_allowed(answers, findings)
    _routes(answers, findings)
    _throughput(answers, findings)
    _storage(answers, findings)
    if answers.arrays.case.lines:
        _making_allowed(answers, findings)
        _line_capacity(answers, findings)
        _orders(answers, findings)
        _ramp(answers, findings)
    _resources(answers, findings)
    _costs(answers, findings)


def _codes(answers: Responses, table: str, *columns: str) -> list[Codes]:
    frame = getattr(answers.tables, table)
    return [frame[name].to_numpy(dtype=np.intp) for name in columns]


def _leg_words(arrays: PlanArrays, code: int) -> str:
    leg = arrays.case.legs[code]
    return f"route {leg.route!r} from {leg.origin!r} to {leg.destination!r}"


def _compare(
    answers: Responses, findings: Findings, family: str, load: Floats, limit: Floats, say_thing: Say, verb: str
) -> None:
    """Arrays [case, thing, period of the response]: load ≤ limit."""

    def say(flat: int) -> str:
        case, thing, h = np.unravel_index(flat, load.shape)
        amounts = f"{number(load[case, thing, h])} of {number(limit[case, thing, h])}"
        return f"{say_thing(int(thing))} {verb} {amounts} {answers.where(int(case), int(h))}"

    findings.check(family, (load - limit).ravel(), np.maximum(load, limit).ravel(), say)


def _moves_allowed(answers: Responses, findings: Findings) -> None:
    """Dispatched on open routes between open nodes, to arrive by the end;
    not what routes, embargoes or nations refuse.
    """
    arrays, table = answers.arrays, answers.tables.moves
    case, leg, item, t, h = _codes(answers, "moves", "case", "leg", "item", "t", "h")
    quantity = table["quantity"].to_numpy(dtype=float)
    arrival = h + arrays.leg_lead[leg]
    late = (t + arrays.leg_lead[leg] > answers.cases.end[case]) | (
        table["arrives"].to_numpy(dtype=float) != t + 1 + arrays.leg_lead[leg]
    )
    inside = np.minimum(arrival, answers.width - 1)
    closed = ~answers.leg_open[case, leg, h] | ~answers.node_open[case, arrays.leg_origin[leg], h]
    closed |= ~answers.node_open[case, arrays.leg_destination[leg], inside]

    def say(problem: str, row: int) -> str:
        what = f"{number(quantity[row])} units of {arrays.items[item[row]]!r} on {_leg_words(arrays, int(leg[row]))}"
        return f"{what}, dispatched {answers.where(int(case[row]), int(h[row]))}: {problem}"

    for family, wrong, problem in (
        ("response_window", late, "arrives outside the response, or not after its lead time"),
        ("response_window", closed, "the route or one of its ends is closed"),
        ("response_forbidden", refused(arrays, leg, item, t), "the route, an embargo or a nation does not let it pass"),
    ):
        size = np.where(wrong, np.maximum(quantity, 1.0), 0.0)
        findings.check(family, size, size, lambda row, p=problem: say(p, row))  # type: ignore[misc]


def refused(arrays: PlanArrays, leg: Codes, item: Codes, t: Codes) -> np.ndarray:
    """[dispatch]: is it against `excludes`, an embargo, or without a consent?"""
    wrong = np.array(
        [arrays.items[what] in arrays.case.legs[where].excludes for where, what in zip(leg, item, strict=True)],
        dtype=bool,
    )
    names = np.array(arrays.items, dtype=object)
    for embargo in arrays.case.embargoes:
        routes = np.array([each.route in embargo.routes for each in arrays.case.legs], dtype=bool)
        items = np.isin(names, list(embargo.items))
        wrong |= routes[leg] & items[item] & arrays.case.calendar.mask(embargo.first, embargo.last)[t]
    for consent in arrays.case.consents:
        wrong |= withheld(arrays, consent, leg, item, t)
    return wrong


def _routes(answers: Responses, findings: Findings) -> None:
    """t, m3 and units of an item dispatched ≤ (capacity + expansions) × factor, each direction."""
    arrays, legs = answers.arrays, answers.arrays.case.legs
    if not legs:
        return
    case, leg, item, h = _codes(answers, "moves", "case", "leg", "item", "h")
    quantity = answers.tables.moves["quantity"].to_numpy(dtype=float)
    volume = np.array([thing.volume for thing in arrays.case.items.values()])
    tonnes = np.array([each.capacity + arrays.added("route", each.route) for each in legs])
    cubic = np.array([np.full(arrays.case.periods, each.capacity_volume) for each in legs])
    for size, limit in ((arrays.weight, tonnes), (volume, cubic)):
        load = answers.sums(answers.tables.moves, "leg", len(legs), size[item] * quantity)
        left = scaled(answers.of_plan(limit), answers.leg_factor)
        _compare(answers, findings, "response_route", load, left, lambda code: _leg_words(arrays, code), "carries")
    limits = {key: limit for key, limit in arrays.case.route_limit.items() if np.isfinite(limit)}
    units = np.array([limits.get((each.route, name), np.inf) for each in legs for name in arrays.items])
    width = len(arrays.items)
    pairs, rows = np.unique((case * len(legs) + leg) * width + item, return_inverse=True)
    load = answers.totals(rows, h, quantity, pairs.size)
    pair_case, pair_leg = pairs // width // len(legs), pairs // width % len(legs)
    limit = scaled(
        np.repeat(units[pairs % (width * len(legs))][:, None], answers.width, axis=1),
        answers.leg_factor[pair_case, pair_leg],
    )

    def say(flat: int) -> str:
        row, when = divmod(flat, answers.width)
        what = f"{number(load[row, when])} of {number(limit[row, when])} units of {arrays.items[pairs[row] % width]!r}"
        place = answers.where(int(pair_case[row]), when)
        return f"{_leg_words(arrays, int(pair_leg[row]))} carries {what} {place}"

    findings.check("response_route", (load - limit).ravel(), np.maximum(load, limit).ravel(), say)


def _throughput(answers: Responses, findings: Findings) -> None:
    """t leaving a node by route + t delivered at it ≤ throughput × factor."""
    arrays, count = answers.arrays, len(answers.arrays.nodes)
    case, leg, item, h = _codes(answers, "moves", "case", "leg", "item", "h")
    sent = answers.tables.moves["quantity"].to_numpy(dtype=float) * arrays.weight[item]
    load = answers.totals(case * count + arrays.leg_origin[leg], h, sent, answers.count * count)
    need, when = _codes(answers, "deliveries", "need", "h")
    tonnes = answers.tables.deliveries["quantity"].to_numpy(dtype=float) * arrays.weight[answers.need_item[need]]
    rows = answers.need_case[need] * count + answers.need_node[need]
    load = (load + answers.totals(rows, when, tonnes, answers.count * count)).reshape(answers.node_factor.shape)
    throughput = np.array([node.throughput for node in arrays.case.nodes.values()])[None, :, None]
    limit = scaled(np.broadcast_to(throughput, load.shape), answers.node_factor)
    _compare(
        answers, findings, "response_throughput", load, limit, lambda code: f"node {arrays.nodes[code]!r}", "handles"
    )


def _storage(answers: Responses, findings: Findings) -> None:
    """What nodes hold: in tonnes, cubic metres and kilograms of explosive, in units of an item,
    and where nothing may lie.
    """
    _storage_of_nodes(answers, findings)
    _storage_of_items(answers, findings)
    _storage_where_none(answers, findings)


def _limited_by_item(answers: Responses) -> Flags:
    """[row of stocks]: NodeItems.storage alone limits the goods, as the node's 0 tonnes are only its default."""
    arrays = answers.arrays
    node, item, t = _codes(answers, "stocks", "node", "item", "t")
    by_default = np.array([place.by_default for place in arrays.case.nodes.values()])
    limited: Flags = by_default[node, t] & lifted(arrays)[node, item]
    return limited


def _storage_of_nodes(answers: Responses, findings: Findings) -> None:
    """t, m3 and kg in stock ≤ (storage + expansions) × factor."""
    arrays, places = answers.arrays, list(answers.arrays.case.nodes.values())
    things, table = list(answers.arrays.case.items.values()), answers.tables.stocks
    (item,), quantity = _codes(answers, "stocks", "item"), table["quantity"].to_numpy(dtype=float)
    tonnes = np.array([place.storage for place in places])
    tonnes = tonnes + np.array([arrays.added("node", name) for name in arrays.nodes])
    whole = np.ones((1, arrays.case.periods))
    for measure, limit, counts in (
        ([each.weight for each in things], tonnes, ~_limited_by_item(answers)),
        ([each.volume for each in things], np.array([[p.storage_volume] for p in places]) * whole, True),
        ([each.neq for each in things], np.array([[p.storage_explosive] for p in places]) * whole, True),
    ):
        load = answers.sums(table, "node", len(places), np.where(counts, np.array(measure)[item] * quantity, 0.0))
        left = scaled(answers.of_plan(limit), answers.node_factor)
        _compare(
            answers, findings, "response_storage", load, left, lambda code: f"node {arrays.nodes[code]!r}", "holds"
        )


def _storage_of_items(answers: Responses, findings: Findings) -> None:
    """Units of an item in stock at a node ≤ NodeItems.storage × factor."""
    arrays, table = answers.arrays, answers.tables.stocks
    items, nodes = len(arrays.items), len(arrays.nodes)
    case, node, item, h = _codes(answers, "stocks", "case", "node", "item", "h")
    units = np.array([arrays.case.node_storage.get((p, i), np.inf) for p in arrays.nodes for i in arrays.items])
    pairs, rows = np.unique((case * nodes + node) * items + item, return_inverse=True)
    held = answers.totals(rows, h, table["quantity"].to_numpy(dtype=float), pairs.size)
    pair_case, pair_node = pairs // items // nodes, pairs // items % nodes
    limit = np.repeat(units[pairs % (items * nodes)][:, None], answers.width, axis=1)
    limit = scaled(limit, answers.node_factor[pair_case, pair_node])

    def say(flat: int) -> str:
        row, when = divmod(flat, answers.width)
        what = f"{number(held[row, when])} of {number(limit[row, when])} units of {arrays.items[pairs[row] % items]!r}"
        return f"node {arrays.nodes[pair_node[row]]!r} holds {what} {answers.where(int(pair_case[row]), when)}"

    findings.check("response_storage", (held - limit).ravel(), np.maximum(held, limit).ravel(), say)


def _storage_where_none(answers: Responses, findings: Findings) -> None:
    """Nothing is held at a closed or lost node, nor goods without weight where the node holds 0 t."""
    arrays, places = answers.arrays, list(answers.arrays.case.nodes.values())
    case, node, item, t, h = _codes(answers, "stocks", "case", "node", "item", "t", "h")
    quantity = answers.tables.stocks["quantity"].to_numpy(dtype=float)
    base, last = np.array([place.storage for place in places]), np.array([place.last for place in places])[node]
    none = (base[node, t] == 0) & ~_limited_by_item(answers) & (arrays.weight[item] == 0)
    none |= ((last < arrays.case.periods - 1) & (t >= last)) | (answers.node_factor[case, node, h] == 0)
    size = np.where(none, quantity, 0.0)

    def say(row: int) -> str:
        what = f"{number(quantity[row])} units of {arrays.items[item[row]]!r}"
        return (
            f"node {arrays.nodes[node[row]]!r} may hold nothing, holds {what} "
            f"{answers.where(int(case[row]), int(h[row]))}"
        )

    findings.check("response_storage", size, size, say)


def _line_words(answers: Responses) -> Say:
    names = list(answers.arrays.case.lines)
    return lambda code: f"line {names[code]!r}"


def _making_allowed(answers: Responses, findings: Findings) -> None:
    """Completions in the windows of line and node, not before the order lead time, and not under an embargo."""
    arrays = answers.arrays
    calendar, shape = arrays.case.calendar, (len(arrays.case.lines), arrays.case.periods)
    line_open = np.zeros(shape, dtype=bool)
    for code, line in enumerate(arrays.case.lines.values()):
        line_open[code] = calendar.mask(max(line.first, line.order_lead_time), line.last) | arrays.on_order[code]
    line_open = answers.of_plan(line_open) & answers.node_open[:, arrays.line_factory]
    banned = answers.of_plan(arrays.embargo_of_lines() & ~arrays.on_order)
    for family, wrong in (("response_window", ~line_open), ("response_forbidden", banned)):
        load = np.where(wrong, answers.made, 0.0)
        _compare(answers, findings, family, load, np.zeros_like(load), _line_words(answers), "makes")


def _line_capacity(answers: Responses, findings: Findings) -> None:
    """Units started ≤ (capacity + expansions) × factors of line and node; not of orders placed before the horizon."""
    arrays = answers.arrays
    limit = np.array([line.capacity + arrays.added("line", line.name) for line in arrays.case.lines.values()])
    left = scaled(answers.of_plan(limit), answers.line_factor)
    left[answers.of_plan(arrays.on_order)] = np.inf
    _compare(answers, findings, "response_line_capacity", answers.started, left, _line_words(answers), "starts")


def _before(answers: Responses) -> np.ndarray:
    """True where a completion was ordered before the response, by case, line and period of the response."""
    lead = np.array([line.order_lead_time for line in answers.arrays.case.lines.values()], dtype=np.intp)
    return np.asarray(np.arange(answers.width)[None, None, :] < lead[None, :, None]) & np.ones(
        (answers.count, 1, 1), dtype=bool
    )


def _orders(answers: Responses, findings: Findings) -> None:
    """Completions before begin + order lead time ≤ what the plan completes then × factors;
    `ordered` says which they are.
    """
    arrays, table = answers.arrays, answers.tables.making
    before = _before(answers)
    plan = answers.of_plan(arrays.made) * answers.unforeseen_line
    limit = np.where(before, plan, np.inf)
    _compare(answers, findings, "response_orders", answers.made, limit, _line_words(answers), "completes")
    case, line, h = _codes(answers, "making", "case", "line", "h")
    right = np.where(before[case, line, h], "before", "in the response")
    wrong = (table["ordered"].to_numpy(dtype=object) != right).astype(float)

    def say(row: int) -> str:
        found = f"{table['ordered'].iloc[row]!r}, expected {str(right[row])!r}"
        return f"response_making, row {int(table.index[row]) + 2}: ordered is {found}"

    findings.check("response_orders", wrong, wrong, say)


def _ramp(answers: Responses, findings: Findings) -> None:
    """started(t) − started(t−1) ≤ ramp between open periods;
    before `begin` stands the plan, before the first start_rate.
    """
    arrays = answers.arrays
    limit = np.full(answers.started.shape, np.inf)
    for code, line in enumerate(arrays.case.lines.values()):
        if not np.isfinite(line.ramp):
            continue
        first, last = arrays.case.line_window(line)
        for case, begin in enumerate(answers.cases.begin):
            for h in range(answers.width):
                t = int(begin) + h
                if first < t <= last:
                    rate = answers.started[case, code, h - 1] if h else arrays.started[code, t - 1]
                    limit[case, code, h] = rate + line.ramp
                elif t == first <= last and line.start_rate is not None:
                    limit[case, code, h] = line.start_rate + line.ramp
    _compare(answers, findings, "response_ramp", answers.started, limit, _line_words(answers), "starts, rising,")


def _resources(answers: Responses, findings: Findings) -> None:
    """Σ over lines of use × units started ≤ (capacity of the resource + what is added) × factor of its node."""
    arrays, resources = answers.arrays, list(answers.arrays.case.resources.values())
    if not resources:
        return
    code_of = {resource.name: code for code, resource in enumerate(resources)}
    used = np.zeros((answers.count, len(resources), answers.width))
    for code, line in enumerate(arrays.case.lines.values()):
        for resource, use in line.resources.items():
            used[:, code_of[resource]] += use * answers.started[:, code]
    limit = np.array([resource.capacity + arrays.added("resource", resource.name) for resource in resources])
    left = scaled(answers.of_plan(limit), answers.resource_factor)
    _compare(
        answers, findings, "response_resource", used, left, lambda code: f"resource {resources[code].name!r}", "uses"
    )


def transport_cost(answers: Responses) -> Floats:
    """By row of response_moves: RouteItems.cost, else the route's cost per t × weight, × units."""
    case = answers.arrays.case
    leg, item = _codes(answers, "moves", "leg", "item")
    each = [
        case.route_cost.get((case.legs[where].route, answers.arrays.items[what]))
        for where, what in zip(leg, item, strict=True)
    ]
    per_t = np.array([case.legs[where].cost for where in leg], dtype=np.float64) * answers.arrays.weight[item]
    per_unit = np.array([np.nan if cost is None else cost for cost in each], dtype=np.float64)
    units = answers.tables.moves["quantity"].to_numpy(dtype=float)
    return np.asarray(np.where(np.isnan(per_unit), per_t, per_unit) * units)


def making_cost(answers: Responses) -> Floats:
    """By row of response_making: unit_cost × good units of the response's own orders; nothing of those before."""
    case, line, h = _codes(answers, "making", "case", "line", "h")
    price = np.array([each.unit_cost for each in answers.arrays.case.lines.values()], dtype=np.float64)
    units = answers.tables.making["quantity"].to_numpy(dtype=float)
    if not len(price):
        return np.zeros(0)
    return np.asarray(np.where(_before(answers)[case, line, h], 0.0, price[line] * units))


def _costs(answers: Responses, findings: Findings) -> None:
    """Columns tonnes and cost, and the money that a contingency allows."""
    moves, making = answers.tables.moves, answers.tables.making
    (item,) = _codes(answers, "moves", "item")
    tonnes = answers.arrays.weight[item] * moves["quantity"].to_numpy(dtype=float)
    for name, table, column, right in (
        ("response_moves", moves, "tonnes", tonnes),
        ("response_moves", moves, "cost", transport_cost(answers)),
        ("response_making", making, "cost", making_cost(answers)),
    ):
        stated = table[column].to_numpy(dtype=float)

        def say(
            row: int, name: str = name, column: str = column, stated: Floats = stated, right: Floats = right
        ) -> str:
            return f"{name}: {column} is {number(stated[row])}, expected {number(right[row])}"

        findings.check("response_costs", np.abs(stated - right), np.maximum(np.abs(stated), np.abs(right)), say)
    spent = cost_by_case(answers)
    limit = np.array([strike.contingency.money for strike in answers.cases.strikes])

    def too_dear(case: int) -> str:
        return f"the response to {answers.cases.words(case)} costs {number(spent[case])} of {number(limit[case])}"

    findings.check("response_money", spent - limit, np.maximum(spent, limit), too_dear)


def cost_by_case(answers: Responses, discounts: Floats | None = None) -> Floats:
    """Own orders, in the period of completion, and transport, in that of dispatch, by case; undiscounted by default."""
    rates = np.ones(answers.arrays.case.periods) if discounts is None else discounts
    moved, sent = _codes(answers, "moves", "case", "t")
    made, done = _codes(answers, "making", "case", "t")
    return answers.by_case(moved, transport_cost(answers) * rates[sent]) + answers.by_case(
        made, making_cost(answers) * rates[done]
    )
