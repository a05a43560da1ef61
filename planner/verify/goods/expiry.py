"""Shelf life: perishable goods followed by expiry class through the table `expiry`.

A class is named by the last period of use of its goods: made in m with shelf life L, that is m + L. Classes
whose last period of use lies beyond the horizon are one class, written as any period after the last.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.verify.plan_arrays import PlanArrays
from planner.verify.table_form import Index, day
from planner.verify.tables import joined
from planner.verify.verification import Codes, Findings, Floats, number

FLOWS = ("production", "shipment", "stock", "delivery", "consumption", "scrap")


@dataclass(frozen=True)
class Classed:
    """One flow by class: `thing` is a line, leg, node or demand; `expires` is 0-based, the pool is P."""

    thing: Codes
    item: Codes
    period: Codes
    expires: Codes
    quantity: Floats


def check_shelf_life(arrays: PlanArrays, findings: Findings) -> None:
    """Perishable goods by last period of use: sums, balances, and no use after it."""
    items = perishable(arrays, findings)
    if not items.any():
        return
    flows = {flow: _flow(arrays, flow, items, findings) for flow in FLOWS}
    _production_classes(arrays, flows["production"], findings)
    _sums(arrays, flows, items, findings)
    _used_in_time(arrays, flows, findings)
    _balances(arrays, flows, items, findings)


def perishable(arrays: PlanArrays, findings: Findings) -> np.ndarray:
    """True for the items that the table must follow: those of which some goods expire within the horizon.

    An item with a shelf life that is entered or made only so late that none can expire may be left out.
    """
    periods = arrays.case.periods
    listed = np.zeros(len(arrays.items), dtype=bool)
    listed[arrays.plan.expiry["item_code"].to_numpy(dtype=np.intp)] = True
    lives = np.array([-1 if i.shelf_life is None else i.shelf_life for i in arrays.case.items.values()], dtype=np.intp)
    wrong = listed & (lives < 0)
    if wrong.any():
        findings.fault("shelf_life", f"item {arrays.items[int(np.argmax(wrong))]!r} does not expire")
    due = np.zeros(len(arrays.items), dtype=bool)
    for supply in arrays.case.supplies:
        item = arrays.item_code[supply.item]
        due[item] |= lives[item] >= 0 and supply.quantity > 0 and supply.made + lives[item] < periods
    line, when = (arrays.plan.production[name].to_numpy(dtype=np.intp) for name in ("line", "t"))
    made = arrays.line_item[line]
    due[made[(lives[made] >= 0) & (when + lives[made] < periods)]] = True
    return (listed | due) & (lives >= 0)


def _things(arrays: PlanArrays, flow: str) -> Index:
    """What `object` (with the places or the due period, where they tell things apart) may be."""
    if flow in {"production", "consumption"}:
        return Index(list(arrays.case.lines))
    if flow == "shipment":
        return Index([joined(leg.route, leg.origin, leg.destination) for leg in arrays.case.legs])
    if flow == "delivery":
        return Index([joined(name, day(due + 1)) for name, due in arrays.case.demands])
    return Index(arrays.nodes)


def _places(arrays: PlanArrays, flow: str) -> np.ndarray:
    """The node of each thing; at the end "" for an unknown one."""
    if flow in {"production", "consumption"}:
        places = [line.factory for line in arrays.case.lines.values()]
    elif flow == "delivery":
        places = [demand.destination for demand in arrays.case.demands.values()]
    else:
        places = arrays.nodes
    return np.array([*places, ""], dtype=object)


def _flow(arrays: PlanArrays, flow: str, items: np.ndarray, findings: Findings) -> Classed:
    """The rows of one flow. Unknown objects, and items that do not belong to their object, are reported."""
    table = arrays.plan.expiry
    unknown = ~table["flow"].isin(FLOWS)
    if unknown.any():
        findings.fault("names", f"expiry: there is no flow {table['flow'][unknown].iloc[0]!r}")
    rows = table[(table["flow"] == flow) & items[table["item_code"].to_numpy(dtype=np.intp)]]
    keys = rows["object"].to_numpy(dtype=object)
    if flow == "shipment":
        keys = np.array(
            [joined(*key) for key in rows[["object", "origin", "destination"]].itertuples(index=False)], dtype=object
        )
    elif flow == "delivery":
        keys = np.array([joined(key, day(due)) for key, due in zip(keys, rows["due"], strict=True)], dtype=object)
    codes = _things(arrays, flow).codes(keys)
    item = rows["item_code"].to_numpy(dtype=np.intp)
    good = codes >= 0
    if flow == "production":
        good &= np.append(arrays.line_item, -1)[codes] == item
    elif flow == "delivery":
        good &= np.append(arrays.demand_item, -1)[codes] == item
    if flow != "shipment":  # there the places tell directions apart
        place = _places(arrays, flow)[codes]
        for column in ("origin", "destination"):
            stated = rows[column].to_numpy(dtype=object)
            good &= (stated == "") | (stated == place)
    if not good.all():
        row = rows.iloc[int(np.argmin(good))]
        text = f"expiry, row {int(row.name) + 2}: the input has no such {flow}"
        findings.fault("names", f"{text}: {row['object']!r} with {row['item']!r}")
    rows_used = rows[good]
    return Classed(
        codes[good],
        item[good],
        rows_used["t"].to_numpy(dtype=np.intp),
        np.clip(rows_used["expires"].to_numpy(dtype=np.float64), -1, arrays.case.periods).astype(np.intp),
        rows_used["quantity"].to_numpy(dtype=np.float64),
    )


def _lives(arrays: PlanArrays) -> Codes:
    return np.array([item.shelf_life or 0 for item in arrays.case.items.values()], dtype=np.intp)


def _production_classes(arrays: PlanArrays, made: Classed, findings: Findings) -> None:
    """What is made in m expires in m + L."""
    right = np.minimum(made.period + _lives(arrays)[made.item], arrays.case.periods)
    size = np.where(made.expires == right, 0.0, made.quantity)

    def say(row: int) -> str:
        what = f"{number(made.quantity[row])} units of {arrays.items[made.item[row]]!r}"
        periods = (
            f"made in {arrays.label(made.period[row])} expire after {made.expires[row] + 1}, expected {right[row] + 1}"
        )
        return f"{what} {periods}"

    findings.check("shelf_life", size, size, say)


def _main_flows(arrays: PlanArrays) -> dict[str, pd.DataFrame]:
    """The main tables: thing, item, t, quantity."""
    plan = arrays.plan
    made = plan.production.assign(thing=plan.production["line"])
    made["item"] = arrays.line_item[made["line"].to_numpy(dtype=np.intp)]
    delivered = plan.deliveries.assign(thing=plan.deliveries["demand"])
    delivered["item"] = arrays.demand_item[delivered["demand"].to_numpy(dtype=np.intp)]
    return {
        "production": made,
        "shipment": plan.shipments.assign(thing=plan.shipments["leg"]),
        "stock": plan.stocks.assign(thing=plan.stocks["node"]),
        "delivery": delivered,
        "consumption": arrays.consumed.assign(thing=arrays.consumed["line"]),
        "scrap": plan.scrap.assign(thing=plan.scrap["node"]),
    }


def _sums(arrays: PlanArrays, flows: dict[str, Classed], items: np.ndarray, findings: Findings) -> None:
    """Σ over classes = the main table's quantity (for consumption: make ÷ yield × component quantity)."""
    for flow, main in _main_flows(arrays).items():
        main = main[items[main["item"].to_numpy(dtype=np.intp)]]
        classed, names = flows[flow], _things(arrays, flow).names
        width, periods = len(arrays.items), arrays.case.periods
        main_keys = _key(main["thing"].to_numpy(dtype=np.intp), main["item"].to_numpy(dtype=np.intp), width)
        class_keys = _key(classed.thing, classed.item, width)
        pairs = np.unique(np.concatenate([main_keys, class_keys]))
        rows = np.searchsorted(pairs, main_keys), np.searchsorted(pairs, class_keys)
        whole = arrays.totals(pairs.size, rows[0], main["t"].to_numpy(dtype=np.intp), main["quantity"])
        parts = arrays.totals(pairs.size, rows[1], classed.period, classed.quantity)
        family = "component_use" if flow == "consumption" else "shelf_life"

        def say(
            flat: int,
            flow: str = flow,
            pairs: Codes = pairs,
            whole: Floats = whole,
            parts: Floats = parts,
            names: list[str] = names,
        ) -> str:
            row, period = divmod(flat, arrays.case.periods)
            thing, item = divmod(int(pairs[row]), len(arrays.items))
            amounts = f"classes add up to {number(parts[row, period])}, the plan says {number(whole[row, period])}"
            where = names[thing].replace("\x1f", " ")
            return f"{flow} of {arrays.items[item]!r} at {where!r} in {arrays.label(period)}: {amounts}"

        if pairs.size and periods:
            findings.check(family, np.abs(whole - parts).ravel(), np.maximum(whole, parts).ravel(), say)


