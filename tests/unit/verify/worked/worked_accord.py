"""An input that uses the rules of money, supply and consent, and a plan for it worked by hand.

Nothing of the planner is used here. Four quarters from 2027-Q3; fiscal years 2027 (periods 1, 2) and 2028 (3, 4).

    Foundry (PL) --Rail--> Hub (PL) --East--> Kyiv (UA)       Foundry --Sky--> Kyiv
    Yard (NO)    --Sea---> Hub      --South-> Chisinau (MD)   Shop (DE) --Parcel--> Bench (UA) --Local--> Kyiv

Nothing takes time on the way. Casting is ordered a quarter ahead and half paid at order, so that of its 1200

    completed  units  ordered  at order  at completion
        2        20      1       100         100         ordered and paid in 2027
        3        40      2       200         200         ordered in 2027, half of it paid in 2028
        4        60      3       300         300         ordered and paid in 2028

The Facility counts orders from period 2 on: 400 of 2027 and 600 of 2028, of which it may pay three quarters.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

WORKBOOK: dict[str, str] = {
    "Settings": """key,value
start,2027-Q3
periods,4
period_length,quarter
objective,lexicographic
key_tolerance,0.2
""",
    "Nations": """nation,groups,beneficiary,key,contribution_min,contribution_max,work_share_min
UA,,yes,,,,
MD,,yes,,,,
PL,EU,no,1,,,3
DE,EU,no,3,,0.52,
NO,,no,,0.05,,
""",
    "Items": """item,category
shell,ammo
drone,air
part,parts
""",
    "Nodes": """node,kind,nation
Foundry,factory,PL
Yard,factory,NO
Bench,factory,UA
Shop,market,DE
Hub,transit,PL
Kyiv,destination,UA
Chisinau,destination,MD
""",
    "Routes": """route,origin,destination,cost,both_ways
Rail,Foundry,Hub,,
Sea,Yard,Hub,,
East,Hub,Kyiv,1,
South,Hub,Chisinau,,
Sky,Foundry,Kyiv,,
Parcel,Shop,Bench,,
Local,Bench,Kyiv,,yes
""",
    "Lines": """line,factory,item,unit_cost,capacity,order_lead_time,advance
Casting,Foundry,shell,10,60,1,0.5
Yard shells,Yard,shell,8,,,
Bench shells,Bench,shell,12,,,
Bench drones,Bench,drone,20,,,
Parts,Shop,part,2,,,
""",
    "Components": """item,component,quantity
drone,part,1
""",
    "Expansions": """expansion,line,cost,limit
More casting,Casting,3,
""",
    "Demand": """demand,destination,item,period,quantity
First,Kyiv,shell,2027-Q4,60
Second,Kyiv,shell,2028-Q1,50
Third,Kyiv,shell,2028-Q2,55
South one,Chisinau,shell,2028-Q1,10
South two,Chisinau,shell,2028-Q2,12
Drones,Kyiv,drone,2028-Q2,15
""",
    "Funds": """fund,kind,cofinancing,interest,basis,opens,min_nations,min_nations_enforced,part_min
Facility,loan,0.75,0.1,commitment,2027-Q4,,,
Pledge,pledge,,,,,3,yes,0.07
""",
    "Budgets": """fund,contributor,year,amount
Facility,PL,2027,100
Facility,DE,2027,200
Facility,PL,2028,100
Facility,DE,2028,300
Pledge,PL,2027,80
Pledge,DE,2027,400
Pledge,NO,2027,80
Pledge,Bank,2027,350
Pledge,PL,2028,120
Pledge,DE,2028,300
Pledge,NO,2028,40
Pledge,Bank,2028,250
""",
    "Eligibility": """fund,cost_types,items,producers,beneficiaries,tier
Facility,procurement,ammo,PL,MD,1
Facility,procurement,ammo,PL,UA,2
Pledge,procurement,,UA,,1
Pledge,procurement,,EU,,2
Pledge,procurement,shell,,UA,3
Pledge,transport;capacity,,,,
""",
    "Consents": """nation,items,nodes,routes,kind,from,status
