"""The answer of the plain model as result tables, so that the checker can be asked about them."""

from __future__ import annotations

from collections import defaultdict
from math import inf
from typing import Any

import pandas as pd

from planner.verify.table_form import COLUMNS
from tests.worlds.plain_facts import NEVER, RESERVE, Good, falls, names, number, text
from tests.worlds.plain_guarantees import Guarantees, Net

SMALL = 1e-9
Tables = dict[str, pd.DataFrame]


def tables(model: Guarantees) -> Tables:
    """All result tables of the solution that the model holds."""
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in COLUMNS}
    _plan(model, rows)
    for case, net in zip(model.facts.cases, model.responses, strict=True):
        keys = {"contingency": case.contingency, "strike": case.strike + 1}
        _response(model, net, keys, rows)
        rows["cases"].append(_case(model, net, keys))
    return {name: pd.DataFrame(found, columns=list(COLUMNS[name])) for name, found in rows.items()}


def _value(variable: Any) -> float:
    found = float(variable.value() or 0.0)
    return found if found > SMALL else 0.0


def _sums(variables: dict[Any, Any], key: Any) -> dict[Any, float]:
    """Values summed over what `key` leaves out; only those that are not 0."""
    found: dict[Any, float] = defaultdict(float)
    for name, variable in variables.items():
        found[key(name)] += _value(variable)
    return {name: value for name, value in found.items() if value > SMALL}


def _price(model: Guarantees, route: str, item: str) -> float:
    for row in model.facts.rows("RouteItems"):
        if (row["route"], row["item"]) == (route, item) and text(row, "cost"):
            return number(row, "cost")
    row = next(row for row in model.facts.rows("Routes") if row["route"] == route)
    return number(row, "cost") * model.facts.weight(item)


def _mode_and_lead(model: Guarantees, route: str) -> tuple[str, int]:
    row = next(row for row in model.facts.rows("Routes") if row["route"] == route)
    return text(row, "mode"), int(number(row, "lead_time"))


def _line(model: Guarantees, line: str) -> dict[str, Any]:
    row = next(row for row in model.facts.rows("Lines") if row["line"] == line)
    factory = text(row, "factory")
    return {"line": line, "factory": factory, "nation": model.facts.nation(factory), "item": text(row, "item")}


def _unit_cost(model: Guarantees, line: str) -> float:
    return number(next(row for row in model.facts.rows("Lines") if row["line"] == line), "unit_cost")


def _shipment(model: Guarantees, key: Any, units: float) -> dict[str, Any]:
    route, origin, destination, item, period = key
    mode, lead = _mode_and_lead(model, route)
    return {
        "route": route,
        "origin": origin,
        "destination": destination,
        "mode": mode,
        "item": item,
        "period": period + 1,
        "arrives": period + 1 + lead,
        "quantity": units,
        "tonnes": units * model.facts.weight(item),
        "cost": units * _price(model, route, item),
    }


def _plan(model: Guarantees, rows: dict[str, list[dict[str, Any]]]) -> None:
    facts, plan = model.facts, model.plan
    for (line, period), units in _sums(plan.make, lambda k: (k[0], k[2])).items():
        cost = units * _unit_cost(model, line)
        rows["production"].append({**_line(model, line), "period": period + 1, "quantity": units, "cost": cost})
    for key, units in _sums(plan.ship, lambda k: (*k[:3], k[3][0], k[4])).items():
        rows["shipments"].append(_shipment(model, key, units))
    for (node, item, period), units in _sums(plan.stock, lambda k: (k[0], k[1][0], k[2])).items():
        rows["stocks"].append({"node": node, "item": item, "period": period + 1, "quantity": units})
    for (node, item, period), units in _sums(plan.scrap, lambda k: (k[0], k[1][0], k[2])).items():
        cost = units * number(facts.items[item], "scrap_cost")
        rows["scrap"].append({"node": node, "item": item, "period": period + 1, "quantity": units, "cost": cost})
    for code, need in enumerate(facts.demands):
        keys = {"demand": need.name, "commitment": "", "destination": need.node, "item": need.item, "due": need.due + 1}
        if _value(plan.short[code]):
            rows["shortfalls"].append({**keys, "quantity": _value(plan.short[code])})
        for (other, period), units in _sums(plan.deliver, lambda k: (k[0], k[2])).items():
            if other == code:
                rows["deliveries"].append({**keys, "period": period + 1, "quantity": units})
    for (name, period), variable in model.bought.items():
        row = next(row for row in facts.rows("Expansions") if row["expansion"] == name)
        kind = next(kind for kind in ("line", "resource", "node", "route") if text(row, kind))
        if _value(variable):
            rows["investments"].append(
                {
                    "expansion": name,
                    "object": text(row, kind),
                    "period": period + 1,
                    "ready": period + 1 + int(number(row, "lead_time")),
                    "quantity": _value(variable),
                    "cost": _value(variable) * number(row, "cost"),
                }
            )
    _nations(model, rows)
    _goods_twice(model, plan, {}, rows, "recipients", "expiry")