def _key(thing: Codes, item: Codes, width: int) -> Codes:
    return thing * width + item


def _used_in_time(arrays: PlanArrays, flows: dict[str, Classed], findings: Findings) -> None:
    """Delivered, consumed and dispatched at latest in the last period of use; in stock only before it ends."""
    for flow, slack, words in (
        ("delivery", 0, "are delivered in"),
        ("consumption", 0, "are consumed in"),
        ("shipment", 0, "are dispatched in"),
        ("stock", 1, "are still in stock at the end of"),
    ):
        rows = flows[flow]
        pooled = rows.expires >= arrays.case.periods
        size = np.where(pooled | (rows.period + slack <= rows.expires), 0.0, rows.quantity)

        def say(row: int, rows: Classed = rows, words: str = words) -> str:
            what = f"{number(rows.quantity[row])} units of {arrays.items[rows.item[row]]!r}"
            when = f"usable through period {rows.expires[row] + 1} {words} {arrays.label(rows.period[row])}"
            return f"{what} {when}"

        findings.check("shelf_life", size, size, say)


def _balances(arrays: PlanArrays, flows: dict[str, Classed], items: np.ndarray, findings: Findings) -> None:
    """The material balance of every expiry class of every perishable item at every node and period."""
    terms = _signed(arrays, flows, items)
    node, item, expires, period, quantity, sign = (np.concatenate(parts) for parts in zip(*terms, strict=True))
    classes = arrays.case.periods + 2  # −1 (expired before the horizon) … P
    keys = (item * len(arrays.nodes) + node) * classes + expires + 1
    pairs, rows = np.unique(keys, return_inverse=True)
    net = arrays.totals(pairs.size, rows, period, quantity * sign)
    flat = rows * arrays.case.periods + period
    largest = np.zeros(net.size)
    np.maximum.at(largest, flat, np.abs(quantity))

    def say(index: int) -> str:
        row, when = divmod(index, arrays.case.periods)
        pair, expiry = divmod(int(pairs[row]), classes)
        thing, where = divmod(pair, len(arrays.nodes))
        what = (
            f"{arrays.items[thing]!r} usable through period {expiry} at {arrays.nodes[where]!r} in {arrays.label(when)}"
        )
        return f"{what}: what comes in less what goes out and stays is {number(net[row, when])}, not 0"

    findings.check("shelf_life", np.abs(net).ravel(), largest, say)


