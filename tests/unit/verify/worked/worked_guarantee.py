"""An input with two contingencies, a plan and its responses worked by hand: decisions below, the rest by bookkeeping.

Nothing of the planner is used here. Six months from 2026-01, 12 % a year.

    Market (US) --Sea, 1--> Works (PL) <--Road, 0--> Depot (PL, for UA only) --Rail, 0--> Hub (PL) --Truck, 1--> City
    (UA)
                            Works --Lane, 0--> Base (PL)     Store (DE, for DE only) --Rail 2, 0--> Hub

Rounds are made of powder with a yield of 0.8, ordered a period ahead. Rations keep for two periods.

Attack (0.5; 80 % promised) strikes in period 4 with a warning of 1 and a window of 2: the response lasts from 3 to 5.
City asks for 40 rounds and 20 rations in 4, 20 rounds in 5; of the plan's own, City's 10 and Base's 6 rounds due in 5
stand beside. Hub handles half of its 60 t, Truck carries 0.8 of its 40 t, Depot keeps 3/4 of its stock, the line half.
  3: City can be reached in 4 by Truck: 32 rounds (32 t) and the 15 rations on order (7.5 t): 39.5 of 40 t. The 8 old
     rations would expire on their way. Works completes the 8 rounds that the plan ordered, for UA, and sends them to
     Depot. There 58 rounds are for UA, 10 for nobody: 6 of them become UA's. 58 − 32 + 8 + 6 = 40 for UA, 4 for nobody.
  4: 30 and 3 are left. Hub lets 30 t pass. Works makes 8 of its own order (10 started: half of 20; 40 of money), 6 for
     PL, which stay, 2 for UA, which go to Depot.
  5: 30 rounds come to City: 8 for the surge of 4 (one period late), 20 for that of 5, 2 for the 10 of the plan: 8 lack.
     Base gets its 6. Store, which a certain disruption halves from 5 on, keeps 15.
Uncovered: 8 rounds (8 × 10) and 5 rations (5 × 4): L = 100. Promised 0.8 × 20 rations = 16, covered 15: lack 1 × 4.

Raid (must hold) strikes in 2 without warning; Base asks for 5 rounds, priority 3, in 2 itself. Works completes 4 of the
8 that the plan ordered, for PL, and sends them: 1 uncovered: L = 3 × 10, lack 1 × 10.

Contingency: Π = 1.5, mean 0.5 × 100 + 30 = 80; the worst half of the cases: 1/3 of 100, 1/6 of 30: (100/3 + 5) ÷ 0.5 =
76 2/3; with risk_weight 0.25: 0.75 × 80 + 0.25 × 1.5 × 76 2/3 = 88.75. Lateness 0.5 × 2 × 10 × 8 = 80. Coverage 4 + 10.
Days: only Truck's 2 count: 0.5 × 2 × (32 × 10 + 15 × 4 + 30 × 10) = 680. Waste: 2 rounds × 10; expired rations do not.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import pandas as pd

PERIODS = 6
RATE = 0.12
Row = dict[str, Any]

WORKBOOK: dict[str, str] = {
    "Settings": """key,value
start,2026-01
periods,6
discount_rate,0.12
objective,lexicographic
risk_weight,0.25
risk_tail,0.5
""",
    "Nations": """nation,groups
PL,EU
DE,EU
UA,
US,
""",
    "Items": """item,value,weight,volume,neq,shelf_life,domain
round,10,1,0.5,2,,land
powder,2,0.1,,,,land
ration,4,0.5,,,2,medicine
""",
    "Nodes": """node,kind,nation,storage_t,storage_m3,storage_neq,throughput_t,access
Market,market,US,,,,,
Works,factory,PL,30,,,,
Depot,depot,PL,100,50,200,,UA
Store,depot,DE,40,,,,DE
Hub,transit,PL,,,,60,
City,destination,UA,0,,,,
Base,destination,PL,0,,,,
""",
    "NodeItems": """node,item,storage
Depot,ration,16
""",
    "Routes": """route,origin,destination,mode,lead_time,cost,capacity_t,capacity_m3,nations,days,excludes
