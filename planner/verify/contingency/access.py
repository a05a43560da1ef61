"""Access: goods leave nodes and pass routes only for recipients that these admit, in the plan and in responses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from planner.verify.contingency.arrays.recipients import Recipients
from planner.verify.contingency.arrays.response import Responses
from planner.verify.contingency.arrays.tables import ANYONE
from planner.verify.plan_arrays import PlanArrays
from planner.verify.tables import together
from planner.verify.verification import Codes, Findings, Floats, number

FLOWS = ("entry", "production", "shipment", "stock", "delivery", "consumption", "scrap")


def check_access(arrays: PlanArrays, recipients: Recipients, findings: Findings) -> None:
    """In the plan: what is distinguished in the table `recipients`, and what is not."""
    _kept_together(arrays, recipients, findings)
    _dispatched(arrays, recipients, findings)
    _delivered(arrays, recipients, findings)
    if recipients.distinguished.any():
        _sums(arrays, recipients, findings)
        _owned(arrays, recipients, findings)
        _parts(arrays, recipients, findings)
        _balance(arrays, findings)


def _kept_together(arrays: PlanArrays, recipients: Recipients, findings: Findings) -> None:
    """Goods of Stocks that are for one nation are distinguished where others may be given them: where any are used."""
    used = np.zeros(len(arrays.items), dtype=bool)
    used[arrays.demand_item[arrays.plan.deliveries["demand"].to_numpy(dtype=np.intp)]] = True
    used[arrays.consumed["item"].to_numpy(dtype=np.intp)] = True
    wrong = used & recipients.own.any(axis=1) & ~recipients.distinguished & (recipients.pooled.sum(axis=1) > 1)
    for item in np.flatnonzero(wrong):
        text = f"goods of {arrays.items[item]!r} in Stocks are for one nation, and the plan does not distinguish them"
        findings.fault("recipients", text)


def _dispatched(arrays: PlanArrays, recipients: Recipients, findings: Findings) -> None:
    table, apart = arrays.plan.shipments, arrays.plan.recipients
    together = table[~recipients.distinguished[table["item"].to_numpy(dtype=np.intp)]]
    _check_passage(
        arrays,
        recipients,
        findings,
        "access",
        together.assign(recipient=ANYONE),
        lambda row: arrays.label(int(row["t"])),
    )
    shipped = apart[apart["flow"] == "shipment"]
    shipped = shipped.assign(leg=shipped["thing"], item=shipped["item_code"])
    _check_passage(arrays, recipients, findings, "access", shipped, lambda row: arrays.label(int(row["t"])))


def _check_passage(
    arrays: PlanArrays,
    recipients: Recipients,
    findings: Findings,
    family: str,
    rows: pd.DataFrame,
    when: Callable[[pd.Series[Any]], str],
) -> None:
    """Dispatches (leg, item, recipient, quantity): admitted by the route and by the node that they leave."""
    leg, item = (rows[name].to_numpy(dtype=np.intp) for name in ("leg", "item"))
    label, units = recipients.codes(rows["recipient"]), rows["quantity"].to_numpy(dtype=np.float64)
    size = np.where(recipients.passes(recipients.carries, leg, item, label), 0.0, units)

    def say(row: int) -> str:
        route = arrays.case.legs[leg[row]]
        what = f"{number(units[row])} units of {arrays.items[item[row]]!r} for {recipients.labels[label[row]]!r}"
        where = f"leave {route.origin!r} by route {route.route!r} in {when(rows.iloc[row])}"
        return f"{what} {where}, which do not admit them"

    findings.check(family, size, size, say)


def _delivered(arrays: PlanArrays, recipients: Recipients, findings: Findings) -> None:
    """At a node that admits the node's own nation; of goods distinguished, those for it."""
    code, units = arrays.plan.deliveries["demand"].to_numpy(dtype=np.intp), arrays.plan.deliveries["quantity"]
    demands = list(arrays.case.demands.values())
    label = np.array([recipients.of_node(demand.destination) for demand in demands], dtype=np.intp)
    _check_delivery(arrays, recipients, findings, "access", arrays.demand_node[code], label[code], units.to_numpy())
    apart = arrays.plan.recipients[arrays.plan.recipients["flow"] == "delivery"]
    stated, right = recipients.codes(apart["recipient"]), label[apart["thing"].to_numpy(dtype=np.intp)]
    size = np.where(stated == right, 0.0, apart["quantity"].to_numpy(dtype=np.float64))

    def say(row: int) -> str:
        wanted, stated = recipients.labels[right[row]], apart["recipient"].iloc[row]
        return f"recipients: demand {apart['object'].iloc[row]!r} of {wanted!r} is served with goods for {stated!r}"

    findings.check("access", size, size, say)


def _check_delivery(
    arrays: PlanArrays,
    recipients: Recipients,
    findings: Findings,
    family: str,
    node: Codes,
    label: Codes,
    units: Floats,
) -> None:
    size = np.where(recipients.may_draw[node, label], 0.0, np.asarray(units, dtype=np.float64))

    def say(row: int) -> str:
        return (
            f"{number(size[row])} units are delivered at {arrays.nodes[node[row]]!r}, which does not admit its nation"
        )

    findings.check(family, size, size, say)


