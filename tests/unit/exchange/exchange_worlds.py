"""Three small workbooks that make one plan: two nations, and the coordination cell."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

Tables = dict[str, str]

CELL: Mapping[str, str] = {
    "Settings": "key,value\nstated_by,cell\nstart,2026-01\nperiods,3\ncurrency,EUR\n",
    "Items": "item,weight,value\ngun,2,100\n",
    "Funds": "fund,kind\nJoint,budget\n",
    "Eligibility": "fund,cost_types\nJoint,procurement\nJoint,transport; storage\n",
}
PL: Mapping[str, str] = {
    "Settings": "key,value\nstated_by,PL\n",
    "Nations": "nation,name\nPL,Poland\n",
    "Nodes": "node,kind,nation\nWorks,factory,PL\nDepot,depot,PL\n",
    "Lines": "factory,item,unit_cost,capacity\nWorks,gun,10,7\n",
    "Routes": "origin,destination,mode,cost\nWorks,Depot,road,1\nDepot,Front,rail,2\n",
    "Budgets": "fund,contributor,year,amount\nJoint,PL,2026,1000\nJoint,PL,2026,500\n",
    "Stocks": "node,item,quantity\nDepot,gun,3\n",
}
UA: Mapping[str, str] = {
    "Settings": "key,value\nstated_by,UA\n",
    "Nations": "nation,name,beneficiary\nUA,Ukraine,yes\n",
    "Nodes": "node,kind,nation\nFront,destination,UA\n",
    "Routes": "origin,destination,mode,capacity_t\nDepot,Front,rail,40\n",
    "Demand": "demand,destination,item,2026-02,2026-03\nGuns,Front,gun,4,5\n",
}


def write(folder: Path, tables: Mapping[str, str], **changed: str) -> Path:
    """A folder of CSV files: `tables`, some of them changed or added."""
    folder.mkdir(parents=True)
    for name, text in {**tables, **changed}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def three(place: Path, cell: Tables | None = None, pl: Tables | None = None, ua: Tables | None = None) -> list[Path]:
    """The folders cell, PL and UA, with the tables that a test changes."""
    changes = (cell or {}, pl or {}, ua or {})
    worlds = zip(("cell", "PL", "UA"), (CELL, PL, UA), changes, strict=True)
    return [write(place / name, tables, **changed) for name, tables, changed in worlds]