Sea,Market,Works,sea,1,10,,,,,
Road,Works,Depot,road,0,2,25,10,,,ration
Rail,Depot,Hub,rail,0,1,,,,,
Rail 2,Store,Hub,rail,0,1,,,,,
Truck,Hub,City,road,1,3,40,,UA,2,
Lane,Works,Base,road,0,1,,,,,
""",
    "RouteItems": """route,item,capacity
Truck,ration,16
""",
    "Lines": """line,factory,item,unit_cost,capacity,yield,ramp,start_rate,resource,order_lead_time
Rounds,Works,round,5,20,0.8,10,10,Press,1
Powder,Market,powder,1,30,,,,,
""",
    "Resources": """resource,factory,capacity
Press,Works,14
""",
    "Components": """item,component,quantity
round,powder,1
""",
    "Expansions": """expansion,resource,cost,lead_time
More press,Press,2,1
""",
    "Stocks": """node,item,quantity,period,nation
Depot,round,60,,
Store,round,30,,DE
Works,powder,40,,
Depot,ration,20,,
Depot,ration,15,3,
""",
    "Demand": """demand,destination,item,period,quantity,binding
City rounds,City,round,5,10,yes
Base rounds,Base,round,5,6,no
City rations,City,ration,2,12,no
""",
    "Contingencies": """contingency,probability,period,window,warning,coverage,money
attack,0.5,4,2,1,0.8,400
raid,,2,,,,
""",
    "Surge": """contingency,destination,item,offset,quantity,priority,max_delay
attack,City,round,,40,2,1
attack,City,round,1,20,2,
attack,City,ration,,20,,
raid,Base,round,,5,3,
""",
    "Disruptions": """contingency,kind,name,from,to,factor