def _nations(model: Guarantees, rows: dict[str, list[dict[str, Any]]]) -> None:
    """By nation: value produced and received; all within one fiscal year."""
    facts = model.facts
    produced: dict[str, float] = defaultdict(float)
    received: dict[str, float] = defaultdict(float)
    for row in rows["production"]:
        produced[row["nation"]] += row["cost"]
    kinds = ("line", "node", "resource")
    for row in rows["investments"]:
        own = next(other for other in facts.rows("Expansions") if other["expansion"] == row["expansion"])
        kind = next((kind for kind in kinds if text(own, kind)), None)
        if kind == "node":
            produced[facts.nation(row["object"])] += row["cost"]
        elif kind is not None:
            table = {"line": "Lines", "resource": "Resources"}[kind]
            place = next(text(r, "factory") for r in facts.rows(table) if r[kind] == row["object"])
            produced[facts.nation(place) if place else ""] += row["cost"]
    for row in rows["deliveries"]:
        received[facts.nation(row["destination"])] += row["quantity"] * facts.value(row["item"])
    for nation in sorted((produced.keys() | received.keys()) - {""}):
        keys = {"nation": nation, "year": 2026, "contributed": 0.0}
        made = {"produced": produced[nation], "received": received[nation], "balance": produced[nation]}
        rows["nations"].append({**keys, **made})
        rows["ledger"].append(
            {"nation": nation, "fund": "", "year": 2026, "contributed": 0.0}
            | {"produced": produced[nation], "balance": produced[nation]}
        ) if produced[nation] else None


def _expires(model: Guarantees, good: Good) -> Any:
    last = model.facts.expires(good)
    return "" if good[2] == NEVER else min(int(last), model.facts.periods) + 1


def _goods_twice(
    model: Guarantees,
    net: Net,
    keys: dict[str, Any],
    rows: dict[str, list[dict[str, Any]]],
    by_recipient: str | None,
    by_class: str,
) -> None:
    """The flows of goods by recipient, and of perishable ones by class."""
    for row, good in [*_flows(net), *(_entries(net) if by_recipient else [])]:
        item, recipient, _ = good
        whole = {"origin": "", "destination": "", "due": "", **keys, **row, "item": item, "recipient": recipient}
        whole["expires"] = _expires(model, good)
        if by_recipient:
            rows[by_recipient].append(whole)
        if good[2] != NEVER and row["flow"] != "entry":
            rows[by_class].append(whole)
    for name in {by_recipient, by_class} - {None}:
        rows[str(name)] = _added_up(rows[str(name)], list(COLUMNS[str(name)]))


def _added_up(rows: list[dict[str, Any]], columns: list[str]) -> list[dict[str, Any]]:
    found: dict[tuple[Any, ...], float] = defaultdict(float)
    for row in rows:
        found[tuple(row[column] for column in columns[:-1])] += row["quantity"]
    return [dict(zip(columns, (*key, units), strict=True)) for key, units in found.items()]


def _flows(net: Net) -> list[tuple[dict[str, Any], Good]]:
    found: list[tuple[dict[str, Any], Good]] = []

    def add(flow: str, name: str, period: int, good: Good, units: float, **more: Any) -> None:
        if units:
            found.append(({"flow": flow, "object": name, "period": period + 1, "quantity": units, **more}, good))

    items = {text(row, "line"): text(row, "item") for row in net.facts.rows("Lines")}
    for (line, recipient, period), variable in net.make.items():
        item = items[line]
        add("production", line, period, (item, recipient, net.facts.made(item, period)), _value(variable))
    for (line, good, period), variable in net.use.items():
        add("consumption", line, period, good, _value(variable))
    for (route, origin, destination, good, period), variable in net.ship.items():
        add("shipment", route, period, good, _value(variable), origin=origin, destination=destination)
    for (node, good, period), variable in net.stock.items():
        add("stock", node, period, good, _value(variable))
    for (code, good, period), variable in net.deliver.items():
        need = net.needs[code]
        where = {"due": need.due + 1, "destination": need.node}
        add("delivery", need.name, period, good, _value(variable), **where)
    for (node, good, period), variable in net.scrap.items():
        add("scrap", node, period, good, _value(variable))
    return found


def _entries(net: Net) -> list[tuple[dict[str, Any], Good]]:
    found = []
    for (node, good, period), terms in net.entry.items():
        units = sum(_value(variable) * share for variable, share in terms)
        if units:
            found.append(({"flow": "entry", "object": node, "period": period + 1, "quantity": units}, good))
    return found


def _response(model: Guarantees, net: Net, keys: dict[str, Any], rows: dict[str, list[dict[str, Any]]]) -> None:
    for (*key, item, recipient, period), units in _sums(net.ship, lambda k: (*k[:3], k[3][0], k[3][1], k[4])).items():
        row = _shipment(model, (*key, item, period), units)
        rows["response_moves"].append({**keys, **row, "recipient": recipient})
    for (line, recipient, period), units in _sums(net.make, lambda k: k).items():
        own = next(row for row in model.facts.rows("Lines") if row["line"] == line)
        before = period < net.first + int(number(own, "order_lead_time"))
        row = {**keys, **_line(model, line), "recipient": recipient, "period": period + 1, "quantity": units}
        row["ordered"] = "before" if before else "in the response"
        row["cost"] = 0.0 if before else units * _unit_cost(model, line)
        rows["response_making"].append(row)
    for (node, item, recipient, period), units in _sums(net.stock, lambda k: (k[0], k[1][0], k[1][1], k[2])).items():
        row = {**keys, "node": node, "item": item, "recipient": recipient, "period": period + 1, "quantity": units}
        rows["response_stocks"].append(row)
    delivered = _sums(net.deliver, lambda k: (k[0], k[2]))
    for code, need in enumerate(net.needs):
        row = {**keys, "kind": need.kind, "demand": need.name, "destination": need.node, "item": need.item}
        row["due"] = need.due + 1
        if _value(net.short[code]):
            rows["uncovered"].append({**row, "quantity": _value(net.short[code])})
        for (other, period), units in delivered.items():
            if other == code:
                rows["responses"].append({**row, "period": period + 1, "quantity": units})
    _coverage(model, net, keys, delivered, rows)
    _goods_twice(model, net, keys, rows, None, "response_expiry")
    draws = _draws(model, net)
    rows["draws"] += [{**keys, **row} for row in draws]
    for node, item in sorted({(need.node, need.item) for need in net.needs}):
        ways = _ways(model, net, node, item)
        rows["reach"] += [
            {**keys, "destination": node, "item": item, "node": place, "days": ways[place], "quantity": units}
            for place, units in _stock_for(model, net, item, model.facts.nation(node)).items()
            if units > 0 and place in ways
        ]


def _coverage(
    model: Guarantees,
    net: Net,
    keys: dict[str, Any],
    delivered: dict[Any, float],
    rows: dict[str, list[dict[str, Any]]],
) -> None:
    assert net.case is not None
    for kind, node, item in sorted({(need.kind, need.node, need.item) for need in net.needs}):
        so_far = [0.0, 0.0]
        for period in net.periods:
            mine = [c for c, n in enumerate(net.needs) if (n.kind, n.node, n.item) == (kind, node, item)]
            now = [
                sum(net.needs[code].quantity for code in mine if net.needs[code].due == period),
                sum(delivered.get((code, period), 0.0) for code in mine),
            ]
            so_far = [before + more for before, more in zip(so_far, now, strict=True)]
            rows["coverage"].append(
                {**keys, "kind": kind, "destination": node, "item": item, "after": period - net.case.strike}
                | {"domain": text(model.facts.items[item], "domain"), "wanted": now[0], "covered": now[1]}
                | {"wanted_so_far": so_far[0], "covered_so_far": so_far[1]}
            )


def _case(model: Guarantees, net: Net, keys: dict[str, Any]) -> dict[str, Any]:
    facts, case = model.facts, net.case
    assert case is not None
    wanted: dict[str, float] = defaultdict(float)
    got: dict[str, float] = defaultdict(float)
    for code, need in enumerate(net.needs):
        wanted[need.item] += need.quantity
        got[need.item] += need.quantity - _value(net.short[code])
    in_value = sum(facts.value(item) * units for item, units in wanted.items())
    share = facts.coverage(case)
    uncovered = [model._worth(need) * _value(net.short[code]) for code, need in enumerate(net.needs)]
    lack = [facts.value(item) * max(0.0, share * units - got[item]) for item, units in wanted.items()]
    covered = sum(facts.value(item) * units for item, units in got.items())
    return {
        **keys,
        "begins": case.begin + 1,
        "ends": case.end + 1,
        "weight": case.weight,
        "need": in_value,
        "uncovered": sum(uncovered),
        "coverage": covered / in_value if in_value else 1.0,
        "promised": share,
        "lack": sum(lack),
        "cost": sum(_value(v) * price for v, price, _ in model.costs_of(net)),
    }


