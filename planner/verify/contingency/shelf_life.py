"""Shelf life in responses: perishable goods followed by expiry class through the table `response_expiry`."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.verify.contingency.arrays.response import Responses
from planner.verify.table_form import Index, day
from planner.verify.tables import joined, together
from planner.verify.verification import Codes, Findings, Flags, Floats, number

NEED = ["case", "object", "destination", "item_name", "due"]
KEYS = ["case", "thing", "item", "recipient", "h"]
PLACE = ["case", "node", "item", "expires", "h"]


def check_response_shelf_life(answers: Responses, findings: Findings) -> None:
    """Classes add up to the response tables, are used in time, and no more of one is used than there is."""
    lives = np.array([-1 if i.shelf_life is None else i.shelf_life for i in answers.arrays.case.items.values()])
    coming = _coming(answers, lives)
    stated = _stated(answers, findings)
    due = _may_expire(answers, coming, lives)
    due[stated["case"].to_numpy(dtype=np.intp), stated["item"].to_numpy(dtype=np.intp)] = True
    if not due.any():
        return
    stated = stated[lives[stated["item"].to_numpy(dtype=np.intp)] >= 0]
    _sums(answers, stated, due, findings)
    _in_time(answers, stated, lives, findings)
    _balance(answers, stated, coming, due, findings)


def _stated(answers: Responses, findings: Findings) -> pd.DataFrame:
    """The table, with `thing` in each row: a line, leg, node or need."""
    table, arrays = answers.tables.expiry, answers.arrays
    thing = np.full(len(table), -1, dtype=np.intp)
    flows = table["flow"].to_numpy(dtype=object)
    legs = Index([joined(leg.route, leg.origin, leg.destination) for leg in arrays.case.legs])
    needs = Index([joined(str(need.case), *need.key) for need in answers.cases.needs])
    ends = [joined(*key) for key in table[["object", "origin", "destination"]].itertuples(index=False)]
    expected = [
        joined(str(case), "demand" if name else "surge", str(name), str(destination), str(item), day(due))
        for case, name, destination, item, due in zip(*(table[column] for column in NEED), strict=True)
    ]
    objects = table["object"].tolist()
    for index, keys, named in (
        (Index(list(arrays.case.lines)), objects, ("production", "consumption")),
        (Index(arrays.nodes), objects, ("stock",)),
        (legs, ends, ("shipment",)),
        (needs, expected, ("delivery",)),
    ):
        codes = index.codes(keys)
        for flow in named:
            thing = np.where(flows == flow, codes, thing)
    unknown = thing < 0
    if unknown.any():
        row = table[unknown].iloc[0]
        findings.fault("names", f"response_expiry: the response has no such {row['flow']}: {row['object']!r}")
    expires = _pool(answers, table["case"], table["expires"].to_numpy(dtype=float) - 1)
    known: pd.DataFrame = table.assign(thing=thing, expires=expires)[~unknown]
    return known


def _pool(answers: Responses, case: pd.Series, expires: np.ndarray) -> Codes:
    """Classes of which the last period of use lies beyond the end of the response are one."""
    ends = answers.cases.end[case.to_numpy(dtype=np.intp)]
    return np.asarray(np.clip(expires, -1, ends + 1), dtype=np.intp)


def _coming(answers: Responses, lives: Codes) -> pd.DataFrame:
    """What the plan leaves to each response of perishable goods, by class: case, node, item, expires, h, quantity."""
    arrays, expiry = answers.arrays, answers.arrays.plan.expiry
    followed = np.zeros(len(arrays.items), dtype=bool)
    followed[expiry["item_code"].to_numpy(dtype=np.intp)] = True
    frames = []
    stocks, moves = arrays.plan.stocks, arrays.plan.shipments
    whole = ~followed & (lives >= 0)
    nodes = Index(arrays.nodes)
    legs = Index([joined(leg.route, leg.origin, leg.destination) for leg in arrays.case.legs])
    of_stock, of_moves = expiry[expiry["flow"] == "stock"], expiry[expiry["flow"] == "shipment"]
    ends = [joined(*key) for key in of_moves[["object", "origin", "destination"]].itertuples(index=False)]
    periods = arrays.case.periods
    stored = [
        stocks[whole[stocks["item"].to_numpy(dtype=np.intp)]].assign(expires=periods),
        of_stock.assign(node=nodes.codes(of_stock["object"]), item=of_stock["item_code"]),
    ]
    sent = [
        moves[whole[moves["item"].to_numpy(dtype=np.intp)]].assign(expires=periods),
        of_moves.assign(leg=legs.codes(ends), item=of_moves["item_code"]),
    ]
    stock = together([frame[["node", "item", "t", "expires", "quantity"]] for frame in stored])
    moved = together([frame[["leg", "item", "t", "expires", "quantity"]] for frame in sent])
    moved = moved.astype({"leg": np.intp})
    moved["arrives"] = moved["t"] + arrays.leg_lead[moved["leg"].to_numpy(dtype=np.intp)]
    moved["node"] = arrays.leg_destination[moved["leg"].to_numpy(dtype=np.intp)]
    for case, (begin, end) in enumerate(zip(answers.cases.begin, answers.cases.end, strict=True)):
        there = stock[stock["t"] == begin - 1]
        left = answers.stock_left[case, there["node"].to_numpy(dtype=np.intp), 0]
        frames.append(there.assign(case=case, h=0, quantity=there["quantity"] * left))
        way = moved[(moved["t"] < begin) & (moved["arrives"] >= begin) & (moved["arrives"] <= end)]
        h = (way["arrives"] - begin).to_numpy(dtype=np.intp)
        left = answers.unforeseen_node[case, way["node"].to_numpy(dtype=np.intp), h]
        frames.append(way.assign(case=case, h=h, quantity=way["quantity"] * left))
        frames.append(_entering(answers, case, int(begin), int(end), lives))
    coming = together([frame[[*PLACE, "quantity"]] for frame in frames])
    coming["expires"] = _pool(answers, coming["case"], coming["expires"].to_numpy(dtype=float))
    coming = coming.astype(dict.fromkeys(PLACE, np.intp))
    moving: pd.DataFrame = coming[answers.cases.moving[coming["case"].to_numpy(), coming["item"].to_numpy()]]
    return moving


def _entering(answers: Responses, case: int, begin: int, end: int, lives: Codes) -> pd.DataFrame:
    arrays, rows = answers.arrays, []
    for supply in arrays.case.supplies:
        item, node = arrays.item_code[supply.item], arrays.node_code[supply.node]
        if lives[item] >= 0 and begin <= supply.period <= end:
            left = float(answers.node_factor[case, node, supply.period - begin])
            rows.append(
                (case, node, item, supply.made + int(lives[item]), supply.period - begin, supply.quantity * left)
            )
    return pd.DataFrame(rows, columns=[*PLACE, "quantity"])


def _may_expire(answers: Responses, coming: pd.DataFrame, lives: Codes) -> Flags:
    """[case, item]: items of which goods come, or are made, that expire before the response ends."""
    expires = np.zeros((answers.count, len(answers.arrays.items)), dtype=bool)
    soon = coming[(coming["expires"] < answers.cases.end[coming["case"].to_numpy()]) & (coming["quantity"] > 0)]
    expires[soon["case"].to_numpy(), soon["item"].to_numpy()] = True
    making = answers.tables.making
    case, line, t = (making[name].to_numpy(dtype=np.intp) for name in ("case", "line", "t"))
    item = answers.arrays.line_item[line]
    early = (lives[item] >= 0) & (t + lives[item] < answers.cases.end[case])
    expires[case[early], item[early]] = True
    return expires


def _main_flows(answers: Responses) -> dict[str, pd.DataFrame]:
    """The response tables: case, thing, item, recipient, h, quantity."""
    arrays, tables = answers.arrays, answers.tables
    making, bill = tables.making, arrays.bill
    made = making.assign(thing=making["line"], item=arrays.line_item[making["line"].to_numpy(dtype=np.intp)])
    used = making.drop(columns="item").merge(bill, on="line") if len(making) else making.assign(use=0.0)
    started = used["quantity"] / answers.yields[used["line"].to_numpy(dtype=np.intp)] if len(used) else used["quantity"]
    taken = used.assign(thing=used["line"], quantity=started * used["use"])
    need = tables.deliveries["need"].to_numpy(dtype=np.intp)
    names = np.array([arrays.case.nodes[each.destination].nation or "" for each in answers.cases.needs], dtype=object)
    delivered = tables.deliveries.assign(
        thing=need, item=answers.need_item[need], case=answers.need_case[need], recipient=names[need]
    )
    return {
        "production": made,
        "shipment": tables.moves.assign(thing=tables.moves["leg"]),
        "stock": tables.stocks.assign(thing=tables.stocks["node"]),
        "delivery": delivered,
        "consumption": taken,
    }


def _sums(answers: Responses, stated: pd.DataFrame, due: Flags, findings: Findings) -> None:
    for flow, main in _main_flows(answers).items():
        case, item = main["case"].to_numpy(dtype=np.intp), main["item"].to_numpy(dtype=np.intp)
        rows = stated[stated["flow"] == flow]
        pairs = [frame.groupby(KEYS)["quantity"].sum() for frame in (main[due[case, item]], rows)]
        both = pd.concat(pairs, axis=1, keys=["whole", "parts"]).fillna(0.0)
        whole, parts = both["whole"].to_numpy(dtype=float), both["parts"].to_numpy(dtype=float)

        def say(row: int, flow: str = flow, both: pd.DataFrame = both) -> str:
            where, _, what, _, h = both.index[row]
            amounts = (
                f"classes add up to {number(both['parts'].iloc[row])}, the response says "
                f"{number(both['whole'].iloc[row])}"
            )
            return f"{flow} of {answers.arrays.items[int(what)]!r} {answers.where(int(where), int(h))}: {amounts}"

        findings.check("response_shelf_life", np.abs(whole - parts), np.maximum(whole, parts), say)


def _in_time(answers: Responses, stated: pd.DataFrame, lives: Codes, findings: Findings) -> None:
    """Made in m expires in m + L; used and dispatched to arrive through its last period of use,
    in stock only before it.
    """
    flow = stated["flow"].to_numpy(dtype=object)
    t, expires, item = (stated[name].to_numpy(dtype=np.intp) for name in ("t", "expires", "item"))
    lead = np.zeros(len(stated), dtype=np.intp)
    moved = flow == "shipment"
    lead[moved] = answers.arrays.leg_lead[stated["thing"].to_numpy(dtype=np.intp)[moved]]
    pooled = expires > answers.cases.end[stated["case"].to_numpy(dtype=np.intp)]
    wrong = ~pooled & (t + lead + (flow == "stock") > expires)
    wrong |= (flow == "production") & (expires != _pool(answers, stated["case"], (t + lives[item]).astype(float)))
    size = np.where(wrong, stated["quantity"].to_numpy(dtype=float), 0.0)

    def say(row: int) -> str:
        what = f"{number(size[row])} units of {answers.arrays.items[item[row]]!r} usable through {expires[row] + 1}"
        where = answers.where(int(stated["case"].iloc[row]), int(stated["h"].iloc[row]))
        return f"{flow[row]} {where}: {what}"

    findings.check("response_shelf_life", size, size, say)


def _balance(answers: Responses, stated: pd.DataFrame, coming: pd.DataFrame, due: Flags, findings: Findings) -> None:
    """Of every class at every node and period, what goes out and stays ≤ what comes and was in stock."""
    arrays = answers.arrays
    terms = [coming[due[coming["case"].to_numpy(), coming["item"].to_numpy()]].assign(sign=1.0)]
    places: dict[str, np.ndarray] = {
        "production": arrays.line_factory,
        "consumption": arrays.line_factory,
        "delivery": answers.need_node,
    }
    for flow, sign in (("production", 1.0), ("consumption", -1.0), ("delivery", -1.0), ("stock", -1.0)):
        rows = stated[stated["flow"] == flow]
        thing = rows["thing"].to_numpy(dtype=np.intp)
        terms.append(rows.assign(node=places[flow][thing] if flow in places else thing, sign=sign))
    stored = stated[(stated["flow"] == "stock") & (stated["h"] + 1 < answers.width)]
    at = tuple(stored[name].to_numpy(dtype=np.intp) for name in ("case", "thing", "h"))
    left: Floats = answers.stock_left[at[0], at[1], at[2] + 1]
    terms.append(stored.assign(node=stored["thing"], h=stored["h"] + 1, quantity=stored["quantity"] * left, sign=1.0))
    moved = stated[stated["flow"] == "shipment"]
    leg = moved["thing"].to_numpy(dtype=np.intp)
    terms.append(moved.assign(node=arrays.leg_origin[leg], sign=-1.0))
    terms.append(moved.assign(node=arrays.leg_destination[leg], h=moved["h"] + arrays.leg_lead[leg], sign=1.0))
    rows = together([term[[*PLACE, "quantity", "sign"]] for term in terms])
    rows = rows[rows["h"] < answers.width]
    rows = rows.assign(amount=rows["quantity"] * rows["sign"])
    net = rows.groupby(PLACE)[["amount", "quantity"]].agg({"amount": "sum", "quantity": "max"})
    lacking = -net["amount"].to_numpy(dtype=float)

    def say(row: int) -> str:
        case, node, item, expires, h = (int(part) for part in net.index[row])
        what = f"{arrays.items[item]!r} usable through {expires + 1} at {arrays.nodes[node]!r} {answers.where(case, h)}"
        return f"{what}: {number(lacking[row])} units more go out or stay than are there"

    findings.check("response_shelf_life", lacking, net["quantity"].to_numpy(dtype=float), say)