attack,node,Hub,,,0.5
attack,route,Truck,strike,strike+1,0.8
attack,line,Rounds,4,,0.5
attack,node,Depot,,,0.75
,node,Store,5,,0.5
""",
}

WEIGHT = {"round": 1.0, "powder": 0.1, "ration": 0.5}
VALUE = {"round": 10.0, "powder": 2.0, "ration": 4.0}
ROUTES = {  # origin, destination, mode, lead time, cost per t
    "Sea": ("Market", "Works", "sea", 1, 10.0),
    "Road": ("Works", "Depot", "road", 0, 2.0),
    "Rail": ("Depot", "Hub", "rail", 0, 1.0),
    "Truck": ("Hub", "City", "road", 1, 3.0),
    "Lane": ("Works", "Base", "road", 0, 1.0),
}
LINES = {"Rounds": ("Works", "PL", "round", 5.0, 0.8), "Powder": ("Market", "US", "powder", 1.0, 1.0)}
NOBODY = "(reserve)"

# The plan: for whom, by line or route (item) and period.
MADE = {
    ("Powder", 1): {"UA": 20.0},
    ("Rounds", 2): {"UA": 8.0},
    ("Rounds", 3): {NOBODY: 8.0},
    ("Rounds", 4): {"PL": 6.0, "UA": 6.0},
    ("Rounds", 5): {"UA": 8.0},
}
SENT = {
    ("Sea", "powder", 1): {"UA": 20.0},
    ("Road", "round", 2): {"UA": 8.0},
    ("Road", "round", 3): {NOBODY: 8.0},
    ("Road", "round", 4): {"UA": 6.0},
    ("Road", "round", 5): {"UA": 8.0},
    ("Rail", "round", 4): {"UA": 10.0},
    ("Truck", "round", 4): {"UA": 10.0},
    ("Lane", "round", 5): {"PL": 6.0},
    ("Rail", "ration", 1): {"": 12.0},
    ("Truck", "ration", 1): {"": 12.0},
}
DELIVERED = [
    ("City rounds", "City", "round", 5, "UA", 10.0),
    ("Base rounds", "Base", "round", 5, "PL", 6.0),
    ("City rations", "City", "ration", 2, "", 12.0),
]
SCRAPPED = [  # node, item, period, recipient, units
    ("Depot", "round", 6, NOBODY, 2.0),
    ("Depot", "ration", 3, "", 8.0),
    ("Depot", "ration", 5, "", 15.0),
]
ENTERED = [
    ("Depot", "round", 1, {"UA": 50.0, NOBODY: 10.0}),
    ("Store", "round", 1, {"DE": 30.0}),
    ("Works", "powder", 1, {"UA": 20.0, NOBODY: 10.0, "PL": 10.0}),
    ("Depot", "ration", 1, {"": 20.0}),
    ("Depot", "ration", 3, {"": 15.0}),
]
BOUGHT = 4.0
LOST = {("Store", 5): 0.5}  # share left of the stock carried in

ATTACK: Row = {"contingency": "attack", "strike": 4}
RAID: Row = {"contingency": "raid", "strike": 2}
RESPONSE_MOVES: list[tuple[Row, str, str, str, int, float]] = [
    (ATTACK, "Road", "round", "UA", 3, 8.0),
    (ATTACK, "Rail", "round", "UA", 3, 32.0),
    (ATTACK, "Truck", "round", "UA", 3, 32.0),
    (ATTACK, "Rail", "ration", "(any)", 3, 15.0),
    (ATTACK, "Truck", "ration", "(any)", 3, 15.0),
    (ATTACK, "Road", "round", "UA", 4, 2.0),
    (ATTACK, "Rail", "round", "UA", 4, 30.0),
    (ATTACK, "Truck", "round", "UA", 4, 30.0),
    (ATTACK, "Lane", "round", "PL", 5, 6.0),
    (RAID, "Lane", "round", "PL", 2, 4.0),
]
RESPONSE_MAKING: list[tuple[Row, str, int, float, str]] = [
    (ATTACK, "UA", 3, 8.0, "before"),
    (ATTACK, "PL", 4, 6.0, "in the response"),
    (ATTACK, "UA", 4, 2.0, "in the response"),
    (RAID, "PL", 2, 4.0, "before"),
]
RESPONSES: list[tuple[Row, str, str, str, str, int, int, float]] = [
    (ATTACK, "surge", "", "City", "round", 4, 4, 32.0),
    (ATTACK, "surge", "", "City", "ration", 4, 4, 15.0),
    (ATTACK, "surge", "", "City", "round", 4, 5, 8.0),
    (ATTACK, "surge", "", "City", "round", 5, 5, 20.0),
    (ATTACK, "demand", "City rounds", "City", "round", 5, 5, 2.0),
    (ATTACK, "demand", "Base rounds", "Base", "round", 5, 5, 6.0),
    (RAID, "surge", "", "Base", "round", 2, 2, 4.0),
]
UNCOVERED: list[tuple[Row, str, str, str, str, int, float]] = [
    (ATTACK, "surge", "", "City", "ration", 4, 5.0),
    (ATTACK, "demand", "City rounds", "City", "round", 5, 8.0),
    (RAID, "surge", "", "Base", "round", 2, 1.0),
]
RESPONSE_STOCKS: list[tuple[Row, str, str, str, dict[int, float]]] = [
    (ATTACK, "Depot", "round", "UA", {3: 40.0, 4: 2.0, 5: 2.0}),
    (ATTACK, "Depot", "round", NOBODY, {3: 4.0, 4: 3.0, 5: 3.0}),
    (ATTACK, "Store", "round", "DE", {3: 30.0, 4: 30.0, 5: 15.0}),
    (ATTACK, "Works", "round", "PL", {4: 6.0}),
    (ATTACK, "Works", "powder", "UA", {3: 20.0, 4: 17.5, 5: 17.5}),
    (ATTACK, "Works", "powder", "PL", {3: 10.0, 4: 2.5, 5: 2.5}),
    (ATTACK, "Works", "powder", NOBODY, {3: 10.0, 4: 10.0, 5: 10.0}),
    (RAID, "Depot", "round", "UA", {2: 50.0}),
    (RAID, "Depot", "round", NOBODY, {2: 10.0}),
    (RAID, "Store", "round", "DE", {2: 30.0}),
    (RAID, "Works", "powder", "UA", {2: 40.0}),
    (RAID, "Works", "powder", "PL", {2: 5.0}),
    (RAID, "Works", "powder", NOBODY, {2: 10.0}),
]
RESPONSE_EXPIRY: list[tuple[str, str, str, str, str, int, float]] = [  # flow, object, places, due, period, units
    ("shipment", "Rail", "Depot", "Hub", "", 3, 15.0),
    ("shipment", "Truck", "Hub", "City", "", 3, 15.0),
    ("delivery", "", "", "City", "4", 4, 15.0),
]
DRAWS: list[tuple[Row, str, str, str, float, float, float, float, float]] = [
    (ATTACK, "Depot", "PL", "round", 68.0, 0.0, 11.0, 54.0, 3.0),
    (ATTACK, "Depot", "PL", "ration", 8.0, 15.0, 0.0, 15.0, 8.0),
    (ATTACK, "Works", "PL", "powder", 50.0, 0.0, 0.0, 20.0, 30.0),
    (ATTACK, "Store", "DE", "round", 30.0, 0.0, 15.0, 0.0, 15.0),
    (RAID, "Depot", "PL", "round", 60.0, 0.0, 0.0, 0.0, 60.0),
    (RAID, "Works", "PL", "powder", 40.0, 20.0, 0.0, 5.0, 55.0),
    (RAID, "Store", "DE", "round", 30.0, 0.0, 0.0, 0.0, 30.0),
]
REACH: list[tuple[Row, str, str, str, float, float]] = [  # Depot is for UA and Store for DE alone
    (ATTACK, "City", "round", "Depot", 2.0, 68.0),
    (ATTACK, "City", "ration", "Depot", 2.0, 8.0),
]
COVERAGE: list[tuple[Row, str, str, str, int, float, float, float, float]] = [
    (ATTACK, "surge", "City", "round", 0, 40.0, 32.0, 40.0, 32.0),
    (ATTACK, "surge", "City", "round", 1, 20.0, 28.0, 60.0, 60.0),
    (ATTACK, "surge", "City", "ration", 0, 20.0, 15.0, 20.0, 15.0),
    (ATTACK, "demand", "City", "round", 1, 10.0, 2.0, 10.0, 2.0),
    (ATTACK, "demand", "Base", "round", 1, 6.0, 6.0, 6.0, 6.0),
    (RAID, "surge", "Base", "round", 0, 5.0, 4.0, 5.0, 4.0),
]
CASES: list[Row] = [
    {**ATTACK, "begins": 3, "ends": 5, "weight": 0.5, "need": 840.0, "uncovered": 100.0, "promised": 0.8, "lack": 4.0}
    | {"coverage": 740 / 840, "cost": 344.0},
    {**RAID, "begins": 2, "ends": 2, "weight": 1.0, "need": 50.0, "uncovered": 30.0, "promised": 1.0, "lack": 10.0}
    | {"coverage": 0.8, "cost": 4.0},
]


def write_input(folder: Path, **changes: tuple[str, str]) -> Path:
    """The input as a CSV folder; `changes` replaces one text of a table by another."""
    folder.mkdir(parents=True, exist_ok=True)
    for table, text in WORKBOOK.items():
        old, new = changes.get(table, ("", ""))
        assert old in text
        (folder / f"{table}.csv").write_text(text.replace(old, new) if old else text, encoding="utf-8")
    return folder


def discount(period: int) -> float:
    return float((1 + RATE) ** (-(period - 1) / 12))


def plan_stock() -> dict[tuple[str, str, str], list[float]]:
    """Stock at the end of periods 1 … 6, by node, item and recipient: what comes in less what goes out."""
    net: dict[tuple[str, str, str], list[float]] = defaultdict(lambda: [0.0] * PERIODS)
    for node, item, period, parts in ENTERED:
        for recipient, units in parts.items():
            net[node, item, recipient][period - 1] += units
    for (line, period), parts in MADE.items():
        for recipient, units in parts.items():
            net[LINES[line][0], LINES[line][2], recipient][period - 1] += units
            if line == "Rounds":
                net["Works", "powder", recipient][period - 1] -= units / 0.8
    for (route, item, period), parts in SENT.items():
        origin, destination, _, lead, _ = ROUTES[route]
        for recipient, units in parts.items():
            net[origin, item, recipient][period - 1] -= units
            net[destination, item, recipient][period + lead - 1] += units
    for _, node, item, period, recipient, units in DELIVERED:
        net[node, item, recipient][period - 1] -= units
    for node, item, period, recipient, units in SCRAPPED:
        net[node, item, recipient][period - 1] -= units
    for (node, _, _), change in net.items():
        for period in range(2, PERIODS + 1):
            change[period - 1] += change[period - 2] * LOST.get((node, period), 1.0)
    return net


def shipment(route: str, item: str, period: int, units: float) -> Row:
    origin, destination, mode, lead, cost = ROUTES[route]
    tonnes = units * WEIGHT[item]
    ends = {"route": route, "origin": origin, "destination": destination, "mode": mode, "item": item}
    when = {"period": period, "arrives": period + lead, "quantity": units}
    return {**ends, **when, "tonnes": tonnes, "cost": tonnes * cost}


def made(line: str, period: int, units: float) -> Row:
    factory, nation, item, _, _ = LINES[line]
    return {"line": line, "factory": factory, "nation": nation, "item": item, "period": period, "quantity": units}


def goods_rows() -> list[Row]:
    """The table `recipients`: rounds and powder are told apart; and flow by flow, rations too for `expiry`."""
    rows: list[Row] = []

    def add(flow: str, name: str, item: str, period: int, parts: dict[str, float], **more: Any) -> None:
        for recipient, units in parts.items():
            row = {"origin": "", "destination": "", "due": "", "expires": "", **more}
            rows.append(
                {"flow": flow, "object": name, "item": item, "recipient": recipient, "period": period, **row}
                | {"quantity": units}
            )

    for node, item, period, parts in ENTERED:
        add("entry", node, item, period, parts)
    for (line, period), parts in MADE.items():
        add("production", line, LINES[line][2], period, parts)
        if line == "Rounds":
            add("consumption", line, "powder", period, {who: units / 0.8 for who, units in parts.items()})
    for (route, item, period), parts in SENT.items():
        expires = 3 if item == "ration" else ""
        add(
            "shipment",
            route,
            item,
            period,
            parts,
            origin=ROUTES[route][0],
            destination=ROUTES[route][1],
            expires=expires,
        )
    for name, node, item, period, recipient, units in DELIVERED:
        expires = 3 if item == "ration" else ""
        add("delivery", name, item, period, {recipient: units}, destination=node, due=period, expires=expires)
    for node, item, period, recipient, units in SCRAPPED:
        add("scrap", node, item, period, {recipient: units}, expires=period if item == "ration" else "")
    for (node, item, recipient), amounts in plan_stock().items():
        for period, units in enumerate(amounts, start=1):
            if units > 1e-9:
                expires = (3 if period < 3 else 5) if item == "ration" else ""
                add("stock", node, item, period, {recipient: units}, expires=expires)
    return rows


def plan_rows() -> dict[str, list[Row]]:
    stocks: dict[tuple[str, str, int], float] = defaultdict(float)
    for (node, item, _), amounts in plan_stock().items():
        for period, units in enumerate(amounts, start=1):
            assert units > -1e-9, (node, item, period)
            if units > 1e-9:
                stocks[node, item, period] += units
    goods = goods_rows()
    production = [
        {**made(line, period, sum(parts.values())), "cost": sum(parts.values()) * LINES[line][3]}
        for (line, period), parts in MADE.items()
    ]
    by_nation = {"PL": sum(row["cost"] for row in production if row["nation"] == "PL") + 8.0, "US": 20.0}
    received = {"UA": 100.0 + 48.0, "PL": 60.0}
    return {
        "production": production,
        "shipments": [shipment(*key, sum(parts.values())) for key, parts in SENT.items()],
        "stocks": [
            {"node": node, "item": item, "period": period, "quantity": units}
            for (node, item, period), units in stocks.items()
        ],
        "deliveries": [
            {"demand": name, "commitment": "", "destination": node, "item": item, "due": period, "period": period}
            | {"quantity": units}
            for name, node, item, period, _, units in DELIVERED
        ],
        "scrap": [
            {"node": node, "item": item, "period": period, "quantity": units, "cost": 0.0}
            for node, item, period, _, units in SCRAPPED
        ],
        "investments": [
            {"expansion": "More press", "object": "Press", "period": 1, "ready": 2, "quantity": BOUGHT, "cost": 8.0}
        ],
        "expiry": [
            {key: cell for key, cell in row.items() if key != "recipient"}
            for row in goods
            if row["item"] == "ration" and row["flow"] != "entry"
        ],
        "recipients": [row for row in goods if row["item"] != "ration"],
        "nations": [
            {"nation": nation, "year": 2026, "contributed": 0.0, "produced": by_nation.get(nation, 0.0)}
            | {"received": received.get(nation, 0.0), "balance": by_nation.get(nation, 0.0)}
            for nation in ("PL", "UA", "US")
        ],
        "ledger": [
            {"nation": nation, "fund": "", "year": 2026, "contributed": 0.0, "produced": value, "balance": value}
            for nation, value in by_nation.items()
        ],
    }


def response_rows() -> dict[str, list[Row]]:
    domain = {"round": "land", "powder": "land", "ration": "medicine"}
    return {
        "cases": CASES,
        "responses": [
            {**case, "kind": kind, "demand": name, "destination": node, "item": item, "due": due, "period": period}
            | {"quantity": units}
            for case, kind, name, node, item, due, period, units in RESPONSES
        ],
        "uncovered": [
            {**case, "kind": kind, "demand": name, "destination": node, "item": item, "due": due, "quantity": units}
            for case, kind, name, node, item, due, units in UNCOVERED
        ],
        "response_moves": [
            {**case, **shipment(route, item, period, units), "recipient": recipient}
            for case, route, item, recipient, period, units in RESPONSE_MOVES
        ],
        "response_making": [
            {**case, **made("Rounds", period, units), "recipient": recipient, "ordered": ordered}
            | {"cost": 0.0 if ordered == "before" else units * 5.0}
            for case, recipient, period, units, ordered in RESPONSE_MAKING
        ],
        "response_stocks": [
            {**case, "node": node, "item": item, "recipient": recipient, "period": period, "quantity": units}
            for case, node, item, recipient, amounts in RESPONSE_STOCKS
            for period, units in amounts.items()
        ],
        "response_expiry": [
            {**ATTACK, "flow": flow, "object": name, "origin": origin, "destination": destination, "item": "ration"}
            | {"recipient": "UA" if flow == "delivery" else "(any)", "due": due, "period": period, "expires": 5}
            | {"quantity": units}
            for flow, name, origin, destination, due, period, units in RESPONSE_EXPIRY
        ],
        "coverage": [
            {**case, "kind": kind, "destination": node, "item": item, "domain": domain[item], "after": after}
            | dict(zip(("wanted", "covered", "wanted_so_far", "covered_so_far"), amounts, strict=True))
            for case, kind, node, item, after, *amounts in COVERAGE
        ],
        "reach": [
            {**case, "destination": destination, "item": item, "node": node, "days": days, "quantity": units}
            for case, destination, item, node, days, units in REACH
        ],
        "draws": [
            {**case, "node": node, "nation": nation, "item": item}
            | dict(zip(("at_begin", "under_way", "lost", "used", "left"), amounts, strict=True))
            for case, node, nation, item, *amounts in DRAWS
        ],
    }


def tables() -> dict[str, pd.DataFrame]:
    """All result tables."""
    return {name: pd.DataFrame(rows) for name, rows in {**plan_rows(), **response_rows()}.items()}


def levels() -> list[Row]:
    """What run.json says of the objective."""
    rows = plan_rows()
    plan_cost = sum(row["cost"] * discount(row["period"]) for name in ("production", "shipments") for row in rows[name])
    answer = response_rows()
    weight = {"attack": 0.5, "raid": 1.0}
    response_cost = sum(
        weight[row["contingency"]] * row["cost"] * discount(row["period"])
        for name in ("response_moves", "response_making")
        for row in answer[name]
    )
    values = {
        "binding_shortfall": 0.0,
        "waste": 20.0,
        "coverage": 14.0,
        "contingency": 88.75,
        "other_shortfall": 0.0,
        "lateness": 80.0,
        "response_days": 680.0,
        "cost": plan_cost + 8.0,
        "response_cost": response_cost,
    }
    return [{"level": name, "name": name, "value": value} for name, value in values.items()]
