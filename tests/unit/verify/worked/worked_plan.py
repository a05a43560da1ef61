"""A small but rich input, and a plan for it worked by hand: decisions below, the rest by plain bookkeeping.

Nothing of the planner is used here. Six months from 2026-10; fiscal years 2026 (periods 1–3) and 2027 (4–6).

    Market (US) --Sea, 1--> Works (PL) <--Road, 0--> Depot (PL) --Rail, 0--> Border --Truck, 1--> City (UA)

Shells are made of fuses with a yield of 0.8, ordered a period ahead, 40 % paid at order. Rations keep for two
periods, their grain for three. The plan is feasible, not optimal: shells are short, some rations are scrapped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

PERIODS = 6
RATE = 0.05

WORKBOOK: dict[str, str] = {
    "Settings": """key,value
start,2026-10
periods,6
discount_rate,0.05
objective,lexicographic
""",
    "Nations": """nation,groups,beneficiary
PL,EU;NATO,no
US,NATO,no
UA,,yes
""",
    "Items": """item,category,weight (t/unit),volume,neq,shelf_life,holding_cost,scrap_cost
shell,ammo,0.05,0.02,5,,0.5,2
fuse,parts,0.001,0.001,,,,
ration,food,0.01,0,,2,,3
grain,food,0.002,0,,3,,1
""",
    "Nodes": """node,kind,nation,storage_t,storage_m3,storage_neq,holding_cost,throughput_t,opens,note
Works,factory,PL,20,,,10,,,
Market,market,US,,,,,,,
Depot,depot,PL,3,2,400,20,4,,
Border,transit,PL,,,,,5,,holds nothing
City,destination,UA,,,,,,2026-12,
""",
    "NodeItems": """node,item,storage,holding_cost
Depot,ration,8,0.1
""",
    "Routes": """route,origin,destination,mode,lead_time,cost,capacity_t,capacity_m3,opens,closes,both_ways,excludes
Sea,Market,Works,sea,1,100,,,,,,
Road,Works,Depot,road,0,40,5,1,,,yes,
Rail,Depot,Border,rail,0,30,3,,,,,parts
Truck,Border,City,road,1,50,,,2020-01,2027-02,,
""",
    "RouteItems": """route,item,cost,capacity
Truck,ration,0.8,40
""",
    "Lines": """line,factory,item,unit_cost,capacity,min_rate,start_rate,ramp,yield,resource,resource_use,order_lead_time,advance,closes,content
Shells,Works,shell,100,40,10,20,30,0.8,Press,,1,0.4,,PL:0.7; US:0.3
Rations,Works,ration,10,50,,,,,Press,0.5,,,,
,Market,fuse,4,500,,,,,,,,,2026-12,
""",
    "Resources": """resource,factory,capacity
Press,Works,110
""",
    "Capacity": """object,2027-01,2027-02
Press,70,90
""",
    "Components": """item,component,quantity
shell,fuse,1
ration,grain,1
""",
    "Expansions": """expansion,line,cost,limit,lead_time,first,last
More shells,Shells,20,40,2,,2026-11
""",
    "Stocks": """node,item,quantity,period,age
Works,fuse,40,,
Works,fuse,20,,
Works,grain,50,,
Depot,ration,10,2026-11,1
Works,grain,10,2027-02,0
""",
    "Demand": """demand,commitment,destination,item,period,quantity,priority,max_delay,shortage_cost,delay_cost
Guns 1,Guns,City,shell,2027-01,60,2,1,500,5
Guns 2,,City,shell,2027-03,40,,,400,
Food 1,,City,ration,2026-12,30,,,50,
,,City,ration,attack+1,20,,,50,
Food 9,,City,ration,truce,7,,,50,
""",
    "Events": """event,period
attack,2027-01
truce,
""",
    "Commitments": """commitment,binding
Guns,yes
""",
    "Targets": """target,nodes,items,from,to,quantity,days_of_supply,priority,shortage_cost
Reserve,PL,ammo,2027-Q1,,10,,1,7
Food,Depot,ration,2,6,,15,3,1
""",
    "Funds": """fund,kind,carry_over,cofinancing,interest,ceiling,content_group,content_min,content_scope,closes
Loan,loan,yes,0.5,0.03,6000,EU,0.6,line,2027-02
Joint,budget,no,,,,EU,0.3,fund,
""",
    "Budgets": """fund,contributor,year,amount,from
