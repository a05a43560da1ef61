"""The tables that sum up others: right as the plan writes them, and any cell that is changed is found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from planner.plan import solve
from planner.verify import verify
from planner.workbook import read_instance
from planner.workbook.reading.raw import RawInput, read_raw

TABLES = {
    "Settings": "key,value\nstart,2026-01\nperiods,24\n",
    "Nations": "nation,key,work_share_min\nPL,1,0.5\nDE,3,\nUA,,\n",
    "Items": "item,value\nshell,20\n",
    "Nodes": "node,kind,nation\nMill,factory,PL\nTown,destination,UA\n",
    "Routes": "origin,destination,cost\nMill,Town,1\n",
    "Lines": "factory,item,unit_cost,capacity,order_lead_time,advance\nMill,shell,10,8,2,0.5\n",
    "Demand": "demand,destination,item,period,quantity\nd1,Town,shell,2026-06,30\nd2,Town,shell,2027-02,20\n",
    "Funds": "fund\nJoint\nOwn\n",
    "Budgets": "fund,contributor,year,amount\nJoint,PL,2026,100\nJoint,EU,2026,100\nOwn,DE,2026,300\nOwn,DE,2027,400\n",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("world")
    for name, text in TABLES.items():
        (path / f"{name}.csv").write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def tables(folder: Path) -> dict[str, pd.DataFrame]:
    made = solve(read_instance(folder)).tables
    assert len(made["ledger"]) >= 4
    assert made["burden_sharing"]["share_due"].notna().sum() == 6, "two nations with a key: in all, and in two years"
    return dict(made)


def failed(source: RawInput, tables: dict[str, Any]) -> set[str]:
    """The families that fail; the objective is not looked at here."""
    return set(verify(source, tables, {}).failed) - {"objective"}


@pytest.fixture(scope="module")
def source(folder: Path) -> RawInput:
    return read_raw(folder)


def test_the_tables_of_a_plan_are_right(source: RawInput, tables: dict[str, pd.DataFrame]) -> None:
    assert failed(source, tables) == set()


@pytest.mark.parametrize("name", ["ledger", "burden_sharing"])
def test_every_changed_figure_is_found(name: str, source: RawInput, tables: dict[str, pd.DataFrame]) -> None:
    table = tables[name]
    figures = [column for column in table.columns if column not in {"nation", "fund", "year"}]
    for place in range(min(len(table), 4)):
        for column in figures:
            changed = table.copy()
            value = changed[column].iloc[place]
            changed[column] = changed[column].astype(float)
            changed.iloc[place, list(table.columns).index(column)] = 1.0 if pd.isna(value) else float(value) + 0.01
            assert name in failed(source, tables | {name: changed}), f"row {place}, {column}"


@pytest.mark.parametrize("name", ["ledger", "burden_sharing"])
def test_rows_that_are_missing_or_stand_twice_are_found(
    name: str, source: RawInput, tables: dict[str, pd.DataFrame]
) -> None:
    table = tables[name]
    assert name in failed(source, tables | {name: table.iloc[1:]})
    assert name in failed(source, tables | {name: pd.concat([table, table.iloc[:1]])})


def test_money_that_is_only_counted_has_its_ledger_checked_too(folder: Path, tmp_path: Path) -> None:
    for file in folder.glob("*.csv"):
        if file.stem not in {"Budgets", "Funds"}:
            (tmp_path / file.name).write_bytes(file.read_bytes())
    made = dict(solve(read_instance(tmp_path)).tables)
    assert failed(read_raw(tmp_path), made) == set()
    assert made["ledger"]["fund"].isna().all()
    wrong = made["ledger"].assign(produced=made["ledger"]["produced"] + 1)
    assert "ledger" in failed(read_raw(tmp_path), made | {"ledger": wrong})