PL,,,,transit,2027-Q4,given
NO,ammo,,,export,2027-Q4,granted
DE,part,,,export,,given
DE,air,,,export,,requested
PL,,Chisinau,,end use,2028-Q1,
PL,shell,,Sky,export,2028-Q2,given
PL,drone,,,,,refused
UA,part,,,end use,truce,given
""",
    "Events": """event,period
truce,
""",
    "Policies": """policy,kind,items,nations,nodes,routes,share,from,to
Not all from Poland,largest_share,shell,PL,,,0.632,,
Keep the bench,smallest_share,shell,,Bench,,0.15,,
Europe late,largest_share,shell,EU,,,0.77,2028-Q1,
Two ways east,largest_share,shell,,,East;Sky,0.62,,
Some by air,smallest_share,shell,,,Sky;East,0.38,,
""",
    "Locks": """lock,kind,line,route,origin,node,item,demand,expansion,fund,contributor,from,to,per,quantity,minimum,maximum
Bench runs,make,Bench shells,,,,,,,,,2028-Q1,2028-Q1,,20,,
East at most,ship,,East,,,,,,,,,,total,,,80
No way back,ship,,Local,Kyiv,,,,,,,,,,0,,
Reserve,stock,,,,Foundry,shell,,,,,2028-Q2,,,,10,
Promise,deliver,,,,,,Third,,,,,,total,,50,
Small step,invest,,,,,,,More casting,,,,,total,,,10
Bank,pay,,,,,,,,Pledge,Bank,2028-Q1,,,,200,250
""",
}

LINES = {  # factory, nation, item, unit cost
    "Casting": ("Foundry", "PL", "shell", 10.0),
    "Yard shells": ("Yard", "NO", "shell", 8.0),
    "Bench shells": ("Bench", "UA", "shell", 12.0),
    "Bench drones": ("Bench", "UA", "drone", 20.0),
    "Parts": ("Shop", "DE", "part", 2.0),
}
MADE = {
    ("Casting", 2): 20.0,
    ("Casting", 3): 40.0,
    ("Casting", 4): 60.0,
    ("Yard shells", 2): 30.0,
    ("Yard shells", 4): 10.0,
    ("Bench shells", 1): 10.0,
    ("Bench shells", 3): 20.0,
    ("Bench drones", 2): 10.0,
    ("Bench drones", 4): 5.0,
    ("Parts", 1): 15.0,
}
ROUTES = {
    "Rail": ("Foundry", "Hub"),
    "Sea": ("Yard", "Hub"),
    "East": ("Hub", "Kyiv"),
    "South": ("Hub", "Chisinau"),
    "Sky": ("Foundry", "Kyiv"),
    "Parcel": ("Shop", "Bench"),
    "Local": ("Bench", "Kyiv"),
}
SENT = {
    ("Rail", "shell", 2): 20.0,
    ("Sea", "shell", 2): 30.0,
    ("East", "shell", 2): 50.0,
    ("Rail", "shell", 3): 40.0,
    ("East", "shell", 3): 30.0,
    ("South", "shell", 3): 10.0,
    ("Sky", "shell", 4): 50.0,
    ("Sea", "shell", 4): 10.0,
    ("South", "shell", 4): 10.0,
    ("Parcel", "part", 1): 15.0,
    ("Local", "shell", 2): 10.0,
    ("Local", "shell", 3): 20.0,
    ("Local", "drone", 4): 15.0,
}
STOCKS = {
    ("Bench", "shell", 1): 10.0,
    ("Bench", "part", 1): 15.0,
    ("Bench", "part", 2): 5.0,
    ("Bench", "part", 3): 5.0,
    ("Bench", "drone", 2): 10.0,
    ("Bench", "drone", 3): 10.0,
    ("Kyiv", "drone", 4): 1.0,
    ("Foundry", "shell", 4): 10.0,
}
DEMANDS = {  # destination, item, due, delivered (when due), short
    "First": ("Kyiv", "shell", 2, 60.0, 0.0),
    "Second": ("Kyiv", "shell", 3, 50.0, 0.0),
    "Third": ("Kyiv", "shell", 4, 50.0, 5.0),
    "South one": ("Chisinau", "shell", 3, 10.0, 0.0),
    "South two": ("Chisinau", "shell", 4, 10.0, 2.0),
    "Drones": ("Kyiv", "drone", 4, 14.0, 1.0),
}
PAYMENTS = """fund,contributor,cost_type,object,nation,year,amount,cash_year
Facility,PL,procurement,Casting,PL,2027,60,2027
Facility,DE,procurement,Casting,PL,2027,100,2027
Facility,PL,procurement,Casting,PL,2027,40,2028
Facility,DE,procurement,Casting,PL,2027,100,2028
Facility,PL,procurement,Casting,PL,2028,100,2028
Facility,DE,procurement,Casting,PL,2028,300,2028
Pledge,DE,procurement,Casting,PL,2027,240,2027
Pledge,DE,procurement,Yard shells,NO,2027,160,2027
Pledge,NO,procurement,Yard shells,NO,2027,80,2027
Pledge,Bank,procurement,Bench shells,UA,2027,120,2027
Pledge,Bank,procurement,Bench drones,UA,2027,200,2027
Pledge,Bank,procurement,Parts,DE,2027,30,2027
Pledge,PL,transport,East,,2027,50,2027
Pledge,PL,capacity,More casting,PL,2027,30,2027
Pledge,DE,procurement,Casting,PL,2028,260,2028
Pledge,NO,procurement,Yard shells,NO,2028,40,2028
Pledge,DE,procurement,Yard shells,NO,2028,40,2028
Pledge,Bank,procurement,Bench shells,UA,2028,240,2028
Pledge,PL,procurement,Bench drones,UA,2028,100,2028
Pledge,PL,transport,East,,2028,20,2028
Pledge,Bank,transport,East,,2028,10,2028
"""
# The Facility pays 700 ÷ 10 shells, all for someone; the Pledge 320 ÷ 8 shells of the Yard, all for UA.
# What the Pledge pays of Casting needs no beneficiary (its second row), but may have one.
ALLOCATIONS = """fund,line,item,nation,quantity
Facility,Casting,shell,MD,18
Facility,Casting,shell,UA,52
Pledge,Yard shells,shell,UA,40
Pledge,Casting,shell,UA,5
"""
# Shells are worth 8 (the cheapest line), drones 20 and a part. Contributed by the year that counts.
NATIONS = """nation,year,contributed,produced,received,balance
PL,2027,180,230,0,50
PL,2028,220,1000,0,780
DE,2027,600,30,0,-570
DE,2028,600,0,0,-600
NO,2027,80,240,0,160
NO,2028,40,80,0,40
Bank,2027,350,0,0,-350
Bank,2028,250,0,0,-250
UA,2027,0,320,480,320
UA,2028,0,340,1108,340
MD,2028,0,0,160,0
"""

LEDGER = """nation,fund,year,contributed,produced,balance
PL,Facility,2027,100,300,200
DE,Facility,2027,200,0,-200
PL,Facility,2028,100,400,300
DE,Facility,2028,300,0,-300
PL,Pledge,2027,80,270,190
DE,Pledge,2027,400,30,-370
NO,Pledge,2027,80,240,160
Bank,Pledge,2027,350,0,-350
UA,Pledge,2027,0,320,320
PL,Pledge,2028,120,260,140
DE,Pledge,2028,300,0,-300
NO,Pledge,2028,40,80,40
Bank,Pledge,2028,250,0,-250
UA,Pledge,2028,0,340,340
"""


def burden_sharing() -> pd.DataFrame:
    """What each contributes of 1210 in 2027 and 1110 in 2028; PL and DE, with keys 1 and 3, of 780 and 820."""
    rows = []
    for year, total, keyed, amounts in (
        (None, 2320, 1600, {"PL": (400, 1230), "DE": (1200, 30), "NO": (120, 320), "Bank": (600, 0), "UA": (0, 660)}),
        (2027, 1210, 780, {"PL": (180, 230), "DE": (600, 30), "NO": (80, 240), "Bank": (350, 0), "UA": (0, 320)}),
        (2028, 1110, 820, {"PL": (220, 1000), "DE": (600, 0), "NO": (40, 80), "Bank": (250, 0), "UA": (0, 340)}),
    ):
        for nation, (paid, produced) in amounts.items():
            due, goal = {"PL": 0.25, "DE": 0.75}.get(nation), 3 * paid if nation == "PL" else None
            rows.append(
                {
                    "nation": nation,
                    "year": year,
                    "contributed": paid,
                    "part": paid / total,
                    "share_due": due,
                    "share_paid": paid / keyed if due else None,
                    "difference": paid / keyed - due if due else None,
                    "over": paid - due * keyed if due else None,
                    "produced": produced,
                    "work_share": produced / paid if paid else None,
                    "work_goal": goal,
                    "work_balance": None if goal is None else produced - goal,
                }
            )
    return pd.DataFrame(rows).astype({column: float for column in rows[0] if column != "nation"})


def write_input(folder: Path, changes: Mapping[str, tuple[str, str]] | None = None) -> Path:
    """The input as a CSV folder; `changes` replaces one text of a table by another."""
    folder.mkdir(parents=True, exist_ok=True)
    for table, text in WORKBOOK.items():
        old, new = (changes or {}).get(table, ("", ""))
        assert old in text, (table, old)
        (folder / f"{table}.csv").write_text(text.replace(old, new) if old else text, encoding="utf-8")
    return folder


def typed(text: str) -> pd.DataFrame:
    """A table from its text: years as whole numbers, amounts with a point, all else as it stands."""
    rows = [line.split(",") for line in text.strip().split("\n")]
    frame = pd.DataFrame(rows[1:], columns=rows[0])
    for column in frame.columns.intersection(["year", "cash_year"]):
        frame[column] = frame[column].astype(int)
    for column in frame.columns.intersection(["amount", "quantity", "contributed", "produced", "received", "balance"]):
        frame[column] = frame[column].astype(float)
    return frame


def tables() -> dict[str, pd.DataFrame]:
    """The result tables of the plan."""
    made = [(line, *LINES[line][:3], period, units, LINES[line][3] * units) for (line, period), units in MADE.items()]
    sent = [
        (route, *ROUTES[route], "", item, period, period, units, units, units if route == "East" else 0.0)
        for (route, item, period), units in SENT.items()
    ]
    delivered = [(name, "", node, item, due, due, units) for name, (node, item, due, units, _) in DEMANDS.items()]
    short = [(name, "", node, item, due, units) for name, (node, item, due, _, units) in DEMANDS.items() if units]
    stocks = [(node, item, period, units) for (node, item, period), units in STOCKS.items()]
    invested = [("More casting", "Casting", 1, 1, 10.0, 30.0)]
    return {
        "production": _frame(made, "line factory nation item period quantity cost"),
        "shipments": _frame(sent, "route origin destination mode item period arrives quantity tonnes cost"),
        "stocks": _frame(stocks, "node item period quantity"),
        "deliveries": _frame(delivered, "demand commitment destination item due period quantity"),
        "shortfalls": _frame(short, "demand commitment destination item due quantity"),
        "targets": _frame([], "target period wanted held below item"),
        "scrap": _frame([], "node item period quantity cost"),
        "investments": _frame(invested, "expansion object period ready quantity cost"),
        "payments": typed(PAYMENTS),
        "allocations": typed(ALLOCATIONS),
        "nations": typed(NATIONS),
        "ledger": typed(LEDGER),
        "burden_sharing": burden_sharing(),
        "expiry": _frame([], "flow object origin destination item due period expires quantity"),
    }


def _frame(rows: list[tuple[Any, ...]], columns: str) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=columns.split())


# Facility: 160 of cash in 2027 bear interest in both years, 540 in 2028. What it pays for UA stands under its second
# row. The Pledge pays 320 for the Yard under its third row; Casting (500) and Parts (30) under its second.
COST = 2320.0 + 0.1 * (2 * 160 + 540)
TIER_3 = 320.0
TIER_2 = TIER_3 + 500 + 30 + 52 * 10


def levels(tier_3: float = TIER_3, tier_2: float = TIER_2, cost: float = COST) -> list[dict[str, Any]]:
    values = {"other_shortfall": 7 * 8.0 + 22.0, "tier_3": tier_3, "tier_2": tier_2, "cost": cost}
    return [
        {"level": place, "name": name, "unit": "EUR", "value": value}
        for place, (name, value) in enumerate(values.items(), 1)
    ]
