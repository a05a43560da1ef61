"""Tiny inputs, written as folders of CSV files."""

from __future__ import annotations

from pathlib import Path

import planner
from planner.domain.instance import PlanningInstance

# B paid all there was before, though half is asked of A.
PAID_BY_ONE = {
    "Nations": "nation,contribution_min\nA,0.5\nB,",
    "Items": "item,value\nshell,10",
    "Nodes": "node,kind\nWorks,factory",
    "Lines": "line,factory,item,unit_cost\nPress,Works,shell,10",
    "Demand": "demand,destination,item,period,quantity\nwish,Works,shell,1,30",
    "Funds": "fund\nPot",
    "Budgets": "fund,contributor,year,amount\nPot,A,2026,100\nPot,B,2026,100",
    "Actuals": "period,kind,fund,contributor,quantity\n2025-12,paid,Pot,B,300",
}


def write_input(folder: Path, tables: dict[str, str], **settings: object) -> Path:
    """A folder of one period; `tables` as CSV text by name."""
    folder.mkdir(parents=True, exist_ok=True)
    keys = {"start": "2026-01", "periods": 1, **settings}
    text = "\n".join(f"{key},{value}" for key, value in keys.items())
    (folder / "Settings.csv").write_text(f"key,value\n{text}\n", encoding="utf-8")
    for name, table in tables.items():
        (folder / f"{name}.csv").write_text(table.strip() + "\n", encoding="utf-8")
    return folder


def read_input(folder: Path, tables: dict[str, str], **settings: object) -> PlanningInstance:
    return planner.read(write_input(folder, tables, **settings))


# Pairs of a left and a right glove, put together where nobody's flag flies, worth 10 each. A brings two left ones, B a
# right one, C one of each. A linear production game (Owen 1975): goods are resources, and prices share the value.
GLOVES = {
    "Nations": "nation\nA\nB\nC",
    "Items": "item,value\npair,10\nleft,0\nright,0",
    "Nodes": "node,kind,nation\nStore A,depot,A\nStore B,depot,B\nStore C,depot,C\nTable,factory,\n",
    "Routes": "origin,destination\nStore A,Table\nStore B,Table\nStore C,Table",
    "Lines": "line,factory,item\nSewing,Table,pair",
    "Components": "item,component,quantity\npair,left,1\npair,right,1",
    "Stocks": "node,item,quantity\nStore A,left,2\nStore B,right,1\nStore C,left,1\nStore C,right,1",
    "Demand": "demand,destination,item,period,quantity\nPairs,Table,pair,1,5",
}