def _grid(frame: pd.DataFrame, keys: list[str]) -> pd.Series[float]:
    return frame.groupby(keys)["quantity"].sum()


def _sums(arrays: PlanArrays, recipients: Recipients, findings: Findings) -> None:
    """The rows of each flow add up, over recipients, to the main table."""
    apart = arrays.plan.recipients
    unknown = ~apart["flow"].isin(FLOWS)
    if unknown.any():
        findings.fault("names", f"recipients: there is no flow {apart['flow'][unknown].iloc[0]!r}")
    for flow, main in _main_flows(arrays).items():
        main = main[recipients.distinguished[main["item_code"].to_numpy(dtype=np.intp)]]
        rows = apart[apart["flow"] == flow]
        keys = ["thing", "item_code", "t"]
        both = pd.concat([_grid(main, keys), _grid(rows, keys)], axis=1, keys=["whole", "parts"])
        both = both.fillna(0.0)
        whole, parts = both["whole"].to_numpy(dtype=float), both["parts"].to_numpy(dtype=float)

        def say(row: int, flow: str = flow, both: pd.DataFrame = both) -> str:
            _, item, t = both.index[row]
            amounts = (
                f"recipients add up to {number(both['parts'].iloc[row])}, {number(both['whole'].iloc[row])} are there"
            )
            return f"{flow} of {arrays.items[item]!r} in {arrays.label(t)}: {amounts}"

        findings.check("recipients", np.abs(whole - parts), np.maximum(whole, parts), say)


def _main_flows(arrays: PlanArrays) -> Mapping[str, pd.DataFrame]:
    """The main tables: thing, item_code, t, quantity."""
    plan = arrays.plan
    made = plan.production.assign(thing=plan.production["line"])
    made["item_code"] = arrays.line_item[made["line"].to_numpy(dtype=np.intp)]
    delivered = plan.deliveries.assign(thing=plan.deliveries["demand"])
    delivered["item_code"] = arrays.demand_item[delivered["demand"].to_numpy(dtype=np.intp)]
    moved = plan.shipments.assign(thing=plan.shipments["leg"], item_code=plan.shipments["item"])
    used = arrays.consumed.assign(thing=arrays.consumed["line"], item_code=arrays.consumed["item"])
    stored = plan.stocks.assign(thing=plan.stocks["node"], item_code=plan.stocks["item"])
    lost = plan.scrap.assign(thing=plan.scrap["node"], item_code=plan.scrap["item"])
    return {
        "entry": _entered(arrays),
        "production": made,
        "shipment": moved,
        "stock": stored,
        "delivery": delivered,
        "consumption": used,
        "scrap": lost,
    }


def _entered(arrays: PlanArrays) -> pd.DataFrame:
    rows = [
        (
            arrays.node_code[supply.node],
            arrays.item_code[supply.item],
            supply.period,
            supply.quantity * float(arrays.node_factor[arrays.node_code[supply.node], supply.period]),
            supply.nation,
        )
        for supply in arrays.case.supplies
    ]
    frame = pd.DataFrame(rows, columns=["thing", "item_code", "t", "quantity", "nation"])
    return frame.astype({"thing": np.intp, "item_code": np.intp, "t": np.intp, "quantity": float, "nation": object})


def _owned(arrays: PlanArrays, recipients: Recipients, findings: Findings) -> None:
    """Of what enters at a node in a period, at least what Stocks names a nation for is for that nation."""
    owned = _entered(arrays)
    owned = owned[owned["nation"].notna() & recipients.distinguished[owned["item_code"].to_numpy(dtype=np.intp)]]
    keys = ["thing", "item_code", "t", "recipient"]
    least = _grid(owned.assign(recipient=owned["nation"]), keys)
    entered = arrays.plan.recipients[arrays.plan.recipients["flow"] == "entry"]
    there = _grid(entered, keys).reindex(least.index, fill_value=0.0)
    wanted, stated = least.to_numpy(dtype=float), there.to_numpy(dtype=float)

    def say(row: int) -> str:
        node, item, t, nation = least.index[row]
        what = f"{number(stated[row])} of {number(wanted[row])} units of {arrays.items[item]!r}"
        return f"{what} at {arrays.nodes[node]!r} in {arrays.label(t)} are for {nation!r}, as Stocks says"

    findings.check("recipients", wanted - stated, np.maximum(wanted, stated), say)


