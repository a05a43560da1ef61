"""A small world to re-optimise: a works, a depot two months away, and shells with powder in them."""

from __future__ import annotations

from pathlib import Path

TABLES = {
    "Settings": "key,value\nstart,2026-01\nperiods,6\nobjective,lexicographic\n",
    "Nations": "nation\nUA\nPL\n",
    "Items": "item,shelf_life\nshell,\npowder,3\n",
    "Nodes": "node,kind,nation\nWorks,factory,PL\nDepot,depot,PL\nKyiv,destination,UA\n",
    "Routes": "route,origin,destination,lead_time,cost\nRail,Works,Kyiv,2,1\nRoad,Works,Depot,0,1\n",
    "Lines": "line,factory,item,unit_cost,capacity,order_lead_time,advance\n"
    "Shells,Works,shell,10,20,1,0.5\nPowder,Works,powder,1,100,0,0\n",
    "Components": "item,component,quantity\nshell,powder,2\n",
    "Stocks": "node,item,quantity,period,age\nWorks,powder,60,,1\nWorks,shell,5,,\n",
    "Demand": "demand,destination,item,max_delay,2026-03,2026-04,2026-06\nSpring,Kyiv,shell,1,10,10,\nSummer,Kyiv,shell,,,,15\n",
    "Funds": "fund,carry_over\nAid,yes\n",
    "Budgets": "fund,contributor,year,amount\nAid,PL,2025,100\nAid,PL,2026,5000\n",
}


def write(folder: Path, **tables: str) -> Path:
    """The world as a folder of CSV files, some tables exchanged or added."""
    folder.mkdir(parents=True)
    for name, text in {**TABLES, **tables}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder
