"""More rules for a random world, drawn after all else:
what others planned before, what is known to be lost, who takes part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from plain.random_world import Draft, WorldMaker

LOCK_COLUMNS = ("line", "route", "origin", "node", "item", "demand", "expansion", "fund", "contributor")


def add_rules(maker: WorldMaker) -> None:
    for draw in (_tolerance, _previous, _common_procurement, _disruptions, _lists, _institutions, _locks, _magnitudes):
        draw(maker)


def _setting(maker: WorldMaker, key: str, value: Any) -> None:
    if value != "":
        maker.drafts["Settings"].append({"key": key, "value": value})


def _tolerance(maker: WorldMaker) -> None:
    _setting(maker, "level_tolerance", maker.maybe(0.2, 0.02, 0.3))


def _previous(maker: WorldMaker) -> None:
    """What was planned before: of some lines and routes, in some periods."""
    rows: list[Draft] = []
    if maker.random.random() < 0.25:
        for line in maker.drafts["Lines"]:
            rows += [
                {"kind": "make", "line": line["line"], "period": p, "quantity": q} for p, q in _some_periods(maker)
            ]
        for route in maker.drafts["Routes"]:
            ends = [route["origin"], *([route["destination"]] if route["both_ways"] == "yes" else [])]
            start, item = maker.one(ends), maker.one(maker.items)
            about = {"kind": "ship", "route": route["route"], "origin": start, "item": item}
            rows += [{**about, "period": p, "quantity": q} for p, q in _some_periods(maker)]
    maker.drafts["Previous"] = rows
    if rows:
        # Without levels what is frozen is fixed, so that most worlds would have no plan.
        weighted = {"key": "objective", "value": "weighted"} in maker.drafts["Settings"]
        _setting(maker, "frozen", maker.maybe(0.15 if weighted else 0.6, 1, 2))
        _setting(maker, "departure_cap", maker.maybe(0.25, 0.5, 1, 3))


def _some_periods(maker: WorldMaker) -> list[tuple[int, float]]:
    periods = range(1, maker.periods + 1)
    return [(period, maker.one([1, 2, 4])) for period in periods if maker.random.random() < 0.2]


def _common_procurement(maker: WorldMaker) -> None:
    funds = maker.drafts.get("Funds", [])
    for fund in funds[:1] if maker.drafts.get("Budgets") and maker.random.random() < 0.3 else ():
        fund["min_nations"], fund["min_nations_enforced"] = maker.one([1, 2, 2, 3]), "yes"
        fund["part_min"] = maker.one(["", 0.1, 0.3])


def _disruptions(maker: WorldMaker) -> None:
    """What is certain to be lost, by date."""
    known: dict[str, list[Any]] = {
        "node": maker.nodes,
        "route": [row["route"] for row in maker.drafts["Routes"]],
        "line": [row["line"] for row in maker.drafts["Lines"]],
        "nation": ["PL", "DE", "US"],
        "fund": [row["fund"] for row in maker.drafts.get("Funds", ())],
    }
    lost: dict[tuple[Any, ...], Draft] = {}
    for _ in range(maker.one([0, 0, 0, 0, 1, 2])):
        kind = maker.one([kind for kind, names in known.items() if names])
        row = {"kind": kind, "name": maker.one(known[kind]), **maker.window(0.6, "from", "to")}
        lost[tuple(row.values())] = {**row, "factor": maker.one([0, 0.25, 0.5, 0.8])}
    maker.drafts["Disruptions"] = [*lost.values()]


def _lists(maker: WorldMaker) -> None:
    """Several names, groups and categories where one stood."""
    categories = sorted({item["category"] for item in maker.drafts["Items"]})
    for target in maker.drafts["Targets"]:
        if maker.random.random() < 0.3:
            target["items"] += f";{maker.one(categories)}"
        if maker.random.random() < 0.2 and any(
            node["kind"] == "depot" and node["nation"] in {"PL", "DE"} for node in maker.drafts["Nodes"]
        ):
            target["nodes"] += ";EU"
    several = {
        "nations": ["EU;US", "PL;DE", "PL"],
        "nodes": [";".join(maker.nodes[:2]), "PL", f"{maker.nodes[0]};DE"],
        "routes": [";".join(row["route"] for row in maker.drafts["Routes"][:2])],
    }
    for policy in maker.drafts["Policies"]:
        for column, lists in several.items():
            if policy[column] and maker.random.random() < 0.5:
                policy[column] = maker.one(lists)
    for consent in maker.drafts["Consents"]:
        for column in ("nodes", "routes"):
            if consent[column] and maker.random.random() < 0.5:
                consent[column] = maker.one(several[column][:1])


def _institutions(maker: WorldMaker) -> None:
    for budget in maker.drafts.get("Budgets", ()):
        if maker.random.random() < 0.1:
            budget["contributor"] = "Bank"


def _locks(maker: WorldMaker) -> None:
    """Payments, and what is locked by other columns than a name;
    fewer that ask for something, which mostly leave no plan.
    """
    for lock in maker.drafts["Locks"]:
        if (lock["minimum"] or lock["quantity"]) and maker.random.random() < 0.6:
            lock |= {"minimum": "", "quantity": "", "maximum": 4}
    kinds = ["make", "ship", "stock", "deliver", *(["pay"] * 3 if maker.drafts.get("Budgets") else [])]
    route = maker.one(maker.drafts["Routes"])
    about = {
        "make": {"node": maker.one(maker.nodes), "item": maker.maybe(0.5, *maker.items)},
        "ship": {"route": route["route"], "origin": route["origin"], "item": maker.maybe(0.5, *maker.items)},
        "stock": {"item": maker.one(maker.items)},
        "deliver": {"node": maker.one(maker.nodes), "item": maker.maybe(0.5, *maker.items)},
        "pay": _payer(maker),
    }
    for number in range(maker.one([0, 0, 0, 0, 1])):
        kind = maker.one(kinds)
        bound = {"maximum": maker.one([1, 4])} if maker.random.random() < 0.9 else {"minimum": 0.5}
        maker.drafts["Locks"].append(
            {
                "lock": f"further lock {number}",
                "kind": kind,
                **dict.fromkeys(LOCK_COLUMNS, ""),
                **about[kind],
                **maker.window(0.4, "from", "to"),
                "per": maker.one(["", "period", "total"]),
                **dict.fromkeys(("quantity", "minimum", "maximum"), ""),
                **bound,
            }
        )


def _payer(maker: WorldMaker) -> Draft:
    """A fund, one of its contributors, or both."""
    budgets = maker.drafts.get("Budgets")
    if not budgets:
        return {}
    budget = maker.one(budgets)
    payer = {"fund": budget["fund"], "contributor": budget.get("contributor", "") or budget["fund"]}
    return {column: payer[column] for column in maker.one([["fund"], ["contributor"], ["fund", "contributor"]])}


def _magnitudes(maker: WorldMaker) -> None:
    """Some amounts are thousands of times larger or smaller, others hardly larger than each other."""
    if maker.random.random() < 0.8:
        return
    amounts = {
        "Demand": ("quantity", "shortage_cost"),
        "Stocks": ("quantity",),
        "Lines": ("capacity", "unit_cost"),
        "Routes": ("capacity_t", "cost"),
        "Budgets": ("amount",),
        "Items": ("value",),
    }
    for table, columns in amounts.items():
        for row in maker.drafts.get(table, ()):
            for column in columns:
                if row[column] != "" and maker.random.random() < 0.3:
                    row[column] = row[column] * maker.one([0.01, 1.00001, 1.001, 100])