ExpiryTerm = tuple[Codes, Codes, Codes, Codes, Floats, Floats]  # node, item, expires, period, quantity, sign


def _signed(arrays: PlanArrays, flows: dict[str, Classed], items: np.ndarray) -> list[ExpiryTerm]:
    periods, lives = arrays.case.periods, _lives(arrays)

    def term(rows: Classed, node: Codes, sign: float, late: Codes | int = 0, left: Floats | None = None) -> ExpiryTerm:
        period = rows.period + late
        inside = period < periods
        share = 1.0 if left is None else left[node, np.minimum(period, periods - 1)]
        stored = (node, rows.item, rows.expires, period, rows.quantity * share, np.full(len(period), sign))
        return tuple(part[inside] for part in stored)  # type: ignore[return-value]

    supplies = [supply for supply in arrays.case.supplies if items[arrays.item_code[supply.item]]]
    item = np.array([arrays.item_code[supply.item] for supply in supplies], dtype=np.intp)
    made = np.array([supply.made for supply in supplies], dtype=np.intp)
    entered = Classed(
        np.array([arrays.node_code[supply.node] for supply in supplies], dtype=np.intp),
        item,
        np.array([supply.period for supply in supplies], dtype=np.intp),
        np.clip(made + lives[item], -1, periods),
        np.array([supply.quantity for supply in supplies], dtype=np.float64),
    )
    shipped, stock = flows["shipment"], flows["stock"]
    return [
        term(entered, entered.thing, 1.0, 0, arrays.node_factor),
        term(flows["production"], arrays.line_factory[flows["production"].thing], 1.0),
        term(shipped, arrays.leg_destination[shipped.thing], 1.0, arrays.leg_lead[shipped.thing]),
        term(shipped, arrays.leg_origin[shipped.thing], -1.0),
        term(stock, stock.thing, 1.0, 1, arrays.stock_left),
        term(stock, stock.thing, -1.0),
        term(flows["delivery"], arrays.demand_node[flows["delivery"].thing], -1.0),
        term(flows["consumption"], arrays.line_factory[flows["consumption"].thing], -1.0),
        term(flows["scrap"], flows["scrap"].thing, -1.0),
    ]