Loan,PL,2025,500,
Loan,PL,2026,2500,
Loan,PL,2027,3000,
Joint,PL,2026,8000,
Joint,US,2026,6000,
Joint,PL,2027,8000,
Joint,US,2027,2000,2027-02
""",
    "Eligibility": """fund,cost_types,items,producers
Loan,procurement,ammo,EU
Loan,capacity,,
""",
    "Policies": """policy,kind,items,nations,routes
No fuses by road,forbid,parts,,Road
No American shells,forbid,ammo,US,
""",
}

# Decisions: (line, period): good units.
MADE = {
    ("Shells", 2): 16.0,
    ("Shells", 3): 40.0,
    ("Shells", 4): 40.0,
    ("Shells", 5): 16.0,
    ("Shells", 6): 8.0,
    ("Rations", 2): 20.0,
    ("Rations", 4): 25.0,
    ("Rations", 6): 4.0,
    ("Market:fuse", 1): 90.0,
}
LINES = {
    "Shells": ("Works", "shell", 100.0),
    "Rations": ("Works", "ration", 10.0),
    "Market:fuse": ("Market", "fuse", 4.0),
}
YIELD = {"Shells": 0.8, "Rations": 1.0, "Market:fuse": 1.0}
COMPONENT = {"Shells": "fuse", "Rations": "grain"}
# (route, item, period): class (last period of use, None: not perishable): units
SENT: dict[tuple[str, str, int], dict[int | None, float]] = {
    ("Sea", "fuse", 1): {None: 90.0},
    ("Road", "shell", 2): {None: 16.0},
    ("Road", "shell", 3): {None: 40.0},
    ("Road", "shell", 4): {None: 40.0},
    ("Road", "ration", 2): {4: 20.0},
    ("Road", "ration", 4): {6: 25.0},
    ("Rail", "shell", 3): {None: 50.0},
    ("Rail", "shell", 4): {None: 8.0},
    ("Rail", "shell", 5): {None: 30.0},
    ("Rail", "ration", 2): {3: 10.0, 4: 20.0},
    ("Rail", "ration", 4): {6: 20.0},
    ("Truck", "shell", 3): {None: 50.0},
    ("Truck", "shell", 4): {None: 8.0},
    ("Truck", "shell", 5): {None: 30.0},
    ("Truck", "ration", 2): {3: 10.0, 4: 20.0},
    ("Truck", "ration", 4): {6: 20.0},
}
ROUTES = {
    "Sea": ("Market", "Works", "sea", 1, 100.0),
    "Road": ("Works", "Depot", "road", 0, 40.0),
    "Rail": ("Depot", "Border", "rail", 0, 30.0),
    "Truck": ("Border", "City", "road", 1, 50.0),
}
WEIGHT = {"shell": 0.05, "fuse": 0.001, "ration": 0.01, "grain": 0.002}
VALUE = {"shell": 100 + 4 / 0.8, "fuse": 4.0, "ration": 10.0, "grain": 0.0}  # a component without a line counts 0
DEMANDS = {  # name, due: commitment, item, quantity
    ("Guns 1", 4): ("Guns", "shell", 60.0),
    ("Guns 2", 6): ("", "shell", 40.0),
    ("Food 1", 3): ("", "ration", 30.0),
    ("Demand 5", 5): ("", "ration", 20.0),
}
DELIVERED: dict[tuple[str, int, int], dict[int | None, float]] = {  # name, due, period: class: units
    ("Guns 1", 4, 4): {None: 50.0},
    ("Guns 1", 4, 5): {None: 8.0},
    ("Guns 2", 6, 6): {None: 30.0},
    ("Food 1", 3, 3): {3: 10.0, 4: 20.0},
    ("Demand 5", 5, 5): {6: 20.0},
}
SHORT = {("Guns 1", 4): 2.0, ("Guns 2", 6): 10.0}
CONSUMED_CLASS = {2: 4, 4: 4, 6: 7}  # grain used by Rations in each period: opening stock (through 4) or pooled
SCRAPPED = {("Depot", "ration", 6): {6: 5.0}, ("Works", "grain", 4): {4: 5.0}}
SCRAP_COST = {"ration": 3.0, "grain": 1.0}
ENTERED = [  # node, item, period, class, units
    ("Works", "fuse", 1, None, 60.0),
    ("Works", "grain", 1, 4, 50.0),
    ("Depot", "ration", 2, 3, 10.0),
    ("Works", "grain", 5, 7, 10.0),
]
POOL = PERIODS + 1  # classes that outlive the horizon
LIFE = {"ration": 2, "grain": 3}


def write_input(folder: Path, changes: Mapping[str, tuple[str, str]] | None = None) -> Path:
    """The input as a CSV folder; `changes` replaces one text of a table by another."""
    folder.mkdir(parents=True, exist_ok=True)
    for table, text in WORKBOOK.items():
        old, new = (changes or {}).get(table, ("", ""))
        assert old in text
        (folder / f"{table}.csv").write_text(text.replace(old, new) if old else text, encoding="utf-8")
    return folder


def year(period: int) -> int:
    return 2026 if period <= 3 else 2027


def discount(period: int) -> float:
    return float((1 + RATE) ** (-(period - 1) / 12))


def classed_stock() -> dict[tuple[str, str, int | None], list[float]]:
    """Stock at the end of periods 1 … 6, by node, item and class: what comes in less what goes out."""
    net: dict[tuple[str, str, int | None], list[float]] = defaultdict(lambda: [0.0] * PERIODS)

    def move(node: str, item: str, expires: int | None, period: int, units: float) -> None:
        for later in range(period, PERIODS + 1):
            net[node, item, expires][later - 1] += units

    for node, item, period, expires, units in ENTERED:
        move(node, item, expires, period, units)
    for (line, period), units in MADE.items():
        factory, item, _ = LINES[line]
        life = LIFE.get(item)
        move(factory, item, None if life is None else min(period + life, POOL), period, units)
        if line in COMPONENT:
            expires = CONSUMED_CLASS[period] if line == "Rations" else None
            move(factory, COMPONENT[line], expires, period, -units / YIELD[line])
    for (route, item, period), classes in SENT.items():
        origin, destination, _, lead, _ = ROUTES[route]
        for expires, units in classes.items():
            move(origin, item, expires, period, -units)
            move(destination, item, expires, period + lead, units)
    for (name, due, period), classes in DELIVERED.items():
        for expires, units in classes.items():
            move("City", DEMANDS[name, due][1], expires, period, -units)
    for (node, item, period), classes in SCRAPPED.items():
        for expires, units in classes.items():
            move(node, item, expires, period, -units)
    return net


def stock_rows() -> dict[tuple[str, str, int], float]:
    total: dict[tuple[str, str, int], float] = defaultdict(float)
    for (node, item, _), amounts in classed_stock().items():
        for period, units in enumerate(amounts, start=1):
            assert units > -1e-9, (node, item, period)
            if units > 1e-9:
                total[node, item, period] += units
    return dict(total)


def shipment_cost(route: str, item: str) -> float:
    return 0.8 if (route, item) == ("Truck", "ration") else ROUTES[route][4] * WEIGHT[item]


def holding_cost(node: str, item: str) -> float:
    per_t = {"Works": 10.0, "Depot": 20.0}.get(node, 0.0)
    return (
        per_t * WEIGHT[item] + (0.5 if item == "shell" else 0.0) + (0.1 if (node, item) == ("Depot", "ration") else 0.0)
    )


def cash() -> list[tuple[str, str, int, float]]:
    """Cost type, object, period, amount of everything that falls due."""
    rows: list[tuple[str, str, int, float]] = []
    for (line, period), units in MADE.items():
        cost = LINES[line][2] * units
        if line == "Shells":
            rows += [("procurement", line, period - 1, 0.4 * cost), ("procurement", line, period, 0.6 * cost)]
        else:
            rows.append(("procurement", line, period, cost))
    rows.append(("capacity", "More shells", 1, 200.0))
    for (route, item, period), classes in SENT.items():
        rows.append(("transport", route, period, shipment_cost(route, item) * sum(classes.values())))
    for (node, item, period), units in stock_rows().items():
        rows.append(("storage", node, period, holding_cost(node, item) * units))
    for (node, item, period), classes in SCRAPPED.items():
        rows.append(("storage", node, period, SCRAP_COST[item] * sum(classes.values())))
    return [row for row in rows if row[3]]


NATION = {"Shells": "PL", "Rations": "PL", "Market:fuse": "US", "More shells": "PL", "Works": "PL", "Depot": "PL"}


def payments() -> list[dict[str, Any]]:
    """The loan pays 3000 of the shells in 2026 and 2000 in 2027; the two of Joint share the rest."""
    due: dict[tuple[str, str, int], float] = defaultdict(float)
    for kind, thing, period, amount in cash():
        due[kind, thing, year(period)] += amount
    rows = []

    def pay(fund: str, contributor: str, bucket: tuple[str, str, int], amount: float) -> None:
        kind, thing, when = bucket
        keys = {"fund": fund, "contributor": contributor, "cost_type": kind, "object": thing}
        rows.append({**keys, "nation": NATION.get(thing, ""), "year": when, "amount": amount, "cash_year": when})

    for bucket, cost in due.items():
        kind, thing, when = bucket
        rest = cost
        if thing == "Shells":
            loan = {2026: 3000.0, 2027: 2000.0}[when]
            pay("Loan", "PL", bucket, loan)
            rest -= loan
        american = 0.25 * rest if when == 2026 else (500.0 if thing == "Shells" else 0.0)
        if american:
            pay("Joint", "US", bucket, american)
        pay("Joint", "PL", bucket, rest - american)
    return rows


def targets() -> list[dict[str, Any]]:
    """Reserve: 10 shells in the depot, periods 4–6. Food: half the next period's demand of rations, 2–6.

    After the horizon stands the mean demand of 50 ÷ 6 rations a period.
    """
    stock, rows = stock_rows(), []
    for period in range(4, 7):
        held = stock.get(("Depot", "shell", period), 0.0)
        rows.append(("Reserve", period, 10.0, held, ""))
    for period, wanted in ((2, 15.0), (3, 0.0), (4, 10.0), (5, 0.0), (6, 0.5 * 50 / 6)):
        rows.append(("Food", period, wanted, stock.get(("Depot", "ration", period), 0.0), "ration"))
    return [
        {"target": t, "period": p, "wanted": w, "held": h, "below": max(w - h, 0.0), "item": i}
        for t, p, w, h, i in rows
    ]


def nations() -> list[dict[str, Any]]:
    amounts: dict[tuple[str, int], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for row in payments():
        amounts[row["contributor"], row["year"]][0] += row["amount"]
    for (line, period), units in MADE.items():
        amounts[NATION[line], year(period)][1] += LINES[line][2] * units
    amounts["PL", 2026][1] += 200.0
    for (name, due, period), classes in DELIVERED.items():
        amounts["UA", year(period)][2] += VALUE[DEMANDS[name, due][1]] * sum(classes.values())
    return [
        {"nation": n, "year": y, "contributed": c, "produced": p, "received": r, "balance": p - c}
        for (n, y), (c, p, r) in amounts.items()
    ]


def ledger() -> list[dict[str, Any]]:
    """Who pays into each fund, and where what it pays is made."""
    amounts: dict[tuple[str, str, int], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in payments():
        amounts[row["contributor"], row["fund"], row["year"]][0] += row["amount"]
        if row["cost_type"] in {"procurement", "capacity"}:
            amounts[row["nation"], row["fund"], row["year"]][1] += row["amount"]
    return [
        {"nation": n, "fund": f, "year": y, "contributed": c, "produced": p, "balance": p - c}
        for (n, f, y), (c, p) in amounts.items()
    ]


def burdens() -> list[dict[str, Any]]:
    """Nobody has a key or a goal here: only parts and work shares."""
    rows = []
    for when in (None, 2026, 2027):
        chosen = [row for row in nations() if when in {None, row["year"]}]
        total = sum(row["contributed"] for row in chosen)
        for nation in ("PL", "US"):
            paid, made = (sum(r[c] for r in chosen if r["nation"] == nation) for c in ("contributed", "produced"))
            keys = dict.fromkeys(("share_due", "share_paid", "difference", "over", "work_goal", "work_balance"))
            shares = {"part": paid / total, "work_share": made / paid}
            rows.append({"nation": nation, "year": when, "contributed": paid, "produced": made, **shares, **keys})
    return rows


def expiry() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []

    def add(flow: str, thing: str, item: str, period: int, expires: int | None, units: float, **more: Any) -> None:
        if expires is not None and units > 1e-9:
            keys = {"flow": flow, "object": thing, "origin": "", "destination": "", "item": item, "due": None}
            rows.append({**keys, **more, "period": period, "expires": expires, "quantity": units})

    for (line, period), units in MADE.items():
        item = LINES[line][1]
        if item in LIFE:
            add("production", line, item, period, min(period + LIFE[item], POOL), units)
        if line == "Rations":
            add("consumption", line, "grain", period, CONSUMED_CLASS[period], units)
    for (route, item, period), classes in SENT.items():
        for expires, units in classes.items():
            add("shipment", route, item, period, expires, units, origin=ROUTES[route][0], destination=ROUTES[route][1])
    for (name, due, period), classes in DELIVERED.items():
        for expires, units in classes.items():
            add("delivery", name, DEMANDS[name, due][1], period, expires, units, due=due, destination="City")
    for (node, item, expires), amounts in classed_stock().items():
        for period, units in enumerate(amounts, start=1):
            add("stock", node, item, period, expires, units)
    for (node, item, period), classes in SCRAPPED.items():
        for expires, units in classes.items():
            add("scrap", node, item, period, expires, units)
    return rows


def tables() -> dict[str, pd.DataFrame]:
    """The result tables of the plan."""
    made = [
        (line, LINES[line][0], NATION[line], LINES[line][1], period, units, LINES[line][2] * units)
        for (line, period), units in MADE.items()
    ]
    sent = []
    for (route, item, period), classes in SENT.items():
        origin, destination, mode, lead, _ = ROUTES[route]
        units = sum(classes.values())
        cost = shipment_cost(route, item) * units
        sent.append((route, origin, destination, mode, item, period, period + lead, units, WEIGHT[item] * units, cost))
    delivered = [
        (name, DEMANDS[name, due][0], "City", DEMANDS[name, due][1], due, period, sum(classes.values()))
        for (name, due, period), classes in DELIVERED.items()
    ]
    short = [
        (name, DEMANDS[name, due][0], "City", DEMANDS[name, due][1], due, units) for (name, due), units in SHORT.items()
    ]
    scrap = [
        (node, item, period, sum(classes.values()), SCRAP_COST[item] * sum(classes.values()))
        for (node, item, period), classes in SCRAPPED.items()
    ]
    stocks = [(node, item, period, units) for (node, item, period), units in stock_rows().items()]
    return {
        "production": _frame(made, "line factory nation item period quantity cost"),
        "shipments": _frame(sent, "route origin destination mode item period arrives quantity tonnes cost"),
        "stocks": _frame(stocks, "node item period quantity"),
        "deliveries": _frame(delivered, "demand commitment destination item due period quantity"),
        "shortfalls": _frame(short, "demand commitment destination item due quantity"),
        "targets": pd.DataFrame(targets()),
        "scrap": _frame(scrap, "node item period quantity cost"),
        "investments": _frame(
            [("More shells", "Shells", 1, 3, 10.0, 200.0)], "expansion object period ready quantity cost"
        ),
        "payments": pd.DataFrame(payments()),
        "allocations": _frame([], "fund line item nation quantity"),
        "nations": pd.DataFrame(nations()),
        "ledger": pd.DataFrame(ledger()),
        "burden_sharing": pd.DataFrame(burdens()),
        "expiry": pd.DataFrame(expiry()),
    }


def _frame(rows: list[tuple[Any, ...]], columns: str) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=columns.split())


def real_cost() -> float:
    """Discounted cost with the interest of the loan: 3 % of 3000 in both years, of 2000 in 2027."""
    cost = sum(amount * discount(period) for _, _, period, amount in cash())
    return cost + 0.03 * 3000 * (discount(1) + discount(4)) + 0.03 * 2000 * discount(4)


def levels() -> list[dict[str, Any]]:
    late = {("Guns 1", 5): 8.0}
    below = {(row["target"], row["period"]): row["below"] for row in targets()}
    reserve = sum(units for (target, _), units in below.items() if target == "Reserve")
    food = sum(units for (target, _), units in below.items() if target == "Food")
    values = {
        "binding_shortfall": 2 * VALUE["shell"] * SHORT["Guns 1", 4],
        "other_shortfall": VALUE["shell"] * SHORT["Guns 2", 6],
        "lateness": 2 * VALUE["shell"] * late["Guns 1", 5],
        "target_shortfall": VALUE["shell"] * reserve + 3 * VALUE["ration"] * food,
        "cost": real_cost(),
    }
    numbers = {"binding_shortfall": 1, "other_shortfall": 3, "lateness": 4, "target_shortfall": 5, "cost": 6}
    return [{"level": numbers[name], "name": name, "unit": "EUR", "value": value} for name, value in values.items()]


def weighted() -> float:
    shortage = 500 * 2 * discount(4) + 400 * 10 * discount(6)
    delay = 5 * 8 * discount(5)
    missing = sum(
        {"Reserve": 7, "Food": 1}[row["target"]] * row["below"] * discount(row["period"]) for row in targets()
    )
    return real_cost() + shortage + delay + missing