def _draws(model: Guarantees, net: Net) -> list[dict[str, Any]]:
    """What the plan leaves at each node, and how much of it goes out beyond what the response brings there."""
    facts, case = model.facts, net.case
    assert case is not None
    lies: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])  # at begin, under way, left of both

    def comes(node: str, item: str, place: int, units: float, left: float) -> None:
        if item in net.items and units > 0:
            lies[node, item][place] += units
            lies[node, item][2] += units * left

    for (node, good, period), variable in model.plan.stock.items():
        if period == case.begin - 1:
            left = falls(net.factor("node", node, case.begin), facts.certain("node", node, period))
            comes(node, good[0], 0, _value(variable), left)
    for (route, _, node, good, period), variable in model.plan.ship.items():
        arrives = period + _mode_and_lead(model, route)[1]
        if period < case.begin <= arrives <= case.end:
            comes(node, good[0], 1, _value(variable), net.unforeseen("node", node, arrives))
    for row in facts.rows("Stocks"):
        opening = text(row, "period") == ""
        period = 0 if opening else int(row["period"]) - 1
        if case.begin <= period <= case.end:
            node = text(row, "node")
            comes(
                node, text(row, "item"), 0 if opening else 1, number(row, "quantity"), net.factor("node", node, period)
            )
    goes: dict[tuple[str, str], float] = defaultdict(float)  # out of the node less what the response brings
    factories = {text(row, "line"): (text(row, "factory"), text(row, "item")) for row in facts.rows("Lines")}
    for (_, origin, destination, good, _), variable in net.ship.items():
        goes[origin, good[0]] += _value(variable)
        goes[destination, good[0]] -= _value(variable)
    for (code, _, _), variable in net.deliver.items():
        goes[net.needs[code].node, net.needs[code].item] += _value(variable)
    for (line, good, _), variable in net.use.items():
        goes[factories[line][0], good[0]] += _value(variable)
    for (line, _, _), variable in net.make.items():
        goes[factories[line]] -= _value(variable)
    found = []
    for (node, item), (at_begin, under_way, left) in lies.items():
        used = min(max(goes[node, item], 0.0), left)
        row = {"node": node, "nation": facts.nation(node), "item": item, "at_begin": at_begin, "under_way": under_way}
        found.append({**row, "lost": at_begin + under_way - left, "used": used, "left": left - used})
    return found


def _stock_for(model: Guarantees, net: Net, item: str, nation: str) -> dict[str, float]:
    """By node, what the plan has of an item when the response begins, for a nation or for nobody yet."""
    assert net.case is not None
    there: dict[str, float] = defaultdict(float)
    for (node, (name, recipient, _), period), variable in model.plan.stock.items():
        if name == item and period == net.case.begin - 1 and recipient in (RESERVE, nation):
            there[node] += _value(variable)
    for row in model.facts.rows("Stocks"):
        opening = net.case.begin == 0 and text(row, "period") == "" and text(row, "item") == item
        if opening and text(row, "nation") in ("", nation):
            there[text(row, "node")] += number(row, "quantity")
    return there


def _ways(model: Guarantees, net: Net, destination: str, item: str) -> dict[str, float]:
    """Days to a destination from each node, over legs that are open to its nation at some time of the response."""
    facts, nation = model.facts, model.facts.nation(destination)
    if not facts.admits(facts.nodes[destination], "access", nation):
        return {}
    legs = []
    for row in facts.rows("Routes"):
        ends = text(row, "origin"), text(row, "destination")
        for origin, end in (ends, ends[::-1]) if text(row, "both_ways") == "yes" else (ends,):
            open_ = any(
                facts.open(row, period)
                and net.factor("route", text(row, "route"), period) > 0
                and net.is_open(origin, period)
                and net.is_open(end, period)
                for period in net.periods
            )
            admitted = facts.admits(row, "nations", nation) and facts.admits(facts.nodes[origin], "access", nation)
            if open_ and admitted and item not in names(row, "excludes"):
                legs.append((origin, end, number(row, "days", number(row, "lead_time") * 30)))
    days = {destination: 0.0}
    for _ in facts.nodes:
        for origin, end, own in legs:
            if end in days:
                days[origin] = min(days.get(origin, inf), days[end] + own)
    return days