def _parts(arrays: PlanArrays, recipients: Recipients, findings: Findings) -> None:
    """Goods are made for whom their parts are: of each recipient, parts used = units started × use.

    Of products that are not distinguished, parts are for nations that these may be for.
    """
    apart = arrays.plan.recipients
    used = apart[apart["flow"] == "consumption"].assign(line=lambda rows: rows["thing"].astype(np.intp))
    made = apart[apart["flow"] == "production"].assign(line=lambda rows: rows["thing"].astype(np.intp))
    bill = arrays.bill[recipients.distinguished[arrays.bill["item"].to_numpy(dtype=np.intp)]]
    yields = np.array([line.yield_ for line in arrays.case.lines.values()] + [1.0])
    product_apart = (
        np.append(recipients.distinguished[arrays.line_item], False) if len(arrays.line_item) else np.zeros(1, bool)
    )
    due = made[["line", "t", "recipient", "quantity"]].merge(bill, on="line")
    due["quantity"] = due["quantity"] * due["use"] / yields[due["line"].to_numpy(dtype=np.intp)]
    keys = ["line", "item_code", "t", "recipient"]
    used_apart = used[product_apart[used["line"].to_numpy(dtype=np.intp)]]
    pairs = [_grid(due.assign(item_code=due["item"]), keys), _grid(used_apart, keys)]
    both = pd.concat(pairs, axis=1, keys=["due", "used"]).fillna(0.0)
    wanted, stated = both["due"].to_numpy(dtype=float), both["used"].to_numpy(dtype=float)
    names = list(arrays.case.lines)

    def say(row: int) -> str:
        line, item, t, nation = both.index[row]
        what = f"line {names[line]!r} in {arrays.label(t)} uses {number(stated[row])} units of {arrays.items[item]!r}"
        return f"{what} that are for {nation!r}, expected {number(wanted[row])}"

    findings.check("recipients", np.abs(wanted - stated), np.maximum(wanted, stated), say)
    other = used[~product_apart[used["line"].to_numpy(dtype=np.intp)]]
    product = arrays.line_item[other["line"].to_numpy(dtype=np.intp)] if len(other) else np.zeros(0, np.intp)
    fits = recipients.pooled[product, recipients.codes(other["recipient"])]
    size = np.where(fits, 0.0, other["quantity"].to_numpy(dtype=float))
    findings.check(
        "recipients", size, size, lambda row: f"parts for {other['recipient'].iloc[row]!r} go into others' goods"
    )


def _balance(arrays: PlanArrays, findings: Findings) -> None:
    """The material balance of every item distinguished, of each recipient (and expiry class),
    at every node and period.
    """
    apart, periods = arrays.plan.recipients, arrays.case.periods
    terms = [_term(arrays, apart, flow, sign) for flow, sign in (("entry", 1), ("production", 1), ("delivery", -1))]
    terms += [_term(arrays, apart, flow, -1) for flow in ("consumption", "scrap", "stock")]
    moved = apart[apart["flow"] == "shipment"]
    leg = moved["thing"].to_numpy(dtype=np.intp)
    terms.append(moved.assign(node=arrays.leg_origin[leg], sign=-1.0))
    terms.append(moved.assign(node=arrays.leg_destination[leg], sign=1.0, t=moved["t"] + arrays.leg_lead[leg]))
    stored = _term(arrays, apart, "stock", 1).assign(t=lambda rows: rows["t"] + 1)
    stored = stored[stored["t"] < periods]
    where = stored["node"].to_numpy(dtype=np.intp), stored["t"].to_numpy(dtype=np.intp)
    terms.append(stored.assign(quantity=stored["quantity"] * arrays.stock_left[where]))
    rows = together(terms)
    rows = rows[rows["t"] < periods].assign(amount=lambda each: each["quantity"] * each["sign"])
    keys = ["item_code", "node", "recipient", "expires", "t"]
    net = rows.groupby(keys, dropna=False)[["amount", "quantity"]].agg({"amount": "sum", "quantity": "max"})
    left = net["amount"].to_numpy(dtype=float)

    def say(row: int) -> str:
        item, node, recipient, _, t = net.index[row]
        what = f"{arrays.items[int(item)]!r} for {recipient!r} at {arrays.nodes[int(node)]!r} in {arrays.label(int(t))}"
        return f"{what}: what comes in less what goes out and stays is {number(left[row])}, not 0"

    findings.check("recipients", np.abs(left), net["quantity"].to_numpy(dtype=float), say)


def _term(arrays: PlanArrays, apart: pd.DataFrame, flow: str, sign: int) -> pd.DataFrame:
    rows = apart[apart["flow"] == flow]
    thing = rows["thing"].to_numpy(dtype=np.intp)
    places = {"production": arrays.line_factory, "consumption": arrays.line_factory, "delivery": arrays.demand_node}
    return rows.assign(node=places[flow][thing] if flow in places else thing, sign=float(sign))


def check_response_access(answers: Responses, recipients: Recipients, findings: Findings) -> None:
    """The same of responses: moves and deliveries."""
    moves = answers.tables.moves

    def when(row: pd.Series[Any]) -> str:
        return answers.where(int(row["case"]), int(row["h"])).removeprefix("in ")

    _check_passage(answers.arrays, recipients, findings, "response_access", moves, when)
    need = answers.tables.deliveries["need"].to_numpy(dtype=np.intp)
    label = np.array([recipients.of_node(each.destination) for each in answers.cases.needs], dtype=np.intp)
    units = answers.tables.deliveries["quantity"].to_numpy(dtype=float)
    _check_delivery(
        answers.arrays, recipients, findings, "response_access", answers.need_node[need], label[need], units
    )
